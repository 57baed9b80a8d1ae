/* documents: the whole documents that one file holds, one at a time.
 *
 * Most files hold one. Others hold several: one after another (a scanner's output appended with >>, NDJSON), or as the elements of
 * a list (`jq -s`), where the format itself knows no list. Each is a document of its own: "$" and "^" of its records see no other,
 * and so do its tool, what it covers, and a hook.
 */
#ifndef DOSSIER_COLLECT_DOCUMENTS_H
#define DOSSIER_COLLECT_DOCUMENTS_H

#include "collect/expr.h"
#include "core/sketch.h"

struct reading;
struct spec;
struct specs;

/* Of a record that is itself the document: nothing is left of it. */
enum { DOCUMENT_NONE = -1 };

struct documents {
	struct reading *r;
	const cJSON *list;             /* the envelopes, null for what left none; NULL: there are none at all */
	const cJSON *node;             /* the one at hand */
	int64_t number;                /* its place in the list; DOCUMENT_NONE before the first */
	size_t count;                  /* of those that left an envelope */
	struct expr_document document; /* its root is NULL where there is none */
	struct hook_state *states; /* by number, the first of DOCUMENT_NONE: what the hook learns of a document stays */
	size_t state_count, state_capacity;
	bool begun;
};

/* What the head of a file is: the sketch, and the spec that bids highest on it. Where none does and the head is a list, the same
 * for its elements; then *listed is true, and the sketch is theirs. */
const struct spec *documents_recognise(const struct specs *specs, struct arena *arena, struct str head, struct str name,
                                       struct sketch *sketch, bool *listed);

/* The envelopes stay the caller's and outlive this. */
void documents_open(struct documents *documents, struct reading *r, const cJSON *envelopes);
/* Goes to the document of that number; forward is cheap. The reading's tool is then that document's. */
void documents_go(struct documents *documents, int64_t number);
/* What the spec's hook knows of the document at hand; NULL without a hook. */
void *documents_hook(struct documents *documents);
void documents_rewind(struct documents *documents);
/* To the first or the next that left an envelope; a file without any has one, which is empty. False: there is no more. */
bool documents_next(struct documents *documents);
void documents_close(struct documents *documents);

#endif
