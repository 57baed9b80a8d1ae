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
 * All frameworks are asked at once: their keys stand in one table, so that a record costs the keys it bears and not the frameworks there are.
 * What it bears that any of them knows is its answer; equal answers, of which there are few even where each record has a rule of its own,
 * are one set of controls. It is decided once for each distinct combination of the words above in a snapshot, a row; profiles share rows.
 */
#ifndef DOSSIER_ANALYZE_CONTROL_MAPS_H
#define DOSSIER_ANALYZE_CONTROL_MAPS_H

#include "analyze/frameworks.h"
#include "collect/snapshot.h"

struct control_hit {
	uint32_t control;                /* the controls of all frameworks counted through, in their order */
	uint32_t through;                /* string of control_maps.texts: "policy 090c7b07-...", "CWE-79" */
	const struct map_source *source; /* NULL: the evidence itself */
};

/* Keys, and which frameworks know them. */
struct control_keys {
	struct strings keys;
	uint32_t *first, first_capacity; /* by number - 1: index of the first answer */
	struct control_answer {
		uint32_t framework, map; /* map: the framework's first with that key */
		uint32_t next;           /* NO_MAP: the last */
	} * answers;
	uint32_t count, capacity;
};

/* control_maps_free when done. */
struct control_maps {
	const struct framework *frameworks; /* the caller's, and not to be added to any more */
	size_t framework_count;
	uint32_t *first_control;         /* by framework: its first in the count of all */
	struct control_keys keys, names; /* names: by which sources call the frameworks */
	struct strings answers;          /* number n is set n */
	struct strings texts;
	struct control_hit *hits; /* of all sets, one after the other */
	uint32_t hit_count, hit_capacity;
	uint32_t *starts, start_capacity; /* set n's are hits[starts[n]] to hits[starts[n + 1]]; set 0 has none */
	uint32_t *seen;                   /* by control: the last set that has it */
};

void control_maps_begin(struct control_maps *maps, const struct framework *frameworks, size_t count);
void control_maps_free(struct control_maps *maps);
/* The number of the set of controls of each profile; large, the caller's. */
uint32_t *control_maps_profiles(struct control_maps *maps, const struct snapshot *snapshot);
/* The controls of a set, ascending, each once; NULL: none. A view until the next call of control_maps_profiles. */
static inline const struct control_hit *control_maps_set(const struct control_maps *maps, uint32_t set, size_t *count)
{
	*count = maps->starts[set + 1] - maps->starts[set];
	return *count ? maps->hits + maps->starts[set] : NULL;
}

#endif
