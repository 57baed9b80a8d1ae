/* sarif: the findings for tools that read SARIF 2.1.0 (OASIS): data/findings.sarif, where --also sarif asks for it.
 *
 * One run for each tool. Its results are every record of the after side that counts, and what is gone since:
 *
 *   baselineState        new, unchanged, updated; absent: gone. The outcome itself (also reopened, newly_in_scope,
 *                        not_reassessed: absence that proves nothing) is the property dossier:outcome
 *   kind, level          by status and severity; security-severity carries critical, which level has no word for
 *   suppressions         an exception that is valid now covers it (external, accepted); the source suppressed it (external)
 *   partialFingerprints  dossierKey/v1: our key, the same in every packet
 *   provenance           conversionSources: the bytes of the record, in the packet
 *   properties           dossier:id, :outcome, :subject, :severity, :status where SARIF has no word for them, :controls
 *
 * `dossier inspect` reads it with the same counts. Messages are for people: what cannot be seen is made visible, and what SARIF would
 * take for a link is none. Memory is flat but for four bytes a finding, which bring those of a tool together.
 */
#ifndef DOSSIER_RENDER_SARIF_H
#define DOSSIER_RENDER_SARIF_H

#include "analyze/analyze.h"
#include "render/sink.h"

bool sarif_findings(const struct result *result, struct sink sink, struct error *error);

#endif
