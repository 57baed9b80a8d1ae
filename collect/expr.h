/* expr: how a format's spec says where a value comes from. Compiled once from the spec's JSON, then evaluated for records.
 *
 *   "/a/b"            the record's member, a JSON Pointer; "*" any element (the first that is not empty)
 *   "~/a"             the same below each of the spec's bases in turn ("/properties", ""): wrappings of one record
 *   "$/a"             the document's member, from the envelope; a number is an index, "*" the record's own place
 *   "^/a"             a member of the object that holds the array the record stands in; "^^/a" one further out
 *   "../../../a"      the same with each token of the record's path a step: "../../a" is "^/a"
 *   "=text"           text
 *   "&"               what follows the spec's "name_prefix" in the file's name
 *   [e, e, ...]       the first that is not empty
 *   {"all": "/a/" "*"}                              all values, one blank between them; of the document too: {"all": "$/a/" "*"}
 *   {"raw": "/a"}                                   the JSON text itself
 *   {"join": [e, e], "with": " ", "whole": true}    whole: empty if one of them is
 *   {"map": e, "to": {"A": "fail"}, "else": "x"}    without case; without "else" an unknown word makes the record unreadable
 *   {"bands": e, "from": [[9, "critical"], ...]}    the first bound that the number reaches
 *   {"cut": e, "after": "/x/", "until": "/"}        the part between, found without case; no "after" in it: empty
 *   {"cut": e, "after_last": "/"}
 *   {"image": e}                                    registry/repository, without tag and digest
 *   {"lower": e}
 *   {"ids": e}                                      the CVE, CWE, GHSA and OWASP ids that the text names, each once: "CWE-79 CVE-2024-1"
 *   {"controls": {"raw": "/a"}}                     the controls that JSON text names (collect/control_ids.h): "NIST.800-53.r5/AC-2(1)"
 *   {"if": e, "is": ["A*"], "then": e, "else": e}   without "is": not empty
 *   {"lookup": "$/list", "by": "/id", "key": e, "get": "/name"}   a member of the list's element whose "by" is the key; in an
 *                     object without "by" the element of that name; "deep": also in lists of the same name within elements;
 *                     of several lists ("lookup": ["$/a", "$/b"]) the first that has it; "^/list" is one beside the record's,
 *                     and its "by" may have a "*": any of the values there
 *   {"use": "name"}   the expression of that name in the spec's "define"
 *   "@/a"             a member of the element at hand, where the record's spec has "each"; "@#" is the name of the member that
 *                     the element is, or that holds its list
 *
 * A value is text: numbers and booleans as written, null is empty. An object or array where a scalar is wanted is a problem,
 * and makes the record unreadable.
 */
#ifndef DOSSIER_COLLECT_EXPR_H
#define DOSSIER_COLLECT_EXPR_H

#include "core/arena.h"
#include "core/error.h"
#include "core/project.h"

#include <cjson/cJSON.h>

struct expr;

/* What an expression is compiled into: the record's projection, and the pointers that the envelope must keep. */
struct expr_compiler {
	struct arena *arena;
	struct projection *projection;
	struct projection *each; /* of one element of "each": for "@"; NULL: there is none */
	const struct str *bases; /* for "~" */
	size_t base_count;
	const struct str *at; /* the record paths, for "^" */
	size_t at_count;
	void *context;
	bool (*keep)(void *context, struct str pointer); /* a document pointer that an expression wants */
	const char *file;                                /* for messages */
	const cJSON *define;                             /* expressions for "use"; may be NULL */
	unsigned uses;                                   /* of a definition inside of another */
};

struct expr *expr_compile(struct expr_compiler *compiler, const cJSON *json, const char *key, struct error *error);

/* It reads the element at hand. */
bool expr_needs_element(const struct expr *expr);
/* It needs the document, so it waits until the envelope is whole. */
bool expr_needs_document(const struct expr *expr);
/* Sets a bit for each field number that it reads. */
void expr_fields(const struct expr *expr, uint64_t *bits);

enum { EXPR_INDEXES = 6, EXPR_TOKENS = 16 };

/* An element's fields are numbered from here on, after those of any record. */
enum { EXPR_EACH = 512, EXPR_FIELDS = 1024, EXPR_EACH_NAME = EXPR_FIELDS - 1 };

/* Finds "$" and "^" values in the envelope; remembers the last element of each array, so that walking along is cheap. */
struct expr_document {
	const cJSON *root;
	struct expr_index *indexes; /* of lookups, made when first asked; expr_document_free */
	struct {
		const cJSON *array, *element;
		uint32_t index;
	} last[EXPR_TOKENS];
};

/* Where a value came from, for `inspect --explain`: what was read on the way to it and was not empty, as a spec would write it. */
enum { EXPR_SOURCES = 16 };
struct expr_trace {
	const struct projection *record, *element; /* whose numbers the fields have */
	struct str sources[EXPR_SOURCES];          /* in the evaluation's arena; more are not noted */
	size_t count;
};

struct evaluation {
	struct arena *arena;      /* results live here */
	struct expr_trace *trace; /* NULL: nobody asks */
	const struct field *fields;
	size_t field_count;
	struct expr_document *document;
	struct str name_scope; /* "&" */
	struct str at;         /* the record path that was met */
	const uint32_t *indexes;
	size_t index_count;
	/* out: the first problem, if any */
	const char *problem;
	struct str problem_value;
	int problem_field; /* projection number, or -1 */
};

void expr_document_free(struct expr_document *document);

/* Empty if e is NULL. */
struct str expr_eval(const struct expr *e, struct evaluation *v);
/* The envelope's node at pointer, "*" taking the indexes in order, and where there are no more the first element that has
 * it; NULL if there is none. */
const cJSON *expr_node(struct expr_document *document, struct str pointer, const uint32_t *indexes, size_t index_count);

#endif
