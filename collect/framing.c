#include "collect/framing.h"

enum { CHOICE_BITS = 4, NO_CHOICE = (1 << CHOICE_BITS) - 1 }; /* a choice is less than SPEC_PATHS */

static bool wrapping_met(const struct spec *spec, const struct record_spec *record, size_t at,
                         const struct sketch *sketch)
{
	if (record->at[at].len == 0) return sketch->root_kind == JSON_OBJECT;
	const struct sketch_path *path = sketch_find(sketch, record->arrays[at], spec->ignore_case);
	return path && (path->kinds >> JSON_ARRAY & 1);
}

/* Of a record's wrappings the one that the document has: the array must be there; "" is what is left. */
static unsigned chosen(const struct spec *spec, const struct record_spec *record, const struct sketch *sketch)
{
	for (unsigned k = 0; k < record->at_count; k++)
		if (wrapping_met(spec, record, k, sketch)) return k;
	return NO_CHOICE;
}

/* What of the document decides how it is framed; *known: it is all in here. */
static uint64_t choice_of(const struct spec *spec, const struct sketch *sketch, bool listed, bool *known)
{
	uint64_t choice = spec ? listed : sketch->sequence;
	unsigned first = 0;
	for (size_t i = 0; spec && i < spec->record_count; i++)
		if (spec->records[i].first_only && ++first < 64 / CHOICE_BITS)
			choice = choice << CHOICE_BITS | chosen(spec, &spec->records[i], sketch);
	*known = first < 64 / CHOICE_BITS;
	return choice;
}

static struct str in_file_of(const struct framing *framing, struct arena *arena, struct str pointer)
{
	return framing->listed ? str_concat(arena, STR("/*"), pointer) : pointer;
}

static void look_for(struct framing *framing, struct arena *arena, const struct record_spec *record, size_t at)
{
	struct str in_file = in_file_of(framing, arena, record->at[at]);
	int number = frame_spec_record(framing->frame, in_file);
	if (number >= 0 && number < FRAMING_PATHS && (size_t)number == framing->path_count)
		framing->paths[framing->path_count++] = (struct framing_path){record, record->at[at], in_file};
}

/* Documents of which nothing else is wanted leave no envelope, and then it is not known what they have a place for. */
static void keep_places(struct framing *framing)
{
	for (size_t i = 0; i < framing->path_count; i++) {
		struct str at = framing->paths[i].in_file;
		if (str_ends(at, STR("/*"))) frame_spec_keep(framing->frame, str_slice(at, 0, at.len - 2));
	}
}

/* Of documents that are records nothing is left, and a line of them shall not cost a place in memory. */
static bool whole_records(const struct framing *framing)
{
	for (size_t i = 0; i < framing->path_count; i++)
		if (!framing->paths[i].in_file.len) return true;
	return false;
}

static struct framing *framing_new(struct arena *arena, const struct spec *spec, const struct sketch *sketch,
                                   bool listed)
{
	struct framing *framing = ARENA_NEW(arena, struct framing);
	framing->listed = listed;
	/* After a document of a known format another may follow, which the head need not show. */
	framing->frame = frame_spec_new(arena, spec && spec->ignore_case, spec ? !listed : sketch->sequence);
	for (size_t i = 0; spec && i < spec->record_count; i++) {
		const struct record_spec *record = &spec->records[i];
		size_t first = record->first_only ? chosen(spec, record, sketch) : 0;
		for (size_t k = first; k < record->at_count && (k == first || !record->first_only); k++)
			look_for(framing, arena, record, k);
	}
	if (!spec || whole_records(framing)) return framing;
	for (size_t i = 0; i < spec->keep_count; i++)
		frame_spec_keep(framing->frame, in_file_of(framing, arena, spec->keeps[i]));
	if (!spec->keep_count) keep_places(framing);
	return framing;
}

const struct framing *framing_of(struct framings *framings, const struct spec *spec, const struct sketch *sketch,
                                 bool listed)
{
	bool known;
	uint64_t choice = choice_of(spec, sketch, listed, &known);
	if (!known || !framings->last || framings->spec != spec || framings->choice != choice) {
		arena_reset(&framings->arena);
		framings->last = framing_new(&framings->arena, spec, sketch, listed);
		framings->spec = spec;
		framings->choice = choice;
	}
	return framings->last;
}

void framings_free(struct framings *framings)
{
	arena_free(&framings->arena);
	*framings = (struct framings){0};
}
