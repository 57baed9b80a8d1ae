/* spoken_again: which files a later one speaks of again.
 *
 * Records that bear dates date a file that says nothing of its own time. So do pages of one export, and files that somebody cut in two,
 * and there a later date is no later look: only a file that speaks of some record again was made after the other.
 */
#ifndef DOSSIER_COLLECT_SPOKEN_AGAIN_H
#define DOSSIER_COLLECT_SPOKEN_AGAIN_H

#include "collect/snapshot.h"

/* On the heap, for each input: it has a date of its own, or a later file of its format holds a record of the same rule, subject and place,
 * or of the same id, as one of its. In the time that reading them once takes. */
bool *spoken_again(const struct snapshot *snapshot);

#endif
