/* What the change promised, what was not assessed again, and the state of things: the estate, facts, posture checks. */
#include "render/html_private.h"

#include <stdlib.h>

/* ---- What the change promised ------------------------------------------------------------------------------------ */

static void put_expects(struct html *h)
{
	struct report *r = &h->r;
	const struct change *c = &r->result->change;
	const struct html_column columns[] = {{T(r, expects_id), false},        {T(r, expects_demand), false},
	                                      {T(r, expects_state), false},     {T(r, expects_offenders), false},
	                                      {T(r, expects_met), true},        {T(r, expects_not_met), true},
	                                      {T(r, expects_no_evidence), true}};
	struct html_table t = HTML_QUIET(h, T(r, expects_title), columns);
	html_subsection(h, T(r, expects_title));
	if (!c->expect_count) html_paragraph(h, T(r, expects_none));
	for (size_t i = 0; i < c->expect_count; i++) {
		struct pdf_cell cells[EXPECT_CELLS];
		report_expect_cells(r, &c->expects[i], cells);
		html_row(&t, cells);
	}
	html_table_end(&t);
}

static void put_objectives(struct html *h)
{
	struct report *r = &h->r;
	const struct change *c = &r->result->change;
	const struct html_column columns[] = {{T(r, objectives_objective), false}, {T(r, objectives_before), true},
	                                      {T(r, objectives_after), true},      {T(r, objectives_target), true},
	                                      {T(r, objectives_measured), true},   {T(r, objectives_state), false}};
	struct html_table t = HTML_QUIET(h, T(r, objectives_title), columns);
	html_subsection(h, T(r, objectives_title));
	if (c->objective_count)
		html_note(h, T(r, objectives_note));
	else
		html_paragraph(h, T(r, objectives_none));
	for (size_t i = 0; i < c->objective_count; i++) {
		const struct objective *o = &c->objectives[i];
		const struct pdf_cell cells[] = {
		    cell_of(report_objective(r, o)),          cell_of(report_measured(r, o, o->before)),
		    cell_of(report_measured(r, o, o->after)), cell_of(objective_target(r, o)),
		    cell_of(objective_measured(r, o)),        objective_state(r, o)};
		html_row(&t, cells);
	}
	html_table_end(&t);
}

static void put_requires(struct html *h)
{
	struct report *r = &h->r;
	const struct change *c = &r->result->change;
	const struct html_column columns[] = {{T(r, requires_format), false},
	                                      {T(r, requires_subject), false},
	                                      {T(r, requires_side), false},
	                                      {T(r, requires_state), false}};
	struct html_table t = HTML_QUIET(h, T(r, requires_title), columns);
	if (!c->require_count) return;
	html_subsection(h, T(r, requires_title));
	for (size_t i = 0; i < c->require_count; i++) {
		struct pdf_cell cells[REQUIRE_CELLS];
		report_require_cells(r, &c->requires[i], cells);
		html_row(&t, cells);
	}
	html_table_end(&t);
}

void html_promises(struct html *h)
{
	struct report *r = &h->r;
	html_section(h, MARK_EXPECTATIONS, T(r, expects_section));
	if (r->result->change.given) {
		put_expects(h);
		put_objectives(h);
		put_requires(h);
	} else {
		html_paragraph(h, T(r, expects_no_change));
	}
	html_section_end(h);
}

/* ---- What was not assessed again --------------------------------------------------------------------------------- */

static void put_lost(struct html *h, const struct lost_unit *lost, size_t n)
{
	struct report *r = &h->r;
	struct html_column columns[SEVERITY_COUNT + 3] = {{T(r, lost_unit), false}, {T(r, lost_why), false}};
	for (size_t s = 0; s < SEVERITY_COUNT; s++)
		columns[2 + s] = (struct html_column){report_word_severity(r, (enum severity)s), true};
	columns[2 + SEVERITY_COUNT] = (struct html_column){T(r, lost_all), true};
	struct html_table t = HTML_TABLE(h, report_first(r, n, n, T(r, list_by_severity)), columns);
	for (size_t i = 0; i < n; i++) {
		struct pdf_cell cells[SEVERITY_COUNT + 3] = {
		    cell_of(report_join(r, lost[i].tool, STR("\n"), lost[i].target)),
		    cell_of(report_lost_reason(r, &lost[i]))};
		for (size_t s = 0; s < SEVERITY_COUNT; s++) cells[2 + s] = cell_number(r, lost[i].open[s]);
		cells[2 + SEVERITY_COUNT] = cell_number(r, lost[i].all);
		html_row(&t, cells);
	}
	html_table_end(&t);
}

void html_lost(struct html *h)
{
	struct report *r = &h->r;
	size_t n = 0;
	struct lost_unit *lost = report_lost_units(&r->result->diff, &n);
	html_section(h, MARK_NOT_REASSESSED, T(r, lost_title));
	html_note(h, T(r, lost_what));
	html_paragraph(
	    h, SAY(r, lost_summary, SLOT_N("n", r->result->diff.outcomes[OUTCOME_NOT_REASSESSED]), SLOT_N("units", n)));
	put_lost(h, lost, n);
	large_free(lost);
	html_section_end(h);
}

/* ---- Estate ------------------------------------------------------------------------------------------------------ */

static void put_subscriptions(struct html *h, const struct estate *estate)
{
	struct report *r = &h->r;
	const struct html_column columns[] = {{T(r, estate_subscription), false}, {T(r, estate_plan), false},
	                                      {T(r, estate_clusters), false},     {T(r, estate_sensors), false},
	                                      {T(r, estate_registries), false},   {T(r, estate_scanned), false},
	                                      {T(r, estate_arc), false},          {T(r, estate_owner), false}};
	struct html_table t = HTML_QUIET(h, T(r, estate_title), columns);
	for (size_t i = 0; i < estate->subscription_count; i++) {
		struct pdf_cell cells[SUBSCRIPTION_CELLS];
		report_subscription_cells(r, &estate->subscriptions[i], cells);
		html_row(&t, cells);
	}
	html_table_end(&t);
}

static void put_captures(struct html *h)
{
	struct report *r = &h->r;
	struct report_captures captures;
	report_captures(r, &captures);
	html_subsection(h, T(r, estate_timeline));
	if (captures.from == INSTANT_NONE) {
		html_paragraph(h, T(r, estate_timeline_none));
		return;
	}
	html_note(h, report_captures_note(r, &captures));
	html_captures(h, &captures);
}

static void put_quantities(struct html *h)
{
	struct report *r = &h->r;
	const struct html_column columns[] = {
	    {T(r, cost_quantity), false}, {T(r, cost_before), true}, {T(r, cost_after), true}};
	struct html_table t = HTML_QUIET(h, T(r, cost_title), columns);
	struct pdf_cell cells[QUANTITIES][QUANTITY_CELLS];
	struct str sentences[2 * OVERLAP_ROWS];
	html_subsection(h, T(r, cost_title));
	html_note(h, T(r, cost_note));
	html_hold(h);
	size_t n = report_quantity_cells(r, cells);
	for (size_t i = 0; i < n; i++) html_row(&t, cells[i]);
	html_table_end(&t);
	n = report_overlaps(r, sentences);
	for (size_t i = 0; i < n; i++) html_paragraph(h, sentences[i]);
	html_release(h);
}

static void put_roles(struct html *h, const struct estate *estate)
{
	struct report *r = &h->r;
	const struct html_column columns[] = {{T(r, estate_principal), false},
	                                      {T(r, estate_role), false},
	                                      {T(r, estate_powers), false},
	                                      {T(r, estate_outcome), false},
	                                      {T(r, estate_owner), false}};
	struct html_table t = HTML_TABLE(h, T(r, estate_roles_order), columns);
	html_subsection(h, T(r, estate_roles_title));
	if (estate->role_count)
		html_note(h, report_roles_note(r));
	else
		html_paragraph(h, T(r, estate_roles_none));
	t.of = estate->role_count;
	for (size_t i = 0; i < estate->role_count; i++) {
		struct pdf_cell cells[ROLE_CELLS];
		report_role_cells(r, &estate->roles[i], cells);
		html_row(&t, cells);
	}
	html_table_end(&t);
}

void html_estate(struct html *h)
{
	struct report *r = &h->r;
	if (!report_estate_count(r)) return;
	html_section(h, MARK_ESTATE, T(r, estate_title));
	html_note(h, T(r, estate_note));
	put_subscriptions(h, r->result->estate);
	put_captures(h);
	put_quantities(h);
	put_roles(h, r->result->estate);
	html_section_end(h);
}

/* ---- Facts ------------------------------------------------------------------------------------------------------- */

static void put_fact(struct html_table *t, const struct fact_change *change, struct str *subject)
{
	struct report *r = &t->h->r;
	enum side side;
	const struct fact *fact = report_fact(&r->result->diff, change, &side);
	struct str of = snapshot_string(r->result->diff.sides[side], fact->subject);
	if (!str_eq_nocase(of, *subject)) html_group(t, report_subject(r, of, true, STR(" · ")));
	*subject = of;
	const struct pdf_cell cells[] = {cell_of(snapshot_string(r->result->diff.sides[side], fact->name)),
	                                 cell_of(report_fact_value(r, SIDE_BEFORE, change->before)),
	                                 cell_of(report_fact_value(r, SIDE_AFTER, change->after)),
	                                 cell_of(WORD(r, fact_unchanged, change->outcome))};
	html_row(t, cells);
}

/* What changed, or what was not exported again. */
static void put_facts(struct html *h, bool lost)
{
	struct report *r = &h->r;
	const struct diff *diff = &r->result->diff;
	const struct html_column columns[] = {{T(r, facts_fact), false},
	                                      {T(r, facts_before), false},
	                                      {T(r, facts_after), false},
	                                      {T(r, facts_outcome), false}};
	struct html_table t = HTML_TABLE(h, T(r, list_by_subject), columns);
	struct str subject = STR("\n"); /* no subject is this */
	for (uint32_t i = 0; i < diff->fact_change_count; i++) {
		const struct fact_change *change = &diff->fact_changes[i];
		if (change->outcome != FACT_UNCHANGED && (change->outcome == FACT_NOT_REASSESSED) == lost)
			put_fact(&t, change, &subject);
	}
	html_table_end(&t);
}

void html_facts(struct html *h)
{
	struct report *r = &h->r;
	const uint64_t *facts = r->result->diff.facts;
	html_section(h, MARK_FACTS, T(r, facts_title));
	html_paragraph(h, SAY(r, facts_summary, SLOT_N("changed", facts[FACT_CHANGED]),
	                      SLOT_N("added", facts[FACT_ADDED]), SLOT_N("removed", facts[FACT_REMOVED]),
	                      SLOT_N("lost", facts[FACT_NOT_REASSESSED]), SLOT_N("unchanged", facts[FACT_UNCHANGED])));
	put_facts(h, false);
	if (facts[FACT_NOT_REASSESSED]) {
		html_subsection(h, T(r, facts_lost_title));
		html_note(h, T(r, facts_lost_note));
		put_facts(h, true);
	}
	html_section_end(h);
}

/* ---- Posture checks ---------------------------------------------------------------------------------------------- */

static void put_family_checks(struct html *h, const struct check_family *family)
{
	struct report *r = &h->r;
	PUT(h, "<dl>\n");
	for (size_t c = 0; c < family->column_count; c++)
		html_pair(h, report_check_name(r->result->checks[family->columns[c].from].id),
		          report_check_summary(r, &family->columns[c]));
	PUT(h, "</dl>\n");
}

static void put_matrix(struct html *h, const struct check_family *family)
{
	struct report *r = &h->r;
	struct html_column columns[FAMILY_CHECKS + 2] = {{T(r, checks_subject), false}};
	size_t width = 1, n = 0;
	for (size_t c = 0; c < family->column_count; c++)
		columns[width++].title = report_check_name(r->result->checks[family->columns[c].from].id);
	columns[width++].title = T(r, checks_owner);
	struct check_subject *subjects = report_family_subjects(r->result, family, &n);
	struct html_table t = {.h = h, .columns = columns, .n = width};
	struct str scope = STR_EMPTY;
	t.caption = report_first(r, n, n, T(r, list_by_subject));
	for (size_t i = 0; i < n; i++) {
		struct str id = subjects[i].any->subject, subscription = arm_subscription(id);
		if (subscription.len && subscription.len < id.len && !str_eq_nocase(subscription, scope))
			html_group(&t, subscription);
		scope = subscription;
		struct pdf_cell cells[FAMILY_CHECKS + 2] = {cell_of(report_check_subject(r, &subjects[i]))};
		for (size_t c = 0; c < family->column_count; c++)
			cells[1 + c] = report_check_cell(r, subjects[i].rows[c]);
		cells[width - 1] = cell_of(subjects[i].any->owner);
		html_row(&t, cells);
	}
	html_table_end(&t);
	free(subjects);
}

void html_checks(struct html *h)
{
	struct report *r = &h->r;
	const struct result *result = r->result;
	html_section(h, MARK_CHECKS, T(r, checks_title));
	html_note(h, T(r, checks_what));
	html_paragraph(h, result->check_count ? report_checks_summary(r) : T(r, checks_none));
	for (size_t i = 0; i < result->check_count;) {
		struct check_family family = report_family_at(result, i);
		html_subsection(h, report_family_title(r, &family));
		put_family_checks(h, &family);
		put_matrix(h, &family);
		i = family.to;
	}
	html_section_end(h);
}
