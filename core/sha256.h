/* sha256: FIPS 180-4, by OpenSSL. */
#ifndef DOSSIER_CORE_SHA256_H
#define DOSSIER_CORE_SHA256_H

#include "core/str.h"

#include <openssl/sha.h>
#include <stdbool.h>

enum { SHA256_BYTES = 32, SHA256_HEX = 64 };

/* Nothing to free: a hash that is not wanted any more may be forgotten. */
struct sha256 {
	SHA256_CTX state;
	bool begun; /* and not ended */
};

void sha256_begin(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *bytes, size_t len);
void sha256_end(struct sha256 *hash, unsigned char digest[SHA256_BYTES]);

void sha256_of(const void *bytes, size_t len, unsigned char digest[SHA256_BYTES]);
/* PBKDF2 with HMAC-SHA256 (RFC 8018, 5.2): the first len bytes of the key. */
void sha256_pbkdf2(struct str password, struct str salt, int iterations, unsigned char *key, size_t len);
/* Lower-case hex with a NUL: 2 * len + 1 bytes. */
void hex_of(const unsigned char *bytes, size_t len, char *hex);

#endif
