#include "collect/reading.h"

#include "core/arena.h"

#include <pthread.h>
#include <stdlib.h>

struct desks {
	pthread_mutex_t lock;
	struct reading *unused; /* a list, by `other` */
};

struct desks *desks_new(void)
{
	struct desks *desks = memory_grow(NULL, sizeof(*desks));
	*desks = (struct desks){0};
	pthread_mutex_init(&desks->lock, NULL);
	return desks;
}

static void reading_free(struct reading *r)
{
	buf_free(&r->blob);
	projected_free(&r->projected);
	projected_free(&r->element);
	free(r->merged);
	json_names_free(&r->names);
	framings_free(&r->framings);
	arena_free(&r->record);
	arena_free(&r->arena);
	free(r);
}

void desks_free(struct desks *desks)
{
	if (!desks) return;
	for (struct reading *r = desks->unused, *other; r; r = other) {
		other = r->other;
		reading_free(r);
	}
	pthread_mutex_destroy(&desks->lock);
	free(desks);
}

static struct reading *unused_of(struct desks *desks)
{
	if (!desks) return NULL;
	pthread_mutex_lock(&desks->lock);
	struct reading *r = desks->unused;
	if (r) desks->unused = r->other;
	pthread_mutex_unlock(&desks->lock);
	return r;
}

struct input *reading_snapshot(struct snapshot *s)
{
	snapshot_init(s);
	s->inputs = large_grow(NULL, sizeof(*s->inputs));
	s->inputs[0] = (struct input){.captured = INSTANT_NONE};
	s->input_count = s->input_capacity = 1;
	return &s->inputs[0];
}

struct reading *reading_begin(struct desks *desks)
{
	struct reading *r = unused_of(desks);
	if (!r) {
		r = memory_grow(NULL, sizeof(*r));
		*r = (struct reading){0};
	}
	*r = (struct reading){.framings = r->framings,
	                      .arena = r->arena,
	                      .record = r->record,
	                      .projected = r->projected,
	                      .element = r->element,
	                      .names = r->names,
	                      .merged = r->merged,
	                      .merged_capacity = r->merged_capacity,
	                      .blob = r->blob,
	                      .parents = {.width = PARENT_WORDS},
	                      .last_parent = UINT32_MAX,
	                      .captured = INSTANT_NONE};
	return r;
}

void reading_end(struct reading *r, struct desks *desks)
{
	free(r->found_secrets);
	free(r->recognised);
	strings_free(&r->blobs);
	tuples_free(&r->parents);
	free(r->parent_pointers);
	if (!desks) {
		reading_free(r);
		return;
	}
	arena_reset(&r->arena);
	arena_reset(&r->record);
	projected_next(&r->projected);
	projected_next(&r->element);
	r->blob.len = 0;
	pthread_mutex_lock(&desks->lock);
	r->other = desks->unused;
	desks->unused = r;
	pthread_mutex_unlock(&desks->lock);
}
