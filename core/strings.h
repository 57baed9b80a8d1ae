/* strings: interned strings. Each distinct string is kept once and has a small number; 0 is the empty string.
 *
 * Made for millions: a string costs its bytes, one or two for its length, four for its place and about eight for the table.
 * The bytes never move: a view from strings_get is good as long as the pool.
 *
 * Not thread-safe: every file is read into a pool of its own, and pools are merged in the order of the files, so that
 * numbers do not depend on threads. No output may depend on the order of numbers.
 */
#ifndef DOSSIER_CORE_STRINGS_H
#define DOSSIER_CORE_STRINGS_H

#include "core/arena.h"
#include "core/str.h"

/* Zero-initialised is ready to use. */
struct strings {
	uint32_t *places; /* by number - 1: block << 20 | position; there stand the length (LEB128) and the bytes */
	uint32_t count, capacity;
	uint32_t *slots; /* open addressing, number or 0 */
	uint8_t *tags;   /* by slot: eight more bits of the hash, so that a probe seldom looks at a wrong string */
	uint32_t slot_count;
	char **blocks;
	uint32_t block_count, block_capacity;
	uint32_t used; /* bytes of the last block; it is full when a string had to have one of its own */
};

/* Copies the bytes when the string is new. Room for 4 GB of strings; more is memory_exhausted. */
uint32_t strings_add(struct strings *strings, struct str s);
/* Adds every string of another pool, in the order of its numbers: numbers[n] is what n is here, numbers[0] is 0. Memory is asked for
 * ahead, so that this waits less than as many calls. */
void strings_add_all(struct strings *strings, const struct strings *from, uint32_t *numbers);
/* The number, or 0 if it was never added. */
uint32_t strings_find(const struct strings *strings, struct str s);
struct str strings_get(const struct strings *strings, uint32_t number);
/* hash_bytes of the string; 0 for number 0. */
uint64_t strings_hash(const struct strings *strings, uint32_t number);
void strings_free(struct strings *strings);

#endif
