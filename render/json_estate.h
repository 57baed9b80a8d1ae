/* json_estate: what analyze/estate.h counts, as the member "estate" of what build prints.
 *
 *     {"subscriptions":[{"subscription":"GUID","name":"sub-a","owner":"team-1","in_change":true,
 *                        "before":{"exported":true,"plan":"Free","overlapping_plans":[],"clusters":6,...},"after":{...}}],
 *      "total":{"before":{"clusters":12,...},"after":{...}},
 *      "roles":[{"scope":"...","principal":"...","role":"Owner","powers":["administer_clusters"],"outcome":"added","owner":""}],
 *      "unscanned":[{"registry":"...","repositories":5,"never_scanned":2,"first":"a, b"}],
 *      "scanner_overlaps":[{"tools":"Grype, Trivy","images":3,"vulnerabilities":17}]}
 *
 * The numbers of a side are estate_quantities; the plan is null where it was not exported.
 */
#ifndef DOSSIER_RENDER_JSON_ESTATE_H
#define DOSSIER_RENDER_JSON_ESTATE_H

#include "analyze/estate.h"
#include "render/sink.h"

/* Appends the object. */
void json_estate(struct writer *w, const struct estate *estate);

#endif
