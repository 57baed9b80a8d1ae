/* json: the lexical rules of RFC 8259, shared by everything that reads evidence.
 *
 * Strict: UTF-8 is validated, lone surrogate escapes, control characters, leading zeros, trailing commas and comments
 * are refused. A number is judged by its grammar alone, so 1e999 is one. Containers may nest JSON_MAX_DEPTH deep.
 *
 * Two layers. json_string, json_number, json_literal, json_value work on bytes that are all there: they return the
 * byte after the token, or NULL after filling in the fault. The *_part functions work on bytes that may go on in the
 * next block of a stream and can be resumed. Nothing here allocates, except json_unescape in the arena that it is
 * given.
 */
#ifndef DOSSIER_CORE_JSON_H
#define DOSSIER_CORE_JSON_H

#include "core/str.h"

struct arena;

enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

enum { JSON_MAX_DEPTH = 1000 };

/* Where text stops being JSON: bytes from its start, and what was expected there ("expected ':' after the member
 * name"). */
struct json_fault {
	size_t offset;
	char message[96];
};

/* The bytes being read, and where a fault is reported. fault may be NULL. */
struct json_text {
	const char *start, *end;
	struct json_fault *fault;
};

static inline struct json_text json_text(struct str s, struct json_fault *fault)
{
	return (struct json_text){s.ptr, s.ptr + s.len, fault};
}

/* Fills the fault of text in, for the byte at. Returns NULL, so that callers can `return json_wrong(...)`. */
const char *json_wrong(const struct json_text *text, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* First byte at or after p that is not white space (space, tab, CR, LF), or end. */
const char *json_space_run(const char *p, const char *end);
static inline const char *json_space(const char *p, const char *end)
{
	return p < end && (unsigned char)*p <= ' ' ? json_space_run(p, end) : p;
}

/* p is at the opening quote; returns the byte after the closing one. *escaped (if not NULL) says whether the body holds
 * a backslash: if not, the body is the string. */
const char *json_string(const struct json_text *text, const char *p, bool *escaped);
/* p is at '-' or a digit. */
const char *json_number(const struct json_text *text, const char *p);
/* p is at 't', 'f' or 'n'. */
const char *json_literal(const struct json_text *text, const char *p, enum json_kind *kind);
/* p is at the first byte of a value of any kind (no white space before it), inside of depth open containers. Needs no
 * stack for nesting. */
const char *json_value(const struct json_text *text, const char *p, unsigned depth, enum json_kind *kind);

/* The whole of s is one value with white space around it. */
bool json_valid(struct str s, struct json_fault *fault);

/* The string that a validated body (no quotes) stands for: raw itself if it has no backslash. May hold NUL (\u0000). */
struct str json_unescape(struct arena *arena, struct str raw);
/* The same into dst, which has room for raw.len bytes; returns the length. dst may be raw.ptr. */
size_t json_unescape_into(struct str raw, char *dst);

/* ---- in pieces ---- */

enum json_part {
	JSON_PART_END,  /* the token ends in these bytes */
	JSON_PART_MORE, /* all good so far; go on with the bytes from *stop, at most 11 left over, and the next block */
	JSON_PART_FAULT, /* *stop is the byte that is wrong, *wrong says why */
};

/* A string's body from p on. END: *stop is the closing quote. */
enum json_part json_string_part(const char *p, const char *end, const char **stop, bool *escaped, const char **wrong);

/* A number, one byte or many at a time: start with JSON_NUMBER_START, go on until the returned byte is before end or
 * there are no more; then json_number_ok says whether what was read is a number. */
enum json_number_state {
	JSON_NUMBER_START,
	JSON_NUMBER_MINUS,
	JSON_NUMBER_ZERO,
	JSON_NUMBER_DIGITS,
	JSON_NUMBER_POINT,
	JSON_NUMBER_FRACTION,
	JSON_NUMBER_E,
	JSON_NUMBER_SIGN,
	JSON_NUMBER_EXPONENT,
};
const char *json_number_part(enum json_number_state *state, const char *p, const char *end);
bool json_number_ok(enum json_number_state state);

#endif
