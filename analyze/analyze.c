/* How it works: one step after the other, each reading only what earlier steps filled in:
 *
 *     change, exceptions, policy   what people wrote, first: a wrong file is said at once
 *     diff                         what became of every finding
 *     facts ── checks ── objectives
 *       ├──── expects
 *       └──── owners ── notices
 *     exceptions ── controls ── gate
 */
#include "analyze/analyze.h"

#include "analyze/change.h"
#include "analyze/checks.h"
#include "analyze/estate.h"
#include "analyze/exception_notices.h"
#include "analyze/gate.h"
#include "analyze/notices.h"
#include "analyze/objectives.h"
#include "analyze/previous.h"
#include "analyze/waivers.h"
#include "core/pool.h"

/* In the order of the enums of analyze/result.h. */
const char *const expect_state_names[] = {"met", "not_met", "no_evidence"};
const char *const objective_state_names[] = {"met", "not_met", "not_provable"};
const char *const check_state_names[] = {"not_assessed", "pass", "fail"};
const char *const exception_state_names[] = {"invalid", "not_yet_valid", "expired", "unused", "expiring", "active"};
const char *const control_state_names[] = {"not_satisfied", "manual_review", "satisfied_with_exceptions", "satisfied",
                                           "no_evidence"};
const char *const gate_state_names[] = {"pass", "fail"};

/* First and last capture of each side, and the time at which all is judged. */
static bool set_times(struct result *result, const struct analyze_options *options, struct error *error)
{
	int64_t latest = INSTANT_NONE;
	for (int side = 0; side < SIDE_COUNT; side++) {
		const struct snapshot *snapshot = &result->sides[side];
		int64_t *captured = result->captured[side];
		captured[0] = captured[1] = INSTANT_NONE;
		for (uint32_t i = 0; i < snapshot->input_count; i++) {
			int64_t at = snapshot->inputs[i].captured;
			if (at == INSTANT_NONE) continue;
			if (captured[0] == INSTANT_NONE || at < captured[0]) captured[0] = at;
			if (at > captured[1]) captured[1] = at;
		}
		if (captured[1] > latest) latest = captured[1];
	}
	result->as_of = options->as_of != INSTANT_NONE ? options->as_of : latest;
	if (result->as_of != INSTANT_NONE) return true;
	return error_set(error, ERROR_INPUT, NULL,
	                 "no file says when it was captured: say with --as-of TIME at which time to judge");
}

struct written {
	struct checks checks;
	struct exception_list exceptions;
	struct policy policy;
	struct kev kev;
};

static bool read_written(struct result *result, const struct analyze_options *options, struct written *written,
                         struct error *error)
{
	struct arena *arena = &result->arena;
	change_none(&result->change);
	if (options->change && !change_read(options->change, arena, &result->change, error)) return false;
	if (options->exceptions && !exceptions_read(options->exceptions, arena, &written->exceptions, error))
		return false;
	if (options->kev && !kev_read(options->kev, arena, &written->kev, error)) return false;
	if (options->previous && !previous_read(options->previous, arena, &result->previous, error)) return false;
	if (!policy_read(options->policy, options->kev != NULL, arena, &written->policy, error)) return false;
	return checks_read(&written->checks, arena, error);
}

static void count_without_owner(struct result *result, const struct owners *owners)
{
	const struct snapshot *after = &result->sides[SIDE_AFTER];
	result->without_owner = 0;
	for (uint32_t i = 0; i < after->finding_count; i++) {
		LARGE_BREATHE(i);
		if (!fate_is_open(&result->diff.fates[SIDE_AFTER][i])) continue;
		if (!owner_of(owners, after, &after->findings[i]).len) result->without_owner++;
	}
}

static void count_known_exploited(struct result *result, const struct kev *kev)
{
	const struct snapshot *after = &result->sides[SIDE_AFTER];
	if (!kev) return;
	result->known_exploited.given = true;
	result->known_exploited.version = kev->version;
	result->known_exploited.released = kev->released;
	for (uint32_t i = 0; i < after->finding_count; i++) {
		LARGE_BREATHE(i);
		if (!fate_is_open(&result->diff.fates[SIDE_AFTER][i])) continue;
		const struct kev_entry *known = kev_of(kev, after, snapshot_profile(after, &after->findings[i]));
		if (!known) continue;
		result->known_exploited.open++;
		result->known_exploited.overdue += known->due < instant_day(result->as_of);
	}
}

bool analyze(struct result *result, const struct analyze_options *options, struct error *error)
{
	struct arena *arena = &result->arena;
	struct written written = {.policy = {.count = 0}};
	struct analysis *analysis = ARENA_NEW(arena, struct analysis);
	result->analysis = analysis;
	if (!set_times(result, options, error) || !read_written(result, options, &written, error)) return false;

	diff_run(&result->diff, &result->sides[SIDE_BEFORE], &result->sides[SIDE_AFTER],
	         options->threads ? options->threads : pool_processors());
	facts_index(&analysis->facts, &result->diff, arena);
	int64_t last = result->captured[SIDE_BEFORE][1];
	analysis->facts.judged_at[SIDE_BEFORE] = last != INSTANT_NONE ? last : result->as_of;
	analysis->facts.judged_at[SIDE_AFTER] = result->as_of;
	if (!owners_read(&analysis->owners, options->owners, options->owners_name, &analysis->facts, arena, error))
		return false;

	checks_run(&written.checks, &analysis->facts, arena, &result->checks, &result->check_count);
	for (size_t i = 0; i < result->check_count; i++)
		result->checks[i].owner = owner_of_subject(&analysis->owners, result->checks[i].subject);
	expects_judge(&result->change, &analysis->facts, arena);
	requires_judge(&result->change, &result->sides[SIDE_BEFORE], &result->sides[SIDE_AFTER]);
	objectives_judge(&result->change, &result->diff, result->checks, result->check_count);

	size_t findings = (size_t)result->sides[SIDE_AFTER].finding_count + 1;
	struct acceptance acceptance = {ARENA_ARRAY(arena, bool, findings), ARENA_ARRAY(arena, uint8_t, findings)};
	exceptions_judge(&written.exceptions, &result->diff, result->as_of, &acceptance);
	result->exceptions = written.exceptions.list;
	result->exception_count = written.exceptions.count;
	waivers_collect(result, &analysis->facts, &acceptance);
	analysis->covered = acceptance.covered;
	analysis->severity = acceptance.severity;
	analysis->speaks = ARENA_ARRAY(arena, uint32_t, findings);
	exceptions_attribute(&written.exceptions, &result->diff, analysis->speaks);
	count_without_owner(result, &analysis->owners);
	struct estate *estate = ARENA_NEW(arena, struct estate);
	estate_count(estate, result, &analysis->facts, &analysis->owners);
	result->estate = estate;
	previous_compare(result);
	notices_collect(result, &analysis->facts, &analysis->owners);
	exception_notices_add(result);
	if (!controls_judge(result, options->frameworks, options->framework_count, analysis->covered,
	                    &analysis->controls, error))
		return false;
	analysis->kev = options->kev ? ARENA_NEW(arena, struct kev) : NULL;
	if (analysis->kev) *analysis->kev = written.kev;
	count_known_exploited(result, analysis->kev);
	if (!gate_judge(result, &written.policy, &acceptance, analysis->kev, error)) return false;
	return true;
}

struct str finding_owner(const struct analysis *analysis, const struct snapshot *snapshot,
                         const struct finding *finding)
{
	return analysis ? owner_of(&analysis->owners, snapshot, finding)
	                : snapshot_string(snapshot, snapshot_profile(snapshot, finding)->owner);
}

void result_free(struct result *result)
{
	diff_free(&result->diff);
	snapshot_free(&result->sides[SIDE_BEFORE]);
	snapshot_free(&result->sides[SIDE_AFTER]);
	arena_free(&result->arena);
}
