/* How it works
 *
 * A face is a TrueType file that libharu embeds as a composite font. A character's code is its code point, two bytes:
 *
 *   <0041> Tj ── code 0041 ──┬── CIDToGIDMap ── glyph     libharu's; advances and hidden characters are read off it
 *                            ├── W            ── width    \
 *                            ├── ToUnicode    ── U+0041    } written here, of the characters in use alone
 *                            └── CIDSet       ── bit 0041 /
 *
 * Who draws a character calls pdf_use_code; its glyph then stays in the subset that libharu makes of the font, with the
 * parts of its parts, which libharu forgets (a U with two accents would lose one).
 *
 * What libharu 2.3.0 lacks for a font to be valid in PDF/A-1b is put right under "What a font needs to be valid": its
 * ToUnicode map, its list of widths, and the CIDSet and CapHeight it leaves out.
 */
#include "render/pdf_private.h"

#include "core/sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	BMP = 0x10000,
	RESOURCE_BYTES = 16 << 20, /* the largest font or profile that is read */
	COMPOSED_DEPTH = 8,
};

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

/* ---- Resources --------------------------------------------------------------------------------------------------- */

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

bool pdf_read_resource(const struct pdf_resource *resource, struct buf *out, struct error *error)
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

/* ---- Faces ------------------------------------------------------------------------------------------------------- */

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

static void load_code(struct face *face, unsigned char *map, uint32_t code)
{
	unsigned gid = HPDF_TTFontDef_GetGlyphid(face->def, (HPDF_UINT16)code);
	HPDF_INT16 advance = gid ? HPDF_TTFontDef_GetGidWidth(face->def, (HPDF_UINT16)gid) : -1;
	map[2 * code] = (unsigned char)(gid >> 8);
	map[2 * code + 1] = (unsigned char)gid;
	if (advance >= 0) face->advance[code] = (uint16_t)advance;
}

/* Of each character the glyph and how far it goes; libharu looks through the segments of the font's cmap from the first on, so only what lies
 * in one is asked for. */
static bool load_codes(struct pdf *pdf, struct face *face)
{
	const HPDF_TTF_CmapRange *cmap = &((HPDF_TTFontDefAttr)face->def->attr)->cmap;
	unsigned char *map = arena_alloc(&pdf->arena, 2 * BMP);
	HPDF_Dict out = ((HPDF_FontAttr)face->font->attr)->map_stream;
	if (!pdf_made(pdf, out)) return false;
	face->advance = ARENA_ARRAY(&pdf->arena, uint16_t, BMP);
	face->used = arena_alloc(&pdf->arena, BMP / 8);
	for (uint32_t code = 0; code < BMP; code++) face->advance[code] = PDF_NO_GLYPH;
	if (cmap->format == 4)
		for (unsigned i = 0; i < cmap->seg_count_x2 / 2; i++)
			for (uint32_t code = cmap->start_count[i]; code <= cmap->end_count[i] && code < BMP - 1; code++)
				load_code(face, map, code);
	else
		for (uint32_t code = 0; code < BMP - 1; code++) load_code(face, map, code);
	for (size_t i = 0; i < sizeof(HIDDEN) / sizeof(HIDDEN[0]); i++)
		for (uint32_t code = HIDDEN[i].from; code <= HIDDEN[i].to; code++) face->advance[code] = PDF_NO_GLYPH;
	HPDF_MemStream_FreeData(out->stream);
	return pdf_good(pdf, HPDF_Stream_Write(out->stream, map, 2 * (BMP - 1)));
}

/* libharu would look up every code of the encoding, and make a number of each width: it is shown the space alone, the rest is load_codes's. */
static bool make_font(struct pdf *pdf, struct face *face)
{
	HPDF_Encoder encoder = HPDF_GetEncoder(pdf->doc, "UTF-8");
	if (!pdf_made(pdf, encoder)) return false;
	HPDF_CMapEncoderAttr attr = encoder->attr;
	HPDF_Encoder_ToUnicode_Func to_unicode = encoder->to_unicode_fn;
	size_t size = sizeof(attr->cid_map);
	void *all = memory_grow(NULL, size);
	memcpy(all, attr->cid_map, size);
	memset(attr->cid_map, 0, size);
	attr->cid_map[0][' '] = ' ';
	encoder->to_unicode_fn = HPDF_CMapEncoder_ToUnicode; /* with that of UTF-8 it would not ask cid_map */
	face->font = HPDF_GetFont(pdf->doc, face->def->base_font, "UTF-8");
	encoder->to_unicode_fn = to_unicode;
	memcpy(attr->cid_map, all, size);
	free(all);
	return pdf_made(pdf, face->font);
}

static HPDF_STATUS before_font_is_written(HPDF_Dict font);

bool pdf_load_face(struct pdf *pdf, enum pdf_face number, const struct pdf_resource *resource, struct error *error)
{
	struct face *face = &pdf->faces[number];
	struct buf bytes = {0};
	if (!pdf_read_resource(resource, &bytes, error)) {
		buf_free(&bytes);
		return false;
	}
	HPDF_UINT len = (HPDF_UINT)bytes.len;
	HPDF_Stream stream = HPDF_MemStream_New(pdf->doc->mmgr, len);
	HPDF_STATUS written =
	    stream ? HPDF_Stream_Write(stream, (const HPDF_BYTE *)bytes.ptr, len) : HPDF_INVALID_STREAM;
	buf_free(&bytes);
	if (!pdf_good(pdf, written)) return false;
	face->def = HPDF_TTFontDef_Load(pdf->doc->mmgr, stream, HPDF_TRUE);
	if (!face->def)
		return error_set(error, ERROR_SYSTEM, resource->path, "is not a TrueType font the PDF library reads");
	char tag[] = "DOSSAA";
	tag[5] = (char)('A' + (int)number);
	HPDF_TTFontDef_SetTagName(face->def, tag);
	if (!pdf_good(pdf, HPDF_Doc_RegisterFontDef(pdf->doc, face->def))) return false;
	if (!make_font(pdf, face)) return false;
	face->ttf = HPDF_MemStream_GetBufPtr(stream, 0, &len);
	face->ttf_len = len;
	face->before_write = face->font->before_write_fn;
	face->font->before_write_fn = before_font_is_written;
	return pdf_made(pdf, face->ttf) && load_codes(pdf, face);
}

void pdf_name_fonts(struct pdf *pdf, HPDF_Page page)
{
	for (int i = 0; i < PDF_FACES; i++) {
		struct face *face = &pdf->faces[i];
		const char *name = HPDF_Page_GetLocalFontName(page, face->font);
		if (!pdf_made(pdf, name)) return;
		if (!face->name[0])
			snprintf(face->name, sizeof(face->name), "%s", name);
		else if (strcmp(face->name, name) != 0)
			pdf_failf(pdf, "the PDF library names a font %s, then %s", face->name, name);
	}
}

const uint16_t *pdf_advances(const struct pdf *pdf, enum pdf_face face) { return pdf->faces[face].advance; }

/* ---- Characters in use ------------------------------------------------------------------------------------------- */

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

void pdf_use_code(struct face *face, uint16_t code)
{
	unsigned char bit = (unsigned char)(0x80 >> (code & 7));
	if (face->used[code >> 3] & bit) return;
	face->used[code >> 3] |= bit;
	keep_parts(face, HPDF_TTFontDef_GetGlyphid(face->def, code), 0);
}

static bool is_used(const struct face *face, uint32_t code) { return face->used[code >> 3] & 0x80 >> (code & 7); }

/* ---- What a font needs to be valid ------------------------------------------------------------------------------- */

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
	pdf_good(pdf, HPDF_Stream_Write(stream, (const HPDF_BYTE *)map.ptr, (HPDF_UINT)map.len));
	buf_free(&map);
}

/* libharu lists the width of every character of the font: only those in use stay. */
static void write_widths(struct pdf *pdf, struct face *face)
{
	HPDF_Font descendant = ((HPDF_FontAttr)face->font->attr)->descendant_font;
	HPDF_Array all = HPDF_Array_New(pdf->doc->mmgr), run = NULL;
	for (uint32_t code = 0; code < BMP && pdf_made(pdf, all); code++) {
		if (!is_used(face, code)) {
			run = NULL;
			continue;
		}
		if (!run) {
			run = HPDF_Array_New(pdf->doc->mmgr);
			pdf_good(pdf, HPDF_Array_AddNumber(all, (HPDF_INT32)code));
			pdf_good(pdf, HPDF_Array_Add(all, run));
		}
		pdf_good(pdf, HPDF_Array_AddNumber(run, face->advance[code]));
	}
	if (pdf_ok(pdf)) pdf_good(pdf, HPDF_Dict_Add(descendant, "W", all));
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

void pdf_finish_fonts(struct pdf *pdf)
{
	for (int i = 0; i < PDF_FACES && pdf_ok(pdf); i++) {
		pdf_use_code(&pdf->faces[i], ' '); /* no map may be empty */
		write_to_unicode(pdf, &pdf->faces[i]);
		write_widths(pdf, &pdf->faces[i]);
	}
}
