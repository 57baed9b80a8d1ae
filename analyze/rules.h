/* rules: what a check asks of a resource's facts, as templates/checks write it. Names and values compare without case.
 *
 *     {"fact": NAME, "equals": VALUE}      {"fact": NAME, "in": [VALUE...]}      {"fact": NAME, "contains": TEXT}
 *     {"fact": NAME, "exists": true}       {"fact": NAME, "not_empty": true}     there, and neither "", "[]" nor "{}"
 *     {"fact": NAME, "days_left": DAYS}    a time at least so many days after the one at which the side is judged
 *     {"any": [RULE...]}                   {"all": [RULE...]}                    {"not": RULE}
 */
#ifndef DOSSIER_ANALYZE_RULES_H
#define DOSSIER_ANALYZE_RULES_H

#include "analyze/document.h"
#include "analyze/expects.h"

enum rule_kind {
	RULE_EQUALS,
	RULE_IN,
	RULE_EXISTS,
	RULE_CONTAINS,
	RULE_NOT_EMPTY,
	RULE_DAYS_LEFT,
	RULE_ANY,
	RULE_ALL,
	RULE_NOT
};

struct rule {
	enum rule_kind kind;
	struct str fact;
	struct str *values; /* equals, in, contains */
	size_t value_count;
	bool wanted;  /* exists, not_empty */
	int64_t days; /* days_left */
	struct rule *children;
	size_t child_count;
};

/* False with the document's error. All memory is in its arena. */
bool rule_read(const struct document *document, const cJSON *node, struct rule *rule);

/* A subject on one side, and the fact that decided: the last one that was looked at, or NO_MATCH. */
struct asking {
	const struct facts *facts;
	enum side side;
	const struct known_subject *subject;
	uint32_t decided_by;
};
bool rule_holds(struct asking *asking, const struct rule *rule);

#endif
