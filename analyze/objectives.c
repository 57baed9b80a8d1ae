/* How it works: what a scope lets through is decided once for each profile, so that counting is one look at each
 * finding. A measure is a row of a table: the function that fills in the objective's numbers and says whether
 * anything was assessed.
 */
#include "analyze/objectives.h"

#include "analyze/change.h"
#include "analyze/events.h"
#include "core/hash.h"

#include <stdio.h>
#include <stdlib.h>

/* Open findings and their subjects in the common scope, narrowed. */
struct measured {
	bool assessed; /* something in scope was assessed on both sides */
	uint64_t findings[SIDE_COUNT], subjects[SIDE_COUNT];
};

/* ---- counting ---- */

static const struct str tool_prefix = {"tool:", 5};

static bool in_common(const struct diff *diff, enum side side, uint32_t unit)
{
	return diff->sides[side]->units[unit].assessed && diff->unit_assessed_on_other[side][unit];
}

static bool in_scope(const struct snapshot *snapshot, const struct profile *profile, struct str scope)
{
	if (!scope.len) return true;
	if (str_starts_nocase(scope, tool_prefix))
		return str_glob_nocase(str_trim(str_slice(scope, tool_prefix.len, scope.len)),
		                       snapshot_string(snapshot, profile->tool));
	return str_glob_nocase(scope, snapshot_string(snapshot, profile->subject));
}

/* Units that were assessed on both sides and that the scope lets through by their tool: no finding need be left in
 * them. */
static bool unit_in_scope(const struct diff *diff, enum side side, struct str scope)
{
	const struct snapshot *snapshot = diff->sides[side];
	bool by_tool = str_starts_nocase(scope, tool_prefix);
	if (scope.len && !by_tool) return false;
	struct str tool = by_tool ? str_trim(str_slice(scope, tool_prefix.len, scope.len)) : STR("*");
	for (uint32_t i = 0; i < snapshot->unit_count; i++)
		if (!snapshot->units[i].of_facts && in_common(diff, side, i) &&
		    str_glob_nocase(tool, snapshot_string(snapshot, snapshot->units[i].tool)))
			return true;
	return false;
}

enum { PROFILE_UNSEEN, PROFILE_OUT, PROFILE_IN, PROFILE_IN_SEVERITY, PROFILE_COUNTED };

static uint8_t look_at(const struct diff *diff, enum side side, const struct profile *profile, struct str severity,
                       struct str scope)
{
	if (!in_common(diff, side, profile->unit) || !in_scope(diff->sides[side], profile, scope)) return PROFILE_OUT;
	bool wanted = !severity.len || str_eq_nocase(severity, str_from(severity_names[profile->severity]));
	return profile->status == STATUS_FAIL && wanted ? PROFILE_IN_SEVERITY : PROFILE_IN;
}

static int compare_hashes(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

static uint64_t count_distinct(uint64_t *hashes, size_t count)
{
	uint64_t distinct = 0;
	if (count) qsort(hashes, count, sizeof(*hashes), compare_hashes);
	for (size_t i = 0; i < count; i++) distinct += i == 0 || hashes[i] != hashes[i - 1];
	return distinct;
}

static void measure_side(const struct diff *diff, enum side side, struct str severity, struct str scope,
                         struct measured *measured)
{
	const struct snapshot *snapshot = diff->sides[side];
	uint8_t *seen = large_grow(NULL, snapshot->profiles.count);
	uint64_t *subjects = large_grow(NULL, sizeof(*subjects) * snapshot->profiles.count);
	size_t subject_count = 0;
	memset(seen, PROFILE_UNSEEN, snapshot->profiles.count);
	for (uint32_t i = 0; i < snapshot->finding_count; i++) {
		LARGE_BREATHE(i);
		if (!diff->fates[side][i].counted) continue;
		const struct profile *profile = snapshot_profile(snapshot, &snapshot->findings[i]);
		uint8_t *state = &seen[snapshot->findings[i].profile];
		if (*state == PROFILE_UNSEEN) *state = look_at(diff, side, profile, severity, scope);
		if (*state == PROFILE_OUT) continue;
		measured->assessed = true;
		if (*state == PROFILE_IN) continue;
		measured->findings[side]++;
		if (*state == PROFILE_COUNTED) continue;
		*state = PROFILE_COUNTED;
		if (profile->subject)
			subjects[subject_count++] = hash_nocase(snapshot_string(snapshot, profile->subject));
	}
	measured->subjects[side] = count_distinct(subjects, subject_count);
	large_free(seen);
	large_free(subjects);
}

/* severity: a word or empty for all; scope: "tool:NAME", a glob of subjects, or empty. */
static void measure_open(const struct diff *diff, struct str severity, struct str scope, struct measured *measured)
{
	*measured = (struct measured){.assessed = unit_in_scope(diff, SIDE_AFTER, scope)};
	measure_side(diff, SIDE_BEFORE, severity, scope, measured);
	measure_side(diff, SIDE_AFTER, severity, scope, measured);
}

/* ---- measures ---- */

/* What all measures may look at. */
struct sources {
	const struct diff *diff;
	const struct check_row *checks;
	size_t check_count;
};

/* 100 * (after - before) / before, rounded to one decimal as printf does; nothing at 0. */
static void take_percent(struct objective *objective)
{
	char text[400];
	objective->has_percent = objective->has_numbers && (objective->before > 0 || objective->before < 0);
	if (!objective->has_percent) return;
	double percent = 100 * (objective->after - objective->before) / objective->before;
	snprintf(text, sizeof(text), "%.1f", percent);
	objective->percent = strtod(text, NULL) + 0.0; /* no negative zero */
}

static void set_numbers(struct objective *objective, double before, double after)
{
	objective->has_numbers = true;
	objective->before = before;
	objective->after = after;
	take_percent(objective);
}

static bool measure_findings(const struct sources *from, struct objective *objective)
{
	struct measured measured;
	measure_open(from->diff, objective->severity, objective->scope, &measured);
	if (measured.assessed)
		set_numbers(objective, (double)measured.findings[SIDE_BEFORE], (double)measured.findings[SIDE_AFTER]);
	return measured.assessed;
}

static bool measure_subjects(const struct sources *from, struct objective *objective)
{
	struct measured measured;
	measure_open(from->diff, objective->severity, objective->scope, &measured);
	if (measured.assessed)
		set_numbers(objective, (double)measured.subjects[SIDE_BEFORE], (double)measured.subjects[SIDE_AFTER]);
	return measured.assessed;
}

/* The share after, over all subjects assessed after; the change of the share, over those assessed on both sides. */
static bool measure_checks(const struct sources *from, struct objective *objective)
{
	uint64_t assessed = 0, passed = 0, common = 0, common_passed[SIDE_COUNT] = {0, 0};
	if (str_starts_nocase(objective->scope, tool_prefix)) return false; /* checks are no scanner's */
	for (size_t i = 0; i < from->check_count; i++) {
		const struct check_row *row = &from->checks[i];
		if (!str_eq(row->id, objective->check)) continue;
		if (objective->scope.len && !str_glob_nocase(objective->scope, row->subject)) continue;
		if (row->state[SIDE_AFTER] == CHECK_NOT_ASSESSED) continue;
		assessed++;
		passed += row->state[SIDE_AFTER] == CHECK_PASS;
		if (row->state[SIDE_BEFORE] == CHECK_NOT_ASSESSED) continue;
		common++;
		for (int side = 0; side < SIDE_COUNT; side++) common_passed[side] += row->state[side] == CHECK_PASS;
	}
	if (!assessed) return false;
	objective->has_value = true;
	objective->value = 100 * (double)passed / (double)assessed;
	if (common)
		set_numbers(objective, 100 * (double)common_passed[SIDE_BEFORE] / (double)common,
		            100 * (double)common_passed[SIDE_AFTER] / (double)common);
	return true;
}

/* Seconds, after; the change of it where both sides have alerts. */
static bool measure_routing(const struct sources *from, struct objective *objective)
{
	struct routing before = events_routing(from->diff->sides[SIDE_BEFORE], objective->scope);
	struct routing after = events_routing(from->diff->sides[SIDE_AFTER], objective->scope);
	if (!after.timed) return false;
	objective->has_value = true;
	objective->value = after.p95;
	if (before.timed) set_numbers(objective, before.p95, after.p95);
	return true;
}

/* The change file brought the numbers. */
static bool measure_attested(const struct sources *from, struct objective *objective)
{
	(void)from;
	set_numbers(objective, objective->before, objective->after);
	return true;
}

static const struct {
	struct str name;
	bool (*measure)(const struct sources *from, struct objective *objective);
} measures[] = {
    {{"open_findings", 13}, measure_findings}, {{"subjects_open", 13}, measure_subjects},
    {{"checks_pass", 11}, measure_checks},     {{"alert_routing_p95", 17}, measure_routing},
    {{"attested", 8}, measure_attested},
};

/* ---- judging ---- */

static enum objective_state judge(const struct objective *objective, const struct target *target)
{
	if (target->kind != TARGET_CHANGE) {
		double value = objective->has_value ? objective->value : objective->after;
		if (!objective->has_value && !objective->has_numbers) return OBJECTIVE_NOT_PROVABLE;
		return target_met(target, value) ? OBJECTIVE_MET : OBJECTIVE_NOT_MET;
	}
	if (!objective->has_numbers) return OBJECTIVE_NOT_PROVABLE;
	if (objective->has_percent) return target_met(target, objective->percent) ? OBJECTIVE_MET : OBJECTIVE_NOT_MET;
	/* From nothing: no percentage, but a rise is a rise. */
	if (objective->after > 0) return target->number > 0 ? OBJECTIVE_MET : OBJECTIVE_NOT_MET;
	return OBJECTIVE_NOT_PROVABLE;
}

void objectives_judge(struct change *change, const struct diff *diff, const struct check_row *checks,
                      size_t check_count)
{
	struct sources from = {diff, checks, check_count};
	for (size_t i = 0; i < change->objective_count; i++) {
		struct objective *objective = &change->objectives[i];
		struct target target;
		objective->state = OBJECTIVE_NOT_PROVABLE;
		for (size_t m = 0; m < sizeof(measures) / sizeof(*measures); m++) {
			if (!str_eq(objective->measure, measures[m].name)) continue;
			bool assessed = measures[m].measure(&from, objective);
			if (assessed && target_parse(objective->target, &target))
				objective->state = judge(objective, &target);
		}
	}
}
