/* An object is written member by member into a writer's buffer; nothing else is kept, and a list of findings is
 * written while diff_each walks them. Whether a comma is needed is told by the last byte written: none after an
 * opening bracket. So the buffer is passed on only just after one (open_object), and an empty buffer means the same
 * as an open bracket.
 */
#include "render/json_private.h"

#include "analyze/events.h"

#include "core/json.h"
#include "render/json_controls.h"
#include "render/json_estate.h"
#include "render/json_why.h"

#include <stdlib.h>

/* ---- parts ---- */

/* The next line of NDJSON. */
static bool open_line(struct writer *w)
{
	PUT(&w->pending, "\n{");
	return writer_step(w);
}

static void put_bool(struct buf *buf, bool value) { buf_add(buf, value ? STR("true") : STR("false")); }

static void put_counts(struct buf *buf, const char *const *names, const uint64_t *counts, size_t n, bool zeros)
{
	buf_char(buf, '{');
	for (size_t i = 0; i < n; i++)
		if (zeros || counts[i]) put_count(buf, names[i], counts[i]);
	buf_char(buf, '}');
}

static void put_by_status(struct buf *buf, const uint64_t counts[STATUS_COUNT])
{
	put_counts(buf, status_names, counts, STATUS_COUNT, false);
}

void json_by_severity(struct buf *buf, const uint64_t counts[SEVERITY_COUNT])
{
	put_counts(buf, severity_names, counts, SEVERITY_COUNT, false);
}

void json_outcomes(struct buf *buf, const uint64_t counts[OUTCOME_COUNT])
{
	put_counts(buf, outcome_names, counts, OUTCOME_COUNT, true);
}

void json_instant(struct buf *buf, int64_t instant)
{
	char text[40];
	if (instant == INSTANT_NONE)
		PUT(buf, "null");
	else
		buf_json(buf, str_from(instant_text(instant, text)));
}

void json_sha256(struct buf *buf, const unsigned char digest[SHA256_BYTES])
{
	char hex[SHA256_HEX + 1];
	hex_of(digest, SHA256_BYTES, hex);
	buf_char(buf, '"');
	buf_add(buf, str_of(hex, SHA256_HEX));
	buf_char(buf, '"');
}

bool json_compact(struct buf *buf, struct str text)
{
	if (!text.len || !json_valid(text, NULL)) return false;
	const char *p = text.ptr, *end = text.ptr + text.len;
	buf_reserve(buf, text.len);
	struct json_text all = json_text(text, NULL);
	while ((p = json_space(p, end)) < end) {
		const char *after = *p == '"' ? json_string(&all, p, NULL) : p + 1;
		buf_add(buf, str_of(p, (size_t)(after - p)));
		p = after;
	}
	return true;
}

static struct str string(const struct snapshot *s, uint32_t number) { return snapshot_string(s, number); }

/* ---- warnings ---- */

static void put_warning(struct writer *out, const struct snapshot *s, const struct warning *w)
{
	struct buf *buf = &out->pending;
	open_object(out);
	put_string(buf, "code", str_from(w->code));
	put_known(buf, "gap", str_from(gap_names[w->gap]));
	put_known(buf, "pointer", string(s, w->pointer));
	put_string(buf, "message", string(s, w->message));
	put_known(buf, "subject", string(s, w->subject));
	put_known(buf, "command", string(s, w->command));
	if (w->offset != ERROR_NO_OFFSET) put_count(buf, "offset", w->offset);
	if (w->line) put_count(buf, "line", w->line);
	if (w->column) put_count(buf, "column", w->column);
	buf_char(buf, '}');
}

/* Warnings by input, in the order they came: list i is order[first[i]] to order[first[i + 1] - 1]; the last list
 * holds those about no input. */
struct warnings_by_input {
	uint32_t *first, *order;
};

static struct warnings_by_input sort_warnings(const struct snapshot *s)
{
	uint32_t lists = s->input_count + 1;
	struct warnings_by_input by;
	by.first = memory_grow(NULL, sizeof(uint32_t) * (lists + 2));
	by.order = memory_grow(NULL, sizeof(uint32_t) * s->warning_count);
	memset(by.first, 0, sizeof(uint32_t) * (lists + 2));
	/* Counted one place to the right of where they start, so that filling moves each start onto its place. */
	for (uint32_t i = 0; i < s->warning_count; i++) {
		uint32_t input = s->warnings[i].input;
		by.first[(input < s->input_count ? input : s->input_count) + 2]++;
	}
	for (uint32_t i = 2; i < lists + 2; i++) by.first[i] += by.first[i - 1];
	for (uint32_t i = 0; i < s->warning_count; i++) {
		uint32_t input = s->warnings[i].input;
		by.order[by.first[(input < s->input_count ? input : s->input_count) + 1]++] = i;
	}
	return by;
}

static void put_warnings(struct writer *w, const struct snapshot *s, const struct warnings_by_input *by, uint32_t list)
{
	key(&w->pending, "warnings");
	buf_char(&w->pending, '[');
	for (uint32_t i = by->first[list]; i < by->first[list + 1]; i++) put_warning(w, s, &s->warnings[by->order[i]]);
	buf_char(&w->pending, ']');
}

/* ---- inspect ---- */

struct by_display {
	struct str path;
	uint32_t input;
};

static int compare_display(const void *a, const void *b)
{
	const struct by_display *x = a, *y = b;
	int order = str_cmp(x->path, y->path);
	return order ? order : (x->input > y->input) - (x->input < y->input);
}

static void put_file(struct writer *w, const struct snapshot *s, uint32_t number, const struct warnings_by_input *by)
{
	const struct input *input = &s->inputs[number];
	struct buf *buf = &w->pending;
	open_object(w);
	put_string(buf, "path", string(s, input->display));
	key(buf, "sha256"), json_sha256(buf, input->sha256);
	put_count(buf, "bytes", input->bytes);
	put_string(buf, "format", string(s, input->format));
	put_string(buf, "tool", string(s, input->tool));
	put_string(buf, "tool_version", string(s, input->tool_version));
	key(buf, "captured"), json_instant(buf, input->captured);
	put_count(buf, "records", input->records);
	put_count(buf, "unreadable", input->unreadable);
	put_count(buf, "events", input->events);
	key(buf, "by_status"), put_by_status(buf, input->by_status);
	key(buf, "by_severity"), json_by_severity(buf, input->by_severity);
	put_count(buf, "subjects", input->subjects);
	put_warnings(w, s, by, number);
	buf_char(buf, '}');
}

static void put_totals(struct buf *buf, const struct snapshot *s)
{
	uint64_t records = 0, by_status[STATUS_COUNT] = {0}, by_severity[SEVERITY_COUNT] = {0};
	for (uint32_t i = 0; i < s->input_count; i++) {
		const struct input *input = &s->inputs[i];
		if (!input_is_counted(input)) continue;
		records += input->records;
		for (size_t j = 0; j < STATUS_COUNT; j++) by_status[j] += input->by_status[j];
		for (size_t j = 0; j < SEVERITY_COUNT; j++) by_severity[j] += input->by_severity[j];
	}
	key(buf, "totals");
	buf_char(buf, '{');
	put_count(buf, "files", s->input_count);
	put_count(buf, "records", records);
	key(buf, "by_status"), put_by_status(buf, by_status);
	key(buf, "by_severity"), json_by_severity(buf, by_severity);
	buf_char(buf, '}');
}

bool json_inspect(const struct snapshot *s, struct sink sink, struct error *error)
{
	struct writer w = {.sink = sink, .error = error};
	struct warnings_by_input by = sort_warnings(s);
	struct by_display *files = memory_grow(NULL, sizeof(*files) * s->input_count);
	for (uint32_t i = 0; i < s->input_count; i++)
		files[i] = (struct by_display){.path = string(s, s->inputs[i].display), .input = i};
	if (s->input_count) qsort(files, s->input_count, sizeof(*files), compare_display);
	PUT(&w.pending, "{\"dossier\":\"inspect\",\"version\":1,\"files\":[");
	for (uint32_t i = 0; i < s->input_count; i++) put_file(&w, s, files[i].input, &by);
	buf_char(&w.pending, ']');
	put_totals(&w.pending, s);
	if (by.first[s->input_count] < by.first[s->input_count + 1]) put_warnings(&w, s, &by, s->input_count);
	PUT(&w.pending, "}\n");
	free(files);
	free(by.first);
	free(by.order);
	return writer_end(&w);
}

/* ---- diff ---- */

static void put_side(struct buf *buf, const struct diff *d, enum side side)
{
	key(buf, side_names[side]);
	buf_char(buf, '{');
	put_count(buf, "records", d->records[side]);
	put_count(buf, "open", d->open[side]);
	key(buf, "by_severity"), json_by_severity(buf, d->by_severity[side]);
	buf_char(buf, '}');
}

static void put_change(struct buf *buf, const struct change_of_severity *c)
{
	double percent;
	buf_char(buf, '{');
	put_count(buf, "before", c->before);
	put_count(buf, "after", c->after);
	key(buf, "percent");
	if (diff_percent(c->before, c->after, &percent))
		text_percent(buf, percent);
	else
		PUT(buf, "null");
	put_count(buf, "raw_before", c->raw_before);
	put_count(buf, "raw_after", c->raw_after);
	buf_char(buf, '}');
}

static void put_changes(struct buf *buf, const char *name, const struct change_of_severity changes[SEVERITY_COUNT])
{
	key(buf, name);
	buf_char(buf, '{');
	for (size_t i = 0; i < SEVERITY_COUNT; i++) {
		if (!(changes[i].before | changes[i].after | changes[i].raw_before | changes[i].raw_after)) continue;
		key(buf, severity_names[i]);
		put_change(buf, &changes[i]);
	}
	buf_char(buf, '}');
}

void json_facts(struct buf *buf, const uint64_t counts[FACT_OUTCOME_COUNT])
{
	buf_char(buf, '{');
	for (size_t i = 0; i < FACT_OUTCOME_COUNT; i++)
		if (i != FACT_UNCHANGED) put_count(buf, fact_outcome_names[i], counts[i]);
	buf_char(buf, '}');
}

/* All of the object but the list and the closing bracket. */
static void put_diff(struct buf *buf, const struct diff *d)
{
	PUT(buf, "{\"dossier\":\"diff\",\"version\":1");
	for (int side = 0; side < SIDE_COUNT; side++) put_side(buf, d, (enum side)side);
	key(buf, "outcomes"), json_outcomes(buf, d->outcomes);
	key(buf, "updated_by"), put_counts(buf, updated_names, d->updated_by, UPDATED_KINDS, true);
	put_changes(buf, "reduction", d->reduction);
	put_changes(buf, "subjects", d->subjects);
	key(buf, "facts"), json_facts(buf, d->facts);
	if (!d->new_rule && !d->rule_gone && !d->rule_renamed) return;
	key(buf, "rules");
	buf_char(buf, '{');
	put_count(buf, "new_rule", d->new_rule);
	put_count(buf, "rule_gone", d->rule_gone);
	put_count(buf, "rule_renamed", d->rule_renamed);
	buf_char(buf, '}');
}

struct listing {
	struct writer *w;
	const struct diff *diff;
	const struct json_select *select; /* NULL: all */
	uint64_t listed;
	struct shared profiles, components, inputs;
	struct arena arena; /* of one finding */
	struct buf path;    /* scratch */
};

/* From "tool" to "subject": what a profile says. */
static struct str profile_members(struct listing *l, enum side side, const struct finding *f)
{
	const struct snapshot *s = l->diff->sides[side];
	const struct profile *p = snapshot_profile(s, f);
	struct buf *buf = shared_text(&l->profiles, (uint64_t)f->profile * SIDE_COUNT + side);
	if (buf->len) return buf_str(buf);
	PUT(buf, ",\"tool\":");
	buf_json(buf, string(s, p->tool));
	put_string(buf, "rule", string(s, p->rule));
	put_string(buf, "title", string(s, p->title));
	put_string(buf, "severity", str_from(severity_names[p->severity]));
	put_string(buf, "status", str_from(status_names[p->status]));
	put_string(buf, "subject", string(s, p->subject));
	return buf_str(buf);
}

/* And the message, where there is one that may be shown: of a secret. */
static struct str component_object(struct listing *l, enum side side, const struct finding *f)
{
	const struct snapshot *s = l->diff->sides[side];
	const struct component *c = snapshot_component(s, f);
	struct buf *buf = shared_text(&l->components, (uint64_t)f->component * SIDE_COUNT + side);
	if (buf->len) return buf_str(buf);
	buf_char(buf, '{');
	put_known(buf, "package", string(s, c->package));
	put_known(buf, "version", string(s, c->version));
	put_known(buf, "fixed_version", string(s, c->fixed_version));
	put_known(buf, "purl", string(s, c->purl));
	buf_char(buf, '}');
	if (c->message) put_string(buf, "message", string(s, c->message));
	return buf_str(buf);
}

/* "path" and "sha256" of the evidence: what an input says. */
static struct str input_members(struct listing *l, enum side side, uint32_t number)
{
	const struct snapshot *s = l->diff->sides[side];
	struct buf *buf = shared_text(&l->inputs, (uint64_t)number * SIDE_COUNT + side);
	if (buf->len) return buf_str(buf);
	PUT(buf, "\"path\":");
	buf_json(buf, string(s, s->inputs[number].path));
	key(buf, "sha256"), json_sha256(buf, s->inputs[number].sha256);
	return buf_str(buf);
}

/* The words of a list that is separated by blanks, as strings. */
static void put_words(struct buf *buf, const char *name, struct str words)
{
	if (!words.len) return;
	key(buf, name);
	buf_char(buf, '[');
	while (words.len) {
		size_t end = str_find(words, STR(" "));
		if (end == SIZE_MAX) end = words.len;
		if (end) put_element(buf, str_slice(words, 0, end));
		words = str_slice(words, end + (end < words.len), words.len);
	}
	buf_char(buf, ']');
}

static void put_matched(struct buf *buf, const struct diff *d, const struct diff_item *item)
{
	enum side other = item->side == SIDE_AFTER ? SIDE_BEFORE : SIDE_AFTER;
	char id[19];
	if (item->matched == NO_MATCH) {
		PUT(buf, ",\"matched\":null");
		return;
	}
	snapshot_finding_id(d->sides[other], other, item->matched, id);
	put_word(buf, STR(",\"matched\":\""), id);
}

static void put_how_matched(struct buf *buf, const struct fate *fate)
{
	if (fate->updated_by) {
		key(buf, "updated_by");
		buf_char(buf, '[');
		for (unsigned i = 0; i < UPDATED_KINDS; i++)
			if (fate->updated_by & 1u << i) put_element(buf, str_from(updated_names[i]));
		buf_char(buf, ']');
	}
	if (fate->new_rule) PUT(buf, ",\"new_rule\":true");
	if (fate->rule_gone) PUT(buf, ",\"rule_gone\":true");
	if (fate->rule_renamed) PUT(buf, ",\"rule_renamed\":true");
	if (fate->tier != TIER_NONE) put_word(buf, STR(",\"tier\":\""), tier_names[fate->tier]);
}

static void put_location(struct buf *buf, struct str path, uint32_t line)
{
	PUT(buf, ",\"location\":{\"path\":");
	buf_json(buf, path);
	PUT(buf, ",\"line\":");
	if (line)
		buf_u64(buf, line);
	else
		PUT(buf, "null");
	buf_char(buf, '}');
}

static void put_evidence(struct listing *l, enum side side, uint32_t finding)
{
	struct buf *buf = &l->w->pending;
	const struct snapshot *s = l->diff->sides[side];
	PUT(buf, ",\"evidence\":{");
	buf_add(buf, input_members(l, side, snapshot_input_of(s, finding)));
	PUT(buf, ",\"offset\":");
	buf_u64(buf, span_offset(s->findings[finding].span));
	PUT(buf, ",\"length\":");
	buf_u64(buf, span_length(s->findings[finding].span));
	PUT(buf, ",\"pointer\":");
	buf_json(buf, snapshot_pointer(s, finding, &l->arena));
	buf_char(buf, '}');
}

static bool put_finding(void *context, const struct diff_item *item)
{
	struct listing *l = context;
	struct buf *buf = &l->w->pending;
	const struct snapshot *s = l->diff->sides[item->side];
	const struct finding *f = &s->findings[item->finding];
	const struct profile *p = snapshot_profile(s, f);
	char id[19], weakness[19];
	if (!(l->select && l->select->lines ? open_line(l->w) : open_object(l->w))) return false;
	snapshot_finding_id(s, item->side, item->finding, id);
	diff_key(l->diff, item->side, item->finding, weakness);
	put_word(buf, STR("\"id\":\""), id);
	put_word(buf, STR(",\"key\":\""), weakness);
	put_word(buf, STR(",\"outcome\":\""), item->outcome < OUTCOME_COUNT ? outcome_names[item->outcome] : "");
	put_word(buf, STR(",\"side\":\""), side_names[item->side]);
	put_matched(buf, l->diff, item);
	buf_add(buf, profile_members(l, item->side, f));
	put_location(buf, snapshot_path(s, f, &l->path), f->line);
	PUT(buf, ",\"component\":");
	buf_add(buf, component_object(l, item->side, f));
	put_string(buf, "owner", string(s, p->owner));
	put_evidence(l, item->side, item->finding);
	put_words(buf, "ids", string(s, p->ids));
	put_how_matched(buf, &l->diff->fates[item->side][item->finding]);
	struct why why;
	why_of(l->diff, item->side, item->finding, &l->arena, &why);
	PUT(buf, ",\"why\":"), json_why(buf, s, &why);
	buf_char(buf, '}');
	arena_reset(&l->arena);
	return true;
}

static bool put_selected(void *context, const struct diff_item *item)
{
	struct listing *l = context;
	if (l->select->wants && !l->select->wants(l->select->context, item)) return true;
	return l->listed++ < l->select->limit && put_finding(context, item);
}

static void listing_free(struct listing *l)
{
	shared_free(&l->profiles);
	shared_free(&l->components);
	shared_free(&l->inputs);
	arena_free(&l->arena);
	buf_free(&l->path);
}

void json_finding(struct buf *buf, const struct diff *diff, const struct diff_item *item)
{
	struct writer w = {.sink = sink_buf(buf)};
	struct listing listing = {.w = &w, .diff = diff};
	put_finding(&listing, item);
	listing_free(&listing);
	writer_end(&w);
}

bool json_diff_selected(const struct diff *diff, const struct json_select *select, struct sink sink,
                        struct error *error)
{
	struct writer w = {.sink = sink, .error = error};
	struct listing listing = {.w = &w, .diff = diff, .select = select};
	put_diff(&w.pending, diff);
	if (select->wants || select->limit < select->total) {
		key(&w.pending, "listed");
		buf_char(&w.pending, '{');
		put_count(&w.pending, "first", select->limit < select->total ? select->limit : select->total);
		put_count(&w.pending, "of", select->total);
		buf_char(&w.pending, '}');
	}
	buf_add(&w.pending, select->lines ? STR("}") : STR(",\"findings\":["));
	diff_each(diff, put_selected, &listing);
	buf_add(&w.pending, select->lines ? STR("\n") : STR("]}\n"));
	listing_free(&listing);
	return writer_end(&w);
}

bool json_diff(const struct diff *diff, bool findings, struct sink sink, struct error *error)
{
	static const struct json_select all = {.limit = UINT64_MAX};
	if (findings) return json_diff_selected(diff, &all, sink, error);
	struct writer w = {.sink = sink, .error = error};
	put_diff(&w.pending, diff);
	PUT(&w.pending, "}\n");
	return writer_end(&w);
}

/* ---- build ---- */

static void put_checks(struct writer *w, const struct result *r)
{
	struct buf *buf = &w->pending;
	key(buf, "checks");
	buf_char(buf, '[');
	for (size_t i = 0; i < r->check_count; i++) {
		const struct check_row *c = &r->checks[i];
		open_object(w);
		put_string(buf, "id", c->id);
		put_string(buf, "subject", c->subject);
		put_string(buf, "before", str_from(check_state_names[c->state[SIDE_BEFORE]]));
		put_string(buf, "after", str_from(check_state_names[c->state[SIDE_AFTER]]));
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

static void put_fact_value(struct buf *buf, const struct diff *d, enum side side, uint32_t fact)
{
	key(buf, side_names[side]);
	if (fact == NO_MATCH)
		PUT(buf, "null");
	else
		buf_json(buf, string(d->sides[side], d->sides[side]->facts[fact].value));
}

static void put_fact_changes(struct writer *w, const struct diff *d)
{
	struct buf *buf = &w->pending;
	key(buf, "facts");
	buf_char(buf, '[');
	for (uint32_t i = 0; i < d->fact_change_count; i++) {
		const struct fact_change *c = &d->fact_changes[i];
		enum side side = c->after == NO_MATCH ? SIDE_BEFORE : SIDE_AFTER;
		const struct fact *fact = &d->sides[side]->facts[side == SIDE_AFTER ? c->after : c->before];
		if (!open_object(w)) return;
		put_string(buf, "subject", string(d->sides[side], fact->subject));
		put_string(buf, "fact", string(d->sides[side], fact->name));
		put_fact_value(buf, d, SIDE_BEFORE, c->before);
		put_fact_value(buf, d, SIDE_AFTER, c->after);
		put_string(buf, "outcome", str_from(fact_outcome_names[c->outcome]));
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

static void put_events(struct buf *buf, const struct result *r)
{
	struct routing routing[SIDE_COUNT];
	key(buf, "events");
	buf_char(buf, '{');
	for (int side = 0; side < SIDE_COUNT; side++) {
		routing[side] = events_routing(&r->sides[side], STR_EMPTY);
		put_count(buf, side_names[side], routing[side].events);
	}
	key(buf, "routing_p95_s");
	buf_char(buf, '{');
	for (int side = 0; side < SIDE_COUNT; side++)
		put_number(buf, side_names[side], routing[side].timed > 0, routing[side].p95);
	PUT(buf, "}}");
}

static void put_expects(struct writer *w, const struct change *change)
{
	struct buf *buf = &w->pending;
	key(buf, "expects");
	buf_char(buf, '[');
	for (size_t i = 0; i < change->expect_count; i++) {
		const struct expect *e = &change->expects[i];
		open_object(w);
		put_string(buf, "id", e->id);
		put_string(buf, "state", str_from(expect_state_names[e->state]));
		put_count(buf, "met", e->met);
		put_count(buf, "not_met", e->not_met);
		put_count(buf, "no_evidence", e->no_evidence);
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

static void put_objectives(struct writer *w, const struct change *change)
{
	struct buf *buf = &w->pending;
	key(buf, "objectives");
	buf_char(buf, '[');
	for (size_t i = 0; i < change->objective_count; i++) {
		const struct objective *o = &change->objectives[i];
		open_object(w);
		put_string(buf, "id", o->id);
		put_string(buf, "state", str_from(objective_state_names[o->state]));
		put_number(buf, "before", o->has_numbers, o->before);
		put_number(buf, "after", o->has_numbers, o->after);
		key(buf, "percent");
		if (o->has_percent)
			text_percent(buf, o->percent);
		else
			PUT(buf, "null");
		put_number(buf, "value", o->has_value, o->value);
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

static void put_notices(struct writer *w, const struct result *r)
{
	struct buf *buf = &w->pending;
	key(buf, "warnings");
	buf_char(buf, '[');
	for (size_t i = 0; i < r->notice_count; i++) {
		const struct notice *n = &r->notices[i];
		open_object(w);
		put_string(buf, "code", str_from(n->code));
		put_known(buf, "gap", str_from(gap_names[n->gap]));
		if (n->side < SIDE_COUNT) put_string(buf, "side", str_from(side_names[n->side]));
		put_known(buf, "input", n->input);
		put_known(buf, "pointer", n->pointer);
		put_string(buf, "message", n->message);
		put_known(buf, "owner", n->owner);
		put_known(buf, "command", n->command);
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

bool json_build(const struct result *r, struct str packet, struct str sha256, struct sink sink, struct error *error)
{
	struct writer w = {.sink = sink, .error = error};
	PUT(&w.pending, "{\"dossier\":\"build\",\"version\":1");
	put_string(&w.pending, "packet", packet);
	put_string(&w.pending, "sha256", sha256);
	put_string(&w.pending, "verdict", r->verdict_pass ? STR("pass") : STR("fail"));
	json_put_gate(&w, r);
	key(&w.pending, "diff");
	put_diff(&w.pending, &r->diff);
	buf_char(&w.pending, '}');
	key(&w.pending, "controls"), json_controls(&w, r);
	json_put_exceptions(&w, r);
	json_put_known_exploited(&w, r);
	put_checks(&w, r);
	put_fact_changes(&w, &r->diff);
	put_events(&w.pending, r);
	put_expects(&w, &r->change);
	put_objectives(&w, &r->change);
	if (r->estate) {
		key(&w.pending, "estate");
		json_estate(&w, r->estate);
	}
	key(&w.pending, "frameworks"), json_frameworks(&w.pending, r);
	put_notices(&w, r);
	PUT(&w.pending, "}\n");
	return writer_end(&w);
}

/* ---- verify, trace ---- */

bool json_verify(struct str packet, const struct verify_report *report, struct sink sink, struct error *error)
{
	struct writer w = {.sink = sink, .error = error};
	struct buf *buf = &w.pending;
	PUT(buf, "{\"dossier\":\"verify\",\"version\":1");
	put_string(buf, "packet", packet);
	key(buf, "ok"), put_bool(buf, report->ok);
	key(buf, "checks");
	buf_char(buf, '[');
	for (size_t i = 0; i < report->count; i++) {
		const struct verify_check *check = &report->checks[i];
		open_object(&w);
		put_string(buf, "name", str_from(check->name));
		key(buf, "ok"), put_bool(buf, check->ok);
		put_string(buf, "detail", check->detail);
		buf_char(buf, '}');
	}
	PUT(buf, "]}\n");
	return writer_end(&w);
}

bool json_trace(const struct json_traced *t, struct sink sink, struct error *error)
{
	struct writer w = {.sink = sink, .error = error};
	struct buf *buf = &w.pending;
	PUT(buf, "{\"dossier\":\"trace\",\"version\":1");
	put_string(buf, "finding", t->finding);
	key(buf, "evidence");
	buf_char(buf, '{');
	put_string(buf, "path", t->path);
	put_string(buf, "sha256", t->sha256);
	put_count(buf, "offset", t->offset);
	put_count(buf, "length", t->length);
	put_string(buf, "pointer", t->pointer);
	json_traced_custody(buf, t);
	buf_char(buf, '}');
	key(buf, "record");
	if (t->absent)
		PUT(buf, "null");
	else if (!json_compact(buf, t->record))
		buf_json(buf, t->record);
	PUT(buf, "}\n");
	return writer_end(&w);
}
