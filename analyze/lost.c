#include "analyze/lost.h"

#include "core/large.h"

struct lost_unit *lost_units(const struct diff *diff, size_t *count)
{
	const struct snapshot *s = diff->sides[SIDE_BEFORE];
	const bool *again = diff->unit_assessed_on_other[SIDE_BEFORE];
	struct lost_unit *lost = large_grow(NULL, sizeof(*lost) * ((size_t)s->unit_count + 1));
	memset(lost, 0, sizeof(*lost) * ((size_t)s->unit_count + 1));
	for (uint32_t i = 0; i < s->finding_count; i++) {
		LARGE_BREATHE(i);
		if (diff->fates[SIDE_BEFORE][i].outcome != OUTCOME_NOT_REASSESSED) continue;
		const struct profile *profile = snapshot_profile(s, &s->findings[i]);
		if (profile->unit >= s->unit_count) continue;
		if (!lost[profile->unit].all++) lost[profile->unit].first = i;
		lost[profile->unit].open[profile->severity]++;
	}
	*count = 0;
	for (uint32_t u = 0; u < s->unit_count; u++) {
		if (!lost[u].all) continue;
		struct lost_unit one = lost[u];
		one.unit = u;
		one.tool = snapshot_string(s, s->units[u].tool);
		one.target = snapshot_string(s, s->units[u].target);
		one.assessed = again && again[u];
		lost[(*count)++] = one;
	}
	return lost;
}
