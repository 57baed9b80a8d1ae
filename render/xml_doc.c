/* libxml2's xmlTextWriter keeps the nesting and the indentation. Its buffer empties into a struct writer, and that into the
 * sink:
 *
 *     xml_start, xml_text ... -> xmlTextWriter -> its buffer -> struct writer -> sink
 *     xml_attribute ----------------------------------^             ^
 *     xml_rows -----------------------------------------------------'
 *
 * Attributes go past the writer, since it walks its list of states for each, several times; it has written the start tag up
 * to there, and closes it when something else comes. Rows, because even so a report of 105,000 findings would cost some 100 ms.
 *
 * All text is escaped here (xml_put_text), attributes too: the writer's own escaping wants NUL-terminated strings, passes
 * control characters on, and turns everything beyond ASCII into character references. For the same reason no encoding is
 * given to it: it would copy every byte through a converter from UTF-8 to UTF-8.
 *
 * A sink that fails is not reported to libxml2, which would print about it: doc->out remembers, and drops what follows.
 */
#include "render/xml_doc.h"

#include "core/instant.h"

#include <libxml/parser.h>
#include <math.h>

/* ---- text ---- */

void xml_put_text(struct buf *buf, struct str s)
{
	for (size_t i = 0; i < s.len;) {
		size_t start = i;
		i += text_ascii(s, i, "<>&\"");
		i += text_plain(s, i);
		buf_add(buf, str_slice(s, start, i));
		if (i > start) continue;
		struct str reference;
		switch (s.ptr[i]) {
		case '<': reference = STR("&lt;"); break;
		case '>': reference = STR("&gt;"); break;
		case '&': reference = STR("&amp;"); break;
		case '"': reference = STR("&quot;"); break;
		case '\t': reference = STR("&#9;"); break;
		case '\n': reference = STR("&#10;"); break;
		case '\r': reference = STR("&#13;"); break;
		default: i += text_replace(buf, s, i); continue;
		}
		buf_add(buf, reference);
		i++;
	}
}

void xml_row_attribute(struct buf *buf, struct str begin, struct str value)
{
	buf_add(buf, begin);
	xml_put_text(buf, value);
	buf_char(buf, '"');
}

void xml_row_when(struct buf *buf, struct str begin, int64_t instant)
{
	char text[40];
	if (instant != INSTANT_NONE) xml_row_attribute(buf, begin, str_from(instant_text(instant, text)));
}

/* ---- elements and attributes ---- */

enum { PIECE = 1 << 24 }; /* libxml2 counts in int */

static void must(struct xml_doc *doc, int written)
{
	if (written < 0) doc->failed = true;
}

/* The first of what is left. */
static struct str next_piece(struct str *left)
{
	struct str piece = str_slice(*left, 0, left->len < PIECE ? left->len : PIECE);
	*left = str_slice(*left, piece.len, left->len);
	return piece;
}

static void raw(struct xml_doc *doc, struct str s)
{
	while (s.len) {
		struct str piece = next_piece(&s);
		must(doc, xmlTextWriterWriteRawLen(doc->writer, (const xmlChar *)piece.ptr, (int)piece.len));
	}
}

void xml_start(struct xml_doc *doc, const char *name)
{
	must(doc, xmlTextWriterStartElement(doc->writer, BAD_CAST name));
	doc->in_tag = true;
}

void xml_end(struct xml_doc *doc)
{
	must(doc, xmlTextWriterEndElement(doc->writer));
	doc->in_tag = false;
}

void xml_text(struct xml_doc *doc, struct str s)
{
	doc->text.len = 0;
	xml_put_text(&doc->text, s);
	raw(doc, buf_str(&doc->text));
	doc->in_tag = false;
}

void xml_attribute(struct xml_doc *doc, const char *name, struct str value)
{
	if (!doc->in_tag) doc->failed = true;
	if (doc->failed) return;
	doc->text.len = 0;
	buf_char(&doc->text, ' ');
	buf_add(&doc->text, str_from(name));
	buf_add(&doc->text, STR("=\""));
	xml_put_text(&doc->text, value);
	buf_char(&doc->text, '"');
	for (struct str left = buf_str(&doc->text); left.len;) {
		struct str piece = next_piece(&left);
		must(doc, xmlOutputBufferWrite(doc->buffer, (int)piece.len, piece.ptr));
	}
}

void xml_known(struct xml_doc *doc, const char *name, struct str value)
{
	if (value.len) xml_attribute(doc, name, value);
}

void xml_word(struct xml_doc *doc, const char *name, const char *value) { xml_attribute(doc, name, str_from(value)); }

void xml_count(struct xml_doc *doc, const char *name, uint64_t value)
{
	struct buf digits = {0};
	buf_u64(&digits, value);
	xml_attribute(doc, name, buf_str(&digits));
	buf_free(&digits);
}

void xml_number(struct xml_doc *doc, const char *name, double value, bool percent)
{
	struct buf digits = {0};
	if (!isfinite(value)) return;
	if (percent)
		text_percent(&digits, value);
	else
		text_double(&digits, value);
	xml_attribute(doc, name, buf_str(&digits));
	buf_free(&digits);
}

void xml_flag(struct xml_doc *doc, const char *name, bool value) { xml_word(doc, name, value ? "true" : "false"); }

void xml_when(struct xml_doc *doc, const char *name, int64_t instant)
{
	char buffer[40];
	if (instant != INSTANT_NONE) xml_word(doc, name, instant_text(instant, buffer));
}

void xml_element(struct xml_doc *doc, const char *name, struct str content)
{
	xml_start(doc, name);
	xml_text(doc, content);
	xml_end(doc);
}

void xml_elements(struct xml_doc *doc, const char *name, const struct str *list, size_t n)
{
	for (size_t i = 0; i < n; i++) xml_element(doc, name, list[i]);
}

void xml_known_element(struct xml_doc *doc, const char *name, struct str content)
{
	if (content.len) xml_element(doc, name, content);
}

struct buf *xml_rows(struct xml_doc *doc)
{
	must(doc, xmlTextWriterWriteRawLen(doc->writer, BAD_CAST "", 0));
	must(doc, xmlTextWriterFlush(doc->writer));
	doc->in_tag = false;
	return &doc->out.pending;
}

/* ---- beginning and end ---- */

static int take(void *context, const char *bytes, int len)
{
	struct xml_doc *doc = context;
	buf_add(&doc->out.pending, str_of(bytes, len > 0 ? (size_t)len : 0));
	writer_step(&doc->out);
	return len;
}

static int taken(void *context)
{
	(void)context;
	return 0;
}

static bool open_writer(struct xml_doc *doc)
{
	xmlOutputBufferPtr buffer = xmlOutputBufferCreateIO(take, taken, doc, NULL);
	if (!buffer) return false;
	doc->writer = xmlNewTextWriter(buffer);
	doc->buffer = buffer;
	if (doc->writer) return xmlTextWriterSetIndent(doc->writer, 1) >= 0;
	xmlOutputBufferClose(buffer);
	return false;
}

void xml_prepare(void) { xmlInitParser(); }

bool xml_begin(struct xml_doc *doc, struct sink sink, struct error *error)
{
	*doc = (struct xml_doc){.out = {.sink = sink, .error = error}};
	doc->failed = !open_writer(doc);
	if (!doc->failed) raw(doc, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
	return !doc->failed;
}

void xml_instruction(struct xml_doc *doc, const char *target, const char *content)
{
	if (doc->failed) return;
	must(doc, xmlTextWriterWritePI(doc->writer, BAD_CAST target, BAD_CAST content));
	raw(doc, STR("\n"));
}

bool xml_leave(struct xml_doc *doc, const char *name)
{
	xmlFreeTextWriter(doc->writer); /* passes on what it still holds */
	buf_free(&doc->text);
	if (!writer_end(&doc->out)) return false;
	return !doc->failed ||
	       error_set(doc->out.error, ERROR_SYSTEM, NULL, "cannot write %s: no memory left for libxml2", name);
}

bool xml_finish(struct xml_doc *doc, const char *name)
{
	if (doc->writer) must(doc, xmlTextWriterEndDocument(doc->writer));
	return xml_leave(doc, name);
}

void xml_resume(struct xml_doc *doc) { doc->out.pending.len = 0; }
