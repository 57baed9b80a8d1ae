/* controls: which controls of a framework the evidence speaks of, and in which state they are.
 *
 * A framework is a table of controls and of what maps to them (analyze/frameworks.h). What maps is looked up for profiles, of
 * which there are thousands, never for findings (analyze/control_maps.h). The state is judged on the after side, the first
 * that applies: an open finding not excepted: not_satisfied; something assessed before, or in the change's scope, and not
 * assessed after, or a manual record: manual_review; open ones, all excepted: satisfied_with_exceptions; a pass: satisfied;
 * nothing: no_evidence. The before side by the same rules, where nothing is excepted or left out.
 *
 * "Not assessed after" is a record before whose scope unit was not assessed again, and a record that is an error counts as one
 * for people to look at. A subscription of the change's scope is not assessed where none of its exports of a format by which
 * the control is judged elsewhere is whole; one that was assessed before and not at all after is taken as in scope, so that
 * leaving it out never turns a control green. A control of which no record speaks on either side stays no_evidence.
 */
#ifndef DOSSIER_ANALYZE_CONTROLS_H
#define DOSSIER_ANALYZE_CONTROLS_H

#include "analyze/result.h"

/* From a profile to the controls that it touches: numbers of result->controls, ascending. Profiles of both sides that touch the
 * same ones by the same keys share a set. */
struct controls {
	const uint32_t *sets[SIDE_COUNT]; /* by profile; NULL: none at all */
	const uint32_t *lists, *starts;   /* set n's are lists[starts[n]] to lists[starts[n + 1]] */
};
static inline const uint32_t *controls_of(const struct controls *controls, enum side side, uint32_t profile,
                                          size_t *count)
{
	uint32_t set = controls->sets[side] ? controls->sets[side][profile] : 0;
	*count = controls->sets[side] ? controls->starts[set + 1] - controls->starts[set] : 0;
	return *count ? controls->lists + controls->starts[set] : NULL;
}

/* Fills result->controls in: every control of the named frameworks, in the order of their names and numbers. names: those of
 * templates/frameworks, or paths of files; count 0: MCSB. covered: analyze/exceptions.h. An error is an unknown name (with
 * the nearest known ones), or a place in a file. */
bool controls_judge(struct result *result, const char *const *names, size_t count, const bool *covered,
                    struct controls *controls, struct error *error);

#endif
