/* Rows are written as they come. A browser lays out only the blocks of rows that are on the screen (content-visibility), which
 * a part of a table cannot have: so a long list is tables of BLOCK_ROWS rows each, every one with its own caption and headings.
 *
 *   section.f > div.b > table > caption, thead, tbody > tr.s1.o6 > td ...     s: severity, o: outcome, for script and style
 *
 * End tags that HTML lets one leave out (td, tr) are left out: in 100,000 rows they are a fifth of the page.
 */
#include "render/html.h"

#include "analyze/analyze.h"
#include "core/templates.h"
#include "render/pdf_report_parts.h"
#include "render/xml_doc.h"

#include <openssl/evp.h>

#define PUT(h, literal) buf_add(&(h)->out.pending, STR(literal))

enum { BLOCK_ROWS = 250, CELL_BYTES = 4000, COLUMNS = 12 };

struct html {
	struct writer out;
	struct report r;     /* r.arena: what is being said, until the row is written */
	struct arena loaded; /* the texts */
	struct buf path;     /* scratch */
};

struct column {
	struct str title;
	bool number;
};

struct table {
	struct html *h;
	struct str caption; /* of a list that is one block */
	const struct column *columns;
	size_t n;
	uint64_t rows, of; /* of: how many there will be; 0: said by the caption alone */
};

/* ---- Pieces ------------------------------------------------------------------------------------------------------ */

static void text(struct html *h, struct str s)
{
	xml_put_text(&h->out.pending, s.len > CELL_BYTES ? text_line(&h->r.arena, s, CELL_BYTES) : s);
}

/* What is said is written: the memory is free for the next row. */
static bool done(struct html *h)
{
	arena_reset(&h->r.arena);
	return writer_step(&h->out);
}

static void element(struct html *h, const char *open, struct str s, const char *close)
{
	buf_add(&h->out.pending, str_from(open));
	text(h, s);
	buf_add(&h->out.pending, str_from(close));
}

static void paragraph(struct html *h, struct str s) { element(h, "<p>", s, "</p>\n"); }
static void note(struct html *h, struct str s) { element(h, "<p class=\"n\">", s, "</p>\n"); }

static void section(struct html *h, const char *id, struct str title)
{
	buf_printf(&h->out.pending, "<section id=\"%s\" aria-labelledby=\"h-%s\"%s>\n<h2 id=\"h-%s\">", id, id,
	           strcmp(id, "all") ? "" : " class=\"f\"", id);
	element(h, "", title, "</h2>\n");
}

static void section_end(struct html *h)
{
	PUT(h, "</section>\n");
	done(h);
}

/* ---- Tables ------------------------------------------------------------------------------------------------------ */

static void block_begin(struct table *t)
{
	struct html *h = t->h;
	uint64_t last = t->rows + BLOCK_ROWS;
	PUT(h, "<div class=\"b w\"><table><caption>");
	if (t->of)
		text(h, SAY(&h->r, html_block, SLOT_N("from", t->rows + 1), SLOT_N("to", last < t->of ? last : t->of),
		            SLOT_N("of", t->of)));
	else
		text(h, t->caption);
	PUT(h, "</caption><thead><tr>");
	for (size_t i = 0; i < t->n; i++)
		element(h, t->columns[i].number ? "<th scope=\"col\" class=\"r\">" : "<th scope=\"col\">",
		        t->columns[i].title, "</th>");
	PUT(h, "</tr></thead><tbody>\n");
}

static void block_end(struct table *t)
{
	PUT(t->h, "</tbody></table></div>\n");
	done(t->h);
}

/* Before each row. */
static void row_begin(struct table *t)
{
	if (t->rows && t->rows % BLOCK_ROWS == 0) block_end(t);
	if (t->rows % BLOCK_ROWS == 0) block_begin(t);
	t->rows++;
}

static void row(struct table *t, const struct pdf_cell *cells)
{
	struct buf *out = &t->h->out.pending;
	row_begin(t);
	PUT(t->h, "<tr>");
	for (size_t i = 0; i < t->n; i++) {
		const char *tag = i ? "td" : "th scope=\"row\"";
		if (cells[i].symbol)
			buf_printf(out, "<%s class=\"y%d\">", tag, (int)cells[i].symbol);
		else
			buf_printf(out, "<%s%s>", tag, t->columns[i].number ? " class=\"r\"" : "");
		text(t->h, cells[i].text);
		if (!i) PUT(t->h, "</th>");
	}
	PUT(t->h, "\n");
	done(t->h);
}

static void table_end(struct table *t)
{
	if (t->rows) block_end(t);
}

#define TABLE(h_, caption_, columns_)                                                                                  \
	{                                                                                                              \
		.h = (h_), .caption = (caption_), .columns = (columns_), .n = sizeof(columns_) / sizeof(*(columns_))   \
	}

/* ---- Decision ---------------------------------------------------------------------------------------------------- */

static void put_gate(struct html *h)
{
	struct report *r = &h->r;
	const struct column columns[] = {{T(r, gate_rule), false},
	                                 {T(r, gate_state), false},
	                                 {T(r, gate_value), true},
	                                 {T(r, gate_limit), true},
	                                 {T(r, gate_offenders), false}};
	struct table t = TABLE(h, T(r, gate_title), columns);
	for (size_t i = 0; i < r->result->gate_count; i++) {
		const struct gate_rule *g = &r->result->gate[i];
		const struct pdf_cell cells[] = {cell_of(report_join(r, g->title, STR("\n"), g->rule)),
		                                 report_gate_state(r, g), cell_of(texts_double(&r->texts, g->value)),
		                                 cell_of(texts_double(&r->texts, g->limit)),
		                                 cell_of(report_offenders(r, g))};
		row(&t, cells);
	}
	table_end(&t);
}

static void pair(struct html *h, struct str key, struct str value)
{
	element(h, "<dt>", key, "</dt>");
	element(h, "<dd>", value.len ? value : T(&h->r, decision_not_said), "</dd>\n");
}

static void put_change(struct html *h)
{
	struct report *r = &h->r;
	const struct change *c = &r->result->change;
	section(h, "change", T(r, change_title));
	if (c->given) {
		PUT(h, "<dl>\n");
		pair(h, T(r, change_id), c->id);
		pair(h, T(r, change_owner), c->owner);
		pair(h, T(r, change_approver), c->approver);
		pair(h, T(r, change_window), report_window(r));
		pair(h, T(r, change_scope), report_scope(r));
		pair(h, T(r, change_rollback), c->rollback);
		PUT(h, "</dl>\n");
	} else {
		paragraph(h, T(r, change_none));
	}
	section_end(h);
}

static void put_decision(struct html *h)
{
	struct report *r = &h->r;
	const struct result *result = r->result;
	uint64_t failed = 0;
	for (size_t i = 0; i < result->gate_count; i++)
		failed += result->gate[i].state == GATE_FAIL && !result->gate[i].advisory;
	section(h, "decision", T(r, decision_bookmark));
	element(h, result->verdict_pass ? "<p class=\"verdict y7\">" : "<p class=\"verdict y8\">",
	        result->verdict_pass ? T(r, decision_ready) : T(r, decision_not_ready), "</p>\n");
	paragraph(h, SAY(r, decision_rules_fail, SLOT_N("n", failed), SLOT_N("of", result->gate_count)));
	if (result->verdict_pass)
		paragraph(h, SAY(r, decision_caution,
		                 SLOT_N("not_reassessed", result->diff.outcomes[OUTCOME_NOT_REASSESSED]),
		                 SLOT_N("dismissed", result->diff.outcomes[OUTCOME_DISMISSED])));
	put_gate(h);
	section_end(h);
}

/* ---- What was not looked at, effect ------------------------------------------------------------------------------ */

static void put_gaps(struct html *h)
{
	struct report *r = &h->r;
	struct str keys[REPORT_GAPS], values[REPORT_GAPS];
	size_t n = report_gap_rows(r, keys, values);
	section(h, "gaps", T(r, gaps_title));
	PUT(h, "<dl>\n");
	for (size_t i = 0; i < n; i++) pair(h, keys[i], values[i]);
	PUT(h, "</dl>\n");
	section_end(h);
}

static void put_effect_row(struct table *t, struct pdf_cell first, const struct effect_row *e,
                           const struct change_of_severity *common)
{
	struct report *r = &t->h->r;
	double percent;
	bool any = diff_percent(common->before, common->after, &percent);
	const struct pdf_cell cells[] = {
	    first,
	    cell_number(r, e->before),
	    cell_of(SAY(r, effect_fixed_of, SLOT_N("n", e->fixed), SLOT_N("verified", e->verified))),
	    cell_number(r, e->dismissed),
	    cell_number(r, e->not_reassessed),
	    cell_number(r, e->still),
	    cell_of(texts_signed(&r->texts, e->rerated)),
	    cell_number(r, e->fresh),
	    cell_number(r, e->newly_in_scope),
	    cell_number(r, e->after),
	    cell_of(any ? texts_percent(&r->texts, percent) : T(r, number_none))};
	row(t, cells);
}

static void put_effect(struct html *h)
{
	struct report *r = &h->r;
	const struct diff *diff = &r->result->diff;
	const struct column columns[] = {{T(r, effect_severity), false},      {T(r, effect_before), true},
	                                 {T(r, effect_fixed), true},          {T(r, effect_dismissed), true},
	                                 {T(r, effect_not_reassessed), true}, {T(r, effect_still), true},
	                                 {T(r, effect_rerated), true},        {T(r, effect_new), true},
	                                 {T(r, effect_newly_in_scope), true}, {T(r, effect_after), true},
	                                 {T(r, effect_common), true}};
	struct table t = TABLE(h, T(r, effect_title), columns);
	struct effect_row sum = {.before = 0};
	section(h, "effect", T(r, effect_title));
	for (int s = 0; s < SEVERITY_COUNT; s++) {
		struct effect_row e;
		report_effect_row(diff, (enum severity)s, &e);
		report_effect_add(&sum, &e);
		put_effect_row(&t, cell_severity(r, (enum severity)s), &e, &diff->reduction[s]);
	}
	put_effect_row(&t, cell_of(T(r, effect_all)), &sum, &diff->reduction_all);
	table_end(&t);
	section_end(h);
}

/* ---- What the change promised ------------------------------------------------------------------------------------ */

static void put_objectives(struct html *h)
{
	struct report *r = &h->r;
	const struct change *c = &r->result->change;
	const struct column columns[] = {{T(r, objectives_objective), false}, {T(r, objectives_before), true},
	                                 {T(r, objectives_after), true},      {T(r, objectives_target), true},
	                                 {T(r, objectives_measured), true},   {T(r, objectives_state), false}};
	struct table t = TABLE(h, T(r, objectives_title), columns);
	for (size_t i = 0; i < c->objective_count; i++) {
		const struct objective *o = &c->objectives[i];
		const struct pdf_cell cells[] = {
		    cell_of(report_objective(r, o)),          cell_of(report_measured(r, o, o->before)),
		    cell_of(report_measured(r, o, o->after)), cell_of(objective_target(r, o)),
		    cell_of(objective_measured(r, o)),        objective_state(r, o)};
		row(&t, cells);
	}
	table_end(&t);
	if (!c->objective_count) paragraph(h, T(r, objectives_none));
}

static void put_expects(struct html *h)
{
	struct report *r = &h->r;
	const struct change *c = &r->result->change;
	const struct column columns[] = {{T(r, expects_id), false},       {T(r, expects_demand), false},
	                                 {T(r, expects_state), false},    {T(r, expects_met), true},
	                                 {T(r, expects_not_met), true},   {T(r, expects_no_evidence), true},
	                                 {T(r, expects_offenders), false}};
	struct table t = TABLE(h, T(r, expects_title), columns);
	for (size_t i = 0; i < c->expect_count; i++) {
		const struct expect *e = &c->expects[i];
		struct str demand = SAY(r, expects_demands, SLOT("subject", e->subject), SLOT("fact", e->fact),
		                        SLOT("value", e->value));
		const struct pdf_cell cells[] = {cell_of(e->id),
		                                 cell_of(demand),
		                                 report_expect_state(r, e->state),
		                                 cell_number(r, e->met),
		                                 cell_number(r, e->not_met),
		                                 cell_number(r, e->no_evidence),
		                                 cell_of(report_expect_offenders(r, e->offenders))};
		row(&t, cells);
	}
	table_end(&t);
	if (!c->expect_count) paragraph(h, T(r, expects_none));
}

static void put_promises(struct html *h)
{
	struct report *r = &h->r;
	section(h, "objectives", T(r, expects_section));
	if (r->result->change.given) {
		note(h, T(r, objectives_note));
		put_objectives(h);
		put_expects(h);
	} else {
		paragraph(h, T(r, expects_no_change));
	}
	section_end(h);
}

/* ---- Changes in state -------------------------------------------------------------------------------------------- */

static void put_facts(struct html *h)
{
	struct report *r = &h->r;
	const struct diff *diff = &r->result->diff;
	const uint64_t *facts = diff->facts;
	const struct column columns[] = {{T(r, facts_subject), false},
	                                 {T(r, facts_fact), false},
	                                 {T(r, facts_before), false},
	                                 {T(r, facts_after), false},
	                                 {T(r, facts_outcome), false}};
	struct table t = TABLE(h, T(r, facts_title), columns);
	section(h, "facts", T(r, facts_title));
	paragraph(h, SAY(r, facts_summary, SLOT_N("changed", facts[FACT_CHANGED]), SLOT_N("added", facts[FACT_ADDED]),
	                 SLOT_N("removed", facts[FACT_REMOVED]), SLOT_N("lost", facts[FACT_NOT_REASSESSED]),
	                 SLOT_N("unchanged", facts[FACT_UNCHANGED])));
	for (uint32_t i = 0; i < diff->fact_change_count; i++) {
		const struct fact_change *change = &diff->fact_changes[i];
		enum side side;
		if (change->outcome == FACT_UNCHANGED) continue;
		const struct fact *fact = report_fact(diff, change, &side);
		const struct pdf_cell cells[] = {
		    cell_of(report_subject(r, snapshot_string(diff->sides[side], fact->subject), true, STR(" · "))),
		    cell_of(snapshot_string(diff->sides[side], fact->name)),
		    cell_of(report_fact_value(r, SIDE_BEFORE, change->before)),
		    cell_of(report_fact_value(r, SIDE_AFTER, change->after)),
		    cell_of(WORD(r, fact_unchanged, change->outcome))};
		row(&t, cells);
	}
	table_end(&t);
	section_end(h);
}

/* ---- Findings ---------------------------------------------------------------------------------------------------- */

/* Of a finding that both sides report as open there is one row, that of after. */
static bool listed(const struct diff *diff, enum side side, uint32_t i)
{
	const struct fate *fate = &diff->fates[side][i];
	if (!fate->counted) return false;
	if (side == SIDE_AFTER || fate->match == NO_MATCH) return true;
	return fate->outcome < OUTCOME_COUNT && fate->outcome != OUTCOME_UNCHANGED && fate->outcome != OUTCOME_UPDATED;
}

static uint64_t count_listed(const struct diff *diff)
{
	uint64_t n = 0;
	for (int side = 0; side < SIDE_COUNT; side++)
		for (uint32_t i = 0; i < diff->sides[side]->finding_count; i++) n += listed(diff, (enum side)side, i);
	return n;
}

static void cell(struct html *h, struct str s)
{
	PUT(h, "<td>");
	text(h, s);
}

/* On its own line in the cell. */
static void line(struct html *h, struct str s)
{
	if (!s.len) return;
	PUT(h, "\n");
	text(h, s);
}

static void put_what(struct html *h, const struct snapshot *s, const struct finding *f)
{
	const struct profile *p = snapshot_profile(s, f);
	const struct component *c = snapshot_component(s, f);
	struct str rule = snapshot_string(s, p->rule), title = snapshot_string(s, p->title);
	struct str package = str_words(&h->r.arena, snapshot_string(s, c->package), snapshot_string(s, c->version));
	struct str fixed = snapshot_string(s, c->fixed_version);
	cell(h, rule);
	if (!str_eq(rule, title)) line(h, title);
	line(h, package.len && fixed.len ? report_join(&h->r, package, STR(" → "), fixed) : package);
	line(h, snapshot_string(s, p->tool));
}

static void put_where(struct html *h, const struct snapshot *s, const struct finding *f)
{
	const struct profile *p = snapshot_profile(s, f);
	struct str subject = snapshot_string(s, p->subject), path = snapshot_path(s, f, &h->path);
	cell(h, report_subject(&h->r, subject, true, STR("\n")));
	if (path.len && !str_ends(subject, path)) line(h, path);
	if (f->line) buf_printf(&h->out.pending, ":%u", (unsigned)f->line);
}

static void put_finding(struct table *t, enum side side, uint32_t i, const struct input *input)
{
	struct html *h = t->h;
	struct report *r = &h->r;
	const struct snapshot *s = &r->result->sides[side];
	const struct finding *f = &s->findings[i];
	const struct profile *p = snapshot_profile(s, f);
	const struct fate *fate = &r->result->diff.fates[side][i];
	struct str owner = finding_owner(r->analysis, s, f);
	bool judged = fate->outcome < OUTCOME_COUNT;
	char id[19];
	snapshot_finding_id(s, side, i, id);
	row_begin(t);
	buf_printf(&h->out.pending, "<tr class=\"s%d o%d\">", (int)p->severity,
	           judged ? (int)fate->outcome : OUTCOME_COUNT);
	cell(h, report_word_severity(r, (enum severity)p->severity));
	cell(h, judged ? WORD(r, outcome_unchanged, fate->outcome) : T(r, number_none));
	PUT(h, "\n");
	text(h, WORD(r, side_before, side));
	PUT(h, ": ");
	text(h, WORD(r, status_fail, p->status));
	if (side == SIDE_AFTER && r->analysis && r->analysis->covered && r->analysis->covered[i])
		line(h, T(r, findings_covered));
	put_what(h, s, f);
	put_where(h, s, f);
	cell(h, owner.len ? owner : T(r, findings_nobody));
	cell(h, str_of(id, 18));
	PUT(h, "\n");
	text(h, str_from(side_names[side]));
	PUT(h, "/");
	text(h, snapshot_string(s, input->path));
	line(h, snapshot_pointer(s, i, &r->arena));
	PUT(h, "\n");
	done(h);
}

static void option(struct html *h, const char *prefix, int value, struct str word)
{
	buf_printf(&h->out.pending, "<option value=\"%s%d\">", prefix, value);
	element(h, "", word, "</option>");
}

static void select_begin(struct html *h, const char *name, struct str label)
{
	element(h, "<label>", label, "");
	buf_printf(&h->out.pending, "<select name=\"%s\">", name);
}

/* Shown by the script, without which it would do nothing. */
static void put_filter(struct html *h)
{
	struct report *r = &h->r;
	PUT(h, "<form id=\"filter\" role=\"search\" hidden>\n");
	element(h, "<label>", T(r, html_search),
	        "<input type=\"search\" name=\"text\" autocomplete=\"off\"></label>\n");
	select_begin(h, "severity", T(r, findings_severity));
	element(h, "<option value=\"\">", T(r, html_any), "</option>");
	for (int s = 0; s < SEVERITY_COUNT; s++) option(h, "s", s, report_word_severity(r, (enum severity)s));
	PUT(h, "</select></label>\n");
	select_begin(h, "outcome", T(r, html_outcome));
	element(h, "<option value=\"\">", T(r, html_any), "</option>");
	for (int o = 0; o < OUTCOME_COUNT; o++) option(h, "o", o, WORD(r, outcome_unchanged, o));
	option(h, "o", OUTCOME_COUNT, T(r, number_none));
	PUT(h, "</select></label>\n");
	select_begin(h, "order", T(r, html_order));
	element(h, "<option value=\"document\">", T(r, html_document_order), "</option>");
	element(h, "<option value=\"severity\">", T(r, findings_severity), "</option>");
	element(h, "<option value=\"outcome\">", T(r, html_outcome), "</option>");
	option(h, "", 2, T(r, findings_what));
	option(h, "", 3, T(r, findings_where));
	option(h, "", 4, T(r, findings_owner));
	PUT(h, "</select></label>\n<output id=\"shown\" aria-live=\"polite\"");
	element(h, " data-text=\"", T(r, html_shown), "\"></output></form>\n");
}

static void put_findings(struct html *h)
{
	struct report *r = &h->r;
	const struct diff *diff = &r->result->diff;
	const struct column columns[] = {{T(r, findings_severity), false}, {T(r, findings_outcome), false},
	                                 {T(r, findings_what), false},     {T(r, findings_where), false},
	                                 {T(r, findings_owner), false},    {T(r, findings_evidence), false}};
	struct table t = TABLE(h, STR_EMPTY, columns);
	t.columns = columns;
	t.of = count_listed(diff);
	section(h, "all", T(r, html_all_title));
	note(h, T(r, html_all_note));
	paragraph(h, SAY(r, findings_without_owner, SLOT_N("n", r->result->without_owner)));
	put_filter(h);
	for (int side = SIDE_AFTER; side >= SIDE_BEFORE; side--) {
		const struct snapshot *s = diff->sides[side];
		for (uint32_t i = 0; i < s->input_count; i++)
			for (uint32_t k = 0; k < s->inputs[i].finding_count; k++) {
				uint32_t number = s->inputs[i].first_finding + k;
				if (listed(diff, (enum side)side, number))
					put_finding(&t, (enum side)side, number, &s->inputs[i]);
			}
	}
	table_end(&t);
	section_end(h);
}

/* ---- Controls, exceptions, gaps with commands, inputs ------------------------------------------------------------ */

static void put_controls(struct html *h)
{
	struct report *r = &h->r;
	const struct result *result = r->result;
	const struct column columns[] = {{T(r, controls_control), false}, {T(r, controls_name), false},
	                                 {T(r, controls_before), false},  {T(r, controls_after), false},
	                                 {T(r, controls_open), true},     {T(r, controls_pass), true},
	                                 {T(r, controls_excepted), true}, {T(r, controls_lost), true}};
	struct table t = TABLE(h, T(r, controls_order), columns);
	if (!result->control_count) return;
	section(h, "controls", T(r, controls_title));
	for (size_t i = 0; i < result->framework_count; i++) paragraph(h, report_framework(r, &result->frameworks[i]));
	note(h, T(r, controls_rule));
	for (int state = 0; state < CONTROL_STATE_COUNT; state++)
		for (size_t i = 0; i < result->control_count; i++) {
			const struct control *c = &result->controls[i];
			if ((int)c->state != state) continue;
			struct pdf_cell cells[CONTROL_CELLS];
			report_control_cells(r, c, cells);
			row(&t, cells);
		}
	table_end(&t);
	section_end(h);
}

static void put_exceptions(struct html *h)
{
	struct report *r = &h->r;
	const struct result *result = r->result;
	const struct column columns[] = {{T(r, exceptions_exception), false}, {T(r, exceptions_state), false},
	                                 {T(r, exceptions_who), false},       {T(r, exceptions_expires), false},
	                                 {T(r, exceptions_days), true},       {T(r, exceptions_before), true},
	                                 {T(r, exceptions_after), true}};
	struct table t = TABLE(h, T(r, exceptions_order), columns);
	section(h, "exceptions", T(r, exceptions_title));
	paragraph(h, result->exception_count ? T(r, exceptions_note) : T(r, exceptions_none_at_all));
	for (size_t i = 0; i < result->exception_count; i++) {
		struct pdf_cell cells[EXCEPTION_CELLS];
		report_exception_cells(r, &result->exceptions[i], cells);
		row(&t, cells);
	}
	table_end(&t);
	section_end(h);
}

static void put_notices(struct html *h)
{
	struct report *r = &h->r;
	const struct column columns[] = {{T(r, notices_where), false},
	                                 {T(r, gap_none), false},
	                                 {T(r, notices_what), false},
	                                 {T(r, notices_owner), false},
	                                 {T(r, notices_command), false}};
	struct table t = TABLE(h, T(r, notices_title), columns);
	section(h, "notices", T(r, notices_title));
	paragraph(h, r->result->notice_count ? T(r, notices_note) : T(r, notices_none));
	for (size_t i = 0; i < r->result->notice_count; i++) {
		const struct notice *n = &r->result->notices[i];
		const struct pdf_cell cells[] = {cell_of(report_notice_where(r, n)), cell_of(WORD(r, gap_none, n->gap)),
		                                 cell_of(report_join(r, str_from(n->code), STR(": "), n->message)),
		                                 cell_of(n->owner), cell_of(n->command)};
		row(&t, cells);
	}
	table_end(&t);
	section_end(h);
}

static void put_paragraph(void *context, struct str text) { paragraph(context, text); }

static void put_inputs(struct html *h)
{
	struct report *r = &h->r;
	const struct column columns[] = {{T(r, inputs_path), false},
	                                 {T(r, inputs_captured), false},
	                                 {T(r, inputs_records), true},
	                                 {T(r, inputs_sha256), false}};
	section(h, "inputs", T(r, inputs_title));
	note(h, T(r, inputs_note));
	report_custody(r, h, put_paragraph);
	for (int side = 0; side < SIDE_COUNT; side++) {
		const struct snapshot *s = &r->result->sides[side];
		struct table t = TABLE(h, WORD(r, side_before, side), columns);
		for (uint32_t i = 0; i < s->input_count; i++) {
			const struct input *input = &s->inputs[i];
			char hex[SHA256_HEX + 1];
			hex_of(input->sha256, SHA256_BYTES, hex);
			struct str what =
			    report_join(r, snapshot_string(s, input->path), STR("\n"), report_input_group(r, s, input));
			const struct pdf_cell cells[] = {
			    cell_of(report_join(r, report_join(r, what, STR("\n"), report_input_flags(r, input, 0)),
			                        STR("\n"), report_custody_flags(r, (enum side)side, input))),
			    cell_of(texts_instant(&r->texts, input->captured)), cell_number(r, input->records),
			    cell_of(str_of(hex, SHA256_HEX))};
			row(&t, cells);
		}
		table_end(&t);
	}
	element(h, "<p>", T(r, decision_digest), "<code>");
	element(h, "", str_from(r->result->evidence_digest), "</code></p>\n");
	note(h, T(r, verify_intro));
	section_end(h);
}

static void put_glossary(struct html *h)
{
	struct report *r = &h->r;
	section(h, "glossary", T(r, glossary_title));
	paragraph(h, T(r, glossary_sums));
	PUT(h, "<dl>\n");
	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		pair(h, WORD(r, outcome_unchanged, i), WORD(r, outcome_means_unchanged, i));
	PUT(h, "</dl>\n");
	section_end(h);
}

/* ---- The page ---------------------------------------------------------------------------------------------------- */

static bool find(const char *name, struct str *out, struct error *error)
{
	return template_find(str_from(name), out) || error_set(error, ERROR_INPUT, name, "the template is missing");
}

static void put_hash(struct html *h, struct str of)
{
	unsigned char digest[SHA256_BYTES], base64[SHA256_BYTES * 2];
	sha256_of(of.ptr, of.len, digest);
	int n = EVP_EncodeBlock(base64, digest, SHA256_BYTES);
	PUT(h, "'sha256-");
	buf_add(&h->out.pending, str_of((const char *)base64, (size_t)n));
	PUT(h, "'");
}

static struct str title_of(struct report *r)
{
	return r->result->change.title.len ? r->result->change.title : T(r, decision_title);
}

static void put_head(struct html *h, struct str style, struct str script)
{
	struct report *r = &h->r;
	element(h, "<!DOCTYPE html>\n<html lang=\"", r->texts.language, "\">\n<head>\n<meta charset=\"utf-8\">\n");
	PUT(h, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src ");
	put_hash(h, style);
	PUT(h, "; script-src ");
	put_hash(h, script);
	PUT(h, "; img-src data:; base-uri 'none'; form-action 'none'\">\n"
	       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
	element(h, "<title>", title_of(r), "</title>\n<style>");
	buf_add(&h->out.pending, style);
	PUT(h, "</style>\n</head>\n<body>\n");
}

static void put_nav(struct html *h)
{
	struct report *r = &h->r;
	const struct {
		const char *open;
		struct str title;
		bool lacking;
	} links[] = {
	    {"<li><a href=\"#decision\">", T(r, decision_bookmark), false},
	    {"<li><a href=\"#gaps\">", T(r, gaps_title), false},
	    {"<li><a href=\"#effect\">", T(r, effect_title), false},
	    {"<li><a href=\"#objectives\">", T(r, expects_section), false},
	    {"<li><a href=\"#facts\">", T(r, facts_title), false},
	    {"<li><a href=\"#all\">", T(r, html_all_title), false},
	    {"<li><a href=\"#controls\">", T(r, controls_title), !r->result->control_count},
	    {"<li><a href=\"#exceptions\">", T(r, exceptions_title), false},
	    {"<li><a href=\"#notices\">", T(r, notices_title), false},
	    {"<li><a href=\"#inputs\">", T(r, inputs_title), false},
	    {"<li><a href=\"#glossary\">", T(r, glossary_title), false},
	};
	element(h, "<nav aria-label=\"", T(r, html_sections), "\"><ul>\n");
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		if (!links[i].lacking) element(h, links[i].open, links[i].title, "</a></li>\n");
	PUT(h, "</ul></nav>\n");
}

static void put_body(struct html *h)
{
	static void (*const parts[])(struct html *) = {put_decision,   put_change,  put_gaps,     put_effect,
	                                               put_promises,   put_facts,   put_findings, put_controls,
	                                               put_exceptions, put_notices, put_inputs,   put_glossary};
	struct report *r = &h->r;
	const struct result *result = r->result;
	char when[40] = "";
	element(h, "<a class=\"skip\" href=\"#decision\">", T(r, html_skip), "</a>\n<header>\n");
	element(h, "<p class=\"mark\">", result->marking.len ? result->marking : T(r, document_marking), "</p>\n");
	element(h, "<h1>", title_of(r), "</h1>\n");
	note(h, report_subtitle(r));
	PUT(h, "</header>\n");
	put_nav(h);
	PUT(h, "<main>\n");
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) parts[i](h);
	PUT(h, "</main>\n");
	struct str creator = report_join(r, STR("dossier"), STR(" "), str_from(result->version));
	instant_text(result->as_of == INSTANT_NONE ? 0 : result->as_of, when);
	element(h, "<footer><p>", SAY(r, document_footer, SLOT("creator", creator), SLOT("as_of", str_from(when))),
	        "</p></footer>\n");
}

bool html_report(const struct result *result, struct sink sink, struct error *error)
{
	struct html h = {.out = {.sink = sink, .error = error}, .r = {.result = result, .analysis = result->analysis}};
	struct str style, script, language = str_from(result->language ? result->language : "en");
	bool good = texts_load(&h.r.texts, language, &h.loaded, error) && find("report/report.css", &style, error) &&
	            find("report/report.js", &script, error);
	if (good) {
		h.r.texts.arena = &h.r.arena;
		put_head(&h, style, script);
		put_body(&h);
		PUT(&h, "<script>");
		buf_add(&h.out.pending, script);
		PUT(&h, "</script>\n</body>\n</html>\n");
		good = writer_end(&h.out);
	}
	buf_free(&h.path);
	arena_free(&h.r.arena);
	arena_free(&h.loaded);
	return good;
}
