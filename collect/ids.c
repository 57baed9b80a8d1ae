#include "collect/ids.h"

static bool is_id_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

static bool has_word(struct str words, struct str word)
{
	for (size_t at = 0; at < words.len;) {
		size_t end = at;
		while (end < words.len && words.ptr[end] != ' ') end++;
		if (str_eq(str_slice(words, at, end), word)) return true;
		at = end + 1;
	}
	return false;
}

/* The id that a run of letters, digits and dashes is, in its usual spelling; empty if it is none. */
static struct str id_of(struct str run, struct arena *arena)
{
	struct str rest = str_slice(run, 4, run.len);
	size_t digits = 0;
	while (digits < rest.len && rest.ptr[digits] >= '0' && rest.ptr[digits] <= '9') digits++;
	if (str_starts_nocase(run, STR("CWE-")) && digits) {
		rest = str_slice(rest, 0, digits);
		while (rest.len > 1 && rest.ptr[0] == '0') rest = str_slice(rest, 1, rest.len);
		return str_concat(arena, STR("CWE-"), rest);
	}
	if (str_starts_nocase(run, STR("CVE-")) && digits == 4 && rest.len > 5)
		return str_concat(arena, STR("CVE-"), rest);
	if (str_starts_nocase(run, STR("GHSA-")) && run.len == STR("GHSA-xxxx-xxxx-xxxx").len)
		return str_concat(arena, STR("GHSA"), str_lower(arena, rest));
	return STR_EMPTY;
}

struct str ids_in(struct arena *arena, struct str s)
{
	struct str all = STR_EMPTY;
	for (size_t at = 0; at < s.len;) {
		size_t end = at;
		while (end < s.len && is_id_char(s.ptr[end])) end++;
		struct str id = end - at > 4 ? id_of(str_slice(s, at, end), arena) : STR_EMPTY;
		if (!has_word(all, id)) all = str_words(arena, all, id);
		at = end + 1;
	}
	return all;
}
