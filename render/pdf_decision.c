/* Page 1, from which a board decides. It is drawn by one function under limits (enum field): how many lines a title
 * may take, how many objectives are listed, whether bars have a legend. It starts from limits under which everything
 * fits on one page, whatever is in the result (a test holds it to that); then each wish of a list is granted that
 * the page still has room for, what matters most first. What a limit leaves out is named, and where to find it.
 *
 *   title, subtitle
 *   [ READY / NOT READY     which rules failed, with their numbers ]
 *   the change              | what was not looked at
 *   effect on open findings, by severity
 *   objectives              | exceptions and owners, controls
 *   evidence: files, digest                            } at the foot of the page
 *   sign-off                                           }
 */
#include "render/report_lists.h"

enum field {
	TITLE_LINES,
	SUBTITLE_LINES,
	RULES, /* in the callout */
	RULE_LINES,
	VALUE_LINES, /* of a value of the change */
	GAPS,
	GAP_LINES,
	OBJECTIVES,
	OBJECTIVE_LINES,
	EXCEPTIONS,
	EXCEPTION_LINES,
	LEGEND,  /* of the bars in the table of effect */
	STRIP,   /* of controls: 1 after, 2 both sides */
	PADDING, /* in tables, tenths of a point */
	FIELDS
};

static const unsigned TIGHTEST[FIELDS] = {
    [TITLE_LINES] = 1,     [SUBTITLE_LINES] = 1, [RULES] = 2,           [RULE_LINES] = 1,
    [VALUE_LINES] = 1,     [GAPS] = 3,           [GAP_LINES] = 1,       [OBJECTIVES] = 2,
    [OBJECTIVE_LINES] = 1, [EXCEPTIONS] = 2,     [EXCEPTION_LINES] = 1, [PADDING] = 6,
};

static const struct {
	enum field field;
	unsigned value;
} WISHES[] = {
    {RULES, 3},
    {SUBTITLE_LINES, 2},
    {GAPS, 5},
    {OBJECTIVES, 3},
    {EXCEPTIONS, 4},
    {RULES, 5},
    {STRIP, 1},
    {TITLE_LINES, 2},
    {OBJECTIVES, 5},
    {LEGEND, 1},
    {GAPS, 7},
    {EXCEPTIONS, 6},
    {OBJECTIVE_LINES, 2},
    {RULE_LINES, 2},
    {GAP_LINES, 2},
    {STRIP, 2},
    {VALUE_LINES, 2},
    {OBJECTIVES, 8},
    {PADDING, 10},
    {VALUE_LINES, 3},
    {EXCEPTION_LINES, 2},
    {GAPS, 9},
    {RULES, 8},
    {TITLE_LINES, 3},
    {SUBTITLE_LINES, 3},
    {PADDING, 16},
    {OBJECTIVES, 12},
    {GAPS, 13},
    {VALUE_LINES, 5},
    {OBJECTIVE_LINES, 3},
    {RULE_LINES, 3},
    {PADDING, 24},
    {VALUE_LINES, 9},
    {PADDING, 36},
};

struct page {
	struct report *r;
	unsigned fit[FIELDS];
	const struct report_gaps *gaps;
};

static const float COLUMN_GAP = 20;

static float padding_of(const struct page *p) { return (float)p->fit[PADDING] / 10; }

/* ---- A term and what it is, within a number of lines ------------------------------------------------------------- */

struct row {
	struct str key, value;
	unsigned lines;
};

static void draw_pair(struct page *p, const struct row *row, float key_width)
{
	struct pdf *pdf = p->r->pdf;
	const struct pdf_style grey = {PDF_TEXT, PDF_BODY, PDF_GREY};
	const struct pdf_paragraph paragraph = {PDF_BODY, PDF_LEFT, row->lines};
	const struct pdf_run run = {.text = row->value};
	float top = pdf_y(pdf), leading = pdf_size_leading(PDF_BODY), left = key_width + 8;
	pdf_text_at(pdf, pdf_x(pdf), top + pdf_size_baseline(PDF_BODY), grey, PDF_LEFT, key_width, row->key);
	float height = pdf_runs_at(pdf, pdf_x(pdf) + left, top, pdf_width(pdf) - left, &paragraph, &run, 1);
	pdf_set_y(pdf, top + (height > leading ? height : leading) + 1.4F);
}

/* Keys as wide as the widest of them, within two fifths of the column. */
static void draw_pairs(struct page *p, const struct row *rows, size_t n)
{
	struct pdf *pdf = p->r->pdf;
	float widest = 0, most = pdf_width(pdf) * 0.4F;
	for (size_t i = 0; i < n; i++) {
		float width = pdf_text_width(pdf, PDF_TEXT, PDF_BODY, rows[i].key) + 0.1F;
		if (width > widest) widest = width;
	}
	for (size_t i = 0; i < n; i++) draw_pair(p, &rows[i], widest < most ? widest : most);
}

/* The heading of a block, with the pages of its details at the right: "Objectives              p. 8". */
static void head(struct page *p, struct str title, const struct str *marks, size_t n)
{
	struct pdf *pdf = p->r->pdf;
	const float below = 6 + pdf_size_leading(PDF_SECTION); /* from the top of the heading to the cursor after it */
	pdf_section(pdf, title, STR_EMPTY, false);
	float right = pdf_x(pdf) + pdf_width(pdf), baseline = pdf_y(pdf) - below + pdf_size_baseline(PDF_SECTION);
	for (size_t i = n; i-- > 0;) {
		float width = pdf_page_ref_width(pdf, PDF_SMALL, marks[i]);
		pdf_page_ref(pdf, right - width, baseline, PDF_SMALL, PDF_ACCENT, PDF_RIGHT, marks[i]);
		right -= width + 6;
	}
}

/* ---- Title ------------------------------------------------------------------------------------------------------- */

static void draw_title(struct page *p)
{
	struct report *r = p->r;
	const struct pdf_paragraph big = {PDF_TITLE, PDF_LEFT, p->fit[TITLE_LINES]},
				   small = {PDF_BODY, PDF_LEFT, p->fit[SUBTITLE_LINES]};
	struct str title = r->result->change.title.len ? r->result->change.title : T(r, decision_title);
	const struct pdf_run first = {.text = title, .face = PDF_BOLD},
			     second = {.text = report_subtitle(r), .ink = PDF_GREY};
	pdf_bookmark(r->pdf, 1, T(r, decision_bookmark));
	pdf_runs(r->pdf, &big, &first, 1);
	pdf_set_y(r->pdf, pdf_y(r->pdf) + 1.5F);
	pdf_runs(r->pdf, &small, &second, 1);
}

/* ---- Verdict ----------------------------------------------------------------------------------------------------- */

static struct pdf_callout_item rule_item(struct report *r, const struct gate_rule *rule)
{
	struct pdf_run *runs = ARENA_ARRAY(&r->arena, struct pdf_run, 2);
	runs[0] = (struct pdf_run){.text = report_gate_title(r, rule), .face = PDF_BOLD};
	runs[1].text = report_rule_numbers(r, rule);
	return (struct pdf_callout_item){runs, 2};
}

static struct pdf_callout_item note_item(struct report *r)
{
	struct pdf_run *runs = ARENA_ARRAY(&r->arena, struct pdf_run, 1);
	runs[0].text = report_verdict_note(r);
	return (struct pdf_callout_item){runs, 1};
}

static void draw_verdict(struct page *p)
{
	struct report *r = p->r;
	const struct result *result = r->result;
	struct pdf_callout_item items[8];
	uint64_t failed = 0, listed = 0;
	for (size_t i = 0; i < result->gate_count; i++) {
		if (result->gate[i].state != GATE_FAIL || result->gate[i].advisory) continue;
		failed++;
		if (listed < p->fit[RULES] && listed < 8) items[listed++] = rule_item(r, &result->gate[i]);
	}
	bool pass = result->verdict_pass;
	if (pass) items[listed++] = note_item(r);
	struct pdf_callout callout = {
	    .ink = pass ? PDF_GREEN : PDF_RED,
	    .word = pass ? T(r, decision_ready) : T(r, decision_not_ready),
	    .below = SAY(r, decision_rules_fail, SLOT_N("n", failed), SLOT_N("of", result->gate_count)),
	    .items = items,
	    .n = listed,
	    .item_lines = p->fit[RULE_LINES],
	    .more = failed > listed ? SAY(r, decision_more_rules, SLOT_N("n", failed - listed)) : STR_EMPTY,
	};
	pdf_callout(r->pdf, &callout);
}

/* ---- The change -------------------------------------------------------------------------------------------------- */

static void draw_change(struct pdf *pdf, void *context)
{
	struct page *p = context;
	struct report *r = p->r;
	const struct change *c = &r->result->change;
	unsigned lines = p->fit[VALUE_LINES], few = lines < 2 ? lines : 2;
	head(p, T(r, change_title), NULL, 0);
	if (!c->given) {
		const struct pdf_paragraph paragraph = {PDF_BODY, PDF_LEFT, 7};
		const struct pdf_run run = {.text = T(r, change_none)};
		float height = pdf_runs_at(pdf, pdf_x(pdf), pdf_y(pdf), pdf_width(pdf), &paragraph, &run, 1);
		pdf_set_y(pdf, pdf_y(pdf) + height);
		return;
	}
	const struct row rows[] = {
	    {T(r, change_id), report_or_none(r, c->id), few},
	    {T(r, change_owner), report_or_none(r, c->owner), few},
	    {T(r, change_approver), report_or_none(r, c->approver), few},
	    {T(r, change_window), report_window(r), 2},
	    {T(r, change_scope), report_scope(r), lines},
	    {T(r, change_rollback), report_or_none(r, c->rollback), lines},
	};
	draw_pairs(p, rows, sizeof(rows) / sizeof(*rows));
}

/* ---- What was not looked at -------------------------------------------------------------------------------------- */

static void draw_not_looked_at(struct pdf *pdf, void *context)
{
	struct page *p = context;
	(void)pdf;
	struct report *r = p->r;
	struct str keys[REPORT_GAPS], values[REPORT_GAPS];
	struct row rows[REPORT_GAPS + 1];
	size_t all = report_gap_rows(r, p->gaps, keys, values), shown = all < p->fit[GAPS] ? all : p->fit[GAPS], n = 0;
	const struct str marks[] = {MARK_NOT_REASSESSED, MARK_NOTICES};
	head(p, T(r, gaps_title), marks, 2);
	for (; n < shown; n++) rows[n] = (struct row){keys[n], values[n], p->fit[GAP_LINES]};
	if (all > n) {
		rows[n] = (struct row){SAY(r, gaps_more_n, SLOT_N("n", all - shown)), T(r, gaps_more), 1};
		n++;
	}
	draw_pairs(p, rows, n);
}

/* ---- Objectives -------------------------------------------------------------------------------------------------- */

static void draw_objectives(struct pdf *pdf, void *context)
{
	struct page *p = context;
	struct report *r = p->r;
	const struct change *c = &r->result->change;
	struct pdf_table table;
	const struct pdf_column columns[] = {
	    {.title = T(r, objectives_objective), .max_lines = p->fit[OBJECTIVE_LINES]},
	    {.title = T(r, objectives_target), .width = 46, .align = PDF_RIGHT},
	    {.title = T(r, objectives_measured), .width = 46, .align = PDF_RIGHT},
	    {.title = T(r, objectives_state), .width = 74, .max_lines = p->fit[OBJECTIVE_LINES]},
	};
	const struct pdf_table_options options = {.size = PDF_SMALL, .padding = padding_of(p)};
	size_t shown = c->objective_count < p->fit[OBJECTIVES] ? c->objective_count : p->fit[OBJECTIVES];
	const struct str marks[] = {MARK_EXPECTATIONS};
	head(p, T(r, objectives_title), marks, 1);
	if (!shown) {
		report_note(r, c->given ? T(r, objectives_none) : T(r, objectives_no_change));
		return;
	}
	pdf_table_begin(&table, pdf, columns, 4, &options);
	for (size_t i = 0; i < shown; i++) {
		const struct objective *o = &c->objectives[i];
		const struct pdf_cell cells[] = {cell_of(o->title.len ? o->title : o->id),
		                                 cell_of(objective_target(r, o)), cell_of(objective_measured(r, o)),
		                                 objective_state(r, o)};
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_set_y(pdf, pdf_y(pdf) + 2);
	if (c->objective_count > shown)
		report_note(r, SAY(r, decision_more_objectives, SLOT_N("n", c->objective_count - shown)));
}

/* ---- Exceptions, owners, controls -------------------------------------------------------------------------------- */

/* Strips of the states: after alone, or before above it. */
static void draw_strips(struct page *p)
{
	struct report *r = p->r;
	struct pdf *pdf = r->pdf;
	const struct pdf_style grey = {PDF_TEXT, PDF_SMALL, PDF_GREY};
	const struct str words[SIDE_COUNT] = {T(r, controls_before), T(r, controls_after)};
	const float height = 7, step = 9;
	float label = 0;
	for (int side = 0; side < SIDE_COUNT && p->fit[STRIP] > 1; side++) {
		float width = pdf_text_width(pdf, grey.face, grey.size, words[side]) + 6;
		if (width > label) label = width;
	}
	for (int side = p->fit[STRIP] > 1 ? SIDE_BEFORE : SIDE_AFTER; side < SIDE_COUNT && p->fit[STRIP]; side++) {
		float top = pdf_y(pdf) + 1, baseline = top + height / 2 + pdf_size_points(PDF_SMALL) * 0.36F;
		if (label > 0) pdf_text_at(pdf, pdf_x(pdf), baseline, grey, PDF_LEFT, label, words[side]);
		report_heat_shares(r, (enum side)side, pdf_x(pdf) + label, top, pdf_width(pdf) - label, height);
		pdf_set_y(pdf, pdf_y(pdf) + step);
	}
}

static void draw_controls(struct page *p)
{
	struct report *r = p->r;
	const struct result *result = r->result;
	uint64_t counts[CONTROL_STATE_COUNT];
	const struct str mark = MARK_CONTROLS;
	if (!result->control_count) return;
	struct str text = report_controls_line(r, counts);
	head(p, T(r, controls_title), &mark, 1);
	const struct row row = {SAY(r, controls_listed_n, SLOT_N("n", result->control_count)), text,
	                        1 + p->fit[EXCEPTION_LINES]};
	draw_pairs(p, &row, 1);
	draw_strips(p);
}

static void draw_exceptions(struct pdf *pdf, void *context)
{
	struct page *p = context;
	(void)pdf;
	struct report *r = p->r;
	const struct str marks[] = {MARK_EXCEPTIONS, MARK_OWNERS};
	struct str keys[REPORT_EXCEPTION_STATES], values[REPORT_EXCEPTION_STATES];
	struct row rows[REPORT_EXCEPTION_STATES + 1];
	size_t all = report_exception_states(r, keys, values), last = all - 1, n = 0;
	head(p, T(r, exceptions_page_title), marks, 2);
	for (; n < last && n < p->fit[EXCEPTIONS]; n++)
		rows[n] = (struct row){keys[n], values[n], r->result->exception_count ? p->fit[EXCEPTION_LINES] : 1};
	if (n < last) {
		rows[n] = (struct row){SAY(r, gaps_more_n, SLOT_N("n", last - n)), T(r, exceptions_more), 1};
		n++;
	}
	rows[n++] = (struct row){keys[last], values[last], 1};
	draw_pairs(p, rows, n);
	draw_controls(p);
}

/* ---- Evidence and sign-off --------------------------------------------------------------------------------------- */

static void draw_evidence(struct page *p)
{
	struct report *r = p->r;
	const struct result *result = r->result;
	struct str digest = result->evidence_digest[0] ? str_from(result->evidence_digest) : T(r, number_none);
	const struct pdf_run runs[] = {
	    {.text = T(r, decision_evidence_title), .face = PDF_BOLD},
	    {.text = report_evidence_counts(r)},
	    {.link = MARK_INPUTS, .page_ref = true},
	    {.text = STR("\n")},
	    {.text = T(r, decision_digest), .face = PDF_BOLD},
	    {.text = digest, .face = PDF_MONO},
	    {.text = T(r, decision_how_to_check)},
	    {.link = MARK_VERIFY, .page_ref = true},
	};
	const struct pdf_paragraph paragraph = {PDF_SMALL, PDF_LEFT, 3};
	pdf_rule(r->pdf, pdf_x(r->pdf), pdf_y(r->pdf), pdf_x(r->pdf) + pdf_width(r->pdf), pdf_y(r->pdf), 0.4F,
	         PDF_LINE);
	pdf_set_y(r->pdf, pdf_y(r->pdf) + 4);
	float height = pdf_runs_at(r->pdf, pdf_x(r->pdf), pdf_y(r->pdf), pdf_width(r->pdf), &paragraph, runs,
	                           sizeof(runs) / sizeof(*runs));
	pdf_set_y(r->pdf, pdf_y(r->pdf) + height);
}

static void draw_signatures(struct page *p)
{
	struct report *r = p->r;
	const struct change *c = &r->result->change;
	const struct str labels[] = {
	    T(r, sign_prepared),
	    T(r, sign_reviewed),
	    c->approver.len ? SAY(r, sign_approved_by, SLOT("name", c->approver)) : T(r, sign_approved),
	};
	pdf_signatures(r->pdf, labels, 3);
}

/* ---- The page ---------------------------------------------------------------------------------------------------- */

static void draw_foot(struct pdf *pdf, void *context)
{
	(void)pdf;
	draw_evidence(context);
	draw_signatures(context);
}

static void draw_page(struct pdf *pdf, void *context)
{
	struct page *p = context;
	const struct pdf_part top[] = {{draw_change, p, 1}, {draw_not_looked_at, p, 1}};
	const struct pdf_part bottom[] = {{draw_objectives, p, 1}, {draw_exceptions, p, 1}};
	draw_title(p);
	draw_verdict(p);
	pdf_columns(pdf, top, 2, COLUMN_GAP);
	report_effect(p->r, p->fit[LEGEND], padding_of(p));
	pdf_columns(pdf, bottom, 2, COLUMN_GAP);
	pdf_space(pdf, 6);
	if (!pdf_measuring(pdf)) {
		float spare = pdf_room(pdf) - pdf_measure(pdf, pdf_width(pdf), draw_foot, p);
		if (spare > 0) pdf_set_y(pdf, pdf_y(pdf) + spare);
	}
	draw_foot(pdf, p);
}

static bool fits(struct page *p)
{
	struct pdf *pdf = p->r->pdf;
	return pdf_measure(pdf, pdf_width(pdf), draw_page, p) <= pdf_height(pdf);
}

void report_decision(struct report *r)
{
	struct report_gaps gaps;
	struct page page = {.r = r, .gaps = &gaps};
	report_count_gaps(r, &gaps);
	memcpy(page.fit, TIGHTEST, sizeof(page.fit));
	for (size_t i = 0; i < sizeof(WISHES) / sizeof(*WISHES); i++) {
		unsigned before = page.fit[WISHES[i].field];
		page.fit[WISHES[i].field] = WISHES[i].value;
		if (!fits(&page)) page.fit[WISHES[i].field] = before;
	}
	draw_page(r->pdf, &page);
}
