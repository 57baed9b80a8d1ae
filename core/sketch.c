/* How it works: a recursive walk over the bytes and the trie of questions at once, as deep as paths are recorded (so
 * bounded), on bytes that may end or go wrong anywhere: the walk stops there, and what was seen until then is the sketch. What
 * is deeper, or on the way to no question, is skipped by json_value.
 *
 *     {"runs":[{"tool":{"driver":{"name":"X", .. cut
 *      walk    walk      walk     answers /runs/"*"/tool/driver/name
 *
 * The questions are compared without case, since some formats are: what differs in nothing else hangs in one chain, in the
 * order first seen. The pointer of the place is one buffer that grows and shrinks with the walk.
 */
#include "core/sketch.h"

#include "core/arena.h"
#include "core/buf.h"
#include "core/utf8.h"

enum { FIRST_PATHS = 32 }; /* room for so many to begin with: most documents show no more that are asked for */

struct walk {
	struct sketch *sketch;
	const struct pathtrie *trie;
	struct arena *arena;
	struct json_text text;
	struct buf pointer, name;
	size_t room; /* for paths */
};

void sketch_questions_init(struct sketch_questions *questions, struct arena *arena)
{
	pathtrie_init(&questions->trie, arena, true);
	questions->trie.literal = true;
}

struct sketch_question sketch_ask(struct sketch_questions *questions, struct str pointer)
{
	return (struct sketch_question){pointer, pathtrie_add(&questions->trie, pointer)};
}

static struct sketch_path *add_path(struct walk *w)
{
	struct sketch *sketch = w->sketch;
	if (sketch->count == w->room) {
		struct sketch_path *wider = ARENA_ARRAY(w->arena, struct sketch_path, 2 * w->room);
		memcpy(wider, sketch->paths, sizeof(*wider) * sketch->count);
		sketch->paths = wider;
		w->room *= 2;
	}
	struct sketch_path *path = &sketch->paths[sketch->count++];
	*path = (struct sketch_path){.pointer = str_dup(w->arena, buf_str(&w->pointer))};
	return path;
}

/* NULL: nobody asks, or there are too many. */
static struct sketch_path *path_at(struct walk *w, const struct path_node *node)
{
	struct sketch *sketch = w->sketch;
	if (!node || !node->marks) return NULL;
	uint32_t *first = &sketch->first[node->marks->number], last = 0;
	for (uint32_t i = *first; i; i = sketch->paths[i - 1].next) {
		if (str_eq(sketch->paths[i - 1].pointer, buf_str(&w->pointer))) return &sketch->paths[i - 1];
		last = i;
	}
	if (sketch->count == SKETCH_PATHS) return NULL;
	struct sketch_path *path = add_path(w);
	path->question = node->marks->number;
	*(last ? &sketch->paths[last - 1].next : first) = (uint32_t)sketch->count;
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

static const struct path_node *below(const struct walk *w, const struct path_node *node, struct str token)
{
	const struct path_child *child = pathtrie_member(w->trie, node, token);
	return child ? child->node : NULL;
}

static const char *walk_value(struct walk *w, const char *p, const struct path_node *node, unsigned depth);

static const char *walk_object(struct walk *w, const char *p, const struct path_node *node, unsigned depth)
{
	const struct json_text *text = &w->text;
	const char *end = text->end;
	p = json_space(p + 1, end);
	if (p < end && *p == '}') return p + 1;
	w->sketch->bare = false;
	for (;;) {
		if (p == end || *p != '"') return json_wrong(text, p, "expected a member name");
		const char *at = p + 1;
		bool escaped;
		if (!(p = json_string(text, p, &escaped))) return NULL;
		size_t before = w->pointer.len;
		struct str name = str_of(at, (size_t)(p - 1 - at));
		if (escaped) name = plain(w, name);
		const struct path_node *member = below(w, node, name);
		if (member) add_token(&w->pointer, name);
		p = json_space(p, end);
		if (p == end || *p != ':') return json_wrong(text, p, "expected ':' after the member name");
		if (!(p = walk_value(w, json_space(p + 1, end), member, depth))) return NULL;
		w->pointer.len = before;
		p = json_space(p, end);
		if (p < end && *p == '}') return p + 1;
		if (p == end || *p != ',') return json_wrong(text, p, "expected ',' or '}'");
		p = json_space(p + 1, end);
	}
}

static const char *walk_array(struct walk *w, const char *p, const struct path_node *node, unsigned depth)
{
	const struct json_text *text = &w->text;
	const char *end = text->end;
	const struct path_node *element = below(w, node, STR("*"));
	enum json_kind kind;
	p = json_space(p + 1, end);
	if (p < end && *p == ']') return p + 1;
	w->sketch->bare = false;
	for (size_t i = 0;; i++) {
		if (depth == 1 && p < end) w->sketch->string_array = (i == 0 || w->sketch->string_array) && *p == '"';
		if (i < SKETCH_ELEMENTS) {
			size_t before = w->pointer.len;
			buf_add(&w->pointer, STR("/*"));
			p = walk_value(w, p, element, depth);
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

/* node: NULL where no question leads. depth: containers that are open around p. A container is recorded when it opens, a scalar
 * when it is complete. */
static const char *walk_value(struct walk *w, const char *p, const struct path_node *node, unsigned depth)
{
	const struct json_text *text = &w->text;
	enum json_kind kind;
	if (p == text->end) return NULL;
	if (*p == '{' || *p == '[') {
		kind = *p == '{' ? JSON_OBJECT : JSON_ARRAY;
		note_kind(path_at(w, node), kind);
		if (!node || depth == SKETCH_DEPTH) return json_value(text, p, depth, &kind);
		return kind == JSON_OBJECT ? walk_object(w, p, node, depth + 1) : walk_array(w, p, node, depth + 1);
	}
	const char *at = p;
	if (!(p = json_value(text, p, depth, &kind))) return NULL;
	if (p == text->end && kind != JSON_STRING && depth) return NULL; /* a number may go on where the prefix ends */
	struct sketch_path *path = path_at(w, node);
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

void sketch_read(struct sketch *sketch, const struct sketch_questions *questions, struct arena *arena,
                 struct str prefix)
{
	struct walk w = {.sketch = sketch, .trie = &questions->trie, .arena = arena, .room = FIRST_PATHS};
	*sketch = (struct sketch){.paths = ARENA_ARRAY(arena, struct sketch_path, FIRST_PATHS),
	                          .first = ARENA_ARRAY(arena, uint32_t, questions->trie.count),
	                          .bare = true};
	if (str_starts(prefix, STR("\xef\xbb\xbf"))) prefix = str_slice(prefix, 3, prefix.len);
	w.text = json_text(prefix, NULL);
	const char *p = json_space(w.text.start, w.text.end);
	sketch->empty = p == w.text.end;
	for (size_t root = 0; p < w.text.end && root < SKETCH_ELEMENTS; root++) {
		const char *at = p;
		if (root == 0) sketch->root_kind = kind_at(*at);
		w.pointer.len = 0;
		bool strings = sketch->string_array;
		p = walk_value(&w, at, w.trie->root, 0);
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

const struct sketch_path *sketch_find(const struct sketch *sketch, struct sketch_question question, bool ignore_case)
{
	if (question.number < 0) return NULL;
	for (uint32_t i = sketch->first[question.number]; i; i = sketch->paths[i - 1].next)
		if (ignore_case || str_eq(sketch->paths[i - 1].pointer, question.pointer)) return &sketch->paths[i - 1];
	return NULL;
}
