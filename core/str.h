/* str: a counted string, a view of bytes that somebody else owns.
 *
 * Strings from evidence are never NUL-terminated; they end up in a C string only at the edge of a library that wants
 * one (str_cstr). A str with len 0 is the empty string whatever ptr is.
 */
#ifndef DOSSIER_CORE_STR_H
#define DOSSIER_CORE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;

struct str {
	const char *ptr;
	size_t len;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_EMPTY ((struct str){"", 0})
/* For printf: printf("%.*s", STR_ARG(s)). Only for strings known to be shorter than INT_MAX. */
#define STR_ARG(s) (int)(s).len, (s).ptr

static inline struct str str_from(const char *cstr) { return (struct str){cstr ? cstr : "", cstr ? strlen(cstr) : 0}; }
static inline struct str str_of(const char *ptr, size_t len) { return (struct str){ptr, len}; }

static inline bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* An ASCII letter in lower case, any other byte as it is; and eight of them at once. */
static inline char ascii_lower(char c) { return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c); }
static inline uint64_t ascii_lower8(uint64_t bytes)
{
	const uint64_t each = UINT64_C(0x0101010101010101), low = bytes & each * 0x7f;
	uint64_t from_a = low + each * (0x80 - 'A'), beyond_z = low + each * (0x7f - 'Z');
	return bytes | ((from_a ^ beyond_z) & ~bytes & each * 0x80) >> 2;
}
/* What a hex digit stands for, of either case; -1: it is none. */
static inline int hex_digit(char c)
{
	if (c >= '0' && c <= '9') return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
/* s.len bytes to out, which may be where s is; no NUL. */
void str_lower_to(char *out, struct str s);

/* Byte order, shorter first on a tie. */
int str_cmp(struct str a, struct str b);
/* The same without the case of ASCII letters: 0 where str_eq_nocase says that they are equal. */
int str_cmp_nocase(struct str a, struct str b);
/* ASCII letters are compared without case; other bytes as they are. */
bool str_eq_nocase(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_starts_nocase(struct str s, struct str prefix);
/* Position of the first occurrence, or SIZE_MAX. */
size_t str_find(struct str s, struct str needle);
size_t str_find_nocase(struct str s, struct str needle);
/* Position of the last c, or SIZE_MAX. */
size_t str_rfind_char(struct str s, char c);
/* What stands behind the last c; the whole where there is none. */
struct str str_after_last(struct str s, char c);
struct str str_slice(struct str s, size_t from, size_t to);
struct str str_trim(struct str s);
/* The byte that "%2F" at i stands for; -1: there is no such escape at i. i < s.len. */
int str_percent(struct str s, size_t i);
/* '*' meets any run of bytes, '/' included; letters are compared without case. */
bool str_glob_nocase(struct str pattern, struct str s);

/* Copies into the arena. */
struct str str_dup(struct arena *arena, struct str s);
struct str str_lower(struct arena *arena, struct str s);
char *str_cstr(struct arena *arena, struct str s);
struct str str_concat(struct arena *arena, struct str a, struct str b);
/* a, what stands between, and b; if one of a and b is empty only the other, which is then not copied. */
struct str str_join(struct arena *arena, struct str a, struct str between, struct str b);
/* The same with a blank. */
struct str str_words(struct arena *arena, struct str a, struct str b);
struct str str_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whole of s as a number; false if it is not one, or out of range. */
bool str_to_u64(struct str s, uint64_t *out);
bool str_to_double(struct str s, double *out); /* finite only */

#endif
