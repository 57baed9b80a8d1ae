/* custody: how the evidence in a packet differs from what lay in the folders: values replaced (--redact), files that are named but not
 * carried (--evidence).
 *
 * Everything is judged by what is in the packet, or would be: a report speaks of the redacted copies, and its evidence digest is
 * over all evidence, carried or not.
 */
#ifndef DOSSIER_ANALYZE_CUSTODY_H
#define DOSSIER_ANALYZE_CUSTODY_H

#include "collect/redact.h"
#include "collect/snapshot.h"

enum carry { CARRY_FULL, CARRY_REFERENCED, CARRY_NONE, CARRY_COUNT };
extern const char *const carry_names[]; /* "full", "referenced", "none" */

struct custody_rule {
	struct str id, reason;
	uint64_t values, files; /* values replaced, in how many files of the packet */
};

/* A file of evidence that is not simply the original: replaced or unsearched. */
struct custody_file {
	enum side side;
	struct str path; /* below the side's folder */
	enum redact_state state;
	unsigned char original_sha256[SHA256_BYTES]; /* of a replaced one */
	uint64_t original_bytes, values;
};

/* Zero-initialised: the evidence is all there, and as it was. Strings and lists live as long as the result. */
struct custody {
	bool redacted; /* --redact was given */
	struct str marker;
	struct custody_rule *rules;
	size_t rule_count;
	struct custody_file *files; /* by side, then path */
	size_t file_count;
	uint64_t values, replaced_files, unsearched_files;
	enum carry carried;
	bool *absent[SIDE_COUNT];              /* by input; NULL: all are carried */
	uint64_t absent_files, evidence_files; /* of both sides */
};

struct result;

/* What the redaction did to the files of the result's sides. */
void custody_of_redaction(struct result *result, const struct redact_rules *rules, struct redact *redact);
/* Sums and order, once rules and files are filled in. */
void custody_settle(struct custody *custody);
/* Which files are carried. After analyze(). */
void custody_choose(struct result *result, enum carry carried);

/* One line for people, in English; empty: all the evidence is there, nothing was redacted. */
struct str custody_evidence_words(const struct custody *custody, struct arena *arena);
struct str custody_redaction_words(const struct custody *custody, struct arena *arena);

/* The file's row, or NULL: it is the original. */
const struct custody_file *custody_file(const struct custody *custody, enum side side, struct str path);
/* The same by its path in a packet, "data/evidence/after/a.sarif". */
const struct custody_file *custody_evidence(const struct custody *custody, struct str path);
static inline bool custody_is_absent(const struct custody *custody, enum side side, uint32_t input)
{
	return custody->absent[side] && custody->absent[side][input];
}

#endif
