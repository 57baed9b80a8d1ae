/* How it works: the rules are grouped once (observed.h); each part is a walk over the groups. A tool, a subject, an observation is
 * named by its UUID, which is made from content wherever it is needed, so that nothing has to be looked up:
 *
 *     component (tool) <── origin ── observation ── subject ──> inventory item
 *                                        ^   └── relevant evidence ──> resource (file, SHA-256)
 *                          risk ─────────┘
 */
#include "render/oscal_private.h"

#include "analyze/exceptions.h"
#include "render/uri.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	TEXT_BYTES = 1000, /* of one text: titles of a megabyte must not make the document large */
	RESOURCES = 10000, /* files of evidence that are listed even though nothing refers to them */
	LAST_YEAR = 2999   /* of OSCAL's schema */
};

/* ---- words ---- */

struct oscal_uuid oscal_uuid_of(const char *kind, struct str a, struct str b, struct str c)
{
	struct oscal_uuid uuid;
	const struct str parts[] = {a, b, c};
	uuid_of(uuid.text, kind, parts, 3);
	return uuid;
}

void oscal_uuid(struct oscal *o, const char *attribute, struct oscal_uuid uuid)
{
	xml_word(&o->doc, attribute, uuid.text);
}

struct str oscal_printf(struct oscal *o, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char text[512]; /* numbers and words of ours */
	int n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	size_t len = n < 0 ? 0 : (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
	return str_dup(&o->row, str_of(text, len));
}

static struct str line(struct oscal *o, struct str text) { return text_line(&o->row, text, TEXT_BYTES); }

void oscal_line(struct oscal *o, const char *name, struct str text)
{
	xml_element(&o->doc, name, line(o, text));
	arena_reset(&o->row);
}

void oscal_paragraph(struct oscal *o, const char *name, struct str text)
{
	xml_start(&o->doc, name);
	oscal_line(o, "p", text);
	xml_end(&o->doc);
}

static struct str time_of(struct oscal *o, int64_t instant)
{
	char text[40];
	if (instant == INSTANT_NONE || instant < 0) instant = 0;
	if (instant_split(instant).year > LAST_YEAR) return STR("2999-12-31T23:59:59Z");
	return str_dup(&o->row, str_from(instant_text(instant, text)));
}

void oscal_time(struct oscal *o, const char *name, int64_t instant) { xml_element(&o->doc, name, time_of(o, instant)); }

void oscal_property(struct oscal *o, const char *name, struct str value)
{
	if (!value.len) return;
	xml_start(&o->doc, "prop");
	xml_word(&o->doc, "name", name);
	xml_word(&o->doc, "ns", OSCAL_NAMESPACE);
	xml_attribute(&o->doc, "value", line(o, value));
	xml_end(&o->doc);
	arena_reset(&o->row);
}

void oscal_property_count(struct oscal *o, const char *name, uint64_t value)
{
	char digits[24];
	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
	oscal_property(o, name, str_from(digits));
}

/* ---- the document ---- */

bool oscal_begin(struct oscal *o, const struct result *result, struct sink sink, struct error *error)
{
	*o = (struct oscal){.result = result};
	observed_collect(&o->observed, result, OSCAL_RULES, &o->arena);
	return xml_begin(&o->doc, sink, error);
}

bool oscal_finish(struct oscal *o, const char *name)
{
	arena_free(&o->arena);
	arena_free(&o->row);
	return xml_finish(&o->doc, name);
}

void oscal_metadata(struct oscal *o, const char *title)
{
	const struct result *r = o->result;
	const struct change *c = &r->change;
	char when[40];
	struct buf text = {0};
	buf_add(&text, str_from(title));
	if (c->id.len) buf_printf(&text, ": "), buf_add(&text, c->id);
	if (c->title.len) buf_printf(&text, ": "), buf_add(&text, c->title);
	xml_start(&o->doc, "metadata");
	oscal_line(o, "title", buf_str(&text));
	oscal_time(o, "last-modified", r->as_of);
	oscal_line(o, "version", str_from(instant_text(r->as_of, when)));
	xml_element(&o->doc, "oscal-version", STR("1.0.6"));
	oscal_property(o, "dossier-version", str_from(r->version));
	oscal_property(o, "evidence-digest", str_from(r->evidence_digest));
	oscal_property(o, "marking", r->marking);
	oscal_property(o, "previous-packet", r->previous.packet_sha256);
	oscal_property(o, "change", c->id);
	oscal_property(o, "change-owner", c->owner);
	oscal_property(o, "change-approver", c->approver);
	oscal_property(o, "environment", c->environment);
	oscal_property(o, "verdict", r->verdict_pass ? STR("pass") : STR("fail"));
	xml_end(&o->doc);
	buf_free(&text);
}

/* ---- components: tools and subjects ---- */

static struct oscal_uuid tool_uuid(struct oscal *o, struct str tool)
{
	struct oscal_uuid uuid = oscal_uuid_of("tool", str_lower(&o->row, tool), STR_EMPTY, STR_EMPTY);
	arena_reset(&o->row);
	return uuid;
}

static struct oscal_uuid subject_uuid(struct oscal *o, struct str subject)
{
	struct oscal_uuid uuid = oscal_uuid_of("subject", str_lower(&o->row, subject), STR_EMPTY, STR_EMPTY);
	arena_reset(&o->row);
	return uuid;
}

static bool left_out(const struct observed *rule, bool open_only) { return open_only && !oscal_has_risk(rule); }

static void put_tools(struct oscal *o, bool open_only)
{
	struct strings seen = {0};
	for (size_t i = 0; i < o->observed.count; i++) {
		const struct observed *rule = &o->observed.list[i];
		if (left_out(rule, open_only)) continue;
		struct str name = str_printf(&o->row, "tool:%.*s", STR_ARG(str_lower(&o->row, rule->tool)));
		uint32_t before = seen.count;
		strings_add(&seen, name);
		arena_reset(&o->row);
		if (seen.count == before) continue;
		xml_start(&o->doc, "component");
		oscal_uuid(o, "uuid", tool_uuid(o, rule->tool));
		xml_word(&o->doc, "type", "software");
		oscal_line(o, "title", rule->tool);
		oscal_paragraph(o, "description", STR("A tool whose exported findings are the evidence."));
		xml_start(&o->doc, "status");
		xml_word(&o->doc, "state", "operational");
		xml_end(&o->doc);
		xml_end(&o->doc);
	}
	strings_free(&seen);
}

static void put_subjects(struct oscal *o, bool open_only)
{
	struct strings seen = {0};
	for (size_t i = 0; i < o->observed.count; i++) {
		const struct observed *rule = &o->observed.list[i];
		for (uint32_t k = 0; k < rule->subject_named && !left_out(rule, open_only); k++) {
			struct oscal_uuid uuid = subject_uuid(o, rule->subjects[k].name);
			uint32_t before = seen.count;
			strings_add(&seen, str_from(uuid.text));
			if (seen.count == before) continue;
			xml_start(&o->doc, "inventory-item");
			oscal_uuid(o, "uuid", uuid);
			oscal_paragraph(o, "description",
			                rule->subjects[k].name.len ? rule->subjects[k].name
			                                           : STR("A subject that the export does not name."));
			oscal_property(o, "subject", rule->subjects[k].name);
			xml_end(&o->doc);
		}
	}
	strings_free(&seen);
}

void oscal_components(struct oscal *o, bool open_only)
{
	bool any = false;
	for (size_t i = 0; i < o->observed.count; i++) any = any || !left_out(&o->observed.list[i], open_only);
	if (!any) return;
	xml_start(&o->doc, "local-definitions");
	put_tools(o, open_only);
	put_subjects(o, open_only);
	xml_end(&o->doc);
}

/* ---- rules ---- */

bool oscal_has_risk(const struct observed *rule)
{
	return rule->by_status[SIDE_BEFORE][STATUS_FAIL] || rule->by_status[SIDE_AFTER][STATUS_FAIL];
}

struct oscal_uuid oscal_observation_uuid(const struct oscal *o, const struct observed *rule)
{
	return oscal_uuid_of(rule->rest ? "other-observations" : "observation", OSCAL_EVIDENCE(o), rule->tool,
	                     rule->rule);
}

struct oscal_uuid oscal_risk_uuid(const struct observed *rule)
{
	return oscal_uuid_of(rule->rest ? "other-risks" : "risk", rule->tool, rule->rule, STR_EMPTY);
}

struct str oscal_rule_title(struct oscal *o, const struct observed *rule)
{
	if (rule->rest) return str_printf(&o->row, "%u other rules of %.*s", rule->rules, STR_ARG(line(o, rule->tool)));
	return rule->title.len ? rule->title : rule->rule;
}

struct str oscal_rule_text(struct oscal *o, const struct observed *rule)
{
	struct str what = rule->rest ? STR("Other rules") : line(o, rule->rule);
	return str_printf(&o->row, "%.*s, reported by %.*s: %u open before, %u open after.", STR_ARG(what),
	                  STR_ARG(line(o, rule->tool)), rule->by_status[SIDE_BEFORE][STATUS_FAIL],
	                  rule->by_status[SIDE_AFTER][STATUS_FAIL]);
}

void oscal_rule_properties(struct oscal *o, const struct observed *rule)
{
	oscal_property(o, "tool", rule->tool);
	oscal_property(o, "rule", rule->rule);
	if (rule->rest) oscal_property_count(o, "rules", rule->rules);
	oscal_property(o, "severity", str_from(severity_names[rule->severity]));
	oscal_property_count(o, "open-before", rule->by_status[SIDE_BEFORE][STATUS_FAIL]);
	oscal_property_count(o, "open-after", rule->by_status[SIDE_AFTER][STATUS_FAIL]);
	oscal_property_count(o, "pass-before", rule->by_status[SIDE_BEFORE][STATUS_PASS]);
	oscal_property_count(o, "pass-after", rule->by_status[SIDE_AFTER][STATUS_PASS]);
	for (int i = 0; i < OUTCOME_COUNT; i++) {
		if (!rule->outcomes[i]) continue;
		oscal_property_count(o, outcome_names[i], rule->outcomes[i]);
	}
	if (rule->excepted) oscal_property_count(o, "excepted", rule->excepted);
	if (!rule->rest) oscal_property_count(o, "subjects", rule->subject_count);
}

/* ---- observations ---- */

static void put_origin(struct oscal *o, const struct observed *rule)
{
	xml_start(&o->doc, "origin");
	xml_start(&o->doc, "actor");
	xml_word(&o->doc, "type", "tool");
	oscal_uuid(o, "actor-uuid", tool_uuid(o, rule->tool));
	xml_end(&o->doc);
	xml_end(&o->doc);
}

static void put_subject_references(struct oscal *o, const struct observed *rule)
{
	for (uint32_t i = 0; i < rule->subject_named; i++) {
		xml_start(&o->doc, "subject");
		oscal_uuid(o, "subject-uuid", subject_uuid(o, rule->subjects[i].name));
		xml_word(&o->doc, "type", "inventory-item");
		oscal_property_count(o, "open-before", rule->subjects[i].open[SIDE_BEFORE]);
		oscal_property_count(o, "open-after", rule->subjects[i].open[SIDE_AFTER]);
		xml_end(&o->doc);
	}
}

static struct oscal_uuid resource_uuid(const struct result *r, enum side side, uint32_t input)
{
	const struct snapshot *s = &r->sides[side];
	char hex[SHA256_HEX + 1];
	hex_of(s->inputs[input].sha256, SHA256_BYTES, hex);
	return oscal_uuid_of("evidence", str_from(side_names[side]), snapshot_string(s, s->inputs[input].path),
	                     str_from(hex));
}

static void put_example(struct oscal *o, const struct observed_example *example)
{
	const struct snapshot *s = &o->result->sides[example->side];
	const struct finding *f = &s->findings[example->finding];
	const struct input *input = &s->inputs[example->input];
	struct oscal_uuid file = resource_uuid(o->result, example->side, evidence_file(s, example->input));
	char id[19], href[UUID_TEXT + 2];
	snapshot_finding_id(s, example->side, example->finding, id);
	snprintf(href, sizeof(href), "#%s", file.text);
	xml_start(&o->doc, "relevant-evidence");
	xml_word(&o->doc, "href", href);
	oscal_paragraph(o, "description",
	                oscal_printf(o, "Record %s of the %s side, bytes %llu to %llu of the file.", id,
	                             side_names[example->side], (unsigned long long)span_offset(f->span),
	                             (unsigned long long)span_offset(f->span) + span_length(f->span)));
	oscal_property(o, "finding", str_from(id));
	oscal_property_count(o, "offset", span_offset(f->span));
	oscal_property_count(o, "length", span_length(f->span));
	oscal_property(o, "pointer", snapshot_pointer(s, example->finding, &o->row));
	oscal_property(o, "member", snapshot_string(s, input->member));
	xml_end(&o->doc);
}

static const char *type_of(const struct observed *rule)
{
	if (rule->by_status[SIDE_AFTER][STATUS_FAIL]) return "finding";
	return rule->by_status[SIDE_BEFORE][STATUS_FAIL] ? "historic" : "control-objective";
}

static int64_t collected(const struct oscal *o, const struct observed *rule)
{
	int64_t at = INSTANT_NONE;
	for (uint32_t i = 0; i < rule->example_count && at == INSTANT_NONE; i++)
		at = o->result->sides[rule->examples[i].side].inputs[rule->examples[i].input].captured;
	return at == INSTANT_NONE ? o->result->as_of : at;
}

static void put_observation(struct oscal *o, const struct observed *rule)
{
	xml_start(&o->doc, "observation");
	oscal_uuid(o, "uuid", oscal_observation_uuid(o, rule));
	oscal_line(o, "title", oscal_rule_title(o, rule));
	oscal_paragraph(o, "description", oscal_rule_text(o, rule));
	oscal_rule_properties(o, rule);
	xml_element(&o->doc, "method", STR("TEST"));
	oscal_line(o, "type", str_from(type_of(rule)));
	put_origin(o, rule);
	put_subject_references(o, rule);
	for (uint32_t i = 0; i < rule->example_count; i++) put_example(o, &rule->examples[i]);
	oscal_time(o, "collected", collected(o, rule));
	if (rule->rest)
		oscal_paragraph(o, "remarks",
		                oscal_printf(o,
		                             "What is left over of the tool's rules, in one observation: its subjects "
		                             "are not named here, findings.csv lists each."));
	else if (rule->subject_named < rule->subject_count)
		oscal_paragraph(o, "remarks",
		                oscal_printf(o,
		                             "The first %u of %u subjects are named; findings.csv lists each finding.",
		                             rule->subject_named, rule->subject_count));
	xml_end(&o->doc);
}

void oscal_observations(struct oscal *o, bool open_only)
{
	for (size_t i = 0; i < o->observed.count; i++)
		if (!left_out(&o->observed.list[i], open_only)) put_observation(o, &o->observed.list[i]);
}

/* ---- risks ---- */

static bool is_plan(const struct exception *e) { return str_eq(e->type, STR("poam")); }

static const struct exception *exception_at(const struct oscal *o, const struct observed *rule, uint32_t i)
{
	return &o->result->exceptions[rule->exceptions[i]];
}

/* Words of OSCAL's risk-status. What is gone without having been assessed again is no closed risk. */
static const char *risk_status(const struct oscal *o, const struct observed *rule)
{
	uint32_t open = rule->by_status[SIDE_AFTER][STATUS_FAIL];
	if (open && rule->excepted == open) return "deviation-approved";
	for (uint32_t i = 0; i < rule->exception_count; i++)
		if (exception_in_force(exception_at(o, rule, i)) && is_plan(exception_at(o, rule, i)))
			return "remediating";
	if (open) return "open";
	return rule->outcomes[OUTCOME_NOT_REASSESSED] || rule->outcomes[OUTCOME_DISMISSED] ? "investigating" : "closed";
}

/* The last second of a day; INSTANT_NONE where there is none, or OSCAL cannot write it. */
static int64_t end_of_day(struct str day)
{
	int64_t instant;
	if (!day.len || !instant_parse(day, &instant) || instant < 0) return INSTANT_NONE;
	return instant_split(instant).year > LAST_YEAR ? INSTANT_NONE : instant + INSTANT_DAY - INSTANT_SECOND;
}

/* The first day on which an exception in force ends: until then something must have happened. */
static int64_t deadline_of(const struct oscal *o, const struct observed *rule)
{
	int64_t first = INSTANT_NONE;
	for (uint32_t i = 0; i < rule->exception_count; i++) {
		const struct exception *e = exception_at(o, rule, i);
		int64_t end = exception_in_force(e) ? end_of_day(e->expires) : INSTANT_NONE;
		if (end != INSTANT_NONE && (first == INSTANT_NONE || end < first)) first = end;
	}
	return first;
}

static void put_milestone(struct oscal *o, struct oscal_uuid response, const struct milestone *m)
{
	int64_t due = end_of_day(m->due);
	xml_start(&o->doc, "task");
	oscal_uuid(o, "uuid", oscal_uuid_of("milestone", str_from(response.text), m->id, m->title));
	xml_word(&o->doc, "type", "milestone");
	oscal_line(o, "title", m->title);
	oscal_property(o, "milestone", m->id);
	oscal_property(o, "done", m->done);
	if (m->overdue) oscal_property(o, "overdue", STR("true"));
	if (due != INSTANT_NONE) {
		xml_start(&o->doc, "timing");
		xml_start(&o->doc, "on-date");
		xml_attribute(&o->doc, "date", time_of(o, due));
		xml_end(&o->doc);
		xml_end(&o->doc);
		arena_reset(&o->row);
	}
	xml_end(&o->doc);
}

/* What somebody decided: OSCAL's own property "type" says accept, mitigate or none. */
static void put_response(struct oscal *o, const struct observed *rule, const struct exception *e)
{
	struct str id = text_line(&o->row, e->id, 200), type = text_line(&o->row, e->type, 200);
	bool accepts = str_eq(e->type, STR("accepted_risk")) || str_eq(e->type, STR("operational_requirement"));
	struct oscal_uuid uuid = oscal_uuid_of("response", e->id, rule->tool, rule->rule);
	xml_start(&o->doc, "response");
	oscal_uuid(o, "uuid", uuid);
	xml_word(&o->doc, "lifecycle", is_plan(e) ? "planned" : "completed");
	oscal_line(o, "title", str_printf(&o->row, "%.*s: %.*s", STR_ARG(id), STR_ARG(type)));
	oscal_paragraph(o, "description", e->reason.len ? e->reason : STR("No reason was given."));
	xml_start(&o->doc, "prop");
	xml_word(&o->doc, "name", "type");
	xml_word(&o->doc, "value", is_plan(e) ? "mitigate" : accepts ? "accept" : "none");
	xml_end(&o->doc);
	oscal_property(o, "exception", e->id);
	oscal_property(o, "exception-type", e->type);
	oscal_property(o, "state", str_from(exception_state_names[e->state]));
	oscal_property(o, "owner", e->owner);
	oscal_property(o, "approver", e->approver);
	oscal_property(o, "ticket", e->ticket);
	oscal_property(o, "approved", e->approved);
	oscal_property(o, "expires", e->expires);
	oscal_property(o, "adjusted-severity", e->severity);
	for (size_t i = 0; i < e->milestone_count; i++) put_milestone(o, uuid, &e->milestones[i]);
	xml_end(&o->doc);
}

/* Exceptions that are not in force decide nothing; who reads the risk shall know of them. */
static void put_not_in_force(struct oscal *o, const struct observed *rule)
{
	for (uint32_t i = 0; i < rule->exception_count; i++) {
		const struct exception *e = exception_at(o, rule, i);
		if (exception_in_force(e)) continue;
		oscal_property(o, "exception-not-in-force",
		               str_printf(&o->row, "%.*s %s", STR_ARG(text_line(&o->row, e->id, 200)),
		                          exception_state_names[e->state]));
	}
}

static void put_risk(struct oscal *o, const struct observed *rule)
{
	int64_t deadline = deadline_of(o, rule);
	xml_start(&o->doc, "risk");
	oscal_uuid(o, "uuid", oscal_risk_uuid(rule));
	oscal_line(o, "title", oscal_rule_title(o, rule));
	oscal_paragraph(o, "description", oscal_rule_text(o, rule));
	oscal_paragraph(o, "statement",
	                oscal_printf(o, "The tool rates it %s. dossier adds no rating of its own.",
	                             severity_names[rule->severity]));
	oscal_rule_properties(o, rule);
	put_not_in_force(o, rule);
	oscal_line(o, "status", str_from(risk_status(o, rule)));
	put_origin(o, rule);
	xml_start(&o->doc, "characterization");
	put_origin(o, rule);
	xml_start(&o->doc, "facet");
	xml_word(&o->doc, "name", "severity");
	xml_word(&o->doc, "system", OSCAL_NAMESPACE);
	xml_word(&o->doc, "value", severity_names[rule->severity]);
	xml_end(&o->doc);
	xml_end(&o->doc);
	if (deadline != INSTANT_NONE) oscal_time(o, "deadline", deadline);
	for (uint32_t i = 0; i < rule->exception_count; i++)
		if (exception_in_force(exception_at(o, rule, i))) put_response(o, rule, exception_at(o, rule, i));
	xml_start(&o->doc, "related-observation");
	oscal_uuid(o, "observation-uuid", oscal_observation_uuid(o, rule));
	xml_end(&o->doc);
	xml_end(&o->doc);
}

void oscal_risks(struct oscal *o)
{
	for (size_t i = 0; i < o->observed.count; i++)
		if (oscal_has_risk(&o->observed.list[i])) put_risk(o, &o->observed.list[i]);
}

/* ---- back matter ---- */

struct oscal_uuid oscal_no_plan_uuid(void) { return oscal_uuid_of("no-plan", STR_EMPTY, STR_EMPTY, STR_EMPTY); }

/* A property of a row. */
static void row_property(struct oscal *o, struct buf *buf, struct str begin, struct str value)
{
	if (!value.len) return;
	ROW_RAW(buf, "\n   <prop name=\"");
	buf_add(buf, begin);
	ROW_RAW(buf, "\" ns=\"" OSCAL_NAMESPACE);
	xml_row_attribute(buf, STR("\" value=\""), line(o, value));
	ROW_RAW(buf, "/>");
	arena_reset(&o->row);
}

/* A row: there may be as many as there are files. */
static void row_resource(struct oscal *o, enum side side, uint32_t number)
{
	const struct snapshot *s = &o->result->sides[side];
	const struct input *input = &s->inputs[number];
	struct buf *buf = &o->doc.out.pending, href = {0};
	char hex[SHA256_HEX + 1], text[40];
	evidence_uri(&href, "../", s, side, number);
	hex_of(input->sha256, SHA256_BYTES, hex);
	ROW_RAW(buf, "\n  <resource");
	ROW(buf, "uuid", str_from(resource_uuid(o->result, side, number).text));
	ROW_RAW(buf, ">\n   <title>");
	xml_put_text(buf, line(o, snapshot_string(s, input->path)));
	ROW_RAW(buf, "</title>");
	arena_reset(&o->row);
	row_property(o, buf, STR("side"), str_from(side_names[side]));
	row_property(o, buf, STR("format"), snapshot_string(s, input->format));
	row_property(o, buf, STR("tool"), snapshot_string(s, input->tool));
	row_property(o, buf, STR("tool-version"), snapshot_string(s, input->tool_version));
	if (input->captured != INSTANT_NONE)
		row_property(o, buf, STR("captured"), str_from(instant_text(input->captured, text)));
	snprintf(text, sizeof(text), "%llu", (unsigned long long)input->bytes);
	row_property(o, buf, STR("bytes"), str_from(text));
	xml_row_attribute(buf, STR("\n   <rlink href=\""), buf_str(&href));
	ROW_RAW(buf, ">\n    <hash algorithm=\"SHA-256\">");
	buf_add(buf, str_from(hex));
	ROW_RAW(buf, "</hash>\n   </rlink>\n  </resource>");
	buf_free(&href);
}

static bool *referred_to(struct oscal *o, enum side side)
{
	const struct snapshot *s = &o->result->sides[side];
	bool *referred = ARENA_ARRAY(&o->arena, bool, (size_t)s->input_count + 1);
	for (size_t i = 0; i < o->observed.count; i++) {
		const struct observed *rule = &o->observed.list[i];
		for (uint32_t k = 0; k < rule->example_count; k++)
			if (rule->examples[k].side == side) referred[evidence_file(s, rule->examples[k].input)] = true;
	}
	return referred;
}

static void put_evidence(struct oscal *o, enum side side)
{
	const struct snapshot *s = &o->result->sides[side];
	const bool *referred = referred_to(o, side);
	uint32_t others = 0;
	for (uint32_t i = 0; i < s->input_count && writer_step(&o->doc.out); i++) {
		if (s->inputs[i].member) continue;
		if (!referred[i] && others++ >= RESOURCES) continue;
		row_resource(o, side, i);
	}
}

void oscal_back_matter(struct oscal *o, const char *missing, struct str why)
{
	xml_start(&o->doc, "back-matter");
	if (missing) {
		xml_start(&o->doc, "resource");
		oscal_uuid(o, "uuid", oscal_no_plan_uuid());
		oscal_line(o, "title", str_from(missing));
		oscal_paragraph(o, "description", why);
		xml_end(&o->doc);
	}
	struct buf *buf = xml_rows(&o->doc);
	put_evidence(o, SIDE_BEFORE);
	put_evidence(o, SIDE_AFTER);
	ROW_RAW(buf, "\n ");
	xml_end(&o->doc);
}

struct str oscal_grouped(struct oscal *o)
{
	uint64_t files = 0;
	for (int side = 0; side < SIDE_COUNT; side++) files += o->result->sides[side].input_count;
	bool cut = o->observed.rules > OSCAL_RULES;
	struct str rules =
	    cut ? str_printf(
		      &o->row,
		      "Findings are grouped by tool and rule: the first %d of %llu rules have an observation of their own, "
		      "the others one for each tool.",
		      OSCAL_RULES, (unsigned long long)o->observed.rules)
		: str_printf(&o->row, "Findings are grouped by tool and rule: one observation for each of %llu rules.",
	                     (unsigned long long)o->observed.rules);
	return str_printf(
	    &o->row,
	    "%.*s An observation names %d subjects and %d records at most%s. findings.csv lists every finding of "
	    "both sides, and manifest-sha256.txt every file.",
	    STR_ARG(rules), OBSERVED_SUBJECTS, OBSERVED_EXAMPLES,
	    files > RESOURCES ? "; of files to which nothing refers, the first 10000 of each side are listed" : "");
}
