/* observed: what was observed, rule by rule: the findings of both sides grouped by tool and rule, for outputs that speak of
 * rules and not of records (OSCAL, ARF). Such an output stays small however many findings there are.
 *
 * Only what counts is counted: no finding of a duplicate or superseded file. Tools and rules are told apart without case. At
 * most `most` rules have a group of their own: the worst severity open after first, then the most findings open after, open
 * before, then by tool and rule. What is left over is one group for each tool, so that the sums over all groups are those of the
 * whole diff.
 */
#ifndef DOSSIER_RENDER_OBSERVED_H
#define DOSSIER_RENDER_OBSERVED_H

#include "analyze/analyze.h"

enum { OBSERVED_SUBJECTS = 20, OBSERVED_EXAMPLES = 4, OBSERVED_EXCEPTIONS = 8 };

struct observed_subject {
	struct str name;
	uint32_t open[SIDE_COUNT];
};

struct observed {
	struct str tool, rule, title; /* as the after side writes them, where it does */
	bool rest;                    /* what is left over of a tool: then rule and title are empty */
	uint32_t rules;               /* 1; of what is left over: how many */
	enum severity severity;       /* the worst of what is open after, else of what was open before, else of all */
	uint32_t by_status[SIDE_COUNT][STATUS_COUNT];
	uint32_t outcomes[OUTCOME_COUNT]; /* each matched pair once; what is gone: by the before record */
	uint32_t excepted;                /* of those open after: an exception covers them */
	/* Exceptions that speak of what is open after: places in result->exceptions, ascending; further ones are not named. */
	uint32_t exceptions[OBSERVED_EXCEPTIONS], exception_count;
	/* Subjects with an open finding on either side, those with the most open after first. None are named of what is left over. */
	struct observed_subject *subjects;
	uint32_t subject_count, subject_named;
	/* Records that show it, from as many files as there are: open after, else open before, else any. */
	struct observed_example {
		enum side side;
		uint32_t finding, input;
	} examples[OBSERVED_EXAMPLES];
	uint32_t example_count;
};

struct observed_list {
	struct observed *list;
	size_t count;
	uint64_t rules;  /* that were observed at all */
	uint32_t *slots; /* by tool and rule: number + 1 */
	size_t slot_count;
};

/* In the arena; strings are the result's. */
void observed_collect(struct observed_list *observed, const struct result *result, size_t most, struct arena *arena);
/* The rule's group, or that of what is left over of its tool; NULL: the rule was not observed. */
const struct observed *observed_find(const struct observed_list *observed, struct str tool, struct str rule);

#endif
