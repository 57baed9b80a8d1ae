/* html: report.html, the report for a screen: one file that asks nothing of anybody, whole without JavaScript.
 *
 * Its sections are those of the PDF (render/pdf_report.h), in its words (templates/report/LANGUAGE.json), but no list is cut:
 * every finding of both sides is a row. Style and script are templates/report/report.css and report.js, written into the page;
 * its Content-Security-Policy names their hashes and allows nothing else. What evidence says is text and nothing more: it is
 * escaped, never a link, and what a reader could not see is written \u{1b} (render/sink.h).
 */
#ifndef DOSSIER_RENDER_HTML_H
#define DOSSIER_RENDER_HTML_H

#include "analyze/result.h"
#include "render/sink.h"

bool html_report(const struct result *result, struct sink sink, struct error *error);

#endif
