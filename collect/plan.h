/* plan: what the plan.json of `dossier plan` says of the exports beside it.
 *
 * A command that failed is a gap, named with the command that closes it, and whatever stands in its place assesses nothing. One that
 * succeeded dates its export, where that has no time of its own, and says what it is about, where only its name would.
 *
 *     failure                warning            gap
 *     permission, login      permission_denied  permission
 *     network, throttled     not_reached        network
 *     tool                   command_failed     environment
 *     not_found, any other   command_failed     scope
 */
#ifndef DOSSIER_COLLECT_PLAN_H
#define DOSSIER_COLLECT_PLAN_H

#include "collect/snapshot.h"

/* Of all commands in the snapshot; before its units are settled. */
void plan_apply(struct snapshot *snapshot);

#endif
