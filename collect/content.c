/* How it works: sixteen bytes at a time become plain (each white character a blank) and masked (each digit a '0'), and one
 * bit says which of them go because the same kind stood before them:
 *
 *     "id  12 at 7"    plain  "id  12 at 7"    gone  ...1.......     "id 12 at 7"
 *                      masked "id  00 at 0"    gone  ...1.1.....     "id 0 at 0"
 *
 * Most pieces lose nothing and are stored as they are.
 */
#include "collect/content.h"

#include "core/arena.h"
#include "core/hash.h"

#include <stdbool.h>
#include <stdlib.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { PIECE = 16, SMALL = 2048 };

/* Sixteen bytes of a text, and what of them is what. */
struct piece {
	char plain[PIECE], masked[PIECE];
	unsigned blank, digit; /* a bit each */
};

static inline void look(struct piece *piece, const char *text)
{
#if defined(__SSE2__)
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)text);
	__m128i space = _mm_cmpeq_epi8(v, _mm_set1_epi8(' ')), tab = _mm_cmpeq_epi8(v, _mm_set1_epi8('\t'));
	__m128i line = _mm_cmpeq_epi8(v, _mm_set1_epi8('\n')), back = _mm_cmpeq_epi8(v, _mm_set1_epi8('\r'));
	__m128i other = _mm_or_si128(tab, _mm_or_si128(line, back));
	/* '0' is moved to the least signed byte, so that one comparison has both ends. */
	__m128i digit = _mm_cmplt_epi8(_mm_add_epi8(v, _mm_set1_epi8((char)(0x80 - '0'))), _mm_set1_epi8(-0x80 + 10));
	v = _mm_or_si128(_mm_andnot_si128(other, v), _mm_and_si128(other, _mm_set1_epi8(' ')));
	_mm_storeu_si128((__m128i *)(void *)piece->plain, v);
	v = _mm_or_si128(_mm_andnot_si128(digit, v), _mm_and_si128(digit, _mm_set1_epi8('0')));
	_mm_storeu_si128((__m128i *)(void *)piece->masked, v);
	piece->blank = (unsigned)_mm_movemask_epi8(_mm_or_si128(space, other));
	piece->digit = (unsigned)_mm_movemask_epi8(digit);
#else
	piece->blank = piece->digit = 0;
	for (unsigned i = 0; i < PIECE; i++) {
		char c = text[i];
		bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r', digit = c >= '0' && c <= '9';
		piece->plain[i] = blank ? ' ' : c;
		piece->masked[i] = digit ? '0' : piece->plain[i];
		piece->blank |= (unsigned)blank << i;
		piece->digit |= (unsigned)digit << i;
	}
#endif
}

/* Writes the first count bytes of a piece that are not gone; there is room for a whole piece. What it wrote. */
static inline size_t keep(char *to, const char *bytes, unsigned gone, unsigned count)
{
	memcpy(to, bytes, PIECE);
	gone &= (1u << count) - 1;
	if (!gone) return count;
	size_t n = (size_t)__builtin_ctz(gone);
	for (unsigned i = (unsigned)n; i < count; i++) {
		to[n] = bytes[i];
		n += !(gone >> i & 1);
	}
	return n;
}

/* plain and, where asked for, masked have room for the text and a piece more. */
static inline size_t normalise(struct str text, char *plain, char *masked, size_t *masked_len)
{
	unsigned after_blank = 1, after_digit = 0; /* blanks at the beginning do not count */
	size_t n = 0, m = 0;
	for (size_t i = 0; i < text.len; i += PIECE) {
		struct piece piece;
		char tail[PIECE] = {0};
		unsigned count = text.len - i < PIECE ? (unsigned)(text.len - i) : PIECE;
		if (count < PIECE) memcpy(tail, text.ptr + i, count);
		look(&piece, count < PIECE ? tail : text.ptr + i);
		unsigned gone = piece.blank & (piece.blank << 1 | after_blank);
		n += keep(plain + n, piece.plain, gone, count);
		if (masked) {
			unsigned same = piece.digit & (piece.digit << 1 | after_digit);
			m += keep(masked + m, piece.masked, gone | same, count);
		}
		after_blank = piece.blank >> (count - 1) & 1;
		after_digit = piece.digit >> (count - 1) & 1;
	}
	if (masked) *masked_len = m && after_blank ? m - 1 : m;
	return n && after_blank ? n - 1 : n;
}

static inline struct content content(struct str text, bool with_masked)
{
	char small[2 * (SMALL + PIECE)];
	bool fits = text.len <= SMALL;
	size_t room = (fits ? SMALL : text.len) + PIECE, m = 0;
	char *plain = fits ? small : memory_grow(NULL, 2 * room), *masked = plain + room;
	size_t n = normalise(text, plain, with_masked ? masked : NULL, &m);
	struct content out = {0};
	if (n) {
		out.hash = hash_bytes(str_of(plain, n));
		if (!out.hash) out.hash = 1;
	}
	if (n && with_masked) {
		out.masked = (uint32_t)hash_bytes(str_of(masked, m));
		if (!out.masked) out.masked = 1;
	}
	if (!fits) free(plain);
	return out;
}

struct content content_of(struct str text) { return content(text, true); }

uint64_t content_hash(struct str text) { return content(text, false).hash; }
