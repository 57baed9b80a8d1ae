/* How it works
 *
 * Findings are what a report has many of, so each is a row, which libxml2 never sees:
 *
 *   <finding id=".." key=".." outcome=".." side=".." reason=".." path=".." owner=".." | severity=".." ...><title>..</title>
 *            `------------------- of this finding -------------------'   `------------- profile_of -----------'
 *     <component .../>                         component_of
 *     <evidence side=".." sha256=".." path=".." | offset=".." length=".." pointer=".."/>
 *              `------- evidence_text -------'
 *     <matched_record ...><evidence .../></matched_record>
 *   </finding>
 *
 * What many findings share (a profile, a component, the file they are from) is made once as text and kept (struct shared);
 * a row is mostly such texts, one after another.
 */
#include "render/xml_private.h"

#include "analyze/why.h"

/* ---- evidence ---- */

/* The beginning of an evidence element, which is the same for all records of a file. */
static struct str evidence_text(struct xml *x, enum side side, uint32_t number)
{
	const struct snapshot *s = &x->result->sides[side];
	struct buf *buf = shared_text(&x->inputs, (uint64_t)number * SIDE_COUNT + side);
	char hex[SHA256_HEX + 1];
	if (buf->len) return buf_str(buf);
	hex_of(s->inputs[number].sha256, SHA256_BYTES, hex);
	buf_printf(buf, "<evidence side=\"%s\" sha256=\"%s\" path=\"data/evidence/%s/", side_names[side], hex,
	           side_names[side]);
	xml_put_text(buf, snapshot_string(s, s->inputs[number].path));
	buf_char(buf, '"');
	return buf_str(buf);
}

void xml_row_evidence(struct xml *x, enum side side, uint32_t input, uint64_t span, struct str pointer)
{
	struct buf *buf = &x->doc.out.pending;
	buf_add(buf, evidence_text(x, side, input));
	ROW_COUNT(buf, "offset", span_offset(span));
	ROW_COUNT(buf, "length", span_length(span));
	ROW_KNOWN(buf, "pointer", pointer);
	ROW_RAW(buf, "/>");
}

static void row_finding_evidence(struct xml *x, enum side side, uint32_t finding, uint64_t span)
{
	const struct snapshot *s = &x->result->sides[side];
	xml_row_evidence(x, side, snapshot_input_of(s, finding), span, snapshot_pointer(s, finding, &x->arena));
}

/* ---- findings ---- */

/* A word of ours, which needs no escaping. */
static void row_word(struct buf *buf, struct str begin, const char *word)
{
	buf_add(buf, begin);
	buf_add(buf, str_from(word));
	buf_char(buf, '"');
}

static struct str component_of(struct xml *x, enum side side, const struct finding *f)
{
	const struct snapshot *s = &x->result->sides[side];
	const struct component *c = snapshot_component(s, f);
	struct buf *buf = shared_text(&x->components, (uint64_t)f->component * SIDE_COUNT + side);
	if (buf->len) return buf_str(buf);
	ROW_RAW(buf, "<component");
	ROW_KNOWN(buf, "package", snapshot_string(s, c->package));
	ROW_KNOWN(buf, "version", snapshot_string(s, c->version));
	ROW_KNOWN(buf, "fixed_version", snapshot_string(s, c->fixed_version));
	ROW_KNOWN(buf, "purl", snapshot_string(s, c->purl));
	ROW_KNOWN(buf, "first_seen", snapshot_string(s, c->first_seen));
	ROW_KNOWN(buf, "message", snapshot_string(s, c->message));
	ROW_RAW(buf, "/>");
	return buf_str(buf);
}

/* The last attributes of a finding, and its title. */
static struct str profile_of(struct xml *x, enum side side, const struct finding *f)
{
	const struct snapshot *s = &x->result->sides[side];
	const struct profile *p = snapshot_profile(s, f);
	struct buf *buf = shared_text(&x->profiles, (uint64_t)f->profile * SIDE_COUNT + side);
	if (buf->len) return buf_str(buf);
	ROW(buf, "severity", str_from(severity_names[p->severity]));
	ROW(buf, "status", str_from(status_names[p->status]));
	ROW(buf, "tool", snapshot_string(s, p->tool));
	ROW(buf, "rule", snapshot_string(s, p->rule));
	ROW_KNOWN(buf, "subject", snapshot_string(s, p->subject));
	ROW_KNOWN(buf, "ids", snapshot_string(s, p->ids));
	buf_char(buf, '>');
	if (p->title) {
		ROW_RAW(buf, "<title>");
		xml_put_text(buf, snapshot_string(s, p->title));
		ROW_RAW(buf, "</title>");
	}
	return buf_str(buf);
}

/* What was matched, where it says something else: what it said, and its evidence. */
static void row_other(struct xml *x, const struct diff_item *item)
{
	struct buf *buf = &x->doc.out.pending;
	enum side side = item->side == SIDE_AFTER ? SIDE_BEFORE : SIDE_AFTER;
	if (item->matched == NO_MATCH || item->outcome == OUTCOME_UNCHANGED) return;
	const struct snapshot *s = &x->result->sides[side];
	const struct finding *f = diff_match(&x->result->diff, item->side, item->finding);
	const struct profile *p = snapshot_profile(s, f);
	ROW_RAW(buf, "<matched_record");
	ROW(buf, "severity", str_from(severity_names[p->severity]));
	ROW(buf, "status", str_from(status_names[p->status]));
	ROW_KNOWN(buf, "path", snapshot_path(s, f, &x->path));
	if (f->line) ROW_COUNT(buf, "line", f->line);
	ROW_KNOWN(buf, "version", snapshot_string(s, snapshot_component(s, f)->version));
	buf_char(buf, '>');
	row_finding_evidence(x, side, item->matched, f->span);
	ROW_RAW(buf, "</matched_record>");
}

static void row_agreed(struct buf *buf, const struct why *why)
{
	ROW_RAW(buf, " agreed=\"");
	for (size_t i = 0; i < why->agreed_count; i++) {
		if (i) buf_char(buf, ' ');
		buf_add(buf, str_from(why_field_names[why->agreed[i]]));
	}
	buf_char(buf, '"');
}

/* What the outcome rests on: the match, or else what is known of the scope unit. */
static void row_why(struct xml *x, const struct snapshot *s, const struct why *why)
{
	struct buf *buf = &x->doc.out.pending;
	row_word(buf, STR(" reason=\""), why_reason_names[why->reason]);
	if (why->tier != TIER_NONE)
		row_agreed(buf, why);
	else
		ROW_KNOWN(buf, "unit", snapshot_string(s, s->units[why->unit].target));
}

static void row_differs(struct buf *buf, const struct why *why)
{
	for (size_t i = 0; i < why->differs_count; i++) {
		const struct why_difference *d = &why->differs[i];
		row_word(buf, STR("<differs field=\""), why_field_names[d->field]);
		ROW_KNOWN(buf, "before", d->values[SIDE_BEFORE]);
		ROW_KNOWN(buf, "after", d->values[SIDE_AFTER]);
		ROW_RAW(buf, "/>");
	}
}

static void row_fate(struct xml *x, const struct diff_item *item)
{
	struct buf *buf = &x->doc.out.pending;
	const struct fate *fate = &x->result->diff.fates[item->side][item->finding];
	char id[19];
	if (item->outcome < OUTCOME_COUNT) row_word(buf, STR(" outcome=\""), outcome_names[item->outcome]);
	row_word(buf, STR(" side=\""), side_names[item->side]);
	if (item->matched != NO_MATCH) {
		diff_match_id(&x->result->diff, item->side, item->finding, id);
		row_word(buf, STR(" matched=\""), id);
	}
	if (fate->tier != TIER_NONE) row_word(buf, STR(" tier=\""), tier_names[fate->tier]);
	if (fate->new_rule) ROW_RAW(buf, " new_rule=\"true\"");
	if (fate->rule_renamed) ROW_RAW(buf, " rule_renamed=\"true\"");
	if (!fate->updated_by) return;
	ROW_RAW(buf, " updated_by=\"");
	for (unsigned i = 0, n = 0; i < UPDATED_KINDS; i++) {
		if (!(fate->updated_by & 1u << i)) continue;
		if (n++) buf_char(buf, ' ');
		buf_add(buf, str_from(updated_names[i]));
	}
	buf_char(buf, '"');
}

bool xml_put_finding(void *context, const struct diff_item *item)
{
	struct xml *x = context;
	struct buf *buf = &x->doc.out.pending;
	const struct snapshot *s = &x->result->sides[item->side];
	const struct finding *f = &s->findings[item->finding];
	char id[19], key[19];
	struct why why;
	why_of(&x->result->diff, item->side, item->finding, &x->arena, &why);
	diff_id(&x->result->diff, item->side, item->finding, id);
	diff_key(&x->result->diff, item->side, item->finding, key);
	ROW_RAW(buf, "\n  <finding id=\"");
	buf_add(buf, str_of(id, 18));
	ROW_RAW(buf, "\" key=\"");
	buf_add(buf, str_of(key, 18));
	buf_char(buf, '"');
	row_fate(x, item);
	row_why(x, s, &why);
	ROW_KNOWN(buf, "path", snapshot_path(s, f, &x->path));
	if (f->line) ROW_COUNT(buf, "line", f->line);
	ROW_KNOWN(buf, "owner", finding_owner(x->result->analysis, s, f));
	buf_add(buf, profile_of(x, item->side, f));
	if (f->component) buf_add(buf, component_of(x, item->side, f));
	row_differs(buf, &why);
	row_finding_evidence(x, item->side, item->finding, f->span);
	row_other(x, item);
	ROW_RAW(buf, "</finding>");
	arena_reset(&x->arena);
	return true;
}
