/* What was judged, and what proves it: controls, exceptions, the gate, warnings with their commands, sign-off, inputs, how to
 * verify, words. */
#include "render/html_private.h"

/* ---- Controls ---------------------------------------------------------------------------------------------------- */

static void put_frameworks(struct html *h)
{
	struct report *r = &h->r;
	const struct result *result = r->result;
	struct html_column columns[CONTROL_STATE_COUNT + 2] = {{T(r, controls_framework), false}};
	for (size_t s = 0; s < CONTROL_STATE_COUNT; s++)
		columns[1 + s] = (struct html_column){WORD(r, control_not_satisfied, s), true};
	columns[1 + CONTROL_STATE_COUNT] = (struct html_column){T(r, controls_all), true};
	struct html_table t = HTML_QUIET(h, T(r, controls_title), columns);
	for (size_t f = 0; f < result->framework_count; f++) {
		const struct framework_used *used = &result->frameworks[f];
		uint64_t counts[CONTROL_STATE_COUNT] = {0};
		struct pdf_cell cells[CONTROL_STATE_COUNT + 2] = {cell_of(report_framework(r, used))};
		for (size_t i = used->first; i < used->first + used->count; i++) counts[result->controls[i].state]++;
		for (size_t s = 0; s < CONTROL_STATE_COUNT; s++) cells[1 + s] = cell_number(r, counts[s]);
		cells[1 + CONTROL_STATE_COUNT] = cell_number(r, used->count);
		html_row(&t, cells);
	}
	html_table_end(&t);
}

void html_controls(struct html *h)
{
	struct report *r = &h->r;
	const struct result *result = r->result;
	const struct html_column columns[] = {{T(r, controls_control), false}, {T(r, controls_name), false},
	                                      {T(r, controls_before), false},  {T(r, controls_after), false},
	                                      {T(r, controls_open), true},     {T(r, controls_pass), true},
	                                      {T(r, controls_excepted), true}, {T(r, controls_lost), true}};
	struct html_table t = HTML_TABLE(h, T(r, controls_order), columns);
	if (!result->control_count) return;
	html_section(h, MARK_CONTROLS, T(r, controls_title));
	put_frameworks(h);
	html_note(h, T(r, controls_rule));
	t.of = result->control_count;
	for (int state = 0; state < CONTROL_STATE_COUNT; state++)
		for (size_t i = 0; i < result->control_count; i++) {
			const struct control *c = &result->controls[i];
			if ((int)c->state != state) continue;
			struct pdf_cell cells[CONTROL_CELLS];
			report_control_cells(r, c, cells);
			html_row(&t, cells);
		}
	html_table_end(&t);
	html_section_end(h);
}

/* ---- Exceptions, gate -------------------------------------------------------------------------------------------- */

void html_exceptions(struct html *h)
{
	struct report *r = &h->r;
	const struct result *result = r->result;
	const struct html_column columns[] = {{T(r, exceptions_exception), false}, {T(r, exceptions_state), false},
	                                      {T(r, exceptions_who), false},       {T(r, exceptions_expires), false},
	                                      {T(r, exceptions_days), true},       {T(r, exceptions_before), true},
	                                      {T(r, exceptions_after), true}};
	struct html_table t = HTML_TABLE(h, T(r, exceptions_order), columns);
	html_section(h, MARK_EXCEPTIONS, T(r, exceptions_title));
	if (result->exception_count)
		html_note(h, T(r, exceptions_note));
	else
		html_paragraph(h, T(r, exceptions_none_at_all));
	t.of = result->exception_count;
	for (size_t i = 0; i < result->exception_count; i++) {
		struct pdf_cell cells[EXCEPTION_CELLS];
		report_exception_cells(r, &result->exceptions[i], cells);
		html_row(&t, cells);
	}
	html_table_end(&t);
	html_section_end(h);
}

/* One on a line; a finding's id leads to its row. */
static void put_offenders(struct html *h, const struct gate_rule *g)
{
	struct report *r = &h->r;
	size_t n = g->offender_count < OFFENDERS_SHOWN ? g->offender_count : OFFENDERS_SHOWN;
	PUT(h, "<td class=\"m\">");
	for (size_t i = 0; i < n; i++) {
		if (i) PUT(h, "\n");
		if (str_starts(g->offenders[i], STR("F-")))
			buf_printf(&h->out.pending, "<a href=\"#%.*s\">%.*s</a>", STR_ARG(g->offenders[i]),
			           STR_ARG(g->offenders[i]));
		else
			html_text(h, report_offender(r, g->offenders[i]));
	}
	if (n && g->value > (double)n)
		html_text(
		    h, SAY(r, gate_and_more, SLOT("list", STR_EMPTY), SLOT_N("n", (uint64_t)(g->value - (double)n))));
}

static void put_rule(struct html_table *t, const struct gate_rule *g)
{
	struct html *h = t->h;
	struct report *r = &h->r;
	struct pdf_cell state = report_gate_state(r, g);
	html_row_begin(t);
	html_element(h, "<tr><th scope=\"row\">", report_gate_title(r, g), "\n<code>");
	html_element(h, "", g->rule, "</code></th>");
	buf_printf(&h->out.pending, "<td class=\"y%d\">", (int)state.symbol);
	html_text(h, state.text);
	put_offenders(h, g);
	html_element(h, "<td class=\"r\">", texts_double(&r->texts, g->value), "");
	html_element(h, "<td class=\"r\">", texts_double(&r->texts, g->limit), "\n");
	html_done(h);
}

void html_gate(struct html *h)
{
	struct report *r = &h->r;
	const struct html_column columns[] = {{T(r, gate_rule), false},
	                                      {T(r, gate_state), false},
	                                      {T(r, gate_offenders), false},
	                                      {T(r, gate_value), true},
	                                      {T(r, gate_limit), true}};
	struct html_table t = HTML_TABLE(h, T(r, list_by_policy), columns);
	html_section(h, MARK_GATE, T(r, gate_title));
	html_note(h, r->result->verdict_pass ? T(r, gate_note_ready) : T(r, gate_note_not_ready));
	for (size_t i = 0; i < r->result->gate_count; i++) put_rule(&t, &r->result->gate[i]);
	html_table_end(&t);
	html_section_end(h);
}

/* ---- Warnings ---------------------------------------------------------------------------------------------------- */

static void put_notices(struct html *h, enum gap gap, struct html_table *t)
{
	struct report *r = &h->r;
	const struct result *result = r->result;
	uint64_t n = 0;
	for (size_t i = 0; i < result->notice_count; i++)
		n += result->notices[i].gap == gap && report_notice_listed(&result->notices[i]);
	if (!n) return;
	html_group(t, report_notice_class(r, gap, n));
	for (size_t i = 0; i < result->notice_count; i++) {
		const struct notice *notice = &result->notices[i];
		if (notice->gap != gap || !report_notice_listed(notice)) continue;
		const struct pdf_cell cells[] = {
		    cell_of(report_join(r, str_from(notice->code), STR(": "), report_said(r, notice->message))),
		    cell_of(report_notice_where(r, notice)), cell_of(notice->owner), cell_of(notice->command)};
		html_row(t, cells);
	}
}

void html_notices(struct html *h)
{
	struct report *r = &h->r;
	const struct html_column columns[] = {{T(r, notices_what), false},
	                                      {T(r, notices_where), false},
	                                      {T(r, notices_owner), false},
	                                      {T(r, notices_command), false}};
	struct html_table t = HTML_TABLE(h, T(r, notices_order), columns);
	bool any = report_notice_count(r);
	html_section(h, MARK_NOTICES, T(r, notices_title));
	if (any)
		html_note(h, T(r, notices_note));
	else
		html_paragraph(h, T(r, notices_none));
	for (int i = 0; i < GAP_COUNT && any; i++) put_notices(h, report_nth_gap(i), &t);
	html_table_end(&t);
	html_section_end(h);
}

/* ---- Sign-off ---------------------------------------------------------------------------------------------------- */

void html_sign_off(struct html *h)
{
	struct report *r = &h->r;
	const struct html_column columns[] = {{T(r, sign_role), false},
	                                      {T(r, sign_name), false},
	                                      {T(r, sign_decision), false},
	                                      {T(r, sign_date), false},
	                                      {T(r, sign_signature), false}};
	struct html_table t = HTML_QUIET(h, T(r, sign_title), columns);
	struct report_pair signers[SIGNERS];
	html_section(h, MARK_SIGN_OFF, T(r, sign_title));
	html_note(h, T(r, html_sign_note));
	report_signers(r, signers);
	for (size_t i = 0; i < SIGNERS; i++) {
		const struct pdf_cell cells[5] = {cell_of(signers[i].first), cell_of(signers[i].second)};
		html_row(&t, cells);
	}
	html_table_end(&t);
	html_section_end(h);
}

/* ---- Inputs, how to verify --------------------------------------------------------------------------------------- */

static void put_input(struct html_table *t, enum side side, const struct input *input, uint64_t warnings)
{
	struct report *r = &t->h->r;
	const struct snapshot *s = &r->result->sides[side];
	char hex[SHA256_HEX + 1];
	hex_of(input->sha256, SHA256_BYTES, hex);
	struct str what = report_join(r, snapshot_string(s, input->path), STR("\n"), report_input_group(r, s, input));
	what = report_join(r, what, STR("\n"), report_input_flags(r, input, warnings));
	what = report_join(r, what, STR("\n"), report_custody_flags(r, side, input));
	const struct pdf_cell cells[] = {cell_of(what), cell_of(texts_instant(&r->texts, input->captured)),
	                                 cell_number(r, input->bytes), cell_number(r, input->records),
	                                 cell_of(str_of(hex, SHA256_HEX))};
	html_row(t, cells);
}

static void put_inputs(struct html *h, enum side side)
{
	struct report *r = &h->r;
	const struct snapshot *s = &r->result->sides[side];
	const struct html_column columns[] = {{T(r, inputs_path), false},
	                                      {T(r, inputs_captured), false},
	                                      {T(r, html_bytes), true},
	                                      {T(r, inputs_records), true},
	                                      {T(r, inputs_sha256), false}};
	struct html_table t = HTML_TABLE(h, T(r, list_by_path), columns);
	uint64_t *warnings = ARENA_ARRAY(&h->loaded, uint64_t, s->input_count + 1);
	t.of = s->input_count;
	html_subsection(h, SAY(r, inputs_side, SLOT("side", WORD(r, side_before, side)), SLOT_N("n", s->input_count)));
	if (!s->input_count) html_paragraph(h, T(r, inputs_none));
	for (uint32_t i = 0; i < s->warning_count; i++)
		if (s->warnings[i].input < s->input_count) warnings[s->warnings[i].input]++;
	for (uint32_t i = 0; i < s->input_count; i++) put_input(&t, side, &s->inputs[i], warnings[i]);
	html_table_end(&t);
}

static void put_paragraph(void *context, struct str text) { html_paragraph(context, text); }

void html_inputs(struct html *h)
{
	struct report *r = &h->r;
	html_section(h, MARK_INPUTS, T(r, inputs_title));
	html_note(h, T(r, inputs_note));
	report_custody(r, h, put_paragraph);
	for (int side = 0; side < SIDE_COUNT; side++) put_inputs(h, (enum side)side);
	html_section_end(h);
}

void html_verify(struct html *h)
{
	struct report *r = &h->r;
	struct report_pair steps[VERIFY_STEPS];
	report_verify_steps(r, steps);
	html_section(h, MARK_VERIFY, T(r, verify_title));
	html_paragraph(h, T(r, verify_intro));
	for (size_t i = 0; i < VERIFY_STEPS; i++) {
		html_paragraph(h, steps[i].first);
		html_element(h, "<pre>", steps[i].second, "</pre>\n");
		if (i != VERIFY_DIGEST) continue;
		html_element(h, "<p><code>", str_from(r->result->evidence_digest), "</code></p>\n");
		html_note(h, r->result->custody.carried != CARRY_FULL ? T(r, verify_digest_is_listed)
		                                                      : T(r, verify_digest_is));
	}
	html_section_end(h);
}

/* ---- Words ------------------------------------------------------------------------------------------------------- */

void html_glossary(struct html *h)
{
	struct report *r = &h->r;
	struct report_pair words[GLOSSARY_WORDS];
	html_section(h, MARK_GLOSSARY, T(r, glossary_title));
	html_paragraph(h, T(r, glossary_sums));
	PUT(h, "<dl>\n");
	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		html_pair(h, WORD(r, outcome_unchanged, i), WORD(r, outcome_means_unchanged, i));
	report_glossary_words(r, words);
	for (size_t i = 0; i < GLOSSARY_WORDS; i++) html_pair(h, words[i].first, words[i].second);
	PUT(h, "</dl>\n");
	html_section_end(h);
}
