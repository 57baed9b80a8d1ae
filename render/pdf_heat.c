/* Controls as a heat strip: a cell for each control, in the order of its framework, before above after. Colour, mark and
 * ground say the state, so that it is read in grey too; a frame says that it moved. Controls of one family (what
 * stands before the number) stand together, and as many families in a line as fit:
 *
 *            AM     BR        DP                 ES
 *   before   [ ][ ] [ ][ ][ ] [ ][x][ ][ ][ ][v] [v][?]
 *   after    [ ][ ] [ ][ ][ ] [ ][v][ ][ ][ ][v] [v][?]
 *
 * On page 1 the same states as shares of a strip.
 */
#include "render/pdf_report_parts.h"

struct look {
	enum pdf_ink ground;
	bool hatched;
	enum pdf_symbol mark; /* in white */
};

static const struct look LOOKS[CONTROL_STATE_COUNT] = {
    [CONTROL_NOT_SATISFIED] = {PDF_RED, false, PDF_SYMBOL_NOT_MET},
    [CONTROL_MANUAL_REVIEW] = {PDF_OCHRE, false, PDF_SYMBOL_OPEN},
    [CONTROL_WITH_EXCEPTIONS] = {PDF_ORANGE, false, PDF_SYMBOL_PARTLY},
    [CONTROL_SATISFIED] = {PDF_GREEN, false, PDF_SYMBOL_MET},
    [CONTROL_NO_EVIDENCE] = {PDF_WHITE, true, PDF_SYMBOL_NONE},
};

static enum control_state state_of(const struct control *control, enum side side)
{
	return side == SIDE_BEFORE ? control->state_before : control->state;
}

/* ---- Families ---------------------------------------------------------------------------------------------------- */

/* "PV" of PV-6, "AC" of AC-2(1), "3" of 3.1.4, "A.5" of A.5.1.1; nothing where an id is a sentence or has no parts. */
static struct str family_of(struct str id)
{
	const size_t most = 8;
	size_t dash = str_rfind_char(id, '-'), dot = str_find(id, STR("."));
	if (str_find(id, STR(" ")) != SIZE_MAX) return STR_EMPTY;
	if (dash != SIZE_MAX && dash <= most) return str_slice(id, 0, dash);
	if (dot == 1 && (id.ptr[0] < '0' || id.ptr[0] > '9')) {
		size_t next = str_find(str_slice(id, 2, id.len), STR("."));
		dot = next == SIZE_MAX ? dot : 2 + next;
	}
	return dot != SIZE_MAX && dot <= most ? str_slice(id, 0, dot) : STR_EMPTY;
}

/* Where the family that begins at i ends. */
static size_t family_end(const struct control *controls, size_t i, size_t n, bool families)
{
	struct str family = families ? family_of(controls[i].id) : STR_EMPTY;
	size_t end = i + 1;
	while (end < n && (!families || str_eq(family_of(controls[end].id), family))) end++;
	return end;
}

/* Families of one control each would be a strip of labels: then there are none. */
static bool has_families(const struct control *controls, size_t n)
{
	size_t count = 0;
	for (size_t i = 0; i < n; i = family_end(controls, i, n, true)) count++;
	return count > 1 && 2 * count <= n;
}

/* ---- Cells ------------------------------------------------------------------------------------------------------- */

static void draw_cell(struct pdf *pdf, float x, float top, float side, enum control_state state)
{
	const struct look *look = &LOOKS[state];
	const float line = 0.35F, inset = side * 0.2F;
	pdf_fill(pdf, x, top, side, side, look->ground);
	if (look->hatched) pdf_hatch(pdf, x, top, side, side, PDF_HATCH);
	if (look->hatched) pdf_stroke(pdf, x + line / 2, top + line / 2, side - line, side - line, line, PDF_GREY);
	pdf_symbol_in(pdf, x + inset, top + inset, side - 2 * inset, look->mark, PDF_WHITE);
}

struct strip {
	struct report *r;
	const struct control *controls;
	size_t count;
	bool families;
	float side, pitch, left; /* of a cell; from one to the next; x of the first of a line */
};

static const float FAMILY_GAP = 6, LINE_GAP = 6;

/* Between the cells of the two sides: their words beside them stand in lines of their own, whatever the cells' size. */
static float sides_gap(const struct strip *s)
{
	const float least = 2, words = pdf_size_leading(PDF_SMALL) - 0.4F;
	return words - s->side > least ? words - s->side : least;
}

static float line_height(const struct strip *s)
{
	float label = s->families ? pdf_size_leading(PDF_SMALL) + 1.5F : 2;
	return label + 2 * s->side + sides_gap(s) + LINE_GAP;
}

static void begin_line(const struct strip *s)
{
	struct pdf *pdf = s->r->pdf;
	const struct pdf_style style = {PDF_TEXT, PDF_SMALL, PDF_GREY};
	pdf_need(pdf, line_height(s));
	float top = pdf_y(pdf) + line_height(s) - LINE_GAP - 2 * s->side - sides_gap(s);
	float baseline = s->side / 2 + pdf_size_points(PDF_SMALL) * 0.36F, room = s->left - pdf_x(pdf) - 3;
	for (int side = 0; side < SIDE_COUNT; side++)
		pdf_text_at(pdf, pdf_x(pdf), top + (float)side * (s->side + sides_gap(s)) + baseline, style, PDF_LEFT,
		            room, side ? T(s->r, controls_after) : T(s->r, controls_before));
}

/* Controls [from, to) of one family, at x in the line at the cursor. */
static void draw_run(const struct strip *s, float x, size_t from, size_t to, struct str label)
{
	struct pdf *pdf = s->r->pdf;
	const struct pdf_style style = {PDF_TEXT, PDF_SMALL, PDF_GREY};
	float top = pdf_y(pdf) + line_height(s) - LINE_GAP - 2 * s->side - sides_gap(s);
	if (label.len) pdf_text_at(pdf, x, pdf_y(pdf) + pdf_size_baseline(PDF_SMALL), style, PDF_LEFT, 0, label);
	for (size_t i = from; i < to; i++, x += s->pitch) {
		const struct control *c = &s->controls[i];
		draw_cell(pdf, x, top, s->side, c->state_before);
		draw_cell(pdf, x, top + s->side + sides_gap(s), s->side, c->state);
		if (c->state_before != c->state)
			pdf_stroke(pdf, x - 0.7F, top - 0.9F, s->side + 1.4F, 2 * s->side + sides_gap(s) + 1.8F, 0.9F,
			           PDF_ACCENT);
	}
}

static float run_width(const struct strip *s, size_t cells, struct str label)
{
	float width = (float)cells * s->pitch, least = pdf_text_width(s->r->pdf, PDF_TEXT, PDF_SMALL, label);
	return width > least ? width : least;
}

/* A family that does not fit into what is left of a line begins the next one; only one longer than a line is broken. */
static void draw_strip(const struct strip *s)
{
	struct pdf *pdf = s->r->pdf;
	float end = pdf_x(pdf) + pdf_width(pdf), x = s->left;
	begin_line(s);
	for (size_t i = 0; i < s->count;) {
		size_t to = family_end(s->controls, i, s->count, s->families);
		struct str label = s->families ? family_of(s->controls[i].id) : STR_EMPTY;
		if (x > s->left && x + run_width(s, to - i, label) > end) {
			pdf_set_y(pdf, pdf_y(pdf) + line_height(s));
			begin_line(s);
			x = s->left;
		}
		size_t fit = (size_t)((end - x) / s->pitch);
		if (fit < 1) fit = 1;
		if (to - i > fit) to = i + fit;
		draw_run(s, x, i, to, label);
		x += run_width(s, to - i, label) + FAMILY_GAP;
		i = to;
	}
	pdf_set_y(pdf, pdf_y(pdf) + line_height(s));
}

/* ---- The section's part ------------------------------------------------------------------------------------------ */

/* What a cell means, and how many there are: "x not satisfied 5 → 3". */
static void draw_legend(struct report *r)
{
	struct pdf *pdf = r->pdf;
	const struct pdf_style style = {PDF_TEXT, PDF_SMALL, PDF_INK};
	const float side = 7, gap = 3, between = 13;
	uint64_t counts[SIDE_COUNT][CONTROL_STATE_COUNT] = {{0}};
	for (size_t i = 0; i < r->result->control_count; i++)
		for (int s = 0; s < SIDE_COUNT; s++) counts[s][state_of(&r->result->controls[i], (enum side)s)]++;
	float x = pdf_x(pdf), end = x + pdf_width(pdf), leading = pdf_size_leading(PDF_SMALL);
	for (int state = 0; state < CONTROL_STATE_COUNT; state++) {
		struct str text =
		    SAY(r, controls_legend, SLOT("state", WORD(r, control_not_satisfied, state)),
		        SLOT_N("before", counts[SIDE_BEFORE][state]), SLOT_N("after", counts[SIDE_AFTER][state]));
		float width = side + gap + pdf_text_width(pdf, style.face, style.size, text);
		if (x > pdf_x(pdf) && x + width > end) {
			x = pdf_x(pdf);
			pdf_set_y(pdf, pdf_y(pdf) + leading + 1);
		}
		draw_cell(pdf, x, pdf_y(pdf) + (leading - side) / 2, side, (enum control_state)state);
		pdf_text_at(pdf, x + side + gap, pdf_y(pdf) + pdf_size_baseline(PDF_SMALL), style, PDF_LEFT, 0, text);
		x += width + between;
	}
	pdf_set_y(pdf, pdf_y(pdf) + leading + 3);
}

static void draw_framework(struct report *r, struct str name, const struct control *controls, size_t count)
{
	const struct pdf_style bold = {PDF_BOLD, PDF_SMALL, PDF_INK};
	const struct pdf_style style = {PDF_TEXT, PDF_SMALL, PDF_GREY};
	struct strip strip = {r, controls, count, has_families(controls, count), 7.6F, 8.6F, 0};
	if (count > HEAT_LARGE) strip.side = 5.4F, strip.pitch = 6.2F;
	float before = pdf_text_width(r->pdf, style.face, style.size, T(r, controls_before));
	float after = pdf_text_width(r->pdf, style.face, style.size, T(r, controls_after));
	strip.left = pdf_x(r->pdf) + (before > after ? before : after) + 6;
	pdf_need(r->pdf, pdf_size_leading(PDF_SMALL) + line_height(&strip));
	if (r->result->framework_count > 1) pdf_text(r->pdf, bold, name);
	draw_strip(&strip);
}

void report_heat(struct report *r)
{
	const struct result *result = r->result;
	uint64_t left = HEAT_CELLS, shown = 0;
	struct str by = T(r, controls_heat_order);
	if (!result->framework_count) return;
	for (size_t f = 0; f < result->framework_count; f++) shown += result->frameworks[f].count;
	report_note(r, report_first(r, shown < HEAT_CELLS ? shown : HEAT_CELLS, shown, by));
	draw_legend(r);
	for (size_t f = 0; f < result->framework_count && left; f++) {
		const struct framework_used *used = &result->frameworks[f];
		size_t count = used->count < left ? used->count : (size_t)left;
		if (count) draw_framework(r, used->name, result->controls + used->first, count);
		left -= count;
	}
	pdf_space(r->pdf, 2);
}

/* ---- On page 1 --------------------------------------------------------------------------------------------------- */

void report_heat_shares(struct report *r, enum side side, float x, float top, float width, float height)
{
	struct pdf_strip_part parts[CONTROL_STATE_COUNT] = {{0}};
	for (int s = 0; s < CONTROL_STATE_COUNT; s++)
		parts[s] = (struct pdf_strip_part){0, LOOKS[s].ground, LOOKS[s].hatched, LOOKS[s].mark};
	for (size_t i = 0; i < r->result->control_count; i++) parts[state_of(&r->result->controls[i], side)].value++;
	pdf_strip(r->pdf, x, top, width, height, parts, CONTROL_STATE_COUNT);
}
