#include "core/tuples.h"

#include "core/hash.h"
#include "core/large.h"

#include <stdlib.h>
#include <string.h>

static uint64_t hash_row(const struct tuples *tuples, const uint32_t *row)
{
	return hash_bytes(str_of((const char *)row, sizeof(*row) * tuples->width));
}

static uint8_t tag_of(uint64_t hash) { return (uint8_t)(hash >> 56); }

static void grow(struct tuples *tuples)
{
	uint32_t wider = tuples->slot_count ? tuples->slot_count * 2 : 64;
	large_free(tuples->slots);
	tuples->slots = large_grow(NULL, sizeof(uint32_t) * wider);
	tuples->tags = large_grow(tuples->tags, wider);
	memset(tuples->slots, 0, sizeof(uint32_t) * wider);
	tuples->slot_count = wider;
	for (uint32_t n = 0; n < tuples->count; n++) {
		LARGE_BREATHE(n); /* slots are far apart */
		uint64_t hash = hash_row(tuples, tuples_get(tuples, n));
		uint32_t at = (uint32_t)hash & (wider - 1);
		while (tuples->slots[at]) at = (at + 1) & (wider - 1);
		tuples->slots[at] = n + 1;
		tuples->tags[at] = tag_of(hash);
	}
}

static uint32_t add(struct tuples *tuples, const uint32_t *row, uint64_t hash)
{
	if (tuples->count >= tuples->slot_count / 4 * 3) grow(tuples);
	size_t bytes = sizeof(*row) * tuples->width;
	uint32_t mask = tuples->slot_count - 1, at = (uint32_t)hash & mask;
	for (; tuples->slots[at]; at = (at + 1) & mask)
		if (tuples->tags[at] == tag_of(hash) &&
		    memcmp(tuples_get(tuples, tuples->slots[at] - 1), row, bytes) == 0)
			return tuples->slots[at] - 1;
	if (tuples->count == tuples->capacity) {
		tuples->capacity = tuples->capacity ? tuples->capacity * 2 : 16;
		tuples->rows = large_grow(tuples->rows, bytes * tuples->capacity);
	}
	memcpy(tuples->rows + (size_t)tuples->count * tuples->width, row, bytes);
	tuples->tags[at] = tag_of(hash);
	tuples->slots[at] = ++tuples->count;
	return tuples->count - 1;
}

uint32_t tuples_add(struct tuples *tuples, const uint32_t *row) { return add(tuples, row, hash_row(tuples, row)); }

void tuples_add_rows(struct tuples *tuples, const uint32_t *rows, uint32_t count, uint32_t *numbers)
{
	enum { AHEAD = 16 };
	uint64_t hashes[AHEAD];
	for (uint32_t from = 0, n; from < count; from += n) {
		n = count - from < AHEAD ? count - from : AHEAD;
		for (uint32_t i = 0; i < n; i++) {
			hashes[i] = hash_row(tuples, rows + (size_t)(from + i) * tuples->width);
			if (!tuples->slot_count) continue;
			uint32_t at = (uint32_t)hashes[i] & (tuples->slot_count - 1);
			__builtin_prefetch(&tuples->slots[at]);
			__builtin_prefetch(&tuples->tags[at]);
		}
		for (uint32_t i = 0; i < n; i++)
			numbers[from + i] = add(tuples, rows + (size_t)(from + i) * tuples->width, hashes[i]);
	}
}

void tuples_free(struct tuples *tuples)
{
	large_free(tuples->rows);
	large_free(tuples->slots);
	large_free(tuples->tags);
	*tuples = (struct tuples){.width = tuples->width};
}
