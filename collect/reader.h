/* reader: one evidence file, from bytes to a snapshot that holds this file alone.
 *
 * One pass: each block is hashed, compressed (when a spool is given), framed and projected while it is in cache. What is
 * wrong with the file's contents becomes warnings in the snapshot; an error is only what keeps the file from being
 * evidence at all (it cannot be opened or read, or it changes while it is read).
 */
#ifndef DOSSIER_COLLECT_READER_H
#define DOSSIER_COLLECT_READER_H

#include "collect/spec.h"
#include "collect/walk.h"

struct reader_options {
	const struct specs *specs;
	struct spool *spool; /* NULL: no compressed evidence */
	int level;
};

/* Fills in the snapshot (snapshot_init done by the reader; snapshot_free by the caller, also after an error). */
bool reader_read(struct snapshot *snapshot, const struct walk_file *file, const struct reader_options *options,
                 struct error *error);

#endif
