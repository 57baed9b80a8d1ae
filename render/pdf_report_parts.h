/* pdf_report_parts: what the files of the report share. Private to render/pdf_report.c, pdf_decision.c, pdf_effect.c,
 * pdf_sections.c, pdf_checks.c, pdf_gaps.c, pdf_findings.c, pdf_controls.c, pdf_heat.c and pdf_evidence.c.
 *
 * Each part is a function that draws at the cursor. Lists are cut at the numbers below, cells at a number of lines:
 * whatever is in the result, the report stays under 200 pages, or under 400 where each text is as long as hostile
 * ones are.
 */
#ifndef DOSSIER_RENDER_PDF_REPORT_PARTS_H
#define DOSSIER_RENDER_PDF_REPORT_PARTS_H

#include "analyze/analyze.h"
#include "render/pdf_table.h"
#include "render/pdf_text.h"
#include "render/pdf_texts.h"
#include "render/sentences.h"

/* Rows of a list, at most. */
enum {
	FACT_ROWS = 90,
	FACT_LOST_ROWS = 40, /* subjects whose facts were not exported again */
	CHECK_ROWS = 150,    /* subjects, over all families of checks */
	MATRIX_ROWS = 60,    /* of these, in one matrix */
	MATRIX_LEAST = 3,    /* kept for each matrix that follows: none is a header alone */
	CHECK_FAMILIES = 40,
	ESTATE_ROWS = 60, /* subscriptions */
	ROLE_ROWS = 40,
	OVERLAP_ROWS = 10, /* pairs of scanners, and overlapping plans */
	UNIT_ROWS = 100,   /* scope units that were not reassessed */
	NOTICE_ROWS = 200,
	FINDING_NEW_ROWS = 250,
	FINDING_OPEN_ROWS = 110,
	FINDING_DISMISSED_ROWS = 100,
	OWNER_ROWS = 40,
	EXCEPTION_ROWS = 200,
	INPUT_ROWS = 300, /* of each side */
	EXPECT_ROWS = 200,
	REQUIRE_ROWS = 200,
	OBJECTIVE_ROWS = 100,
	CONTROL_ROWS = 300,
	HEAT_CELLS = 2400, /* controls in the heat strips, */
	HEAT_LARGE = 180,  /* whose cells are smaller in a framework of more than these */
	GATE_ROWS = 100,
	OFFENDERS_SHOWN = 24, /* of one rule */
	REPORT_PAGES = 600,   /* more would be a fault: every list and every cell has its limit */
};

struct report {
	struct pdf *pdf;
	const struct result *result;
	const struct analysis *analysis; /* may be NULL */
	struct texts texts;
	struct arena arena;  /* everything that is said, until the document is saved */
	struct str subtitle; /* once report_subtitle was asked for */
};

/* ---- Words ------------------------------------------------------------------------------------------------------- */

#define T(r, key) ((r)->texts.forms[TEXT_##key].other)
#define SAY(r, key, ...)                                                                                               \
	texts_say(&(r)->texts, TEXT_##key, (const struct slot[]){__VA_ARGS__},                                         \
	          sizeof((const struct slot[]){__VA_ARGS__}) / sizeof(struct slot))
/* The i-th word of a vocabulary whose first is `key`. */
#define WORD(r, key, i) ((r)->texts.forms[(size_t)TEXT_##key + (size_t)(i)].other)

/* All words of such a vocabulary, for a column that must not break them. */
#define WORDS(r, key, count) report_words((r), (size_t)TEXT_##key, (count))
struct str report_words(struct report *r, size_t first, size_t count);

static inline struct str report_number(const struct report *r, uint64_t value)
{
	return texts_number(&r->texts, value);
}

/* "the first 500 of 121,034, by severity", or "13, by severity"; `by` says the order. */
struct str report_first(const struct report *r, uint64_t shown, uint64_t all, struct str by);
/* Both texts with a separator between, where there are two. */
struct str report_join(struct report *r, struct str a, struct str separator, struct str b);
/* A subject as people name it. An Azure resource: "aks-1", with its type "aks-1 (managedClusters)", then its group and
 * subscription after the separator; else as it is. */
struct str report_subject(struct report *r, struct str subject, bool type, struct str separator);
struct str report_word_severity(const struct report *r, enum severity severity);

/* ---- Cells ------------------------------------------------------------------------------------------------------- */

static inline struct pdf_cell cell_of(struct str text) { return (struct pdf_cell){.text = text}; }
struct pdf_cell cell_number(const struct report *r, uint64_t value);
struct pdf_cell cell_severity(const struct report *r, enum severity severity);
struct pdf_cell cell_symbol(enum pdf_symbol symbol, struct str word);
/* A heading over all columns of a table. */
void report_group(struct pdf_table *table, struct pdf_cell first);

/* ---- Budgets: the rows of a list that must be cut --------------------------------------------------------------- */

/* The list keeps its order, but rows go to what matters most first: a class gets as many as it has, before the next
 * gets any. Classes from BUDGET_CLASSES on get none. */
enum { BUDGET_CLASSES = 4 };
struct budget {
	uint64_t left[BUDGET_CLASSES], all, shown;
};
void budget_share(struct budget *budget, const uint64_t counts[BUDGET_CLASSES], uint64_t rows);
bool budget_take(struct budget *budget, size_t class);

/* ---- Small blocks ------------------------------------------------------------------------------------------------ */

/* Headings that stay with the first rows of what follows. */
void report_section(struct report *r, struct str title, struct str mark);
void report_subsection(struct report *r, struct str title, struct str mark);
void report_note(struct report *r, struct str text);  /* small, grey */
void report_plain(struct report *r, struct str text); /* a paragraph */

/* ---- What was not looked at, counted once for page 1 and the sections -------------------------------------------- */

struct report_gaps {
	uint64_t cut_off, failed, unreadable, unknown, stopped, missing, not_exported, stale, outside, checks, facts;
	struct str cut_off_file, failed_file, unknown_file, stopped_cluster, missing_what; /* the first of each */
};
void report_count_gaps(struct report *r, struct report_gaps *gaps);
/* "3 files", "cut off, first scan.json (after)"; how many. */
enum { REPORT_GAPS = 13 };
size_t report_gap_rows(struct report *r, const struct report_gaps *gaps, struct str keys[REPORT_GAPS],
                       struct str values[REPORT_GAPS]);

/* ---- Objectives, for page 1 and their section -------------------------------------------------------------------- */

struct str objective_target(struct report *r, const struct objective *objective);   /* "−50 %", "≤ 300 s" */
struct str objective_measured(struct report *r, const struct objective *objective); /* "−70.0 %", "295 s", a dash */
struct pdf_cell objective_state(struct report *r, const struct objective *objective);

/* ---- What the rows of a list say, for the PDF and for render/html.c ---------------------------------------------- */

struct effect_row {
	uint64_t before, fixed, verified, dismissed, not_reassessed, still, fresh, newly_in_scope, after;
	int64_t rerated;
	struct change_of_severity common;
};

void report_effect_row(const struct diff *diff, enum severity severity, struct effect_row *row);
void report_effect_add(struct effect_row *sum, const struct effect_row *row);

struct str report_subtitle(struct report *r);
struct str report_or_none(struct report *r, struct str text); /* "not said" for an empty one */
struct str report_scope(struct report *r);
struct str report_window(struct report *r);
/* What analysis says in English, in the report's language (render/sentences.h): a message, a title; a rule's with what narrows it. */
static inline struct str report_said(const struct report *r, struct str english)
{
	return sentences_say(&r->texts, english);
}
struct str report_gate_title(struct report *r, const struct gate_rule *rule);
struct pdf_cell report_gate_state(struct report *r, const struct gate_rule *rule);
struct str report_input_flags(struct report *r, const struct input *input, uint64_t warnings);
/* What was replaced in a file, and whether it is in the packet; empty: it is, as it was. */
struct str report_custody_flags(struct report *r, enum side side, const struct input *input);
/* The same for all files, as paragraphs: none where nothing was replaced or left out. `line` draws one. */
void report_custody(struct report *r, void *context, void (*line)(void *context, struct str text));
struct str report_input_group(struct report *r, const struct snapshot *snapshot, const struct input *input);
/* A row of the table of controls, of exceptions: the same cells in the PDF and in the HTML. */
enum { CONTROL_CELLS = 8, EXCEPTION_CELLS = 7 };
void report_control_cells(struct report *r, const struct control *control, struct pdf_cell cells[CONTROL_CELLS]);
void report_exception_cells(struct report *r, const struct exception *exception,
                            struct pdf_cell cells[EXCEPTION_CELLS]);
struct str report_framework(struct report *r, const struct framework_used *framework);
struct str report_objective(struct report *r, const struct objective *objective);
struct str report_measured(struct report *r, const struct objective *objective, double value);
const struct fact *report_fact(const struct diff *diff, const struct fact_change *change, enum side *side);
struct str report_fact_value(struct report *r, enum side side, uint32_t fact); /* NO_MATCH: a dash */
struct str report_notice_where(struct report *r, const struct notice *notice);

/* ---- Parts ------------------------------------------------------------------------------------------------------- */

void report_decision(struct report *r); /* page 1; never more */
/* The table of page 1 with its bars and the line about subjects; legend: with what the bars mean. */
void report_effect(struct report *r, bool legend, float padding);

void report_estate(struct report *r);
uint64_t report_estate_count(const struct report *r); /* subscriptions; 0: there is no such section */
void report_quantities(struct report *r);             /* within that section: pdf_cost.c */
void report_flow(struct report *r);                   /* pdf_flow.c */
void report_sign_off(struct report *r);
void report_facts(struct report *r);
void report_checks(struct report *r);
void report_expectations(struct report *r);
void report_not_reassessed(struct report *r);
void report_notices(struct report *r);
uint64_t report_notice_count(const struct report *r); /* in that section */
void report_findings(struct report *r);
void report_controls(struct report *r);
void report_heat(struct report *r); /* within that section: pdf_heat.c */
/* One side's controls as a strip of shares. */
void report_heat_shares(struct report *r, enum side side, float x, float top, float width, float height);
void report_exceptions(struct report *r);
void report_gate(struct report *r);
void report_inputs(struct report *r);
void report_verify(struct report *r);
void report_glossary(struct report *r);

/* Marks that parts link to. */
#define MARK_ESTATE STR("estate")
#define MARK_FLOW STR("flow")
#define MARK_SIGN_OFF STR("sign-off")
#define MARK_FACTS STR("facts")
#define MARK_CHECKS STR("checks")
#define MARK_EXPECTATIONS STR("expectations")
#define MARK_NOT_REASSESSED STR("not-reassessed")
#define MARK_NOTICES STR("notices")
#define MARK_FINDINGS STR("findings")
#define MARK_DISMISSED STR("dismissed")
#define MARK_OWNERS STR("owners")
#define MARK_CONTROLS STR("controls")
#define MARK_EXCEPTIONS STR("exceptions")
#define MARK_GATE STR("gate")
#define MARK_INPUTS STR("inputs")
#define MARK_VERIFY STR("verify")
#define MARK_GLOSSARY STR("glossary")

#endif
