/* pathtrie: a set of JSON Pointer-like paths, compiled so that a walk over a document knows at each member which
 * paths go on through it.
 *
 * A path is "" (the whole) or "/token/token...". Token "*" meets any member or element; a decimal token meets the
 * array index and the member of that name; ~1 stands for '/' and ~0 for '~'. Paths may be prefixes of others. Where
 * "*" and a name stand side by side, the name's node carries what "*" leads to as well, so that a walk is in one node
 * at a time.
 *
 * Built once, in an arena; then it does not change and any number of threads may walk it.
 */
#ifndef DOSSIER_CORE_PATHTRIE_H
#define DOSSIER_CORE_PATHTRIE_H

#include "core/str.h"

struct arena;

enum { PATHTRIE_MAX_TOKENS = 32 };

/* A path that ends at a node. */
struct path_mark {
	const struct path_mark *next; /* in ascending order of number */
	uint16_t number;
};

struct path_child {
	struct str name;
	uint32_t index; /* the name as an array index, or UINT32_MAX */
	uint16_t next;  /* 1 + the next child with the same hash, or 0 */
	struct path_node *node;
};

struct path_node {
	struct path_mark *marks;
	struct path_node *any; /* where "*" leads, or NULL */
	struct path_child *children;
	uint16_t count, capacity;
	bool indexed;        /* some child's name is an array index */
	uint16_t bucket[64]; /* by hash of the name: 1 + the first child, or 0 */
};

struct path_tokens {
	struct str pointer;                    /* as given */
	struct str token[PATHTRIE_MAX_TOKENS]; /* unescaped */
	uint32_t stars;                        /* bit i: token i is "*" */
	unsigned count;
};

struct pathtrie {
	struct arena *arena;
	bool ignore_case; /* ASCII letters of member names */
	bool literal;     /* "*" is a token like any other: a walker that looks for it finds its own node */
	struct path_node *root;
	struct path_tokens **paths; /* by number */
	size_t count, capacity;
};

void pathtrie_init(struct pathtrie *trie, struct arena *arena, bool ignore_case);
/* The number of the path, dense from 0; the same path again has the same number. -1 if the pointer does not start
 * with '/', has an escape other than ~0 and ~1, has more than PATHTRIE_MAX_TOKENS tokens, or there are 65,535 paths
 * already. */
int pathtrie_add(struct pathtrie *trie, struct str pointer);

static inline unsigned pathtrie_hash(const char *name, size_t len)
{
	if (len == 0) return 0;
	return (unsigned)((size_t)(name[0] | 0x20) * 5 + (size_t)(name[len - 1] | 0x20) * 3 + len) & 63;
}

/* memcmp's answer without the call: names are short. */
static inline bool pathtrie_same(const char *a, const char *b, size_t len)
{
	uint64_t x, y;
	uint32_t v, w;
	if (len >= 8) {
		size_t i = 0;
		do {
			memcpy(&x, a + i, 8);
			memcpy(&y, b + i, 8);
			if (x != y) return false;
		} while ((i += 8) + 8 <= len);
		memcpy(&x, a + len - 8, 8);
		memcpy(&y, b + len - 8, 8);
		return x == y;
	}
	if (len >= 4) {
		memcpy(&v, a, 4);
		memcpy(&w, b, 4);
		if (v != w) return false;
		memcpy(&v, a + len - 4, 4);
		memcpy(&w, b + len - 4, 4);
		return v == w;
	}
	return len == 0 || (a[0] == b[0] && a[len / 2] == b[len / 2] && a[len - 1] == b[len - 1]);
}

/* The declared child for a member name (unescaped), not "*"; or NULL. */
static inline const struct path_child *pathtrie_member(const struct pathtrie *trie, const struct path_node *node,
                                                       struct str name)
{
	for (unsigned i = node->bucket[pathtrie_hash(name.ptr, name.len)]; i; i = node->children[i - 1].next) {
		const struct path_child *child = &node->children[i - 1];
		if (child->name.len != name.len) continue;
		if (pathtrie_same(child->name.ptr, name.ptr, name.len) ||
		    (trie->ignore_case && str_eq_nocase(child->name, name)))
			return child;
	}
	return NULL;
}

/* The declared child for an array index, not "*"; or NULL. */
const struct path_child *pathtrie_element(const struct path_node *node, uint64_t index);

#endif
