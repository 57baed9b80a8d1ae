/* Pictures in the page itself, as SVG without a style attribute (the page's policy allows none): colours are classes, k and the
 * number of an ink, so that they follow the style into the dark and onto paper. All are hidden from readers of the screen: what
 * they show stands as numbers beside them.
 */
#include "render/html_private.h"

#include <math.h>

static void rect(struct html *h, double x, double y, double width, double height, enum pdf_ink ink, bool hatched)
{
	if (width <= 0 || height <= 0) return;
	if (hatched)
		PUT(h, "<rect class=\"kh\" fill=\"url(#hatch)\"");
	else
		buf_printf(&h->out.pending, "<rect class=\"k%d\"", (int)ink);
	buf_printf(&h->out.pending, " x=\"%ld\" y=\"%ld\" width=\"%ld\" height=\"%ld\"/>", lround(x), lround(y),
	           lround(width), lround(height));
}

static void label(struct html *h, double x, double y, const char *anchor, struct str s)
{
	buf_printf(&h->out.pending, "<text x=\"%ld\" y=\"%ld\" text-anchor=\"%s\">", lround(x), lround(y), anchor);
	html_element(h, "", s, "</text>");
}

void html_patterns(struct html *h)
{
	PUT(h,
	    "<svg class=\"off\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs><pattern id=\"hatch\" width=\"6\" "
	    "height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><path class=\"kl\" d=\"M0 0V6\"/>"
	    "</pattern></defs></svg>\n");
}

/* ---- Bars, and a strip ------------------------------------------------------------------------------------------- */

/* In units that the picture's width has 1000 of. Something to see also where there is one of a million. */
static double share(uint64_t n, uint64_t of) { return n && of ? fmax(4, 1000 * (double)n / (double)of) : 0; }

void html_bars(struct html *h, const struct effect_row *row, enum pdf_ink ink, uint64_t most)
{
	double before = share(row->before, most), lost = share(row->not_reassessed, most);
	if (lost > before) lost = before;
	PUT(h, "<svg class=\"bars\" viewBox=\"0 0 1000 22\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
	rect(h, 0, 0, before - lost, 10, ink, false);
	rect(h, before - lost, 0, lost, 10, PDF_GREY, true);
	rect(h, 0, 12, share(row->after, most), 10, ink, false);
	PUT(h, "</svg>");
}

void html_strip(struct html *h, const uint64_t counts[CONTROL_STATE_COUNT])
{
	static const enum pdf_ink inks[CONTROL_STATE_COUNT] = {PDF_RED, PDF_OCHRE, PDF_ORANGE, PDF_GREEN, PDF_GREY};
	uint64_t all = 0, upto = 0;
	for (int s = 0; s < CONTROL_STATE_COUNT; s++) all += counts[s];
	PUT(h, "<svg class=\"strip\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
	for (int s = 0; s < CONTROL_STATE_COUNT && all; s++) {
		double from = 1000 * (double)upto / (double)all;
		upto += counts[s];
		rect(h, from, 0, 1000 * (double)upto / (double)all - from, 10, inks[s], s == CONTROL_NO_EVIDENCE);
	}
	PUT(h, "</svg>\n");
}

/* ---- What became of the findings --------------------------------------------------------------------------------- */

static const double FLOW_LEFT = 250, FLOW_RIGHT = 586, FLOW_BAR = 24, FLOW_TOP = 26, FLOW_TALL = 200, FLOW_LINE = 18;

static double flow_height(uint64_t count, uint64_t most)
{
	return count && most ? fmax(2, FLOW_TALL * (double)count / (double)most) : 0;
}

/* What stays goes across, what is gone ends, what came begins. */
static void flow_part(struct html *h, enum side side, const struct flow_part *part, double y, double height)
{
	double x = side == SIDE_BEFORE ? FLOW_LEFT : FLOW_RIGHT;
	if (part->stays && side == SIDE_BEFORE)
		rect(h, x + FLOW_BAR, y, FLOW_RIGHT - x - FLOW_BAR, height, PDF_SHADE, false);
	if (!part->stays) {
		double inner = side == SIDE_BEFORE ? x + FLOW_BAR : x,
		       tip = side == SIDE_BEFORE ? inner + 90 : inner - 90;
		buf_printf(&h->out.pending, "<path class=\"k%d\" d=\"M%ld %ldV%ldL%ld %ldZ\"/>", (int)PDF_SHADE,
		           lround(inner), lround(y), lround(y + height), lround(tip), lround(y + height / 2));
	}
	rect(h, x, y, FLOW_BAR, height, part->ink, part->hatched);
}

/* Labels stand at the middle of their part, but never on one another. Returns the lowest point. */
static double flow_side(struct html *h, enum side side, uint64_t most)
{
	struct report *r = &h->r;
	size_t n;
	const struct flow_part *parts = report_flow_parts(side, &n);
	double y = FLOW_TOP, next = FLOW_TOP;
	for (size_t i = 0; i < n; i++) {
		uint64_t count = r->result->diff.outcomes[parts[i].outcome];
		double height = flow_height(count, most), top = fmax(next, y + height / 2 - FLOW_LINE / 2);
		if (!count) continue;
		struct str words =
		    report_join(r, WORD(r, outcome_unchanged, parts[i].outcome), STR("  "), report_number(r, count));
		flow_part(h, side, &parts[i], y, height);
		if (side == SIDE_BEFORE)
			label(h, FLOW_LEFT - 10, top + 14, "end", words);
		else
			label(h, FLOW_RIGHT + FLOW_BAR + 10, top + 14, "start", words);
		next = top + FLOW_LINE;
		y += height;
	}
	return fmax(next, y);
}

/* The tallest sum; labels may need more room than it. */
static uint64_t flow_sum(const struct report *r, enum side side)
{
	size_t n;
	const struct flow_part *parts = report_flow_parts(side, &n);
	uint64_t sum = 0;
	for (size_t i = 0; i < n; i++) sum += r->result->diff.outcomes[parts[i].outcome];
	return sum;
}

void html_flow(struct html *h)
{
	struct report *r = &h->r;
	const uint64_t *open = r->result->diff.open;
	uint64_t left = flow_sum(r, SIDE_BEFORE), right = flow_sum(r, SIDE_AFTER), most = left > right ? left : right;
	if (!most) return;
	PUT(h, "<svg class=\"flow\" viewBox=\"0 0 860 250\" aria-hidden=\"true\">");
	label(h, FLOW_LEFT + FLOW_BAR, 16, "end", SAY(r, flow_before, SLOT_N("n", open[SIDE_BEFORE])));
	label(h, FLOW_RIGHT, 16, "start", SAY(r, flow_after, SLOT_N("n", open[SIDE_AFTER])));
	flow_side(h, SIDE_BEFORE, most);
	flow_side(h, SIDE_AFTER, most);
	PUT(h, "</svg>\n");
}

/* ---- Captures against the window --------------------------------------------------------------------------------- */

static const double TIME_LEFT = 70, TIME_WIDTH = 920, TIME_TOP = 24, LANE = 24;

static double place(const struct report_captures *c, int64_t at)
{
	double span = (double)c->to - (double)c->from;
	return TIME_LEFT + 8 + (TIME_WIDTH - 16) * (span > 0 ? ((double)at - (double)c->from) / span : 0.5);
}

static void put_lane(struct html *h, const struct report_captures *c, enum side side)
{
	struct report *r = &h->r;
	const struct snapshot *s = &r->result->sides[side];
	double y = TIME_TOP + LANE * ((double)side + 0.5), last[2] = {-100, -100};
	label(h, 0, y + 5, "start", WORD(r, side_before, side));
	rect(h, TIME_LEFT, y, TIME_WIDTH, 1, PDF_GREY, false);
	for (uint32_t i = 0; i < s->input_count; i++) {
		int64_t at = s->inputs[i].captured;
		if (!input_is_counted(&s->inputs[i]) || at == INSTANT_NONE) continue;
		bool wrong = report_wrong_side(&r->result->change, side, at);
		double x = place(c, at);
		if (fabs(x - last[wrong]) < 1) continue; /* upon the one before */
		last[wrong] = x;
		if (wrong)
			buf_printf(&h->out.pending, "<path class=\"kx\" d=\"M%ld %ldl10 10m0 -10l-10 10\"/>",
			           lround(x - 5), lround(y - 5));
		else
			buf_printf(&h->out.pending, "<circle class=\"k%d\" cx=\"%ld\" cy=\"%ld\" r=\"4\"/>",
			           (int)PDF_ACCENT, lround(x), lround(y));
	}
}

static void put_window(struct html *h, const struct report_captures *c)
{
	struct report *r = &h->r;
	const struct change *change = &r->result->change;
	if (change->window_start == INSTANT_NONE || change->window_end == INSTANT_NONE) return;
	double from = place(c, change->window_start), to = place(c, change->window_end), middle = (from + to) / 2;
	rect(h, from, TIME_TOP, fmax(2, to - from), 2 * LANE, PDF_SHADE, false);
	label(h, fmin(fmax(middle, 250), 750), 14, "middle",
	      SAY(r, estate_window, SLOT("start", report_minute(r, change->window_start)),
	          SLOT("end", report_minute(r, change->window_end))));
}

void html_captures(struct html *h, const struct report_captures *c)
{
	struct report *r = &h->r;
	double as_of = place(c, r->result->as_of), below = TIME_TOP + 2 * LANE + 18;
	PUT(h, "<svg class=\"time\" viewBox=\"0 0 1000 96\" aria-hidden=\"true\">");
	put_window(h, c);
	put_lane(h, c, SIDE_BEFORE);
	put_lane(h, c, SIDE_AFTER);
	rect(h, as_of - 1, TIME_TOP, 2, 2 * LANE, PDF_INK, false);
	label(h, TIME_LEFT, below, "start", str_slice(report_minute(r, c->from), 0, 10));
	label(h, 990, below, "end", SAY(r, estate_as_of, SLOT("time", report_minute(r, r->result->as_of))));
	PUT(h, "</svg>\n");
}
