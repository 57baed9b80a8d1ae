/* encoded: what was read of a file, as the bytes that a snapshot holds: equal bytes are equal readings. For tests. */
#ifndef DOSSIER_TESTS_ENCODED_H
#define DOSSIER_TESTS_ENCODED_H

#include "collect/snapshot_codec.h"
#include "core/buf.h"

static inline bool encoded_take(void *context, const void *bytes, size_t len, struct error *error)
{
	(void)error;
	buf_add(context, str_of(bytes, len));
	return true;
}

/* Appends them; buf_free by the caller. */
static inline bool encoded_into(struct buf *out, const struct reader_parts *parts, struct error *error)
{
	return snapshot_encode(parts, &(struct snapshot_writer){out, encoded_take}, error);
}

#endif
