/* How it works
 *
 * libharu keeps the objects: fonts, pages, outline, annotations, cross-reference table. What a page shows is written
 * here, as operators into one buffer; when the page is full the buffer is deflated into the page's stream, so that a
 * finished page costs its compressed bytes. (libharu's own page functions measure every string again and keep pages
 * unpacked.)
 *
 *   page 1 ── Contents [ body | tail ]      body: deflated when the next page begins
 *   page 2 ── Contents [ body | tail ]      tail: header, footer and "p. 12", drawn when the number of pages is known
 *
 * A link knows its mark by number; what marks lead to is settled in pdf_save. Links and references are made page after
 * page, so their arrays are in the order of the pages and one walk serves them all.
 *
 * What libharu 2.3.0 lacks for PDF/A-1b is put right under "Valid PDF/A": XMP, ToUnicode, CIDSet, CapHeight, /ID, and the
 * parts of parts of composed glyphs, which its subset forgets (a U with two accents would lose one).
 */
#include "render/pdf_doc.h"

#include "core/arena.h"
#include "core/sha256.h"
#include "core/strings.h"
#include "core/utf8.h"
#include "render/pdf_text.h"

#include <errno.h>
#include <fcntl.h>
#include <hpdf.h>
#include <hpdf_doc.h>
#include <hpdf_pdfa.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
	BMP = 0x10000,
	DEFAULT_PAGES = 2000,
	MOST_PAGES = 30000,
	PAGES_PER_NODE = 128,
	TITLE_LETTERS = 300,
	BOOKMARK_LETTERS = 200,
	RESOURCE_BYTES = 16 << 20, /* the largest font or profile that is read */
	COMPOSED_DEPTH = 8,
	WRITE_BYTES = 1 << 16,
	DEFLATE_LEVEL = 4, /* twice as fast as the usual 6, for 4 % more bytes */
};

static const float MARGIN_X = 46, BODY_TOP = 67, BODY_BOTTOM = 52; /* BODY_BOTTOM from the lower edge */

const struct pdf_resources pdf_resources_debian = {
    .faces =
	{
	    [PDF_TEXT] = {"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
                          "abdc775b21b1bc470d50c97e790d276f2054b7504e56e5bd3e64f48d68582322"},
	    [PDF_BOLD] = {"/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
                          "0d977336a6d5fba34eab8e3199eb218327161b5143749f802982c2bc34df0c96"},
	    [PDF_MONO] = {"/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
                          "0f5db4f1749979d961019838b160bec74abdf7f9eca69553fe1aa856bbff49a4"},
	},
    .icc = {"/usr/share/color/icc/sRGB.icc", "2a92d4bae450b76d8b0aa42193df974d75f62738ecebf74f01c5e75b12a95796"},
};

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

/* ---- Errors ------------------------------------------------------------------------------------------------------ */

__attribute__((format(printf, 2, 3))) static void fail(struct pdf *pdf, const char *format, ...)
{
	char message[256];
	va_list args;
	if (pdf->error.kind != ERROR_NONE) return;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	error_set(&pdf->error, ERROR_SYSTEM, NULL, "%s", message);
}

void pdf_fail(struct pdf *pdf, const char *message) { fail(pdf, "%s", message); }

static void on_libharu_error(HPDF_STATUS code, HPDF_STATUS detail, void *user)
{
	if (user) fail(user, "the PDF library failed with error 0x%04lx (%lu)", code, detail);
}

/* Many of libharu's functions tell an error only by what they return. */
static bool good(struct pdf *pdf, HPDF_STATUS status)
{
	if (status != HPDF_OK) on_libharu_error(status, 0, pdf);
	return pdf->error.kind == ERROR_NONE;
}

static bool made(struct pdf *pdf, const void *object)
{
	if (!object) on_libharu_error(HPDF_GetError(pdf->doc), 0, pdf);
	return pdf->error.kind == ERROR_NONE;
}

static void *libharu_alloc(HPDF_UINT size) { return memory_grow(NULL, size); }
static void libharu_free(void *p) { free(p); }

bool pdf_ok(const struct pdf *pdf) { return pdf->error.kind == ERROR_NONE; }

static bool drawing(const struct pdf *pdf) { return !pdf->measuring && !pdf->saved && pdf_ok(pdf); }

/* ---- Fonts and profile ------------------------------------------------------------------------------------------- */

static bool read_open_file(int fd, const struct pdf_resource *resource, struct buf *out, struct error *error)
{
	struct stat status;
	if (fstat(fd, &status) != 0) return error_errno(error, resource->path, "reading");
	if (!S_ISREG(status.st_mode)) return error_set(error, ERROR_SYSTEM, resource->path, "is not a regular file");
	if (status.st_size <= 0 || status.st_size > RESOURCE_BYTES)
		return error_set(error, ERROR_SYSTEM, resource->path, "has %lld bytes; expected 1 to %d",
		                 (long long)status.st_size, RESOURCE_BYTES);
	buf_reserve(out, (size_t)status.st_size);
	while (out->len < (size_t)status.st_size) {
		ssize_t n = read(fd, out->ptr + out->len, (size_t)status.st_size - out->len);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0) return error_errno(error, resource->path, "reading");
		if (n == 0) return error_set(error, ERROR_SYSTEM, resource->path, "became shorter while it was read");
		out->len += (size_t)n;
	}
	return true;
}

static bool read_resource(const struct pdf_resource *resource, struct buf *out, struct error *error)
{
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX + 1];
	if (!resource->path)
		return error_set(error, ERROR_SYSTEM, NULL, "no path is given for a font or colour profile");
	int fd = open(resource->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return error_set(error, ERROR_SYSTEM, resource->path,
		                 "cannot be opened: %s (Debian: fonts-dejavu-core, icc-profiles-free)",
		                 strerror(errno));
	bool read = read_open_file(fd, resource, out, error);
	close(fd);
	if (!read || !resource->sha256) return read;
	sha256_of(out->ptr, out->len, digest);
	hex_of(digest, sizeof(digest), hex);
	if (strcmp(hex, resource->sha256) != 0)
		return error_set(error, ERROR_SYSTEM, resource->path,
		                 "is not the file expected: SHA-256 is %s, expected %s", hex, resource->sha256);
	return true;
}

/* Code points that must not be drawn even though the face has a glyph: they are invisible, change the reading order,
 * mean something else everywhere, or need shaping that is not done here. */
static const struct {
	uint16_t from, to;
} HIDDEN[] = {
    {0x0000, 0x001f}, {0x007f, 0x009f}, {0x00ad, 0x00ad}, {0x034f, 0x034f}, {0x0590, 0x08ff},
    {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e},
    {0x2060, 0x206f}, {0x2800, 0x2800}, {0x3164, 0x3164}, {0xd800, 0xf8ff}, {0xfb1d, 0xfdff},
    {0xfe00, 0xfe0f}, {0xfe70, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xffff},
};

/* libharu has looked every code point up for the CIDToGIDMap; it is read back. */
static bool load_advances(struct pdf *pdf, struct face *face)
{
	HPDF_FontAttr attr = face->font->attr;
	HPDF_UINT len = 2 * BMP;
	unsigned char *map = arena_alloc(&pdf->arena, len);
	face->advance = ARENA_ARRAY(&pdf->arena, uint16_t, BMP);
	face->used = arena_alloc(&pdf->arena, BMP / 8);
	if (!attr->map_stream || !good(pdf, HPDF_Stream_Seek(attr->map_stream->stream, 0, HPDF_SEEK_SET)))
		return made(pdf, attr->map_stream);
	HPDF_STATUS status = HPDF_Stream_Read(attr->map_stream->stream, map, &len);
	if (status != HPDF_STREAM_EOF && !good(pdf, status)) return false;
	for (uint32_t code = 0; code < BMP; code++) {
		unsigned gid = 2 * code + 1 < len ? map[2 * code] * 256U + map[2 * code + 1] : 0;
		HPDF_INT16 advance = gid ? HPDF_TTFontDef_GetGidWidth(face->def, (HPDF_UINT16)gid) : -1;
		face->advance[code] = advance < 0 ? PDF_NO_GLYPH : (uint16_t)advance;
	}
	for (size_t i = 0; i < sizeof(HIDDEN) / sizeof(HIDDEN[0]); i++)
		for (uint32_t code = HIDDEN[i].from; code <= HIDDEN[i].to; code++) face->advance[code] = PDF_NO_GLYPH;
	return true;
}

static HPDF_STATUS before_font_is_written(HPDF_Dict font);

static bool load_face(struct pdf *pdf, enum pdf_face number, const struct pdf_resource *resource, struct error *error)
{
	struct face *face = &pdf->faces[number];
	struct buf bytes = {0};
	if (!read_resource(resource, &bytes, error)) {
		buf_free(&bytes);
		return false;
	}
	HPDF_UINT len = (HPDF_UINT)bytes.len;
	HPDF_Stream stream = HPDF_MemStream_New(pdf->doc->mmgr, len);
	HPDF_STATUS written =
	    stream ? HPDF_Stream_Write(stream, (const HPDF_BYTE *)bytes.ptr, len) : HPDF_INVALID_STREAM;
	buf_free(&bytes);
	if (!good(pdf, written)) return false;
	face->def = HPDF_TTFontDef_Load(pdf->doc->mmgr, stream, HPDF_TRUE);
	if (!face->def)
		return error_set(error, ERROR_SYSTEM, resource->path, "is not a TrueType font the PDF library reads");
	char tag[] = "DOSSAA";
	tag[5] = (char)('A' + (int)number);
	HPDF_TTFontDef_SetTagName(face->def, tag);
	if (!good(pdf, HPDF_Doc_RegisterFontDef(pdf->doc, face->def))) return false;
	face->font = HPDF_GetFont(pdf->doc, face->def->base_font, "UTF-8");
	if (!made(pdf, face->font)) return false;
	face->ttf = HPDF_MemStream_GetBufPtr(stream, 0, &len);
	face->ttf_len = len;
	face->before_write = face->font->before_write_fn;
	face->font->before_write_fn = before_font_is_written;
	return made(pdf, face->ttf) && load_advances(pdf, face);
}

static bool load_profile(struct pdf *pdf, const struct pdf_resource *resource, struct error *error)
{
	struct buf bytes = {0};
	bool fine = read_resource(resource, &bytes, error);
	if (fine &&
	    (bytes.len < 132 || memcmp(bytes.ptr + 16, "RGB ", 4) != 0 || memcmp(bytes.ptr + 36, "acsp", 4) != 0))
		fine = error_set(error, ERROR_SYSTEM, resource->path, "is not an ICC profile for RGB");
	if (fine) {
		HPDF_Dict icc = HPDF_DictStream_New(pdf->doc->mmgr, pdf->doc->xref);
		if (made(pdf, icc)) {
			icc->filter = HPDF_STREAM_FILTER_FLATE_DECODE;
			good(pdf, HPDF_Dict_AddNumber(icc, "N", 3));
			good(pdf, HPDF_Stream_Write(icc->stream, (const HPDF_BYTE *)bytes.ptr, (HPDF_UINT)bytes.len));
			good(pdf, HPDF_PDFA_AppendOutputIntents(pdf->doc, "sRGB IEC61966-2.1", icc));
		}
	}
	buf_free(&bytes);
	return fine && pdf_ok(pdf);
}

const uint16_t *pdf_advances(const struct pdf *pdf, enum pdf_face face) { return pdf->faces[face].advance; }

static unsigned u16(const unsigned char *p) { return p[0] * 256U + p[1]; }

/* Marks the glyphs that a composed glyph is made of, and theirs: libharu looks only one level deep. */
static void keep_parts(struct face *face, unsigned gid, unsigned depth)
{
	HPDF_TTFontDefAttr attr = face->def->attr;
	if (gid >= attr->num_glyphs || depth > COMPOSED_DEPTH) return;
	attr->glyph_tbl.flgs[gid] = 1;
	size_t scale = attr->header.index_to_loc_format == 0 ? 2 : 1;
	size_t at = attr->glyph_tbl.base_offset + attr->glyph_tbl.offsets[gid] * scale;
	size_t end = attr->glyph_tbl.base_offset + attr->glyph_tbl.offsets[gid + 1] * scale;
	if (end > face->ttf_len || at + 10 > end || !(face->ttf[at] & 0x80)) return;
	unsigned flags = 0x20;
	for (at += 10; flags & 0x20 && at + 4 <= end;) {
		flags = u16(face->ttf + at);
		keep_parts(face, u16(face->ttf + at + 2), depth + 1);
		at += 4 + (flags & 1 ? 4U : 2U) + (flags & 8 ? 2U : flags & 0x40 ? 4U : flags & 0x80 ? 8U : 0U);
	}
}

static void use_code(struct face *face, uint16_t code)
{
	unsigned char bit = (unsigned char)(0x80 >> (code & 7));
	if (face->used[code >> 3] & bit) return;
	face->used[code >> 3] |= bit;
	keep_parts(face, HPDF_TTFontDef_GetGlyphid(face->def, code), 0);
}

/* ---- Content: operators in a buffer ------------------------------------------------------------------------------ */

static const struct pen FRESH_PEN = {-1, -1, -1, -1, -1, 0, 1};

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

static float up(const struct pdf *pdf, float y) { return pdf->page_height - y; }

void pdf_fill(struct pdf *pdf, float x, float top, float width, float height, enum pdf_ink ink)
{
	if (!drawing(pdf) || width <= 0 || height <= 0) return;
	set_fill(pdf, ink);
	OPERATOR(pdf, "re f", x, up(pdf, top + height), width, height);
}

void pdf_stroke(struct pdf *pdf, float x, float top, float width, float height, float line, enum pdf_ink ink)
{
	if (!drawing(pdf) || width <= 0 || height <= 0) return;
	set_stroke(pdf, ink, line);
	OPERATOR(pdf, "re S", x, up(pdf, top + height), width, height);
}

void pdf_rule(struct pdf *pdf, float x1, float y1, float x2, float y2, float line, enum pdf_ink ink)
{
	if (!drawing(pdf)) return;
	set_stroke(pdf, ink, line);
	OPERATOR(pdf, "m", x1, up(pdf, y1));
	OPERATOR(pdf, "l S", x2, up(pdf, y2));
}

void pdf_hatch(struct pdf *pdf, float x, float top, float width, float height, enum pdf_ink ink)
{
	if (!drawing(pdf) || width <= 0 || height <= 0) return;
	const float step = 2.6F;
	float bottom = top + height;
	set_stroke(pdf, ink, 0.7F);
	word(pdf, "q\n");
	OPERATOR(pdf, "re W n", x, up(pdf, bottom), width, height);
	/* On one grid for the whole page, so that neighbouring areas meet. */
	for (float at = floorf((x - height - bottom) / step) * step; at + bottom < x + width + step; at += step) {
		OPERATOR(pdf, "m", at + bottom, up(pdf, bottom));
		OPERATOR(pdf, "l", at + bottom + height, up(pdf, top));
	}
	word(pdf, "S\nQ\n");
}

void pdf_polygon(struct pdf *pdf, const struct pdf_point *points, size_t n, enum pdf_ink ink)
{
	if (!drawing(pdf) || n < 3) return;
	set_fill(pdf, ink);
	for (size_t i = 0; i < n; i++) {
		number(pdf, points[i].x);
		number(pdf, up(pdf, points[i].y));
		word(pdf, i ? "l\n" : "m\n");
	}
	word(pdf, "h f\n");
}

static void circle(struct pdf *pdf, float x, float y, float r)
{
	const float k = 0.5523F * r;
	y = up(pdf, y);
	OPERATOR(pdf, "m", x + r, y);
	OPERATOR(pdf, "c", x + r, y + k, x + k, y + r, x, y + r);
	OPERATOR(pdf, "c", x - k, y + r, x - r, y + k, x - r, y);
	OPERATOR(pdf, "c", x - r, y - k, x - k, y - r, x, y - r);
	OPERATOR(pdf, "c", x + k, y - r, x + r, y - k, x + r, y);
}

void pdf_disc(struct pdf *pdf, float x, float y, float radius, enum pdf_ink ink)
{
	if (!drawing(pdf) || radius <= 0) return;
	set_fill(pdf, ink);
	circle(pdf, x, y, radius);
	word(pdf, "h f\n");
}

void pdf_ring(struct pdf *pdf, float x, float y, float radius, float line, enum pdf_ink ink)
{
	if (!drawing(pdf) || radius <= 0) return;
	set_stroke(pdf, ink, line);
	circle(pdf, x, y, radius);
	word(pdf, "s\n");
}

void pdf_glyphs(struct pdf *pdf, float x, float baseline, enum pdf_face face, float points, float spacing,
                enum pdf_ink ink, const uint16_t *codes, size_t n)
{
	static const char HEX[] = "0123456789ABCDEF";
	if (!drawing(pdf) || n == 0) return;
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
	OPERATOR(pdf, "Td", x, up(pdf, baseline));
	buf_reserve(&pdf->content, 4 * n + 16);
	char *out = pdf->content.ptr + pdf->content.len;
	*out++ = '<';
	for (size_t i = 0; i < n; i++) {
		uint16_t code = codes[i];
		use_code(&pdf->faces[face], code);
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
	if (!drawing(pdf) || fabsf(pdf->pen.condensed - factor) < 0.001F) return;
	pdf->pen.condensed = factor;
	OPERATOR(pdf, "Tz", 100 * factor);
}

struct pdf_scratch *pdf_scratch(struct pdf *pdf) { return &pdf->scratch; }

/* ---- Pages ------------------------------------------------------------------------------------------------------- */

/* One deflater for all pages: setting one up costs as much as packing a page. */
static bool deflate_content(struct pdf *pdf)
{
	z_stream *z = &pdf->deflater;
	if (!z->state && deflateInit(z, DEFLATE_LEVEL) != Z_OK) fail(pdf, "the compressor does not start");
	if (!pdf_ok(pdf) || deflateReset(z) != Z_OK) return false;
	uLong most = deflateBound(z, (uLong)pdf->content.len);
	pdf->packed.len = 0;
	buf_reserve(&pdf->packed, most);
	z->next_in = (Bytef *)pdf->content.ptr;
	z->avail_in = (uInt)pdf->content.len;
	z->next_out = (Bytef *)pdf->packed.ptr;
	z->avail_out = (uInt)most;
	if (deflate(z, Z_FINISH) != Z_STREAM_END) fail(pdf, "compressing a page failed");
	pdf->packed.len = most - z->avail_out;
	pdf->content.len = 0;
	pdf->pen = FRESH_PEN;
	return pdf_ok(pdf);
}

/* The stream is packed already, which libharu has no word for: it would pack it again or leave the filter out. */
static HPDF_STATUS write_filter(HPDF_Dict dict, HPDF_Stream stream)
{
	(void)dict;
	return HPDF_Stream_WriteStr(stream, "/Filter /FlateDecode\012");
}

/* Moves the content into a stream object, in one block of just its size. */
static void pack_into(struct pdf *pdf, HPDF_Dict object)
{
	if (!deflate_content(pdf)) return;
	HPDF_Stream stream = HPDF_MemStream_New(pdf->doc->mmgr, (HPDF_UINT)pdf->packed.len);
	if (!made(pdf, stream)) return;
	HPDF_Stream_Free(object->stream);
	object->stream = stream;
	object->filter = HPDF_STREAM_FILTER_NONE;
	object->write_fn = write_filter;
	good(pdf, HPDF_Stream_Write(stream, (const HPDF_BYTE *)pdf->packed.ptr, (HPDF_UINT)pdf->packed.len));
}

static void close_page(struct pdf *pdf)
{
	if (!pdf_ok(pdf) || !pdf->page_count) return;
	HPDF_PageAttr attr = pdf->pages[pdf->page_count - 1].handle->attr;
	pack_into(pdf, attr->contents);
	attr->stream = attr->contents->stream;
}

static void name_fonts(struct pdf *pdf, HPDF_Page page)
{
	for (int i = 0; i < PDF_FACES; i++) {
		struct face *face = &pdf->faces[i];
		const char *name = HPDF_Page_GetLocalFontName(page, face->font);
		if (!made(pdf, name)) return;
		if (!face->name[0])
			snprintf(face->name, sizeof(face->name), "%s", name);
		else if (strcmp(face->name, name) != 0)
			fail(pdf, "the PDF library names a font %s, then %s", face->name, name);
	}
}

static void begin_page(struct pdf *pdf)
{
	pdf->frame.top = BODY_TOP;
	pdf->frame.bottom = pdf->page_height - BODY_BOTTOM;
	pdf->y = pdf->frame.top;
	if (!pdf_ok(pdf)) return;
	if (pdf->page_count == pdf->options.max_pages) {
		fail(pdf, "the document needs more than %u pages", pdf->options.max_pages);
		return;
	}
	HPDF_Page page = HPDF_AddPage(pdf->doc);
	if (!made(pdf, page)) return;
	good(pdf, HPDF_Page_SetWidth(page, pdf->page_width));
	good(pdf, HPDF_Page_SetHeight(page, pdf->page_height));
	name_fonts(pdf, page);
	ARRAY_RESERVE(pdf->pages, pdf->page_count, pdf->page_capacity);
	pdf->pages[pdf->page_count++] = (struct page){page};
	pdf->pen = FRESH_PEN;
}

void pdf_new_page(struct pdf *pdf)
{
	if (pdf->measuring || pdf->fixed || pdf->saved) return;
	close_page(pdf);
	begin_page(pdf);
}

unsigned pdf_page_number(const struct pdf *pdf) { return pdf->page_count; }
unsigned pdf_room_pages(const struct pdf *pdf) { return pdf->options.max_pages - pdf->page_count; }

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

static uint32_t mark_number(struct pdf *pdf, struct str name)
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
	if (!drawing(pdf) || !name.len) return;
	uint32_t n = mark_number(pdf, name);
	struct mark *mark = &pdf->marks[n - 1];
	if (!mark->page) *mark = (struct mark){pdf->page_count, pdf->y, NULL};
}

/* Fills in a place on a page; the reader's zoom stays. */
static bool fill_destination(struct pdf *pdf, HPDF_Array place, unsigned page, float y)
{
	if (!made(pdf, place)) return false;
	good(pdf, HPDF_Array_Add(place, pdf->pages[page - 1].handle));
	good(pdf, HPDF_Array_AddName(place, "XYZ"));
	good(pdf, HPDF_Array_AddReal(place, 0));
	good(pdf, HPDF_Array_AddReal(place, up(pdf, y < 12 ? 0 : y - 12)));
	return good(pdf, HPDF_Array_AddReal(place, 0));
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
	if (!drawing(pdf)) return;
	pdf_clean(pdf, PDF_TEXT, title, BOOKMARK_LETTERS, &clean);
	buf_char(&clean, '\0');
	HPDF_Outline parent = level > 1 ? pdf->chapter : NULL;
	HPDF_Outline entry = HPDF_CreateOutline(pdf->doc, parent, clean.ptr, HPDF_GetEncoder(pdf->doc, "UTF-8"));
	buf_free(&clean);
	HPDF_Array place = HPDF_Array_New(pdf->doc->mmgr);
	if (!made(pdf, entry) || !fill_destination(pdf, place, pdf->page_count, pdf->y)) return;
	good(pdf, HPDF_Dict_Add(entry, "Dest", place)); /* in the entry itself: preflight follows no reference here */
	/* /Type is none of an outline item's keys. */
	good(pdf, HPDF_Dict_RemoveElement(entry, "Type"));
	good(pdf, HPDF_Outline_SetOpened(entry, HPDF_FALSE));
	if (!parent) pdf->chapter = entry;
}

void pdf_link_to(struct pdf *pdf, float x, float top, float width, float height, struct str mark)
{
	if (!drawing(pdf) || !mark.len || width <= 0 || height <= 0) return;
	uint32_t n = mark_number(pdf, mark);
	ARRAY_RESERVE(pdf->links, pdf->link_count, pdf->link_capacity);
	pdf->links[pdf->link_count++] = (struct link){pdf->page_count, x, top, width, height, n};
}

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
	if (!drawing(pdf) || !mark.len) return;
	float width = pdf_page_ref_width(pdf, size, mark), points = SIZES[size].points;
	uint32_t n = mark_number(pdf, mark);
	ARRAY_RESERVE(pdf->refs, pdf->ref_count, pdf->ref_capacity);
	pdf->refs[pdf->ref_count++] = (struct ref){pdf->page_count, x, baseline, width, size, ink, align, n};
	pdf_link_to(pdf, x, baseline - points, width, points * 1.3F, mark);
}

/* ---- The second pass: headers, footers, page references ---------------------------------------------------------- */

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
	float x = MARGIN_X, width = pdf->page_width - 2 * MARGIN_X, right = width * 0.45F;
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
	float x = MARGIN_X, width = pdf->page_width - 2 * MARGIN_X, baseline = pdf->page_height - 30;
	char number_text[96], mark_text[96] = "";
	snprintf(number_text, sizeof(number_text), "%u %.*s %u", page, STR_ARG(options->word_of), pdf->page_count);
	float right = pdf_text_width(pdf, PDF_TEXT, PDF_SMALL, str_from(number_text));
	float left = pdf_text_width(pdf, PDF_TEXT, PDF_SMALL, options->footer_left), most = width * 0.36F;
	if (left > most) left = most;
	pdf_rule(pdf, x, baseline - 12, x + width, baseline - 12, 0.5F, PDF_LINE);
	pdf_text_at(pdf, x, baseline, style, PDF_LEFT, most, options->footer_left);
	pdf_text_at(pdf, x + width, baseline, style, PDF_RIGHT, 0, str_from(number_text));
	uint32_t mark = options->footer_mark.len ? mark_number(pdf, options->footer_mark) : 0;
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

static void add_tail(struct pdf *pdf, HPDF_Page page)
{
	HPDF_PageAttr attr = page->attr;
	HPDF_Dict tail = HPDF_DictStream_New(pdf->doc->mmgr, pdf->doc->xref);
	HPDF_Array both = HPDF_Array_New(pdf->doc->mmgr);
	if (!made(pdf, tail) || !made(pdf, both)) return;
	pack_into(pdf, tail);
	good(pdf, HPDF_Array_Add(both, attr->contents));
	good(pdf, HPDF_Array_Add(both, tail));
	good(pdf, HPDF_Dict_Add(page, "Contents", both));
}

static void draw_tails(struct pdf *pdf)
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

/* What libharu would keep in seven entries and two arrays of objects, 2 KB for a link, is written from the link
 * itself. */
static HPDF_STATUS write_annotation(HPDF_Dict note, HPDF_Stream stream)
{
	const struct pdf *pdf = note->error->user_data;
	const struct link *link = note->attr;
	const struct mark *mark = &pdf->marks[link->mark - 1];
	const float area[] = {link->x, up(pdf, link->top + link->height), link->x + link->width, up(pdf, link->top)};
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
		good(pdf, HPDF_Dict_Add(page, "Annots", notes));
	}
	HPDF_Dict note = HPDF_Dict_New(pdf->doc->mmgr);
	if (!mark->destination || !made(pdf, note)) return;
	note->header.obj_class |= HPDF_OSUBCLASS_ANNOTATION;
	note->write_fn = write_annotation;
	note->attr = link;
	good(pdf, HPDF_Xref_Add(pdf->doc->xref, note));
	good(pdf, HPDF_Array_Add(notes, note));
}

unsigned pdf_dangling(const struct pdf *pdf, struct str *first)
{
	if (first) *first = strings_get(&pdf->mark_names, pdf->first_dangling);
	return pdf->dangling;
}

/* ---- Valid PDF/A ------------------------------------------------------------------------------------------------- */

static bool is_used(const struct face *face, uint32_t code) { return face->used[code >> 3] & 0x80 >> (code & 7); }

/* libharu's ToUnicode map is one that no reader takes; a character's code is its code point here. */
static void write_to_unicode(struct pdf *pdf, struct face *face)
{
	HPDF_Stream stream = ((HPDF_FontAttr)face->font->attr)->cmap_stream->stream;
	struct buf map = {0};
	buf_add(&map, STR("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
	                  "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
	                  "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
	                  "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"));
	unsigned left = 0;
	for (uint32_t code = 0; code < BMP; code++) left += is_used(face, code);
	unsigned in_block = 0;
	for (uint32_t code = 0; code < BMP; code++) {
		if (!is_used(face, code)) continue;
		if (!in_block) buf_printf(&map, "%u beginbfchar\n", in_block = left < 100 ? left : 100);
		buf_printf(&map, "<%04X> <%04X>\n", code, code);
		left--;
		if (!--in_block) buf_add(&map, STR("endbfchar\n"));
	}
	buf_add(&map, STR("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"));
	HPDF_MemStream_FreeData(stream);
	good(pdf, HPDF_Stream_Write(stream, (const HPDF_BYTE *)map.ptr, (HPDF_UINT)map.len));
	buf_free(&map);
}

/* libharu lists the width of every character of the font: only those in use stay. */
static void write_widths(struct pdf *pdf, struct face *face)
{
	HPDF_Font descendant = ((HPDF_FontAttr)face->font->attr)->descendant_font;
	HPDF_Array all = HPDF_Array_New(pdf->doc->mmgr), run = NULL;
	for (uint32_t code = 0; code < BMP && made(pdf, all); code++) {
		if (!is_used(face, code)) {
			run = NULL;
			continue;
		}
		if (!run) {
			run = HPDF_Array_New(pdf->doc->mmgr);
			good(pdf, HPDF_Array_AddNumber(all, (HPDF_INT32)code));
			good(pdf, HPDF_Array_Add(all, run));
		}
		good(pdf, HPDF_Array_AddNumber(run, face->advance[code]));
	}
	if (pdf_ok(pdf)) good(pdf, HPDF_Dict_Add(descendant, "W", all));
}

static HPDF_STATUS before_font_is_written(HPDF_Dict font)
{
	struct pdf *pdf = font->error->user_data;
	struct face *face = NULL;
	for (int i = 0; i < PDF_FACES; i++)
		if (pdf->faces[i].font == font) face = &pdf->faces[i];
	if (!face) return HPDF_INVALID_FONT;
	HPDF_STATUS status = face->before_write(font);
	if (status != HPDF_OK) return status;
	HPDF_Dict set = HPDF_DictStream_New(pdf->doc->mmgr, pdf->doc->xref);
	if (!set) return HPDF_FAILD_TO_ALLOC_MEM;
	set->filter = HPDF_STREAM_FILTER_FLATE_DECODE;
	status = HPDF_Stream_Write(set->stream, face->used, BMP / 8);
	if (status == HPDF_OK) status = HPDF_Dict_Add(face->def->descriptor, "CIDSet", set);
	if (status != HPDF_OK) return status;
	return HPDF_Dict_AddNumber(face->def->descriptor, "CapHeight", face->def->cap_height);
}

static void xml(struct buf *out, const char *s)
{
	for (; *s; s++) {
		switch (*s) {
		case '&': buf_add(out, STR("&amp;")); break;
		case '<': buf_add(out, STR("&lt;")); break;
		case '>': buf_add(out, STR("&gt;")); break;
		default: buf_char(out, *s);
		}
	}
}

static void xml_element(struct buf *out, const char *before, const char *s, const char *after)
{
	buf_add(out, str_from(before));
	xml(out, s);
	buf_add(out, str_from(after));
}

struct metadata {
	const char *title, *subject, *creator, *producer;
	char date[40];
};

static void write_xmp(struct pdf *pdf, const struct metadata *data)
{
	struct buf x = {0};
	buf_add(&x, STR("<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
	                "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
	                "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
	                "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n"));
	xml_element(
	    &x, "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">", data->title,
	    "</rdf:li></rdf:Alt></dc:title>\n<dc:creator><rdf:Seq><rdf:li>dossier</rdf:li></rdf:Seq></dc:creator>\n");
	if (data->subject[0])
		xml_element(&x, "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">", data->subject,
		            "</rdf:li></rdf:Alt></dc:description>\n");
	buf_add(&x, STR("</rdf:Description>\n"
	                "<rdf:Description rdf:about=\"\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">\n"));
	if (data->creator[0]) xml_element(&x, "<xmp:CreatorTool>", data->creator, "</xmp:CreatorTool>\n");
	xml_element(&x, "<xmp:CreateDate>", data->date, "</xmp:CreateDate>\n");
	xml_element(&x, "<xmp:ModifyDate>", data->date, "</xmp:ModifyDate>\n");
	xml_element(&x,
	            "</rdf:Description>\n"
	            "<rdf:Description rdf:about=\"\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">\n<pdf:Producer>",
	            data->producer,
	            "</pdf:Producer>\n</rdf:Description>\n"
	            "<rdf:Description rdf:about=\"\" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n"
	            "<pdfaid:part>1</pdfaid:part>\n<pdfaid:conformance>B</pdfaid:conformance>\n</rdf:Description>\n"
	            "</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>\n");
	HPDF_Dict stream = HPDF_DictStream_New(pdf->doc->mmgr, pdf->doc->xref);
	if (made(pdf, stream)) {
		good(pdf, HPDF_Dict_AddName(stream, "Type", "Metadata"));
		good(pdf, HPDF_Dict_AddName(stream, "Subtype", "XML"));
		good(pdf, HPDF_Stream_Write(stream->stream, (const HPDF_BYTE *)x.ptr, (HPDF_UINT)x.len));
		good(pdf, HPDF_Dict_Add(pdf->doc->catalog, "Metadata", stream));
	}
	buf_free(&x);
}

static char *clean_copy(struct pdf *pdf, struct str s, size_t letters)
{
	struct buf clean = {0};
	pdf_clean(pdf, PDF_TEXT, s, letters, &clean);
	char *copy = str_cstr(&pdf->arena, buf_str(&clean));
	buf_free(&clean);
	return copy;
}

/* Info, XMP and catalog say the same. */
static void write_metadata(struct pdf *pdf)
{
	const struct pdf_options *options = &pdf->options;
	const struct instant_parts *t = &options->as_of;
	struct metadata data = {
	    .title = clean_copy(pdf, options->title.len ? options->title : STR("untitled"), TITLE_LETTERS),
	    .subject = clean_copy(pdf, options->subject, TITLE_LETTERS),
	    .creator = clean_copy(pdf, options->creator, TITLE_LETTERS),
	    .producer = "libharu " HPDF_VERSION_TEXT,
	};
	snprintf(data.date, sizeof(data.date), "%04d-%02d-%02dT%02d:%02d:%02d+00:00", t->year, t->month, t->day,
	         t->hour, t->minute, t->second);
	HPDF_Date date = {t->year, t->month, t->day, t->hour, t->minute, t->second, '+', 0, 0};
	HPDF_Doc doc = pdf->doc;
	good(pdf, HPDF_SetInfoAttr(doc, HPDF_INFO_TITLE, data.title));
	good(pdf, HPDF_SetInfoAttr(doc, HPDF_INFO_AUTHOR, "dossier"));
	if (data.subject[0]) good(pdf, HPDF_SetInfoAttr(doc, HPDF_INFO_SUBJECT, data.subject));
	if (data.creator[0]) good(pdf, HPDF_SetInfoAttr(doc, HPDF_INFO_CREATOR, data.creator));
	good(pdf, HPDF_SetInfoAttr(doc, HPDF_INFO_PRODUCER, data.producer));
	good(pdf, HPDF_SetInfoDateAttr(doc, HPDF_INFO_CREATION_DATE, date));
	good(pdf, HPDF_SetInfoDateAttr(doc, HPDF_INFO_MOD_DATE, date));
	write_xmp(pdf, &data);
	HPDF_String language = HPDF_String_New(doc->mmgr, str_cstr(&pdf->arena, options->language), NULL);
	if (made(pdf, language)) good(pdf, HPDF_Dict_Add(doc->catalog, "Lang", language));
}

static void write_id(struct pdf *pdf)
{
	HPDF_Array id = HPDF_Array_New(pdf->doc->mmgr);
	if (!made(pdf, id)) return;
	for (int i = 0; i < 2; i++)
		good(pdf,
		     HPDF_Array_Add(id, HPDF_Binary_New(pdf->doc->mmgr, pdf->options.id, sizeof(pdf->options.id))));
	good(pdf, HPDF_Dict_Add(pdf->doc->trailer, "ID", id));
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
	const char *clean = clean_copy(pdf, s.len ? s : otherwise, 12);
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
	good(pdf, HPDF_UseUTFEncodings(pdf->doc));
	good(pdf, HPDF_SetCurrentEncoder(pdf->doc, "UTF-8"));
	good(pdf, HPDF_SetCompressionMode(pdf->doc, HPDF_COMP_ALL));
	good(pdf, HPDF_SetPagesConfiguration(pdf->doc, PAGES_PER_NODE));
	good(pdf, HPDF_SetPageMode(pdf->doc, HPDF_PAGE_MODE_USE_OUTLINE));
	good(pdf, HPDF_AddPageLabel(pdf->doc, 0, HPDF_PAGE_NUM_STYLE_DECIMAL, 1, NULL));
	for (int i = 0; i < PDF_FACES; i++)
		if (!pdf_ok(pdf) || !load_face(pdf, (enum pdf_face)i, &resources->faces[i], error)) return false;
	if (!load_profile(pdf, &resources->icc, error)) return false;
	pdf->options.word_page = short_word(pdf, pdf->options.word_page, STR("p."));
	pdf->options.word_of = short_word(pdf, pdf->options.word_of, STR("of"));
	write_metadata(pdf);
	pdf->frame.x = MARGIN_X;
	pdf->frame.width = pdf->page_width - 2 * MARGIN_X;
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
	draw_tails(pdf);
	for (size_t i = 0; i < pdf->link_count && pdf_ok(pdf); i++) make_link(pdf, &pdf->links[i]);
	for (int i = 0; i < PDF_FACES && pdf_ok(pdf); i++) {
		use_code(&pdf->faces[i], ' '); /* no map may be empty */
		write_to_unicode(pdf, &pdf->faces[i]);
		write_widths(pdf, &pdf->faces[i]);
	}
	write_id(pdf);
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
	if (pdf_ok(pdf) && made(pdf, pdf->doc->stream)) {
		good(pdf, HPDF_SaveToStream(pdf->doc));
		good(pdf, HPDF_GetError(pdf->doc));
		if (pdf_ok(pdf)) good(pdf, flush(pdf));
	}
	if (error->kind != ERROR_NONE)
		pdf->error = *error; /* what write() said is the cause */
	else
		*error = pdf->error;
	return pdf_ok(pdf);
}

static bool append(void *context, const void *bytes, size_t len, struct error *error)
{
	(void)error;
	buf_add(context, str_of(bytes, len));
	return true;
}

bool pdf_save_buf(struct pdf *pdf, struct buf *buf, struct error *error) { return pdf_save(pdf, append, buf, error); }
