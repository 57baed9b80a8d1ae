/* pdf_doc: one PDF/A-1b document made with libharu: fonts, pages, cursor, marks, links, bookmarks, metadata, saving.
 *
 * The lowest of four files that know nothing of findings: pdf_doc (this one), pdf_text (text and blocks of text),
 * pdf_table (tables), pdf_chart (symbols and bars). The report is written against their headers.
 *
 * Units are points (1/72 inch). x grows to the right, y grows DOWN from the top edge of the page; a text's y is its
 * baseline unless a function says "top".
 *
 * Errors are sticky: a function that draws returns nothing; the first thing that fails (libharu, too many pages) is
 * kept, everything after it does nothing, and pdf_save tells it. So a report has one place that looks at errors.
 *
 * Memory: struct pdf owns everything; strings given to it are copied or drawn before the call returns. What is kept
 * for a page is its compressed content (a few KB) and its links; nothing is kept for a row of a table. One document
 * belongs to one thread; several documents may be made at once on several threads.
 *
 * The same calls give the same bytes: nothing of the clock, locale, file system or address space enters the file.
 */
#ifndef DOSSIER_RENDER_PDF_DOC_H
#define DOSSIER_RENDER_PDF_DOC_H

#include "core/buf.h"
#include "core/error.h"
#include "core/instant.h"
#include "core/str.h"

struct pdf;

/* ---- What a document is made of ---------------------------------------------------------------------------------- */

enum pdf_paper { PDF_A4, PDF_LETTER };

/* The three faces. 0 is the text face, so that a zeroed struct means "ordinary text". */
enum pdf_face { PDF_TEXT, PDF_BOLD, PDF_MONO };
enum { PDF_FACES = 3 };

/* Two sizes for text, three for headings. */
enum pdf_size { PDF_BODY, PDF_SMALL, PDF_TITLE, PDF_SECTION, PDF_SUBSECTION };
enum { PDF_SIZES = 5 };
float pdf_size_points(enum pdf_size size);
/* From one baseline to the next. */
float pdf_size_leading(enum pdf_size size);

/* The palette. Every ink meant for text has at least 4.5:1 on white and on PDF_SHADE (WCAG AA), and no two severities
 * have the same grey. */
enum pdf_ink {
	PDF_INK,       /* near black: text */
	PDF_GREY,      /* labels, footers */
	PDF_ACCENT,    /* the one accent: dark blue; links */
	PDF_RED,       /* critical; not ready, not met */
	PDF_ORANGE,    /* high */
	PDF_OCHRE,     /* medium */
	PDF_BLUE_GREY, /* low, info */
	PDF_GREEN,     /* ready, met */
	PDF_WHITE,
	PDF_LINE,  /* hairlines (not for text) */
	PDF_SHADE, /* zebra, shaded columns (not for text) */
	PDF_HATCH, /* the lines of a hatched area (not for text) */
};
enum { PDF_INKS = 12 };

enum pdf_align { PDF_LEFT, PDF_RIGHT, PDF_CENTRE };

/* A file that the document embeds. It must be a regular file; sha256 is 64 lower-case hex digits that its bytes must
 * have, or NULL to take it as it is (libharu's TrueType reader trusts the font: no check only for a font you trust).
 * The bytes that were hashed are the bytes that are used. */
struct pdf_resource {
	const char *path;
	const char *sha256;
};

struct pdf_resources {
	struct pdf_resource faces[PDF_FACES]; /* TrueType, by enum pdf_face */
	struct pdf_resource icc;              /* an RGB profile: the output intent */
};

/* fonts-dejavu-core 2.37 and icc-profiles-free 2.0.1 as Debian 12 ships them. */
extern const struct pdf_resources pdf_resources_debian;

/* Everything is copied. Empty strings are fine. Text is cleaned like all text (pdf_text.h). */
struct pdf_options {
	enum pdf_paper paper;
	struct str title;           /* metadata: the document's title (cut after 300 code points) */
	struct str subject;         /* metadata */
	struct str creator;         /* metadata: the program and version, e.g. "dossier 0.1.0" */
	struct str language;        /* RFC 3066 tag, e.g. "en", "de-AT"; empty: "en" */
	struct instant_parts as_of; /* metadata: creation and modification date, UTC, years 1 to 9999 */
	unsigned char id[16];       /* the file's /ID: derive it from the content */
	struct str header_left;     /* marking, letter-spaced: "INTERNAL — CHANGE EVIDENCE" */
	struct str header_right;    /* "CHG-2041 · 2026-03-09" */
	struct str footer_left, footer_centre;
	struct str footer_mark; /* optional: after footer_centre comes " p. N" of this mark, as a link */
	struct str word_page;   /* before a page number in the text, at most 12 letters; empty: "p." */
	struct str word_of;     /* between n and m in the footer, at most 12 letters; empty: "of" */
	unsigned max_pages;     /* more is an error; 0: 2000, at most 30,000 */
};

/* NULL with *error (ERROR_SYSTEM; ERROR_INPUT for options that make no sense) when it cannot be made. The first page
 * is there, the cursor at its top. */
struct pdf *pdf_new(const struct pdf_options *options, const struct pdf_resources *resources, struct error *error);
/* Draws headers, footers and page references, then gives the file in pieces to write(), which returns false (with
 * *error filled in) to stop. Once per document; afterwards only pdf_free and the questions below are allowed. */
typedef bool pdf_write_fn(void *context, const void *bytes, size_t len, struct error *error);
bool pdf_save(struct pdf *pdf, pdf_write_fn *write, void *context, struct error *error);
void pdf_free(struct pdf *pdf); /* NULL is fine */

/* Makes a (sticky) ERROR_SYSTEM of its own, for the layers above. */
void pdf_fail(struct pdf *pdf, const char *message);
bool pdf_ok(const struct pdf *pdf);              /* false after the first error */
unsigned pdf_page_number(const struct pdf *pdf); /* 1-based: the page the cursor is on */
/* After pdf_save: how many links led to a mark that was never set (they print "p. –" and lead nowhere), and the name
 * of the first of them in *first (may be NULL). */
unsigned pdf_dangling(const struct pdf *pdf, struct str *first);

/* ---- The cursor -------------------------------------------------------------------------------------------------- */

/* The frame is the area text flows in: the page between its margins, or a column. The cursor is its y. */
float pdf_x(const struct pdf *pdf);      /* left edge of the frame */
float pdf_width(const struct pdf *pdf);  /* width of the frame */
float pdf_y(const struct pdf *pdf);      /* the cursor */
float pdf_room(const struct pdf *pdf);   /* from the cursor to the bottom of the frame */
float pdf_height(const struct pdf *pdf); /* of a whole, empty frame */
void pdf_set_y(struct pdf *pdf, float y);
void pdf_space(struct pdf *pdf, float points); /* moves down; does nothing at the top of a page */
/* Begins a new page unless this much room is left, or the page is still empty. True if it did. */
bool pdf_need(struct pdf *pdf, float height);
void pdf_new_page(struct pdf *pdf); /* always */

/* A part of the document as a function. It is called several times, the first times only to measure: it must do the
 * same each time, and keep no state between calls. */
typedef void pdf_draw_fn(struct pdf *pdf, void *context);
/* The height it takes in a frame of this width, were the frame endless. */
float pdf_measure(struct pdf *pdf, float width, pdf_draw_fn *draw, void *context);
bool pdf_measuring(const struct pdf *pdf);
/* Keeps it on one page if a page can hold it. */
void pdf_keep(struct pdf *pdf, pdf_draw_fn *draw, void *context);
/* Side by side, each in a frame of its share of the width; then the cursor is below the tallest. All are measured
 * first and go to the next page together; if even an empty page is too short they come one below the other, in full
 * width. */
struct pdf_part {
	pdf_draw_fn *draw;
	void *context;
	float weight; /* share of the width; 0 counts as 1 */
};
void pdf_columns(struct pdf *pdf, const struct pdf_part *parts, size_t n, float gap);
/* A narrower frame until pdf_outdent with the same number. Nests. */
void pdf_indent(struct pdf *pdf, float points);
void pdf_outdent(struct pdf *pdf, float points);

/* ---- Marks, links, bookmarks ------------------------------------------------------------------------------------- */

/* A mark is a place with a name (any bytes). Setting the same name twice keeps the first place. */
void pdf_mark(struct pdf *pdf, struct str name);
/* A bookmark to the cursor, level 1 or 2 (a level 2 without a level 1 before it counts as 1). Titles are cut after 200
 * code points. */
void pdf_bookmark(struct pdf *pdf, unsigned level, struct str title);
/* Makes an area lead to a mark that may be set later. */
void pdf_link_to(struct pdf *pdf, float x, float top, float width, float height, struct str mark);
/* Draws "p. 12" late, when the mark's page is known, and makes it a link. pdf_page_ref_width is the width it is
 * given: the true one if the mark is set already, else room for two digits (more are condensed); the text stands
 * left (or right) in it. An empty mark is one that is not set. */
float pdf_page_ref_width(struct pdf *pdf, enum pdf_size size, struct str mark);
void pdf_page_ref(struct pdf *pdf, float x, float baseline, enum pdf_size size, enum pdf_ink ink, enum pdf_align align,
                  struct str mark);

/* ---- Drawing ----------------------------------------------------------------------------------------------------- */

/* Nothing is drawn while measuring. Widths and heights under 0 draw nothing. */
void pdf_fill(struct pdf *pdf, float x, float top, float width, float height, enum pdf_ink ink);
void pdf_stroke(struct pdf *pdf, float x, float top, float width, float height, float line, enum pdf_ink ink);
void pdf_rule(struct pdf *pdf, float x1, float y1, float x2, float y2, float line, enum pdf_ink ink);
/* Diagonal lines, cut at the edges. */
void pdf_hatch(struct pdf *pdf, float x, float top, float width, float height, enum pdf_ink ink);
struct pdf_point {
	float x, y;
};
void pdf_polygon(struct pdf *pdf, const struct pdf_point *points, size_t n, enum pdf_ink ink);
void pdf_disc(struct pdf *pdf, float x, float y, float radius, enum pdf_ink ink);
void pdf_ring(struct pdf *pdf, float x, float y, float radius, float line, enum pdf_ink ink);

/* Text as code points of the BMP that the face has (what pdf_text.h makes); spacing is added after each letter. */
void pdf_glyphs(struct pdf *pdf, float x, float baseline, enum pdf_face face, float points, float spacing,
                enum pdf_ink ink, const uint16_t *codes, size_t n);
/* The width of the letters that follow, 1 = as the font has them. Who changes it sets it back. */
void pdf_condense(struct pdf *pdf, float factor);
/* Advance widths in 1/1000 of the size, by code point of the BMP; PDF_NO_GLYPH where the face has none or where it
 * must not be drawn (see pdf_text.h). */
#define PDF_NO_GLYPH UINT16_MAX
const uint16_t *pdf_advances(const struct pdf *pdf, enum pdf_face face);

/* The document's scratch area for text (pdf_text.h). */
struct pdf_scratch;
struct pdf_scratch *pdf_scratch(struct pdf *pdf);

#endif
