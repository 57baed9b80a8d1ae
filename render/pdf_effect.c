/* The table of page 1, one row for each severity, made so that a reader can add up along it:
 *
 *   open before − fixed − dismissed − not reassessed = still open
 *   still open ± re-rated + new, reopened + newly in scope = open after
 *
 * Each severity has two bars, all on one scale: above what was open before (hatched where it was not assessed again),
 * below what is open after. They stand in a column of their own if the numbers leave room for one, else below the
 * numbers.
 *
 * What was open before counts under its severity before, what is open after under its severity after; where those
 * differ, the column "re-rated" says by how much, and is there only then, as "newly in scope" is only where
 * something is.
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

enum { COLUMNS_MAX = 13, ROWS_MAX = SEVERITY_COUNT + 1 };

struct effect {
	struct report *r;
	struct effect_row rows[ROWS_MAX];
	enum severity severities[ROWS_MAX]; /* SEVERITY_COUNT: all */
	size_t row_count;
	bool rerated, newly; /* some are */
	uint64_t most;       /* what the longest bar stands for; 0: there are none */
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
		e->newly = e->newly || row.newly_in_scope;
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

/* Whole texts of all rows, or, where room is short, their widest words. */
static float content_width(const struct effect *e, size_t c, enum pdf_size size, bool whole)
{
	struct pdf *pdf = e->r->pdf;
	float widest = 0;
	for (size_t i = 0; i < e->row_count; i++) {
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

/* No title breaks within a word, and no number at all: where room is short it is condensed, and a second number goes
 * to the next line. */
static float least_width(const struct effect *e, size_t c, enum pdf_size size)
{
	float title = widest_word(e->r->pdf, PDF_BOLD, PDF_SMALL, e->columns[c].title) + CELL_PADDING;
	float content = content_width(e, c, size, c == 0);
	if (c > 0) content = CELL_PADDING + (content - CELL_PADDING) * PDF_CONDENSED;
	return title > content ? title : content;
}

/* Each column as wide as what is in it; if that is too much, all are squeezed by the same share. Returns what is left of
 * the frame, less than 0 if they were. */
static float settle_columns(struct effect *e, enum pdf_size size)
{
	float least[COLUMNS_MAX], wanted[COLUMNS_MAX], frame = pdf_width(e->r->pdf);
	for (size_t c = 0; c < e->column_count; c++) {
		least[c] = least_width(e, c, size);
		wanted[c] = content_width(e, c, size, true);
	}
	float left = frame - share_width(e, least, wanted, 1), low = 0, high = 1;
	for (int i = 0; i < 20 && left < 0; i++) {
		float middle = (low + high) / 2;
		if (share_width(e, least, wanted, middle) <= frame)
			low = middle;
		else
			high = middle;
	}
	if (left < 0) share_width(e, least, wanted, low);
	return left;
}

/* ---- Bars -------------------------------------------------------------------------------------------------------- */

static const float BARS_BELOW = 7, BARS_LEAST = 64, BARS_MOST = 150;

static struct pdf_bars bars_of(const struct effect *e, size_t i)
{
	const struct effect_row *row = &e->rows[i];
	return (struct pdf_bars){(double)row->before, (double)row->not_reassessed, (double)row->after, (double)e->most,
	                         pdf_symbol_ink(e->cells[i][0].symbol)};
}

/* In the lower part of the row that was just drawn, right of the severity. */
static void draw_bars_below(struct effect *e, size_t i, float padding)
{
	struct pdf *pdf = e->r->pdf;
	const struct pdf_bars bars = bars_of(e, i);
	float from = e->columns[0].width + CELL_PADDING / 2, width = pdf_width(pdf) - from - CELL_PADDING / 2;
	pdf_bars(pdf, pdf_x(pdf) + from, pdf_y(pdf) - padding - BARS_BELOW, width, BARS_BELOW, &bars);
}

/* Takes what the numbers leave; the first column gets what bars need not have. True if it is enough for bars. */
static bool add_bars(struct effect *e, enum pdf_size size, float left)
{
	float width = left < BARS_LEAST ? 0 : left < BARS_MOST ? left : BARS_MOST;
	if (!e->most) width = 0;
	if (left > width) e->columns[0].width += left - width;
	if (width <= 0) return false;
	for (size_t i = 0; i + 1 < e->row_count; i++)
		e->cells[i][e->column_count] = (struct pdf_cell){
		    .kind = PDF_CELL_BARS, .bars = bars_of(e, i), .height = pdf_size_leading(size) * 0.84F};
	add_column(e, T(e->r, effect_bars), PDF_LEFT);
	e->columns[e->column_count - 1].width = width;
	return true;
}

static void draw_rows(struct effect *e, enum pdf_size size, bool below, float padding)
{
	const struct pdf_table_options options = {
	    .size = size, .padding = padding, .middle = !below, .below = below ? BARS_BELOW : 0};
	struct pdf_table table;
	pdf_table_begin(&table, e->r->pdf, e->columns, e->column_count, &options);
	for (size_t i = 0; i < e->row_count; i++) {
		bool sum = i + 1 == e->row_count;
		pdf_table_row(&table, e->cells[i], sum ? PDF_ROW_SUM : PDF_ROW);
		if (below && !sum) draw_bars_below(e, i, padding);
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

void report_effect(struct report *r, bool legend, float padding)
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
	if (e.newly) ADD_NUMBERS(&e, effect_newly_in_scope, newly_in_scope);
	ADD_NUMBERS(&e, effect_after, after);
	add_common(&e);
	enum pdf_size size = PDF_BODY;
	float left = settle_columns(&e, size);
	if (left < 0) left = settle_columns(&e, size = PDF_SMALL);
	bool beside = add_bars(&e, size, left);
	pdf_section(r->pdf, T(r, effect_title), STR("effect"), true);
	draw_rows(&e, size, e.most && !beside, padding);
	if (legend && e.most) draw_legend(r);
	pdf_space(r->pdf, 1.5F);
	draw_subjects(r);
}
