/* pdf_chart: symbols that carry a meaning without colour, and small charts that fit into a cell. */
#ifndef DOSSIER_RENDER_PDF_CHART_H
#define DOSSIER_RENDER_PDF_CHART_H

#include "render/pdf_doc.h"

/* Shape and ink always go together, and a word stands next to them. */
enum pdf_symbol {
	PDF_SYMBOL_NONE,
	PDF_SYMBOL_CRITICAL, /* filled square, dark red */
	PDF_SYMBOL_HIGH,     /* diamond, orange */
	PDF_SYMBOL_MEDIUM,   /* disc, ochre */
	PDF_SYMBOL_LOW,      /* triangle, blue-grey */
	PDF_SYMBOL_INFO,     /* ring, blue-grey */
	PDF_SYMBOL_UNKNOWN,  /* hollow square, grey */
	PDF_SYMBOL_MET,      /* check mark, green */
	PDF_SYMBOL_NOT_MET,  /* cross, red */
	PDF_SYMBOL_OPEN,     /* question mark, grey: cannot be told */
	PDF_SYMBOL_PARTLY,   /* half-filled disc, ochre */
};
enum { PDF_SYMBOLS = 11 };

enum pdf_ink pdf_symbol_ink(enum pdf_symbol symbol);
/* Drawn in a square of this side; _in: in another ink, on a coloured ground. No symbol is text. */
void pdf_symbol(struct pdf *pdf, float x, float top, float side, enum pdf_symbol symbol);
void pdf_symbol_in(struct pdf *pdf, float x, float top, float side, enum pdf_symbol symbol, enum pdf_ink ink);
/* Side and the gap after it, for text of this size. */
float pdf_symbol_side(enum pdf_size size);
float pdf_symbol_advance(enum pdf_size size);

/* Two bars, one above the other, on one scale: before (hatched where it was not assessed again) and after. Both and the
 * gap between take up the height that is given.
 *
 *   [#######////////////]      before = solid + hatched
 *   [###]                      after
 */
struct pdf_bars {
	double before, hatched, after; /* hatched is a part of before */
	double max;                    /* what the full width stands for; 0: nothing is drawn */
	enum pdf_ink ink;
};
float pdf_bars_height(void); /* what looks well in a cell of its own */
void pdf_bars(struct pdf *pdf, float x, float top, float width, float height, const struct pdf_bars *bars);

/* Small boxes with their meaning, on one line at the cursor: solid = assessed, hatched = not reassessed. */
struct pdf_legend {
	enum pdf_ink ink;
	bool hatched;
	struct str text;
};
void pdf_legend(struct pdf *pdf, const struct pdf_legend *entries, size_t n);

/* A strip of parts, each as long as its share; hatched ones are hatched. In the middle of each that is wide enough for it
 * stands its symbol, in white. Parts of no length are left out. */
struct pdf_strip_part {
	double value;
	enum pdf_ink ink;
	bool hatched;
	enum pdf_symbol symbol; /* PDF_SYMBOL_NONE: none */
};
void pdf_strip(struct pdf *pdf, float x, float top, float width, float height, const struct pdf_strip_part *parts,
               size_t n);

#endif
