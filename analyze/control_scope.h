/* control_scope: what should have been assessed after and was not: subscriptions and subjects of the change's scope, and
 * subscriptions that were assessed before and not at all after.
 *
 * Azure's exports are by subscription, and one format may be missing while another is there. A control asks by the formats by
 * which it is judged on either side.
 */
#ifndef DOSSIER_ANALYZE_CONTROL_SCOPE_H
#define DOSSIER_ANALYZE_CONTROL_SCOPE_H

#include "analyze/result.h"
#include "core/strings.h"

struct control_scope {
	const struct result *result;
	struct str *formats; /* of Azure that have findings on either side: bit n is formats[n] */
	size_t format_count;
	uint32_t *bits[SIDE_COUNT]; /* by input; 0 for what is no Azure's */
	struct scope_thing {
		struct str name;  /* "subscription 79cb9e86-..." */
		uint32_t missing; /* bits of the formats that are not there whole; all 32: in any format */
	} * things;
	size_t thing_count;
	struct strings guids; /* of the subscriptions that units after name, in lower case */
	struct scope_subscription {
		uint32_t whole, cut; /* bits of formats in which some unit of it was assessed, or was not */
	} * subscriptions;           /* by number of the GUID - 1 */
	struct arena arena;
};

void control_scope_begin(struct control_scope *scope, const struct result *result);
void control_scope_end(struct control_scope *scope);
/* The bit of an input's format. */
uint32_t control_scope_format(const struct control_scope *scope, enum side side, uint32_t input);
/* What is missing for a control that is judged by these formats; in the arena. */
struct str *control_scope_missing(const struct control_scope *scope, uint32_t formats, struct arena *arena,
                                  size_t *count);

#endif
