/* buf: bytes that grow at the end, on the heap. Zero-initialised is ready to use; buf_free when done. */
#ifndef DOSSIER_CORE_BUF_H
#define DOSSIER_CORE_BUF_H

#include "core/str.h"

struct buf {
	char *ptr;
	size_t len, capacity;
};

void buf_reserve(struct buf *buf, size_t more);
void buf_add(struct buf *buf, struct str s);
void buf_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_u64(struct buf *buf, uint64_t value);
void buf_free(struct buf *buf);
static inline struct str buf_str(const struct buf *buf) { return (struct str){buf->ptr ? buf->ptr : "", buf->len}; }

/* A JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD, control characters are escaped. */
void buf_json(struct buf *buf, struct str s);

#endif
