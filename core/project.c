/* How it works: the walk goes down the trie of declared paths and the record's bytes together.
 *
 *     {"ruleId":"DSR0198","ruleIndex":198,"message":{"text":".."},"properties":{"tags":["a","b"]}}
 *       ^ node found      ^ no such child ^ go down ..           ^ go down    ^ go down to "*"
 *       yield the slice     json_value()
 *                           skips, validating
 *
 * Recursion follows declared paths only, so it is at most PATHTRIE_MAX_TOKENS deep; everything else is skipped by
 * json_value, which has no stack. A container that is itself asked for takes its place in the answer when it opens
 * and its length when it closes.
 *
 * A record that is written as one before it, but for its values, is not walked: shapes.h.
 */
#include "core/project.h"

#include "core/arena.h"
#include "core/json_scan.h"
#include "core/pathtrie.h"
#include "core/shapes.h"

#include <stdlib.h>

struct projection {
	struct pathtrie trie;
	uint64_t edition; /* of all projections, and new with each path: shapes of another are not these */
};

struct walk {
	struct json_text text;
	const struct pathtrie *trie;
	struct projected *out;
	struct shapes *learning; /* NULL: nothing is noted */
};

static uint64_t next_edition(void)
{
	static _Atomic uint64_t editions;
	return ++editions;
}

struct projection *projection_new(struct arena *arena, bool ignore_case)
{
	struct projection *projection = ARENA_NEW(arena, struct projection);
	pathtrie_init(&projection->trie, arena, ignore_case);
	projection->edition = next_edition();
	return projection;
}

int projection_add(struct projection *projection, struct str pointer)
{
	projection->edition = next_edition();
	return pathtrie_add(&projection->trie, pointer);
}

struct str projection_pointer(const struct projection *projection, int number)
{
	return projection->trie.paths[number]->pointer;
}

/* The name as it is compared: escapes undone in a buffer that the next name reuses. */
static struct str plain_name(struct projected *out, struct str raw)
{
	if (out->name_capacity < raw.len) {
		out->name_capacity = raw.len < 256 ? 256 : raw.len;
		out->name = memory_grow(out->name, out->name_capacity);
	}
	return str_of(out->name, json_unescape_into(raw, out->name));
}

/* One bit for each declared child of the object being walked: up to 64 in a local word, more on a stack of words. */
static bool seen_before(struct walk *w, const struct path_node *node, size_t base, uint64_t *few, size_t child)
{
	uint64_t *word = node->count <= 64 ? few : &w->out->seen[base + child / 64];
	uint64_t bit = UINT64_C(1) << child % 64;
	bool before = *word & bit;
	*word |= bit;
	return before;
}

static size_t open_seen(struct projected *out, const struct path_node *node)
{
	size_t base = out->seen_count, words = ((size_t)node->count + 63) / 64;
	if (node->count <= 64) return base;
	if (out->seen_capacity < base + words) {
		out->seen_capacity = (base + words) * 2;
		out->seen = memory_grow(out->seen, out->seen_capacity * sizeof(*out->seen));
	}
	memset(out->seen + base, 0, words * sizeof(*out->seen));
	out->seen_count += words;
	return base;
}

static const char *walk_value(struct walk *w, const struct path_node *node, const char *p, unsigned depth,
                              struct str key);

static inline const char *walk_or_skip(struct walk *w, const struct path_node *node, const char *p, unsigned depth,
                                       struct str key)
{
	enum json_kind kind;
	bool escaped;
	if (node) return walk_value(w, node, p, depth, key);
	const char *end = json_value_at(&w->text, p, depth, &kind, &escaped);
	if (w->learning && end) shapes_note(w->learning, SHAPE_VALUE, p, end, NULL, depth, key, w->out->count);
	return end;
}

static const char *walk_object(struct walk *w, const struct path_node *node, const char *p, unsigned depth)
{
	const struct json_text *text = &w->text;
	const char *end = text->end;
	uint64_t few = 0;
	size_t base = open_seen(w->out, node);
	p = json_space(p + 1, end);
	if (p < end && *p == '}') return p + 1;
	for (;;) {
		if (p == end || *p != '"') return json_wrong(text, p, "expected a member name");
		const char *at = p;
		bool escaped;
		if (!(p = json_string_at(text, p, &escaped))) return NULL;
		struct str key = {at + 1, (size_t)(p - at - 2)};
		p = json_space(p, end);
		if (p == end || *p != ':') return json_wrong(text, p, "expected ':' after the member name");
		p = json_space(p + 1, end);

		struct str name = escaped ? plain_name(w->out, key) : key;
		const struct path_child *child = pathtrie_member(w->trie, node, name);
		if (child && seen_before(w, node, base, &few, (size_t)(child - node->children)))
			return json_wrong(text, at, "duplicate member \"%.*s\"",
			                  child->name.len < 60 ? (int)child->name.len : 60, child->name.ptr);
		if (!(p = walk_or_skip(w, child ? child->node : node->any, p, depth, key))) return NULL;

		p = json_space(p, end);
		if (p < end && *p == '}') break;
		if (p == end || *p != ',') return json_wrong(text, p, "expected ',' or '}'");
		p = json_space(p + 1, end);
	}
	w->out->seen_count = base;
	return p + 1;
}

static const char *walk_array(struct walk *w, const struct path_node *node, const char *p, unsigned depth,
                              struct str key)
{
	const struct json_text *text = &w->text;
	const char *end = text->end;
	p = json_space(p + 1, end);
	if (p < end && *p == ']') return p + 1;
	for (uint64_t i = 0;; i++) {
		const struct path_child *child = pathtrie_element(node, i);
		if (!(p = walk_or_skip(w, child ? child->node : node->any, p, depth, key))) return NULL;
		p = json_space(p, end);
		if (p < end && *p == ']') return p + 1;
		if (p == end || *p != ',') return json_wrong(text, p, "expected ',' or ']'");
		p = json_space(p + 1, end);
	}
}

/* An object or array with declared paths inside: its place in the answer is before theirs, its length known after. */
static const char *walk_container(struct walk *w, const struct path_node *node, const char *p, unsigned depth,
                                  struct str key)
{
	const char *at = p;
	size_t first = w->out->count;
	enum json_kind kind = *p == '{' ? JSON_OBJECT : JSON_ARRAY;
	shapes_yield(w->out, node, (struct field){.kind = (uint8_t)kind, .key = key});
	bool noted = w->learning && node->marks;
	if (noted) shapes_note(w->learning, SHAPE_OPEN, at, NULL, node, depth, key, first);
	p = kind == JSON_OBJECT ? walk_object(w, node, p, depth + 1) : walk_array(w, node, p, depth + 1, key);
	if (!p) return NULL;
	if (noted) shapes_note(w->learning, SHAPE_CLOSE, p, NULL, node, depth, key, first);
	for (const struct path_mark *mark = node->marks; mark; mark = mark->next)
		w->out->fields[first++].raw = str_of(at, (size_t)(p - at));
	return p;
}

/* A value at a declared path: yields it for every path that ends here and goes on into it. */
static const char *walk_value(struct walk *w, const struct path_node *node, const char *p, unsigned depth,
                              struct str key)
{
	const struct json_text *text = &w->text;
	bool escaped;
	enum json_kind kind;
	if (p == text->end) return json_wrong(text, p, "expected a value");
	if ((node->any || node->count) && (*p == '{' || *p == '[')) return walk_container(w, node, p, depth, key);
	const char *end = json_value_at(text, p, depth, &kind, &escaped);
	if (!end) return NULL;
	shapes_yield(w->out, node, shapes_field(kind, escaped, p, end, key));
	if (w->learning) shapes_note(w->learning, SHAPE_VALUE, p, end, node, depth, key, w->out->count);
	return end;
}

bool project(const struct projection *projection, struct str record, struct projected *out, struct json_fault *fault)
{
	struct shapes *shapes = shapes_of(out, projection->edition);
	if (shapes_project(shapes, record, out)) return true;
	struct walk w = {.text = json_text(record, fault),
	                 .trie = &projection->trie,
	                 .out = out,
	                 .learning = shapes_learns(shapes, record) ? shapes : NULL};
	out->count = out->seen_count = 0;
	const char *p = walk_value(&w, w.trie->root, json_space(w.text.start, w.text.end), 0, STR_EMPTY);
	if (p && (p = json_space(p, w.text.end)) != w.text.end)
		p = json_wrong(&w.text, p, "unexpected text after the value");
	if (!p) out->count = 0;
	if (p && w.learning) shapes_keep(w.learning, record);
	return p != NULL;
}

void projected_next(struct projected *out) { out->shapes = shapes_next(out->shapes); }

void projected_free(struct projected *out)
{
	free(out->fields);
	free(out->name);
	free(out->seen);
	shapes_free(out->shapes);
	*out = (struct projected){0};
}
