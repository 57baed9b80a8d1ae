/* spec: a scan format as data. One JSON file each in templates/formats/; docs/formats.md is the manual of the language.
 *
 * A spec says how a file is recognised (bid), where its records stand (at), and where each field of a finding or fact comes
 * from (collect/expr.h). What data cannot say is done by a hook, named in the spec, with a comment that says why.
 */
#ifndef DOSSIER_COLLECT_SPEC_H
#define DOSSIER_COLLECT_SPEC_H

#include "collect/expr.h"
#include "collect/snapshot.h"
#include "core/frame.h"
#include "core/sketch.h"

/* The fields of a finding that a spec can give. Those up to FIELD_DEFERRED may need the document. */
enum field_name {
	FIELD_TOOL,
	FIELD_RULE,
	FIELD_TITLE,
	FIELD_SEVERITY,
	FIELD_STATUS,
	FIELD_SUBJECT,
	FIELD_UNIT, /* target of the scope unit */
	FIELD_OWNER,
	FIELD_IDS,
	FIELD_POLICY,
	FIELD_PATH,
	FIELD_NATURE, /* where it is not the same for all records */
	FIELD_SCOPE,  /* of the file: the subscription of an Azure export */
	FIELD_WAIVER, /* what kind of; without one the record has no waiver */
	FIELD_WAIVER_STATE,
	FIELD_WAIVER_REASON,
	FIELD_WAIVER_BY,
	FIELD_WAIVER_UNTIL,
	FIELD_WAIVER_PRODUCTS,
	FIELD_EPSS,
	FIELD_DEFERRED,
	FIELD_LINE = FIELD_DEFERRED,
	FIELD_PACKAGE,
	FIELD_VERSION,
	FIELD_FIXED_VERSION,
	FIELD_PURL,
	FIELD_FIRST_SEEN,
	FIELD_MESSAGE,
	FIELD_SNIPPET,
	FIELD_IDENTITY,
	FIELD_ENDED, /* of events */
	FIELD_ARRIVED,
	FIELD_STATE,
	FIELD_FACT, /* of facts that are one each */
	FIELD_VALUE,
	FIELD_COUNT
};
extern const char *const field_names[FIELD_COUNT];
extern const char *const nature_names[NATURE_COUNT];

enum {
	SPEC_PATHS = 12,
	SPEC_TOOLS = 24,
	SPEC_FINGERPRINTS = 4,
	SPEC_PLACEHOLDERS = 4,
	SPEC_CAPTURES = 6,
	SPEC_HOOK_FIELDS = 20,
	SPEC_BASES = 3,
	SPEC_WRAPPINGS = 3
};

struct hook;

/* One kind of record. */
struct record_spec {
	struct str name; /* its class: "vulnerabilities"; what a later capture must cover to supersede an earlier one */
	struct str at[SPEC_PATHS];
	size_t at_count;
	bool first_only;                           /* of the paths only the first that the document has */
	struct sketch_question arrays[SPEC_PATHS]; /* of first_only: what each path's records are elements of */
	enum nature nature;
	struct projection *projection;
	struct expr *fields[FIELD_COUNT];
	struct expr *require[SPEC_CAPTURES]; /* empty: the record is unreadable */
	struct str require_names[SPEC_CAPTURES];
	size_t require_count;
	struct expr *tool_version;            /* the first counts, where the document gives none */
	struct expr *captured[SPEC_CAPTURES]; /* the latest of all counts */
	size_t captured_count;
	int fingerprints[SPEC_FINGERPRINTS];
	size_t fingerprint_count;
	uint64_t fingerprint_fields[EXPR_FIELDS / 64]; /* the same as bits */
	struct str placeholders
	    [SPEC_PLACEHOLDERS]; /* what stands for a fingerprint, an identity or a snippet that the source does not give */
	size_t placeholder_count;
	int hook_fields[SPEC_HOOK_FIELDS]; /* by the hook's own order; -1: not given */
	int path_index;                    /* of them the one that a finding's own path makes superfluous; -1: none */
	const struct hook *hook;
	uint64_t deferred[EXPR_FIELDS / 64]; /* bits of the fields that are kept until the document is whole */
	struct projection *each_projection; /* of one element of the array `each`: a finding each; NULL: one a record */
	int each;                           /* the elements' number in the record's projection */
	bool component_deferred;            /* package, version ... need the document */
	struct expr *when; /* of the kinds at one path the first that this is not empty for; NULL: all that is left */
	struct expr *secrets; /* not empty: what the record found is a secret: a warning, and no text of it is kept */
	struct expr *secret;  /* its value: a salted hash of it (collect/secret.h) is the finding's message */
	bool failures; /* the scanner's own failures, no records: a warning for each that FIELD_TITLE has a text for */
	struct {
		struct str pointer, value;
	} covered_if[4]; /* a document value, "*" any, that says that records of this kind were looked for */
	size_t covered_count;
	bool facts; /* a fact record: fields SUBJECT and SCOPE only */
	struct str bases[SPEC_BASES];
	size_t base_count;
	struct str omit[32]; /* names of top members that are no facts */
	size_t omit_count;
	struct str flatten[4]; /* names of objects whose members are named without it, as "properties" is */
	size_t flatten_count;
	bool commands; /* a command that the plan had run: fields PATH, RULE, SUBJECT, TITLE, STATE, MESSAGE, ENDED */
	bool events;   /* a runtime alert: fields SUBJECT, TITLE, SEVERITY, STATE, ENDED, ARRIVED */
	bool strings;  /* the records are strings of one list, scoped by the file's name */
};

/* One thing that must hold of the sketch: a pointer is there (or none is), or has a value that meets the glob. */
struct condition {
	enum { CONDITION_HAS, CONDITION_NONE, CONDITION_IS } kind;
	struct sketch_question *pointers; /* alternatives */
	size_t pointer_count;
	struct str value;
};

struct bid {
	int score;
	struct condition *conditions;
	size_t condition_count;
};

struct spec {
	struct str format;
	struct str file; /* the template's name */
	bool ignore_case;
	struct bid *bids;
	size_t bid_count;
	struct str tool; /* where tool_expr says nothing */
	struct expr *tool_expr, *tool_version;
	struct expr *captured[SPEC_CAPTURES]; /* of the document; the first that is a date */
	size_t captured_count;
	struct expr *failed; /* not empty: the scan says itself that it failed, and why */
	struct expr *covers; /* target of a unit that the document covers even without a record */
	struct str
	    covers_at[SPEC_PATHS]; /* where there must be something for that; each place a unit; none: the document */
	size_t covers_at_count;
	struct expr *named;                /* the part of the name's scope that name_type is about; NULL: all of it */
	struct expr *next, *count, *total; /* pages */
	struct record_spec *records;
	size_t record_count;
	struct str *keeps; /* document pointers for the envelope */
	size_t keep_count, keep_capacity;
	struct str
	    secret_tools[SPEC_TOOLS]; /* globs: what these tools find is a secret, where no record says so itself */
	size_t secret_tool_count;
	struct str name_prefix; /* of the file, as `dossier plan` names it: for what content cannot tell */
	struct str
	    name_type; /* what the name's scope names: a resource of one of these ARM types, with blanks between; empty: it is itself the unit */
	const struct hook *hook;
};

/* A bid, and whose it is. */
struct offer {
	const struct spec *spec;
	const struct bid *bid;
	int score;
};

struct specs {
	struct spec *specs;
	size_t count;
	struct sketch_questions questions; /* all that bids, and who reads by a spec, ask of a sketch */
	struct offer *offers;              /* every bid: the highest first, of equal ones that of the earlier spec */
	size_t offer_count;
	struct {
		struct sketch_question list, element, beside;
	} wrappings[SPEC_WRAPPINGS]; /* of lists; beside: must be there too; "" for none */
};

/* Reads every spec of templates/formats, in the order of their names. */
bool specs_load(struct specs *specs, struct arena *arena, struct error *error);

/* The spec that bids highest on the sketch (NULL: none bids; the earlier name wins a tie). name: the file's own name. */
const struct spec *specs_choose(const struct specs *specs, const struct sketch *sketch, struct str name);
/* What the tool of a document of this format finds are secrets. */
bool spec_finds_secrets(const struct spec *spec, struct str tool);
/* A list without elements, in any wrapping: its content says nothing of what it is a list of. */
bool specs_empty_list(const struct specs *specs, const struct sketch *sketch);
/* Whether one thing that a bid asks for holds; *met (may be NULL): the path of the sketch that decided it, or NULL. */
bool spec_condition_holds(const struct spec *spec, const struct condition *condition, const struct sketch *sketch,
                          const struct sketch_path **met);
/* The highest of a spec's bids, 0 if it has none to make. */
int spec_bid(const struct specs *specs, const struct spec *spec, const struct sketch *sketch, struct str name);

#endif
