#include "collect/walk.h"
#include "tests/check.h"
#include "tests/render/scratch.h"

#include <sys/stat.h>

static struct arena arena;

static void put(const char *name) { spit(name, STR("x")); }

static const struct walk_file *find(const struct walk *walk, struct str path)
{
	for (size_t i = 0; i < walk->count; i++)
		if (str_eq(walk->files[i].path, path)) return &walk->files[i];
	return NULL;
}

static bool in_byte_order(const struct walk *walk)
{
	for (size_t i = 1; i < walk->count; i++)
		if (str_cmp(walk->files[i - 1].path, walk->files[i].path) >= 0) return false;
	return true;
}

/* Each file can be opened by the path by which it was reached. */
static bool all_reached(const struct walk *walk)
{
	struct stat info;
	for (size_t i = 0; i < walk->count; i++)
		if (!walk->files[i].refused &&
		    (stat(walk->files[i].reached.ptr, &info) != 0 || !S_ISREG(info.st_mode) ||
		     walk->files[i].reached.ptr[walk->files[i].reached.len]))
			return false;
	return true;
}

static void check_order(void)
{
	static const char *const names[] = {"t/a-b", "t/a.b", "t/a/z", "t/a0", "t/B", "t/b/a/c", "t/b/a-c", "t/b/aa"};
	static const char *const expected[] = {"B", "a-b", "a.b", "a/z", "a0", "b/a-c", "b/a/c", "b/aa"};
	if (shell("mkdir -p t/a t/b/a t/empty/still") != 0) abort();
	for (size_t i = 0; i < 8; i++) put(names[i]);
	struct walk walk = {0};
	struct error error = {0};
	bool good = walk_tree(&walk, &arena, at("t"), &error), right = walk.count == 8;
	for (size_t i = 0; i < walk.count && right; i++) right = str_eq(walk.files[i].path, str_from(expected[i]));
	CHECK(good && right && in_byte_order(&walk),
	      "files come in the byte order of their whole paths: a-b, a.b, a/z, a0");
	CHECK(all_reached(&walk), "and are reached below the root");
	struct walk again = {0};
	good = walk_tree(&again, &arena, str_printf(&arena, "%s/", at("t")).ptr, &error);
	right = again.count == walk.count;
	for (size_t i = 0; i < again.count && right; i++)
		right = str_eq(again.files[i].path, walk.files[i].path) &&
		        str_find(again.files[i].reached, STR("//")) == SIZE_MAX;
	CHECK(good && right, "a root with a slash at its end is the same root");
	good = walk_tree(&again, &arena, at("t/b"), &error) && again.count == 11 &&
	       str_eq(again.files[0].path, STR("B")) && str_eq(again.files[8].path, STR("a-c"));
	CHECK(good, "a second root follows the first, in an order of its own");
	walk_free(&walk);
	walk_free(&again);
	CHECK(walk.count == 0 && walk_tree(&walk, &arena, at("t/empty"), &error) && walk.count == 0,
	      "a folder without files has none");
	walk_free(&walk);
}

static void check_names(void)
{
	if (shell("mkdir -p odd") != 0) abort();
	static const char *const names[] = {"odd/with blank",  "odd/line\nfeed", "odd/-rf",  "odd/caf\xc3\xa9",
	                                    "odd/\xff\xfe",    "odd/.hidden",    "odd/%s%n", "odd/quote'\"",
	                                    "odd/back\\slash", "odd/*"};
	size_t n = sizeof(names) / sizeof(*names), found = 0;
	for (size_t i = 0; i < n; i++) put(names[i]);
	char longest[260] = "odd/";
	memset(longest + 4, 'n', 255);
	put(longest);
	struct walk walk = {0};
	struct error error = {0};
	bool good = walk_tree(&walk, &arena, at("odd"), &error);
	for (size_t i = 0; i < n; i++) found += find(&walk, str_from(names[i] + 4)) != NULL;
	CHECK(good && found == n && walk.count == n + 1 && find(&walk, str_of(longest + 4, 255)) &&
	          all_reached(&walk) && in_byte_order(&walk),
	      "odd names are names: blanks, line feeds, no UTF-8, hidden ones, 255 bytes");
	walk_free(&walk);
}

static void check_links(void)
{
	if (shell(
		"mkdir -p real/sub links/in && echo x >real/sub/f && echo x >links/in/g && ln -s ../real links/folder && ln -s ../real/sub/f links/file && "
		"ln -s nowhere links/broken && ln -s . links/loop && ln -s links by-link && mkfifo links/fifo && ln links/in/g links/hard") !=
	    0)
		abort();
	struct walk walk = {0};
	struct error error = {0};
	bool good = walk_tree(&walk, &arena, at("links"), &error);
	static const char *const refused[] = {"folder", "file", "broken", "loop"};
	size_t links = 0;
	for (size_t i = 0; i < 4; i++) {
		const struct walk_file *f = find(&walk, str_from(refused[i]));
		links += f && f->refused && strcmp(f->refused, "a symbolic link") == 0;
	}
	CHECK(good && links == 4 && walk.count == 7,
	      "links are not followed, whatever they lead to, but named as refused");
	const struct walk_file *fifo = find(&walk, STR("fifo")), *file = find(&walk, STR("in/g")),
			       *hard = find(&walk, STR("hard"));
	CHECK(fifo && fifo->refused && strcmp(fifo->refused, "not a regular file") == 0,
	      "nor is what is no regular file read");
	CHECK(file && !file->refused && !file->named && hard && !hard->refused, "a hard link is a file");
	walk_free(&walk);
	CHECK(walk_tree(&walk, &arena, at("by-link"), &error) && walk.count == 7,
	      "a root that the user names may be a link to a folder");
	walk_free(&walk);
}

static void check_roots(void)
{
	struct walk walk = {0};
	struct error error = {0};
	CHECK(walk_tree(&walk, &arena, at("real/sub/f"), &error) && walk.count == 1 && walk.files[0].named &&
	          str_eq(walk.files[0].path, STR("f")) && str_eq(walk.files[0].reached, str_from(at("real/sub/f"))),
	      "a root that is a file has its own name as its path, and is known to be named");
	walk_free(&walk);
	CHECK(walk_tree(&walk, &arena, at("links/file"), &error) && walk.count == 1 && walk.files[0].named &&
	          !walk.files[0].refused,
	      "a file may be named by a link");
	walk_free(&walk);
	CHECK(!walk_tree(&walk, &arena, at("nowhere"), &error) && error.kind == ERROR_INPUT &&
	          strcmp(error.file, at("nowhere")) == 0 && walk.count == 0,
	      "a root that is not there is an input error that names it");
	CHECK(!walk_tree(&walk, &arena, at("links/broken"), &error) && error.kind == ERROR_INPUT, "a broken link too");
	walk_free(&walk);
}

static void check_deep(void)
{
	struct walk walk = {0};
	struct error error = {0};
	if (shell(
		"mkdir deep && cd deep && i=0 && while [ $i -lt 190 ]; do mkdir d && cd d && i=$((i+1)); done && echo x >f") !=
	    0)
		abort();
	CHECK(walk_tree(&walk, &arena, at("deep"), &error) && walk.count == 1, "a file 190 folders deep is found");
	walk_free(&walk);
	if (shell(
		"cd deep && i=0 && while [ $i -lt 190 ]; do cd d && i=$((i+1)); done && while [ $i -lt 210 ]; do mkdir d && cd d && i=$((i+1)); done") !=
	    0)
		abort();
	CHECK(!walk_tree(&walk, &arena, at("deep"), &error) && error.kind == ERROR_INPUT &&
	          strstr(error.message, "deeper"),
	      "folders nested deeper than 200 are an error, not left out");
	walk_free(&walk);
}

static void check_closed(void)
{
	struct walk walk = {0};
	struct error error = {0};
	if (geteuid() == 0) {
		printf("skip - a folder that may not be read is an error (root may read all)\n");
		return;
	}
	if (shell("mkdir -p half/open half/closed && echo x >half/open/f && chmod 0 half/closed") != 0) abort();
	CHECK(!walk_tree(&walk, &arena, at("half"), &error) && error.kind == ERROR_SYSTEM &&
	          strstr(error.file, "half/closed"),
	      "a folder that may not be read is an error that names it");
	shell("chmod 700 half/closed");
	walk_free(&walk);
}

int main(void)
{
	scratch_open();
	check_order();
	check_names();
	check_links();
	check_roots();
	check_deep();
	check_closed();
	scratch_close();
	arena_free(&arena);
	return check_done();
}
