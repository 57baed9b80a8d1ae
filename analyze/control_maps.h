/* control_maps: which controls a finding speaks of, by what its record says.
 *
 *   the finding itself   an id "FRAMEWORK/NUMBER" by which the source names the control, FRAMEWORK one of the framework's names
 *   policy               the policy of the record
 *   name                 the title of a posture record, without "[Preview]: "
 *   CWE, CCI, OWASP      ids that the record bears ("CWE-79", "CCI-000366", "OWASP-2017-A1")
 *   AWS-Config           an id "AWS-Config/RULE", a rule of the tool Config; what Security Hub appends is cut off
 *   Checkov              a rule or id that begins with CKV, whatever the tool
 *   Kubescape, Trivy, Prowler, ScoutSuite   the rule, where the tool is called so ("AVD-KSV-0001" and "KSV001" are "KSV-0001")
 *   rule, id             any tool's rule, any id
 *
 * What counts is decided once for each distinct combination of them in a snapshot, a row; profiles share rows.
 */
#ifndef DOSSIER_ANALYZE_CONTROL_MAPS_H
#define DOSSIER_ANALYZE_CONTROL_MAPS_H

#include "analyze/frameworks.h"
#include "collect/snapshot.h"

struct control_hit {
	uint32_t control;        /* of the framework */
	struct str through;      /* "policy 090c7b07-...", "CWE-79" */
	struct str source, note; /* empty: the evidence itself */
};

/* Zero-initialise; framework_maps_free when done. */
struct control_maps {
	const struct snapshot *snapshot;
	struct tuples rows; /* tool, rule, title, policy, ids, nature */
	uint32_t *row_of;   /* by profile */
};

void control_maps_begin(struct control_maps *maps, const struct snapshot *snapshot);
void control_maps_free(struct control_maps *maps);
/* The controls of one row, ascending, each once; texts in the arena. Returns how many. */
size_t control_maps_row(const struct control_maps *maps, uint32_t row, const struct framework *framework,
                        struct arena *arena, struct control_hit **hits);

#endif
