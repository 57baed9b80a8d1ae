/* frame_window: the part of a stream that is in memory, and which line it is on. Inside of core/ only.
 *
 * [p, end) are the bytes not yet read by the walker; it moves p. Bytes before p may go at the next fill, unless hold is
 * set: then [hold, end) stays together, and the window grows if it must.
 */
#ifndef DOSSIER_CORE_FRAME_WINDOW_H
#define DOSSIER_CORE_FRAME_WINDOW_H

#include "core/frame.h"

struct frame_window {
	const struct frame_source *source;
	struct error *error;
	char *start;
	const char *p, *end, *hold;
	size_t size, capacity;      /* of a block; of the window as it is now */
	uint64_t offset;            /* of start in the input */
	uint64_t lines, line_start; /* newlines before start; offset after the last of them */
	bool ended, failed;         /* the source has no more; the source had an error */
};

void frame_window_open(struct frame_window *window, const struct frame_source *source, size_t size,
                       struct error *error);
void frame_window_close(struct frame_window *window);
/* More bytes after end, at least one. False at the end of the input or on an error (failed). p, end and hold may
 * move. */
bool frame_window_fill(struct frame_window *window);
static inline uint64_t frame_window_offset(const struct frame_window *window, const char *at)
{
	return window->offset + (uint64_t)(at - window->start);
}
/* Line and column of a byte in the window (or its end), from 1. */
void frame_window_position(const struct frame_window *window, const char *at, uint32_t *line, uint32_t *column);

#endif
