/* How it works: each source of notices is a function that appends; the position of the function in the table is the
 * notice's rank. Sources walk files by path, subjects by name and the change in its own order, so that the list does
 * not depend on how snapshots number things.
 *
 * What the estate as a whole lacks is in notices_estate.c, the commands that close gaps in notices_commands.c.
 */
#include "analyze/notices.h"

#include "analyze/change.h"
#include "analyze/lost.h"
#include "analyze/noticing.h"
#include "analyze/previous.h"

#include <stdlib.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* ---- the list ---- */

struct notice *notice_add(struct noticing *to, const char *code, enum gap gap, enum side side, struct str message)
{
	ARRAY_RESERVE(to->list, to->count, to->capacity);
	struct ranked *ranked = &to->list[to->count];
	*ranked = (struct ranked){.rank = to->rank, .order = to->count};
	to->count++;
	ranked->notice = (struct notice){code, gap, side, STR_EMPTY, STR_EMPTY, message, STR_EMPTY, STR_EMPTY};
	return &ranked->notice;
}

/* Sides, then ranks; a file's own warnings by file, everything else in the order in which it was found. */
static int compare_notices(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	if (x->notice.side != y->notice.side) return x->notice.side < y->notice.side ? -1 : 1;
	if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
	int c = x->rank == 0 ? str_cmp(x->notice.input, y->notice.input) : 0;
	if (c) return c;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* ---- what the files warned of ---- */

static bool of_this_side(const struct snapshot *snapshot, uint32_t input)
{
	return input < snapshot->input_count && input_is_counted(&snapshot->inputs[input]);
}

static void from_files(struct noticing *to, enum side side)
{
	const struct snapshot *snapshot = &to->result->sides[side];
	for (uint32_t i = 0; i < snapshot->warning_count; i++) {
		const struct warning *warning = &snapshot->warnings[i];
		struct notice *notice =
		    notice_add(to, warning->code, warning->gap, side, snapshot_string(snapshot, warning->message));
		notice->pointer = snapshot_string(snapshot, warning->pointer);
		if (warning->input >= snapshot->input_count) continue;
		const struct input *input = &snapshot->inputs[warning->input];
		struct str scope = snapshot_string(snapshot, input->scope);
		notice->input = snapshot_string(snapshot, input->path);
		if (warning->subject) scope = snapshot_string(snapshot, warning->subject);
		notice->owner = owner_of_subject(to->owners, scope);
		if (warning->command)
			notice->command = snapshot_string(snapshot, warning->command);
		else if (warning->gap == GAP_SCOPE)
			notice->command = notice_command(to->arena, snapshot_string(snapshot, input->format), scope);
	}
}

/* ---- held against the change ---- */

static void from_requirements(struct noticing *to, enum side side)
{
	const struct change *change = &to->result->change;
	for (size_t i = 0; i < change->require_count; i++) {
		const struct requirement *needed = &change->requires[i];
		if (needed->met || needed->side != side) continue;
		struct notice *notice =
		    notice_add(to, "missing_evidence", GAP_SCOPE, side,
		               str_printf(to->arena, "the change requires %.*s%s%.*s %s: no whole export of it is here",
		                          STR_ARG(needed->format), needed->subject.len ? " for " : "",
		                          STR_ARG(needed->subject), side_names[side]));
		notice->owner = change->owner;
		notice->command = notice_command(to->arena, needed->format, needed->subject);
	}
}

static struct str subscription_path(struct arena *arena, struct str subscription)
{
	return str_printf(arena, "/subscriptions/%.*s", STR_ARG(change_subscription_guid(subscription)));
}

static void from_scope(struct noticing *to, enum side side)
{
	const struct change *change = &to->result->change;
	for (size_t i = 0; i < change->subscription_count; i++) {
		struct str subject = subscription_path(to->arena, change->subscriptions[i]);
		if (evidence_of(&to->result->sides[side], STR_EMPTY, subject) != EVIDENCE_NONE) continue;
		struct notice *notice = notice_add(
		    to, "not_exported", GAP_SCOPE, side,
		    str_printf(to->arena,
		               "subscription %.*s is in the change's scope, and nothing was exported from it %s",
		               STR_ARG(change_subscription_guid(subject)), side_names[side]));
		struct str owner = owner_of_subject(to->owners, subject);
		notice->owner = owner.len ? owner : change->owner;
		notice->command = notice_command(to->arena, STR("azure.assessments"), subject);
	}
}

struct foreign {
	struct str subscription;
	uint32_t input;
	uint64_t files;
};

static bool in_change(const struct change *change, struct str guid)
{
	for (size_t i = 0; i < change->subscription_count; i++)
		if (str_eq_nocase(change_subscription_guid(change->subscriptions[i]), guid)) return true;
	return false;
}

/* Files whose scope is a subscription that the change does not name, by subscription. */
static void from_outside(struct noticing *to, enum side side)
{
	const struct change *change = &to->result->change;
	const struct snapshot *snapshot = &to->result->sides[side];
	struct foreign *list = NULL;
	size_t count = 0, capacity = 0;
	for (uint32_t i = 0; i < snapshot->input_count && change->subscription_count; i++) {
		struct str scope = snapshot_string(snapshot, snapshot->inputs[i].scope);
		struct str guid = change_subscription_guid(arm_subscription(scope));
		size_t k = 0;
		if (!guid.len || !of_this_side(snapshot, i) || in_change(change, guid)) continue;
		while (k < count && !str_eq_nocase(list[k].subscription, guid)) k++;
		if (k == count) {
			ARRAY_RESERVE(list, count, capacity);
			list[count++] = (struct foreign){guid, i, 0};
		}
		list[k].files++;
	}
	for (size_t k = 0; k < count; k++) {
		struct notice *notice = notice_add(
		    to, "outside_scope", GAP_SCOPE, side,
		    str_printf(to->arena, "%llu file%s of subscription %.*s, which is not in the change's scope",
		               (unsigned long long)list[k].files, list[k].files == 1 ? "" : "s",
		               STR_ARG(list[k].subscription)));
		notice->input = snapshot_string(snapshot, snapshot->inputs[list[k].input].path);
		notice->owner = owner_of_subject(to->owners, subscription_path(to->arena, list[k].subscription));
	}
	free(list);
}

/* The tenant that counts: the change's, else the first that an account export names, before first. */
static struct str tenant_expected(const struct noticing *to)
{
	if (to->result->change.tenant.len) return to->result->change.tenant;
	for (int side = 0; side < SIDE_COUNT; side++)
		for (size_t i = 0; i < to->facts->subject_count; i++) {
			const struct known_subject *subject = &to->facts->subjects[i];
			if (arm_subscription(subject->name).len != subject->name.len) continue;
			struct str tenant = facts_value(to->facts, (enum side)side, subject, STR("tenantId"));
			if (tenant.len) return tenant;
		}
	return STR_EMPTY;
}

static void from_tenants(struct noticing *to, enum side side)
{
	const struct snapshot *snapshot = &to->result->sides[side];
	struct str expected = tenant_expected(to);
	for (size_t i = 0; i < to->facts->subject_count; i++) {
		const struct known_subject *subject = &to->facts->subjects[i];
		if (arm_subscription(subject->name).len != subject->name.len) continue;
		uint32_t fact = facts_find(to->facts, side, subject, STR("tenantId"));
		if (fact == NO_MATCH) continue;
		struct str tenant = snapshot_string(snapshot, snapshot->facts[fact].value);
		if (!tenant.len || str_eq_nocase(tenant, expected)) continue;
		struct notice *notice = notice_add(
		    to, "other_tenant", GAP_ENVIRONMENT, side,
		    str_printf(to->arena, "subscription %.*s belongs to tenant %.*s, expected %.*s",
		               STR_ARG(change_subscription_guid(subject->name)), STR_ARG(tenant), STR_ARG(expected)));
		if (snapshot->facts[fact].input < snapshot->input_count)
			notice->input = snapshot_string(snapshot, snapshot->inputs[snapshot->facts[fact].input].path);
		notice->owner = owner_of_subject(to->owners, subject->name);
		notice->command = notice_command(to->arena, STR("azure.account"), subject->name);
	}
}

/* What was captured on the wrong side of the window cannot show its effect. */
static void from_window(struct noticing *to, enum side side)
{
	const struct change *change = &to->result->change;
	const struct snapshot *snapshot = &to->result->sides[side];
	int64_t bound = side == SIDE_BEFORE ? change->window_start : change->window_end;
	for (uint32_t i = 0; i < snapshot->input_count && bound != INSTANT_NONE; i++) {
		const struct input *input = &snapshot->inputs[i];
		if (input->captured == INSTANT_NONE || !of_this_side(snapshot, i)) continue;
		if (side == SIDE_BEFORE ? input->captured <= bound : input->captured >= bound) continue;
		char captured[40], limit[40];
		bool late = side == SIDE_BEFORE;
		struct str scope = snapshot_string(snapshot, input->scope);
		struct notice *notice =
		    notice_add(to, late ? "captured_late" : "captured_early", GAP_STALE, side,
		               str_printf(to->arena, "captured at %s, %s at %s: it may %s",
		                          instant_text(input->captured, captured),
		                          late ? "after the window's start" : "before the window's end",
		                          instant_text(bound, limit),
		                          late ? "already show the change" : "not show the change yet"));
		notice->input = snapshot_string(snapshot, input->path);
		notice->owner = owner_of_subject(to->owners, scope);
		if (side == SIDE_AFTER)
			notice->command = notice_command(to->arena, snapshot_string(snapshot, input->format), scope);
	}
}

/* ---- what was not assessed again ---- */

enum { UNITS_MAX = 100 };

static int compare_lost(const void *a, const void *b)
{
	const struct lost_unit *x = a, *y = b;
	if (x->all != y->all) return x->all > y->all ? -1 : 1;
	int c = str_cmp(x->tool, y->tool);
	return c ? c : str_cmp(x->target, y->target);
}

static void add_lost(struct noticing *to, const struct lost_unit *lost)
{
	const struct snapshot *before = &to->result->sides[SIDE_BEFORE];
	struct notice *notice = notice_add(
	    to, "not_reassessed", GAP_SCOPE, SIDE_AFTER,
	    str_printf(
		to->arena,
		"%llu finding%s open before in %.*s, %.*s: it was not assessed after, so their absence proves nothing",
		(unsigned long long)lost->all, lost->all == 1 ? "" : "s", STR_ARG(lost->tool), STR_ARG(lost->target)));
	const struct input *input = &before->inputs[snapshot_input_of(before, lost->first)];
	struct str scope = snapshot_string(before, input->scope);
	notice->owner = owner_of_subject(to->owners, scope);
	notice->command = notice_command(to->arena, snapshot_string(before, input->format), scope);
}

/* The units with most findings each, the rest in one line. */
static void from_lost_units(struct noticing *to, enum side side)
{
	if (side != SIDE_AFTER) return;
	size_t all, count = 0;
	uint64_t rest = 0;
	struct lost_unit *lost = lost_units(&to->result->diff, &all);
	for (size_t i = 0; i < all; i++)
		if (!lost[i].assessed) lost[count++] = lost[i];
	if (count) qsort(lost, count, sizeof(*lost), compare_lost);
	for (size_t i = 0; i < count; i++) {
		if (i < UNITS_MAX)
			add_lost(to, &lost[i]);
		else
			rest += lost[i].all;
	}
	if (rest)
		notice_add(to, "not_reassessed", GAP_SCOPE, SIDE_AFTER,
		           str_printf(to->arena,
		                      "%llu findings open before in %u more units that were not assessed after",
		                      (unsigned long long)rest, (unsigned)(count - UNITS_MAX)));
	large_free(lost);
}

/* ---- states ---- */

static void from_stopped(struct noticing *to, enum side side)
{
	const struct snapshot *snapshot = &to->result->sides[side];
	for (size_t i = 0; i < to->facts->subject_count; i++) {
		const struct known_subject *subject = &to->facts->subjects[i];
		uint32_t fact = facts_find(to->facts, side, subject, STR("powerState.code"));
		if (fact == NO_MATCH ||
		    !str_eq_nocase(snapshot_string(snapshot, snapshot->facts[fact].value), STR("Stopped")))
			continue;
		struct str type = arm_type(to->arena, subject->name);
		if (!str_eq_nocase(type, STR("Microsoft.ContainerService/managedClusters"))) continue;
		struct notice *notice = notice_add(
		    to, "cluster_stopped", GAP_STATE, side,
		    str_printf(to->arena, "%.*s was stopped when it was exported: nothing ran there that could be seen",
		               STR_ARG(subject->name)));
		if (snapshot->facts[fact].input < snapshot->input_count)
			notice->input = snapshot_string(snapshot, snapshot->inputs[snapshot->facts[fact].input].path);
		notice->owner = owner_of_subject(to->owners, subject->name);
		notice->command = notice_command(to->arena, STR("azure.aks"), subject->name);
	}
}

static void from_previous(struct noticing *to, enum side side)
{
	struct str difference = side == SIDE_BEFORE ? previous_difference(to->result, to->arena) : STR_EMPTY;
	if (difference.len) notice_add(to, "previous_differs", GAP_STATE, side, difference);
}

void notices_collect(struct result *result, const struct facts *facts, const struct owners *owners)
{
	static void (*const sources[])(struct noticing * to, enum side side) = {
	    from_files,  from_requirements, from_scope,   from_outside,      from_tenants,
	    from_window, from_lost_units,   from_stopped, notices_unscanned, notices_sensors,
	    notices_arc, notices_operator,  notices_age,  from_previous,
	};
	struct noticing to = {.result = result, .arena = &result->arena, .facts = facts, .owners = owners};
	for (int side = 0; side < SIDE_COUNT; side++)
		for (to.rank = 0; to.rank < COUNT(sources); to.rank++) sources[to.rank](&to, (enum side)side);
	if (to.count) qsort(to.list, to.count, sizeof(*to.list), compare_notices);
	/* A gap that nobody else answers for is the change's own. */
	for (size_t i = 0; i < to.count; i++) {
		struct notice *notice = &to.list[i].notice;
		if (notice->gap != GAP_NONE && !notice->owner.len && result->change.owner.len)
			notice->owner = result->change.owner;
	}
	result->notices = ARENA_ARRAY(&result->arena, struct notice, to.count + 1);
	result->notice_count = to.count;
	for (size_t i = 0; i < to.count; i++) result->notices[i] = to.list[i].notice;
	free(to.list);
}
