/* pdf_table: tables as long as you like. Rows are given one after another and drawn at once; nothing is kept.
 *
 *   the first 500 of 121,034, by severity          caption
 *   severity    rule            subject   first    header, on every page again
 *   ---------------------------------------------
 *   # critical  CVE-2025-1234   nginx:1   03-01    a row never breaks across pages, unless it is taller than a page
 *   . . . . . . . . . . . . . . . . . . . . . . .  hairlines (or zebra)
 *
 * A table fits the frame it is begun in. Column widths are settled when it begins: fixed ones first, then the
 * flexible ones share the rest by weight, none below its minimum; none is narrower than the longest word of its
 * title. If that is too much, all shrink in proportion.
 *
 * Numbers stand right: text in a PDF_RIGHT column is kept on one line, condensed by up to 40 % if it has to be,
 * before it wraps (unless ellipsis or max_lines is asked for).
 */
#ifndef DOSSIER_RENDER_PDF_TABLE_H
#define DOSSIER_RENDER_PDF_TABLE_H

#include "render/pdf_chart.h"
#include "render/pdf_doc.h"

enum { PDF_TABLE_COLUMNS = 16 };

struct pdf_column {
	struct str title;
	float width;   /* points; 0: flexible */
	float weight;  /* of a flexible column; 0 counts as 1 */
	float minimum; /* of a flexible column, points */
	enum pdf_align align;
	enum pdf_face face;
	bool ellipsis;      /* one line that ends in an ellipsis if it is too long; otherwise text wraps */
	unsigned max_lines; /* when wrapping: 0 is no limit, else the last line ends in an ellipsis */
	struct str holds;   /* words, separated by blanks, none of which it may break; in the face PDF_TEXT */
	bool symbols;       /* before each of these stands a symbol */
	bool shaded;        /* the column's background is hatched lightly: what it holds was not looked at */
};

enum pdf_cell_kind {
	PDF_CELL_TEXT, /* text, after a symbol if there is one */
	PDF_CELL_BARS, /* two bars, before and after, as high as height says */
	PDF_CELL_DRAW, /* draw() gets the cell's area (without padding) */
	PDF_CELL_SPAN, /* nothing: the cell to the left is this much wider (text only) */
	PDF_CELL_PAGE, /* "p. 12" of the mark in link */
};

struct pdf_cell {
	struct str text;
	enum pdf_cell_kind kind;
	enum pdf_symbol symbol; /* colour and shape; the word is the text's */
	enum pdf_ink ink;
	bool bold;
	struct str link; /* a mark: the text is a link */
	struct pdf_bars bars;
	void (*draw)(struct pdf *pdf, void *context, float x, float top, float width, float height);
	void *context;
	float height; /* least height of the cell's area; for draw and bars */
};

enum pdf_row {
	PDF_ROW,
	PDF_ROW_SUM,   /* bold, a dark rule above */
	PDF_ROW_GROUP, /* bold, shaded: a heading inside the table; stays with the next row */
};

struct pdf_table_options {
	struct str caption; /* a small grey line above: "the first 500 of 121,034"; empty: none */
	enum pdf_size size; /* PDF_BODY or PDF_SMALL */
	bool zebra;         /* else hairlines */
	bool no_header;
	bool middle;   /* cells stand in the middle of their row's height; else at its top */
	float padding; /* above and below a cell's text; 0: what suits the size */
	float below;   /* more room below the cells of each PDF_ROW, for what the caller draws there */
};

/* The table's state; yours to hold (on the stack), not to touch. Titles in columns must live until pdf_table_end. */
struct pdf_table {
	struct pdf *pdf;
	struct pdf_table_options options;
	struct pdf_column columns[PDF_TABLE_COLUMNS];
	float x[PDF_TABLE_COLUMNS + 1];
	size_t n;
	float header_height;
	bool begun;             /* caption and header are drawn, with the first row */
	uint64_t rows, on_page; /* given; drawn below the header of this page */
	uint64_t cut;           /* yours to read: cells whose text ends in an ellipsis */
};

/* options may be NULL. More columns than PDF_TABLE_COLUMNS are a sticky error. */
void pdf_table_begin(struct pdf_table *table, struct pdf *pdf, const struct pdf_column *columns, size_t n,
                     const struct pdf_table_options *options);
/* cells: as many as there are columns. */
void pdf_table_row(struct pdf_table *table, const struct pdf_cell *cells, enum pdf_row kind);
void pdf_table_end(struct pdf_table *table);

#endif
