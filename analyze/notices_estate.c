/* What the estate as a whole lacks: scans, sensors, contact, permission, fresh results. Most are counted elsewhere (the
 * estate, the checks); here they become notices, one for each registry, subscription or cluster.
 */
#include "analyze/change.h"
#include "analyze/noticing.h"

#include <stdlib.h>

enum { NAMES_SHOWN = 5 };

static const char *plural(uint64_t n) { return n == 1 ? "" : "s"; }

/* ---- scans ---- */

void notices_unscanned(struct noticing *to, enum side side)
{
	const struct estate *estate = to->result->estate;
	for (size_t i = 0; estate && side == SIDE_AFTER && i < estate->unscanned_count; i++) {
		const struct unscanned *one = &estate->unscanned[i];
		struct notice *notice = notice_add(
		    to, "never_scanned", GAP_SCOPE, side,
		    str_printf(to->arena,
		               "%llu of %llu repositories of %.*s have no result of a scanner on either side: %.*s%s",
		               (unsigned long long)one->never, (unsigned long long)one->repositories,
		               STR_ARG(str_after_last(one->registry, '/')), STR_ARG(one->names),
		               one->never > NAMES_SHOWN ? ", ..." : ""));
		notice->input = one->input;
		notice->owner = owner_of_subject(to->owners, one->registry);
		notice->command = notice_command(to->arena, STR("azure.subassessments"), one->registry);
	}
}

/* ---- sensors ---- */

struct sensors {
	struct str subscription, names, first;
	uint64_t missing, clusters;
};

static void add_sensors(struct noticing *to, const struct sensors *s)
{
	if (!s->missing) return;
	struct notice *notice = notice_add(
	    to, "sensor_missing", GAP_HEALTH, SIDE_AFTER,
	    str_printf(to->arena, "%llu of %llu cluster%s of subscription %.*s ha%s no Defender sensor: %.*s%s",
	               (unsigned long long)s->missing, (unsigned long long)s->clusters, plural(s->clusters),
	               STR_ARG(change_subscription_guid(s->subscription)), s->missing == 1 ? "s" : "ve",
	               STR_ARG(s->names), s->missing > NAMES_SHOWN ? ", ..." : ""));
	notice->owner = owner_of_subject(to->owners, s->missing == 1 ? s->first : s->subscription);
	notice->command = notice_command(to->arena, STR("azure.aks"), s->first);
}

/* Rows of a check stand in the order of their subjects, so those of one subscription follow one another. */
void notices_sensors(struct noticing *to, enum side side)
{
	struct sensors s = {STR_EMPTY, STR_EMPTY, STR_EMPTY, 0, 0};
	for (size_t i = 0; side == SIDE_AFTER && i < to->result->check_count; i++) {
		const struct check_row *row = &to->result->checks[i];
		if (!str_eq(row->id, STR("azure.aks.defender-sensor")) || row->state[side] == CHECK_NOT_ASSESSED)
			continue;
		struct str subscription = arm_subscription(row->subject);
		if (!str_eq_nocase(subscription, s.subscription)) {
			add_sensors(to, &s);
			s = (struct sensors){subscription, STR_EMPTY, row->subject, 0, 0};
		}
		s.clusters++;
		if (row->state[side] != CHECK_FAIL) continue;
		if (!s.missing) s.first = row->subject;
		if (s.missing++ < NAMES_SHOWN)
			s.names = str_printf(to->arena, "%.*s%s%.*s", STR_ARG(s.names), s.names.len ? ", " : "",
			                     STR_ARG(str_after_last(row->subject, '/')));
	}
	add_sensors(to, &s);
}

/* ---- Arc ---- */

static void carried_by(struct noticing *to, struct notice *notice, enum side side, uint32_t fact)
{
	const struct snapshot *snapshot = &to->result->sides[side];
	if (fact == NO_MATCH || snapshot->facts[fact].input >= snapshot->input_count) return;
	notice->input = snapshot_string(snapshot, snapshot->inputs[snapshot->facts[fact].input].path);
}

void notices_arc(struct noticing *to, enum side side)
{
	for (size_t i = 0; i < to->result->check_count; i++) {
		const struct check_row *row = &to->result->checks[i];
		bool offline = str_eq(row->id, STR("azure.arc.connected"));
		if (row->state[side] != CHECK_FAIL || !(offline || str_eq(row->id, STR("azure.arc.extension-health"))))
			continue;
		const struct known_subject *known = facts_subject(to->facts, row->subject);
		struct str state = known ? facts_value(to->facts, side, known, STR("connectivityStatus")) : STR_EMPTY;
		struct str seen = known ? facts_value(to->facts, side, known, STR("lastConnectivityTime")) : STR_EMPTY;
		struct str message =
		    offline ? str_printf(to->arena,
		                         "%.*s is %.*s, last in touch %.*s: what Azure says of it is as old as that",
		                         STR_ARG(str_after_last(row->subject, '/')),
		                         STR_ARG(state.len ? state : STR("not connected")),
		                         STR_ARG(seen.len ? seen : STR("at an unknown time")))
			    : str_printf(to->arena, "an extension of %.*s is not healthy",
		                         STR_ARG(str_after_last(row->subject, '/')));
		struct notice *notice = notice_add(to, offline ? "arc_offline" : "extension_unhealthy",
		                                   offline ? GAP_NETWORK : GAP_HEALTH, side, message);
		carried_by(to, notice, side, row->fact[side]);
		notice->owner = row->owner;
		notice->command = notice_command(
		    to->arena, offline ? STR("azure.connectedk8s") : STR("azure.k8s-extensions"), row->subject);
	}
}

/* ---- who exported ---- */

/* Built-in roles that may read recommendations, resources and role assignments. */
static const struct str reading_roles[] = {
    {"Owner", 5}, {"Contributor", 11}, {"Reader", 6}, {"Security Reader", 15}, {"Security Admin", 14}};

struct seen_roles {
	bool any_export, reads; /* role assignments on the scope were exported; one of them lets him read */
	struct str names;
};

static void read_roles(struct noticing *to, enum side side, struct str scope, struct str operator_name,
                       struct seen_roles *seen)
{
	const struct known_subject *subject = facts_subject(to->facts, scope);
	struct str prefix = str_printf(to->arena, "roleAssignments.%.*s.", STR_ARG(operator_name));
	const struct snapshot *snapshot = to->facts->sides[side];
	for (uint32_t i = 0; subject && i < subject->count[side]; i++) {
		const struct fact *fact = &snapshot->facts[to->facts->order[side][subject->first[side] + i]];
		struct str name = snapshot_string(snapshot, fact->name);
		if (str_starts(name, STR("roleAssignments."))) seen->any_export = true;
		if (!str_starts_nocase(name, prefix)) continue;
		struct str role = str_slice(name, prefix.len, name.len);
		for (size_t r = 0; r < sizeof(reading_roles) / sizeof(*reading_roles); r++)
			seen->reads = seen->reads || str_eq_nocase(role, reading_roles[r]);
		seen->names = str_printf(to->arena, "%.*s%s%.*s", STR_ARG(seen->names), seen->names.len ? ", " : "",
		                         STR_ARG(role));
	}
}

/* Roles at the root and at management groups reach the subscription too, where they were exported. */
static struct seen_roles roles_of(struct noticing *to, enum side side, struct str subscription,
                                  struct str operator_name)
{
	struct seen_roles seen = {false, false, STR_EMPTY};
	read_roles(to, side, subscription, operator_name, &seen);
	read_roles(to, side, STR("/"), operator_name, &seen);
	for (size_t i = 0; i < to->facts->subject_count && !seen.reads; i++) {
		struct str name = to->facts->subjects[i].name;
		if (str_starts_nocase(name, STR("/providers/Microsoft.Management/managementGroups/")))
			read_roles(to, side, name, operator_name, &seen);
	}
	return seen;
}

void notices_operator(struct noticing *to, enum side side)
{
	const struct estate *estate = to->result->estate;
	for (size_t i = 0; estate && i < estate->subscription_count; i++) {
		struct str id = estate->subscriptions[i].id;
		const struct known_subject *known = facts_subject(to->facts, id);
		struct str name = known ? facts_value(to->facts, side, known, STR("user.name")) : STR_EMPTY;
		if (!name.len) continue;
		struct seen_roles seen = roles_of(to, side, id, name);
		if (!seen.any_export || seen.reads) continue;
		struct notice *notice = notice_add(
		    to, "role_cannot_see", GAP_PERMISSION, side,
		    str_printf(
			to->arena,
			"%.*s exported subscription %.*s and has no role there that reads it all (exported: %.*s; "
			"roles through groups are not): what is missing from the exports may be hidden",
			STR_ARG(name), STR_ARG(change_subscription_guid(id)),
			STR_ARG(seen.names.len ? seen.names : STR("none"))));
		carried_by(to, notice, side, facts_find(to->facts, side, known, STR("user.name")));
		notice->owner = owner_of_subject(to->owners, id);
		notice->command = notice_command(to->arena, STR("azure.role-assignments"), id);
	}
}

/* ---- age ---- */

/* Its capture time is that of the latest change of a status, which may be long ago in a fresh export. */
static bool dated_by_change(struct str format) { return str_eq(format, STR("azure.assessments")); }

struct aged {
	struct str format, tool, path;
	int64_t oldest;
	uint64_t files;
};

static int compare_aged(const void *a, const void *b)
{
	const struct aged *x = a, *y = b;
	int c = str_cmp(x->format, y->format);
	return c ? c : str_cmp(x->tool, y->tool);
}

/* By format and tool, so that a thousand old files are one line. On the heap. */
static struct aged *collect_aged(const struct snapshot *snapshot, int64_t limit, size_t *count)
{
	struct aged *list = NULL;
	size_t capacity = 0;
	*count = 0;
	for (uint32_t i = 0; i < snapshot->input_count; i++) {
		const struct input *input = &snapshot->inputs[i];
		struct str format = snapshot_string(snapshot, input->format);
		struct str tool = snapshot_string(snapshot, input->tool);
		if (!input_is_counted(input) || !input->finding_count || input->captured == INSTANT_NONE) continue;
		if (input->captured > limit || dated_by_change(format)) continue;
		size_t k = 0;
		while (k < *count && !(str_eq(list[k].format, format) && str_eq(list[k].tool, tool))) k++;
		if (k == *count) {
			ARRAY_RESERVE(list, *count, capacity);
			list[(*count)++] = (struct aged){format, tool, STR_EMPTY, INT64_MAX, 0};
		}
		list[k].files++;
		if (input->captured >= list[k].oldest) continue;
		list[k].oldest = input->captured;
		list[k].path = snapshot_string(snapshot, input->path);
	}
	if (*count) qsort(list, *count, sizeof(*list), compare_aged);
	return list;
}

static void add_old_scans(struct noticing *to)
{
	size_t count;
	const struct snapshot *after = &to->result->sides[SIDE_AFTER];
	struct aged *list = collect_aged(after, to->result->as_of - SCAN_AGE_DAYS * INSTANT_DAY, &count);
	for (size_t i = 0; i < count; i++) {
		char when[40];
		struct notice *notice = notice_add(
		    to, "old_scan", GAP_STALE, SIDE_AFTER,
		    str_printf(to->arena, "%llu file%s of %.*s (%.*s) %s %d days old or older; the oldest is from %s",
		               (unsigned long long)list[i].files, plural(list[i].files), STR_ARG(list[i].tool),
		               STR_ARG(list[i].format), list[i].files == 1 ? "is" : "are", SCAN_AGE_DAYS,
		               instant_text(list[i].oldest, when)));
		notice->input = list[i].path;
	}
	free(list);
}

/* Recommendations and policy states follow the resources with a delay. */
static void add_early_refreshes(struct noticing *to)
{
	const struct snapshot *after = &to->result->sides[SIDE_AFTER];
	int64_t end = to->result->change.window_end, ready = end + REFRESH_HOURS * 3600 * INSTANT_SECOND;
	for (uint32_t i = 0; i < after->input_count && end != INSTANT_NONE; i++) {
		const struct input *input = &after->inputs[i];
		struct str format = snapshot_string(after, input->format), scope = snapshot_string(after, input->scope);
		if (!str_eq(format, STR("azure.assessments")) && !str_eq(format, STR("azure.policy-states"))) continue;
		if (!input_is_counted(input) || input->captured == INSTANT_NONE) continue;
		if (input->captured < end || input->captured >= ready) continue;
		char when[40];
		struct notice *notice = notice_add(
		    to, "refreshed_early", GAP_STALE, SIDE_AFTER,
		    str_printf(to->arena,
		               "captured at %s, less than %d hours after the window's end: Azure evaluates most "
		               "recommendations once a day, so that some may not show the change yet",
		               instant_text(input->captured, when), REFRESH_HOURS));
		notice->input = snapshot_string(after, input->path);
		notice->owner = owner_of_subject(to->owners, scope);
		notice->command = notice_command(to->arena, format, scope);
	}
}

void notices_age(struct noticing *to, enum side side)
{
	if (side != SIDE_AFTER) return;
	add_old_scans(to);
	add_early_refreshes(to);
}
