/* naming: the names of findings, by the hundred thousand.
 *
 *   id    "F-" and 16 hex digits of SHA-256 over side, input hash, byte offset and, if there are several findings, the ordinal
 *   key   "K-" and 16 hex digits of SHA-256 over tool, rule, subject and what else identifies the weakness
 *
 * What goes into the hash first is the same for all findings of an input (id) or of a profile (key): it is hashed once and
 * kept. For those who name findings in the order of evidence, or nearly; one for each side and thread. For a single one there
 * are snapshot_finding_id and snapshot_finding_key (collect/snapshot.h), which give the same.
 */
#ifndef DOSSIER_COLLECT_NAMING_H
#define DOSSIER_COLLECT_NAMING_H

#include "collect/snapshot.h"

enum { NAMING_PROFILES = 64 };

struct naming {
	const struct snapshot *snapshot;
	enum side side;
	uint32_t input; /* UINT32_MAX: none yet */
	struct sha256 id;
	struct naming_profile {
		uint64_t number; /* plus 1; 0: empty */
		struct sha256 key;
	} profiles[NAMING_PROFILES];
};

/* Nothing to free. */
void naming_begin(struct naming *naming, const struct snapshot *snapshot, enum side side);
/* The 16 digits as a number. */
uint64_t naming_id(struct naming *naming, uint32_t finding);
uint64_t naming_key(struct naming *naming, uint32_t finding);
/* The name with that number; kind is 'F' or 'K'. */
void naming_text(char kind, uint64_t number, char name[19]);

#endif
