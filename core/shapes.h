/* shapes: the texts between the values of records that a projection has walked, so that the next record that is written
 * the same way is compared, not parsed. Inside of core/ only: project.c is what uses it.
 *
 *     {"ruleId":"A1","n":7,"tags":["x","y"]}     is the shape     {"ruleId":   ,"n":   ,"tags":[   ,   ]}
 *
 * Exports are written by programs: nearly all records of a file have one of a few shapes. A text is compared at once
 * where a walk reads names, colons and brackets one by one and looks each name up. What is between the texts is scanned
 * by the same functions as ever (json.h). A record that goes to its end this way has the tokens of a record that was
 * walked and found valid, so it is valid, with the same members in the same places; any other is walked.
 *
 * Shapes are kept as a tree: after each value one of some texts follows. A set belongs to one projection and one
 * thread. It is bounded: when it has its fill, or when most records are of no shape that it knows, it learns no more. From one document to
 * the next what serves is kept: many small files of one export have few records each.
 */
#ifndef DOSSIER_CORE_SHAPES_H
#define DOSSIER_CORE_SHAPES_H

#include "core/arena.h"
#include "core/json.h"
#include "core/pathtrie.h"
#include "core/project.h"

/* Yields a field for every path that ends at the node. */
static inline void shapes_yield(struct projected *out, const struct path_node *node, struct field field)
{
	for (const struct path_mark *mark = node->marks; mark; mark = mark->next) {
		field.number = mark->number;
		ARRAY_RESERVE(out->fields, out->count, out->capacity);
		out->fields[out->count++] = field;
	}
}

/* The field of a scalar, or of a container that is not gone into, from at to end. */
static inline struct field shapes_field(enum json_kind kind, bool escaped, const char *at, const char *end,
                                        struct str key)
{
	size_t quote = kind == JSON_STRING;
	struct str raw = {at + quote, (size_t)(end - at) - 2 * quote};
	return (struct field){.kind = (uint8_t)kind, .escaped = escaped, .raw = raw, .key = key};
}

struct shapes;

/* What a walk meets, in the order of the bytes. */
enum shape_event {
	SHAPE_VALUE, /* a value that the walk does not go into; node: the declared path that it is at, or NULL */
	SHAPE_OPEN,  /* an object or array that is asked for and gone into, at its bracket */
	SHAPE_CLOSE, /* its end, after the bracket */
};

/* The set of a projection, known by a number of its own, that out has used before; or a new one. */
struct shapes *shapes_of(struct projected *out, uint64_t projection);
void shapes_free(struct shapes *set);
/* Of sets that hang together, those that may still be of use with another document, and no more than a few. */
struct shapes *shapes_next(struct shapes *set);

/* Projects record if it has a known shape: true, and out->fields are what a walk would yield. False: out->count is 0
 * and the record must be walked, which is to be noted if shapes_learns says so. */
bool shapes_project(struct shapes *set, struct str record, struct projected *out);

/* Whether the walk of record that follows is to be noted. */
bool shapes_learns(struct shapes *set, struct str record);
/* at: the value's first byte (CLOSE: the byte after the bracket); end: the byte after the value, of VALUE only. field:
 * the number of fields yielded before, for OPEN and CLOSE that of the container's first. key: as in struct field. */
void shapes_note(struct shapes *set, enum shape_event event, const char *at, const char *end,
                 const struct path_node *node, unsigned depth, struct str key, size_t field);
/* The walk that was noted is at its end: the record was valid. */
void shapes_keep(struct shapes *set, struct str record);

#endif
