/* How it works: a recursive walk as deep as paths are recorded (so bounded), on bytes that may end or go wrong
 * anywhere: the walk stops there, and what was seen until then is the sketch. What is deeper is skipped by
 * json_value.
 *
 *     {"runs":[{"tool":{"driver":{"name":"X", .. cut
 *      "" /runs /runs/"*" /runs/"*"/tool ...          each once, in a hash table from pointer to its place in the list
 *
 * The pointer of the place is one buffer that grows and shrinks with the walk.
 */
#include "core/sketch.h"

#include "core/arena.h"
#include "core/buf.h"
#include "core/utf8.h"

enum {
	SLOTS = 8192,     /* of the hash table: a power of two, four times the paths */
	FIRST_PATHS = 64, /* room for so many to begin with: most documents show no more */
};

struct walk {
	struct sketch *sketch;
	struct arena *arena;
	struct json_text text;
	struct buf pointer, name;
	size_t room; /* for paths */
};

/* Without case: paths that differ in nothing else are found one after another, in the order first seen. */
static size_t hash(struct str s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
	for (size_t i = 0; i < s.len; i++) h = (h ^ ((unsigned char)s.ptr[i] | 0x20)) * UINT64_C(0x100000001b3);
	return (size_t)(h ^ h >> 32) & (SLOTS - 1);
}

/* The slot of the pointer, or the free one where it belongs. There is always one: a quarter is used at most. */
static size_t slot_of(const struct sketch *sketch, struct str pointer, bool ignore_case)
{
	size_t slot = hash(pointer);
	for (; sketch->index[slot]; slot = (slot + 1) & (SLOTS - 1)) {
		struct str there = sketch->paths[sketch->index[slot] - 1].pointer;
		if (ignore_case ? str_eq_nocase(there, pointer) : str_eq(there, pointer)) break;
	}
	return slot;
}

static struct sketch_path *path_at(struct walk *w)
{
	struct sketch *sketch = w->sketch;
	size_t slot = slot_of(sketch, buf_str(&w->pointer), false);
	if (sketch->index[slot]) return &sketch->paths[sketch->index[slot] - 1];
	if (sketch->count == SKETCH_PATHS) {
		sketch->full = true;
		return NULL;
	}
	if (sketch->count == w->room) {
		struct sketch_path *wider = ARENA_ARRAY(w->arena, struct sketch_path, 2 * w->room);
		memcpy(wider, sketch->paths, sizeof(*wider) * sketch->count);
		sketch->paths = wider;
		w->room *= 2;
	}
	struct sketch_path *path = &sketch->paths[sketch->count++];
	path->pointer = str_dup(w->arena, buf_str(&w->pointer));
	sketch->index[slot] = (uint16_t)sketch->count;
	return path;
}

static void add_token(struct buf *pointer, struct str token)
{
	buf_char(pointer, '/');
	for (size_t i = 0; i < token.len; i++) {
		if (token.ptr[i] == '~')
			buf_add(pointer, STR("~0"));
		else if (token.ptr[i] == '/')
			buf_add(pointer, STR("~1"));
		else
			buf_char(pointer, token.ptr[i]);
	}
}

/* raw without its escapes, in the walk's buffer. */
static struct str plain(struct walk *w, struct str raw)
{
	w->name.len = 0;
	buf_reserve(&w->name, raw.len + 1);
	return str_of(w->name.ptr, json_unescape_into(raw, w->name.ptr));
}

static void note_kind(struct sketch_path *path, enum json_kind kind)
{
	if (!path) return;
	if (path->count == 0) path->kind = kind;
	path->kinds |= 1u << kind;
	if (path->count < UINT32_MAX) path->count++;
}

static void note_value(struct walk *w, struct sketch_path *path, struct str raw, bool string)
{
	if (!path || path->has_value) return;
	struct str value = string ? plain(w, raw) : raw;
	if (value.len > SKETCH_VALUE) {
		value.len = SKETCH_VALUE;
		while (value.len && ((unsigned char)value.ptr[value.len] & 0xc0) == 0x80) value.len--;
	}
	path->value = str_dup(w->arena, value);
	path->has_value = true;
}

static const char *walk_value(struct walk *w, const char *p, unsigned depth);

static const char *walk_object(struct walk *w, const char *p, unsigned depth)
{
	const struct json_text *text = &w->text;
	const char *end = text->end;
	p = json_space(p + 1, end);
	if (p < end && *p == '}') return p + 1;
	for (;;) {
		if (p == end || *p != '"') return json_wrong(text, p, "expected a member name");
		const char *at = p + 1;
		if (!(p = json_string(text, p, NULL))) return NULL;
		size_t before = w->pointer.len;
		add_token(&w->pointer, plain(w, str_of(at, (size_t)(p - 1 - at))));
		p = json_space(p, end);
		if (p == end || *p != ':') return json_wrong(text, p, "expected ':' after the member name");
		if (!(p = walk_value(w, json_space(p + 1, end), depth))) return NULL;
		w->pointer.len = before;
		p = json_space(p, end);
		if (p < end && *p == '}') return p + 1;
		if (p == end || *p != ',') return json_wrong(text, p, "expected ',' or '}'");
		p = json_space(p + 1, end);
	}
}

static const char *walk_array(struct walk *w, const char *p, unsigned depth)
{
	const struct json_text *text = &w->text;
	const char *end = text->end;
	enum json_kind kind;
	p = json_space(p + 1, end);
	if (p < end && *p == ']') return p + 1;
	for (size_t i = 0;; i++) {
		if (depth == 1 && p < end) w->sketch->string_array = (i == 0 || w->sketch->string_array) && *p == '"';
		if (i < SKETCH_ELEMENTS) {
			size_t before = w->pointer.len;
			buf_add(&w->pointer, STR("/*"));
			p = walk_value(w, p, depth);
			w->pointer.len = before;
		} else {
			p = json_value(text, p, depth, &kind);
		}
		if (!p) return NULL;
		p = json_space(p, end);
		if (p < end && *p == ']') return p + 1;
		if (p == end || *p != ',') return json_wrong(text, p, "expected ',' or ']'");
		p = json_space(p + 1, end);
	}
}

/* depth: containers that are open around p. A container is recorded when it opens, a scalar when it is complete. */
static const char *walk_value(struct walk *w, const char *p, unsigned depth)
{
	const struct json_text *text = &w->text;
	enum json_kind kind;
	if (p == text->end) return NULL;
	if (*p == '{' || *p == '[') {
		kind = *p == '{' ? JSON_OBJECT : JSON_ARRAY;
		note_kind(path_at(w), kind);
		if (depth == SKETCH_DEPTH) return json_value(text, p, depth, &kind);
		return kind == JSON_OBJECT ? walk_object(w, p, depth + 1) : walk_array(w, p, depth + 1);
	}
	const char *at = p;
	if (!(p = json_value(text, p, depth, &kind))) return NULL;
	if (p == text->end && kind != JSON_STRING && depth) return NULL; /* a number may go on where the prefix ends */
	struct sketch_path *path = path_at(w);
	note_kind(path, kind);
	if (kind == JSON_STRING)
		note_value(w, path, str_of(at + 1, (size_t)(p - at) - 2), true);
	else
		note_value(w, path, str_of(at, (size_t)(p - at)), false);
	return p;
}

/* Whether the root at p begins as JSON does, although it was cut off or went wrong later. */
static bool begins(const char *p, const char *end)
{
	if (*p != '{' && *p != '[') return false;
	const char *q = json_space(p + 1, end);
	if (q == end) return true;
	return *p == '{' ? *q == '"' || *q == '}' : strchr("]{[\"-0123456789tfn", *q) != NULL && *q;
}

static enum json_kind kind_at(char c)
{
	return c == '{'   ? JSON_OBJECT
	       : c == '[' ? JSON_ARRAY
	       : c == '"' ? JSON_STRING
	       : c == 't' ? JSON_TRUE
	       : c == 'f' ? JSON_FALSE
	       : c == 'n' ? JSON_NULL
	                  : JSON_NUMBER;
}

void sketch_read(struct sketch *sketch, struct arena *arena, struct str prefix)
{
	struct walk w = {.sketch = sketch, .arena = arena, .room = FIRST_PATHS};
	*sketch = (struct sketch){.paths = ARENA_ARRAY(arena, struct sketch_path, FIRST_PATHS),
	                          .index = ARENA_ARRAY(arena, uint16_t, SLOTS)};
	if (str_starts(prefix, STR("\xef\xbb\xbf"))) prefix = str_slice(prefix, 3, prefix.len);
	w.text = json_text(prefix, NULL);
	const char *p = json_space(w.text.start, w.text.end);
	sketch->empty = p == w.text.end;
	for (size_t root = 0; p < w.text.end && root < SKETCH_ELEMENTS; root++) {
		const char *at = p;
		if (root == 0) sketch->root_kind = kind_at(*at);
		w.pointer.len = 0;
		bool strings = sketch->string_array;
		p = walk_value(&w, at, 0);
		if (root > 0) sketch->string_array = strings; /* it is about the first root */
		if (root == 0) {
			sketch->complete = p != NULL;
			sketch->json = p || begins(at, w.text.end);
		} else if (p || begins(at, w.text.end)) {
			sketch->sequence = true;
		} else {
			sketch->complete = false; /* what follows is no JSON */
		}
		if (!p) break;
		p = json_space(p, w.text.end);
	}
	buf_free(&w.pointer);
	buf_free(&w.name);
}

const struct sketch_path *sketch_find(const struct sketch *sketch, struct str pointer, bool ignore_case)
{
	size_t slot = slot_of(sketch, pointer, ignore_case);
	return sketch->index[slot] ? &sketch->paths[sketch->index[slot] - 1] : NULL;
}
