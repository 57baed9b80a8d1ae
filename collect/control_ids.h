/* control_ids: the controls that a source itself says a finding is about, as ids "FRAMEWORK/NUMBER": "NIST.800-53.r5/AC-2(1)".
 *
 * Read from JSON text in the shapes that are met:
 *     {"CIS-2.0": ["1.20"], "SOC2": ["cc_6_1"]}                  Prowler: numbers by framework
 *     ["NIST.800-53.r5 AC-2(1)", "PCI DSS v4.0.1/8.3.6"]         ASFF's RelatedRequirements
 *     "SOC2 cc_6_1 cc_6_2"
 * In a text the framework ends at the last '/', else with the first word that has a digit if words follow it, else with the first
 * word. Words of a framework's name, and of a number, are joined by '-', so that an id is one word.
 */
#ifndef DOSSIER_COLLECT_CONTROL_IDS_H
#define DOSSIER_COLLECT_CONTROL_IDS_H

#include "core/arena.h"
#include "core/str.h"

/* Each once, one blank between them, in the arena; empty for what is none of these. */
struct str control_ids_in(struct arena *arena, struct str json);
/* One id. */
struct str control_id_of(struct arena *arena, struct str framework, struct str number);

#endif
