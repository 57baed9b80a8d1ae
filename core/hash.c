#include "core/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t hash_bytes(struct str s) { return XXH3_64bits(s.ptr, s.len); }

uint64_t hash_nocase(struct str s)
{
	char small[256];
	XXH3_state_t state;
	bool one = s.len <= sizeof(small);
	if (!one) XXH3_64bits_reset(&state);
	for (size_t done = 0; done < s.len || (one && done == 0);) {
		size_t n = s.len - done < sizeof(small) ? s.len - done : sizeof(small);
		str_lower_to(small, str_of(s.ptr + done, n));
		if (one) return XXH3_64bits(small, n);
		XXH3_64bits_update(&state, small, n);
		done += n;
	}
	return XXH3_64bits_digest(&state);
}

uint64_t hash_mix(uint64_t a, uint64_t b)
{
	uint64_t pair[2] = {a, b};
	return XXH3_64bits(pair, sizeof(pair));
}
