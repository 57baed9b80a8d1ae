/* strings: interned strings. Each distinct string is kept once and has a small number; 0 is the empty string.
 *
 * Not thread-safe: every file is read into a pool of its own, and pools are merged in the order of the files, so that
 * numbers do not depend on threads. No output may depend on the order of numbers.
 */
#ifndef DOSSIER_CORE_STRINGS_H
#define DOSSIER_CORE_STRINGS_H

#include "core/arena.h"
#include "core/str.h"

struct strings_entry {
	struct str text;
	uint64_t hash;
};

/* Zero-initialised is ready to use. */
struct strings {
	struct strings_entry *entries; /* by number - 1 */
	uint32_t count, capacity;
	uint32_t *slots; /* open addressing, number or 0 */
	uint32_t slot_count;
	struct arena bytes;
};

/* Copies the bytes when the string is new. */
uint32_t strings_add(struct strings *strings, struct str s);
/* The number, or 0 if it was never added. */
uint32_t strings_find(const struct strings *strings, struct str s);
static inline struct str strings_get(const struct strings *strings, uint32_t number)
{
	return number ? strings->entries[number - 1].text : STR_EMPTY;
}
static inline uint64_t strings_hash(const struct strings *strings, uint32_t number)
{
	return number ? strings->entries[number - 1].hash : 0;
}
void strings_free(struct strings *strings);

#endif
