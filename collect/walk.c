#include "collect/walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { DEEPEST = 200 };

static void add(struct walk *walk, struct str path, struct str reached, const char *refused, bool named)
{
	ARRAY_RESERVE(walk->files, walk->count, walk->capacity);
	walk->files[walk->count++] =
	    (struct walk_file){.path = path, .reached = reached, .refused = refused, .named = named};
}

/* A copy: the name is the folder's as long as it is being read. */
static struct str within(struct arena *arena, struct str folder, struct str name)
{
	struct str slash = str_ends(folder, STR("/")) ? STR_EMPTY : STR("/");
	return folder.len ? str_join(arena, folder, slash, name) : str_dup(arena, name);
}

static bool folder(struct walk *walk, struct arena *arena, struct str path, struct str reached, int depth,
                   struct error *error)
{
	if (depth > DEEPEST)
		return error_set(error, ERROR_INPUT, reached.ptr, "folders are nested deeper than %d", DEEPEST);
	DIR *dir = opendir(reached.ptr);
	if (!dir) return error_errno(error, reached.ptr, "cannot read the folder");
	bool good = true;
	errno = 0;
	for (struct dirent *entry; good && (entry = readdir(dir)); errno = 0) {
		struct str name = str_from(entry->d_name);
		if (str_eq(name, STR(".")) || str_eq(name, STR(".."))) continue;
		struct str below = within(arena, path, name), full = within(arena, reached, name);
		unsigned char type = entry->d_type;
		struct stat info;
		if (type == DT_UNKNOWN) { /* most file systems say it, and spare a look at each file */
			good = lstat(full.ptr, &info) == 0 || error_errno(error, full.ptr, "cannot examine");
			type = good ? (unsigned char)IFTODT(info.st_mode) : DT_UNKNOWN;
		}
		if (good && type == DT_DIR)
			good = folder(walk, arena, below, full, depth + 1, error);
		else if (good)
			add(walk, below, full,
			    type == DT_REG   ? NULL
			    : type == DT_LNK ? "a symbolic link"
			                     : "not a regular file",
			    false);
	}
	if (good && errno) good = error_errno(error, reached.ptr, "cannot read the folder");
	closedir(dir);
	return good;
}

static int by_path(const void *a, const void *b)
{
	return str_cmp(((const struct walk_file *)a)->path, ((const struct walk_file *)b)->path);
}

void walk_sort(struct walk *walk, size_t from)
{
	if (walk->count > from) qsort(walk->files + from, walk->count - from, sizeof(*walk->files), by_path);
}

bool walk_tree(struct walk *walk, struct arena *arena, const char *root, struct error *error)
{
	struct stat info;
	struct str reached = str_dup(arena, str_from(root));
	if (stat(root, &info) != 0) return error_errno(error, root, "cannot examine");
	if (!S_ISDIR(info.st_mode)) {
		add(walk, str_after_last(reached, '/'), reached, NULL, true);
		return true;
	}
	size_t first = walk->count;
	if (!folder(walk, arena, STR_EMPTY, reached, 0, error)) return false;
	walk_sort(walk, first);
	return true;
}

void walk_free(struct walk *walk)
{
	free(walk->files);
	*walk = (struct walk){0};
}
