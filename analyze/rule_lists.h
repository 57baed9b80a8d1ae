/* rule_lists: what the rules that exports list say of a finding that stands on one side only: whether the other side's tool looked for
 * its rule at all, and which rules are one rule under another name.
 *
 * Some tools list every rule they ran, others only those with results: in a list of the second kind a rule is missing because
 * nothing was found. So a tool is taken to list all its rules if some run of it, on either side, lists one that has no result in that
 * run; and a list counts for a scope unit only if every file that counts there brings one.
 */
#ifndef DOSSIER_ANALYZE_RULE_LISTS_H
#define DOSSIER_ANALYZE_RULE_LISTS_H

#include "analyze/diff.h"

struct rule_lists {
	bool *unlisted
	    [SIDE_COUNT]; /* by profile of a side: the other side lists its rules for the unit, without this one; NULL: none is */
	uint64_t *class
	    [SIDE_COUNT]; /* by profile: the same number for rules that are one under several names; 0: it has one name. NULL: no
	                                rule has two */
	struct rule_pair {
		uint64_t a, b; /* hashes of tool and rule, a < b */
	} * pairs;             /* one was the other's name; sorted */
	size_t pair_count, pair_capacity;
};

void rule_lists_make(struct rule_lists *lists, const struct diff *diff);
void rule_lists_free(struct rule_lists *lists);

/* Tool and rule as the pairs have them, without case. */
uint64_t rule_lists_hash(const struct snapshot *snapshot, const struct profile *profile);
/* One of the two rules was named as the other is. */
bool rule_lists_renamed(const struct rule_lists *lists, uint64_t a, uint64_t b);

#endif
