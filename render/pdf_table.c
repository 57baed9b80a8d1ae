/* How it works
 *
 * A row is laid out once: every cell's text is wrapped into the document's scratch, the tallest cell gives the
 * height, a page is begun (with the header) if it does not fit, and the lines found are drawn. Then the scratch is
 * taken back, so a row leaves nothing but what it drew.
 *
 *        x[0]        x[1]              x[2]     x[3]
 *         |  PAD_X  text  PAD_X |       |        |
 *   top ──┼─────────────────────┼───────┼────────┤  padding
 *         │ ■ critical          │ ...   │        │  lines of pdf_size_leading
 *   ──────┴─────────────────────┴───────┴────────┘  padding, hairline
 */
#include "render/pdf_table.h"

#include "render/pdf_text.h"

#include <math.h>
#include <string.h>

static const float PAD_X = 3, HEADER_PAD = 2.2F, HAIRLINE = 0.4F, HEADER_RULE = 0.6F;

static float padding(const struct pdf_table *t)
{
	if (t->options.padding > 0) return t->options.padding;
	return t->options.size == PDF_SMALL ? 1.9F : 2.4F;
}

static float least_row(const struct pdf_table *t) { return pdf_size_leading(t->options.size) + 2 * padding(t); }

/* ---- Columns ----------------------------------------------------------------------------------------------------- */

static float weight_of(const struct pdf_column *column) { return column->weight > 0 ? column->weight : 1; }

/* What the longest of some words takes, so that none is broken (unless it is absurdly long). */
static float words_width(struct pdf *pdf, enum pdf_face face, enum pdf_size size, struct str words)
{
	const float most = 110;
	float widest = 0;
	for (size_t from = 0; from < words.len;) {
		size_t to = from;
		while (to < words.len && words.ptr[to] != ' ' && words.ptr[to] != '\n') to++;
		float width = pdf_text_width(pdf, face, size, str_slice(words, from, to));
		if (width > widest) widest = width;
		from = to + 1;
	}
	return (widest > most ? most : widest) + 2 * PAD_X;
}

/* The least width of a column: of its title, and of the words that it is said to hold. */
static float least_width(const struct pdf_table *t, const struct pdf_column *column)
{
	const float rounding = 0.1F;
	float title = t->options.no_header ? 2 * PAD_X : words_width(t->pdf, PDF_BOLD, PDF_SMALL, column->title);
	float held = words_width(t->pdf, PDF_TEXT, t->options.size, column->holds) + rounding;
	if (column->symbols) held += pdf_symbol_advance(t->options.size);
	return held > title ? held : title;
}

/* Fixed columns first; a flexible one whose share would be under its minimum gets that, and the others share again. */
static void settle_widths(struct pdf_table *t, float frame, float *widths)
{
	bool settled[PDF_TABLE_COLUMNS] = {0};
	float total = 0, least[PDF_TABLE_COLUMNS];
	for (size_t i = 0; i < t->n; i++) {
		const struct pdf_column *column = &t->columns[i];
		float needed = least_width(t, column);
		settled[i] = column->width > 0;
		widths[i] = column->width > needed ? column->width : needed;
		least[i] = column->minimum > needed ? column->minimum : needed;
	}
	for (bool again = true; again;) {
		float rest = frame, weights = 0;
		again = false;
		for (size_t i = 0; i < t->n; i++) {
			if (settled[i])
				rest -= widths[i];
			else
				weights += weight_of(&t->columns[i]);
		}
		for (size_t i = 0; i < t->n && !again; i++) {
			if (settled[i]) continue;
			widths[i] = rest > 0 ? rest * weight_of(&t->columns[i]) / weights : 0;
			if (widths[i] >= least[i]) continue;
			widths[i] = least[i];
			settled[i] = again = true;
		}
	}
	for (size_t i = 0; i < t->n; i++) total += widths[i];
	if (total > frame)
		for (size_t i = 0; i < t->n; i++) widths[i] *= frame / total;
}

static float inner_width(const struct pdf_table *t, size_t from, size_t to)
{
	return t->x[to] - t->x[from] - 2 * PAD_X;
}

/* ---- Header ------------------------------------------------------------------------------------------------------ */

static void draw_header(struct pdf_table *t)
{
	struct pdf *pdf = t->pdf;
	const struct pdf_paragraph style = {PDF_SMALL, PDF_LEFT, 4};
	if (t->options.no_header) return;
	float top = pdf_y(pdf), bottom = top + t->header_height;
	for (size_t i = 0; i < t->n; i++) {
		const struct pdf_run run = {.text = t->columns[i].title, .face = PDF_BOLD, .ink = PDF_GREY};
		struct pdf_paragraph aligned = style;
		aligned.align = t->columns[i].align;
		float width = inner_width(t, i, i + 1);
		float height = pdf_runs_height(pdf, width, &aligned, &run, 1, NULL);
		pdf_runs_at(pdf, t->x[i] + PAD_X, bottom - HEADER_PAD - height, width, &aligned, &run, 1);
	}
	pdf_rule(pdf, t->x[0], bottom, t->x[t->n], bottom, HEADER_RULE, PDF_GREY);
	pdf_set_y(pdf, bottom);
	t->on_page = 0;
}

static float measure_header(struct pdf_table *t)
{
	const struct pdf_paragraph style = {PDF_SMALL, PDF_LEFT, 4};
	float tallest = 0;
	if (t->options.no_header) return 0;
	for (size_t i = 0; i < t->n; i++) {
		const struct pdf_run run = {.text = t->columns[i].title, .face = PDF_BOLD};
		float height = pdf_runs_height(t->pdf, inner_width(t, i, i + 1), &style, &run, 1, NULL);
		if (height > tallest) tallest = height;
	}
	return tallest + 2 * HEADER_PAD;
}

void pdf_table_begin(struct pdf_table *t, struct pdf *pdf, const struct pdf_column *columns, size_t n,
                     const struct pdf_table_options *options)
{
	static const struct pdf_table_options ORDINARY = {0};
	float widths[PDF_TABLE_COLUMNS];
	*t = (struct pdf_table){.pdf = pdf, .options = options ? *options : ORDINARY};
	if (n > PDF_TABLE_COLUMNS) pdf_fail(pdf, "a table has more columns than a page can hold");
	t->n = n < PDF_TABLE_COLUMNS ? n : PDF_TABLE_COLUMNS;
	if (n) memcpy(t->columns, columns, t->n * sizeof(*columns));
	settle_widths(t, pdf_width(pdf), widths);
	t->x[0] = pdf_x(pdf);
	for (size_t i = 0; i < t->n; i++) t->x[i + 1] = t->x[i] + widths[i];
	t->header_height = measure_header(t);
	pdf_space(pdf, 2);
}

/* Caption and header, on the page on which there is room for the first row too. */
static void begin_rows(struct pdf_table *t, float row)
{
	struct pdf *pdf = t->pdf;
	const struct pdf_paragraph style = {PDF_SMALL, PDF_LEFT, 3};
	const struct pdf_run caption = {.text = t->options.caption, .ink = PDF_GREY};
	float height = caption.text.len ? pdf_runs_height(pdf, pdf_width(pdf), &style, &caption, 1, NULL) + 2 : 0;
	float least = 2 * least_row(t), most = pdf_height(pdf) - height - t->header_height;
	if (row < least) row = least;
	pdf_need(pdf, height + t->header_height + (row < most ? row : least));
	if (height > 0) {
		pdf_runs_at(pdf, pdf_x(pdf), pdf_y(pdf), pdf_width(pdf), &style, &caption, 1);
		pdf_set_y(pdf, pdf_y(pdf) + height);
	}
	draw_header(t);
	t->begun = true;
}

/* ---- Rows -------------------------------------------------------------------------------------------------------- */

struct placed {
	struct pdf_layout text;
	struct pdf_run run;
	float x, width, height; /* of the area inside the padding */
	float symbol;           /* room taken by a symbol before the text */
	bool spanned;           /* covered by the cell to the left */
};

static float cell_height(const struct pdf_table *t, const struct pdf_cell *cell, const struct pdf_layout *text)
{
	float leading = pdf_size_leading(t->options.size), height = 0;
	switch (cell->kind) {
	case PDF_CELL_TEXT: height = leading * (float)(text->lines ? text->lines : 1); break;
	case PDF_CELL_BARS: height = cell->height > 0 ? cell->height : pdf_bars_height(); break;
	case PDF_CELL_PAGE: height = leading; break;
	case PDF_CELL_DRAW:
	case PDF_CELL_SPAN: break;
	}
	return height > cell->height ? height : cell->height;
}

static void place_cell(struct pdf_table *t, const struct pdf_cell *cells, size_t i, enum pdf_row kind, struct placed *p)
{
	const struct pdf_column *column = &t->columns[i];
	const struct pdf_cell *cell = &cells[i];
	enum pdf_size size = t->options.size;
	bool bold = (cell->bold || kind != PDF_ROW) && column->face != PDF_MONO;
	size_t to = i + 1;
	while (to < t->n && cells[to].kind == PDF_CELL_SPAN) to++;
	*p = (struct placed){
	    .x = t->x[i] + PAD_X, .width = inner_width(t, i, to), .spanned = cell->kind == PDF_CELL_SPAN};
	if (p->spanned) return;
	if (cell->kind == PDF_CELL_TEXT) {
		p->symbol = cell->symbol ? pdf_symbol_advance(size) : 0;
		p->run = (struct pdf_run){
		    .text = cell->text, .face = bold ? PDF_BOLD : column->face, .ink = cell->ink, .link = cell->link};
		float width = p->width - p->symbol;
		if (column->align == PDF_RIGHT && !column->ellipsis && !column->max_lines)
			p->text = pdf_layout_number(t->pdf, width, size, &p->run);
		else
			p->text = pdf_layout_runs(t->pdf, width, size, column->ellipsis ? 1 : column->max_lines,
			                          column->ellipsis, &p->run, 1);
	}
	t->cut += p->text.cut;
	p->height = cell_height(t, cell, &p->text);
}

static void draw_symbol(const struct pdf_table *t, const struct pdf_cell *cell, float x, float top)
{
	float side = pdf_symbol_side(t->options.size);
	float middle = top + pdf_size_baseline(t->options.size) - pdf_size_points(t->options.size) * 0.36F;
	pdf_symbol(t->pdf, x, middle - side / 2, side, cell->symbol);
}

/* Lines [from, from + count) of a cell's text, or what else the cell holds. */
static void draw_cell(struct pdf_table *t, size_t i, const struct pdf_cell *cell, struct placed *p, float top,
                      float area, uint32_t from, uint32_t count)
{
	enum pdf_size size = t->options.size;
	float y = t->options.middle && p->height < area ? top + (area - p->height) / 2 : top;
	switch (cell->kind) {
	case PDF_CELL_TEXT:
		if (from == 0 && cell->symbol) draw_symbol(t, cell, p->x, y);
		pdf_layout_draw(t->pdf, &p->text, from, count, p->x + p->symbol, y, t->columns[i].align);
		break;
	case PDF_CELL_BARS:
		if (from == 0) pdf_bars(t->pdf, p->x, y, p->width, p->height, &cell->bars);
		break;
	case PDF_CELL_DRAW:
		if (from == 0 && cell->draw && !pdf_measuring(t->pdf))
			cell->draw(t->pdf, cell->context, p->x, top, p->width, area);
		break;
	case PDF_CELL_PAGE: {
		float room = pdf_page_ref_width(t->pdf, size, cell->link), x = p->x;
		if (t->columns[i].align == PDF_RIGHT) x += p->width - room;
		if (t->columns[i].align == PDF_CENTRE) x += (p->width - room) / 2;
		if (from == 0)
			pdf_page_ref(t->pdf, x, y + pdf_size_baseline(size), size, PDF_ACCENT, t->columns[i].align,
			             cell->link);
		break;
	}
	case PDF_CELL_SPAN: break;
	}
}

static void draw_background(struct pdf_table *t, enum pdf_row kind, float top, float height)
{
	struct pdf *pdf = t->pdf;
	float left = t->x[0], right = t->x[t->n];
	float fill_top = t->on_page == 0 ? top + HEADER_RULE / 2 : top; /* the header's rule stays whole */
	if (kind == PDF_ROW_GROUP || (kind == PDF_ROW && t->options.zebra && t->on_page % 2 == 1))
		pdf_fill(pdf, left, fill_top, right - left, top + height - fill_top, PDF_SHADE);
	for (size_t i = 0; i < t->n && kind == PDF_ROW; i++)
		if (t->columns[i].shaded) pdf_hatch(pdf, t->x[i], top, t->x[i + 1] - t->x[i], height, PDF_LINE);
	if (kind == PDF_ROW_SUM)
		pdf_rule(pdf, left, top, right, top, 0.7F, PDF_INK);
	else if (!t->options.zebra)
		pdf_rule(pdf, left, top + height, right, top + height, HAIRLINE, PDF_LINE);
}

static void draw_row(struct pdf_table *t, const struct pdf_cell *cells, struct placed *placed, enum pdf_row kind,
                     float height, uint32_t from, uint32_t count)
{
	float top = pdf_y(t->pdf), pad = padding(t);
	draw_background(t, kind, top, height);
	for (size_t i = 0; i < t->n; i++)
		if (!placed[i].spanned)
			draw_cell(t, i, &cells[i], &placed[i], top + pad, height - 2 * pad, from, count);
	pdf_set_y(t->pdf, top + height);
	t->on_page++;
}

static void next_page(struct pdf_table *t)
{
	pdf_new_page(t->pdf);
	draw_header(t);
}

/* A row that no page can hold: as many lines as fit, page after page. */
static void draw_tall_row(struct pdf_table *t, const struct pdf_cell *cells, struct placed *placed, enum pdf_row kind,
                          uint32_t lines)
{
	float leading = pdf_size_leading(t->options.size), pad = padding(t);
	if (pdf_room(t->pdf) < 4 * leading + 2 * pad) next_page(t);
	for (uint32_t done = 0; done < lines;) {
		float fit = floorf((pdf_room(t->pdf) - 2 * pad) / leading);
		uint32_t here = fit < 1 ? 1 : fit > (float)(lines - done) ? lines - done : (uint32_t)fit;
		draw_row(t, cells, placed, kind, (float)here * leading + 2 * pad, done, here);
		done += here;
		if (done < lines) next_page(t);
		if (!pdf_ok(t->pdf)) return;
	}
}

void pdf_table_row(struct pdf_table *t, const struct pdf_cell *cells, enum pdf_row kind)
{
	struct pdf *pdf = t->pdf;
	struct placed placed[PDF_TABLE_COLUMNS];
	struct pdf_scratch_mark mark = pdf_scratch_mark(pdf);
	float height = 0, pad = padding(t);
	uint32_t lines = 1;
	if (!pdf_ok(pdf)) return;
	for (size_t i = 0; i < t->n; i++) {
		place_cell(t, cells, i, kind, &placed[i]);
		if (placed[i].height > height) height = placed[i].height;
		if (placed[i].text.lines > lines) lines = placed[i].text.lines;
	}
	height += 2 * pad + (kind == PDF_ROW ? t->options.below : 0);
	if (!t->begun) begin_rows(t, kind == PDF_ROW_GROUP ? height + least_row(t) : height);
	if (height > pdf_height(pdf) - t->header_height && !pdf_measuring(pdf)) {
		draw_tall_row(t, cells, placed, kind, lines);
	} else {
		if (pdf_need(pdf, kind == PDF_ROW_GROUP ? height + least_row(t) : height)) draw_header(t);
		draw_row(t, cells, placed, kind, height, 0, lines);
	}
	pdf_scratch_release(pdf, mark);
	t->rows++;
}

void pdf_table_end(struct pdf_table *t)
{
	if (!t->begun) begin_rows(t, 0);
	pdf_space(t->pdf, 5);
}
