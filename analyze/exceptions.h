/* exceptions: what somebody accepted, until when, and which findings that covers: --exceptions FILE.
 *
 * Exceptions never change a status or a count of open findings. State, the first that applies: invalid (no owner,
 * approver, ticket or expiry, or nothing to match), not_yet_valid, expired, unused, expiring (30 days or fewer
 * left), active. Days are UTC, both ends inclusive, at as_of. Only active and expiring ones cover, and of these not
 * a poam or a risk_adjustment: there the weakness stays open.
 */
#ifndef DOSSIER_ANALYZE_EXCEPTIONS_H
#define DOSSIER_ANALYZE_EXCEPTIONS_H

#include "analyze/document.h"
#include "analyze/result.h"

/* Which findings are meant: globs, without case, '*' meets anything; empty fields say nothing, the others are ANDed.
 * The component is the package's name or its purl. */
struct selector {
	struct str rule, subject, severity, tool, path, component;
};
/* Reads {"rule":..,"subject":..,...}; node NULL leaves it empty. */
bool selector_read(const struct document *document, const cJSON *node, struct selector *match);
bool selector_empty(const struct selector *match);
/* What the profile alone decides: rule, subject, severity, tool. */
bool selector_profile(const struct selector *match, const struct snapshot *snapshot, const struct profile *profile);
/* The rest: path and component. */
bool selector_place(const struct selector *match, const struct snapshot *snapshot, const struct finding *finding);
/* "rule=CVE-1 severity=low", in the arena. */
struct str selector_text(const struct selector *match, struct arena *arena);

/* A file's exceptions, with what the report's struct exception has no room for. */
struct exception_list {
	struct exception *list;
	struct selector *matches;
	int64_t *approved_day, *expires_day; /* INT64_MIN: none */
	size_t count;
};
/* States are unused until they are judged. */
bool exceptions_read(const char *file, struct arena *arena, struct exception_list *list, struct error *error);

enum { EXPIRING_DAYS = 30 };
static inline bool exception_in_force(const struct exception *exception)
{
	return exception->state == EXCEPTION_ACTIVE || exception->state == EXCEPTION_EXPIRING;
}

/* What exceptions in force do to the findings after: one entry for each, zeroed before the judging. */
struct acceptance {
	bool *covered;
	uint8_t *severity; /* by a risk_adjustment, 1 more than enum severity; 0: as the source says */
};

/* Counts, states and days left; sets acceptance. */
void exceptions_judge(struct exception_list *list, const struct diff *diff, int64_t as_of,
                      struct acceptance *acceptance);
/* Which exception speaks of a finding after: its place in the list plus 1; 0: none, and so zeroed before. Of several, the first that
 * covers it, else the first in force, else the first. Judge first. */
void exceptions_attribute(const struct exception_list *list, const struct diff *diff, uint32_t *speaks);

#endif
