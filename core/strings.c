#include "core/strings.h"

#include "core/hash.h"

#include <stdlib.h>

static void grow(struct strings *strings)
{
	uint32_t wider = strings->slot_count ? strings->slot_count * 2 : 64;
	uint32_t *slots = memory_grow(NULL, sizeof(*slots) * wider);
	memset(slots, 0, sizeof(*slots) * wider);
	for (uint32_t n = 1; n <= strings->count; n++) {
		uint32_t at = (uint32_t)strings->entries[n - 1].hash & (wider - 1);
		while (slots[at]) at = (at + 1) & (wider - 1);
		slots[at] = n;
	}
	free(strings->slots);
	strings->slots = slots;
	strings->slot_count = wider;
}

/* The slot that holds s, or the free one where it belongs. */
static uint32_t slot_of(const struct strings *strings, struct str s, uint64_t hash)
{
	uint32_t mask = strings->slot_count - 1, at = (uint32_t)hash & mask;
	for (;; at = (at + 1) & mask) {
		uint32_t number = strings->slots[at];
		if (!number) return at;
		const struct strings_entry *entry = &strings->entries[number - 1];
		if (entry->hash == hash && str_eq(entry->text, s)) return at;
	}
}

uint32_t strings_add(struct strings *strings, struct str s)
{
	if (s.len == 0) return 0;
	if (strings->count >= strings->slot_count / 4 * 3) grow(strings);
	uint64_t hash = hash_bytes(s);
	uint32_t at = slot_of(strings, s, hash);
	if (strings->slots[at]) return strings->slots[at];
	ARRAY_RESERVE(strings->entries, strings->count, strings->capacity);
	strings->entries[strings->count++] = (struct strings_entry){str_dup(&strings->bytes, s), hash};
	return strings->slots[at] = strings->count;
}

uint32_t strings_find(const struct strings *strings, struct str s)
{
	if (s.len == 0 || !strings->slot_count) return 0;
	return strings->slots[slot_of(strings, s, hash_bytes(s))];
}

void strings_free(struct strings *strings)
{
	free(strings->entries);
	free(strings->slots);
	arena_free(&strings->bytes);
	*strings = (struct strings){0};
}
