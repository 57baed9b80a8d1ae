#include "render/json_subject.h"

#include "render/json_private.h"

static void put_place(struct buf *buf, const struct result *result, enum side side, uint32_t number, uint64_t span)
{
	const struct snapshot *s = &result->sides[side];
	const struct input *input = &s->inputs[number];
	struct str path = snapshot_string(s, input->path);
	struct buf whole = {0};
	key(buf, "evidence");
	buf_char(buf, '{');
	buf_printf(&whole, "data/evidence/%s/", side_names[side]);
	buf_add(&whole, path);
	put_string(buf, "path", buf_str(&whole));
	buf_free(&whole);
	key(buf, "sha256");
	json_sha256(buf, input->sha256);
	put_count(buf, "offset", span_offset(span));
	put_count(buf, "length", span_length(span));
	buf_char(buf, '}');
}

static void put_value(struct buf *buf, const struct result *result, enum side side, uint32_t fact)
{
	const struct snapshot *s = &result->sides[side];
	key(buf, side_names[side]);
	if (fact == NO_MATCH)
		PUT(buf, "null");
	else
		buf_json(buf, snapshot_string(s, s->facts[fact].value));
}

static void put_facts(struct writer *w, const struct result *result, const struct subject *subject)
{
	struct buf *buf = &w->pending;
	key(buf, "facts");
	buf_char(buf, '[');
	for (size_t i = 0; i < subject->fact_count; i++) {
		const struct fact_change *change = subject->facts[i];
		enum side side = change->after == NO_MATCH ? SIDE_BEFORE : SIDE_AFTER;
		const struct snapshot *s = &result->sides[side];
		const struct fact *fact = &s->facts[side == SIDE_AFTER ? change->after : change->before];
		open_object(w);
		put_string(buf, "subject", snapshot_string(s, fact->subject));
		put_string(buf, "fact", snapshot_string(s, fact->name));
		put_value(buf, result, SIDE_BEFORE, change->before);
		put_value(buf, result, SIDE_AFTER, change->after);
		put_string(buf, "outcome", str_from(fact_outcome_names[change->outcome]));
		put_place(buf, result, side, fact->input, fact->span);
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

static void put_checks(struct writer *w, const struct result *result, const struct subject *subject)
{
	struct buf *buf = &w->pending;
	key(buf, "checks");
	buf_char(buf, '[');
	for (size_t i = 0; i < subject->check_count; i++) {
		const struct check_row *row = subject->checks[i];
		enum side side = row->fact[SIDE_AFTER] != NO_MATCH ? SIDE_AFTER : SIDE_BEFORE;
		open_object(w);
		put_string(buf, "id", row->id);
		put_string(buf, "subject", row->subject);
		put_string(buf, "before", str_from(check_state_names[row->state[SIDE_BEFORE]]));
		put_string(buf, "after", str_from(check_state_names[row->state[SIDE_AFTER]]));
		if (row->fact[side] != NO_MATCH) {
			const struct fact *fact = &result->sides[side].facts[row->fact[side]];
			put_place(buf, result, side, fact->input, fact->span);
		} else {
			key(buf, "evidence");
			PUT(buf, "null");
		}
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

static void put_finding(struct writer *w, const struct result *result, const struct diff_item *item)
{
	struct buf *buf = &w->pending;
	const struct snapshot *s = &result->sides[item->side];
	const struct finding *finding = &s->findings[item->finding];
	const struct profile *profile = snapshot_profile(s, finding);
	char id[19];
	snapshot_finding_id(s, item->side, item->finding, id);
	open_object(w);
	put_string(buf, "id", str_from(id));
	put_string(buf, "outcome", str_from(outcome_names[item->outcome]));
	put_string(buf, "severity", str_from(severity_names[profile->severity]));
	put_string(buf, "rule", snapshot_string(s, profile->rule));
	put_string(buf, "title", snapshot_string(s, profile->title));
	put_string(buf, "subject", snapshot_string(s, profile->subject));
	put_string(buf, "owner", finding_owner(result->analysis, s, finding));
	put_place(buf, result, item->side, snapshot_input_of(s, item->finding), finding->span);
	buf_char(buf, '}');
}

static void put_findings(struct writer *w, const struct result *result, const struct subject *subject)
{
	struct buf *buf = &w->pending;
	uint64_t outcomes[OUTCOME_COUNT] = {0};
	for (int o = 0; o < OUTCOME_COUNT; o++)
		for (int s = 0; s < SEVERITY_COUNT; s++) outcomes[o] += subject->findings.outcomes[o][s];
	key(buf, "outcomes");
	json_outcomes(buf, outcomes);
	key(buf, "findings");
	buf_char(buf, '[');
	for (size_t i = 0; i < subject->findings.count; i++) put_finding(w, result, &subject->findings.items[i]);
	buf_char(buf, ']');
}

static void put_gaps(struct writer *w, const struct subject *subject)
{
	struct buf *buf = &w->pending;
	key(buf, "gaps");
	buf_char(buf, '[');
	for (size_t i = 0; i < subject->notice_count; i++) {
		const struct notice *notice = subject->notices[i];
		open_object(w);
		put_string(buf, "code", str_from(notice->code));
		put_string(buf, "gap", str_from(gap_names[notice->gap]));
		put_string(buf, "message", notice->message);
		put_known(buf, "owner", notice->owner);
		put_known(buf, "command", notice->command);
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

bool json_subject(const struct result *result, const struct subject *subject, struct sink sink, struct error *error)
{
	struct writer w = {.sink = sink, .error = error};
	struct buf *buf = &w.pending;
	PUT(buf, "{\"dossier\":\"trace\",\"version\":1");
	put_string(buf, "subject", subject->id);
	put_string(buf, "owner", subject->owner);
	put_known(buf, "change", result->change.id);
	put_known(buf, "approver", result->change.approver);
	put_facts(&w, result, subject);
	put_checks(&w, result, subject);
	put_findings(&w, result, subject);
	put_gaps(&w, subject);
	PUT(buf, "}\n");
	return writer_end(&w);
}
