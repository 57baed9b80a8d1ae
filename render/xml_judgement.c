/* What was accepted and what the gate made of it: the elements verdict and exceptions of report.xml. */
#include "render/xml_private.h"

void xml_put_verdict(struct xml *x, const struct result *r)
{
	xml_start(&x->doc, "verdict");
	xml_word(&x->doc, "state", r->verdict_pass ? "pass" : "fail");
	if (r->known_exploited.given) {
		xml_start(&x->doc, "known_exploited");
		xml_known(&x->doc, "catalogue", r->known_exploited.version);
		xml_known(&x->doc, "released", r->known_exploited.released);
		xml_count(&x->doc, "open", r->known_exploited.open);
		xml_count(&x->doc, "overdue", r->known_exploited.overdue);
		xml_end(&x->doc);
	}
	for (size_t i = 0; i < r->gate_count; i++) {
		const struct gate_rule *rule = &r->gate[i];
		xml_start(&x->doc, "rule");
		xml_attribute(&x->doc, "name", rule->rule);
		xml_word(&x->doc, "state", gate_state_names[rule->state]);
		if (rule->advisory) xml_flag(&x->doc, "advisory", true);
		xml_number(&x->doc, "value", rule->value, false);
		xml_number(&x->doc, "limit", rule->limit, false);
		xml_known(&x->doc, "title", rule->title);
		xml_elements(&x->doc, "offender", rule->offenders, rule->offender_count);
		xml_end(&x->doc);
	}
	xml_end(&x->doc);
}

static void put_milestones(struct xml *x, const struct exception *e)
{
	for (size_t i = 0; i < e->milestone_count; i++) {
		const struct milestone *m = &e->milestones[i];
		xml_start(&x->doc, "milestone");
		xml_known(&x->doc, "id", m->id);
		xml_attribute(&x->doc, "due", m->due);
		xml_known(&x->doc, "done", m->done);
		xml_flag(&x->doc, "overdue", m->overdue);
		xml_text(&x->doc, m->title);
		xml_end(&x->doc);
	}
}

/* Attributes of those that the evidence itself holds. */
static void put_records(struct xml *x, const struct exception *e)
{
	xml_known(&x->doc, "tool", e->tool);
	xml_count(&x->doc, "records", e->records[SIDE_AFTER]);
	xml_count(&x->doc, "records_before", e->records[SIDE_BEFORE]);
	xml_count(&x->doc, "rules", e->rules);
	xml_count(&x->doc, "subjects", e->subjects);
	if (e->unreasoned) xml_count(&x->doc, "unreasoned", e->unreasoned);
	xml_known(&x->doc, "grouped", e->grouped);
	xml_known(&x->doc, "example", e->example);
}

static void put_exception(struct xml *x, const struct exception *e)
{
	xml_start(&x->doc, "exception");
	xml_attribute(&x->doc, "id", e->id);
	xml_known(&x->doc, "type", e->type);
	xml_known(&x->doc, "source", e->source);
	xml_word(&x->doc, "state", exception_state_names[e->state]);
	xml_count(&x->doc, "matched", e->matched);
	xml_count(&x->doc, "matched_before", e->matched_before);
	if (e->shared) xml_count(&x->doc, "shared", e->shared);
	xml_known(&x->doc, "owner", e->owner);
	xml_known(&x->doc, "approver", e->approver);
	xml_known(&x->doc, "ticket", e->ticket);
	xml_known(&x->doc, "approved", e->approved);
	xml_known(&x->doc, "expires", e->expires);
	if (e->days_left != INT64_MAX)
		xml_attribute(&x->doc, "days_left", str_printf(&x->arena, "%lld", (long long)e->days_left));
	xml_known(&x->doc, "severity", e->severity);
	if (!str_eq(e->source, STR("file"))) put_records(x, e);
	xml_known_element(&x->doc, "match", e->match);
	xml_known_element(&x->doc, "reason", e->reason);
	xml_known_element(&x->doc, "problem", e->problem);
	put_milestones(x, e);
	xml_end(&x->doc);
	arena_reset(&x->arena);
}

void xml_put_exceptions(struct xml *x, const struct result *r)
{
	xml_start(&x->doc, "exceptions");
	for (size_t i = 0; i < r->exception_count; i++) put_exception(x, &r->exceptions[i]);
	xml_end(&x->doc);
}
