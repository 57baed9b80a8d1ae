#include "core/arena.h"
#include "core/buf.h"
#include "core/sketch.h"
#include "tests/check.h"

#include <stdlib.h>

static bool value_is(const struct sketch *s, const char *pointer, const char *value)
{
	const struct sketch_path *path = sketch_find(s, str_from(pointer), false);
	return path && path->has_value && str_eq(path->value, str_from(value));
}

int main(void)
{
	struct arena arena = {0};
	struct sketch s;
	struct str sarif =
	    STR("{\"$schema\":\"x\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"A\\u00e9\"}},"
	        "\"results\":[{\"ruleId\":\"R1\"},{\"ruleId\":\"R2\",\"level\":null}]}],\"a/b~c\":-1.5}");
	sketch_read(&s, &arena, sarif);
	CHECK(s.json && s.complete && !s.sequence && !s.empty && s.root_kind == JSON_OBJECT,
	      "a whole document is complete");
	CHECK(value_is(&s, "/version", "2.1.0") && value_is(&s, "/runs/*/tool/driver/name", "A\xc3\xa9"),
	      "the first scalar of each path is there, unescaped");
	CHECK(value_is(&s, "/runs/*/results/*/ruleId", "R1") &&
	          sketch_find(&s, STR("/runs/*/results/*/ruleId"), false)->count == 2,
	      "elements of an array are counted under one path");
	CHECK(value_is(&s, "/a~1b~0c", "-1.5"), "member names are escaped as JSON Pointer does");
	CHECK(sketch_find(&s, STR("/RUNS/*/Tool"), true) && !sketch_find(&s, STR("/RUNS"), false),
	      "case is ignored on demand");
	CHECK(sketch_find(&s, STR(""), false) == &s.paths[0] && str_eq(s.paths[1].pointer, STR("/$schema")),
	      "paths are in the order seen, the root first");
	CHECK(!sketch_find(&s, STR("/runs/*/results/*/ruleId/x"), false), "a path that is not there is not found");

	size_t bad = 0;
	for (size_t cut = 0; cut < sarif.len; cut++) {
		struct arena a = {0};
		char *exact = memory_grow(NULL, cut);
		memcpy(exact, sarif.ptr, cut);
		sketch_read(&s, &a, str_of(exact, cut));
		free(exact);
		bad += s.complete || (cut > 0 && !s.json) || (cut > 34 && !value_is(&s, "/version", "2.1.0"));
		arena_free(&a);
	}
	CHECK(bad == 0, "cut at every byte, it is still JSON, not complete, and what came before is seen");

	struct buf text = {0};
	buf_add(&text, STR("{\"value\":["));
	for (int i = 0; i < 1000; i++) buf_printf(&text, "%s{\"n\":%d,\"only%d\":1}", i ? "," : "", i, i);
	buf_add(&text, STR("],\"nextLink\":\"http\"}"));
	sketch_read(&s, &arena, buf_str(&text));
	CHECK(s.complete && value_is(&s, "/nextLink", "http"), "members after a long array are seen");
	CHECK(sketch_find(&s, STR("/value/*/only63"), false) && !sketch_find(&s, STR("/value/*/only64"), false),
	      "the first 64 elements are described");

	text.len = 0;
	buf_char(&text, '{');
	for (int i = 0; i < 5000; i++) buf_printf(&text, "%s\"m%d\":%d", i ? "," : "", i, i);
	buf_char(&text, '}');
	sketch_read(&s, &arena, buf_str(&text));
	CHECK(s.full && s.count == SKETCH_PATHS && s.complete, "paths are bounded, and it says so");

	sketch_read(&s, &arena, STR("[\"a\",\"b\"]"));
	CHECK(s.string_array && s.root_kind == JSON_ARRAY, "an array of strings is known as one");
	sketch_read(&s, &arena, STR("[\"a\",1]"));
	CHECK(!s.string_array, "an array with another kind is not one of strings");
	sketch_read(&s, &arena, STR("[]"));
	CHECK(!s.string_array && s.complete, "an empty array is not one of strings");
	sketch_read(&s, &arena, STR("[[\"a\"],[\"b\"]]"));
	CHECK(!s.string_array, "strings in inner arrays do not count");
	sketch_read(&s, &arena, STR("{\"a\":1}\n{\"a\":2,\"b\":{\"c"));
	CHECK(s.sequence && s.complete && value_is(&s, "/a", "1") && sketch_find(&s, STR("/a"), false)->count == 2,
	      "a second root value makes a sequence");
	sketch_read(&s, &arena, STR("{\"a\":1} trailing"));
	CHECK(!s.sequence && !s.complete && s.json, "text after the root that is no JSON is not a sequence");
	sketch_read(&s, &arena, STR(" \n "));
	CHECK(s.empty && !s.json && s.count == 0, "white space is empty");
	sketch_read(&s, &arena, STR("\xef\xbb\xbf[1]"));
	CHECK(s.json && s.complete && value_is(&s, "/*", "1"), "a byte order mark is passed over");
	sketch_read(&s, &arena, STR("<?xml version=\"1.0\"?>"));
	CHECK(!s.json && !s.complete && !s.empty, "XML is not JSON");
	sketch_read(&s, &arena, STR("[Section]\nkey=value"));
	CHECK(!s.json, "an INI file is not JSON");
	sketch_read(&s, &arena, STR("null"));
	CHECK(s.json && s.complete && s.root_kind == JSON_NULL && value_is(&s, "", "null"),
	      "null is a root of its own");
	sketch_read(&s, &arena, STR("{\"a\":1,\"a\":\"x\",\"b\":{\"c\":{\"d\":{\"e\":{\"f\":1}}}}}"));
	const struct sketch_path *a = sketch_find(&s, STR("/a"), false);
	CHECK(a && a->kinds == (1u << JSON_NUMBER | 1u << JSON_STRING) && a->kind == JSON_NUMBER,
	      "all kinds at a path are known");
	CHECK(sketch_find(&s, STR("/b/c/d/e/f"), false), "paths go five tokens deep");

	text.len = 0;
	buf_add(&text, STR("{\"a\":\""));
	for (int i = 0; i < 150; i++) buf_add(&text, STR("\xc3\xa9"));
	buf_add(&text, STR("\"}"));
	sketch_read(&s, &arena, buf_str(&text));
	a = sketch_find(&s, STR("/a"), false);
	CHECK(a && a->value.len == 200 && (unsigned char)a->value.ptr[199] == 0xa9,
	      "a long value is cut at a character");

	text.len = 0;
	for (int i = 0; i < 100000; i++) buf_char(&text, '[');
	sketch_read(&s, &arena, buf_str(&text));
	CHECK(s.json && !s.complete && s.count == 6, "100,000 nested brackets are no trouble");
	buf_free(&text);
	arena_free(&arena);
	return check_done();
}
