/* json: the objects that the commands print with --json, one each, compact, followed by a newline.
 *
 * The contract is "Machine-readable contracts" in DESIGN: these keys, in this order. All are written as a stream
 * (sink.h). Strings are valid UTF-8 whatever the evidence holds (bytes that are none become U+FFFD). A count of zero
 * is left out inside by_status and by_severity and nowhere else. Times are RFC 3339, UTC, null where none is known.
 * A percentage has one decimal, or is null where there was nothing before.
 */
#ifndef DOSSIER_RENDER_JSON_H
#define DOSSIER_RENDER_JSON_H

#include "analyze/result.h"
#include "render/packet.h"
#include "render/sink.h"

/* Files by path as reached (input.display). The totals leave out files that do not count: equal to the byte to an
 * earlier one, or superseded; totals.files counts all. Warnings have "code", then of "gap", "pointer", "message",
 * "offset", "line", "column" what is known. Those about no file are in a last member "warnings", which is there only
 * if there are any. */
bool json_inspect(const struct snapshot *snapshot, struct sink sink, struct error *error);

/* findings: with the list of all findings that are open on either side (diff_each). Its evidence paths are those of the
 * inputs below their side's folder. A component has only the members that the source gives, and "ids" is there only if
 * there are any; so are "updated_by" (a list) and "tier", for a matched pair. "new_rule", "rule_gone" and "rule_renamed" are there where they are
 * true, and their counts ("rules", after "facts") where there are any. "why" (json_why.h) is always there. */
bool json_diff(const struct diff *diff, bool findings, struct sink sink, struct error *error);

/* The same with a choice of findings: those that `wants` says yes to, the first `limit` of them. A member "listed" before them says
 * how many they are: {"first":N,"of":M}. */
struct json_select {
	bool (*wants)(void *context, const struct diff_item *item); /* NULL: all */
	void *context;
	uint64_t limit; /* UINT64_MAX: all */
	uint64_t total; /* findings that `wants` says yes to */
	bool lines;     /* NDJSON: the object without findings on the first line, then a line for each finding */
};
bool json_diff_selected(const struct diff *diff, const struct json_select *select, struct sink sink,
                        struct error *error);
/* Appends one finding's object, as in "findings". */
void json_finding(struct buf *buf, const struct diff *diff, const struct diff_item *item);

/* packet: the file's name as the user gave it; sha256: of the packet, 64 hex digits. events.routing_p95_s is null
 * where the result does not know it. */
bool json_build(const struct result *result, struct str packet, struct str sha256, struct sink sink,
                struct error *error);

/* The gate alone. packet: the file's name as the user gave it. */
bool json_gate(const struct result *result, struct str packet, struct sink sink, struct error *error);

/* packet: the file's name as the user gave it. */
bool json_verify(struct str packet, const struct verify_report *report, struct sink sink, struct error *error);

struct json_traced {
	bool absent;                         /* the file is not in the packet: there is no record */
	const struct custody_file *redacted; /* values were replaced in the file; NULL: it is as it was */
	struct str finding;                  /* F-... */
	struct str path, sha256;             /* in the packet: data/evidence/after/... */
	uint64_t offset, length;
	struct str pointer;
	struct str
	    record; /* the bytes of evidence: JSON as it is, without white space between tokens; all else as a string */
};
bool json_trace(const struct json_traced *traced, struct sink sink, struct error *error);

/* Parts that packet.json has in common. Each appends one JSON value. */
void json_by_severity(struct buf *buf, const uint64_t counts[SEVERITY_COUNT]);
void json_outcomes(struct buf *buf, const uint64_t counts[OUTCOME_COUNT]);
void json_facts(struct buf *buf, const uint64_t counts[FACT_OUTCOME_COUNT]); /* all but unchanged */
void json_instant(struct buf *buf, int64_t instant);                         /* null for INSTANT_NONE */
void json_sha256(struct buf *buf, const unsigned char digest[SHA256_BYTES]);
/* The text without white space between tokens, if it is one JSON value (its strings and numbers stay as they are
 * spelled); otherwise false, and nothing is appended. */
bool json_compact(struct buf *buf, struct str text);

#endif
