/* How it works: a table has for each distinct record the latest date of a file that holds it; then each record is looked up. */
#include "collect/spoken_again.h"

#include "core/hash.h"

#include <stdlib.h>

struct latest {
	uint64_t key; /* 0: free */
	int64_t captured;
};

static bool dated_by_records(const struct input *input) { return input->dated_by_records && !input->duplicate; }

static uint64_t key_of(const struct snapshot *s, const struct input *input, const struct finding *f)
{
	const struct profile *p = snapshot_profile(s, f);
	uint64_t key = hash_mix(strings_hash(&s->strings, input->format), hash_nocase(snapshot_string(s, p->tool)));
	key = hash_mix(key, hash_nocase(snapshot_string(s, p->rule)));
	key = hash_mix(key, hash_nocase(snapshot_string(s, p->subject)));
	if (f->identity)
		key = hash_mix(key, f->identity);
	else
		key = hash_mix(key, hash_mix(snapshot_path_hash(s, f),
		                             hash_bytes(component_package(s, snapshot_component(s, f)))));
	return key ? key : 1;
}

static struct latest *slot_of(struct latest *table, uint64_t mask, uint64_t key)
{
	uint64_t at = key & mask;
	while (table[at].key && table[at].key != key) at = (at + 1) & mask;
	return &table[at];
}

bool *spoken_again(const struct snapshot *s)
{
	bool *again = memory_grow(NULL, (size_t)s->input_count + 1);
	uint64_t records = 0, mask = 63;
	uint32_t files = 0;
	for (uint32_t i = 0; i < s->input_count; i++) {
		again[i] = !dated_by_records(&s->inputs[i]);
		if (again[i]) continue;
		records += s->inputs[i].finding_count;
		files++;
	}
	if (files < 2) return again; /* nobody could */
	while (mask < records * 2) mask = mask * 2 + 1;
	struct latest *table = memory_grow(NULL, sizeof(*table) * (mask + 1));
	memset(table, 0, sizeof(*table) * (mask + 1));
	for (int pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < s->input_count; i++) {
			const struct input *input = &s->inputs[i];
			if (!dated_by_records(input)) continue;
			for (uint32_t k = 0; k < input->finding_count && !again[i]; k++) {
				uint64_t key = key_of(s, input, &s->findings[input->first_finding + k]);
				struct latest *latest = slot_of(table, mask, key);
				if (pass)
					again[i] = latest->captured > input->captured;
				else if (!latest->key || latest->captured < input->captured)
					*latest = (struct latest){key, input->captured};
			}
		}
	free(table);
	return again;
}
