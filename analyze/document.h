/* document: a small JSON file that a person wrote (change, exceptions, owners, policy) or that is built in (checks,
 * policies).
 *
 * At most 16 MB, strict JSON, no member twice in one object. What an object may hold is a table of struct member:
 * one call reads the whole object into a struct, refuses unknown members and names the nearest known one. Every
 * error has the file, line and column of the member or value that is wrong; columns count bytes from 1.
 *
 *     static const struct member members[] = {
 *         {"id", MEMBER_TEXT, .at = offsetof(struct ticket, id), .required = true},
 *         {"tags", MEMBER_TEXTS, .at = offsetof(struct ticket, tags), .count_at = offsetof(struct ticket, tag_count)},
 *     };
 *     if (!document_members(&document, node, members, sizeof(members) / sizeof(*members), &ticket)) return false;
 *
 * Strings are copied into the arena and outlive the document; cJSON nodes do not.
 */
#ifndef DOSSIER_ANALYZE_DOCUMENT_H
#define DOSSIER_ANALYZE_DOCUMENT_H

#include "core/arena.h"
#include "core/error.h"
#include "core/str.h"

#include <cjson/cJSON.h>

enum { DOCUMENT_MAX_BYTES = 16 << 20 };

struct document {
	const char *file; /* as the user named it; borrowed */
	struct arena *arena;
	struct error *error; /* where the functions below report */
	struct str text;
	cJSON *root;
};

/* The text of a regular file that a person wrote, at most DOCUMENT_MAX_BYTES, with a NUL behind it; not empty. */
bool document_text(const char *file, struct arena *arena, struct str *text, struct error *error);
/* Reads and parses a regular file. On success document_free must be called, on failure there is nothing to free. */
bool document_read(struct document *document, const char *file, struct arena *arena, struct error *error);
/* The same for text that is already there: a template. */
bool document_parse(struct document *document, const char *file, struct str text, struct arena *arena,
                    struct error *error);
void document_free(struct document *document);

/* What a member is, and what is written at `at`. null is the same as absent. */
enum member_kind {
	MEMBER_TEXT,   /* struct str */
	MEMBER_SCALAR, /* struct str: a string, or a number, true or false as it is written */
	MEMBER_NUMBER, /* double; bool at count_at: it is there */
	MEMBER_TIME,   /* int64_t (core/instant.h): a string, date and time; untouched if absent */
	MEMBER_DAY,    /* struct str: a date, a time of day may follow */
	MEMBER_TEXTS,  /* struct str *; size_t at count_at */
	MEMBER_OBJECT, /* const cJSON * */
	MEMBER_LIST,   /* const cJSON *: an array of objects */
};

struct member {
	const char *name;
	enum member_kind kind;
	size_t at, count_at;      /* offsetof the target */
	const char *const *words; /* MEMBER_TEXT: the words it may be, NULL at the end; NULL: anything */
	bool required;            /* present and not empty */
};

/* Reads an object into *target. A member "$schema" is passed over, for editors. False with the document's error. */
bool document_members(const struct document *document, const cJSON *object, const struct member *members, size_t count,
                      void *target);

/* No two objects of the list (NULL: none) have the same "id", which each must have. False with the error at the
 * second. */
bool document_ids_differ(const struct document *document, const cJSON *list);

/* Fills the error in with the position of the node's value, and returns false. */
bool document_wrong(const struct document *document, const cJSON *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with the position of the node's name. */
bool document_wrong_name(const struct document *document, const cJSON *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The nearest of the words by edit distance, without case, or NULL if none is near. */
const char *document_nearest(struct str word, const char *const *words, size_t count);
/* "; did you mean \"x\"?" or "; known are a, b, c", in the arena. */
struct str document_suggest(struct arena *arena, struct str word, const char *const *words, size_t count);

#endif
