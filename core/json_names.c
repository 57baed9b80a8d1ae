/* One pass with a stack of open objects, each with a number of its own; a set holds hashes of (value, object, name). Names with
 * escapes are unescaped first, so that "a" and "\u0061" are the same. A set that serves many small records is not emptied for
 * each of them, since clearing it would take longer than reading them: the value's number tells its names from the others'.
 */
#include "core/json_names.h"

#include "core/arena.h"
#include "core/hash.h"
#include "core/json.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 1024 };

/* False if it was there. */
static bool insert(struct json_names *set, uint64_t key)
{
	if (set->count * 2 >= set->mask) {
		struct json_names wider = {.mask = set->slots ? set->mask * 2 + 1 : FIRST_SLOTS - 1};
		wider.slots = memory_grow(NULL, sizeof(uint64_t) * (wider.mask + 1));
		memset(wider.slots, 0, sizeof(uint64_t) * (wider.mask + 1));
		for (size_t i = 0; set->slots && i <= set->mask; i++)
			if (set->slots[i]) insert(&wider, set->slots[i]);
		free(set->slots);
		wider.values = set->values;
		*set = wider;
	}
	size_t at = (size_t)key & set->mask;
	for (; set->slots[at]; at = (at + 1) & set->mask)
		if (set->slots[at] == key) return false;
	set->slots[at] = key;
	set->count++;
	return true;
}

/* Room for the next value: what earlier ones left is dropped once it fills a quarter. */
static void next_value(struct json_names *set)
{
	set->values++;
	if (set->count * 4 <= set->mask) return;
	memset(set->slots, 0, sizeof(uint64_t) * (set->mask + 1));
	set->count = 0;
}

size_t json_names_repeated(struct json_names *set, struct str s, bool ignore_case)
{
	struct json_text text = json_text(s, NULL);
	const char *p = s.ptr, *end = s.ptr + s.len;
	uint64_t open[JSON_MAX_DEPTH + 1], objects = 0; /* 0: an array */
	size_t depth = 0, found = SIZE_MAX;
	struct arena arena = {0};
	open[0] = 0;
	next_value(set);
	while (p && p < end && found == SIZE_MAX) {
		const char *start = p;
		bool escaped;
		if (*p == '"') {
			p = json_string(&text, p, &escaped);
			const char *after = p ? json_space(p, end) : NULL;
			if (!after || after >= end || *after != ':' || !open[depth]) continue; /* a value */
			struct str name = str_of(start + 1, (size_t)(p - start) - 2);
			if (escaped) name = json_unescape(&arena, name);
			uint64_t key = hash_mix(open[depth], ignore_case ? hash_nocase(name) : hash_bytes(name));
			if (!insert(set, key ? key : 1)) found = (size_t)(start - s.ptr);
			if (escaped) arena_reset(&arena);
		} else {
			if ((*p == '{' || *p == '[') && depth < JSON_MAX_DEPTH)
				open[++depth] = *p == '{' ? hash_mix(set->values, ++objects) | 1 : 0;
			if ((*p == '}' || *p == ']') && depth) depth--;
			p++;
		}
	}
	arena_free(&arena);
	return found;
}

void json_names_free(struct json_names *set) { free(set->slots); }

size_t json_repeated_name(struct str s, bool ignore_case)
{
	struct json_names set = {0};
	size_t found = json_names_repeated(&set, s, ignore_case);
	json_names_free(&set);
	return found;
}
