/* A scope unit of an Azure export of findings begins with its subscription: "GUID KEY" (templates/formats/azure.*.json). A
 * subscription is whole in a format where a file of it covers a unit of the subscription and none of these units was cut off. A
 * file without a record covers none: an empty list does not say what it is a list of.
 */
#include "analyze/control_scope.h"

#include "analyze/analyze.h"
#include "analyze/change.h"
#include "analyze/expects.h"

#include <stdlib.h>

enum { GUID_LENGTH = 36, MAX_FORMATS = 30 };
static const uint32_t any_format = UINT32_MAX;

static struct str format_of(const struct snapshot *s, uint32_t input)
{
	return snapshot_string(s, s->inputs[input].format);
}

static void collect_formats(struct control_scope *scope)
{
	scope->formats = ARENA_ARRAY(&scope->arena, struct str, MAX_FORMATS);
	for (int side = 0; side < SIDE_COUNT; side++) {
		const struct snapshot *s = &scope->result->sides[side];
		scope->bits[side] = ARENA_ARRAY(&scope->arena, uint32_t, (size_t)s->input_count + 1);
		for (uint32_t i = 0; i < s->input_count; i++) {
			struct str format = format_of(s, i);
			size_t k = 0;
			if (!s->inputs[i].finding_count || !str_starts(format, STR("azure."))) continue;
			while (k < scope->format_count && !str_eq(scope->formats[k], format)) k++;
			if (k == MAX_FORMATS) continue;
			if (k == scope->format_count) scope->formats[scope->format_count++] = format;
			scope->bits[side][i] = UINT32_C(1) << k;
		}
	}
}

uint32_t control_scope_format(const struct control_scope *scope, enum side side, uint32_t input)
{
	return scope->bits[side][input];
}

/* ---- subscriptions ---- */

/* The GUID that a unit's target begins with; empty if it does not. */
static struct str guid_of(struct str target)
{
	static const char dashes[] = "\x08\x0d\x12\x17";
	if (target.len < GUID_LENGTH || (target.len > GUID_LENGTH && target.ptr[GUID_LENGTH] != ' ')) return STR_EMPTY;
	for (size_t i = 0; i < 4; i++)
		if (target.ptr[(size_t)dashes[i]] != '-') return STR_EMPTY;
	return str_slice(target, 0, GUID_LENGTH);
}

/* One pass over what was covered after: subscriptions and files may both be many. */
static void collect_subscriptions(struct control_scope *scope)
{
	const struct snapshot *after = &scope->result->sides[SIDE_AFTER];
	struct arena scratch = {0};
	size_t capacity = 0;
	for (uint32_t i = 0; i < after->coverage_count; i++) {
		const struct coverage *c = &after->coverage[i];
		const struct unit *unit = &after->units[c->unit];
		struct str guid = guid_of(snapshot_string(after, unit->target));
		uint32_t bit = scope->bits[SIDE_AFTER][c->input];
		if (!bit || !guid.len) continue;
		uint32_t before = scope->guids.count, number = strings_add(&scope->guids, str_lower(&scratch, guid));
		arena_reset(&scratch);
		ARRAY_RESERVE(scope->subscriptions, number - 1, capacity);
		struct scope_subscription *subscription = &scope->subscriptions[number - 1];
		if (number > before) *subscription = (struct scope_subscription){0};
		*(unit->assessed ? &subscription->whole : &subscription->cut) |= bit;
	}
	arena_free(&scratch);
}

/* The formats in which the subscription is not whole after. */
static uint32_t missing_formats(struct control_scope *scope, struct str guid)
{
	uint32_t number = strings_find(&scope->guids, str_lower(&scope->arena, guid)), missing = 0;
	struct scope_subscription known = number ? scope->subscriptions[number - 1] : (struct scope_subscription){0};
	for (size_t k = 0; k < scope->format_count; k++) {
		uint32_t bit = UINT32_C(1) << k;
		if ((known.cut & bit) || !(known.whole & bit)) missing |= bit;
	}
	return missing;
}

static void add_thing(struct control_scope *scope, size_t *capacity, const char *kind, struct str name,
                      uint32_t missing)
{
	struct str full = str_printf(&scope->arena, "%s %.*s", kind, STR_ARG(name));
	if (!missing) return;
	for (size_t i = 0; i < scope->thing_count; i++)
		if (str_eq_nocase(scope->things[i].name, full)) return;
	ARRAY_RESERVE(scope->things, scope->thing_count, *capacity);
	scope->things[scope->thing_count++] = (struct scope_thing){full, missing};
}

/* Subscriptions that units of Azure's findings before name, and no assessed one after. */
static void add_left_out(struct control_scope *scope, size_t *capacity)
{
	const struct snapshot *before = &scope->result->sides[SIDE_BEFORE];
	struct strings seen = {0};
	uint32_t all = scope->format_count ? (uint32_t)((UINT64_C(1) << scope->format_count) - 1) : 0;
	for (uint32_t i = 0; i < before->coverage_count; i++) {
		const struct coverage *c = &before->coverage[i];
		if (!scope->bits[SIDE_BEFORE][c->input] || !input_is_counted(&before->inputs[c->input])) continue;
		struct str guid =
		    str_lower(&scope->arena, guid_of(snapshot_string(before, before->units[c->unit].target)));
		uint32_t count = seen.count;
		if (!guid.len || (strings_add(&seen, guid), seen.count == count)) continue;
		if (missing_formats(scope, guid) == all) add_thing(scope, capacity, "subscription", guid, all);
	}
	strings_free(&seen);
}

/* ---- subjects ---- */

/* A counted finding's or fact's subject after meets the pattern. */
static bool seen_after(const struct result *result, struct str pattern)
{
	const struct facts *facts = result->analysis ? &result->analysis->facts : NULL;
	for (size_t i = 0; facts && i < facts->subject_count; i++) {
		const struct known_subject *subject = &facts->subjects[i];
		if ((subject->count[SIDE_AFTER] || subject->found[SIDE_AFTER]) &&
		    str_glob_nocase(pattern, subject->name))
			return true;
	}
	return false;
}

void control_scope_begin(struct control_scope *scope, const struct result *result)
{
	const struct change *change = &result->change;
	size_t capacity = 0;
	*scope = (struct control_scope){.result = result};
	collect_formats(scope);
	collect_subscriptions(scope);
	for (size_t i = 0; i < change->subscription_count; i++) {
		struct str guid = change_subscription_guid(change->subscriptions[i]);
		add_thing(scope, &capacity, "subscription", guid, missing_formats(scope, guid));
	}
	add_left_out(scope, &capacity);
	for (size_t i = 0; i < change->subject_count; i++) {
		struct str subject = change->subjects[i], subscription = arm_subscription(subject);
		if (seen_after(result, subject)) continue;
		/* A resource that is gone from a subscription that was assessed is no gap. */
		add_thing(scope, &capacity, "subject", subject,
		          subscription.len ? missing_formats(scope, change_subscription_guid(subscription))
		                           : any_format);
	}
}

void control_scope_end(struct control_scope *scope)
{
	free(scope->things);
	free(scope->subscriptions);
	strings_free(&scope->guids);
	arena_free(&scope->arena);
}

struct str *control_scope_missing(const struct control_scope *scope, uint32_t formats, struct arena *arena,
                                  size_t *count)
{
	struct str *list = ARENA_ARRAY(arena, struct str, scope->thing_count + 1);
	*count = 0;
	for (size_t i = 0; i < scope->thing_count; i++)
		if (scope->things[i].missing == any_format || (scope->things[i].missing & formats))
			list[(*count)++] = str_dup(arena, scope->things[i].name);
	return list;
}
