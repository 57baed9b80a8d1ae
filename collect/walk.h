/* walk: the regular files below a folder, in byte order of their paths; links are not followed. */
#ifndef DOSSIER_COLLECT_WALK_H
#define DOSSIER_COLLECT_WALK_H

#include "core/arena.h"
#include "core/error.h"
#include "core/str.h"

struct walk_file {
	struct str path;     /* below the root, '/' between names; a root that is a file: its own name */
	struct str reached;  /* root and path, for opening it and for messages; NUL-terminated */
	const char *refused; /* why it is no evidence ("a symbolic link", "not a regular file"), or NULL */
	bool named;          /* it was named by itself, not found in a folder */
	const void *
	    stored; /* its records were read before: what a collect_store knows it by; NULL: they are still to be read */
};

struct walk {
	struct walk_file *files;
	size_t count, capacity;
};

/* False: the root cannot be read. A folder below it that cannot be read is an error too: nothing is left out in silence. */
bool walk_tree(struct walk *walk, struct arena *arena, const char *root, struct error *error);
/* Sorts the files from `from` on by the bytes of their paths. */
void walk_sort(struct walk *walk, size_t from);
void walk_free(struct walk *walk);

#endif
