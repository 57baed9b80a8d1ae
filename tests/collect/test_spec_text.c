#include "collect/spec.h"
#include "collect/spec_text.h"
#include "core/templates.h"
#include "tests/check.h"
#include "tests/render/scratch.h"

#include <sys/stat.h>

static struct arena arena;

static const char text[] = "{\n"
			   "  \"a\": \"b: [\\\"c\\\":\",\n"
			   "  \"list\": [{\"x\": 1}, [\n"
			   "    2], {\"y\": {\"deep\":\n"
			   "      true}, \"x\": 3}]\n"
			   "}";

static bool at_place(size_t offset, unsigned line, unsigned column)
{
	uint32_t l, c;
	spec_text_line(str_from(text), offset, &l, &c);
	if (offset != SIZE_MAX && l == line && c == column) return true;
	printf("# %u:%u\n", l, c);
	return false;
}

static size_t member(const char *pointer, const char *key)
{
	return spec_text_member(str_from(text), str_from(pointer), str_from(key));
}

static void check_places(void)
{
	CHECK(at_place(member("", "a"), 2, 3) && at_place(member("", "list"), 3, 3),
	      "a member of the document is found at its name");
	CHECK(at_place(member("/list/2", "x"), 5, 14) && at_place(member("/list/0", "x"), 3, 13),
	      "one of an element in that element");
	CHECK(at_place(member("/list/2", "deep"), 4, 16) && at_place(member("", "deep"), 4, 16),
	      "one that stands deeper is found too");
	CHECK(member("", "c") == SIZE_MAX && member("/list/0", "y") == SIZE_MAX && member("/none", "a") == SIZE_MAX,
	      "what stands in a text, elsewhere or nowhere is not");
	CHECK(at_place(spec_text_value(str_from(text), STR("/list/2")), 4, 9) &&
	          spec_text_value(str_from(text), STR("/list/3")) == SIZE_MAX,
	      "an element has a place of its own, if it is there");
	CHECK(spec_text_member(STR("{\"a\":"), STR_EMPTY, STR("b")) == SIZE_MAX &&
	          spec_text_value(STR(""), STR("/a")) == SIZE_MAX,
	      "a text that ends early holds nothing");
}

static void check_nearest(void)
{
	static const char *const names[] = {"rule", "title", "severity", "status", "at"};
	const char *a = spec_text_nearest("serverity", names, 5), *b = spec_text_nearest("titel", names, 5),
		   *c = spec_text_nearest("Status", names, 5);
	CHECK(a && b && c && strcmp(a, "severity") == 0 && strcmp(b, "title") == 0 && strcmp(c, "status") == 0,
	      "a slip of the pen is known for what was meant");
	CHECK(!spec_text_nearest("colour", names, 5) && !spec_text_nearest("", names, 5) &&
	          !spec_text_nearest("severity", names, 0),
	      "another word is not taken for one of ours");
}

static bool refused(const char *spec, const char *file, unsigned line, unsigned column, const char *message)
{
	struct specs specs;
	struct error error = {0};
	spit("formats/x.json", str_from(spec));
	bool loaded = templates_use(scratch_folder, &error) && specs_load(&specs, &arena, &error);
	if (!loaded && strcmp(error.file, file) == 0 && error.line == line && error.column == column &&
	    strstr(error.message, message))
		return true;
	printf("# %s:%u:%u: %s\n", error.file, error.line, error.column, loaded ? "taken" : error.message);
	return false;
}

static void check_messages(void)
{
	spit("formats/base.json",
	     STR("{\n\"tool\": \"X\",\n\"record_defaults\": {\n  \"nature\": \"weak\"},\n\"captured\": 3}"));
	CHECK(refused("{\"format\": \"x\",\n \"tol\": 1}", "formats/x.json", 2, 2,
	              "\"tol\": is no member of a format's spec; did you mean \"tool\"?"),
	      "an unknown member is named with its line, and the one that was meant");
	CHECK(
	    refused(
		"{\"format\": \"x\",\n\"records\": [{\"at\": [\"/a\"], \"status\": \"=fail\"},\n  {\"at\": [\"/b\"],\n  \"title\": {\"lower\":\n \"x\"}}]}",
		"formats/x.json", 4, 3, "\"title\""),
	    "what is wrong in an expression is said at the member of the record that has it");
	CHECK(refused("{\"format\": \"x\",\n\"records\": [{\"at\": [\"/a\"]},\n  {}]}", "formats/x.json", 2, 13,
	              "\"status\""),
	      "what is missing is said at the record that lacks it");
	CHECK(
	    refused(
		"{\"format\": \"x\", \"records\": [{\"at\": [\"/a\"], \"status\": \"=fail\"}],\n\"bid\": [{\"score\": 1, \"has\": [\"/a\"]},\n{\"score\": 2, \"hsa\": []}]}",
		"formats/x.json", 3, 14, "\"has\"?"),
	    "what is wrong in a bid in that bid");
	CHECK(
	    refused(
		"{\"format\": \"x\", \"like\": \"base.json\",\n\"records\": [{\"at\": [\"/a\"], \"status\": \"=fail\"}]}",
		"formats/base.json", 4, 3, "\"nature\""),
	    "what comes from another spec is said with that one's file and line");
	CHECK(refused("{\"format\": \"x\",\n \"tool\": \"a\",\n \"tool\": \"b\"}", "formats/x.json", 3, 2,
	              "\"tool\": is given twice"),
	      "a member that is given twice is said at the second");
	CHECK(refused("{\"format\": \"x\",\n \"tool\": \"a\",}", "formats/x.json", 2, 14, "expected a member name"),
	      "text that is no JSON where it stops being JSON");
}

int main(void)
{
	scratch_open();
	if (mkdir(at("formats"), 0700) != 0) abort();
	check_places();
	check_nearest();
	check_messages();
	scratch_close();
	arena_free(&arena);
	return check_done();
}
