/* pages: the files of one export that a service wrote in pages.
 *
 * Pages are of one format and scope and say the same total. One that has a next link is joined, and then not cut off, when another page has none,
 * or the records of all add up to the total. Exports made unit by unit (a registry each) look the same, but what is missing from one of them no
 * other holds: files of one unit each are pages of one another only if it is the same unit, or if those with a next link make up just the total.
 *
 * Two captures of one export look like one with twice as many pages, but for this: they have two last pages, or twice the total of records.
 */
#ifndef DOSSIER_COLLECT_PAGES_H
#define DOSSIER_COLLECT_PAGES_H

#include "collect/snapshot.h"

/* What an input may be a page of. */
struct page_of {
	uint32_t export; /* its number; 0: none */
	bool once;       /* the other pages of that number are of the same capture: a later date is no later look */
	int64_t
	    before; /* it may stand for what was captured before that: INT64_MAX if it is whole, INSTANT_NONE if it is cut off; of a joined
	                    page, when those that make it whole were captured, so that what they are taken from is not among them */
};

/* Sets `joined`, and drops what joined pages warned of. For each input; on the heap, NULL if there are no inputs. Two inputs that cover one unit
 * are pages of one export if their numbers are equal and not 0. */
struct page_of *pages_join(struct snapshot *snapshot);

#endif
