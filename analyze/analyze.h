/* analyze: from two snapshots to everything a packet says.
 *
 * result->sides are filled by collect; analyze reads the files of the change, runs the diff, and judges checks, expectations,
 * required evidence, objectives, exceptions and waivers, counts the estate, collects notices, and judges controls and the gate, in
 * this order. evidence_digest, version and options are left to the caller.
 */
#ifndef DOSSIER_ANALYZE_ANALYZE_H
#define DOSSIER_ANALYZE_ANALYZE_H

#include "analyze/controls.h"
#include "analyze/kev.h"
#include "analyze/owners.h"
#include "analyze/result.h"

/* What reports ask beyond the lists: result->analysis. In the result's arena. */
struct analysis {
	struct facts facts;
	struct owners owners; /* owner_of() */
	bool *covered;        /* for each after finding: an active exception covers it */
	uint8_t *severity;    /* for each after finding: analyze/exceptions.h, struct acceptance */
	uint32_t *speaks;     /* for each after finding: the exception of the file that speaks of it, plus 1; 0: none */
	struct controls controls; /* which controls a finding touches */
	struct kev *kev;          /* NULL: no catalogue was given */
};

/* Who answers for a finding; analysis NULL: what its record says. */
struct str finding_owner(const struct analysis *analysis, const struct snapshot *snapshot,
                         const struct finding *finding);

struct analyze_options {
	const char *change, *exceptions, *owners, *kev; /* files, or NULL */
	const char *previous;                           /* a file (analyze/previous.h), or NULL */
	const char *policy;                             /* a file, the name of a ready policy, or NULL: default */
	const char
	    *owners_name; /* by which owners is known, if it is not the path's: CODEOWNERS has no other sign; NULL */
	const char *const *frameworks; /* names as in templates/frameworks, or files; none: MCSB */
	size_t framework_count;
	int64_t as_of;    /* --as-of, else SOURCE_DATE_EPOCH; INSTANT_NONE: the latest capture */
	unsigned threads; /* of the diff; 0: one for each processor */
};

/* False with the error: a side file is wrong, or as_of cannot be known. The result can then only be freed. */
bool analyze(struct result *result, const struct analyze_options *options, struct error *error);
/* Frees the snapshots, the diff and the arena. */
void result_free(struct result *result);

#endif
