/* json_controls: the frameworks asked for and their controls, as lists of objects.
 *
 *     {"framework":"MCSB","control":"PV-6","state":"not_satisfied","open":3,"pass":1,"exceptions":0,"title":"...",
 *      "before":"not_satisfied","manual":0,"not_assessed":2,"unassessed":["subscription 79cb..."],"moved":"...",
 *      "reported":{"before":"Failed","after":"Failed"},"disagrees":false,"link_count":30,"links":[
 *       {"tool":"...","rule":"...","title":"...","through":"policy 090c7b07-...","source":"...",
 *        "before":{"open":4,"pass":0,"manual":0,"finding":"F-..."},"after":{"open":3,...,"excepted":0},"not_assessed":2}]}
 *
 * The first CONTROL_LINKS links are written, those that hold the control back first; link_count says how many there are.
 * title, unassessed, moved and reported are there only where they say something.
 */
#ifndef DOSSIER_RENDER_JSON_CONTROLS_H
#define DOSSIER_RENDER_JSON_CONTROLS_H

#include "analyze/result.h"
#include "render/sink.h"

enum { CONTROL_LINKS = 20 }; /* of one control, in outputs that list them */

void json_controls(struct writer *writer, const struct result *result);
void json_frameworks(struct buf *buf, const struct result *result);

#endif
