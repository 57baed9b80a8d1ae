/* How it works: profiles, of which there are far fewer than findings, are given to groups through a hash table; one walk over the
 * findings then costs a few additions each. Subjects are looked at only for groups that are listed:
 *
 *     profile ──> group        a table, by tool and rule
 *     finding ──> its profile's group: counts, examples; its profile: how many are open
 *     groups  ──> ordered, cut, what is left over merged by tool
 *     profile ──> bucket of its group ──> subjects, sorted, counted, the first named
 */
#include "render/observed.h"

#include "core/hash.h"

#include <stdlib.h>

struct group {
	struct observed observed;
	uint64_t hash;
	uint8_t worst[3]; /* severity of what is open after, was open before, of any */
	uint8_t kind;     /* of its examples: 2 open after, 1 open before, 0 any */
	uint32_t number;  /* in the final list */
};

struct work {
	const struct result *result;
	struct group *groups;
	uint32_t count, capacity;
	uint32_t *slots, slot_count;       /* number + 1 */
	uint32_t *group_of[SIDE_COUNT];    /* by profile */
	uint32_t *open_of[SIDE_COUNT];     /* by profile: findings that are open and count */
	uint32_t *order;                   /* groups */
	uint32_t *bucket_at, *bucket_rows; /* by final number; rows: profile * SIDE_COUNT + side */
};

static const struct profile *profile_at(const struct snapshot *s, uint32_t number)
{
	return (const struct profile *)(const void *)tuples_get(&s->profiles, number);
}

static uint64_t hash_of(struct str tool, struct str rule) { return hash_mix(hash_nocase(tool), hash_nocase(rule)); }

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
	w->slots = memory_grow(w->slots, sizeof(*w->slots) * (size_t)w->slot_count);
	memset(w->slots, 0, sizeof(*w->slots) * (size_t)w->slot_count);
	for (uint32_t i = 0; i < w->count; i++) put_slot(w, i);
}

static uint32_t group_for(struct work *w, const struct snapshot *s, const struct profile *p)
{
	struct str tool = snapshot_string(s, p->tool), rule = snapshot_string(s, p->rule);
	uint64_t hash = hash_of(tool, rule);
	if (w->count >= w->slot_count / 2) grow_slots(w);
	size_t at = (size_t)hash & (w->slot_count - 1);
	for (uint32_t number; (number = w->slots[at]) != 0; at = (at + 1) & (w->slot_count - 1)) {
		const struct group *group = &w->groups[number - 1];
		if (group->hash == hash && is_of(&group->observed, tool, rule)) return number - 1;
	}
	ARRAY_RESERVE(w->groups, w->count, w->capacity);
	w->groups[w->count] = (struct group){
	    .observed = {.tool = tool, .rule = rule, .title = STR_EMPTY, .rules = 1},
	    .hash = hash,
	    .worst = {SEVERITY_COUNT, SEVERITY_COUNT, SEVERITY_COUNT},
	};
	w->slots[at] = w->count + 1;
	return w->count++;
}

static void group_profiles(struct work *w, enum side side)
{
	const struct snapshot *s = &w->result->sides[side];
	size_t bytes = sizeof(uint32_t) * ((size_t)s->profiles.count + 1);
	w->group_of[side] = memory_grow(NULL, bytes);
	w->open_of[side] = memory_grow(NULL, bytes);
	memset(w->open_of[side], 0, bytes);
	for (uint32_t i = 0; i < s->profiles.count; i++) {
		const struct profile *p = profile_at(s, i);
		uint32_t number = group_for(w, s, p);
		struct observed *o = &w->groups[number].observed;
		w->group_of[side][i] = number;
		if (!o->title.len) o->title = snapshot_string(s, p->title);
	}
}

/* ---- findings ---- */

static void add_example(struct group *group, uint8_t kind, enum side side, uint32_t finding, uint32_t input)
{
	struct observed *o = &group->observed;
	if (kind < group->kind) return;
	if (kind > group->kind) o->example_count = 0;
	group->kind = kind;
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

static void count_finding(struct work *w, enum side side, uint32_t finding, uint32_t input)
{
	const struct snapshot *s = &w->result->sides[side];
	const struct fate *fate = &w->result->diff.fates[side][finding];
	uint32_t profile = s->findings[finding].profile;
	const struct profile *p = profile_at(s, profile);
	struct group *group = &w->groups[w->group_of[side][profile]];
	struct observed *o = &group->observed;
	bool open = p->status == STATUS_FAIL;
	if (!fate->counted) return;
	o->by_status[side][p->status]++;
	worse(&group->worst[2], p->severity);
	add_example(group, !open ? 0 : side == SIDE_AFTER ? 2 : 1, side, finding, input);
	if (!open) return;
	w->open_of[side][profile]++;
	worse(&group->worst[side == SIDE_AFTER ? 0 : 1], p->severity);
	bool gone = fate->outcome >= OUTCOME_FIXED && fate->outcome <= OUTCOME_NOT_REASSESSED;
	if (fate->outcome < OUTCOME_COUNT && gone == (side == SIDE_BEFORE)) o->outcomes[fate->outcome]++;
	const struct analysis *analysis = w->result->analysis;
	if (side != SIDE_AFTER || !analysis) return;
	if (analysis->covered && analysis->covered[finding]) o->excepted++;
	if (analysis->speaks && analysis->speaks[finding]) add_exception(o, analysis->speaks[finding] - 1);
}

static void count_findings(struct work *w, enum side side)
{
	const struct snapshot *s = &w->result->sides[side];
	for (uint32_t i = 0; i < s->input_count; i++)
		for (uint32_t j = 0; j < s->inputs[i].finding_count; j++)
			count_finding(w, side, s->inputs[i].first_finding + j, i);
}

/* ---- order ---- */

static uint64_t records_of(const struct observed *o)
{
	uint64_t all = 0;
	for (int side = 0; side < SIDE_COUNT; side++)
		for (int i = 0; i < STATUS_COUNT; i++) all += o->by_status[side][i];
	return all;
}

static int compare_groups(const void *x, const void *y, void *context)
{
	const struct work *w = context;
	const struct group *a = &w->groups[*(const uint32_t *)x], *b = &w->groups[*(const uint32_t *)y];
	if (a->worst[0] != b->worst[0]) return a->worst[0] < b->worst[0] ? -1 : 1;
	for (int side = SIDE_AFTER; side >= SIDE_BEFORE; side--) {
		uint32_t m = a->observed.by_status[side][STATUS_FAIL], n = b->observed.by_status[side][STATUS_FAIL];
		if (m != n) return m > n ? -1 : 1;
	}
	int c = str_cmp(a->observed.tool, b->observed.tool);
	return c ? c : str_cmp(a->observed.rule, b->observed.rule);
}

static void settle(struct group *group)
{
	for (int i = 2; i >= 0; i--)
		if (group->worst[i] < SEVERITY_COUNT) group->observed.severity = (enum severity)group->worst[i];
}

/* What is left over goes to the group of its tool. */
static void merge(struct observed *to, const struct observed *from)
{
	for (int side = 0; side < SIDE_COUNT; side++)
		for (int i = 0; i < STATUS_COUNT; i++) to->by_status[side][i] += from->by_status[side][i];
	for (int i = 0; i < OUTCOME_COUNT; i++) to->outcomes[i] += from->outcomes[i];
	to->excepted += from->excepted;
	to->rules += from->rules;
	for (uint32_t i = 0; i < from->exception_count; i++) add_exception(to, from->exceptions[i]);
}

static struct observed *rest_of(struct observed_list *out, size_t listed, const struct observed *o)
{
	for (size_t i = listed; i < out->count; i++)
		if (str_eq_nocase(out->list[i].tool, o->tool)) return &out->list[i];
	struct observed *rest = &out->list[out->count++];
	*rest = *o;
	rest->rule = rest->title = STR_EMPTY;
	rest->rules = 0;
	rest->rest = true;
	memset(rest->by_status, 0, sizeof(rest->by_status));
	memset(rest->outcomes, 0, sizeof(rest->outcomes));
	rest->excepted = rest->exception_count = 0;
	return rest;
}

/* What is left over is kept by tool for as many tools; of further ones it goes to the last. */
enum { TOOLS = 256 };

static void order_groups(struct work *w, size_t most, struct observed_list *out, struct arena *arena)
{
	uint32_t n = 0;
	w->order = memory_grow(NULL, sizeof(uint32_t) * ((size_t)w->count + 1));
	for (uint32_t i = 0; i < w->count; i++) {
		settle(&w->groups[i]);
		w->groups[i].number = UINT32_MAX;
		if (records_of(&w->groups[i].observed)) w->order[n++] = i;
	}
	qsort_r(w->order, n, sizeof(uint32_t), compare_groups, w);
	size_t listed = n > most ? most : n;
	out->rules = n;
	out->list = ARENA_ARRAY(arena, struct observed, listed + (n > listed ? TOOLS : 0) + 1);
	for (; out->count < listed; out->count++) {
		struct group *group = &w->groups[w->order[out->count]];
		group->number = (uint32_t)out->count;
		out->list[out->count] = group->observed;
	}
	for (size_t i = listed; i < n; i++) {
		const struct observed *o = &w->groups[w->order[i]].observed;
		bool room = out->count < listed + TOOLS;
		merge(room ? rest_of(out, listed, o) : &out->list[out->count - 1], o);
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
	w->bucket_at = memory_grow(NULL, sizeof(uint32_t) * (listed + 2));
	memset(w->bucket_at, 0, sizeof(uint32_t) * (listed + 2));
	for (int pass = 0; pass < 2; pass++) {
		for (int side = 0; side < SIDE_COUNT; side++) {
			for (uint32_t i = 0; i < w->result->sides[side].profiles.count; i++) {
				uint32_t number = w->groups[w->group_of[side][i]].number;
				if (!w->open_of[side][i] || number == UINT32_MAX) continue;
				if (pass)
					w->bucket_rows[w->bucket_at[number + 1]++] = i * SIDE_COUNT + (uint32_t)side;
				else
					w->bucket_at[number + 2]++;
				rows++;
			}
		}
		if (pass) break;
		w->bucket_rows = memory_grow(NULL, sizeof(uint32_t) * ((size_t)rows + 1));
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
	struct observed_subject *scratch = memory_grow(NULL, sizeof(*scratch) * ((size_t)largest + 1));
	for (size_t i = 0; i < listed; i++)
		name_subjects(w, &out->list[i], w->bucket_rows + w->bucket_at[i], w->bucket_at[i + 1] - w->bucket_at[i],
		              scratch, arena);
	free(scratch);
}

void observed_collect(struct observed_list *observed, const struct result *result, size_t most, struct arena *arena)
{
	struct work w = {.result = result};
	*observed = (struct observed_list){0};
	for (int side = SIDE_AFTER; side >= SIDE_BEFORE; side--) group_profiles(&w, (enum side)side);
	for (int side = SIDE_AFTER; side >= SIDE_BEFORE; side--) count_findings(&w, (enum side)side);
	order_groups(&w, most, observed, arena);
	index_list(observed, arena);
	collect_subjects(&w, observed, observed->rules < most ? (size_t)observed->rules : most, arena);
	for (int side = 0; side < SIDE_COUNT; side++) {
		free(w.group_of[side]);
		free(w.open_of[side]);
	}
	free(w.groups);
	free(w.slots);
	free(w.order);
	free(w.bucket_at);
	free(w.bucket_rows);
}
