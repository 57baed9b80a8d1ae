/* batches: the records of a large file, read by more than one thread where some have nothing else to do.
 *
 *     framer --> | records | records | records | ...      as they come, by the file's own thread
 *                     |         |         +---- read at once, where no thread is free
 *                     |         +-------------- or copied into a batch, which a free thread reads into a snapshot of its own
 *                     v         v
 *     batches are joined in the order of the file: all numbers are those that one thread would have given
 *
 * A batch with anything but findings that were read without a fault (facts, warnings, secrets) is read again by the file's own thread,
 * and no more are made of that file.
 */
#ifndef DOSSIER_COLLECT_BATCHES_H
#define DOSSIER_COLLECT_BATCHES_H

#include "collect/reading.h"

struct batches;

/* bytes: of records in a batch, and before the first; 0: as many as are worth it. The desks are where batches are read. */
struct batches *batches_begin(struct reading *r, struct desks *desks, uint64_t bytes);
/* The sink of the framer; context: the batches. */
bool batches_record(void *context, const struct frame_record *record, struct error *error);
/* When the framer has ended, whatever came of it: all records are in the reading. */
void batches_end(struct batches *batches);

#endif
