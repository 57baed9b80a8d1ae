/* How it works: a trie of tokens, kept deterministic. For the paths /a/"*"/x (0) and /a/b/y (1):
 *
 *     root -a-> o -"*"-> o -x-> [0]
 *               |
 *               +--b---> o -x-> [0]       b's node starts as a copy of what "*" leads to ...
 *                        |
 *                        +--y-> [1]       ... and every later path through "*" is added here too
 *
 * so the walker never has two nodes at once. Children of a node hang in 64 buckets by a hash of the name's ends and
 * length, which for the member names of one object nearly always answers at the first look.
 */
#include "core/pathtrie.h"

#include "core/arena.h"

void pathtrie_init(struct pathtrie *trie, struct arena *arena, bool ignore_case)
{
	*trie =
	    (struct pathtrie){.arena = arena, .ignore_case = ignore_case, .root = ARENA_NEW(arena, struct path_node)};
}

/* An index as JSON Pointer writes it: no sign, no leading zero. */
static uint32_t token_index(struct str token)
{
	uint64_t value;
	if (token.len > 1 && token.ptr[0] == '0') return UINT32_MAX;
	return str_to_u64(token, &value) && value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

static void add_mark(struct arena *arena, struct path_node *node, uint16_t number)
{
	struct path_mark **at = &node->marks;
	while (*at && (*at)->number < number) at = (struct path_mark **)&(*at)->next;
	if (*at && (*at)->number == number) return;
	struct path_mark *mark = ARENA_NEW(arena, struct path_mark);
	*mark = (struct path_mark){*at, number};
	*at = mark;
}

static void add_child(struct arena *arena, struct path_node *parent, struct str name, struct path_node *node)
{
	if (parent->count == parent->capacity) {
		parent->capacity = (uint16_t)(parent->capacity ? parent->capacity * 2 : 4);
		struct path_child *grown = ARENA_ARRAY(arena, struct path_child, parent->capacity);
		if (parent->count) memcpy(grown, parent->children, sizeof(*grown) * parent->count);
		parent->children = grown;
	}
	uint16_t *bucket = &parent->bucket[pathtrie_hash(name.ptr, name.len)];
	struct path_child *child = &parent->children[parent->count++];
	*child = (struct path_child){.name = name, .index = token_index(name), .next = *bucket, .node = node};
	if (child->index != UINT32_MAX) parent->indexed = true;
	*bucket = parent->count;
}

static struct path_node *copy_node(struct arena *arena, const struct path_node *from)
{
	struct path_node *node = ARENA_NEW(arena, struct path_node);
	if (!from) return node;
	for (const struct path_mark *mark = from->marks; mark; mark = mark->next) add_mark(arena, node, mark->number);
	if (from->any) node->any = copy_node(arena, from->any);
	for (unsigned i = 0; i < from->count; i++)
		add_child(arena, node, from->children[i].name, copy_node(arena, from->children[i].node));
	return node;
}

/* Recursion is bounded by PATHTRIE_MAX_TOKENS. */
static void insert(struct pathtrie *trie, struct path_node *node, const struct path_tokens *path, unsigned i,
                   uint16_t number)
{
	if (i == path->count) {
		add_mark(trie->arena, node, number);
		return;
	}
	if (path->stars >> i & 1) {
		if (!node->any) node->any = ARENA_NEW(trie->arena, struct path_node);
		insert(trie, node->any, path, i + 1, number);
		for (unsigned c = 0; c < node->count; c++) insert(trie, node->children[c].node, path, i + 1, number);
		return;
	}
	const struct path_child *child = pathtrie_member(trie, node, path->token[i]);
	if (!child) {
		add_child(trie->arena, node, path->token[i], copy_node(trie->arena, node->any));
		child = &node->children[node->count - 1];
	}
	insert(trie, child->node, path, i + 1, number);
}

/* ~0 and ~1 undone; false for any other escape. */
static bool unescape_token(struct arena *arena, struct str token, struct str *out)
{
	char *text = arena_bytes(arena, token.len + 1);
	size_t len = 0;
	for (size_t i = 0; i < token.len; i++) {
		char c = token.ptr[i];
		if (c == '~') {
			if (++i == token.len || (token.ptr[i] != '0' && token.ptr[i] != '1')) return false;
			c = token.ptr[i] == '0' ? '~' : '/';
		}
		text[len++] = c;
	}
	*out = str_of(text, len);
	return true;
}

/* The tokens are views into the pointer where they have no escapes. */
static bool split(const struct pathtrie *trie, struct str pointer, struct path_tokens *path)
{
	*path = (struct path_tokens){.pointer = pointer};
	for (size_t i = 0, end; i < pointer.len; i = end) {
		if (pointer.ptr[i] != '/' || path->count == PATHTRIE_MAX_TOKENS) return false;
		for (end = i + 1; end < pointer.len && pointer.ptr[end] != '/'; end++) continue;
		struct str token = str_slice(pointer, i + 1, end), *to = &path->token[path->count];
		if (!trie->literal && str_eq(token, STR("*"))) path->stars |= UINT32_C(1) << path->count;
		*to = token;
		if (str_find(token, STR("~")) != SIZE_MAX && !unescape_token(trie->arena, token, to)) return false;
		path->count++;
	}
	return true;
}

/* The number of a path that there is, or -1. */
static int find(const struct pathtrie *trie, const struct path_tokens *path)
{
	const struct path_node *node = trie->root;
	for (unsigned i = 0; i < path->count && node; i++) {
		bool star = path->stars >> i & 1;
		const struct path_child *child = star ? NULL : pathtrie_member(trie, node, path->token[i]);
		node = star ? node->any : child ? child->node : NULL;
	}
	for (const struct path_mark *mark = node ? node->marks : NULL; mark; mark = mark->next) {
		struct str known = trie->paths[mark->number]->pointer;
		if (trie->ignore_case ? str_eq_nocase(known, path->pointer) : str_eq(known, path->pointer))
			return mark->number;
	}
	return -1;
}

int pathtrie_add(struct pathtrie *trie, struct str pointer)
{
	struct path_tokens tokens;
	if (!split(trie, pointer, &tokens)) return -1;
	int known = find(trie, &tokens);
	if (known >= 0 || trie->count == UINT16_MAX) return known;
	struct path_tokens *path = ARENA_NEW(trie->arena, struct path_tokens);
	split(trie, str_dup(trie->arena, pointer), path);
	if (trie->count == trie->capacity) {
		trie->capacity = trie->capacity ? trie->capacity * 2 : 16;
		struct path_tokens **grown = ARENA_ARRAY(trie->arena, struct path_tokens *, trie->capacity);
		if (trie->count) memcpy(grown, trie->paths, sizeof(*grown) * trie->count);
		trie->paths = grown;
	}
	trie->paths[trie->count] = path;
	insert(trie, trie->root, path, 0, (uint16_t)trie->count);
	return (int)trie->count++;
}

const struct path_child *pathtrie_element(const struct path_node *node, uint64_t index)
{
	if (!node->indexed) return NULL;
	for (unsigned i = 0; i < node->count; i++)
		if (node->children[i].index == index) return &node->children[i];
	return NULL;
}
