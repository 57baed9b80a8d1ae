/* diff_facts: what a change did to the facts: added, removed, changed, or not exported again. */
#ifndef DOSSIER_ANALYZE_DIFF_FACTS_H
#define DOSSIER_ANALYZE_DIFF_FACTS_H

#include "analyze/diff.h"

/* Fills in diff->facts and diff->fact_changes. */
void diff_facts(struct diff *diff);

#endif
