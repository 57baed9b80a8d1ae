/* diff_list: which findings of a difference a person asked for, and how they are listed. */
#ifndef DOSSIER_CLI_DIFF_LIST_H
#define DOSSIER_CLI_DIFF_LIST_H

#include "analyze/diff.h"
#include "cli/terminal.h"

/* What --outcome, --severity, --tool and --subject say. Values of one option are alternatives; options are ANDed. */
enum { FILTER_GLOBS = 32 };
struct diff_filter {
	const struct diff *diff;
	unsigned outcomes, severities;                          /* bits; 0: all */
	struct str tools[FILTER_GLOBS], subjects[FILTER_GLOBS]; /* globs, without case */
	size_t tool_count, subject_count;
	bool unchanged; /* also those that are unchanged, though no outcome is named */
	uint64_t limit; /* UINT64_MAX: all */
	bool narrowed;  /* one of the four was given */
};

/* True if the word is a name of the vocabulary; its bit is set. */
bool filter_word(unsigned *bits, const char *const *names, size_t count, const char *word);
/* For diff_each and json_select: context is the filter. */
bool filter_wants(void *context, const struct diff_item *item);
/* How many findings it wants; of one side only, or of both: SIDE_COUNT. */
uint64_t filter_count(struct diff_filter *filter, enum side side);

/* Those findings by outcome, then severity, rule, subject and place, in a list that is the caller's to free; their number. */
size_t diff_list_sorted(struct diff_filter *filter, enum side side, struct diff_item **items);
/* Adds the cells of one finding: id, severity, rule, subject as it is written here (cli/diff_subjects.h) and place. */
enum { DIFF_ROW_CELLS = 5 };
void diff_list_row(struct table *table, const struct diff *diff, const struct diff_item *item, struct str subject,
                   struct buf *scratch);
/* By outcome, then severity, rule, subject and place; above the list says how much of it is shown. */
void diff_list_print(struct diff_filter *filter);

/* What is behind one finding, for a person or as a JSON object: id is F-... of a record or K-... of a weakness. False: there is no
 * such finding. */
bool diff_explain(const struct diff *diff, const char *id, bool json);

#endif
