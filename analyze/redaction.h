/* redaction: the rules of --redact FILE:
 *
 *     {"marker":"[redacted]",
 *      "rules":[{"id":"RD-1","reason":"names of persons","formats":["sarif"],"paths":["*.sarif"],
 *                "patterns":["[a-z.]+@example\\.com"],"pointers":["/runs/" * "/invocations/" * "/account"]}],
 *      "as_is":["screenshots/" * ""]}
 *
 * What they mean is in collect/redact.h. The file itself is not carried in a packet, since it may name the very values; its rules' ids
 * and reasons are, and so they may not hold them.
 */
#ifndef DOSSIER_ANALYZE_REDACTION_H
#define DOSSIER_ANALYZE_REDACTION_H

#include "analyze/document.h"
#include "collect/redact.h"

/* Everything is in the arena but the patterns: redaction_rules_free, also after an error. Each error has its place in the file. */
bool redaction_rules_read(const char *file, struct arena *arena, struct redact_rules *rules, struct error *error);
void redaction_rules_free(struct redact_rules *rules);

#endif
