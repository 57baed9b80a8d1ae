/* sides: what a command was given as before and after, or as a point of several: one root or several (collect/roots.h). */
#ifndef DOSSIER_CLI_SIDES_H
#define DOSSIER_CLI_SIDES_H

#include "cli/command.h"

/* Roots that are one side together. Zero-initialised is none; the array is the list's, root_list_free; paths are borrowed. */
struct root_list {
	const char **paths;
	size_t count, capacity;
};
/* The same path a second time is the same root. */
void root_list_add(struct root_list *roots, const char *path);
void root_list_free(struct root_list *roots);

/* Zero-initialised is none; sides_free. */
struct sides {
	struct root_list of[SIDE_COUNT];
};
void sides_free(struct sides *sides);

/* As collect_pair. */
bool sides_collect(const struct sides *sides, struct snapshot snapshots[SIDE_COUNT],
                   const struct collect_options *options, struct error *error);
/* Says the warnings of a side; then names each file that was named by itself and cannot be read as evidence: its exit status. */
int sides_judge(const struct sides *sides, enum side side, const struct snapshot *snapshot);

#endif
