/* ids: the identifiers of vulnerabilities and weaknesses that a text names. */
#ifndef DOSSIER_COLLECT_IDS_H
#define DOSSIER_COLLECT_IDS_H

#include "core/arena.h"
#include "core/str.h"

/* The CVE, CWE and GHSA ids in the text in their usual spelling, each once, one blank between them: "CWE-79 CVE-2024-1". */
struct str ids_in(struct arena *arena, struct str s);

#endif
