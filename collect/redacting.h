/* redacting: one document on its way through the rules; shared by redact.c (files and copies), redact_text.c (rules, patterns, lines) and
 * redact_json.c (JSON). Private to collect/.
 */
#ifndef DOSSIER_COLLECT_REDACTING_H
#define DOSSIER_COLLECT_REDACTING_H

#include "collect/redact.h"
#include "core/buf.h"
#include "core/stream.h"

struct matcher; /* one thread's */

/* Rules with their pointers cut into tokens. */
struct pointer {
	const struct str *tokens;
	size_t count, rule;
};

struct pointer_set {
	uint64_t words[2 * REDACT_POINTERS_MAX / 64]; /* twice: a list's elements may be documents */
};

struct redacting {
	const struct redact_rules *rules;
	const struct pointer *pointers;
	size_t pointer_count;
	bool about[REDACT_RULES_MAX];        /* rules that are about this document */
	uint64_t replaced[REDACT_RULES_MAX]; /* values, by rule */
	uint64_t changes;                    /* their sum */
	uint64_t first_change;               /* its offset; ERROR_NO_OFFSET: none */
	const char *path;                    /* for messages */
	struct matcher *matcher;
	struct buf one, other; /* scratch of redacting_text */
	/* Where the bytes come from: a stream, or NULL: all of them are in the window. */
	struct stream *stream;
	struct buf window;
	size_t at, copied; /* in the window: the next byte to look at; the first that is not written yet */
	uint64_t base;     /* offset of the window in the document */
	bool ended;
	/* Where they go. NULL: nowhere, they are only looked through. */
	void *sink;
	bool (*write)(void *sink, const void *bytes, size_t len, struct error *error);
};

/* More bytes into the window; what is before `copied` is forgotten. ended is set when there are none. */
bool redacting_fill(struct redacting *r, struct error *error);
/* Writes the window from `copied` up to `to` as it is. */
bool redacting_copy(struct redacting *r, size_t to, struct error *error);
/* Writes these bytes in place of the window's [from, to). */
bool redacting_put(struct redacting *r, size_t from, size_t to, struct str bytes, struct error *error);
void redacting_count(struct redacting *r, size_t rule, uint64_t values, size_t at);
/* What the patterns find in the text, replaced: a view that lives until the next call; *changed false: it is the text itself. at:
 * where it stands in the window. */
bool redacting_text(struct redacting *r, struct str text, size_t at, struct str *out, bool *changed,
                    struct error *error);
bool redacting_fault(const struct redacting *r, size_t at, const char *what, struct error *error);

/* The whole document. *malformed (not NULL): it is no JSON from there on, which then is no error; nothing more was written. */
bool redacting_json(struct redacting *r, bool *malformed, struct error *error);
bool redacting_lines(struct redacting *r, struct error *error);

struct matcher *matcher_new(void);
void matcher_free(struct matcher *matcher);

#endif
