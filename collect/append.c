/* Appending a snapshot: every number of the appended one is translated into the other's pools, in its own order. */
#include "collect/collect.h"
#include "collect/snapshot_members.h"

#include <stdlib.h>

/* What a number of the snapshot that is appended is in the one that takes it. */
struct translation {
	struct snapshot *into;
	const struct snapshot *from;
	const uint32_t *strings, *units, *profiles, *components;
	uint32_t input_base, finding_base, site_base;
};

/* ---- one member, by its kind ---- */

static inline void translate_string(const struct translation *t, uint32_t *number) { *number = t->strings[*number]; }
static inline void translate_reached(const struct translation *t, uint32_t *number) { translate_string(t, number); }
static inline void translate_unit(const struct translation *t, uint32_t *number) { *number = t->units[*number]; }
static inline void translate_of_profile(const struct translation *t, uint32_t *number)
{
	*number = t->profiles[*number];
}
static inline void translate_of_component(const struct translation *t, uint32_t *number)
{
	*number = t->components[*number];
}
static inline void translate_of_finding(const struct translation *t, uint32_t *number) { *number += t->finding_base; }
static inline void translate_first_finding(const struct translation *t, uint32_t *number)
{
	*number += t->finding_base;
}
static inline void translate_first_site(const struct translation *t, uint32_t *number) { *number += t->site_base; }
static inline void translate_of_input(const struct translation *t, uint32_t *number) { *number += t->input_base; }
static inline void translate_maybe_input(const struct translation *t, uint32_t *number)
{
	if (*number != UINT32_MAX) *number += t->input_base;
}

/* Values stay as they are. */
#define translate_u32(t, value) ((void)0)
#define translate_u64(t, value) ((void)0)
#define translate_i64(t, value) ((void)0)
#define translate_flag(t, value) ((void)0)
#define translate_packed(t, value) ((void)0)
#define translate_sha256(t, value) ((void)0)
#define translate_by_status(t, value) ((void)0)
#define translate_by_severity(t, value) ((void)0)
#define translate_severity(t, value) ((void)0)
#define translate_status(t, value) ((void)0)
#define translate_nature(t, value) ((void)0)
#define translate_waiver_state(t, value) ((void)0)
#define translate_event_severity(t, value) ((void)0)
#define translate_rule_list(t, value) ((void)0)
#define translate_code(t, value) ((void)0)
#define translate_gap(t, value) ((void)0)

#define TRANSLATE(kind, member) translate_##kind(t, &r->member);

/* ---- pools ---- */

static uint32_t *translate_strings(struct snapshot *into, const struct snapshot *from)
{
	uint32_t *map = large_grow(NULL, sizeof(*map) * ((size_t)from->strings.count + 1));
	strings_add_all(&into->strings, &from->strings, map);
	return map;
}

static uint32_t *translate_units(struct snapshot *into, const struct snapshot *from)
{
	uint32_t *map = large_grow(NULL, sizeof(*map) * ((size_t)from->unit_count + 1));
	for (uint32_t i = 0; i < from->unit_count; i++)
		map[i] = snapshot_add_unit(into, snapshot_string(from, from->units[i].tool),
		                           snapshot_string(from, from->units[i].target), from->units[i].of_facts);
	return map;
}

static void translate_of_waiver(const struct translation *t, uint32_t *number)
{
	struct waiver w, *r = &w;
	uint32_t row[WAIVER_WORDS];
	if (!*number) return;
	memcpy(&w, tuples_get(&t->from->waivers, *number), sizeof(w));
	WAIVER_MEMBERS(TRANSLATE)
	memcpy(row, &w, sizeof(row));
	*number = tuples_add(&t->into->waivers, row);
}

enum { HELD_WORDS = 1024 };

/* Rows that are held until there are enough to be added at once; numbers: where theirs go, one after another. */
struct held {
	struct tuples *into;
	uint32_t *numbers, count;
	uint32_t *rows; /* HELD_WORDS */
};

static void held_add(struct held *held)
{
	tuples_add_rows(held->into, held->rows, held->count, held->numbers);
	held->numbers += held->count;
	held->count = 0;
}

/* Room for one more row. */
static uint32_t *held_row(struct held *held)
{
	uint32_t width = held->into->width;
	if ((held->count + 1) * width > HELD_WORDS) held_add(held);
	return held->rows + held->count++ * width;
}

static void translate_profile(const struct translation *t, uint32_t *row)
{
	struct profile p, *r = &p;
	memcpy(&p, row, sizeof(p));
	PROFILE_MEMBERS(TRANSLATE)
	memcpy(row, &p, sizeof(p));
}

static void translate_component(const struct translation *t, uint32_t *row)
{
	struct component c, *r = &c;
	memcpy(&c, row, sizeof(c));
	COMPONENT_MEMBERS(TRANSLATE)
	memcpy(row, &c, sizeof(c));
}

/* Adds all rows of a pool to the other's; their numbers there. */
static uint32_t *translate_rows(const struct translation *t, const struct tuples *from, struct tuples *into,
                                void (*translate)(const struct translation *t, uint32_t *row))
{
	uint32_t *map = large_grow(NULL, sizeof(*map) * ((size_t)from->count + 1));
	uint32_t rows[HELD_WORDS];
	struct held held = {.into = into, .numbers = map, .rows = rows};
	for (uint32_t i = 0; i < from->count; i++) {
		LARGE_BREATHE(i);
		uint32_t *row = held_row(&held);
		memcpy(row, tuples_get(from, i), sizeof(*row) * from->width);
		translate(t, row);
	}
	held_add(&held);
	return map;
}

/* ---- records ---- */

/* Copies an array behind the other's and translates each element; there is room for exactly as many and an eighth, so that a large
 * snapshot is not copied into twice its size. */
#define APPEND(array, count, capacity, MEMBERS)                                                                        \
	do {                                                                                                           \
		uint32_t base_ = t->into->count, n_ = t->from->count;                                                  \
		if ((uint64_t)base_ + n_ > t->into->capacity) {                                                        \
			t->into->capacity = base_ + n_ + (base_ + n_) / 8;                                             \
			t->into->array =                                                                               \
			    large_grow(t->into->array, sizeof(*t->into->array) * (size_t)t->into->capacity);           \
		}                                                                                                      \
		for (uint32_t i_ = 0; i_ < n_; i_++) {                                                                 \
			LARGE_BREATHE(i_);                                                                             \
			__typeof__(*t->into->array) *r = &t->into->array[base_ + i_];                                  \
			*r = t->from->array[i_];                                                                       \
			MEMBERS(TRANSLATE)                                                                             \
		}                                                                                                      \
		t->into->count = base_ + n_;                                                                           \
	} while (0)

static void append_warnings(const struct translation *t)
{
	APPEND(warnings, warning_count, warning_capacity, WARNING_MEMBERS);
}

static void append_findings(const struct translation *t)
{
	APPEND(findings, finding_count, finding_capacity, FINDING_MEMBERS);
	APPEND(sites, site_count, site_capacity, SITE_MEMBERS);
}

static void append_records(struct translation *t)
{
	uint32_t *units, *profiles, *components;
	t->units = units = translate_units(t->into, t->from);
	t->profiles = profiles = translate_rows(t, &t->from->profiles, &t->into->profiles, translate_profile);
	t->components = components = translate_rows(t, &t->from->components, &t->into->components, translate_component);
	append_findings(t);
	APPEND(facts, fact_count, fact_capacity, FACT_MEMBERS);
	APPEND(events, event_count, event_capacity, EVENT_MEMBERS);
	APPEND(commands, command_count, command_capacity, COMMAND_MEMBERS);
	APPEND(coverage, coverage_count, coverage_capacity, COVERAGE_MEMBERS);
	APPEND(listed_rules, listed_rule_count, listed_rule_capacity, LISTED_RULE_MEMBERS);
	large_free(units);
	large_free(profiles);
	large_free(components);
}

void snapshot_append_findings(struct snapshot *into, const struct snapshot *from, const uint32_t *profiles,
                              bool goes_on)
{
	uint32_t *strings = translate_strings(into, from);
	struct translation t = {
	    .into = into, .from = from, .strings = strings, .profiles = profiles, .finding_base = into->finding_count};
	uint32_t *components = translate_rows(&t, &from->components, &into->components, translate_component);
	uint32_t sites = into->site_count;
	t.components = components;
	append_findings(&t);
	if (goes_on) {
		into->site_count--;
		memmove(&into->sites[sites], &into->sites[sites + 1],
		        sizeof(*into->sites) * (into->site_count - sites));
	}
	large_free(components);
	large_free(strings);
}

static void append_inputs(const struct translation *t)
{
	struct snapshot *into = t->into;
	for (uint32_t i = 0; i < t->from->input_count; i++) {
		struct input input = t->from->inputs[i], *r = &input;
		INPUT_MEMBERS(TRANSLATE)
		input.duplicate |= input.finding_count + input.records + input.events > 0 && !input.named &&
		                   snapshot_holds(into, &input);
		bool alone =
		    t->from->input_count == 1; /* its records are left out; in a group they stay, and count nowhere */
		if (input.duplicate && alone) input.finding_count = input.site_count = 0;
		LARGE_RESERVE(into->inputs, into->input_count, into->input_capacity);
		into->inputs[into->input_count++] = input;
		t->from->inputs[i].frames = (struct frame_list){0}; /* moved */
	}
}

/* Among the warnings from `from` on. */
static bool warned_of_copy(const struct snapshot *s, uint32_t from, uint32_t input)
{
	for (uint32_t i = from; i < s->warning_count; i++)
		if (s->warnings[i].input == input && strcmp(s->warnings[i].code, "duplicate_file") == 0) return true;
	return false;
}

void snapshot_append(struct snapshot *into, struct snapshot *from)
{
	if (into->input_count == 0 &&
	    into->warning_count == 0) { /* the common case of one big file a side: nothing is copied */
		snapshot_free(into);
		*into = *from;
		*from = (struct snapshot){0};
		return;
	}
	uint32_t *strings = translate_strings(into, from);
	struct translation t = {.into = into,
	                        .from = from,
	                        .strings = strings,
	                        .input_base = into->input_count,
	                        .finding_base = into->finding_count,
	                        .site_base = into->site_count};
	uint32_t warning_base = into->warning_count;
	append_inputs(&t);
	if (!(from->input_count == 1 && into->inputs[t.input_base].duplicate)) append_records(&t);
	append_warnings(&t);
	for (uint32_t i = t.input_base; i < into->input_count; i++)
		if (into->inputs[i].duplicate && !warned_of_copy(into, warning_base, i))
			snapshot_warn(into, "duplicate_file", GAP_NONE, i, STR_EMPTY,
			              STR("equal to the byte to an earlier file of this side: counted once"));
	large_free(strings);
	snapshot_free(from);
}
