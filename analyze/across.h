/* across: brings to each finding of a side what its match on the other side has, without a look from one side to the other for each.
 *
 * Where the records of two sides stand in no order of one another, and lie in a file (core/large.h), each such look is a page that has to come
 * back. Brought over, it is read in the order of the other side and written in the order of this one.
 */
#ifndef DOSSIER_ANALYZE_ACROSS_H
#define DOSSIER_ANALYZE_ACROSS_H

#include "analyze/diff.h"

struct across {
	const struct diff *diff;
	enum side side; /* of the findings it is brought to */
	size_t bytes;   /* of an item; items are aligned to 4 bytes only */
	/* Makes the item of a record of the other side, which has a match; in the order of that side. */
	void (*take)(const struct diff *diff, enum side side, uint32_t finding, void *item);
	/* Gives it to the finding of this side that the record is matched with; in nearly the order of this side. */
	void (*give)(void *context, uint32_t finding, const void *item);
	void *context; /* of give */
};

/* Whether looks would go to places of the file that lie far apart. */
bool across_is_far(const struct diff *diff);
void across_bring(const struct across *across);

#endif
