/* What a tier compared is known from the tier and the nature of the record alone (analyze/match.c, key_of); what differs is looked
 * up field by field. */
#include "analyze/why.h"

#include "analyze/match.h"

#include <stdio.h>

const char *const why_reason_names[WHY_REASON_COUNT] = {"matched",  "status",       "error",      "pass",
                                                        "assessed", "not_assessed", "incomplete", "rule_gone"};
const char *const why_field_names[WHY_FIELD_COUNT] = {
    "tool",    "rule",          "subject",        "fingerprints",   "package", "path",     "file_name",
    "snippet", "message",       "masked_snippet", "masked_message", "line",    "severity", "status",
    "version", "fixed_version", "purl",           "first_seen",     "title",   "owner",    "ids"};

const char *why_sentence(enum why_reason reason, enum side side)
{
	static const char *const gone[WHY_REASON_COUNT] = {
	    "it is reported on both sides",
	    "it is still reported after, no longer as open: the status after decides",
	    "the record after says that the scan of it failed: whether it is still there is not known",
	    "the after side holds a pass for the same rule and subject",
	    "its scope unit was assessed again, and it is not there any more",
	    "its scope unit was not assessed after: absence proves nothing",
	    "its scope unit was not assessed in full after: absence proves nothing",
	    "the after side lists the rules that were looked for, and this one is not among them: absence proves nothing"};
	static const char *const fresh[WHY_REASON_COUNT] = {
	    "it is reported on both sides",
	    "it was reported before, not as open",
	    "the record before says that the scan of it failed: whether it was there is not known",
	    "the before side holds a pass for the same rule and subject",
	    "its scope unit was assessed before, and it was not there",
	    "its scope unit was not assessed before: whether it was there is not known",
	    "its scope unit was not assessed in full before: whether it was there is not known",
	    "the before side lists the rules that were looked for, and this one is not among them"};
	return side == SIDE_BEFORE ? gone[reason] : fresh[reason];
}

/* ---- what agreed ---- */

static void agree(struct why *why, enum why_field field) { why->agreed[why->agreed_count++] = field; }

static enum why_field content_field(const struct finding *f, bool masked)
{
	if (f->message & 1) return masked ? WHY_MASKED_SNIPPET : WHY_SNIPPET;
	return masked ? WHY_MASKED_MESSAGE : WHY_MESSAGE;
}

static void agreed_fields(const struct snapshot *s, const struct finding *f, bool renamed, struct why *why)
{
	const struct profile *p = snapshot_profile(s, f);
	bool has_package = component_package(s, snapshot_component(s, f)).len > 0;
	agree(why, WHY_TOOL);
	if (!renamed) agree(why, WHY_RULE);
	if (p->subject) agree(why, WHY_SUBJECT);
	switch (why->tier) {
	case TIER_NONE: break;
	case TIER_IDENTITY:
		if (f->identity) {
			agree(why, WHY_FINGERPRINTS);
		} else if (p->nature == NATURE_VULNERABILITY) {
			if (has_package) agree(why, WHY_PACKAGE);
			if (snapshot_has_path(f)) agree(why, WHY_PATH);
		}
		break;
	case TIER_CONTENT:
	case TIER_MOVED:
		if (snapshot_has_path(f)) agree(why, WHY_PATH);
		if (f->content)
			agree(why, content_field(f, why->tier == TIER_MOVED));
		else if (has_package)
			agree(why, WHY_PACKAGE);
		break;
	case TIER_RENAMED:
		if (p->nature == NATURE_VULNERABILITY) {
			if (has_package) agree(why, WHY_PACKAGE);
		} else {
			agree(why, WHY_FILE_NAME);
			agree(why, content_field(f, false));
		}
		break;
	}
}

/* ---- what differs ---- */

static bool why_is_kept(enum why_field field)
{
	return field != WHY_FINGERPRINTS && field != WHY_SNIPPET && field != WHY_MESSAGE &&
	       field != WHY_MASKED_SNIPPET && field != WHY_MASKED_MESSAGE;
}

/* The number of the string that holds the field; UINT32_MAX: it is no string. */
static uint32_t string_of(const struct snapshot *s, const struct finding *f, enum why_field field)
{
	const struct profile *p = snapshot_profile(s, f);
	const struct component *c = snapshot_component(s, f);
	switch (field) {
	case WHY_TOOL: return p->tool;
	case WHY_RULE: return p->rule;
	case WHY_SUBJECT: return p->subject;
	case WHY_PACKAGE: return c->package;
	case WHY_FILE_NAME: return f->file;
	case WHY_VERSION: return c->version;
	case WHY_FIXED_VERSION: return c->fixed_version;
	case WHY_PURL: return c->purl;
	case WHY_FIRST_SEEN: return c->first_seen;
	case WHY_TITLE: return p->title;
	case WHY_OWNER: return p->owner;
	case WHY_IDS: return p->ids;
	case WHY_SEVERITY:
	case WHY_STATUS_FIELD:
	case WHY_LINE:
	case WHY_PATH:
	case WHY_FINGERPRINTS:
	case WHY_SNIPPET:
	case WHY_MESSAGE:
	case WHY_MASKED_SNIPPET:
	case WHY_MASKED_MESSAGE:
	case WHY_FIELD_COUNT: break;
	}
	return UINT32_MAX;
}

struct str why_value(const struct snapshot *s, const struct finding *f, enum why_field field, struct arena *arena)
{
	const struct profile *p = snapshot_profile(s, f);
	struct buf scratch = {0};
	uint32_t string = string_of(s, f, field);
	if (string != UINT32_MAX) return snapshot_string(s, string);
	if (field == WHY_SEVERITY) return str_from(severity_names[p->severity]);
	if (field == WHY_STATUS_FIELD) return str_from(status_names[p->status]);
	if (field == WHY_LINE) return f->line ? str_printf(arena, "%u", f->line) : STR_EMPTY;
	if (field != WHY_PATH) return STR_EMPTY; /* only its hash is kept */
	struct str path = str_dup(arena, snapshot_path(s, f, &scratch));
	buf_free(&scratch);
	return path;
}

/* Known without a look at the texts; most fields of most pairs. */
static bool plainly_same(const struct diff *d, const struct finding *b, const struct finding *a, enum why_field field)
{
	const struct snapshot *sb = d->sides[SIDE_BEFORE], *sa = d->sides[SIDE_AFTER];
	if (field == WHY_PATH) return snapshot_path_hash(sb, b) == snapshot_path_hash(sa, a);
	if (field == WHY_LINE) return b->line == a->line;
	if (field == WHY_SEVERITY) return snapshot_profile(sb, b)->severity == snapshot_profile(sa, a)->severity;
	if (field == WHY_STATUS_FIELD) return snapshot_profile(sb, b)->status == snapshot_profile(sa, a)->status;
	return string_of(sb, b, field) == 0 && string_of(sa, a, field) == 0;
}

static bool same(struct str a, struct str b) { return a.len == b.len && (a.ptr == b.ptr || str_eq(a, b)); }

/* Whether a text of which only a hash is kept is the same. */
static bool same_hash(const struct finding *b, const struct finding *a, enum why_field field)
{
	if (field == WHY_FINGERPRINTS) return b->identity == a->identity;
	if (field == WHY_MESSAGE) return (b->message | 1) == (a->message | 1);
	return ((b->message ^ a->message) & 1) == 0 &&
	       (!(b->message & 1) || b->content == a->content); /* the snippet */
}

static void differ(struct why *why, enum why_field field, struct str before, struct str after)
{
	why->differs[why->differs_count++] =
	    (struct why_difference){.field = field, .kept = why_is_kept(field), .values = {before, after}};
}

static void differing_fields(const struct diff *d, const struct finding *b, const struct finding *a,
                             struct arena *arena, struct why *why)
{
	const struct snapshot *sb = d->sides[SIDE_BEFORE], *sa = d->sides[SIDE_AFTER];
	static const enum why_field fields[] = {
	    WHY_TOOL,          WHY_RULE,    WHY_SUBJECT,    WHY_FINGERPRINTS, WHY_PACKAGE,      WHY_PATH,
	    WHY_SNIPPET,       WHY_MESSAGE, WHY_LINE,       WHY_SEVERITY,     WHY_STATUS_FIELD, WHY_VERSION,
	    WHY_FIXED_VERSION, WHY_PURL,    WHY_FIRST_SEEN, WHY_TITLE,        WHY_OWNER,        WHY_IDS};
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		enum why_field field = fields[i];
		if (!why_is_kept(field)) {
			if (!same_hash(b, a, field)) differ(why, field, STR_EMPTY, STR_EMPTY);
			continue;
		}
		if (plainly_same(d, b, a, field)) continue;
		struct str before = why_value(sb, b, field, arena);
		struct str after = why_value(sa, a, field, arena);
		if (!same(before, after)) differ(why, field, before, after);
	}
}

/* ---- the reason ---- */

/* The scope unit of a finding among the other side's; UINT32_MAX: it is not there. */
static uint32_t unit_there(const struct diff *d, enum side side, uint32_t unit)
{
	const struct snapshot *s = d->sides[side];
	return snapshot_find_unit(d->sides[1 - side], snapshot_string(s, s->units[unit].tool),
	                          snapshot_string(s, s->units[unit].target));
}

enum why_reason why_reason_of(const struct diff *d, enum side side, uint32_t finding)
{
	const struct fate *fate = &d->fates[side][finding];
	const struct snapshot *s = d->sides[side], *other = d->sides[1 - side];
	if (fate->match != NO_MATCH) {
		enum status status = (enum status)snapshot_profile(other, diff_match(d, side, finding))->status;
		return status == STATUS_FAIL ? WHY_MATCHED : status == STATUS_ERROR ? WHY_ERROR : WHY_STATUS;
	}
	if (fate->outcome == OUTCOME_FIXED_VERIFIED || fate->outcome == OUTCOME_REOPENED) return WHY_PASS;
	if (fate->rule_gone) return WHY_RULE_GONE;
	if (fate->outcome == OUTCOME_FIXED || fate->outcome == OUTCOME_NEW) return WHY_ASSESSED;
	uint32_t unit = unit_there(d, side, snapshot_profile(s, &s->findings[finding])->unit);
	return unit != UINT32_MAX && other->units[unit].touched ? WHY_INCOMPLETE : WHY_NOT_ASSESSED;
}

void why_of(const struct diff *d, enum side side, uint32_t finding, struct arena *arena, struct why *why)
{
	const struct snapshot *s = d->sides[side];
	const struct finding *f = &s->findings[finding];
	const struct fate *fate = &d->fates[side][finding];
	why->tier = (enum tier)fate->tier;
	why->agreed_count = why->differs_count = 0;
	why->unit = snapshot_profile(s, f)->unit;
	why->other_unit = fate->match == NO_MATCH ? unit_there(d, side, why->unit) : UINT32_MAX;
	why->reason = why_reason_of(d, side, finding);
	if (fate->match == NO_MATCH) return;
	const struct finding *pair[SIDE_COUNT];
	pair[side] = f;
	pair[1 - side] = diff_match(d, side, finding);
	agreed_fields(s, f, fate->rule_renamed, why);
	differing_fields(d, pair[SIDE_BEFORE], pair[SIDE_AFTER], arena, why);
}

uint32_t why_pass(const struct diff *d, enum side side, uint32_t finding)
{
	const struct snapshot *s = d->sides[side], *other = d->sides[1 - side];
	const struct finding *f = &s->findings[finding];
	const struct profile *p = snapshot_profile(s, f);
	struct str package = component_package(s, snapshot_component(s, f));
	uint64_t path = snapshot_path_hash(s, f);
	for (uint32_t i = 0; i < other->finding_count; i++) {
		LARGE_BREATHE(i);
		const struct finding *o = &other->findings[i];
		const struct profile *q = snapshot_profile(other, o);
		if (q->status != STATUS_PASS || !d->fates[1 - side][i].counted) continue;
		uint64_t other_path = snapshot_path_hash(other, o);
		struct str other_package = component_package(other, snapshot_component(other, o));
		if (path && other_path && path != other_path) continue;
		if (package.len && other_package.len && !str_eq(package, other_package)) continue;
		if (!p->subject && (!path || path != other_path)) continue;
		if (str_eq_nocase(snapshot_string(s, p->rule), snapshot_string(other, q->rule)) &&
		    str_eq_nocase(snapshot_string(s, p->subject), snapshot_string(other, q->subject)) &&
		    str_eq_nocase(snapshot_string(s, p->tool), snapshot_string(other, q->tool)))
			return i;
	}
	return NO_MATCH;
}
