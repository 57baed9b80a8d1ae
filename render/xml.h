/* xml: report.xml, the whole result, valid against templates/schema/report.xsd, which documents every element.
 *
 * Written as a stream with libxml2's writer; memory does not depend on the number of findings. XML 1.0 in UTF-8, the
 * namespace is urn:dossier:report:1. The words are those of the JSON: attributes hold what is short, elements what
 * is text. An attribute that has nothing to say is left out; sections are always there, also empty.
 *
 * Text from evidence: what XML has no character for (most control characters, U+FFFE, U+FFFF) and what a reader
 * cannot see (sink.h) is written \u{1b}, bytes that are not UTF-8 become U+FFFD, and a line break or tab in an
 * attribute is a character reference, so that a parser gives it back. The exact bytes are in the evidence.
 */
#ifndef DOSSIER_RENDER_XML_H
#define DOSSIER_RENDER_XML_H

#include "analyze/result.h"
#include "render/parts.h"

#define XML_REPORT_NAMESPACE "urn:dossier:report:1"

/* report.xml in parts. */
extern const struct parts xml_parts;

#endif
