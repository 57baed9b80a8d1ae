/* result: everything a packet says, computed once; render/ only writes it down.
 *
 * All memory is in the result's arena, all strings are valid as long as it is. Lists are in the order of reports, which
 * depends on inputs, options and as_of alone.
 */
#ifndef DOSSIER_ANALYZE_RESULT_H
#define DOSSIER_ANALYZE_RESULT_H

#include "analyze/custody.h"
#include "analyze/diff.h"

/* --change FILE: who, what for, within which bounds. Empty strings and INSTANT_NONE where the file says nothing. */
struct requirement {
	struct str format, subject;
	enum side side;
	bool met;
};

enum expect_state { EXPECT_MET, EXPECT_NOT_MET, EXPECT_NO_EVIDENCE };
struct expect {
	struct str id, subject, fact, value;
	enum expect_state state;
	uint64_t met, not_met, no_evidence; /* subjects */
	struct str offenders;               /* first subjects that are not met or without evidence, one per line */
};

enum objective_state { OBJECTIVE_MET, OBJECTIVE_NOT_MET, OBJECTIVE_NOT_PROVABLE };
struct objective {
	struct str id, title, measure, severity, scope, check, target, unit, source, attested_by;
	enum objective_state state;
	bool has_numbers, has_percent, has_value;
	double before, after, percent, value;
};

struct change {
	bool given;
	struct str id, title, owner, approver, environment, tenant, rollback, runbook, tested_in;
	int64_t window_start, window_end;
	struct str *subscriptions, *subjects, *tickets, *monitoring;
	size_t subscription_count, subject_count, ticket_count, monitoring_count;
	struct requirement *requires;
	size_t require_count;
	struct expect *expects;
	size_t expect_count;
	struct objective *objectives;
	size_t objective_count;
};

enum check_state { CHECK_NOT_ASSESSED, CHECK_PASS, CHECK_FAIL, CHECK_STATE_COUNT };
struct check_row {
	struct str id, title, subject, severity;
	enum check_state state[SIDE_COUNT];
	uint32_t fact[SIDE_COUNT]; /* index of a fact that carries it, or NO_MATCH */
	struct str note;           /* "stopped during the capture" */
	struct str owner;
};

enum exception_state {
	EXCEPTION_INVALID,
	EXCEPTION_NOT_YET_VALID,
	EXCEPTION_EXPIRED,
	EXCEPTION_UNUSED,
	EXCEPTION_EXPIRING,
	EXCEPTION_ACTIVE,
	EXCEPTION_STATE_COUNT
};
struct milestone {
	struct str id, title, due, done; /* days; done is empty until it is */
	bool overdue;                    /* not done by its day */
};
/* One of --exceptions FILE (source "file"), or what the evidence itself says need not be fixed (source is the format):
 * of these one row stands for all records that say the same. */
struct exception {
	struct str id, type, source, reason, owner, approver, ticket, approved, expires, match, problem;
	enum exception_state state;
	uint64_t matched, matched_before; /* findings open after, before */
	int64_t days_left;                /* INT64_MAX: no expiry */
	struct str severity;              /* what a risk_adjustment makes of it */
	struct milestone *milestones;     /* of a poam */
	size_t milestone_count;
	uint64_t shared;    /* of matched: those that another exception in force matches too */
	bool self_approved; /* the approver is the owner */
	/* Of the evidence's own. */
	uint64_t records[SIDE_COUNT]; /* that say so: suppressed results, statements, exemptions */
	uint64_t rules, subjects;     /* distinct ones of these records */
	uint64_t unreasoned;          /* of the records after: those that say no reason */
	struct str tool;              /* whose records they are */
	struct str example;           /* a record's finding id, after if there is one; empty: it is a fact */
	struct str grouped;           /* what the rows differed in before they were put together: "rule", or empty */
};

enum control_state {
	CONTROL_NOT_SATISFIED,
	CONTROL_MANUAL_REVIEW,
	CONTROL_WITH_EXCEPTIONS,
	CONTROL_SATISFIED,
	CONTROL_NO_EVIDENCE,
	CONTROL_STATE_COUNT
};
/* What carries a control's state: all findings of one tool's rule that map to it, both sides counted. */
struct control_link {
	struct str tool, rule, title;
	struct str through;        /* what the mapping goes by: "policy 090c7b07-...", "CWE-79", "the finding itself" */
	struct str source;         /* where the mapping comes from: "Azure/azure-policy"; empty: the evidence itself */
	struct str note;           /* how that source made it, where that matters; else empty */
	uint64_t open[SIDE_COUNT]; /* status fail */
	uint64_t pass[SIDE_COUNT];
	uint64_t manual[SIDE_COUNT];  /* manual, and error: not decided by the tool */
	uint64_t excepted;            /* of open after: those that an exception covers */
	uint64_t not_assessed;        /* records before whose unit was not assessed after */
	uint32_t example[SIDE_COUNT]; /* a finding of it, an open one if there is one; NO_MATCH */
};
enum { CONTROL_LINKS_KEPT = 1000 };
struct control {
	struct str framework, id, title;
	enum control_state state, state_before;                /* after is what counts */
	uint64_t open, pass, exceptions, manual, not_assessed; /* sums over the links, after side */
	/* Those that hold it back first, then by tool and rule: the first CONTROL_LINKS_KEPT of link_count, since there are as many as
	 * rules. What is summed up is of all. */
	struct control_link *links;
	size_t links_kept, link_count, holding; /* holding: links with open findings after that no exception covers */
	enum severity worst;                    /* of what is open after; SEVERITY_COUNT: nothing */
	struct str *unassessed; /* in the change's scope, or assessed before, and not after: subscriptions, subjects */
	size_t unassessed_count;
	struct str moved;                /* one sentence: what moved it from before to after; empty if nothing did */
	struct str reported[SIDE_COUNT]; /* the export's own verdict ("Passed", "Failed"), empty if there is none */
	bool disagrees;                  /* the export's own verdict after says otherwise than ours */
};

/* A framework that was asked for, with its sources: all controls of it stand together in result->controls. */
struct framework_used {
	struct str name, title, version;
	struct str source, licence; /* of its table */
	size_t first, count;        /* in result->controls */
};

enum gate_state { GATE_PASS, GATE_FAIL };
struct gate_rule {
	struct str rule;  /* "no_new_critical" */
	struct str title; /* for people */
	bool advisory;    /* it is judged and shown, but does not decide */
	enum gate_state state;
	double value, limit;
	struct str
	    *offenders; /* ids of findings, exceptions, expectations ...; at most GATE_OFFENDERS, value says how many */
	size_t offender_count;
};
enum { GATE_OFFENDERS = 100 };

/* A warning of either side or of the analysis, in one list for the reports. */
struct notice {
	const char *code;
	enum gap gap;
	enum side side; /* SIDE_COUNT: neither */
	struct str input, pointer, message, owner, command;
};

struct estate; /* analyze/estate.h: the estate in quantities, and who may administer it */
/* The packet before this one, as --previous found it (analyze/previous.h). */
struct previous {
	bool given;
	struct str change, packet_sha256, tagmanifest_sha256, evidence_digest;
	struct previous_input {
		struct str path, sha256; /* below its after side */
	} * inputs;
	size_t input_count;
	uint64_t same, changed, missing,
	    added; /* its after side's files among our before side's, by hash, then by path */
};

struct analysis; /* analyze/analyze.h: owners and the index of facts */

struct result {
	struct arena arena;
	const struct analysis *analysis; /* set by analyze(); NULL in a result made by hand */
	const struct estate *estate;     /* the same */
	struct snapshot sides[SIDE_COUNT];
	struct diff diff;
	struct change change;
	struct check_row *checks;
	size_t check_count;
	struct exception *exceptions;
	size_t exception_count;
	struct control *controls;
	size_t control_count;
	struct framework_used *frameworks;
	size_t framework_count;
	struct gate_rule *gate;
	size_t gate_count;
	bool verdict_pass;
	struct notice *notices;
	size_t notice_count;
	uint64_t without_owner; /* open findings after */
	struct {
		bool given;
		struct str version, released; /* of the catalogue */
		uint64_t open, overdue;       /* open findings after of its vulnerabilities; past their day */
	} known_exploited;                    /* --kev FILE */
	int64_t as_of;
	int64_t captured[SIDE_COUNT][2]; /* first and last capture of a side; INSTANT_NONE */
	char evidence_digest[SHA256_HEX + 1];
	struct previous previous;
	struct str marking;     /* --marking: who may see it; in every output */
	const char *version;    /* of dossier */
	const char *language;   /* of the reports for people: "de"; NULL: "en" */
	bool letter;            /* report.pdf on Letter instead of A4 */
	struct custody custody; /* how the evidence differs from what lay in the folders */
	struct str options;     /* the options that shaped the result, as written into packet.json */
};

extern const char *const expect_state_names[], *const objective_state_names[], *const check_state_names[],
										   *const exception_state_names[],
										       *const control_state_names[],
											   *const gate_state_names[];

#endif
