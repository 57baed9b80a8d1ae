/* buf: bytes that grow at the end, on the heap. Zero-initialised is ready to use; buf_free when done. */
#ifndef DOSSIER_CORE_BUF_H
#define DOSSIER_CORE_BUF_H

#include "core/str.h"

struct buf {
	char *ptr;
	size_t len, capacity;
};

void buf_reserve(struct buf *buf, size_t more);
/* Inline: outputs are made of millions of small pieces. */
static inline void buf_add(struct buf *buf, struct str s)
{
	if (s.len == 0) return;
	if (s.len > buf->capacity - buf->len) buf_reserve(buf, s.len);
	memcpy(buf->ptr + buf->len, s.ptr, s.len);
	buf->len += s.len;
}
static inline void buf_char(struct buf *buf, char c)
{
	if (buf->len == buf->capacity) buf_reserve(buf, 1);
	buf->ptr[buf->len++] = c;
}
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_u64(struct buf *buf, uint64_t value);
/* The lowest `bytes` bytes of the value, the lowest first. */
void buf_little_endian(struct buf *buf, uint64_t value, int bytes);
void buf_free(struct buf *buf);
static inline struct str buf_str(const struct buf *buf) { return (struct str){buf->ptr ? buf->ptr : "", buf->len}; }

/* A JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD, control characters are escaped. */
void buf_json(struct buf *buf, struct str s);

#endif
