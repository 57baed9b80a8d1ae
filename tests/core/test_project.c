#include "core/arena.h"
#include "core/buf.h"
#include "core/frame.h"
#include "core/project.h"
#include "tests/check.h"

#include <cjson/cJSON.h>
#include <ftw.h>
#include <pthread.h>
#include <stdlib.h>

/* ---- by hand ---- */

/* Fields as "number:kind:raw" in a line, to be compared with what is expected. */
static const char *answer(const struct projection *p, struct str record, struct projected *out)
{
	static struct buf text;
	struct json_fault fault;
	text.len = 0;
	char *exact = memory_grow(NULL, record.len); /* so that a read past the end is seen */
	memcpy(exact, record.ptr, record.len);
	if (!project(p, str_of(exact, record.len), out, &fault)) {
		buf_printf(&text, "%zu: %s", fault.offset, fault.message);
	} else {
		for (size_t i = 0; i < out->count; i++) {
			const struct field *f = &out->fields[i];
			buf_printf(&text, "%s%d=%.*s", i ? " " : "", f->number, STR_ARG(f->raw));
		}
	}
	buf_char(&text, '\0');
	free(exact);
	return text.ptr;
}

static bool is(const char *got, const char *want)
{
	if (strcmp(got, want) == 0) return true;
	printf("# got  %s\n# want %s\n", got, want);
	return false;
}

static void by_hand(void)
{
	struct arena arena = {0};
	struct projected out = {0};
	struct projection *p = projection_new(&arena, false);
	CHECK(projection_add(p, STR("/id")) == 0 && projection_add(p, STR("/m/text")) == 1 &&
	          projection_add(p, STR("/id")) == 0,
	      "numbers are dense from 0, and the same pointer has the same number");
	CHECK(projection_add(p, STR("id")) == -1 && projection_add(p, STR("/a~2")) == -1 &&
	          projection_add(p, STR("/a~")) == -1,
	      "what is no pointer is refused");
	projection_add(p, STR("/l/*/u"));
	projection_add(p, STR("/m"));
	projection_add(p, STR("/l/0"));
	CHECK(projection_add(p, STR("/l/*")) == 5 && str_eq(projection_pointer(p, 2), STR("/l/*/u")),
	      "pointers are known by number");

	CHECK(is(answer(p, STR("{\"id\":\"a\",\"x\":[{}],\"m\":{\"text\":\"t\"},\"l\":[{\"u\":1},{\"u\":2},3]}"), &out),
	         "0=a 3={\"text\":\"t\"} 1=t 4={\"u\":1} 5={\"u\":1} 2=1 5={\"u\":2} 2=2 5=3"),
	      "fields come in document order, a container before what is in it, an index beside \"*\"");
	CHECK(is(answer(p, STR(" { \"id\" : null , \"l\" : [ ] } "), &out), "0=null"), "white space does not matter");
	CHECK(is(answer(p, STR("{\"i\\u0064\":\"\\n\"}"), &out), "0=\\n") && out.fields[0].escaped,
	      "escaped names are met");
	CHECK(is(answer(p, STR("{\"l\":{\"0\":\"zero\",\"u\":{\"u\":7}}}"), &out), "4=zero 5=zero 5={\"u\":7} 2=7"),
	      "a decimal token and \"*\" meet members too");
	CHECK(is(answer(p, STR("{\"ID\":1}"), &out), ""), "case matters unless it is to be ignored");
	CHECK(is(answer(p, STR("{\"id\":1,\"id\":2}"), &out), "8: duplicate member \"id\""),
	      "a declared member twice is a fault");
	CHECK(is(answer(p, STR("{\"id\":1,\"\\u0069d\":2}"), &out), "8: duplicate member \"id\""),
	      "also if one is escaped");
	CHECK(is(answer(p, STR("{\"x\":1,\"x\":2,\"l\":{\"k\":1,\"k\":2}}"), &out), "5=1 5=2"),
	      "an undeclared one twice is not");
	CHECK(is(answer(p, STR("{\"id\":1}x"), &out), "8: unexpected text after the value") && out.count == 0,
	      "text after the record is a fault");
	CHECK(is(answer(p, STR("{\"id\":1,}"), &out), "8: expected a member name"), "a trailing comma is a fault");
	CHECK(is(answer(p, STR("{\"x\":[\"\x80\"]}"), &out), "7: expected UTF-8"), "undeclared values are validated");
	CHECK(is(answer(p, STR(""), &out), "0: expected a value"), "nothing is a fault");
	CHECK(is(answer(p, STR("{\"id\""), &out), "5: expected ':' after the member name"),
	      "a record cut off is a fault");
	CHECK(is(answer(p, STR("7"), &out), ""), "a scalar has no fields");

	struct projection *root = projection_new(&arena, true);
	projection_add(root, STR(""));
	projection_add(root, STR("/Properties/*"));
	projection_add(root, STR("/a~1b/m~0n"));
	CHECK(is(answer(root, STR("\"x\\ty\""), &out), "0=x\\ty") && out.fields[0].kind == JSON_STRING,
	      "\"\" is the record itself");
	CHECK(is(answer(root, STR("{\"properties\":{\"Z\":[1]},\"A/B\":{\"M~N\":false}}"), &out),
	         "0={\"properties\":{\"Z\":[1]},\"A/B\":{\"M~N\":false}} 1=[1] 2=false"),
	      "names are met without case, and with their escapes undone");
	struct str record = STR("{\"properties\":{\"k1\":[1],\"k2\":{}}}");
	CHECK(project(root, record, &out, NULL) && out.count == 3 && str_eq(out.fields[1].key, STR("k1")) &&
	          str_eq(out.fields[2].key, STR("k2")),
	      "the key is the name of the innermost member");

	struct projection *cross = projection_new(&arena, false);
	projection_add(cross, STR("/a/b/y"));
	projection_add(cross, STR("/a/*/x"));
	projection_add(cross, STR("/*/b/z"));
	CHECK(
	    is(answer(
		   cross,
		   STR("{\"a\":{\"b\":{\"x\":1,\"y\":2,\"z\":3},\"c\":{\"x\":4,\"y\":5}},\"q\":{\"b\":{\"x\":6,\"z\":7}}}"),
		   &out),
	       "1=1 0=2 2=3 1=4 2=7"),
	    "paths through \"*\" and through names are followed together, in whatever order they were added");

	struct projection *wide = projection_new(&arena, false);
	struct buf text = {0};
	buf_char(&text, '{');
	for (int i = 0; i < 300; i++) {
		projection_add(wide, str_printf(&arena, "/member%d", i));
		buf_printf(&text, "%s\"member%d\":%d", i ? "," : "", i, i);
	}
	buf_char(&text, '}');
	CHECK(project(wide, buf_str(&text), &out, NULL) && out.count == 300 && out.fields[299].number == 299,
	      "300 declared members of one object are all found");
	text.len--;
	buf_add(&text, STR(",\"member250\":1}"));
	CHECK(!project(wide, buf_str(&text), &out, NULL), "and a duplicate among them too");

	text.len = 0;
	for (int i = 0; i < 100000; i++) buf_add(&text, STR("{\"x\":"));
	struct json_fault fault;
	CHECK(!project(p, buf_str(&text), &out, &fault) && strstr(fault.message, "nested more than 1000 deep"),
	      "100,000 nested objects are refused, not a crash");
	text.len = 0;
	for (int i = 0; i < 1000; i++) buf_add(&text, i % 2 ? STR("{\"id\":") : STR("["));
	buf_char(&text, '0');
	for (int i = 999; i >= 0; i--) buf_char(&text, i % 2 ? '}' : ']');
	CHECK(project(p, buf_str(&text), &out, &fault), "1,000 nested containers are accepted");
	buf_free(&text);
	projected_free(&out);
	arena_free(&arena);
}

static void *project_often(void *projection)
{
	struct projected out = {0};
	size_t good = 0;
	for (int i = 0; i < 2000; i++)
		good +=
		    project(projection, STR("{\"a\":{\"\\u0062\":[1,2,3]},\"c\":\"x\"}"), &out, NULL) && out.count == 4;
	projected_free(&out);
	return good == 2000 ? projection : NULL;
}

static void threads(void)
{
	struct arena arena = {0};
	struct projection *p = projection_new(&arena, false);
	projection_add(p, STR("/a/b/*"));
	projection_add(p, STR("/c"));
	pthread_t thread[4];
	bool good = true;
	for (int i = 0; i < 4; i++) good = pthread_create(&thread[i], NULL, project_often, p) == 0 && good;
	for (int i = 0; i < 4; i++) {
		void *result = NULL;
		pthread_join(thread[i], &result);
		good = good && result;
	}
	CHECK(good, "four threads use one projection at once");
	arena_free(&arena);
}

/* ---- records written alike: what is known of those before must not show ---- */

/* A number of its own for each test, so that one does not move another's cases. */
static uint64_t roll_of(uint64_t *seed, uint64_t n)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (*seed >> 33) % n;
}

/* What reused, which has seen other records, makes of the bytes, against a walk without memory. */
static bool same_without_memory(const struct projection *p, struct str bytes, struct projected *reused)
{
	struct projected fresh = {0};
	struct json_fault fault[2] = {{0}, {0}};
	char *exact = memory_grow(NULL, bytes.len);
	if (bytes.len) memcpy(exact, bytes.ptr, bytes.len);
	bytes = str_of(exact, bytes.len);
	bool good = project(p, bytes, &fresh, &fault[0]);
	bool same = project(p, bytes, reused, &fault[1]) == good && reused->count == fresh.count &&
	            fault[0].offset == fault[1].offset && strcmp(fault[0].message, fault[1].message) == 0;
	for (size_t i = 0; i < fresh.count && same; i++) {
		const struct field *a = &fresh.fields[i], *b = &reused->fields[i];
		same = a->number == b->number && a->kind == b->kind && a->escaped == b->escaped &&
		       a->raw.ptr == b->raw.ptr && a->raw.len == b->raw.len && str_eq(a->key, b->key) &&
		       (!a->key.len || a->key.ptr == b->key.ptr);
	}
	projected_free(&fresh);
	free(exact);
	return same;
}

static void write_value(struct buf *out, uint64_t *seed, unsigned depth)
{
	static const char *const scalars[] = {"\"\"",
	                                      "\"a\"",
	                                      "\"longer than sixteen bytes, plainly\"",
	                                      "\"\\u00e9\\n\"",
	                                      "\"\xc3\xbc\"",
	                                      "0",
	                                      "12",
	                                      "-1.5e3",
	                                      "true",
	                                      "false",
	                                      "null",
	                                      "[]",
	                                      "{}",
	                                      "[{}]",
	                                      "\"}\""};
	static const char *const names[] = {"id",      "m", "text", "l", "u", "x", "", "a member with a long name",
	                                    "\\u0069d"};
	uint64_t kind = roll_of(seed, depth > 3 ? 4 : 8);
	if (kind < 4) {
		buf_add(out, str_from(scalars[roll_of(seed, sizeof(scalars) / sizeof(*scalars))]));
	} else if (kind < 7) {
		buf_char(out, '{');
		for (uint64_t i = 0, first = roll_of(seed, 3), n = roll_of(seed, 5); i < n; i++) {
			const char *name =
			    names[(first + i + (roll_of(seed, 8) == 0)) % (sizeof(names) / sizeof(*names))];
			buf_printf(out, i ? ",\"%s\":" : "\"%s\":", name);
			write_value(out, seed, depth + 1);
		}
		buf_char(out, '}');
	} else {
		buf_char(out, '[');
		for (uint64_t i = 0, n = roll_of(seed, 3); i < n; i++) {
			if (i) buf_add(out, STR(", "));
			write_value(out, seed, depth + 1);
		}
		buf_char(out, ']');
	}
}

/* Another record of the shape: each string, number or word is replaced with some chance; now and then a byte goes wrong. */
static void write_alike(struct buf *out, struct str shape, uint64_t *seed)
{
	static const char wrong[] = "\"\\{}[]:,0-1.eE \n\x01\x80";
	for (size_t i = 0; i < shape.len; i++) {
		char c = shape.ptr[i];
		if (c == 'a' && roll_of(seed, 2))
			buf_add(out, roll_of(seed, 2) ? STR("another") : STR("b\\\"]}"));
		else if (c == '1' && roll_of(seed, 2))
			buf_add(out, STR("98765432109876"));
		else
			buf_char(out, c);
	}
	if (roll_of(seed, 4) == 0 && out->len)
		out->ptr[roll_of(seed, out->len)] = wrong[roll_of(seed, sizeof(wrong) - 1)];
	if (roll_of(seed, 16) == 0 && out->len) out->len -= roll_of(seed, out->len < 20 ? out->len : 20);
}

static void alike(void)
{
	struct arena arena = {0};
	uint64_t seed = 7;
	bool same = true;
	for (int round = 0; round < 150 && same; round++) {
		struct projected reused[2] = {{0}, {0}};
		struct projection *p[2] = {projection_new(&arena, false), projection_new(&arena, true)};
		static const char *const pointers[] = {"",       "/id",  "/m",   "/m/text", "/l/*",
		                                       "/l/*/u", "/l/0", "/*/x", "/*"};
		for (size_t i = 0; i < sizeof(pointers) / sizeof(*pointers); i++)
			for (int k = 0; k < 2; k++)
				if (roll_of(&seed, 2)) projection_add(p[k], str_from(pointers[i]));
		struct buf shapes[4] = {{0}}, record = {0};
		for (int i = 0; i < 4; i++) write_value(&shapes[i], &seed, 0);
		for (int i = 0; i < 200 && same; i++) {
			record.len = 0;
			write_alike(&record, buf_str(&shapes[roll_of(&seed, 4)]), &seed);
			for (int k = 0; k < 2 && same; k++) /* the second keeps what it knows of both */
				same = same_without_memory(p[k], buf_str(&record), &reused[k]) &&
				       same_without_memory(p[!k], buf_str(&record), &reused[1]);
			if (roll_of(&seed, 20) == 0) projected_next(&reused[roll_of(&seed, 2)]);
			if (!same) printf("# round %d: %.*s\n", round, STR_ARG(buf_str(&record)));
		}
		for (int i = 0; i < 4; i++) buf_free(&shapes[i]);
		buf_free(&record);
		for (int k = 0; k < 2; k++) projected_free(&reused[k]);
	}
	CHECK(
	    same,
	    "records written alike, some of them wrong, of one document or several, are projected as if each were the first");
	arena_free(&arena);
}

/* ---- held against cJSON ---- */

enum { LEVELS = 7 };
static const char *const levels[LEVELS] = {"", "/*", "/*/*", "/*/*/*", "/*/*/*/*", "/*/*/*/*/*", "/*/*/*/*/*/*"};

struct oracle {
	struct projection *all;     /* every value to depth 6: field number = depth */
	struct projected out, file; /* file: reused for one file's records */
	struct arena arena;
	struct frame_spec *spec[3];
	size_t files, documents, records, fields, wrong, mutants, refused, lax;
	uint64_t seed;
};
static struct oracle oracle;

static bool same_value(const struct field *f, const cJSON *item)
{
	struct arena arena = {0};
	bool same = false;
	switch ((enum json_kind)f->kind) {
	case JSON_NULL: same = cJSON_IsNull(item); break;
	case JSON_FALSE: same = cJSON_IsFalse(item); break;
	case JSON_TRUE: same = cJSON_IsTrue(item); break;
	case JSON_NUMBER: {
		char *text = str_cstr(&arena, f->raw);
		double value = strtod(text, NULL);
		same = cJSON_IsNumber(item) && value >= item->valuedouble && value <= item->valuedouble;
		break;
	}
	case JSON_STRING: {
		/* cJSON's strings end at a NUL. */
		const char *text = str_cstr(&arena, json_unescape(&arena, f->raw));
		same = cJSON_IsString(item) && strcmp(text, item->valuestring) == 0 &&
		       f->escaped == (memchr(f->raw.ptr, '\\', f->raw.len) != NULL);
		break;
	}
	case JSON_ARRAY: same = cJSON_IsArray(item); break;
	case JSON_OBJECT: same = cJSON_IsObject(item); break;
	}
	if (same && item->string && f->key.ptr) {
		const char *key = str_cstr(&arena, json_unescape(&arena, f->key));
		same = strcmp(key, item->string) == 0;
	}
	arena_free(&arena);
	return same;
}

/* The tree in document order against the fields from *at on. */
static bool same_tree(const cJSON *item, unsigned depth, size_t *at)
{
	if (depth >= LEVELS) return true;
	if (*at == oracle.out.count) return false;
	const struct field *f = &oracle.out.fields[(*at)++];
	if (f->number != depth || !same_value(f, item)) return false;
	for (const cJSON *child = item->child; child; child = child->next)
		if (!same_tree(child, depth + 1, at)) return false;
	return true;
}

static cJSON *parse(struct str bytes)
{
	const char *end = NULL;
	cJSON *tree = cJSON_ParseWithLengthOpts(bytes.ptr, bytes.len, &end, false);
	if (tree && json_space(end, bytes.ptr + bytes.len) != bytes.ptr + bytes.len) {
		cJSON_Delete(tree);
		tree = NULL;
	}
	return tree;
}

static void hold_against(struct str bytes, const char *name)
{
	struct json_fault fault;
	cJSON *tree = parse(bytes);
	if (!same_without_memory(oracle.all, bytes, &oracle.file) && oracle.wrong++ < 10)
		printf("# %s: differs after others of its file\n", name);
	bool good = project(oracle.all, bytes, &oracle.out, &fault);
	size_t at = 0;
	if (good != (tree != NULL) || (good && (!same_tree(tree, 0, &at) || at != oracle.out.count))) {
		if (oracle.wrong++ < 10) printf("# %s: %s\n", name, good ? "differs" : fault.message);
	}
	oracle.fields += at;
	cJSON_Delete(tree);
}

static uint64_t roll(uint64_t n) { return roll_of(&oracle.seed, n); }

/* What projection accepts, cJSON must accept with the same values; the other way round cJSON is known to be lax. */
static void mutate(struct str bytes, const char *name)
{
	static const char bytes_to_try[] = "\"\\{}[]:,0-1.eEtfn \n\x01\x80\xc3\xed";
	if (bytes.len == 0 || bytes.len > 4000) return;
	char *copy = memory_grow(NULL, bytes.len);
	for (int i = 0; i < 4; i++) {
		memcpy(copy, bytes.ptr, bytes.len);
		size_t at = roll(bytes.len), len = bytes.len;
		switch (roll(3)) {
		case 0: copy[at] = bytes_to_try[roll(sizeof(bytes_to_try) - 1)]; break;
		case 1: memmove(copy + at, copy + at + 1, --len - at); break;
		case 2: len = at; break;
		}
		oracle.mutants++;
		if (!same_without_memory(oracle.all, str_of(copy, len), &oracle.file) && oracle.wrong++ < 10)
			printf("# mutant of %s: differs after others of its file\n", name);
		cJSON *tree = parse(str_of(copy, len));
		bool good = project(oracle.all, str_of(copy, len), &oracle.out, NULL);
		size_t index = 0;
		if (good && (!tree || !same_tree(tree, 0, &index) || index != oracle.out.count) && oracle.wrong++ < 10)
			printf("# mutant of %s: %.*s\n", name, (int)(len < 300 ? len : 300), copy);
		oracle.refused += !good;
		oracle.lax += !good && tree;
		cJSON_Delete(tree);
	}
	free(copy);
}

static bool on_record(void *context, const struct frame_record *record, struct error *error)
{
	(void)error;
	oracle.records++;
	if (record->too_large) return true;
	hold_against(record->bytes, context);
	if (oracle.records % 4 == 0) mutate(record->bytes, context);
	return true;
}

static bool read_memory(void *context, char *dst, size_t capacity, size_t *got, struct error *error)
{
	struct str *left = context;
	(void)error;
	*got = left->len < capacity ? left->len : capacity;
	if (*got) memcpy(dst, left->ptr, *got);
	*left = str_slice(*left, *got, left->len);
	return true;
}

static int on_file(const char *path, const struct stat *info, int type, struct FTW *where)
{
	(void)info;
	(void)where;
	struct str name = str_from(path);
	if (type != FTW_F || (!str_ends(name, STR(".json")) && !str_ends(name, STR(".sarif")))) return 0;
	struct buf text = {0};
	FILE *file = fopen(path, "rb");
	if (!file) return 0;
	for (size_t n = 1; n;) {
		buf_reserve(&text, 1 << 16);
		n = fread(text.ptr + text.len, 1, 1 << 16, file);
		text.len += n;
	}
	fclose(file);
	struct str bytes = buf_str(&text);
	oracle.files++;
	cJSON *tree = parse(bytes);
	if (str_starts(bytes, STR("\xef\xbb\xbf"))) bytes = str_slice(bytes, 3, bytes.len);
	hold_against(bytes, path);
	for (size_t i = 0; i < 3; i++) {
		struct str left = bytes;
		struct frame_source source = {&left, read_memory};
		struct frame_sink sink = {(void *)(uintptr_t)path, on_record};
		struct frame_result result;
		struct error error = {0};
		frame_run(oracle.spec[i], &source, &sink, &(struct frame_options){.window = 4096}, NULL, &result,
		          &error);
		bool ok = result.state == FRAME_OK && !result.empty;
		if (ok != (tree != NULL) && oracle.wrong++ < 10)
			printf("# %s: %s at %s\n", path, result.message, result.pointer);
	}
	oracle.documents += tree != NULL;
	projected_free(&oracle.file);
	cJSON_Delete(tree);
	buf_free(&text);
	return 0;
}

int main(void)
{
	by_hand();
	threads();
	alike();
	const char *corpus = getenv("CORPUS") ? getenv("CORPUS") : "../shared/corpus";
	oracle.seed = 1;
	oracle.all = projection_new(&oracle.arena, false);
	for (int i = 0; i < LEVELS; i++) projection_add(oracle.all, str_from(levels[i]));
	for (int i = 0; i < 3; i++) {
		static const char *const paths[] = {"/*", "/*/*", "/*/*/*/*"};
		oracle.spec[i] = frame_spec_new(&oracle.arena, false, false);
		frame_spec_record(oracle.spec[i], str_from(paths[i]));
	}
	if (nftw(corpus, on_file, 16, FTW_PHYS) != 0 || oracle.files == 0) {
		printf("skip - every record of the corpus is projected as cJSON reads it (no corpus at %s)\n", corpus);
	} else {
		CHECK(oracle.wrong == 0, "every record of the corpus is projected as cJSON reads it");
		CHECK(oracle.documents > 0 && oracle.refused > 0, "and the mutants that it accepts too");
		printf(
		    "# %zu files, %zu of them JSON, %zu records, %zu values compared; %zu mutants, %zu refused, %zu of these not by cJSON\n",
		    oracle.files, oracle.documents, oracle.records, oracle.fields, oracle.mutants, oracle.refused,
		    oracle.lax);
	}
	projected_free(&oracle.out);
	arena_free(&oracle.arena);
	return check_done();
}
