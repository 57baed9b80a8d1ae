/* sketch: what the beginning of a document looks like, so that each format can say whether it is one of its own.
 *
 * From the first block of a file (whole, or cut off anywhere, or not JSON at all) the set of paths it shows to depth
 * SKETCH_DEPTH, array indexes written "*": /runs, /runs/"*"/tool/driver/name. Only the first SKETCH_ELEMENTS elements
 * of an array are described; the rest are passed over, so that members after a long array are still seen.
 */
#ifndef DOSSIER_CORE_SKETCH_H
#define DOSSIER_CORE_SKETCH_H

#include "core/json.h"
#include "core/str.h"

struct arena;

enum {
	SKETCH_DEPTH = 5,     /* tokens in a path */
	SKETCH_PATHS = 2048,  /* distinct paths; what comes after is not recorded (sketch.full) */
	SKETCH_ELEMENTS = 64, /* of an array */
	SKETCH_VALUE = 200,   /* bytes of a scalar; longer ones are cut at a character */
};

struct sketch_path {
	struct str pointer;  /* "" for the root; tokens unescaped from JSON, then ~0 and ~1 for '~' and '/' */
	enum json_kind kind; /* of the first value there */
	unsigned kinds;      /* 1 << kind of every value there */
	uint32_t count;      /* values there, among the elements described */
	bool has_value;      /* a scalar was there */
	struct str value;    /* the first scalar: a string unescaped, any other as written ("true", "null", "1.5") */
};

struct sketch {
	struct sketch_path *paths; /* in the order first seen */
	size_t count;
	bool json;     /* it begins as JSON does: with a complete scalar or an opening bracket and what may follow it */
	bool complete; /* a whole root value was seen, and after it nothing but white space or the next one */
	bool empty;    /* nothing but white space (and a byte order mark) */
	bool full;     /* there were more than SKETCH_PATHS paths */
	enum json_kind root_kind;
	bool string_array; /* the root is an array with at least one element, and all that were seen are strings */
	bool sequence;     /* a second root value follows the first: NDJSON; only the first 64 roots are described */
	uint16_t *index;   /* its own: hash table of paths */
};

/* Everything is in the arena; the sketch holds no view into prefix. */
void sketch_read(struct sketch *sketch, struct arena *arena, struct str prefix);
/* The path, or NULL. ignore_case: ASCII letters without case. "*" in the pointer is the array's "*", not any member (a
 * member that is named so looks the same). */
const struct sketch_path *sketch_find(const struct sketch *sketch, struct str pointer, bool ignore_case);

#endif
