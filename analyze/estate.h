/* estate: the cloud estate in quantities, by subscription and side: what is there, what is under the plan, what was
 * looked at. Counted from facts, checks and findings that stand in the result already; prices are none of ours.
 *
 * vCores under the plan: those of the node pools of running clusters, and totalCoreCount of Arc-connected ones that are
 * neither offline nor expired, where the plan Containers is Standard for the subscription or for the cluster itself.
 * A pool whose size's name does not say its vCPUs, and nodes outside pools (node autoprovisioning), are not in the sum:
 * `unsized` counts the clusters for which it is a lower bound.
 */
#ifndef DOSSIER_ANALYZE_ESTATE_H
#define DOSSIER_ANALYZE_ESTATE_H

#include "analyze/owners.h"

struct estate_side {
	bool exported;                     /* something of the subscription was */
	struct str plan;                   /* tier of Containers: "Standard", "Free"; empty: not exported */
	bool old_clusters, old_registries; /* the deprecated plans KubernetesService, ContainerRegistry are Standard */
	uint64_t clusters, running, sensors, vcores, unsized;
	uint64_t arc, arc_connected, arc_cores;
	uint64_t plan_clusters, plan_vcores; /* under the plan, Arc-connected ones included */
	uint64_t registries;
	uint64_t repositories;      /* named by a registry's repository list */
	uint64_t scanned;           /* of these: with a record of a scanner on this side */
	uint64_t images;            /* image repositories with a record of a scanner, listed or not */
	uint64_t manifests;         /* that a list of manifests names */
	uint64_t registries_listed; /* with a repository list */
};

struct estate_subscription {
	struct str id;   /* "/subscriptions/GUID" */
	struct str name; /* as its account export calls it; may be empty */
	struct str owner;
	bool in_change; /* the change's scope names it */
	struct estate_side sides[SIDE_COUNT];
};

/* A registry some of whose repositories no scanner ever reported on, on either side. */
struct unscanned {
	struct str registry; /* its id, else its login server */
	struct str host;
	struct str names; /* the first of them, separated by ", " */
	uint64_t repositories, never;
	struct str input; /* the repository list */
};

/* A role that can administer clusters, push images or grant such roles, on either side. */
enum role_power { ROLE_CLUSTERS = 1, ROLE_IMAGES = 2, ROLE_GRANTS = 4 };
enum { ROLE_POWERS = 3 };
struct role_grant {
	struct str scope, principal, role, owner; /* owner: of the scope */
	unsigned powers;
	enum fact_outcome outcome;
	uint32_t fact[SIDE_COUNT]; /* NO_MATCH: not there */
};

/* Tools that reported on the same images after. */
struct scanner_overlap {
	struct str tools; /* "Grype, Trivy" */
	uint64_t images;  /* on which all of them reported */
	uint64_t twice;   /* vulnerabilities of these images that more than one of them names */
};

struct estate {
	struct estate_subscription *subscriptions; /* in the order of their ids */
	size_t subscription_count;
	struct estate_side total[SIDE_COUNT]; /* sums; plan: empty */
	struct unscanned *unscanned;
	size_t unscanned_count;
	struct role_grant *roles; /* added, removed, not reassessed, unchanged; then by scope and principal */
	size_t role_count;
	struct scanner_overlap *overlaps; /* by images, most first */
	size_t overlap_count;
};

/* Checks must have been judged. All memory in the result's arena. */
void estate_count(struct estate *estate, struct result *result, const struct facts *facts, const struct owners *owners);

/* The parts, each of one file. */
void estate_roles(struct estate *estate, struct result *result, const struct facts *facts, const struct owners *owners);
void estate_overlaps(struct estate *estate, struct result *result);
/* vCores of a cluster's node pools. False: it is a lower bound. */
bool estate_vcores(const struct facts *facts, enum side side, const struct known_subject *cluster, uint64_t *vcores);

/* The numbers of a side, for outputs that name them all. */
struct estate_quantity {
	const char *name;
	size_t at; /* offset of a uint64_t in struct estate_side */
};
enum { ESTATE_QUANTITIES = 16 };
extern const struct estate_quantity estate_quantities[ESTATE_QUANTITIES];
static inline uint64_t estate_number(const struct estate_side *side, size_t quantity)
{
	uint64_t number;
	memcpy(&number, (const char *)side + estate_quantities[quantity].at, sizeof(number));
	return number;
}
/* A deprecated plan is on beside the one that replaces it. */
static inline bool estate_overlaps_plan(const struct estate_side *side, bool old)
{
	return old && str_eq_nocase(side->plan, STR("Standard"));
}

extern const char *const role_power_names[ROLE_POWERS]; /* by bit */

#endif
