/* diff_chain: since when what is open at the last of several points has been open.
 *
 * The points are compared in steps, each with the one before it (analyze/diff.h). A finding was first seen at the earliest point from which
 * on it was open and matched at every step: a finding that was gone, not open, or not looked at in between begins anew. Of all points but
 * the two of a step only this is kept: 24 bytes for each record of the later one.
 */
#ifndef DOSSIER_ANALYZE_DIFF_CHAIN_H
#define DOSSIER_ANALYZE_DIFF_CHAIN_H

#include "analyze/diff.h"
#include "collect/roots.h"

struct first_seen {
	uint32_t point; /* from 0 */
	char key[19];   /* diff_key of the record that was seen there; empty: the record is not open */
};

/* What a point is, for the chain's readers. */
struct chain_point {
	struct roots roots; /* the caller's, as the next */
	const char *name;   /* all of them, for people */
	int64_t captured;   /* the latest capture of a file that counts; INSTANT_NONE: not known */
	uint64_t records, open;
	uint64_t first_seen; /* findings open at the last point that were first seen here; set by diff_chain_count */
};

/* Zero-initialised, but for what the points are called, is ready to use. */
struct diff_chain {
	struct chain_point *points; /* the caller's */
	uint32_t reached;           /* the point that the last step led to */
	struct first_seen *first;   /* of each record of that point, at the same index */
	uint64_t evidence;          /* hash of what that point was read from */
};

/* The step from the point that was reached to the next. Each step reads its two points anew, so that it gives what `diff` of the two
 * gives; false: the earlier one is no longer what it was. */
bool diff_chain_step(struct diff_chain *chain, const struct diff *diff, struct error *error);
/* Counts first_seen of all points. last: the diff of the last step. */
void diff_chain_count(struct diff_chain *chain, const struct diff *last);
/* Whole days from the capture of the point to that of the last; false where one is not known, or they are not in order. */
bool diff_chain_days(const struct diff_chain *chain, uint32_t point, uint64_t *days);
void diff_chain_free(struct diff_chain *chain);

#endif
