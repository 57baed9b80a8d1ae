/* checks: our own posture checks over exported state, beside the scanners' findings and never mixed into their counts.
 *
 * The checks are data: templates/checks/NAME.json, all of them, in the order of their files' names.
 *
 *     {"checks": [{
 *        "id": "azure.aks.rbac", "title": "...", "severity": "high",
 *        "type": "Microsoft.ContainerService/managedClusters",   the ARM type of the resource whose facts are read
 *        "name": "Containers",          only the resource of this name (optional)
 *        "row": "scope",                the row's subject is the subscription that the resource belongs to (optional)
 *        "formats": ["azure.aks"],      only facts from these formats say that the resource was exported
 *        "pass": RULE,                  else fail
 *        "notes": [{"when": RULE, "note": "stopped during the capture"}]
 *     }]}
 *
 * A RULE is one of those of analyze/rules.h. "applies": RULE says for which resources the check has a meaning at all:
 * where it does not hold, or cannot be known, the side is not assessed, and a subject on neither side has no row.
 *
 * Instead of "pass": {"related": {"type": TYPE, "format": FORMAT, "having": RULE}} passes if some resource of the
 * type under the subject (an extension of a cluster) has such facts; not assessed where no whole file of the format
 * speaks of the subject. With "which": "every" all of them must have them; not assessed if there is none,
 * or, with "none": "fail", failed. "part": "daemonsets" asks that the export speaks of that part of the subject.
 *
 * One row for each subject that a fact or finding names on either side, and for "row": "scope" each subscription;
 * not_assessed on a side that does not hold the resource's export.
 */
#ifndef DOSSIER_ANALYZE_CHECKS_H
#define DOSSIER_ANALYZE_CHECKS_H

#include "analyze/expects.h"

struct checks {
	struct check *list;
	size_t count;
};

/* Reads every template below checks/. */
bool checks_read(struct checks *checks, struct arena *arena, struct error *error);
/* The same from one text, appended: for tests. */
bool checks_parse(struct checks *checks, const char *file, struct str text, struct arena *arena, struct error *error);
/* A check of that id exists. */
bool checks_known(const struct checks *checks, struct str id);
/* Ids, for suggestions. */
const char *const *checks_ids(const struct checks *checks, struct arena *arena);

/* Rows by check in the order of the templates, then by subject. Owners are left empty. */
void checks_run(const struct checks *checks, const struct facts *facts, struct arena *arena, struct check_row **rows,
                size_t *row_count);

#endif
