/* scopes: what the files are about whose content does not say it: an empty list, a list of strings, a list that a cluster wrote.
 *
 * A file's name as the plan gives it says it in short: `k8s-extension-edge-1.json` is about a cluster edge-1. In full it is the resource
 * of that type and name, if this side knows just one.
 */
#ifndef DOSSIER_COLLECT_SCOPES_H
#define DOSSIER_COLLECT_SCOPES_H

#include "collect/snapshot.h"

/* The input is about this resource: its scope, units and facts that go by the name of its file go by this id from now on. */
void scope_set(struct snapshot *s, uint32_t number, struct str id);
/* The same for every input whose name is still to be resolved and names one resource, or subscription, of this side. */
void scopes_resolve(struct snapshot *snapshot);

#endif
