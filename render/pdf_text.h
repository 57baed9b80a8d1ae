/* pdf_text: bytes into letters, lines and blocks of text.
 *
 * Text is arbitrary bytes. Before anything is measured it is cleaned: a code point that the face has is drawn;
 * malformed UTF-8 becomes \x{FF}, byte by byte; what is invisible or steers the reading order (control, zero-width
 * and bidi characters, soft hyphens, variation selectors), private use, scripts that need shaping or run from right
 * to left, and code points outside the BMP or missing from the face become \u{1F600}. A tab is four spaces; CR LF,
 * CR, LF, U+2028 and U+2029 end a line (on a single line they are a space); no-break spaces don't break. So nothing
 * is ever shown as a blank that isn't one, and nothing changes the reading order. Text of more than PDF_TEXT_CODES
 * letters is cut and says so.
 *
 * A line breaks at a space. Only a word that is longer than a line breaks inside: after / \ - . _ : @ , ; = & ? | +
 * or, if there is none of these, anywhere (never before a combining mark). There is no hyphenation and no kerning.
 */
#ifndef DOSSIER_RENDER_PDF_TEXT_H
#define DOSSIER_RENDER_PDF_TEXT_H

#include "render/pdf_doc.h"

enum { PDF_TEXT_CODES = 20000 };

/* ---- Cleaning ---------------------------------------------------------------------------------------------------- */

/* Appends the cleaned text as UTF-8 on one line; more than `letters` code points (0: no limit of its own) end in an
 * ellipsis. */
void pdf_clean(struct pdf *pdf, enum pdf_face face, struct str text, size_t letters, struct buf *out);

/* ---- One line ---------------------------------------------------------------------------------------------------- */

struct pdf_style {
	enum pdf_face face;
	enum pdf_size size;
	enum pdf_ink ink;
};

/* The width of the text on one line. */
float pdf_text_width(struct pdf *pdf, enum pdf_face face, enum pdf_size size, struct str text);
/* Draws one line at x (or ending at x, or around x). If it is wider than max (0: no limit) it is cut and ends in an
 * ellipsis; true if it was cut. */
bool pdf_text_at(struct pdf *pdf, float x, float baseline, struct pdf_style style, enum pdf_align align, float max,
                 struct str text);

/* ---- Runs: text of several faces that wraps as one --------------------------------------------------------------- */

struct pdf_run {
	struct str text;
	enum pdf_face face;
	enum pdf_ink ink;
	struct str link; /* a mark's name: the run is a link (in PDF_ACCENT if ink is PDF_INK); empty: none */
	bool page_ref;   /* the text is followed by "p. 12" of the link's mark (and a space between if there is text) */
};

struct pdf_paragraph {
	enum pdf_size size;
	enum pdf_align align;
	unsigned max_lines; /* 0: no limit; what does not fit ends in an ellipsis */
};

/* The height of runs set in this width; *lines (may be NULL) gets the number of lines. */
float pdf_runs_height(struct pdf *pdf, float width, const struct pdf_paragraph *paragraph, const struct pdf_run *runs,
                      size_t n, unsigned *lines);
/* Draws them with the top of the first line at top; no page breaks. Returns the height. */
float pdf_runs_at(struct pdf *pdf, float x, float top, float width, const struct pdf_paragraph *paragraph,
                  const struct pdf_run *runs, size_t n);

/* ---- Blocks at the cursor; each leaves the cursor below itself --------------------------------------------------- */

/* Headings stay with what follows (about three lines). A section has a rule below it. Either makes a bookmark if
 * bookmark is true: a section at level 1, a subsection at level 2. A mark is set if mark is not empty. */
void pdf_section(struct pdf *pdf, struct str title, struct str mark, bool bookmark);
void pdf_subsection(struct pdf *pdf, struct str title, struct str mark, bool bookmark);
/* Break between lines, never leaving one line alone. */
void pdf_text(struct pdf *pdf, struct pdf_style style, struct str text);
void pdf_runs(struct pdf *pdf, const struct pdf_paragraph *paragraph, const struct pdf_run *runs, size_t n);

/* A list of terms and what they are: "Owner   platform-team". The value wraps, terms too. */
struct pdf_pair {
	struct str key;
	const struct pdf_run *runs; /* the value, or */
	size_t n;
	struct str value; /* when n is 0 */
};
/* key_width 0: as wide as the widest key, at most 40 % of the frame. */
void pdf_pairs(struct pdf *pdf, const struct pdf_pair *pairs, size_t n, float key_width);

/* A box that cannot be overlooked: coloured bar and border, a big word, a line below it, and bullets at the right.
 *
 *   +--+--------------------------------------------------------+
 *   |##|  NOT READY          * required evidence: ...           |
 *   |##|  2 of 9 rules fail  * expectations: ...                |
 *   +--+--------------------------------------------------------+
 *
 * Kept on one page; each item at most item_lines lines (0: no limit). */
struct pdf_callout_item {
	const struct pdf_run *runs;
	size_t n;
};
struct pdf_callout {
	enum pdf_ink ink;
	struct str word, below;
	const struct pdf_callout_item *items;
	size_t n;
	unsigned item_lines;
	struct str more; /* a last line in grey below the items ("and 3 more: p. 6"); empty: none */
};
void pdf_callout(struct pdf *pdf, const struct pdf_callout *callout);

/* Lines to sign on, side by side, with room above for ink and a small label below each. */
void pdf_signatures(struct pdf *pdf, const struct str *labels, size_t n);

/* ---- For pdf_doc and pdf_table: text laid out once, drawn later -------------------------------------------------- */

/* The document's scratch is a stack: who appends to it takes it back to where it was (pdf_scratch_mark, _release). */
struct pdf_line {
	uint32_t from, to; /* code units */
	uint32_t width;    /* in 1/1000 of the size, with the ellipsis */
	bool ellipsis;
};
struct pdf_span {
	uint32_t end;
	enum pdf_face face;
	const struct pdf_run *run;
};
struct pdf_scratch {
	uint16_t *codes;
	struct pdf_line *lines;
	struct pdf_span *spans;
	size_t code_count, code_capacity, line_count, line_capacity, span_count, span_capacity;
};
struct pdf_scratch_mark {
	size_t codes, lines, spans;
};
struct pdf_scratch_mark pdf_scratch_mark(struct pdf *pdf);
void pdf_scratch_release(struct pdf *pdf, struct pdf_scratch_mark mark);
void pdf_scratch_free(struct pdf_scratch *scratch);

/* Appends cleaned code units; line ends are '\n', or a space when one_line. */
void pdf_text_codes(struct pdf *pdf, enum pdf_face face, struct str text, bool one_line);

/* Runs laid out in a width. The runs must live as long as the layout. */
struct pdf_layout {
	enum pdf_size size;
	uint32_t first_line, lines, first_code, first_span;
	float width;
	float condensed; /* 0 counts as 1 */
	bool cut;        /* the last line ends in an ellipsis because there was more */
};
struct pdf_layout pdf_layout_runs(struct pdf *pdf, float width, enum pdf_size size, unsigned max_lines, bool one_line,
                                  const struct pdf_run *runs, size_t n);
/* For numbers: one line, condensed by up to 40 % if it has to be; what is wider still wraps,
 * and its words are condensed as far. */
#define PDF_CONDENSED 0.6F
struct pdf_layout pdf_layout_number(struct pdf *pdf, float width, enum pdf_size size, const struct pdf_run *run);
/* Draws lines [from, from + count) with the top of the first at top. */
void pdf_layout_draw(struct pdf *pdf, const struct pdf_layout *layout, uint32_t from, uint32_t count, float x,
                     float top, enum pdf_align align);
/* From the top of a line to its baseline. */
float pdf_size_baseline(enum pdf_size size);

#endif
