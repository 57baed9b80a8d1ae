/* ids: the identifiers of vulnerabilities and weaknesses that a text names. */
#ifndef DOSSIER_COLLECT_IDS_H
#define DOSSIER_COLLECT_IDS_H

#include "core/arena.h"
#include "core/str.h"

/* The CVE, CWE and GHSA ids in the text in their usual spelling, and categories of OWASP's Top 10 ("A1:2017" is "OWASP-2017-A1"),
 * each once, one blank between them: "CWE-79 CVE-2024-1". */
struct str ids_in(struct arena *arena, struct str s);

#endif
