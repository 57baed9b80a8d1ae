/* expects: the facts of both sides by subject, and what the change says must be true of them.
 *
 * An expectation is held against the facts after, for every subject that its glob meets on either side:
 *   not_met      one differs, or was exported without the fact
 *   no_evidence  else, if nothing matches, or the scope of one was not exported after
 *   met          else
 * A subject that is gone although its scope was exported counts as nothing. A part of a subject that the glob also
 * meets (a node pool of a cluster) counts only where it carries the fact itself. Subjects and names of facts compare
 * without case, a boolean equals its text, numbers compare as numbers.
 *
 * A requirement is met when a file of its format speaks of its subject on its side, not failed and not cut off.
 */
#ifndef DOSSIER_ANALYZE_EXPECTS_H
#define DOSSIER_ANALYZE_EXPECTS_H

#include "analyze/result.h"

/* A subject that a fact or a finding names on either side. */
struct known_subject {
	struct str name;                               /* as first written */
	struct str lower;                              /* in lower case: the order of the table */
	uint32_t first[SIDE_COUNT], count[SIDE_COUNT]; /* its facts: a range of facts.order[side] */
	bool found[SIDE_COUNT];                        /* a counted finding, of any status, names it */
};

/* The index. Facts from duplicate and superseded files are left out; of two facts with one name the later capture
 * counts. */
struct facts {
	const struct snapshot *sides[SIDE_COUNT];
	struct known_subject *subjects; /* in the order of lower-case names */
	size_t subject_count;
	uint32_t *slots, slot_mask;  /* by hash of the name: number + 1 of a subject, or 0 */
	uint32_t *order[SIDE_COUNT]; /* indexes of facts by subject, then name without case */
	uint32_t order_count[SIDE_COUNT];
	int64_t judged_at[SIDE_COUNT]; /* what is valid for a time is judged at: before, the side's last capture; after,
	                                  as_of. Set by analyze(); INSTANT_NONE: not known */
};

/* All memory in the arena. */
void facts_index(struct facts *facts, const struct diff *diff, struct arena *arena);
/* The subject without case, or NULL. */
const struct known_subject *facts_subject(const struct facts *facts, struct str name);
/* The subject's fact of that name, without case: its index in the side's facts, or NO_MATCH. */
uint32_t facts_find(const struct facts *facts, enum side side, const struct known_subject *subject, struct str name);
/* Its value; empty if there is none. */
struct str facts_value(const struct facts *facts, enum side side, const struct known_subject *subject, struct str name);

/* Parts of an ARM id. "Microsoft.ContainerService/managedClusters" or, of a part, ".../managedClusters/agentPools";
 * written into the arena; empty if it is no resource's id. */
struct str arm_type(struct arena *arena, struct str id);
/* What stands before the last "/providers/": the subscription, the resource group or the resource that it belongs
 * to. */
struct str arm_scope(struct str id);
/* "/subscriptions/GUID" as the id writes it, or empty. */
struct str arm_subscription(struct str id);
/* What a person reads of a resource's id. Of a part, names and types are those on the way to it, "aks/pool" of "managedClusters/agentPools". Its
 * provider is left out, so two ids may read alike. False: it is no id of a resource in a subscription. */
struct arm_name {
	struct str names, types;
	struct str place; /* the resource group, or what else stands between subscription and provider; may be empty */
	struct str subscription; /* its GUID */
};
bool arm_name(struct arena *arena, struct str id, struct arm_name *name);
/* The id is the scope itself or lies under it, without case. */
bool arm_under(struct str id, struct str scope);

/* What a side holds of a format (empty: of any) about a subject: its id, "/subscriptions/GUID", or empty for
 * anything. A file speaks of a subject by its scope, by the units it covers, or by a fact or finding on it or under
 * it. */
enum evidence { EVIDENCE_NONE, EVIDENCE_PARTIAL /* failed or cut off */, EVIDENCE_WHOLE };
enum evidence evidence_of(const struct snapshot *snapshot, struct str format, struct str subject);

void expects_judge(struct change *change, const struct facts *facts, struct arena *arena);
void requires_judge(struct change *change, const struct snapshot *before, const struct snapshot *after);

#endif
