/* How it works: most bytes of a JSON text are inside of strings and mean nothing special there, so the one loop that
 * has to be fast looks for the byte that does:
 *
 *     "src/mod9/pkg464/file17142.c \u201e naïve",
 *      ^ 16 bytes at a time .......^ escape ^^ UTF-8 run, checked one by one, then 16 at a time again
 *
 * A quote, a backslash, a control character or a byte over 0x7f stops the run (json_scan.h). SSE2 is part of x86-64, so
 * this needs no choice at run time; names and values are short, and wider loads do not pay.
 *
 * A value is skipped with one bit for each open container (object or array), not with recursion. The same string and
 * number scanners serve streams: they can stop at the end of a block and go on in the next.
 */
#include "core/json.h"

#include "core/arena.h"
#include "core/json_scan.h"
#include "core/utf8.h"

#include <stdarg.h>
#include <stdio.h>

__attribute__((cold)) const char *json_wrong(const struct json_text *text, const char *at, const char *format, ...)
{
	if (!text->fault) return NULL;
	va_list args;
	va_start(args, format);
	vsnprintf(text->fault->message, sizeof(text->fault->message), format, args);
	va_end(args);
	text->fault->offset = (size_t)(at - text->start);
	return NULL;
}

static inline bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

const char *json_space_run(const char *p, const char *end)
{
	if (p < end && is_space(*p) && (++p == end || !is_space(*p))) return p; /* the one after ':' or ',' */
#if defined(__SSE2__)
	while (end - p >= 16) { /* indentation */
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i a = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\n')));
		__m128i b =
		    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\r')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\t')));
		unsigned other = (unsigned)_mm_movemask_epi8(_mm_or_si128(a, b)) ^ 0xffff;
		if (other) return p + __builtin_ctz(other);
		p += 16;
	}
#endif
	while (p < end && is_space(*p)) p++;
	return p;
}

/* ---- strings ---- */

/* The four hex digits at p, or -1. */
static int hex4(const char *p)
{
	int value = 0;
	for (int i = 0; i < 4; i++) {
		int digit = hex_digit(p[i]);
		if (digit < 0) return -1;
		value = value << 4 | digit;
	}
	return value;
}

/* \uXXXX at p, all there is up to end. The escape's length, 0 if it is cut off, -1 if it is wrong. */
static int unicode_escape(const char *p, const char *end, const char **wrong)
{
	*wrong = "expected four hex digits after \\u";
	for (int i = 2; i < 6; i++) {
		if (p + i == end) return 0;
		if (hex_digit(p[i]) < 0) return -1;
	}
	int unit = hex4(p + 2);
	if (unit < 0xd800 || unit > 0xdfff) return 6;
	*wrong = "lone surrogate escape";
	if (unit >= 0xdc00) return -1;
	for (int i = 6; i < 12; i++) {
		if (p + i == end) return 0;
		if (i == 6 ? p[i] != '\\' : i == 7 ? p[i] != 'u' : hex_digit(p[i]) < 0) return -1;
	}
	unit = hex4(p + 8);
	return unit >= 0xdc00 && unit <= 0xdfff ? 12 : -1;
}

/* The bytes over 0x7f at p, up to the first that is not. False if they are wrong, or cut off: *stop is there. */
static bool utf8_run(const char *p, const char *end, const char **stop)
{
	struct str s = {p, (size_t)(end - p)};
	size_t i = 0, n = 1;
	while (i < s.len && (s.ptr[i] & 0x80)) {
		/* Three bytes that cannot be a surrogate or too long a form: most of what is not Latin. */
		unsigned char lead = (unsigned char)s.ptr[i];
		bool easy = lead > 0xe0 && lead < 0xed && s.len - i > 2 && (s.ptr[i + 1] & 0xc0) == 0x80 &&
		            (s.ptr[i + 2] & 0xc0) == 0x80;
		if (!(n = easy ? 3 : utf8_length(s, i))) break;
		i += n;
	}
	*stop = p + i;
	return n != 0;
}

/* Whether the sequence at p is only cut off by end. */
static bool utf8_cut(const char *p, const char *end)
{
	char padded[4] = {0};
	size_t have = (size_t)(end - p);
	unsigned char lead = (unsigned char)*p, second = have > 1 ? (unsigned char)p[1] : 0;
	if (have >= 4) return false;
	memcpy(padded, p, have);
	/* Every lead byte accepts one of these as its second, and any continuation after that. */
	if (have < 2) second = lead == 0xe0 || lead == 0xf0 ? 0xbf : 0x80;
	padded[1] = (char)second;
	for (size_t i = have < 2 ? 2 : have; i < 4; i++) padded[i] = (char)0x80;
	return utf8_length(str_of(padded, 4), 0) > have;
}

enum json_part json_string_part(const char *p, const char *end, const char **stop, bool *escaped, const char **wrong)
{
	for (;;) {
		p = json_plain_run(p, end);
		*stop = p;
		if (p == end) return JSON_PART_MORE;
		if (*p == '"') return JSON_PART_END;
		if (*p & 0x80) {
			if (utf8_run(p, end, &p)) continue;
			*stop = p;
			*wrong = "expected UTF-8";
			return utf8_cut(p, end) ? JSON_PART_MORE : JSON_PART_FAULT;
		}
		if (*p != '\\') {
			*wrong = "control character in a string";
			return JSON_PART_FAULT;
		}
		*escaped = true;
		if (end - p < 2) return JSON_PART_MORE;
		switch (p[1]) {
		case '"':
		case '\\':
		case '/':
		case 'b':
		case 'f':
		case 'n':
		case 'r':
		case 't': p += 2; continue;
		case 'u': {
			int n = unicode_escape(p, end, wrong);
			if (n == 0) return JSON_PART_MORE;
			if (n < 0) return JSON_PART_FAULT;
			p += n;
			continue;
		}
		}
		*wrong = "unknown escape in a string";
		return JSON_PART_FAULT;
	}
}

const char *json_string_rest(const struct json_text *text, const char *p, bool *escaped)
{
	const char *stop, *wrong = NULL;
	switch (json_string_part(p, text->end, &stop, escaped, &wrong)) {
	case JSON_PART_END: return stop + 1;
	case JSON_PART_MORE: return json_wrong(text, text->end, "the string does not end");
	case JSON_PART_FAULT: break;
	}
	return json_wrong(text, stop, "%s", wrong);
}

const char *json_string(const struct json_text *text, const char *p, bool *escaped)
{
	bool slash;
	return json_string_at(text, p, escaped ? escaped : &slash);
}

size_t json_unescape_into(struct str raw, char *dst)
{
	const char *p = raw.ptr, *end = raw.ptr + raw.len;
	char *out = dst;
	while (p < end) {
		const char *slash = memchr(p, '\\', (size_t)(end - p));
		size_t plain = (size_t)((slash ? slash : end) - p);
		memmove(out, p, plain);
		out += plain;
		if (!slash) break;
		p = slash + 2;
		switch (slash[1]) {
		case 'b': *out++ = '\b'; break;
		case 'f': *out++ = '\f'; break;
		case 'n': *out++ = '\n'; break;
		case 'r': *out++ = '\r'; break;
		case 't': *out++ = '\t'; break;
		case 'u': {
			uint32_t unit = (uint32_t)hex4(slash + 2);
			p = slash + 6;
			if (unit >= 0xd800 && unit <= 0xdbff) {
				unit = 0x10000 + ((unit - 0xd800) << 10) + ((uint32_t)hex4(slash + 8) - 0xdc00);
				p = slash + 12;
			}
			char utf8[4];
			size_t n = utf8_encode(unit, utf8);
			memcpy(out, utf8, n);
			out += n;
			break;
		}
		default: *out++ = slash[1]; /* quote, backslash, slash */
		}
	}
	return (size_t)(out - dst);
}

struct str json_unescape(struct arena *arena, struct str raw)
{
	if (raw.len == 0 || !memchr(raw.ptr, '\\', raw.len)) return raw;
	char *text = arena_bytes(arena, raw.len);
	return str_of(text, json_unescape_into(raw, text));
}

/* ---- numbers and literals ---- */

static inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

const char *json_number_part(enum json_number_state *state, const char *p, const char *end)
{
	for (; p < end; p++) {
		char c = *p;
		bool digit = is_digit(c), exponent = c == 'e' || c == 'E';
		switch (*state) {
		case JSON_NUMBER_START:
			if (c == '-')
				*state = JSON_NUMBER_MINUS;
			else if (digit)
				*state = c == '0' ? JSON_NUMBER_ZERO : JSON_NUMBER_DIGITS;
			else
				return p;
			break;
		case JSON_NUMBER_MINUS:
			if (!digit) return p;
			*state = c == '0' ? JSON_NUMBER_ZERO : JSON_NUMBER_DIGITS;
			break;
		case JSON_NUMBER_DIGITS:
			if (digit) break;
			/* fall through */
		case JSON_NUMBER_ZERO:
			if (c == '.')
				*state = JSON_NUMBER_POINT;
			else if (exponent)
				*state = JSON_NUMBER_E;
			else
				return p;
			break;
		case JSON_NUMBER_POINT:
			if (!digit) return p;
			*state = JSON_NUMBER_FRACTION;
			break;
		case JSON_NUMBER_FRACTION:
			if (digit) break;
			if (!exponent) return p;
			*state = JSON_NUMBER_E;
			break;
		case JSON_NUMBER_E:
			if (digit)
				*state = JSON_NUMBER_EXPONENT;
			else if (c == '+' || c == '-')
				*state = JSON_NUMBER_SIGN;
			else
				return p;
			break;
		case JSON_NUMBER_SIGN:
			if (!digit) return p;
			*state = JSON_NUMBER_EXPONENT;
			break;
		case JSON_NUMBER_EXPONENT:
			if (!digit) return p;
			break;
		}
	}
	return p;
}

bool json_number_ok(enum json_number_state state)
{
	return state == JSON_NUMBER_ZERO || state == JSON_NUMBER_DIGITS || state == JSON_NUMBER_FRACTION ||
	       state == JSON_NUMBER_EXPONENT;
}

const char *json_number(const struct json_text *text, const char *p)
{
	const char *end = text->end;
	const char *easy = json_easy_number(p, end);
	if (easy) return easy;
	enum json_number_state state = JSON_NUMBER_START;
	p = json_number_part(&state, p, end);
	if (!json_number_ok(state)) return json_wrong(text, p, "expected a digit");
	if (p < end && state == JSON_NUMBER_ZERO && is_digit(*p))
		return json_wrong(text, p, "leading zero in a number");
	return p;
}

const char *json_literal(const struct json_text *text, const char *p, enum json_kind *kind)
{
	size_t left = (size_t)(text->end - p);
	if (left >= 4 && memcmp(p, "true", 4) == 0) {
		*kind = JSON_TRUE;
		return p + 4;
	}
	if (left >= 4 && memcmp(p, "null", 4) == 0) {
		*kind = JSON_NULL;
		return p + 4;
	}
	if (left >= 5 && memcmp(p, "false", 5) == 0) {
		*kind = JSON_FALSE;
		return p + 5;
	}
	return json_wrong(text, p, "expected a value");
}

/* ---- whole values ---- */

/* A member's name and the colon: the byte where its value starts. */
static inline const char *skip_name(const struct json_text *text, const char *p)
{
	const char *end = text->end;
	bool escaped;
	if (p == end || *p != '"') return json_wrong(text, p, "expected a member name");
	if (!(p = json_string_at(text, p, &escaped))) return NULL;
	if (p < end && *p != ':') p = json_space(p, end);
	if (p == end || *p != ':') return json_wrong(text, p, "expected ':' after the member name");
	return json_space(p + 1, end);
}

const char *json_value(const struct json_text *text, const char *p, unsigned depth, enum json_kind *kind)
{
	uint64_t is_object[(JSON_MAX_DEPTH + 64) / 64]; /* bit i: what the container at level i is; set when it opens */
	const char *end = text->end;
	unsigned level = 0;
	enum json_kind found;
	bool escaped;
	is_object[0] = 0;
	for (;;) {
		/* A value starts at p. */
		if (p == end) return json_wrong(text, p, "expected a value");
		switch (*p) {
		case '"':
			if (!(p = json_string_at(text, p, &escaped))) return NULL;
			found = JSON_STRING;
			break;
		case '{':
		case '[': {
			bool object = *p == '{';
			found = object ? JSON_OBJECT : JSON_ARRAY;
			if (level == 0) *kind = found;
			if (depth + level >= JSON_MAX_DEPTH)
				return json_wrong(text, p, "nested more than %d deep", JSON_MAX_DEPTH);
			p = json_space(p + 1, end);
			if (p < end && *p == (object ? '}' : ']')) {
				p++;
				break;
			}
			uint64_t bit = UINT64_C(1) << level % 64, *word = &is_object[level / 64];
			*word = object ? *word | bit : *word & ~bit;
			if (++level % 64 == 0) is_object[level / 64] = 0;
			if (object && !(p = skip_name(text, p))) return NULL;
			continue;
		}
		case '-':
		case '0':
		case '1':
		case '2':
		case '3':
		case '4':
		case '5':
		case '6':
		case '7':
		case '8':
		case '9':
			if (!(p = json_number(text, p))) return NULL;
			found = JSON_NUMBER;
			break;
		default:
			if (!(p = json_literal(text, p, &found))) return NULL;
		}
		/* A value ends at p. */
		for (;;) {
			if (level == 0) {
				*kind = found;
				return p;
			}
			bool object = is_object[(level - 1) / 64] >> (level - 1) % 64 & 1;
			p = json_space(p, end);
			if (p < end && *p == ',') {
				p = json_space(p + 1, end);
				if (object && !(p = skip_name(text, p))) return NULL;
				break;
			}
			if (p == end || *p != (object ? '}' : ']'))
				return json_wrong(text, p, object ? "expected ',' or '}'" : "expected ',' or ']'");
			p++;
			level--;
			found = object ? JSON_OBJECT : JSON_ARRAY;
		}
	}
}

bool json_valid(struct str s, struct json_fault *fault)
{
	struct json_text text = json_text(s, fault);
	enum json_kind kind;
	const char *p = json_value(&text, json_space(text.start, text.end), 0, &kind);
	if (!p) return false;
	p = json_space(p, text.end);
	if (p != text.end) return json_wrong(&text, p, "unexpected text after the value") != NULL;
	return true;
}
