/* pages: the files of one export that a service wrote in pages.
 *
 * Pages are of one format and scope and say the same total. One that has a next link is joined, and then not cut off, when another page has none,
 * or the records of all add up to the total. Exports made unit by unit (a registry each) look the same, but what is missing from one of them no
 * other holds: files of one unit each are pages of one another only if it is the same unit, or if those with a next link make up just the total.
 */
#ifndef DOSSIER_COLLECT_PAGES_H
#define DOSSIER_COLLECT_PAGES_H

#include "collect/snapshot.h"

/* Sets `joined`, and drops what joined pages warned of. Of each input the number of the export that it may be a page of, 0: none; on the heap,
 * NULL if there are no inputs. Two inputs that cover one unit are pages of one export if these numbers are equal and not 0. */
uint32_t *pages_join(struct snapshot *snapshot);

#endif
