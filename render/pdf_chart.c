/* How it works: a symbol is a row of a table, its shape and its ink; a shape is a few fills and strokes in a square.
 * A bar is a fill, a hatched area and an outline around both, so that it can be read without colour.
 */
#include "render/pdf_chart.h"

#include "render/pdf_text.h"

enum shape { SQUARE, DIAMOND, DISC, TRIANGLE, RING, HOLLOW_SQUARE, CHECK_MARK, CROSS, QUESTION, HALF_DISC, NOTHING };

static const struct {
	enum shape shape;
	enum pdf_ink ink;
} SYMBOLS[PDF_SYMBOLS] = {
    [PDF_SYMBOL_NONE] = {NOTHING, PDF_INK},           [PDF_SYMBOL_CRITICAL] = {SQUARE, PDF_RED},
    [PDF_SYMBOL_HIGH] = {DIAMOND, PDF_ORANGE},        [PDF_SYMBOL_MEDIUM] = {DISC, PDF_OCHRE},
    [PDF_SYMBOL_LOW] = {TRIANGLE, PDF_BLUE_GREY},     [PDF_SYMBOL_INFO] = {RING, PDF_BLUE_GREY},
    [PDF_SYMBOL_UNKNOWN] = {HOLLOW_SQUARE, PDF_GREY}, [PDF_SYMBOL_MET] = {CHECK_MARK, PDF_GREEN},
    [PDF_SYMBOL_NOT_MET] = {CROSS, PDF_RED},          [PDF_SYMBOL_OPEN] = {QUESTION, PDF_GREY},
    [PDF_SYMBOL_PARTLY] = {HALF_DISC, PDF_OCHRE},
};

enum pdf_ink pdf_symbol_ink(enum pdf_symbol symbol) { return SYMBOLS[symbol].ink; }
float pdf_symbol_side(enum pdf_size size) { return pdf_size_points(size) * 0.78F; }
float pdf_symbol_advance(enum pdf_size size) { return pdf_size_points(size) * 1.16F; }

static void thick_line(struct pdf *pdf, float x1, float y1, float x2, float y2, float side, enum pdf_ink ink)
{
	pdf_rule(pdf, x1, y1, x2, y2, side * 0.17F, ink);
}

static void half_disc(struct pdf *pdf, float x, float y, float r, enum pdf_ink ink)
{
	/* The left half, as a polygon: cosines of 90, 112.5, ... 180 degrees. */
	static const float COS[] = {0, 0.3827F, 0.7071F, 0.9239F, 1};
	struct pdf_point points[9];
	for (int i = 0; i < 5; i++) {
		points[i] = (struct pdf_point){x - r * COS[i], y - r * COS[4 - i]};
		points[8 - i] = (struct pdf_point){x - r * COS[i], y + r * COS[4 - i]};
	}
	pdf_polygon(pdf, points, 9, ink);
}

/* Not a letter: a symbol is no part of the text that is copied or searched. */
static void question_mark(struct pdf *pdf, float x, float top, float side, enum pdf_ink ink)
{
	static const struct pdf_point HOOK[] = {{0.24F, 0.26F}, {0.33F, 0.12F}, {0.5F, 0.07F},  {0.67F, 0.13F},
	                                        {0.75F, 0.27F}, {0.69F, 0.42F}, {0.55F, 0.53F}, {0.5F, 0.68F}};
	for (size_t i = 0; i + 1 < sizeof(HOOK) / sizeof(*HOOK); i++)
		thick_line(pdf, x + HOOK[i].x * side, top + HOOK[i].y * side, x + HOOK[i + 1].x * side,
		           top + HOOK[i + 1].y * side, side, ink);
	pdf_disc(pdf, x + side / 2, top + 0.9F * side, side * 0.1F, ink);
}

void pdf_symbol(struct pdf *pdf, float x, float top, float side, enum pdf_symbol symbol)
{
	pdf_symbol_in(pdf, x, top, side, symbol, SYMBOLS[symbol].ink);
}

void pdf_symbol_in(struct pdf *pdf, float x, float top, float side, enum pdf_symbol symbol, enum pdf_ink ink)
{
	float h = side / 2, cx = x + h, cy = top + h, bottom = top + side, line = side * 0.14F, in = side * 0.08F;
	switch (SYMBOLS[symbol].shape) {
	case NOTHING: break;
	case SQUARE: pdf_fill(pdf, x + in, top + in, side - 2 * in, side - 2 * in, ink); break;
	case DIAMOND:
		pdf_polygon(pdf,
		            (struct pdf_point[]){{cx, top - in}, {x + side + in, cy}, {cx, bottom + in}, {x - in, cy}},
		            4, ink);
		break;
	case DISC: pdf_disc(pdf, cx, cy, h, ink); break;
	case TRIANGLE:
		pdf_polygon(pdf, (struct pdf_point[]){{cx, top}, {x + side, bottom - in}, {x, bottom - in}}, 3, ink);
		break;
	case RING: pdf_ring(pdf, cx, cy, h - line / 2, line, ink); break;
	case HOLLOW_SQUARE:
		pdf_stroke(pdf, x + in + line / 2, top + in + line / 2, side - 2 * in - line, side - 2 * in - line,
		           line, ink);
		break;
	case CHECK_MARK:
		thick_line(pdf, x + 0.05F * side, top + 0.55F * side, x + 0.40F * side, top + 0.90F * side, side, ink);
		thick_line(pdf, x + 0.34F * side, top + 0.90F * side, x + 0.97F * side, top + 0.12F * side, side, ink);
		break;
	case CROSS:
		thick_line(pdf, x + 0.1F * side, top + 0.1F * side, x + 0.9F * side, top + 0.9F * side, side, ink);
		thick_line(pdf, x + 0.1F * side, top + 0.9F * side, x + 0.9F * side, top + 0.1F * side, side, ink);
		break;
	case QUESTION: question_mark(pdf, x, top, side, ink); break;
	case HALF_DISC:
		half_disc(pdf, cx, cy, h - line / 2, ink);
		pdf_ring(pdf, cx, cy, h - line / 2, line, ink);
		break;
	}
}

/* ---- Bars and strips --------------------------------------------------------------------------------------------- */

static const float BARS_HEIGHT = 16.6F, BAR_GAP = 0.18F, OUTLINE = 0.35F,
		   LEAST = 0.8F; /* the gap: a share of the height */

float pdf_bars_height(void) { return BARS_HEIGHT; }

/* The length that stands for a value: in [0, width], and something to see when it is not 0. */
static float length_of(double value, double max, float width)
{
	if (!(value > 0) || !(max > 0)) return 0;
	double share = value / max;
	float length = share > 1 ? width : (float)(share * (double)width);
	return length < LEAST ? LEAST : length;
}

static void hatched(struct pdf *pdf, float x, float top, float width, float height)
{
	pdf_fill(pdf, x, top, width, height, PDF_WHITE);
	pdf_hatch(pdf, x, top, width, height, PDF_HATCH);
}

static void outline(struct pdf *pdf, float x, float top, float width, float height)
{
	pdf_stroke(pdf, x, top, width, height, OUTLINE, PDF_GREY);
}

void pdf_bars(struct pdf *pdf, float x, float top, float width, float height, const struct pdf_bars *bars)
{
	if (!(bars->max > 0) || width <= 0) return;
	float whole = length_of(bars->before, bars->max, width), hatch = length_of(bars->hatched, bars->max, width);
	float after = length_of(bars->after, bars->max, width);
	float bar = height * (1 - BAR_GAP) / 2, second = top + height - bar;
	if (hatch > whole) hatch = whole;
	if (hatch > 0) hatched(pdf, x + whole - hatch, top, hatch, bar);
	pdf_fill(pdf, x, top, whole - hatch, bar, bars->ink);
	outline(pdf, x, top, whole, bar);
	pdf_fill(pdf, x, second, after, bar, bars->ink);
	outline(pdf, x, second, after, bar);
	/* A bar of no length is a stroke, so that 0 is not taken for "not drawn". */
	if (whole <= 0) pdf_rule(pdf, x, top, x, top + bar, OUTLINE * 2, PDF_GREY);
	if (after <= 0) pdf_rule(pdf, x, second, x, second + bar, OUTLINE * 2, PDF_GREY);
}

void pdf_legend(struct pdf *pdf, const struct pdf_legend *entries, size_t n)
{
	const struct pdf_style style = {PDF_TEXT, PDF_SMALL, PDF_GREY};
	const float box = 10, height = 6, gap = 4, between = 14, leading = pdf_size_leading(PDF_SMALL);
	if (n == 0) return;
	pdf_need(pdf, leading);
	float x = pdf_x(pdf), end = x + pdf_width(pdf);
	for (size_t i = 0; i < n; i++) {
		float width = box + gap + pdf_text_width(pdf, style.face, style.size, entries[i].text);
		if (x > pdf_x(pdf) && x + width > end) {
			x = pdf_x(pdf);
			pdf_set_y(pdf, pdf_y(pdf) + leading);
			pdf_need(pdf, leading);
		}
		float baseline = pdf_y(pdf) + pdf_size_baseline(PDF_SMALL), top = baseline - height + 0.3F;
		if (entries[i].hatched)
			hatched(pdf, x, top, box, height);
		else
			pdf_fill(pdf, x, top, box, height, entries[i].ink);
		outline(pdf, x, top, box, height);
		pdf_text_at(pdf, x + box + gap, baseline, style, PDF_LEFT, end - x - box - gap, entries[i].text);
		x += width + between;
	}
	pdf_set_y(pdf, pdf_y(pdf) + leading);
}

void pdf_strip(struct pdf *pdf, float x, float top, float width, float height, const struct pdf_strip_part *parts,
               size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++) sum += parts[i].value > 0 ? parts[i].value : 0;
	if (!(sum > 0)) return;
	double before = 0;
	for (size_t i = 0; i < n; i++) {
		if (!(parts[i].value > 0)) continue;
		float from = (float)(before / sum * (double)width);
		before += parts[i].value;
		float length = (float)(before / sum * (double)width) - from;
		if (parts[i].hatched)
			hatched(pdf, x + from, top, length, height);
		else
			pdf_fill(pdf, x + from, top, length, height, parts[i].ink);
		if (from > 0) pdf_rule(pdf, x + from, top, x + from, top + height, 0.6F, PDF_WHITE);
		float side = height * 0.7F;
		if (length > height)
			pdf_symbol_in(pdf, x + from + (length - side) / 2, top + (height - side) / 2, side,
			              parts[i].symbol, PDF_WHITE);
	}
	outline(pdf, x, top, width, height);
}
