#include "collect/batches.h"

#include "collect/collect.h"
#include "core/pathtrie.h"
#include "core/pool.h"

#include <pthread.h>
#include <stdlib.h>

enum { BATCH_BYTES = 256 << 10, BATCHES_MOST = 16, KEPT_MOST = 4 /* batches' bytes */ };

/* A "*" of a record's path. */
struct star {
	uint32_t index, name_len;
	size_t name; /* among the bytes */
};

struct noted {
	struct frame_record record; /* without its pointers */
	size_t bytes, stars;
};

struct batch {
	struct pool_piece piece;
	struct batches *batches;
	struct buf bytes;
	struct noted *records;
	size_t record_count, record_capacity;
	struct star *stars;
	size_t star_count, star_capacity;
	struct reading *desk; /* what it was read by; NULL: by none yet */
	struct snapshot snapshot;
	bool done; /* with the lock */
	struct batch *after;
};

struct batches {
	struct reading *r;
	struct desks *desks;
	uint64_t bytes, passed; /* of a batch; of records that were read at once */
	bool given_up;
	struct batch *filling;      /* NULL: records are read at once */
	struct batch *first, *last; /* filled, not joined; in order */
	uint64_t held;              /* bytes of these */
	struct batch *unused;
	pthread_mutex_t lock;
	pthread_cond_t done;
};

/* ---- a batch ---- */

static void note(struct batch *b, const struct frame_record *record)
{
	ARRAY_RESERVE(b->records, b->record_count, b->record_capacity);
	b->records[b->record_count++] = (struct noted){*record, b->bytes.len, b->star_count};
	buf_add(&b->bytes, record->bytes);
	for (size_t i = 0; i < record->index_count; i++) {
		struct str name = record->names[i];
		ARRAY_RESERVE(b->stars, b->star_count, b->star_capacity);
		b->stars[b->star_count++] = (struct star){record->indexes[i], (uint32_t)name.len, b->bytes.len};
		buf_add(&b->bytes, name);
	}
}

/* Its records, one after another, to the reading. */
static void read_into(const struct batch *b, struct reading *r)
{
	uint32_t indexes[PATHTRIE_MAX_TOKENS];
	struct str names[PATHTRIE_MAX_TOKENS];
	for (size_t i = 0; i < b->record_count; i++) {
		const struct noted *noted = &b->records[i];
		struct frame_record record = noted->record;
		struct error error;
		for (size_t k = 0; k < record.index_count; k++) {
			const struct star *star = &b->stars[noted->stars + k];
			indexes[k] = star->index;
			names[k] = str_of(b->bytes.ptr + star->name, star->name_len);
		}
		record.indexes = indexes;
		record.names = names;
		record.bytes = str_of(b->bytes.ptr + noted->bytes, record.bytes.len);
		reading_record(r, &record, &error);
	}
}

/* What a reading needs of the file's own: the rest of it is only read. */
static void read_apart(struct batch *b)
{
	const struct reading *whole = b->batches->r;
	reading_snapshot(&b->snapshot);
	b->desk = reading_begin(b->batches->desks);
	b->desk->out = &b->snapshot;
	b->desk->file = whole->file;
	b->desk->spec = whole->spec;
	b->desk->framing = whole->framing;
	b->desk->skipped = whole->skipped;
	b->desk->name_scope = whole->name_scope;
	read_into(b, b->desk);
}

static void work(void *context)
{
	struct batch *b = context;
	struct batches *batches = b->batches;
	read_apart(b);
	pthread_mutex_lock(&batches->lock);
	b->done = true;
	pthread_cond_signal(&batches->done);
	pthread_mutex_unlock(&batches->lock);
}

static struct batch *new_batch(struct batches *batches)
{
	struct batch *b = batches->unused;
	if (b) {
		batches->unused = b->after;
	} else {
		b = memory_grow(NULL, sizeof(*b));
		*b = (struct batch){.batches = batches, .piece = {.work = work, .context = b}};
	}
	return b;
}

static void empty(struct batch *b)
{
	if (b->desk) {
		reading_end(b->desk, b->batches->desks);
		snapshot_free(&b->snapshot);
	}
	if (b->bytes.capacity > KEPT_MOST * b->batches->bytes)
		buf_free(&b->bytes); /* there was a record of megabytes */
	b->desk = NULL;
	b->done = false;
	b->bytes.len = b->record_count = b->star_count = 0;
	b->after = b->batches->unused;
	b->batches->unused = b;
}

/* ---- joining ---- */

/* Nothing but findings, and nothing to say of them. */
static bool is_plain(const struct reading *desk)
{
	const struct input *input = &desk->out->inputs[0];
	return !input->unreadable && !input->records && !input->events && !desk->failures && !desk->secrets;
}

static uint32_t *join_parents(struct reading *r, const struct reading *desk)
{
	uint32_t *map = memory_grow(NULL, sizeof(*map) * ((size_t)desk->parents.count + 1));
	for (uint32_t i = 0; i < desk->parents.count; i++)
		map[i] = reading_parent(r, tuples_get(&desk->parents, i), desk->parent_pointers[i]);
	return map;
}

static uint32_t *join_blobs(struct reading *r, const struct reading *desk, const uint32_t *parents)
{
	uint32_t *map = memory_grow(NULL, sizeof(*map) * ((size_t)desk->blobs.count + 1));
	map[0] = 0;
	for (uint32_t i = 1; i <= desk->blobs.count; i++)
		map[i] = reading_blob(r, strings_get(&desk->blobs, i), parents);
	return map;
}

static void join(struct reading *r, const struct reading *desk)
{
	if (desk->out->finding_count) {
		uint32_t *parents = join_parents(r, desk), *blobs = join_blobs(r, desk, parents);
		const struct site *first = &desk->out->sites[0];
		bool goes_on = parents[desk->first_parent] == r->last_parent && first->index == r->next_index;
		snapshot_append_findings(r->out, desk->out, blobs, goes_on && !first->member);
		r->last_parent = parents[desk->last_parent];
		r->next_index = desk->next_index;
		free(parents);
		free(blobs);
	}
	if (desk->captured > r->captured) r->captured = desk->captured;
	if (!r->tool_version.len) r->tool_version = str_dup(&r->arena, desk->tool_version);
}

static bool is_done(struct batch *b, bool wait)
{
	struct batches *batches = b->batches;
	if (wait && pool_take_back(&b->piece)) work(b);
	pthread_mutex_lock(&batches->lock);
	while (wait && !b->done) pthread_cond_wait(&batches->done, &batches->lock);
	bool done = b->done;
	pthread_mutex_unlock(&batches->lock);
	return done;
}

/* Those at the front that are read; where more bytes than `most` are held, waits for some. */
static void join_first(struct batches *batches, uint64_t most)
{
	struct batch *b;
	while ((b = batches->first) && is_done(b, batches->held > most)) {
		batches->first = b->after;
		batches->held -= b->bytes.len;
		if (is_plain(b->desk)) {
			join(batches->r, b->desk);
		} else {
			batches->given_up = true;
			read_into(b, batches->r);
		}
		empty(b);
	}
}

/* ---- records as they come ---- */

struct batches *batches_begin(struct reading *r, struct desks *desks, uint64_t bytes)
{
	struct batches *batches = memory_grow(NULL, sizeof(*batches));
	*batches = (struct batches){.r = r, .desks = desks, .bytes = bytes ? bytes : BATCH_BYTES};
	batches->given_up = !desks || r->explain || !r->spec;
	pthread_mutex_init(&batches->lock, NULL);
	pthread_cond_init(&batches->done, NULL);
	return batches;
}

static void dispatch(struct batches *batches)
{
	struct batch *b = batches->filling;
	batches->filling = NULL;
	if (batches->given_up) join_first(batches, 0);
	if (batches->given_up || !pool_give(&b->piece)) {
		if (!batches->first) {
			read_into(b, batches->r);
			empty(b);
			return;
		}
		read_apart(b);
		b->done = true;
	}
	b->after = NULL;
	*(batches->first ? &batches->last->after : &batches->first) = b;
	batches->last = b;
	batches->held += b->bytes.len;
	join_first(batches, BATCHES_MOST * batches->bytes);
}

bool batches_record(void *context, const struct frame_record *record, struct error *error)
{
	struct batches *batches = context;
	bool apart = batches->filling || batches->first;
	if (reading_document(batches->r, record) > 0)
		batches->given_up = true; /* the first one's alone are read apart */
	if (!apart && !batches->given_up) apart = batches->passed >= batches->bytes && pool_has_hands();
	if (!apart) {
		batches->passed += record->bytes.len;
		return reading_record(batches->r, record, error);
	}
	if (!batches->filling) batches->filling = new_batch(batches);
	note(batches->filling, record);
	if (batches->filling->bytes.len >= batches->bytes) dispatch(batches);
	return true;
}

void batches_end(struct batches *batches)
{
	if (batches->filling) dispatch(batches);
	join_first(batches, 0);
	for (struct batch *b = batches->unused, *after; b; b = after) {
		after = b->after;
		buf_free(&b->bytes);
		free(b->records);
		free(b->stars);
		free(b);
	}
	pthread_cond_destroy(&batches->done);
	pthread_mutex_destroy(&batches->lock);
	free(batches);
}
