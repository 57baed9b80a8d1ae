/* controls: which controls of a framework the evidence speaks of, and in which state they are.
 *
 * A framework is a table of controls and of what maps to them (templates/frameworks, or a file of one's own). What maps is
 * looked up for profiles, of which there are thousands, never for findings. The state is judged on the after side, the first
 * that applies: an open finding not excepted: not_satisfied; something assessed before, or in the change's scope, and not
 * assessed after, or a manual record: manual_review; open ones, all excepted: satisfied_with_exceptions; a pass: satisfied;
 * nothing: no_evidence. The before side by the same rules, where nothing is excepted or left out.
 */
#ifndef DOSSIER_ANALYZE_CONTROLS_H
#define DOSSIER_ANALYZE_CONTROLS_H

#include "analyze/result.h"

/* From a profile to the controls that it touches: numbers of result->controls, ascending. */
struct controls {
	const uint32_t *lists[SIDE_COUNT]; /* of all profiles of a side, one after the other */
	const uint32_t
	    *starts[SIDE_COUNT]; /* profile p's are lists[starts[p]] to lists[starts[p + 1]]; NULL: none at all */
};
static inline const uint32_t *controls_of(const struct controls *controls, enum side side, uint32_t profile,
                                          size_t *count)
{
	const uint32_t *starts = controls->starts[side];
	*count = starts ? starts[profile + 1] - starts[profile] : 0;
	return *count ? controls->lists[side] + starts[profile] : NULL;
}

/* Fills result->controls in: every control of the named frameworks, in the order of their names and numbers. names: those of
 * templates/frameworks, or paths of files; count 0: MCSB. covered: analyze/exceptions.h. An error is an unknown name (with
 * the nearest known ones), or a place in a file. */
bool controls_judge(struct result *result, const char *const *names, size_t count, const bool *covered,
                    struct controls *controls, struct error *error);

#endif
