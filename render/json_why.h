/* json_why: what an outcome rests on, as the member "why" of a finding.
 *
 *     {"reason":"matched","agreed":["tool","rule","subject","path","message"],
 *      "differs":[{"field":"line","before":12,"after":13}]}
 *     {"reason":"incomplete","unit":{"tool":"Trivy","target":"registry.example/app"}}
 *
 * The words are those of analyze/why.h. A value that the record does not give is null; of texts that are not kept (messages, snippets,
 * fingerprints) both are null.
 */
#ifndef DOSSIER_RENDER_JSON_WHY_H
#define DOSSIER_RENDER_JSON_WHY_H

#include "analyze/why.h"
#include "core/buf.h"

/* Appends the object. snapshot: of the finding's own side. */
void json_why(struct buf *buf, const struct snapshot *snapshot, const struct why *why);

#endif
