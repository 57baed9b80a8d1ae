/* How it works: sixteen bytes at a time become plain (each white character a blank) and masked (each digit a '0'), and one
 * bit says which of them go because the same kind stood before them:
 *
 *     "id  12 at 7"    plain  "id  12 at 7"    gone  ...1.......     "id 12 at 7"
 *                      masked "id  00 at 0"    gone  ...1.1.....     "id 0 at 0"
 *
 * Then what is between those is moved together: most texts have few of them.
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

/* A text on its way: its bytes changed in place, and a bit for each of them that goes. */
struct form {
	char *bytes;
	uint16_t *gone; /* by piece */
};

/* Sixteen bytes, and what of them is what, a bit each. */
static inline void look(const char *text, char *plain, char *masked, unsigned *blank, unsigned *digit)
{
#if defined(__SSE2__)
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)text);
	__m128i space = _mm_cmpeq_epi8(v, _mm_set1_epi8(' ')), tab = _mm_cmpeq_epi8(v, _mm_set1_epi8('\t'));
	__m128i line = _mm_cmpeq_epi8(v, _mm_set1_epi8('\n')), back = _mm_cmpeq_epi8(v, _mm_set1_epi8('\r'));
	__m128i other = _mm_or_si128(tab, _mm_or_si128(line, back));
	/* '0' is moved to the least signed byte, so that one comparison has both ends. */
	__m128i number = _mm_cmplt_epi8(_mm_add_epi8(v, _mm_set1_epi8((char)(0x80 - '0'))), _mm_set1_epi8(-0x80 + 10));
	v = _mm_or_si128(_mm_andnot_si128(other, v), _mm_and_si128(other, _mm_set1_epi8(' ')));
	_mm_storeu_si128((__m128i *)(void *)plain, v);
	v = _mm_or_si128(_mm_andnot_si128(number, v), _mm_and_si128(number, _mm_set1_epi8('0')));
	if (masked) _mm_storeu_si128((__m128i *)(void *)masked, v);
	*blank = (unsigned)_mm_movemask_epi8(_mm_or_si128(space, other));
	*digit = (unsigned)_mm_movemask_epi8(number);
#else
	*blank = *digit = 0;
	for (unsigned i = 0; i < PIECE; i++) {
		char c = text[i];
		bool is_blank = c == ' ' || c == '\t' || c == '\n' || c == '\r', is_digit = c >= '0' && c <= '9';
		plain[i] = is_blank ? ' ' : c;
		if (masked) masked[i] = is_digit ? '0' : plain[i];
		*blank |= (unsigned)is_blank << i;
		*digit |= (unsigned)is_digit << i;
	}
#endif
}

/* Takes out what goes of len bytes; what is left. */
static size_t together(const struct form *form, size_t len)
{
	size_t n = 0, from = 0;
	for (size_t i = 0; i < len; i += PIECE)
		for (unsigned gone = form->gone[i / PIECE]; gone; gone &= gone - 1) {
			size_t at = i + (unsigned)__builtin_ctz(gone);
			if (n != from) memmove(form->bytes + n, form->bytes + from, at - from);
			n += at - from;
			from = at + 1;
		}
	if (n != from) memmove(form->bytes + n, form->bytes + from, len - from);
	return n + (len - from);
}

/* Room for both forms of a text. */
struct forms {
	struct form plain, masked;
	char bytes[2 * SMALL];
	uint16_t gone[2 * SMALL / PIECE];
	bool large;
};

static inline void forms_begin(struct forms *f, size_t len)
{
	f->large = len > SMALL - PIECE;
	size_t pieces = f->large ? len / PIECE + 1 : SMALL / PIECE;
	f->plain.bytes = f->large ? memory_grow(NULL, 2 * pieces * PIECE) : f->bytes;
	f->plain.gone = f->large ? memory_grow(NULL, 2 * pieces * sizeof(uint16_t)) : f->gone;
	f->masked = (struct form){f->plain.bytes + pieces * PIECE, f->plain.gone + pieces};
}

static inline void forms_end(struct forms *f)
{
	if (!f->large) return;
	free(f->plain.bytes);
	free(f->plain.gone);
}

/* What is left of the text in its plain form, and, if masked_len is not NULL, in its masked one. */
static inline size_t normalise(struct forms *f, struct str text, size_t *masked_len)
{
	unsigned after_blank = 1, after_digit = 0, any_plain = 0,
		 any_masked = 0; /* blanks at the beginning do not count */
	for (size_t i = 0; i < text.len; i += PIECE) {
		unsigned count = text.len - i < PIECE ? (unsigned)(text.len - i) : PIECE, blank, digit;
		char tail[PIECE] = {0};
		if (count < PIECE) memcpy(tail, text.ptr + i, count);
		look(count < PIECE ? tail : text.ptr + i, f->plain.bytes + i, masked_len ? f->masked.bytes + i : NULL,
		     &blank, &digit);
		unsigned twice = blank & (blank << 1 | after_blank);
		any_plain |= twice;
		f->plain.gone[i / PIECE] = (uint16_t)twice;
		if (masked_len) {
			twice |= digit & (digit << 1 | after_digit);
			any_masked |= twice;
			f->masked.gone[i / PIECE] = (uint16_t)twice;
		}
		after_blank = blank >> (count - 1) & 1;
		after_digit = digit >> (count - 1) & 1;
	}
	size_t n = any_plain ? together(&f->plain, text.len) : text.len;
	if (!n) return 0;
	if (masked_len) *masked_len = (any_masked ? together(&f->masked, text.len) : text.len) - after_blank;
	return n - after_blank;
}

struct content content_of(struct str text)
{
	struct forms f;
	struct content out = {0};
	forms_begin(&f, text.len);
	size_t m = 0, n = normalise(&f, text, &m);
	if (n) {
		out.hash = hash_bytes(str_of(f.plain.bytes, n));
		out.masked = (uint32_t)hash_bytes(str_of(f.masked.bytes, m));
		if (!out.hash) out.hash = 1;
		if (!out.masked) out.masked = 1;
	}
	forms_end(&f);
	return out;
}

uint64_t content_hash(struct str text)
{
	struct forms f;
	forms_begin(&f, text.len);
	size_t n = normalise(&f, text, NULL);
	uint64_t hash = n ? hash_bytes(str_of(f.plain.bytes, n)) : 0;
	forms_end(&f);
	return n && !hash ? 1 : hash;
}
