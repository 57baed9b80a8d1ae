/* diff_facts: what a change did to the facts: added, removed, changed, or not exported again. */
#ifndef DOSSIER_ANALYZE_DIFF_FACTS_H
#define DOSSIER_ANALYZE_DIFF_FACTS_H

#include "analyze/diff.h"

/* Fills in diff->facts and diff->fact_changes. */
void diff_facts(struct diff *diff);

/* The facts' indexes by subject and name without case, each (subject, name) once: that of the latest capture. Large. */
uint32_t *facts_in_order(const struct snapshot *snapshot, uint32_t *count);
/* A resource's facts were exported: by a `show` of it, or by a list of its subscription, in the fact's format. */
bool fact_was_assessed(const struct snapshot *snapshot, struct str format, struct str subject);

#endif
