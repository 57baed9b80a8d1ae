/* What page 1 says, in words and counts; render/pdf_decision.c draws it on a page, render/html.c has all of it. */
#include "render/report_lists.h"

#include <stdlib.h>

/* ---- Title ------------------------------------------------------------------------------------------------------- */

/* "2026-03-02 20:00 – 03-07 06:00 UTC": to the minute, what is the same once. */
static struct str range_of(struct report *r, int64_t from, int64_t to)
{
	const int64_t minute = 60 * INSTANT_SECOND;
	const size_t date = sizeof("2026-03-02 ") - 1, year = sizeof("2026-") - 1;
	if (from != INSTANT_NONE) from -= (from % minute + minute) % minute;
	if (to != INSTANT_NONE) to -= (to % minute + minute) % minute;
	struct str first = texts_instant(&r->texts, from), last = texts_instant(&r->texts, to), zone = STR(" UTC");
	if (from == to) return first;
	if (first.len > date && last.len > date && str_eq(str_slice(first, 0, date), str_slice(last, 0, date)))
		last = str_slice(last, date, last.len);
	else if (first.len > date && last.len > date && str_eq(str_slice(first, 0, year), str_slice(last, 0, year)))
		last = str_slice(last, year, last.len);
	if (str_ends(first, zone) && str_ends(last, zone)) first = str_slice(first, 0, first.len - zone.len);
	return SAY(r, decision_from_to, SLOT("from", first), SLOT("to", last));
}

static struct str captured(struct report *r, enum side side)
{
	const int64_t *at = r->result->captured[side];
	if (at[0] == INSTANT_NONE) return T(r, decision_undated);
	return range_of(r, at[0], at[1]);
}

/* Distinct strings of both sides, by what `of` says of an input. */
static struct str tool_of(const struct snapshot *s, const struct input *input)
{
	return snapshot_string(s, input->tool);
}

static struct str subscription_of(const struct snapshot *s, const struct input *input)
{
	return arm_subscription(snapshot_string(s, input->scope));
}

struct distinct {
	struct strings names; /* in lower case */
	uint8_t *sides;       /* by number - 1: bit of each side */
	uint32_t capacity;
};

static void count_distinct(struct report *r, struct str (*of)(const struct snapshot *, const struct input *),
                           uint64_t *all, uint64_t *on_both)
{
	struct distinct d = {.sides = NULL};
	*all = *on_both = 0;
	for (int side = 0; side < SIDE_COUNT; side++) {
		const struct snapshot *s = &r->result->sides[side];
		for (uint32_t i = 0; i < s->input_count; i++) {
			struct str name = of(s, &s->inputs[i]);
			if (!name.len) continue;
			uint32_t count = d.names.count, number = strings_add(&d.names, str_lower(&r->arena, name));
			if (d.names.count > count) {
				ARRAY_RESERVE(d.sides, count, d.capacity);
				d.sides[number - 1] = 0;
			}
			d.sides[number - 1] |= (uint8_t)(1U << side);
		}
	}
	for (uint32_t i = 0; i < d.names.count; i++) *on_both += d.sides[i] == 3;
	*all = d.names.count;
	strings_free(&d.names);
	free(d.sides);
}

static struct str subtitle(struct report *r)
{
	const struct result *result = r->result;
	uint64_t tools, tools_both, subscriptions, subscriptions_both;
	count_distinct(r, tool_of, &tools, &tools_both);
	count_distinct(r, subscription_of, &subscriptions, &subscriptions_both);
	struct str files =
	    SAY(r, decision_files,
	        SLOT_N("n", (uint64_t)result->sides[SIDE_BEFORE].input_count + result->sides[SIDE_AFTER].input_count));
	struct str text =
	    SAY(r, decision_subtitle, SLOT("before", captured(r, SIDE_BEFORE)), SLOT("after", captured(r, SIDE_AFTER)),
	        SLOT("files", files), SLOT("tools", SAY(r, decision_tools, SLOT_N("n", tools))));
	if (!subscriptions) return text;
	return report_join(
	    r, text, STR(" · "),
	    SAY(r, decision_subscriptions, SLOT_N("n", subscriptions), SLOT_N("both", subscriptions_both)));
}

struct str report_subtitle(struct report *r)
{
	if (!r->subtitle.len)
		r->subtitle = subtitle(r); /* the page is measured many times, and all files are looked at */
	return r->subtitle;
}

/* ---- Verdict ----------------------------------------------------------------------------------------------------- */

static struct str offenders_of(struct report *r, const struct gate_rule *rule)
{
	enum { NAMED = 3 };
	struct str text = STR_EMPTY;
	size_t n = rule->offender_count < NAMED ? rule->offender_count : NAMED;
	for (size_t i = 0; i < n; i++) text = report_join(r, text, STR(", "), report_offender(r, rule->offenders[i]));
	if (rule->value > (double)n && n)
		text = SAY(r, decision_and_more, SLOT("list", text), SLOT_N("n", (uint64_t)(rule->value - (double)n)));
	return text;
}

struct str report_rule_numbers(struct report *r, const struct gate_rule *rule)
{
	struct str numbers = SAY(r, decision_rule_numbers, SLOT("value", texts_double(&r->texts, rule->value)),
	                         SLOT("limit", texts_double(&r->texts, rule->limit)));
	struct str offenders = offenders_of(r, rule);
	return offenders.len ? report_join(r, numbers, STR(": "), offenders) : numbers;
}

/* Ready is no reason not to read on. */
struct str report_verdict_note(struct report *r)
{
	const struct result *result = r->result;
	const uint64_t *outcomes = result->diff.outcomes;
	uint64_t advisory = 0;
	if (!result->verdict_pass) return STR_EMPTY;
	for (size_t i = 0; i < result->gate_count; i++)
		advisory += result->gate[i].state == GATE_FAIL && result->gate[i].advisory;
	if (advisory) return SAY(r, gate_advisory_fail, SLOT_N("n", advisory));
	return SAY(r, decision_caution, SLOT_N("not_reassessed", outcomes[OUTCOME_NOT_REASSESSED]),
	           SLOT_N("dismissed", outcomes[OUTCOME_DISMISSED]));
}

/* ---- The change -------------------------------------------------------------------------------------------------- */

struct str report_or_none(struct report *r, struct str text) { return text.len ? text : T(r, decision_not_said); }

static struct str list_of(struct report *r, const struct str *list, size_t n)
{
	enum { NAMED = 12 };
	struct str text = STR_EMPTY;
	for (size_t i = 0; i < n && i < NAMED; i++) text = report_join(r, text, STR(", "), list[i]);
	if (n > NAMED) text = SAY(r, decision_and_more, SLOT("list", text), SLOT_N("n", n - NAMED));
	return text;
}

struct str report_scope(struct report *r)
{
	const struct change *c = &r->result->change;
	struct str text = STR_EMPTY;
	if (c->environment.len) text = c->environment;
	if (c->tenant.len) text = report_join(r, text, STR(" · "), SAY(r, change_tenant, SLOT("tenant", c->tenant)));
	if (c->subscription_count)
		text = report_join(r, text, STR(" · "),
		                   SAY(r, change_subscriptions, SLOT_N("n", c->subscription_count),
		                       SLOT("list", list_of(r, c->subscriptions, c->subscription_count))));
	if (c->subject_count)
		text = report_join(r, text, STR(" · "),
		                   SAY(r, change_subjects, SLOT_N("n", c->subject_count),
		                       SLOT("list", list_of(r, c->subjects, c->subject_count))));
	return report_or_none(r, text);
}

struct str report_window(struct report *r)
{
	const struct change *c = &r->result->change;
	if (c->window_start == INSTANT_NONE && c->window_end == INSTANT_NONE) return T(r, decision_not_said);
	return range_of(r, c->window_start, c->window_end);
}

/* ---- What was not looked at -------------------------------------------------------------------------------------- */

#define ADD_GAP(key, count, first)                                                                                     \
	do {                                                                                                           \
		if (!(count)) break;                                                                                   \
		keys[n] = SAY(r, gaps_##key##_n, SLOT_N("n", (count)));                                                \
		values[n++] = SAY(r, gaps_##key, SLOT_N("n", (count)), SLOT("first", (first)));                        \
	} while (0)

size_t report_gap_rows(struct report *r, const struct report_gaps *gaps, struct str keys[REPORT_GAPS],
                       struct str values[REPORT_GAPS])
{
	const uint64_t *outcomes = r->result->diff.outcomes;
	size_t n = 0;
	keys[n] = SAY(r, gaps_findings_n, SLOT_N("n", outcomes[OUTCOME_NOT_REASSESSED]));
	values[n++] = T(r, gaps_findings);
	ADD_GAP(missing, gaps->missing, gaps->missing_what);
	ADD_GAP(not_exported, gaps->not_exported, STR_EMPTY);
	ADD_GAP(cut_off, gaps->cut_off, gaps->cut_off_file);
	ADD_GAP(failed, gaps->failed, gaps->failed_file);
	ADD_GAP(unreadable, gaps->unreadable, STR_EMPTY);
	ADD_GAP(stopped, gaps->stopped, gaps->stopped_cluster);
	ADD_GAP(stale, gaps->stale, STR_EMPTY);
	ADD_GAP(outside, gaps->outside, STR_EMPTY);
	ADD_GAP(checks, gaps->checks, STR_EMPTY);
	ADD_GAP(facts, gaps->facts, STR_EMPTY);
	ADD_GAP(unknown, gaps->unknown, gaps->unknown_file);
	ADD_GAP(newly, outcomes[OUTCOME_NEWLY_IN_SCOPE], STR_EMPTY);
	return n;
}

/* ---- Exceptions, owners, controls -------------------------------------------------------------------------------- */

struct exceptions_of {
	uint64_t count, matched, matched_before;
	const struct exception *next; /* ends first, or the first */
};

static void count_exceptions(struct report *r, struct exceptions_of by_state[EXCEPTION_STATE_COUNT])
{
	for (size_t i = 0; i < r->result->exception_count; i++) {
		const struct exception *e = &r->result->exceptions[i];
		struct exceptions_of *of = &by_state[e->state];
		of->count++;
		of->matched += e->matched;
		of->matched_before += e->matched_before;
		if (!of->next || e->days_left < of->next->days_left) of->next = e;
	}
}

static struct str exceptions_say(struct report *r, enum exception_state state, const struct exceptions_of *of)
{
	struct str id = of->next->id;
	switch (state) {
	case EXCEPTION_ACTIVE:
	case EXCEPTION_EXPIRING:
		if (of->next->days_left == INT64_MAX)
			return SAY(r, exceptions_cover_open_ended, SLOT_N("n", of->matched), SLOT("id", id));
		return SAY(r, exceptions_cover, SLOT_N("n", of->matched),
		           SLOT("days", texts_integer(&r->texts, of->next->days_left)), SLOT("id", id));
	case EXCEPTION_EXPIRED:
		return SAY(r, exceptions_expired, SLOT_N("n", of->matched), SLOT_N("before", of->matched_before),
		           SLOT("id", id));
	case EXCEPTION_INVALID:
		return SAY(r, exceptions_invalid, SLOT("id", id), SLOT("problem", report_problem(r, of->next)));
	case EXCEPTION_NOT_YET_VALID: return SAY(r, exceptions_not_yet, SLOT("id", id));
	case EXCEPTION_UNUSED: return SAY(r, exceptions_unused, SLOT("id", id));
	case EXCEPTION_STATE_COUNT: break;
	}
	return STR_EMPTY;
}

size_t report_exception_states(struct report *r, struct str keys[REPORT_EXCEPTION_STATES],
                               struct str values[REPORT_EXCEPTION_STATES])
{
	struct exceptions_of by_state[EXCEPTION_STATE_COUNT] = {{0}};
	static const enum exception_state order[] = {EXCEPTION_INVALID, EXCEPTION_EXPIRED,       EXCEPTION_EXPIRING,
	                                             EXCEPTION_ACTIVE,  EXCEPTION_NOT_YET_VALID, EXCEPTION_UNUSED};
	size_t n = 0;
	count_exceptions(r, by_state);
	if (!r->result->exception_count) {
		keys[n] = SAY(r, exceptions_none_n, SLOT_N("n", 0));
		values[n++] = T(r, exceptions_none);
	}
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		const struct exceptions_of *of = &by_state[order[i]];
		if (!of->count) continue;
		keys[n] = SAY(r, exceptions_state_n, SLOT_N("n", of->count),
		              SLOT("state", WORD(r, exception_invalid, order[i])));
		values[n++] = exceptions_say(r, order[i], of);
	}
	keys[n] = SAY(r, gaps_findings_n, SLOT_N("n", r->result->without_owner));
	values[n++] = T(r, exceptions_no_owner);
	return n;
}

struct str report_controls_line(struct report *r, uint64_t counts[CONTROL_STATE_COUNT])
{
	const struct result *result = r->result;
	struct str text = STR_EMPTY;
	memset(counts, 0, sizeof(*counts) * CONTROL_STATE_COUNT);
	for (size_t i = 0; i < result->control_count; i++) counts[result->controls[i].state]++;
	for (int s = 0; s < CONTROL_STATE_COUNT; s++)
		text = report_join(
		    r, text, STR(" · "),
		    SAY(r, controls_count, SLOT_N("n", counts[s]), SLOT("state", WORD(r, control_not_satisfied, s))));
	return text;
}

/* ---- Evidence ---------------------------------------------------------------------------------------------------- */

struct str report_evidence_counts(struct report *r)
{
	const struct result *result = r->result;
	uint64_t bytes = 0;
	for (int side = 0; side < SIDE_COUNT; side++)
		for (uint32_t i = 0; i < result->sides[side].input_count; i++)
			if (!result->sides[side].inputs[i].member) bytes += result->sides[side].inputs[i].bytes;
	struct str text =
	    SAY(r, decision_evidence, SLOT_N("before", result->sides[SIDE_BEFORE].input_count),
	        SLOT_N("after", result->sides[SIDE_AFTER].input_count), SLOT("bytes", texts_bytes(&r->texts, bytes)));
	const struct custody *custody = &result->custody;
	if (custody->redacted)
		text = report_join(r, text, STR_EMPTY, SAY(r, decision_redacted, SLOT_N("n", custody->values)));
	if (custody->absent_files)
		text = report_join(r, text, STR_EMPTY, SAY(r, decision_absent, SLOT_N("n", custody->absent_files)));
	return text;
}
