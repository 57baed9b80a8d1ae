/* parts: a report that several threads write together: a head, rows of findings in parts, a tail.
 *
 *   part 0      head
 *   part 1..n   the rows of up to PART_FINDINGS findings each: of one side, then of the other, in the order of evidence
 *   part n + 1  tail
 *
 * The parts one after another are the report; no part depends on another, so each may be written by any thread, at any time.
 */
#ifndef DOSSIER_RENDER_PARTS_H
#define DOSSIER_RENDER_PARTS_H

#include "analyze/result.h"
#include "render/sink.h"

enum { PART_FINDINGS = 1024 };

struct part {
	enum side side;
	uint32_t from, to; /* findings [from, to) of the side */
};

struct parts {
	enum side first; /* whose rows stand first */
	bool (*head)(const struct result *result, struct sink sink, struct error *error);
	/* Appends the rows. context: what the caller keeps of them, or NULL. */
	void (*rows)(const struct result *result, struct part part, struct buf *out, void *context);
	bool (*tail)(const struct result *result, struct sink sink, struct error *error); /* NULL: nothing */
};

/* n above. */
size_t parts_rows(const struct result *result);
/* The findings of part 1 + i. */
struct part parts_at(const struct parts *parts, const struct result *result, size_t i);
/* All of it, by this thread; holds one part at a time. */
bool parts_write(const struct parts *parts, const struct result *result, struct sink sink, struct error *error);

#endif
