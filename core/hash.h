/* hash: 64-bit hashes of bytes that are the same on every machine (XXH3, seed 0). For tables and for telling records
 * apart inside one run; what a stranger must be able to check is SHA-256 (core/sha256.h).
 */
#ifndef DOSSIER_CORE_HASH_H
#define DOSSIER_CORE_HASH_H

#include "core/str.h"

uint64_t hash_bytes(struct str s);
/* ASCII letters without case. */
uint64_t hash_nocase(struct str s);
/* Order matters: hash_mix(a, b) != hash_mix(b, a). */
uint64_t hash_mix(uint64_t a, uint64_t b);

#endif
