#include "core/arena.h"
#include "core/buf.h"
#include "core/sketch.h"
#include "tests/check.h"

#include <stdlib.h>

static struct sketch_questions questions;
static struct arena asked;

static const char *const pointers[] = {"",
                                       "/*",
                                       "/$schema",
                                       "/version",
                                       "/runs/*/tool/driver/name",
                                       "/runs/*/results/*/ruleId",
                                       "/a~1b~0c",
                                       "/nextLink",
                                       "/value/*/only63",
                                       "/value/*/only64",
                                       "/variants",
                                       "/a",
                                       "/b/c/d/e/f",
                                       "/b/c/d/e/f/g"};

static void ask(void)
{
	sketch_questions_init(&questions, &asked);
	for (size_t i = 0; i < sizeof(pointers) / sizeof(*pointers); i++) sketch_ask(&questions, str_from(pointers[i]));
}

/* The answer; the pointer is one of those above, but for the case of letters. */
static const struct sketch_path *find(const struct sketch *s, const char *pointer, bool ignore_case)
{
	size_t before = questions.trie.count;
	struct sketch_question question = sketch_ask(&questions, str_from(pointer));
	if (questions.trie.count != before) CHECK(false, "%s is among what was asked", pointer);
	return sketch_find(s, question, ignore_case);
}

static void read(struct sketch *s, struct arena *arena, struct str text) { sketch_read(s, &questions, arena, text); }

static bool value_is(const struct sketch *s, const char *pointer, const char *value)
{
	const struct sketch_path *path = find(s, pointer, false);
	return path && path->has_value && str_eq(path->value, str_from(value));
}

int main(void)
{
	struct arena arena = {0};
	struct sketch s;
	ask();
	struct str sarif =
	    STR("{\"$schema\":\"x\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"A\\u00e9\"}},"
	        "\"results\":[{\"ruleId\":\"R1\"},{\"ruleId\":\"R2\",\"level\":null}]}],\"a/b~c\":-1.5}");
	read(&s, &arena, sarif);
	CHECK(s.json && s.complete && !s.sequence && !s.empty && s.root_kind == JSON_OBJECT,
	      "a whole document is complete");
	CHECK(value_is(&s, "/version", "2.1.0") && value_is(&s, "/runs/*/tool/driver/name", "A\xc3\xa9"),
	      "the first scalar of each path is there, unescaped");
	CHECK(value_is(&s, "/runs/*/results/*/ruleId", "R1") && find(&s, "/runs/*/results/*/ruleId", false)->count == 2,
	      "elements of an array are counted under one path");
	CHECK(value_is(&s, "/a~1b~0c", "-1.5"), "member names are escaped as JSON Pointer does");
	CHECK(find(&s, "/RUNS/*/Tool/DRIVER/name", true) && !find(&s, "/RUNS/*/Tool/DRIVER/name", false),
	      "case is ignored on demand");
	CHECK(find(&s, "", false) == &s.paths[0] && str_eq(s.paths[1].pointer, STR("/$schema")),
	      "paths are in the order seen, the root first");
	CHECK(!find(&s, "/nextLink", false), "a path that is not there is not found");
	CHECK(s.count == 6, "what nobody asks for is not kept (%zu paths)", s.count);
	CHECK(!sketch_find(&s, sketch_ask(&questions, STR("runs")), true), "what is no path is nowhere");

	size_t bad = 0;
	for (size_t cut = 0; cut < sarif.len; cut++) {
		struct arena a = {0};
		char *exact = memory_grow(NULL, cut);
		memcpy(exact, sarif.ptr, cut);
		read(&s, &a, str_of(exact, cut));
		free(exact);
		bad += s.complete || (cut > 0 && !s.json) || (cut > 34 && !value_is(&s, "/version", "2.1.0"));
		arena_free(&a);
	}
	CHECK(bad == 0, "cut at every byte, it is still JSON, not complete, and what came before is seen");

	struct buf text = {0};
	buf_add(&text, STR("{\"value\":["));
	for (int i = 0; i < 1000; i++) buf_printf(&text, "%s{\"n\":%d,\"only%d\":1}", i ? "," : "", i, i);
	buf_add(&text, STR("],\"nextLink\":\"http\"}"));
	read(&s, &arena, buf_str(&text));
	CHECK(s.complete && value_is(&s, "/nextLink", "http"), "members after a long array are seen");
	CHECK(find(&s, "/value/*/only63", false) && !find(&s, "/value/*/only64", false),
	      "the first 64 elements are described");

	text.len = 0;
	buf_char(&text, '{');
	for (int i = 0; i < 5000; i++) buf_printf(&text, "%s\"m%d\":%d", i ? "," : "", i, i);
	for (int i = 0; i < 256; i++) { /* the last is /variants */
		buf_add(&text, STR(",\""));
		for (int k = 0; k < 8; k++) buf_char(&text, (char)("VARIANTS"[k] | (i >> k & 1) << 5));
		buf_printf(&text, "\":%d", i);
	}
	buf_add(&text, STR(",\"VARIANTS\":-1,\"a\":1}"));
	read(&s, &arena, buf_str(&text));
	CHECK(s.count == 258 && s.complete && value_is(&s, "/a", "1"), "many members are no trouble");
	CHECK(value_is(&s, "/variants", "255") && value_is(&s, "/VARIANTS", "0") &&
	          find(&s, "/VARIANTS", false)->count == 2,
	      "names that differ in the case of letters are told apart");
	CHECK(str_eq(find(&s, "/vARIANTS", true)->value, STR("0")), "without case the one seen first counts");

	text.len = 0;
	buf_char(&text, '{');
	for (int i = 0; i < 4096; i++) {
		buf_add(&text, i ? STR(",\"runs\":[{\"") : STR("\"runs\":[{\""));
		for (int k = 0; k < 4; k++) buf_char(&text, (char)("TOOL"[k] | (i >> k & 1) << 5));
		buf_add(&text, STR("\":{\""));
		for (int k = 0; k < 6; k++) buf_char(&text, (char)("DRIVER"[k] | (i >> (k + 4) & 1) << 5));
		buf_add(&text, STR("\":{\""));
		for (int k = 0; k < 2; k++) buf_char(&text, (char)("NA"[k] | (i >> (k + 10) & 1) << 5));
		buf_add(&text, STR("me\":1}}}]"));
	}
	buf_char(&text, '}');
	read(&s, &arena, buf_str(&text));
	CHECK(s.complete && s.count == SKETCH_PATHS, "what is kept is bounded (%zu paths)", s.count);

	read(&s, &arena, STR("[\"a\",\"b\"]"));
	CHECK(s.string_array && s.root_kind == JSON_ARRAY, "an array of strings is known as one");
	read(&s, &arena, STR("[\"a\",1]"));
	CHECK(!s.string_array, "an array with another kind is not one of strings");
	read(&s, &arena, STR("[]"));
	CHECK(!s.string_array && s.complete && s.bare, "an empty array is not one of strings, and bare");
	read(&s, &arena, STR("[]\n{\"unasked\":1}"));
	CHECK(s.sequence && !s.bare, "a root that has a member is not bare");
	read(&s, &arena, STR("[[\"a\"],[\"b\"]]"));
	CHECK(!s.string_array, "strings in inner arrays do not count");
	read(&s, &arena, STR("{\"a\":1}\n{\"a\":2,\"b\":{\"c"));
	CHECK(s.sequence && s.complete && value_is(&s, "/a", "1") && find(&s, "/a", false)->count == 2,
	      "a second root value makes a sequence");
	read(&s, &arena, STR("{\"ver\\u0073ion\":\"2\"}"));
	CHECK(value_is(&s, "/version", "2"), "a name with an escape is the name that it stands for");
	read(&s, &arena, STR("{\"a\":1} trailing"));
	CHECK(!s.sequence && !s.complete && s.json, "text after the root that is no JSON is not a sequence");
	sketch_read_elements(&s, &questions, &arena, STR(" [ {\"a\":1} ,\n{\"ver\\u0073ion\":\"2\"},[1]]"));
	CHECK(s.json && s.sequence && s.root_kind == JSON_OBJECT && value_is(&s, "/a", "1") &&
	          value_is(&s, "/version", "2") && value_is(&s, "/*", "1"),
	      "a list's elements are described as roots");
	sketch_read_elements(&s, &questions, &arena, STR("[{\"a\":1},{\"version\":\"2"));
	CHECK(value_is(&s, "/a", "1") && !value_is(&s, "/version", "2"), "the last of them may be cut off");
	sketch_read_elements(&s, &questions, &arena, STR("[]"));
	CHECK(s.count == 0 && !s.json, "an empty list has none");
	sketch_read_elements(&s, &questions, &arena, STR("{\"a\":1}"));
	CHECK(s.count == 0, "what is no list has none");
	read(&s, &arena, STR(" \n "));
	CHECK(s.empty && !s.json && s.count == 0, "white space is empty");
	read(&s, &arena, STR("\xef\xbb\xbf[1]"));
	CHECK(s.json && s.complete && value_is(&s, "/*", "1"), "a byte order mark is passed over");
	read(&s, &arena, STR("<?xml version=\"1.0\"?>"));
	CHECK(!s.json && !s.complete && !s.empty, "XML is not JSON");
	read(&s, &arena, STR("[Section]\nkey=value"));
	CHECK(!s.json, "an INI file is not JSON");
	read(&s, &arena, STR("null"));
	CHECK(s.json && s.complete && s.root_kind == JSON_NULL && value_is(&s, "", "null"),
	      "null is a root of its own");
	read(&s, &arena, STR("{\"a\":1,\"a\":\"x\",\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":1}}}}}}"));
	const struct sketch_path *a = find(&s, "/a", false);
	CHECK(a && a->kinds == (1u << JSON_NUMBER | 1u << JSON_STRING) && a->kind == JSON_NUMBER,
	      "all kinds at a path are known");
	CHECK(find(&s, "/b/c/d/e/f", false) && !find(&s, "/b/c/d/e/f/g", false), "paths go five tokens deep");

	text.len = 0;
	buf_add(&text, STR("{\"a\":\""));
	for (int i = 0; i < 150; i++) buf_add(&text, STR("\xc3\xa9"));
	buf_add(&text, STR("\"}"));
	read(&s, &arena, buf_str(&text));
	a = find(&s, "/a", false);
	CHECK(a && a->value.len == 200 && (unsigned char)a->value.ptr[199] == 0xa9,
	      "a long value is cut at a character");

	text.len = 0;
	for (int i = 0; i < 100000; i++) buf_char(&text, '[');
	read(&s, &arena, buf_str(&text));
	CHECK(s.json && !s.complete && s.count == 2, "100,000 nested brackets are no trouble");
	buf_free(&text);
	arena_free(&arena);
	arena_free(&asked);
	return check_done();
}
