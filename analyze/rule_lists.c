/* How it works: one set of (unit, rule) for each side, asked once for each profile of the other; and the pairs (old id, new id),
 * joined into classes (union-find). */
#include "analyze/rule_lists.h"

#include "core/hash.h"

#include <stdlib.h>

/* ---- a set of hashes ---- */

struct set {
	uint64_t *slots, mask, count; /* 0: free */
};

static void set_add(struct set *set, uint64_t key)
{
	if (set->count * 2 >= set->mask) {
		struct set wider = {.mask = set->slots ? set->mask * 2 + 1 : 255};
		wider.slots = large_grow(NULL, sizeof(uint64_t) * (wider.mask + 1));
		memset(wider.slots, 0, sizeof(uint64_t) * (wider.mask + 1));
		for (uint64_t i = 0; set->slots && i <= set->mask; i++)
			if (set->slots[i]) set_add(&wider, set->slots[i]);
		large_free(set->slots);
		*set = wider;
	}
	key += key == 0;
	uint64_t slot = key & set->mask;
	for (; set->slots[slot]; slot = (slot + 1) & set->mask)
		if (set->slots[slot] == key) return;
	set->slots[slot] = key;
	set->count++;
}

static bool set_has(const struct set *set, uint64_t key)
{
	key += key == 0;
	for (uint64_t slot = key & set->mask; set->slots && set->slots[slot]; slot = (slot + 1) & set->mask)
		if (set->slots[slot] == key) return true;
	return false;
}

/* ---- which rules a side lists ---- */

static uint64_t unit_hash(const struct snapshot *s, uint32_t unit)
{
	return hash_mix(hash_nocase(snapshot_string(s, s->units[unit].tool)),
	                hash_nocase(snapshot_string(s, s->units[unit].target)));
}

static bool counts(const struct snapshot *s, uint32_t input) { return input_is_counted(&s->inputs[input]); }

/* Tools of which some run, on either side, lists a rule without a result. */
static struct set tools_listing_all(const struct diff *d)
{
	struct set tools = {0};
	for (int k = 0; k < SIDE_COUNT; k++) {
		const struct snapshot *s = d->sides[k];
		for (uint32_t i = 0; i < s->coverage_count; i++)
			if (s->coverage[i].rules == RULES_ALL && counts(s, s->coverage[i].input))
				set_add(&tools, hash_nocase(snapshot_string(s, s->units[s->coverage[i].unit].tool)));
	}
	return tools;
}

/* By unit: every file that counts there lists its rules. */
static bool *units_listing(const struct snapshot *s)
{
	bool *listing = large_grow(NULL, (size_t)s->unit_count + 1);
	memset(listing, 0, (size_t)s->unit_count + 1);
	for (int pass = 0; pass < 2; pass++) /* first who does, then who does not */
		for (uint32_t i = 0; i < s->coverage_count; i++)
			if (counts(s, s->coverage[i].input) && (s->coverage[i].rules == RULES_UNLISTED) == pass)
				listing[s->coverage[i].unit] = !pass;
	return listing;
}

static struct set listed_rules(const struct snapshot *s)
{
	struct set rules = {0};
	for (uint32_t i = 0; i < s->listed_rule_count; i++) {
		const struct listed_rule *rule = &s->listed_rules[i];
		if (!counts(s, rule->input)) continue;
		uint64_t unit = unit_hash(s, rule->unit);
		set_add(&rules, hash_mix(unit, hash_nocase(snapshot_string(s, rule->id))));
		if (rule->formerly) set_add(&rules, hash_mix(unit, hash_nocase(snapshot_string(s, rule->formerly))));
	}
	return rules;
}

/* "CA1000/1" is listed as "CA1000" (SARIF 3.52.4). */
static bool is_listed(const struct set *rules, uint64_t unit, struct str id)
{
	for (;;) {
		if (set_has(rules, hash_mix(unit, hash_nocase(id)))) return true;
		size_t slash = str_rfind_char(id, '/');
		if (slash == SIZE_MAX) return false;
		id = str_slice(id, 0, slash);
	}
}

static void find_unlisted(struct rule_lists *lists, const struct diff *d, int side, const struct set *tools)
{
	const struct snapshot *s = d->sides[side], *other = d->sides[1 - side];
	bool *listing = units_listing(other);
	struct set rules = listed_rules(other);
	lists->unlisted[side] = large_grow(NULL, (size_t)s->profiles.count + 1);
	memset(lists->unlisted[side], 0, (size_t)s->profiles.count + 1);
	for (uint32_t i = 0; i < s->profiles.count; i++) {
		LARGE_BREATHE(i);
		struct profile p;
		memcpy(&p, tuples_get(&s->profiles, i), sizeof(p));
		struct str tool = snapshot_string(s, s->units[p.unit].tool);
		uint32_t there = snapshot_find_unit(other, tool, snapshot_string(s, s->units[p.unit].target));
		if (there == UINT32_MAX || !listing[there] || !set_has(tools, hash_nocase(tool))) continue;
		lists->unlisted[side][i] = !is_listed(&rules, unit_hash(s, p.unit), snapshot_string(s, p.rule));
	}
	large_free(listing);
	large_free(rules.slots);
}

/* ---- rules under several names ---- */

uint64_t rule_lists_hash(const struct snapshot *s, const struct profile *p)
{
	return hash_mix(hash_nocase(snapshot_string(s, p->tool)), hash_nocase(snapshot_string(s, p->rule)));
}

static int by_pair(const void *a, const void *b)
{
	const struct rule_pair *x = a, *y = b;
	if (x->a != y->a) return x->a < y->a ? -1 : 1;
	return x->b < y->b ? -1 : x->b > y->b;
}

bool rule_lists_renamed(const struct rule_lists *lists, uint64_t a, uint64_t b)
{
	struct rule_pair key = {a < b ? a : b, a < b ? b : a};
	return lists->pair_count && bsearch(&key, lists->pairs, lists->pair_count, sizeof(key), by_pair);
}

/* A rule that still goes by its old id where the new one is listed was not renamed. */
static void collect_pairs(struct rule_lists *lists, const struct snapshot *s)
{
	struct set current = {0};
	for (uint32_t i = 0; i < s->listed_rule_count; i++)
		if (!s->listed_rules[i].formerly && counts(s, s->listed_rules[i].input))
			set_add(&current,
			        hash_mix(hash_nocase(snapshot_string(s, s->units[s->listed_rules[i].unit].tool)),
			                 hash_nocase(snapshot_string(s, s->listed_rules[i].id))));
	for (uint32_t i = 0; i < s->listed_rule_count; i++) {
		const struct listed_rule *rule = &s->listed_rules[i];
		if (!rule->formerly || !counts(s, rule->input)) continue;
		uint64_t tool = hash_nocase(snapshot_string(s, s->units[rule->unit].tool));
		uint64_t now = hash_mix(tool, hash_nocase(snapshot_string(s, rule->id)));
		uint64_t then = hash_mix(tool, hash_nocase(snapshot_string(s, rule->formerly)));
		if (now == then || set_has(&current, then)) continue;
		LARGE_RESERVE(lists->pairs, lists->pair_count, lists->pair_capacity);
		lists->pairs[lists->pair_count++] =
		    (struct rule_pair){now < then ? now : then, now < then ? then : now};
	}
	large_free(current.slots);
}

/* Each rule of a pair, sorted, with the class it is in: the number of one of them, found by following `up` to its end. */
struct classes {
	uint64_t *rules;
	uint32_t *up;
	size_t count;
};

static int by_hash(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

static size_t end_of(struct classes *c, uint64_t rule)
{
	const uint64_t *found = c->count ? bsearch(&rule, c->rules, c->count, sizeof(rule), by_hash) : NULL;
	if (!found) return SIZE_MAX;
	uint32_t at = (uint32_t)(found - c->rules);
	for (; c->up[at] != at; at = c->up[at]) c->up[at] = c->up[c->up[at]];
	return at;
}

static struct classes classes_of(const struct rule_lists *lists)
{
	struct classes c = {.count = 2 * lists->pair_count};
	c.rules = large_grow(NULL, sizeof(*c.rules) * (c.count + 1));
	c.up = large_grow(NULL, sizeof(*c.up) * (c.count + 1));
	for (size_t i = 0; i < lists->pair_count; i++) {
		c.rules[2 * i] = lists->pairs[i].a;
		c.rules[2 * i + 1] = lists->pairs[i].b;
	}
	qsort(c.rules, c.count, sizeof(*c.rules), by_hash);
	size_t kept = 1;
	for (size_t i = 1; i < c.count; i++)
		if (c.rules[i] != c.rules[kept - 1]) c.rules[kept++] = c.rules[i];
	c.count = kept;
	for (uint32_t i = 0; i < kept; i++) c.up[i] = i;
	for (size_t i = 0; i < lists->pair_count; i++) {
		size_t a = end_of(&c, lists->pairs[i].a), b = end_of(&c, lists->pairs[i].b);
		c.up[a > b ? a : b] = (uint32_t)(a > b ? b : a); /* so the end is the least hash */
	}
	return c;
}

static void find_classes(struct rule_lists *lists, const struct diff *d)
{
	for (int k = 0; k < SIDE_COUNT; k++) collect_pairs(lists, d->sides[k]);
	if (!lists->pair_count) return;
	qsort(lists->pairs, lists->pair_count, sizeof(*lists->pairs), by_pair);
	struct classes classes = classes_of(lists);
	for (int k = 0; k < SIDE_COUNT; k++) {
		const struct snapshot *s = d->sides[k];
		lists->class[k] = large_grow(NULL, sizeof(uint64_t) * ((size_t)s->profiles.count + 1));
		for (uint32_t i = 0; i < s->profiles.count; i++) {
			LARGE_BREATHE(i);
			struct profile p;
			memcpy(&p, tuples_get(&s->profiles, i), sizeof(p));
			size_t end = end_of(&classes, rule_lists_hash(s, &p));
			lists->class[k][i] = end == SIZE_MAX ? 0 : classes.rules[end];
		}
	}
	large_free(classes.rules);
	large_free(classes.up);
}

void rule_lists_make(struct rule_lists *lists, const struct diff *d)
{
	*lists = (struct rule_lists){0};
	if (!d->sides[SIDE_BEFORE]->listed_rule_count && !d->sides[SIDE_AFTER]->listed_rule_count) return;
	struct set tools = tools_listing_all(d);
	for (int side = 0; side < SIDE_COUNT; side++) find_unlisted(lists, d, side, &tools);
	large_free(tools.slots);
	find_classes(lists, d);
}

void rule_lists_free(struct rule_lists *lists)
{
	for (int side = 0; side < SIDE_COUNT; side++) {
		large_free(lists->unlisted[side]);
		large_free(lists->class[side]);
	}
	large_free(lists->pairs);
	*lists = (struct rule_lists){0};
}
