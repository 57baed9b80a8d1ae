#include "collect/content.h"

#include "core/arena.h"
#include "core/hash.h"

#include <stdlib.h>

struct content content_of(struct str text)
{
	enum { SMALL = 2048 };
	char small[2 * SMALL];
	char *plain = text.len <= SMALL ? small : memory_grow(NULL, 2 * text.len),
	     *masked = plain + (text.len <= SMALL ? SMALL : text.len);
	size_t n = 0, m = 0;
	bool blank = false, digit = false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
			blank = n > 0;
			continue;
		}
		if (blank) {
			plain[n++] = masked[m++] = ' ';
			blank = digit = false;
		}
		plain[n++] = c;
		bool is_digit = c >= '0' && c <= '9';
		if (!is_digit) masked[m++] = c;
		if (is_digit && !digit) masked[m++] = '0';
		digit = is_digit;
	}
	struct content out = {0};
	if (n) {
		out.hash = hash_bytes(str_of(plain, n));
		out.masked = (uint32_t)hash_bytes(str_of(masked, m));
		if (!out.hash) out.hash = 1;
		if (!out.masked) out.masked = 1;
	}
	if (plain != small) free(plain);
	return out;
}
