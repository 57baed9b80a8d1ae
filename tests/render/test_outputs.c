/* Results built by hand, written by every text output, and read back with other people's parsers: cJSON, libxml2,
 * and a reader of RFC 4180 below.
 *
 * Three results: an empty one; a plain one, whose outputs are known to the byte; and a hostile one, where every
 * string is something that breaks a careless writer.
 */
#include "core/utf8.h"
#include "render/arf.h"
#include "render/csv.h"
#include "render/json.h"
#include "render/junit.h"
#include "render/oscal.h"
#include "render/packet_json.h"
#include "render/sarif.h"
#include "render/xml.h"
#include "tests/check.h"

#include <cjson/cJSON.h>
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <locale.h>
#include <stdlib.h>

#define SCHEMA "templates/schema/report.xsd"
#define ARF_SCHEMA "/usr/share/openscap/schemas/arf/1.1/asset-reporting-format_1.1.0.xsd"

/* ---- results ---- */

enum { HOSTILE = 18 };
static struct str hostile[HOSTILE];
static unsigned hostile_next;

static void make_hostile(struct arena *arena)
{
	enum { LONG = 1 << 20 };
	char *text = arena_bytes(arena, LONG);
	for (size_t i = 0; i < LONG; i++) text[i] = "a<b>&\"'\x01\xff,=\n"[i % 12];
	struct str list[HOSTILE] = {
	    STR("<a href=\"x\">&amp;</a>"),
	    STR("]]><![CDATA["),
	    STR("--><!--"),
	    STR("\x1b[31mred\x1b[0m\a"),
	    STR("nul\0inside"),
	    STR("\xff\xfe\xc3\x28\xed\xa0\x80\xf5\x80"),
	    STR("cut \xe2\x80"),
	    STR("\xe2\x80\xaetxt.exe\xe2\x81\xa6"),
	    STR("=cmd|' /C calc'!A0"),
	    STR("+1"),
	    STR("-1+2"),
	    STR("@SUM(1)"),
	    STR("\t=1"),
	    STR("\r=1"),
	    STR("  =1"),
	    STR("a,\"b\"\r\nF-0123456789abcdef,c"),
	    STR("\xef\xbf\xbe\xef\xbf\xbf\xc2\x85\xef\xbc\x9d"),
	    str_of(text, LONG),
	};
	memcpy(hostile, list, sizeof(list));
}

/* The next of them, each with something that tells it from the others. */
static struct str nasty(struct arena *arena)
{
	struct str s = hostile[hostile_next++ % (HOSTILE - 1)];
	char *copy = arena_bytes(arena, s.len + 16);
	memcpy(copy, s.ptr, s.len);
	int n = snprintf(copy + s.len, 16, "%u", hostile_next);
	return str_of(copy, s.len + (size_t)n);
}

struct made {
	struct result result;
	bool nasty;
};

/* The string itself in a plain result, something hostile in a hostile one. */
static struct str pick(struct made *m, const char *plain)
{
	return m->nasty ? nasty(&m->result.arena) : str_from(plain);
}

static uint32_t add(struct made *m, struct snapshot *s, const char *plain)
{
	return strings_add(&s->strings, pick(m, plain));
}

static void add_input(struct made *m, struct snapshot *s, const char *path, unsigned char hash)
{
	ARRAY_RESERVE(s->inputs, s->input_count, s->input_capacity);
	struct input *input = &s->inputs[s->input_count++];
	*input = (struct input){
	    .path = add(m, s, path),
	    .display = add(m, s, path),
	    .format = add(m, s, "sarif"),
	    .tool = add(m, s, "CodeQL"),
	    .tool_version = add(m, s, "2.4.0"),
	    .captured = INT64_C(1772352000) * INSTANT_SECOND,
	    .bytes = 1000,
	    .records = 2,
	    .by_status = {[STATUS_FAIL] = 2},
	    .by_severity = {[SEVERITY_HIGH] = 2},
	    .subjects = 1,
	    .first_finding = s->finding_count,
	    .first_site = s->site_count,
	    .site_count = 1,
	};
	memset(input->sha256, hash, SHA256_BYTES);
	ARRAY_RESERVE(s->sites, s->site_count, s->site_capacity);
	s->sites[s->site_count++] =
	    (struct site){.finding = s->finding_count, .parent = strings_add(&s->strings, STR("/runs/0/results"))};
}

static void add_finding(struct made *m, struct snapshot *s, const char *rule, enum severity severity, uint32_t line)
{
	struct profile profile = {.tool = strings_add(&s->strings, pick(m, "CodeQL")),
	                          .rule = add(m, s, rule),
	                          .title = add(m, s, "A title"),
	                          .subject = add(m, s, "repo"),
	                          .owner = add(m, s, "team-a"),
	                          .unit = snapshot_add_unit(s, pick(m, "CodeQL"), pick(m, "repo"), false),
	                          .ids = m->nasty ? add(m, s, "") : strings_add(&s->strings, STR("CVE-2024-1 CWE-79")),
	                          .severity = (uint8_t)severity,
	                          .status = STATUS_FAIL};
	struct component component = {.package = add(m, s, "zlib"),
	                              .version = add(m, s, "1.0"),
	                              .fixed_version = add(m, s, "1.1"),
	                              .purl = add(m, s, "pkg:deb/zlib@1.0"),
	                              .first_seen = m->nasty ? add(m, s, "") : 0};
	struct str path = pick(m, "src/a.c");
	size_t cut = str_rfind_char(path, '/') + 1; /* 0 where there is none */
	ARRAY_RESERVE(s->findings, s->finding_count, s->finding_capacity);
	s->findings[s->finding_count] =
	    (struct finding){.span = span_of(100 + 50 * (uint64_t)s->finding_count, 40),
	                     .profile = snapshot_add_profile(s, &profile),
	                     .component = snapshot_add_component(s, &component),
	                     .folder = strings_add(&s->strings, str_slice(path, 0, cut)),
	                     .file = strings_add(&s->strings, str_slice(path, cut, path.len)),
	                     .line = line,
	                     .content = s->finding_count};
	s->inputs[s->input_count - 1].finding_count++;
	s->finding_count++;
}

static uint32_t add_fact(struct made *m, struct snapshot *s, const char *value)
{
	ARRAY_RESERVE(s->facts, s->fact_count, s->fact_capacity);
	s->facts[s->fact_count] = (struct fact){.subject = add(m, s, "/subscriptions/1"),
	                                        .name = add(m, s, "pricingTier"),
	                                        .value = add(m, s, value),
	                                        .span = span_of(10, 5)};
	return s->fact_count++;
}

static void make_empty(struct made *m, bool with_nasty)
{
	*m = (struct made){.nasty = with_nasty};
	for (int side = 0; side < SIDE_COUNT; side++) {
		snapshot_init(&m->result.sides[side]);
		m->result.diff.sides[side] = &m->result.sides[side];
		for (int i = 0; i < 2; i++) m->result.captured[side][i] = INSTANT_NONE;
	}
	m->result.as_of = INT64_C(1772352000) * INSTANT_SECOND;
	m->result.version = "1.0";
	m->result.verdict_pass = true;
	m->result.change.window_start = m->result.change.window_end = INSTANT_NONE;
}

/* Before: one that is updated after, and one that is fixed. After: the updated one, and a new one. */
static void make_sides(struct made *m)
{
	struct result *r = &m->result;
	struct snapshot *before = &r->sides[SIDE_BEFORE], *after = &r->sides[SIDE_AFTER];
	add_input(m, before, "a.sarif", 0xaa);
	add_finding(m, before, "js/xss", SEVERITY_HIGH, 3);
	add_finding(m, before, "js/sql", SEVERITY_HIGH, 0);
	add_input(m, after, "b.sarif", 0xbb);
	add_finding(m, after, "js/xss", SEVERITY_HIGH, 4);
	add_finding(m, after, "js/new", SEVERITY_LOW, 9);
	static const struct fate fates[SIDE_COUNT][2] = {
	    {{.match = 0, .outcome = OUTCOME_UPDATED, .updated_by = 3, .tier = TIER_IDENTITY, .counted = 1},
	     {.match = NO_MATCH, .outcome = OUTCOME_FIXED, .counted = 1}},
	    {{.match = 0, .outcome = OUTCOME_UPDATED, .updated_by = 3, .tier = TIER_IDENTITY, .counted = 1},
	     {.match = NO_MATCH, .outcome = OUTCOME_NEW, .counted = 1}}};
	for (int side = 0; side < SIDE_COUNT; side++) {
		r->diff.fates[side] = ARENA_ARRAY(&r->arena, struct fate, 2);
		memcpy(r->diff.fates[side], fates[side], sizeof(fates[side]));
		r->diff.records[side] = r->diff.open[side] = 2;
		r->captured[side][0] = r->captured[side][1] = r->as_of;
	}
	r->diff.by_severity[SIDE_BEFORE][SEVERITY_HIGH] = 2;
	r->diff.by_severity[SIDE_AFTER][SEVERITY_HIGH] = r->diff.by_severity[SIDE_AFTER][SEVERITY_LOW] = 1;
	r->diff.outcomes[OUTCOME_UPDATED] = r->diff.outcomes[OUTCOME_FIXED] = r->diff.outcomes[OUTCOME_NEW] = 1;
	r->diff.by_outcome[OUTCOME_UPDATED][SEVERITY_HIGH] = r->diff.by_outcome[OUTCOME_FIXED][SEVERITY_HIGH] = 1;
	r->diff.by_outcome[OUTCOME_NEW][SEVERITY_LOW] = 1;
	r->diff.updated_by[0] = r->diff.updated_by[1] = 1;
	r->diff.reduction[SEVERITY_HIGH] = (struct change_of_severity){3, 1, 4, 1};
	r->diff.reduction[SEVERITY_LOW] = (struct change_of_severity){0, 1, 0, 1};
	r->diff.subjects[SEVERITY_HIGH] = (struct change_of_severity){2, 2, 2, 2};
	r->diff.reduction_all = (struct change_of_severity){3, 2, 4, 2};
	struct warning *w =
	    snapshot_warn(after, "truncated_export", GAP_SCOPE, 0, pick(m, "/nextLink"), pick(m, "cut off"));
	w->offset = 7;
	w->line = 1;
	w->column = 8;
	snapshot_warn(after, "unreadable_record", GAP_NONE, 0, STR_EMPTY, pick(m, "not an object"));
	snapshot_add_unit(after, pick(m, "CodeQL"), pick(m, "repo"), false);
}

static void make_facts(struct made *m)
{
	struct result *r = &m->result;
	struct fact_change *changes = ARENA_ARRAY(&r->arena, struct fact_change, 2);
	changes[0].before = add_fact(m, &r->sides[SIDE_BEFORE], "Free");
	changes[0].after = add_fact(m, &r->sides[SIDE_AFTER], "Standard");
	changes[0].outcome = FACT_CHANGED;
	changes[1].before = NO_MATCH;
	changes[1].after = add_fact(m, &r->sides[SIDE_AFTER], "");
	changes[1].outcome = FACT_ADDED;
	r->diff.fact_changes = changes;
	r->diff.fact_change_count = 2;
	r->diff.facts[FACT_CHANGED] = r->diff.facts[FACT_ADDED] = 1;
}

static struct str *strs(struct made *m, const char *plain)
{
	struct str *list = ARENA_NEW(&m->result.arena, struct str);
	*list = pick(m, plain);
	return list;
}

static void make_change(struct made *m)
{
	struct result *r = &m->result;
	struct change *c = &r->change;
	c->given = true;
	struct str *texts[] = {&c->id,     &c->title,    &c->owner,   &c->approver, &c->environment,
	                       &c->tenant, &c->rollback, &c->runbook, &c->tested_in};
	static const char *const words[] = {"CHG-1", "Turn it on", "o", "a", "prod", "t", "switch off", "run", "test"};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) *texts[i] = pick(m, words[i]);
	c->window_start = c->window_end = r->as_of + 1234567;
	c->subscriptions = strs(m, "s"), c->subscription_count = 1;
	c->subjects = strs(m, "x"), c->subject_count = 1;
	c->tickets = strs(m, "T-1"), c->ticket_count = 1;
	c->monitoring = strs(m, "m"), c->monitoring_count = 1;
	c->requires = ARENA_NEW(&r->arena, struct requirement), c->require_count = 1;
	*c->requires = (struct requirement){pick(m, "sarif"), pick(m, "x"), SIDE_AFTER, true};
	c->expects = ARENA_NEW(&r->arena, struct expect), c->expect_count = 1;
	*c->expects = (struct expect){.id = pick(m, "EXP-1"),
	                              .subject = pick(m, "*"),
	                              .fact = pick(m, "f"),
	                              .value = pick(m, "Standard"),
	                              .state = EXPECT_NO_EVIDENCE,
	                              .met = 2,
	                              .no_evidence = 1,
	                              .offenders = pick(m, "one\ntwo\n")};
	c->objectives = ARENA_NEW(&r->arena, struct objective), c->objective_count = 1;
	*c->objectives = (struct objective){.id = pick(m, "OBJ-1"),
	                                    .title = pick(m, "Fewer"),
	                                    .state = OBJECTIVE_MET,
	                                    .severity = pick(m, "critical"),
	                                    .has_numbers = true,
	                                    .has_percent = true,
	                                    .before = 10,
	                                    .after = 2.5,
	                                    .percent = -75};
}

static void make_judgements(struct made *m)
{
	struct result *r = &m->result;
	r->checks = ARENA_NEW(&r->arena, struct check_row), r->check_count = 1;
	*r->checks = (struct check_row){.id = pick(m, "azure.aks.rbac"),
	                                .title = pick(m, "RBAC"),
	                                .subject = pick(m, "aks-1"),
	                                .severity = pick(m, "high"),
	                                .state = {CHECK_FAIL, CHECK_PASS},
	                                .fact = {NO_MATCH, 0},
	                                .note = pick(m, ""),
	                                .owner = pick(m, "")};
	r->exceptions = ARENA_NEW(&r->arena, struct exception), r->exception_count = 1;
	*r->exceptions = (struct exception){.id = pick(m, "EX-1"),
	                                    .type = pick(m, "accepted_risk"),
	                                    .source = pick(m, "file"),
	                                    .reason = pick(m, "because"),
	                                    .match = pick(m, "rule=*"),
	                                    .expires = pick(m, "2026-01-01"),
	                                    .problem = pick(m, ""),
	                                    .state = EXCEPTION_EXPIRED,
	                                    .matched = 2,
	                                    .days_left = -3};
	r->controls = ARENA_NEW(&r->arena, struct control), r->control_count = 1;
	*r->controls = (struct control){.framework = pick(m, "MCSB"),
	                                .id = pick(m, "PV-6"),
	                                .title = pick(m, "Repair"),
	                                .state = CONTROL_NOT_SATISFIED,
	                                .state_before = CONTROL_SATISFIED,
	                                .open = 3,
	                                .pass = 1,
	                                .not_assessed = 2,
	                                .moved = pick(m, "3 open findings: Repair it"),
	                                .reported = {pick(m, ""), pick(m, "Passed")},
	                                .disagrees = true};
	r->controls->unassessed = strs(m, "subscription 1"), r->controls->unassessed_count = 1;
	r->controls->links = ARENA_NEW(&r->arena, struct control_link),
	r->controls->link_count = r->controls->links_kept = r->controls->holding = 1;
	*r->controls->links = (struct control_link){.tool = pick(m, "T"),
	                                            .rule = pick(m, "R"),
	                                            .title = pick(m, "Repair it"),
	                                            .through = pick(m, "policy 1"),
	                                            .source = pick(m, ""),
	                                            .note = pick(m, "by hand"),
	                                            .open = {1, 3},
	                                            .pass = {0, 1},
	                                            .not_assessed = 2,
	                                            .example = {NO_MATCH, NO_MATCH}};
	r->frameworks = ARENA_NEW(&r->arena, struct framework_used), r->framework_count = 1;
	*r->frameworks = (struct framework_used){.name = pick(m, "MCSB"),
	                                         .title = pick(m, "Benchmark"),
	                                         .version = pick(m, "1"),
	                                         .source = pick(m, "S"),
	                                         .licence = pick(m, "MIT"),
	                                         .count = 1};
	r->gate = ARENA_NEW(&r->arena, struct gate_rule), r->gate_count = 1;
	*r->gate = (struct gate_rule){.rule = pick(m, "no_new_critical"),
	                              .title = pick(m, "None new"),
	                              .state = GATE_FAIL,
	                              .value = 1,
	                              .limit = 0.5,
	                              .offenders = strs(m, "F-1"),
	                              .offender_count = 1};
	r->verdict_pass = false;
	r->notices = ARENA_NEW(&r->arena, struct notice), r->notice_count = 1;
	*r->notices = (struct notice){.code = "missing_evidence",
	                              .gap = GAP_PERMISSION,
	                              .side = SIDE_COUNT,
	                              .input = pick(m, ""),
	                              .pointer = pick(m, ""),
	                              .message = pick(m, "nobody could read it"),
	                              .owner = pick(m, "team-b"),
	                              .command = pick(m, "az account show")};
	memset(r->evidence_digest, 'c', SHA256_HEX);
}

static void make_full(struct made *m, bool with_nasty)
{
	make_empty(m, with_nasty);
	make_sides(m);
	make_facts(m);
	make_change(m);
	make_judgements(m);
	m->result.options = with_nasty ? hostile[3] : STR(" { \"as_of\" : 1.50 } ");
}

static void unmake(struct made *m)
{
	for (int side = 0; side < SIDE_COUNT; side++) snapshot_free(&m->result.sides[side]);
	arena_free(&m->result.arena);
}

/* ---- the outputs, as one table ---- */

static bool out_inspect(const struct result *r, struct sink sink, struct error *e)
{
	return json_inspect(&r->sides[SIDE_AFTER], sink, e);
}
static bool out_diff(const struct result *r, struct sink sink, struct error *e)
{
	return json_diff(&r->diff, true, sink, e);
}
static bool out_build(const struct result *r, struct sink sink, struct error *e)
{
	return json_build(r, r->options, STR("dd"), sink, e);
}
static bool out_packet(const struct result *r, struct sink sink, struct error *e)
{
	struct packet_template templates[2] = {{STR("formats/a.json"), STR("ee")}, {r->options, STR("ff")}};
	return packet_json(r, templates, 2, sink, e);
}

enum kind { KIND_JSON, KIND_XML, KIND_RESULTS, KIND_POAM, KIND_ARF, KIND_JUNIT, KIND_CSV };

static bool csv_findings(const struct result *result, struct sink sink, struct error *error)
{
	return parts_write(&csv_parts, result, sink, error);
}

static bool xml_report(const struct result *result, struct sink sink, struct error *error)
{
	return parts_write(&xml_parts, result, sink, error);
}

static const struct output {
	const char *name;
	enum kind kind;
	bool (*write)(const struct result *, struct sink, struct error *);
} outputs[] = {{"inspect", KIND_JSON, out_inspect},
               {"diff", KIND_JSON, out_diff},
               {"build", KIND_JSON, out_build},
               {"packet.json", KIND_JSON, out_packet},
               {"report.xml", KIND_XML, xml_report},
               {"findings.csv", KIND_CSV, csv_findings},
               {"assessment-results.xml", KIND_RESULTS, oscal_assessment_results},
               {"poam.xml", KIND_POAM, oscal_poam},
               {"arf.xml", KIND_ARF, arf_report},
               {"findings.sarif", KIND_JSON, sarif_findings},
               {"junit.xml", KIND_JUNIT, junit_report}};
enum { OUTPUTS = sizeof(outputs) / sizeof(*outputs) };

static struct buf written(const struct output *output, const struct result *r)
{
	struct buf buf = {0};
	struct error error;
	if (!output->write(r, sink_buf(&buf), &error)) buf.len = 0;
	return buf;
}

/* ---- readers ---- */

static xmlSchemaPtr schema;           /* of report.xml */
static xmlSchemaPtr oscal_schemas[2]; /* of the results and of the plan, where they are at hand */
static xmlSchemaPtr arf_schema;
static char complaint[512];

static void complain(void *context, const char *format, ...)
{
	(void)context;
	if (complaint[0]) return;
	__builtin_va_list args;
	__builtin_va_start(args, format);
	vsnprintf(complaint, sizeof(complaint), format, args);
	__builtin_va_end(args);
	complaint[strcspn(complaint, "\n")] = '\0';
}

static xmlSchemaPtr read_schema(const char *path)
{
	xmlSchemaParserCtxtPtr parser = xmlSchemaNewParserCtxt(path);
	xmlSchemaSetParserErrors(parser, complain, complain, NULL);
	xmlSchemaPtr read = xmlSchemaParse(parser);
	xmlSchemaFreeParserCtxt(parser);
	return read;
}

static bool load_schemas(void)
{
	static const char *const names[] = {"assessment-results", "poam"};
	const char *shared = getenv("SHARED");
	for (int i = 0; i < 2 && shared; i++) {
		char path[4096];
		snprintf(path, sizeof(path), "%s/reference/oscal/oscal_%s.xsd", shared, names[i]);
		oscal_schemas[i] = read_schema(path);
	}
	if (!oscal_schemas[0] || !oscal_schemas[1])
		printf("skip - OSCAL's schemas are not at hand: its documents are only read, not validated\n");
	arf_schema = read_schema(ARF_SCHEMA);
	if (!arf_schema)
		printf("skip - ARF's schema (openscap-common) is not installed: arf.xml is only read, not validated\n");
	complaint[0] = '\0';
	schema = read_schema(SCHEMA);
	return CHECK(schema != NULL, "the schema of report.xml is one (%s)", complaint);
}

/* The document, or NULL where it is not well-formed, or not valid by a schema that is not NULL. */
static xmlDocPtr read_xml_by(struct str text, xmlSchemaPtr by)
{
	complaint[0] = '\0';
	xmlSetGenericErrorFunc(NULL, complain);
	xmlDocPtr doc = xmlReadMemory(text.ptr, (int)text.len, "report.xml", NULL, XML_PARSE_NONET | XML_PARSE_HUGE);
	if (!doc || !by) return doc;
	xmlSchemaValidCtxtPtr valid = xmlSchemaNewValidCtxt(by);
	xmlSchemaSetValidErrors(valid, complain, complain, NULL);
	int result = xmlSchemaValidateDoc(valid, doc);
	xmlSchemaFreeValidCtxt(valid);
	if (result == 0) return doc;
	xmlFreeDoc(doc);
	return NULL;
}

static xmlDocPtr read_xml(struct str text) { return read_xml_by(text, schema); }

static bool valid_xml(struct str text, xmlSchemaPtr by)
{
	xmlDocPtr doc = read_xml_by(text, by);
	xmlFreeDoc(doc);
	return doc != NULL;
}

enum { CSV_COLUMNS = 29 };

/* The next cell, unquoted, into cell; *last: a row ends after it. False at the end, or where it is not RFC 4180. */
static bool next_cell(struct str csv, size_t *at, struct buf *cell, bool *last)
{
	size_t i = *at;
	cell->len = 0;
	if (i >= csv.len) return false;
	if (csv.ptr[i] == '"') {
		for (i++; i < csv.len; i++) {
			if (csv.ptr[i] == '"' && (i + 1 >= csv.len || csv.ptr[++i] != '"')) break;
			buf_char(cell, csv.ptr[i]);
		}
	} else {
		for (; i < csv.len && csv.ptr[i] != ',' && csv.ptr[i] != '\r'; i++) {
			if (csv.ptr[i] == '"' || csv.ptr[i] == '\n') return false;
			buf_char(cell, csv.ptr[i]);
		}
	}
	*last = i + 1 < csv.len && csv.ptr[i] == '\r' && csv.ptr[i + 1] == '\n';
	*at = i + 1 + *last;
	return *last || (i < csv.len && csv.ptr[i] == ',');
}

static bool inert(struct str cell)
{
	for (size_t i = 0; i < cell.len; i++) {
		unsigned char c = (unsigned char)cell.ptr[i];
		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) return false;
		if (c >= 0x80 && text_plain(cell, i) == 0) return false;
		if (c >= 0x80) i += text_plain(cell, i) - 1;
	}
	struct str s = str_trim(cell);
	return !cell.len || !(memchr("\t\n", cell.ptr[0], 2) || (s.len && memchr("=+-@", s.ptr[0], 4)) ||
	                      str_starts(s, STR("\xef\xbc\x9d")));
}

/* Rows, or -1 where it is no CSV, or a cell might run. */
static int csv_rows(struct str csv)
{
	struct buf cell = {0};
	size_t at = 0;
	int rows = 0, columns = 0;
	bool last = false, good = true;
	while (good && at < csv.len) {
		good = next_cell(csv, &at, &cell, &last) && inert(buf_str(&cell));
		if (columns == 0 && rows > 0) good = good && cell.len == 18 && str_starts(buf_str(&cell), STR("F-"));
		columns++;
		if (last) {
			good = good && columns == CSV_COLUMNS;
			columns = 0;
			rows++;
		}
	}
	buf_free(&cell);
	return good && columns == 0 ? rows : -1;
}

static bool well_formed(const struct output *output, struct str text)
{
	cJSON *json;
	switch (output->kind) {
	case KIND_JSON:
		json = cJSON_ParseWithLength(text.ptr, text.len);
		cJSON_Delete(json);
		return json && text.ptr[text.len - 1] == '\n' && utf8_first_invalid(text) == SIZE_MAX;
	case KIND_XML: return valid_xml(text, schema);
	case KIND_RESULTS: return valid_xml(text, oscal_schemas[0]);
	case KIND_POAM: return valid_xml(text, oscal_schemas[1]);
	case KIND_ARF: return valid_xml(text, arf_schema);
	case KIND_JUNIT: return valid_xml(text, NULL);
	case KIND_CSV: return csv_rows(text) > 0;
	}
	return false;
}

/* ---- tests ---- */

static void test_forms(struct made *m, const char *which)
{
	for (size_t i = 0; i < OUTPUTS; i++) {
		struct buf one = written(&outputs[i], &m->result), two = written(&outputs[i], &m->result);
		complaint[0] = '\0';
		CHECK(one.len && well_formed(&outputs[i], buf_str(&one)),
		      "%s of %s result is well-formed and valid%s%s", outputs[i].name, which, complaint[0] ? ": " : "",
		      complaint);
		CHECK(str_eq(buf_str(&one), buf_str(&two)), "%s of %s result is the same bytes twice", outputs[i].name,
		      which);
		buf_free(&one);
		buf_free(&two);
	}
}

/* Expected JSON is written with ' for ". */
static void same(struct buf *got, const char *expected, const char *sentence)
{
	struct buf text = {0};
	for (const char *p = expected; *p; p++) buf_char(&text, *p == '\'' ? '"' : *p);
	if (!CHECK(str_eq(buf_str(got), buf_str(&text)), "%s", sentence))
		printf("# got      %.*s# expected %.*s", STR_ARG(buf_str(got)), STR_ARG(buf_str(&text)));
	buf_free(&text);
	buf_free(got);
}

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define HASH_C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define DIFF                                                                                                           \
	"{'dossier':'diff','version':1,'before':{'records':2,'open':2,'by_severity':{'high':2}},"                      \
	"'after':{'records':2,'open':2,'by_severity':{'high':1,'low':1}},"                                             \
	"'outcomes':{'unchanged':0,'updated':1,'fixed':1,'fixed_verified':0,'dismissed':0,'not_reassessed':0,"         \
	"'new':1,'newly_in_scope':0,'reopened':0},"                                                                    \
	"'updated_by':{'location':1,'severity':1,'version':0,'message':0},"                                            \
	"'reduction':{'high':{'before':3,'after':1,'percent':-66.7,'raw_before':4,'raw_after':1},"                     \
	"'low':{'before':0,'after':1,'percent':null,'raw_before':0,'raw_after':1}},"                                   \
	"'subjects':{'high':{'before':2,'after':2,'percent':0.0,'raw_before':2,'raw_after':2}},"                       \
	"'facts':{'added':1,'removed':0,'changed':1,'not_reassessed':0}"

static void test_inspect(struct made *m)
{
	struct buf got = written(&outputs[0], &m->result);
	same(&got,
	     "{'dossier':'inspect','version':1,'files':[{'path':'b.sarif','sha256':'" HASH_B
	     "','bytes':1000,'format':'sarif','tool':'CodeQL','tool_version':'2.4.0','captured':"
	     "'2026-03-01T08:00:00Z','records':2,'unreadable':0,'events':0,'by_status':{'fail':2},"
	     "'by_severity':{'high':2},'subjects':1,'warnings':[{'code':'truncated_export','gap':'scope',"
	     "'pointer':'/nextLink','message':'cut off','offset':7,'line':1,'column':8},"
	     "{'code':'unreadable_record','message':'not an object'}]}],'totals':{'files':1,'records':2,"
	     "'by_status':{'fail':2},'by_severity':{'high':2}}}\n",
	     "inspect prints the contract's keys in the contract's order");
}

static void test_inspect_order(void)
{
	struct made m;
	make_empty(&m, false);
	struct snapshot *s = &m.result.sides[SIDE_AFTER];
	add_input(&m, s, "b", 1);
	add_input(&m, s, "a", 2);
	add_input(&m, s, "c", 3);
	s->inputs[2].duplicate = true;
	snapshot_warn(s, "one", GAP_NONE, 1, STR_EMPTY, STR("of a"));
	snapshot_warn(s, "two", GAP_NONE, UINT32_MAX, STR_EMPTY, STR("of none"));
	snapshot_warn(s, "three", GAP_NONE, 0, STR_EMPTY, STR("of b"));
	snapshot_warn(s, "four", GAP_NONE, 1, STR_EMPTY, STR("of a"));
	struct buf got = written(&outputs[0], &m.result);
	cJSON *json = cJSON_ParseWithLength(got.ptr, got.len), *files = cJSON_GetObjectItem(json, "files");
	cJSON *a = cJSON_GetArrayItem(files, 0), *b = cJSON_GetArrayItem(files, 1);
	CHECK(a && strcmp(cJSON_GetObjectItem(a, "path")->valuestring, "a") == 0, "inspect lists files by path");
	CHECK(cJSON_GetArraySize(cJSON_GetObjectItem(a, "warnings")) == 2 &&
	          cJSON_GetArraySize(cJSON_GetObjectItem(b, "warnings")) == 1 &&
	          cJSON_GetArraySize(cJSON_GetObjectItem(json, "warnings")) == 1,
	      "a warning stands at its file, and one about no file at the end");
	cJSON *totals = cJSON_GetObjectItem(json, "totals");
	CHECK(cJSON_GetObjectItem(totals, "files")->valueint == 3 &&
	          cJSON_GetObjectItem(totals, "records")->valueint == 4,
	      "a duplicate file is listed, but its records do not count twice");
	cJSON_Delete(json);
	buf_free(&got);
	unmake(&m);
}

static void test_diff(struct made *m)
{
	struct buf got = {0}, expected = {0};
	struct error error;
	json_diff(&m->result.diff, false, sink_buf(&got), &error);
	same(&got, DIFF "}\n", "diff prints the contract's keys in the contract's order");

	char before[19], after[19], fresh[19], key[19], fresh_key[19], fixed[19], fixed_key[19];
	snapshot_finding_id(&m->result.sides[SIDE_BEFORE], SIDE_BEFORE, 0, before);
	snapshot_finding_id(&m->result.sides[SIDE_BEFORE], SIDE_BEFORE, 1, fixed);
	snapshot_finding_id(&m->result.sides[SIDE_AFTER], SIDE_AFTER, 0, after);
	snapshot_finding_id(&m->result.sides[SIDE_AFTER], SIDE_AFTER, 1, fresh);
	diff_key(&m->result.diff, SIDE_AFTER, 0, key);
	diff_key(&m->result.diff, SIDE_AFTER, 1, fresh_key);
	diff_key(&m->result.diff, SIDE_BEFORE, 1, fixed_key);
#define FINDING                                                                                                        \
	"{'id':'%s','key':'%s','outcome':'%s','side':'%s','matched':%s%s%s,'tool':'CodeQL','rule':'%s',"               \
	"'title':'A title','severity':'%s','status':'fail','subject':'repo','location':{'path':'src/a.c',"             \
	"'line':%s},'component':{'package':'zlib','version':'1.0','fixed_version':'1.1','purl':"                       \
	"'pkg:deb/zlib@1.0'},'owner':'team-a','evidence':{'path':'%s','sha256':'%s','offset':%d,"                      \
	"'length':40,'pointer':'/runs/0/results/%d'},'ids':['CVE-2024-1','CWE-79']%s}"
	buf_printf(&expected, "%s,'findings':[" FINDING "," FINDING "," FINDING "]}\n", DIFF, after, key, "updated",
	           "after", "'", before, "'", "js/xss", "high", "4", "b.sarif", HASH_B, 100, 0,
	           ",'updated_by':['location','severity'],'tier':'identity','why':{'reason':'matched','agreed':['tool',"
	           "'rule','subject'],'differs':[{'field':'line','before':3,'after':4}]}",
	           fresh, fresh_key, "new", "after", "null", "", "", "js/new", "low", "9", "b.sarif", HASH_B, 150, 1,
	           ",'why':{'reason':'assessed','unit':{'tool':'CodeQL','target':'repo'}}", fixed, fixed_key, "fixed",
	           "before", "null", "", "", "js/sql", "high", "null", "a.sarif", HASH_A, 150, 1,
	           ",'why':{'reason':'assessed','unit':{'tool':'CodeQL','target':'repo'}}");
	buf_char(&expected, '\0');
	got = written(&outputs[1], &m->result);
	same(&got, expected.ptr, "diff --findings lists what is open on either side, a matched pair once");
	buf_free(&expected);
}

static void test_build(struct made *m)
{
	struct buf got = {0};
	struct error error;
	json_build(&m->result, STR("p.tar.zst"), STR(HASH_A), sink_buf(&got), &error);
	same(&got,
	     "{'dossier':'build','version':1,'packet':'p.tar.zst','sha256':'" HASH_A "','verdict':'fail',"
	     "'gate':[{'rule':'no_new_critical','state':'fail','value':1,'limit':0.5,'offenders':['F-1'],"
	     "'title':'None new'}],"
	     "'diff':" DIFF "},"
	     "'controls':[{'framework':'MCSB','control':'PV-6','state':'not_satisfied','open':3,'pass':1,"
	     "'exceptions':0,'title':'Repair','before':'satisfied','manual':0,'not_assessed':2,"
	     "'unassessed':['subscription 1'],'moved':'3 open findings: Repair it',"
	     "'reported':{'after':'Passed'},'disagrees':true,'link_count':1,"
	     "'links':[{'tool':'T','rule':'R','title':'Repair it','through':'policy 1',"
	     "'source':'the evidence itself','note':'by hand','before':{'open':1,'pass':0,'manual':0},"
	     "'after':{'open':3,'pass':1,'manual':0,'excepted':0},'not_assessed':2}]}],"
	     "'exceptions':[{'id':'EX-1','source':'file','state':'expired','matched':2,"
	     "'type':'accepted_risk','matched_before':0,'expires':'2026-01-01','days_left':-3,'match':'rule=*',"
	     "'reason':'because'}],"
	     "'checks':[{'id':'azure.aks.rbac','subject':'aks-1','before':'fail','after':'pass'}],"
	     "'facts':[{'subject':'/subscriptions/1','fact':'pricingTier','before':'Free','after':'Standard',"
	     "'outcome':'changed'},{'subject':'/subscriptions/1','fact':'pricingTier','before':null,'after':'',"
	     "'outcome':'added'}],"
	     "'events':{'before':0,'after':0,'routing_p95_s':{'before':null,'after':null}},"
	     "'expects':[{'id':'EXP-1','state':'no_evidence','met':2,'not_met':0,'no_evidence':1}],"
	     "'objectives':[{'id':'OBJ-1','state':'met','before':10,'after':2.5,'percent':-75.0,'value':null}],"
	     "'frameworks':[{'framework':'MCSB','title':'Benchmark','version':'1','source':'S','licence':'MIT',"
	     "'controls':1}],"
	     "'warnings':[{'code':'missing_evidence','gap':'permission','message':'nobody could read it',"
	     "'owner':'team-b','command':'az account show'}]}\n",
	     "build prints the contract's keys in the contract's order");
}

static void test_verify_and_trace(void)
{
	struct buf got = {0};
	struct error error;
	struct verify_check checks[] = {{"payload", true, STR("12 files")}, {"signature", false, STR("a \"b\"")}};
	struct verify_report report = {.ok = false, .checks = checks, .count = 2};
	json_verify(STR("p"), &report, sink_buf(&got), &error);
	same(&got,
	     "{'dossier':'verify','version':1,'packet':'p','ok':false,'checks':[{'name':'payload','ok':true,"
	     "'detail':'12 files'},{'name':'signature','ok':false,'detail':'a \\'b\\''}]}\n",
	     "verify prints the contract's keys in the contract's order");

	struct json_traced traced = {.finding = STR("F-1"),
	                             .path = STR("data/evidence/after/a"),
	                             .sha256 = STR(HASH_A),
	                             .offset = 1,
	                             .length = 2,
	                             .pointer = STR("/runs/0/results/3"),
	                             .record = STR("{ \"a b\" : [ 1.50 ,\n 1e999, \"\\u00e9\\\"\" ] }")};
#define TRACE                                                                                                          \
	"{'dossier':'trace','version':1,'finding':'F-1','evidence':{'path':'data/evidence/after/a','sha256':'" HASH_A  \
	"','offset':1,'length':2,'pointer':'/runs/0/results/3'},'record':"
	json_trace(&traced, sink_buf(&got), &error);
	same(&got, TRACE "{'a b':[1.50,1e999,'\\u00e9\\'']}}\n",
	     "trace prints the record with its own spelling of numbers and strings");
	traced.record = STR("<xml/>\n");
	json_trace(&traced, sink_buf(&got), &error);
	same(&got, TRACE "'<xml/>\\n'}\n", "trace prints a record that is not JSON as a string");
}

static void test_packet(struct made *m)
{
	struct buf got = {0};
	struct error error;
	struct packet_template templates[] = {{STR("formats/sarif.json"), STR(HASH_C)}};
	m->result.sides[SIDE_BEFORE].inputs[0].superseded = true;
	packet_json(&m->result, templates, 1, sink_buf(&got), &error);
	m->result.sides[SIDE_BEFORE].inputs[0].superseded = false;
#define INPUT(side, path, hash)                                                                                        \
	"{'side':'" side "','path':'data/evidence/" side "/" path "','sha256':'" hash "','bytes':1000,"                \
	"'format':'sarif','tool':'CodeQL','tool_version':'2.4.0','captured':'2026-03-01T08:00:00Z','records':2"
#define INPUTS INPUT("before", "a.sarif", HASH_A) ",'superseded':true}," INPUT("after", "b.sarif", HASH_B) "}"
	same(&got,
	     "{'dossier':'packet','version':1,'tool_version':'1.0','change':'CHG-1','as_of':'2026-03-01T08:00:00Z',"
	     "'options':{'as_of':1.50},'verdict':'fail','evidence_digest':'" HASH_C "','inputs':[" INPUTS "],"
	     "'templates':[{'name':'formats/sarif.json','sha256':'" HASH_C "'}],"
	     "'counts':{'before':{'files':1,'records':2,'open':2,'by_severity':{'high':2}},"
	     "'after':{'files':1,'records':2,'open':2,'by_severity':{'high':1,'low':1}},"
	     "'outcomes':{'unchanged':0,'updated':1,'fixed':1,'fixed_verified':0,'dismissed':0,'not_reassessed':0,"
	     "'new':1,'newly_in_scope':0,'reopened':0},"
	     "'facts':{'added':1,'removed':0,'changed':1,'not_reassessed':0},'checks':1,'controls':1,"
	     "'exceptions':1,'warnings':1}}\n",
	     "packet.json holds inputs, options, templates and counts in their order");
}

/* The row of a finding of the plain result, up to the cell "tier" as given. */
static void add_row(struct buf *rows, struct made *m, enum side side, uint32_t finding, const char *fate,
                    const char *rule, const char *severity, const char *line)
{
	static const char *const files[] = {"before/a.sarif," HASH_A, "after/b.sarif," HASH_B};
	char id[19], key[19];
	snapshot_finding_id(&m->result.sides[side], side, finding, id);
	diff_key(&m->result.diff, side, finding, key);
	buf_printf(rows, "%s,%s,%s,%s,CodeQL,%s,A title,%s,fail,repo,src/a.c,%s,", id, key, side_names[side], fate,
	           rule, severity, line);
	buf_printf(rows, "zlib,1.0,1.1,pkg:deb/zlib@1.0,CVE-2024-1 CWE-79,,team-a,data/evidence/%s,", files[side]);
	buf_printf(rows, "%u,40,/runs/0/results/%u,%s,\r\n", 100 + 50 * finding, finding,
	           finding ? "assessed" : "matched");
}

static void test_csv(struct made *m)
{
	struct buf got = written(&outputs[5], &m->result), rows = {0};
	char updated[SIDE_COUNT][80];
	for (int side = 0; side < SIDE_COUNT; side++) {
		char other[19];
		snapshot_finding_id(&m->result.sides[1 - side], (enum side)(1 - side), 0, other);
		snprintf(updated[side], sizeof(updated[side]), "updated,%s,location severity,identity", other);
	}
	buf_add(&rows,
	        STR("id,key,side,outcome,matched,updated_by,tier,tool,rule,title,severity,status,subject,path,line,"
	            "package,version,fixed_version,purl,ids,controls,owner,evidence_path,evidence_sha256,offset,length,"
	            "pointer,why,message\r\n"));
	add_row(&rows, m, SIDE_BEFORE, 0, updated[SIDE_BEFORE], "js/xss", "high", "3");
	add_row(&rows, m, SIDE_BEFORE, 1, "fixed,,,", "js/sql", "high", "");
	add_row(&rows, m, SIDE_AFTER, 0, updated[SIDE_AFTER], "js/xss", "high", "4");
	add_row(&rows, m, SIDE_AFTER, 1, "new,,,", "js/new", "low", "9");
	buf_char(&rows, '\0');
	same(&got, rows.ptr, "findings.csv has a row for every finding, before first, in the order of evidence");
	buf_free(&rows);
}

static void test_csv_rows_that_count(struct made *m)
{
	struct fate *fate = &m->result.diff.fates[SIDE_BEFORE][1], kept = *fate;
	struct buf all = written(&outputs[5], &m->result);
	fate->outcome = OUTCOME_NONE;
	struct buf closed = written(&outputs[5], &m->result);
	fate->counted = 0;
	struct buf fewer = written(&outputs[5], &m->result);
	*fate = kept;
	CHECK(csv_rows(buf_str(&all)) == 5 && csv_rows(buf_str(&closed)) == 5,
	      "a finding that is not open has a row too");
	CHECK(csv_rows(buf_str(&fewer)) == 4, "a finding of a file that does not count has no row");
	buf_free(&all);
	buf_free(&closed);
	buf_free(&fewer);
}

/* Every finding a part of its own, instead of a thousand. */
static struct buf in_small_parts(const struct parts *parts, const struct result *result)
{
	struct buf all = {0};
	struct error error;
	CHECK(parts->head(result, sink_buf(&all), &error), "the head of a report in parts can be written");
	for (int i = 0; i < SIDE_COUNT; i++) {
		enum side side = i == 0 ? parts->first : parts->first == SIDE_BEFORE ? SIDE_AFTER : SIDE_BEFORE;
		for (uint32_t from = 0; from < result->diff.sides[side]->finding_count; from++)
			parts->rows(result, (struct part){side, from, from + 1}, &all, NULL);
	}
	if (parts->tail) CHECK(parts->tail(result, sink_buf(&all), &error), "and its tail");
	return all;
}

/* The parts of a report of so many findings stand one behind the other, none empty, none too long. */
static bool parts_fit(enum side first, uint32_t before, uint32_t after)
{
	struct snapshot sides[SIDE_COUNT] = {{.finding_count = before}, {.finding_count = after}};
	struct result result = {.diff.sides = {&sides[SIDE_BEFORE], &sides[SIDE_AFTER]}};
	const struct parts parts = {.first = first};
	const enum side order[SIDE_COUNT] = {first, first == SIDE_BEFORE ? SIDE_AFTER : SIDE_BEFORE};
	uint32_t at[SIDE_COUNT] = {0};
	bool good = true;
	for (size_t i = 0, n = parts_rows(&result), k = 0; i < n; i++) {
		struct part part = parts_at(&parts, &result, i);
		if (part.side != order[k]) k++;
		good = good && k < SIDE_COUNT && part.side == order[k] && part.from == at[part.side] &&
		       part.to > part.from && part.to - part.from <= PART_FINDINGS;
		at[part.side] = part.to;
	}
	return good && at[SIDE_BEFORE] == before && at[SIDE_AFTER] == after;
}

static void test_part_edges(void)
{
	static const uint32_t counts[] = {
	    0, 1, PART_FINDINGS - 1, PART_FINDINGS, PART_FINDINGS + 1, 2 * PART_FINDINGS, 2 * PART_FINDINGS + 1};
	enum { COUNTS = sizeof(counts) / sizeof(*counts) };
	bool good = true;
	for (size_t i = 0; i < COUNTS * COUNTS; i++)
		for (int first = 0; first < SIDE_COUNT; first++)
			good = good && parts_fit((enum side)first, counts[i / COUNTS], counts[i % COUNTS]);
	CHECK(good, "parts hold each finding once, in order, and none is empty");
}

static void test_parts(struct made *m)
{
	static const struct {
		const char *name;
		const struct parts *parts;
		bool (*whole)(const struct result *result, struct sink sink, struct error *error);
	} reports[] = {{"findings.csv", &csv_parts, csv_findings}, {"report.xml", &xml_parts, xml_report}};
	for (size_t i = 0; i < sizeof(reports) / sizeof(*reports); i++) {
		struct buf small = in_small_parts(reports[i].parts, &m->result), whole = {0};
		struct error error;
		CHECK(reports[i].whole(&m->result, sink_buf(&whole), &error) &&
		          str_eq(buf_str(&small), buf_str(&whole)),
		      "%s is the same wherever it is cut into parts", reports[i].name);
		buf_free(&small);
		buf_free(&whole);
	}
}

static const char *attribute_of(xmlNodePtr node, const char *name)
{
	xmlAttrPtr a = node ? xmlHasProp(node, BAD_CAST name) : NULL;
	return a && a->children ? (const char *)a->children->content : "";
}

static xmlNodePtr child(xmlNodePtr node, const char *name)
{
	xmlNodePtr n = node ? node->children : NULL;
	while (n && !(n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0)) n = n->next;
	return n;
}

static void test_xml(struct made *m)
{
	struct buf got = written(&outputs[4], &m->result);
	xmlDocPtr doc = read_xml(buf_str(&got));
	xmlNodePtr root = xmlDocGetRootElement(doc), finding = child(child(root, "findings"), "finding");
	xmlNodePtr evidence = child(finding, "evidence"), other = child(finding, "matched_record");
	CHECK(strcmp(attribute_of(finding, "outcome"), "updated") == 0 &&
	          strcmp(attribute_of(finding, "updated_by"), "location severity") == 0 &&
	          strcmp(attribute_of(finding, "line"), "4") == 0 &&
	          strcmp(attribute_of(finding, "tier"), "identity") == 0,
	      "report.xml says of a finding what became of it and how it was matched");
	CHECK(strcmp(attribute_of(evidence, "path"), "data/evidence/after/b.sarif") == 0 &&
	          strcmp(attribute_of(evidence, "sha256"), HASH_B) == 0 &&
	          strcmp(attribute_of(evidence, "pointer"), "/runs/0/results/0") == 0,
	      "report.xml names the bytes that prove a finding");
	CHECK(strcmp(attribute_of(other, "line"), "3") == 0 &&
	          strcmp(attribute_of(child(other, "evidence"), "path"), "data/evidence/before/a.sarif") == 0,
	      "report.xml says what an updated finding's other record said, and where");
	CHECK(strcmp(attribute_of(child(root, "change"), "window_start"), "2026-03-01T08:00:00.1234567Z") == 0,
	      "report.xml keeps a time's seven digits");
	xmlNodePtr offender = child(child(child(root, "expects"), "expect"), "offender");
	CHECK(offender && strcmp((const char *)offender->children->content, "one") == 0,
	      "report.xml lists offenders one by one");
	xmlFreeDoc(doc);
	buf_free(&got);
}

static void test_xml_strings(void)
{
	struct made m;
	make_empty(&m, false);
	m.result.change.given = true;
	m.result.change.title =
	    STR("a\tb\r\nc <&>\"' \xc3\xa9\xf0\x9f\x98\x80 \x01\x7f \xff \xe2\x80\xae \xef\xbf\xbe");
	m.result.change.rollback = m.result.change.title;
	struct buf got = written(&outputs[4], &m.result);
	xmlDocPtr doc = read_xml(buf_str(&got));
	xmlNodePtr change = child(xmlDocGetRootElement(doc), "change"), rollback = child(change, "rollback");
	const char *expected =
	    "a\tb\r\nc <&>\"' \xc3\xa9\xf0\x9f\x98\x80 \\u{1}\\u{7f} \xef\xbf\xbd \\u{202e} \\u{fffe}";
	CHECK(strcmp(attribute_of(change, "title"), expected) == 0,
	      "an attribute comes back as it was, with what cannot be seen made visible");
	xmlChar *content = rollback ? xmlNodeGetContent(rollback) : NULL;
	CHECK(content && strcmp((const char *)content, expected) == 0,
	      "a text comes back as it was, with what cannot be seen made visible");
	xmlFree(content);
	xmlFreeDoc(doc);
	buf_free(&got);
	unmake(&m);
}

static void test_json_strings(void)
{
	struct made m;
	make_empty(&m, false);
	m.result.change.given = true;
	m.result.change.id = STR("a\tb\r\n\"\\ \xc3\xa9 \xff");
	struct buf got = written(&outputs[3], &m.result);
	cJSON *json = cJSON_ParseWithLength(got.ptr, got.len), *id = cJSON_GetObjectItem(json, "change");
	CHECK(id && strcmp(id->valuestring, "a\tb\r\n\"\\ \xc3\xa9 \xef\xbf\xbd") == 0,
	      "a JSON string comes back as it was");
	cJSON_Delete(json);
	buf_free(&got);
	unmake(&m);
}

/* ---- the stream ---- */

struct narrow {
	size_t room, largest, total;
};

static bool write_narrow(void *context, const void *bytes, size_t len, struct error *error)
{
	struct narrow *n = context;
	(void)bytes;
	if (len > n->room) return error_set(error, ERROR_SYSTEM, NULL, "no room");
	n->room -= len;
	n->total += len;
	if (len > n->largest) n->largest = len;
	return true;
}

static void test_failing_sink(struct made *m)
{
	for (size_t i = 0; i < OUTPUTS; i++) {
		struct buf whole = written(&outputs[i], &m->result);
		bool good = true;
		for (int cut = 0; cut < 10; cut++) {
			struct narrow narrow = {.room = whole.len * (size_t)cut / 10};
			struct error error = {0};
			bool done = outputs[i].write(&m->result, (struct sink){&narrow, write_narrow}, &error);
			good = good && !done && error.kind == ERROR_SYSTEM && strcmp(error.message, "no room") == 0;
		}
		CHECK(good, "%s says so when the sink has no room left", outputs[i].name);
		buf_free(&whole);
	}
}

static void make_many(struct made *m, uint32_t n)
{
	make_empty(m, false);
	for (int side = 0; side < SIDE_COUNT; side++) {
		struct snapshot *s = &m->result.sides[side];
		add_input(m, s, "a.sarif", 1);
		m->result.diff.fates[side] = ARENA_ARRAY(&m->result.arena, struct fate, n);
		for (uint32_t i = 0; i < n; i++) {
			add_finding(m, s, "js/xss", SEVERITY_HIGH, i + 1);
			m->result.diff.fates[side][i] = (struct fate){
			    .match = i, .outcome = OUTCOME_UNCHANGED, .tier = TIER_IDENTITY, .counted = 1};
		}
	}
}

static void test_flat_memory(void)
{
	struct made m;
	make_many(&m, 6 * PART_FINDINGS);
	for (size_t i = 0; i < OUTPUTS; i++) {
		struct narrow narrow = {.room = SIZE_MAX};
		struct error error;
		outputs[i].write(&m.result, (struct sink){&narrow, write_narrow}, &error);
		/* A report in parts: one part at a time. */
		bool parted = outputs[i].write == csv_findings || outputs[i].write == xml_report;
		CHECK(narrow.largest <= (parted ? narrow.total / 4 : 2 * WRITER_BLOCK),
		      "%s is handed over in blocks, however long it is", outputs[i].name);
	}
	unmake(&m);
}

static void test_file_sink(struct made *m)
{
	struct error error = {0};
	FILE *full = fopen("/dev/full", "w");
	if (!full) return;
	setvbuf(full, NULL, _IONBF, 0);
	CHECK(!csv_findings(&m->result, sink_file(full), &error) && error.kind == ERROR_SYSTEM &&
	          strstr(error.message, "No space left"),
	      "a full disk is an error of the system, with its reason");
	fclose(full);
}

/* ---- text ---- */

/* Numbers of one slot take turns in it. */
static void test_shared(void)
{
	struct shared shared = {0};
	bool good = true;
	for (uint64_t i = 0; i < 6; i++) {
		uint64_t number = 7 + i / 2 % 2 * SHARED_SLOTS;
		struct buf *text = shared_text(&shared, number);
		good = good && (text->len == 0) == (i % 2 == 0);
		if (!text->len) buf_printf(text, "%llu", (unsigned long long)number);
		good = good && str_eq(buf_str(text), str_from(number == 7 ? "7" : "263"));
	}
	shared_free(&shared);
	CHECK(good, "a shared text is that of its number, whoever had its place before");
}

/* Every length around a vector's, from every place, with every kind of odd byte at every place, one before the beginning too. */
static void test_text_ascii(void)
{
	static const char odd[] = {'<', '"', '\0', '\x1f', '\x7f', '\x80', '\xff', '\n'};
	size_t wrong = 0;
	for (size_t len = 0; len <= 40; len++)
		for (size_t from = 0; from <= len; from++)
			for (size_t at = 0; at <= len; at++) {
				char text[41];
				memset(text, '~', sizeof(text));
				text[at] = odd[(len + at) % sizeof(odd)];
				size_t expected = at >= from && at < len ? at - from : len - from;
				wrong += text_ascii(str_of(text, len), from, "<>&\"") != expected;
			}
	CHECK(wrong == 0, "plain text ends at the first byte that is not plain, wherever it stands");
}

/* ---- numbers ---- */

static void test_numbers(const char *where)
{
	static const struct {
		double value;
		const char *number, *percent;
	} cases[] = {{0, "0", "0.0"},
	             {-0.0, "0", "0.0"},
	             {-66.66666, "-66.66666", "-66.7"},
	             {-0.04, "-0.04", "0.0"},
	             {3000000, "3000000", "3000000.0"},
	             {0.1, "0.1", "0.1"},
	             {1.0 / 3, "0.3333333333333333", "0.3"},
	             {1e300 * 1e300, "null", "null"}};
	bool good = true;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf number = {0}, percent = {0};
		text_double(&number, cases[i].value);
		text_percent(&percent, cases[i].value);
		good = good && str_eq(buf_str(&number), str_from(cases[i].number)) &&
		       str_eq(buf_str(&percent), str_from(cases[i].percent));
		buf_free(&number);
		buf_free(&percent);
	}
	CHECK(good, "numbers are the shortest that read back, percentages have one decimal, %s", where);
}

static const char *comma_locale(void)
{
	static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8"};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (setlocale(LC_ALL, names[i])) return names[i];
	return NULL;
}

static void test_locale(struct made *m)
{
	const char *locale = comma_locale();
	if (!locale) {
		printf("skip - numbers do not depend on the locale: none with a decimal comma is installed\n");
		return;
	}
	test_numbers("also where the locale's decimal point is a comma");
	for (size_t i = 0; i < OUTPUTS; i++) {
		setlocale(LC_ALL, "C");
		struct buf plain = written(&outputs[i], &m->result);
		setlocale(LC_ALL, locale);
		struct buf comma = written(&outputs[i], &m->result);
		CHECK(str_eq(buf_str(&plain), buf_str(&comma)), "%s does not depend on the locale", outputs[i].name);
		buf_free(&plain);
		buf_free(&comma);
	}
	setlocale(LC_ALL, "C");
}

int main(void)
{
	struct arena arena = {0};
	struct made empty, plain, nasties;
	make_hostile(&arena);
	make_empty(&empty, false);
	make_full(&plain, false);
	make_full(&nasties, true);
	/* The longest string once, where it is most likely. */
	struct snapshot *s = &nasties.result.sides[SIDE_AFTER];
	struct profile longest = *snapshot_profile(s, &s->findings[1]);
	longest.title = strings_add(&s->strings, hostile[HOSTILE - 1]);
	s->findings[1].profile = snapshot_add_profile(s, &longest);

	if (!load_schemas()) return check_done();
	test_forms(&empty, "an empty");
	test_forms(&plain, "a plain");
	test_forms(&nasties, "a hostile");
	test_inspect(&plain);
	test_inspect_order();
	test_diff(&plain);
	test_build(&plain);
	test_verify_and_trace();
	test_packet(&plain);
	test_csv(&plain);
	test_csv_rows_that_count(&plain);
	test_part_edges();
	test_parts(&plain);
	test_text_ascii();
	test_shared();
	test_xml(&plain);
	test_xml_strings();
	test_json_strings();
	test_failing_sink(&nasties);
	test_flat_memory();
	test_file_sink(&plain);
	test_numbers("in the C locale");
	test_locale(&plain);

	unmake(&empty);
	unmake(&plain);
	unmake(&nasties);
	arena_free(&arena);
	xmlSchemaFree(schema);
	xmlSchemaFree(arf_schema);
	for (int i = 0; i < 2; i++) xmlSchemaFree(oscal_schemas[i]);
	xmlCleanupParser();
	return check_done();
}
