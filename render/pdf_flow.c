/* What became of the open findings, as a picture and as a table by outcome and severity. The picture has one scale for both
 * sides; what is still open goes straight across, what is gone ends, what came begins:
 *
 *     open before 32                       open after 15
 *   unchanged 10 |##|==========================|##| unchanged 10
 *     updated  2 |##|==========================|##| updated 2
 *       fixed 14 |##|>                        <|##| new 3
 *  reassessed  5 |//|>
 */
#include "render/report_lists.h"

static const struct flow_part before_parts[] = {
    {OUTCOME_UNCHANGED, PDF_BLUE_GREY, false, true},   {OUTCOME_UPDATED, PDF_ACCENT, false, true},
    {OUTCOME_FIXED_VERIFIED, PDF_GREEN, false, false}, {OUTCOME_FIXED, PDF_GREEN, false, false},
    {OUTCOME_DISMISSED, PDF_OCHRE, false, false},      {OUTCOME_NOT_REASSESSED, PDF_GREY, true, false},
};
static const struct flow_part after_parts[] = {
    {OUTCOME_UNCHANGED, PDF_BLUE_GREY, false, true},    {OUTCOME_UPDATED, PDF_ACCENT, false, true},
    {OUTCOME_REOPENED, PDF_RED, false, false},          {OUTCOME_NEW, PDF_RED, false, false},
    {OUTCOME_NEWLY_IN_SCOPE, PDF_ORANGE, false, false},
};

const struct flow_part *report_flow_parts(enum side side, size_t *n)
{
	*n = side == SIDE_BEFORE ? sizeof(before_parts) / sizeof(*before_parts)
	                         : sizeof(after_parts) / sizeof(*after_parts);
	return side == SIDE_BEFORE ? before_parts : after_parts;
}

/* ---- The picture ------------------------------------------------------------------------------------------------- */

static const float BAR = 16, TALL = 128, TAPER = 46, LABEL_GAP = 6, LEAST = 1.2F;

struct flow {
	struct report *r;
	double scale; /* points for each finding */
	float left, right, top;
};

static float length_of(const struct flow *f, uint64_t count)
{
	float length = (float)((double)count * f->scale);
	return count && length < LEAST ? LEAST : length;
}

static void label(const struct flow *f, enum side side, const struct flow_part *part, uint64_t count, float baseline)
{
	struct report *r = f->r;
	struct str text = report_join(r, WORD(r, outcome_unchanged, part->outcome), STR("  "), report_number(r, count));
	const struct pdf_style style = {PDF_TEXT, PDF_SMALL, PDF_INK};
	if (side == SIDE_BEFORE)
		pdf_text_at(r->pdf, f->left - LABEL_GAP, baseline, style, PDF_RIGHT, 0, text);
	else
		pdf_text_at(r->pdf, f->right + BAR + LABEL_GAP, baseline, style, PDF_LEFT, 0, text);
}

static void draw_part(const struct flow *f, enum side side, const struct flow_part *part, float y, float height)
{
	struct pdf *pdf = f->r->pdf;
	float x = side == SIDE_BEFORE ? f->left : f->right, inner = side == SIDE_BEFORE ? x + BAR : x;
	float tip = side == SIDE_BEFORE ? inner + TAPER : inner - TAPER;
	if (part->stays && side == SIDE_BEFORE) pdf_fill(pdf, inner, y, f->right - inner, height, PDF_SHADE);
	if (!part->stays) {
		const struct pdf_point wedge[] = {{inner, y}, {inner, y + height}, {tip, y + height / 2}};
		pdf_polygon(pdf, wedge, 3, PDF_SHADE);
	}
	if (part->hatched) {
		pdf_hatch(pdf, x, y, BAR, height, part->ink);
		pdf_stroke(pdf, x, y, BAR, height, 0.35F, part->ink);
	} else {
		pdf_fill(pdf, x, y, BAR, height, part->ink);
	}
	pdf_rule(pdf, x, y, x + BAR, y, 0.6F, PDF_WHITE);
}

/* Labels stand at the middle of their part, but never on one another: they are pushed down. Returns the lowest point. */
static float draw_side(const struct flow *f, enum side side, const struct flow_part *parts, size_t n)
{
	const uint64_t *outcomes = f->r->result->diff.outcomes;
	float y = f->top, leading = pdf_size_leading(PDF_SMALL), next = f->top;
	for (size_t i = 0; i < n; i++) {
		uint64_t count = outcomes[parts[i].outcome];
		if (!count) continue;
		float height = length_of(f, count), text = y + height / 2 - leading / 2;
		draw_part(f, side, &parts[i], y, height);
		if (text < next) text = next;
		label(f, side, &parts[i], count, text + pdf_size_baseline(PDF_SMALL));
		next = text + leading;
		y += height;
	}
	return next > y ? next : y;
}

static uint64_t sum_of(const struct report *r, const struct flow_part *parts, size_t n)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < n; i++) sum += r->result->diff.outcomes[parts[i].outcome];
	return sum;
}

static void draw_flow(struct pdf *pdf, void *context)
{
	struct report *r = context;
	const struct diff *diff = &r->result->diff;
	uint64_t left_sum = sum_of(r, before_parts, sizeof(before_parts) / sizeof(*before_parts));
	uint64_t right_sum = sum_of(r, after_parts, sizeof(after_parts) / sizeof(*after_parts));
	uint64_t most = left_sum > right_sum ? left_sum : right_sum;
	if (!most) return;
	const struct pdf_style head = {PDF_BOLD, PDF_SMALL, PDF_INK};
	const float room = 150, leading = pdf_size_leading(PDF_SMALL);
	struct flow f = {.r = r,
	                 .scale = (double)TALL / (double)most,
	                 .left = pdf_x(pdf) + room,
	                 .right = pdf_x(pdf) + pdf_width(pdf) - room - BAR,
	                 .top = pdf_y(pdf) + leading + 4};
	float baseline = pdf_y(pdf) + pdf_size_baseline(PDF_SMALL);
	pdf_text_at(pdf, f.left + BAR, baseline, head, PDF_RIGHT, 0,
	            SAY(r, flow_before, SLOT_N("n", diff->open[SIDE_BEFORE])));
	pdf_text_at(pdf, f.right, baseline, head, PDF_LEFT, 0, SAY(r, flow_after, SLOT_N("n", diff->open[SIDE_AFTER])));
	float left = draw_side(&f, SIDE_BEFORE, before_parts, sizeof(before_parts) / sizeof(*before_parts));
	float right = draw_side(&f, SIDE_AFTER, after_parts, sizeof(after_parts) / sizeof(*after_parts));
	pdf_set_y(pdf, (left > right ? left : right) + 8);
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

/* What is gone counts under its severity before, what is there under its severity after. */
const uint64_t *report_outcome_counts(const struct diff *diff, enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_FIXED:
	case OUTCOME_FIXED_VERIFIED:
	case OUTCOME_DISMISSED:
	case OUTCOME_NOT_REASSESSED: return diff->by_outcome_before[outcome];
	case OUTCOME_UNCHANGED:
	case OUTCOME_UPDATED:
	case OUTCOME_NEW:
	case OUTCOME_NEWLY_IN_SCOPE:
	case OUTCOME_REOPENED:
	case OUTCOME_COUNT: break;
	}
	return diff->by_outcome[outcome];
}

static void draw_outcomes(struct report *r)
{
	const struct diff *diff = &r->result->diff;
	struct pdf_column columns[SEVERITY_COUNT + 2] = {{.title = T(r, flow_outcome), .weight = 1}};
	const struct pdf_table_options options = {.size = PDF_SMALL};
	struct pdf_table table;
	for (size_t s = 0; s < SEVERITY_COUNT; s++)
		columns[1 + s] = (struct pdf_column){
		    .title = report_word_severity(r, (enum severity)s), .width = 54, .align = PDF_RIGHT};
	columns[1 + SEVERITY_COUNT] = (struct pdf_column){.title = T(r, effect_all), .width = 54, .align = PDF_RIGHT};
	pdf_table_begin(&table, r->pdf, columns, SEVERITY_COUNT + 2, &options);
	for (size_t i = 0; i < OUTCOME_COUNT; i++) {
		struct pdf_cell cells[SEVERITY_COUNT + 2] = {cell_of(WORD(r, outcome_unchanged, i))};
		for (size_t s = 0; s < SEVERITY_COUNT; s++)
			cells[1 + s] = cell_number(r, report_outcome_counts(diff, (enum outcome)i)[s]);
		cells[1 + SEVERITY_COUNT] = cell_number(r, diff->outcomes[i]);
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
}

void report_flow(struct report *r)
{
	const uint64_t *open = r->result->diff.open;
	report_section(r, T(r, flow_title), MARK_FLOW);
	report_note(r, T(r, flow_note));
	pdf_space(r->pdf, 4);
	if (open[SIDE_BEFORE] | open[SIDE_AFTER]) pdf_keep(r->pdf, draw_flow, r);
	draw_outcomes(r);
}

/* ---- Sign-off ---------------------------------------------------------------------------------------------------- */

void report_signers(struct report *r, struct report_pair signers[SIGNERS])
{
	const struct change *c = &r->result->change;
	const struct report_pair all[SIGNERS] = {
	    {T(r, sign_preparer), STR_EMPTY}, {T(r, sign_owner), c->owner},       {T(r, sign_reviewer), STR_EMPTY},
	    {T(r, sign_auditor), STR_EMPTY},  {T(r, sign_approver), c->approver},
	};
	memcpy(signers, all, sizeof(all));
}

void report_sign_off(struct report *r)
{
	const struct pdf_column columns[] = {
	    {.title = T(r, sign_role), .width = 86},         {.title = T(r, sign_name), .weight = 1, .max_lines = 3},
	    {.title = T(r, sign_decision), .weight = 1},     {.title = T(r, sign_date), .width = 62},
	    {.title = T(r, sign_signature), .weight = 1.2F},
	};
	struct report_pair rows[SIGNERS];
	const struct pdf_table_options options = {.size = PDF_SMALL};
	struct pdf_table table;
	report_section(r, T(r, sign_title), MARK_SIGN_OFF);
	report_note(r, T(r, sign_note));
	report_signers(r, rows);
	pdf_table_begin(&table, r->pdf, columns, 5, &options);
	for (size_t i = 0; i < SIGNERS; i++) {
		struct pdf_cell cells[5] = {cell_of(rows[i].first), cell_of(rows[i].second)};
		cells[0].height = 24;
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
}
