/* How it works: each rule is a row of the table at the end. A row's function measures and names offenders; whether the value
 * passes, and which limits make sense, follows from the row's direction and range. A new rule is a row, and a function where
 * none measures it yet; docs/gate.md is held against the table by a test.
 */
#include "analyze/gate_private.h"

#include "core/instant.h"

#include <math.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* ---- offenders ---- */

static void name(struct judging *j, struct str id)
{
	if (j->rule->offender_count < GATE_OFFENDERS)
		j->rule->offenders[j->rule->offender_count++] = str_dup(&j->result->arena, id);
}

static void offend(struct judging *j, struct str id)
{
	j->rule->value++;
	name(j, id);
}

static void name_finding(struct judging *j, enum side side, uint32_t finding)
{
	char id[19];
	if (j->rule->offender_count == GATE_OFFENDERS) return;
	snapshot_finding_id(j->result->diff.sides[side], side, finding, id);
	name(j, str_from(id));
}

static void offend_finding(struct judging *j, enum side side, uint32_t finding)
{
	j->rule->value++;
	name_finding(j, side, finding);
}

/* ---- findings ---- */

enum {
	OF_NEW = 1U << OUTCOME_NEW | 1U << OUTCOME_REOPENED,
	OF_OPEN = OF_NEW | 1U << OUTCOME_UNCHANGED | 1U << OUTCOME_UPDATED | 1U << OUTCOME_NEWLY_IN_SCOPE,
};

static enum severity severity_of(const struct judging *j, enum side side, uint32_t finding)
{
	const struct snapshot *s = j->result->diff.sides[side];
	uint8_t adjusted = side == SIDE_AFTER && j->accepted ? j->accepted->severity[finding] : 0;
	return adjusted ? (enum severity)(adjusted - 1)
	                : (enum severity)snapshot_profile(s, &s->findings[finding])->severity;
}

/* The rule's severity and match. */
static bool meant(const struct judging *j, enum side side, uint32_t finding)
{
	const struct snapshot *s = j->result->diff.sides[side];
	const struct finding *f = &s->findings[finding];
	const struct gate_entry *entry = j->entry;
	if (entry->severity != SEVERITY_COUNT && severity_of(j, side, finding) != entry->severity) return false;
	return selector_profile(&entry->match, s, snapshot_profile(s, f)) && selector_place(&entry->match, s, f);
}

/* Calls f for each finding of the side that has one of the outcomes, is meant, and not covered. */
static void each_finding(struct judging *j, enum side side, unsigned outcomes,
                         void (*f)(struct judging *, enum side, uint32_t))
{
	const struct diff *diff = &j->result->diff;
	bool coverable = side == SIDE_AFTER && j->accepted;
	for (uint32_t i = 0; i < diff->sides[side]->finding_count; i++) {
		LARGE_BREATHE(i);
		unsigned outcome = diff->fates[side][i].outcome;
		if (outcome >= OUTCOME_COUNT || !(outcomes >> outcome & 1)) continue;
		if (coverable && j->accepted->covered[i]) continue;
		if (meant(j, side, i)) f(j, side, i);
	}
}

static void count_after(struct judging *j) { each_finding(j, SIDE_AFTER, j->entry->kind->argument, offend_finding); }
static void count_before(struct judging *j) { each_finding(j, SIDE_BEFORE, j->entry->kind->argument, offend_finding); }

static void offend_raised(struct judging *j, enum side side, uint32_t finding)
{
	const struct diff *d = &j->result->diff;
	const struct fate *fate = &d->fates[side][finding];
	if (fate->match == NO_MATCH || !(fate->updated_by & UPDATED_SEVERITY)) return;
	const struct profile *was = snapshot_profile(d->sides[SIDE_BEFORE], diff_match(d, side, finding));
	/* The order of the enum is from severe to harmless; what was unknown has not risen. */
	enum severity before = (enum severity)was->severity, after = severity_of(j, side, finding);
	if (before != SEVERITY_UNKNOWN && after < before) offend_finding(j, side, finding);
}
static void count_raised(struct judging *j) { each_finding(j, SIDE_AFTER, 1U << OUTCOME_UPDATED, offend_raised); }

static void offend_unowned(struct judging *j, enum side side, uint32_t finding)
{
	const struct snapshot *s = j->result->diff.sides[side];
	if (!finding_owner(j->result->analysis, s, &s->findings[finding]).len) offend_finding(j, side, finding);
}
static void count_unowned(struct judging *j) { each_finding(j, SIDE_AFTER, OF_OPEN, offend_unowned); }

static void count_covered(struct judging *j)
{
	const struct diff *diff = &j->result->diff;
	for (uint32_t i = 0; j->accepted && i < diff->sides[SIDE_AFTER]->finding_count; i++) {
		LARGE_BREATHE(i);
		unsigned outcome = diff->fates[SIDE_AFTER][i].outcome;
		if (outcome < OUTCOME_COUNT && j->accepted->covered[i] && meant(j, SIDE_AFTER, i))
			offend_finding(j, SIDE_AFTER, i);
	}
}

/* ---- what is known of exploitation ---- */

/* argument: only those whose day to be fixed is past. */
static void offend_exploited(struct judging *j, enum side side, uint32_t finding)
{
	const struct snapshot *s = j->result->diff.sides[side];
	const struct profile *p = snapshot_profile(s, &s->findings[finding]);
	const struct kev_entry *known = kev_of(j->kev, s, p);
	if (!known || (j->entry->kind->argument && known->due >= instant_day(j->result->as_of))) return;
	offend_finding(j, side, finding);
}
static void count_exploited(struct judging *j)
{
	if (j->kev) each_finding(j, SIDE_AFTER, OF_OPEN, offend_exploited);
}

static void offend_likely(struct judging *j, enum side side, uint32_t finding)
{
	const struct snapshot *s = j->result->diff.sides[side];
	double epss = (double)snapshot_profile(s, &s->findings[finding])->epss / 1e6;
	if (epss > j->rule->value) j->rule->value = epss;
	if (epss > j->entry->limit) name_finding(j, side, finding);
}
static void highest_epss(struct judging *j) { each_finding(j, SIDE_AFTER, OF_OPEN, offend_likely); }

/* ---- reductions ---- */

static void name_common(struct judging *j, enum side side, uint32_t finding)
{
	const struct diff *diff = &j->result->diff;
	const struct snapshot *s = diff->sides[side];
	uint32_t unit = snapshot_profile(s, &s->findings[finding])->unit;
	if (s->units[unit].assessed && diff->unit_assessed_on_other[side][unit]) name_finding(j, side, finding);
}

/* The offenders are the findings that are still open. */
static void reduction(struct judging *j, const struct change_of_severity *all, const struct change_of_severity *by)
{
	enum severity severity = j->entry->severity;
	const struct change_of_severity *c = severity == SEVERITY_COUNT ? all : &by[severity];
	if (!diff_percent(c->before, c->after, &j->rule->value)) {
		j->rule->value = c->after ? 100 : 0; /* from nothing: no percentage, but certainly no reduction */
		j->holds = !c->after;                /* nothing of nothing is left to do */
	}
	if (!j->holds && j->rule->value > j->entry->limit) each_finding(j, SIDE_AFTER, OF_OPEN, name_common);
}

static void reduction_of_findings(struct judging *j)
{
	reduction(j, &j->result->diff.reduction_all, j->result->diff.reduction);
}

static void reduction_of_subjects(struct judging *j)
{
	reduction(j, &j->result->diff.subjects_all, j->result->diff.subjects);
}

/* ---- controls ---- */

static bool control_meant(const struct judging *j, const struct control *control)
{
	const struct gate_entry *entry = j->entry;
	return (!entry->framework.len || str_glob_nocase(entry->framework, control->framework)) &&
	       (!entry->match.rule.len || str_glob_nocase(entry->match.rule, control->id));
}

static void offend_control(struct judging *j, const struct control *control)
{
	offend(j, str_printf(&j->result->arena, "%.*s %.*s", STR_ARG(control->framework), STR_ARG(control->id)));
}

static void count_controls(struct judging *j)
{
	for (size_t i = 0; i < j->result->control_count; i++) {
		const struct control *control = &j->result->controls[i];
		if ((unsigned)control->state == j->entry->kind->argument && control_meant(j, control))
			offend_control(j, control);
	}
}

static int rank_of(enum control_state state)
{
	switch (state) {
	case CONTROL_NOT_SATISFIED: return 0;
	case CONTROL_MANUAL_REVIEW: return 1;
	case CONTROL_NO_EVIDENCE: return 2;
	case CONTROL_WITH_EXCEPTIONS: return 3;
	case CONTROL_SATISFIED: return 4;
	case CONTROL_STATE_COUNT: break;
	}
	return 0;
}

static void count_worse_controls(struct judging *j)
{
	for (size_t i = 0; i < j->result->control_count; i++) {
		const struct control *control = &j->result->controls[i];
		bool worse = rank_of(control->state) < rank_of(control->state_before);
		/* Without evidence before there was nothing that could get worse. */
		if (worse && control->state_before != CONTROL_NO_EVIDENCE && control_meant(j, control))
			offend_control(j, control);
	}
}

static void share(struct judging *j, uint64_t good, uint64_t all)
{
	j->rule->value = all ? floor(1000.0 * (double)good / (double)all) / 10 : 0;
}

static void share_of_controls(struct judging *j)
{
	uint64_t good = 0, all = 0;
	for (size_t i = 0; i < j->result->control_count; i++) {
		const struct control *control = &j->result->controls[i];
		if (control->state == CONTROL_NO_EVIDENCE || !control_meant(j, control)) continue;
		bool satisfied = control->state == CONTROL_SATISFIED || control->state == CONTROL_WITH_EXCEPTIONS;
		all++;
		good += satisfied;
		if (!satisfied)
			name(j, str_printf(&j->result->arena, "%.*s %.*s", STR_ARG(control->framework),
			                   STR_ARG(control->id)));
	}
	share(j, good, all);
}

/* ---- checks ---- */

static bool check_meant(const struct judging *j, const struct check_row *check)
{
	const struct gate_entry *entry = j->entry;
	enum severity severity = SEVERITY_UNKNOWN;
	severity_from_word(check->severity, &severity);
	return (entry->severity == SEVERITY_COUNT || severity == entry->severity) &&
	       (!entry->match.rule.len || str_glob_nocase(entry->match.rule, check->id)) &&
	       (!entry->match.subject.len || str_glob_nocase(entry->match.subject, check->subject));
}

static struct str check_id(struct judging *j, const struct check_row *check)
{
	return str_printf(&j->result->arena, "%.*s %.*s", STR_ARG(check->id), STR_ARG(check->subject));
}

static void count_checks(struct judging *j)
{
	for (size_t i = 0; i < j->result->check_count; i++) {
		const struct check_row *check = &j->result->checks[i];
		if ((unsigned)check->state[SIDE_AFTER] == j->entry->kind->argument && check_meant(j, check))
			offend(j, check_id(j, check));
	}
}

static void count_worse_checks(struct judging *j)
{
	for (size_t i = 0; i < j->result->check_count; i++) {
		const struct check_row *check = &j->result->checks[i];
		bool worse = check->state[SIDE_BEFORE] == CHECK_PASS && check->state[SIDE_AFTER] != CHECK_PASS;
		if (worse && check_meant(j, check)) offend(j, check_id(j, check));
	}
}

static void share_of_checks(struct judging *j)
{
	uint64_t good = 0, all = 0;
	for (size_t i = 0; i < j->result->check_count; i++) {
		const struct check_row *check = &j->result->checks[i];
		if (check->state[SIDE_AFTER] == CHECK_NOT_ASSESSED || !check_meant(j, check)) continue;
		all++;
		good += check->state[SIDE_AFTER] == CHECK_PASS;
		if (check->state[SIDE_AFTER] != CHECK_PASS) name(j, check_id(j, check));
	}
	share(j, good, all);
}

/* ---- exceptions: a file's, and the evidence's own ---- */

static bool from_file(const struct exception *exception) { return str_eq(exception->source, STR("file")); }

static void each_exception(struct judging *j, bool (*wanted)(const struct judging *, const struct exception *))
{
	for (size_t i = 0; i < j->result->exception_count; i++)
		if (wanted(j, &j->result->exceptions[i])) offend(j, j->result->exceptions[i].id);
}

/* Of a state that somebody relies on: they match open findings. */
static bool relied_on(const struct judging *j, const struct exception *e)
{
	return from_file(e) && (unsigned)e->state == j->entry->kind->argument && e->matched;
}
static void count_relied_on(struct judging *j) { each_exception(j, relied_on); }

static bool in_state(const struct judging *j, const struct exception *e)
{
	return from_file(e) && (unsigned)e->state == j->entry->kind->argument;
}
static void count_in_state(struct judging *j) { each_exception(j, in_state); }

static bool overlaps(const struct judging *j, const struct exception *e)
{
	(void)j;
	return e->shared > 0;
}
static void count_overlaps(struct judging *j) { each_exception(j, overlaps); }

static bool self_approved(const struct judging *j, const struct exception *e)
{
	(void)j;
	return e->self_approved;
}
static void count_self_approved(struct judging *j) { each_exception(j, self_approved); }

static void count_milestones(struct judging *j)
{
	for (size_t i = 0; i < j->result->exception_count; i++) {
		const struct exception *e = &j->result->exceptions[i];
		for (size_t k = 0; k < e->milestone_count; k++)
			if (e->milestones[k].overdue)
				offend(j, str_printf(&j->result->arena, "%.*s %.*s", STR_ARG(e->id),
				                     STR_ARG(e->milestones[k].title)));
	}
}

/* It has ended, and records still go by it, or open findings would need it. */
static bool expired_exemption(const struct judging *j, const struct exception *e)
{
	(void)j;
	bool by_records = e->example.len && e->records[SIDE_AFTER];
	return !from_file(e) && e->state == EXCEPTION_EXPIRED && (e->matched || by_records);
}
static void count_expired_exemptions(struct judging *j) { each_exception(j, expired_exemption); }

static bool unreviewed(const struct judging *j, const struct exception *e)
{
	(void)j;
	return !from_file(e) && (e->state == EXCEPTION_NOT_YET_VALID || e->state == EXCEPTION_INVALID) &&
	       e->records[SIDE_AFTER];
}
static void count_unreviewed(struct judging *j) { each_exception(j, unreviewed); }

static void count_unreasoned(struct judging *j)
{
	for (size_t i = 0; i < j->result->exception_count; i++) {
		const struct exception *e = &j->result->exceptions[i];
		if (from_file(e) || !exception_in_force(e) || !e->unreasoned) continue;
		j->rule->value += (double)e->unreasoned;
		name(j, e->id);
	}
}

/* ---- the evidence ---- */

static void offend_notice(struct judging *j, const struct notice *notice)
{
	struct str what = notice->input.len ? notice->input : notice->message;
	if (notice->side == SIDE_COUNT)
		offend(j, what);
	else
		offend(j, str_printf(&j->result->arena, "%s %.*s", side_names[notice->side], STR_ARG(what)));
}

static void count_code(struct judging *j)
{
	for (size_t i = 0; i < j->result->notice_count; i++)
		if (!strcmp(j->result->notices[i].code, j->entry->kind->word)) offend_notice(j, &j->result->notices[i]);
}

static void count_stale(struct judging *j)
{
	for (size_t i = 0; i < j->result->notice_count; i++)
		if (j->result->notices[i].gap == GAP_STALE) offend_notice(j, &j->result->notices[i]);
}

static void count_gaps(struct judging *j)
{
	for (size_t i = 0; i < j->result->notice_count; i++)
		if (j->result->notices[i].gap != GAP_NONE) offend_notice(j, &j->result->notices[i]);
}

/* Assessed before and not again. */
static void count_lost_units(struct judging *j)
{
	const struct diff *diff = &j->result->diff;
	const struct snapshot *before = diff->sides[SIDE_BEFORE];
	for (uint32_t u = 0; u < before->unit_count; u++) {
		const struct unit *unit = &before->units[u];
		if (!unit->assessed || diff->unit_assessed_on_other[SIDE_BEFORE][u]) continue;
		offend(j, str_printf(&j->result->arena, "%.*s %.*s", STR_ARG(snapshot_string(before, unit->tool)),
		                     STR_ARG(snapshot_string(before, unit->target))));
	}
}

static bool has_records(const struct input *input)
{
	return input_is_counted(input) && (input->records || input->events);
}

static void oldest(struct judging *j)
{
	const struct snapshot *after = j->result->diff.sides[SIDE_AFTER];
	for (uint32_t i = 0; i < after->input_count; i++) {
		const struct input *input = &after->inputs[i];
		if (!has_records(input) || input->captured == INSTANT_NONE) continue;
		double days = floor(10.0 * (double)(j->result->as_of - input->captured) / (double)INSTANT_DAY) / 10;
		if (days > j->rule->value) j->rule->value = days;
		if (days > j->entry->limit) name(j, snapshot_string(after, input->path));
	}
}

static void count_undated(struct judging *j)
{
	const struct snapshot *after = j->result->diff.sides[SIDE_AFTER];
	for (uint32_t i = 0; i < after->input_count; i++)
		if (has_records(&after->inputs[i]) && after->inputs[i].captured == INSTANT_NONE)
			offend(j, snapshot_string(after, after->inputs[i].path));
}

/* ---- the change ---- */

/* Without evidence is not met either. */
static void count_expectations(struct judging *j)
{
	for (size_t i = 0; i < j->result->change.expect_count; i++) {
		const struct expect *expect = &j->result->change.expects[i];
		if (expect->state != EXPECT_MET) offend(j, expect->id);
	}
}

static void count_objectives(struct judging *j)
{
	for (size_t i = 0; i < j->result->change.objective_count; i++) {
		const struct objective *objective = &j->result->change.objectives[i];
		if (objective->state != OBJECTIVE_MET) offend(j, objective->id);
	}
}

static void count_missing(struct judging *j)
{
	for (size_t i = 0; i < j->result->change.require_count; i++) {
		const struct requirement *needed = &j->result->change.requires[i];
		if (needed->met) continue;
		offend(j,
		       str_printf(&j->result->arena, "%s %.*s%s%.*s", side_names[needed->side], STR_ARG(needed->format),
		                  needed->subject.len ? " " : "", STR_ARG(needed->subject)));
	}
}

/* ---- the table ---- */

#define COUNTS(of) .direction = AT_MOST, .whole = true, .low = 0, .high = UINT32_MAX, .limit = 0, .unit = (of)
#define ANY .severity = SEVERITY_COUNT
#define FINDINGS ANY, .flags = TAKES_SEVERITY | TAKES_MATCH
#define FINDINGS_EACH ANY, .flags = TAKES_SEVERITY | TAKES_MATCH | BY_SEVERITY
#define PERCENT_DOWN .direction = AT_MOST, .low = -100, .high = INFINITY, .limit = 0, .unit = "percent"
#define PERCENT_UP .direction = AT_LEAST, .low = 0, .high = 100, .limit = 100, .unit = "percent"

const struct gate_kind gate_kinds[] = {
    /* what is open */
    {"no_new_critical", "No new or reopened critical finding", count_after, OF_NEW, NULL, SEVERITY_CRITICAL,
     TAKES_MATCH | RATCHET_OFF, COUNTS("findings")},
    {"no_new_high", "No new or reopened high finding", count_after, OF_NEW, NULL, SEVERITY_HIGH,
     TAKES_MATCH | RATCHET_OFF, COUNTS("findings")},
    {"no_new", "No new or reopened finding", count_after, OF_NEW, NULL, FINDINGS_EACH, COUNTS("findings")},
    {"no_reopened", "No reopened finding", count_after, 1U << OUTCOME_REOPENED, NULL, FINDINGS, COUNTS("findings")},
    {"no_newly_in_scope", "No open finding in what was not assessed before", count_after, 1U << OUTCOME_NEWLY_IN_SCOPE,
     NULL, FINDINGS, COUNTS("findings")},
    {"no_raised_severity", "No finding whose severity rose", count_raised, 0, NULL, FINDINGS, COUNTS("findings")},
    {"open_findings", "Open findings", count_after, OF_OPEN, NULL, FINDINGS_EACH, COUNTS("findings")},
    {"no_unowned", "No open finding without an owner", count_unowned, 0, NULL, FINDINGS, COUNTS("findings")},
    {"no_known_exploited", "No open vulnerability that is known to be exploited", count_exploited, 0, NULL, ANY,
     .flags = TAKES_SEVERITY | TAKES_MATCH | NEEDS_KEV, COUNTS("findings")},
    {"no_overdue_known_exploited", "No vulnerability known to be exploited that is open past its day", count_exploited,
     1, NULL, ANY, .flags = TAKES_SEVERITY | TAKES_MATCH | NEEDS_KEV, COUNTS("findings")},
    {"epss", "Highest probability of exploitation among open findings", highest_epss, 0, NULL, FINDINGS,
     .direction = AT_MOST, .low = 0, .high = 1, .limit = 0.1, .unit = "probability"},

    /* what is gone */
    {"no_dismissed", "No finding that was dismissed instead of fixed", count_before, 1U << OUTCOME_DISMISSED, NULL,
     FINDINGS, COUNTS("findings")},
    {"no_not_reassessed", "No finding that is gone because nobody looked again", count_before,
     1U << OUTCOME_NOT_REASSESSED, NULL, FINDINGS, COUNTS("findings")},
    /* of one change, no state to hold on to */
    {"reduction", "Change of open findings in what was assessed on both sides", reduction_of_findings, 0, NULL, ANY,
     .flags = TAKES_SEVERITY | RATCHET_OFF, PERCENT_DOWN},
    {"subjects_reduction", "Change of subjects with open findings in what was assessed on both sides",
     reduction_of_subjects, 0, NULL, ANY, .flags = TAKES_SEVERITY | RATCHET_OFF, PERCENT_DOWN},

    /* controls and checks */
    {"no_unsatisfied_control", "No control that is not satisfied", count_controls, CONTROL_NOT_SATISFIED, NULL, ANY,
     .flags = TAKES_FRAMEWORK | TAKES_RULE, COUNTS("controls")},
    {"no_control_to_review", "No control that must be reviewed by hand", count_controls, CONTROL_MANUAL_REVIEW, NULL,
     ANY, .flags = TAKES_FRAMEWORK | TAKES_RULE, COUNTS("controls")},
    {"no_control_without_evidence", "No control without evidence", count_controls, CONTROL_NO_EVIDENCE, NULL, ANY,
     .flags = TAKES_FRAMEWORK | TAKES_RULE, COUNTS("controls")},
    {"no_worse_control", "No control in a worse state than before", count_worse_controls, 0, NULL, ANY,
     .flags = TAKES_FRAMEWORK | TAKES_RULE, COUNTS("controls")},
    {"controls_satisfied", "Share of the controls with evidence that are satisfied", share_of_controls, 0, NULL, ANY,
     .flags = TAKES_FRAMEWORK | TAKES_RULE, PERCENT_UP},
    {"no_failed_check", "No posture check that fails", count_checks, CHECK_FAIL, NULL, ANY,
     .flags = TAKES_SEVERITY | TAKES_RULE | TAKES_SUBJECT, COUNTS("checks")},
    {"no_unassessed_check", "No posture check that could not be assessed", count_checks, CHECK_NOT_ASSESSED, NULL, ANY,
     .flags = TAKES_SEVERITY | TAKES_RULE | TAKES_SUBJECT, COUNTS("checks")},
    {"no_worse_check", "No posture check that passed before and does not after", count_worse_checks, 0, NULL, ANY,
     .flags = TAKES_SEVERITY | TAKES_RULE | TAKES_SUBJECT, COUNTS("checks")},
    {"checks_pass", "Share of the assessed posture checks that pass", share_of_checks, 0, NULL, ANY,
     .flags = TAKES_SEVERITY | TAKES_RULE | TAKES_SUBJECT, PERCENT_UP},

    /* exceptions */
    {"no_expired_exception", "No expired exception in use", count_relied_on, EXCEPTION_EXPIRED, NULL, ANY, .flags = 0,
     COUNTS("exceptions")},
    {"no_invalid_exception", "No invalid exception in use", count_relied_on, EXCEPTION_INVALID, NULL, ANY, .flags = 0,
     COUNTS("exceptions")},
    {"no_expiring_exception", "No exception that ends within 30 days", count_in_state, EXCEPTION_EXPIRING, NULL, ANY,
     .flags = 0, COUNTS("exceptions")},
    {"no_unused_exception", "No exception that matches nothing", count_in_state, EXCEPTION_UNUSED, NULL, ANY,
     .flags = 0, COUNTS("exceptions")},
    {"no_overlapping_exception", "No finding under two exceptions", count_overlaps, 0, NULL, ANY, .flags = 0,
     COUNTS("exceptions")},
    {"no_self_approved_exception", "No exception approved by its owner", count_self_approved, 0, NULL, ANY, .flags = 0,
     COUNTS("exceptions")},
    {"no_overdue_milestone", "No milestone past its day", count_milestones, 0, NULL, ANY, .flags = 0,
     COUNTS("milestones")},
    {"covered_findings", "Open findings that an exception covers", count_covered, 0, NULL, FINDINGS,
     COUNTS("findings")},
    {"no_expired_exemption", "No expired exemption in use", count_expired_exemptions, 0, NULL, ANY, .flags = 0,
     COUNTS("exemptions")},
    {"no_unreviewed_suppression", "No suppression that is under review or rejected", count_unreviewed, 0, NULL, ANY,
     .flags = 0, COUNTS("suppressions")},
    {"no_suppression_without_reason", "No suppressed record without a reason", count_unreasoned, 0, NULL, ANY,
     .flags = 0, COUNTS("records")},

    /* the evidence */
    {"no_unassessed_unit", "Everything assessed before was assessed again", count_lost_units, 0, NULL, ANY, .flags = 0,
     COUNTS("scope units")},
    {"no_truncated_export", "No export that was cut off", count_code, 0, "truncated_export", ANY, .flags = 0,
     COUNTS("warnings")},
    {"no_failed_scan", "No scan that failed", count_code, 0, "failed_scan", ANY, .flags = 0, COUNTS("warnings")},
    {"no_unreadable_record", "No record that could not be read", count_code, 0, "unreadable_record", ANY, .flags = 0,
     COUNTS("warnings")},
    {"no_unknown_file", "No file that is not recognised", count_code, 0, "unknown_format", ANY, .flags = 0,
     COUNTS("files")},
    {"no_secret_in_evidence", "No file that holds a secret", count_code, 0, "secret_in_evidence", ANY, .flags = 0,
     COUNTS("files")},
    {"no_stale_evidence", "No evidence captured at the wrong time", count_stale, 0, NULL, ANY, .flags = 0,
     COUNTS("warnings")},
    {"no_gap", "No gap in the evidence", count_gaps, 0, NULL, ANY, .flags = 0, COUNTS("warnings")},
    {"evidence_age", "Age of the oldest evidence after", oldest, 0, NULL, ANY, .flags = 0, .direction = AT_MOST,
     .low = 0, .high = INFINITY, .limit = 30, .unit = "days"},
    {"no_undated_evidence", "No evidence without a capture time", count_undated, 0, NULL, ANY, .flags = 0,
     COUNTS("files")},

    /* the change */
    {"expectations_met", "Every expectation is met", count_expectations, 0, NULL, ANY, .flags = 0,
     COUNTS("expectations")},
    {"objectives_met", "Every objective is met", count_objectives, 0, NULL, ANY, .flags = 0, COUNTS("objectives")},
    {"required_evidence", "All required evidence is there", count_missing, 0, NULL, ANY, .flags = 0,
     COUNTS("requirements")},
};
const size_t gate_kind_count = COUNT(gate_kinds);
