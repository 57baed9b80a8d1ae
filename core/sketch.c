/* How it works: a recursive walk over the bytes and the trie of questions at once, as deep as paths are recorded (so
 * bounded), on bytes that may end or go wrong anywhere: the walk stops there, and what was seen until then is the sketch. What
 * is deeper, or on the way to no question, is skipped by json_value.
 *
 *     {"runs":[{"tool":{"driver":{"name":"X", .. cut
 *      walk    walk      walk     answers /runs/"*"/tool/driver/name
 *
 * The questions are compared without case, since some formats are: what differs in nothing else hangs in one chain, in the
 * order first seen. Nearly all is spelled as the questions are; only for what is not are pointers written and compared.
 */
#include "core/sketch.h"

#include "core/arena.h"
#include "core/buf.h"
#include "core/json_scan.h"

enum { FIRST_PATHS = 32 }; /* room for so many to begin with: most documents show no more that are asked for */

struct walk {
	struct sketch *sketch;
	const struct pathtrie *trie;
	struct arena *arena;
	struct json_text text;
	struct str tokens[SKETCH_DEPTH]; /* of the place, without escapes */
	struct buf pointer;
	size_t room; /* for paths */
};

/* Where a value stands. */
struct place {
	const struct path_node *node; /* NULL: where no question leads */
	unsigned depth;               /* containers around it, and so tokens of its pointer */
	bool as_asked;                /* each token is spelled as the trie has it */
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

/* Until the next one. */
static struct str pointer_of(struct walk *w, struct place at)
{
	w->pointer.len = 0;
	for (unsigned i = 0; i < at.depth; i++) add_token(&w->pointer, w->tokens[i]);
	return buf_str(&w->pointer);
}

static struct sketch_path *add_path(struct walk *w, struct place at)
{
	struct sketch *sketch = w->sketch;
	if (sketch->count == w->room) {
		struct sketch_path *wider = ARENA_ARRAY(w->arena, struct sketch_path, 2 * w->room);
		memcpy(wider, sketch->paths, sizeof(*wider) * sketch->count);
		sketch->paths = wider;
		w->room *= 2;
	}
	struct sketch_path *path = &sketch->paths[sketch->count++];
	*path = (struct sketch_path){.pointer = str_dup(w->arena, pointer_of(w, at)),
	                             .question = at.node->marks->number,
	                             .as_asked = at.as_asked};
	return path;
}

/* NULL: nobody asks, or there are too many. */
static struct sketch_path *path_at(struct walk *w, struct place at)
{
	struct sketch *sketch = w->sketch;
	if (!at.node || !at.node->marks) return NULL;
	uint32_t *first = &sketch->first[at.node->marks->number], last = 0;
	for (uint32_t i = *first; i; i = sketch->paths[i - 1].next) {
		struct sketch_path *path = &sketch->paths[i - 1];
		if (at.as_asked == path->as_asked && (at.as_asked || str_eq(path->pointer, pointer_of(w, at))))
			return path;
		last = i;
	}
	if (sketch->count == SKETCH_PATHS) return NULL;
	struct sketch_path *path = add_path(w, at);
	*(last ? &sketch->paths[last - 1].next : first) = (uint32_t)sketch->count;
	return path;
}

static void note_kind(struct sketch_path *path, enum json_kind kind)
{
	if (!path) return;
	if (path->count == 0) path->kind = kind;
	path->kinds |= 1u << kind;
	if (path->count < UINT32_MAX) path->count++;
}

static void note_value(struct walk *w, struct sketch_path *path, struct str value)
{
	if (value.len > SKETCH_VALUE) {
		value.len = SKETCH_VALUE;
		while (value.len && ((unsigned char)value.ptr[value.len] & 0xc0) == 0x80) value.len--;
	}
	path->value = str_dup(w->arena, value);
	path->has_value = true;
}

/* The place of a member or element of what is at `at`. */
static struct place below(struct walk *w, struct place at, struct str token)
{
	const struct path_child *child = pathtrie_member(w->trie, at.node, token);
	if (!child) return (struct place){NULL, at.depth + 1, false};
	w->tokens[at.depth] = token;
	return (struct place){child->node, at.depth + 1, at.as_asked && str_eq(child->name, token)};
}

static const char *walk_value(struct walk *w, const char *p, struct place at);

static const char *walk_object(struct walk *w, const char *p, struct place at)
{
	const struct json_text *text = &w->text;
	const char *end = text->end;
	p = json_space(p + 1, end);
	if (p < end && *p == '}') return p + 1;
	w->sketch->bare = false;
	for (;;) {
		if (p == end || *p != '"') return json_wrong(text, p, "expected a member name");
		const char *from = p + 1;
		bool escaped;
		if (!(p = json_string_at(text, p, &escaped))) return NULL;
		struct str name = str_of(from, (size_t)(p - 1 - from));
		if (escaped) name = json_unescape(w->arena, name);
		p = json_space(p, end);
		if (p == end || *p != ':') return json_wrong(text, p, "expected ':' after the member name");
		if (!(p = walk_value(w, json_space(p + 1, end), below(w, at, name)))) return NULL;
		p = json_space(p, end);
		if (p < end && *p == '}') return p + 1;
		if (p == end || *p != ',') return json_wrong(text, p, "expected ',' or '}'");
		p = json_space(p + 1, end);
	}
}

static const char *walk_array(struct walk *w, const char *p, struct place at)
{
	const struct json_text *text = &w->text;
	const char *end = text->end;
	enum json_kind kind;
	p = json_space(p + 1, end);
	if (p < end && *p == ']') return p + 1;
	w->sketch->bare = false;
	for (size_t i = 0;; i++) {
		if (at.depth == 0 && p < end)
			w->sketch->string_array = (i == 0 || w->sketch->string_array) && *p == '"';
		p = i < SKETCH_ELEMENTS ? walk_value(w, p, below(w, at, STR("*")))
		                        : json_value(text, p, at.depth + 1, &kind);
		if (!p) return NULL;
		p = json_space(p, end);
		if (p < end && *p == ']') return p + 1;
		if (p == end || *p != ',') return json_wrong(text, p, "expected ',' or ']'");
		p = json_space(p + 1, end);
	}
}

/* A container is recorded when it opens, a scalar when it is complete. */
static const char *walk_value(struct walk *w, const char *p, struct place at)
{
	const struct json_text *text = &w->text;
	enum json_kind kind;
	bool escaped;
	if (p == text->end) return NULL;
	if (*p == '{' || *p == '[') {
		kind = *p == '{' ? JSON_OBJECT : JSON_ARRAY;
		note_kind(path_at(w, at), kind);
		if (!at.node || at.depth == SKETCH_DEPTH) return json_value(text, p, at.depth, &kind);
		return kind == JSON_OBJECT ? walk_object(w, p, at) : walk_array(w, p, at);
	}
	const char *from = p;
	if (!(p = json_value_at(text, p, at.depth, &kind, &escaped))) return NULL;
	if (p == text->end && kind != JSON_STRING && at.depth)
		return NULL; /* a number may go on where the prefix ends */
	struct sketch_path *path = path_at(w, at);
	note_kind(path, kind);
	if (!path || path->has_value) return p;
	size_t quote = kind == JSON_STRING;
	struct str raw = str_slice(str_of(from, (size_t)(p - from)), quote, (size_t)(p - from) - quote);
	note_value(w, path, escaped ? json_unescape(w->arena, raw) : raw);
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

/* From one root to the next: what stands between the elements of a list, too. NULL: there is no more. */
static const char *next_root(const char *p, const char *end, bool elements, bool first)
{
	p = json_space(p, end);
	if (!elements || p == end) return p == end ? NULL : p;
	if (*p != (first ? '[' : ',')) return NULL;
	p = json_space(p + 1, end);
	return p == end || *p == ']' ? NULL : p;
}

static void read_roots(struct sketch *sketch, const struct sketch_questions *questions, struct arena *arena,
                       struct str prefix, bool elements)
{
	struct walk w = {.sketch = sketch, .trie = &questions->trie, .arena = arena, .room = FIRST_PATHS};
	*sketch = (struct sketch){.paths = ARENA_ARRAY(arena, struct sketch_path, FIRST_PATHS),
	                          .first = ARENA_ARRAY(arena, uint32_t, questions->trie.count),
	                          .bare = true};
	if (str_starts(prefix, STR("\xef\xbb\xbf"))) prefix = str_slice(prefix, 3, prefix.len);
	w.text = json_text(prefix, NULL);
	const char *p = json_space(w.text.start, w.text.end);
	sketch->empty = p == w.text.end;
	p = next_root(p, w.text.end, elements, true);
	for (size_t root = 0; p && root < SKETCH_ELEMENTS; root++) {
		const char *at = p;
		if (root == 0) sketch->root_kind = kind_at(*at);
		bool strings = sketch->string_array;
		p = walk_value(&w, at, (struct place){w.trie->root, 0, true});
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
		p = next_root(p, w.text.end, elements, false);
	}
	buf_free(&w.pointer);
}

void sketch_read(struct sketch *sketch, const struct sketch_questions *questions, struct arena *arena,
                 struct str prefix)
{
	read_roots(sketch, questions, arena, prefix, false);
}

void sketch_read_elements(struct sketch *sketch, const struct sketch_questions *questions, struct arena *arena,
                          struct str prefix)
{
	read_roots(sketch, questions, arena, prefix, true);
}

const struct sketch_path *sketch_find(const struct sketch *sketch, struct sketch_question question, bool ignore_case)
{
	if (question.number < 0) return NULL;
	for (uint32_t i = sketch->first[question.number]; i; i = sketch->paths[i - 1].next)
		if (ignore_case || str_eq(sketch->paths[i - 1].pointer, question.pointer)) return &sketch->paths[i - 1];
	return NULL;
}
