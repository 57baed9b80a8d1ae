/* kev: which vulnerabilities are known to be exploited: CISA's catalogue (Known Exploited Vulnerabilities), as its JSON
 * feed gives it, in a file: --kev FILE.
 *
 *     {"catalogVersion":"2026.03.01","dateReleased":"2026-03-01T15:00:00Z","vulnerabilities":[{"cveID":"CVE-2024-3094","dueDate":"2024-04-19"}]}
 *
 * Only these members are read; of a vulnerability dueDate may be missing. At most 16 MB (the catalogue has about one).
 */
#ifndef DOSSIER_ANALYZE_KEV_H
#define DOSSIER_ANALYZE_KEV_H

#include "analyze/document.h"
#include "collect/snapshot.h"

struct kev_entry {
	struct str cve; /* in lower case */
	int64_t due;    /* day (core/instant.h); INT64_MAX: none */
};

struct kev {
	struct str version, released;
	struct kev_entry *entries; /* by CVE */
	size_t count;
};

/* All memory in the arena. */
bool kev_read(const char *file, struct arena *arena, struct kev *kev, struct error *error);
/* The first of a record's ids, then its rule, that the catalogue has. NULL: none. */
const struct kev_entry *kev_of(const struct kev *kev, const struct snapshot *snapshot, const struct profile *profile);

#endif
