/* json_subject: what `trace --subject` prints.
 *
 *     {"dossier":"trace","version":1,"subject":"...","owner":"...","change":"CHG-1",
 *      "facts":[{"subject","fact","before","after","outcome","evidence":{...}}],
 *      "checks":[{"id","subject","before","after","evidence":{...} or null}],
 *      "outcomes":{"fixed":3,...}, "findings":[{"id","outcome","severity","rule","title","subject","owner","evidence":{...}}],
 *      "gaps":[{"code","gap","message","owner","command"}]}
 *
 * evidence: {"path":"data/evidence/after/...","sha256","offset","length"}.
 */
#ifndef DOSSIER_RENDER_JSON_SUBJECT_H
#define DOSSIER_RENDER_JSON_SUBJECT_H

#include "analyze/subject.h"
#include "render/sink.h"

bool json_subject(const struct result *result, const struct subject *subject, struct sink sink, struct error *error);

#endif
