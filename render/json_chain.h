/* json_chain: the object that `diff --json` prints of more than two points.
 *
 *     {"dossier":"diff-chain","version":1,
 *      "points":[{"path":"2026-01","captured":"2026-01-05T08:00:00Z","records":14,"open":12,"first_seen":9}],
 *      "steps":[{"dossier":"diff","version":1,...}],
 *      "findings":[{...,"first_seen":{"point":0,"captured":"2026-01-05T08:00:00Z","key":"K-..."},"age_days":28}]}
 *
 * A step is what json_diff writes of its two points, without findings. "findings" is there when it was asked for: what is open at the last
 * point, each as in the last step (json_finding), then since when. "listed" stands before it as with two points.
 */
#ifndef DOSSIER_RENDER_JSON_CHAIN_H
#define DOSSIER_RENDER_JSON_CHAIN_H

#include "analyze/diff_chain.h"
#include "render/json.h"

/* steps: the steps' objects, separated by commas. last: the diff of the last step. select as for json_diff_selected, asked about what is
 * open at the last point only; NULL: no findings. */
bool json_chain(const struct diff_chain *chain, const struct diff *last, struct str steps,
                const struct json_select *select, struct sink sink, struct error *error);

#endif
