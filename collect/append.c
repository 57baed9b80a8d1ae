/* Appending a snapshot: every number of the appended one is translated into the other's pools, in its own order. */
#include "collect/collect.h"

#include <stdlib.h>

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

static uint32_t translate_waiver(struct snapshot *into, const struct snapshot *from, const uint32_t *strings,
                                 uint32_t number)
{
	struct waiver w;
	uint32_t row[WAIVER_WORDS];
	memcpy(&w, tuples_get(&from->waivers, number), sizeof(w));
	w.kind = strings[w.kind];
	w.reason = strings[w.reason];
	w.by = strings[w.by];
	w.until = strings[w.until];
	w.products = strings[w.products];
	memcpy(row, &w, sizeof(row));
	return tuples_add(&into->waivers, row);
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

static uint32_t *translate_profiles(struct snapshot *into, const struct snapshot *from, const uint32_t *strings,
                                    const uint32_t *units)
{
	uint32_t *map = large_grow(NULL, sizeof(*map) * ((size_t)from->profiles.count + 1));
	uint32_t rows[HELD_WORDS];
	struct held held = {.into = &into->profiles, .numbers = map, .rows = rows};
	for (uint32_t i = 0; i < from->profiles.count; i++) {
		LARGE_BREATHE(i);
		struct profile p;
		memcpy(&p, tuples_get(&from->profiles, i), sizeof(p));
		p.tool = strings[p.tool];
		p.rule = strings[p.rule];
		p.title = strings[p.title];
		p.subject = strings[p.subject];
		p.owner = strings[p.owner];
		p.ids = strings[p.ids];
		p.kinds = strings[p.kinds];
		p.policy = strings[p.policy];
		p.waiver = p.waiver ? translate_waiver(into, from, strings, p.waiver) : 0;
		p.unit = units[p.unit];
		memcpy(held_row(&held), &p, sizeof(p));
	}
	held_add(&held);
	return map;
}

static uint32_t *translate_components(struct snapshot *into, const struct snapshot *from, const uint32_t *strings)
{
	uint32_t *map = large_grow(NULL, sizeof(*map) * ((size_t)from->components.count + 1));
	uint32_t rows[HELD_WORDS];
	struct held held = {.into = &into->components, .numbers = map, .rows = rows};
	for (uint32_t i = 0; i < from->components.count; i++) {
		LARGE_BREATHE(i);
		uint32_t *row = held_row(&held);
		for (int k = 0; k < COMPONENT_WORDS; k++) row[k] = strings[tuples_get(&from->components, i)[k]];
	}
	held_add(&held);
	return map;
}

/* Room for exactly `more`, so that a large snapshot is not copied into twice its size. */
#define EXTEND(array, count, capacity, more)                                                                           \
	do {                                                                                                           \
		if ((uint64_t)(count) + (more) > (capacity)) {                                                         \
			(capacity) = (count) + (more) + ((count) + (more)) / 8;                                        \
			(array) = large_grow((array), sizeof(*(array)) * (size_t)(capacity));                          \
		}                                                                                                      \
	} while (0)

static void append_records(struct snapshot *into, const struct snapshot *from, const uint32_t *strings,
                           const uint32_t *units, uint32_t input_base)
{
	uint32_t *profiles = translate_profiles(into, from, strings, units);
	uint32_t *components = translate_components(into, from, strings);
	uint32_t finding_base = into->finding_count;
	EXTEND(into->findings, into->finding_count, into->finding_capacity, from->finding_count);
	for (uint32_t i = 0; i < from->finding_count; i++) {
		LARGE_BREATHE(i);
		struct finding f = from->findings[i];
		f.profile = profiles[f.profile];
		f.component = components[f.component];
		f.folder = strings[f.folder];
		f.file = strings[f.file];
		into->findings[into->finding_count++] = f;
	}
	EXTEND(into->sites, into->site_count, into->site_capacity, from->site_count);
	for (uint32_t i = 0; i < from->site_count; i++) {
		LARGE_BREATHE(i);
		struct site site = from->sites[i];
		site.finding += finding_base;
		site.parent = strings[site.parent];
		into->sites[into->site_count++] = site;
	}
	EXTEND(into->facts, into->fact_count, into->fact_capacity, from->fact_count);
	for (uint32_t i = 0; i < from->fact_count; i++) {
		LARGE_BREATHE(i);
		struct fact fact = from->facts[i];
		fact.subject = strings[fact.subject];
		fact.name = strings[fact.name];
		fact.value = strings[fact.value];
		fact.unit = units[fact.unit];
		fact.input += input_base;
		into->facts[into->fact_count++] = fact;
	}
	EXTEND(into->events, into->event_count, into->event_capacity, from->event_count);
	for (uint32_t i = 0; i < from->event_count; i++) {
		LARGE_BREATHE(i);
		struct event event = from->events[i];
		event.subject = strings[event.subject];
		event.title = strings[event.title];
		event.state = strings[event.state];
		event.input += input_base;
		into->events[into->event_count++] = event;
	}
	EXTEND(into->commands, into->command_count, into->command_capacity, from->command_count);
	for (uint32_t i = 0; i < from->command_count; i++) {
		struct command_run c = from->commands[i];
		c.file = strings[c.file];
		c.format = strings[c.format];
		c.subject = strings[c.subject];
		c.text = strings[c.text];
		c.failure = strings[c.failure];
		c.detail = strings[c.detail];
		c.pointer = strings[c.pointer];
		c.input += input_base;
		into->commands[into->command_count++] = c;
	}
	EXTEND(into->coverage, into->coverage_count, into->coverage_capacity, from->coverage_count);
	for (uint32_t i = 0; i < from->coverage_count; i++) {
		struct coverage c = from->coverage[i];
		c.unit = units[c.unit];
		c.input += input_base;
		into->coverage[into->coverage_count++] = c;
	}
	EXTEND(into->listed_rules, into->listed_rule_count, into->listed_rule_capacity, from->listed_rule_count);
	for (uint32_t i = 0; i < from->listed_rule_count; i++) {
		struct listed_rule rule = from->listed_rules[i];
		rule.unit = units[rule.unit];
		rule.input += input_base;
		rule.id = strings[rule.id];
		rule.formerly = strings[rule.formerly];
		into->listed_rules[into->listed_rule_count++] = rule;
	}
	large_free(profiles);
	large_free(components);
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
	uint32_t *strings = translate_strings(into, from), *units = NULL;
	uint32_t input_base = into->input_count;
	for (uint32_t i = 0; i < from->input_count; i++) {
		struct input input = from->inputs[i];
		input.path = strings[input.path];
		input.display = strings[input.display];
		input.member = strings[input.member];
		input.format = strings[input.format];
		input.tool = strings[input.tool];
		input.tool_version = strings[input.tool_version];
		input.scope = strings[input.scope];
		input.name_type = strings[input.name_type];
		input.named = strings[input.named];
		input.duplicate |= input.finding_count + input.records + input.events > 0 && !input.named &&
		                   snapshot_holds(into, &input);
		input.first_finding += into->finding_count;
		input.first_site += into->site_count;
		bool alone =
		    from->input_count == 1; /* its records are left out; in a group they stay, and count nowhere */
		if (input.duplicate && alone) input.finding_count = input.site_count = 0;
		LARGE_RESERVE(into->inputs, into->input_count, into->input_capacity);
		into->inputs[into->input_count++] = input;
		from->inputs[i].frames = (struct frame_list){0}; /* moved */
	}
	bool duplicate = from->input_count == 1 && into->inputs[input_base].duplicate;
	if (!duplicate) {
		units = translate_units(into, from);
		append_records(into, from, strings, units, input_base);
	}
	uint32_t warning_base = into->warning_count;
	for (uint32_t i = 0; i < from->warning_count; i++) {
		struct warning w = from->warnings[i];
		w.pointer = strings[w.pointer];
		w.message = strings[w.message];
		w.subject = strings[w.subject];
		w.command = strings[w.command];
		if (w.input != UINT32_MAX) w.input += input_base;
		LARGE_RESERVE(into->warnings, into->warning_count, into->warning_capacity);
		into->warnings[into->warning_count++] = w;
	}
	for (uint32_t i = input_base; i < into->input_count; i++)
		if (into->inputs[i].duplicate && !warned_of_copy(into, warning_base, i))
			snapshot_warn(into, "duplicate_file", GAP_NONE, i, STR_EMPTY,
			              STR("equal to the byte to an earlier file of this side: counted once"));
	large_free(strings);
	large_free(units);
	snapshot_free(from);
}
