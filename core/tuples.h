/* tuples: interned rows of 32-bit numbers, all of one width. Each distinct row is kept once; numbers start at 0. */
#ifndef DOSSIER_CORE_TUPLES_H
#define DOSSIER_CORE_TUPLES_H

#include "core/arena.h"

#include <stdint.h>

struct tuples {
	uint32_t width; /* set before the first use, never changed */
	uint32_t *rows;
	uint32_t count, capacity;
	uint32_t *slots, slot_count;
};

uint32_t tuples_add(struct tuples *tuples, const uint32_t *row);
static inline const uint32_t *tuples_get(const struct tuples *tuples, uint32_t number)
{
	return tuples->rows + (size_t)number * tuples->width;
}
void tuples_free(struct tuples *tuples);

#endif
