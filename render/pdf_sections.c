/* What the change did to the state of things: facts, posture checks, and what the change file promised.
 *
 * A list that must be cut gives its rows to what matters most first (struct budget), but keeps the order of the list: a
 * class of rows has a number of rows, taken before the next class gets any.
 */
#include "render/pdf_report_parts.h"

#include "analyze/change.h"

/* ---- Budgets ----------------------------------------------------------------------------------------------------- */

enum { BUDGET_CLASSES = 4 };
struct budget {
	uint64_t left[BUDGET_CLASSES], all, shown;
};

static void budget_share(struct budget *budget, const uint64_t counts[BUDGET_CLASSES], uint64_t rows)
{
	*budget = (struct budget){.all = 0};
	for (size_t i = 0; i < BUDGET_CLASSES; i++) {
		uint64_t room = rows - budget->shown;
		budget->left[i] = counts[i] < room ? counts[i] : room;
		budget->shown += budget->left[i];
		budget->all += counts[i];
	}
}

static bool budget_take(struct budget *budget, size_t class)
{
	if (class >= BUDGET_CLASSES || !budget->left[class]) return false;
	budget->left[class]--;
	return true;
}

/* ---- Facts ------------------------------------------------------------------------------------------------------- */

static const struct fact *fact_of(const struct diff *diff, const struct fact_change *change, enum side *side)
{
	*side = change->after == NO_MATCH ? SIDE_BEFORE : SIDE_AFTER;
	return &diff->sides[*side]->facts[*side == SIDE_AFTER ? change->after : change->before];
}

static struct str fact_subject(const struct diff *diff, const struct fact_change *change)
{
	enum side side;
	const struct fact *fact = fact_of(diff, change, &side);
	return snapshot_string(diff->sides[side], fact->subject);
}

/* In the order in which they are given rows; what was not exported again is listed apart. */
static size_t fact_class(enum fact_outcome outcome)
{
	switch (outcome) {
	case FACT_CHANGED: return 0;
	case FACT_REMOVED: return 1;
	case FACT_ADDED: return 2;
	case FACT_UNCHANGED:
	case FACT_NOT_REASSESSED:
	case FACT_OUTCOME_COUNT: break;
	}
	return BUDGET_CLASSES;
}

static struct str fact_value(struct report *r, enum side side, uint32_t fact)
{
	const struct snapshot *s = &r->result->sides[side];
	if (fact == NO_MATCH) return T(r, number_none);
	struct str value = snapshot_string(s, s->facts[fact].value);
	return value.len ? value : T(r, facts_empty);
}

static struct pdf_cell fact_outcome(struct report *r, enum fact_outcome outcome)
{
	return cell_of(WORD(r, fact_unchanged, outcome));
}

static void draw_fact_rows(struct report *r, struct budget *budget)
{
	const struct diff *diff = &r->result->diff;
	const struct pdf_column columns[] = {
	    {.title = T(r, facts_fact), .weight = 1.5F, .max_lines = 6},
	    {.title = T(r, facts_before), .weight = 1, .max_lines = 8},
	    {.title = T(r, facts_after), .weight = 1, .max_lines = 8},
	    {.title = T(r, facts_outcome), .width = 58},
	};
	const struct pdf_table_options options = {
	    .size = PDF_SMALL,
	    .caption = report_first(r, budget->shown, budget->all, T(r, facts_order)),
	};
	struct pdf_table table;
	struct str subject = STR_EMPTY;
	bool any = false;
	pdf_table_begin(&table, r->pdf, columns, 4, &options);
	for (uint32_t i = 0; i < diff->fact_change_count && pdf_ok(r->pdf); i++) {
		const struct fact_change *change = &diff->fact_changes[i];
		enum side side;
		if (!budget_take(budget, fact_class(change->outcome))) continue;
		const struct fact *fact = fact_of(diff, change, &side);
		struct str about = snapshot_string(diff->sides[side], fact->subject);
		if (!any || !str_eq_nocase(about, subject))
			report_group(&table, cell_of(report_subject(r, about, true, STR(" · "))));
		subject = about;
		any = true;
		const struct pdf_cell cells[] = {cell_of(snapshot_string(diff->sides[side], fact->name)),
		                                 cell_of(fact_value(r, SIDE_BEFORE, change->before)),
		                                 cell_of(fact_value(r, SIDE_AFTER, change->after)),
		                                 fact_outcome(r, change->outcome)};
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
}

/* Walks the subjects that have facts which were not exported again; returns how many. */
static uint64_t lost_subjects(struct report *r, struct pdf_table *table, uint64_t rows)
{
	const struct diff *diff = &r->result->diff;
	uint64_t subjects = 0;
	for (uint32_t i = 0; i < diff->fact_change_count;) {
		struct str subject = fact_subject(diff, &diff->fact_changes[i]);
		uint64_t lost = 0;
		uint32_t end = i;
		for (; end < diff->fact_change_count; end++) {
			if (!str_eq_nocase(fact_subject(diff, &diff->fact_changes[end]), subject)) break;
			lost += diff->fact_changes[end].outcome == FACT_NOT_REASSESSED;
		}
		i = end;
		if (!lost) continue;
		if (table && subjects < rows) {
			const struct pdf_cell cells[] = {cell_of(report_subject(r, subject, true, STR(" · "))), cell_number(r, lost)};
			pdf_table_row(table, cells, PDF_ROW);
		}
		subjects++;
	}
	return subjects;
}

static void draw_lost_facts(struct report *r)
{
	uint64_t subjects = lost_subjects(r, NULL, 0);
	if (!subjects) return;
	uint64_t shown = subjects < FACT_LOST_ROWS ? subjects : FACT_LOST_ROWS;
	const struct pdf_column columns[] = {
	    {.title = T(r, facts_subject), .weight = 1},
	    {.title = T(r, facts_facts), .width = 60, .align = PDF_RIGHT},
	};
	const struct pdf_table_options options = {.size = PDF_SMALL,
	                                          .caption = report_first(r, shown, subjects, T(r, list_by_subject))};
	struct pdf_table table;
	report_subsection(r, T(r, facts_lost_title), STR_EMPTY);
	report_note(r, T(r, facts_lost_note));
	pdf_table_begin(&table, r->pdf, columns, 2, &options);
	lost_subjects(r, &table, shown);
	pdf_table_end(&table);
}

void report_facts(struct report *r)
{
	const uint64_t *facts = r->result->diff.facts;
	const uint64_t counts[BUDGET_CLASSES] = {facts[FACT_CHANGED], facts[FACT_REMOVED], facts[FACT_ADDED], 0};
	struct budget budget;
	budget_share(&budget, counts, FACT_ROWS);
	report_section(r, T(r, facts_title), MARK_FACTS);
	report_plain(r, SAY(r, facts_summary, SLOT_N("changed", facts[FACT_CHANGED]), SLOT_N("added", facts[FACT_ADDED]),
	                    SLOT_N("removed", facts[FACT_REMOVED]), SLOT_N("lost", facts[FACT_NOT_REASSESSED]),
	                    SLOT_N("unchanged", facts[FACT_UNCHANGED])));
	if (budget.shown) draw_fact_rows(r, &budget);
	draw_lost_facts(r);
}

/* ---- Checks ------------------------------------------------------------------------------------------------------ */

static size_t check_class(const struct check_row *row)
{
	if (row->state[SIDE_AFTER] == CHECK_FAIL) return 0;
	if (row->state[SIDE_AFTER] == CHECK_NOT_ASSESSED) return 1;
	return row->state[SIDE_BEFORE] != CHECK_PASS ? 2 : 3;
}

static struct pdf_cell check_cell(struct report *r, enum check_state state)
{
	static const enum pdf_symbol symbols[CHECK_STATE_COUNT] = {
	    [CHECK_NOT_ASSESSED] = PDF_SYMBOL_OPEN, [CHECK_PASS] = PDF_SYMBOL_MET, [CHECK_FAIL] = PDF_SYMBOL_NOT_MET};
	return cell_symbol(symbols[state], WORD(r, check_not_assessed, state));
}

/* Of the rows of one check: how they stand before and after. */
static struct str check_heading(struct report *r, size_t first, size_t *end)
{
	const struct check_row *rows = r->result->checks;
	uint64_t pass[SIDE_COUNT] = {0}, fail = 0, unknown = 0;
	size_t i = first;
	for (; i < r->result->check_count && str_eq(rows[i].id, rows[first].id); i++) {
		for (int side = 0; side < SIDE_COUNT; side++) pass[side] += rows[i].state[side] == CHECK_PASS;
		fail += rows[i].state[SIDE_AFTER] == CHECK_FAIL;
		unknown += rows[i].state[SIDE_AFTER] == CHECK_NOT_ASSESSED;
	}
	*end = i;
	enum severity severity = SEVERITY_UNKNOWN;
	severity_from_word(rows[first].severity, &severity);
	return SAY(r, checks_heading, SLOT("title", rows[first].title), SLOT("id", rows[first].id),
	           SLOT("severity", report_word_severity(r, severity)), SLOT_N("before", pass[SIDE_BEFORE]),
	           SLOT_N("after", pass[SIDE_AFTER]), SLOT_N("of", i - first), SLOT_N("fail", fail),
	           SLOT_N("unknown", unknown));
}

/* The check says of which type it is. */
static struct str check_subject(struct report *r, const struct check_row *row)
{
	return report_join(r, report_subject(r, row->subject, false, STR(" · ")), STR("\n"), row->note);
}

static void draw_check_rows(struct report *r, struct budget *budget)
{
	const struct pdf_column columns[] = {
	    {.title = T(r, checks_subject), .weight = 1, .max_lines = 4},
	    {.title = T(r, checks_before), .width = 72},
	    {.title = T(r, checks_after), .width = 72},
	    {.title = T(r, checks_owner), .width = 78, .max_lines = 3},
	};
	const struct pdf_table_options options = {
	    .size = PDF_SMALL,
	    .caption = report_first(r, budget->shown, budget->all, T(r, checks_order)),
	};
	struct pdf_table table;
	size_t end = 0;
	struct str heading = STR_EMPTY;
	bool headed = true;
	pdf_table_begin(&table, r->pdf, columns, 4, &options);
	for (size_t i = 0; i < r->result->check_count && pdf_ok(r->pdf); i++) {
		const struct check_row *row = &r->result->checks[i];
		if (i >= end) {
			heading = check_heading(r, i, &end);
			headed = false;
		}
		if (!budget_take(budget, check_class(row))) continue;
		if (!headed) report_group(&table, cell_of(heading));
		headed = true;
		const struct pdf_cell cells[] = {cell_of(check_subject(r, row)), check_cell(r, row->state[SIDE_BEFORE]),
		                                 check_cell(r, row->state[SIDE_AFTER]), cell_of(row->owner)};
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
}

void report_checks(struct report *r)
{
	uint64_t counts[BUDGET_CLASSES] = {0}, pass_before = 0;
	struct budget budget;
	for (size_t i = 0; i < r->result->check_count; i++) {
		counts[check_class(&r->result->checks[i])]++;
		pass_before += r->result->checks[i].state[SIDE_BEFORE] == CHECK_PASS;
	}
	budget_share(&budget, counts, CHECK_ROWS);
	report_section(r, T(r, checks_title), MARK_CHECKS);
	report_note(r, T(r, checks_what));
	if (!budget.all) {
		report_plain(r, T(r, checks_none));
		return;
	}
	report_plain(r, SAY(r, checks_summary, SLOT_N("n", budget.all), SLOT_N("before", pass_before),
	                    SLOT_N("after", counts[2] + counts[3]), SLOT_N("fail", counts[0]), SLOT_N("unknown", counts[1])));
	draw_check_rows(r, &budget);
}

/* ---- What the change promised ------------------------------------------------------------------------------------ */

static struct pdf_cell expect_state(struct report *r, enum expect_state state)
{
	static const enum pdf_symbol symbols[] = {PDF_SYMBOL_MET, PDF_SYMBOL_NOT_MET, PDF_SYMBOL_OPEN};
	return cell_symbol(symbols[state], WORD(r, expect_met, state));
}

static void draw_expects(struct report *r)
{
	const struct change *c = &r->result->change;
	const struct pdf_column columns[] = {
	    {.title = T(r, expects_id), .width = 46, .max_lines = 3},
	    {.title = T(r, expects_demand), .weight = 1.2F, .max_lines = 6},
	    {.title = T(r, expects_met), .width = 34, .align = PDF_RIGHT},
	    {.title = T(r, expects_not_met), .width = 34, .align = PDF_RIGHT},
	    {.title = T(r, expects_no_evidence), .width = 48, .align = PDF_RIGHT},
	    {.title = T(r, expects_state), .width = 70},
	    {.title = T(r, expects_offenders), .weight = 1, .max_lines = 9},
	};
	size_t shown = c->expect_count < EXPECT_ROWS ? c->expect_count : EXPECT_ROWS;
	const struct pdf_table_options options = {.size = PDF_SMALL,
	                                          .caption = report_first(r, shown, c->expect_count, T(r, list_by_change))};
	struct pdf_table table;
	report_subsection(r, T(r, expects_title), STR_EMPTY);
	if (!shown) {
		report_plain(r, T(r, expects_none));
		return;
	}
	pdf_table_begin(&table, r->pdf, columns, 7, &options);
	for (size_t i = 0; i < shown; i++) {
		const struct expect *e = &c->expects[i];
		struct str demand =
		    SAY(r, expects_demands, SLOT("subject", e->subject), SLOT("fact", e->fact), SLOT("value", e->value));
		const struct pdf_cell cells[] = {cell_of(e->id),
		                                 cell_of(demand),
		                                 cell_number(r, e->met),
		                                 cell_number(r, e->not_met),
		                                 cell_number(r, e->no_evidence),
		                                 expect_state(r, e->state),
		                                 cell_of(e->offenders)};
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
}

static void draw_requires(struct report *r)
{
	const struct change *c = &r->result->change;
	const struct pdf_column columns[] = {
	    {.title = T(r, requires_format), .width = 120},
	    {.title = T(r, requires_subject), .weight = 1, .max_lines = 3},
	    {.title = T(r, requires_side), .width = 46},
	    {.title = T(r, requires_state), .width = 80},
	};
	size_t shown = c->require_count < REQUIRE_ROWS ? c->require_count : REQUIRE_ROWS;
	const struct pdf_table_options options = {.size = PDF_SMALL,
	                                          .caption = report_first(r, shown, c->require_count, T(r, list_by_change))};
	struct pdf_table table;
	if (!shown) return;
	report_subsection(r, T(r, requires_title), STR_EMPTY);
	pdf_table_begin(&table, r->pdf, columns, 4, &options);
	for (size_t i = 0; i < shown; i++) {
		const struct requirement *q = &c->requires[i];
		const struct pdf_cell cells[] = {
		    cell_of(q->format), cell_of(q->subject.len ? q->subject : T(r, requires_any)),
		    cell_of(q->side < SIDE_COUNT ? WORD(r, side_before, q->side) : STR_EMPTY),
		    q->met ? cell_symbol(PDF_SYMBOL_MET, T(r, requires_there)) : cell_symbol(PDF_SYMBOL_NOT_MET, T(r, requires_missing))};
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
}

/* ---- Objectives -------------------------------------------------------------------------------------------------- */

static struct str objective_unit(struct report *r, const struct objective *o)
{
	if (str_eq(o->measure, STR("alert_routing_p95"))) return T(r, objectives_seconds);
	if (str_eq(o->measure, STR("checks_pass"))) return STR("%");
	return o->unit;
}

static struct str with_unit(struct report *r, double value, struct str unit)
{
	return report_join(r, texts_double(&r->texts, value), STR(" "), unit);
}

/* One decimal, without a decimal that says nothing. */
static double rounded(double value)
{
	double tenth = value * 10 + (value < 0 ? -0.5 : 0.5);
	return tenth > -9e15 && tenth < 9e15 ? (double)(int64_t)tenth / 10 : value;
}

struct str objective_target(struct report *r, const struct objective *o)
{
	static const char *const signs[] = {"", "≤ ", "≥ ", "< ", "> ", "= "};
	struct target target;
	if (!target_parse(o->target, &target)) return o->target;
	if (target.kind == TARGET_CHANGE) {
		struct str number = texts_double(&r->texts, target.number);
		if (target.number > 0) number = report_join(r, STR("+"), STR_EMPTY, number);
		return SAY(r, number_percent, SLOT("n", number));
	}
	return report_join(r, str_from(signs[target.kind]), STR_EMPTY, with_unit(r, target.number, objective_unit(r, o)));
}

struct str objective_measured(struct report *r, const struct objective *o)
{
	struct target target;
	bool change = target_parse(o->target, &target) && target.kind == TARGET_CHANGE;
	if (o->state == OBJECTIVE_NOT_PROVABLE) return T(r, number_none);
	if (change) return o->has_percent ? texts_percent(&r->texts, o->percent) : T(r, number_none);
	if (o->has_value) return with_unit(r, rounded(o->value), objective_unit(r, o));
	return o->has_numbers ? with_unit(r, o->after, objective_unit(r, o)) : T(r, number_none);
}

struct pdf_cell objective_state(struct report *r, const struct objective *o)
{
	static const enum pdf_symbol symbols[] = {PDF_SYMBOL_MET, PDF_SYMBOL_NOT_MET, PDF_SYMBOL_OPEN};
	struct pdf_cell cell = cell_symbol(symbols[o->state], WORD(r, objective_met, o->state));
	if (!str_eq(o->measure, STR("attested"))) return cell;
	if (o->state == OBJECTIVE_MET) cell.symbol = PDF_SYMBOL_PARTLY;
	cell.text = SAY(r, objectives_attested, SLOT("state", cell.text));
	return cell;
}

static struct str objective_what(struct report *r, const struct objective *o)
{
	struct str text = report_join(r, o->id, STR("  "), o->title), measure = o->measure;
	measure = report_join(r, measure, STR(" · "), o->severity);
	measure = report_join(r, measure, STR(" · "), o->scope);
	measure = report_join(r, measure, STR(" · "), o->check);
	if (o->attested_by.len)
		measure = report_join(r, measure, STR(" · "), SAY(r, objectives_attested_by, SLOT("name", o->attested_by)));
	if (o->source.len) measure = report_join(r, measure, STR(" · "), SAY(r, objectives_source, SLOT("source", o->source)));
	return report_join(r, text, STR("\n"), measure);
}

static struct str measured_number(struct report *r, const struct objective *o, double value)
{
	return o->has_numbers ? texts_double(&r->texts, rounded(value)) : T(r, number_none);
}

static void draw_objectives(struct report *r)
{
	const struct change *c = &r->result->change;
	const struct pdf_column columns[] = {
	    {.title = T(r, objectives_objective), .weight = 1, .max_lines = 8},
	    {.title = T(r, objectives_before), .width = 52, .align = PDF_RIGHT},
	    {.title = T(r, objectives_after), .width = 52, .align = PDF_RIGHT},
	    {.title = T(r, objectives_target), .width = 52, .align = PDF_RIGHT},
	    {.title = T(r, objectives_measured), .width = 56, .align = PDF_RIGHT},
	    {.title = T(r, objectives_state), .width = 76},
	};
	size_t shown = c->objective_count < OBJECTIVE_ROWS ? c->objective_count : OBJECTIVE_ROWS;
	const struct pdf_table_options options = {
	    .size = PDF_SMALL, .caption = report_first(r, shown, c->objective_count, T(r, list_by_change))};
	struct pdf_table table;
	report_subsection(r, T(r, objectives_title), STR_EMPTY);
	if (!shown) {
		report_plain(r, T(r, objectives_none));
		return;
	}
	report_note(r, T(r, objectives_note));
	pdf_table_begin(&table, r->pdf, columns, 6, &options);
	for (size_t i = 0; i < shown; i++) {
		const struct objective *o = &c->objectives[i];
		const struct pdf_cell cells[] = {cell_of(objective_what(r, o)),
		                                 cell_of(measured_number(r, o, o->before)),
		                                 cell_of(measured_number(r, o, o->after)),
		                                 cell_of(objective_target(r, o)),
		                                 cell_of(objective_measured(r, o)),
		                                 objective_state(r, o)};
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
}

void report_expectations(struct report *r)
{
	report_section(r, T(r, expects_section), MARK_EXPECTATIONS);
	if (!r->result->change.given) {
		report_plain(r, T(r, expects_no_change));
		return;
	}
	draw_expects(r);
	draw_objectives(r);
	draw_requires(r);
}
