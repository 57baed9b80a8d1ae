#include "analyze/control_id.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80; }

/* The word at or after *at, without leading zeros; empty at the end. */
static struct str next_word(struct str s, size_t *at)
{
	size_t from = *at;
	while (from < s.len && !is_digit(s.ptr[from]) && !is_letter(s.ptr[from])) from++;
	size_t end = from;
	while (end < s.len && (is_digit(s.ptr[from]) ? is_digit(s.ptr[end]) : is_letter(s.ptr[end]))) end++;
	*at = end;
	while (from + 1 < end && s.ptr[from] == '0') from++;
	return str_slice(s, from, end);
}

struct str control_id_form(struct arena *arena, struct str id)
{
	char *form = arena_bytes(arena, 2 * id.len + 1);
	size_t at = 0, n = 0;
	for (struct str word; (word = next_word(id, &at)).len;) {
		if (n) form[n++] = '-';
		for (size_t i = 0; i < word.len; i++) form[n++] = ascii_lower(word.ptr[i]);
	}
	return str_of(form, n);
}

struct str control_id_whole(struct str form)
{
	size_t at = 0;
	struct str family = next_word(form, &at);
	if (family.len != 2 || is_digit(family.ptr[0])) return STR_EMPTY;
	struct str number = next_word(form, &at);
	if (!number.len || !is_digit(number.ptr[0])) return STR_EMPTY;
	for (size_t end = at;; end = at) {
		struct str word = next_word(form, &at);
		if (!word.len) return STR_EMPTY;
		if (!is_digit(word.ptr[0])) return word.len == 1 ? str_slice(form, 0, end) : STR_EMPTY;
	}
}

static int compare_words(struct str a, struct str b)
{
	bool number = is_digit(a.ptr[0]);
	if (number != is_digit(b.ptr[0])) return number ? -1 : 1;
	if (number && a.len != b.len) return a.len < b.len ? -1 : 1;
	for (size_t i = 0; i < a.len && i < b.len; i++)
		if (ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i]))
			return (unsigned char)ascii_lower(a.ptr[i]) < (unsigned char)ascii_lower(b.ptr[i]) ? -1 : 1;
	return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

int control_id_compare(struct str a, struct str b)
{
	for (size_t i = 0, j = 0;;) {
		struct str x = next_word(a, &i), y = next_word(b, &j);
		if (!x.len && !y.len) return str_cmp(a, b);
		if (!x.len || !y.len) return x.len ? 1 : -1;
		int order = compare_words(x, y);
		if (order) return order;
	}
}

struct str framework_form(struct arena *arena, struct str name)
{
	char *form = arena_bytes(arena, name.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < name.len; i++)
		if (is_digit(name.ptr[i]) || is_letter(name.ptr[i])) form[n++] = ascii_lower(name.ptr[i]);
	return str_of(form, n);
}
