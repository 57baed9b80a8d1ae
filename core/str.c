#include "core/str.h"

#include "core/arena.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int str_cmp(struct str a, struct str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
	if (c) return c < 0 ? -1 : 1;
	return a.len < b.len ? -1 : a.len > b.len;
}

static uint64_t eight(const char *bytes)
{
	uint64_t word;
	memcpy(&word, bytes, sizeof(word));
	return word;
}

/* How many of the first n bytes are equal, but for the case of letters; may stop up to seven bytes early. */
static size_t alike(const char *a, const char *b, size_t n)
{
	size_t i = 0;
	for (; i + 8 <= n; i += 8) {
		uint64_t x = eight(a + i), y = eight(b + i);
		if (x != y && ascii_lower8(x) != ascii_lower8(y)) break;
	}
	return i;
}

int str_cmp_nocase(struct str a, struct str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	for (size_t i = alike(a.ptr, b.ptr, n); i < n; i++) {
		int c = (unsigned char)ascii_lower(a.ptr[i]) - (unsigned char)ascii_lower(b.ptr[i]);
		if (c) return c < 0 ? -1 : 1;
	}
	return a.len < b.len ? -1 : a.len > b.len;
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.len != b.len) return false;
	for (size_t i = alike(a.ptr, b.ptr, a.len); i < a.len; i++)
		if (ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i])) return false;
	return true;
}

bool str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_eq(str_slice(s, s.len - suffix.len, s.len), suffix);
}

bool str_starts_nocase(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq_nocase(str_of(s.ptr, prefix.len), prefix);
}

size_t str_find(struct str s, struct str needle)
{
	if (needle.len == 0) return 0;
	if (s.len < needle.len) return SIZE_MAX;
	const char *at = memmem(s.ptr, s.len, needle.ptr, needle.len);
	return at ? (size_t)(at - s.ptr) : SIZE_MAX;
}

/* The next place from `at` on where the text may begin that begins with this byte in lower case; end if there is none. */
static size_t next_begin(struct str s, size_t at, size_t end, char first)
{
	if (first < 'a' || first > 'z') {
		const char *found = at < end ? memchr(s.ptr + at, first, end - at) : NULL;
		return found ? (size_t)(found - s.ptr) : end;
	}
	while (at < end && ascii_lower(s.ptr[at]) != first) at++;
	return at;
}

size_t str_find_nocase(struct str s, struct str needle)
{
	if (needle.len == 0) return 0;
	if (needle.len > s.len) return SIZE_MAX;
	char first = ascii_lower(needle.ptr[0]), last = ascii_lower(needle.ptr[needle.len - 1]);
	size_t end = s.len - needle.len + 1;
	for (size_t i = 0; (i = next_begin(s, i, end, first)) < end; i++)
		if (ascii_lower(s.ptr[i + needle.len - 1]) == last &&
		    str_eq_nocase(str_of(s.ptr + i, needle.len), needle))
			return i;
	return SIZE_MAX;
}

size_t str_rfind_char(struct str s, char c)
{
	const char *at = s.len ? memrchr(s.ptr, c, s.len) : NULL;
	return at ? (size_t)(at - s.ptr) : SIZE_MAX;
}

struct str str_after_last(struct str s, char c)
{
	size_t at = str_rfind_char(s, c);
	return at == SIZE_MAX ? s : str_slice(s, at + 1, s.len);
}

struct str str_slice(struct str s, size_t from, size_t to)
{
	if (to > s.len) to = s.len;
	if (from >= to) return STR_EMPTY;
	return (struct str){s.ptr + from, to - from};
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

struct str str_trim(struct str s)
{
	while (s.len && is_space(s.ptr[0])) s.ptr++, s.len--;
	while (s.len && is_space(s.ptr[s.len - 1])) s.len--;
	return s;
}

int str_percent(struct str s, size_t i)
{
	if (s.ptr[i] != '%' || s.len - i < 3) return -1;
	int high = hex_digit(s.ptr[i + 1]), low = hex_digit(s.ptr[i + 2]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool str_glob_nocase(struct str pattern, struct str s)
{
	/* Between its stars a pattern has pieces: the first begins the text, each other one is looked for behind the one
	 * before it, and the last ends the text. That the earliest place will do makes it linear in practice. */
	size_t star = str_find(pattern, STR("*"));
	if (star == SIZE_MAX) return str_eq_nocase(pattern, s);
	if (!str_starts_nocase(s, str_slice(pattern, 0, star))) return false;
	s = str_slice(s, star, s.len);
	for (size_t from = star + 1;; from = star + 1) {
		struct str rest = str_slice(pattern, from, pattern.len);
		size_t len = str_find(rest, STR("*"));
		if (len == SIZE_MAX)
			return s.len >= rest.len && str_eq_nocase(str_slice(s, s.len - rest.len, s.len), rest);
		size_t at = str_find_nocase(s, str_slice(rest, 0, len));
		if (at == SIZE_MAX) return false;
		s = str_slice(s, at + len, s.len);
		star = from + len;
	}
}

struct str str_dup(struct arena *arena, struct str s)
{
	char *copy = arena_bytes(arena, s.len + 1);
	if (s.len) memcpy(copy, s.ptr, s.len);
	copy[s.len] = '\0';
	return (struct str){copy, s.len};
}

struct str str_concat(struct arena *arena, struct str a, struct str b)
{
	char *joined = arena_bytes(arena, a.len + b.len + 1);
	if (a.len) memcpy(joined, a.ptr, a.len);
	if (b.len) memcpy(joined + a.len, b.ptr, b.len);
	joined[a.len + b.len] = '\0';
	return (struct str){joined, a.len + b.len};
}

struct str str_join(struct arena *arena, struct str a, struct str between, struct str b)
{
	if (!a.len || !b.len) return a.len ? a : b;
	size_t len = a.len + between.len + b.len;
	char *joined = arena_bytes(arena, len + 1);
	memcpy(joined, a.ptr, a.len);
	if (between.len) memcpy(joined + a.len, between.ptr, between.len);
	memcpy(joined + a.len + between.len, b.ptr, b.len);
	joined[len] = '\0';
	return (struct str){joined, len};
}

struct str str_words(struct arena *arena, struct str a, struct str b) { return str_join(arena, a, STR(" "), b); }

void str_lower_to(char *out, struct str s)
{
	size_t i = 0;
	for (; i + 8 <= s.len; i += 8) {
		uint64_t word = ascii_lower8(eight(s.ptr + i));
		memcpy(out + i, &word, sizeof(word));
	}
	for (; i < s.len; i++) out[i] = ascii_lower(s.ptr[i]);
}

struct str str_lower(struct arena *arena, struct str s)
{
	char *copy = arena_bytes(arena, s.len + 1);
	str_lower_to(copy, s);
	copy[s.len] = '\0';
	return (struct str){copy, s.len};
}

char *str_cstr(struct arena *arena, struct str s) { return (char *)(uintptr_t)str_dup(arena, s).ptr; }

struct str str_printf(struct arena *arena, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	char probe[1]; /* not NULL: gcc warns of that in sanitizer builds */
	int n = vsnprintf(probe, sizeof(probe), format, args);
	va_end(args);
	size_t len = n > 0 ? (size_t)n : 0;
	char *text = arena_bytes(arena, len + 1);
	vsnprintf(text, len + 1, format, again);
	va_end(again);
	return (struct str){text, len};
}

bool str_to_u64(struct str s, uint64_t *out)
{
	uint64_t value = 0;
	if (s.len == 0 || s.len > 20) return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned char)s.ptr[i] - (unsigned)'0';
		if (digit > 9 || value > (UINT64_MAX - digit) / 10) return false;
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}

bool str_to_double(struct str s, double *out)
{
	char text[64];
	if (s.len == 0 || s.len >= sizeof(text)) return false;
	for (size_t i = 0; i < s.len; i++)
		if (!strchr("0123456789+-.eE", s.ptr[i]) || s.ptr[i] == '\0') return false;
	memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	char *end;
	double value = strtod(text, &end); /* the locale is never set, so '.' is the point */
	if (*end || end == text || !isfinite(value)) return false;
	*out = value;
	return true;
}
