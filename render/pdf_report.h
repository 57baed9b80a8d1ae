/* pdf_report: report.pdf, for the people who approve a change and those who audit it.
 *
 * Page 1 is the decision: verdict, change, what was not looked at, effect by severity, objectives, exceptions and
 * owners, sign-off. What follows shows where its numbers come from: facts, checks, findings, exceptions, the gate,
 * the inputs with their hashes, how to verify, a glossary. All texts are templates/report/en.json; a key that is
 * missing there is an error that names it. The document is PDF/A-1b and a function of the result and the paper
 * alone: no clock, no locale.
 *
 * A list is cut at a fixed number of rows (render/pdf_report_parts.h), and says so above it; which rows those are
 * does not depend on how many there are, and choosing them takes memory for those rows only.
 */
#ifndef DOSSIER_RENDER_PDF_REPORT_H
#define DOSSIER_RENDER_PDF_REPORT_H

#include "analyze/analyze.h"
#include "render/pdf_doc.h"
#include "render/sink.h"

/* analysis gives the owners of findings; NULL: only those that the records themselves name. False with the error: a
 * text is missing, libharu or the sink failed. */
bool pdf_report(const struct result *result, const struct analysis *analysis, enum pdf_paper paper, struct sink sink,
                struct error *error);

#endif
