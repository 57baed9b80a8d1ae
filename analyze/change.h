/* change: who changes what, for which purpose and within which bounds: --change FILE (DESIGN, "Who, what for, within
 * which bounds").
 *
 * Reading judges the form alone: members, words, times, targets. What the evidence says about it is for
 * analyze/expects.h (requires, expects), analyze/objectives.h and analyze/notices.h (window, tenant, scope).
 */
#ifndef DOSSIER_ANALYZE_CHANGE_H
#define DOSSIER_ANALYZE_CHANGE_H

#include "analyze/result.h"

/* What an objective demands. A percent change: "-50%" falls by at least 50 percent, "+20%" rises by at least 20,
 * "0%" does not rise. A bound on the value itself: "<= 300", ">= 100%", "< 5", "> 0", "= 0"; the '%' after a bound
 * is the value's unit. */
enum target_kind { TARGET_CHANGE, TARGET_AT_MOST, TARGET_AT_LEAST, TARGET_BELOW, TARGET_ABOVE, TARGET_EQUAL };
struct target {
	enum target_kind kind;
	double number;
};

/* False if the text is not one. */
bool target_parse(struct str text, struct target *target);
/* The number meets the target: a percent for TARGET_CHANGE, else a value. */
bool target_met(const struct target *target, double number);

/* Fills the change in, all memory in the arena: states not_provable, no_evidence, not met until they are judged. */
bool change_read(const char *file, struct arena *arena, struct change *change, struct error *error);
/* A change that says nothing, for a build without --change. */
void change_none(struct change *change);

/* The GUID of a scope subscription, which may be written "GUID" or "/subscriptions/GUID". */
struct str change_subscription_guid(struct str subscription);

#endif
