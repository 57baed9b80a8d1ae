/* why: what the outcome of a finding rests on: the tier of its match, what agreed, what differs; or, where it has no match, what the
 * other side says of its rule, subject and scope unit. Computed from the records and their fates when it is asked for; nothing of
 * it is stored.
 */
#ifndef DOSSIER_ANALYZE_WHY_H
#define DOSSIER_ANALYZE_WHY_H

#include "analyze/diff.h"

enum why_reason {
	WHY_MATCHED,      /* it is there on the other side: unchanged, updated */
	WHY_STATUS,       /* it is there, with a status that is not open: fixed_verified, dismissed, reopened */
	WHY_ERROR,        /* it is there, and says that the scan failed */
	WHY_PASS,         /* the other side holds a pass for the same rule and subject */
	WHY_ASSESSED,     /* the other side assessed its scope unit, and it is not there: fixed, new */
	WHY_NOT_ASSESSED, /* no file of the other side that counts covers its scope unit */
	WHY_INCOMPLETE, /* a file of the other side that covers its unit is cut off, failed, or holds an unreadable record */
	WHY_RULE_GONE, /* the other side assessed its scope unit, but not its rule, which it does not list */
	WHY_REASON_COUNT
};
extern const char *const why_reason_names[WHY_REASON_COUNT];
/* A sentence for people, for a finding of that side; "before" and "after" in it are the other side's. */
const char *why_sentence(enum why_reason reason, enum side side);

enum why_field {
	WHY_TOOL,
	WHY_RULE,
	WHY_SUBJECT,
	WHY_FINGERPRINTS, /* all that the source gives, or the tool's own unique id */
	WHY_PACKAGE,
	WHY_PATH,
	WHY_FILE_NAME, /* the path's last part */
	WHY_SNIPPET,
	WHY_MESSAGE,
	WHY_MASKED_SNIPPET, /* with each run of digits masked */
	WHY_MASKED_MESSAGE,
	WHY_LINE,
	WHY_SEVERITY,
	WHY_STATUS_FIELD,
	WHY_VERSION,
	WHY_FIXED_VERSION,
	WHY_PURL,
	WHY_FIRST_SEEN,
	WHY_TITLE,
	WHY_OWNER,
	WHY_IDS,
	WHY_FIELD_COUNT
};
extern const char *const why_field_names[WHY_FIELD_COUNT];

struct why_difference {
	enum why_field field;
	bool kept;                     /* false: a text of which only a hash is kept; it stands in the evidence */
	struct str values[SIDE_COUNT]; /* in the snapshots, or in the arena */
};

struct why {
	enum why_reason reason;
	enum tier tier;           /* TIER_NONE: no match */
	enum why_field agreed[8]; /* what the tier compared */
	size_t agreed_count;
	struct why_difference
	    differs[WHY_FIELD_COUNT]; /* all that was read and is not the same, in the order of why_field */
	size_t differs_count;
	uint32_t unit,
	    other_unit; /* its scope unit, in its own side's units and in the other's; UINT32_MAX: not there */
};

/* side and finding: as in a diff_item. Texts that had to be made are in the arena. */
void why_of(const struct diff *diff, enum side side, uint32_t finding, struct arena *arena, struct why *why);

/* The reason alone. */
enum why_reason why_reason_of(const struct diff *diff, enum side side, uint32_t finding);

/* What one field of a record says, as `differs` gives it; for fields that are kept. */
struct str why_value(const struct snapshot *snapshot, const struct finding *finding, enum why_field field,
                     struct arena *arena);

/* The other side's record that passes for the finding's rule and subject (WHY_PASS), or NO_MATCH. Walks the whole side. */
uint32_t why_pass(const struct diff *diff, enum side side, uint32_t finding);

#endif
