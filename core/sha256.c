/* Ids and keys are hashes of a hundred bytes, by the million. There EVP costs as much again as the hash itself, so this is OpenSSL's
 * older interface, which is the same code without the objects around it.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "core/sha256.h"

#include "core/arena.h"

#include <openssl/evp.h>

void sha256_begin(struct sha256 *hash)
{
	SHA256_Init(&hash->state);
	hash->begun = true;
}

void sha256_add(struct sha256 *hash, const void *bytes, size_t len) { SHA256_Update(&hash->state, bytes, len); }

void sha256_end(struct sha256 *hash, unsigned char digest[SHA256_BYTES])
{
	SHA256_Final(digest, &hash->state);
	hash->begun = false;
}

void sha256_pbkdf2(struct str password, struct str salt, int iterations, unsigned char *key, size_t len)
{
	if (!PKCS5_PBKDF2_HMAC(password.ptr, (int)password.len, (const unsigned char *)salt.ptr, (int)salt.len,
	                       iterations, EVP_sha256(), (int)len, key))
		memory_exhausted(0);
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
	for (size_t i = 0; i < len;
	     i++) { /* both digits at once, without a table: '0' + n, and 'a' - 10 - '0' more from 10 on */
		unsigned two = (unsigned)(bytes[i] & 15) << 8 | bytes[i] >> 4,
			 letters = ((two + 0x0606) >> 4 & 0x0101) * ('a' - 10 - '0');
		two += 0x3030 + letters;
		hex[2 * i] = (char)(two & 0xff);
		hex[2 * i + 1] = (char)(two >> 8);
	}
	hex[2 * len] = '\0';
}
