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

#include <stdlib.h>

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

static struct pdf_callout_item rule_item(struct report *r, const struct gate_rule *rule)
{
	struct pdf_run *runs = ARENA_ARRAY(&r->arena, struct pdf_run, 2);
	runs[0] = (struct pdf_run){.text = report_gate_title(r, rule), .face = PDF_BOLD};
	runs[1].text = report_rule_numbers(r, rule);
	return (struct pdf_callout_item){runs, 2};
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

static struct str or_none(struct report *r, struct str text) { return text.len ? text : T(r, decision_not_said); }

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
	return or_none(r, text);
}

struct str report_window(struct report *r)
{
	const struct change *c = &r->result->change;
	if (c->window_start == INSTANT_NONE && c->window_end == INSTANT_NONE) return T(r, decision_not_said);
	return range_of(r, c->window_start, c->window_end);
}

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
	    {T(r, change_id), or_none(r, c->id), few},
	    {T(r, change_owner), or_none(r, c->owner), few},
	    {T(r, change_approver), or_none(r, c->approver), few},
	    {T(r, change_window), report_window(r), 2},
	    {T(r, change_scope), report_scope(r), lines},
	    {T(r, change_rollback), or_none(r, c->rollback), lines},
	};
	draw_pairs(p, rows, sizeof(rows) / sizeof(*rows));
}

/* ---- What was not looked at -------------------------------------------------------------------------------------- */

#define ADD_GAP(rows, n, r, key, count, first)                                                                         \
	do {                                                                                                           \
		if (count)                                                                                             \
			(rows)[(n)++] =                                                                                \
			    (struct row){SAY((r), gaps_##key##_n, SLOT_N("n", (count))),                               \
			                 SAY((r), gaps_##key, SLOT_N("n", (count)), SLOT("first", (first))), 1};       \
	} while (0)

enum { GAP_ROWS = REPORT_GAPS };

static size_t gap_rows(struct report *r, const struct report_gaps *g, struct row rows[GAP_ROWS + 1])
{
	uint64_t lost = r->result->diff.outcomes[OUTCOME_NOT_REASSESSED];
	uint64_t fresh = r->result->diff.outcomes[OUTCOME_NEWLY_IN_SCOPE];
	size_t n = 0;
	rows[n++] = (struct row){SAY(r, gaps_findings_n, SLOT_N("n", lost)), T(r, gaps_findings), 1};
	ADD_GAP(rows, n, r, missing, g->missing, g->missing_what);
	ADD_GAP(rows, n, r, not_exported, g->not_exported, STR_EMPTY);
	ADD_GAP(rows, n, r, cut_off, g->cut_off, g->cut_off_file);
	ADD_GAP(rows, n, r, failed, g->failed, g->failed_file);
	ADD_GAP(rows, n, r, unreadable, g->unreadable, STR_EMPTY);
	ADD_GAP(rows, n, r, stopped, g->stopped, g->stopped_cluster);
	ADD_GAP(rows, n, r, stale, g->stale, STR_EMPTY);
	ADD_GAP(rows, n, r, outside, g->outside, STR_EMPTY);
	ADD_GAP(rows, n, r, checks, g->checks, STR_EMPTY);
	ADD_GAP(rows, n, r, facts, g->facts, STR_EMPTY);
	ADD_GAP(rows, n, r, unknown, g->unknown, g->unknown_file);
	ADD_GAP(rows, n, r, newly, fresh, STR_EMPTY);
	return n;
}

size_t report_gap_rows(struct report *r, struct str keys[REPORT_GAPS], struct str values[REPORT_GAPS])
{
	struct report_gaps gaps;
	struct row rows[GAP_ROWS + 1];
	report_count_gaps(r, &gaps);
	size_t n = gap_rows(r, &gaps, rows);
	for (size_t i = 0; i < n; i++) {
		keys[i] = rows[i].key;
		values[i] = rows[i].value;
	}
	return n;
}

static void draw_not_looked_at(struct pdf *pdf, void *context)
{
	struct page *p = context;
	(void)pdf;
	struct report *r = p->r;
	struct row rows[GAP_ROWS + 1];
	size_t n = gap_rows(r, p->gaps, rows), shown = n < p->fit[GAPS] ? n : p->fit[GAPS];
	const struct str marks[] = {MARK_NOT_REASSESSED, MARK_NOTICES};
	head(p, T(r, gaps_title), marks, 2);
	for (size_t i = 0; i < shown; i++) rows[i].lines = p->fit[GAP_LINES];
	if (n > shown) rows[shown] = (struct row){SAY(r, gaps_more_n, SLOT_N("n", n - shown)), T(r, gaps_more), 1};
	draw_pairs(p, rows, n > shown ? shown + 1 : n);
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
