/* xml_doc: an XML document on its way into a sink, element by element; what every XML output is written with.
 *
 *     struct xml_doc doc;
 *     if (xml_begin(&doc, sink, error)) {
 *             xml_start(&doc, "report");
 *             xml_attribute(&doc, "title", title);
 *             xml_element(&doc, "owner", owner);
 *             xml_end(&doc);
 *     }
 *     return xml_finish(&doc, "report.xml");
 *
 * Indented, UTF-8, the declaration first. All text is escaped, and what XML has no place for made visible (sink.h), so that
 * no string can leave its place. Nothing has to be checked on the way: a failure is remembered, and xml_finish says it.
 */
#ifndef DOSSIER_RENDER_XML_DOC_H
#define DOSSIER_RENDER_XML_DOC_H

#include "render/sink.h"

#include <libxml/xmlwriter.h>

struct xml_doc {
	xmlTextWriterPtr writer;
	xmlOutputBufferPtr buffer; /* the writer's */
	bool in_tag;               /* a start tag is open, so attributes may come */
	struct writer out;
	struct buf text; /* one escaped text */
	bool failed;     /* libxml2 had no memory */
};

/* Readies libxml2 for several threads. Before the first of them writes a document; any number of times. */
void xml_prepare(void);
/* False: nothing can be written; xml_finish says why, and must be called all the same. */
bool xml_begin(struct xml_doc *doc, struct sink sink, struct error *error);
/* A processing instruction before the root: <?target content?>. */
void xml_instruction(struct xml_doc *doc, const char *target, const char *content);
/* Passes on what is pending and frees everything. name is the file's, for the error. */
bool xml_finish(struct xml_doc *doc, const char *name);

/* A document in parts. xml_leave, after xml_rows, instead of xml_finish: ends a part in the middle of the document. The next one
 * begins its own document with the start tags that are open, calls xml_rows and then xml_resume: what was written so far is
 * forgotten. */
bool xml_leave(struct xml_doc *doc, const char *name);
void xml_resume(struct xml_doc *doc);

void xml_start(struct xml_doc *doc, const char *name);
void xml_end(struct xml_doc *doc);
void xml_text(struct xml_doc *doc, struct str s);

void xml_attribute(struct xml_doc *doc, const char *name, struct str value);
/* Only where there is something to say. */
void xml_known(struct xml_doc *doc, const char *name, struct str value);
void xml_word(struct xml_doc *doc, const char *name, const char *value);
void xml_count(struct xml_doc *doc, const char *name, uint64_t value);
/* Nothing where it is not finite. */
void xml_number(struct xml_doc *doc, const char *name, double value, bool percent);
void xml_flag(struct xml_doc *doc, const char *name, bool value);
/* Nothing for INSTANT_NONE. */
void xml_when(struct xml_doc *doc, const char *name, int64_t instant);

/* Elements that hold a text and nothing else. */
void xml_element(struct xml_doc *doc, const char *name, struct str content);
void xml_elements(struct xml_doc *doc, const char *name, const struct str *list, size_t n);
void xml_known_element(struct xml_doc *doc, const char *name, struct str content);

/* The fast way, for what there are many of: closes the start tag at hand, and gives the buffer into which rows may be
 * appended as they are, past libxml2, until the next call of a function above; writer_step(&doc->out) after each. */
struct buf *xml_rows(struct xml_doc *doc);
/* Text, escaped for elements and attributes alike. */
void xml_put_text(struct buf *buf, struct str s);
/* An attribute of a row; begin is ` name="`. */
void xml_row_attribute(struct buf *buf, struct str begin, struct str value);
/* Nothing for INSTANT_NONE. */
void xml_row_when(struct buf *buf, struct str begin, int64_t instant);
#define ROW_RAW(buf, literal) buf_add((buf), STR(literal))
#define ROW(buf, name, value) xml_row_attribute((buf), STR(" " name "=\""), (value))
#define ROW_KNOWN(buf, name, value)                                                                                    \
	do {                                                                                                           \
		struct str row_value = (value);                                                                        \
		if (row_value.len) ROW(buf, name, row_value);                                                          \
	} while (0)
#define ROW_COUNT(buf, name, value) (ROW_RAW((buf), " " name "=\""), buf_u64((buf), (value)), buf_char((buf), '"'))
#define ROW_WHEN(buf, name, instant) xml_row_when((buf), STR(" " name "=\""), (instant))

#endif
