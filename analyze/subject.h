/* subject: all that a result says of one cluster, image, registry or subscription: who owns it, what changed, and what
 * proves it.
 *
 * A name is a whole subject, or how its id ends ("aks-1"), or a subscription's GUID or name; without case. What lies
 * under the subject belongs to it: a cluster's node pools, a subscription's resources, the images of a registry.
 */
#ifndef DOSSIER_ANALYZE_SUBJECT_H
#define DOSSIER_ANALYZE_SUBJECT_H

#include "analyze/analyze.h"

struct subject_of_findings {
	uint64_t outcomes[OUTCOME_COUNT][SEVERITY_COUNT];
	struct diff_item *items; /* new and reopened, not reassessed, then all others; the worst first inside */
	size_t count;
};

struct subject {
	struct str id, owner;
	bool subscription;
	const struct fact_change **facts; /* changed, removed, added, then not reassessed */
	size_t fact_count;
	const struct check_row **checks; /* failing after, not assessed after, then the others */
	size_t check_count;
	struct subject_of_findings findings;
	const struct notice **notices; /* gaps of its files, and those that name it */
	size_t notice_count;
};

/* False: nothing has the name (ERROR_INPUT), or several things have: the message names the first of them. All memory
 * is in the arena; the result must outlive the subject. */
bool subject_find(const struct result *result, struct str name, struct subject *subject, struct arena *arena,
                  struct error *error);

#endif
