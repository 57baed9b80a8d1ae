/* The page: head, contents, and the parts one after another, in the order of the PDF.
 *
 *   html_decision.c    the first screen, and what became of the open findings
 *   html_state.c       expectations, what was not assessed again, estate, facts, checks
 *   html_findings.c    owners, every finding
 *   html_evidence.c    controls, exceptions, gate, warnings, sign-off, inputs, how to verify, words
 *   html_chart.c       pictures
 *   html_doc.c         paragraphs and tables, which all of them are made of
 */
#include "render/html.h"

#include "core/templates.h"
#include "render/html_private.h"

#include <openssl/evp.h>

static bool find(const char *name, struct str *out, struct error *error)
{
	return template_find(str_from(name), out) || error_set(error, ERROR_INPUT, name, "the template is missing");
}

static void put_hash(struct html *h, struct str of)
{
	unsigned char digest[SHA256_BYTES], base64[SHA256_BYTES * 2];
	sha256_of(of.ptr, of.len, digest);
	int n = EVP_EncodeBlock(base64, digest, SHA256_BYTES);
	PUT(h, "'sha256-");
	buf_add(&h->out.pending, str_of((const char *)base64, (size_t)n));
	PUT(h, "'");
}

static struct str title_of(struct report *r)
{
	return r->result->change.title.len ? r->result->change.title : T(r, decision_title);
}

static void put_head(struct html *h, struct str style, struct str script)
{
	struct report *r = &h->r;
	html_element(h, "<!DOCTYPE html>\n<html lang=\"", r->texts.language,
	             "\">\n<head>\n<meta charset=\"utf-8\">\n"
	             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src ");
	put_hash(h, style);
	PUT(h, "; script-src ");
	put_hash(h, script);
	PUT(h, "; img-src data:; base-uri 'none'; form-action 'none'\">\n"
	       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
	html_element(h, "<title>", title_of(r), "</title>\n<style>");
	buf_add(&h->out.pending, style);
	PUT(h, "</style>\n</head>\n");
	html_element(h, "<body data-group=\"", T(r, number_group), "\" data-decimal=\"");
	html_element(h, "", T(r, number_decimal), "\">\n");
}

/* ---- Contents ---------------------------------------------------------------------------------------------------- */

struct part {
	struct str mark, title;
	uint64_t entries;
	bool counted, lacking;
};

static void put_part(struct html *h, const struct part *part)
{
	if (part->lacking) return;
	buf_printf(&h->out.pending, "<li><a href=\"#%.*s\">", STR_ARG(part->mark));
	html_element(h, "", part->title, "</a>");
	if (part->counted) html_element(h, " <span>", report_number(&h->r, part->entries), "</span>");
	PUT(h, "</li>\n");
}

static void put_contents(struct html *h)
{
	struct report *r = &h->r;
	const struct result *result = r->result;
	const struct diff *diff = &result->diff;
	uint64_t facts = diff->facts[FACT_CHANGED] + diff->facts[FACT_ADDED] + diff->facts[FACT_REMOVED];
	uint64_t inputs = (uint64_t)result->sides[SIDE_BEFORE].input_count + result->sides[SIDE_AFTER].input_count;
	const struct part parts[] = {
	    {STR("decision"), T(r, decision_bookmark), 0, false, false},
	    {MARK_FLOW, T(r, flow_title), 0, false, false},
	    {MARK_EXPECTATIONS, T(r, expects_section), result->change.expect_count + result->change.objective_count,
	     true, false},
	    {MARK_NOT_REASSESSED, T(r, lost_title), diff->outcomes[OUTCOME_NOT_REASSESSED], true, false},
	    {MARK_ESTATE, T(r, estate_title), report_estate_count(r), true, !report_estate_count(r)},
	    {MARK_FACTS, T(r, facts_title), facts, true, false},
	    {MARK_CHECKS, T(r, checks_title), result->check_count, true, false},
	    {MARK_OWNERS, T(r, findings_owners_title), diff->open[SIDE_AFTER], true, false},
	    {MARK_FINDINGS, T(r, html_all_title), html_finding_count(diff), true, false},
	    {MARK_CONTROLS, T(r, controls_title), result->control_count, true, !result->control_count},
	    {MARK_EXCEPTIONS, T(r, exceptions_title), result->exception_count, true, false},
	    {MARK_GATE, T(r, gate_title), result->gate_count, true, false},
	    {MARK_NOTICES, T(r, notices_title), report_notice_count(r), true, false},
	    {MARK_SIGN_OFF, T(r, sign_title), 0, false, false},
	    {MARK_INPUTS, T(r, inputs_title), inputs, true, false},
	    {MARK_VERIFY, T(r, verify_title), 0, false, false},
	    {MARK_GLOSSARY, T(r, glossary_title), 0, false, false},
	};
	html_element(h, "<nav aria-label=\"", T(r, html_sections), "\"><ul>\n");
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) put_part(h, &parts[i]);
	PUT(h, "</ul></nav>\n");
	html_done(h);
}

/* ---- The page ---------------------------------------------------------------------------------------------------- */

static void put_header(struct html *h)
{
	struct report *r = &h->r;
	const struct result *result = r->result;
	struct str change = result->change.id.len ? result->change.id : T(r, document_no_change);
	int64_t as_of = result->as_of == INSTANT_NONE ? 0 : result->as_of;
	html_element(h, "<a class=\"skip\" href=\"#decision\">", T(r, html_skip), "</a>\n<header>\n");
	html_element(h, "<p class=\"mark\"><span>", result->marking.len ? result->marking : T(r, document_marking),
	             "</span> <span>");
	html_element(h, "", report_join(r, change, STR(" · "), str_slice(report_minute(r, as_of), 0, 10)),
	             "</span></p>\n");
	html_element(h, "<h1>", title_of(r), "</h1>\n");
	html_note(h, report_subtitle(r));
	PUT(h, "</header>\n");
}

static void put_footer(struct html *h)
{
	struct report *r = &h->r;
	char when[40] = "";
	struct str creator = report_join(r, STR("dossier"), STR(" "), str_from(r->result->version));
	instant_text(r->result->as_of == INSTANT_NONE ? 0 : r->result->as_of, when);
	html_element(h, "<footer><p>", SAY(r, document_footer, SLOT("creator", creator), SLOT("as_of", str_from(when))),
	             "</p></footer>\n");
}

static void put_body(struct html *h)
{
	static void (*const parts[])(struct html *) = {
	    html_decision, html_outcomes, html_promises, html_lost,     html_estate,     html_facts,
	    html_checks,   html_owners,   html_findings, html_controls, html_exceptions, html_gate,
	    html_notices,  html_sign_off, html_inputs,   html_verify,   html_glossary,
	};
	html_patterns(h);
	put_header(h);
	PUT(h, "<div class=\"page\">\n");
	put_contents(h);
	PUT(h, "<main>\n");
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) parts[i](h);
	PUT(h, "</main>\n</div>\n");
	put_footer(h);
}

bool html_report(const struct result *result, struct sink sink, struct error *error)
{
	struct html h = {.out = {.sink = sink, .error = error}, .r = {.result = result, .analysis = result->analysis}};
	struct str style, script, language = str_from(result->language ? result->language : "en");
	bool good = texts_load(&h.r.texts, language, &h.loaded, error) && find("report/report.css", &style, error) &&
	            find("report/report.js", &script, error);
	if (good) {
		h.r.texts.arena = &h.r.arena;
		put_head(&h, style, script);
		put_body(&h);
		PUT(&h, "<script>");
		buf_add(&h.out.pending, script);
		PUT(&h, "</script>\n</body>\n</html>\n");
		good = writer_end(&h.out);
	}
	buf_free(&h.path);
	arena_free(&h.r.arena);
	arena_free(&h.loaded);
	return good;
}
