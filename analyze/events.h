/* events: runtime alerts, counted and timed: routing = arrived - ended, 95th percentile by nearest rank. In no diff. */
#ifndef DOSSIER_ANALYZE_EVENTS_H
#define DOSSIER_ANALYZE_EVENTS_H

#include "collect/snapshot.h"

struct routing {
	uint64_t events, timed; /* counted; of them with both times */
	double p95;             /* seconds; meaningless if none is timed */
};

/* scope: a glob for the subject; empty: all. Files that do not count are left out. */
struct routing events_routing(const struct snapshot *snapshot, struct str scope);

#endif
