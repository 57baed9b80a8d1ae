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
	uint8_t *tags; /* by slot: eight more bits of the hash, so that a probe seldom looks at a wrong row */
};

uint32_t tuples_add(struct tuples *tuples, const uint32_t *row);
/* Several at once, one after another in rows: memory is asked for ahead, so that this waits less than as many calls. */
void tuples_add_rows(struct tuples *tuples, const uint32_t *rows, uint32_t count, uint32_t *numbers);
static inline const uint32_t *tuples_get(const struct tuples *tuples, uint32_t number)
{
	return tuples->rows + (size_t)number * tuples->width;
}
void tuples_free(struct tuples *tuples);

#endif
