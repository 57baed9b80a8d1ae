/* diff_chain: what `diff` says of more than two points: each step, and since when what is open at the last has been open. */
#ifndef DOSSIER_CLI_DIFF_CHAIN_H
#define DOSSIER_CLI_DIFF_CHAIN_H

#include "cli/command.h"
#include "cli/diff_list.h"
#include "cli/sides.h"

struct chain_request {
	struct common common;
	struct diff_filter *filter;
	bool list, stream; /* with --json: findings were asked for; as NDJSON */
};

/* Returns the exit status. Nothing is printed on standard output before all points were read. */
int diff_chain_run(const struct chain_request *request, const struct root_list *points, size_t count);

#endif
