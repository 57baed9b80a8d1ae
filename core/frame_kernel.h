/* frame_kernel: where does the container that opens here close? Counted in blocks of 64 bytes, resumable after any
 * block. Inside of core/ only: frame.h is what others use.
 */
#ifndef DOSSIER_CORE_FRAME_KERNEL_H
#define DOSSIER_CORE_FRAME_KERNEL_H

#include "core/str.h"

/* Start with {.depth = 1, .limit = n} after the opening bracket. */
struct frame_scan {
	uint64_t in_string; /* all ones: the next byte is inside of a string */
	uint64_t escaped;   /* 1: the next byte is escaped */
	uint32_t depth;     /* open containers */
	uint32_t limit;     /* more open than this is a fault */
	bool closed;        /* the answer: the container has closed */
	bool too_deep;      /* the answer: the limit was passed */
};

/* Reads 64 * blocks bytes at p. Returns how many belong to the container: all of them, unless it closes there
 * (closed; up to and with the closing bracket) or nests too deep (too_deep; up to the bracket that is one too many).
 * A backslash escapes the next byte everywhere, since only strings have any in JSON. */
typedef size_t frame_kernel(struct frame_scan *scan, const char *p, size_t blocks);

/* The one in use. */
frame_kernel *frame_kernel_get(void);

#endif
