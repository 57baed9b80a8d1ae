/* sides: what a command was given as before and after: of each side one root or several (collect/roots.h). */
#ifndef DOSSIER_CLI_SIDES_H
#define DOSSIER_CLI_SIDES_H

#include "cli/command.h"

/* Zero-initialised is none; sides_free. Paths are borrowed. */
struct sides {
	const char **paths[SIDE_COUNT];
	size_t count[SIDE_COUNT], capacity[SIDE_COUNT];
};

/* The same path a second time is the same root. */
void sides_add(struct sides *sides, enum side side, const char *path);
void sides_free(struct sides *sides);

/* As collect_pair. */
bool sides_collect(const struct sides *sides, struct snapshot snapshots[SIDE_COUNT],
                   const struct collect_options *options, struct error *error);
/* Says the warnings of a side; then names each file that was named by itself and cannot be read as evidence: its exit status. */
int sides_judge(const struct sides *sides, enum side side, const struct snapshot *snapshot);

#endif
