/* waivers: the exceptions that the evidence itself holds: suppressions, dismissals, skips, ignore rules, VEX statements,
 * Azure policy exemptions. They are listed beside those of --exceptions FILE, with the format as their source.
 *
 * They cannot name an approver or a ticket, so their own state and expiry judge them. The first that applies: invalid (its
 * reviewer rejected it; a VEX statement not_affected that does not say why), not_yet_valid (under review, under
 * investigation), expired, unused (no record says so after, but some did before; the problem says so
 * where that was not assessed after), expiring, active.
 *
 * `matched` counts open findings that it speaks of: those that carry a suppression under review or rejected; for a VEX
 * statement those of the same vulnerability and product, whatever tool reports them (analyze/vex.h); for an Azure exemption
 * those in its scope that its policies, or its recommendation, report. Where a VEX statement or an exemption is in force,
 * these findings are covered. Suppressed records are not open, so that nothing covers them: `records` counts them.
 *
 * Records that say the same are one row: source, tool, kind, state, reason, by, until, rule. Where a source would have more
 * than WAIVER_ROWS rows, rules are put together, then reasons and people, then days; `grouped` says which.
 */
#ifndef DOSSIER_ANALYZE_WAIVERS_H
#define DOSSIER_ANALYZE_WAIVERS_H

#include "analyze/exceptions.h"
#include "analyze/expects.h"

enum { WAIVER_ROWS = 50 };

/* Appends to result->exceptions, behind what is there; sets acceptance->covered. Times are judged at result->as_of. */
void waivers_collect(struct result *result, const struct facts *facts, struct acceptance *acceptance);

#endif
