/* report_lists: what the blocks and lists of the report say, whatever it is drawn on. The PDF cuts its lists and lays them out on
 * paper (render/pdf_*.c), the HTML has every row (render/html_*.c); the words and numbers of both come from here. What one
 * row says is in render/pdf_report_parts.h.
 *
 * Strings are in the report's arena; lists on the heap are the caller's to free.
 */
#ifndef DOSSIER_RENDER_REPORT_LISTS_H
#define DOSSIER_RENDER_REPORT_LISTS_H

#include "analyze/estate.h"
#include "analyze/lost.h"
#include "render/pdf_report_parts.h"

/* ---- Decision: report_decision.c, pdf_effect.c, pdf_flow.c ---------------------------------------------------------- */

struct str report_rule_numbers(struct report *r, const struct gate_rule *rule); /* ": 2, limit 0: EXP-1, EXP-2" */
/* What a reader of "ready" must know: rules that advise fail, or what was not looked at. Empty where the gate says no. */
struct str report_verdict_note(struct report *r);
/* "2 active", "11 open covered; EX-1 ends in 12 days": a pair for each state that there is; then findings without an owner. */
enum { REPORT_EXCEPTION_STATES = EXCEPTION_STATE_COUNT + 2 };
size_t report_exception_states(struct report *r, struct str keys[REPORT_EXCEPTION_STATES],
                               struct str values[REPORT_EXCEPTION_STATES]);
struct str report_offender(struct report *r, struct str offender);              /* "nachher azure.assessments ..." */
struct str report_problem(struct report *r, const struct exception *exception); /* what makes it invalid */
struct str report_evidence_counts(struct report *r); /* "17 files before, 14 after, 1.2 MB · " */
struct str report_subjects_line(struct report *r);   /* "critical 3 → 1 (common ...)" */
/* "5 not satisfied · 4 manual review · ...", and the counts in it. */
struct str report_controls_line(struct report *r, uint64_t counts[CONTROL_STATE_COUNT]);
/* By severity: of what is gone its severity before, of what is there its severity after. */
const uint64_t *report_outcome_counts(const struct diff *diff, enum outcome outcome);

/* What the open findings of a side became, or where they came from, in the order of the picture. */
struct flow_part {
	enum outcome outcome;
	enum pdf_ink ink;
	bool hatched, stays; /* stays: open on both sides */
};
const struct flow_part *report_flow_parts(enum side side, size_t *n);

/* ---- Expectations, required evidence: pdf_sections.c ------------------------------------------------------------- */

enum { EXPECT_CELLS = 7, REQUIRE_CELLS = 4 };
void report_expect_cells(struct report *r, const struct expect *expect, struct pdf_cell cells[EXPECT_CELLS]);
void report_require_cells(struct report *r, const struct requirement *requirement,
                          struct pdf_cell cells[REQUIRE_CELLS]);

/* ---- What was not assessed again, warnings: pdf_gaps.c ----------------------------------------------------------- */

struct lost_unit *report_lost_units(const struct diff *diff, size_t *n);       /* the worst severity first; large */
struct str report_lost_reason(struct report *r, const struct lost_unit *lost); /* why absence proves nothing there */

/* The i-th class of gaps in the order of the report. */
enum gap report_nth_gap(int i);
/* False: it stands among what was not assessed again. */
bool report_notice_listed(const struct notice *notice);
struct str report_notice_class(struct report *r, enum gap gap, uint64_t n); /* "scope: ...: 3" */

/* ---- Estate: pdf_estate.c, pdf_cost.c ---------------------------------------------------------------------------- */

enum { SUBSCRIPTION_CELLS = 8, ROLE_CELLS = 5, QUANTITIES = 13, QUANTITY_CELLS = 3 };
void report_subscription_cells(struct report *r, const struct estate_subscription *subscription,
                               struct pdf_cell cells[SUBSCRIPTION_CELLS]);
void report_role_cells(struct report *r, const struct role_grant *grant, struct pdf_cell cells[ROLE_CELLS]);
struct str report_roles_note(struct report *r);
/* Rows that have something to count; how many. */
size_t report_quantity_cells(struct report *r, struct pdf_cell cells[QUANTITIES][QUANTITY_CELLS]);
/* What is paid for, or reported, twice: a sentence for each, at most OVERLAP_ROWS of either kind. */
size_t report_overlaps(struct report *r, struct str sentences[2 * OVERLAP_ROWS]);

struct report_captures {
	int64_t from, to; /* first and last of captures, window and as_of; from INSTANT_NONE: no file is dated */
	uint64_t dated[SIDE_COUNT], files[SIDE_COUNT], wrong;
};
void report_captures(const struct report *r, struct report_captures *captures);
/* Captured beyond the window's edge that the side must stay on its side of. */
bool report_wrong_side(const struct change *change, enum side side, int64_t at);
struct str report_captures_note(struct report *r, const struct report_captures *captures);
struct str report_minute(struct report *r, int64_t at); /* "2026-03-01 08:00" */

/* ---- Posture checks: pdf_checks.c -------------------------------------------------------------------------------- */

enum { FAMILY_CHECKS = 4 }; /* columns; a family with more has several matrices */

/* Checks that stand side by side: one check's rows are [from, to) of result->checks. */
struct check_family {
	struct str name;
	struct check_column {
		size_t from, to;
	} columns[FAMILY_CHECKS];
	size_t column_count, from, to;
};
struct check_subject {
	const struct check_row *rows[FAMILY_CHECKS]; /* by column; NULL: the check does not speak of it */
	const struct check_row *any;
};
struct check_family report_family_at(const struct result *result, size_t from); /* the next one is at its `to` */
struct str report_family_title(struct report *r,
                               const struct check_family *family); /* "azure.aks", or "azure.aks 2/3" */
struct check_subject *report_family_subjects(const struct result *result, const struct check_family *family,
                                             size_t *n); /* by subject; on the heap */
struct str report_check_name(struct str id);             /* what stands behind the last '.' */
struct str report_check_summary(struct report *r, const struct check_column *column);
struct pdf_cell report_check_cell(struct report *r, const struct check_row *row); /* "fail → pass"; row may be NULL */
struct str report_check_subject(struct report *r, const struct check_subject *subject);
struct str report_checks_summary(struct report *r);

/* ---- Owners: pdf_findings.c -------------------------------------------------------------------------------------- */

struct owner_row {
	struct str owner; /* empty: nobody */
	uint64_t open[SEVERITY_COUNT], all;
};
struct owner_rows {
	struct strings names; /* numbered from 1; row 0 is nobody */
	struct owner_row *rows;
	size_t count;
	uint32_t capacity;
};
void report_owners(struct report *r, struct owner_rows *owners); /* nobody first, then the worst severity first */
void report_owners_free(struct owner_rows *owners);

/* ---- Sign-off, how to verify, words: pdf_flow.c, pdf_evidence.c -------------------------------------------------- */

enum { SIGNERS = 5, VERIFY_STEPS = 6, GLOSSARY_WORDS = 6 };
struct report_pair {
	struct str first, second;
};
void report_signers(struct report *r, struct report_pair signers[SIGNERS]); /* role, name or empty */
/* What to do, and the commands; verify_digest, the third step, is followed by the digest itself. */
void report_verify_steps(struct report *r, struct report_pair steps[VERIFY_STEPS]);
enum { VERIFY_DIGEST = 2 };
void report_glossary_words(struct report *r, struct report_pair words[GLOSSARY_WORDS]);

#endif
