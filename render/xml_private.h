/* xml_private: report.xml from the inside: what xml.c (the document and its sections), xml_judgement.c (two of these) and
 * xml_findings.c (its rows: findings and evidence) share. Nobody else includes it.
 *
 * A row goes straight into x->doc.out.pending, past libxml2: only after xml_rows (xml_doc.h).
 */
#ifndef DOSSIER_RENDER_XML_PRIVATE_H
#define DOSSIER_RENDER_XML_PRIVATE_H

#include "analyze/analyze.h"
#include "render/xml.h"
#include "render/xml_doc.h"

struct xml {
	struct xml_doc doc;
	struct buf path; /* scratch */
	struct shared profiles, components, inputs;
	const struct result *result;
	struct arena arena; /* of one row */
};

/* The section `controls`. */
void xml_put_controls(struct xml *x);

/* An evidence element: where the bytes of a record lie in the packet. */
void xml_row_evidence(struct xml *x, enum side side, uint32_t input, uint64_t span, struct str pointer);
/* The evidence of a fact of a side; nothing for NO_MATCH. */
void xml_fact_evidence(struct xml *x, enum side side, uint32_t fact);
/* The element "estate" (xml_estate.c). */
void xml_put_estate(struct xml *x, const struct estate *estate);
/* A finding with its evidence and what was matched; for diff_each, context is the struct xml. */
bool xml_put_finding(void *context, const struct diff_item *item);

/* What --redact did: the element "redaction" of the inputs, and attributes of the row of one of them (xml_custody.c). */
void xml_put_redaction(struct xml *x, const struct custody *custody);
void xml_row_custody(struct xml *x, enum side side, const struct input *input);

/* Sections (xml_judgement.c). */
void xml_put_verdict(struct xml *x, const struct result *r);
void xml_put_exceptions(struct xml *x, const struct result *r);

#endif
