/* How it works: a list of blocks, the newest at the head. Blocks double in size up to 1 MB; a larger wish gets a block of
 * its own. Reset keeps the newest block, which is the largest of the ordinary ones.
 */
#include "core/arena.h"

#include "core/large.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
	struct arena_block *next;
	size_t size;
	alignas(16) char data[];
};

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

static void no_memory(size_t wanted)
{
	(void)wanted;
	abort();
}

void (*memory_exhausted)(size_t wanted) = no_memory;

void *memory_grow(void *ptr, size_t bytes)
{
	void *grown = realloc(ptr, bytes ? bytes : 1);
	if (!grown) memory_exhausted(bytes);
	return grown;
}

static void *take(struct arena *arena, size_t size, size_t align)
{
	size_t start = (arena->used + align - 1) & ~(align - 1);
	if (!arena->head || start > arena->head->size || size > arena->head->size - start) {
		size_t block = arena->head ? arena->head->size * 2 : FIRST_BLOCK;
		if (block > LARGEST_BLOCK) block = LARGEST_BLOCK;
		if (block < size) block = size;
		if (block > SIZE_MAX - sizeof(struct arena_block)) memory_exhausted(size);
		struct arena_block *fresh = large_grow(NULL, sizeof(*fresh) + block);
		fresh->size = block;
		fresh->next = arena->head;
		arena->head = fresh;
		arena->reserved += block;
		start = 0;
	}
	arena->used = start + size;
	return arena->head->data + start;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	void *p = take(arena, size, 16);
	memset(p, 0, size);
	return p;
}

void *arena_bytes(struct arena *arena, size_t size) { return take(arena, size, 1); }

void arena_reset(struct arena *arena)
{
	if (!arena->head) return;
	for (struct arena_block *b = arena->head->next, *next; b; b = next) {
		next = b->next;
		large_free(b);
	}
	arena->head->next = NULL;
	arena->reserved = arena->head->size;
	arena->used = 0;
	if (arena->head->size > 16 * (size_t)LARGEST_BLOCK) arena_free(arena);
}

void arena_free(struct arena *arena)
{
	for (struct arena_block *b = arena->head, *next; b; b = next) {
		next = b->next;
		large_free(b);
	}
	*arena = (struct arena){0};
}
