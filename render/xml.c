/* libxml2's xmlTextWriter holds the document: declaration, namespace, nesting, sections. Its buffer empties into a
 * struct writer, and that into the sink:
 *
 *     <report>                             xmlTextWriter
 *       <summary> ... </summary>           xmlTextWriter, attribute by attribute
 *       <findings>                         xmlTextWriter
 *         <finding ... />                  a row: straight into the struct writer (xml_findings.c)
 *
 * Rows, because the writer walks its list of states for every attribute: a report of 105,000 findings took it 320 to
 * 600 ms attribute by attribute. rows() has the writer close its start tag and empty its buffer; from then on until
 * its next call rows may be added. What there are few of goes the ordinary way.
 *
 * All text is escaped here (xml_put_text), attributes in sections too: the writer's own escaping wants NUL-terminated
 * strings, passes control characters on, and turns everything beyond ASCII into character references. For the same
 * reason no encoding is given to it: it would copy every byte through a converter from UTF-8 to UTF-8.
 *
 * A sink that fails is not reported to libxml2, which would print about it: x->out remembers, and drops what
 * follows.
 */
#include "render/xml_private.h"

#include <math.h>

/* ---- text ---- */

void xml_put_text(struct buf *buf, struct str s)
{
	for (size_t i = 0; i < s.len;) {
		size_t start = i;
		i += text_ascii(s, i, "<>&\"");
		i += text_plain(s, i);
		buf_add(buf, str_slice(s, start, i));
		if (i > start) continue;
		struct str reference;
		switch (s.ptr[i]) {
		case '<': reference = STR("&lt;"); break;
		case '>': reference = STR("&gt;"); break;
		case '&': reference = STR("&amp;"); break;
		case '"': reference = STR("&quot;"); break;
		case '\t': reference = STR("&#9;"); break;
		case '\n': reference = STR("&#10;"); break;
		case '\r': reference = STR("&#13;"); break;
		default: i += text_replace(buf, s, i); continue;
		}
		buf_add(buf, reference);
		i++;
	}
}

/* ---- the writer's way: sections ---- */

static void must(struct xml *x, int written)
{
	if (written < 0) x->failed = true;
}

static void raw(struct xml *x, struct str s)
{
	enum { PIECE = 1 << 24 }; /* libxml2 counts in int */
	for (size_t n; s.len; s = str_slice(s, n, s.len)) {
		n = s.len < PIECE ? s.len : PIECE;
		must(x, xmlTextWriterWriteRawLen(x->writer, (const xmlChar *)s.ptr, (int)n));
	}
}

static void start(struct xml *x, const char *name) { must(x, xmlTextWriterStartElement(x->writer, BAD_CAST name)); }
static void end(struct xml *x) { must(x, xmlTextWriterEndElement(x->writer)); }

static void text(struct xml *x, struct str s)
{
	x->text.len = 0;
	xml_put_text(&x->text, s);
	raw(x, buf_str(&x->text));
}

static void attribute(struct xml *x, const char *name, struct str value)
{
	must(x, xmlTextWriterStartAttribute(x->writer, BAD_CAST name));
	text(x, value);
	must(x, xmlTextWriterEndAttribute(x->writer));
}

/* Only where there is something to say. */
static void known(struct xml *x, const char *name, struct str value)
{
	if (value.len) attribute(x, name, value);
}

static void word(struct xml *x, const char *name, const char *value) { attribute(x, name, str_from(value)); }

static void count(struct xml *x, const char *name, uint64_t value)
{
	struct buf digits = {0};
	buf_u64(&digits, value);
	attribute(x, name, buf_str(&digits));
	buf_free(&digits);
}

static void number(struct xml *x, const char *name, double value, bool percent)
{
	struct buf digits = {0};
	if (!isfinite(value)) return;
	if (percent)
		text_percent(&digits, value);
	else
		text_double(&digits, value);
	attribute(x, name, buf_str(&digits));
	buf_free(&digits);
}

static void flag(struct xml *x, const char *name, bool value) { word(x, name, value ? "true" : "false"); }

static void when(struct xml *x, const char *name, int64_t instant)
{
	char buffer[40];
	if (instant != INSTANT_NONE) word(x, name, instant_text(instant, buffer));
}

static void element(struct xml *x, const char *name, struct str content)
{
	start(x, name);
	text(x, content);
	end(x);
}

static void elements(struct xml *x, const char *name, const struct str *list, size_t n)
{
	for (size_t i = 0; i < n; i++) element(x, name, list[i]);
}

static void known_element(struct xml *x, const char *name, struct str content)
{
	if (content.len) element(x, name, content);
}

/* ---- the fast way: rows ---- */

static struct buf *rows(struct xml *x)
{
	must(x, xmlTextWriterWriteRawLen(x->writer, BAD_CAST "", 0));
	must(x, xmlTextWriterFlush(x->writer));
	return &x->out.pending;
}

void xml_row_attribute(struct buf *buf, struct str begin, struct str value)
{
	buf_add(buf, begin);
	xml_put_text(buf, value);
	buf_char(buf, '"');
}

static struct str string(const struct snapshot *s, uint32_t n) { return snapshot_string(s, n); }

static void fact_evidence(struct xml *x, enum side side, uint32_t fact)
{
	const struct snapshot *s = &x->result->sides[side];
	if (fact == NO_MATCH) return;
	rows(x);
	xml_row_evidence(x, side, s->facts[fact].input, s->facts[fact].span, STR_EMPTY);
}

/* ---- change, verdict ---- */

static void put_change(struct xml *x, const struct change *c)
{
	if (!c->given) return;
	start(x, "change");
	known(x, "id", c->id);
	known(x, "title", c->title);
	known(x, "owner", c->owner);
	known(x, "approver", c->approver);
	known(x, "environment", c->environment);
	known(x, "tenant", c->tenant);
	when(x, "window_start", c->window_start);
	when(x, "window_end", c->window_end);
	known_element(x, "rollback", c->rollback);
	known_element(x, "runbook", c->runbook);
	known_element(x, "tested_in", c->tested_in);
	elements(x, "subscription", c->subscriptions, c->subscription_count);
	elements(x, "subject", c->subjects, c->subject_count);
	elements(x, "ticket", c->tickets, c->ticket_count);
	elements(x, "monitoring", c->monitoring, c->monitoring_count);
	end(x);
}

static void put_verdict(struct xml *x, const struct result *r)
{
	start(x, "verdict");
	word(x, "state", r->verdict_pass ? "pass" : "fail");
	for (size_t i = 0; i < r->gate_count; i++) {
		const struct gate_rule *rule = &r->gate[i];
		start(x, "rule");
		attribute(x, "name", rule->rule);
		word(x, "state", gate_state_names[rule->state]);
		number(x, "value", rule->value, false);
		number(x, "limit", rule->limit, false);
		known(x, "title", rule->title);
		elements(x, "offender", rule->offenders, rule->offender_count);
		end(x);
	}
	end(x);
}

/* ---- inputs ---- */

static void put_counts(struct xml *x, const char *name, const char *const *names, const uint64_t *counts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!counts[i]) continue;
		start(x, name);
		word(x, "name", names[i]);
		count(x, "count", counts[i]);
		end(x);
	}
}

static void put_severities(struct xml *x, const uint64_t counts[SEVERITY_COUNT])
{
	put_counts(x, "severity", severity_names, counts, SEVERITY_COUNT);
}

static void put_warning(struct xml *x, enum side side, const struct snapshot *s, const struct warning *w)
{
	start(x, "warning");
	word(x, "code", w->code);
	word(x, "side", side_names[side]);
	known(x, "gap", str_from(gap_names[w->gap]));
	if (w->input < s->input_count) known(x, "input", string(s, s->inputs[w->input].path));
	known(x, "pointer", string(s, w->pointer));
	if (w->offset != ERROR_NO_OFFSET) count(x, "offset", w->offset);
	if (w->line) count(x, "line", w->line);
	if (w->column) count(x, "column", w->column);
	text(x, string(s, w->message));
	end(x);
}

static void put_input(struct xml *x, enum side side, const struct snapshot *s, const struct input *input)
{
	char hex[SHA256_HEX + 1];
	hex_of(input->sha256, SHA256_BYTES, hex);
	start(x, "input");
	attribute(x, "path",
	          str_printf(&x->arena, "data/evidence/%s/%.*s", side_names[side], STR_ARG(string(s, input->path))));
	word(x, "sha256", hex);
	count(x, "bytes", input->bytes);
	attribute(x, "format", string(s, input->format));
	known(x, "tool", string(s, input->tool));
	known(x, "tool_version", string(s, input->tool_version));
	known(x, "scope", string(s, input->scope));
	when(x, "captured", input->captured);
	count(x, "records", input->records);
	count(x, "unreadable", input->unreadable);
	count(x, "events", input->events);
	count(x, "subjects", input->subjects);
	if (input->total) count(x, "total", input->total);
	if (input->truncated) flag(x, "truncated", true);
	if (input->failed) flag(x, "failed", true);
	if (input->duplicate) flag(x, "duplicate", true);
	if (input->superseded) flag(x, "superseded", true);
	put_counts(x, "status", status_names, input->by_status, STATUS_COUNT);
	put_severities(x, input->by_severity);
	end(x);
	arena_reset(&x->arena);
}

static void put_side(struct xml *x, enum side side, const struct result *r)
{
	const struct snapshot *s = &r->sides[side];
	start(x, "side");
	word(x, "name", side_names[side]);
	count(x, "files", s->input_count);
	count(x, "records", r->diff.records[side]);
	count(x, "open", r->diff.open[side]);
	when(x, "captured_first", r->captured[side][0]);
	when(x, "captured_last", r->captured[side][1]);
	put_severities(x, r->diff.by_severity[side]);
	for (uint32_t i = 0; i < s->input_count; i++) put_input(x, side, s, &s->inputs[i]);
	for (uint32_t i = 0; i < s->warning_count; i++) put_warning(x, side, s, &s->warnings[i]);
	end(x);
}

static void put_units(struct xml *x, enum side side, const struct result *r)
{
	const struct snapshot *s = &r->sides[side];
	const bool *other = r->diff.unit_assessed_on_other[side];
	struct buf *buf = rows(x);
	for (uint32_t i = 0; i < s->unit_count; i++) {
		const struct unit *unit = &s->units[i];
		PUT(buf, "\n  <unit");
		ROW(buf, "side", str_from(side_names[side]));
		ROW(buf, "tool", string(s, unit->tool));
		ROW(buf, "target", string(s, unit->target));
		ROW(buf, "assessed", unit->assessed ? STR("true") : STR("false"));
		ROW(buf, "assessed_on_other_side", other && other[i] ? STR("true") : STR("false"));
		if (unit->of_facts) PUT(buf, " of_facts=\"true\"");
		PUT(buf, "/>");
		if (!writer_step(&x->out)) return;
	}
}

static void put_inputs(struct xml *x, const struct result *r)
{
	start(x, "inputs");
	put_side(x, SIDE_BEFORE, r);
	put_side(x, SIDE_AFTER, r);
	end(x);
	start(x, "units");
	put_units(x, SIDE_BEFORE, r);
	put_units(x, SIDE_AFTER, r);
	end(x);
}

/* ---- summary ---- */

static void put_measure(struct xml *x, const char *name, const struct change_of_severity *c)
{
	double percent;
	start(x, "measure");
	word(x, "severity", name);
	count(x, "before", c->before);
	count(x, "after", c->after);
	if (diff_percent(c->before, c->after, &percent)) number(x, "percent", percent, true);
	count(x, "raw_before", c->raw_before);
	count(x, "raw_after", c->raw_after);
	end(x);
}

static void put_measures(struct xml *x, const char *name, const struct change_of_severity changes[SEVERITY_COUNT],
                         const struct change_of_severity *all)
{
	start(x, name);
	for (size_t i = 0; i < SEVERITY_COUNT; i++)
		if (changes[i].before | changes[i].after | changes[i].raw_before | changes[i].raw_after)
			put_measure(x, severity_names[i], &changes[i]);
	put_measure(x, "all", all);
	end(x);
}

static void put_outcomes(struct xml *x, const struct diff *d)
{
	start(x, "outcomes");
	for (size_t i = 0; i < OUTCOME_COUNT; i++) {
		start(x, "outcome");
		word(x, "name", outcome_names[i]);
		count(x, "count", d->outcomes[i]);
		put_severities(x, d->by_outcome[i]);
		end(x);
	}
	end(x);
	start(x, "updated_by");
	for (size_t i = 0; i < UPDATED_KINDS; i++) count(x, updated_names[i], d->updated_by[i]);
	end(x);
}

static uint64_t events_of(const struct snapshot *s)
{
	uint64_t events = 0;
	for (uint32_t i = 0; i < s->input_count; i++)
		if (input_is_counted(&s->inputs[i])) events += s->inputs[i].events;
	return events;
}

static void put_summary(struct xml *x, const struct result *r)
{
	start(x, "summary");
	count(x, "without_owner", r->without_owner);
	put_outcomes(x, &r->diff);
	put_measures(x, "reduction", r->diff.reduction, &r->diff.reduction_all);
	put_measures(x, "subjects", r->diff.subjects, &r->diff.subjects_all);
	start(x, "facts");
	for (size_t i = 0; i < FACT_OUTCOME_COUNT; i++)
		if (i != FACT_UNCHANGED) count(x, fact_outcome_names[i], r->diff.facts[i]);
	end(x);
	start(x, "events");
	count(x, "before", events_of(&r->sides[SIDE_BEFORE]));
	count(x, "after", events_of(&r->sides[SIDE_AFTER]));
	end(x);
	end(x);
}

/* ---- what the change promised ---- */

static void put_lines(struct xml *x, const char *name, struct str lines)
{
	while (lines.len) {
		size_t end = str_find(lines, STR("\n"));
		if (end == SIZE_MAX) end = lines.len;
		known_element(x, name, str_slice(lines, 0, end));
		lines = str_slice(lines, end + (end < lines.len), lines.len);
	}
}

static void put_expects(struct xml *x, const struct change *c)
{
	start(x, "expects");
	for (size_t i = 0; i < c->expect_count; i++) {
		const struct expect *e = &c->expects[i];
		start(x, "expect");
		attribute(x, "id", e->id);
		known(x, "subject", e->subject);
		known(x, "fact", e->fact);
		attribute(x, "value", e->value);
		word(x, "state", expect_state_names[e->state]);
		count(x, "met", e->met);
		count(x, "not_met", e->not_met);
		count(x, "no_evidence", e->no_evidence);
		put_lines(x, "offender", e->offenders);
		end(x);
	}
	end(x);
}

static void put_objectives(struct xml *x, const struct change *c)
{
	start(x, "objectives");
	for (size_t i = 0; i < c->objective_count; i++) {
		const struct objective *o = &c->objectives[i];
		start(x, "objective");
		attribute(x, "id", o->id);
		known(x, "title", o->title);
		known(x, "measure", o->measure);
		known(x, "severity", o->severity);
		known(x, "scope", o->scope);
		known(x, "check", o->check);
		known(x, "target", o->target);
		known(x, "unit", o->unit);
		known(x, "source", o->source);
		known(x, "attested_by", o->attested_by);
		word(x, "state", objective_state_names[o->state]);
		if (o->has_numbers) number(x, "before", o->before, false);
		if (o->has_numbers) number(x, "after", o->after, false);
		if (o->has_percent) number(x, "percent", o->percent, true);
		if (o->has_value) number(x, "value", o->value, false);
		end(x);
	}
	end(x);
}

static void put_requires(struct xml *x, const struct change *c)
{
	start(x, "requires");
	for (size_t i = 0; i < c->require_count; i++) {
		const struct requirement *q = &c->requires[i];
		start(x, "require");
		known(x, "format", q->format);
		known(x, "subject", q->subject);
		if (q->side < SIDE_COUNT) word(x, "side", side_names[q->side]);
		flag(x, "met", q->met);
		end(x);
	}
	end(x);
}

/* ---- checks, facts, controls, exceptions, notices ---- */

static void put_checks(struct xml *x, const struct result *r)
{
	start(x, "checks");
	for (size_t i = 0; i < r->check_count; i++) {
		const struct check_row *c = &r->checks[i];
		enum severity severity = SEVERITY_UNKNOWN;
		severity_from_word(c->severity, &severity);
		start(x, "check");
		attribute(x, "id", c->id);
		known(x, "title", c->title);
		attribute(x, "subject", c->subject);
		word(x, "severity", severity_names[severity]);
		word(x, "before", check_state_names[c->state[SIDE_BEFORE]]);
		word(x, "after", check_state_names[c->state[SIDE_AFTER]]);
		known(x, "owner", c->owner);
		known(x, "note", c->note);
		fact_evidence(x, SIDE_BEFORE, c->fact[SIDE_BEFORE]);
		fact_evidence(x, SIDE_AFTER, c->fact[SIDE_AFTER]);
		end(x);
	}
	end(x);
}

static void put_facts(struct xml *x, const struct diff *d)
{
	start(x, "facts");
	for (uint32_t i = 0; i < d->fact_change_count && !x->out.failed; i++) {
		const struct fact_change *c = &d->fact_changes[i];
		enum side side = c->after == NO_MATCH ? SIDE_BEFORE : SIDE_AFTER;
		const struct snapshot *before = d->sides[SIDE_BEFORE], *after = d->sides[SIDE_AFTER];
		const struct fact *fact = &d->sides[side]->facts[side == SIDE_AFTER ? c->after : c->before];
		start(x, "fact");
		attribute(x, "subject", string(d->sides[side], fact->subject));
		attribute(x, "name", string(d->sides[side], fact->name));
		word(x, "outcome", fact_outcome_names[c->outcome]);
		if (c->before != NO_MATCH) attribute(x, "before", string(before, before->facts[c->before].value));
		if (c->after != NO_MATCH) attribute(x, "after", string(after, after->facts[c->after].value));
		fact_evidence(x, SIDE_BEFORE, c->before);
		fact_evidence(x, SIDE_AFTER, c->after);
		end(x);
	}
	end(x);
}

static void put_controls(struct xml *x, const struct result *r)
{
	start(x, "controls");
	for (size_t i = 0; i < r->control_count; i++) {
		const struct control *c = &r->controls[i];
		start(x, "control");
		attribute(x, "framework", c->framework);
		attribute(x, "id", c->id);
		known(x, "title", c->title);
		word(x, "state", control_state_names[c->state]);
		count(x, "open", c->open);
		count(x, "pass", c->pass);
		count(x, "exceptions", c->exceptions);
		count(x, "manual", c->manual);
		count(x, "not_assessed", c->not_assessed);
		end(x);
	}
	end(x);
}

static void put_exceptions(struct xml *x, const struct result *r)
{
	start(x, "exceptions");
	for (size_t i = 0; i < r->exception_count; i++) {
		const struct exception *e = &r->exceptions[i];
		start(x, "exception");
		attribute(x, "id", e->id);
		known(x, "type", e->type);
		known(x, "source", e->source);
		word(x, "state", exception_state_names[e->state]);
		count(x, "matched", e->matched);
		count(x, "matched_before", e->matched_before);
		known(x, "owner", e->owner);
		known(x, "approver", e->approver);
		known(x, "ticket", e->ticket);
		known(x, "approved", e->approved);
		known(x, "expires", e->expires);
		if (e->days_left != INT64_MAX)
			attribute(x, "days_left", str_printf(&x->arena, "%lld", (long long)e->days_left));
		known_element(x, "match", e->match);
		known_element(x, "reason", e->reason);
		known_element(x, "problem", e->problem);
		end(x);
		arena_reset(&x->arena);
	}
	end(x);
}

static void put_notices(struct xml *x, const struct result *r)
{
	start(x, "notices");
	for (size_t i = 0; i < r->notice_count; i++) {
		const struct notice *n = &r->notices[i];
		start(x, "notice");
		word(x, "code", n->code);
		known(x, "gap", str_from(gap_names[n->gap]));
		if (n->side < SIDE_COUNT) word(x, "side", side_names[n->side]);
		known(x, "input", n->input);
		known(x, "pointer", n->pointer);
		known(x, "owner", n->owner);
		element(x, "message", n->message);
		known_element(x, "command", n->command);
		end(x);
	}
	end(x);
}

/* ---- findings ---- */

static void put_findings(struct xml *x, const struct diff *d)
{
	uint64_t n = 0;
	for (size_t i = 0; i < OUTCOME_COUNT; i++) n += d->outcomes[i];
	start(x, "findings");
	count(x, "count", n);
	rows(x);
	diff_each(d, xml_put_finding, x);
	end(x);
}

/* ---- how to verify ---- */

static void put_verification(struct xml *x)
{
	static const struct {
		const char *purpose, *command;
	} steps[] = {
	    {"Unpack the packet.", "tar --zstd -xf PACKET.tar.zst && cd dossier-*"},
	    {"Every file of the packet is the one that was put in.",
	     "sha256sum -c manifest-sha256.txt && sha256sum -c tagmanifest-sha256.txt"},
	    {"The evidence digest of this report is that of the evidence beside it.",
	     "grep '^[0-9a-f]*  data/evidence/' manifest-sha256.txt | sha256sum"},
	    {"Where the packet is signed: by whom, and that nothing was changed since.",
	     "openssl cms -verify -binary -inform DER -in tagmanifest-sha256.txt.p7s -content tagmanifest-sha256.txt "
	     "-CAfile CERT.pem -out verified.txt"},
	    {"This report has the form that its schema describes.",
	     "xmllint --noout --schema data/report.xsd data/report.xml"},
	    {"A finding's own record, from the attributes of its evidence element.",
	     "tail -c +$((OFFSET + 1)) PATH | head -c LENGTH"},
	};
	start(x, "verification");
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		start(x, "step");
		element(x, "purpose", str_from(steps[i].purpose));
		element(x, "command", str_from(steps[i].command));
		end(x);
	}
	end(x);
}

/* ---- the document ---- */

static int take(void *context, const char *bytes, int len)
{
	struct xml *x = context;
	buf_add(&x->out.pending, str_of(bytes, len > 0 ? (size_t)len : 0));
	writer_step(&x->out);
	return len;
}

static int taken(void *context)
{
	(void)context;
	return 0;
}

static bool begin(struct xml *x)
{
	xmlOutputBufferPtr buffer = xmlOutputBufferCreateIO(take, taken, x, NULL);
	if (!buffer) return false;
	x->writer = xmlNewTextWriter(buffer);
	if (x->writer) return xmlTextWriterSetIndent(x->writer, 1) >= 0;
	xmlOutputBufferClose(buffer);
	return false;
}

static void put_report(struct xml *x, const struct result *r)
{
	raw(x, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
	start(x, "report");
	word(x, "xmlns", XML_REPORT_NAMESPACE);
	word(x, "version", "1");
	known(x, "tool_version", str_from(r->version));
	when(x, "as_of", r->as_of);
	known(x, "evidence_digest", str_from(r->evidence_digest));
	put_change(x, &r->change);
	put_verdict(x, r);
	put_inputs(x, r);
	put_summary(x, r);
	put_expects(x, &r->change);
	put_objectives(x, &r->change);
	put_requires(x, &r->change);
	put_checks(x, r);
	put_facts(x, &r->diff);
	put_controls(x, r);
	put_exceptions(x, r);
	put_notices(x, r);
	put_findings(x, &r->diff);
	put_verification(x);
	end(x);
	must(x, xmlTextWriterEndDocument(x->writer));
}

bool xml_report(const struct result *result, struct sink sink, struct error *error)
{
	struct xml x = {.result = result, .out = {.sink = sink, .error = error}};
	if (begin(&x))
		put_report(&x, result);
	else
		x.failed = true;
	xmlFreeTextWriter(x.writer); /* passes on what it still holds */
	buf_free(&x.text);
	shared_free(&x.profiles);
	shared_free(&x.components);
	shared_free(&x.inputs);
	buf_free(&x.path);
	arena_free(&x.arena);
	if (!writer_end(&x.out)) return false;
	return !x.failed || error_set(error, ERROR_SYSTEM, NULL, "cannot write report.xml: no memory left for libxml2");
}
