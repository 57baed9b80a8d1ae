/* How it works: each profile that has a waiver is an entry, with the records of both sides that have it; an Azure exemption,
 * which is a set of facts, is one too. Entries are sorted by what a row says and put together where that is the same;
 * where a source has too many rows, what rows say gets coarser, step by step (enum coarse).
 */
#include "analyze/waivers.h"

#include "analyze/vex.h"
#include "core/buf.h"
#include "core/sha256.h"

#include <stdlib.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

struct entry {
	struct str source, tool, kind, reason, by, until, rule, subject, match, ticket;
	enum exception_state state; /* by itself: unused is found out by the row */
	const char *problem;
	int64_t until_day; /* INT64_MAX: none */
	uint64_t records[SIDE_COUNT], matched[SIDE_COUNT];
	uint32_t finding[SIDE_COUNT]; /* its first record, or NO_MATCH */
	bool lost;                    /* of before: its unit was not assessed after */
};

struct collecting {
	struct result *result;
	struct arena *arena;
	struct acceptance *acceptance;
	const struct facts *facts;
	int64_t today;
	struct entry *entries;
	size_t count, capacity;
	uint32_t *of_profile[SIDE_COUNT]; /* entry number plus 1; 0: none */
	enum side side;                   /* being looked at */
};

/* ---- states ---- */

static void judge(struct collecting *c, struct entry *e, enum waiver_state state)
{
	int64_t until = INSTANT_NONE;
	char day[40];
	e->until_day = INT64_MAX;
	if (e->until.len && instant_parse(e->until, &until)) {
		e->until_day = instant_day(until);
		e->until = str_dup(c->arena, str_of(instant_text(until, day), sizeof("2026-12-31") - 1));
	}
	bool unreasoned = str_eq(e->kind, STR("not_affected")) && vex_format(e->source) && !e->reason.len;
	if (state == WAIVER_REJECTED || unreasoned) {
		e->state = EXCEPTION_INVALID;
		e->problem = unreasoned ? "no justification" : "rejected";
	} else if (state == WAIVER_PENDING) {
		e->state = EXCEPTION_NOT_YET_VALID;
	} else if (e->until_day != INT64_MAX && c->today > e->until_day) {
		e->state = EXCEPTION_EXPIRED;
	} else {
		bool soon = e->until_day != INT64_MAX && e->until_day - c->today <= EXPIRING_DAYS;
		e->state = soon ? EXCEPTION_EXPIRING : EXCEPTION_ACTIVE;
	}
}

static bool in_force(const struct entry *e) { return e->state == EXCEPTION_EXPIRING || e->state == EXCEPTION_ACTIVE; }

/* ---- waivers of records ---- */

static struct entry *new_entry(struct collecting *c)
{
	struct str none = STR_EMPTY;
	LARGE_RESERVE(c->entries, c->count, c->capacity);
	struct entry *e = &c->entries[c->count++];
	*e = (struct entry){.source = none,
	                    .tool = none,
	                    .kind = none,
	                    .reason = none,
	                    .by = none,
	                    .until = none,
	                    .rule = none,
	                    .subject = none,
	                    .match = none,
	                    .ticket = none,
	                    .finding = {NO_MATCH, NO_MATCH}};
	return e;
}

static void add_profile(struct collecting *c, uint32_t finding, const struct profile *p)
{
	const struct snapshot *s = &c->result->sides[c->side];
	const struct waiver *w = snapshot_waiver(s, p);
	struct entry *e = new_entry(c);
	e->source = snapshot_string(s, s->inputs[snapshot_input_of(s, finding)].format);
	e->tool = snapshot_string(s, p->tool);
	e->kind = snapshot_string(s, w->kind);
	e->reason = snapshot_string(s, w->reason);
	e->by = snapshot_string(s, w->by);
	e->until = snapshot_string(s, w->until);
	e->rule = snapshot_string(s, p->rule);
	e->subject = snapshot_string(s, p->subject);
	e->finding[c->side] = finding;
	e->lost = c->side == SIDE_BEFORE && !c->result->diff.unit_assessed_on_other[SIDE_BEFORE][p->unit];
	judge(c, e, (enum waiver_state)w->state);
}

/* Every counted record that has a waiver. Those that are open all the same (under review, rejected) are matched. */
static void from_records(struct collecting *c)
{
	const struct snapshot *s = &c->result->sides[c->side];
	const struct fate *fates = c->result->diff.fates[c->side];
	uint32_t *numbers = c->of_profile[c->side];
	for (uint32_t i = 0; i < s->finding_count; i++) {
		LARGE_BREATHE(i);
		uint32_t profile = s->findings[i].profile;
		const struct profile *p = snapshot_profile(s, &s->findings[i]);
		if (!p->waiver || !fates[i].counted) continue;
		if (!numbers[profile]) {
			add_profile(c, i, p);
			numbers[profile] = (uint32_t)c->count;
		}
		struct entry *e = &c->entries[numbers[profile] - 1];
		e->records[c->side]++;
		if (fate_is_open(&fates[i])) e->matched[c->side]++;
	}
}

/* ---- VEX ---- */

/* Statements that decide: an affected product has no waiver, one under investigation is no decision yet. */
static bool vex_wanted(void *context, uint32_t profile)
{
	struct collecting *c = context;
	uint32_t number = c->of_profile[c->side][profile];
	return number && in_force(&c->entries[number - 1]);
}

static void vex_speaks(void *context, uint32_t statement, uint32_t finding)
{
	struct collecting *c = context;
	const struct snapshot *s = &c->result->sides[c->side];
	c->entries[c->of_profile[c->side][s->findings[statement].profile] - 1].matched[c->side]++;
	if (c->side == SIDE_AFTER) c->acceptance->covered[finding] = true;
}

/* ---- Azure policy exemptions, and Defender's own (Microsoft.Security/standardAssignments) ---- */

struct exemption {
	struct str scope, references, assessment, policy; /* policy: the only definition of its assignment, or empty */
};

static struct str fact(const struct collecting *c, const struct known_subject *subject, const char *name)
{
	return facts_value(c->facts, c->side, subject, str_from(name));
}

static struct str after_last_slash(struct str text)
{
	size_t slash = str_rfind_char(text, '/');
	return slash == SIZE_MAX ? text : str_slice(text, slash + 1, text.len);
}

static void read_exemption(const struct collecting *c, const struct known_subject *subject, struct exemption *out)
{
	*out = (struct exemption){arm_scope(subject->name), fact(c, subject, "policyDefinitionReferenceIds"),
	                          fact(c, subject, "exemptionData.assignedAssessment.assessmentKey"), STR_EMPTY};
	struct str assignment = fact(c, subject, "policyAssignmentId");
	const struct known_subject *assigned = assignment.len ? facts_subject(c->facts, assignment) : NULL;
	struct str definition = assigned ? fact(c, assigned, "policyDefinitionId") : STR_EMPTY;
	if (str_find_nocase(definition, STR("/policyDefinitions/")) != SIZE_MAX)
		out->policy = after_last_slash(definition);
}

/* Whether the exemption is about the profile's rule: by the recommendation's key, by the reference in its initiative (an
 * array of texts, as JSON), or by the one policy of its assignment. */
static bool exempts(const struct snapshot *s, const struct exemption *exemption, const struct profile *p)
{
	struct str rule = snapshot_string(s, p->rule), title = snapshot_string(s, p->title);
	if (!exemption->scope.len || !arm_under(snapshot_string(s, p->subject), exemption->scope)) return false;
	if (exemption->assessment.len) return str_eq_nocase(rule, exemption->assessment);
	if (exemption->references.len) {
		struct buf quoted = {0};
		buf_json(&quoted, title);
		bool named = title.len && str_find_nocase(exemption->references, buf_str(&quoted)) != SIZE_MAX;
		buf_free(&quoted);
		return named;
	}
	return exemption->policy.len && str_eq_nocase(snapshot_string(s, p->policy), exemption->policy);
}

/* Marks open findings of profiles that the exemption is about; counts them into the entry. */
static void exempt(struct collecting *c, size_t number, const struct exemption *exemption)
{
	const struct snapshot *s = &c->result->sides[c->side];
	const struct fate *fates = c->result->diff.fates[c->side];
	bool *about = large_grow(NULL, (size_t)s->profiles.count + 1), any = false;
	for (uint32_t p = 0; p < s->profiles.count; p++) {
		LARGE_BREATHE(p);
		const struct profile *profile = (const struct profile *)(const void *)tuples_get(&s->profiles, p);
		about[p] = profile->status == STATUS_FAIL && exempts(s, exemption, profile);
		any |= about[p];
	}
	struct entry *e = &c->entries[number];
	for (uint32_t i = 0; any && i < s->finding_count; i++) {
		LARGE_BREATHE(i);
		if (!about[s->findings[i].profile] || !fates[i].counted) continue;
		e->matched[c->side]++;
		if (c->side == SIDE_AFTER && in_force(e)) c->acceptance->covered[i] = true;
	}
	large_free(about);
}

static void add_exemption(struct collecting *c, const struct known_subject *subject, const struct exemption *exemption,
                          uint32_t unit)
{
	struct entry *e = new_entry(c);
	e->lost = c->side == SIDE_BEFORE && !c->result->diff.unit_assessed_on_other[SIDE_BEFORE][unit];
	struct str name = fact(c, subject, "displayName"), description = fact(c, subject, "description");
	struct str kind = fact(c, subject, "exemptionCategory");
	if (!kind.len) kind = fact(c, subject, "exemptionData.exemptionCategory");
	e->source = STR("azure.policy-exemptions");
	e->tool = STR("Azure Policy");
	e->kind = kind.len ? kind : STR("exemption");
	e->reason = str_printf(c->arena, "%.*s%s%.*s", STR_ARG(name), name.len && description.len ? ": " : "",
	                       STR_ARG(description));
	e->by = fact(c, subject, "metadata.requestedBy");
	e->until = fact(c, subject, "expiresOn");
	e->subject = exemption->scope;
	e->rule = subject->name;
	e->ticket = fact(c, subject, "metadata.ticket");
	struct str what = exemption->assessment.len ? exemption->assessment : exemption->references;
	if (!what.len) what = fact(c, subject, "policyAssignmentId");
	e->match =
	    what.len ? str_printf(c->arena, "%.*s rule=%.*s", STR_ARG(subject->name), STR_ARG(what)) : subject->name;
	e->records[c->side] = 1;
	judge(c, e, WAIVER_ACCEPTED);
	exempt(c, c->count - 1, exemption);
}

static void from_exemptions(struct collecting *c)
{
	const struct snapshot *s = &c->result->sides[c->side];
	for (size_t i = 0; i < c->facts->subject_count; i++) {
		const struct known_subject *subject = &c->facts->subjects[i];
		if (!subject->count[c->side]) continue;
		const struct fact *first = &s->facts[c->facts->order[c->side][subject->first[c->side]]];
		struct str format = snapshot_string(s, s->inputs[first->input].format),
			   effect = fact(c, subject, "effect");
		if (!str_eq(format, STR("azure.policy-exemptions"))) continue;
		if (effect.len && !str_eq_nocase(effect, STR("Exempt")))
			continue; /* a standard's assignment of another kind */
		struct exemption exemption;
		read_exemption(c, subject, &exemption);
		add_exemption(c, subject, &exemption, first->unit);
	}
}

/* ---- rows ---- */

enum coarse { FINE, ANY_RULE, ANY_REASON, ANY_DAY };
static const char *const grouped_words[] = {"", "rule", "rule, reason, by", "rule, reason, by, until"};

static int compare_at(const struct entry *x, const struct entry *y, enum coarse coarse)
{
	int order = str_cmp(x->source, y->source);
	if (!order) order = (x->state > y->state) - (x->state < y->state);
	if (!order) order = str_cmp(x->tool, y->tool);
	if (!order) order = str_cmp(x->kind, y->kind);
	if (!order && coarse < ANY_DAY) order = str_cmp(x->until, y->until);
	if (!order && coarse < ANY_REASON) order = str_cmp(x->reason, y->reason);
	if (!order && coarse < ANY_REASON) order = str_cmp(x->by, y->by);
	if (!order && coarse < ANY_RULE) order = str_cmp(x->rule, y->rule);
	return order;
}

/* The coarse order first, then everything, so that a row's first entry is always the same one. */
static int compare_entries(const void *a, const void *b, enum coarse coarse)
{
	const struct entry *x = a, *y = b;
	int order = compare_at(x, y, coarse);
	if (!order) order = compare_at(x, y, FINE);
	if (!order) order = str_cmp(x->subject, y->subject);
	for (int side = SIDE_AFTER; !order && side >= SIDE_BEFORE; side--)
		order = (x->finding[side] > y->finding[side]) - (x->finding[side] < y->finding[side]);
	return order;
}

static int compare_fine(const void *a, const void *b) { return compare_entries(a, b, FINE); }
static int compare_any_rule(const void *a, const void *b) { return compare_entries(a, b, ANY_RULE); }
static int compare_any_reason(const void *a, const void *b) { return compare_entries(a, b, ANY_REASON); }
static int compare_any_day(const void *a, const void *b) { return compare_entries(a, b, ANY_DAY); }
static int (*const orders[])(const void *, const void *) = {compare_fine, compare_any_rule, compare_any_reason,
                                                            compare_any_day};

static size_t rows_at(const struct entry *entries, size_t count, enum coarse coarse)
{
	size_t rows = count ? 1 : 0;
	for (size_t i = 1; i < count; i++) rows += compare_at(&entries[i - 1], &entries[i], coarse) != 0;
	return rows;
}

static int compare_texts(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static uint64_t distinct(const struct entry *entries, size_t count, struct str (*of)(const struct entry *))
{
	struct str *texts = large_grow(NULL, sizeof(*texts) * (count + 1));
	uint64_t different = 0;
	for (size_t i = 0; i < count; i++) texts[i] = of(&entries[i]);
	qsort(texts, count, sizeof(*texts), compare_texts);
	for (size_t i = 0; i < count; i++) different += texts[i].len && (!i || !str_eq(texts[i - 1], texts[i]));
	large_free(texts);
	return different;
}

static struct str rule_of(const struct entry *e) { return e->rule; }
static struct str subject_of(const struct entry *e) { return e->subject; }

/* "X-" and 16 hex digits over what the row says: the same in every packet. */
static struct str row_id(struct collecting *c, const struct entry *e, enum coarse coarse)
{
	const struct str none = STR_EMPTY, coarse_word = str_from(grouped_words[coarse]);
	/* Active, expiring and expired are the same row at different times, told apart from others by its last day. */
	bool by_time = (in_force(e) || e->state == EXCEPTION_EXPIRED) && coarse < ANY_DAY;
	const struct str parts[] = {e->source,
	                            e->tool,
	                            e->kind,
	                            coarse_word,
	                            coarse < ANY_RULE ? e->rule : none,
	                            coarse < ANY_REASON ? e->reason : none,
	                            coarse < ANY_REASON ? e->by : none,
	                            coarse < ANY_DAY ? e->until : none,
	                            by_time ? none : str_from(exception_state_names[e->state])};
	struct sha256 hash;
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX + 1];
	sha256_begin(&hash);
	for (size_t i = 0; i < COUNT(parts); i++) {
		sha256_add(&hash, parts[i].ptr, parts[i].len);
		sha256_add(&hash, "\n", 1);
	}
	sha256_end(&hash, digest);
	hex_of(digest, SHA256_BYTES, hex);
	return str_printf(c->arena, "X-%.16s", hex);
}

static struct str row_match(struct collecting *c, const struct exception *x, const struct entry *e, enum coarse coarse)
{
	if (e->match.len && coarse == FINE) return e->match;
	struct str text = x->rules == 1 ? str_printf(c->arena, "rule=%.*s", STR_ARG(e->rule)) : STR_EMPTY;
	if (x->subjects != 1 || e->match.len) return text;
	return str_printf(c->arena, "%.*s%ssubject=%.*s", STR_ARG(text), text.len ? " " : "", STR_ARG(e->subject));
}

static struct str first_id(struct collecting *c, const struct entry *entries, size_t count)
{
	for (int side = SIDE_AFTER; side >= SIDE_BEFORE; side--) {
		uint32_t first = NO_MATCH;
		char id[19];
		for (size_t i = 0; i < count; i++)
			if (entries[i].finding[side] < first) first = entries[i].finding[side];
		if (first == NO_MATCH) continue;
		snapshot_finding_id(&c->result->sides[side], (enum side)side, first, id);
		return str_dup(c->arena, str_from(id));
	}
	return STR_EMPTY;
}

static void make_row(struct collecting *c, struct exception *x, const struct entry *entries, size_t count,
                     enum coarse coarse)
{
	const struct entry *e = &entries[0];
	struct str none = STR_EMPTY;
	int64_t until_day = INT64_MAX;
	*x = (struct exception){.id = row_id(c, e, coarse),
	                        .type = e->kind,
	                        .source = e->source,
	                        .tool = e->tool,
	                        .reason = coarse < ANY_REASON ? e->reason : none,
	                        .owner = coarse < ANY_REASON ? e->by : none,
	                        .approver = none,
	                        .ticket = coarse == FINE ? e->ticket : none,
	                        .approved = none,
	                        .expires = none,
	                        .problem = str_from(e->problem),
	                        .severity = none,
	                        .grouped = str_from(grouped_words[coarse]),
	                        .state = e->state};
	for (size_t i = 0; i < count; i++) {
		for (int side = 0; side < SIDE_COUNT; side++) x->records[side] += entries[i].records[side];
		if (!entries[i].reason.len) x->unreasoned += entries[i].records[SIDE_AFTER];
		x->matched_before += entries[i].matched[SIDE_BEFORE];
		x->matched += entries[i].matched[SIDE_AFTER];
		if (entries[i].until_day < until_day) {
			until_day = entries[i].until_day;
			x->expires = entries[i].until; /* of several the first to end */
		}
	}
	x->rules = distinct(entries, count, rule_of);
	x->subjects = distinct(entries, count, subject_of);
	x->match = row_match(c, x, e, coarse);
	x->example = first_id(c, entries, count);
	x->days_left = until_day == INT64_MAX ? INT64_MAX : until_day - c->today;
	bool lost = false;
	for (size_t i = 0; i < count; i++) lost |= entries[i].lost;
	bool stands =
	    x->state == EXCEPTION_ACTIVE || x->state == EXCEPTION_EXPIRING || x->state == EXCEPTION_NOT_YET_VALID;
	if (!stands || x->records[SIDE_AFTER]) return;
	x->state = EXCEPTION_UNUSED;
	if (lost) x->problem = STR("not assessed after");
}

/* The exceptions of one source, whose entries stand together. */
static void add_rows(struct collecting *c, struct entry *entries, size_t count)
{
	enum coarse coarse = FINE;
	size_t rows = rows_at(entries, count, coarse);
	while (rows > WAIVER_ROWS && coarse < ANY_DAY) {
		coarse = (enum coarse)(coarse + 1);
		qsort(entries, count, sizeof(*entries), orders[coarse]);
		rows = rows_at(entries, count, coarse);
	}
	struct exception *list = ARENA_ARRAY(c->arena, struct exception, c->result->exception_count + rows + 1);
	size_t n = c->result->exception_count;
	if (n) memcpy(list, c->result->exceptions, sizeof(*list) * n);
	for (size_t from = 0, to; from < count; from = to) {
		for (to = from + 1; to < count && !compare_at(&entries[from], &entries[to], coarse);) to++;
		make_row(c, &list[n++], &entries[from], to - from, coarse);
	}
	c->result->exceptions = list;
	c->result->exception_count = n;
}

static uint32_t *numbers_of(const struct snapshot *s)
{
	size_t bytes = sizeof(uint32_t) * ((size_t)s->profiles.count + 1);
	return memset(large_grow(NULL, bytes), 0, bytes);
}

void waivers_collect(struct result *result, const struct facts *facts, struct acceptance *acceptance)
{
	struct collecting c = {.result = result,
	                       .arena = &result->arena,
	                       .acceptance = acceptance,
	                       .facts = facts,
	                       .today = instant_day(result->as_of)};
	for (int side = 0; side < SIDE_COUNT; side++) {
		c.side = (enum side)side;
		c.of_profile[side] = numbers_of(&result->sides[side]);
		from_records(&c);
		vex_each(&result->diff, c.side, vex_wanted, vex_speaks, &c);
		from_exemptions(&c);
	}
	if (c.count) qsort(c.entries, c.count, sizeof(*c.entries), compare_fine);
	for (size_t from = 0, to; from < c.count; from = to) {
		for (to = from + 1; to < c.count && str_eq(c.entries[from].source, c.entries[to].source);) to++;
		add_rows(&c, &c.entries[from], to - from);
	}
	for (int side = 0; side < SIDE_COUNT; side++) large_free(c.of_profile[side]);
	large_free(c.entries);
}
