/* How it works: profiles, of which there are far fewer than findings, are given to groups through a hash table; a walk over the
 * findings then costs a few additions each. Subjects are looked at only for groups that are listed:
 *
 *     profile ──> group        a table, by tool and rule
 *     finding ──> its profile's group: what the order goes by; its profile: how many are open
 *     groups  ──> ordered, cut: the final list; what is left over shares a place by tool
 *     finding ──> its group's place in the list: counts, examples
 *     profile ──> bucket of its group ──> subjects, sorted, counted, the first named
 */
#include "render/observed.h"

#include "core/hash.h"

#include <stdlib.h>

/* Of every rule, so that it is small: there may be a million. All that is told of a rule is filled in for those that are listed. */
struct group {
	uint32_t hash;
	uint32_t spelled;          /* the profile whose spelling of tool and rule counts: profile * SIDE_COUNT + side */
	uint32_t open[SIDE_COUNT]; /* findings that are open and count */
	uint32_t number;           /* in the final list; several that are left over share one */
	uint8_t worst[3];          /* severity of what is open after, was open before, of any */
	bool seen;                 /* a record of it counts */
};

struct work {
	const struct result *result;
	struct group *groups;
	uint32_t count, capacity;
	uint32_t *slots, slot_count;       /* number + 1 */
	uint32_t *group_of[SIDE_COUNT];    /* by profile */
	uint32_t *open_of[SIDE_COUNT];     /* by profile: findings that are open and count */
	uint32_t *order;                   /* groups */
	uint32_t *lead;                    /* by final number: the group whose examples are given */
	uint8_t *kind;                     /* by final number, of its examples: 2 open after, 1 open before, 0 any */
	uint32_t *bucket_at, *bucket_rows; /* by final number; rows: profile * SIDE_COUNT + side */
};

static const struct profile *profile_at(const struct snapshot *s, uint32_t number)
{
	return (const struct profile *)(const void *)tuples_get(&s->profiles, number);
}

static uint64_t hash_of(struct str tool, struct str rule) { return hash_mix(hash_nocase(tool), hash_nocase(rule)); }

static const struct profile *spelled_by(const struct work *w, const struct group *group, const struct snapshot **s)
{
	*s = &w->result->sides[group->spelled % SIDE_COUNT];
	return profile_at(*s, group->spelled / SIDE_COUNT);
}

static struct str tool_of(const struct work *w, const struct group *group)
{
	const struct snapshot *s;
	const struct profile *p = spelled_by(w, group, &s);
	return snapshot_string(s, p->tool);
}

static struct str rule_of(const struct work *w, const struct group *group)
{
	const struct snapshot *s;
	const struct profile *p = spelled_by(w, group, &s);
	return snapshot_string(s, p->rule);
}

static bool is_of(const struct observed *o, struct str tool, struct str rule)
{
	return str_eq_nocase(o->rule, rule) && str_eq_nocase(o->tool, tool);
}

/* ---- groups ---- */

static void put_slot(struct work *w, uint32_t number)
{
	size_t at = (size_t)w->groups[number].hash & (w->slot_count - 1);
	while (w->slots[at]) at = (at + 1) & (w->slot_count - 1);
	w->slots[at] = number + 1;
}

static void grow_slots(struct work *w)
{
	w->slot_count = w->slot_count ? w->slot_count * 2 : 1024;
	w->slots = large_grow(w->slots, sizeof(*w->slots) * (size_t)w->slot_count);
	memset(w->slots, 0, sizeof(*w->slots) * (size_t)w->slot_count);
	for (uint32_t i = 0; i < w->count; i++) {
		LARGE_BREATHE(i);
		put_slot(w, i);
	}
}

static uint32_t group_for(struct work *w, enum side side, uint32_t profile)
{
	const struct snapshot *s = &w->result->sides[side];
	const struct profile *p = profile_at(s, profile);
	struct str tool = snapshot_string(s, p->tool), rule = snapshot_string(s, p->rule);
	uint32_t hash = (uint32_t)hash_of(tool, rule);
	if (w->count >= w->slot_count / 2) grow_slots(w);
	size_t at = (size_t)hash & (w->slot_count - 1);
	for (uint32_t number; (number = w->slots[at]) != 0; at = (at + 1) & (w->slot_count - 1)) {
		const struct group *group = &w->groups[number - 1];
		if (group->hash == hash && str_eq_nocase(rule_of(w, group), rule) &&
		    str_eq_nocase(tool_of(w, group), tool))
			return number - 1;
	}
	LARGE_RESERVE(w->groups, w->count, w->capacity);
	w->groups[w->count] = (struct group){
	    .hash = hash,
	    .spelled = profile * SIDE_COUNT + (uint32_t)side,
	    .number = UINT32_MAX,
	    .worst = {SEVERITY_COUNT, SEVERITY_COUNT, SEVERITY_COUNT},
	};
	w->slots[at] = w->count + 1;
	return w->count++;
}

static void group_profiles(struct work *w, enum side side)
{
	const struct snapshot *s = &w->result->sides[side];
	size_t bytes = sizeof(uint32_t) * ((size_t)s->profiles.count + 1);
	w->group_of[side] = large_grow(NULL, bytes);
	w->open_of[side] = large_grow(NULL, bytes);
	memset(w->open_of[side], 0, bytes);
	for (uint32_t i = 0; i < s->profiles.count; i++) {
		LARGE_BREATHE(i);
		w->group_of[side][i] = group_for(w, side, i);
	}
}

/* ---- findings ---- */

static void add_example(struct observed *o, uint8_t *best, uint8_t kind, enum side side, uint32_t finding,
                        uint32_t input)
{
	if (kind < *best) return;
	if (kind > *best) o->example_count = 0;
	*best = kind;
	const struct observed_example *last = o->example_count ? &o->examples[o->example_count - 1] : NULL;
	if (o->example_count == OBSERVED_EXAMPLES || (last && last->input == input && last->side == side)) return;
	o->examples[o->example_count++] = (struct observed_example){side, finding, input};
}

static void worse(uint8_t *worst, uint8_t severity)
{
	if (severity < *worst) *worst = severity;
}

static void add_exception(struct observed *o, uint32_t exception)
{
	uint32_t at = 0;
	while (at < o->exception_count && o->exceptions[at] < exception) at++;
	if (at < o->exception_count && o->exceptions[at] == exception) return;
	if (o->exception_count == OBSERVED_EXCEPTIONS) {
		if (at == OBSERVED_EXCEPTIONS) return;
		o->exception_count--; /* the last makes room: which are named depends on no order */
	}
	memmove(&o->exceptions[at + 1], &o->exceptions[at], sizeof(*o->exceptions) * (o->exception_count - at));
	o->exceptions[at] = exception;
	o->exception_count++;
}

/* What the order of the rules goes by. */
static void weigh_finding(struct work *w, enum side side, uint32_t finding)
{
	const struct snapshot *s = &w->result->sides[side];
	uint32_t profile = s->findings[finding].profile;
	const struct profile *p = profile_at(s, profile);
	struct group *group = &w->groups[w->group_of[side][profile]];
	const struct fate *fate = &w->result->diff.fates[side][finding];
	if (!fate->counted) return;
	group->seen = true;
	worse(&group->worst[2], p->severity);
	if (!fate_is_open(fate)) return;
	group->open[side]++;
	w->open_of[side][profile]++;
	worse(&group->worst[side == SIDE_AFTER ? 0 : 1], p->severity);
}

/* What is told of a rule that is listed, and of what is left over. */
static void count_finding(struct work *w, struct observed_list *out, enum side side, uint32_t finding, uint32_t input)
{
	const struct snapshot *s = &w->result->sides[side];
	const struct fate *fate = &w->result->diff.fates[side][finding];
	const struct profile *p = profile_at(s, s->findings[finding].profile);
	uint32_t group = w->group_of[side][s->findings[finding].profile], number = w->groups[group].number;
	bool open = fate_is_open(fate);
	if (!fate->counted) return;
	struct observed *o = &out->list[number];
	o->by_status[side][p->status]++;
	if (w->lead[number] == group)
		add_example(o, &w->kind[number], !open ? 0 : side == SIDE_AFTER ? 2 : 1, side, finding, input);
	if (!open) return;
	bool gone = fate->outcome >= OUTCOME_FIXED && fate->outcome <= OUTCOME_NOT_REASSESSED;
	if (fate->outcome < OUTCOME_COUNT && gone == (side == SIDE_BEFORE)) o->outcomes[fate->outcome]++;
	const struct analysis *analysis = w->result->analysis;
	if (side != SIDE_AFTER || !analysis) return;
	if (analysis->covered && analysis->covered[finding]) o->excepted++;
	if (analysis->speaks && analysis->speaks[finding]) add_exception(o, analysis->speaks[finding] - 1);
}

/* First without a list, to weigh the rules; then to fill it. */
static void walk_findings(struct work *w, struct observed_list *out)
{
	for (int side = SIDE_AFTER; side >= SIDE_BEFORE; side--) {
		const struct snapshot *s = &w->result->sides[side];
		for (uint32_t i = 0; i < s->input_count; i++) {
			for (uint32_t j = 0; j < s->inputs[i].finding_count; j++) {
				uint32_t finding = s->inputs[i].first_finding + j;
				LARGE_BREATHE(j);
				if (out)
					count_finding(w, out, (enum side)side, finding, i);
				else
					weigh_finding(w, (enum side)side, finding);
			}
		}
	}
}

/* ---- order ---- */

static int compare_groups(const void *x, const void *y, void *context)
{
	const struct work *w = context;
	const struct group *a = &w->groups[*(const uint32_t *)x], *b = &w->groups[*(const uint32_t *)y];
	if (a->worst[0] != b->worst[0]) return a->worst[0] < b->worst[0] ? -1 : 1;
	for (int side = SIDE_AFTER; side >= SIDE_BEFORE; side--) {
		if (a->open[side] != b->open[side]) return a->open[side] > b->open[side] ? -1 : 1;
	}
	int c = str_cmp(tool_of(w, a), tool_of(w, b));
	return c ? c : str_cmp(rule_of(w, a), rule_of(w, b));
}

/* Puts a rule on the list under the number that is next. */
static struct observed *list_group(struct work *w, struct observed_list *out, uint32_t number)
{
	struct group *group = &w->groups[number];
	struct observed *o = &out->list[out->count];
	*o = (struct observed){.tool = tool_of(w, group), .rule = rule_of(w, group), .title = STR_EMPTY, .rules = 1};
	for (int i = 2; i >= 0; i--)
		if (group->worst[i] < SEVERITY_COUNT) o->severity = (enum severity)group->worst[i];
	w->lead[out->count] = number;
	group->number = (uint32_t)out->count++;
	return o;
}

/* What is left over is kept by tool for as many tools; of further ones it goes to the last. */
enum { TOOLS = 256 };

static void leave_over(struct work *w, struct observed_list *out, size_t listed, uint32_t number)
{
	struct str tool = tool_of(w, &w->groups[number]);
	size_t at = listed;
	while (at < out->count && !str_eq_nocase(out->list[at].tool, tool)) at++;
	if (at == listed + TOOLS) at--;
	if (at == out->count) {
		struct observed *rest = list_group(w, out, number);
		rest->rule = STR_EMPTY;
		rest->rest = true;
	} else {
		w->groups[number].number = (uint32_t)at;
		out->list[at].rules++;
	}
}

static void order_groups(struct work *w, size_t most, struct observed_list *out, struct arena *arena)
{
	uint32_t n = 0;
	w->order = large_grow(NULL, sizeof(uint32_t) * ((size_t)w->count + 1));
	for (uint32_t i = 0; i < w->count; i++)
		if (w->groups[i].seen) w->order[n++] = i;
	qsort_r(w->order, n, sizeof(uint32_t), compare_groups, w);
	size_t listed = n > most ? most : n, all = listed + (n > listed ? TOOLS : 0) + 1;
	out->rules = n;
	out->list = ARENA_ARRAY(arena, struct observed, all);
	w->lead = large_grow(NULL, sizeof(*w->lead) * all);
	w->kind = large_grow(NULL, sizeof(*w->kind) * all);
	memset(w->kind, 0, sizeof(*w->kind) * all);
	for (size_t i = 0; i < listed; i++) list_group(w, out, w->order[i]);
	for (size_t i = listed; i < n; i++) leave_over(w, out, listed, w->order[i]);
}

/* The first title that the after side gives, else the before side. */
static void give_titles(struct work *w, struct observed_list *out, size_t listed)
{
	for (int side = SIDE_AFTER; side >= SIDE_BEFORE; side--) {
		const struct snapshot *s = &w->result->sides[side];
		for (uint32_t i = 0; i < s->profiles.count; i++) {
			uint32_t number = w->groups[w->group_of[side][i]].number;
			LARGE_BREATHE(i);
			if (number < listed && !out->list[number].title.len)
				out->list[number].title = snapshot_string(s, profile_at(s, i)->title);
		}
	}
}

static void index_list(struct observed_list *out, struct arena *arena)
{
	out->slot_count = 16;
	while (out->slot_count < 2 * out->count) out->slot_count *= 2;
	out->slots = ARENA_ARRAY(arena, uint32_t, out->slot_count);
	for (size_t i = 0; i < out->count; i++) {
		size_t at = (size_t)hash_of(out->list[i].tool, out->list[i].rule) & (out->slot_count - 1);
		while (out->slots[at]) at = (at + 1) & (out->slot_count - 1);
		out->slots[at] = (uint32_t)i + 1;
	}
}

static const struct observed *look_up(const struct observed_list *observed, struct str tool, struct str rule, bool rest)
{
	size_t at = (size_t)hash_of(tool, rule) & (observed->slot_count - 1);
	for (uint32_t number; (number = observed->slots[at]) != 0; at = (at + 1) & (observed->slot_count - 1)) {
		const struct observed *o = &observed->list[number - 1];
		if (o->rest == rest && is_of(o, tool, rule)) return o;
	}
	return NULL;
}

const struct observed *observed_find(const struct observed_list *observed, struct str tool, struct str rule)
{
	const struct observed *found = look_up(observed, tool, rule, false);
	return found ? found : look_up(observed, tool, STR_EMPTY, true);
}

/* ---- subjects ---- */

static void fill_buckets(struct work *w, size_t listed)
{
	uint32_t rows = 0;
	w->bucket_at = large_grow(NULL, sizeof(uint32_t) * (listed + 2));
	memset(w->bucket_at, 0, sizeof(uint32_t) * (listed + 2));
	for (int pass = 0; pass < 2; pass++) {
		for (int side = 0; side < SIDE_COUNT; side++) {
			for (uint32_t i = 0; i < w->result->sides[side].profiles.count; i++) {
				uint32_t number = w->groups[w->group_of[side][i]].number;
				LARGE_BREATHE(i);
				if (!w->open_of[side][i] || number >= listed) continue;
				if (pass)
					w->bucket_rows[w->bucket_at[number + 1]++] = i * SIDE_COUNT + (uint32_t)side;
				else
					w->bucket_at[number + 2]++;
				rows++;
			}
		}
		if (pass) break;
		w->bucket_rows = large_grow(NULL, sizeof(uint32_t) * ((size_t)rows + 1));
		for (size_t i = 2; i < listed + 2; i++) w->bucket_at[i] += w->bucket_at[i - 1];
	}
}

static int by_name(const void *x, const void *y)
{
	const struct observed_subject *a = x, *b = y;
	size_t n = a->name.len < b->name.len ? a->name.len : b->name.len;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)a->name.ptr[i], d = (unsigned char)b->name.ptr[i];
		if (c >= 'A' && c <= 'Z') c |= 0x20;
		if (d >= 'A' && d <= 'Z') d |= 0x20;
		if (c != d) return c < d ? -1 : 1;
	}
	if (a->name.len != b->name.len) return a->name.len < b->name.len ? -1 : 1;
	for (int side = SIDE_AFTER; side >= SIDE_BEFORE; side--)
		if (!a->open[side] != !b->open[side]) return a->open[side] ? -1 : 1; /* the after side's spelling */
	return str_cmp(a->name, b->name);
}

static int by_open(const void *x, const void *y)
{
	const struct observed_subject *a = x, *b = y;
	for (int side = SIDE_AFTER; side >= SIDE_BEFORE; side--)
		if (a->open[side] != b->open[side]) return a->open[side] > b->open[side] ? -1 : 1;
	return by_name(x, y);
}

static void name_subjects(struct work *w, struct observed *o, const uint32_t *rows, uint32_t n,
                          struct observed_subject *scratch, struct arena *arena)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < n; i++) {
		int side = (int)(rows[i] % SIDE_COUNT);
		const struct snapshot *s = &w->result->sides[side];
		scratch[i] =
		    (struct observed_subject){.name = snapshot_string(s, profile_at(s, rows[i] / SIDE_COUNT)->subject)};
		scratch[i].open[side] = w->open_of[side][rows[i] / SIDE_COUNT];
	}
	qsort(scratch, n, sizeof(*scratch), by_name);
	for (uint32_t i = 0; i < n; i++) {
		if (count && str_eq_nocase(scratch[count - 1].name, scratch[i].name)) {
			for (int side = 0; side < SIDE_COUNT; side++)
				scratch[count - 1].open[side] += scratch[i].open[side];
		} else {
			scratch[count++] = scratch[i];
		}
	}
	qsort(scratch, count, sizeof(*scratch), by_open);
	o->subject_count = count;
	o->subject_named = count < OBSERVED_SUBJECTS ? count : OBSERVED_SUBJECTS;
	o->subjects = ARENA_ARRAY(arena, struct observed_subject, o->subject_named + 1);
	memcpy(o->subjects, scratch, sizeof(*scratch) * o->subject_named);
}

static void collect_subjects(struct work *w, struct observed_list *out, size_t listed, struct arena *arena)
{
	uint32_t largest = 0;
	fill_buckets(w, listed);
	for (size_t i = 0; i < listed; i++) {
		uint32_t n = w->bucket_at[i + 1] - w->bucket_at[i];
		if (n > largest) largest = n;
	}
	struct observed_subject *scratch = large_grow(NULL, sizeof(*scratch) * ((size_t)largest + 1));
	for (size_t i = 0; i < listed; i++)
		name_subjects(w, &out->list[i], w->bucket_rows + w->bucket_at[i], w->bucket_at[i + 1] - w->bucket_at[i],
		              scratch, arena);
	large_free(scratch);
}

void observed_collect(struct observed_list *observed, const struct result *result, size_t most, struct arena *arena)
{
	struct work w = {.result = result};
	*observed = (struct observed_list){0};
	for (int side = SIDE_AFTER; side >= SIDE_BEFORE; side--) group_profiles(&w, (enum side)side);
	walk_findings(&w, NULL);
	order_groups(&w, most, observed, arena);
	size_t listed = observed->rules < most ? (size_t)observed->rules : most;
	walk_findings(&w, observed);
	give_titles(&w, observed, listed);
	index_list(observed, arena);
	collect_subjects(&w, observed, listed, arena);
	for (int side = 0; side < SIDE_COUNT; side++) {
		large_free(w.group_of[side]);
		large_free(w.open_of[side]);
	}
	large_free(w.groups);
	large_free(w.slots);
	large_free(w.order);
	large_free(w.lead);
	large_free(w.kind);
	large_free(w.bucket_at);
	large_free(w.bucket_rows);
}
