/* The estate: what each subscription holds on both sides, when it was captured, what the plan is charged by
 * (pdf_cost.c), and who may administer it. The captures are drawn along one line of time:
 *
 *               |  window  |
 *   before  * * |##########|
 *   after       |##########|  *  *       a cross instead of a dot: on the wrong side
 *          2026-03-01                 2026-03-08
 */
#include "render/report_lists.h"

#include "analyze/change.h"

/* ---- Captures ---------------------------------------------------------------------------------------------------- */

struct timeline {
	struct report *r;
	struct report_captures captures;
	float x, width, top;
};

static const float LANE = 13, LABEL = 46, DOT = 2.1F;

static void widen(struct report_captures *c, int64_t at)
{
	if (at == INSTANT_NONE) return;
	if (c->from == INSTANT_NONE || at < c->from) c->from = at;
	if (at > c->to) c->to = at;
}

bool report_wrong_side(const struct change *change, enum side side, int64_t at)
{
	int64_t bound = side == SIDE_BEFORE ? change->window_start : change->window_end;
	return bound != INSTANT_NONE && (side == SIDE_BEFORE ? at > bound : at < bound);
}

void report_captures(const struct report *r, struct report_captures *c)
{
	*c = (struct report_captures){.from = INSTANT_NONE, .to = INSTANT_NONE};
	for (int side = 0; side < SIDE_COUNT; side++) {
		const struct snapshot *s = &r->result->sides[side];
		for (uint32_t i = 0; i < s->input_count; i++) {
			if (!input_is_counted(&s->inputs[i])) continue;
			c->files[side]++;
			if (s->inputs[i].captured == INSTANT_NONE) continue;
			c->dated[side]++;
			c->wrong += report_wrong_side(&r->result->change, (enum side)side, s->inputs[i].captured);
			widen(c, s->inputs[i].captured);
		}
	}
	if (c->from == INSTANT_NONE) return;
	widen(c, r->result->change.window_start);
	widen(c, r->result->change.window_end);
	widen(c, r->result->as_of);
}

struct str report_captures_note(struct report *r, const struct report_captures *c)
{
	return SAY(r, estate_timeline_note, SLOT_N("before", c->dated[SIDE_BEFORE]),
	           SLOT_N("before_all", c->files[SIDE_BEFORE]), SLOT_N("after", c->dated[SIDE_AFTER]),
	           SLOT_N("after_all", c->files[SIDE_AFTER]), SLOT_N("wrong", c->wrong));
}

static float place(const struct timeline *t, int64_t at)
{
	const struct report_captures *c = &t->captures;
	double span = (double)c->to - (double)c->from;
	double share = span > 0 ? ((double)at - (double)c->from) / span : 0.5;
	return t->x + 6 + (float)share * (t->width - 12);
}

static void draw_lane(const struct timeline *t, enum side side)
{
	struct pdf *pdf = t->r->pdf;
	const struct snapshot *s = &t->r->result->sides[side];
	float y = t->top + LANE * ((float)side + 0.5F), last_dot = -100, last_cross = -100;
	const struct pdf_style style = {PDF_TEXT, PDF_SMALL, PDF_GREY};
	pdf_text_at(pdf, pdf_x(pdf), y + 2.5F, style, PDF_LEFT, LABEL, WORD(t->r, side_before, side));
	pdf_rule(pdf, t->x, y, t->x + t->width, y, 0.4F, PDF_LINE);
	for (uint32_t i = 0; i < s->input_count; i++) {
		int64_t at = s->inputs[i].captured;
		if (!input_is_counted(&s->inputs[i]) || at == INSTANT_NONE) continue;
		float x = place(t, at);
		bool wrong = report_wrong_side(&t->r->result->change, side, at);
		float *last = wrong ? &last_cross : &last_dot;
		if (x - *last < 0.3F && *last - x < 0.3F) continue; /* upon the one before */
		*last = x;
		if (wrong)
			pdf_symbol(pdf, x - 3, y - 3, 6, PDF_SYMBOL_NOT_MET);
		else
			pdf_disc(pdf, x, y, DOT, PDF_ACCENT);
	}
}

static struct str day_of(struct report *r, int64_t at)
{
	char text[40];
	return str_dup(&r->arena, str_slice(str_from(instant_text(at, text)), 0, 10));
}

struct str report_minute(struct report *r, int64_t at)
{
	char text[40];
	struct str whole = str_from(instant_text(at, text));
	return str_printf(&r->arena, "%.*s %.*s", STR_ARG(str_slice(whole, 0, 10)), STR_ARG(str_slice(whole, 11, 16)));
}

static void draw_window(const struct timeline *t)
{
	struct report *r = t->r;
	const struct change *change = &r->result->change;
	const struct pdf_style style = {PDF_TEXT, PDF_SMALL, PDF_GREY};
	if (change->window_start == INSTANT_NONE || change->window_end == INSTANT_NONE) return;
	float x1 = place(t, change->window_start), x2 = place(t, change->window_end);
	if (x2 - x1 < 1) x2 = x1 + 1;
	pdf_fill(r->pdf, x1, t->top - 1, x2 - x1, 2 * LANE + 2, PDF_SHADE);
	pdf_stroke(r->pdf, x1, t->top - 1, x2 - x1, 2 * LANE + 2, 0.4F, PDF_GREY);
	struct str words = SAY(r, estate_window, SLOT("start", report_minute(r, change->window_start)),
	                       SLOT("end", report_minute(r, change->window_end)));
	float half = pdf_text_width(r->pdf, PDF_TEXT, PDF_SMALL, words) / 2, middle = (x1 + x2) / 2;
	if (middle - half < t->x) middle = t->x + half;
	if (middle + half > t->x + t->width) middle = t->x + t->width - half;
	pdf_text_at(r->pdf, middle, t->top - 4, style, PDF_CENTRE, 0, words);
}

static void draw_timeline(struct pdf *pdf, void *context)
{
	struct timeline t = *(struct timeline *)context;
	struct report *r = t.r;
	const struct pdf_style style = {PDF_TEXT, PDF_SMALL, PDF_GREY};
	t.x = pdf_x(pdf) + LABEL;
	t.width = pdf_width(pdf) - LABEL;
	t.top = pdf_y(pdf) + 13;
	float below = t.top + 2 * LANE + 9, as_of = place(&t, r->result->as_of);
	draw_window(&t);
	draw_lane(&t, SIDE_BEFORE);
	draw_lane(&t, SIDE_AFTER);
	pdf_rule(pdf, as_of, t.top - 1, as_of, t.top + 2 * LANE + 1, 0.8F, PDF_INK);
	pdf_text_at(pdf, t.x, below, style, PDF_LEFT, 0, day_of(r, t.captures.from));
	struct str words = SAY(r, estate_as_of, SLOT("time", report_minute(r, r->result->as_of)));
	if (t.captures.to != r->result->as_of) words = report_join(r, words, STR(" · "), day_of(r, t.captures.to));
	pdf_text_at(pdf, t.x + t.width, below, style, PDF_RIGHT, 0, words);
	pdf_set_y(pdf, below + 4);
}

static void report_timeline(struct report *r)
{
	struct timeline t = {.r = r};
	report_captures(r, &t.captures);
	report_subsection(r, T(r, estate_timeline), STR_EMPTY);
	if (t.captures.from == INSTANT_NONE) {
		report_plain(r, T(r, estate_timeline_none));
		return;
	}
	report_note(r, report_captures_note(r, &t.captures));
	pdf_keep(r->pdf, draw_timeline, &t);
}

/* ---- Subscriptions ----------------------------------------------------------------------------------------------- */

static struct str before_after(struct report *r, struct str before, struct str after)
{
	if (str_eq(before, after)) return after;
	return SAY(r, checks_change, SLOT("before", before), SLOT("after", after));
}

static struct str count_of(struct report *r, const struct estate_side *side, uint64_t n)
{
	return side->exported ? report_number(r, n) : T(r, number_none);
}

/* "3 of 6"; a dash where there is none at all. */
static struct str share_of(struct report *r, const struct estate_side *side, uint64_t n, uint64_t of)
{
	if (!side->exported || !of) return T(r, number_none);
	return SAY(r, estate_of, SLOT_N("n", n), SLOT_N("of", of));
}

static struct str plan_of(struct report *r, const struct estate_side *side)
{
	return side->plan.len ? side->plan : T(r, number_none);
}

static struct pdf_cell plan_cell(struct report *r, const struct estate_subscription *s)
{
	struct str plan = s->sides[SIDE_AFTER].plan;
	enum pdf_symbol symbol = PDF_SYMBOL_OPEN;
	if (plan.len) symbol = str_eq_nocase(plan, STR("Standard")) ? PDF_SYMBOL_MET : PDF_SYMBOL_NOT_MET;
	struct str was = plan_of(r, &s->sides[SIDE_BEFORE]), is = plan_of(r, &s->sides[SIDE_AFTER]);
	return cell_symbol(symbol, before_after(r, was, is));
}

void report_subscription_cells(struct report *r, const struct estate_subscription *s,
                               struct pdf_cell cells[SUBSCRIPTION_CELLS])
{
	const struct estate_side *b = &s->sides[SIDE_BEFORE], *a = &s->sides[SIDE_AFTER];
	const struct pdf_cell row[SUBSCRIPTION_CELLS] = {
	    cell_of(report_join(r, s->name, STR("\n"), change_subscription_guid(s->id))),
	    plan_cell(r, s),
	    cell_of(before_after(r, count_of(r, b, b->clusters), count_of(r, a, a->clusters))),
	    cell_of(before_after(r, share_of(r, b, b->sensors, b->clusters), share_of(r, a, a->sensors, a->clusters))),
	    cell_of(before_after(r, count_of(r, b, b->registries), count_of(r, a, a->registries))),
	    cell_of(before_after(r, share_of(r, b, b->scanned, b->repositories),
	                         share_of(r, a, a->scanned, a->repositories))),
	    cell_of(
		before_after(r, share_of(r, b, b->arc_connected, b->arc), share_of(r, a, a->arc_connected, a->arc))),
	    cell_of(s->owner),
	};
	memcpy(cells, row, sizeof(row));
}

static void draw_subscriptions(struct report *r, const struct estate *estate)
{
	const struct pdf_column columns[] = {
	    {.title = T(r, estate_subscription), .weight = 1, .max_lines = 3},
	    {.title = T(r, estate_plan), .width = 70},
	    {.title = T(r, estate_clusters), .width = 46},
	    {.title = T(r, estate_sensors), .width = 58},
	    {.title = T(r, estate_registries), .width = 52},
	    {.title = T(r, estate_scanned), .width = 66},
	    {.title = T(r, estate_arc), .width = 58},
	    {.title = T(r, estate_owner), .width = 56, .max_lines = 2},
	};
	uint64_t counts[BUDGET_CLASSES] = {0};
	struct budget budget;
	for (size_t i = 0; i < estate->subscription_count; i++) counts[!estate->subscriptions[i].in_change]++;
	budget_share(&budget, counts, ESTATE_ROWS);
	const struct pdf_table_options options = {
	    .size = PDF_SMALL, .caption = report_first(r, budget.shown, budget.all, T(r, estate_order))};
	struct pdf_table table;
	pdf_table_begin(&table, r->pdf, columns, sizeof(columns) / sizeof(*columns), &options);
	for (size_t i = 0; i < estate->subscription_count; i++)
		if (budget_take(&budget, !estate->subscriptions[i].in_change)) {
			struct pdf_cell cells[SUBSCRIPTION_CELLS];
			report_subscription_cells(r, &estate->subscriptions[i], cells);
			pdf_table_row(&table, cells, PDF_ROW);
		}
	pdf_table_end(&table);
}

/* ---- Roles ------------------------------------------------------------------------------------------------------- */

static struct str powers_of(struct report *r, unsigned powers)
{
	struct str text = STR_EMPTY;
	for (unsigned i = 0; i < ROLE_POWERS; i++)
		if (powers & 1U << i) text = report_join(r, text, STR(", "), WORD(r, estate_power_clusters, i));
	return text;
}

void report_role_cells(struct report *r, const struct role_grant *grant, struct pdf_cell cells[ROLE_CELLS])
{
	enum pdf_symbol symbol = grant->outcome == FACT_ADDED            ? PDF_SYMBOL_NOT_MET
	                         : grant->outcome == FACT_NOT_REASSESSED ? PDF_SYMBOL_OPEN
	                                                                 : PDF_SYMBOL_NONE;
	const struct pdf_cell row[ROLE_CELLS] = {
	    cell_of(grant->principal),
	    cell_of(report_join(r, grant->role, STR("\n"), report_subject(r, grant->scope, true, STR(" · ")))),
	    cell_of(powers_of(r, grant->powers)),
	    cell_symbol(symbol, WORD(r, fact_unchanged, grant->outcome)),
	    cell_of(grant->owner.len ? grant->owner : T(r, number_none)),
	};
	memcpy(cells, row, sizeof(row));
}

struct str report_roles_note(struct report *r)
{
	const struct estate *estate = r->result->estate;
	uint64_t without = 0;
	for (size_t i = 0; i < estate->role_count; i++) without += !estate->roles[i].owner.len;
	return SAY(r, estate_roles_note, SLOT_N("without", without));
}

static void draw_roles(struct report *r, const struct estate *estate)
{
	const struct pdf_column columns[] = {
	    {.title = T(r, estate_principal), .width = 130, .max_lines = 2},
	    {.title = T(r, estate_role), .weight = 1, .max_lines = 3},
	    {.title = T(r, estate_powers), .width = 92},
	    {.title = T(r, estate_outcome),
	     .width = 78,
	     .holds = WORDS(r, fact_unchanged, FACT_OUTCOME_COUNT),
	     .symbols = true},
	    {.title = T(r, estate_owner), .width = 60, .max_lines = 2},
	};
	size_t shown = estate->role_count < ROLE_ROWS ? estate->role_count : ROLE_ROWS;
	report_subsection(r, T(r, estate_roles_title), STR_EMPTY);
	if (!shown) {
		report_plain(r, T(r, estate_roles_none));
		return;
	}
	report_note(r, report_roles_note(r));
	const struct pdf_table_options options = {
	    .size = PDF_SMALL, .caption = report_first(r, shown, estate->role_count, T(r, estate_roles_order))};
	struct pdf_table table;
	pdf_table_begin(&table, r->pdf, columns, sizeof(columns) / sizeof(*columns), &options);
	for (size_t i = 0; i < shown; i++) {
		struct pdf_cell cells[ROLE_CELLS];
		report_role_cells(r, &estate->roles[i], cells);
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
}

/* ---- The section ------------------------------------------------------------------------------------------------- */

uint64_t report_estate_count(const struct report *r)
{
	return r->result->estate ? r->result->estate->subscription_count : 0;
}

void report_estate(struct report *r)
{
	if (!report_estate_count(r)) return;
	report_section(r, T(r, estate_title), MARK_ESTATE);
	report_note(r, T(r, estate_note));
	draw_subscriptions(r, r->result->estate);
	report_timeline(r);
	report_quantities(r);
	draw_roles(r, r->result->estate);
}
