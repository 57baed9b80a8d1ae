/* pdf_private: one document from the inside: what pdf_doc.c, pdf_draw.c, pdf_fonts.c and pdf_conform.c share. Nobody else
 * includes it but the test of the fonts: text, tables and the report are written against render/pdf_doc.h.
 *
 *   pdf_doc      pages, cursor, marks, links, bookmarks; the document's beginning and end
 *   pdf_draw     what pages show: operators, letters, page references, header and footer
 *   pdf_fonts    the faces: read, measured, and cut down to the characters in use
 *   pdf_conform  what makes the file PDF/A-1b: metadata, /ID, output intent
 *
 * Errors are sticky here too (render/pdf_doc.h): what returns bool is false once something has failed.
 */
#ifndef DOSSIER_RENDER_PDF_PRIVATE_H
#define DOSSIER_RENDER_PDF_PRIVATE_H

#include "core/arena.h"
#include "core/strings.h"
#include "render/pdf_doc.h"
#include "render/pdf_text.h"

#include <hpdf.h>
#include <hpdf_doc.h>
#include <zlib.h>

enum { PDF_MARGIN_X = 46 }; /* points left and right of the frame */

struct face {
	HPDF_Font font;
	HPDF_FontDef def;
	uint16_t *advance;        /* by code point */
	unsigned char *used;      /* a bit for each code point, high bit first: a CIDSet as it stands */
	const unsigned char *ttf; /* the font's bytes, in libharu's stream */
	size_t ttf_len;
	char name[16]; /* its name in the resources of a page */
	HPDF_Dict_BeforeWriteFunc before_write;
};

struct page {
	HPDF_Page handle;
};

struct mark {
	unsigned page; /* 0: not set */
	float y;
	HPDF_Destination destination;
};

struct link {
	unsigned page;
	float x, top, width, height;
	uint32_t mark;
};

struct ref {
	unsigned page;
	float x, baseline, width;
	enum pdf_size size;
	enum pdf_ink ink;
	enum pdf_align align;
	uint32_t mark;
};

struct frame {
	float x, width, top, bottom;
};

/* What the content written so far has set; -1 is "nothing yet". */
struct pen {
	int fill, stroke, face;
	float line, points, spacing, condensed;
};

struct pdf {
	struct error error; /* the first one */
	HPDF_Doc doc;
	struct arena arena;
	struct pdf_options options;
	struct face faces[PDF_FACES];
	float page_width, page_height;

	struct page *pages;
	unsigned page_count, page_capacity;
	struct buf content, packed;
	z_stream deflater;
	struct pen pen;

	struct frame frame;
	float y;
	unsigned measuring, fixed; /* fixed: inside columns, where pages don't break */

	struct strings mark_names;
	struct mark *marks; /* by number - 1 */
	uint32_t mark_count, mark_capacity;
	struct link *links;
	size_t link_count, link_capacity;
	struct ref *refs;
	size_t ref_count, ref_capacity;
	HPDF_Outline chapter;
	unsigned dangling;
	uint32_t first_dangling;

	struct pdf_scratch scratch;
	bool saved;
	struct buf out;
	pdf_write_fn *write;
	void *write_context;
	struct error *write_error;
};

/* ---- pdf_doc ----------------------------------------------------------------------------------------------------- */

/* Makes a (sticky) ERROR_SYSTEM. */
__attribute__((format(printf, 2, 3))) void pdf_failf(struct pdf *pdf, const char *format, ...);
/* Takes what a function of libharu returned; false once anything has failed. */
bool pdf_good(struct pdf *pdf, HPDF_STATUS status);
/* The same for an object of libharu, which is NULL when it could not be made. */
bool pdf_made(struct pdf *pdf, const void *object);
/* Not measuring, not saved, nothing failed: what is drawn goes onto the page. */
bool pdf_drawing(const struct pdf *pdf);
/* The number of the mark of this name, set or not: marks[number - 1]. */
uint32_t pdf_mark_number(struct pdf *pdf, struct str name);

/* ---- pdf_draw ---------------------------------------------------------------------------------------------------- */

/* What a page has set that shows nothing yet. */
extern const struct pen pdf_fresh_pen;
/* Our y, which grows down, as PDF's, which grows up. */
float pdf_up(const struct pdf *pdf, float y);
/* Deflates the content written so far into a stream object, and begins anew. */
void pdf_pack_into(struct pdf *pdf, HPDF_Dict object);
/* The second pass: gives each page its header, its footer and its page references. */
void pdf_draw_tails(struct pdf *pdf);

/* ---- pdf_fonts --------------------------------------------------------------------------------------------------- */

/* The bytes of a font or profile, checked against their SHA-256; the caller frees out, also after an error. */
bool pdf_read_resource(const struct pdf_resource *resource, struct buf *out, struct error *error);
/* Reads a face into faces[number] and has the document embed it; false with *error or the document's own error. */
bool pdf_load_face(struct pdf *pdf, enum pdf_face number, const struct pdf_resource *resource, struct error *error);
/* Enters the faces in a page's resources, on all pages under the same names. */
void pdf_name_fonts(struct pdf *pdf, HPDF_Page page);
/* Notes that a character is drawn, so that its glyph stays in the file. */
void pdf_use_code(struct face *face, uint16_t code);
/* When all is drawn: ToUnicode and widths of the characters in use. */
void pdf_finish_fonts(struct pdf *pdf);

/* ---- pdf_conform ------------------------------------------------------------------------------------------------- */

/* Embeds the colour profile as output intent; false with *error or the document's own error. */
bool pdf_load_profile(struct pdf *pdf, const struct pdf_resource *resource, struct error *error);
/* Info, XMP and the catalog's language, from the options. */
void pdf_write_metadata(struct pdf *pdf);
/* The trailer's /ID, from the options. */
void pdf_write_id(struct pdf *pdf);
/* Cleaned text of at most this many letters, in the document's arena. */
char *pdf_clean_copy(struct pdf *pdf, struct str s, size_t letters);

#endif
