/* SHA-1 by OpenSSL's older interface, as in core/sha256.c: a UUID is made for each file of evidence, twice. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "render/uuid.h"

#include "core/arena.h"
#include "core/buf.h"
#include "core/sha256.h"

#include <openssl/sha.h>

enum { UUID_BYTES = 16 };

static const unsigned char space[UUID_BYTES] = {0x8d, 0x92, 0x35, 0x7a, 0xfe, 0xd6, 0x56, 0xdc,
                                                0xa7, 0xe9, 0xc5, 0xd3, 0x06, 0xa5, 0x35, 0x7f};

void uuid_of(char out[UUID_TEXT + 1], const char *kind, const struct str *parts, size_t count)
{
	static const size_t groups[] = {4, 2, 2, 2, 6}; /* bytes between the hyphens */
	unsigned char digest[SHA_DIGEST_LENGTH];
	struct buf name = {0};
	buf_add(&name, str_of((const char *)space, UUID_BYTES));
	buf_add(&name, str_from(kind));
	for (size_t i = 0; i < count; i++) {
		buf_char(&name, '\n');
		buf_add(&name, parts[i]);
	}
	SHA1((const unsigned char *)name.ptr, name.len, digest);
	buf_free(&name);
	digest[6] = (unsigned char)((digest[6] & 0x0f) | 0x50); /* version 5 */
	digest[8] = (unsigned char)((digest[8] & 0x3f) | 0x80); /* the variant of RFC 9562 */
	const unsigned char *from = digest;
	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		if (i) *out++ = '-';
		hex_of(from, groups[i], out);
		from += groups[i];
		out += 2 * groups[i];
	}
}
