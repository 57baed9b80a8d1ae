/* recommendations: what an assessment does not say of itself and an export of the recommendations' metadata does.
 *
 * `az security assessment list` gives severity and policy of a recommendation only where its metadata was expanded;
 * `az security assessment-metadata list` gives both for every key. The two are joined by the key, whichever file stands
 * first. What an assessment says itself stays as it is.
 */
#ifndef DOSSIER_COLLECT_RECOMMENDATIONS_H
#define DOSSIER_COLLECT_RECOMMENDATIONS_H

#include "collect/snapshot.h"

/* Gives findings of `to` without severity, or without policy, those that `from` knows of their recommendations. The
 * two may be the same snapshot; doing it twice changes nothing. */
void recommendations_complete(struct snapshot *to, const struct snapshot *from);

#endif
