/* What was accepted and what the gate made of it: the members "gate" and "exceptions" of `build`. */
#include "render/json_private.h"

void json_put_gate(struct writer *w, const struct result *r)
{
	struct buf *buf = &w->pending;
	key(buf, "gate");
	buf_char(buf, '[');
	for (size_t i = 0; i < r->gate_count; i++) {
		const struct gate_rule *rule = &r->gate[i];
		open_object(w);
		put_string(buf, "rule", rule->rule);
		put_string(buf, "state", str_from(gate_state_names[rule->state]));
		put_number(buf, "value", true, rule->value);
		put_number(buf, "limit", true, rule->limit);
		key(buf, "offenders");
		buf_char(buf, '[');
		for (size_t j = 0; j < rule->offender_count; j++) put_element(buf, rule->offenders[j]);
		buf_char(buf, ']');
		put_known(buf, "title", rule->title);
		if (rule->advisory) key(buf, "advisory"), PUT(buf, "true");
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

void json_put_known_exploited(struct writer *w, const struct result *r)
{
	struct buf *buf = &w->pending;
	if (!r->known_exploited.given) return;
	key(buf, "known_exploited");
	buf_char(buf, '{');
	put_known(buf, "catalogue", r->known_exploited.version);
	put_known(buf, "released", r->known_exploited.released);
	put_count(buf, "open", r->known_exploited.open);
	put_count(buf, "overdue", r->known_exploited.overdue);
	buf_char(buf, '}');
}

static void put_milestones(struct buf *buf, const struct exception *e)
{
	if (!e->milestone_count) return;
	key(buf, "milestones");
	buf_char(buf, '[');
	for (size_t i = 0; i < e->milestone_count; i++) {
		const struct milestone *m = &e->milestones[i];
		comma(buf);
		buf_char(buf, '{');
		put_known(buf, "id", m->id);
		put_string(buf, "title", m->title);
		put_string(buf, "due", m->due);
		put_known(buf, "done", m->done);
		key(buf, "overdue");
		buf_add(buf, m->overdue ? STR("true") : STR("false"));
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

/* Members of those that the evidence itself holds. */
static void put_records(struct buf *buf, const struct exception *e)
{
	put_known(buf, "tool", e->tool);
	key(buf, "records");
	buf_char(buf, '{');
	for (int side = 0; side < SIDE_COUNT; side++) put_count(buf, side_names[side], e->records[side]);
	buf_char(buf, '}');
	put_count(buf, "rules", e->rules);
	put_count(buf, "subjects", e->subjects);
	if (e->unreasoned) put_count(buf, "unreasoned", e->unreasoned);
	put_known(buf, "grouped", e->grouped);
	put_known(buf, "example", e->example);
}

void json_put_exceptions(struct writer *w, const struct result *r)
{
	struct buf *buf = &w->pending;
	key(buf, "exceptions");
	buf_char(buf, '[');
	for (size_t i = 0; i < r->exception_count; i++) {
		const struct exception *e = &r->exceptions[i];
		open_object(w);
		put_string(buf, "id", e->id);
		put_string(buf, "source", e->source);
		put_string(buf, "state", str_from(exception_state_names[e->state]));
		put_count(buf, "matched", e->matched);
		put_known(buf, "type", e->type);
		put_count(buf, "matched_before", e->matched_before);
		if (e->shared) put_count(buf, "shared", e->shared);
		put_known(buf, "expires", e->expires);
		if (e->days_left != INT64_MAX) put_number(buf, "days_left", true, (double)e->days_left);
		put_known(buf, "match", e->match);
		put_known(buf, "reason", e->reason);
		put_known(buf, "owner", e->owner);
		put_known(buf, "approver", e->approver);
		put_known(buf, "ticket", e->ticket);
		put_known(buf, "approved", e->approved);
		put_known(buf, "severity", e->severity);
		put_known(buf, "problem", e->problem);
		put_milestones(buf, e);
		if (!str_eq(e->source, STR("file"))) put_records(buf, e);
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

bool json_gate(const struct result *r, struct str packet, struct sink sink, struct error *error)
{
	struct writer w = {.sink = sink, .error = error};
	struct buf *buf = &w.pending;
	PUT(buf, "{\"dossier\":\"gate\",\"version\":1");
	put_string(buf, "packet", packet);
	put_string(buf, "verdict", r->verdict_pass ? STR("pass") : STR("fail"));
	key(buf, "as_of");
	json_instant(buf, r->as_of);
	json_put_gate(&w, r);
	PUT(buf, "}\n");
	return writer_end(&w);
}
