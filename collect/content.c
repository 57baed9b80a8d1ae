/* Without a branch for a character: each is written, and counts or is written over by the next.
 */
#include "collect/content.h"

#include "core/arena.h"
#include "core/hash.h"

#include <stdbool.h>
#include <stdlib.h>

struct content content_of(struct str text)
{
	enum { SMALL = 2048 };
	char small[2 * SMALL];
	char *plain = text.len <= SMALL ? small : memory_grow(NULL, 2 * text.len),
	     *masked = plain + (text.len <= SMALL ? SMALL : text.len);
	size_t n = 0, m = 0;
	bool after_blank = true, after_digit = false; /* the first: blanks at the beginning do not count */
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		bool blank = (c == ' ') | (c == '\t') | (c == '\n') | (c == '\r');
		bool digit = (c >= '0') & (c <= '9');
		c = blank ? ' ' : c;
		plain[n] = c;
		masked[m] = digit ? '0' : c;
		n += !(blank & after_blank);
		m += !(blank & after_blank) & !(digit & after_digit);
		after_blank = blank;
		after_digit = digit;
	}
	if (n && after_blank) {
		n--;
		m--;
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
