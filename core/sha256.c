#include "core/sha256.h"

#include "core/arena.h"

#include <openssl/evp.h>

/* Fetched once: looking an algorithm up for every small hash costs more than the hash. */
static const EVP_MD *algorithm(void) { return EVP_sha256(); }

void sha256_begin(struct sha256 *hash)
{
	hash->context = EVP_MD_CTX_new();
	if (!hash->context || !EVP_DigestInit_ex(hash->context, algorithm(), NULL)) memory_exhausted(0);
}

void sha256_add(struct sha256 *hash, const void *bytes, size_t len)
{
	if (!EVP_DigestUpdate(hash->context, bytes, len)) memory_exhausted(0);
}

void sha256_end(struct sha256 *hash, unsigned char digest[SHA256_BYTES])
{
	if (!EVP_DigestFinal_ex(hash->context, digest, NULL)) memory_exhausted(0);
	EVP_MD_CTX_free(hash->context);
	hash->context = NULL;
}

void sha256_of(const void *bytes, size_t len, unsigned char digest[SHA256_BYTES])
{
	struct sha256 hash;
	sha256_begin(&hash);
	sha256_add(&hash, bytes, len);
	sha256_end(&hash, digest);
}

void hex_of(const unsigned char *bytes, size_t len, char *hex)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < len; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[2 * len] = '\0';
}
