/* What RFC 8259 requires to be accepted and to be refused, and what it leaves open, asked of all that reads JSON here: json_valid, the
 * projection of a record, and the framer, which gets its bytes in pieces. They must agree. */
#include "core/arena.h"
#include "core/frame.h"
#include "core/json.h"
#include "core/json_names.h"
#include "core/project.h"
#include "tests/check.h"

#include <stdlib.h>

static struct arena arena;

struct verdict {
	bool good;
	uint64_t offset;
};

static struct verdict valid(struct str text)
{
	struct json_fault fault = {0};
	bool good = json_valid(text, &fault);
	return (struct verdict){good, fault.offset};
}

static struct verdict projected(struct str text)
{
	struct json_fault fault = {0};
	struct projected out = {0};
	struct projection *projection = projection_new(&arena, false);
	projection_add(projection, STR("/a/b"));
	projection_add(projection, STR("/*/1"));
	bool good = project(projection, text, &out, &fault);
	projected_free(&out);
	return (struct verdict){good, fault.offset};
}

/* The bytes come so many at a time. */
struct drip {
	struct str bytes;
	size_t at, most;
};

static bool drip(void *context, char *dst, size_t capacity, size_t *got, struct error *error)
{
	struct drip *d = context;
	(void)error;
	*got = d->bytes.len - d->at;
	if (*got > d->most) *got = d->most;
	if (*got > capacity) *got = capacity;
	memcpy(dst, d->bytes.ptr + d->at, *got);
	d->at += *got;
	return true;
}

static bool no_record(void *context, const struct frame_record *record, struct error *error)
{
	(void)context, (void)record, (void)error;
	return true;
}

static struct verdict framed(struct str text, size_t most)
{
	struct frame_spec *spec = frame_spec_new(&arena, false, false);
	frame_spec_keep(spec, STR("/a/b"));
	frame_spec_record(spec, STR("/records/*"));
	struct drip from = {text, 0, most};
	struct frame_source source = {&from, drip};
	struct frame_sink sink = {NULL, no_record};
	struct frame_options options = {.window = 64};
	struct frame_result result;
	struct buf envelope = {0};
	struct error error;
	bool ran = frame_run(spec, &source, &sink, &options, &envelope, &result, &error);
	buf_free(&envelope);
	return (struct verdict){ran && result.state == FRAME_OK && !result.empty, result.offset};
}

#define T(literal)                                                                                                     \
	{                                                                                                              \
		literal, sizeof(literal) - 1                                                                           \
	}

/* y_: must be accepted. */
static const struct str must_take[] = {
    T("[\"\\u0060\\u012a\\u12AB\"]"),
    T("[\"\\uD801\\udc37\"]"),
    T("[\"\\ud83d\\ude39\\ud83d\\udc8d\"]"),
    T("[\"\\uDBFF\\uDFFF\"]"),
    T("[\"\\uD800\\uDC00\"]"),
    T("[\"\\u0000\"]"),
    T("[\"\\\\u0000\"]"),
    T("[\"\\\\ud800\"]"),
    T("[\"\\\"\"]"),
    T("[\"\\/\"]"),
    T("[\"\\uFFFE\"]"),
    T("[\"\\uFDD0\"]"),
    T("[\"\\u2028\xe2\x80\xa9\"]"),
    T("[\"\xf0\x9b\xbf\xbf\"]"),
    T("[\"\xef\xbf\xbf\"]"),
    T("[\"\xef\xbb\xbf\"]"),
    T("[\"\x7f\"]"),
    T("[\"new\\u000Aline\"]"),
    T("[\"a/*b*/c/*d//e\"]"),
    T("{\"\\u0061\":1}"),
    T("{\"\\ud83d\\ude39\":{\"\\\"\":[]}}"),
    T("{\"\":{\"\":\"\"}}"),
    T("{\"a\\u0000b\":1}"),
    T("{\"\\/\":0,\"\\\\\":1}"),
    T("{\"a\":{\"\\u0062\":{}}}"),
    T("{\"a~0b\":1,\"c/d\":2,\"*\":3,\"0\":[4]}"),
    T("{\"min\":-1.0e+28,\"max\":1.0e+28}"),
    T("[123e65]"),
    T("[0e+1]"),
    T("[0e1]"),
    T("[-0]"),
    T("[-0.0]"),
    T("[1E22]"),
    T("[1E-2]"),
    T("[1e999]"),
    T("[-123]"),
    T("[123.456e78]"),
    T("[1e-99999]"),
    T("[-0.000000000000000000000000000000000000000000000000000000000000000000000000001]"),
    T("[true]"),
    T("[null,1,\"1\",{}]"),
    T(" [1]"),
    T("[1]\r\n\t "),
    T("[[]   ]"),
    T("[ 4]"),
    T("\"\""),
    T("-0.1"),
    T("42"),
    T("null"),
    T("false"),
    T("[]"),
    T("{}"),
    T("{\"records\":[1,\"\\u00e9\",{\"a\":[]}]}"),
};

/* n_: must be refused. */
static const struct str must_refuse[] = {
    T("[\"\\uD800\"]"),
    T("[\"\\uDC00\"]"),
    T("[\"\\uD800\\n\"]"),
    T("[\"\\uD800\\u\"]"),
    T("[\"\\uD800\\u1\"]"),
    T("[\"\\uD800\\u1x\"]"),
    T("[\"\\uDd1e\\uD834\"]"),
    T("[\"\\uD800\\uD800\\uDC00\"]"),
    T("{\"\\ud800\":1}"),
    T("{\"\\x\":1}"),
    T("{\"a\n\":1}"),
    T("{\"\xff\":1}"),
    T("[\"\\u00A\"]"),
    T("[\"\\u\"]"),
    T("[\"\\uqqqq\"]"),
    T("[\"\\x00\"]"),
    T("[\"\\a\"]"),
    T("[\"\\0\"]"),
    T("[\"\\"),
    T("[\"\\\xe2\x9b\x8c\"]"),
    T("[\"a\0b\"]"),
    T("[\"\x1f\"]"),
    T("[\"\t\"]"),
    T("[\"\xed\xa0\x80\"]"),
    T("[\"\xc0\x80\"]"),
    T("[\"\xfc\x83\xbf\xbf\xbf\xbf\"]"),
    T("[\"\xe6\x97\xa5\xd1\x88\xfa\"]"),
    T("[\"\xe9\"]"),
    T("['x']"),
    T("[\xc3\xa9]"),
    T("[1.]"),
    T("[.1]"),
    T("[1e]"),
    T("[1e+]"),
    T("[1eE2]"),
    T("[0.3e]"),
    T("[0e]"),
    T("[2.e3]"),
    T("[-]"),
    T("[-01]"),
    T("[-1.]"),
    T("[+1]"),
    T("[++1234]"),
    T("[- 1]"),
    T("[012]"),
    T("[-012]"),
    T("[1 000.0]"),
    T("[0x42]"),
    T("[1_000]"),
    T("[1+2]"),
    T("[Inf]"),
    T("[-Infinity]"),
    T("[NaN]"),
    T("[1.0e-]"),
    T("[123\xc3\xa5]"),
    T("[1e1\xe5]"),
    T("[1,]"),
    T("[1,,2]"),
    T("[,]"),
    T("[\"\": 1]"),
    T("[x"),
    T("[1"),
    T("[1]]"),
    T("[][]"),
    T("[1]x"),
    T("[1],"),
    T("[\"a\",\n4\n,1,"),
    T("[*]"),
    T("[a"),
    T("[\"x\"]]"),
    T("[nul]"),
    T("[truth]"),
    T("[fals]"),
    T("[True]"),
    T("{\"a\":\"b\"}#"),
    T("{\"a\":\"b\"}/**/"),
    T("{\"a\":\"b\"}//"),
    T("{\"a\":/*c*/1}"),
    T("{\"a\" b}"),
    T("{:\"b\"}"),
    T("{\"a\"::1}"),
    T("{\"a\":1,}"),
    T("{\"a\":1,,\"b\":2}"),
    T("{\"a\""),
    T("{\"a\":"),
    T("{\"a\":1"),
    T("{1:1}"),
    T("{null:null}"),
    T("{'a':0}"),
    T("{a:1}"),
    T("{\"a\":\"a\" 123}"),
    T("{\"a\",1}"),
    T("{\"a\":1}{\"b\":2}"),
    T("{[:1}"),
    T("{\"x\":true]"),
    T("[}"),
    T("{]"),
    T("[{}"),
    T("[[[["),
    T("]"),
    T("}"),
    T(":"),
    T(","),
    T("\xe2\x81\xa0[]"),
    T("[\xe2\x81\xa0]"),
    T("[\x0c]"),
    T("[\x0b]"),
    T("[\xa0]"),
    T("\xef\xbb[]"),
    T("\xff\xfe[\0]\0"),
    T("[\0]"),
    T("\0"),
    T("<a>"),
    T("\""),
    T("\"x"),
    T("\"x\"y"),
    T(""),
    T(" "),
    T("\\u005b]"),
};

static void check_tables(void)
{
	size_t wrong[3] = {0}, place = 0;
	for (size_t i = 0; i < sizeof(must_take) / sizeof(*must_take); i++) {
		bool one = valid(must_take[i]).good, two = projected(must_take[i]).good;
		bool three = framed(must_take[i], SIZE_MAX).good && framed(must_take[i], 1).good;
		if (!one || !two || !three) printf("# %.*s: %d %d %d\n", STR_ARG(must_take[i]), one, two, three);
		wrong[0] += !one, wrong[1] += !two, wrong[2] += !three;
	}
	CHECK(!wrong[0] && !wrong[1] && !wrong[2],
	      "what RFC 8259 requires to be accepted is accepted by scanner, projection and framer");
	memset(wrong, 0, sizeof(wrong));
	for (size_t i = 0; i < sizeof(must_refuse) / sizeof(*must_refuse); i++) {
		struct str text = must_refuse[i];
		struct verdict v[] = {valid(text), projected(text), framed(text, SIZE_MAX), framed(text, 1)};
		for (size_t k = 0; k < 4; k++) {
			if (v[k].good) wrong[k < 3 ? k : 2]++, printf("# taken by %zu: %.*s\n", k, STR_ARG(text));
			if (v[k].offset > text.len) place++, printf("# no place from %zu: %.*s\n", k, STR_ARG(text));
		}
		if (v[2].offset != v[3].offset)
			place++, printf("# %.*s: %u in one piece, %u in many\n", STR_ARG(text), (unsigned)v[2].offset,
			                (unsigned)v[3].offset);
	}
	CHECK(!wrong[0] && !wrong[1] && !wrong[2], "what it requires to be refused is refused by all three");
	CHECK(!place, "and each says at which byte, the framer at the same one however the bytes come");
}

/* i_: left open by the RFC; what is done here. */
static void check_open(void)
{
	struct str bom = STR("\xef\xbb\xbf{\"a\":{\"b\":1}}");
	CHECK(framed(bom, 1).good && !valid(bom).good,
	      "a byte order mark is passed over before a document, and is no part of a value");
	CHECK(!framed(STR("\xef\xbb\xbf\xef\xbb\xbf[]"), 1).good && !framed(STR(" \xef\xbb\xbf[]"), 1).good,
	      "but only one, and only at the very start");
	struct str twice = STR("{\"a\":{\"b\":1,\"\\u0062\":2}}");
	CHECK(valid(twice).good, "two members of one name are JSON");
	CHECK(!projected(twice).good && projected(twice).offset == 12,
	      "but a record that has a member twice that counts is refused, at the second, however it is spelled");
	CHECK(projected(STR("{\"z\":1,\"z\":2}")).good, "one that nobody reads may stand twice");
	CHECK(json_repeated_name(twice, false) == 12 &&
	          json_repeated_name(STR("{\"a\":1,\"b\":{\"a\":2}}"), false) == SIZE_MAX,
	      "a repeated name is found by what it means, in one object only");
	struct json_names names = {0};
	bool apart = true;
	for (int i = 0; i < 2000; i++) /* more than what the set holds at first */
		apart &= json_names_repeated(&names, STR("{\"a\":1,\"b\":[{\"a\":2},{\"a\":3}]}"), false) == SIZE_MAX;
	CHECK(apart && json_names_repeated(&names, twice, false) == 12, "names of one value are not those of the next");
	json_names_free(&names);
	CHECK(json_repeated_name(STR("{\"a\":\"\\\"a\\\":\",\"A\":1}"), false) == SIZE_MAX &&
	          json_repeated_name(STR("{\"a\":1,\"A\":1}"), true) == 7,
	      "a name inside of a string is none; without case it is the same");
}

static struct str filled(const char *head, char byte, size_t n, const char *tail)
{
	size_t a = strlen(head), b = strlen(tail);
	char *text = arena_bytes(&arena, a + n + b);
	memcpy(text, head, a);
	memset(text + a, byte, n);
	memcpy(text + a + n, tail, b);
	return str_of(text, a + n + b);
}

static struct str nested(size_t n, const char *open, const char *close)
{
	size_t a = strlen(open), b = strlen(close);
	char *text = arena_bytes(&arena, n * (a + b));
	for (size_t i = 0; i < n; i++) memcpy(text + i * a, open, a);
	for (size_t i = 0; i < n; i++) memcpy(text + n * a + i * b, close, b);
	return str_of(text, n * (a + b));
}

static void check_large(void)
{
	enum { LARGE = 10 << 20 };
	struct str number = filled("{\"a\":{\"b\":1", '7', LARGE, "}}"), fraction = filled("[0.", '0', LARGE, "1]"),
		   exponent = filled("[1e", '9', LARGE, "]");
	CHECK(valid(number).good && projected(number).good && framed(number, 65536).good,
	      "a number of 10 MB is a number");
	CHECK(valid(fraction).good && framed(fraction, 4096).good && valid(exponent).good &&
	          framed(exponent, 4096).good,
	      "so is one of 10 MB behind the point, or in the exponent");
	struct str broken = filled("[1", '7', LARGE, "x]");
	CHECK(!valid(broken).good && valid(broken).offset == broken.len - 2 &&
	          framed(broken, 65536).offset == broken.len - 2,
	      "one that goes wrong at its end is refused there");
	struct str string = filled("[\"", 'x', LARGE, "\"]"), escapes = filled("[\"", '\\', LARGE, "\"]"),
		   name = filled("{\"", 'n', LARGE, "\":1}");
	CHECK(valid(string).good && framed(string, 65536).good && valid(escapes).good && framed(escapes, 4097).good,
	      "a string of 10 MB is a string, of nothing but escapes too");
	CHECK(valid(name).good && projected(name).good && framed(name, 65536).good, "so is a name");
	struct str deep = nested(JSON_MAX_DEPTH, "[", "]"), deeper = nested(JSON_MAX_DEPTH + 1, "[", "]"),
		   objects = nested(200000, "{\"a\":", "}");
	CHECK(valid(deep).good && projected(deep).good && framed(deep, 7).good, "%d brackets deep is read",
	      JSON_MAX_DEPTH);
	CHECK(!valid(deeper).good && !projected(deeper).good && !framed(deeper, 7).good &&
	          valid(deeper).offset == JSON_MAX_DEPTH && framed(deeper, 7).offset == JSON_MAX_DEPTH,
	      "one more is refused, at that bracket");
	CHECK(!valid(objects).good && !projected(objects).good && !framed(objects, 65536).good,
	      "200,000 objects in one another are refused, no crash");
	struct str white = filled("[1,", ' ', LARGE, "2]");
	CHECK(valid(white).good && framed(white, 65536).good, "10 MB of white space are white space");
}

static void check_values(void)
{
	struct projection *projection = projection_new(&arena, false);
	int b = projection_add(projection, STR("/a/b")), slash = projection_add(projection, STR("/c~1d"));
	struct projected out = {0};
	struct json_fault fault;
	bool good = project(projection,
	                    STR("{\"\\u0061\":{\"\\u0062\":\"\\ud83d\\ude39 \\u00e9\\/\"},\"c\\/d\":\"\\\\u0041\"}"),
	                    &out, &fault);
	struct str one = STR_EMPTY, two = STR_EMPTY;
	for (size_t i = 0; good && i < out.count; i++) {
		if (out.fields[i].number == b) one = json_unescape(&arena, out.fields[i].raw);
		if (out.fields[i].number == slash) two = json_unescape(&arena, out.fields[i].raw);
	}
	CHECK(str_eq(one, STR("\xf0\x9f\x98\xb9 \xc3\xa9/")) && str_eq(two, STR("\\u0041")),
	      "a member is found however its name is spelled, and its value is what the escapes mean, once");
	projected_free(&out);
}

int main(void)
{
	check_tables();
	check_open();
	check_large();
	check_values();
	arena_free(&arena);
	return check_done();
}
