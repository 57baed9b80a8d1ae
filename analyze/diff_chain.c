#include "analyze/diff_chain.h"

#include "core/hash.h"

#include <stdlib.h>

static uint64_t evidence_of(const struct snapshot *s)
{
	uint64_t hash = s->finding_count;
	for (uint32_t k = 0; k < s->input_count; k++) {
		hash = hash_mix(hash, hash_bytes(snapshot_string(s, s->inputs[k].path)));
		hash = hash_mix(hash, hash_bytes(str_of((const char *)s->inputs[k].sha256, SHA256_BYTES)));
	}
	return hash;
}

static void describe(struct chain_point *point, const struct diff *d, enum side side)
{
	const struct snapshot *s = d->sides[side];
	point->captured = INSTANT_NONE;
	for (uint32_t k = 0; k < s->input_count; k++)
		if (input_is_counted(&s->inputs[k]) && s->inputs[k].captured > point->captured)
			point->captured = s->inputs[k].captured;
	point->records = d->records[side];
	point->open = d->open[side];
}

static struct first_seen *places_for(const struct snapshot *s)
{
	size_t bytes = sizeof(struct first_seen) * ((size_t)s->finding_count + 1);
	return memset(memory_grow(NULL, bytes), 0, bytes);
}

struct walking {
	struct diff_chain *chain;
	const struct diff *diff;
	struct first_seen *next; /* of the after side */
};

/* Of the first point everything is seen for the first time, whatever becomes of it. */
static bool begin(void *context, const struct diff_item *item)
{
	struct walking *w = context;
	uint32_t before = item->side == SIDE_BEFORE                                                ? item->finding
	                  : item->outcome == OUTCOME_UNCHANGED || item->outcome == OUTCOME_UPDATED ? item->matched
	                                                                                           : NO_MATCH;
	if (before != NO_MATCH) diff_key(w->diff, SIDE_BEFORE, before, w->chain->first[before].key);
	return true;
}

static bool follow(void *context, const struct diff_item *item)
{
	struct walking *w = context;
	if (item->side != SIDE_AFTER) return true;
	struct first_seen *seen = &w->next[item->finding];
	if (item->outcome == OUTCOME_UNCHANGED || item->outcome == OUTCOME_UPDATED) {
		*seen = w->chain->first[item->matched];
	} else {
		seen->point = w->chain->reached + 1;
		diff_key(w->diff, SIDE_AFTER, item->finding, seen->key);
	}
	return true;
}

bool diff_chain_step(struct diff_chain *chain, const struct diff *d, struct error *error)
{
	const struct snapshot *before = d->sides[SIDE_BEFORE], *after = d->sides[SIDE_AFTER];
	struct walking w = {chain, d, NULL};
	if (!chain->first) {
		chain->first = places_for(before);
		describe(&chain->points[0], d, SIDE_BEFORE);
		diff_each(d, begin, &w);
	} else if (evidence_of(before) != chain->evidence) {
		return error_set(error, ERROR_INPUT, chain->points[chain->reached].name,
		                 "has changed since it was read");
	}
	w.next = places_for(after);
	diff_each(d, follow, &w);
	free(chain->first);
	chain->first = w.next;
	chain->reached++;
	chain->evidence = evidence_of(after);
	describe(&chain->points[chain->reached], d, SIDE_AFTER);
	return true;
}

void diff_chain_count(struct diff_chain *chain, const struct diff *last)
{
	for (uint32_t i = 0; i < last->sides[SIDE_AFTER]->finding_count; i++)
		if (chain->first[i].key[0]) chain->points[chain->first[i].point].first_seen++;
}

bool diff_chain_days(const struct diff_chain *chain, uint32_t point, uint64_t *days)
{
	int64_t from = chain->points[point].captured, to = chain->points[chain->reached].captured;
	if (from == INSTANT_NONE || to == INSTANT_NONE || to < from) return false;
	*days = (uint64_t)((to - from) / INSTANT_DAY);
	return true;
}

void diff_chain_free(struct diff_chain *chain) { free(chain->first); }
