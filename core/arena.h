/* arena: memory with one life. Everything allocated from an arena goes at once, with arena_free or arena_reset.
 *
 * An allocation never returns NULL. When the system has no memory left, memory_exhausted is called; the program's edge
 * (cli/) sets it to a function that says so and ends with status 4. See docs/decisions/0002-out-of-memory.md.
 */
#ifndef DOSSIER_CORE_ARENA_H
#define DOSSIER_CORE_ARENA_H

#include <stddef.h>

struct arena_block;

/* Zero-initialised is ready to use. */
struct arena {
	struct arena_block *head;
	size_t used;     /* bytes used in head */
	size_t reserved; /* bytes held by all blocks */
};

/* Called when memory runs out; must not return. */
extern void (*memory_exhausted)(size_t wanted);

void *arena_alloc(struct arena *arena, size_t size); /* zeroed, aligned to 16 */
void *arena_bytes(struct arena *arena, size_t size); /* not zeroed, not aligned */
void arena_reset(struct arena *arena);               /* keeps one block for reuse */
void arena_free(struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, n) ((type *)arena_alloc((arena), sizeof(type) * (size_t)(n)))

/* Heap arrays that grow: like realloc, never NULL. Large ones are moved by the kernel without touching new pages. */
void *memory_grow(void *ptr, size_t bytes);

/* Makes room for one more element at the end of a heap array. */
#define ARRAY_RESERVE(array, count, capacity)                                                                          \
	do {                                                                                                           \
		if ((count) == (capacity)) {                                                                           \
			(capacity) = (capacity) ? (capacity)*2 : 16;                                                   \
			(array) = memory_grow((array), sizeof(*(array)) * (size_t)(capacity));                         \
		}                                                                                                      \
	} while (0)

#endif
