#include "core/arena.h"
#include "core/templates.h"
#include "tests/check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena arena;
static char folder[512];

static const char *in_folder(const char *name) { return str_printf(&arena, "%s/%s", folder, name).ptr; }

static void put(const char *name, const char *text, size_t len)
{
	int file = open(in_folder(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (file < 0 || write(file, text, len) != (ssize_t)len) abort();
	close(file);
}

static bool sorted(const struct template_file *files, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (str_cmp(files[i - 1].name, files[i].name) >= 0) return false;
	return true;
}

/* The text in the program is the file's below templates/, byte for byte. */
static bool same_as_file(const struct template_file *file)
{
	FILE *f = fopen(str_printf(&arena, "templates/%.*s", STR_ARG(file->name)).ptr, "rb");
	if (!f) return false;
	char *bytes = arena_bytes(&arena, file->text.len + 1);
	size_t got = fread(bytes, 1, file->text.len + 1, f);
	fclose(f);
	return str_eq(str_of(bytes, got), file->text);
}

static void check_builtin(void)
{
	size_t count, same = 0;
	const struct template_file *files = templates_builtin(&count);
	for (size_t i = 0; i < count; i++) same += same_as_file(&files[i]);
	CHECK(count > 0 && same == count, "all %zu built-in templates are the files below templates/", count);
	CHECK(sorted(files, count), "built-in templates are sorted by the bytes of their names");

	size_t found = 0;
	struct str text;
	for (size_t i = 0; i < count; i++) found += template_find(files[i].name, &text) && str_eq(text, files[i].text);
	CHECK(found == count, "every built-in template is found by its name");
	CHECK(!template_find(STR(""), &text) && !template_find(STR("formats"), &text) &&
	          !template_find(STR("formats/sarif.jso"), &text) && !template_find(STR("~"), &text),
	      "what is not a template's whole name is not found");

	struct template_file *list;
	CHECK(templates_below(&arena, STR(""), &list) == count, "all templates begin with nothing");
	size_t formats = templates_below(&arena, STR("formats/"), &list), right = 0;
	for (size_t i = 0; i < formats; i++) right += str_starts(list[i].name, STR("formats/"));
	CHECK(formats > 0 && right == formats && sorted(list, formats),
	      "the templates of a folder are listed in order");
	CHECK(templates_below(&arena, STR("formats0"), &list) == 0, "a folder that does not exist holds no templates");
}

/* Refused, with the message, and nothing has changed. */
static bool refused(const char *words)
{
	struct template_file *list;
	size_t before = templates_below(&arena, STR(""), &list);
	struct error error = {0};
	bool good = !templates_use(folder, &error) && error.kind == ERROR_INPUT && strstr(error.message, words);
	if (!good) printf("# %s: %s\n", error.file, error.message);
	return good && templates_below(&arena, STR(""), &list) == before;
}

static void check_refusals(void)
{
	struct error error = {0};
	CHECK(!templates_use(in_folder("nowhere"), &error) && error.kind == ERROR_INPUT,
	      "a folder that does not exist is refused");
	if (symlink("/etc/passwd", in_folder("link.json")) != 0) abort();
	CHECK(refused("symbolic link"), "a link is refused");
	unlink(in_folder("link.json"));
	if (mkfifo(in_folder("pipe.json"), 0600) != 0) abort();
	CHECK(refused("not a regular file"), "a FIFO is refused without waiting for its writer");
	unlink(in_folder("pipe.json"));
	put("a b.json", "{}", 2);
	CHECK(refused("name that a template cannot have"), "a name with a space is refused");
	unlink(in_folder("a b.json"));
	put("large.json", "", 0);
	if (truncate(in_folder("large.json"), TEMPLATE_MAX_BYTES + 1) != 0) abort();
	CHECK(refused("larger than"), "a file of more than 16 MB is refused");
	unlink(in_folder("large.json"));
	const char *deep = "";
	for (unsigned i = 0; i <= TEMPLATE_MAX_DEPTH; i++) {
		deep = str_printf(&arena, "%sd/", deep).ptr;
		if (mkdir(in_folder(deep), 0700) != 0) abort();
	}
	CHECK(refused("folders deep"), "folders within folders without end are refused");
	for (size_t len = strlen(deep); len; len -= 2) rmdir(in_folder(str_printf(&arena, "%.*s", (int)len, deep).ptr));
}

static void check_overlay(void)
{
	size_t count, n;
	const struct template_file *builtin = templates_builtin(&count);
	if (mkdir(in_folder("formats"), 0700) != 0) abort();
	put("formats/sarif.json", "mine\0too", 8);
	put("formats/zz-mine.json", "new", 3);
	put("Aa.txt", "", 0);
	put(".hidden", "x", 1);
	put("formats/sarif.json~", "x", 1);
	struct error error = {0};
	CHECK(templates_use(folder, &error), "a folder of templates is read");

	struct template_file *list;
	struct str text;
	n = templates_below(&arena, STR(""), &list);
	CHECK(n == count + 2 && sorted(list, n), "a file of a known name replaces it, another one is added, in order");
	CHECK(template_find(STR("formats/sarif.json"), &text) && str_eq(text, STR("mine\0too")),
	      "the folder's text is in force");
	CHECK(template_find(STR("formats/zz-mine.json"), &text) && str_eq(text, STR("new")),
	      "an added template is found");
	CHECK(template_find(STR("Aa.txt"), &text) && text.len == 0, "an empty template is one");
	CHECK(!template_find(STR(".hidden"), &text) && !template_find(STR("formats/sarif.json~"), &text),
	      "hidden files and an editor's copies are passed over");
	size_t again;
	CHECK(templates_builtin(&again) == builtin && again == count, "what is built in stays as it is");

	put("formats/sarif.json", "second", 6);
	CHECK(templates_use(folder, &error) && template_find(STR("formats/sarif.json"), &text) &&
	          str_eq(text, STR("second")) && templates_below(&arena, STR(""), &list) == n,
	      "a second folder lies over the first");
}

int main(void)
{
	const char *tmp = getenv("TMPDIR");
	snprintf(folder, sizeof(folder), "%s/templates.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(folder)) abort();
	check_builtin();
	check_refusals();
	check_overlay();
	arena_free(&arena);
	return check_done();
}
