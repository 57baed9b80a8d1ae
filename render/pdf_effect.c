/* The table of page 1, one row for each severity, made so that a reader can add up along it:
 *
 *   open before − fixed − dismissed − not reassessed = still open
 *   still open ± re-rated + new, reopened + newly in scope = open after
 *
 * Below the numbers of a severity stand two bars over the whole width, all on one scale: above what was open before
 * (hatched where it was not assessed again), below what is open after.
 *
 * What was open before counts under its severity before, what is open after under its severity after; where those
 * differ, the column "re-rated" says by how much, and is there only then.
 */
#include "render/report_lists.h"

void report_effect_row(const struct diff *diff, enum severity s, struct effect_row *row)
{
	const uint64_t(*gone)[SEVERITY_COUNT] = diff->by_outcome_before, (*there)[SEVERITY_COUNT] = diff->by_outcome;
	*row = (struct effect_row){
	    .before = diff->by_severity[SIDE_BEFORE][s],
	    .fixed = gone[OUTCOME_FIXED][s] + gone[OUTCOME_FIXED_VERIFIED][s],
	    .verified = gone[OUTCOME_FIXED_VERIFIED][s],
	    .dismissed = gone[OUTCOME_DISMISSED][s],
	    .not_reassessed = gone[OUTCOME_NOT_REASSESSED][s],
	    .still = gone[OUTCOME_UNCHANGED][s] + gone[OUTCOME_UPDATED][s],
	    .fresh = there[OUTCOME_NEW][s] + there[OUTCOME_REOPENED][s],
	    .newly_in_scope = there[OUTCOME_NEWLY_IN_SCOPE][s],
	    .after = diff->by_severity[SIDE_AFTER][s],
	    .common = diff->reduction[s],
	};
	row->rerated = (int64_t)(there[OUTCOME_UNCHANGED][s] + there[OUTCOME_UPDATED][s]) - (int64_t)row->still;
}

void report_effect_add(struct effect_row *sum, const struct effect_row *row)
{
	sum->before += row->before;
	sum->fixed += row->fixed;
	sum->verified += row->verified;
	sum->dismissed += row->dismissed;
	sum->not_reassessed += row->not_reassessed;
	sum->still += row->still;
	sum->fresh += row->fresh;
	sum->newly_in_scope += row->newly_in_scope;
	sum->after += row->after;
	sum->rerated += row->rerated;
}

enum { COLUMNS_MAX = 12, ROWS_MAX = SEVERITY_COUNT + 1 };

struct effect {
	struct report *r;
	struct effect_row rows[ROWS_MAX];
	enum severity severities[ROWS_MAX]; /* SEVERITY_COUNT: all */
	size_t row_count;
	bool rerated; /* some are */
	uint64_t most;
	struct pdf_column columns[COLUMNS_MAX];
	struct pdf_cell cells[ROWS_MAX][COLUMNS_MAX];
	size_t column_count;
};

/* Critical and high are always there, the others where there is something to count. */
static void collect_rows(struct effect *e)
{
	const struct diff *diff = &e->r->result->diff;
	struct effect_row sum = {.common = diff->reduction_all};
	for (int s = 0; s < SEVERITY_COUNT; s++) {
		struct effect_row row;
		report_effect_row(diff, (enum severity)s, &row);
		if (s > SEVERITY_HIGH && !(row.before | row.after)) continue;
		e->rerated = e->rerated || row.rerated;
		if (row.before > e->most) e->most = row.before;
		if (row.after > e->most) e->most = row.after;
		report_effect_add(&sum, &row);
		e->severities[e->row_count] = (enum severity)s;
		e->rows[e->row_count++] = row;
	}
	e->severities[e->row_count] = SEVERITY_COUNT;
	e->rows[e->row_count++] = sum;
}

/* ---- Columns ----------------------------------------------------------------------------------------------------- */

static void add_column(struct effect *e, struct str title, enum pdf_align align)
{
	e->columns[e->column_count++] = (struct pdf_column){.title = title, .align = align};
}

#define ADD_NUMBERS(e, title_key, field)                                                                               \
	do {                                                                                                           \
		for (size_t row_ = 0; row_ < (e)->row_count; row_++)                                                   \
			(e)->cells[row_][(e)->column_count].text = report_number((e)->r, (e)->rows[row_].field);       \
		add_column((e), T((e)->r, title_key), PDF_RIGHT);                                                      \
	} while (0)

static void add_severities(struct effect *e)
{
	for (size_t i = 0; i < e->row_count; i++)
		e->cells[i][e->column_count] = e->severities[i] == SEVERITY_COUNT
		                                   ? cell_of(T(e->r, effect_all))
		                                   : cell_severity(e->r, e->severities[i]);
	add_column(e, T(e->r, effect_severity), PDF_LEFT);
}

static void add_fixed(struct effect *e)
{
	for (size_t i = 0; i < e->row_count; i++)
		e->cells[i][e->column_count].text =
		    SAY(e->r, effect_fixed_of, SLOT_N("n", e->rows[i].fixed), SLOT_N("verified", e->rows[i].verified));
	add_column(e, T(e->r, effect_fixed), PDF_RIGHT);
}

static void add_rerated(struct effect *e)
{
	if (!e->rerated) return;
	for (size_t i = 0; i < e->row_count; i++)
		e->cells[i][e->column_count].text = texts_signed(&e->r->texts, e->rows[i].rerated);
	add_column(e, T(e->r, effect_rerated), PDF_RIGHT);
}

static void add_common(struct effect *e)
{
	for (size_t i = 0; i < e->row_count; i++) {
		double percent;
		bool any = diff_percent(e->rows[i].common.before, e->rows[i].common.after, &percent);
		e->cells[i][e->column_count].text = any ? texts_percent(&e->r->texts, percent) : T(e->r, number_none);
	}
	add_column(e, T(e->r, effect_common), PDF_RIGHT);
}

static const float CELL_PADDING = 6.4F;

static float widest_word(struct pdf *pdf, enum pdf_face face, enum pdf_size size, struct str text)
{
	float widest = 0;
	while (text.len) {
		size_t end = 0;
		while (end < text.len && text.ptr[end] != ' ' && text.ptr[end] != '\n') end++;
		float width = pdf_text_width(pdf, face, size, str_slice(text, 0, end));
		if (width > widest) widest = width;
		text = str_slice(text, end + (end < text.len), text.len);
	}
	return widest;
}

/* Whole texts of all rows, or, where room is short, their widest words and not those of the sum. */
static float content_width(const struct effect *e, size_t c, enum pdf_size size, bool whole)
{
	struct pdf *pdf = e->r->pdf;
	float widest = 0;
	for (size_t i = 0; i + (whole ? 0 : 1) < e->row_count; i++) {
		const struct pdf_cell *cell = &e->cells[i][c];
		enum pdf_face face = i + 1 == e->row_count ? PDF_BOLD : PDF_TEXT;
		float width =
		    whole ? pdf_text_width(pdf, face, size, cell->text) : widest_word(pdf, face, size, cell->text);
		if (cell->symbol) width += pdf_symbol_advance(size);
		if (width > widest) widest = width;
	}
	return widest + CELL_PADDING;
}

/* Columns as wide as share of what they want, but not below the least. Returns the sum. */
static float share_width(struct effect *e, const float *least, const float *wanted, float share)
{
	float sum = 0;
	for (size_t c = 0; c < e->column_count; c++) {
		float width = CELL_PADDING + (wanted[c] - CELL_PADDING) * share;
		e->columns[c].width = width > least[c] ? width : least[c];
		sum += e->columns[c].width;
	}
	return sum;
}

/* Each column as wide as what is in it. If that is too much, numbers are squeezed, all by the same share; titles
 * and severities never. True if everything has the width that it wants. */
static bool settle_columns(struct effect *e, enum pdf_size size)
{
	float least[COLUMNS_MAX], wanted[COLUMNS_MAX], frame = pdf_width(e->r->pdf);
	for (size_t c = 0; c < e->column_count; c++) {
		least[c] = widest_word(e->r->pdf, PDF_BOLD, PDF_SMALL, e->columns[c].title) + CELL_PADDING;
		wanted[c] = content_width(e, c, size, true);
		if (c == 0 && wanted[c] > least[c]) least[c] = wanted[c];
	}
	float sum = share_width(e, least, wanted, 1);
	if (sum <= frame) {
		e->columns[0].width += frame - sum;
		return true;
	}
	for (size_t c = 1; c < e->column_count; c++) {
		bool words = str_find(e->cells[0][c].text, STR(" ")) != SIZE_MAX;
		wanted[c] = content_width(e, c, size, false);
		if (words && wanted[c] > least[c]) least[c] = wanted[c]; /* it will break, but not within a number */
	}
	float low = 0, high = 1;
	for (int i = 0; i < 20; i++) {
		float middle = (low + high) / 2;
		if (share_width(e, least, wanted, middle) <= frame)
			low = middle;
		else
			high = middle;
	}
	share_width(e, least, wanted, low);
	return false;
}

/* ---- Bars -------------------------------------------------------------------------------------------------------- */

static const float BAR_HEIGHT = 2.6F, BAR_GAP = 1, OUTLINE = 0.35F;

static float bars_height(void) { return 2 * BAR_HEIGHT + BAR_GAP + 1; }

/* One bar, hatched over the last part of it; something to see also where it is 0. */
static void draw_bar(struct pdf *pdf, float x, float top, float length, float hatched, enum pdf_ink ink)
{
	const float least = 0.8F;
	if (length < least) length = least;
	pdf_fill(pdf, x, top, length - hatched, BAR_HEIGHT, ink);
	if (hatched > 0) {
		pdf_hatch(pdf, x + length - hatched, top, hatched, BAR_HEIGHT, PDF_GREY);
		pdf_stroke(pdf, x + length - hatched, top, hatched, BAR_HEIGHT, OUTLINE, PDF_GREY);
	}
}

/* In the lower part of the row that was just drawn. */
static void draw_bars(struct effect *e, const struct effect_row *row, enum pdf_ink ink, float padding)
{
	struct pdf *pdf = e->r->pdf;
	const float inset = 3;
	float width = pdf_width(pdf) - 2 * inset, x = pdf_x(pdf) + inset;
	float top = pdf_y(pdf) - padding - 2 * BAR_HEIGHT - BAR_GAP;
	double scale = e->most ? (double)width / (double)e->most : 0;
	draw_bar(pdf, x, top, (float)((double)row->before * scale), (float)((double)row->not_reassessed * scale), ink);
	draw_bar(pdf, x, top + BAR_HEIGHT + BAR_GAP, (float)((double)row->after * scale), 0, ink);
}

static void draw_rows(struct effect *e, enum pdf_size size, bool bars, float padding)
{
	struct pdf_table_options options = {.size = size, .padding = padding};
	struct pdf_table table;
	pdf_table_begin(&table, e->r->pdf, e->columns, e->column_count, &options);
	for (size_t i = 0; i < e->row_count; i++) {
		bool sum = i + 1 == e->row_count;
		if (bars && !sum) e->cells[i][0].height = pdf_size_leading(size) + bars_height();
		pdf_table_row(&table, e->cells[i], sum ? PDF_ROW_SUM : PDF_ROW);
		if (bars && !sum) draw_bars(e, &e->rows[i], pdf_symbol_ink(e->cells[i][0].symbol), padding);
	}
	pdf_table_end(&table);
}

/* ---- What stands below ------------------------------------------------------------------------------------------- */

static void draw_legend(struct report *r)
{
	const struct pdf_legend legend[] = {
	    {PDF_INK, false, T(r, effect_legend_assessed)},
	    {PDF_INK, true, T(r, effect_legend_hatched)},
	};
	pdf_legend(r->pdf, legend, 2);
}

static struct str subjects_of(struct report *r, enum severity s)
{
	const struct change_of_severity *c = &r->result->diff.subjects[s];
	double percent;
	if (!(c->raw_before | c->raw_after)) return STR_EMPTY;
	bool common = diff_percent(c->before, c->after, &percent);
	struct str change = common ? texts_percent(&r->texts, percent) : T(r, number_none);
	return SAY(r, effect_subjects_of, SLOT("severity", report_word_severity(r, s)), SLOT_N("before", c->raw_before),
	           SLOT_N("after", c->raw_after), SLOT_N("common_before", c->before), SLOT_N("common_after", c->after),
	           SLOT("percent", change));
}

struct str report_subjects_line(struct report *r)
{
	struct str line = report_join(r, subjects_of(r, SEVERITY_CRITICAL), STR(" · "), subjects_of(r, SEVERITY_HIGH));
	return line.len ? line : T(r, effect_no_subjects);
}

static void draw_subjects(struct report *r)
{
	const struct pdf_run runs[] = {{.text = T(r, effect_subjects), .face = PDF_BOLD},
	                               {.text = report_subjects_line(r)}};
	const struct pdf_paragraph paragraph = {PDF_SMALL, PDF_LEFT, 2};
	pdf_runs(r->pdf, &paragraph, runs, 2);
}

void report_effect(struct report *r, bool bars, float padding)
{
	struct effect e = {.r = r};
	collect_rows(&e);
	add_severities(&e);
	ADD_NUMBERS(&e, effect_before, before);
	add_fixed(&e);
	ADD_NUMBERS(&e, effect_dismissed, dismissed);
	ADD_NUMBERS(&e, effect_not_reassessed, not_reassessed);
	e.columns[e.column_count - 1].shaded = true;
	ADD_NUMBERS(&e, effect_still, still);
	add_rerated(&e);
	ADD_NUMBERS(&e, effect_new, fresh);
	ADD_NUMBERS(&e, effect_newly_in_scope, newly_in_scope);
	ADD_NUMBERS(&e, effect_after, after);
	add_common(&e);
	enum pdf_size size = PDF_BODY;
	if (!settle_columns(&e, size)) settle_columns(&e, size = PDF_SMALL);
	bars = bars && e.most;
	pdf_section(r->pdf, T(r, effect_title), STR("effect"), true);
	draw_rows(&e, size, bars, padding);
	if (bars) draw_legend(r);
	pdf_space(r->pdf, 1.5F);
	draw_subjects(r);
}
