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

/* "A03" or "OWASP-A03" before ":2021": OWASP-2021-A3. rest is what follows the run. */
static struct str owasp_of(struct str run, struct str rest, struct arena *arena)
{
	size_t dash = str_rfind_char(run, '-');
	if (dash != SIZE_MAX) run = str_slice(run, dash + 1, run.len);
	struct str number = str_slice(run, 1, run.len);
	bool year =
	    rest.len >= 5 && rest.ptr[0] == ':' && rest.ptr[1] == '2' && (rest.len == 5 || !is_id_char(rest.ptr[5]));
	if (!year || run.len < 2 || run.len > 3 || (run.ptr[0] != 'A' && run.ptr[0] != 'a')) return STR_EMPTY;
	for (size_t i = 0; i < number.len; i++)
		if (number.ptr[i] < '0' || number.ptr[i] > '9') return STR_EMPTY;
	for (size_t i = 2; i < 5; i++)
		if (rest.ptr[i] < '0' || rest.ptr[i] > '9') return STR_EMPTY;
	if (number.len > 1 && number.ptr[0] == '0') number = str_slice(number, 1, number.len);
	return str_printf(arena, "OWASP-%.*s-A%.*s", 4, rest.ptr + 1, STR_ARG(number));
}

struct str ids_in(struct arena *arena, struct str s)
{
	struct str all = STR_EMPTY;
	for (size_t at = 0; at < s.len;) {
		size_t end = at;
		while (end < s.len && is_id_char(s.ptr[end])) end++;
		struct str run = str_slice(s, at, end);
		struct str id = run.len > 4 ? id_of(run, arena) : STR_EMPTY;
		if (!id.len) id = owasp_of(run, str_slice(s, end, s.len), arena);
		if (!has_word(all, id)) all = str_words(arena, all, id);
		at = end + 1;
	}
	return all;
}
