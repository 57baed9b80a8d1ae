/* sketch: what the beginning of a document looks like, so that each format can say whether it is one of its own.
 *
 * From the first block of a file (whole, or cut off anywhere, or not JSON at all) which of the paths that formats ask for it
 * shows to depth SKETCH_DEPTH, array indexes written "*": /runs, /runs/"*"/tool/driver/name. Only the first SKETCH_ELEMENTS
 * elements of an array are described; the rest are passed over, so that members after a long array are still seen. What nobody
 * asks for is passed over too: a small file's sketch would else cost more than its records.
 */
#ifndef DOSSIER_CORE_SKETCH_H
#define DOSSIER_CORE_SKETCH_H

#include "core/json.h"
#include "core/pathtrie.h"
#include "core/str.h"

enum {
	SKETCH_DEPTH = 5,     /* tokens in a path */
	SKETCH_PATHS = 2048,  /* distinct paths, by the case of letters too; what comes after is not recorded */
	SKETCH_ELEMENTS = 64, /* of an array */
	SKETCH_VALUE = 200,   /* bytes of a scalar; longer ones are cut at a character */
};

/* Every path that will be asked for, in any case of letters. Built once; then any number of threads may read it. */
struct sketch_questions {
	struct pathtrie trie;
};

/* One of them. */
struct sketch_question {
	struct str pointer; /* "" for the root; "*" for an array's elements; ~0 and ~1 for '~' and '/' */
	int number;         /* -1: it is no path, and never there */
};

struct sketch_path {
	struct str pointer;  /* "" for the root; tokens unescaped from JSON, then ~0 and ~1 for '~' and '/' */
	enum json_kind kind; /* of the first value there */
	unsigned kinds;      /* 1 << kind of every value there */
	uint32_t count;      /* values there, among the elements described */
	bool has_value;      /* a scalar was there */
	struct str value;    /* the first scalar: a string unescaped, any other as written ("true", "null", "1.5") */
	uint16_t question;   /* number of the one that it answers */
	bool as_asked;       /* spelled as the questions are, not only alike but for the case of letters */
	uint32_t next;       /* 1 + the path that differs in the case of letters and was seen next; 0: none */
};

struct sketch {
	struct sketch_path *paths; /* in the order first seen */
	size_t count;
	bool json;     /* it begins as JSON does: with a complete scalar or an opening bracket and what may follow it */
	bool complete; /* a whole root value was seen, and after it nothing but white space or the next one */
	bool empty;    /* nothing but white space (and a byte order mark) */
	bool bare;     /* no root has a member or an element */
	enum json_kind root_kind;
	bool string_array; /* the root is an array with at least one element, and all that were seen are strings */
	bool sequence;     /* a second root value follows the first: NDJSON; only the first 64 roots are described */
	uint32_t *first;   /* by number of the question: 1 + the first path that answers it, or 0 */
};

void sketch_questions_init(struct sketch_questions *questions, struct arena *arena);
/* pointer must live as long as the questions. "*" in it is the array's "*", not any member (a member that is named so looks
 * the same). */
struct sketch_question sketch_ask(struct sketch_questions *questions, struct str pointer);

/* Everything is in the arena; the sketch holds no view into prefix. */
void sketch_read(struct sketch *sketch, const struct sketch_questions *questions, struct arena *arena,
                 struct str prefix);
/* The same of a list's elements, as if they stood one after another without it. Of a prefix that is no list: nothing. */
void sketch_read_elements(struct sketch *sketch, const struct sketch_questions *questions, struct arena *arena,
                          struct str prefix);
/* The path that answers a question of those the sketch was read with, or NULL. ignore_case: ASCII letters without case; then the
 * one seen first counts. */
const struct sketch_path *sketch_find(const struct sketch *sketch, struct sketch_question question, bool ignore_case);

#endif
