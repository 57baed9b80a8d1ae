/* notices: everything a reader must know about the evidence itself, in one list: what the files warned of, and what
 * analysis finds missing, late or foreign. Each with its gap class, side, file, and where there is one the read-only
 * command that closes the gap.
 *
 * Codes that analysis adds:
 *   missing_evidence      scope        a requirement of the change is not met
 *   not_exported          scope        a subscription in the change's scope has no export on a side
 *   outside_scope         scope        an export of a subscription that the change does not name
 *   other_tenant          environment  an export from another tenant than the change's
 *   captured_early        stale        after-evidence from before the end of the window
 *   captured_late         stale        before-evidence from after its start
 *   not_reassessed        scope        a unit with findings open before that was not assessed after
 *   cluster_stopped       state        a cluster was stopped when it was exported
 *   never_scanned         scope        repositories of a registry on which no scanner reported on either side
 *   sensor_missing        health       clusters of a subscription without the Defender sensor, after
 *   arc_offline           network      an Arc-connected cluster that was not in touch with Azure
 *   extension_unhealthy   health       an Arc-connected cluster with an extension that failed
 *   role_cannot_see       permission   who exported has no role that lets him read what the exports claim to hold whole
 *   old_scan              stale        results of a scanner from SCAN_AGE_DAYS or more before as_of
 *   refreshed_early       stale        recommendations captured within REFRESH_HOURS after the window's end: Azure
 *                                      evaluates most of them once a day
 *
 * Order: before, after; files' own warnings first, then the codes above; inside of these by file or subject, units
 * that were not reassessed by their number of findings.
 */
#ifndef DOSSIER_ANALYZE_NOTICES_H
#define DOSSIER_ANALYZE_NOTICES_H

#include "analyze/owners.h"

enum { SCAN_AGE_DAYS = 7, REFRESH_HOURS = 24 };

/* Fills result->notices in; the change, checks and diff must be there. */
void notices_collect(struct result *result, const struct facts *facts, const struct owners *owners);

#endif
