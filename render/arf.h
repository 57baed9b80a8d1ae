/* arf: the controls for tools that read SCAP: ARF 1.1 (Asset Reporting Format) with XCCDF 1.2 inside, data/scap/arf.xml.
 *
 * A benchmark for each framework, a rule for each of its controls, a test result with one result for each rule:
 *
 *   satisfied                  pass
 *   not_satisfied              fail
 *   satisfied_with_exceptions  fail: an exception accepts a finding, it does not mend it; a message says so
 *   manual_review              unknown where something was not assessed again, notchecked where only a person can say
 *   no_evidence                notapplicable where every record says so, else notchecked
 *
 * Our own state and counts stand beside it as metadata (ARF_NAMESPACE); a check refers to records that carry it, as files beside
 * the document, by the finding's id. Without a framework there is one benchmark without rules.
 */
#ifndef DOSSIER_RENDER_ARF_H
#define DOSSIER_RENDER_ARF_H

#include "analyze/analyze.h"
#include "render/sink.h"

#define ARF_NAMESPACE "urn:dossier:scap:1"

bool arf_report(const struct result *result, struct sink sink, struct error *error);

#endif
