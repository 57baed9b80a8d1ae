/* json_scan: the few inner loops of json.h that are worth having inline. Inside of core/ only. */
#ifndef DOSSIER_CORE_JSON_SCAN_H
#define DOSSIER_CORE_JSON_SCAN_H

#include "core/json.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#if defined(__SSE2__)
static inline unsigned json_special16(const char *p)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	/* Signed: bytes over 0x7f are negative, so one comparison finds them and the control characters. */
	__m128i low = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));
	__m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"')), slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
	return (unsigned)_mm_movemask_epi8(_mm_or_si128(low, _mm_or_si128(quote, slash)));
}
#endif

/* First byte at or after p that is not plain ASCII text, or end. 16 bytes at a time: most names and values end in the
 * first or second round, and the work of a wider one is wasted on them (measured: 32 costs 8 %). */
static inline const char *json_plain_run(const char *p, const char *end)
{
#if defined(__SSE2__)
	while (end - p >= 16) {
		unsigned mask = json_special16(p);
		if (mask) return p + __builtin_ctz(mask);
		p += 16;
	}
#endif
	while (p < end && (signed char)*p >= 0x20 && *p != '"' && *p != '\\') p++;
	return p;
}

/* json_string from a byte of the body on: the body is plain ASCII up to there. */
const char *json_string_rest(const struct json_text *text, const char *p, bool *escaped);

/* json_string, inline for a string of plain ASCII. */
static inline const char *json_string_at(const struct json_text *text, const char *p, bool *escaped)
{
	const char *stop = json_plain_run(p + 1, text->end);
	*escaped = false;
	return stop < text->end && *stop == '"' ? stop + 1 : json_string_rest(text, stop, escaped);
}

/* Nearly all numbers in evidence: a few digits and no more. The byte after them, or NULL for all others. */
static inline const char *json_easy_number(const char *p, const char *end)
{
	if (p == end || *p < '1' || *p > '9') return NULL;
	do p++;
	while (p < end && *p >= '0' && *p <= '9');
	return p < end && (*p == ',' || *p == '}' || *p == ']') ? p : NULL;
}

/* json_value, inline for a string of plain ASCII and an easy number; *escaped as json_string has it. */
static inline const char *json_value_at(const struct json_text *text, const char *p, unsigned depth,
                                        enum json_kind *kind, bool *escaped)
{
	*escaped = false;
	if (p < text->end && *p == '"') {
		*kind = JSON_STRING;
		return json_string_at(text, p, escaped);
	}
	const char *easy = json_easy_number(p, text->end);
	if (!easy) return json_value(text, p, depth, kind);
	*kind = JSON_NUMBER;
	return easy;
}

#endif
