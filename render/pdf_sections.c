/* What the change did to the state of things, and what the change file promised. */
#include "render/report_lists.h"

#include "analyze/change.h"

/* ---- Facts ------------------------------------------------------------------------------------------------------- */

const struct fact *report_fact(const struct diff *diff, const struct fact_change *change, enum side *side)
{
	*side = change->after == NO_MATCH ? SIDE_BEFORE : SIDE_AFTER;
	return &diff->sides[*side]->facts[*side == SIDE_AFTER ? change->after : change->before];
}

static struct str fact_subject(const struct diff *diff, const struct fact_change *change)
{
	enum side side;
	const struct fact *fact = report_fact(diff, change, &side);
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

struct str report_fact_value(struct report *r, enum side side, uint32_t fact)
{
	const struct snapshot *s = &r->result->sides[side];
	if (fact == NO_MATCH) return T(r, number_none);
	struct str value = snapshot_string(s, s->facts[fact].value);
	if (!value.len) return T(r, facts_empty);
	return report_subject(r, value, true, STR("\n"));
}

/* The facts of one subject: fact_changes [from, to). */
struct fact_group {
	uint32_t from, to;
	uint64_t counts[BUDGET_CLASSES];
	bool whole; /* the subject was exported on one side alone: one row says so */
};

static bool exported(struct report *r, enum side side, struct str subject)
{
	const struct known_subject *known = r->analysis ? facts_subject(&r->analysis->facts, subject) : NULL;
	return !known || known->count[side] > 0;
}

static struct fact_group group_at(struct report *r, uint32_t from)
{
	const struct diff *diff = &r->result->diff;
	struct str subject = fact_subject(diff, &diff->fact_changes[from]);
	struct fact_group group = {from, from, {0}, false};
	for (; group.to < diff->fact_change_count; group.to++) {
		const struct fact_change *change = &diff->fact_changes[group.to];
		if (!str_eq_nocase(fact_subject(diff, change), subject)) break;
		size_t class = fact_class(change->outcome);
		if (class < BUDGET_CLASSES) group.counts[class]++;
	}
	if (group.counts[2] > 1 && group.counts[2] == group.to - from) group.whole = !exported(r, SIDE_BEFORE, subject);
	if (group.counts[1] > 1 && group.counts[1] == group.to - from) group.whole = !exported(r, SIDE_AFTER, subject);
	return group;
}

static void draw_fact(struct report *r, struct pdf_table *table, const struct fact_change *change)
{
	enum side side;
	const struct fact *fact = report_fact(&r->result->diff, change, &side);
	const struct pdf_cell cells[] = {cell_of(snapshot_string(&r->result->sides[side], fact->name)),
	                                 cell_of(report_fact_value(r, SIDE_BEFORE, change->before)),
	                                 cell_of(report_fact_value(r, SIDE_AFTER, change->after)),
	                                 cell_of(WORD(r, fact_unchanged, change->outcome))};
	pdf_table_row(table, cells, PDF_ROW);
}

static void draw_fact_group(struct report *r, struct pdf_table *table, const struct fact_group *group,
                            struct budget *budget)
{
	const struct diff *diff = &r->result->diff;
	struct str heading = report_subject(r, fact_subject(diff, &diff->fact_changes[group->from]), true, STR(" · "));
	bool headed = false;
	if (group->whole) {
		bool added = group->counts[2] > 0;
		if (!budget_take(budget, added ? 2 : 1)) return;
		struct str note = added ? SAY(r, facts_whole_added, SLOT_N("n", group->counts[2]))
		                        : SAY(r, facts_whole_removed, SLOT_N("n", group->counts[1]));
		report_group(table, cell_of(SAY(r, facts_whole, SLOT("subject", heading), SLOT("note", note))));
		return;
	}
	for (uint32_t i = group->from; i < group->to && pdf_ok(r->pdf); i++) {
		const struct fact_change *change = &diff->fact_changes[i];
		if (!budget_take(budget, fact_class(change->outcome))) continue;
		if (!headed) report_group(table, cell_of(heading));
		headed = true;
		draw_fact(r, table, change);
	}
}

static void draw_fact_rows(struct report *r)
{
	const struct diff *diff = &r->result->diff;
	const struct pdf_column columns[] = {
	    {.title = T(r, facts_fact), .weight = 1.5F, .max_lines = 6},
	    {.title = T(r, facts_before), .weight = 0.9F, .max_lines = 8},
	    {.title = T(r, facts_after), .weight = 1.1F, .max_lines = 8},
	    {.title = T(r, facts_outcome), .width = 58, .holds = WORDS(r, fact_unchanged, FACT_OUTCOME_COUNT)},
	};
	uint64_t counts[BUDGET_CLASSES] = {0};
	struct budget budget;
	struct fact_group group = {.to = 0};
	for (; group.to < diff->fact_change_count;) {
		group = group_at(r, group.to);
		for (size_t c = 0; c < BUDGET_CLASSES; c++)
			counts[c] += group.whole ? group.counts[c] > 0 : group.counts[c];
	}
	budget_share(&budget, counts, FACT_ROWS);
	if (!budget.shown) return;
	const struct pdf_table_options options = {
	    .size = PDF_SMALL,
	    .caption = report_first(r, budget.shown, budget.all,
	                            budget.shown < budget.all ? T(r, facts_order) : T(r, list_by_subject)),
	};
	struct pdf_table table;
	pdf_table_begin(&table, r->pdf, columns, 4, &options);
	for (group.to = 0; group.to < diff->fact_change_count && pdf_ok(r->pdf);) {
		group = group_at(r, group.to);
		draw_fact_group(r, &table, &group, &budget);
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
			const struct pdf_cell cells[] = {cell_of(report_subject(r, subject, true, STR(" · "))),
			                                 cell_number(r, lost)};
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
	    {.title = T(r, facts_subject), .weight = 1, .max_lines = 3},
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
	report_section(r, T(r, facts_title), MARK_FACTS);
	report_plain(r, SAY(r, facts_summary, SLOT_N("changed", facts[FACT_CHANGED]),
	                    SLOT_N("added", facts[FACT_ADDED]), SLOT_N("removed", facts[FACT_REMOVED]),
	                    SLOT_N("lost", facts[FACT_NOT_REASSESSED]), SLOT_N("unchanged", facts[FACT_UNCHANGED])));
	draw_fact_rows(r);
	draw_lost_facts(r);
}

/* ---- What the change promised ------------------------------------------------------------------------------------ */

static struct pdf_cell expect_state(struct report *r, enum expect_state state)
{
	static const enum pdf_symbol symbols[] = {PDF_SYMBOL_MET, PDF_SYMBOL_NOT_MET, PDF_SYMBOL_OPEN};
	return cell_symbol(symbols[state], WORD(r, expect_met, state));
}

/* One subject on a line. */
static struct str expect_offenders(struct report *r, struct str lines)
{
	struct str text = STR_EMPTY;
	while (lines.len) {
		size_t end = str_find(lines, STR("\n"));
		if (end == SIZE_MAX) end = lines.len;
		struct str line = str_slice(lines, 0, end);
		if (line.len) text = report_join(r, text, STR("\n"), report_subject(r, line, true, STR(" · ")));
		lines = str_slice(lines, end + (end < lines.len), lines.len);
	}
	return text;
}

void report_expect_cells(struct report *r, const struct expect *expect, struct pdf_cell cells[EXPECT_CELLS])
{
	cells[0] = cell_of(expect->id);
	cells[1] = cell_of(SAY(r, expects_demands, SLOT("subject", expect->subject), SLOT("fact", expect->fact),
	                       SLOT("value", expect->value)));
	cells[2] = expect_state(r, expect->state);
	cells[3] = cell_of(expect_offenders(r, expect->offenders));
	cells[4] = cell_number(r, expect->met);
	cells[5] = cell_number(r, expect->not_met);
	cells[6] = cell_number(r, expect->no_evidence);
}

static void draw_expects(struct report *r)
{
	const struct change *c = &r->result->change;
	const struct pdf_column columns[] = {
	    {.title = T(r, expects_id), .width = 46, .max_lines = 3},
	    {.title = T(r, expects_demand), .weight = 1.2F, .max_lines = 6},
	    {.title = T(r, expects_state), .width = 68},
	    {.title = T(r, expects_offenders), .weight = 1.1F, .max_lines = 9},
	    {.title = T(r, expects_met), .width = 32, .align = PDF_RIGHT},
	    {.title = T(r, expects_not_met), .width = 32, .align = PDF_RIGHT},
	    {.title = T(r, expects_no_evidence), .width = 48, .align = PDF_RIGHT},
	};
	size_t shown = c->expect_count < EXPECT_ROWS ? c->expect_count : EXPECT_ROWS;
	const struct pdf_table_options options = {
	    .size = PDF_SMALL, .caption = report_first(r, shown, c->expect_count, T(r, list_by_change))};
	struct pdf_table table;
	report_subsection(r, T(r, expects_title), STR_EMPTY);
	if (!shown) {
		report_plain(r, T(r, expects_none));
		return;
	}
	pdf_table_begin(&table, r->pdf, columns, EXPECT_CELLS, &options);
	for (size_t i = 0; i < shown; i++) {
		struct pdf_cell cells[EXPECT_CELLS];
		report_expect_cells(r, &c->expects[i], cells);
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
}

void report_require_cells(struct report *r, const struct requirement *requirement, struct pdf_cell cells[REQUIRE_CELLS])
{
	cells[0] = cell_of(requirement->format);
	cells[1] = cell_of(requirement->subject.len ? requirement->subject : T(r, requires_any));
	cells[2] = cell_of(requirement->side < SIDE_COUNT ? WORD(r, side_before, requirement->side) : STR_EMPTY);
	cells[3] = requirement->met ? cell_symbol(PDF_SYMBOL_MET, T(r, requires_there))
	                            : cell_symbol(PDF_SYMBOL_NOT_MET, T(r, requires_missing));
}

static void draw_requires(struct report *r)
{
	const struct change *c = &r->result->change;
	const struct pdf_column columns[] = {
	    {.title = T(r, requires_format), .width = 120, .max_lines = 3},
	    {.title = T(r, requires_subject), .weight = 1, .max_lines = 3},
	    {.title = T(r, requires_side), .width = 46},
	    {.title = T(r, requires_state), .width = 80},
	};
	size_t shown = c->require_count < REQUIRE_ROWS ? c->require_count : REQUIRE_ROWS;
	const struct pdf_table_options options = {
	    .size = PDF_SMALL, .caption = report_first(r, shown, c->require_count, T(r, list_by_change))};
	struct pdf_table table;
	if (!shown) return;
	report_subsection(r, T(r, requires_title), STR_EMPTY);
	pdf_table_begin(&table, r->pdf, columns, 4, &options);
	for (size_t i = 0; i < shown; i++) {
		struct pdf_cell cells[REQUIRE_CELLS];
		report_require_cells(r, &c->requires[i], cells);
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
}

/* ---- Objectives -------------------------------------------------------------------------------------------------- */

/* A long one is no unit: it stands with the objective's title. */
static struct str objective_unit(struct report *r, const struct objective *o)
{
	enum { UNIT_BYTES = 16 };
	if (str_eq(o->measure, STR("alert_routing_p95"))) return T(r, objectives_seconds);
	if (str_eq(o->measure, STR("checks_pass"))) return STR("%");
	return o->unit.len <= UNIT_BYTES ? o->unit : STR_EMPTY;
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
	return report_join(r, str_from(signs[target.kind]), STR_EMPTY,
	                   with_unit(r, target.number, objective_unit(r, o)));
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

struct str report_objective(struct report *r, const struct objective *o)
{
	struct str text = report_join(r, o->id, STR("  "), o->title), measure = o->measure;
	measure = report_join(r, measure, STR(" · "), o->severity);
	measure = report_join(r, measure, STR(" · "), o->scope);
	measure = report_join(r, measure, STR(" · "), o->check);
	measure = report_join(r, measure, STR(" · "), o->unit);
	if (o->attested_by.len)
		measure =
		    report_join(r, measure, STR(" · "), SAY(r, objectives_attested_by, SLOT("name", o->attested_by)));
	if (o->source.len)
		measure = report_join(r, measure, STR(" · "), SAY(r, objectives_source, SLOT("source", o->source)));
	return report_join(r, text, STR("\n"), measure);
}

struct str report_measured(struct report *r, const struct objective *o, double value)
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
		const struct pdf_cell cells[] = {
		    cell_of(report_objective(r, o)),          cell_of(report_measured(r, o, o->before)),
		    cell_of(report_measured(r, o, o->after)), cell_of(objective_target(r, o)),
		    cell_of(objective_measured(r, o)),        objective_state(r, o)};
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
