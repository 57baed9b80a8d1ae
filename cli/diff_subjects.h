/* diff_subjects: what stands for the subjects of a list of findings.
 *
 * On a terminal an ARM id is as short as the report has it (analyze/expects.h, arm_name), else one row takes three lines: its name and type, its
 * group, its subscription. Where two subjects of the list would then read alike, both stay whole. In a file or a pipe all are whole, since a
 * program may be reading.
 */
#ifndef DOSSIER_CLI_DIFF_SUBJECTS_H
#define DOSSIER_CLI_DIFF_SUBJECTS_H

#include "analyze/diff.h"

struct diff_subjects {
	struct arena arena;
	struct str *texts; /* of each item */
};

/* items: those that are listed. terminal: the list goes to one. */
void diff_subjects_begin(struct diff_subjects *subjects, const struct diff *diff, const struct diff_item *items,
                         size_t count, bool terminal);
void diff_subjects_free(struct diff_subjects *subjects);

#endif
