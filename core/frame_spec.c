/* How it works: one trie for both sorts of paths, and beside it, by number of the path, what the path is for. */
#include "core/frame_spec.h"

#include "core/arena.h"

struct frame_spec *frame_spec_new(struct arena *arena, bool ignore_case, bool sequence)
{
	struct frame_spec *spec = ARENA_NEW(arena, struct frame_spec);
	pathtrie_init(&spec->trie, arena, ignore_case);
	spec->arena = arena;
	spec->sequence = sequence;
	return spec;
}

static int spec_path(struct frame_spec *spec, struct str pointer)
{
	size_t before = spec->trie.count;
	int path = pathtrie_add(&spec->trie, pointer);
	if (spec->trie.count == before) return path;
	if (before == spec->capacity) {
		spec->capacity = before ? before * 2 : 16;
		int *record = ARENA_ARRAY(spec->arena, int, spec->capacity),
		    *of = ARENA_ARRAY(spec->arena, int, spec->capacity);
		bool *keep = ARENA_ARRAY(spec->arena, bool, spec->capacity);
		if (before) {
			memcpy(record, spec->record, before * sizeof(*record));
			memcpy(of, spec->path, before * sizeof(*of));
			memcpy(keep, spec->keep, before * sizeof(*keep));
		}
		spec->record = record;
		spec->path = of;
		spec->keep = keep;
	}
	spec->record[path] = -1;
	return path;
}

int frame_spec_record(struct frame_spec *spec, struct str pointer)
{
	int path = spec_path(spec, pointer);
	if (path < 0) return -1;
	if (spec->record[path] < 0) {
		spec->path[spec->records] = path;
		spec->record[path] = (int)spec->records++;
	}
	return spec->record[path];
}

bool frame_spec_keep(struct frame_spec *spec, struct str pointer)
{
	int path = spec_path(spec, pointer);
	if (path < 0) return false;
	return spec->keep[path] = spec->keeps = true;
}

int frame_spec_record_at(const struct frame_spec *spec, const struct path_node *node)
{
	int lowest = -1;
	for (const struct path_mark *mark = node->marks; mark; mark = mark->next) {
		int record = spec->record[mark->number];
		if (record >= 0 && (lowest < 0 || record < lowest)) lowest = record;
	}
	return lowest;
}

bool frame_spec_keep_at(const struct frame_spec *spec, const struct path_node *node)
{
	for (const struct path_mark *mark = node->marks; mark; mark = mark->next)
		if (spec->keep[mark->number]) return true;
	return false;
}
