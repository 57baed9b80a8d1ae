#include "core/tuples.h"

#include "core/hash.h"
#include "core/large.h"

#include <stdlib.h>
#include <string.h>

static uint64_t hash_row(const struct tuples *tuples, const uint32_t *row)
{
	return hash_bytes(str_of((const char *)row, sizeof(*row) * tuples->width));
}

static void grow(struct tuples *tuples)
{
	uint32_t wider = tuples->slot_count ? tuples->slot_count * 2 : 64;
	large_free(tuples->slots);
	tuples->slots = large_grow(NULL, sizeof(uint32_t) * wider);
	memset(tuples->slots, 0, sizeof(uint32_t) * wider);
	tuples->slot_count = wider;
	for (uint32_t n = 0; n < tuples->count; n++) {
		LARGE_BREATHE(n); /* slots are far apart */
		uint32_t at = (uint32_t)hash_row(tuples, tuples_get(tuples, n)) & (wider - 1);
		while (tuples->slots[at]) at = (at + 1) & (wider - 1);
		tuples->slots[at] = n + 1;
	}
}

uint32_t tuples_add(struct tuples *tuples, const uint32_t *row)
{
	if (tuples->count >= tuples->slot_count / 4 * 3) grow(tuples);
	size_t bytes = sizeof(*row) * tuples->width;
	uint32_t mask = tuples->slot_count - 1, at = (uint32_t)hash_row(tuples, row) & mask;
	for (; tuples->slots[at]; at = (at + 1) & mask)
		if (memcmp(tuples_get(tuples, tuples->slots[at] - 1), row, bytes) == 0) return tuples->slots[at] - 1;
	if (tuples->count == tuples->capacity) {
		tuples->capacity = tuples->capacity ? tuples->capacity * 2 : 16;
		tuples->rows = large_grow(tuples->rows, bytes * tuples->capacity);
	}
	memcpy(tuples->rows + (size_t)tuples->count * tuples->width, row, bytes);
	tuples->slots[at] = ++tuples->count;
	return tuples->count - 1;
}

void tuples_free(struct tuples *tuples)
{
	large_free(tuples->rows);
	large_free(tuples->slots);
	*tuples = (struct tuples){.width = tuples->width};
}
