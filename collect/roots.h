/* roots: the folders, files and snapshots that make one side together.
 *
 * One root: paths are below it, and its own name is no part of them. Of several, each root's name stands before its paths, so that
 * `jan feb` is the side that a folder holding `jan` and `feb` is, to the byte and in whatever order they are given:
 *
 *     exports/jan/        jan/trivy.json  jan/azure/plan.json
 *     feb.tar.zst         feb/trivy.json                         a snapshot: its name without .tar.zst
 *     scan.sarif          scan.sarif                             a file
 *
 * Snapshots that are parts, all of them, are what a folder with these parts in it would be, and no names stand before the paths.
 */
#ifndef DOSSIER_COLLECT_ROOTS_H
#define DOSSIER_COLLECT_ROOTS_H

#include "collect/walk.h"

/* Borrowed; in any order. */
struct roots {
	const char *const *paths;
	size_t count;
};

struct collect_store;

/* Appends the files of all roots to the walk, sorted by path. Snapshots are replaced by what they hold; store NULL: there are
 * none. False with the error: a root cannot be read, or two have one name, or one has none ("/"). */
bool roots_walk(struct walk *walk, struct arena *arena, const struct roots *roots, const struct collect_store *store,
                struct error *error);

#endif
