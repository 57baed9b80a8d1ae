/* explain: what `inspect --explain` prints of a struct explain: text for people, or one JSON object.
 *
 *     {"dossier":"explain","version":1,"files":[{"path":..,"format":..,"spec":..,
 *       "bids":[{"format":..,"spec":..,"score":..,"why":..}],      every format, highest first; score 0: it does not bid
 *       "paths":[{"kind":..,"at":..,"records":..}],
 *       "document":[FIELD...],
 *       "records":[{"kind":..,"at":..,"pointer":..,"offset":..,"length":..,"problem":..,"fields":[FIELD...]}]}]}
 *     FIELD: {"field":..,"value":..,"from":[..],"withheld":true}   withheld only where it is
 *
 * format and spec are null if no format bids; problem is null for a record that could be read.
 */
#ifndef DOSSIER_CLI_EXPLAIN_H
#define DOSSIER_CLI_EXPLAIN_H

#include "collect/explain.h"

void print_explanation(const struct explain *explain, bool json);

#endif
