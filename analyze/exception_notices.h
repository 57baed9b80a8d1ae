/* exception_notices: what a reader must know about the exceptions themselves, appended to result->notices (side: neither):
 *
 *   exception_overlap        open findings are matched by two exceptions in force: which one counts?
 *   exception_self_approved  the approver is the owner
 *   exception_outlived       it matches nothing open after, but did before: it has outlived its finding
 *   milestone_overdue        a milestone of a poam is past its day and not done
 *
 * result->exceptions must be judged and result->notices collected.
 */
#ifndef DOSSIER_ANALYZE_EXCEPTION_NOTICES_H
#define DOSSIER_ANALYZE_EXCEPTION_NOTICES_H

#include "analyze/result.h"

void exception_notices_add(struct result *result);

#endif
