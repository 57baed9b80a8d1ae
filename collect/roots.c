#include "collect/roots.h"

#include "collect/collect.h"

#include <stdlib.h>
#include <string.h>

/* The last name of the path as it was given; where that is none of its own ("." or ".."), of what it stands for. Empty: "/". */
static struct str name_of(const char *path, struct arena *arena)
{
	struct str given = str_from(path);
	while (str_ends(given, STR("/"))) given.len--;
	struct str name = str_after_last(given, '/');
	if (name.len && !str_eq(name, STR(".")) && !str_eq(name, STR(".."))) return name;
	char *full = realpath(path, NULL);
	name = full ? str_dup(arena, str_after_last(str_from(full), '/')) : STR_EMPTY;
	free(full);
	return name;
}

static struct str without(struct str name, struct str ending)
{
	return str_ends(name, ending) ? str_slice(name, 0, name.len - ending.len) : name;
}

/* The root's files, from `from` on, get its name before their paths, where it is not their name already. */
static struct str put_below(struct walk *walk, size_t from, struct str name, bool file, struct arena *arena)
{
	if (file && walk->count == from + 1 && walk->files[from].named) return name;
	if (file) name = without(name, STR(".tar.zst"));
	for (size_t i = from; i < walk->count; i++)
		walk->files[i].path = str_printf(arena, "%.*s/%.*s", STR_ARG(name), STR_ARG(walk->files[i].path));
	return name;
}

static bool distinct(const struct roots *roots, const struct str *names, size_t i, struct error *error)
{
	for (size_t k = 0; k < i; k++)
		if (str_eq(names[k], names[i]))
			return error_set(
			    error, ERROR_INPUT, roots->paths[i],
			    "is called %.*s, as %s is, and the files of one side are kept apart by that name: "
			    "rename one of them, or give one folder that holds both",
			    STR_ARG(names[i]), roots->paths[k]);
	return true;
}

static bool all_parts(const struct roots *roots, const struct collect_store *store)
{
	for (size_t i = 0; i < roots->count; i++)
		if (!store->is_part(store->context, roots->paths[i])) return false;
	return true;
}

bool roots_walk(struct walk *walk, struct arena *arena, const struct roots *roots, const struct collect_store *store,
                struct error *error)
{
	struct str *names = ARENA_ARRAY(arena, struct str, roots->count + 1);
	size_t first = walk->count;
	if (store && roots->count > 1 && all_parts(roots, store)) {
		for (size_t i = 0; i < roots->count; i++)
			if (!walk_tree(walk, arena, roots->paths[i], error)) return false;
		return store->expand(store->context, walk, first, arena, error);
	}
	for (size_t i = 0; i < roots->count; i++) {
		size_t from = walk->count;
		bool several = roots->count > 1;
		if (several) names[i] = name_of(roots->paths[i], arena);
		if (several && !names[i].len)
			return error_set(error, ERROR_INPUT, roots->paths[i],
			                 "has no name by which its files can be told from those of the others");
		if (!walk_tree(walk, arena, roots->paths[i], error)) return false;
		bool file = walk->count == from + 1 && walk->files[from].named;
		if (store && !store->expand(store->context, walk, from, arena, error)) return false;
		if (!several) return true;
		names[i] = put_below(walk, from, names[i], file, arena);
		if (!distinct(roots, names, i, error)) return false;
	}
	walk_sort(walk, first);
	return true;
}
