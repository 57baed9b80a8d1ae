/* hook: what a format's spec cannot say as data, in C. One per such format; the spec's comment says why it is needed. */
#ifndef DOSSIER_COLLECT_HOOK_H
#define DOSSIER_COLLECT_HOOK_H

#include "collect/expr.h"
#include "collect/snapshot.h"

/* A finding's shared part on its way to becoming a profile: texts, not yet numbers. Indexed by enum field_name. */
struct draft {
	struct str *texts;
	struct evaluation *evaluation;
	const struct field *const *fields; /* the hook's fields, in the order of its names; NULL: absent */
};

/* A unit that the document covers. */
struct hook_unit {
	struct str tool, target, version;
	bool incomplete;
	enum rule_list rules;
};

struct hook {
	const char *name;
	const char *const *field_names; /* NULL-terminated: keys of the spec's "hook_fields" */
	/* Before any record of a document is finished: state in the arena. */
	void *(*begin)(struct arena *arena, const cJSON *document);
	void (*end)(void *state);
	/* Changes the draft; returns what is wrong with the record, or NULL. */
	const char *(*finish)(void *state, struct draft *draft);
	/* The document's own statements: units, tool, capture time, failures. */
	void (*document)(void *state, struct arena *arena, const cJSON *document, struct snapshot *snapshot,
	                 void (*unit)(void *context, const struct hook_unit *), void *context);
};

const struct hook *hook_find(struct str name);

#endif
