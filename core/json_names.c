/* One pass with a stack of open objects, each with a number of its own; a set holds hashes of (object, name). Names with
 * escapes are unescaped first, so that "a" and "\u0061" are the same.
 */
#include "core/json_names.h"

#include "core/arena.h"
#include "core/hash.h"
#include "core/json.h"

#include <stdlib.h>

struct names {
	uint64_t *slots; /* 0: free */
	size_t mask, count;
};

/* False if it was there. */
static bool insert(struct names *set, uint64_t key)
{
	if (set->count * 2 >= set->mask) {
		struct names wider = {.mask = set->slots ? set->mask * 2 + 1 : 255};
		wider.slots = memory_grow(NULL, sizeof(uint64_t) * (wider.mask + 1));
		memset(wider.slots, 0, sizeof(uint64_t) * (wider.mask + 1));
		for (size_t i = 0; set->slots && i <= set->mask; i++)
			if (set->slots[i]) insert(&wider, set->slots[i]);
		free(set->slots);
		*set = wider;
	}
	size_t at = (size_t)key & set->mask;
	for (; set->slots[at]; at = (at + 1) & set->mask)
		if (set->slots[at] == key) return false;
	set->slots[at] = key;
	set->count++;
	return true;
}

size_t json_repeated_name(struct str s, bool ignore_case)
{
	struct json_text text = json_text(s, NULL);
	const char *p = s.ptr, *end = s.ptr + s.len;
	uint64_t open[JSON_MAX_DEPTH + 1] = {0}, objects = 0; /* 0: an array */
	size_t depth = 0, found = SIZE_MAX;
	struct names set = {0};
	struct arena arena = {0};
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
			if (!insert(&set, key ? key : 1)) found = (size_t)(start - s.ptr);
			arena_reset(&arena);
		} else {
			if ((*p == '{' || *p == '[') && depth < JSON_MAX_DEPTH)
				open[++depth] = *p == '{' ? ++objects : 0;
			if ((*p == '}' || *p == ']') && depth) depth--;
			p++;
		}
	}
	free(set.slots);
	arena_free(&arena);
	return found;
}
