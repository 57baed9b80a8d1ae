/* In this order: what counts; the four tiers among open findings; what is left over before among the after side's records
 * that are not open, and what is left over after among the before side's; then passes of the same rule and subject; then the scope units
 * decide between fixed and not reassessed, new and newly in scope.
 *
 * Everything is symmetrical: diff(a, b) mirrors diff(b, a).
 */
#include "analyze/diff.h"

#include "analyze/across.h"
#include "analyze/diff_facts.h"
#include "analyze/match.h"
#include "analyze/rule_lists.h"
#include "core/hash.h"
#include "core/pool.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const char *const outcome_names[OUTCOME_COUNT] = {"unchanged", "updated",        "fixed", "fixed_verified",
                                                  "dismissed", "not_reassessed", "new",   "newly_in_scope",
                                                  "reopened"};
const char *const fact_outcome_names[FACT_OUTCOME_COUNT] = {"unchanged", "added", "removed", "changed",
                                                            "not_reassessed"};
const char *const updated_names[UPDATED_KINDS] = {"location", "severity", "version", "message"};
const char *const tier_names[] = {"none", "identity", "content", "moved", "renamed"};

static const struct profile *profile_of(const struct diff *d, int side, uint32_t i)
{
	return snapshot_profile(d->sides[side], &d->sides[side]->findings[i]);
}

static bool is_open(const struct diff *d, int side, uint32_t i) { return fate_is_open(&d->fates[side][i]); }

_Static_assert(STATUS_COUNT <= 8, "a fate has three bits for the status");

static void begin_side(struct diff *d, int side)
{
	const struct snapshot *s = d->sides[side], *other = d->sides[1 - side];
	d->fates[side] = large_grow(NULL, sizeof(struct fate) * ((size_t)s->finding_count + 1));
	for (uint32_t k = 0; k < s->input_count; k++) {
		const struct input *input = &s->inputs[k];
		for (uint32_t i = input->first_finding; i < input->first_finding + input->finding_count; i++) {
			LARGE_BREATHE(i);
			uint8_t status = profile_of(d, side, i)->status;
			d->fates[side][i] =
			    (struct fate){.match = NO_MATCH,
			                  .outcome = OUTCOME_NONE,
			                  .counted = input_is_counted(input) && status != STATUS_ARCHIVED,
			                  .status = status & 7u};
		}
	}
	d->unit_assessed_on_other[side] = large_grow(NULL, sizeof(bool) * ((size_t)s->unit_count + 1));
	for (uint32_t u = 0; u < s->unit_count; u++) {
		uint32_t twin = snapshot_find_unit(other, snapshot_string(s, s->units[u].tool),
		                                   snapshot_string(s, s->units[u].target));
		d->unit_assessed_on_other[side][u] = twin != UINT32_MAX && other->units[twin].assessed;
	}
}

/* ---- matched pairs ---- */

/* Findings of one side that are one job. */
struct some {
	enum side side;
	uint32_t from, to;
};

enum { SOME_FINDINGS = 1 << 14 };

static size_t jobs_of(const struct diff *d, enum side side)
{
	return ((size_t)d->sides[side]->finding_count + SOME_FINDINGS - 1) / SOME_FINDINGS;
}

static size_t jobs_of_both(const struct diff *d) { return jobs_of(d, SIDE_BEFORE) + jobs_of(d, SIDE_AFTER); }

/* The before side's come first. */
static struct some some_at(const struct diff *d, size_t job)
{
	size_t before = jobs_of(d, SIDE_BEFORE);
	enum side side = job < before ? SIDE_BEFORE : SIDE_AFTER;
	uint32_t from = (uint32_t)(job < before ? job : job - before) * SOME_FINDINGS;
	uint32_t count = d->sides[side]->finding_count;
	return (struct some){side, from, count - from < SOME_FINDINGS ? count : from + SOME_FINDINGS};
}

static void take_record(const struct diff *d, enum side side, uint32_t finding, void *item)
{
	memcpy(item, &d->sides[side]->findings[finding], sizeof(struct finding));
}

static void give_record(void *context, uint32_t finding, const void *item)
{
	memcpy((struct finding *)context + finding, item, sizeof(struct finding));
}

static void bring_records(void *context, size_t side)
{
	struct diff *d = context;
	struct finding *brought = large_grow(NULL, sizeof(*brought) * ((size_t)d->sides[side]->finding_count + 1));
	across_bring(&(struct across){d, (enum side)side, sizeof(struct finding), take_record, give_record, brought});
	d->brought[side] = brought;
}

static uint8_t updates(const struct diff *d, const struct finding *x, const struct finding *y)
{
	const struct snapshot *b = d->sides[SIDE_BEFORE], *a = d->sides[SIDE_AFTER];
	const struct profile *p = snapshot_profile(b, x), *q = snapshot_profile(a, y);
	uint8_t bits = 0;
	if (p->severity != q->severity) bits |= UPDATED_SEVERITY;
	if (!str_eq(snapshot_string(b, snapshot_component(b, x)->version),
	            snapshot_string(a, snapshot_component(a, y)->version)))
		bits |= UPDATED_VERSION;
	if (p->nature == NATURE_POSTURE) return bits;
	if (x->line != y->line || snapshot_path_hash(b, x) != snapshot_path_hash(a, y)) bits |= UPDATED_LOCATION;
	if (p->nature == NATURE_WEAKNESS && (x->message | 1) != (y->message | 1)) bits |= UPDATED_MESSAGE;
	return bits;
}

/* The status of what a finding is matched with. */
static enum status status_there(const struct diff *d, int side, uint32_t i)
{
	if (d->brought[side]) return snapshot_profile(d->sides[1 - side], diff_match(d, (enum side)side, i))->status;
	return (enum status)d->fates[1 - side][d->fates[side][i].match].status;
}

/* What a matched record says of a finding that is open on the other side only. */
static void settle_across(struct diff *d, int side)
{
	for (uint32_t i = 0; i < d->sides[side]->finding_count; i++) {
		LARGE_BREATHE(i);
		struct fate *fate = &d->fates[side][i];
		if (!is_open(d, side, i) || fate->match == NO_MATCH || fate->outcome != OUTCOME_NONE) continue;
		enum status status = status_there(d, side, i);
		if (side == SIDE_BEFORE)
			fate->outcome = status == STATUS_PASS    ? OUTCOME_FIXED_VERIFIED
			                : status == STATUS_ERROR ? OUTCOME_NOT_REASSESSED
			                                         : OUTCOME_DISMISSED;
		else
			fate->outcome = status == STATUS_ERROR ? OUTCOME_NEWLY_IN_SCOPE : OUTCOME_REOPENED;
	}
}

/* Of pairs that are open on both sides. Where records were brought, each side sees to its own fates, else the before side to both. */
static void settle_open(void *context, size_t job)
{
	struct diff *d = context;
	struct some some = some_at(d, job);
	for (uint32_t i = some.from; i < some.to; i++) {
		LARGE_BREATHE(i);
		struct fate *fate = &d->fates[some.side][i];
		if (fate->match == NO_MATCH || fate->status != STATUS_FAIL) continue;
		if (status_there(d, (int)some.side, i) != STATUS_FAIL) continue;
		const struct finding *pair[SIDE_COUNT];
		pair[some.side] = &d->sides[some.side]->findings[i];
		pair[1 - some.side] = diff_match(d, some.side, i);
		fate->updated_by = updates(d, pair[SIDE_BEFORE], pair[SIDE_AFTER]);
		fate->outcome = fate->updated_by ? OUTCOME_UPDATED : OUTCOME_UNCHANGED;
		if (d->brought[some.side]) continue;
		struct fate *there = &d->fates[1 - some.side][fate->match];
		there->updated_by = fate->updated_by;
		there->outcome = fate->outcome;
	}
}

/* ---- passes: the other side holds a pass for the same rule and subject, and path and package, where both give one ---- */

enum { ANY = 0x416e79 };

struct passes {
	uint64_t *slots, mask, count;
};

static void passes_add(struct passes *set, uint64_t key)
{
	uint64_t slot = key & set->mask;
	for (; set->slots[slot]; slot = (slot + 1) & set->mask)
		if (set->slots[slot] == key) return;
	set->slots[slot] = key;
}

static bool passes_has(const struct passes *set, uint64_t key)
{
	for (uint64_t slot = key & set->mask; set->slots[slot]; slot = (slot + 1) & set->mask)
		if (set->slots[slot] == key) return true;
	return false;
}

static uint64_t pass_key(uint64_t base, uint64_t path, uint64_t package)
{
	uint64_t key = hash_mix(hash_mix(base, path), package);
	return key ? key : 1;
}

static bool is_pass(const struct fate *fate) { return fate->counted && fate->status == STATUS_PASS; }

static struct passes passes_of(const struct match_side *side)
{
	struct passes set = {0};
	uint64_t count = 0;
	for (uint32_t i = 0; i < side->snapshot->finding_count; i++) {
		LARGE_BREATHE(i);
		count += is_pass(&side->fates[i]);
	}
	if (!count) return set;
	for (set.mask = 1023; set.mask < count * 8; set.mask = set.mask * 2 + 1) {
	}
	set.slots = large_grow(NULL, sizeof(uint64_t) * (set.mask + 1));
	memset(set.slots, 0, sizeof(uint64_t) * (set.mask + 1));
	for (uint32_t i = 0; i < side->snapshot->finding_count; i++) {
		LARGE_BREATHE(i);
		if (!is_pass(&side->fates[i])) continue;
		const struct finding *f = &side->snapshot->findings[i];
		uint64_t base = side->base[f->profile], path = snapshot_path_hash(side->snapshot, f);
		uint64_t package = side->package[f->component];
		passes_add(&set, pass_key(base, path, package));
		passes_add(&set, pass_key(base, ANY, package));
		passes_add(&set, pass_key(base, path, ANY));
		passes_add(&set, pass_key(base, ANY, ANY));
	}
	return set;
}

static bool passed(const struct passes *set, const struct match_side *side, const struct finding *f, bool has_subject)
{
	uint64_t base = side->base[f->profile], path = snapshot_path_hash(side->snapshot, f);
	uint64_t package = side->package[f->component];
	if (!set->slots) return false;
	if (!has_subject && !path) return false; /* an empty subject matches only by rule and path */
	uint64_t paths[2] = {path ? path : ANY, path && has_subject ? 0 : path ? path : ANY};
	uint64_t packages[2] = {package ? package : ANY, package ? 0 : ANY};
	for (int i = 0; i < 4; i++)
		if (passes_has(set, pass_key(base, paths[i & 1], packages[i >> 1]))) return true;
	return false;
}

static void settle_passes(struct diff *d, const struct matcher *m, int side)
{
	struct passes set = passes_of(&m->sides[1 - side]);
	for (uint32_t i = 0; set.slots && i < d->sides[side]->finding_count; i++) {
		LARGE_BREATHE(i);
		if (!is_open(d, side, i) || d->fates[side][i].outcome != OUTCOME_NONE) continue;
		bool has_subject = profile_of(d, side, i)->subject != 0;
		if (passed(&set, &m->sides[side], &d->sides[side]->findings[i], has_subject))
			d->fates[side][i].outcome = side == SIDE_BEFORE ? OUTCOME_FIXED_VERIFIED : OUTCOME_REOPENED;
	}
	large_free(set.slots);
}

static void settle_scope(struct diff *d, const struct rule_lists *lists, int side)
{
	for (uint32_t i = 0; i < d->sides[side]->finding_count; i++) {
		LARGE_BREATHE(i);
		if (!is_open(d, side, i) || d->fates[side][i].outcome != OUTCOME_NONE) continue;
		bool again = d->unit_assessed_on_other[side][profile_of(d, side, i)->unit];
		bool unlisted =
		    again && lists->unlisted[side] && lists->unlisted[side][d->sides[side]->findings[i].profile];
		if (unlisted && side == SIDE_BEFORE) {
			d->fates[side][i].rule_gone = 1;
			d->fates[side][i].outcome = OUTCOME_NOT_REASSESSED;
			continue;
		}
		if (unlisted) d->fates[side][i].new_rule = 1;
		d->fates[side][i].outcome = side == SIDE_BEFORE ? (again ? OUTCOME_FIXED : OUTCOME_NOT_REASSESSED)
		                                                : (again ? OUTCOME_NEW : OUTCOME_NEWLY_IN_SCOPE);
	}
}

/* ---- counts ---- */

/* Its rule was looked for on one side only: no reduction, and no increase either. */
static bool one_sided(const struct fate *fate) { return fate->new_rule || fate->rule_gone; }

/* Of one side, by the thread that counts it. */
struct counts {
	uint64_t records, open, by_severity[SEVERITY_COUNT];
	uint64_t outcomes[OUTCOME_COUNT], by_outcome[OUTCOME_COUNT][SEVERITY_COUNT];
	uint64_t all_by_outcome[OUTCOME_COUNT][SEVERITY_COUNT]; /* pairs too */
	uint64_t updated_by[UPDATED_KINDS];
	uint64_t new_rule, rule_gone, rule_renamed;
	uint64_t common[SEVERITY_COUNT];
};

static struct counts count_side(const struct diff *d, int side)
{
	const struct snapshot *s = d->sides[side];
	struct counts c = {0};
	for (uint32_t i = 0; i < s->finding_count; i++) {
		LARGE_BREATHE(i);
		const struct fate *fate = &d->fates[side][i];
		const struct profile *p = profile_of(d, side, i);
		if (!fate->counted) continue;
		c.records++;
		if (p->status != STATUS_FAIL) continue;
		c.open++;
		c.by_severity[p->severity]++;
		c.all_by_outcome[fate->outcome][p->severity]++;
		bool pair = fate->outcome == OUTCOME_UNCHANGED || fate->outcome == OUTCOME_UPDATED;
		if (side == SIDE_AFTER || !pair) {
			c.outcomes[fate->outcome]++;
			c.by_outcome[fate->outcome][p->severity]++;
			c.rule_renamed += fate->rule_renamed;
		}
		for (int k = 0; k < UPDATED_KINDS; k++)
			c.updated_by[k] += fate->outcome == OUTCOME_UPDATED && (fate->updated_by >> k & 1);
		c.new_rule += fate->new_rule;
		c.rule_gone += fate->rule_gone;
		c.common[p->severity] +=
		    s->units[p->unit].assessed && d->unit_assessed_on_other[side][p->unit] && !one_sided(fate);
	}
	return c;
}

static void add_counts(struct diff *d, enum side side, const struct counts *c)
{
	d->records[side] = c->records;
	d->open[side] = c->open;
	for (int k = 0; k < SEVERITY_COUNT; k++) {
		struct change_of_severity *one = &d->reduction[k], *all = &d->reduction_all;
		bool before = side == SIDE_BEFORE;
		d->by_severity[side][k] = c->by_severity[k];
		*(before ? &one->raw_before : &one->raw_after) = c->by_severity[k];
		*(before ? &all->raw_before : &all->raw_after) += c->by_severity[k];
		*(before ? &one->before : &one->after) = c->common[k];
		*(before ? &all->before : &all->after) += c->common[k];
	}
	for (int o = 0; o < OUTCOME_COUNT; o++) {
		d->outcomes[o] += c->outcomes[o];
		for (int k = 0; k < SEVERITY_COUNT; k++) {
			d->by_outcome[o][k] += c->by_outcome[o][k];
			if (side == SIDE_BEFORE) d->by_outcome_before[o][k] = c->all_by_outcome[o][k];
		}
	}
	for (int k = 0; side == SIDE_AFTER && k < UPDATED_KINDS; k++) d->updated_by[k] = c->updated_by[k];
	d->new_rule += c->new_rule;
	d->rule_gone += c->rule_gone;
	d->rule_renamed += c->rule_renamed;
}

/* Distinct subjects, without case, that have an open finding of a severity. */
static void count_subjects(struct diff *d, int side)
{
	const struct snapshot *s = d->sides[side];
	struct arena arena = {0};
	struct strings names = {0};
	uint8_t *used = large_grow(NULL, (size_t)s->profiles.count + 1);
	memset(used, 0, (size_t)s->profiles.count + 1);
	for (uint32_t i = 0; i < s->finding_count; i++) {
		LARGE_BREATHE(i);
		if (is_open(d, side, i)) used[s->findings[i].profile] |= one_sided(&d->fates[side][i]) ? 1 : 2;
	}
	uint8_t *seen = NULL; /* by name: bits of severities, raw and common */
	uint32_t capacity = 0;
	enum { WIDTH = 2 * (SEVERITY_COUNT + 1) };
	for (uint32_t i = 0; i < s->profiles.count; i++) {
		LARGE_BREATHE(i);
		struct profile p;
		memcpy(&p, tuples_get(&s->profiles, i), sizeof(p));
		if (!used[i] || !p.subject) continue;
		arena_reset(&arena);
		uint32_t name = strings_add(&names, str_lower(&arena, snapshot_string(s, p.subject))) - 1;
		if (name >= capacity) {
			uint32_t wider = capacity ? capacity * 2 : 256;
			seen = large_grow(seen, (size_t)wider * WIDTH);
			memset(seen + (size_t)capacity * WIDTH, 0, (size_t)(wider - capacity) * WIDTH);
			capacity = wider;
		}
		bool common = used[i] & 2 && s->units[p.unit].assessed && d->unit_assessed_on_other[side][p.unit];
		uint8_t *mine = seen + (size_t)name * WIDTH;
		for (int all = 0; all < 2; all++) {
			int k = all ? SEVERITY_COUNT : p.severity;
			struct change_of_severity *r = all ? &d->subjects_all : &d->subjects[k];
			if (!mine[2 * k]) *(side == SIDE_BEFORE ? &r->raw_before : &r->raw_after) += 1;
			if (common && !mine[2 * k + 1]) *(side == SIDE_BEFORE ? &r->before : &r->after) += 1;
			mine[2 * k] = 1;
			mine[2 * k + 1] |= common;
		}
	}
	large_free(seen);
	large_free(used);
	strings_free(&names);
	arena_free(&arena);
}

/* ---- all of it: jobs for pool_run, most of them one for each side ---- */

struct run {
	struct diff *diff;
	struct matcher matcher;
	struct rule_lists lists;
	struct counts counts[SIDE_COUNT];
};

static void begin_job(void *context, size_t side)
{
	struct run *run = context;
	begin_side(run->diff, (int)side);
}

/* These look at the statuses of the other side's fates, so nothing is written beside those yet. */
static void settle_by_records(void *context, size_t side)
{
	struct run *run = context;
	settle_across(run->diff, (int)side);
	settle_passes(run->diff, &run->matcher, (int)side);
}

static void settle_by_scope(void *context, size_t side)
{
	struct run *run = context;
	settle_scope(run->diff, &run->lists, (int)side);
	run->counts[side] = count_side(run->diff, (int)side);
	count_subjects(run->diff, (int)side);
}

static void both_sides(struct run *run, void (*work)(void *context, size_t side), unsigned threads)
{
	pool_run(&(struct pool_job){run, work, NULL, SIDE_COUNT, 0}, threads);
}

void diff_run(struct diff *d, const struct snapshot *before, const struct snapshot *after, unsigned threads)
{
	struct run run = {.diff = d};
	struct matcher *m = &run.matcher;
	*d = (struct diff){.sides = {before, after}};
	both_sides(&run, begin_job, threads);
	rule_lists_make(&run.lists, d);
	matcher_begin(m, d, threads);
	match_tier(m, TIER_IDENTITY, true, true);
	matcher_narrow(m);
	for (int tier = TIER_CONTENT; tier <= TIER_RENAMED; tier++) match_tier(m, (enum tier)tier, true, true);
	matcher_rename(m, &run.lists);
	for (int tier = TIER_IDENTITY; tier <= TIER_RENAMED; tier++) match_tier(m, (enum tier)tier, true, true);
	matcher_rename(m, NULL);
	for (int tier = TIER_IDENTITY; tier <= TIER_CONTENT; tier++) {
		match_tier(m, (enum tier)tier, true, false);
		match_tier(m, (enum tier)tier, false, true);
	}
	matcher_rename(m, &run.lists);
	for (int tier = TIER_IDENTITY; tier <= TIER_CONTENT; tier++) {
		match_tier(m, (enum tier)tier, true, false);
		match_tier(m, (enum tier)tier, false, true);
	}
	matcher_rename(m, NULL);
	bool far = across_is_far(d);
	if (far) pool_run(&(struct pool_job){d, bring_records, NULL, SIDE_COUNT, 0}, threads);
	size_t jobs = far ? jobs_of_both(d) : jobs_of(d, SIDE_BEFORE);
	pool_run(&(struct pool_job){d, settle_open, NULL, jobs, 0}, threads);
	both_sides(&run, settle_by_records, threads);
	both_sides(&run, settle_by_scope, threads);
	matcher_end(m);
	rule_lists_free(&run.lists);
	for (int side = 0; side < SIDE_COUNT; side++) add_counts(d, (enum side)side, &run.counts[side]);
	diff_facts(d);
}

void diff_free(struct diff *d)
{
	for (int side = 0; side < SIDE_COUNT; side++) {
		large_free(d->fates[side]);
		large_free(d->ids[side]);
		large_free(d->keys[side]);
		large_free(d->brought[side]);
		large_free(d->brought_ids[side]);
		large_free(d->unit_assessed_on_other[side]);
	}
	large_free(d->fact_changes);
	*d = (struct diff){0};
}

bool diff_percent(uint64_t before, uint64_t after, double *percent)
{
	char text[64];
	if (!before) return false;
	snprintf(text, sizeof(text), "%.1f", 100.0 * ((double)after - (double)before) / (double)before);
	*percent = strtod(text, NULL);
	if (*percent <= 0 && *percent >= 0) *percent = 0; /* no minus zero */
	return true;
}

/* It keeps the key of its before record. */
static bool key_is_of_match(const struct diff *d, enum side side, uint32_t finding)
{
	const struct fate *fate = &d->fates[side][finding];
	return side == SIDE_AFTER && fate->match != NO_MATCH && (fate->tier > TIER_IDENTITY || fate->rule_renamed);
}

typedef uint64_t number_of(struct naming *naming, uint32_t finding);

static uint64_t number_alone(const struct diff *d, enum side side, uint32_t finding, number_of *number)
{
	struct naming alone;
	naming_begin(&alone, d->sides[side], side);
	return number(&alone, finding);
}

uint64_t diff_id_number(const struct diff *d, enum side side, uint32_t finding)
{
	return d->ids[side] ? d->ids[side][finding] : number_alone(d, side, finding, naming_id);
}

void diff_id(const struct diff *d, enum side side, uint32_t finding, char id[19])
{
	naming_text('F', diff_id_number(d, side, finding), id);
}

void diff_match_id(const struct diff *d, enum side side, uint32_t finding, char id[19])
{
	if (d->brought_ids[side])
		naming_text('F', d->brought_ids[side][finding], id);
	else
		diff_id(d, 1 - side, d->fates[side][finding].match, id);
}

void diff_key(const struct diff *d, enum side side, uint32_t finding, char key[19])
{
	if (!d->brought_ids[side] && key_is_of_match(d, side, finding)) {
		finding = d->fates[side][finding].match;
		side = SIDE_BEFORE;
	}
	naming_text('K', d->keys[side] ? d->keys[side][finding] : number_alone(d, side, finding, naming_key), key);
}

static void name_some(void *context, size_t job)
{
	struct diff *d = context;
	struct some some = some_at(d, job);
	struct naming naming;
	naming_begin(&naming, d->sides[some.side], some.side);
	for (uint32_t i = some.from; i < some.to; i++) {
		LARGE_BREATHE(i);
		d->ids[some.side][i] = naming_id(&naming, i);
		if (!key_is_of_match(d, some.side, i)) d->keys[some.side][i] = naming_key(&naming, i);
	}
}

struct names {
	uint64_t id, key;
};

static void take_names(const struct diff *d, enum side side, uint32_t finding, void *item)
{
	struct names names = {d->ids[side][finding], d->keys[side][finding]};
	memcpy(item, &names, sizeof(names));
}

struct named_side {
	struct diff *diff;
	enum side side;
};

static void give_names(void *context, uint32_t finding, const void *item)
{
	struct named_side *to = context;
	struct names names;
	memcpy(&names, item, sizeof(names));
	to->diff->brought_ids[to->side][finding] = names.id;
	if (key_is_of_match(to->diff, to->side, finding)) to->diff->keys[to->side][finding] = names.key;
}

static void bring_names(struct diff *d, enum side side)
{
	struct named_side to = {d, side};
	size_t bytes = sizeof(uint64_t) * ((size_t)d->sides[side]->finding_count + 1);
	d->brought_ids[side] = large_grow(d->brought_ids[side], bytes);
	across_bring(&(struct across){d, side, sizeof(struct names), take_names, give_names, &to});
}

void diff_name(struct diff *d, unsigned threads)
{
	for (int side = 0; side < SIDE_COUNT; side++) {
		size_t bytes = sizeof(uint64_t) * ((size_t)d->sides[side]->finding_count + 1);
		d->ids[side] = large_grow(d->ids[side], bytes);
		d->keys[side] = large_grow(d->keys[side], bytes);
	}
	pool_run(&(struct pool_job){d, name_some, NULL, jobs_of_both(d), 0}, threads);
	for (int side = 0; side < SIDE_COUNT; side++)
		if (d->brought[side]) bring_names(d, (enum side)side);
}

bool diff_each_of(const struct diff *d, enum side side, uint32_t from, uint32_t to,
                  bool (*f)(void *context, const struct diff_item *), void *context)
{
	for (uint32_t i = from; i < to; i++) {
		LARGE_BREATHE(i);
		const struct fate *fate = &d->fates[side][i];
		enum outcome outcome = (enum outcome)fate->outcome;
		if (!is_open(d, (int)side, i)) continue;
		if (side == SIDE_BEFORE && (outcome == OUTCOME_UNCHANGED || outcome == OUTCOME_UPDATED)) continue;
		struct diff_item item = {side, i, fate->match, outcome};
		if (!f(context, &item)) return false;
	}
	return true;
}

bool diff_each(const struct diff *d, bool (*f)(void *context, const struct diff_item *), void *context)
{
	return diff_each_of(d, SIDE_AFTER, 0, d->sides[SIDE_AFTER]->finding_count, f, context) &&
	       diff_each_of(d, SIDE_BEFORE, 0, d->sides[SIDE_BEFORE]->finding_count, f, context);
}
