/* content: texts as hashes for matching: white space normalised, and once more with digits masked, so that "line 12" and
 * "line 13" are the same content that has moved.
 */
#ifndef DOSSIER_COLLECT_CONTENT_H
#define DOSSIER_COLLECT_CONTENT_H

#include "core/str.h"

struct content {
	uint64_t hash;   /* runs of white space are one blank, none at the ends; never 0 */
	uint32_t masked; /* the same with each run of digits as one '0'; never 0 */
};

/* Of an empty text: zeros. */
struct content content_of(struct str text);
/* Its hash alone. */
uint64_t content_hash(struct str text);

#endif
