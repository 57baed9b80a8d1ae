/* How it works: the subjects of the index stand in the order of their ids, so that those of one subscription follow one
 * another. Each is counted by its type. Registries are known to images by their login server, hence a table of these,
 * by host, before images are counted.
 */
#include "analyze/estate.h"

#include "analyze/change.h"
#include "core/buf.h"

#include <stdlib.h>

enum { NAMES_SHOWN = 5 };

const struct estate_quantity estate_quantities[ESTATE_QUANTITIES] = {
    {"clusters", offsetof(struct estate_side, clusters)},
    {"running", offsetof(struct estate_side, running)},
    {"sensors", offsetof(struct estate_side, sensors)},
    {"vcores", offsetof(struct estate_side, vcores)},
    {"unsized", offsetof(struct estate_side, unsized)},
    {"arc", offsetof(struct estate_side, arc)},
    {"arc_connected", offsetof(struct estate_side, arc_connected)},
    {"arc_cores", offsetof(struct estate_side, arc_cores)},
    {"plan_clusters", offsetof(struct estate_side, plan_clusters)},
    {"plan_vcores", offsetof(struct estate_side, plan_vcores)},
    {"registries", offsetof(struct estate_side, registries)},
    {"registries_listed", offsetof(struct estate_side, registries_listed)},
    {"repositories", offsetof(struct estate_side, repositories)},
    {"scanned", offsetof(struct estate_side, scanned)},
    {"images", offsetof(struct estate_side, images)},
    {"manifests", offsetof(struct estate_side, manifests)},
};

struct host {
	struct str name; /* login server, in lower case */
	struct str registry;
	size_t subscription; /* SIZE_MAX: not known */
};

struct counting {
	struct estate *estate;
	const struct result *result;
	const struct facts *facts;
	struct arena *arena; /* the result's */
	struct host *hosts;  /* by name */
	size_t host_count, host_capacity, unscanned_capacity;
};

/* ---- subscriptions ---- */

static int compare_subscriptions(const void *a, const void *b)
{
	return str_cmp_nocase(((const struct estate_subscription *)a)->id, ((const struct estate_subscription *)b)->id);
}

/* The subscription that a subject lies in, or NULL. */
static struct estate_subscription *subscription_of(const struct estate *estate, struct str subject)
{
	struct estate_subscription wanted = {.id = arm_subscription(subject)};
	if (!wanted.id.len || !estate->subscription_count) return NULL;
	return bsearch(&wanted, estate->subscriptions, estate->subscription_count, sizeof(wanted),
	               compare_subscriptions);
}

/* Those that a fact or finding speaks of, and those of the change. */
static void find_subscriptions(struct counting *c)
{
	const struct facts *facts = c->facts;
	const struct change *change = &c->result->change;
	struct estate_subscription *list = NULL;
	size_t n = 0, capacity = 0, kept = 0;
	for (size_t i = 0; i < facts->subject_count; i++) {
		struct str id = arm_subscription(facts->subjects[i].name);
		if (!id.len || (n && str_eq_nocase(list[n - 1].id, id))) continue;
		ARRAY_RESERVE(list, n, capacity);
		list[n++] = (struct estate_subscription){.id = id};
	}
	for (size_t i = 0; i < change->subscription_count; i++) {
		ARRAY_RESERVE(list, n, capacity);
		struct str guid = change_subscription_guid(change->subscriptions[i]);
		struct str id = str_printf(c->arena, "/subscriptions/%.*s", STR_ARG(guid));
		list[n++] = (struct estate_subscription){.id = id, .in_change = true};
	}
	if (n) qsort(list, n, sizeof(*list), compare_subscriptions);
	struct estate_subscription *all = ARENA_ARRAY(c->arena, struct estate_subscription, n + 1);
	for (size_t i = 0; i < n; i++) {
		bool same = kept && str_eq_nocase(all[kept - 1].id, list[i].id);
		if (!same) all[kept++] = list[i];
		all[kept - 1].in_change = all[kept - 1].in_change || list[i].in_change;
	}
	free(list);
	c->estate->subscriptions = all;
	c->estate->subscription_count = kept;
}

static void describe_subscriptions(struct counting *c, const struct owners *owners)
{
	for (size_t i = 0; i < c->estate->subscription_count; i++) {
		struct estate_subscription *s = &c->estate->subscriptions[i];
		const struct known_subject *known = facts_subject(c->facts, s->id);
		s->name = s->owner = STR_EMPTY;
		for (int side = 0; side < SIDE_COUNT; side++) {
			s->sides[side].plan = STR_EMPTY;
			struct str name =
			    known ? facts_value(c->facts, (enum side)side, known, STR("name")) : STR_EMPTY;
			if (name.len) s->name = name;
		}
		s->owner = owner_of_subject(owners, s->id);
	}
}

/* ---- resources ---- */

static bool standard(const struct facts *facts, enum side side, const struct known_subject *subject)
{
	return subject && str_eq_nocase(facts_value(facts, side, subject, STR("pricingTier")), STR("Standard"));
}

/* The plan of the cluster itself where it has one, else its subscription's. */
static bool under_plan(struct counting *c, enum side side, struct str cluster, const struct estate_side *of)
{
	const struct known_subject *own = facts_subject(
	    c->facts, str_printf(c->arena, "%.*s/providers/Microsoft.Security/pricings/Containers", STR_ARG(cluster)));
	if (own && own->count[side]) return standard(c->facts, side, own);
	return str_eq_nocase(of->plan, STR("Standard"));
}

static void count_plan(struct counting *c, enum side side, const struct known_subject *subject,
                       struct estate_subscription *s)
{
	if (arm_scope(subject->name).len != s->id.len) return; /* of one resource */
	struct str name = str_after_last(subject->name, '/');
	struct estate_side *of = &s->sides[side];
	if (str_eq_nocase(name, STR("Containers"))) of->plan = facts_value(c->facts, side, subject, STR("pricingTier"));
	if (str_eq_nocase(name, STR("KubernetesService"))) of->old_clusters = standard(c->facts, side, subject);
	if (str_eq_nocase(name, STR("ContainerRegistry"))) of->old_registries = standard(c->facts, side, subject);
}

static void count_cluster(struct counting *c, enum side side, const struct known_subject *subject,
                          struct estate_subscription *s)
{
	struct estate_side *of = &s->sides[side];
	uint64_t vcores;
	bool whole = estate_vcores(c->facts, side, subject, &vcores);
	bool running = !str_eq_nocase(facts_value(c->facts, side, subject, STR("powerState.code")), STR("Stopped"));
	of->clusters++;
	if (!whole) of->unsized++;
	of->vcores += vcores;
	if (running) of->running++;
	if (!under_plan(c, side, subject->name, of)) return;
	of->plan_clusters++;
	if (running) of->plan_vcores += vcores;
}

static void count_arc(struct counting *c, enum side side, const struct known_subject *subject,
                      struct estate_subscription *s)
{
	struct estate_side *of = &s->sides[side];
	uint64_t cores = 0;
	struct str state = facts_value(c->facts, side, subject, STR("connectivityStatus"));
	bool away = str_eq_nocase(state, STR("Offline")) || str_eq_nocase(state, STR("Expired"));
	str_to_u64(facts_value(c->facts, side, subject, STR("totalCoreCount")), &cores);
	of->arc++;
	if (str_eq_nocase(state, STR("Connected"))) of->arc_connected++;
	of->arc_cores += cores;
	if (!under_plan(c, side, subject->name, of)) return;
	of->plan_clusters++;
	if (!away) of->plan_vcores += cores;
}

static void count_registry(struct counting *c, enum side side, const struct known_subject *subject,
                           struct estate_subscription *s)
{
	(void)c;
	(void)subject;
	s->sides[side].registries++;
}

static const struct {
	const char *type;
	void (*count)(struct counting *c, enum side side, const struct known_subject *subject,
	              struct estate_subscription *s);
	const char *fact; /* without it the subject was not exported as such a thing; NULL: any fact will do */
	bool first;       /* before the others, which need it */
} kinds[] = {
    {"Microsoft.Security/pricings", count_plan, "pricingTier", true},
    {"Microsoft.ContainerService/managedClusters", count_cluster, NULL, false},
    {"Microsoft.Kubernetes/connectedClusters", count_arc, NULL, false},
    {"Microsoft.ContainerRegistry/registries", count_registry, NULL, false},
};

/* A fact of the subject from the format that exports such things; role assignments on it are no export of it. */
static bool exported(const struct facts *facts, enum side side, const struct known_subject *subject, const char *fact)
{
	const struct snapshot *snapshot = facts->sides[side];
	if (fact) return facts_find(facts, side, subject, str_from(fact)) != NO_MATCH;
	for (uint32_t i = 0; i < subject->count[side]; i++) {
		uint32_t each = facts->order[side][subject->first[side] + i];
		if (!str_starts(snapshot_string(snapshot, snapshot->facts[each].name), STR("roleAssignments.")))
			return true;
	}
	return false;
}

static void count_resources(struct counting *c, bool first)
{
	struct arena scratch = {0};
	for (size_t i = 0; i < c->facts->subject_count; i++) {
		const struct known_subject *subject = &c->facts->subjects[i];
		struct estate_subscription *s = subscription_of(c->estate, subject->name);
		if (!s) continue;
		struct str type = arm_type(&scratch, subject->name);
		for (int side = 0; side < SIDE_COUNT; side++) {
			if (subject->count[side] || subject->found[side]) s->sides[side].exported = true;
			for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++)
				if (kinds[k].first == first && str_eq_nocase(type, str_from(kinds[k].type)) &&
				    exported(c->facts, (enum side)side, subject, kinds[k].fact))
					kinds[k].count(c, (enum side)side, subject, s);
		}
		arena_reset(&scratch);
	}
	arena_free(&scratch);
}

static void count_sensors(struct counting *c)
{
	for (size_t i = 0; i < c->result->check_count; i++) {
		const struct check_row *row = &c->result->checks[i];
		if (!str_eq(row->id, STR("azure.aks.defender-sensor"))) continue;
		struct estate_subscription *s = subscription_of(c->estate, row->subject);
		for (int side = 0; side < SIDE_COUNT && s; side++)
			s->sides[side].sensors += row->state[side] == CHECK_PASS;
	}
}

/* ---- registries and images ---- */

static int compare_hosts(const void *a, const void *b)
{
	const struct host *x = a, *y = b;
	int c = str_cmp(x->name, y->name);
	return c ? c : str_cmp(x->registry, y->registry);
}

static void find_hosts(struct counting *c)
{
	struct arena scratch = {0};
	for (size_t i = 0; i < c->facts->subject_count; i++) {
		const struct known_subject *subject = &c->facts->subjects[i];
		arena_reset(&scratch);
		struct str type = arm_type(&scratch, subject->name);
		if (!str_eq_nocase(type, STR("Microsoft.ContainerRegistry/registries"))) continue;
		struct str name = facts_value(c->facts, SIDE_AFTER, subject, STR("loginServer"));
		if (!name.len) name = facts_value(c->facts, SIDE_BEFORE, subject, STR("loginServer"));
		size_t slash = str_rfind_char(subject->lower, '/');
		struct str own = str_slice(subject->lower, slash + 1, subject->lower.len);
		name = name.len ? str_lower(c->arena, name) : str_printf(c->arena, "%.*s.azurecr.io", STR_ARG(own));
		struct estate_subscription *s = subscription_of(c->estate, subject->name);
		ARRAY_RESERVE(c->hosts, c->host_count, c->host_capacity);
		c->hosts[c->host_count++] =
		    (struct host){name, subject->name, s ? (size_t)(s - c->estate->subscriptions) : SIZE_MAX};
	}
	arena_free(&scratch);
	if (c->host_count) qsort(c->hosts, c->host_count, sizeof(*c->hosts), compare_hosts);
}

static const struct host *find_host(const struct counting *c, struct str name)
{
	size_t low = 0, high = c->host_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = str_cmp(c->hosts[middle].name, name);
		if (!order) return &c->hosts[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static struct estate_side *side_of(const struct counting *c, const struct host *host, enum side side)
{
	if (!host || host->subscription == SIZE_MAX) return &c->estate->total[side];
	return &c->estate->subscriptions[host->subscription].sides[side];
}

static void add_unscanned(struct counting *c, const struct unscanned *one)
{
	struct estate *estate = c->estate;
	ARRAY_RESERVE(estate->unscanned, estate->unscanned_count, c->unscanned_capacity);
	estate->unscanned[estate->unscanned_count++] = *one;
}

/* The repositories that a registry lists on a side. After: the ones that nobody ever reported on are noted. */
static void count_listed(struct counting *c, enum side side, const struct known_subject *registry,
                         const struct host *host)
{
	const struct snapshot *snapshot = c->facts->sides[side];
	struct str prefix = STR("repositories.");
	struct unscanned one = {.registry = host ? host->registry : registry->name,
	                        .host = registry->name,
	                        .names = STR_EMPTY,
	                        .input = STR_EMPTY};
	struct estate_side *of = side_of(c, host, side);
	for (uint32_t i = 0; i < registry->count[side]; i++) {
		const struct fact *fact = &snapshot->facts[c->facts->order[side][registry->first[side] + i]];
		struct str name = snapshot_string(snapshot, fact->name);
		if (!str_starts(name, prefix)) continue;
		name = str_slice(name, prefix.len, name.len);
		const struct known_subject *image =
		    facts_subject(c->facts, str_printf(c->arena, "%.*s/%.*s", STR_ARG(registry->lower), STR_ARG(name)));
		one.repositories++;
		of->scanned += image && image->found[side];
		one.input = snapshot_string(snapshot, snapshot->inputs[fact->input].path);
		if (image && (image->found[SIDE_BEFORE] || image->found[SIDE_AFTER])) continue;
		if (one.never++ >= NAMES_SHOWN) continue;
		one.names =
		    str_printf(c->arena, "%.*s%s%.*s", STR_ARG(one.names), one.names.len ? ", " : "", STR_ARG(name));
	}
	of->repositories += one.repositories;
	of->registries_listed += one.repositories > 0;
	if (side == SIDE_AFTER && one.never) add_unscanned(c, &one);
}

static uint64_t manifests_of(const struct counting *c, enum side side, const struct known_subject *image)
{
	const struct snapshot *snapshot = c->facts->sides[side];
	uint64_t n = 0;
	for (uint32_t i = 0; i < image->count[side]; i++) {
		const struct fact *fact = &snapshot->facts[c->facts->order[side][image->first[side] + i]];
		n += str_starts(snapshot_string(snapshot, fact->name), STR("manifests."));
	}
	return n;
}

/* "host/repository" with a host that is a registry of the estate, or the registry's host itself. */
static void count_images(struct counting *c)
{
	for (size_t i = 0; i < c->facts->subject_count; i++) {
		const struct known_subject *subject = &c->facts->subjects[i];
		if (!subject->lower.len || subject->lower.ptr[0] == '/') continue;
		const char *slash = memchr(subject->lower.ptr, '/', subject->lower.len);
		size_t len = slash ? (size_t)(slash - subject->lower.ptr) : subject->lower.len;
		const struct host *host = find_host(c, str_slice(subject->lower, 0, len));
		for (int s = 0; s < SIDE_COUNT; s++) {
			enum side side = (enum side)s;
			if (!slash) {
				count_listed(c, side, subject, host);
				continue;
			}
			if (!host) continue;
			struct estate_side *of = side_of(c, host, side);
			of->images += subject->found[side];
			of->manifests += manifests_of(c, side, subject);
		}
	}
}

/* ---- the whole ---- */

static void add_up(struct estate_side *sum, const struct estate_side *one)
{
	sum->exported = sum->exported || one->exported;
	sum->old_clusters = sum->old_clusters || one->old_clusters;
	sum->old_registries = sum->old_registries || one->old_registries;
	for (size_t q = 0; q < ESTATE_QUANTITIES; q++) {
		uint64_t number = estate_number(sum, q) + estate_number(one, q);
		memcpy((char *)sum + estate_quantities[q].at, &number, sizeof(number));
	}
}

void estate_count(struct estate *estate, struct result *result, const struct facts *facts, const struct owners *owners)
{
	struct counting c = {.estate = estate, .result = result, .facts = facts, .arena = &result->arena};
	*estate = (struct estate){.total = {{.plan = STR_EMPTY}, {.plan = STR_EMPTY}}};
	find_subscriptions(&c);
	describe_subscriptions(&c, owners);
	count_resources(&c, true);
	count_resources(&c, false);
	count_sensors(&c);
	find_hosts(&c);
	count_images(&c);
	for (size_t i = 0; i < estate->subscription_count; i++)
		for (int side = 0; side < SIDE_COUNT; side++)
			add_up(&estate->total[side], &estate->subscriptions[i].sides[side]);
	struct unscanned *list = ARENA_ARRAY(c.arena, struct unscanned, estate->unscanned_count + 1);
	if (estate->unscanned_count) memcpy(list, estate->unscanned, sizeof(*list) * estate->unscanned_count);
	free(estate->unscanned);
	estate->unscanned = list;
	free(c.hosts);
	estate_roles(estate, result, facts, owners);
	estate_overlaps(estate, result);
}
