/* subject: one page on one subject of a packet, for people and as JSON: who owns it, what changed, what proves it. */
#ifndef DOSSIER_CLI_SUBJECT_H
#define DOSSIER_CLI_SUBJECT_H

#include "cli/command.h"
#include "core/error.h"
#include "core/str.h"

#include <stdbool.h>

/* Computed anew from the packet (cli/recompute.h). common->json: every fact, check, finding and gap; else the first of each, so
 * that it fits a page. */
bool subject_print(const char *packet, struct str name, const struct common *common, struct error *error);

#endif
