/* diff: what became of every finding between two snapshots.
 *
 * Open findings of the same tool are compared in four tiers (identity, content, moved, renamed); inside a tier matching is
 * one to one, equal ones first. What is left over before is then looked for among the after side's records that are not
 * open. The two sums always hold:
 *   open before = unchanged + updated + fixed + fixed_verified + dismissed + not_reassessed
 *   open after  = unchanged + updated + new + newly_in_scope + reopened
 * See docs/diff.md.
 */
#ifndef DOSSIER_ANALYZE_DIFF_H
#define DOSSIER_ANALYZE_DIFF_H

#include "collect/naming.h"
#include "core/error.h"

enum outcome {
	OUTCOME_UNCHANGED,
	OUTCOME_UPDATED,
	OUTCOME_FIXED,
	OUTCOME_FIXED_VERIFIED,
	OUTCOME_DISMISSED,
	OUTCOME_NOT_REASSESSED,
	OUTCOME_NEW,
	OUTCOME_NEWLY_IN_SCOPE,
	OUTCOME_REOPENED,
	OUTCOME_COUNT,
	OUTCOME_NONE =
	    OUTCOME_COUNT /* the record is not open, or counts nowhere (duplicate file, superseded, archived) */
};

/* Bits of fate.updated_by. */
enum { UPDATED_LOCATION = 1, UPDATED_SEVERITY = 2, UPDATED_VERSION = 4, UPDATED_MESSAGE = 8, UPDATED_KINDS = 4 };

enum tier { TIER_NONE, TIER_IDENTITY, TIER_CONTENT, TIER_MOVED, TIER_RENAMED };

#define NO_MATCH UINT32_MAX

/* What became of one finding; one for each finding of a snapshot, at the same index. */
struct fate {
	uint32_t match; /* index of the other side's record that it was matched with, or NO_MATCH */
	uint8_t outcome, updated_by, tier;
	uint8_t counted : 1;      /* it is part of the comparison: not from a duplicate or superseded file */
	uint8_t new_rule : 1;     /* new, and the before side lists its rules without this one */
	uint8_t rule_gone : 1;    /* not reassessed: the after side lists its rules without this one */
	uint8_t rule_renamed : 1; /* matched under another id of the same rule */
	uint8_t status : 3;       /* enum status, of its profile */
	uint8_t spare : 1;        /* 0, so that equal fates are equal bytes */
};

/* An open finding, wherever one is counted: it is part of the comparison, and it fails. */
static inline bool fate_is_open(const struct fate *fate) { return fate->counted && fate->status == STATUS_FAIL; }

struct change_of_severity {
	uint64_t before, after;         /* in units assessed on both sides */
	uint64_t raw_before, raw_after; /* everything */
};

enum fact_outcome { FACT_UNCHANGED, FACT_ADDED, FACT_REMOVED, FACT_CHANGED, FACT_NOT_REASSESSED, FACT_OUTCOME_COUNT };

/* A fact that differs. before and after are indexes into the snapshots' facts, or NO_MATCH. */
struct fact_change {
	uint32_t before, after;
	enum fact_outcome outcome;
};

struct diff {
	const struct snapshot *sides[SIDE_COUNT];
	struct fate *fates[SIDE_COUNT];
	uint64_t records[SIDE_COUNT], open[SIDE_COUNT]; /* counted findings */
	uint64_t by_severity[SIDE_COUNT][SEVERITY_COUNT];
	uint64_t outcomes[OUTCOME_COUNT];
	uint64_t by_outcome[OUTCOME_COUNT]
			   [SEVERITY_COUNT]; /* severity of the after record where there is one that is open */
	/* Rows of the decision page: what became of the findings that were open before, by their severity before. */
	uint64_t by_outcome_before[OUTCOME_COUNT][SEVERITY_COUNT];
	uint64_t updated_by[UPDATED_KINDS];
	uint64_t new_rule, rule_gone, rule_renamed; /* findings with that flag, a pair once */
	struct change_of_severity reduction[SEVERITY_COUNT], subjects[SEVERITY_COUNT];
	struct change_of_severity reduction_all, subjects_all;
	uint64_t facts[FACT_OUTCOME_COUNT];
	struct fact_change *fact_changes; /* by subject, then name, without case */
	uint32_t fact_change_count;
	/* Ids and keys by finding (naming_text), after diff_name; before, NULL. */
	uint64_t *ids[SIDE_COUNT], *keys[SIDE_COUNT];
	/* By finding, what its match has: the record, and after diff_name its id. NULL where a look at the other side costs no more. */
	struct finding *brought[SIDE_COUNT];
	uint64_t *brought_ids[SIDE_COUNT];
	/* For each unit of a side: it was assessed on the other side too. */
	bool *unit_assessed_on_other[SIDE_COUNT];
};

extern const char *const outcome_names[OUTCOME_COUNT];
extern const char *const fact_outcome_names[FACT_OUTCOME_COUNT];
extern const char *const updated_names[UPDATED_KINDS];
extern const char *const tier_names[];

void diff_run(struct diff *diff, const struct snapshot *before, const struct snapshot *after, unsigned threads);
void diff_free(struct diff *diff);

/* The other side's record that a finding is matched with; it has a match. Its profile and strings are numbers of the other side. */
static inline const struct finding *diff_match(const struct diff *diff, enum side side, uint32_t finding)
{
	if (diff->brought[side]) return &diff->brought[side][finding];
	return &diff->sides[1 - side]->findings[diff->fates[side][finding].match];
}

/* 100 * (after - before) / before, as printf rounds it to one decimal; false at before = 0. */
bool diff_percent(uint64_t before, uint64_t after, double *percent);

/* The finding's id (collect/naming.h), and the number in it. */
void diff_id(const struct diff *diff, enum side side, uint32_t finding, char id[19]);
uint64_t diff_id_number(const struct diff *diff, enum side side, uint32_t finding);
/* The id of what a finding is matched with; it has a match. */
void diff_match_id(const struct diff *diff, enum side side, uint32_t finding, char id[19]);
/* Its key: a finding matched below the first tier keeps the key of its before record. */
void diff_key(const struct diff *diff, enum side side, uint32_t finding, char key[19]);
/* Computes the ids and keys of all findings, 16 bytes for each; from then on those above look them up. For outputs that name many. */
void diff_name(struct diff *diff, unsigned threads);

/* Walks what `findings` lists: each finding that is open on either side, a matched pair once. After side first, in the
 * order of evidence; then what is gone from the before side. Returns false when f did. */
struct diff_item {
	enum side side;
	uint32_t finding;
	uint32_t matched; /* the other side's record, or NO_MATCH */
	enum outcome outcome;
};
bool diff_each(const struct diff *diff, bool (*f)(void *context, const struct diff_item *), void *context);
/* Of these, the findings [from, to) of one side. */
bool diff_each_of(const struct diff *diff, enum side side, uint32_t from, uint32_t to,
                  bool (*f)(void *context, const struct diff_item *), void *context);

#endif
