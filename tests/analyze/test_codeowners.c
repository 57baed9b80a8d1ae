/* CODEOWNERS: which line counts for a path, and which lines are refused. */
#include "analyze/codeowners.h"

#include "tests/check.h"

static const char *owner(const char *text, const char *path)
{
	static char owners[200];
	struct arena arena = {0};
	struct codeowners list;
	struct error error = {0};
	const struct codeowners_line *line = NULL;
	if (codeowners_parse(&list, "CODEOWNERS", str_from(text), &arena, &error))
		line = codeowners_find(&list, str_from(path));
	snprintf(owners, sizeof(owners), "%.*s", line ? (int)line->owners.len : 4, line ? line->owners.ptr : "none");
	arena_free(&arena);
	return owners;
}

static void patterns(void)
{
	static const struct {
		const char *pattern, *path;
		bool met;
		const char *sentence;
	} rows[] = {
	    {"*", "a/b/c.c", true, "a star alone meets every path"},
	    {"*.js", "web/lib/x.js", true, "a pattern without a slash counts at any depth"},
	    {"*.js", "web/lib/x.jsx", false, "and to the end of the name"},
	    {"/docs/", "docs/a/b.md", true, "a folder owns all that is below it"},
	    {"/docs/", "src/docs/a.md", false, "a slash before it ties it to the top"},
	    {"docs/", "src/docs/a.md", true, "without one it counts at any depth"},
	    {"docs/", "docs", false, "a file of the folder's name is no folder"},
	    {"docs/*", "docs/a.md", true, "a star below a folder meets its files"},
	    {"docs/*", "docs/a/b.md", false, "and not those of folders below"},
	    {"apps/github", "apps/github/x/y.c", true, "a pattern that meets a folder owns what is in it"},
	    {"apps/github", "src/apps/github/x.c", false, "a slash inside ties it to the top too"},
	    {"**/logs", "build/x/logs/today.log", true, "two stars meet any number of folders"},
	    {"**/logs", "logs/today.log", true, "also none"},
	    {"/a/**/z.c", "a/b/c/z.c", true, "two stars in the middle meet folders between"},
	    {"/a/**/z.c", "a/z.c", true, "or nothing"},
	    {"/a/**", "a/b/c", true, "two stars at the end meet everything below"},
	    {"/a/**/b*d/*.c", "a/bxd/y/bd/k.c", true, "the second star takes more when the first choice fails"},
	    {"/a*b/c", "axx/b/c", false, "one star does not meet a slash"},
	    {"x?z", "xyz", true, "a question mark meets one letter"},
	    {"x?z", "x/z", false, "but no slash"},
	    {"/A.c", "a.c", false, "letters compare with case"},
	    {"/a\\ b.c", "a b.c", true, "a backslash keeps a blank"},
	    {"/src/", "./src/a.c", true, "a dot before the path is passed over"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[100];
		snprintf(text, sizeof(text), "%s @owner\n", rows[i].pattern);
		bool met = strcmp(owner(text, rows[i].path), "@owner") == 0;
		CHECK(met == rows[i].met, "%s", rows[i].sentence);
	}
}

static void lines(void)
{
	const char *text = "# people\n*  @org/all\r\n\n/docs/ @alice writer@example.com # comment\n/docs/made/\n";
	CHECK(strcmp(owner(text, "src/a.c"), "@org/all") == 0, "a line's comment and end are no owners");
	CHECK(strcmp(owner(text, "docs/a.md"), "@alice writer@example.com") == 0,
	      "the last line that meets a path counts, with all its owners");
	CHECK(strcmp(owner(text, "docs/made/a.md"), "") == 0, "a line without owners takes them away");
	CHECK(strcmp(owner("/a/ @x\n", "b"), "none") == 0, "a path that no line meets has none");
}

static void refusals(void)
{
	static const struct {
		const char *text, *sentence;
		uint32_t line, column;
	} rows[] = {
	    {"* @a\n!x @b\n", "a pattern with an exclamation mark is refused", 2, 1},
	    {"* @a\n\n/a[bc] @b\n", "a range of letters is refused", 3, 3},
	    {"[Docs]\n", "a section is refused", 1, 1},
	    {"/x alice\n", "a name without @ is no owner", 1, 4},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct arena arena = {0};
		struct codeowners list;
		struct error error = {0};
		bool good = codeowners_parse(&list, "CODEOWNERS", str_from(rows[i].text), &arena, &error);
		CHECK(!good && error.line == rows[i].line && error.column == rows[i].column, "%s", rows[i].sentence);
		arena_free(&arena);
	}
	CHECK(codeowners_is("x/CODEOWNERS", STR("{}")) && codeowners_is("owners", STR("\n# a\n")) &&
	          !codeowners_is("owners", STR(" {\"owners\":[]}")),
	      "a CODEOWNERS file is known by its name or by what it begins with");
}

int main(void)
{
	patterns();
	lines();
	refusals();
	return check_done();
}
