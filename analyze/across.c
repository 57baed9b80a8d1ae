/* How it works: items are parted by the window of this side that they belong to, and then given window by window:
 *
 *   other side  0 1 2 3 4 5 ...        read in its order
 *                \ \ X / /
 *   entries     [ window 0 | window 1 | ... ]      each window written in order, as many places at once as there are windows
 *                   |
 *   this side   [ window 0 ][ window 1 ] ...       written in no order within a window, which is small enough to stay
 */
#include "analyze/across.h"

#include <stdlib.h>

enum {
	WINDOW = 1 << 16, /* findings */
	NEAR = 1 << 12,   /* findings whose matches are as good as beside one another */
	FAR_SHARE = 64    /* one in so many that are not is too many */
};

bool across_is_far(const struct diff *d)
{
	uint64_t matches = 0, far = 0;
	uint32_t last = 0;
	if (!large_in_file()) return false;
	for (uint32_t i = 0; i < d->sides[SIDE_AFTER]->finding_count; i++) {
		LARGE_BREATHE(i);
		uint32_t match = d->fates[SIDE_AFTER][i].match;
		if (match == NO_MATCH) continue;
		matches++;
		far += (match > last ? match - last : last - match) > NEAR;
		last = match;
	}
	return far > matches / FAR_SHARE;
}

/* Where the entries of each window begin, and behind them all where the last ends. */
static uint64_t *window_starts(const struct fate *fates, uint32_t count, size_t windows)
{
	uint64_t *starts = memory_grow(NULL, sizeof(*starts) * (windows + 1));
	memset(starts, 0, sizeof(*starts) * (windows + 1));
	for (uint32_t i = 0; i < count; i++) {
		LARGE_BREATHE(i);
		if (fates[i].match != NO_MATCH) starts[fates[i].match / WINDOW + 1]++;
	}
	for (size_t k = 0; k < windows; k++) starts[k + 1] += starts[k];
	return starts;
}

void across_bring(const struct across *a)
{
	enum side other = 1 - a->side;
	const struct fate *fates = a->diff->fates[other];
	uint32_t count = a->diff->sides[other]->finding_count, finding;
	size_t windows = a->diff->sides[a->side]->finding_count / WINDOW + 1, bytes = sizeof(finding) + a->bytes;
	uint64_t *ends = window_starts(fates, count, windows), entry_count = ends[windows];
	char *entries = large_grow(NULL, bytes * (entry_count + 1));
	for (uint32_t i = 0; i < count; i++) {
		LARGE_BREATHE(i);
		if ((finding = fates[i].match) == NO_MATCH) continue;
		char *entry = entries + bytes * ends[finding / WINDOW]++;
		memcpy(entry, &finding, sizeof(finding));
		a->take(a->diff, other, i, entry + sizeof(finding));
	}
	for (uint64_t k = 0; k < entry_count; k++) {
		LARGE_BREATHE(k);
		memcpy(&finding, entries + bytes * k, sizeof(finding));
		a->give(a->context, finding, entries + bytes * k + sizeof(finding));
	}
	large_free(entries);
	free(ends);
}
