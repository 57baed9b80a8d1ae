#include "core/arena.h"
#include "core/json.h"
#include "tests/check.h"

#include <stdlib.h>

static const char *const accepted[] = {
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "-1",
    "10",
    "0.5",
    "-0.5",
    "1e5",
    "1E+5",
    "1e-5",
    "1.25e10",
    "1e999",
    "-1e-999",
    "123456789012345678901234567890",
    "\"\"",
    "\"a\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\\u0000\"",
    "\"\\u00e9\"",
    "\"\\ud83d\\ude00\"",
    "\"\\uD83D\\uDE00\"",
    "\"\\uffff\"",
    "\"\xc3\xa9\"",
    "\"\xe2\x82\xac\"",
    "\"\xf0\x9f\x98\x80\"",
    "\"\xf4\x8f\xbf\xbf\"",
    "\"\xed\x9f\xbf\"",
    "\"\xee\x80\x80\"",
    "\"\x7f\"",
    "[]",
    "{}",
    "[[]]",
    "[{}]",
    "{\"a\":[]}",
    "{\"\":0}",
    "{\"a\":1,\"a\":2}",
    " [ 1 , 2 ] ",
    "\t\r\n{ \"a\" : { } }\n",
    "[1,\"a\",null,true,false,{},[]]",
    "\"/\"",
    "[\n                                                                   1\n                    ,2]",
};

static const char *const refused[] = {
    "",
    " ",
    "nul",
    "nulll",
    "True",
    "NaN",
    "Infinity",
    "-",
    "+1",
    "01",
    "-01",
    "00",
    "1.",
    ".5",
    "-.5",
    "1.e5",
    "1e",
    "1e+",
    "0x1",
    "1 2",
    "--1",
    "1a",
    "\"",
    "\"a",
    "\"\\\"",
    "\"\\x\"",
    "\"\\u\"",
    "\"\\u12\"",
    "\"\\u123g\"",
    "\"\\ud800\"",
    "\"\\udc00\"",
    "\"\\ud800\\u0041\"",
    "\"\\ud800\\ud800\"",
    "\"\\ud800x\"",
    "\"\\ud83d\\n\"",
    "\"\n\"",
    "\"\t\"",
    "\"\x1f\"",
    "\"\x01\"",
    "\"\x80\"",
    "\"\xc3\"",
    "\"\xc3(\"",
    "\"\xc0\xaf\"",
    "\"\xc1\xbf\"",
    "\"\xe0\x80\x80\"",
    "\"\xe0\x9f\xbf\"",
    "\"\xed\xa0\x80\"",
    "\"\xed\xbf\xbf\"",
    "\"\xf0\x8f\xbf\xbf\"",
    "\"\xf4\x90\x80\x80\"",
    "\"\xf5\x80\x80\x80\"",
    "\"\xff\"",
    "\"\xe2\x82\"",
    "\"\xf0\x9f\x98\"",
    "[",
    "]",
    "{",
    "}",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[1}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    "{\"a\" 1}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":1]",
    "{,}",
    "[]]",
    "{}{}",
    "// x\n1",
    "[1]/*x*/",
    "\xef\xbb\xbf[]",
    "\x0b[]",
    "\xa0[]",
    "[\f]",
    "\"a\"\"b\"",
    "undefined",
    "[tru]",
    "[\"a\nb\"]",
};

/* Offsets at which the fault must be, for texts where it matters. */
static const struct {
	const char *text;
	size_t offset;
	const char *message;
} places[] = {
    {"[1,]", 3, "expected a value"},
    {"{\"a\" 1}", 5, "expected ':' after the member name"},
    {"{\"a\":1 \"b\"}", 7, "expected ',' or '}'"},
    {"[1 2]", 3, "expected ',' or ']'"},
    {"{\"a\":1,}", 7, "expected a member name"},
    {"[\"abc\x80\"]", 5, "expected UTF-8"},
    {"[\"\\ud800\"]", 2, "lone surrogate escape"},
    {"[\"ab\\q\"]", 4, "unknown escape in a string"},
    {"[\"a\tb\"]", 3, "control character in a string"},
    {"\"abc", 4, "the string does not end"},
    {"[01]", 2, "leading zero in a number"},
    {"[1.x]", 3, "expected a digit"},
    {"[1]x", 3, "unexpected text after the value"},
    {"[\"0123456789012345678901234567890123456789\x01\"]", 42, "control character in a string"},
};

static struct str repeat(struct arena *arena, const char *open, const char *middle, const char *close, size_t n)
{
	size_t a = strlen(open), b = strlen(middle), c = strlen(close), len = 0;
	char *text = arena_bytes(arena, n * (a + c) + b + 1);
	for (size_t i = 0; i < n; i++, len += a) memcpy(text + len, open, a);
	memcpy(text + len, middle, b);
	len += b;
	for (size_t i = 0; i < n; i++, len += c) memcpy(text + len, close, c);
	return str_of(text, len);
}

/* A string is scanned alike whole and in two pieces cut anywhere, with the leftovers carried over. */
static bool pieces_agree(struct str body, size_t cut)
{
	const char *stop, *wrong = NULL, *whole_stop;
	bool escaped = false, whole_escaped = false;
	enum json_part whole = json_string_part(body.ptr, body.ptr + body.len, &whole_stop, &whole_escaped, &wrong);
	enum json_part part = json_string_part(body.ptr, body.ptr + cut, &stop, &escaped, &wrong);
	if (part == JSON_PART_MORE) {
		if (body.ptr + cut - stop > 11) return false;
		part = json_string_part(stop, body.ptr + body.len, &stop, &escaped, &wrong);
	}
	return part == whole && stop == whole_stop && escaped == whole_escaped;
}

int main(void)
{
	struct arena arena = {0};
	struct json_fault fault;
	size_t bad = 0;
	for (size_t i = 0; i < sizeof(accepted) / sizeof(*accepted); i++) {
		/* On the heap, to the byte, so that the sanitizer sees a read past the end. */
		size_t len = strlen(accepted[i]);
		char *copy = malloc(len + 1);
		memcpy(copy + 1, accepted[i], len);
		if (!json_valid(str_of(copy + 1, len), &fault)) bad++, printf("# %s\n", accepted[i]);
		free(copy);
	}
	CHECK(bad == 0, "every text that RFC 8259 allows is accepted");
	bad = 0;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		size_t len = strlen(refused[i]);
		char *copy = malloc(len + 1);
		memcpy(copy + 1, refused[i], len);
		if (json_valid(str_of(copy + 1, len), &fault))
			bad++, printf("# %s\n", refused[i]);
		else if (fault.offset > len || !fault.message[0])
			bad++, printf("# no place: %s\n", refused[i]);
		free(copy);
	}
	CHECK(bad == 0, "every text that RFC 8259 does not allow is refused with a place and a message");
	CHECK(!json_valid(str_of("\"a\0b\"", 5), &fault), "a NUL byte in a string is refused");
	CHECK(!json_valid(str_of("[]\0", 3), NULL), "a NUL byte after the value is refused, and the fault may be NULL");
	bad = 0;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (json_valid(str_from(places[i].text), &fault) || fault.offset != places[i].offset ||
		    strcmp(fault.message, places[i].message) != 0)
			bad++, printf("# %s: %zu %s\n", places[i].text, fault.offset, fault.message);
	CHECK(bad == 0, "a fault has the offset of the byte that is wrong and says what was expected");

	CHECK(json_valid(repeat(&arena, "[", "", "]", 1000), &fault), "1,000 nested arrays are accepted");
	CHECK(!json_valid(repeat(&arena, "[", "", "]", 1001), &fault) && fault.offset == 1000,
	      "1,001 nested arrays are refused at the bracket that is one too many");
	CHECK(json_valid(repeat(&arena, "{\"a\":[", "1", "]}", 500), &fault), "objects and arrays nest in turn");
	CHECK(!json_valid(repeat(&arena, "{\"a\":[", "1", "}]", 500), &fault),
	      "brackets closed in the wrong order are refused");
	CHECK(!json_valid(repeat(&arena, "[", "", "]", 100000), &fault),
	      "100,000 nested arrays are refused, not a crash");

	static const struct str bodies[] = {
	    {"plain text that is long enough for two rounds of thirty-two bytes each\"", 71},
	    {"esc \\u00e9 \\ud83d\\ude00 \\n \\\\ \\\" end\"", 37},
	    {"utf8 \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf end\"", 26},
	    {"bad \xe2\x28 end\"", 11},
	    {"bad \xed\xa0\x80 end\"", 12},
	    {"bad \\ud800\\u0020 end\"", 21},
	    {"bad \x1f end\"", 10},
	};
	bad = 0;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++)
		for (size_t cut = 0; cut <= bodies[i].len; cut++) bad += !pieces_agree(bodies[i], cut);
	CHECK(bad == 0, "a string cut at any byte is scanned as the whole one");

	CHECK(str_eq(json_unescape(&arena, STR("a\\\"\\\\\\/\\b\\f\\n\\r\\tz")), STR("a\"\\/\b\f\n\r\tz")),
	      "simple escapes are undone");
	CHECK(str_eq(json_unescape(&arena, STR("\\u00e9\\u20AC\\ud83d\\uDE00")),
	             STR("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")),
	      "\\u escapes become UTF-8, pairs become one character");
	CHECK(str_eq(json_unescape(&arena, STR("a\\u0000b")), str_of("a\0b", 3)), "\\u0000 becomes a NUL byte");
	struct str same = STR("nothing to do");
	CHECK(json_unescape(&arena, same).ptr == same.ptr, "a body without a backslash is returned itself");

	/* Any string of bytes: the scanner may not read outside (ASan) and its verdict does not depend on where they
	 * lie. */
	uint64_t seed = 12345;
	static const char alphabet[] =
	    "\"\\{}[]:,0123456789eE+-.truefalsn u\n\x01\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xed\xa0";
	bad = 0;
	for (int round = 0; round < 20000; round++) {
		char text[64];
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		size_t len = seed >> 58;
		for (size_t i = 0; i < len; i++) {
			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
			text[i] = alphabet[(seed >> 33) % (sizeof(alphabet) - 1)];
		}
		char *a = malloc(len + 1), *b = malloc(len + 18);
		memcpy(a, text, len);
		memcpy(b + 17, text, len);
		struct json_fault one = {0}, two = {0};
		bool x = json_valid(str_of(a, len), &one), y = json_valid(str_of(b + 17, len), &two);
		bad += x != y || (!x && (one.offset != two.offset || strcmp(one.message, two.message) != 0));
		free(a);
		free(b);
	}
	CHECK(bad == 0, "20,000 random texts are judged alike wherever they lie in memory");
	arena_free(&arena);
	return check_done();
}
