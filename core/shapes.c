/* How it works: one step is the text up to a value, what lies in it, and the value:
 *
 *     {"m":{"text":  ..  },"l":[  ..  ]}           steps of one record, the last without a value
 *     |-----text---|val |--text--|val |end
 *          ^ open (if /m is asked for)
 *              "text" is the key of the first value, 6 bytes after the start of text 0
 *
 * Steps that may follow a value hang in a list. A text ends where a value starts, and no value starts with a byte that
 * goes on a text, so at most one of the list leads on; that it is wrong shows by its text or by its value. How many
 * fields have been yielded at a step is the same for all records that reach it: so a container's end knows its field.
 */
#include "core/shapes.h"

#include "core/json_scan.h"

#include <stdlib.h>

enum {
	PATIENCE = 8, /* records that are walked first: a small file has nothing to gain */
	STRANGE = 16, /* records of no known shape until those of one must be two in three: else the set is given up */
	LARGEST = 8192,        /* bytes of a record: those above are seldom alike */
	STEPS = 256,           /* of a record */
	STEPS_ALL = 2048,      /* of the set */
	TEXT_ALL = 1 << 17,    /* bytes of the set */
	FOLLOWERS = 8,         /* of a value */
	SMALL_CONTAINER = 256, /* bytes */
	KEPT = 8,              /* sets, from one document to the next */
	PAD = 16,              /* bytes after a text, so that it may be loaded by sixteens */
};

struct key_place {
	uint32_t step, at, len; /* the text it stands in, by the step's number in its record */
};

struct edge {
	enum shape_event event;
	bool array;
	uint32_t at; /* in the text */
	uint32_t field;
	const struct path_node *node;
	struct key_place key;
};

struct step {
	const char *text;
	uint32_t len;
	unsigned depth;
	struct step *next, *other;
	const struct path_node *node;
	bool value, deep; /* deep: a container here is gone into, so it is another shape */
	struct key_place key;
	uint32_t edge_count;
	struct edge *edges;
};

struct note {
	enum shape_event event;
	unsigned depth;
	const char *at, *end;
	const struct path_node *node;
	struct str key;
	uint32_t field;
};

struct shapes {
	struct shapes *other; /* of another projection */
	uint64_t projection;
	struct arena arena;
	struct step *first;
	uint64_t known, strange; /* records; strange ones after PATIENCE */
	size_t steps, text;
	unsigned waited;
	bool full;
	struct note *notes;
	size_t note_count, note_capacity;
};

struct shapes *shapes_of(struct projected *out, uint64_t projection)
{
	struct shapes *set = out->shapes;
	while (set && set->projection != projection) set = set->other;
	if (set) return set;
	set = memory_grow(NULL, sizeof(*set));
	*set = (struct shapes){.other = out->shapes, .projection = projection};
	out->shapes = set;
	return set;
}

static void free_one(struct shapes *set)
{
	arena_free(&set->arena);
	free(set->notes);
	free(set);
}

void shapes_free(struct shapes *set)
{
	for (struct shapes *other; set; set = other) {
		other = set->other;
		free_one(set);
	}
}

/* A walk after a comparison that led nowhere costs more than a walk alone. */
static bool is_given_up(const struct shapes *set) { return set->strange > STRANGE + set->known / 2; }

struct shapes *shapes_next(struct shapes *sets)
{
	unsigned kept = 0;
	for (struct shapes **at = &sets; *at;) {
		struct shapes *set = *at;
		if (kept < KEPT && !set->full && !is_given_up(set)) {
			at = &set->other;
			kept++;
		} else {
			*at = set->other;
			free_one(set);
		}
	}
	return sets;
}

/* ---- a record of a known shape ---- */

static inline bool same_text(const struct step *step, const char *p, const char *end)
{
	size_t len = step->len, i = 0;
	if ((size_t)(end - p) < len) return false;
#if defined(__SSE2__)
	if ((size_t)(end - p) >= len + PAD) {
		for (; i < len; i += 16) {
			__m128i a = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
			__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(step->text + i));
			unsigned differ = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(a, b)) ^ 0xffff;
			if (len - i < 16) differ &= (1u << (len - i)) - 1;
			if (differ) return false;
		}
		return true;
	}
#endif
	return memcmp(p + i, step->text + i, len - i) == 0;
}

static inline struct str key_of(const struct key_place *key, const char *const *starts)
{
	return key->len ? str_of(starts[key->step] + key->at, key->len) : STR_EMPTY;
}

static void pass_edges(const struct step *step, const char *at, const char *const *starts, struct projected *out)
{
	for (uint32_t i = 0; i < step->edge_count; i++) {
		const struct edge *edge = &step->edges[i];
		const char *here = at + edge->at;
		if (edge->event == SHAPE_OPEN) {
			shapes_yield(out, edge->node,
			             (struct field){.kind = edge->array ? JSON_ARRAY : JSON_OBJECT,
			                            .raw = {here, 0},
			                            .key = key_of(&edge->key, starts)});
			continue;
		}
		struct field *field = &out->fields[edge->field];
		for (const struct path_mark *mark = edge->node->marks; mark; mark = mark->next, field++)
			field->raw.len = (size_t)(here - field->raw.ptr);
	}
}

/* The byte after the value at p, NULL if it is of another shape or wrong. */
static inline const char *pass_value(const struct step *step, const char *p, const struct json_text *text,
                                     const char *const *starts, struct projected *out)
{
	bool escaped;
	enum json_kind kind;
	if (p == text->end || (step->deep && (*p == '{' || *p == '['))) return NULL;
	const char *end = json_value_at(text, p, step->depth, &kind, &escaped);
	if (end && step->node)
		shapes_yield(out, step->node, shapes_field(kind, escaped, p, end, key_of(&step->key, starts)));
	return end;
}

static bool follow(const struct shapes *set, struct str record, struct projected *out)
{
	struct json_text text = json_text(record, NULL); /* a fault is found again, and said, by the walk */
	const char *starts[STEPS], *p = text.start, *q = NULL;
	unsigned number = 0;
	for (const struct step *step = set->first;; step = step->next, p = q) {
		for (; step; step = step->other) {
			if (!same_text(step, p, text.end)) continue;
			size_t count = out->count;
			starts[number] = p;
			q = p + step->len;
			if (!step->value && q != text.end) continue;
			if (step->edge_count) pass_edges(step, p, starts, out);
			if (!step->value) return true;
			if ((q = pass_value(step, q, &text, starts, out))) break;
			out->count = count;
		}
		if (!step) return false;
		number++;
	}
}

bool shapes_project(struct shapes *set, struct str record, struct projected *out)
{
	out->count = 0;
	if (!set->first || record.len > LARGEST || is_given_up(set)) return false;
	if (follow(set, record, out)) {
		set->known++;
		return true;
	}
	set->strange++;
	out->count = 0;
	return false;
}

/* ---- a new one ---- */

bool shapes_learns(struct shapes *set, struct str record)
{
	if (set->full || record.len > LARGEST || is_given_up(set)) return false;
	if (set->waited < PATIENCE) {
		set->waited++;
		return false;
	}
	set->note_count = 0;
	return true;
}

/* A small container that nobody asks for is compared as text too, but for the values in it. A list of several elements is not: the
 * next record's will be longer or shorter. */
static void note_inside(struct shapes *set, const char *at, const char *end, unsigned depth)
{
	const struct json_text text = {at, end, NULL};
	bool object = *at == '{', escaped;
	size_t before = set->note_count, elements = 0;
	const char *p = json_space(at + 1, end);
	if (end - at > SMALL_CONTAINER) return;
	for (; p && *p != (object ? '}' : ']'); elements++) {
		enum json_kind kind;
		if (*p == ',') p = json_space(p + 1, end);
		if (object) p = json_space(json_space(json_string(&text, p, &escaped), end) + 1, end);
		const char *value = p;
		if (!(p = json_value(&text, value, depth + 1, &kind))) return;
		shapes_note(set, SHAPE_VALUE, value, p, NULL, depth + 1, STR_EMPTY, 0);
		p = json_space(p, end);
	}
	if (!object && elements > 1) set->note_count = before;
}

void shapes_note(struct shapes *set, enum shape_event event, const char *at, const char *end,
                 const struct path_node *node, unsigned depth, struct str key, size_t field)
{
	if (event == SHAPE_VALUE && !node && (*at == '{' || *at == '[')) {
		size_t before = set->note_count;
		note_inside(set, at, end, depth);
		if (set->note_count > before) return;
	}
	ARRAY_RESERVE(set->notes, set->note_count, set->note_capacity);
	set->notes[set->note_count++] = (struct note){event, depth, at, end, node, key, (uint32_t)field};
}

static struct step *new_step(struct shapes *set, struct str text, const struct note *note)
{
	struct step *step = ARENA_NEW(&set->arena, struct step);
	char *copy = arena_bytes(&set->arena, text.len + PAD);
	memset(copy + text.len, 0, PAD);
	if (text.len) memcpy(copy, text.ptr, text.len);
	step->text = copy;
	step->len = (uint32_t)text.len;
	if (note) {
		step->value = true;
		step->node = note->node;
		step->depth = note->depth;
		step->deep = note->node && (note->node->any || note->node->count);
	}
	set->steps++;
	set->text += text.len;
	return step;
}

/* The text, by number, that the key stands in. */
static struct key_place place_of(struct str key, const char *const *starts, uint32_t number)
{
	if (!key.len) return (struct key_place){0};
	while (number > 0 && starts[number] > key.ptr) number--;
	return (struct key_place){number, (uint32_t)(key.ptr - starts[number]), (uint32_t)key.len};
}

static void add_edges(struct shapes *set, struct step *step, const struct note *notes, size_t count,
                      const char *const *starts, uint32_t number)
{
	step->edges = ARENA_ARRAY(&set->arena, struct edge, count);
	step->edge_count = (uint32_t)count;
	for (size_t i = 0; i < count; i++)
		step->edges[i] = (struct edge){.event = notes[i].event,
		                               .array = notes[i].event == SHAPE_OPEN && *notes[i].at == '[',
		                               .at = (uint32_t)(notes[i].at - starts[number]),
		                               .field = notes[i].field,
		                               .node = notes[i].node,
		                               .key = place_of(notes[i].key, starts, number)};
}

/* The follower with this text, made if there is none and room for it; else NULL. */
static struct step *follower(struct shapes *set, struct step **list, struct str text, const struct note *note,
                             bool *made)
{
	unsigned count = 0;
	for (; *list; list = &(*list)->other, count++)
		if ((*list)->value == (note != NULL) && str_eq(str_of((*list)->text, (*list)->len), text)) return *list;
	if (count == FOLLOWERS) return NULL;
	*made = true;
	return *list = new_step(set, text, note);
}

void shapes_keep(struct shapes *set, struct str record)
{
	const char *starts[STEPS], *from = record.ptr;
	size_t values = 0, bytes = record.len;
	for (size_t i = 0; i < set->note_count; i++)
		if (set->notes[i].event == SHAPE_VALUE) {
			bytes -= (size_t)(set->notes[i].end - set->notes[i].at);
			values++;
		}
	if (values >= STEPS) return;
	if (set->steps + values >= STEPS_ALL || set->text + bytes > TEXT_ALL) {
		set->full = true;
		return;
	}
	struct step **list = &set->first;
	for (size_t i = 0, first = 0, number = 0; i <= set->note_count; i++) {
		const struct note *note = i < set->note_count ? &set->notes[i] : NULL;
		if (note && note->event != SHAPE_VALUE) continue;
		bool made = false;
		starts[number] = from;
		struct str text = {from, (size_t)((note ? note->at : record.ptr + record.len) - from)};
		struct step *step = follower(set, list, text, note, &made);
		if (!step) return;
		if (made) {
			if (i > first) add_edges(set, step, &set->notes[first], i - first, starts, (uint32_t)number);
			if (note) step->key = place_of(note->key, starts, (uint32_t)number);
		}
		if (!note) return;
		from = note->end;
		first = i + 1;
		number++;
		list = &step->next;
	}
}
