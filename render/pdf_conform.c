/* How it works
 *
 * PDF/A-1b asks for more than libharu 2.3.0 writes. What a single font needs is in pdf_fonts.c; what the file as a whole
 * needs is here:
 *
 *   catalog ─┬─ Metadata       XMP: the same as Info, and "this is PDF/A-1b"
 *            ├─ OutputIntents  an RGB profile: what the colours mean
 *            └─ Lang
 *   trailer ─┬─ Info           title, subject, creator, producer, dates
 *            └─ ID             twice the 16 bytes of the options
 *
 * Nothing of it comes from the clock or the machine: date and /ID are given with the options, so the same calls give the
 * same bytes. Text is cleaned like the text of pages, so a control character of a title never reaches the XML.
 */
#include "render/pdf_private.h"

#include <hpdf_pdfa.h>
#include <stdio.h>

enum { TITLE_LETTERS = 300 };

/* ---- Output intent ----------------------------------------------------------------------------------------------- */

bool pdf_load_profile(struct pdf *pdf, const struct pdf_resource *resource, struct error *error)
{
	struct buf bytes = {0};
	bool fine = pdf_read_resource(resource, &bytes, error);
	if (fine &&
	    (bytes.len < 132 || memcmp(bytes.ptr + 16, "RGB ", 4) != 0 || memcmp(bytes.ptr + 36, "acsp", 4) != 0))
		fine = error_set(error, ERROR_SYSTEM, resource->path, "is not an ICC profile for RGB");
	if (fine) {
		HPDF_Dict icc = HPDF_DictStream_New(pdf->doc->mmgr, pdf->doc->xref);
		if (pdf_made(pdf, icc)) {
			icc->filter = HPDF_STREAM_FILTER_FLATE_DECODE;
			pdf_good(pdf, HPDF_Dict_AddNumber(icc, "N", 3));
			pdf_good(pdf,
			         HPDF_Stream_Write(icc->stream, (const HPDF_BYTE *)bytes.ptr, (HPDF_UINT)bytes.len));
			pdf_good(pdf, HPDF_PDFA_AppendOutputIntents(pdf->doc, "sRGB IEC61966-2.1", icc));
		}
	}
	buf_free(&bytes);
	return fine && pdf_ok(pdf);
}

/* ---- Metadata ---------------------------------------------------------------------------------------------------- */

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
	if (pdf_made(pdf, stream)) {
		pdf_good(pdf, HPDF_Dict_AddName(stream, "Type", "Metadata"));
		pdf_good(pdf, HPDF_Dict_AddName(stream, "Subtype", "XML"));
		pdf_good(pdf, HPDF_Stream_Write(stream->stream, (const HPDF_BYTE *)x.ptr, (HPDF_UINT)x.len));
		pdf_good(pdf, HPDF_Dict_Add(pdf->doc->catalog, "Metadata", stream));
	}
	buf_free(&x);
}

char *pdf_clean_copy(struct pdf *pdf, struct str s, size_t letters)
{
	struct buf clean = {0};
	pdf_clean(pdf, PDF_TEXT, s, letters, &clean);
	char *copy = str_cstr(&pdf->arena, buf_str(&clean));
	buf_free(&clean);
	return copy;
}

/* Info, XMP and catalog say the same. */
void pdf_write_metadata(struct pdf *pdf)
{
	const struct pdf_options *options = &pdf->options;
	const struct instant_parts *t = &options->as_of;
	struct metadata data = {
	    .title = pdf_clean_copy(pdf, options->title.len ? options->title : STR("untitled"), TITLE_LETTERS),
	    .subject = pdf_clean_copy(pdf, options->subject, TITLE_LETTERS),
	    .creator = pdf_clean_copy(pdf, options->creator, TITLE_LETTERS),
	    .producer = "libharu " HPDF_VERSION_TEXT,
	};
	snprintf(data.date, sizeof(data.date), "%04d-%02d-%02dT%02d:%02d:%02d+00:00", t->year, t->month, t->day,
	         t->hour, t->minute, t->second);
	HPDF_Date date = {t->year, t->month, t->day, t->hour, t->minute, t->second, '+', 0, 0};
	HPDF_Doc doc = pdf->doc;
	pdf_good(pdf, HPDF_SetInfoAttr(doc, HPDF_INFO_TITLE, data.title));
	pdf_good(pdf, HPDF_SetInfoAttr(doc, HPDF_INFO_AUTHOR, "dossier"));
	if (data.subject[0]) pdf_good(pdf, HPDF_SetInfoAttr(doc, HPDF_INFO_SUBJECT, data.subject));
	if (data.creator[0]) pdf_good(pdf, HPDF_SetInfoAttr(doc, HPDF_INFO_CREATOR, data.creator));
	pdf_good(pdf, HPDF_SetInfoAttr(doc, HPDF_INFO_PRODUCER, data.producer));
	pdf_good(pdf, HPDF_SetInfoDateAttr(doc, HPDF_INFO_CREATION_DATE, date));
	pdf_good(pdf, HPDF_SetInfoDateAttr(doc, HPDF_INFO_MOD_DATE, date));
	write_xmp(pdf, &data);
	HPDF_String language = HPDF_String_New(doc->mmgr, str_cstr(&pdf->arena, options->language), NULL);
	if (pdf_made(pdf, language)) pdf_good(pdf, HPDF_Dict_Add(doc->catalog, "Lang", language));
}

void pdf_write_id(struct pdf *pdf)
{
	HPDF_Array id = HPDF_Array_New(pdf->doc->mmgr);
	if (!pdf_made(pdf, id)) return;
	for (int i = 0; i < 2; i++)
		pdf_good(pdf,
		         HPDF_Array_Add(id, HPDF_Binary_New(pdf->doc->mmgr, pdf->options.id, sizeof(pdf->options.id))));
	pdf_good(pdf, HPDF_Dict_Add(pdf->doc->trailer, "ID", id));
}
