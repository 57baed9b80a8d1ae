/* large: blocks of memory that may grow to gigabytes, all together within a limit.
 *
 * Without a limit they come from the heap. With one, the first share of it does; what comes beyond lies in a file that has no name,
 * mapped: the same pointers, the same bytes, and as long as the machine has memory for it, no reading from disk either. A timer
 * of processor time looks how much memory the process has, and gives pages of that file back before the limit is reached; they come again
 * when they are touched. A limit below what the program needs apart from such blocks is kept as nearly as can be.
 * So the limit changes where bytes lie and how long a touch takes, never what is computed.
 *
 * Made for what grows with the number of records. What is below LARGE_LEAST bytes always lies in the heap.
 *
 * When there is no room for more, memory_exhausted (core/arena.h) is called, after large_trouble has been told the folder and why.
 */
#ifndef DOSSIER_CORE_LARGE_H
#define DOSSIER_CORE_LARGE_H

#include "core/arena.h"

#include <stdbool.h>
#include <stdint.h>

enum { LARGE_LEAST = 256 << 10 };
/* The least limit that can be set: what the program needs apart from such blocks. */
#define LARGE_LIMIT_LEAST ((uint64_t)16 << 20)

/* Bytes of memory that the process should not exceed. Before the first large block, by the only thread. */
void large_limit(uint64_t bytes);
/* Whether there is one. */
bool large_is_limited(void);
/* The folder for the file; NULL or never called: $TMPDIR, else /tmp. Copied. Until a block lies in it, later calls count. */
void large_place(const char *folder);
/* In the folder of a file. */
void large_beside(const char *path);
/* What is said of a file that cannot be made or is full, before memory_exhausted; folder as given, number of errno. NULL: nothing. */
extern void (*large_trouble)(const char *folder, int number);

/* Like memory_grow; what it gives must be grown and freed by these two. */
void *large_grow(void *ptr, size_t bytes);
void large_free(void *ptr);

/* For loops that touch much in little time, and do not wait for the timer: gives pages back now, where there are too many.
 * LARGE_BREATHE(i) stands at the start of each turn of a loop whose turns touch up to four places of large blocks that may lie far
 * from the last turn's. It looks after so few turns that all processors together cannot touch more than an eighth of the limit
 * in between. */
void large_breathe(void);
extern uint64_t large_stride; /* turns between two looks, less one; a power of two less one */
#define LARGE_BREATHE(i)                                                                                               \
	do {                                                                                                           \
		if (!((i)&large_stride)) large_breathe();                                                              \
	} while (0)

/* Bytes that lie in the file now. */
uint64_t large_in_file(void);

/* ARRAY_RESERVE for a large array. */
#define LARGE_RESERVE(array, count, capacity)                                                                          \
	do {                                                                                                           \
		if ((count) == (capacity)) {                                                                           \
			(capacity) = (capacity) ? (capacity)*2 : 16;                                                   \
			(array) = large_grow((array), sizeof(*(array)) * (size_t)(capacity));                          \
		}                                                                                                      \
	} while (0)

#endif
