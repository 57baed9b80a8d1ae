/* How it works: one buffer. What has been read is thrown away only when there is no room left at the end, so that a
 * source that gives little at a time does not cost a move each time; then what is held or unread goes to the front.
 *
 *     start        hold       p        end       start + capacity
 *     | done .......| record ..| unread | room ...|
 *
 * It has room for one block of `size` bytes and for what is held of the block before, and asks for a block where one begins in the input: who
 * looks at the bytes as they come (a tap that compresses them) gets whole blocks.
 *
 * Lines are counted when bytes are thrown away and when a fault asks, at the speed of memory: 16 bytes an instruction.
 */
#include "core/frame_window.h"

#include "core/arena.h"

#include <stdlib.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static size_t usual(size_t size) { return size + size / 16; }

void frame_window_open(struct frame_window *window, const struct frame_source *source, size_t size, struct error *error)
{
	*window = (struct frame_window){.source = source, .error = error, .size = size, .capacity = usual(size)};
	window->start = memory_grow(NULL, window->capacity);
	window->p = window->end = window->start;
}

void frame_window_close(struct frame_window *window)
{
	free(window->start);
	*window = (struct frame_window){0};
}

static uint64_t count_newlines(const char *p, const char *end)
{
	uint64_t count = 0;
#if defined(__SSE2__)
	const __m128i newline = _mm_set1_epi8('\n'), zero = _mm_setzero_si128();
	while (end - p >= 32) {
		size_t rounds = (size_t)(end - p) / 32;
		if (rounds > 255) rounds = 255; /* a byte counts to 255 */
		__m128i a = zero, b = zero;
		for (size_t i = 0; i < rounds; i++, p += 32) {
			__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
			__m128i w = _mm_loadu_si128((const __m128i *)(const void *)(p + 16));
			a = _mm_sub_epi8(a, _mm_cmpeq_epi8(v, newline));
			b = _mm_sub_epi8(b, _mm_cmpeq_epi8(w, newline));
		}
		__m128i sum = _mm_add_epi64(_mm_sad_epu8(a, zero), _mm_sad_epu8(b, zero));
		sum = _mm_add_epi64(sum, _mm_unpackhi_epi64(sum, sum));
		count += (uint64_t)_mm_cvtsi128_si64(sum);
	}
#endif
	for (; p < end; p++) count += *p == '\n';
	return count;
}

/* Passes over [start, at): lines and line_start as if the window began at at. */
static void pass(const struct frame_window *window, const char *at, uint64_t *lines, uint64_t *line_start)
{
	uint64_t count = count_newlines(window->start, at);
	if (count == 0) return;
	const char *last = memrchr(window->start, '\n', (size_t)(at - window->start));
	*lines += count;
	*line_start = frame_window_offset(window, last + 1);
}

void frame_window_position(const struct frame_window *window, const char *at, uint32_t *line, uint32_t *column)
{
	uint64_t lines = window->lines, line_start = window->line_start;
	pass(window, at, &lines, &line_start);
	uint64_t before = frame_window_offset(window, at) - line_start;
	*line = lines < UINT32_MAX ? (uint32_t)lines + 1 : UINT32_MAX;
	*column = before < UINT32_MAX ? (uint32_t)before + 1 : UINT32_MAX;
}

/* Room at the end: throws away what is done, grows for what is held, shrinks when that is over. */
static void make_room(struct frame_window *window)
{
	const char *keep = window->hold ? window->hold : window->p;
	size_t kept = (size_t)(window->end - keep), read = (size_t)(window->p - keep);
	if (keep > window->start) {
		pass(window, keep, &window->lines, &window->line_start);
		window->offset += (uint64_t)(keep - window->start);
		memmove(window->start, keep, kept);
	}
	size_t capacity = window->capacity;
	if (kept > capacity / 2)
		capacity *= 2;
	else if (capacity > usual(window->size) && kept <= window->size / 2)
		capacity = usual(window->size);
	if (capacity != window->capacity) window->start = memory_grow(window->start, window->capacity = capacity);
	window->p = window->start + read;
	window->end = window->start + kept;
	if (window->hold) window->hold = window->start;
}

bool frame_window_fill(struct frame_window *window)
{
	size_t got = 0;
	if (window->ended || window->failed) return false;
	size_t block = window->size - (size_t)(frame_window_offset(window, window->end) % window->size);
	if ((size_t)(window->start + window->capacity - window->end) < block ||
	    (window->p == window->end && !window->hold))
		make_room(window);
	char *dst = window->start + (window->end - window->start);
	size_t room = window->capacity - (size_t)(window->end - window->start);
	if (room > block) room = block;
	if (!window->source->read(window->source->context, dst, room, &got, window->error)) {
		window->failed = true;
		return false;
	}
	if (got > room) got = room;
	window->end += got;
	window->ended = got == 0;
	return got > 0;
}
