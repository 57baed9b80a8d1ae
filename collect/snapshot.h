/* snapshot: what one side of a change says: its input files, findings, facts and scope units.
 *
 * Built by collect/collect.h, file by file in the byte order of paths; read-only afterwards. All strings are numbers in
 * the snapshot's own pool; two snapshots are compared by the strings' hashes. A finding is 52 bytes: what many records
 * share (tool, rule, subject, severity, owner ...) is a profile, interned; what only some have is a component, interned.
 * Long texts (messages) are not kept: they are read again from the evidence by span when a report wants them.
 */
#ifndef DOSSIER_COLLECT_SNAPSHOT_H
#define DOSSIER_COLLECT_SNAPSHOT_H

#include "collect/vocabulary.h"
#include "core/arena.h"
#include "core/file.h"
#include "core/instant.h"
#include "core/large.h"
#include "core/sha256.h"
#include "core/strings.h"
#include "core/tuples.h"
#include "core/zframes.h"

/* How a finding may be matched; see analyze/diff.h. */
enum nature {
	NATURE_WEAKNESS,      /* a place in code or configuration: all four tiers */
	NATURE_VULNERABILITY, /* id + package + subject; its content is never text */
	NATURE_POSTURE,       /* a rule on a resource: matches by identity or not at all */
};
enum { NATURE_COUNT = NATURE_POSTURE + 1 };

enum { PROFILE_WORDS = 12 };

/* Interned as a row of PROFILE_WORDS numbers. */
struct profile {
	uint32_t tool, rule, title, subject, unit, owner; /* strings, but unit: index in snapshot.units */
	uint32_t ids;                                     /* string: CVE, GHSA, CWE ... ids, separated by one space */
	uint32_t kinds;  /* string: the kinds of fingerprints that the source gives, separated by one space */
	uint32_t policy; /* string: a built-in policy's GUID, lower case, where the source names one */
	uint32_t
	    waiver;    /* row of snapshot.waivers: why the source says that it need not be fixed; 0: it says nothing */
	uint32_t epss; /* probability of exploitation (FIRST's EPSS) in millionths; 0: the source gives none */
	uint8_t severity, status, nature,
	    record_class; /* record_class: index of the spec's record kind, for supersession */
};

enum { COMPONENT_WORDS = 6 };

/* Number 0 is the empty component. */
struct component {
	uint32_t package, version, fixed_version, purl; /* strings */
	uint32_t first_seen;                            /* string, as the source writes it */
	uint32_t
	    message; /* string: what stands for a secret that the record found (collect/secret.h); all else is not kept */
};

enum { WAIVER_WORDS = 6 };

enum waiver_state { WAIVER_ACCEPTED, WAIVER_PENDING, WAIVER_REJECTED, WAIVER_STATE_COUNT };

/* A source's own statement that a record need not be fixed: a suppression, dismissal, exemption, ignore rule or VEX
 * statement. Row 0 is that there is none. Texts as the source writes them, the reason's first WAIVER_REASON_MAX bytes. */
struct waiver {
	uint32_t kind;     /* string: "inSource", "not_affected", "Waiver" ... */
	uint32_t reason;   /* string: justification, comment */
	uint32_t by;       /* string: who, where the source says */
	uint32_t until;    /* string: its last day, where the source says */
	uint32_t products; /* string: of a VEX statement: all that it speaks of, separated by one space */
	uint32_t state;    /* enum waiver_state */
};
enum { WAIVER_REASON_MAX = 300 };

struct __attribute__((packed, aligned(4))) finding {
	uint64_t identity; /* hash of the fingerprints or unique id that the source gives; 0: none */
	uint64_t content;  /* hash of the normalised snippet, or message; 0: none */
	uint64_t span;     /* byte range in the file: offset << 24 | length, see span_offset */
	uint32_t profile, component;
	uint32_t
	    folder;    /* strings: the path of the file, or of the place inside the subject, cut after its last '/', */
	uint32_t file; /* since millions of paths have few folders and few file names; see snapshot_path */
	uint32_t line; /* 1-based; 0: none */
	uint32_t masked;  /* hash of the content with digits masked; 0: none */
	uint32_t message; /* hash of the message; the lowest bit says whether `content` is a snippet */
};

/* A record longer than 16 MB is refused as unreadable, a file over 1 TB too. */
#define SPAN_LENGTH_MAX ((UINT64_C(1) << 24) - 1)
#define SPAN_OFFSET_MAX ((UINT64_C(1) << 40) - 1)
static inline uint64_t span_of(uint64_t offset, uint64_t length) { return offset << 24 | length; }
static inline uint64_t span_offset(uint64_t span) { return span >> 24; }
static inline uint64_t span_length(uint64_t span) { return span & SPAN_LENGTH_MAX; }

/* Where records stand: findings from `finding` on have the pointer PARENT/INDEX, PARENT/INDEX+1, ... until the next site. */
struct site {
	uint32_t finding; /* first finding */
	uint32_t parent;  /* string: JSON Pointer of the array, "/runs/0/results" */
	uint32_t index;   /* the first record's index in it */
	bool member;      /* parent is the whole pointer (a record that is no element of an array) */
};

struct warning {
	const char *code; /* a word of DESIGN's list, static */
	enum gap gap;
	uint32_t pointer, message; /* strings; pointer 0: none */
	uint64_t offset;           /* ERROR_NO_OFFSET: none */
	uint32_t line, column;     /* 0: none */
	uint32_t subject,
	    command;    /* strings: the resource that it is about, where that is not the input's scope, and the
	                              read-only command that closes the gap; 0: none */
	uint32_t input; /* index of the input it is about; UINT32_MAX: none */
};

struct fact {
	uint32_t subject, name, value; /* strings; the subject as the export writes it */
	uint32_t unit;                 /* index in snapshot.units: (format, resource or subscription) */
	uint32_t input;
	uint64_t span;
};

/* A runtime alert: timed and listed, in no diff. */
struct event {
	uint32_t subject, title, state; /* strings */
	uint32_t severity;              /* enum severity */
	int64_t ended,
	    arrived; /* when the activity ended, when the alert reached the service; INSTANT_NONE: not said */
	uint64_t span;
	uint32_t input;
};

/* A command that `dossier plan` had run: what it exported, or why it did not. */
struct command_run {
	uint32_t file;                  /* string: its output, beside plan.json; 0: it was not for a file */
	uint32_t format, subject, text; /* strings: what it exports, of what, and the command itself */
	uint32_t failure;               /* string: the class of the failure; 0: it succeeded */
	uint32_t detail;                /* string: what it said of itself */
	uint32_t pointer;               /* string: of the record */
	int64_t ended;                  /* INSTANT_NONE: not said */
	uint64_t span;
	uint32_t input; /* the plan.json */
};

/* What the snapshot really assessed. */
struct unit {
	uint32_t tool, target; /* strings; compared without case */
	bool assessed;         /* some file covers it, and no cut-off or failed one touches it */
	bool touched;          /* a file that does not count touches it */
	bool of_facts;
};

/* What a run's list of rules is worth: none (or results under rules that it does not list); each rule in it has a result, as in the lists
 * of tools that list no others; some have none, so it is a list of the rules that were looked for. */
enum rule_list { RULES_UNLISTED, RULES_WITH_RESULTS, RULES_ALL };

/* One file's part in a unit. */
struct coverage {
	uint32_t unit, input;
	bool incomplete; /* cut off, failed */
	uint8_t rules;   /* enum rule_list */
};

/* A rule that a run lists, with or without results, or one of the ids it had before. */
struct listed_rule {
	uint32_t unit, input;
	uint32_t id, formerly; /* strings; formerly 0: the rule itself */
};

struct input {
	uint32_t path;    /* string: below the side's folder, with '/'; a file named by itself: its name */
	uint32_t display; /* string: as reached, for messages */
	bool
	    display_last; /* it was the last string to come into the pool of the file: what is written without it is the rest */
	uint32_t
	    member; /* string: its name inside a container, whose path stands before "!/" in path and display; 0: it is a
	                     file of its own, and evidence by itself */
	uint32_t format, tool, tool_version; /* strings; format "unknown" or "empty" where it is none */
	uint32_t scope;                      /* string: the subscription or resource of an Azure export, else empty */
	int64_t captured;                    /* INSTANT_NONE: not known */
	bool dated_by_records;               /* captured is the latest date of its records: the file says none itself */
	unsigned char sha256[SHA256_BYTES];
	uint64_t bytes;
	uint64_t records, unreadable, events;
	uint64_t classes; /* bits of the kinds of records that the document has a place for, also when it holds none */
	uint64_t by_status[STATUS_COUNT];
	uint64_t by_severity[SEVERITY_COUNT]; /* open findings only */
	uint64_t subjects;                    /* distinct, not empty */
	uint32_t first_finding, finding_count;
	uint32_t first_site, site_count;
	bool truncated; /* cut off: a next link, a count below the total, or the bytes end inside the document */
	bool
	    cut_off; /* truncated because the bytes end, or stop being JSON, inside the document: no page can mend it */
	bool next_link; /* truncated because more pages exist */
	bool joined;    /* the other pages are here: not cut off after all */
	uint64_t total; /* records there are over all pages, where the export says; 0: unknown */
	bool failed;    /* the scan itself says that it failed */
	uint32_t
	    name_type; /* string: what a scope from the name still has to be resolved to: ARM types, or "subscription" */
	uint32_t named;  /* string: the scope that its name gives; then equal bytes are not the same evidence */
	bool duplicate;  /* equal to the byte to an earlier file of this side: carried, not counted */
	bool superseded; /* a later capture of the same units counts instead */
	struct frame_list frames; /* compressed evidence, when it was asked for */
};

/* A file beside the evidence that was not read and is not carried. */
struct left_out {
	uint32_t path, why; /* strings: why is "a symbolic link" */
};

/* Its arrays are large (core/large.h). */
struct snapshot {
	struct strings strings;
	const struct file_origin *origin; /* where the evidence lies; NULL: the file system */
	struct input *inputs;
	uint32_t input_count, input_capacity;
	struct finding *findings;
	uint32_t finding_count, finding_capacity;
	struct tuples profiles, components; /* rows of struct profile, struct component */
	struct tuples waivers;              /* rows of struct waiver */
	struct site *sites;
	uint32_t site_count, site_capacity;
	struct unit *units;
	uint32_t unit_count, unit_capacity;
	uint32_t *unit_slots, unit_slot_count;
	uint32_t *content_slots, content_slot_count; /* inputs by their hash, see snapshot_holds */
	uint32_t content_count;                      /* inputs that are in there */
	struct coverage *coverage;
	uint32_t coverage_count, coverage_capacity;
	struct listed_rule *listed_rules;
	uint32_t listed_rule_count, listed_rule_capacity;
	struct fact *facts;
	uint32_t fact_count, fact_capacity;
	struct event *events;
	uint32_t event_count, event_capacity;
	struct command_run *commands;
	uint32_t command_count, command_capacity;
	struct warning *warnings;
	uint32_t warning_count, warning_capacity;
	struct left_out *left_out;
	uint32_t left_out_count, left_out_capacity;
};

/* False for a second copy of equal bytes, and for an earlier capture that a later one supersedes: carried, not counted. */
static inline bool input_is_counted(const struct input *input) { return !input->duplicate && !input->superseded; }

void snapshot_init(struct snapshot *snapshot);
void snapshot_free(struct snapshot *snapshot);

static inline struct str snapshot_string(const struct snapshot *s, uint32_t number)
{
	return strings_get(&s->strings, number);
}
static inline const struct profile *snapshot_profile(const struct snapshot *s, const struct finding *f)
{
	return (const struct profile *)(const void *)tuples_get(&s->profiles, f->profile);
}
static inline const struct component *snapshot_component(const struct snapshot *s, const struct finding *f)
{
	return (const struct component *)(const void *)tuples_get(&s->components, f->component);
}
uint32_t snapshot_add_profile(struct snapshot *s, const struct profile *profile);
uint32_t snapshot_add_component(struct snapshot *s, const struct component *component);
static inline const struct waiver *snapshot_waiver(const struct snapshot *s, const struct profile *p)
{
	return (const struct waiver *)(const void *)tuples_get(&s->waivers, p->waiver);
}
/* The number of the unit, added when it is new (not yet assessed). Tool and target are compared without case. */
uint32_t snapshot_add_unit(struct snapshot *s, struct str tool, struct str target, bool of_facts);
/* The unit's number, or UINT32_MAX. */
uint32_t snapshot_find_unit(const struct snapshot *s, struct str tool, struct str target);

/* A finding's path; empty if it has none. The text is in the pool, or in scratch until its next use. */
struct str snapshot_path(const struct snapshot *s, const struct finding *finding, struct buf *scratch);
/* A hash of the path, the same for the same path in any snapshot; 0 if there is none. */
uint64_t snapshot_path_hash(const struct snapshot *s, const struct finding *finding);
static inline bool snapshot_has_path(const struct finding *finding) { return finding->folder || finding->file; }

/* Index of the first coverage of an input, while they stand in the order of inputs, as they do until they are settled. */
uint32_t snapshot_coverage_of(const struct snapshot *s, uint32_t input);
/* Index of the input that holds a finding. */
uint32_t snapshot_input_of(const struct snapshot *s, uint32_t finding);
/* JSON Pointer of a finding's record. */
struct str snapshot_pointer(const struct snapshot *s, uint32_t finding, struct arena *arena);
/* Its id and its key for once: collect/naming.h. */
void snapshot_finding_id(const struct snapshot *s, enum side side, uint32_t finding, char id[19]);
void snapshot_finding_key(const struct snapshot *s, uint32_t finding, char key[19]);
/* What a package is called apart from its version: the purl up to '@', else the name. A view. */
struct str component_package(const struct snapshot *s, const struct component *component);

/* Whether there is an input of the same bytes, which are not none. */
bool snapshot_holds(struct snapshot *s, const struct input *input);

struct warning *snapshot_warn(struct snapshot *s, const char *code, enum gap gap, uint32_t input, struct str pointer,
                              struct str message);

#endif
