/* gate: rules that decide whether the change may pass: --policy FILE or NAME, else the policy "default".
 *
 *     {"gate": [{"rule": "no_new", "severity": "high", "limit": 0, "match": {"subject": "*prod*"}}]}
 *
 * A rule is a row of the table in gate_rules.c: its name, what it measures, which members it takes, which values are
 * possible. docs/gate.md lists them all. When the policy is read, a rule is refused that could never fail or never pass: by its
 * limit, by a match that contradicts its severity, without the catalogue that it needs, or because another one with the same
 * match decides. "advisory": true makes a rule one that is judged and shown but does not decide. Offenders are named by the
 * ids that reports use. Findings that an exception covers do not count, and a risk_adjustment's severity is what counts.
 */
#ifndef DOSSIER_ANALYZE_GATE_H
#define DOSSIER_ANALYZE_GATE_H

#include "analyze/exceptions.h"
#include "analyze/kev.h"
#include "core/buf.h"

struct gate_entry {
	const struct gate_kind *kind; /* the table's row */
	double limit;
	enum severity severity; /* SEVERITY_COUNT: any */
	struct selector match;
	struct str framework; /* of controls: a glob of names; empty: any */
	bool advisory;
	struct {
		const char *file;
		uint64_t offset;
		uint32_t line, column;
	} place; /* of the framework's name */
};
struct policy {
	struct gate_entry *entries;
	size_t count;
};

/* The text of a policy that comes with dossier: templates/policies/NAME.json. A name has neither '/' nor '.'; anything else
 * is a file. False: it is no name. */
bool policy_is_name(const char *name);
bool policy_template(const char *name, struct arena *arena, struct str *text, struct error *error);

/* file: a path, the name of a ready policy, or NULL for the default one. kev: a catalogue is given. */
bool policy_read(const char *file, bool kev, struct arena *arena, struct policy *policy, struct error *error);
bool policy_parse(const char *file, struct str text, bool kev, struct arena *arena, struct policy *policy,
                  struct error *error);

/* Fills result->gate and verdict_pass in; all that the rules look at must be there. accepted, kev: NULL: none. False with the
 * error: a rule is about a framework that the result does not have, so that it could never fail. */
bool gate_judge(struct result *result, const struct policy *policy, const struct acceptance *accepted,
                const struct kev *kev, struct error *error);

/* The policy that says: no worse than this result. Every rule that can fail, its limit what is found now. */
void policy_of_result(struct result *result, const struct acceptance *accepted, const struct kev *kev,
                      struct arena *arena, struct policy *policy);

/* A policy as the text of its file. */
void policy_text(const struct policy *policy, struct buf *out);
/* All rules, as a table in Markdown: docs/gate.md holds it. */
void gate_rules_text(struct buf *out);

#endif
