/* objectives: what the change set out to reach, measured.
 *
 *   open_findings      open findings, by severity and scope, in units assessed on both sides
 *   subjects_open      distinct subjects with such a finding
 *   checks_pass        share of subjects that pass `check` on the after side, in percent
 *   alert_routing_p95  seconds, after
 *   attested           numbers that somebody vouches for
 *
 * A percent change is judged as it is shown, rounded to one decimal; a bound on the value after, as it is (99.97 is
 * not 100). not_provable: nothing in scope was assessed on both sides (checks: after), or there is nothing to take a
 * percentage of.
 */
#ifndef DOSSIER_ANALYZE_OBJECTIVES_H
#define DOSSIER_ANALYZE_OBJECTIVES_H

#include "analyze/result.h"

void objectives_judge(struct change *change, const struct diff *diff, const struct check_row *checks,
                      size_t check_count);

#endif
