/* match: which record of one side is the same as which of the other, tier by tier. */
#ifndef DOSSIER_ANALYZE_MATCH_H
#define DOSSIER_ANALYZE_MATCH_H

#include "analyze/diff.h"

/* What of a snapshot matching needs again and again; one number for each profile or component. */
struct match_side {
	const struct snapshot *snapshot;
	struct fate *fates;
	uint64_t *base;          /* by profile: tool, rule, subject */
	uint64_t *class;         /* while renaming: base with the rule's class for the rule; 0: it has one name */
	uint64_t *place;         /* by profile: tool, subject */
	uint64_t *package;       /* by component: what the package is called apart from its version; 0: none */
	struct match_rest *rest; /* after matcher_narrow: the only ones to look at, in order; NULL: all are */
	uint32_t rest_count;
};

/* A record that has no match yet. */
struct match_rest {
	uint64_t path; /* snapshot_path_hash */
	uint32_t finding;
};

struct rule_lists;

struct matcher {
	struct match_side sides[SIDE_COUNT];
	const struct rule_lists *renaming; /* NULL: rules are the same if their ids are */
	uint64_t left[SIDE_COUNT][2];      /* counted records without a match: not open, open */
	unsigned threads;
};

void matcher_begin(struct matcher *matcher, const struct diff *diff, unsigned threads);
void matcher_end(struct matcher *matcher);

/* From now on only those are looked at that have no match: most have one after the first tier. */
void matcher_narrow(struct matcher *matcher);

/* From now on records are paired whose rules are one under two ids, and no others; NULL: as before. */
void matcher_rename(struct matcher *matcher, const struct rule_lists *lists);

/* Pairs what is still unmatched: before-records that are open (or not), with after-records that are open (or not), in one
 * tier. Sets match and tier of both fates. */
void match_tier(struct matcher *matcher, enum tier tier, bool open_before, bool open_after);

#endif
