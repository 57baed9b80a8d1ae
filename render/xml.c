/* The sections are written through render/xml_doc.h, attribute by attribute; what there are many of as rows:
 *
 *     <report>
 *       <summary> ... </summary>           attribute by attribute
 *       <findings>
 *         <finding ... />                  a row (xml_findings.c)
 */
#include "render/xml_private.h"

static struct str string(const struct snapshot *s, uint32_t n) { return snapshot_string(s, n); }

void xml_fact_evidence(struct xml *x, enum side side, uint32_t fact)
{
	const struct snapshot *s = &x->result->sides[side];
	if (fact == NO_MATCH) return;
	xml_rows(&x->doc);
	xml_row_evidence(x, side, s->facts[fact].input, s->facts[fact].span, STR_EMPTY);
}

/* ---- change ---- */

static void put_change(struct xml *x, const struct change *c)
{
	if (!c->given) return;
	xml_start(&x->doc, "change");
	xml_known(&x->doc, "id", c->id);
	xml_known(&x->doc, "title", c->title);
	xml_known(&x->doc, "owner", c->owner);
	xml_known(&x->doc, "approver", c->approver);
	xml_known(&x->doc, "environment", c->environment);
	xml_known(&x->doc, "tenant", c->tenant);
	xml_when(&x->doc, "window_start", c->window_start);
	xml_when(&x->doc, "window_end", c->window_end);
	xml_known_element(&x->doc, "rollback", c->rollback);
	xml_known_element(&x->doc, "runbook", c->runbook);
	xml_known_element(&x->doc, "tested_in", c->tested_in);
	xml_elements(&x->doc, "subscription", c->subscriptions, c->subscription_count);
	xml_elements(&x->doc, "subject", c->subjects, c->subject_count);
	xml_elements(&x->doc, "ticket", c->tickets, c->ticket_count);
	xml_elements(&x->doc, "monitoring", c->monitoring, c->monitoring_count);
	xml_end(&x->doc);
}

/* ---- inputs ---- */

static void put_severities(struct xml *x, const uint64_t counts[SEVERITY_COUNT])
{
	for (size_t i = 0; i < SEVERITY_COUNT; i++) {
		if (!counts[i]) continue;
		xml_start(&x->doc, "severity");
		xml_word(&x->doc, "name", severity_names[i]);
		xml_count(&x->doc, "count", counts[i]);
		xml_end(&x->doc);
	}
}

static void row_counts(struct buf *buf, struct str begin, const char *const *names, const uint64_t *counts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!counts[i]) continue;
		buf_add(buf, begin);
		ROW(buf, "name", str_from(names[i]));
		ROW_COUNT(buf, "count", counts[i]);
		ROW_RAW(buf, "/>");
	}
}

static void row_warning(struct buf *buf, enum side side, const struct snapshot *s, const struct warning *w)
{
	ROW_RAW(buf, "\n   <warning");
	ROW(buf, "code", str_from(w->code));
	ROW(buf, "side", str_from(side_names[side]));
	ROW_KNOWN(buf, "gap", str_from(gap_names[w->gap]));
	if (w->input < s->input_count) ROW_KNOWN(buf, "input", string(s, s->inputs[w->input].path));
	ROW_KNOWN(buf, "pointer", string(s, w->pointer));
	if (w->offset != ERROR_NO_OFFSET) ROW_COUNT(buf, "offset", w->offset);
	if (w->line) ROW_COUNT(buf, "line", w->line);
	if (w->column) ROW_COUNT(buf, "column", w->column);
	buf_char(buf, '>');
	xml_put_text(buf, string(s, w->message));
	ROW_RAW(buf, "</warning>");
}

static void row_input(struct xml *x, enum side side, const struct snapshot *s, const struct input *input)
{
	struct buf *buf = &x->doc.out.pending;
	char hex[SHA256_HEX + 1];
	hex_of(input->sha256, SHA256_BYTES, hex);
	ROW_RAW(buf, "\n   <input path=\"data/evidence/");
	buf_add(buf, str_from(side_names[side]));
	xml_row_attribute(buf, STR("/"), string(s, input->path));
	ROW(buf, "sha256", str_from(hex));
	ROW_COUNT(buf, "bytes", input->bytes);
	ROW(buf, "format", string(s, input->format));
	ROW_KNOWN(buf, "tool", string(s, input->tool));
	ROW_KNOWN(buf, "tool_version", string(s, input->tool_version));
	ROW_KNOWN(buf, "scope", string(s, input->scope));
	ROW_WHEN(buf, "captured", input->captured);
	ROW_COUNT(buf, "records", input->records);
	ROW_COUNT(buf, "unreadable", input->unreadable);
	ROW_COUNT(buf, "events", input->events);
	ROW_COUNT(buf, "subjects", input->subjects);
	if (input->total) ROW_COUNT(buf, "total", input->total);
	if (input->truncated) ROW_RAW(buf, " truncated=\"true\"");
	if (input->failed) ROW_RAW(buf, " failed=\"true\"");
	if (input->duplicate) ROW_RAW(buf, " duplicate=\"true\"");
	if (input->superseded) ROW_RAW(buf, " superseded=\"true\"");
	xml_row_custody(x, side, input);
	size_t start = buf->len + 1;
	buf_char(buf, '>');
	row_counts(buf, STR("\n    <status"), status_names, input->by_status, STATUS_COUNT);
	row_counts(buf, STR("\n    <severity"), severity_names, input->by_severity, SEVERITY_COUNT);
	if (buf->len > start)
		ROW_RAW(buf, "\n   </input>");
	else
		buf->len--, ROW_RAW(buf, "/>");
}

/* Its files and warnings are rows: of both there may be many thousands. */
static void put_side(struct xml *x, enum side side, const struct result *r)
{
	const struct snapshot *s = &r->sides[side];
	xml_start(&x->doc, "side");
	xml_word(&x->doc, "name", side_names[side]);
	xml_count(&x->doc, "files", s->input_count);
	xml_count(&x->doc, "records", r->diff.records[side]);
	xml_count(&x->doc, "open", r->diff.open[side]);
	xml_when(&x->doc, "captured_first", r->captured[side][0]);
	xml_when(&x->doc, "captured_last", r->captured[side][1]);
	struct buf *buf = xml_rows(&x->doc);
	row_counts(buf, STR("\n   <severity"), severity_names, r->diff.by_severity[side], SEVERITY_COUNT);
	for (uint32_t i = 0; i < s->input_count && writer_step(&x->doc.out); i++) row_input(x, side, s, &s->inputs[i]);
	for (uint32_t i = 0; i < s->warning_count && writer_step(&x->doc.out); i++)
		row_warning(buf, side, s, &s->warnings[i]);
	ROW_RAW(buf, "\n  ");
	xml_end(&x->doc);
}

static void put_units(struct xml *x, enum side side, const struct result *r)
{
	const struct snapshot *s = &r->sides[side];
	const bool *other = r->diff.unit_assessed_on_other[side];
	struct buf *buf = xml_rows(&x->doc);
	for (uint32_t i = 0; i < s->unit_count; i++) {
		const struct unit *unit = &s->units[i];
		ROW_RAW(buf, "\n  <unit");
		ROW(buf, "side", str_from(side_names[side]));
		ROW(buf, "tool", string(s, unit->tool));
		ROW(buf, "target", string(s, unit->target));
		ROW(buf, "assessed", unit->assessed ? STR("true") : STR("false"));
		ROW(buf, "assessed_on_other_side", other && other[i] ? STR("true") : STR("false"));
		if (unit->of_facts) ROW_RAW(buf, " of_facts=\"true\"");
		ROW_RAW(buf, "/>");
		if (!writer_step(&x->doc.out)) return;
	}
}

static void put_inputs(struct xml *x, const struct result *r)
{
	xml_start(&x->doc, "inputs");
	if (r->custody.carried != CARRY_FULL) xml_word(&x->doc, "carried", carry_names[r->custody.carried]);
	xml_put_redaction(x, &r->custody);
	put_side(x, SIDE_BEFORE, r);
	put_side(x, SIDE_AFTER, r);
	xml_end(&x->doc);
	xml_start(&x->doc, "units");
	put_units(x, SIDE_BEFORE, r);
	put_units(x, SIDE_AFTER, r);
	xml_end(&x->doc);
}

/* ---- summary ---- */

static void put_measure(struct xml *x, const char *name, const struct change_of_severity *c)
{
	double percent;
	xml_start(&x->doc, "measure");
	xml_word(&x->doc, "severity", name);
	xml_count(&x->doc, "before", c->before);
	xml_count(&x->doc, "after", c->after);
	if (diff_percent(c->before, c->after, &percent)) xml_number(&x->doc, "percent", percent, true);
	xml_count(&x->doc, "raw_before", c->raw_before);
	xml_count(&x->doc, "raw_after", c->raw_after);
	xml_end(&x->doc);
}

static void put_measures(struct xml *x, const char *name, const struct change_of_severity changes[SEVERITY_COUNT],
                         const struct change_of_severity *all)
{
	xml_start(&x->doc, name);
	for (size_t i = 0; i < SEVERITY_COUNT; i++)
		if (changes[i].before | changes[i].after | changes[i].raw_before | changes[i].raw_after)
			put_measure(x, severity_names[i], &changes[i]);
	put_measure(x, "all", all);
	xml_end(&x->doc);
}

static void put_outcomes(struct xml *x, const struct diff *d)
{
	xml_start(&x->doc, "outcomes");
	for (size_t i = 0; i < OUTCOME_COUNT; i++) {
		xml_start(&x->doc, "outcome");
		xml_word(&x->doc, "name", outcome_names[i]);
		xml_count(&x->doc, "count", d->outcomes[i]);
		put_severities(x, d->by_outcome[i]);
		xml_end(&x->doc);
	}
	xml_end(&x->doc);
	xml_start(&x->doc, "updated_by");
	for (size_t i = 0; i < UPDATED_KINDS; i++) xml_count(&x->doc, updated_names[i], d->updated_by[i]);
	xml_end(&x->doc);
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
	xml_start(&x->doc, "summary");
	xml_count(&x->doc, "without_owner", r->without_owner);
	put_outcomes(x, &r->diff);
	put_measures(x, "reduction", r->diff.reduction, &r->diff.reduction_all);
	put_measures(x, "subjects", r->diff.subjects, &r->diff.subjects_all);
	xml_start(&x->doc, "facts");
	for (size_t i = 0; i < FACT_OUTCOME_COUNT; i++)
		if (i != FACT_UNCHANGED) xml_count(&x->doc, fact_outcome_names[i], r->diff.facts[i]);
	xml_end(&x->doc);
	xml_start(&x->doc, "events");
	xml_count(&x->doc, "before", events_of(&r->sides[SIDE_BEFORE]));
	xml_count(&x->doc, "after", events_of(&r->sides[SIDE_AFTER]));
	xml_end(&x->doc);
	xml_end(&x->doc);
}

/* ---- what the change promised ---- */

static void put_lines(struct xml *x, const char *name, struct str lines)
{
	while (lines.len) {
		size_t end = str_find(lines, STR("\n"));
		if (end == SIZE_MAX) end = lines.len;
		xml_known_element(&x->doc, name, str_slice(lines, 0, end));
		lines = str_slice(lines, end + (end < lines.len), lines.len);
	}
}

static void put_expects(struct xml *x, const struct change *c)
{
	xml_start(&x->doc, "expects");
	for (size_t i = 0; i < c->expect_count; i++) {
		const struct expect *e = &c->expects[i];
		xml_start(&x->doc, "expect");
		xml_attribute(&x->doc, "id", e->id);
		xml_known(&x->doc, "subject", e->subject);
		xml_known(&x->doc, "fact", e->fact);
		xml_attribute(&x->doc, "value", e->value);
		xml_word(&x->doc, "state", expect_state_names[e->state]);
		xml_count(&x->doc, "met", e->met);
		xml_count(&x->doc, "not_met", e->not_met);
		xml_count(&x->doc, "no_evidence", e->no_evidence);
		put_lines(x, "offender", e->offenders);
		xml_end(&x->doc);
	}
	xml_end(&x->doc);
}

static void put_objectives(struct xml *x, const struct change *c)
{
	xml_start(&x->doc, "objectives");
	for (size_t i = 0; i < c->objective_count; i++) {
		const struct objective *o = &c->objectives[i];
		xml_start(&x->doc, "objective");
		xml_attribute(&x->doc, "id", o->id);
		xml_known(&x->doc, "title", o->title);
		xml_known(&x->doc, "measure", o->measure);
		xml_known(&x->doc, "severity", o->severity);
		xml_known(&x->doc, "scope", o->scope);
		xml_known(&x->doc, "check", o->check);
		xml_known(&x->doc, "target", o->target);
		xml_known(&x->doc, "unit", o->unit);
		xml_known(&x->doc, "source", o->source);
		xml_known(&x->doc, "attested_by", o->attested_by);
		xml_word(&x->doc, "state", objective_state_names[o->state]);
		if (o->has_numbers) xml_number(&x->doc, "before", o->before, false);
		if (o->has_numbers) xml_number(&x->doc, "after", o->after, false);
		if (o->has_percent) xml_number(&x->doc, "percent", o->percent, true);
		if (o->has_value) xml_number(&x->doc, "value", o->value, false);
		xml_end(&x->doc);
	}
	xml_end(&x->doc);
}

static void put_requires(struct xml *x, const struct change *c)
{
	xml_start(&x->doc, "requires");
	for (size_t i = 0; i < c->require_count; i++) {
		const struct requirement *q = &c->requires[i];
		xml_start(&x->doc, "require");
		xml_known(&x->doc, "format", q->format);
		xml_known(&x->doc, "subject", q->subject);
		if (q->side < SIDE_COUNT) xml_word(&x->doc, "side", side_names[q->side]);
		xml_flag(&x->doc, "met", q->met);
		xml_end(&x->doc);
	}
	xml_end(&x->doc);
}

/* ---- checks, facts, controls, notices ---- */

static void put_checks(struct xml *x, const struct result *r)
{
	xml_start(&x->doc, "checks");
	for (size_t i = 0; i < r->check_count; i++) {
		const struct check_row *c = &r->checks[i];
		enum severity severity = SEVERITY_UNKNOWN;
		severity_from_word(c->severity, &severity);
		xml_start(&x->doc, "check");
		xml_attribute(&x->doc, "id", c->id);
		xml_known(&x->doc, "title", c->title);
		xml_attribute(&x->doc, "subject", c->subject);
		xml_word(&x->doc, "severity", severity_names[severity]);
		xml_word(&x->doc, "before", check_state_names[c->state[SIDE_BEFORE]]);
		xml_word(&x->doc, "after", check_state_names[c->state[SIDE_AFTER]]);
		xml_known(&x->doc, "owner", c->owner);
		xml_known(&x->doc, "note", c->note);
		xml_fact_evidence(x, SIDE_BEFORE, c->fact[SIDE_BEFORE]);
		xml_fact_evidence(x, SIDE_AFTER, c->fact[SIDE_AFTER]);
		xml_end(&x->doc);
	}
	xml_end(&x->doc);
}

static void put_facts(struct xml *x, const struct diff *d)
{
	xml_start(&x->doc, "facts");
	for (uint32_t i = 0; i < d->fact_change_count && !x->doc.out.failed; i++) {
		const struct fact_change *c = &d->fact_changes[i];
		enum side side = c->after == NO_MATCH ? SIDE_BEFORE : SIDE_AFTER;
		const struct snapshot *before = d->sides[SIDE_BEFORE], *after = d->sides[SIDE_AFTER];
		const struct fact *fact = &d->sides[side]->facts[side == SIDE_AFTER ? c->after : c->before];
		xml_start(&x->doc, "fact");
		xml_attribute(&x->doc, "subject", string(d->sides[side], fact->subject));
		xml_attribute(&x->doc, "name", string(d->sides[side], fact->name));
		xml_word(&x->doc, "outcome", fact_outcome_names[c->outcome]);
		if (c->before != NO_MATCH)
			xml_attribute(&x->doc, "before", string(before, before->facts[c->before].value));
		if (c->after != NO_MATCH) xml_attribute(&x->doc, "after", string(after, after->facts[c->after].value));
		xml_fact_evidence(x, SIDE_BEFORE, c->before);
		xml_fact_evidence(x, SIDE_AFTER, c->after);
		xml_end(&x->doc);
	}
	xml_end(&x->doc);
}

static void put_notices(struct xml *x, const struct result *r)
{
	xml_start(&x->doc, "notices");
	for (size_t i = 0; i < r->notice_count; i++) {
		const struct notice *n = &r->notices[i];
		xml_start(&x->doc, "notice");
		xml_word(&x->doc, "code", n->code);
		xml_known(&x->doc, "gap", str_from(gap_names[n->gap]));
		if (n->side < SIDE_COUNT) xml_word(&x->doc, "side", side_names[n->side]);
		xml_known(&x->doc, "input", n->input);
		xml_known(&x->doc, "pointer", n->pointer);
		xml_known(&x->doc, "owner", n->owner);
		xml_element(&x->doc, "message", n->message);
		xml_known_element(&x->doc, "command", n->command);
		xml_end(&x->doc);
	}
	xml_end(&x->doc);
}

/* ---- findings ---- */

static void begin_findings(struct xml *x, const struct diff *d)
{
	uint64_t n = 0;
	for (size_t i = 0; i < OUTCOME_COUNT; i++) n += d->outcomes[i];
	xml_start(&x->doc, "findings");
	xml_count(&x->doc, "count", n);
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
	xml_start(&x->doc, "verification");
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		xml_start(&x->doc, "step");
		xml_element(&x->doc, "purpose", str_from(steps[i].purpose));
		xml_element(&x->doc, "command", str_from(steps[i].command));
		xml_end(&x->doc);
	}
	xml_end(&x->doc);
}

/* ---- the document ---- */

static void put_previous(struct xml *x, const struct previous *p)
{
	if (!p->given) return;
	xml_start(&x->doc, "previous");
	xml_known(&x->doc, "change", p->change);
	xml_known(&x->doc, "packet_sha256", p->packet_sha256);
	xml_known(&x->doc, "tagmanifest_sha256", p->tagmanifest_sha256);
	xml_known(&x->doc, "evidence_digest", p->evidence_digest);
	xml_count(&x->doc, "same", p->same);
	xml_count(&x->doc, "changed", p->changed);
	xml_count(&x->doc, "missing", p->missing);
	xml_count(&x->doc, "added", p->added);
	xml_end(&x->doc);
}

/* What stands before the rows of findings. */
static void put_sections(struct xml *x, const struct result *r)
{
	xml_start(&x->doc, "report");
	xml_word(&x->doc, "xmlns", XML_REPORT_NAMESPACE);
	xml_word(&x->doc, "version", "1");
	xml_known(&x->doc, "tool_version", str_from(r->version));
	xml_when(&x->doc, "as_of", r->as_of);
	xml_known(&x->doc, "evidence_digest", str_from(r->evidence_digest));
	xml_known(&x->doc, "marking", r->marking);
	put_previous(x, &r->previous);
	put_change(x, &r->change);
	xml_put_verdict(x, r);
	put_inputs(x, r);
	put_summary(x, r);
	put_expects(x, &r->change);
	put_objectives(x, &r->change);
	put_requires(x, &r->change);
	put_checks(x, r);
	if (r->estate) xml_put_estate(x, r->estate);
	put_facts(x, &r->diff);
	xml_put_controls(x);
	xml_put_exceptions(x, r);
	put_notices(x, r);
	begin_findings(x, &r->diff);
}

static void xml_free(struct xml *x)
{
	shared_free(&x->profiles);
	shared_free(&x->components);
	shared_free(&x->inputs);
	buf_free(&x->path);
	arena_free(&x->arena);
}

static bool put_head(const struct result *result, struct sink sink, struct error *error)
{
	struct xml x = {.result = result};
	if (xml_begin(&x.doc, sink, error)) {
		xml_instruction(&x.doc, "xml-stylesheet", "type=\"text/xsl\" href=\"report.xsl\"");
		put_sections(&x, result);
		xml_rows(&x.doc);
	}
	xml_free(&x);
	return xml_leave(&x.doc, "report.xml");
}

static void put_rows(const struct result *result, struct part part, struct buf *out, void *context)
{
	struct xml x = {.result = result};
	(void)context;
	x.doc.out.pending = *out;
	diff_each_of(&result->diff, part.side, part.from, part.to, xml_put_finding, &x);
	*out = x.doc.out.pending;
	xml_free(&x);
}

static bool put_tail(const struct result *result, struct sink sink, struct error *error)
{
	struct xml x = {.result = result};
	if (xml_begin(&x.doc, sink, error)) {
		xml_start(&x.doc, "report");
		xml_start(&x.doc, "findings");
		xml_rows(&x.doc);
		xml_resume(&x.doc);
		xml_end(&x.doc);
		put_verification(&x);
		xml_end(&x.doc);
	}
	return xml_finish(&x.doc, "report.xml");
}

const struct parts xml_parts = {SIDE_AFTER, put_head, put_rows, put_tail};
