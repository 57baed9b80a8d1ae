/* How it works: what this side has facts about, by the last part of its id, in the order of these; so that a name costs a search, not
 * a walk.
 *
 *     edge-1     /subscriptions/a/.../connectedClusters/edge-1
 *     Shop Prod  /subscriptions/a                                   a subscription goes by its id and, from its fact "name", by its name
 */
#include "collect/scopes.h"

#include <stdlib.h>

/* ---- giving a file its scope ---- */

/* Facts of one input stand together, in the order of the inputs. */
static uint32_t first_fact_of(const struct snapshot *s, uint32_t input)
{
	uint32_t low = 0, high = s->fact_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (s->facts[middle].input < input)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The text with the id in place of the name that it is, or begins with as a path does; else as it is. */
static struct str renamed(struct arena *arena, struct str text, struct str name, struct str id)
{
	bool begins = str_starts_nocase(text, name) && (text.len == name.len || text.ptr[name.len] == '/');
	if (!begins) return text;
	return str_printf(arena, "%.*s%.*s", STR_ARG(id), STR_ARG(str_slice(text, name.len, text.len)));
}

static uint32_t renamed_unit(struct snapshot *s, struct arena *arena, uint32_t number, struct str name, struct str id)
{
	struct unit unit = s->units[number];
	struct str target = renamed(arena, snapshot_string(s, unit.target), name, id);
	return snapshot_add_unit(s, snapshot_string(s, unit.tool), target, unit.of_facts);
}

void scope_set(struct snapshot *s, uint32_t number, struct str id)
{
	struct arena arena = {0};
	struct input *input = &s->inputs[number];
	struct str name = snapshot_string(s, input->named);
	for (uint32_t i = snapshot_coverage_of(s, number); i < s->coverage_count && s->coverage[i].input == number; i++)
		s->coverage[i].unit = renamed_unit(s, &arena, s->coverage[i].unit, name, id);
	for (uint32_t i = first_fact_of(s, number); i < s->fact_count && s->facts[i].input == number; i++) {
		struct fact *fact = &s->facts[i];
		struct str subject = renamed(&arena, snapshot_string(s, fact->subject), name, id);
		fact->subject = strings_add(&s->strings, subject);
		fact->unit = renamed_unit(s, &arena, fact->unit, name, id);
	}
	input->scope = strings_add(&s->strings, renamed(&arena, snapshot_string(s, input->scope), name, id));
	input->name_type = 0;
	arena_free(&arena);
}

/* ---- what this side knows by a name ---- */

struct known {
	struct str name, id;
};

struct knowledge {
	struct known *list;
	size_t count, capacity;
};

static int by_name(const void *a, const void *b)
{
	const struct known *x = a, *y = b;
	size_t shorter = x->name.len < y->name.len ? x->name.len : y->name.len;
	for (size_t i = 0; i < shorter; i++) {
		int c = (unsigned char)(x->name.ptr[i] | 0x20) - (unsigned char)(y->name.ptr[i] | 0x20);
		if (c) return c;
	}
	return x->name.len < y->name.len ? -1 : x->name.len > y->name.len;
}

static void learn(struct knowledge *knowledge, struct str name, struct str id)
{
	ARRAY_RESERVE(knowledge->list, knowledge->count, knowledge->capacity);
	knowledge->list[knowledge->count++] = (struct known){name, id};
}

static bool is_subscription(struct str id)
{
	struct str prefix = STR("/subscriptions/");
	return str_starts_nocase(id, prefix) && str_rfind_char(id, '/') == prefix.len - 1;
}

static struct knowledge learn_all(const struct snapshot *s)
{
	struct knowledge knowledge = {0};
	uint32_t last = 0;
	for (uint32_t i = 0; i < s->fact_count; i++) {
		const struct fact *fact = &s->facts[i];
		struct str id = snapshot_string(s, fact->subject);
		size_t slash = str_rfind_char(id, '/');
		if (is_subscription(id) && str_eq(snapshot_string(s, fact->name), STR("name")))
			learn(&knowledge, snapshot_string(s, fact->value), id);
		if (fact->subject == last || slash == SIZE_MAX) continue;
		last = fact->subject;
		learn(&knowledge, str_slice(id, slash + 1, id.len), id);
	}
	if (knowledge.count) qsort(knowledge.list, knowledge.count, sizeof(*knowledge.list), by_name);
	return knowledge;
}

static bool is_of_type(struct str id, struct str type)
{
	if (str_eq(type, STR("subscription"))) return is_subscription(id);
	size_t slash = str_rfind_char(id, '/');
	return slash > type.len && str_eq_nocase(str_slice(id, slash - type.len, slash), type);
}

/* types: one or several, with blanks between. */
static bool is_of_types(struct str id, struct str types)
{
	while (types.len) {
		size_t blank = str_find(types, STR(" ")), end = blank == SIZE_MAX ? types.len : blank;
		if (is_of_type(id, str_slice(types, 0, end))) return true;
		types = str_slice(types, end < types.len ? end + 1 : end, types.len);
	}
	return false;
}

/* The one of the types that goes by that name; empty if there is none, or several. */
static struct str id_named(const struct knowledge *knowledge, struct str types, struct str name)
{
	struct known wanted = {name, STR_EMPTY};
	struct str found = STR_EMPTY;
	size_t low = 0, high = knowledge->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (by_name(&knowledge->list[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < knowledge->count && by_name(&knowledge->list[low], &wanted) == 0; low++) {
		struct str id = knowledge->list[low].id;
		if (!str_eq_nocase(knowledge->list[low].name, name)) continue; /* '@' and '`' are one in the order */
		if (!is_of_types(id, types) || str_eq_nocase(id, found)) continue;
		if (found.len) return STR_EMPTY;
		found = id;
	}
	return found;
}

/* Records of most formats say themselves what they are about; then the name of the file is nothing to them. */
static bool goes_by_name(const struct snapshot *s, const struct input *input)
{
	struct str name = snapshot_string(s, input->named), scope = snapshot_string(s, input->scope);
	return input->name_type && str_starts_nocase(scope, name) &&
	       (scope.len == name.len || scope.ptr[name.len] == '/');
}

void scopes_resolve(struct snapshot *s)
{
	struct knowledge knowledge = {0};
	struct arena arena = {0};
	bool learnt = false;
	for (uint32_t i = 0; i < s->input_count; i++) {
		const struct input *input = &s->inputs[i];
		if (!goes_by_name(s, input)) continue;
		struct str name = snapshot_string(s, input->named), types = snapshot_string(s, input->name_type);
		struct str id = STR_EMPTY;
		if (str_eq(types, STR("subscription")) && name.len == 36) {
			id = str_printf(&arena, "/subscriptions/%.*s", STR_ARG(name));
		} else {
			if (!learnt) knowledge = learn_all(s);
			learnt = true;
			id = id_named(&knowledge, types, name);
		}
		if (id.len) scope_set(s, i, id);
	}
	free(knowledge.list);
	arena_free(&arena);
}
