/* How it works: frameworks are runs of result->controls with the same name. Each run is walked twice, once as the benchmark that was
 * asked for and once as its result, so that nothing has to be kept:
 *
 *     report-request N   Benchmark   Rule, Rule ...
 *     asset              the system that the change is about
 *     report N           TestResult  rule-result, rule-result ...     createdFor request N, isAbout the asset
 */
#include "render/arf.h"

#include "render/uri.h"
#include "render/xml_doc.h"

#include <stdio.h>

enum {
	TEXT_BYTES = 1000, /* of one text */
	RECORDS = 10       /* that one result refers to */
};

struct arf {
	struct xml_doc doc;
	const struct result *result;
	const bool *not_applicable; /* by control: some record says that it does not apply */
	struct arena arena;         /* of the document */
	struct arena row;           /* of one text */
};

/* One framework: controls from `from` to `to`; number counts from 1. */
struct framework {
	size_t from, to;
	unsigned number;
	struct str name;
};

/* ---- words ---- */

static struct str line(struct arf *a, struct str text) { return text_line(&a->row, text, TEXT_BYTES); }

static void put_line(struct arf *a, const char *name, struct str text)
{
	xml_element(&a->doc, name, line(a, text));
	arena_reset(&a->row);
}

/* An id of XCCDF: what is no letter, digit, '-' or '.' is written _XX, so that two names never become one. */
static struct str id_of(struct arf *a, const char *kind, struct str framework, struct str control)
{
	struct str parts[] = {framework, control};
	struct buf id = {0};
	buf_printf(&id, "xccdf_dossier_%s_", kind);
	for (size_t k = 0; k < 2; k++) {
		if (k && control.len) buf_printf(&id, "__");
		for (size_t i = 0; i < parts[k].len; i++) {
			unsigned char c = (unsigned char)parts[k].ptr[i];
			bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			             c == '-' || c == '.';
			if (plain)
				buf_char(&id, (char)c);
			else
				buf_printf(&id, "_%02x", c);
		}
	}
	struct str made = str_dup(&a->row, buf_str(&id));
	buf_free(&id);
	return made;
}

static void put_attribute_id(struct arf *a, const char *name, const char *kind, struct str framework,
                             struct str control)
{
	xml_attribute(&a->doc, name, id_of(a, kind, framework, control));
	arena_reset(&a->row);
}

static void put_numbered(struct arf *a, const char *name, const char *word, unsigned number)
{
	char text[40];
	snprintf(text, sizeof(text), "%s-%u", word, number);
	xml_word(&a->doc, name, text);
}

/* ---- frameworks ---- */

static bool next_framework(const struct result *r, struct framework *f)
{
	if (f->number && f->to >= r->control_count) return false;
	f->number++;
	f->from = f->to;
	f->name = r->control_count ? r->controls[f->from].framework : STR("none");
	while (f->to < r->control_count && str_eq(r->controls[f->to].framework, f->name)) f->to++;
	return true;
}

/* By control: some record of the after side that counts says that it does not apply. */
static void find_not_applicable(struct arf *a)
{
	const struct result *r = a->result;
	const struct snapshot *s = &r->sides[SIDE_AFTER];
	bool *controls = ARENA_ARRAY(&a->arena, bool, r->control_count + 1);
	bool *profiles = ARENA_ARRAY(&a->arena, bool, (size_t)s->profiles.count + 1);
	a->not_applicable = controls;
	if (!r->analysis || !r->control_count) return;
	for (uint32_t i = 0; i < s->finding_count; i++) {
		LARGE_BREATHE(i);
		if (!r->diff.fates[SIDE_AFTER][i].counted) continue;
		if (snapshot_profile(s, &s->findings[i])->status == STATUS_NOT_APPLICABLE)
			profiles[s->findings[i].profile] = true;
	}
	for (uint32_t p = 0; p < s->profiles.count; p++) {
		LARGE_BREATHE(p);
		size_t count;
		if (!profiles[p]) continue;
		const uint32_t *list = controls_of(&r->analysis->controls, SIDE_AFTER, p, &count);
		for (size_t i = 0; i < count; i++) controls[list[i]] = true;
	}
}

/* ---- benchmarks ---- */

static void put_rule(struct arf *a, const struct control *c)
{
	struct buf system = {0};
	xml_start(&a->doc, "Rule");
	put_attribute_id(a, "id", "rule", c->framework, c->id);
	xml_flag(&a->doc, "selected", true);
	put_line(a, "title",
	         str_printf(&a->row, "%.*s %.*s", STR_ARG(text_line(&a->row, c->id, 200)),
	                    STR_ARG(text_line(&a->row, c->title.len ? c->title : STR(""), 500))));
	xml_start(&a->doc, "ident");
	buf_printf(&system, "urn:dossier:framework:");
	uri_path(&system, c->framework);
	xml_attribute(&a->doc, "system", buf_str(&system));
	xml_text(&a->doc, line(a, c->id));
	xml_end(&a->doc);
	xml_end(&a->doc);
	buf_free(&system);
	arena_reset(&a->row);
}

static void put_benchmark(struct arf *a, const struct framework *f)
{
	xml_start(&a->doc, "Benchmark");
	xml_word(&a->doc, "xmlns", "http://checklists.nist.gov/xccdf/1.2");
	put_attribute_id(a, "id", "benchmark", f->name, STR_EMPTY);
	xml_flag(&a->doc, "resolved", true);
	xml_word(&a->doc, "xml:lang", "en");
	xml_element(&a->doc, "status", STR("interim"));
	put_line(a, "title", f->from < f->to ? f->name : STR("No framework"));
	put_line(a, "description",
	         f->from < f->to
	             ? STR("The framework's controls, one rule for each. Nothing is checked by this document: results "
	                   "rest on exported evidence.")
	             : STR("No framework was judged, so that there is no control to speak of."));
	put_line(a, "version", str_from(a->result->version));
	for (size_t i = f->from; i < f->to; i++) put_rule(a, &a->result->controls[i]);
	xml_end(&a->doc);
}

/* ---- results ---- */

static const char *result_of(const struct arf *a, size_t control)
{
	const struct control *c = &a->result->controls[control];
	switch (c->state) {
	case CONTROL_SATISFIED: return "pass";
	case CONTROL_NOT_SATISFIED:
	case CONTROL_WITH_EXCEPTIONS: return "fail";
	case CONTROL_MANUAL_REVIEW: return c->not_assessed ? "unknown" : "notchecked";
	case CONTROL_NO_EVIDENCE: return a->not_applicable[control] ? "notapplicable" : "notchecked";
	case CONTROL_STATE_COUNT: break;
	}
	return "unknown";
}

/* XCCDF has no "critical". */
static const char *const severities[SEVERITY_COUNT] = {"high", "high", "medium", "low", "info", "unknown"};

/* The worst of what is open, or NULL. */
static const char *severity_of(const struct control *c)
{
	return c->worst < SEVERITY_COUNT ? severities[c->worst] : NULL;
}

static void put_metadata(struct arf *a, const struct control *c)
{
	xml_start(&a->doc, "metadata");
	xml_start(&a->doc, "control");
	xml_word(&a->doc, "xmlns", ARF_NAMESPACE);
	xml_word(&a->doc, "state", control_state_names[c->state]);
	xml_word(&a->doc, "state_before", control_state_names[c->state_before]);
	xml_count(&a->doc, "open", c->open);
	xml_count(&a->doc, "pass", c->pass);
	xml_count(&a->doc, "exceptions", c->exceptions);
	xml_count(&a->doc, "manual", c->manual);
	xml_count(&a->doc, "not_assessed", c->not_assessed);
	xml_end(&a->doc);
	xml_end(&a->doc);
}

static void put_message(struct arf *a, const char *severity, struct str text)
{
	if (!text.len) return;
	xml_start(&a->doc, "message");
	xml_word(&a->doc, "severity", severity);
	xml_text(&a->doc, line(a, text));
	xml_end(&a->doc);
	arena_reset(&a->row);
}

static void put_messages(struct arf *a, const struct control *c)
{
	if (c->state == CONTROL_WITH_EXCEPTIONS)
		put_message(
		    a, "warning",
		    str_printf(
			&a->row,
			"All %llu open findings are covered by exceptions that are valid now: accepted, not mended.",
			(unsigned long long)c->open));
	put_message(a, "info", c->moved);
	if (c->disagrees)
		put_message(a, "warning",
		            str_printf(&a->row,
		                       "The export's own verdict is %.*s, which is not what the evidence says.",
		                       STR_ARG(text_line(&a->row, c->reported[SIDE_AFTER], 200))));
}

static void put_record(struct arf *a, enum side side, uint32_t finding)
{
	const struct snapshot *s = &a->result->sides[side];
	struct buf href = {0};
	char id[19];
	snapshot_finding_id(s, side, finding, id);
	evidence_uri(&href, "../", s, side, snapshot_input_of(s, finding));
	xml_start(&a->doc, "check-content-ref");
	xml_attribute(&a->doc, "href", buf_str(&href));
	xml_word(&a->doc, "name", id);
	xml_end(&a->doc);
	buf_free(&href);
}

static void put_check(struct arf *a, const struct control *c)
{
	if (!c->link_count) return;
	xml_start(&a->doc, "check");
	xml_word(&a->doc, "system", "urn:dossier:evidence:1");
	for (size_t i = 0, records = 0; i < c->links_kept && records < RECORDS; i++) {
		enum side side = c->links[i].example[SIDE_AFTER] != NO_MATCH ? SIDE_AFTER : SIDE_BEFORE;
		if (c->links[i].example[side] == NO_MATCH) continue;
		put_record(a, side, c->links[i].example[side]);
		records++;
	}
	xml_end(&a->doc);
}

static void put_rule_result(struct arf *a, size_t control)
{
	const struct control *c = &a->result->controls[control];
	const char *severity = severity_of(c);
	xml_start(&a->doc, "rule-result");
	put_attribute_id(a, "idref", "rule", c->framework, c->id);
	if (severity) xml_word(&a->doc, "severity", severity);
	xml_when(&a->doc, "time", a->result->as_of);
	xml_element(&a->doc, "result", str_from(result_of(a, control)));
	put_metadata(a, c);
	put_messages(a, c);
	put_check(a, c);
	xml_end(&a->doc);
}

/* XCCDF 1.2, table 41, flat unweighted: rules that passed, of those that were judged. */
static void put_score(struct arf *a, const struct framework *f)
{
	size_t passed = 0, judged = 0;
	char text[24];
	for (size_t i = f->from; i < f->to; i++) {
		const char *result = result_of(a, i);
		if (!strcmp(result, "notchecked") || !strcmp(result, "notapplicable")) continue;
		judged++;
		passed += !strcmp(result, "pass");
	}
	xml_start(&a->doc, "score");
	xml_word(&a->doc, "system", "urn:xccdf:scoring:flat-unweighted");
	xml_count(&a->doc, "maximum", judged);
	snprintf(text, sizeof(text), "%zu", passed);
	xml_text(&a->doc, str_from(text));
	xml_end(&a->doc);
}

static struct str system_name(const struct result *r)
{
	const struct change *c = &r->change;
	return c->environment.len ? c->environment : c->tenant.len ? c->tenant : STR("the assessed system");
}

static int64_t captured(const struct result *r, int last)
{
	int64_t at = r->captured[SIDE_AFTER][last];
	return at == INSTANT_NONE ? r->as_of : at;
}

static void put_test_result(struct arf *a, const struct framework *f)
{
	const struct result *r = a->result;
	struct str benchmark = id_of(a, "benchmark", f->name, STR_EMPTY);
	xml_start(&a->doc, "TestResult");
	xml_word(&a->doc, "xmlns", "http://checklists.nist.gov/xccdf/1.2");
	xml_attribute(&a->doc, "id", id_of(a, "testresult", f->name, STR_EMPTY));
	xml_when(&a->doc, "start-time", captured(r, 0));
	xml_when(&a->doc, "end-time", captured(r, 1));
	xml_attribute(&a->doc, "test-system", str_printf(&a->row, "dossier %s", r->version));
	xml_start(&a->doc, "benchmark");
	xml_attribute(&a->doc, "href", str_printf(&a->row, "#%.*s", STR_ARG(benchmark)));
	xml_attribute(&a->doc, "id", benchmark);
	xml_end(&a->doc);
	put_line(a, "title", r->change.title.len ? r->change.title : STR("The state after the change"));
	put_line(
	    a, "remark",
	    STR("One result for each control; a result refers to at most 10 records that carry it. findings.csv, beside this "
	        "folder, lists every finding."));
	put_line(a, "target", system_name(r));
	xml_start(&a->doc, "target-facts");
	xml_start(&a->doc, "fact");
	xml_word(&a->doc, "name", "urn:dossier:fact:evidence-digest");
	xml_word(&a->doc, "type", "string");
	xml_text(&a->doc, str_from(r->evidence_digest));
	xml_end(&a->doc);
	xml_end(&a->doc);
	for (size_t i = f->from; i < f->to; i++) put_rule_result(a, i);
	put_score(a, f);
	xml_end(&a->doc);
}

/* ---- the collection ---- */

static void put_relationship(struct arf *a, const char *type, unsigned number, const char *target)
{
	xml_start(&a->doc, "core:relationship");
	xml_word(&a->doc, "type", type);
	put_numbered(a, "subject", "report", number);
	xml_element(&a->doc, "core:ref", str_from(target));
	xml_end(&a->doc);
}

static void put_relationships(struct arf *a)
{
	xml_start(&a->doc, "core:relationships");
	xml_word(&a->doc, "xmlns:vocabulary", "http://scap.nist.gov/specifications/arf/vocabulary/relationships/1.0#");
	for (struct framework f = {0}; next_framework(a->result, &f);) {
		char request[40];
		snprintf(request, sizeof(request), "request-%u", f.number);
		put_relationship(a, "vocabulary:createdFor", f.number, request);
		put_relationship(a, "vocabulary:isAbout", f.number, "asset-1");
	}
	xml_end(&a->doc);
}

static void put_requests(struct arf *a)
{
	xml_start(&a->doc, "arf:report-requests");
	for (struct framework f = {0}; next_framework(a->result, &f);) {
		xml_start(&a->doc, "arf:report-request");
		put_numbered(a, "id", "request", f.number);
		xml_start(&a->doc, "arf:content");
		put_benchmark(a, &f);
		xml_end(&a->doc);
		xml_end(&a->doc);
	}
	xml_end(&a->doc);
}

static void put_asset(struct arf *a)
{
	xml_start(&a->doc, "arf:assets");
	xml_start(&a->doc, "arf:asset");
	xml_word(&a->doc, "id", "asset-1");
	xml_start(&a->doc, "ai:system");
	put_line(a, "ai:system-name", system_name(a->result));
	xml_end(&a->doc);
	xml_end(&a->doc);
	xml_end(&a->doc);
}

static void put_reports(struct arf *a)
{
	xml_start(&a->doc, "arf:reports");
	for (struct framework f = {0}; next_framework(a->result, &f);) {
		xml_start(&a->doc, "arf:report");
		put_numbered(a, "id", "report", f.number);
		xml_start(&a->doc, "arf:content");
		put_test_result(a, &f);
		xml_end(&a->doc);
		xml_end(&a->doc);
	}
	xml_end(&a->doc);
}

bool arf_report(const struct result *result, struct sink sink, struct error *error)
{
	struct arf a = {.result = result};
	if (xml_begin(&a.doc, sink, error)) {
		find_not_applicable(&a);
		xml_start(&a.doc, "arf:asset-report-collection");
		xml_word(&a.doc, "xmlns:arf", "http://scap.nist.gov/schema/asset-reporting-format/1.1");
		xml_word(&a.doc, "xmlns:core", "http://scap.nist.gov/schema/reporting-core/1.1");
		xml_word(&a.doc, "xmlns:ai", "http://scap.nist.gov/schema/asset-identification/1.1");
		put_relationships(&a);
		put_requests(&a);
		put_asset(&a);
		put_reports(&a);
		xml_end(&a.doc);
	}
	arena_free(&a.arena);
	arena_free(&a.row);
	return xml_finish(&a.doc, "arf.xml");
}
