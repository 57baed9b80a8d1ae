/* lost: the scope units of the before side with findings that were not reassessed: absence proves nothing about them. */
#ifndef DOSSIER_ANALYZE_LOST_H
#define DOSSIER_ANALYZE_LOST_H

#include "analyze/diff.h"

struct lost_unit {
	uint64_t open[SEVERITY_COUNT], all; /* findings whose outcome is not_reassessed */
	uint32_t unit, first;               /* numbers in the before side: of the unit, of its first such finding */
	struct str tool, target;
	bool assessed; /* the unit was assessed after: the findings themselves were in error there */
};

/* By number of the unit; large. */
struct lost_unit *lost_units(const struct diff *diff, size_t *count);

#endif
