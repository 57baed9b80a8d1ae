/* How it works: a hash join. Each unmatched record of both sides gets the tier's key; records with one key are a group.
 *
 *     slot -> after 90 -> after 13 -> before 40 -> before 17      a chain: the records of one key, seldom of two
 *
 * Nearly every group is one against one. In the others equal records pair first, then those of one path among themselves, then what
 * is left: in order if the counts are equal, else by the order-keeping alignment of least distance: with n < m, each of the n takes a later partner than
 * the one before it, cost[i][j] = min(cost[i][j-1], cost[i-1][j-1] + distance(i, j)), in the band j - i <= m - n.
 *
 * Keys are computed once, in the order of the evidence, and written stretch by stretch, in each stretch by part, which is by their high bits:
 *
 *     stretch 0: [ part 0 | part 1 | ... ]   stretch 1: [ part 0 | part 1 | ... ]   ...
 *
 * A part then gathers its pieces and is joined in a table of its own. Its records lie all over both sides, so the couples it finds are noted,
 * and when all parts are done, written stretch by stretch of either side: so all but a part's table is read and written in order, whatever
 * the number of records. Stretches, and then parts, run in parallel.
 */
#include "analyze/match.h"

#include "analyze/rule_lists.h"
#include "core/hash.h"
#include "core/pool.h"

#include <stdatomic.h>
#include <stdlib.h>

/* A part's table is to fit a processor's own cache, unless its piece of a stretch, PART_PIECE records, would be so small that a page is
 * read for some of it only. */
enum { PART_RECORDS = 1 << 14, STRETCH = 1 << 18, PART_PIECE = 1 << 10, BAND_CELLS = 1 << 24 };

/* One side's numbers. */
static void begin_side(void *context, size_t k)
{
	struct matcher *m = context;
	struct match_side *side = &m->sides[k];
	const struct snapshot *s = side->snapshot;
	side->base = large_grow(NULL, sizeof(uint64_t) * ((size_t)s->profiles.count + 1));
	side->place = large_grow(NULL, sizeof(uint64_t) * ((size_t)s->profiles.count + 1));
	side->package = large_grow(NULL, sizeof(uint64_t) * ((size_t)s->components.count + 1));
	for (uint32_t i = 0; i < s->profiles.count; i++) {
		LARGE_BREATHE(i);
		struct profile p;
		memcpy(&p, tuples_get(&s->profiles, i), sizeof(p));
		side->place[i] =
		    hash_mix(hash_nocase(snapshot_string(s, p.tool)), hash_nocase(snapshot_string(s, p.subject)));
		side->base[i] = hash_mix(side->place[i], hash_nocase(snapshot_string(s, p.rule)));
	}
	for (uint32_t i = 0; i < s->components.count; i++) {
		LARGE_BREATHE(i);
		struct component c;
		memcpy(&c, tuples_get(&s->components, i), sizeof(c));
		struct str name = component_package(s, &c);
		side->package[i] = name.len ? hash_bytes(name) : 0;
	}
	uint64_t left[2] = {0};
	for (uint32_t i = 0; i < s->finding_count; i++) {
		const struct fate *fate = &side->fates[i];
		LARGE_BREATHE(i);
		left[fate_is_open(fate)] += fate->counted && fate->match == NO_MATCH;
	}
	for (int open = 0; open < 2; open++) m->left[k][open] = left[open];
}

void matcher_begin(struct matcher *m, const struct diff *diff, unsigned threads)
{
	*m = (struct matcher){.threads = threads};
	for (int k = 0; k < SIDE_COUNT; k++)
		m->sides[k] = (struct match_side){.snapshot = diff->sides[k], .fates = diff->fates[k]};
	pool_run(&(struct pool_job){m, begin_side, NULL, SIDE_COUNT, 0}, threads);
}

void matcher_rename(struct matcher *m, const struct rule_lists *lists)
{
	m->renaming = lists;
	for (int k = 0; k < SIDE_COUNT; k++) {
		struct match_side *side = &m->sides[k];
		large_free(side->class);
		side->class = NULL;
		if (!lists || !lists->class[k]) continue;
		uint32_t count = side->snapshot->profiles.count;
		side->class = large_grow(NULL, sizeof(uint64_t) * ((size_t)count + 1));
		for (uint32_t i = 0; i < count; i++)
			side->class[i] = lists->class[k][i] ? hash_mix(side->place[i], lists->class[k][i]) : 0;
	}
}

static void narrow_side(void *context, size_t k)
{
	struct matcher *m = context;
	struct match_side *side = &m->sides[k];
	struct match_rest *rest = large_grow(NULL, sizeof(*rest) * (m->left[k][0] + m->left[k][1] + 1));
	for (uint32_t i = 0; i < side->snapshot->finding_count; i++) {
		const struct fate *fate = &side->fates[i];
		LARGE_BREATHE(i);
		if (!fate->counted || fate->match != NO_MATCH) continue;
		rest[side->rest_count++] =
		    (struct match_rest){snapshot_path_hash(side->snapshot, &side->snapshot->findings[i]), i};
	}
	side->rest = rest;
}

void matcher_narrow(struct matcher *m)
{
	pool_run(&(struct pool_job){m, narrow_side, NULL, SIDE_COUNT, 0}, m->threads);
}

void matcher_end(struct matcher *m)
{
	for (int k = 0; k < SIDE_COUNT; k++) {
		large_free(m->sides[k].rest);
		large_free(m->sides[k].base);
		large_free(m->sides[k].place);
		large_free(m->sides[k].package);
	}
}

/* ---- keys ---- */

static uint32_t count_of(const struct match_side *side)
{
	return side->rest ? side->rest_count : side->snapshot->finding_count;
}

/* One that is to be looked at; before matcher_narrow without its path, which path_of then computes. */
static struct match_rest one_at(const struct match_side *side, uint32_t i)
{
	return side->rest ? side->rest[i] : (struct match_rest){.finding = i};
}

static const struct finding *finding_of(const struct match_side *side, const struct match_rest *one)
{
	return &side->snapshot->findings[one->finding];
}

static uint64_t path_of(const struct match_side *side, const struct match_rest *one)
{
	return side->rest ? one->path : snapshot_path_hash(side->snapshot, finding_of(side, one));
}

/* 0: the tier does not apply to this record. */
static uint64_t key_of(const struct match_side *side, enum tier tier, const struct match_rest *one)
{
	const struct snapshot *s = side->snapshot;
	const struct finding *f = finding_of(side, one);
	const struct profile *p = snapshot_profile(s, f);
	uint64_t base = side->class ? side->class[f->profile] : side->base[f->profile];
	uint64_t package = side->package[f->component];
	if (!base) return 0;
	switch (tier) {
	case TIER_IDENTITY:
		if (f->identity) return hash_mix(base, f->identity);
		if (p->nature == NATURE_POSTURE) return base;
		if (p->nature == NATURE_VULNERABILITY) return hash_mix(hash_mix(base, package), path_of(side, one));
		return 0;
	case TIER_CONTENT:
		if (p->nature != NATURE_WEAKNESS) return 0;
		return hash_mix(hash_mix(base, path_of(side, one)), f->content ? f->content : package);
	case TIER_MOVED:
		if (p->nature != NATURE_WEAKNESS || !f->masked) return 0;
		return hash_mix(hash_mix(base, path_of(side, one)), f->masked);
	case TIER_RENAMED:
		if (p->nature == NATURE_VULNERABILITY && !f->identity) return hash_mix(base, package);
		if (p->nature != NATURE_WEAKNESS || !f->content || !f->file) return 0;
		return hash_mix(hash_mix(base, strings_hash(&s->strings, f->file)), f->content);
	case TIER_NONE: break;
	}
	return 0;
}

/* ---- pairs ---- */

struct pairing {
	struct matcher *m;
	enum tier tier;
	_Atomic uint64_t *pairs; /* counts them */
};

static const struct finding *at(const struct pairing *p, enum side side, uint32_t i)
{
	return &p->m->sides[side].snapshot->findings[i];
}

static bool same_string(const struct snapshot *a, uint32_t x, const struct snapshot *b, uint32_t y)
{
	return str_eq(snapshot_string(a, x), snapshot_string(b, y));
}

static bool renamed(const struct pairing *p, const struct finding *b, const struct finding *a)
{
	const struct snapshot *sb = p->m->sides[SIDE_BEFORE].snapshot, *sa = p->m->sides[SIDE_AFTER].snapshot;
	return rule_lists_renamed(p->m->renaming, rule_lists_hash(sb, snapshot_profile(sb, b)),
	                          rule_lists_hash(sa, snapshot_profile(sa, a)));
}

/* Where both have fingerprints of the same kinds and these differ, only an equal snippet may still match. */
static bool allowed(const struct pairing *p, uint32_t before, uint32_t after)
{
	const struct finding *b = at(p, SIDE_BEFORE, before), *a = at(p, SIDE_AFTER, after);
	if (p->m->renaming && !renamed(p, b, a)) return false;
	if (p->tier == TIER_IDENTITY || !b->identity || !a->identity || b->identity == a->identity) return true;
	const struct snapshot *sb = p->m->sides[SIDE_BEFORE].snapshot, *sa = p->m->sides[SIDE_AFTER].snapshot;
	if (!same_string(sb, snapshot_profile(sb, b)->kinds, sa, snapshot_profile(sa, a)->kinds)) return true;
	return (b->message & 1) && (a->message & 1) && b->content == a->content;
}

static void set_match(const struct pairing *p, enum side side, uint32_t finding, uint32_t match)
{
	struct fate *fate = &p->m->sides[side].fates[finding];
	fate->match = match;
	fate->tier = (uint8_t)p->tier;
	fate->rule_renamed = p->m->renaming != NULL;
}

static void pair(const struct pairing *p, uint32_t before, uint32_t after)
{
	atomic_fetch_add(p->pairs, 1);
	set_match(p, SIDE_BEFORE, before, after);
	set_match(p, SIDE_AFTER, after, before);
}

/* All that an auditor would name, as one number: equal numbers are equal records. */
static uint64_t looks(const struct match_side *side, const struct finding *f)
{
	const struct snapshot *s = side->snapshot;
	const struct profile *p = snapshot_profile(s, f);
	uint64_t h = hash_mix(p->severity, strings_hash(&s->strings, snapshot_component(s, f)->version));
	h = hash_mix(h, hash_mix(snapshot_path_hash(s, f), f->line));
	return p->nature == NATURE_WEAKNESS ? hash_mix(h, f->message & ~UINT32_C(1)) : h;
}

/* All that was read of a record, as one number: what is equal in it is equal in everything, so that a choice between two
 * such records changes nothing. */
static uint64_t fields(const struct match_side *side, const struct finding *f)
{
	const struct snapshot *s = side->snapshot;
	const struct profile *p = snapshot_profile(s, f);
	const struct component *c = snapshot_component(s, f);
	const uint32_t texts[] = {p->tool, p->rule,       p->title,   p->subject, p->owner,
	                          p->ids,  p->kinds,      c->package, c->version, c->fixed_version,
	                          c->purl, c->first_seen, f->folder,  f->file};
	uint64_t h = hash_mix(hash_mix(f->identity, f->content), hash_mix(f->masked, f->message));
	h = hash_mix(h, hash_mix(f->line, (uint64_t)p->severity << 8 | p->status));
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		h = hash_mix(h, strings_hash(&s->strings, texts[i]));
	const struct unit *unit = &s->units[p->unit];
	return hash_mix(h, hash_mix(strings_hash(&s->strings, unit->tool), strings_hash(&s->strings, unit->target)));
}

struct candidate {
	uint32_t index, line;
	uint64_t path, version, looks, fields; /* hashes; fields: of all that was read */
	struct str version_text;
	uint8_t severity;
};

static int by_looks(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->looks != y->looks) return x->looks < y->looks ? -1 : 1;
	if (x->fields != y->fields) return x->fields < y->fields ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* The fields read, then the order of the evidence. */
static int by_fields(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->line != y->line) return x->line < y->line ? -1 : 1;
	int c = str_cmp(x->version_text, y->version_text);
	if (c) return c;
	if (x->severity != y->severity) return x->severity < y->severity ? -1 : 1;
	return by_looks(a, b);
}

static int by_path(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->path != y->path) return x->path < y->path ? -1 : 1;
	return by_fields(a, b);
}

static struct candidate candidate_of(const struct match_side *side, uint32_t i)
{
	const struct finding *f = &side->snapshot->findings[i];
	const struct component *c = snapshot_component(side->snapshot, f);
	return (struct candidate){.index = i,
	                          .line = f->line,
	                          .path = snapshot_path_hash(side->snapshot, f),
	                          .version = strings_hash(&side->snapshot->strings, c->version),
	                          .version_text = snapshot_string(side->snapshot, c->version),
	                          .severity = snapshot_profile(side->snapshot, f)->severity,
	                          .looks = looks(side, f),
	                          .fields = fields(side, f)};
}

static uint64_t distance(const struct pairing *p, bool swapped, const struct candidate *x, const struct candidate *y)
{
	if (!allowed(p, swapped ? y->index : x->index, swapped ? x->index : y->index)) return UINT64_C(1) << 40;
	uint64_t lines = x->line > y->line ? x->line - y->line : y->line - x->line;
	return lines * 4 + (x->version != y->version ? 2u : 0u) + (x->severity != y->severity ? 1u : 0u);
}

/* few are fewer than many, both by_fields. */
static void align_few(const struct pairing *p, bool swapped, const struct candidate *few, size_t n,
                      const struct candidate *many, size_t m)
{
	size_t width = m - n + 1;
	if (n > BAND_CELLS / width) width = 1; /* too many to weigh: in order */
	uint64_t *cost = memory_grow(NULL, sizeof(*cost) * width);
	uint8_t *taken = memory_grow(NULL, n * width);
	for (size_t k = 0; k < width; k++) cost[k] = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < width; k++) { /* few[i] with many[i + k], or with an earlier one */
			uint64_t here = cost[k] + distance(p, swapped, &few[i], &many[i + k]);
			bool take = k == 0 || here < cost[k - 1];
			cost[k] = take ? here : cost[k - 1];
			taken[i * width + k] = take;
		}
	for (size_t i = n, k = width - 1; i-- > 0;) {
		while (!taken[i * width + k]) k--;
		uint32_t x = few[i].index, y = many[i + k].index;
		if (allowed(p, swapped ? y : x, swapped ? x : y)) pair(p, swapped ? y : x, swapped ? x : y);
	}
	free(cost);
	free(taken);
}

static void align(const struct pairing *p, const struct candidate *b, size_t n, const struct candidate *a, size_t m)
{
	if (n <= m)
		align_few(p, false, b, n, a, m);
	else
		align_few(p, true, a, m, b, n);
}

/* Moves those without a match to the front; returns how many they are. */
static size_t unpaired(const struct pairing *p, enum side side, struct candidate *list, size_t n)
{
	size_t left = 0;
	for (size_t i = 0; i < n; i++)
		if (p->m->sides[side].fates[list[i].index].match == NO_MATCH) list[left++] = list[i];
	return left;
}

/* Those of one path among themselves: a line says nothing of another file's. */
static void align_paths(const struct pairing *p, struct candidate *b, size_t n, struct candidate *a, size_t m)
{
	qsort(b, n, sizeof(*b), by_path);
	qsort(a, m, sizeof(*a), by_path);
	for (size_t i = 0, k = 0; i < n && k < m;) {
		size_t i_end = i, k_end = k;
		while (i_end < n && b[i_end].path == b[i].path) i_end++;
		while (k_end < m && a[k_end].path == a[k].path) k_end++;
		uint64_t x = b[i].path, y = a[k].path;
		if (x == y) align(p, b + i, i_end - i, a + k, k_end - k);
		if (x <= y) i = i_end;
		if (y <= x) k = k_end;
	}
}

/* Those that look equal, by_looks: first those equal in all that was read, then in order, then whatever may be paired at all; all of
 * it the same with the sides exchanged. Leaves those without a match in front. */
static void pair_equal(const struct pairing *p, struct candidate *b, size_t *n, struct candidate *a, size_t *m)
{
	for (size_t i = 0, k = 0; i < *n && k < *m;) {
		uint64_t x = b[i].fields, y = a[k].fields;
		if (x == y && allowed(p, b[i].index, a[k].index)) pair(p, b[i].index, a[k].index);
		i += x <= y;
		k += y <= x;
	}
	*n = unpaired(p, SIDE_BEFORE, b, *n);
	*m = unpaired(p, SIDE_AFTER, a, *m);
	for (size_t i = 0; i < *n && i < *m; i++)
		if (allowed(p, b[i].index, a[i].index)) pair(p, b[i].index, a[i].index);
	*n = unpaired(p, SIDE_BEFORE, b, *n);
	*m = unpaired(p, SIDE_AFTER, a, *m);
	if (!*n || !*m || *n > BAND_CELLS / *m) return;
	const struct fate *fb = p->m->sides[SIDE_BEFORE].fates, *fa = p->m->sides[SIDE_AFTER].fates;
	for (size_t far = 1; far < *n || far < *m; far++)
		for (size_t near = 0; near < far; near++)
			for (int turn = 0; turn < 2; turn++) {
				size_t i = turn ? near : far, k = turn ? far : near;
				if (i >= *n || k >= *m) continue;
				uint32_t x = b[i].index, y = a[k].index;
				if (fb[x].match == NO_MATCH && fa[y].match == NO_MATCH && allowed(p, x, y))
					pair(p, x, y);
			}
	*n = unpaired(p, SIDE_BEFORE, b, *n);
	*m = unpaired(p, SIDE_AFTER, a, *m);
}

static size_t run_of_looks(const struct candidate *list, size_t from, size_t n)
{
	size_t end = from;
	while (end < n && list[end].looks == list[from].looks) end++;
	return end - from;
}

static void pair_group(const struct pairing *p, struct candidate *b, size_t n, struct candidate *a, size_t m)
{
	size_t left_b = 0, left_a = 0, i = 0, k = 0;
	qsort(b, n, sizeof(*b), by_looks);
	qsort(a, m, sizeof(*a), by_looks);
	while (i < n || k < m) { /* equal ones first; what stays is moved to the front */
		size_t run_b = run_of_looks(b, i, n), run_a = run_of_looks(a, k, m);
		if (run_b && run_a && b[i].looks < a[k].looks)
			run_a = 0;
		else if (run_b && run_a && b[i].looks > a[k].looks)
			run_b = 0;
		size_t rest_b = run_b, rest_a = run_a;
		if (run_b && run_a) pair_equal(p, b + i, &rest_b, a + k, &rest_a);
		memmove(b + left_b, b + i, sizeof(*b) * rest_b);
		memmove(a + left_a, a + k, sizeof(*a) * rest_a);
		left_b += rest_b;
		left_a += rest_a;
		i += run_b;
		k += run_a;
	}
	align_paths(p, b, left_b, a, left_a);
	left_b = unpaired(p, SIDE_BEFORE, b, left_b);
	left_a = unpaired(p, SIDE_AFTER, a, left_a);
	qsort(b, left_b, sizeof(*b), by_fields);
	qsort(a, left_a, sizeof(*a), by_fields);
	align(p, b, left_b, a, left_a);
}

/* ---- groups ---- */

/* A record that takes part, with its key. */
struct __attribute__((packed, aligned(4))) key_entry {
	uint64_t key;
	uint32_t finding;
};

/* A part's table: entries in chains by some bits of their key, those of the before side first; a chain of one side only is skipped. */
struct part_entry {
	uint64_t key;
	uint32_t finding, next; /* next: entry number + 1 */
};

struct part {
	uint32_t *slots, mask;
	struct part_entry *entries;
	uint32_t count, before; /* of which `before` are of the before side */
};

/* An entry of one chain. */
struct keyed {
	uint64_t key;
	uint32_t finding;
	uint32_t side;
};

static int by_key(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;
	if (x->key != y->key) return x->key < y->key ? -1 : 1;
	if (x->side != y->side) return x->side < y->side ? -1 : 1;
	return x->finding < y->finding ? -1 : x->finding > y->finding;
}

/* Some of those of one side that are looked at, in order, whose entries stand together, by part. */
struct stretch {
	enum side side;
	uint32_t first, count;
	uint64_t *starts; /* by part, and the end: index into the job's entries */
};

/* Two records that are each alone with their key: matched, but not yet written into their fates. */
struct couple {
	uint32_t finding[SIDE_COUNT];
};

struct tier_job {
	struct pairing pairing;
	bool open[SIDE_COUNT];
	unsigned part_bits;
	uint64_t total; /* records that may take part */
	struct key_entry *entries;
	_Atomic uint64_t entry_count;
	struct couple *couples; /* at most as many as the smaller side's records */
	_Atomic uint64_t couple_count;
	struct stretch *stretches;
	size_t stretch_count;
	/* TIER_RENAMED: paths that still stand on the other side; NULL otherwise */
	uint8_t *blocked[SIDE_COUNT];
};

static bool wanted(const struct tier_job *job, int side, uint32_t i)
{
	const struct fate *fate = &job->pairing.m->sides[side].fates[i];
	if (!fate->counted || fate->match != NO_MATCH) return false;
	return fate_is_open(fate) == job->open[side] && !(job->blocked[side] && job->blocked[side][i]);
}

struct lists {
	struct keyed *chain;
	size_t chain_capacity;
	struct candidate *side[SIDE_COUNT];
	size_t side_capacity[SIDE_COUNT];
	struct couple *couples;
	size_t couple_count, couple_capacity;
};

/* One key's records, before first: group[0 .. n) are of the before side, group[n .. n + m) of the after side. */
static void pair_records(const struct pairing *p, struct lists *lists, const struct keyed *group, size_t n, size_t m)
{
	if (n == 1 && m == 1) {
		if (!allowed(p, group[0].finding, group[1].finding)) return;
		ARRAY_RESERVE(lists->couples, lists->couple_count, lists->couple_capacity);
		lists->couples[lists->couple_count++] = (struct couple){{group[0].finding, group[1].finding}};
		return;
	}
	const size_t counts[SIDE_COUNT] = {n, m};
	for (int k = 0; k < SIDE_COUNT; k++) {
		if (lists->side_capacity[k] < counts[k]) {
			lists->side_capacity[k] = counts[k];
			lists->side[k] = memory_grow(lists->side[k], sizeof(struct candidate) * counts[k]);
		}
		for (size_t i = 0; i < counts[k]; i++)
			lists->side[k][i] = candidate_of(&p->m->sides[k], group[(k ? n : 0) + i].finding);
	}
	pair_group(p, lists->side[SIDE_BEFORE], n, lists->side[SIDE_AFTER], m);
}

static void pair_chain(const struct pairing *p, struct lists *lists, const struct part *part, uint32_t head)
{
	size_t count = 0;
	bool sides[SIDE_COUNT] = {false};
	for (uint32_t e = head; e; e = part->entries[e - 1].next) {
		count++;
		sides[e > part->before] = true;
	}
	if (!sides[SIDE_BEFORE] || !sides[SIDE_AFTER]) return;
	if (count == 2) { /* nearly all; the later one stands first */
		const struct part_entry *after = &part->entries[head - 1], *before = &part->entries[after->next - 1];
		struct keyed two[] = {{before->key, before->finding, SIDE_BEFORE},
		                      {after->key, after->finding, SIDE_AFTER}};
		if (before->key == after->key) pair_records(p, lists, two, 1, 1);
		return;
	}
	if (lists->chain_capacity < count) {
		lists->chain_capacity = count * 2;
		lists->chain = memory_grow(lists->chain, sizeof(struct keyed) * lists->chain_capacity);
	}
	struct keyed *chain = lists->chain;
	size_t n = 0;
	for (uint32_t e = head; e; e = part->entries[e - 1].next)
		chain[n++] = (struct keyed){part->entries[e - 1].key, part->entries[e - 1].finding, e > part->before};
	qsort(chain, n, sizeof(*chain), by_key);
	for (size_t i = 0; i < n;) {
		size_t before = 0, after = 0, start = i;
		for (; i < n && chain[i].key == chain[start].key; i++) *(chain[i].side ? &after : &before) += 1;
		if (before && after) pair_records(p, lists, chain + start, before, after);
	}
}

static size_t part_of(const struct tier_job *job, uint64_t key)
{
	return job->part_bits ? (size_t)(key >> (64 - job->part_bits)) : 0;
}

/* The keys of a stretch, by part: read in order, written in order. */
static void sort_stretch(void *context, size_t number)
{
	struct tier_job *job = context;
	struct stretch *stretch = &job->stretches[number];
	const struct match_side *side = &job->pairing.m->sides[stretch->side];
	size_t parts = (size_t)1 << job->part_bits;
	struct key_entry *own = memory_grow(NULL, sizeof(*own) * stretch->count);
	uint64_t n = 0, *starts = stretch->starts;
	for (uint32_t i = stretch->first; i < stretch->first + stretch->count; i++) {
		LARGE_BREATHE(i);
		struct match_rest one = one_at(side, i);
		if (!wanted(job, (int)stretch->side, one.finding)) continue;
		uint64_t key = key_of(side, job->pairing.tier, &one);
		if (!key) continue;
		own[n++] = (struct key_entry){key, one.finding};
		starts[part_of(job, key)]++;
	}
	uint64_t at = atomic_fetch_add(&job->entry_count, n);
	for (size_t part = 0; part <= parts; part++) { /* counts become places */
		uint64_t count = starts[part];
		starts[part] = at;
		at += count;
	}
	for (uint64_t i = 0; i < n; i++) {
		LARGE_BREATHE(i);
		job->entries[starts[part_of(job, own[i].key)]++] = own[i];
	}
	for (size_t part = parts; part > 0; part--) starts[part] = starts[part - 1]; /* each stood at its end */
	starts[0] = starts[parts] - n;
	free(own);
}

static void match_part(void *context, size_t number)
{
	struct tier_job *job = context;
	struct part part = {0};
	uint64_t all = 0;
	for (size_t k = 0; k < job->stretch_count; k++) {
		const uint64_t *starts = &job->stretches[k].starts[number];
		all += starts[1] - starts[0];
		if (job->stretches[k].side == SIDE_BEFORE) part.before += (uint32_t)(starts[1] - starts[0]);
	}
	if (!part.before || part.before == all) return;
	part.entries = large_grow(NULL, sizeof(*part.entries) * all);
	for (part.mask = 63; part.mask < all; part.mask = part.mask * 2 + 1) {
	}
	part.slots = large_grow(NULL, sizeof(uint32_t) * ((size_t)part.mask + 1));
	memset(part.slots, 0, sizeof(uint32_t) * ((size_t)part.mask + 1));
	for (size_t k = 0; k < job->stretch_count; k++) {
		const uint64_t *starts = &job->stretches[k].starts[number];
		for (uint64_t i = starts[0]; i < starts[1]; i++) {
			LARGE_BREATHE(i);
			uint32_t *slot = &part.slots[(uint32_t)job->entries[i].key & part.mask];
			part.entries[part.count] =
			    (struct part_entry){job->entries[i].key, job->entries[i].finding, *slot};
			*slot = ++part.count;
		}
	}
	struct lists lists = {0};
	/* In the order of the evidence, in which most pairs lie near each other. */
	for (uint32_t e = 0; e < part.before; e++) {
		uint32_t *slot = &part.slots[(uint32_t)part.entries[e].key & part.mask];
		LARGE_BREATHE(e); /* a part's records are far apart */
		if (*slot) pair_chain(&job->pairing, &lists, &part, *slot);
		*slot = 0;
	}
	uint64_t place = atomic_fetch_add(&job->couple_count, lists.couple_count);
	if (lists.couple_count)
		memcpy(job->couples + place, lists.couples, sizeof(*lists.couples) * lists.couple_count);
	free(lists.couples);
	free(lists.chain);
	free(lists.side[SIDE_BEFORE]);
	free(lists.side[SIDE_AFTER]);
	large_free(part.slots);
	large_free(part.entries);
}

/* ---- renamed: the old path must be gone after, the new one absent before ---- */

struct path_set {
	uint64_t *slots; /* 0: free */
	uint64_t mask, count;
};

static void path_set_add(struct path_set *set, uint64_t key)
{
	if (set->count * 2 >= set->mask) {
		struct path_set wider = {.mask = set->slots ? set->mask * 2 + 1 : 1023};
		wider.slots = large_grow(NULL, sizeof(uint64_t) * (wider.mask + 1));
		memset(wider.slots, 0, sizeof(uint64_t) * (wider.mask + 1));
		for (uint64_t i = 0; set->slots && i <= set->mask; i++) {
			LARGE_BREATHE(i);
			if (set->slots[i]) path_set_add(&wider, set->slots[i]);
		}
		large_free(set->slots);
		*set = wider;
	}
	uint64_t slot = key & set->mask;
	for (; set->slots[slot]; slot = (slot + 1) & set->mask)
		if (set->slots[slot] == key) return;
	set->slots[slot] = key;
	set->count++;
}

static bool path_set_has(const struct path_set *set, uint64_t key)
{
	if (!set->slots) return false;
	for (uint64_t slot = key & set->mask; set->slots[slot]; slot = (slot + 1) & set->mask)
		if (set->slots[slot] == key) return true;
	return false;
}

/* An unmatched weakness that has a path. */
struct asked {
	uint64_t path; /* in its tool and subject */
	uint32_t finding;
};

struct asking {
	struct asked *list;
	uint32_t count;
	struct path_set paths;
	uint64_t *files; /* of the other side's strings: a bit for each that is the last part of such a path */
};

static void ask(struct asking *asking, const struct tier_job *job, int side)
{
	const struct match_side *mine = &job->pairing.m->sides[side], *other = &job->pairing.m->sides[1 - side];
	const struct snapshot *s = mine->snapshot, *o = other->snapshot;
	size_t bytes = sizeof(uint64_t) * (o->strings.count / 64 + 1);
	uint32_t file = 0;
	asking->list = large_grow(NULL, sizeof(*asking->list) * (job->pairing.m->left[side][job->open[side]] + 1));
	asking->files = large_grow(NULL, bytes);
	memset(asking->files, 0, bytes);
	for (uint32_t i = 0; i < count_of(mine); i++) {
		LARGE_BREATHE(i);
		struct match_rest one = one_at(mine, i);
		const struct finding *f = finding_of(mine, &one);
		if (!wanted(job, side, one.finding) || !snapshot_has_path(f)) continue;
		if (snapshot_profile(s, f)->nature != NATURE_WEAKNESS) continue;
		struct asked asked = {hash_mix(mine->place[f->profile], path_of(mine, &one)), one.finding};
		asking->list[asking->count++] = asked;
		path_set_add(&asking->paths, asked.path);
		if (asking->count == 1 || f->file != file) {
			file = f->file;
			uint32_t there = strings_find(&o->strings, snapshot_string(s, file));
			if (there || !file) asking->files[there / 64] |= UINT64_C(1) << there % 64;
		}
	}
}

/* Marks the unmatched weaknesses whose path stands on the other side too. */
static void block_standing_paths(void *context, size_t side)
{
	struct tier_job *job = context;
	const struct match_side *other = &job->pairing.m->sides[1 - side];
	const struct snapshot *s = job->pairing.m->sides[side].snapshot, *o = other->snapshot;
	uint8_t *blocked = large_grow(NULL, (size_t)s->finding_count + 1);
	memset(blocked, 0, (size_t)s->finding_count + 1);
	struct asking asking = {0};
	struct path_set standing = {0};
	ask(&asking, job, (int)side);
	for (uint32_t i = 0; asking.count && i < o->finding_count; i++) {
		const struct finding *f = &o->findings[i];
		LARGE_BREATHE(i);
		if (!(asking.files[f->file / 64] >> f->file % 64 & 1)) continue;
		if (!other->fates[i].counted || !snapshot_has_path(f)) continue;
		uint64_t path = hash_mix(other->place[f->profile], snapshot_path_hash(o, f));
		if (path_set_has(&asking.paths, path)) path_set_add(&standing, path);
	}
	for (uint32_t i = 0; standing.count && i < asking.count; i++) {
		LARGE_BREATHE(i);
		if (path_set_has(&standing, asking.list[i].path)) blocked[asking.list[i].finding] = 1;
	}
	large_free(asking.list);
	large_free(asking.files);
	large_free(asking.paths.slots);
	large_free(standing.slots);
	job->blocked[side] = blocked;
}

/* Writes the couples into the fates of one side, whose order they are brought into, to a stretch. */
static void write_couples(void *context, size_t number)
{
	const struct tier_job *job = context;
	enum side side = (enum side)number;
	uint64_t count = atomic_load(&job->couple_count);
	size_t stretches = job->pairing.m->sides[side].snapshot->finding_count / STRETCH + 1;
	struct couple *couples = job->couples;
	if (stretches > 1) {
		uint64_t *starts = memory_grow(NULL, sizeof(*starts) * (stretches + 1));
		memset(starts, 0, sizeof(*starts) * (stretches + 1));
		couples = large_grow(NULL, sizeof(*couples) * (count + 1));
		for (uint64_t i = 0; i < count; i++) {
			LARGE_BREATHE(i);
			starts[job->couples[i].finding[side] / STRETCH + 1]++;
		}
		for (size_t k = 0; k < stretches; k++) starts[k + 1] += starts[k];
		for (uint64_t i = 0; i < count; i++) {
			LARGE_BREATHE(i);
			couples[starts[job->couples[i].finding[side] / STRETCH]++] = job->couples[i];
		}
		free(starts);
	}
	for (uint64_t i = 0; i < count; i++) {
		LARGE_BREATHE(i);
		set_match(&job->pairing, side, couples[i].finding[side], couples[i].finding[1 - side]);
	}
	if (stretches > 1) large_free(couples);
}

static void join(struct tier_job *job, uint64_t most_couples, unsigned threads)
{
	size_t parts = (size_t)1 << job->part_bits;
	struct arena arena = {0};
	for (int k = 0; k < SIDE_COUNT; k++) job->stretch_count += count_of(&job->pairing.m->sides[k]) / STRETCH + 1;
	job->stretches = ARENA_ARRAY(&arena, struct stretch, job->stretch_count);
	job->entries = large_grow(NULL, sizeof(*job->entries) * job->total);
	struct stretch *stretch = job->stretches;
	for (int k = 0; k < SIDE_COUNT; k++) {
		uint32_t count = count_of(&job->pairing.m->sides[k]);
		for (uint64_t i = 0; i <= count; i += STRETCH, stretch++)
			*stretch = (struct stretch){.side = (enum side)k,
			                            .first = (uint32_t)i,
			                            .count = count - i < STRETCH ? (uint32_t)(count - i) : STRETCH,
			                            .starts = ARENA_ARRAY(&arena, uint64_t, parts + 1)};
	}
	pool_run(&(struct pool_job){job, sort_stretch, NULL, job->stretch_count, 0}, threads);
	job->couples = large_grow(NULL, sizeof(*job->couples) * most_couples);
	pool_run(&(struct pool_job){job, match_part, NULL, parts, 0}, threads);
	large_free(job->entries);
	pool_run(&(struct pool_job){job, write_couples, NULL, SIDE_COUNT, 0}, threads);
	large_free(job->couples);
	arena_free(&arena);
}

void match_tier(struct matcher *m, enum tier tier, bool open_before, bool open_after)
{
	_Atomic uint64_t pairs = 0;
	struct tier_job job = {.pairing = {m, tier, &pairs}, .open = {open_before, open_after}};
	uint64_t *before = &m->left[SIDE_BEFORE][open_before], *after = &m->left[SIDE_AFTER][open_after];
	if (m->renaming && !m->renaming->pair_count) return;
	if (!*before || !*after) return;
	if (tier == TIER_RENAMED)
		pool_run(&(struct pool_job){&job, block_standing_paths, NULL, SIDE_COUNT, 0}, m->threads);
	job.total = *before + *after; /* at most */
	while (job.total >> job.part_bits > PART_RECORDS && STRETCH >> job.part_bits > PART_PIECE) job.part_bits++;
	if (job.part_bits == 0 && m->threads > 1 && job.total > PART_RECORDS / 2) job.part_bits = 1;
	join(&job, *before < *after ? *before : *after, m->threads);
	uint64_t matched = pairs + job.couple_count;
	*before -= matched;
	*after -= matched;
	large_free(job.blocked[SIDE_BEFORE]);
	large_free(job.blocked[SIDE_AFTER]);
}
