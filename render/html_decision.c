/* What the first screen says, as page 1 of the PDF does: the verdict and the rules that fail, the change, what was not looked at,
 * the effect, objectives, exceptions and controls; then what became of the open findings.
 */
#include "render/html_private.h"

/* ---- Verdict ----------------------------------------------------------------------------------------------------- */

static bool decides(const struct gate_rule *rule) { return rule->state == GATE_FAIL && !rule->advisory; }

static void put_failing(struct html *h)
{
	struct report *r = &h->r;
	PUT(h, "<ul>\n");
	for (size_t i = 0; i < r->result->gate_count; i++) {
		const struct gate_rule *rule = &r->result->gate[i];
		if (!decides(rule)) continue;
		html_element(h, "<li><strong>", report_gate_title(r, rule), "</strong>");
		html_element(h, "", report_rule_numbers(r, rule), "</li>\n");
	}
	PUT(h, "</ul>\n");
}

static void put_verdict(struct html *h)
{
	struct report *r = &h->r;
	const struct result *result = r->result;
	bool pass = result->verdict_pass;
	uint64_t failed = 0;
	for (size_t i = 0; i < result->gate_count; i++) failed += decides(&result->gate[i]);
	buf_printf(&h->out.pending, "<div class=\"verdict\">\n<div><p class=\"word y%d\">",
	           pass ? (int)PDF_SYMBOL_MET : (int)PDF_SYMBOL_NOT_MET);
	html_element(h, "", pass ? T(r, decision_ready) : T(r, decision_not_ready), "</p>\n<p><a href=\"#gate\">");
	html_element(h, "", SAY(r, decision_rules_fail, SLOT_N("n", failed), SLOT_N("of", result->gate_count)),
	             "</a></p></div>\n");
	if (pass)
		html_paragraph(h, report_verdict_note(r));
	else
		put_failing(h);
	PUT(h, "</div>\n");
}

/* ---- The change, what was not looked at -------------------------------------------------------------------------- */

static void put_change(struct html *h)
{
	struct report *r = &h->r;
	const struct change *c = &r->result->change;
	PUT(h, "<div>");
	html_subsection(h, T(r, change_title));
	if (c->given) {
		PUT(h, "<dl>\n");
		html_pair(h, T(r, change_id), c->id);
		html_pair(h, T(r, change_owner), c->owner);
		html_pair(h, T(r, change_approver), c->approver);
		html_pair(h, T(r, change_window), report_window(r));
		html_pair(h, T(r, change_scope), report_scope(r));
		html_pair(h, T(r, change_rollback), c->rollback);
		PUT(h, "</dl>");
	} else {
		html_paragraph(h, T(r, change_none));
	}
	PUT(h, "</div>\n");
}

static void put_pairs(struct html *h, const struct str *keys, const struct str *values, size_t n)
{
	PUT(h, "<dl>\n");
	for (size_t i = 0; i < n; i++) html_pair(h, keys[i], values[i]);
	PUT(h, "</dl>");
}

/* A heading that leads to the section with the whole list. */
static void linked_heading(struct html *h, struct str title, struct str mark)
{
	buf_printf(&h->out.pending, "<h3><a href=\"#%.*s\">", STR_ARG(mark));
	html_element(h, "", title, "</a></h3>\n");
}

static void put_gaps(struct html *h)
{
	struct report *r = &h->r;
	struct str keys[REPORT_GAPS], values[REPORT_GAPS];
	struct report_gaps gaps;
	report_count_gaps(r, &gaps);
	size_t n = report_gap_rows(r, &gaps, keys, values);
	PUT(h, "<div>");
	linked_heading(h, T(r, gaps_title), MARK_NOT_REASSESSED);
	put_pairs(h, keys, values, n);
	PUT(h, "</div>\n");
}

/* ---- Effect ------------------------------------------------------------------------------------------------------ */

static void put_effect_row(struct html_table *t, struct pdf_cell first, const struct effect_row *e,
                           const struct change_of_severity *common, uint64_t most)
{
	struct html *h = t->h;
	struct report *r = &h->r;
	double percent;
	bool any = diff_percent(common->before, common->after, &percent);
	const struct str numbers[] = {
	    report_number(r, e->before),
	    SAY(r, effect_fixed_of, SLOT_N("n", e->fixed), SLOT_N("verified", e->verified)),
	    report_number(r, e->dismissed),
	    report_number(r, e->not_reassessed),
	    report_number(r, e->still),
	    texts_signed(&r->texts, e->rerated),
	    report_number(r, e->fresh),
	    report_number(r, e->newly_in_scope),
	    report_number(r, e->after),
	    any ? texts_percent(&r->texts, percent) : T(r, number_none),
	};
	html_row_begin(t);
	if (first.symbol)
		buf_printf(&h->out.pending, "<tr><th scope=\"row\" class=\"y%d\">", (int)first.symbol);
	else
		PUT(h, "<tr class=\"sum\"><th scope=\"row\">");
	html_element(h, "", first.text, "</th>");
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		html_element(h, i == 3 ? "<td class=\"r lost\">" : "<td class=\"r\">", numbers[i], "");
	PUT(h, "<td class=\"p\">");
	if (most) html_bars(h, e, pdf_symbol_ink(first.symbol), most);
	PUT(h, "\n");
	html_done(h);
}

/* Critical and high are always there, the others where there is something to count. */
static size_t effect_rows(const struct diff *diff, struct effect_row rows[SEVERITY_COUNT],
                          enum severity severities[SEVERITY_COUNT], uint64_t *most)
{
	size_t n = 0;
	*most = 1;
	for (int s = 0; s < SEVERITY_COUNT; s++) {
		struct effect_row *e = &rows[n];
		report_effect_row(diff, (enum severity)s, e);
		if (s > SEVERITY_HIGH && !(e->before | e->after)) continue;
		if (e->before > *most) *most = e->before;
		if (e->after > *most) *most = e->after;
		severities[n++] = (enum severity)s;
	}
	return n;
}

static void put_effect(struct html *h)
{
	struct report *r = &h->r;
	const struct diff *diff = &r->result->diff;
	struct str sides = SAY(r, checks_change, SLOT("before", WORD(r, side_before, SIDE_BEFORE)),
	                       SLOT("after", WORD(r, side_before, SIDE_AFTER)));
	const struct html_column columns[] = {{T(r, effect_severity), false},      {T(r, effect_before), true},
	                                      {T(r, effect_fixed), true},          {T(r, effect_dismissed), true},
	                                      {T(r, effect_not_reassessed), true}, {T(r, effect_still), true},
	                                      {T(r, effect_rerated), true},        {T(r, effect_new), true},
	                                      {T(r, effect_newly_in_scope), true}, {T(r, effect_after), true},
	                                      {T(r, effect_common), true},         {html_keep(h, sides), false}};
	struct html_table t = HTML_QUIET(h, T(r, effect_title), columns);
	struct effect_row rows[SEVERITY_COUNT], sum = {.before = 0};
	enum severity severities[SEVERITY_COUNT];
	uint64_t most;
	size_t n = effect_rows(diff, rows, severities, &most);
	PUT(h, "<div class=\"effect\" id=\"effect\">");
	html_subsection(h, T(r, effect_title));
	for (size_t i = 0; i < n; i++) {
		report_effect_add(&sum, &rows[i]);
		put_effect_row(&t, cell_severity(r, severities[i]), &rows[i], &diff->reduction[severities[i]], most);
	}
	put_effect_row(&t, cell_of(T(r, effect_all)), &sum, &diff->reduction_all, 0);
	html_table_end(&t);
	html_element(h, "<p class=\"n\">", T(r, effect_legend_assessed), " · ");
	html_element(
	    h,
	    "<svg class=\"key\" viewBox=\"0 0 20 10\" aria-hidden=\"true\"><rect class=\"kh\" fill=\"url(#hatch)\" x=\"0\" y=\"0\" "
	    "width=\"20\" height=\"10\"/></svg> ",
	    T(r, effect_legend_hatched), "</p>\n");
	html_element(h, "<p><strong>", T(r, effect_subjects), "</strong>");
	html_element(h, "", report_subjects_line(r), "</p></div>\n");
}

/* ---- Objectives, exceptions, controls ---------------------------------------------------------------------------- */

static void put_objectives(struct html *h)
{
	struct report *r = &h->r;
	const struct change *c = &r->result->change;
	const struct html_column columns[] = {{T(r, objectives_objective), false},
	                                      {T(r, objectives_target), true},
	                                      {T(r, objectives_measured), true},
	                                      {T(r, objectives_state), false}};
	struct html_table t = HTML_QUIET(h, T(r, objectives_title), columns);
	PUT(h, "<div>");
	linked_heading(h, T(r, objectives_title), MARK_EXPECTATIONS);
	if (!c->objective_count) html_note(h, c->given ? T(r, objectives_none) : T(r, objectives_no_change));
	for (size_t i = 0; i < c->objective_count; i++) {
		const struct objective *o = &c->objectives[i];
		const struct pdf_cell cells[] = {cell_of(o->title.len ? o->title : o->id),
		                                 cell_of(objective_target(r, o)), cell_of(objective_measured(r, o)),
		                                 objective_state(r, o)};
		html_row(&t, cells);
	}
	html_table_end(&t);
	PUT(h, "</div>\n");
}

static void put_controls(struct html *h)
{
	struct report *r = &h->r;
	const struct result *result = r->result;
	uint64_t counts[CONTROL_STATE_COUNT];
	if (!result->control_count) return;
	struct str text = report_controls_line(r, counts);
	linked_heading(h, T(r, controls_title), MARK_CONTROLS);
	PUT(h, "<dl>\n");
	html_pair(h, SAY(r, controls_listed_n, SLOT_N("n", result->control_count)), text);
	PUT(h, "</dl>");
	html_strip(h, counts);
}

static void put_exceptions(struct html *h)
{
	struct report *r = &h->r;
	struct str keys[REPORT_EXCEPTION_STATES], values[REPORT_EXCEPTION_STATES];
	size_t n = report_exception_states(r, keys, values);
	PUT(h, "<div>");
	linked_heading(h, T(r, exceptions_page_title), MARK_EXCEPTIONS);
	put_pairs(h, keys, values, n);
	put_controls(h);
	PUT(h, "</div>\n");
}

void html_decision(struct html *h)
{
	struct report *r = &h->r;
	html_section(h, STR("decision"), T(r, decision_bookmark));
	put_verdict(h);
	PUT(h, "<div class=\"two\">\n");
	put_change(h);
	put_gaps(h);
	PUT(h, "</div>\n");
	put_effect(h);
	PUT(h, "<div class=\"two\">\n");
	put_objectives(h);
	put_exceptions(h);
	PUT(h, "</div>\n");
	html_element(h, "<p class=\"n\"><strong>", T(r, decision_evidence_title), "</strong>");
	html_element(h, "", report_evidence_counts(r), "<a href=\"#inputs\">");
	html_element(h, "", T(r, inputs_title), "</a><br><strong>");
	html_element(h, "", T(r, decision_digest), "</strong><code>");
	html_element(h, "", str_from(r->result->evidence_digest), "</code> · <a href=\"#verify\">");
	html_element(h, "", T(r, verify_title), "</a></p>\n");
	html_section_end(h);
}

/* ---- What became of the open findings ---------------------------------------------------------------------------- */

void html_outcomes(struct html *h)
{
	struct report *r = &h->r;
	const struct diff *diff = &r->result->diff;
	struct html_column columns[SEVERITY_COUNT + 2] = {{T(r, flow_outcome), false}};
	for (size_t s = 0; s < SEVERITY_COUNT; s++)
		columns[1 + s] = (struct html_column){report_word_severity(r, (enum severity)s), true};
	columns[1 + SEVERITY_COUNT] = (struct html_column){T(r, effect_all), true};
	struct html_table t = HTML_QUIET(h, T(r, flow_title), columns);
	html_section(h, MARK_FLOW, T(r, flow_title));
	html_note(h, T(r, flow_note));
	html_flow(h);
	for (size_t i = 0; i < OUTCOME_COUNT; i++) {
		struct pdf_cell cells[SEVERITY_COUNT + 2] = {cell_of(WORD(r, outcome_unchanged, i))};
		for (size_t s = 0; s < SEVERITY_COUNT; s++)
			cells[1 + s] = cell_number(r, report_outcome_counts(diff, (enum outcome)i)[s]);
		cells[1 + SEVERITY_COUNT] = cell_number(r, diff->outcomes[i]);
		html_row(&t, cells);
	}
	html_table_end(&t);
	html_section_end(h);
}
