/* random: numbers for tests that make their own cases; the same on every machine. */
#ifndef DOSSIER_TESTS_RANDOM_H
#define DOSSIER_TESTS_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

static uint64_t random_state;

/* From 0 to n - 1. */
static inline uint32_t below(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return n ? (uint32_t)((random_state >> 32) % n) : 0;
}

static inline bool once_in(uint32_t n) { return below(n) == 0; }

/* Begins the case of a number: others before it do not matter. */
static inline void random_start(uint64_t number)
{
	random_state = number * UINT64_C(0x9e3779b97f4a7c15) ^ UINT64_C(0x2545f4914f6cdd1d);
	for (int i = 0; i < 8; i++) below(2);
}

#endif
