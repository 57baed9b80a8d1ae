/* Who may administer clusters, push images, or give others such roles: the role assignments among the facts, by the
 * names of Azure's built-in roles (Microsoft Learn, "Azure built-in roles"). A fact's name is
 * roleAssignments.PRINCIPAL.ROLE, and both may hold dots, so that the role is what the name ends with. Of the roles that clusters
 * themselves bind, roleBindings.PRINCIPAL.ROLE, the one that may do all.
 */
#include "analyze/estate.h"

#include <stdlib.h>

const char *const role_power_names[ROLE_POWERS] = {"administer_clusters", "push_images", "grant_roles"};

static const struct {
	struct str name;
	unsigned powers;
} roles[] = {
    {{"Owner", 5}, ROLE_CLUSTERS | ROLE_IMAGES | ROLE_GRANTS},
    {{"Contributor", 11}, ROLE_CLUSTERS | ROLE_IMAGES},
    {{"User Access Administrator", 25}, ROLE_GRANTS},
    {{"Role Based Access Control Administrator", 39}, ROLE_GRANTS},
    {{"Azure Kubernetes Service Cluster Admin Role", 43}, ROLE_CLUSTERS},
    {{"Azure Kubernetes Service Contributor Role", 41}, ROLE_CLUSTERS},
    {{"Azure Kubernetes Service RBAC Cluster Admin", 43}, ROLE_CLUSTERS},
    {{"Azure Kubernetes Service RBAC Admin", 35}, ROLE_CLUSTERS},
    {{"Azure Arc Kubernetes Cluster Admin", 34}, ROLE_CLUSTERS},
    {{"Azure Arc Kubernetes Admin", 26}, ROLE_CLUSTERS},
    {{"AcrPush", 7}, ROLE_IMAGES},
    {{"AcrDelete", 9}, ROLE_IMAGES},
    {{"Container Registry Repository Writer", 36}, ROLE_IMAGES},
    {{"Container Registry Repository Contributor", 41}, ROLE_IMAGES},
    {{"cluster-admin", 13}, ROLE_CLUSTERS | ROLE_GRANTS},
};

/* Of a role assignment, or of a role binding: "PRINCIPAL.ROLE"; empty: it is neither. */
static struct str without_prefix(struct str name)
{
	static const struct str prefixes[] = {{"roleAssignments.", 16}, {"roleBindings.", 13}};
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (str_starts(name, prefixes[i])) return str_slice(name, prefixes[i].len, name.len);
	return STR_EMPTY;
}

/* False: not a role assignment, or a role of no such power. */
static bool read_name(struct str name, struct role_grant *grant)
{
	name = without_prefix(name);
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		struct str role = roles[i].name;
		if (name.len <= role.len + 1 || name.ptr[name.len - role.len - 1] != '.') continue;
		if (!str_eq_nocase(str_slice(name, name.len - role.len, name.len), role)) continue;
		grant->principal = str_slice(name, 0, name.len - role.len - 1);
		grant->role = role;
		grant->powers = roles[i].powers;
		return true;
	}
	return false;
}

static unsigned rank_of(enum fact_outcome outcome)
{
	switch (outcome) {
	case FACT_ADDED: return 0;
	case FACT_REMOVED: return 1;
	case FACT_NOT_REASSESSED: return 2;
	case FACT_CHANGED:
	case FACT_UNCHANGED:
	case FACT_OUTCOME_COUNT: break;
	}
	return 3;
}

static int compare_grants(const void *a, const void *b)
{
	const struct role_grant *x = a, *y = b;
	unsigned i = rank_of(x->outcome), k = rank_of(y->outcome);
	if (i != k) return i < k ? -1 : 1;
	int c = str_cmp(x->scope, y->scope);
	if (!c) c = str_cmp(x->principal, y->principal);
	return c ? c : str_cmp(x->role, y->role);
}

struct granting {
	struct role_grant *list;
	size_t count, capacity;
	const struct owners *owners;
};

static void add_grant(struct granting *g, const struct snapshot *snapshot, enum side side, uint32_t number,
                      enum fact_outcome outcome, uint32_t other)
{
	const struct fact *fact = &snapshot->facts[number];
	struct role_grant grant = {.outcome = outcome, .fact = {NO_MATCH, NO_MATCH}};
	if (!read_name(snapshot_string(snapshot, fact->name), &grant)) return;
	grant.scope = snapshot_string(snapshot, fact->subject);
	grant.owner = owner_of_subject(g->owners, grant.scope);
	grant.fact[side] = number;
	grant.fact[side == SIDE_AFTER ? SIDE_BEFORE : SIDE_AFTER] = other;
	ARRAY_RESERVE(g->list, g->count, g->capacity);
	g->list[g->count++] = grant;
}

/* What is there after, and what the diff says of the rest. */
void estate_roles(struct estate *estate, struct result *result, const struct facts *facts, const struct owners *owners)
{
	struct granting g = {.owners = owners};
	const struct snapshot *before = facts->sides[SIDE_BEFORE], *after = facts->sides[SIDE_AFTER];
	for (size_t i = 0; i < facts->subject_count; i++) {
		const struct known_subject *subject = &facts->subjects[i];
		for (uint32_t k = 0; k < subject->count[SIDE_AFTER]; k++) {
			uint32_t number = facts->order[SIDE_AFTER][subject->first[SIDE_AFTER] + k];
			struct str name = snapshot_string(after, after->facts[number].name);
			if (!without_prefix(name).len) continue;
			uint32_t was = facts_find(facts, SIDE_BEFORE, subject, name);
			add_grant(&g, after, SIDE_AFTER, number, was == NO_MATCH ? FACT_ADDED : FACT_UNCHANGED, was);
		}
	}
	for (uint32_t i = 0; i < result->diff.fact_change_count; i++) {
		const struct fact_change *change = &result->diff.fact_changes[i];
		if (change->after == NO_MATCH)
			add_grant(&g, before, SIDE_BEFORE, change->before, change->outcome, NO_MATCH);
	}
	if (g.count) qsort(g.list, g.count, sizeof(*g.list), compare_grants);
	estate->roles = ARENA_ARRAY(&result->arena, struct role_grant, g.count + 1);
	estate->role_count = g.count;
	if (g.count) memcpy(estate->roles, g.list, sizeof(*g.list) * g.count);
	free(g.list);
}
