/* How it works
 *
 * libharu keeps the objects: fonts, pages, outline, annotations, cross-reference table. This file keeps the document
 * together: its pages, the cursor on them, and where links lead. What the pages show is made in pdf_draw.c, the fonts in
 * pdf_fonts.c, the rest of a valid PDF/A-1b in pdf_conform.c (render/pdf_private.h).
 *
 *   pdf_new   fonts, profile, metadata, page 1
 *   ...       the cursor runs down the frame; at its end the page is packed and the next one begins
 *   pdf_save  the last page is packed; header, footer and page references; links; fonts; /ID; then all is written
 *
 * A link knows its mark by number; what marks lead to is settled in pdf_save.
 */
#include "render/pdf_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	DEFAULT_PAGES = 2000,
	MOST_PAGES = 30000,
	PAGES_PER_NODE = 128,
	BOOKMARK_LETTERS = 200,
	WRITE_BYTES = 1 << 16,
};

static const float BODY_TOP = 67, BODY_BOTTOM = 52; /* BODY_BOTTOM from the lower edge */

/* ---- Errors ------------------------------------------------------------------------------------------------------ */

void pdf_failf(struct pdf *pdf, const char *format, ...)
{
	char message[256];
	va_list args;
	if (pdf->error.kind != ERROR_NONE) return;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	error_set(&pdf->error, ERROR_SYSTEM, NULL, "%s", message);
}

void pdf_fail(struct pdf *pdf, const char *message) { pdf_failf(pdf, "%s", message); }

static void on_libharu_error(HPDF_STATUS code, HPDF_STATUS detail, void *user)
{
	if (user) pdf_failf(user, "the PDF library failed with error 0x%04lx (%lu)", code, detail);
}

/* Many of libharu's functions tell an error only by what they return. */
bool pdf_good(struct pdf *pdf, HPDF_STATUS status)
{
	if (status != HPDF_OK) on_libharu_error(status, 0, pdf);
	return pdf->error.kind == ERROR_NONE;
}

bool pdf_made(struct pdf *pdf, const void *object)
{
	if (!object) on_libharu_error(HPDF_GetError(pdf->doc), 0, pdf);
	return pdf->error.kind == ERROR_NONE;
}

static void *libharu_alloc(HPDF_UINT size) { return memory_grow(NULL, size); }
static void libharu_free(void *p) { free(p); }

bool pdf_ok(const struct pdf *pdf) { return pdf->error.kind == ERROR_NONE; }

bool pdf_drawing(const struct pdf *pdf) { return !pdf->measuring && !pdf->saved && pdf_ok(pdf); }

/* ---- Pages ------------------------------------------------------------------------------------------------------- */

static void close_page(struct pdf *pdf)
{
	if (!pdf_ok(pdf) || !pdf->page_count) return;
	HPDF_PageAttr attr = pdf->pages[pdf->page_count - 1].handle->attr;
	pdf_pack_into(pdf, attr->contents);
	attr->stream = attr->contents->stream;
}

static void begin_page(struct pdf *pdf)
{
	pdf->frame.top = BODY_TOP;
	pdf->frame.bottom = pdf->page_height - BODY_BOTTOM;
	pdf->y = pdf->frame.top;
	if (!pdf_ok(pdf)) return;
	if (pdf->page_count == pdf->options.max_pages) {
		pdf_failf(pdf, "the document needs more than %u pages", pdf->options.max_pages);
		return;
	}
	HPDF_Page page = HPDF_AddPage(pdf->doc);
	if (!pdf_made(pdf, page)) return;
	pdf_good(pdf, HPDF_Page_SetWidth(page, pdf->page_width));
	pdf_good(pdf, HPDF_Page_SetHeight(page, pdf->page_height));
	pdf_name_fonts(pdf, page);
	ARRAY_RESERVE(pdf->pages, pdf->page_count, pdf->page_capacity);
	pdf->pages[pdf->page_count++] = (struct page){page};
	pdf->pen = pdf_fresh_pen;
}

void pdf_new_page(struct pdf *pdf)
{
	if (pdf->measuring || pdf->fixed || pdf->saved) return;
	close_page(pdf);
	begin_page(pdf);
}

unsigned pdf_page_number(const struct pdf *pdf) { return pdf->page_count; }

/* ---- The cursor -------------------------------------------------------------------------------------------------- */

static const float TINY = 0.02F; /* what sums of heights may be off */

static bool at_top(const struct pdf *pdf) { return pdf->y <= pdf->frame.top + TINY; }

float pdf_x(const struct pdf *pdf) { return pdf->frame.x; }
float pdf_width(const struct pdf *pdf) { return pdf->frame.width; }
float pdf_y(const struct pdf *pdf) { return pdf->y; }
float pdf_room(const struct pdf *pdf) { return pdf->frame.bottom - pdf->y; }
float pdf_height(const struct pdf *pdf) { return pdf->page_height - BODY_TOP - BODY_BOTTOM; }
void pdf_set_y(struct pdf *pdf, float y) { pdf->y = y; }

void pdf_space(struct pdf *pdf, float points)
{
	if (!at_top(pdf)) pdf->y += points;
}

bool pdf_need(struct pdf *pdf, float height)
{
	if (pdf->measuring || pdf->fixed || at_top(pdf) || pdf->y + height <= pdf->frame.bottom + TINY) return false;
	pdf_new_page(pdf);
	return true;
}

bool pdf_measuring(const struct pdf *pdf) { return pdf->measuring != 0; }

float pdf_measure(struct pdf *pdf, float width, pdf_draw_fn *draw, void *context)
{
	struct frame frame = pdf->frame;
	float y = pdf->y;
	pdf->frame = (struct frame){0, width, 0, 1e7F};
	pdf->y = 0;
	pdf->measuring++;
	draw(pdf, context);
	pdf->measuring--;
	float height = pdf->y;
	pdf->frame = frame;
	pdf->y = y;
	return height;
}

void pdf_keep(struct pdf *pdf, pdf_draw_fn *draw, void *context)
{
	if (!pdf->measuring && !pdf->fixed && !at_top(pdf)) {
		float height = pdf_measure(pdf, pdf->frame.width, draw, context);
		if (height <= pdf_height(pdf)) pdf_need(pdf, height);
	}
	draw(pdf, context);
}

static float part_weight(const struct pdf_part *part) { return part->weight > 0 ? part->weight : 1; }

/* Draws (or only measures) the parts side by side; returns the height of the tallest. */
static float side_by_side(struct pdf *pdf, const struct pdf_part *parts, size_t n, float gap, bool draw)
{
	struct frame frame = pdf->frame;
	float top = pdf->y, x = frame.x, weights = 0, tallest = 0;
	for (size_t i = 0; i < n; i++) weights += part_weight(&parts[i]);
	for (size_t i = 0; i < n; i++) {
		float width = (frame.width - gap * (float)(n - 1)) * part_weight(&parts[i]) / weights;
		float height;
		if (draw) {
			pdf->frame = (struct frame){x, width, top, frame.bottom};
			pdf->y = top;
			pdf->fixed++;
			parts[i].draw(pdf, parts[i].context);
			pdf->fixed--;
			height = pdf->y - top;
		} else {
			height = pdf_measure(pdf, width, parts[i].draw, parts[i].context);
		}
		if (height > tallest) tallest = height;
		x += width + gap;
	}
	pdf->frame = frame;
	pdf->y = top;
	return tallest;
}

void pdf_columns(struct pdf *pdf, const struct pdf_part *parts, size_t n, float gap)
{
	if (n == 0) return;
	pdf_space(pdf, pdf_size_leading(PDF_BODY) * 0.7F);
	float height = side_by_side(pdf, parts, n, gap, false);
	if (pdf->measuring) {
		pdf->y += height;
		return;
	}
	if (!pdf->fixed && height > pdf_height(pdf)) {
		for (size_t i = 0; i < n; i++) {
			if (i) pdf_space(pdf, pdf_size_leading(PDF_BODY) * 0.7F);
			parts[i].draw(pdf, parts[i].context);
		}
		return;
	}
	pdf_need(pdf, height);
	pdf->y += side_by_side(pdf, parts, n, gap, true);
}

void pdf_indent(struct pdf *pdf, float points)
{
	pdf->frame.x += points;
	pdf->frame.width -= points;
}

void pdf_outdent(struct pdf *pdf, float points) { pdf_indent(pdf, -points); }

/* ---- Marks, links, bookmarks ------------------------------------------------------------------------------------- */

uint32_t pdf_mark_number(struct pdf *pdf, struct str name)
{
	uint32_t n = strings_add(&pdf->mark_names, name);
	while (pdf->mark_count < n) {
		ARRAY_RESERVE(pdf->marks, pdf->mark_count, pdf->mark_capacity);
		pdf->marks[pdf->mark_count++] = (struct mark){0};
	}
	return n;
}

void pdf_mark(struct pdf *pdf, struct str name)
{
	if (!pdf_drawing(pdf) || !name.len) return;
	uint32_t n = pdf_mark_number(pdf, name);
	struct mark *mark = &pdf->marks[n - 1];
	if (!mark->page) *mark = (struct mark){pdf->page_count, pdf->y, NULL};
}

/* Fills in a place on a page; the reader's zoom stays. */
static bool fill_destination(struct pdf *pdf, HPDF_Array place, unsigned page, float y)
{
	if (!pdf_made(pdf, place)) return false;
	pdf_good(pdf, HPDF_Array_Add(place, pdf->pages[page - 1].handle));
	pdf_good(pdf, HPDF_Array_AddName(place, "XYZ"));
	pdf_good(pdf, HPDF_Array_AddReal(place, 0));
	pdf_good(pdf, HPDF_Array_AddReal(place, pdf_up(pdf, y < 12 ? 0 : y - 12)));
	return pdf_good(pdf, HPDF_Array_AddReal(place, 0));
}

/* One object that all links to a mark share. */
static HPDF_Destination shared_destination(struct pdf *pdf, const struct mark *mark)
{
	HPDF_Destination place = HPDF_Page_CreateDestination(pdf->pages[mark->page - 1].handle);
	HPDF_Array_Clear(place);
	return fill_destination(pdf, place, mark->page, mark->y) ? place : NULL;
}

void pdf_bookmark(struct pdf *pdf, unsigned level, struct str title)
{
	struct buf clean = {0};
	if (!pdf_drawing(pdf)) return;
	pdf_clean(pdf, PDF_TEXT, title, BOOKMARK_LETTERS, &clean);
	buf_char(&clean, '\0');
	HPDF_Outline parent = level > 1 ? pdf->chapter : NULL;
	HPDF_Outline entry = HPDF_CreateOutline(pdf->doc, parent, clean.ptr, HPDF_GetEncoder(pdf->doc, "UTF-8"));
	buf_free(&clean);
	HPDF_Array place = HPDF_Array_New(pdf->doc->mmgr);
	if (!pdf_made(pdf, entry) || !fill_destination(pdf, place, pdf->page_count, pdf->y)) return;
	/* In the entry itself: preflight follows no reference here. */
	pdf_good(pdf, HPDF_Dict_Add(entry, "Dest", place));
	/* /Type is none of an outline item's keys. */
	pdf_good(pdf, HPDF_Dict_RemoveElement(entry, "Type"));
	pdf_good(pdf, HPDF_Outline_SetOpened(entry, HPDF_FALSE));
	if (!parent) pdf->chapter = entry;
}

void pdf_link_to(struct pdf *pdf, float x, float top, float width, float height, struct str mark)
{
	if (!pdf_drawing(pdf) || !mark.len || width <= 0 || height <= 0) return;
	uint32_t n = pdf_mark_number(pdf, mark);
	ARRAY_RESERVE(pdf->links, pdf->link_count, pdf->link_capacity);
	pdf->links[pdf->link_count++] = (struct link){pdf->page_count, x, top, width, height, n};
}

/* What libharu would keep in seven entries and two arrays of objects, 2 KB for a link, is written from the link
 * itself. */
static HPDF_STATUS write_annotation(HPDF_Dict note, HPDF_Stream stream)
{
	const struct pdf *pdf = note->error->user_data;
	const struct link *link = note->attr;
	const struct mark *mark = &pdf->marks[link->mark - 1];
	const float area[] = {link->x, pdf_up(pdf, link->top + link->height), link->x + link->width,
	                      pdf_up(pdf, link->top)};
	HPDF_STATUS status =
	    HPDF_Stream_WriteStr(stream, "/Type /Annot\012/Subtype /Link\012/F 4\012/Border [0 0 0]\012/Rect [");
	for (int i = 0; i < 4 && status == HPDF_OK; i++) {
		status = HPDF_Stream_WriteReal(stream, area[i]);
		if (status == HPDF_OK) status = HPDF_Stream_WriteChar(stream, i < 3 ? ' ' : ']');
	}
	if (status == HPDF_OK) status = HPDF_Stream_WriteStr(stream, "\012/Dest ");
	if (status == HPDF_OK) status = HPDF_Stream_WriteUInt(stream, mark->destination->header.obj_id & 0x00ffffff);
	if (status == HPDF_OK) status = HPDF_Stream_WriteStr(stream, " 0 R\012");
	return status;
}

static void make_link(struct pdf *pdf, struct link *link)
{
	struct mark *mark = &pdf->marks[link->mark - 1];
	HPDF_Page page = pdf->pages[link->page - 1].handle;
	if (!mark->page) {
		if (!pdf->dangling++) pdf->first_dangling = link->mark;
		return;
	}
	if (!mark->destination) mark->destination = shared_destination(pdf, mark);
	HPDF_Array notes = HPDF_Dict_GetItem(page, "Annots", HPDF_OCLASS_ARRAY);
	if (!notes) {
		notes = HPDF_Array_New(pdf->doc->mmgr);
		pdf_good(pdf, HPDF_Dict_Add(page, "Annots", notes));
	}
	HPDF_Dict note = HPDF_Dict_New(pdf->doc->mmgr);
	if (!mark->destination || !pdf_made(pdf, note)) return;
	note->header.obj_class |= HPDF_OSUBCLASS_ANNOTATION;
	note->write_fn = write_annotation;
	note->attr = link;
	pdf_good(pdf, HPDF_Xref_Add(pdf->doc->xref, note));
	pdf_good(pdf, HPDF_Array_Add(notes, note));
}

unsigned pdf_dangling(const struct pdf *pdf, struct str *first)
{
	if (first) *first = strings_get(&pdf->mark_names, pdf->first_dangling);
	return pdf->dangling;
}

/* ---- Beginning and end ------------------------------------------------------------------------------------------- */

static bool plausible(const struct pdf_options *options, struct error *error)
{
	static const int DAYS[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	const struct instant_parts *t = &options->as_of;
	if (t->year < 1 || t->year > 9999 || t->month < 1 || t->month > 12 || t->day < 1 ||
	    t->day > DAYS[t->month - 1] || t->hour < 0 || t->hour > 23 || t->minute < 0 || t->minute > 59 ||
	    t->second < 0 || t->second > 59)
		return error_set(error, ERROR_INPUT, NULL, "the document's date is not a date");
	for (size_t i = 0; i < options->language.len; i++) {
		char c = options->language.ptr[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '-')
			return error_set(error, ERROR_INPUT, NULL, "the document's language is not a language tag");
	}
	return true;
}

/* Short words only: they stand in fixed room. */
static struct str short_word(struct pdf *pdf, struct str s, struct str otherwise)
{
	const char *clean = pdf_clean_copy(pdf, s.len ? s : otherwise, 12);
	return str_from(clean);
}

static void copy_options(struct pdf *pdf, const struct pdf_options *options)
{
	struct pdf_options *to = &pdf->options;
	*to = *options;
	struct str *strings[] = {&to->title,       &to->subject,       &to->creator,
	                         &to->language,    &to->header_left,   &to->header_right,
	                         &to->footer_left, &to->footer_centre, &to->footer_mark};
	if (!to->language.len) to->language = STR("en");
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		*strings[i] = str_dup(&pdf->arena, *strings[i]);
	if (!to->max_pages) to->max_pages = DEFAULT_PAGES;
	if (to->max_pages > MOST_PAGES) to->max_pages = MOST_PAGES;
	pdf->page_width = to->paper == PDF_LETTER ? 612 : 595.28F;
	pdf->page_height = to->paper == PDF_LETTER ? 792 : 841.89F;
}

static bool set_up(struct pdf *pdf, const struct pdf_resources *resources, struct error *error)
{
	pdf->doc = HPDF_NewEx(on_libharu_error, libharu_alloc, libharu_free, 0, pdf);
	if (!pdf->doc)
		return pdf_ok(pdf) ? error_set(error, ERROR_SYSTEM, NULL, "the PDF library does not start") : false;
	pdf->doc->pdf_version = HPDF_VER_14;
	pdf_good(pdf, HPDF_UseUTFEncodings(pdf->doc));
	pdf_good(pdf, HPDF_SetCurrentEncoder(pdf->doc, "UTF-8"));
	pdf_good(pdf, HPDF_SetCompressionMode(pdf->doc, HPDF_COMP_ALL));
	pdf_good(pdf, HPDF_SetPagesConfiguration(pdf->doc, PAGES_PER_NODE));
	pdf_good(pdf, HPDF_SetPageMode(pdf->doc, HPDF_PAGE_MODE_USE_OUTLINE));
	pdf_good(pdf, HPDF_AddPageLabel(pdf->doc, 0, HPDF_PAGE_NUM_STYLE_DECIMAL, 1, NULL));
	for (int i = 0; i < PDF_FACES; i++)
		if (!pdf_ok(pdf) || !pdf_load_face(pdf, (enum pdf_face)i, &resources->faces[i], error)) return false;
	if (!pdf_load_profile(pdf, &resources->icc, error)) return false;
	pdf->options.word_page = short_word(pdf, pdf->options.word_page, STR("p."));
	pdf->options.word_of = short_word(pdf, pdf->options.word_of, STR("of"));
	pdf_write_metadata(pdf);
	pdf->frame.x = PDF_MARGIN_X;
	pdf->frame.width = pdf->page_width - 2 * PDF_MARGIN_X;
	begin_page(pdf);
	return pdf_ok(pdf);
}

struct pdf *pdf_new(const struct pdf_options *options, const struct pdf_resources *resources, struct error *error)
{
	*error = (struct error){0};
	if (!plausible(options, error)) return NULL;
	struct pdf *pdf = memory_grow(NULL, sizeof(*pdf));
	*pdf = (struct pdf){0};
	copy_options(pdf, options);
	if (set_up(pdf, resources, error)) return pdf;
	if (error->kind == ERROR_NONE) *error = pdf->error;
	pdf_free(pdf);
	return NULL;
}

void pdf_free(struct pdf *pdf)
{
	if (!pdf) return;
	if (pdf->doc) HPDF_Free(pdf->doc);
	if (pdf->deflater.state) deflateEnd(&pdf->deflater);
	free(pdf->pages);
	free(pdf->marks);
	free(pdf->links);
	free(pdf->refs);
	buf_free(&pdf->content);
	buf_free(&pdf->packed);
	buf_free(&pdf->out);
	strings_free(&pdf->mark_names);
	pdf_scratch_free(&pdf->scratch);
	arena_free(&pdf->arena);
	free(pdf);
}

struct pdf_scratch *pdf_scratch(struct pdf *pdf) { return &pdf->scratch; }

static HPDF_STATUS flush(struct pdf *pdf)
{
	if (!pdf->out.len) return HPDF_OK;
	bool written = pdf->write(pdf->write_context, pdf->out.ptr, pdf->out.len, pdf->write_error);
	pdf->out.len = 0;
	return written ? HPDF_OK : HPDF_FILE_IO_ERROR;
}

static HPDF_STATUS on_write(HPDF_Stream stream, const HPDF_BYTE *bytes, HPDF_UINT len)
{
	struct pdf *pdf = stream->attr;
	buf_add(&pdf->out, str_of((const char *)bytes, len));
	return pdf->out.len >= WRITE_BYTES ? flush(pdf) : HPDF_OK;
}

static void finish(struct pdf *pdf)
{
	close_page(pdf);
	pdf_draw_tails(pdf);
	for (size_t i = 0; i < pdf->link_count && pdf_ok(pdf); i++) make_link(pdf, &pdf->links[i]);
	pdf_finish_fonts(pdf);
	pdf_write_id(pdf);
}

/* libharu would first save into memory; given a stream of its own kind, it writes as it goes. */
bool pdf_save(struct pdf *pdf, pdf_write_fn *write, void *context, struct error *error)
{
	*error = (struct error){0};
	if (pdf->saved) return error_set(error, ERROR_SYSTEM, NULL, "the document is saved already");
	if (pdf_ok(pdf)) finish(pdf);
	pdf->saved = true;
	pdf->write = write;
	pdf->write_context = context;
	pdf->write_error = error;
	if (pdf_ok(pdf)) pdf->doc->stream = HPDF_CallbackWriter_New(pdf->doc->mmgr, on_write, pdf);
	if (pdf_ok(pdf) && pdf_made(pdf, pdf->doc->stream)) {
		pdf_good(pdf, HPDF_SaveToStream(pdf->doc));
		pdf_good(pdf, HPDF_GetError(pdf->doc));
		if (pdf_ok(pdf)) pdf_good(pdf, flush(pdf));
	}
	if (error->kind != ERROR_NONE)
		pdf->error = *error; /* what write() said is the cause */
	else
		*error = pdf->error;
	return pdf_ok(pdf);
}
