/* gate_private: a rule of the gate as a row, for gate.c (policies, judging) and gate_rules.c (the table and what it measures).
 * Nobody else includes it.
 */
#ifndef DOSSIER_ANALYZE_GATE_PRIVATE_H
#define DOSSIER_ANALYZE_GATE_PRIVATE_H

#include "analyze/analyze.h"
#include "analyze/gate.h"

struct judging {
	struct result *result;
	const struct acceptance *accepted; /* NULL: nothing is */
	const struct kev *kev;             /* NULL: none */
	const struct gate_entry *entry;
	struct gate_rule *rule; /* being judged: value and offenders are filled in */
	bool holds;             /* whatever the value: there is nothing that the rule could be about */
};

enum direction { AT_MOST, AT_LEAST };

/* What a policy's entry may say beside rule, limit and advisory. Of match: which members. */
enum {
	TAKES_SEVERITY = 1,
	TAKES_FRAMEWORK = 2,
	TAKES_RULE = 4,
	TAKES_SUBJECT = 8,
	TAKES_PLACE = 16, /* tool, path, component, severity */
	TAKES_MATCH = TAKES_RULE | TAKES_SUBJECT | TAKES_PLACE,
	NEEDS_KEV = 32,
	RATCHET_OFF = 64, /* not in a policy made from a result: other rules say the same */
	BY_SEVERITY = 128 /* there: once for each severity */
};

struct gate_kind {
	const char *name, *title;
	void (*measure)(struct judging *judging);
	unsigned argument;      /* of measure: which outcomes, which state */
	const char *word;       /* of measure: a notice's code */
	enum severity severity; /* the rule's own; SEVERITY_COUNT: none */
	unsigned flags;
	enum direction direction;
	bool whole;       /* the limit is a whole number */
	double low, high; /* all values there can be */
	double limit;     /* where the policy gives none */
	const char *unit; /* "findings", "percent", "days" ... */
};

extern const struct gate_kind gate_kinds[];
extern const size_t gate_kind_count;

#endif
