/* How it works
 *
 * What a page shows is written here, as operators into one buffer; when the page is full the buffer is deflated into the
 * page's stream, so that a finished page costs its compressed bytes. (libharu's own page functions measure every string
 * again and keep pages unpacked.)
 *
 *   page 1 ── Contents [ body | tail ]      body: deflated when the next page begins
 *   page 2 ── Contents [ body | tail ]      tail: header, footer and "p. 12", drawn when the number of pages is known
 *
 * struct pen is what the operators so far have set, so that colour, line and font are only written when they change; every
 * stream begins with a fresh one.
 *
 * A page reference only takes note of its place; the second pass draws it into the tail. References are made page after
 * page, so their array is in the order of the pages and one walk serves it.
 */
#include "render/pdf_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { DEFLATE_LEVEL = 4 }; /* twice as fast as the usual 6, for 4 % more bytes */

static const uint32_t INKS[PDF_INKS] = {
    [PDF_INK] = 0x1c1e26,    [PDF_GREY] = 0x5a6170,  [PDF_ACCENT] = 0x1f4480,    [PDF_RED] = 0x7f1d1d,
    [PDF_ORANGE] = 0xb03a08, [PDF_OCHRE] = 0x996600, [PDF_BLUE_GREY] = 0x3d4d66, [PDF_GREEN] = 0x1d6b3a,
    [PDF_WHITE] = 0xffffff,  [PDF_LINE] = 0xd3d7dd,  [PDF_SHADE] = 0xf5f5f7,     [PDF_HATCH] = 0xb4bbc6,
};

static const struct {
	float points, leading;
} SIZES[PDF_SIZES] = {
    [PDF_BODY] = {9, 12.2F},        [PDF_SMALL] = {7.6F, 10},         [PDF_TITLE] = {15.5F, 18.6F},
    [PDF_SECTION] = {10.8F, 13.6F}, [PDF_SUBSECTION] = {9.2F, 12.4F},
};

float pdf_size_points(enum pdf_size size) { return SIZES[size].points; }
float pdf_size_leading(enum pdf_size size) { return SIZES[size].leading; }

/* ---- Content: operators in a buffer ------------------------------------------------------------------------------ */

const struct pen pdf_fresh_pen = {-1, -1, -1, -1, -1, 0, 1};

static void word(struct pdf *pdf, const char *s) { buf_add(&pdf->content, str_from(s)); }

/* A number in hundredths, and a blank. */
static void number(struct pdf *pdf, float value)
{
	char digits[24];
	size_t n = sizeof(digits);
	if (!(value > -30000 && value < 30000)) value = 0; /* coordinates of a page never are */
	long hundredths = lroundf(value * 100);
	unsigned long rest = (unsigned long)labs(hundredths);
	digits[--n] = ' ';
	if (rest % 100) {
		if (rest % 10) digits[--n] = (char)('0' + rest % 10);
		digits[--n] = (char)('0' + rest / 10 % 10);
		digits[--n] = '.';
	}
	rest /= 100;
	do digits[--n] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (hundredths < 0) digits[--n] = '-';
	buf_add(&pdf->content, str_of(digits + n, sizeof(digits) - n));
}

static void numbers(struct pdf *pdf, const float *values, size_t n)
{
	for (size_t i = 0; i < n; i++) number(pdf, values[i]);
}

#define OPERATOR(pdf, op, ...)                                                                                         \
	do {                                                                                                           \
		const float operands_[] = {__VA_ARGS__};                                                               \
		numbers((pdf), operands_, sizeof(operands_) / sizeof(operands_[0]));                                   \
		word((pdf), op "\n");                                                                                  \
	} while (0)

static void colour(struct pdf *pdf, enum pdf_ink ink, const char *operator)
{
	uint32_t rgb = INKS[ink];
	const float parts[] = {(float)(rgb >> 16) / 255, (float)(rgb >> 8 & 255) / 255, (float)(rgb & 255) / 255};
	numbers(pdf, parts, 3);
	word(pdf, operator);
}

static void set_fill(struct pdf *pdf, enum pdf_ink ink)
{
	if (pdf->pen.fill == (int)ink) return;
	pdf->pen.fill = (int)ink;
	colour(pdf, ink, "rg\n");
}

static void set_stroke(struct pdf *pdf, enum pdf_ink ink, float line)
{
	if (pdf->pen.stroke != (int)ink) {
		pdf->pen.stroke = (int)ink;
		colour(pdf, ink, "RG\n");
	}
	if (fabsf(pdf->pen.line - line) > 0.001F) {
		pdf->pen.line = line;
		OPERATOR(pdf, "w", line);
	}
}

float pdf_up(const struct pdf *pdf, float y) { return pdf->page_height - y; }

void pdf_fill(struct pdf *pdf, float x, float top, float width, float height, enum pdf_ink ink)
{
	if (!pdf_drawing(pdf) || width <= 0 || height <= 0) return;
	set_fill(pdf, ink);
	OPERATOR(pdf, "re f", x, pdf_up(pdf, top + height), width, height);
}

void pdf_stroke(struct pdf *pdf, float x, float top, float width, float height, float line, enum pdf_ink ink)
{
	if (!pdf_drawing(pdf) || width <= 0 || height <= 0) return;
	set_stroke(pdf, ink, line);
	OPERATOR(pdf, "re S", x, pdf_up(pdf, top + height), width, height);
}

void pdf_rule(struct pdf *pdf, float x1, float y1, float x2, float y2, float line, enum pdf_ink ink)
{
	if (!pdf_drawing(pdf)) return;
	set_stroke(pdf, ink, line);
	OPERATOR(pdf, "m", x1, pdf_up(pdf, y1));
	OPERATOR(pdf, "l S", x2, pdf_up(pdf, y2));
}

void pdf_hatch(struct pdf *pdf, float x, float top, float width, float height, enum pdf_ink ink)
{
	if (!pdf_drawing(pdf) || width <= 0 || height <= 0) return;
	const float step = 2.6F;
	float bottom = top + height;
	set_stroke(pdf, ink, 0.7F);
	word(pdf, "q\n");
	OPERATOR(pdf, "re W n", x, pdf_up(pdf, bottom), width, height);
	/* On one grid for the whole page, so that neighbouring areas meet. */
	for (float at = floorf((x - height - bottom) / step) * step; at + bottom < x + width + step; at += step) {
		OPERATOR(pdf, "m", at + bottom, pdf_up(pdf, bottom));
		OPERATOR(pdf, "l", at + bottom + height, pdf_up(pdf, top));
	}
	word(pdf, "S\nQ\n");
}

void pdf_polygon(struct pdf *pdf, const struct pdf_point *points, size_t n, enum pdf_ink ink)
{
	if (!pdf_drawing(pdf) || n < 3) return;
	set_fill(pdf, ink);
	for (size_t i = 0; i < n; i++) {
		number(pdf, points[i].x);
		number(pdf, pdf_up(pdf, points[i].y));
		word(pdf, i ? "l\n" : "m\n");
	}
	word(pdf, "h f\n");
}

static void circle(struct pdf *pdf, float x, float y, float r)
{
	const float k = 0.5523F * r;
	y = pdf_up(pdf, y);
	OPERATOR(pdf, "m", x + r, y);
	OPERATOR(pdf, "c", x + r, y + k, x + k, y + r, x, y + r);
	OPERATOR(pdf, "c", x - k, y + r, x - r, y + k, x - r, y);
	OPERATOR(pdf, "c", x - r, y - k, x - k, y - r, x, y - r);
	OPERATOR(pdf, "c", x + k, y - r, x + r, y - k, x + r, y);
}

void pdf_disc(struct pdf *pdf, float x, float y, float radius, enum pdf_ink ink)
{
	if (!pdf_drawing(pdf) || radius <= 0) return;
	set_fill(pdf, ink);
	circle(pdf, x, y, radius);
	word(pdf, "h f\n");
}

void pdf_ring(struct pdf *pdf, float x, float y, float radius, float line, enum pdf_ink ink)
{
	if (!pdf_drawing(pdf) || radius <= 0) return;
	set_stroke(pdf, ink, line);
	circle(pdf, x, y, radius);
	word(pdf, "s\n");
}

void pdf_glyphs(struct pdf *pdf, float x, float baseline, enum pdf_face face, float points, float spacing,
                enum pdf_ink ink, const uint16_t *codes, size_t n)
{
	static const char HEX[] = "0123456789ABCDEF";
	if (!pdf_drawing(pdf) || n == 0) return;
	set_fill(pdf, ink);
	if (pdf->pen.face != (int)face || fabsf(pdf->pen.points - points) > 0.001F) {
		pdf->pen.face = (int)face;
		pdf->pen.points = points;
		buf_printf(&pdf->content, "/%s ", pdf->faces[face].name);
		OPERATOR(pdf, "Tf", points);
	}
	if (fabsf(pdf->pen.spacing - spacing) > 0.001F) {
		pdf->pen.spacing = spacing;
		OPERATOR(pdf, "Tc", spacing);
	}
	word(pdf, "BT ");
	OPERATOR(pdf, "Td", x, pdf_up(pdf, baseline));
	buf_reserve(&pdf->content, 4 * n + 16);
	char *out = pdf->content.ptr + pdf->content.len;
	*out++ = '<';
	for (size_t i = 0; i < n; i++) {
		uint16_t code = codes[i];
		pdf_use_code(&pdf->faces[face], code);
		*out++ = HEX[code >> 12];
		*out++ = HEX[code >> 8 & 15];
		*out++ = HEX[code >> 4 & 15];
		*out++ = HEX[code & 15];
	}
	pdf->content.len = (size_t)(out - pdf->content.ptr);
	word(pdf, ">Tj ET\n");
}

void pdf_condense(struct pdf *pdf, float factor)
{
	if (!pdf_drawing(pdf) || fabsf(pdf->pen.condensed - factor) < 0.001F) return;
	pdf->pen.condensed = factor;
	OPERATOR(pdf, "Tz", 100 * factor);
}

/* ---- Packing ----------------------------------------------------------------------------------------------------- */

/* One deflater for all pages: setting one up costs as much as packing a page. */
static bool deflate_content(struct pdf *pdf)
{
	z_stream *z = &pdf->deflater;
	if (!z->state && deflateInit(z, DEFLATE_LEVEL) != Z_OK) pdf_failf(pdf, "the compressor does not start");
	if (!pdf_ok(pdf) || deflateReset(z) != Z_OK) return false;
	uLong most = deflateBound(z, (uLong)pdf->content.len);
	pdf->packed.len = 0;
	buf_reserve(&pdf->packed, most);
	z->next_in = (Bytef *)pdf->content.ptr;
	z->avail_in = (uInt)pdf->content.len;
	z->next_out = (Bytef *)pdf->packed.ptr;
	z->avail_out = (uInt)most;
	if (deflate(z, Z_FINISH) != Z_STREAM_END) pdf_failf(pdf, "compressing a page failed");
	pdf->packed.len = most - z->avail_out;
	pdf->content.len = 0;
	pdf->pen = pdf_fresh_pen;
	return pdf_ok(pdf);
}

/* The stream is packed already, which libharu has no word for: it would pack it again or leave the filter out. */
static HPDF_STATUS write_filter(HPDF_Dict dict, HPDF_Stream stream)
{
	(void)dict;
	return HPDF_Stream_WriteStr(stream, "/Filter /FlateDecode\012");
}

/* Moves the content into a stream object, in one block of just its size. */
void pdf_pack_into(struct pdf *pdf, HPDF_Dict object)
{
	if (!deflate_content(pdf)) return;
	HPDF_Stream stream = HPDF_MemStream_New(pdf->doc->mmgr, (HPDF_UINT)pdf->packed.len);
	if (!pdf_made(pdf, stream)) return;
	HPDF_Stream_Free(object->stream);
	object->stream = stream;
	object->filter = HPDF_STREAM_FILTER_NONE;
	object->write_fn = write_filter;
	pdf_good(pdf, HPDF_Stream_Write(stream, (const HPDF_BYTE *)pdf->packed.ptr, (HPDF_UINT)pdf->packed.len));
}

/* ---- Page references --------------------------------------------------------------------------------------------- */

static void page_text(const struct pdf *pdf, unsigned page, char *text, size_t size)
{
	if (page)
		snprintf(text, size, "%.*s %u", STR_ARG(pdf->options.word_page), page);
	else
		snprintf(text, size, "%.*s –", STR_ARG(pdf->options.word_page));
}

static float page_text_width(struct pdf *pdf, enum pdf_size size, unsigned page)
{
	char text[96];
	page_text(pdf, page, text, sizeof(text));
	return pdf_text_width(pdf, PDF_TEXT, size, str_from(text));
}

float pdf_page_ref_width(struct pdf *pdf, enum pdf_size size, struct str mark)
{
	uint32_t n = mark.len ? strings_find(&pdf->mark_names, mark) : 0;
	unsigned page = n && n <= pdf->mark_count ? pdf->marks[n - 1].page : 0;
	return page_text_width(pdf, size, page ? page : 88);
}

void pdf_page_ref(struct pdf *pdf, float x, float baseline, enum pdf_size size, enum pdf_ink ink, enum pdf_align align,
                  struct str mark)
{
	if (!pdf_drawing(pdf) || !mark.len) return;
	float width = pdf_page_ref_width(pdf, size, mark), points = SIZES[size].points;
	uint32_t n = pdf_mark_number(pdf, mark);
	ARRAY_RESERVE(pdf->refs, pdf->ref_count, pdf->ref_capacity);
	pdf->refs[pdf->ref_count++] = (struct ref){pdf->page_count, x, baseline, width, size, ink, align, n};
	pdf_link_to(pdf, x, baseline - points, width, points * 1.3F, mark);
}

static void draw_ref(struct pdf *pdf, const struct ref *ref)
{
	char text[96];
	page_text(pdf, pdf->marks[ref->mark - 1].page, text, sizeof(text));
	struct str s = str_from(text);
	float width = pdf_text_width(pdf, PDF_TEXT, ref->size, s), x = ref->x;
	if (ref->align == PDF_RIGHT && width < ref->width) x += ref->width - width;
	if (ref->align == PDF_CENTRE && width < ref->width) x += (ref->width - width) / 2;
	if (width > ref->width) pdf_condense(pdf, ref->width / width);
	pdf_text_at(pdf, x, ref->baseline, (struct pdf_style){PDF_TEXT, ref->size, ref->ink}, PDF_LEFT, 0, s);
	pdf_condense(pdf, 1);
}

/* ---- The second pass: headers, footers --------------------------------------------------------------------------- */

static void spaced_text(struct pdf *pdf, float x, float baseline, float max, struct str text)
{
	struct pdf_scratch *scratch = &pdf->scratch;
	const float spacing = 0.9F, points = SIZES[PDF_SMALL].points;
	size_t from = scratch->code_count;
	pdf_text_codes(pdf, PDF_TEXT, text, true);
	const uint16_t *codes = scratch->codes + from;
	size_t n = scratch->code_count - from;
	float width = 0;
	for (size_t i = 0; i < n; i++) width += (float)pdf->faces[PDF_TEXT].advance[codes[i]] * points / 1000 + spacing;
	scratch->code_count = from;
	if (width <= max)
		pdf_glyphs(pdf, x, baseline, PDF_TEXT, points, spacing, PDF_GREY, codes, n);
	else
		pdf_text_at(pdf, x, baseline, (struct pdf_style){PDF_TEXT, PDF_SMALL, PDF_GREY}, PDF_LEFT, max, text);
}

static void draw_header(struct pdf *pdf)
{
	const struct pdf_style style = {PDF_TEXT, PDF_SMALL, PDF_GREY};
	const struct pdf_options *options = &pdf->options;
	float x = PDF_MARGIN_X, width = pdf->page_width - 2 * PDF_MARGIN_X, right = width * 0.45F;
	float taken = pdf_text_width(pdf, PDF_TEXT, PDF_SMALL, options->header_right);
	if (taken > right) taken = right;
	pdf_text_at(pdf, x + width, 44, style, PDF_RIGHT, right, options->header_right);
	spaced_text(pdf, x, 44, width - taken - 14, options->header_left);
	pdf_rule(pdf, x, 52, x + width, 52, 0.5F, PDF_LINE);
}

/* left | centre (and its page) | n of m: whatever is too long for its place ends in an ellipsis. */
static void draw_footer(struct pdf *pdf, unsigned page)
{
	const struct pdf_style style = {PDF_TEXT, PDF_SMALL, PDF_GREY};
	const struct pdf_options *options = &pdf->options;
	const float gap = 14;
	float x = PDF_MARGIN_X, width = pdf->page_width - 2 * PDF_MARGIN_X, baseline = pdf->page_height - 30;
	char number_text[96], mark_text[96] = "";
	snprintf(number_text, sizeof(number_text), "%u %.*s %u", page, STR_ARG(options->word_of), pdf->page_count);
	float right = pdf_text_width(pdf, PDF_TEXT, PDF_SMALL, str_from(number_text));
	float left = pdf_text_width(pdf, PDF_TEXT, PDF_SMALL, options->footer_left), most = width * 0.36F;
	if (left > most) left = most;
	pdf_rule(pdf, x, baseline - 12, x + width, baseline - 12, 0.5F, PDF_LINE);
	pdf_text_at(pdf, x, baseline, style, PDF_LEFT, most, options->footer_left);
	pdf_text_at(pdf, x + width, baseline, style, PDF_RIGHT, 0, str_from(number_text));
	uint32_t mark = options->footer_mark.len ? pdf_mark_number(pdf, options->footer_mark) : 0;
	if (mark) {
		mark_text[0] = ' ';
		page_text(pdf, pdf->marks[mark - 1].page, mark_text + 1, sizeof(mark_text) - 1);
	}
	float tail = pdf_text_width(pdf, PDF_TEXT, PDF_SMALL, str_from(mark_text));
	float room = width - left - right - 2 * gap - tail;
	float centre = pdf_text_width(pdf, PDF_TEXT, PDF_SMALL, options->footer_centre);
	if (centre > room) centre = room;
	if (centre <= 0) return;
	float at =
	    x + (width - centre - tail) / 2; /* in the middle of the page, unless its neighbours are in the way */
	if (at < x + left + gap) at = x + left + gap;
	if (at + centre + tail > x + width - right - gap) at = x + width - right - gap - centre - tail;
	pdf_text_at(pdf, at, baseline, style, PDF_LEFT, room, options->footer_centre);
	pdf_text_at(pdf, at + centre, baseline, style, PDF_LEFT, 0, str_from(mark_text));
	if (mark) pdf_link_to(pdf, at, baseline - 8, centre + tail, 11, options->footer_mark);
}

static void add_tail(struct pdf *pdf, HPDF_Page page)
{
	HPDF_PageAttr attr = page->attr;
	HPDF_Dict tail = HPDF_DictStream_New(pdf->doc->mmgr, pdf->doc->xref);
	HPDF_Array both = HPDF_Array_New(pdf->doc->mmgr);
	if (!pdf_made(pdf, tail) || !pdf_made(pdf, both)) return;
	pdf_pack_into(pdf, tail);
	pdf_good(pdf, HPDF_Array_Add(both, attr->contents));
	pdf_good(pdf, HPDF_Array_Add(both, tail));
	pdf_good(pdf, HPDF_Dict_Add(page, "Contents", both));
}

void pdf_draw_tails(struct pdf *pdf)
{
	size_t ref = 0, link = pdf->link_count;
	for (unsigned page = 1; page <= pdf->page_count && pdf_ok(pdf); page++) {
		draw_header(pdf);
		draw_footer(pdf, page);
		for (; ref < pdf->ref_count && pdf->refs[ref].page == page; ref++) draw_ref(pdf, &pdf->refs[ref]);
		for (; link < pdf->link_count; link++) pdf->links[link].page = page; /* the footer's */
		add_tail(pdf, pdf->pages[page - 1].handle);
	}
}
