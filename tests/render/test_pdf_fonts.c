/* pdf_fonts: the map from codes to glyphs that is written here is the one that libharu makes when it looks every code up itself. */
#include "render/pdf_private.h"
#include "tests/check.h"

static struct buf map_of(HPDF_Font font)
{
	struct buf map = {0};
	HPDF_Stream stream = ((HPDF_FontAttr)font->attr)->map_stream->stream;
	HPDF_UINT len = stream->size;
	buf_reserve(&map, len);
	HPDF_Stream_Seek(stream, 0, HPDF_SEEK_SET);
	HPDF_STATUS status = HPDF_Stream_Read(stream, (HPDF_BYTE *)map.ptr, &len);
	if (status == HPDF_OK || status == HPDF_STREAM_EOF) map.len = len;
	return map;
}

/* As libharu makes it. */
static struct buf library_map(const char *path)
{
	struct buf map = {0};
	HPDF_Doc doc = HPDF_New(NULL, NULL);
	if (!doc) return map;
	HPDF_UseUTFEncodings(doc);
	const char *name = HPDF_LoadTTFontFromFile(doc, path, HPDF_TRUE);
	HPDF_Font font = name ? HPDF_GetFont(doc, name, "UTF-8") : NULL;
	if (font) map = map_of(font);
	HPDF_Free(doc);
	return map;
}

int main(void)
{
	const struct pdf_options options = {.title = STR_EMPTY, .as_of = {2026, 3, 9, 0, 0, 0}};
	struct error error;
	struct pdf *pdf = pdf_new(&options, &pdf_resources_debian, &error);
	if (!CHECK(pdf != NULL, "a document begins")) return check_done();
	for (int i = 0; i < PDF_FACES; i++) {
		const char *path = pdf_resources_debian.faces[i].path;
		struct buf ours = map_of(pdf->faces[i].font), theirs = library_map(path);
		CHECK(ours.len > 100000 && str_eq(buf_str(&ours), buf_str(&theirs)),
		      "codes of %s have the glyphs that libharu gives them", path);
		buf_free(&ours);
		buf_free(&theirs);
	}
	pdf_free(pdf);
	return check_done();
}
