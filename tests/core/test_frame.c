#include "core/arena.h"
#include "core/buf.h"
#include "core/frame.h"
#include "core/frame_kernel.h"
#include "tests/check.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

static struct arena arena;

/* A source that gives at most `chunk` bytes at a time, and fails after fail_at. */
struct drip {
	struct str bytes;
	size_t at, chunk, fail_at;
};

static bool drip_read(void *context, char *dst, size_t capacity, size_t *got, struct error *error)
{
	struct drip *d = context;
	if (d->at >= d->fail_at) return error_set(error, ERROR_SYSTEM, NULL, "disk on fire");
	size_t n = d->bytes.len - d->at;
	if (n > d->chunk) n = d->chunk;
	if (n > capacity) n = capacity;
	if (n) memcpy(dst, d->bytes.ptr + d->at, n);
	d->at += n;
	*got = n;
	return true;
}

struct seen {
	struct buf text; /* one line for each record */
	struct str input;
	size_t stop_after, count, wrong;
};

static bool on_record(void *context, const struct frame_record *r, struct error *error)
{
	struct seen *seen = context;
	if (seen->count++ == seen->stop_after) return error_set(error, ERROR_INPUT, NULL, "enough");
	buf_printf(&seen->text, "%d", r->path);
	for (size_t i = 0; i < r->index_count; i++) {
		buf_printf(&seen->text, "%c%u", i ? ',' : '/', r->indexes[i]);
		if (r->names[i].len) buf_printf(&seen->text, "(%.*s)", STR_ARG(r->names[i]));
	}
	if (r->root) buf_printf(&seen->text, " root %u", (unsigned)r->root);
	if (r->too_large) buf_printf(&seen->text, " large %u", (unsigned)r->length);
	buf_printf(&seen->text, " %.*s\n", STR_ARG(r->bytes));
	/* The bytes are those of the input at the offset. */
	if (r->offset + r->bytes.len > seen->input.len ||
	    memcmp(seen->input.ptr + r->offset, r->bytes.ptr, r->bytes.len) != 0)
		seen->wrong++;
	return true;
}

struct run {
	size_t window, chunk, max_record, max_envelope, stop_after, fail_at;
};

static struct frame_result result;
static struct buf envelope;
static struct seen seen;
static struct error error;

/* Records in seen.text, the envelope in envelope; both NUL-terminated. */
static bool run(const struct frame_spec *spec, struct str input, struct run how)
{
	struct drip drip = {input, 0, how.chunk ? how.chunk : SIZE_MAX, how.fail_at ? how.fail_at : SIZE_MAX};
	struct frame_source source = {&drip, drip_read};
	struct frame_sink sink = {&seen, on_record};
	struct frame_options options = {how.max_record, how.max_envelope, how.window};
	seen.text.len = envelope.len = seen.count = seen.wrong = 0;
	seen.input = input;
	seen.stop_after = how.stop_after ? how.stop_after : SIZE_MAX;
	error = (struct error){0};
	bool good = frame_run(spec, &source, &sink, &options, &envelope, &result, &error);
	buf_reserve(&seen.text, 1);
	seen.text.ptr[seen.text.len] = '\0';
	buf_reserve(&envelope, 1);
	envelope.ptr[envelope.len] = '\0';
	if (seen.wrong) printf("# a record's bytes are not those at its offset\n");
	return good && !seen.wrong;
}

static bool is(const char *got, const char *want)
{
	if (strcmp(got, want) == 0) return true;
	printf("# got  %s\n# want %s\n", got, want);
	return false;
}

/* Paths separated by spaces; a leading '=' keeps, anything else is records. "." is the root. */
static struct frame_spec *spec_of(const char *paths, bool ignore_case, bool sequence)
{
	struct frame_spec *spec = frame_spec_new(&arena, ignore_case, sequence);
	for (const char *p = paths; *p;) {
		size_t n = strcspn(p, " ");
		bool keep = *p == '=';
		struct str pointer = str_of(p + keep, n - keep);
		if (str_eq(pointer, STR("."))) pointer = STR_EMPTY;
		if (keep)
			frame_spec_keep(spec, pointer);
		else
			frame_spec_record(spec, pointer);
		p += n + (p[n] == ' ');
	}
	return spec;
}

static bool went(const struct frame_spec *spec, const char *input, enum frame_state state, const char *records,
                 const char *kept)
{
	bool good = run(spec, str_from(input), (struct run){0}) == (state != FRAME_STOPPED && state != FRAME_IO);
	if (result.state != state) printf("# state %d, not %d: %s\n", result.state, state, result.message);
	bool same = is(seen.text.ptr, records);
	return is(envelope.ptr, kept) && same && result.state == state && good;
}

static bool faults(const struct frame_spec *spec, const char *input, uint64_t offset, const char *pointer,
                   const char *message)
{
	run(spec, str_from(input), (struct run){0});
	if (result.offset != offset) printf("# offset %u\n", (unsigned)result.offset);
	return is(result.message, message) && is(result.pointer, pointer) && result.state == FRAME_MALFORMED &&
	       result.offset == offset;
}

static const char sarif[] =
    "{\n \"$schema\": \"https://x/\\u0041\",\r\n \"version\":\"2.1.0\", \"runs\" : [\n  {\"tool\":{\"driver\":{\"name\":\"Né\",\"rules\":[{\"id\":\"R\"},"
    "{\"id\":\"S\\\"[\"}]}},\n   \"artifacts\":[{\"location\":{\"uri\":\"a\"}},[1,-2.5e3,true,null]],\"results\":[\n    {\"ruleId\":\"A\",\"m\":\"\\\\\"},"
    "\n    {\"ruleId\":\"B}\\\"]\",\"l\":[[],{}]} ,\n    7 , \"s\\\"x\",[1,[2]] , null ]},\n  {\"results\":[],\"tool\":{\"driver\":{\"name\":\"€\"}}},"
    "\n  {\"results\":null, \"tool\":false}], \"properties\":{\"a\":[1,2]}}\n";
static const char sarif_records[] =
    "0/0,0 {\"ruleId\":\"A\",\"m\":\"\\\\\"}\n0/0,1 {\"ruleId\":\"B}\\\"]\",\"l\":[[],{}]}\n0/0,2 7\n"
    "0/0,3 \"s\\\"x\"\n0/0,4 [1,[2]]\n0/0,5 null\n";
static const char sarif_envelope[] =
    "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"Né\",\"rules\":[{\"id\":\"R\"},{\"id\":\"S\\\"[\"}]}},\"results\":[]},"
    "{\"results\":[],\"tool\":{\"driver\":{\"name\":\"€\"}}},{\"results\":null,\"tool\":false}]}";
static const char sarif_paths[] = "/runs/*/results/* =/version =/runs/*/tool";

static void records_and_envelope(void)
{
	CHECK(went(spec_of(sarif_paths, false, false), sarif, FRAME_OK, sarif_records, sarif_envelope),
	      "records of every kind are delivered, and the envelope keeps what is declared");
	CHECK(result.records == 6 && result.bytes == sizeof(sarif) - 1 && result.root_kind == JSON_OBJECT &&
	          result.root_values == 1 && !result.empty && result.offset == result.bytes && result.line == 11 &&
	          result.column == 1,
	      "the result counts records, bytes, roots and lines");
	CHECK(went(spec_of("=. /items/*", false, false), "{\"a\":[1, {}],\"items\":[{},{}],\"b\":\"x\"}", FRAME_OK,
	           "0/0 {}\n0/1 {}\n", "{\"a\":[1, {}],\"items\":[],\"b\":\"x\"}"),
	      "keeping the root keeps all but the records");
	CHECK(went(spec_of(".", false, false), " {\"a\":[1]} ", FRAME_OK, "0 {\"a\":[1]}\n", ""),
	      "the whole document can be one record");
	CHECK(went(spec_of("/*", false, false), "[1,\"b\",{}]", FRAME_OK, "0/0 1\n0/1 \"b\"\n0/2 {}\n", "[]"),
	      "elements of a root array are records");
	CHECK(went(spec_of("/*", false, false), "{\"k\":{\"a\":1},\"\\u0061\":2}", FRAME_OK,
	           "0/0(k) {\"a\":1}\n0/1(\\u0061) 2\n", "{}"),
	      "members of an object are records, with their names and ordinals");
	CHECK(went(spec_of("/R/*/V/* /R/*/M/* =/N", false, false),
	           "{\"R\":[{\"V\":[{\"a\":1}],\"M\":[2,3]},{},{\"M\":[4]}],\"N\":\"n\"}", FRAME_OK,
	           "0/0,0 {\"a\":1}\n1/0,0 2\n1/0,1 3\n1/2,0 4\n",
	           "{\"R\":[{\"V\":[],\"M\":[]},{},{\"M\":[]}],\"N\":\"n\"}"),
	      "several record paths are walked at once");
	CHECK(went(spec_of("/A/* =/B", true, false), "{\"a\":[1],\"b\":2,\"c\":3}", FRAME_OK, "0/0 1\n",
	           "{\"a\":[],\"b\":2}"),
	      "case is ignored on demand");
	CHECK(went(spec_of("=/a/2/x", false, false), "{\"a\":[{\"x\":1},2,{\"x\":3,\"y\":4},5]}", FRAME_OK, "",
	           "{\"a\":[null,null,{\"x\":3}]}"),
	      "kept elements keep their index");
	CHECK(went(spec_of("=/a/*/x", false, false), "{\"a\":[{\"x\":1},\"s\",{\"y\":4},null,{\"x\":3}]}", FRAME_OK, "",
	           "{\"a\":[{\"x\":1},null,{},null,{\"x\":3}]}"),
	      "an element with nothing of interest is empty or null");
	CHECK(went(spec_of("/x/*", false, false), "\xef\xbb\xbf{\"x\":[1]}", FRAME_OK, "0/0 1\n", "{\"x\":[]}"),
	      "a byte order mark is passed over");
	CHECK(went(spec_of("/x/*", false, false), "3", FRAME_OK, "", "null") && result.root_kind == JSON_NUMBER,
	      "a root may be a number");
	CHECK(went(spec_of("/x/*", false, false), " \n", FRAME_OK, "", "") && result.empty && result.root_values == 0,
	      "white space alone is an empty document");
	CHECK(went(spec_of("/x/*", false, false), "", FRAME_OK, "", "") && result.empty,
	      "no bytes are an empty document");
	CHECK(went(spec_of("/x/*", false, false), "null", FRAME_OK, "", "null") && !result.empty &&
	          result.root_kind == JSON_NULL,
	      "null is not empty but null");
}

static void sequences(void)
{
	struct frame_spec *lines = spec_of(".", false, true), *inner = spec_of("/v/* =/n", false, true);
	CHECK(went(lines, "{\"a\":1}\n{\"b\":[2]}\n\n3\n", FRAME_OK, "0 {\"a\":1}\n0 root 1 {\"b\":[2]}\n0 root 2 3\n",
	           "") &&
	          result.root_values == 3,
	      "each line of NDJSON is a record");
	CHECK(went(lines, "{}{}[]", FRAME_OK, "0 {}\n0 root 1 {}\n0 root 2 []\n", ""),
	      "root values need nothing between them");
	CHECK(went(lines, "{\"a\":1}\n{\"b\":tru}\n{\"c\":3}", FRAME_OK,
	           "0 {\"a\":1}\n0 root 1 {\"b\":tru}\n0 root 2 {\"c\":3}\n", ""),
	      "reading goes on after a malformed line");
	CHECK(went(lines, "{\"a\":1}\n{\"b\":", FRAME_TRUNCATED, "0 {\"a\":1}\n", ""),
	      "a line that is cut off is no record");
	CHECK(went(inner, "{\"n\":1,\"v\":[1,2]}\n{\"v\":[3]} 5 ", FRAME_OK, "0/0 1\n0/1 2\n0/0 root 1 3\n",
	           "[{\"n\":1,\"v\":[]},{\"v\":[]},null]"),
	      "with keep paths the envelope is an array with one for each root");
	CHECK(went(inner, "{\"n\":1,\"v\":[1]}\n{\"n\":{\"a\":", FRAME_TRUNCATED, "0/0 1\n",
	           "[{\"n\":1,\"v\":[]},{\"n\":{}}]"),
	      "it is closed when the sequence is cut off");
}

static void bad_input(void)
{
	struct frame_spec *spec = spec_of(sarif_paths, false, false);
	CHECK(faults(spec, "{\"runs\":[{\"results\":[{}],\"tool\":{\"a\" 1}}]}", 37, "/runs/0/tool",
	             "expected ':' after the member name"),
	      "a fault in a kept subtree has its place");
	CHECK(is(seen.text.ptr, "0/0,0 {}\n") && is(envelope.ptr, "{\"runs\":[{\"results\":[],\"tool\":{}}]}"),
	      "records before it are delivered, and the envelope is closed");
	CHECK(faults(spec, "{\"a\":[1,\"\x80\"]}", 9, "/a", "expected UTF-8"), "what is left out is validated");
	CHECK(faults(spec, "{\"a\":\"\\ud800\"}", 6, "/a", "lone surrogate escape"), "lone surrogates are refused");
	CHECK(faults(spec, "{\"a\":01}", 6, "/a", "leading zero in a number"), "leading zeros are refused");
	CHECK(faults(spec, "{\"a\":1}x", 7, "", "unexpected text after the value"), "text after the root is a fault");
	CHECK(faults(spec, "{\"runs\":[{\"results\":[{}],\"results\":[{}]}]}", 25, "/runs/0/results",
	             "duplicate member \"results\""),
	      "a declared member twice is a fault");
	CHECK(faults(spec, "{\"runs\":[{\"results\":[{} {}]}]}", 24, "/runs/0/results/0", "expected ',' or ']'"),
	      "a comma missing between records is a fault");
	CHECK(faults(spec, "{\"runs\":[{\"results\":[{},,{}]}]}", 24, "/runs/0/results/1", "expected a value"),
	      "nothing between two commas is a fault");
	CHECK(faults(spec, "{\"runs\":[{\"results\":[{},]}]}", 24, "/runs/0/results/1", "expected a value"),
	      "so is a trailing comma");
	CHECK(faults(spec, "hello", 0, "", "expected a value"), "text is not JSON");
	CHECK(faults(spec, "\xff\xfe{", 0, "", "the text is UTF-16, expected UTF-8"), "UTF-16 is named");
	run(spec, STR("{\n\"a\":[\n  1,\n  x]}"), (struct run){0});
	CHECK(result.line == 4 && result.column == 3, "line and column are those of the byte that is wrong");
	struct frame_spec *odd = spec_of("/a~1b/*/~0/*", false, false);
	CHECK(faults(odd, "{\"a\\/b\":{\"x\\ty\":{\"~\":[1,?]}}}", 24, "/a~1b/x\ty/~0/1", "expected a value"),
	      "pointers are escaped");

	CHECK(went(spec_of("/*", false, false), "[{\"a\":nul},{\"b\":\"\x01\"},{\"c\" 1},@", FRAME_MALFORMED,
	           "0/0 {\"a\":nul}\n0/1 {\"b\":\"\x01\"}\n0/2 {\"c\" 1}\n", "[]"),
	      "malformed records are delivered as they are, and reading goes on");
	CHECK(went(spec_of("/*", false, false), "[\"a\\x\",\"\x80\",\"\\ud800\",\"\n\",tru,1]", FRAME_OK,
	           "0/0 \"a\\x\"\n0/1 \"\x80\"\n0/2 \"\\ud800\"\n0/3 \"\n\"\n0/4 tru\n0/5 1\n", "[]"),
	      "scalars too");

	struct buf deep = {0};
	for (int i = 0; i < 100000; i++) buf_char(&deep, '[');
	CHECK(run(spec, buf_str(&deep), (struct run){0}) && result.state == FRAME_MALFORMED && result.offset == 1000 &&
	          strstr(result.message, "nested more than 1000 deep"),
	      "100,000 nested brackets beside the records are a fault, not a crash");
	CHECK(run(spec_of("/*", false, false), buf_str(&deep), (struct run){0}) && result.state == FRAME_MALFORMED &&
	          result.offset == 1000 && strcmp(result.pointer, "/0") == 0,
	      "100,000 nested brackets in a record are a fault at the same place");
	CHECK(run(spec_of("=/*", false, false), buf_str(&deep), (struct run){.window = 64}) &&
	          result.state == FRAME_MALFORMED && envelope.len == 2000,
	      "100,000 nested brackets in what is kept are a fault too, and the envelope is closed");
	deep.len = 1000;
	for (int i = 0; i < 1000; i++) buf_char(&deep, ']');
	for (int k = 0; k < 3; k++) {
		const char *paths[] = {"/x/*", "/*", "=/*"};
		CHECK(run(spec_of(paths[k], false, false), buf_str(&deep), (struct run){0}) && result.state == FRAME_OK,
		      "1,000 nested brackets are read (%s)", paths[k]);
	}
	buf_free(&deep);

	CHECK(!run(spec, str_from(sarif), (struct run){.stop_after = 2}) && result.state == FRAME_STOPPED &&
	          error.kind == ERROR_INPUT && seen.count == 3,
	      "the sink can stop the reading");
	CHECK(!run(spec, str_from(sarif), (struct run){.fail_at = 300, .chunk = 100}) && result.state == FRAME_IO &&
	          error.kind == ERROR_SYSTEM,
	      "an I/O error is passed on");
	CHECK(
	    run(spec_of("=/a", false, false),
	        STR("{\"a\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33]}"),
	        (struct run){.window = 64, .max_envelope = 10}) &&
		result.state == FRAME_MALFORMED && strstr(result.message, "larger than 10 bytes"),
	    "an envelope that grows over its limit is a fault");
	cJSON *tree = cJSON_Parse(envelope.ptr);
	CHECK(tree != NULL, "and what there is of it is JSON");
	cJSON_Delete(tree);
}

/* ---- the same answer whatever the window, the chunks and the kernel ---- */

static const char *const kernels[] = {"scalar", "sse2", "avx2", "avx512"};

static void append_outcome(struct buf *to)
{
	buf_printf(to, "%d %u %u:%u %s %s %u %u\n", result.state, (unsigned)result.offset, result.line, result.column,
	           result.pointer, result.message, (unsigned)result.records, (unsigned)result.root_values);
	buf_add(to, buf_str(&seen.text));
	buf_add(to, buf_str(&envelope));
	buf_char(to, '\0');
}

static bool same_everywhere(const struct frame_spec *spec, struct str input, struct run base)
{
	static const size_t windows[] = {64, 65, 100, 127, 1000, 0}, chunks[] = {1, 7, 64, 0};
	static struct buf want, got;
	bool same = true;
	for (size_t k = 0; k < sizeof(kernels) / sizeof(*kernels); k++) {
		if (!frame_use_kernel(kernels[k])) continue;
		for (size_t w = 0; w < sizeof(windows) / sizeof(*windows); w++) {
			for (size_t c = 0; c < sizeof(chunks) / sizeof(*chunks); c++) {
				struct run how = base;
				how.window = windows[w];
				how.chunk = chunks[c];
				struct buf *to = k + w + c ? &got : &want;
				to->len = 0;
				same = run(spec, input, how) && same;
				append_outcome(to);
				if (!str_eq(buf_str(&want), buf_str(to))) {
					printf("# kernel %s window %zu chunk %zu:\n# %s\n# not\n# %s\n", kernels[k],
					       windows[w], chunks[c], to->ptr, want.ptr);
					return false;
				}
			}
		}
	}
	frame_use_kernel(NULL);
	return same;
}

static void cut_anywhere(void)
{
	struct frame_spec *spec = spec_of(sarif_paths, false, false),
			  *all = spec_of("=. /runs/*/results/*", false, false);
	size_t bad = 0, end = sizeof(sarif) - 2; /* the last bracket */
	CHECK(same_everywhere(spec, str_from(sarif), (struct run){0}),
	      "a document reads alike through every window and kernel");
	for (size_t cut = 0; cut < end; cut++) {
		char *copy = memory_grow(NULL, cut);
		memcpy(copy, sarif, cut);
		struct str input = str_of(copy, cut);
		if (cut % 8 == 0) bad += !same_everywhere(spec, input, (struct run){0});
		for (int k = 0; k < 2; k++) {
			bad += !run(k ? all : spec, input, (struct run){.window = 64});
			bad += cut > 0 ? result.state != FRAME_TRUNCATED || result.offset != cut
			               : result.state != FRAME_OK || !result.empty;
			bad += strncmp(seen.text.ptr, sarif_records, seen.text.len) != 0;
			cJSON *tree = cJSON_Parse(envelope.ptr);
			if (cut > 0 && !tree) bad++, printf("# %zu: %s\n", cut, envelope.ptr);
			cJSON_Delete(tree);
		}
		free(copy);
	}
	CHECK(bad == 0,
	      "cut at every byte, it is truncated there, complete records are delivered, and the envelope is JSON");
}

static void large_records(void)
{
	struct buf text = {0};
	buf_add(&text, STR("[{\"a\":1},{\"big\":\""));
	for (int i = 0; i < 50000; i++) buf_add(&text, STR("\\\"x{["));
	buf_add(&text, STR("\"},{\"b\":2},\""));
	for (int i = 0; i < 20000; i++) buf_char(&text, 'y');
	buf_add(&text, STR("\",3]"));
	struct frame_spec *spec = spec_of("/*", false, false);
	CHECK(run(spec, buf_str(&text), (struct run){.max_record = 1000}) && result.state == FRAME_OK &&
	          result.records == 5 && strstr(seen.text.ptr, "0/1 large 250010 {\"big\":\"\\\"x{[") &&
	          strstr(seen.text.ptr, "0/3 large 20002 \"yyy") && strstr(seen.text.ptr, "0/4 3\n"),
	      "a record over the limit is delivered as too large, and reading goes on");
	CHECK(same_everywhere(spec, buf_str(&text), (struct run){.max_record = 1000}), "in every window alike");
	CHECK(run(spec, buf_str(&text), (struct run){.window = 64}) && seen.text.len > 270000,
	      "the window grows for a record below it");
	buf_free(&text);
}

static void long_names(void)
{
	struct buf text = {0};
	buf_add(&text, STR("{\"x\":{\""));
	for (int i = 0; i < 70000; i++) buf_char(&text, 'n');
	buf_add(&text, STR("\":{\"r\":1},\"ok\":{\"r\":2}},\"k\":3}"));
	struct frame_spec *spec = spec_of("/x/*/r =/k", false, false);
	CHECK(run(spec, buf_str(&text), (struct run){.window = 64}) && result.state == FRAME_OK &&
	          is(seen.text.ptr, "0/0 1\n0/1(ok) 2\n"),
	      "a member name of over 64 KB is passed over and reported as empty");
	CHECK(same_everywhere(spec, buf_str(&text), (struct run){0}), "in every window alike");
	buf_free(&text);
}

/* What a huge member costs: a source that makes it up, and a framer that may not keep it. */
struct endless {
	uint64_t at, length;
};

static bool endless_read(void *context, char *dst, size_t capacity, size_t *got, struct error *unused)
{
	static const char head[] = "{\"skip\":\"";
	struct endless *e = context;
	(void)unused;
	size_t n = 0;
	for (; n < capacity && e->at < sizeof(head) - 1; n++) dst[n] = head[e->at++];
	if (n < capacity && e->at < e->length) {
		size_t fill = capacity - n < e->length - e->at ? capacity - n : (size_t)(e->length - e->at);
		memset(dst + n, 'z', fill);
		e->at += fill;
		n += fill;
	}
	for (const char *tail = "\",\"r\":[1]}"; n < capacity && e->at >= e->length && e->at < e->length + 10; n++)
		dst[n] = tail[e->at++ - e->length];
	*got = n;
	return true;
}

static void flat_memory(void)
{
	struct endless endless = {0, UINT64_C(200) << 20};
	struct frame_source source = {&endless, endless_read};
	struct frame_sink sink = {&seen, on_record};
	seen = (struct seen){.stop_after = SIZE_MAX, .text = seen.text};
	envelope.len = 0;
	bool good = frame_run(spec_of("/r/*", false, false), &source, &sink, NULL, &envelope, &result, &error);
	CHECK(good && result.state == FRAME_OK && result.records == 1 && result.bytes == endless.length + 10,
	      "a string of 200 MB beside the records is validated and passed over");
}

static uint64_t seed = 2024;
static uint64_t roll(uint64_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (seed >> 33) % n;
}

static void kernels_agree(void)
{
	/* Little but brackets, quotes and backslashes, at every alignment. */
	static const char alphabet[] = "{}[]\"\\\\{[ab";
	enum { SIZE = 64 * 40 };
	char *memory = memory_grow(NULL, SIZE + 64);
	size_t compared = 0, bad = 0, closed = 0, deep = 0;
	for (int round = 0; round < 10000; round++) {
		char *text = memory + round % 64;
		size_t blocks = 1 + roll(40), letters = 4 + roll(sizeof(alphabet) - 4);
		for (size_t i = 0; i < blocks * 64; i++) text[i] = roll(4) ? 'x' : alphabet[roll(letters)];
		struct frame_scan first = {0};
		size_t first_n = 0;
		uint32_t limit = (uint32_t)(roll(3) ? 1000 : 1 + roll(20));
		for (size_t k = 0; k < sizeof(kernels) / sizeof(*kernels); k++) {
			if (!frame_use_kernel(kernels[k])) continue;
			/* In one go, or resumed after some blocks. */
			struct frame_scan scan = {.depth = 1, .limit = limit};
			size_t split = roll(blocks + 1), n = frame_kernel_get()(&scan, text, split);
			if (!scan.closed && !scan.too_deep)
				n += frame_kernel_get()(&scan, text + split * 64, blocks - split);
			compared++;
			if (k == 0) first = scan, first_n = n;
			bool over =
			    scan.closed || scan.too_deep; /* the string state after the end is nobody's business */
			bad += n != first_n || scan.closed != first.closed || scan.too_deep != first.too_deep ||
			       scan.depth != first.depth ||
			       (!over && (scan.in_string != first.in_string || scan.escaped != first.escaped));
		}
		closed += first.closed;
		deep += first.too_deep;
	}
	frame_use_kernel(NULL);
	free(memory);
	CHECK(bad == 0 && closed > 1000 && deep > 500, "every kernel agrees with the scalar one on random bytes");
	printf("# %zu scans compared, %zu closed, %zu too deep; in use: %s\n", compared, closed, deep,
	       frame_kernel_name());
	for (size_t k = 0; k < sizeof(kernels) / sizeof(*kernels); k++)
		if (!frame_use_kernel(kernels[k]))
			printf("skip - kernel %s agrees with the scalar one (not on this machine)\n", kernels[k]);
	frame_use_kernel(NULL);
	CHECK(!frame_use_kernel("mmx"), "an unknown kernel is refused");
}

/* Random documents, mostly valid, through all windows; the framer accepts no more than the validator does. */
static void random_documents(void)
{
	static const char *const tokens[] = {"{",     "}",         "[",       "]",      ",",    ":",        "\"a\"",
	                                     "\"r\"", "\"k\"",     "1",       "-2.5e3", "true", "null",     " ",
	                                     "\n",    "\"\\\"}\"", "\"é€😀\"", "[]",     "{}",   "{\"r\":[", "{\"k\":{",
	                                     "]}",    "\\",        "\"",      "\x80"};
	struct frame_spec *spec = spec_of("/r/* /*/r/* =/k =/*/k", false, false),
			  *plain = spec_of("/none/none", false, false);
	struct buf text = {0};
	size_t bad = 0, lax = 0, good = 0;
	for (int round = 0; round < 500; round++) {
		text.len = 0;
		size_t n = 1 + roll(40), choice = round % 3 ? 22 : sizeof(tokens) / sizeof(*tokens);
		for (size_t i = 0; i < n; i++) buf_add(&text, str_from(tokens[roll(choice)]));
		bad += !same_everywhere(spec, buf_str(&text), (struct run){0});
	}
	for (int round = 0; round < 20000; round++) {
		text.len = 0;
		for (size_t i = 0, n = 1 + roll(9); i < n; i++) buf_add(&text, str_from(tokens[roll(22)]));
		run(plain, buf_str(&text), (struct run){.window = 64, .chunk = 1 + roll(70)});
		bool valid = json_valid(buf_str(&text), NULL);
		good += valid;
		lax += valid != (result.state == FRAME_OK && !result.empty);
		cJSON *tree = envelope.len ? cJSON_Parse(envelope.ptr) : NULL;
		bad += envelope.len && !tree;
		cJSON_Delete(tree);
	}
	CHECK(bad == 0, "random documents read alike through every window and kernel, and every envelope is JSON");
	CHECK(lax == 0 && good > 500, "the stream is judged as the same bytes are in one piece");
	buf_free(&text);
}

int main(void)
{
	records_and_envelope();
	sequences();
	bad_input();
	cut_anywhere();
	large_records();
	long_names();
	flat_memory();
	kernels_agree();
	random_documents();
	buf_free(&seen.text);
	buf_free(&envelope);
	arena_free(&arena);
	return check_done();
}
