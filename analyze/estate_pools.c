/* vCores of a cluster: of its pools' own exports where there are some, else of the profiles in the cluster's. A pool of
 * scale sets has one size and a count, one of virtual machines several:
 *
 *     vmSize = Standard_D4s_v5, count = 3                        virtualMachineNodesStatus.0.size, .0.count ...
 */
#include "analyze/estate.h"
#include "analyze/vmsize.h"

#include <stdio.h>

struct pool {
	const struct facts *facts;
	enum side side;
	const struct known_subject *subject;
	struct str prefix; /* "" or "agentPoolProfiles.NAME." */
	struct arena *arena;
};

static struct str value_of(const struct pool *pool, const char *name)
{
	return facts_value(pool->facts, pool->side, pool->subject,
	                   str_printf(pool->arena, "%.*s%s", STR_ARG(pool->prefix), name));
}

static bool add_nodes(struct str size, struct str count, uint64_t *vcores)
{
	uint64_t nodes = 0;
	unsigned each = vmsize_vcpus(size);
	if (!str_to_u64(count, &nodes) || (nodes && !each) || nodes > 100000) return false;
	*vcores += nodes * each;
	return true;
}

static bool add_pool(const struct pool *pool, uint64_t *vcores)
{
	if (str_eq_nocase(value_of(pool, "powerState.code"), STR("Stopped"))) return true;
	struct str size = value_of(pool, "vmSize");
	if (size.len) return add_nodes(size, value_of(pool, "count"), vcores);
	bool any = false;
	for (unsigned i = 0; i < 1000; i++, any = true) {
		char name[64];
		snprintf(name, sizeof(name), "virtualMachineNodesStatus.%u.size", i);
		struct str each = value_of(pool, name);
		if (!each.len) break;
		snprintf(name, sizeof(name), "virtualMachineNodesStatus.%u.count", i);
		if (!add_nodes(each, value_of(pool, name), vcores)) return false;
	}
	return any;
}

/* Pools with an export of their own. */
static size_t add_exported(struct pool *pool, const struct known_subject *cluster, bool *whole, uint64_t *vcores)
{
	const struct facts *facts = pool->facts;
	const struct known_subject *end = facts->subjects + facts->subject_count;
	size_t pools = 0;
	for (const struct known_subject *each = cluster + 1; each < end && str_starts(each->lower, cluster->lower);
	     each++) {
		struct str rest = str_slice(each->lower, cluster->lower.len, each->lower.len);
		bool is_pool = str_starts(rest, STR("/agentpools/")) && str_rfind_char(rest, '/') == 11;
		if (!is_pool || !each->count[pool->side]) continue;
		pool->subject = each;
		*whole = add_pool(pool, vcores) && *whole;
		pools++;
	}
	return pools;
}

/* "agentPoolProfiles.NAME." of a fact's name, or empty. */
static struct str profile_prefix(struct str name)
{
	struct str all = STR("agentPoolProfiles.");
	if (!str_starts_nocase(name, all)) return STR_EMPTY;
	size_t dot = str_find(str_slice(name, all.len, name.len), STR("."));
	return dot == SIZE_MAX ? STR_EMPTY : str_slice(name, 0, all.len + dot + 1);
}

static size_t add_profiles(struct pool *pool, const struct known_subject *cluster, bool *whole, uint64_t *vcores)
{
	const struct facts *facts = pool->facts;
	const struct snapshot *snapshot = facts->sides[pool->side];
	size_t pools = 0;
	pool->subject = cluster;
	for (uint32_t i = 0; i < cluster->count[pool->side]; i++) {
		uint32_t fact = facts->order[pool->side][cluster->first[pool->side] + i];
		struct str prefix = profile_prefix(snapshot_string(snapshot, snapshot->facts[fact].name));
		if (!prefix.len || (pools && str_eq_nocase(prefix, pool->prefix))) continue;
		pool->prefix = prefix;
		*whole = add_pool(pool, vcores) && *whole;
		pools++;
	}
	return pools;
}

bool estate_vcores(const struct facts *facts, enum side side, const struct known_subject *cluster, uint64_t *vcores)
{
	struct arena arena = {0};
	struct pool pool = {facts, side, cluster, STR_EMPTY, &arena};
	bool whole = !str_eq_nocase(value_of(&pool, "nodeProvisioningProfile.mode"), STR("Auto"));
	*vcores = 0;
	if (!add_exported(&pool, cluster, &whole, vcores) && !add_profiles(&pool, cluster, &whole, vcores))
		whole = false;
	arena_free(&arena);
	return whole;
}
