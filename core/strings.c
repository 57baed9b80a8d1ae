/*   slots: hash -> number       places: number -> block, position       block: | len | bytes | len | bytes | ...
 *
 * A string longer than half a block gets a block of its own, at position 0.
 */
#include "core/strings.h"

#include "core/hash.h"
#include "core/large.h"

#include <stdlib.h>

enum { BLOCK_BITS = 20, BLOCK_BYTES = 1 << BLOCK_BITS, FIRST_BLOCK = 4096, BLOCKS_MAX = 1 << (32 - BLOCK_BITS) };

struct str strings_get(const struct strings *strings, uint32_t number)
{
	if (!number) return STR_EMPTY;
	uint32_t place = strings->places[number - 1];
	const char *p = strings->blocks[place >> BLOCK_BITS] + (place & (BLOCK_BYTES - 1));
	size_t len = (unsigned char)*p & 0x7f;
	for (unsigned shift = 7; *p++ & 0x80; shift += 7) len |= (size_t)((unsigned char)*p & 0x7f) << shift;
	return (struct str){p, len};
}

uint64_t strings_hash(const struct strings *strings, uint32_t number)
{
	return number ? hash_bytes(strings_get(strings, number)) : 0;
}

static void grow(struct strings *strings)
{
	uint32_t wider = strings->slot_count ? strings->slot_count * 2 : 64;
	large_free(strings->slots);
	strings->slots = large_grow(NULL, sizeof(uint32_t) * wider);
	strings->tags = large_grow(strings->tags, wider);
	memset(strings->slots, 0, sizeof(uint32_t) * wider);
	strings->slot_count = wider;
	for (uint32_t n = 1; n <= strings->count; n++) {
		LARGE_BREATHE(n); /* slots are far apart */
		uint64_t hash = strings_hash(strings, n);
		uint32_t at = (uint32_t)hash & (wider - 1);
		while (strings->slots[at]) at = (at + 1) & (wider - 1);
		strings->slots[at] = n;
		strings->tags[at] = (uint8_t)(hash >> 56);
	}
}

/* The slot that holds s, or the free one where it belongs. */
static uint32_t slot_of(const struct strings *strings, struct str s, uint64_t hash)
{
	uint32_t mask = strings->slot_count - 1, at = (uint32_t)hash & mask;
	for (; strings->slots[at]; at = (at + 1) & mask)
		if (strings->tags[at] == (uint8_t)(hash >> 56) && str_eq(strings_get(strings, strings->slots[at]), s))
			break;
	return at;
}

static void add_block(struct strings *strings, size_t bytes)
{
	if (strings->block_count == BLOCKS_MAX) memory_exhausted(bytes);
	ARRAY_RESERVE(strings->blocks, strings->block_count, strings->block_capacity);
	strings->blocks[strings->block_count++] = large_grow(NULL, bytes);
}

/* Where need bytes can be written; its place in *place. */
static char *take(struct strings *strings, size_t need, uint32_t *place)
{
	bool own = need > BLOCK_BYTES / 2;
	/* The first block is small: most pools hold a small file's strings. */
	size_t room = strings->block_count == 0 ? 0 : strings->block_count == 1 ? FIRST_BLOCK : BLOCK_BYTES;
	if (own || strings->block_count == 0 || strings->used + need > room) {
		size_t size = own ? need : strings->block_count == 0 ? FIRST_BLOCK : BLOCK_BYTES;
		if (size < need) {
			add_block(strings, 1); /* never used: the next one is a whole block */
			size = BLOCK_BYTES;
		}
		add_block(strings, size);
		strings->used = 0;
	}
	uint32_t block = strings->block_count - 1;
	*place = block << BLOCK_BITS | strings->used;
	char *at = strings->blocks[block] + strings->used;
	strings->used = own ? BLOCK_BYTES : strings->used + (uint32_t)need;
	return at;
}

/* s is not empty. */
static uint32_t add(struct strings *strings, struct str s, uint64_t hash)
{
	if (strings->count >= strings->slot_count / 4 * 3) grow(strings);
	uint32_t at = slot_of(strings, s, hash);
	if (strings->slots[at]) return strings->slots[at];
	char length[10];
	size_t n = 0, rest = s.len;
	do {
		length[n++] = (char)((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
		rest >>= 7;
	} while (rest);
	LARGE_RESERVE(strings->places, strings->count, strings->capacity);
	char *p = take(strings, n + s.len, &strings->places[strings->count]);
	memcpy(p, length, n);
	memcpy(p + n, s.ptr, s.len);
	strings->tags[at] = (uint8_t)(hash >> 56);
	return strings->slots[at] = ++strings->count;
}

uint32_t strings_add(struct strings *strings, struct str s) { return s.len ? add(strings, s, hash_bytes(s)) : 0; }

void strings_add_all(struct strings *strings, const struct strings *from, uint32_t *numbers)
{
	enum { AHEAD = 16 };
	uint64_t hashes[AHEAD];
	numbers[0] = 0;
	for (uint32_t first = 1, n; first <= from->count; first += n) {
		n = from->count - first + 1 < AHEAD ? from->count - first + 1 : AHEAD;
		for (uint32_t i = 0; i < n; i++) {
			hashes[i] = strings_hash(from, first + i);
			if (!strings->slot_count) continue;
			uint32_t at = (uint32_t)hashes[i] & (strings->slot_count - 1);
			__builtin_prefetch(&strings->slots[at]);
			__builtin_prefetch(&strings->tags[at]);
		}
		for (uint32_t i = 0; i < n; i++) {
			LARGE_BREATHE(first + i);
			numbers[first + i] = add(strings, strings_get(from, first + i), hashes[i]);
		}
	}
}

uint32_t strings_find(const struct strings *strings, struct str s)
{
	if (s.len == 0 || !strings->slot_count) return 0;
	return strings->slots[slot_of(strings, s, hash_bytes(s))];
}

void strings_free(struct strings *strings)
{
	for (uint32_t i = 0; i < strings->block_count; i++) large_free(strings->blocks[i]);
	large_free(strings->blocks);
	large_free(strings->places);
	large_free(strings->slots);
	large_free(strings->tags);
	*strings = (struct strings){0};
}
