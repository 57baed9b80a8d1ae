/* The parts of the report, one after another, in one document (render/pdf_doc.h). Every part reads the result; what
 * is shared between them is in render/pdf_report_parts.h.
 *
 *   1      decision                                   pdf_decision.c, pdf_effect.c
 *   2 ...  contents
 *          effect by outcome                          pdf_flow.c
 *          expectations, objectives                   pdf_sections.c
 *          not reassessed                             pdf_gaps.c
 *          estate, facts, checks                      pdf_estate.c, pdf_sections.c, pdf_checks.c
 *          findings                                   pdf_findings.c
 *          controls, exceptions, gate                 pdf_evidence.c
 *          warnings, with the next commands           pdf_gaps.c
 *          sign-off                                   pdf_flow.c
 *          inputs, how to verify, words               pdf_evidence.c
 */
#include "render/pdf_report.h"

#include "analyze/estate.h"
#include "render/pdf_report_parts.h"

/* Vocabularies are counted through (WORD): the list of texts must be in the order of the enums. */
#define SAME_ORDER(first, last, distance)                                                                              \
	_Static_assert((int)TEXT_##last - (int)TEXT_##first == (int)(distance),                                        \
	               "texts are not in the order of the enum")
SAME_ORDER(severity_critical, severity_unknown, SEVERITY_UNKNOWN);
SAME_ORDER(side_before, side_after, SIDE_AFTER);
SAME_ORDER(status_fail, status_archived, STATUS_ARCHIVED);
SAME_ORDER(outcome_unchanged, outcome_reopened, OUTCOME_REOPENED);
SAME_ORDER(outcome_means_unchanged, outcome_means_reopened, OUTCOME_REOPENED);
SAME_ORDER(updated_location, updated_message, UPDATED_KINDS - 1);
SAME_ORDER(fact_unchanged, fact_not_reassessed, FACT_NOT_REASSESSED);
SAME_ORDER(check_not_assessed, check_fail, CHECK_FAIL);
SAME_ORDER(expect_met, expect_no_evidence, EXPECT_NO_EVIDENCE);
SAME_ORDER(objective_met, objective_not_provable, OBJECTIVE_NOT_PROVABLE);
SAME_ORDER(control_not_satisfied, control_no_evidence, CONTROL_NO_EVIDENCE);
SAME_ORDER(exception_invalid, exception_active, EXCEPTION_ACTIVE);
SAME_ORDER(gate_state_pass, gate_state_fail, GATE_FAIL);
SAME_ORDER(estate_power_clusters, estate_power_grants, ROLE_POWERS - 1);
SAME_ORDER(gap_none, gap_state, GAP_STATE);
SAME_ORDER(gap_means_none, gap_means_state, GAP_STATE);

/* ---- What parts share -------------------------------------------------------------------------------------------- */

struct str report_first(const struct report *r, uint64_t shown, uint64_t all, struct str by)
{
	if (shown == all) return SAY(r, list_all, SLOT_N("n", all), SLOT("by", by));
	return SAY(r, list_first, SLOT_N("n", shown), SLOT_N("of", all), SLOT("by", by));
}

struct str report_join(struct report *r, struct str a, struct str separator, struct str b)
{
	return str_join(&r->arena, a, separator, b);
}

struct str report_subject(struct report *r, struct str subject, bool type, struct str separator)
{
	struct arm_name name;
	if (!subject.len) return T(r, list_no_subject);
	if (!arm_name(&r->arena, subject, &name)) return subject;
	struct str names = name.names;
	if (type) names = SAY(r, list_resource, SLOT("name", names), SLOT("type", name.types));
	return report_join(r, names, separator, report_join(r, name.place, STR(" · "), name.subscription));
}

struct str report_words(struct report *r, size_t first, size_t count)
{
	struct str words = STR_EMPTY;
	for (size_t i = 0; i < count; i++) words = report_join(r, words, STR(" "), r->texts.forms[first + i].other);
	return words;
}

struct str report_word_severity(const struct report *r, enum severity severity)
{
	return WORD(r, severity_critical, severity < SEVERITY_COUNT ? severity : SEVERITY_UNKNOWN);
}

struct pdf_cell cell_number(const struct report *r, uint64_t value) { return cell_of(report_number(r, value)); }

struct pdf_cell cell_symbol(enum pdf_symbol symbol, struct str word)
{
	return (struct pdf_cell){.text = word, .symbol = symbol};
}

struct pdf_cell cell_severity(const struct report *r, enum severity severity)
{
	static const enum pdf_symbol symbols[SEVERITY_COUNT] = {PDF_SYMBOL_CRITICAL, PDF_SYMBOL_HIGH,
	                                                        PDF_SYMBOL_MEDIUM,   PDF_SYMBOL_LOW,
	                                                        PDF_SYMBOL_INFO,     PDF_SYMBOL_UNKNOWN};
	return cell_symbol(symbols[severity < SEVERITY_COUNT ? severity : SEVERITY_UNKNOWN],
	                   report_word_severity(r, severity));
}

void report_group(struct pdf_table *table, struct pdf_cell first)
{
	struct pdf_cell cells[PDF_TABLE_COLUMNS] = {first};
	for (size_t i = 1; i < table->n; i++) cells[i].kind = PDF_CELL_SPAN;
	pdf_table_row(table, cells, PDF_ROW_GROUP);
}

void report_section(struct report *r, struct str title, struct str mark)
{
	pdf_need(r->pdf, 180);
	pdf_section(r->pdf, title, mark, true);
}

void report_subsection(struct report *r, struct str title, struct str mark)
{
	pdf_need(r->pdf, 120);
	pdf_subsection(r->pdf, title, mark, true);
}

void report_note(struct report *r, struct str text)
{
	pdf_text(r->pdf, (struct pdf_style){PDF_TEXT, PDF_SMALL, PDF_GREY}, text);
	pdf_space(r->pdf, 3);
}

void report_plain(struct report *r, struct str text)
{
	pdf_text(r->pdf, (struct pdf_style){PDF_TEXT, PDF_BODY, PDF_INK}, text);
	pdf_space(r->pdf, 3);
}

void budget_share(struct budget *budget, const uint64_t counts[BUDGET_CLASSES], uint64_t rows)
{
	*budget = (struct budget){.all = 0};
	for (size_t i = 0; i < BUDGET_CLASSES; i++) {
		uint64_t room = rows - budget->shown;
		budget->left[i] = counts[i] < room ? counts[i] : room;
		budget->shown += budget->left[i];
		budget->all += counts[i];
	}
}

bool budget_take(struct budget *budget, size_t class)
{
	if (class >= BUDGET_CLASSES || !budget->left[class]) return false;
	budget->left[class]--;
	return true;
}

/* ---- Contents ---------------------------------------------------------------------------------------------------- */

/* Sections that list nothing. */
static bool is_prose(struct str mark)
{
	return str_eq(mark, MARK_FLOW) || str_eq(mark, MARK_SIGN_OFF) || str_eq(mark, MARK_VERIFY) ||
	       str_eq(mark, MARK_GLOSSARY);
}

static void draw_contents(struct report *r)
{
	const struct diff *diff = &r->result->diff;
	uint64_t inputs =
	    (uint64_t)r->result->sides[SIDE_BEFORE].input_count + r->result->sides[SIDE_AFTER].input_count;
	const struct {
		struct str title, mark;
		uint64_t n;
	} rows[] = {
	    {T(r, flow_title), MARK_FLOW, 0},
	    {T(r, expects_section), MARK_EXPECTATIONS,
	     r->result->change.expect_count + r->result->change.objective_count},
	    {T(r, lost_title), MARK_NOT_REASSESSED, diff->outcomes[OUTCOME_NOT_REASSESSED]},
	    {T(r, estate_title), MARK_ESTATE, report_estate_count(r)},
	    {T(r, facts_title), MARK_FACTS,
	     diff->facts[FACT_CHANGED] + diff->facts[FACT_ADDED] + diff->facts[FACT_REMOVED]},
	    {T(r, checks_title), MARK_CHECKS, r->result->check_count},
	    {T(r, findings_title), MARK_FINDINGS, diff->open[SIDE_AFTER]},
	    {T(r, findings_dismissed_title), MARK_DISMISSED, diff->outcomes[OUTCOME_DISMISSED]},
	    {T(r, controls_title), MARK_CONTROLS, r->result->control_count},
	    {T(r, exceptions_title), MARK_EXCEPTIONS, r->result->exception_count},
	    {T(r, gate_title), MARK_GATE, r->result->gate_count},
	    {T(r, notices_title), MARK_NOTICES, report_notice_count(r)},
	    {T(r, sign_title), MARK_SIGN_OFF, 0},
	    {T(r, inputs_title), MARK_INPUTS, inputs},
	    {T(r, verify_title), MARK_VERIFY, 0},
	    {T(r, glossary_title), MARK_GLOSSARY, 0},
	};
	const struct pdf_column columns[] = {
	    {.title = T(r, contents_section), .weight = 1},
	    {.title = T(r, contents_entries), .width = 70, .align = PDF_RIGHT},
	    {.title = T(r, contents_page), .width = 50, .align = PDF_RIGHT},
	};
	const struct pdf_table_options options = {.size = PDF_BODY, .padding = 1.2F};
	struct pdf_table table;
	pdf_section(r->pdf, T(r, contents_title), STR_EMPTY, false);
	pdf_table_begin(&table, r->pdf, columns, 3, &options);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool may_lack = str_eq(rows[i].mark, MARK_CONTROLS) || str_eq(rows[i].mark, MARK_ESTATE);
		if (may_lack && !rows[i].n) continue;
		bool counted = !is_prose(rows[i].mark);
		const struct pdf_cell cells[] = {{.text = rows[i].title, .link = rows[i].mark},
		                                 counted ? cell_number(r, rows[i].n) : cell_of(STR_EMPTY),
		                                 {.kind = PDF_CELL_PAGE, .link = rows[i].mark}};
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
}

/* ---- The document ------------------------------------------------------------------------------------------------ */

/* From what the report says, so that two reports with one id say the same. */
static void document_id(const struct result *result, enum pdf_paper paper, unsigned char id[16])
{
	unsigned char digest[SHA256_BYTES];
	char at[40] = "";
	struct buf text = {0};
	if (result->as_of != INSTANT_NONE) instant_text(result->as_of, at);
	buf_printf(&text, "dossier report\n%s\n%s\n%s\n%d\n%d\n", result->version ? result->version : "",
	           result->evidence_digest, at, result->verdict_pass, (int)paper);
	buf_add(&text, result->change.id);
	buf_char(&text, '\n');
	buf_add(&text, result->options);
	for (int side = 0; side < SIDE_COUNT; side++)
		for (int s = 0; s < SEVERITY_COUNT; s++)
			buf_printf(&text, " %llu", (unsigned long long)result->diff.by_severity[side][s]);
	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		buf_printf(&text, " %llu", (unsigned long long)result->diff.outcomes[i]);
	for (size_t i = 0; i < result->gate_count; i++) {
		buf_char(&text, '\n');
		buf_add(&text, result->gate[i].rule);
		buf_printf(&text, " %.17g %.17g", result->gate[i].value, result->gate[i].limit);
	}
	sha256_of(text.ptr, text.len, digest);
	memcpy(id, digest, 16);
	buf_free(&text);
}

/* "7c1f 0b7e 42a9 … 19d3" */
static struct str short_digest(struct report *r)
{
	const char *hex = r->result->evidence_digest;
	if (strlen(hex) != SHA256_HEX) return T(r, number_none);
	return str_printf(&r->arena, "%.4s %.4s %.4s … %.4s", hex, hex + 4, hex + 8, hex + 60);
}

static struct pdf_options options_of(struct report *r, enum pdf_paper paper)
{
	const struct result *result = r->result;
	char day[40] = "";
	int64_t as_of = result->as_of == INSTANT_NONE ? 0 : result->as_of;
	struct str title = result->change.title.len ? result->change.title : T(r, decision_title);
	struct str creator = report_join(r, STR("dossier"), STR(" "), str_from(result->version));
	struct str when = str_dup(&r->arena, str_from(instant_text(as_of, day)));
	struct str date = str_slice(when, 0, 10), change = result->change.id;
	struct pdf_options options = {
	    .paper = paper,
	    .title = title,
	    .subject = T(r, document_subject),
	    .creator = creator,
	    .language = r->texts.language,
	    .as_of = instant_split(as_of),
	    .header_left = result->marking.len ? result->marking : T(r, document_marking),
	    .header_right = report_join(r, change.len ? change : T(r, document_no_change), STR(" · "), date),
	    .footer_left = SAY(r, document_footer, SLOT("creator", creator), SLOT("as_of", when)),
	    .footer_centre = SAY(r, document_digest, SLOT("digest", short_digest(r))),
	    .footer_mark = MARK_VERIFY,
	    .word_page = T(r, document_page),
	    .word_of = T(r, document_of),
	    .max_pages = REPORT_PAGES,
	};
	document_id(result, paper, options.id);
	return options;
}

static void draw(struct report *r)
{
	static void (*const parts[])(struct report * r) = {
	    draw_contents,   report_flow,     report_expectations, report_not_reassessed, report_estate, report_facts,
	    report_checks,   report_findings, report_controls,     report_exceptions,     report_gate,   report_notices,
	    report_sign_off, report_inputs,   report_verify,       report_glossary,
	};
	report_decision(r);
	pdf_new_page(r->pdf);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) parts[i](r);
}

bool pdf_report(const struct result *result, const struct analysis *analysis, enum pdf_paper paper, struct sink sink,
                struct error *error)
{
	struct report r = {.result = result, .analysis = analysis};
	bool good = texts_load(&r.texts, str_from(result->language ? result->language : "en"), &r.arena, error);
	if (good) {
		struct pdf_options options = options_of(&r, paper);
		r.pdf = pdf_new(&options, &pdf_resources_debian, error);
		good = r.pdf != NULL;
	}
	if (good) {
		draw(&r);
		good = pdf_save(r.pdf, sink.write, sink.context, error);
	}
	pdf_free(r.pdf);
	arena_free(&r.arena);
	return good;
}
