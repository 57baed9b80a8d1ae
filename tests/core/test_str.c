#include "core/arena.h"
#include "core/str.h"
#include "tests/check.h"

/* What the last case says when it fails. */
static char said[4096];
#define SAY(...) snprintf(said + strlen(said), sizeof(said) - strlen(said), __VA_ARGS__)
#define SAYING(...)                                                                                                    \
	do {                                                                                                           \
		said[0] = '\0';                                                                                        \
		if (!CHECK(__VA_ARGS__)) fputs(said, stdout);                                                          \
	} while (0)

static struct arena arena;

static int sign_of(int n) { return (n > 0) - (n < 0); }

static void check_comparing(void)
{
	static const struct {
		const char *a, *b;
		int order;
		bool nocase;
	} rows[] = {
	    {"", "", 0, true},       {"a", "", 1, false},   {"a", "a", 0, true},    {"a", "b", -1, false},
	    {"a", "ab", -1, false},  {"A", "a", -1, true},  {"Az", "aZ", -1, true}, {"\xc3\x84", "\xc3\xa4", -1, false},
	    {"\xff", "a", 1, false}, {"[", "{", -1, false}, {"@", "`", -1, false},  {"a/b", "a-b", 1, false},
	};
	size_t order = 0, equal = 0, nocase = 0, n = sizeof(rows) / sizeof(*rows);
	for (size_t i = 0; i < n; i++) {
		struct str a = str_from(rows[i].a), b = str_from(rows[i].b);
		order += sign_of(str_cmp(a, b)) == rows[i].order && sign_of(str_cmp(b, a)) == -rows[i].order;
		equal += str_eq(a, b) == (rows[i].order == 0);
		nocase += str_eq_nocase(a, b) == rows[i].nocase && str_eq_nocase(b, a) == rows[i].nocase;
	}
	SAYING(order == n, "strings are ordered by their bytes, unsigned, the shorter first");
	SAYING(equal == n, "equal strings are equal, others are not");
	SAYING(nocase == n, "only ASCII letters are compared without case, and no neighbour of theirs");
	SAYING(!str_eq(str_of("a\0b", 3), str_of("a\0c", 3)) && str_cmp(str_of("a\0b", 3), str_of("a", 1)) == 1,
	       "a NUL is a byte like another");
}

/* Eight bytes are looked at together: each byte at each place of a word, and behind the last word. */
static void check_words(void)
{
	enum { LENGTH = 19 };
	size_t wrong = 0;
	char a[LENGTH], b[LENGTH], small[LENGTH];
	for (unsigned x = 0; x < 256; x++) {
		for (unsigned y = 0; y < 256; y++) {
			unsigned lower_x = x >= 'A' && x <= 'Z' ? x + 32 : x,
				 lower_y = y >= 'A' && y <= 'Z' ? y + 32 : y;
			for (size_t at = 0; at < LENGTH; at++) {
				memset(a, 'q', LENGTH);
				memset(b, 'Q', LENGTH);
				a[at] = (char)x;
				b[at] = (char)y;
				struct str one = str_of(a, LENGTH), other = str_of(b, LENGTH);
				int order = lower_x < lower_y ? -1 : lower_x > lower_y;
				wrong += str_eq_nocase(one, other) != (order == 0);
				wrong += sign_of(str_cmp_nocase(one, other)) != order;
				if (y) continue;
				str_lower_to(small, one);
				wrong += (unsigned char)small[at] != lower_x || small[(at + 1) % LENGTH] != 'q';
			}
		}
	}
	SAYING(wrong == 0, "every byte is compared, and made small, alike wherever it stands in a word of eight");
	memset(a, 'A', LENGTH);
	str_lower_to(a, str_of(a, LENGTH));
	SAYING(str_eq(str_of(a, LENGTH), STR("aaaaaaaaaaaaaaaaaaa")), "a text is made small in its place");
}

static void check_finding(void)
{
	SAYING(str_find(STR("abcabc"), STR("ca")) == 2 && str_find(STR("abc"), STR("abcd")) == SIZE_MAX &&
	           str_find(STR("aab"), STR("ab")) == 1 && str_find(STR("abc"), STR("x")) == SIZE_MAX,
	       "the first occurrence is found, or SIZE_MAX");
	SAYING(str_find(STR("abc"), STR("")) == 0 && str_find(STR(""), STR("")) == 0 &&
	           str_find_nocase(STR(""), STR("")) == 0 && str_find(STR(""), STR("a")) == SIZE_MAX &&
	           str_find_nocase(STR(""), STR("a")) == SIZE_MAX,
	       "nothing is found at the start, and nothing in nothing");
	SAYING(str_find_nocase(STR("/SUBSCRIPTIONS/x"), STR("/subscriptions/")) == 0 &&
	           str_find_nocase(STR("xAb"), STR("aB")) == 1 && str_find_nocase(STR("//a/B/"), STR("/b/")) == 3 &&
	           str_find_nocase(STR("aab"), STR("AB")) == 1 && str_find_nocase(STR("ab"), STR("abc")) == SIZE_MAX,
	       "without case too");
	SAYING(str_rfind_char(STR("a/b/c"), '/') == 3 && str_rfind_char(STR("abc"), '/') == SIZE_MAX &&
	           str_rfind_char(STR(""), '/') == SIZE_MAX && str_rfind_char(STR("/"), '/') == 0,
	       "the last of a character is found, or SIZE_MAX");
	SAYING(str_starts(STR("abc"), STR("ab")) && str_starts(STR("abc"), STR("")) &&
	           !str_starts(STR("a"), STR("ab")) && !str_starts(STR("Abc"), STR("ab")) &&
	           str_starts_nocase(STR("Abc"), STR("aB")) && !str_starts_nocase(STR("a"), STR("ab")),
	       "a start is a start");
	SAYING(str_ends(STR("abc"), STR("bc")) && str_ends(STR("abc"), STR("")) && !str_ends(STR("c"), STR("bc")) &&
	           !str_ends(STR("abc"), STR("ab")),
	       "an end is an end");
}

static void check_parts(void)
{
	struct str s = STR("abcdef");
	SAYING(str_eq(str_slice(s, 2, 4), STR("cd")) && str_eq(str_slice(s, 4, 99), STR("ef")) &&
	           str_slice(s, 4, 2).len == 0 && str_slice(s, 99, 120).len == 0 && str_slice(s, 6, 6).len == 0 &&
	           str_eq(str_slice(s, 0, SIZE_MAX), s),
	       "a slice never leaves its string");
	SAYING(str_eq(str_trim(STR(" \t\r\na b\n ")), STR("a b")) && str_trim(STR(" \n")).len == 0 &&
	           str_trim(STR("")).len == 0,
	       "blanks go from both ends");
	struct str nothing = {NULL, 0};
	SAYING(str_eq(nothing, STR("")) && str_cmp(nothing, STR("")) == 0 && str_eq_nocase(nothing, nothing) &&
	           str_starts(nothing, nothing) && str_rfind_char(nothing, 'a') == SIZE_MAX &&
	           str_find(nothing, STR("a")) == SIZE_MAX && str_trim(nothing).len == 0 &&
	           str_glob_nocase(nothing, nothing) && str_dup(&arena, nothing).len == 0,
	       "a string of length 0 is empty whatever its pointer is");
	SAYING(str_from(NULL).len == 0 && str_from(NULL).ptr, "no C string is the empty string");
}

static void check_glob(void)
{
	static const struct {
		const char *pattern, *s;
		bool meets;
	} rows[] = {
	    {"", "", true},
	    {"", "a", false},
	    {"*", "", true},
	    {"*", "a/b", true},
	    {"a*", "A", true},
	    {"a*", "ba", false},
	    {"*a", "bA", true},
	    {"*a", "ab", false},
	    {"a*b*c", "axxbyyc", true},
	    {"a*b*c", "axxbyy", false},
	    {"**", "x", true},
	    {"a**b", "ab", true},
	    {"*ab", "aab", true},
	    {"*aab", "aaab", true},
	    {"abc", "ABC", true},
	    {"abc", "ABCD", false},
	    {"a*bc*d", "abcbcd", true},
	    {"*/aks-*", "/rg/AKS-1", true},
	    {"?", "a", false},
	    {"?", "?", true},
	};
	size_t good = 0, n = sizeof(rows) / sizeof(*rows);
	for (size_t i = 0; i < n; i++) {
		bool right = str_glob_nocase(str_from(rows[i].pattern), str_from(rows[i].s)) == rows[i].meets;
		if (!right) SAY("# \"%s\" and \"%s\"\n", rows[i].pattern, rows[i].s);
		good += right;
	}
	SAYING(good == n,
	       "'*' meets any run of bytes, nothing else is special, letters are without case (%zu patterns)", n);
	char *hostile = arena_alloc(&arena, 20001);
	memset(hostile, 'a', 20000);
	SAYING(!str_glob_nocase(STR("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"), str_of(hostile, 20000)),
	       "many stars against a long string end in time");
}

static void check_copies(void)
{
	char bytes[] = "MiXeD";
	struct str copy = str_dup(&arena, str_of(bytes, 5)), small = str_lower(&arena, str_of(bytes, 5));
	char *c = str_cstr(&arena, str_of(bytes, 3));
	bytes[0] = 'x';
	SAYING(str_eq(copy, STR("MiXeD")) && copy.ptr[5] == '\0', "a copy is its own, with a NUL behind it");
	SAYING(str_eq(small, STR("mixed")) && str_eq(str_lower(&arena, STR("\xc3\x84Z[")), STR("\xc3\x84z[")),
	       "letters become small, other bytes stay");
	SAYING(strcmp(c, "MiX") == 0, "a C string ends where its string does");
	struct str printed = str_printf(&arena, "%.*s-%d", STR_ARG(STR("abc")), 42),
		   empty = str_printf(&arena, "%s", "");
	SAYING(str_eq(printed, STR("abc-42")) && printed.ptr[6] == '\0' && empty.len == 0,
	       "printing gives what printf would");
	char *longer = arena_alloc(&arena, 100001);
	memset(longer, 'y', 100000);
	SAYING(str_eq(str_concat(&arena, STR("ab"), STR("c")), STR("abc")) &&
	           str_eq(str_concat(&arena, STR_EMPTY, STR_EMPTY), STR_EMPTY) &&
	           str_eq(str_words(&arena, STR("ab"), STR("c")), STR("ab c")) &&
	           str_eq(str_words(&arena, STR_EMPTY, STR("c")), STR("c")) &&
	           str_eq(str_words(&arena, STR("ab"), STR_EMPTY), STR("ab")),
	       "words are joined with a blank, and an empty one leaves none");
	SAYING(str_eq(str_after_last(STR("a/b/c"), '/'), STR("c")) &&
	           str_eq(str_after_last(STR("abc"), '/'), STR("abc")) &&
	           str_eq(str_after_last(STR("a/"), '/'), STR_EMPTY),
	       "what stands behind the last slash, or all of it where there is none");
	SAYING(str_cmp_nocase(STR("aB"), STR("Ab")) == 0 && str_cmp_nocase(STR("a"), STR("B")) < 0 &&
	           str_cmp_nocase(STR("B"), STR("a")) > 0 && str_cmp_nocase(STR("ab"), STR("A")) > 0 &&
	           str_cmp_nocase(STR("Z"), STR("_")) > 0 && str_cmp_nocase(STR("\xc3"), STR("z")) > 0,
	       "letters are ordered without case, other bytes as unsigned numbers, a beginning before the whole");
	SAYING(str_printf(&arena, "%s%s", longer, longer).len == 200000, "printing has no limit");
}

static void check_numbers(void)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t value;
	} rows[] = {
	    {"0", true, 0},
	    {"007", true, 7},
	    {"18446744073709551615", true, UINT64_MAX},
	    {"18446744073709551616", false, 0},
	    {"99999999999999999999", false, 0},
	    {"", false, 0},
	    {"-1", false, 0},
	    {"+1", false, 0},
	    {"1 ", false, 0},
	    {"1.0", false, 0},
	    {"0x1", false, 0},
	};
	size_t good = 0, n = sizeof(rows) / sizeof(*rows);
	for (size_t i = 0; i < n; i++) {
		uint64_t value = 7777;
		bool is = str_to_u64(str_from(rows[i].text), &value);
		good += is == rows[i].good && value == (is ? rows[i].value : 7777);
	}
	SAYING(good == n, "whole numbers up to 2^64 - 1 are read, and nothing else");
	static const struct {
		const char *text;
		bool good;
		double value;
	} doubles[] = {
	    {"0", true, 0},    {"9.8", true, 9.8}, {"-1.5e2", true, -150}, {"1e999", false, 0}, {"-1e999", false, 0},
	    {"nan", false, 0}, {"inf", false, 0},  {"0x10", false, 0},     {"1e", false, 0},    {"", false, 0},
	    {"1,5", false, 0}, {" 1", false, 0},   {"1 ", false, 0},       {"--1", false, 0},
	};
	good = 0;
	n = sizeof(doubles) / sizeof(*doubles);
	for (size_t i = 0; i < n; i++) {
		double value = 0;
		bool is = str_to_double(str_from(doubles[i].text), &value);
		good += is == doubles[i].good && (!is || !(value < doubles[i].value || value > doubles[i].value));
	}
	double value;
	SAYING(good == n, "finite decimal numbers are read, and nothing else");
	SAYING(!str_to_double(str_of("1\0", 2), &value), "a number does not end at a NUL");
}

static void check_percent(void)
{
	static const struct {
		const char *text;
		int byte;
	} rows[] = {{"%2F", 0x2f}, {"%2f", 0x2f}, {"%c3%a9", 0xc3}, {"%00", 0},  {"%fF", 255},
	            {"%", -1},     {"%2", -1},    {"%2G", -1},      {"%G2", -1}, {"%%2F", -1},
	            {"2F", -1},    {"%@0", -1},   {"%/0", -1},      {"%:0", -1}, {"%`0", -1}};
	size_t good = 0, n = sizeof(rows) / sizeof(*rows);
	for (size_t i = 0; i < n; i++) good += str_percent(str_from(rows[i].text), 0) == rows[i].byte;
	SAYING(good == n && str_percent(STR("a%2F"), 1) == '/' && str_percent(str_of("%2F", 2), 0) == -1,
	       "a percent sign with two hex digits behind it is a byte, and nothing else is");
}

int main(void)
{
	check_percent();
	check_comparing();
	check_words();
	check_finding();
	check_parts();
	check_glob();
	check_copies();
	check_numbers();
	arena_free(&arena);
	return check_done();
}
