/* previous: what `build --previous PACKET` takes from the earlier packet. */
#ifndef DOSSIER_CLI_PREVIOUS_H
#define DOSSIER_CLI_PREVIOUS_H

#include "core/arena.h"
#include "core/error.h"

/* Verifies the packet, and describes it (analyze/previous.h) in a file in memory; path, in the arena, opens it. -1 on error; a
 * packet that does not verify is ERROR_INPUT: nothing is chained to it. */
int previous_describe(const char *packet, unsigned jobs, struct arena *arena, const char **path, struct error *error);

#endif
