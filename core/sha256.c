#include "core/sha256.h"

#include "core/arena.h"

#include <openssl/evp.h>
#include <pthread.h>

/* Looking the algorithm up for every small hash costs more than the hash, and so does making a context: the one is fetched
 * once, of the other each thread keeps a spare one. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t leaving;
static EVP_MD *algorithm;
static _Thread_local EVP_MD_CTX *spare;

static void free_spare(void *context)
{
	EVP_MD_CTX_free(context);
	spare = NULL;
}

static void fetch(void)
{
	algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (pthread_key_create(&leaving, free_spare) != 0) algorithm = NULL;
}

void sha256_begin(struct sha256 *hash)
{
	pthread_once(&once, fetch);
	hash->context = spare ? spare : EVP_MD_CTX_new();
	spare = NULL;
	if (!hash->context || !algorithm || !EVP_DigestInit_ex2(hash->context, algorithm, NULL)) memory_exhausted(0);
}

void sha256_add(struct sha256 *hash, const void *bytes, size_t len)
{
	if (!EVP_DigestUpdate(hash->context, bytes, len)) memory_exhausted(0);
}

void sha256_end(struct sha256 *hash, unsigned char digest[SHA256_BYTES])
{
	if (!EVP_DigestFinal_ex(hash->context, digest, NULL)) memory_exhausted(0);
	if (spare) {
		EVP_MD_CTX_free(hash->context);
	} else {
		spare = hash->context;
		pthread_setspecific(leaving, spare);
	}
	hash->context = NULL;
}

void sha256_pbkdf2(struct str password, struct str salt, int iterations, unsigned char *key, size_t len)
{
	pthread_once(&once, fetch);
	if (!algorithm || !PKCS5_PBKDF2_HMAC(password.ptr, (int)password.len, (const unsigned char *)salt.ptr,
	                                     (int)salt.len, iterations, algorithm, (int)len, key))
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
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < len; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[2 * len] = '\0';
}
