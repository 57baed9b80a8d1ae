/* project: from the bytes of a record to the values at declared paths, in one validating walk, without a tree.
 *
 *     struct projection *p = projection_new(&arena, false);
 *     int rule = projection_add(p, STR("/ruleId"));
 *     int tags = projection_add(p, STR("/properties/tags/" "*"));
 *     struct projected out = {0};
 *     if (!project(p, record, &out, &fault)) ... the record is not valid JSON: fault says where and why
 *     for (size_t i = 0; i < out.count; i++) switch (out.fields[i].number) ...
 *     projected_free(&out);
 *
 * Paths are those of pathtrie.h: "" is the record itself, "*" any member or element, a decimal token an index as well
 * as a member's name. A path may end at a value that others go through: all are yielded. A value met by several paths
 * is yielded once for each.
 *
 * A projection is built once and then only read: any number of threads may use it, each with its own struct projected.
 */
#ifndef DOSSIER_CORE_PROJECT_H
#define DOSSIER_CORE_PROJECT_H

#include "core/json.h"
#include "core/str.h"

struct arena;
struct projection;

struct field {
	uint16_t number; /* as projection_add gave it */
	uint8_t kind;    /* enum json_kind */
	bool escaped;    /* a string that json_unescape must read: there is a backslash in it */
	struct str raw;  /* a string's body, without quotes and still escaped; any other value's whole text */
	struct str key;  /* raw name of the innermost member around or at the value; empty if there is none */
};

/* The answer: fields in document order, a container before what is in it. Views into the record's bytes: they live as
 * long as those. Zero-initialised is ready to use; reuse it for record after record, it keeps its memory. */
struct projected {
	struct field *fields;
	size_t count, capacity;
	/* the walk's own */
	char *name;
	size_t name_capacity;
	uint64_t *seen;
	size_t seen_count, seen_capacity;
	struct shapes *shapes; /* of each projection that it was used with */
};

struct projection *projection_new(struct arena *arena, bool ignore_case);
/* The path's number, dense from 0; the same pointer again has the same number. -1 if it is not a path (pathtrie.h). */
int projection_add(struct projection *projection, struct str pointer);
/* The pointer of a number. */
struct str projection_pointer(const struct projection *projection, int number);

/* False if the record is not one valid JSON value (white space around it is), or names a declared member twice in one
 * object; then out->count is 0 and fault (may be NULL) has the offset in the record. */
bool project(const struct projection *projection, struct str record, struct projected *out, struct json_fault *fault);
/* The records that come are those of another document: shapes that the last ones were not of are forgotten. */
void projected_next(struct projected *out);
void projected_free(struct projected *out);

#endif
