#include "core/hash.h"
#include "core/strings.h"
#include "tests/check.h"

#include <stdlib.h>

/* What the last case says when it fails. */
static char said[4096];
#define SAY(...) snprintf(said + strlen(said), sizeof(said) - strlen(said), __VA_ARGS__)
#define SAYING(...)                                                                                                    \
	do {                                                                                                           \
		said[0] = '\0';                                                                                        \
		if (!CHECK(__VA_ARGS__)) fputs(said, stdout);                                                          \
	} while (0)

static uint64_t state;

static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* The string of an id: its bytes are all made from it. Few letters and short ones among them, so that some ids have one string. */
struct source {
	char *bytes;
	size_t size;
};

static struct str string_of(struct source *source, uint32_t id, size_t len)
{
	uint64_t x = id * UINT64_C(0x9e3779b97f4a7c15) + 1;
	if (source->size < len) source->bytes = memory_grow(source->bytes, source->size = len);
	for (size_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		source->bytes[i] = len < 4 ? "ab"[x & 1] : (char)x;
	}
	return str_of(source->bytes, len);
}

/* What the pool must say: one entry for each distinct string, in the order in which they came. */
struct entry {
	uint32_t id;
	size_t len;
	uint64_t hash;
	const char *view;
};

static size_t any_length(void)
{
	/* around the bytes of a length (127, 16383, 2097151), the first block (4096), half a block and a block (2^19, 2^20) */
	static const size_t edges[] = {1,     2,     127,    128,    4093,    4094,    4095,    4096,
	                               16383, 16384, 524285, 524288, 1048573, 1048576, 2097151, 3000000};
	uint64_t r = next() % 1000;
	if (r < 12) {
		size_t edge = edges[next() % (sizeof(edges) / sizeof(*edges))];
		return edge < 5 ? edge : edge - 3 + next() % 7;
	}
	return r < 200   ? 1 + next() % 3
	       : r < 900 ? 4 + next() % 40
	       : r < 980 ? 50 + next() % 300
	                 : 3000 + next() % 3000;
}

static bool run(uint64_t seed, size_t steps, size_t first_length)
{
	struct strings strings = {0};
	struct source source = {0};
	struct entry *entries = NULL;
	uint32_t count = 0, capacity = 0;
	bool good = true;
	state = seed;
	for (size_t step = 0; step < steps && good; step++) {
		bool again = count && next() % 4 == 0;
		const struct entry *old = again ? &entries[next() % count] : NULL;
		uint32_t id = old ? old->id : (uint32_t)next();
		size_t len = old ? old->len : step == 0 && first_length ? first_length : any_length();
		struct str s = string_of(&source, id, len);
		uint32_t expected = 0, found, added;
		uint64_t hash = hash_bytes(s);
		for (uint32_t i = 0; i < count && !expected; i++)
			if (entries[i].len == len && entries[i].hash == hash &&
			    memcmp(entries[i].view, s.ptr, len) == 0)
				expected = i + 1;
		found = strings_find(&strings, s);
		added = strings_add(&strings, s);
		good = found == expected && added == (expected ? expected : count + 1);
		if (!expected) {
			ARRAY_RESERVE(entries, count, capacity);
			entries[count++] = (struct entry){id, len, hash, strings_get(&strings, added).ptr};
		}
		good = good && strings.count == count;
		if (!good)
			SAY("# step %zu: length %zu, number %u, found %u, expected %u\n", step, len, added, found,
			    expected);
	}
	for (uint32_t i = 0; i < count && good; i++) { /* all are still there, where they were */
		struct str s = strings_get(&strings, i + 1);
		good = s.ptr == entries[i].view && str_eq(s, string_of(&source, entries[i].id, entries[i].len)) &&
		       strings_hash(&strings, i + 1) == entries[i].hash;
		if (!good) SAY("# string %u of %u, length %zu, has changed\n", i + 1, count, entries[i].len);
	}
	strings_free(&strings);
	good = good && strings.count == 0 && strings_find(&strings, STR("a")) == 0;
	free(entries);
	free(source.bytes);
	return good;
}

static void check_small(void)
{
	struct strings strings = {0};
	SAYING(strings_add(&strings, STR("")) == 0 && strings_find(&strings, STR("")) == 0 &&
	           strings_get(&strings, 0).len == 0 && strings_hash(&strings, 0) == 0,
	       "0 is the empty string, before anything is in the pool");
	SAYING(strings_find(&strings, STR("a")) == 0, "nothing is found in an empty pool");
	SAYING(strings_add(&strings, STR("a")) == 1 && strings_add(&strings, STR("b")) == 2 &&
	           strings_add(&strings, STR("a")) == 1 && strings.count == 2,
	       "numbers count up from 1, a string again has its number again");
	SAYING(strings_add(&strings, str_of("a\0b", 3)) == 3 && strings_add(&strings, str_of("a\0c", 3)) == 4 &&
	           strings_get(&strings, 3).len == 3,
	       "a NUL is a byte like another");
	SAYING(strings_add(&strings, STR("A")) == 5, "case counts");
	struct strings other = {0};
	strings_add(&other, STR("x"));
	strings_add(&other, STR("a"));
	SAYING(strings_hash(&other, 2) == strings_hash(&strings, 1) &&
	           strings_hash(&strings, 1) == hash_bytes(STR("a")),
	       "a string has the same hash in every pool");
	strings_free(&strings);
	strings_free(&other);
}

static void check_many(void)
{
	struct strings strings = {0};
	char text[32];
	uint32_t n = 300000, good = 0;
	for (uint32_t i = 0; i < n; i++)
		good += strings_add(&strings, str_of(text, (size_t)snprintf(text, sizeof(text), "id-%u", i))) == i + 1;
	for (uint32_t i = 0; i < n; i++)
		good += strings_find(&strings, str_of(text, (size_t)snprintf(text, sizeof(text), "id-%u", i))) == i + 1;
	SAYING(good == 2 * n, "%u short strings are numbered and found", n);
	strings_free(&strings);
}

/* A pool into another: the numbers are those of as many single calls. */
static void check_all(void)
{
	static const uint32_t counts[] = {0, 1, 15, 16, 17, 47, 48, 49, 200, 5000};
	bool good = true;
	for (size_t c = 0; c < sizeof(counts) / sizeof(*counts) && good; c++) {
		struct strings from = {0}, into = {0}, single = {0};
		uint32_t *numbers = memory_grow(NULL, sizeof(*numbers) * (counts[c] + 1));
		char text[32];
		for (uint32_t i = 0; i < counts[c]; i++)
			strings_add(&from, str_of(text, (size_t)snprintf(text, sizeof(text), "id-%u", i)));
		for (uint32_t i = 0; i < counts[c]; i += 3) { /* some are there already */
			struct str s = strings_get(&from, counts[c] - i);
			strings_add(&into, s);
			strings_add(&single, s);
		}
		strings_add_all(&into, &from, numbers);
		good = numbers[0] == 0;
		for (uint32_t i = 1; i <= counts[c] && good; i++)
			good = numbers[i] == strings_add(&single, strings_get(&from, i)) &&
			       str_eq(strings_get(&into, numbers[i]), strings_get(&from, i));
		good = good && into.count == single.count;
		if (!good) SAY("# of %u strings\n", counts[c]);
		strings_free(&from);
		strings_free(&into);
		strings_free(&single);
		free(numbers);
	}
	SAYING(good, "all strings of a pool have the numbers in another that they would have one by one");
}

int main(void)
{
	check_small();
	check_all();
	/* The first string decides how the first block is made. */
	static const size_t first[] = {0, 1, 4094, 4095, 4096, 4097, 524285, 524286, 524287, 600000, 1048576, 3000000};
	for (size_t i = 0; i < sizeof(first) / sizeof(*first); i++)
		SAYING(
		    run(1000 + i, 1500, first[i]),
		    "1500 strings of 1 to 3,000,000 bytes, the first of %zu (0: any), are kept as a list would (seed %zu)",
		    first[i], 1000 + i);
	check_many();
	return check_done();
}
