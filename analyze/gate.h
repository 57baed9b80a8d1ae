/* gate: rules that decide whether the change may pass: --policy FILE, else templates/policies/default.json.
 *
 *     {"gate": [{"rule": "no_new_high", "limit": 0, "match": {"subject": "*prod*"}}]}
 *
 * A rule is a row of the table in gate.c: its name, what it counts, which members it takes, which values are
 * possible. A limit under which the rule could never fail, or never pass, is refused when the policy is read, and so
 * is a match that contradicts the rule's severity. Offenders are named by the ids that reports use.
 */
#ifndef DOSSIER_ANALYZE_GATE_H
#define DOSSIER_ANALYZE_GATE_H

#include "analyze/exceptions.h"

struct gate_entry {
	const struct gate_kind *kind; /* the table's row */
	double limit;
	enum severity severity; /* SEVERITY_COUNT: any */
	struct selector match;
};
struct policy {
	struct gate_entry *entries;
	size_t count;
};

/* file NULL: the default policy. */
bool policy_read(const char *file, struct arena *arena, struct policy *policy, struct error *error);
bool policy_parse(const char *file, struct str text, struct arena *arena, struct policy *policy, struct error *error);

/* Fills result->gate and verdict_pass in; all that the rules look at must be there. covered: analyze/exceptions.h. */
void gate_judge(struct result *result, const struct policy *policy, const bool *covered);

#endif
