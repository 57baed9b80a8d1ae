/* reader: one evidence file, from bytes to a snapshot that holds this file alone; a container gives one more for each member.
 *
 * One pass: each block is hashed, compressed (when a spool is given), framed and projected while it is in cache. What is
 * wrong with the file's contents becomes warnings in the snapshot; an error is only what keeps the file from being
 * evidence at all (it cannot be opened or read, or it changes while it is read).
 */
#ifndef DOSSIER_COLLECT_READER_H
#define DOSSIER_COLLECT_READER_H

#include "collect/spec.h"
#include "collect/walk.h"

struct explain;

/* What readers keep from one file to the next. Any number of threads may read with the same; it lives no longer than the specs. */
struct desks;
struct desks *desks_new(void);
void desks_free(struct desks *desks);

struct reader_options {
	const struct specs *specs;
	const struct file_origin *origin; /* where the files lie; NULL: the file system */
	struct spool *spool;              /* NULL: no compressed evidence */
	int level;
	struct desks *desks;     /* NULL: each file begins with nothing */
	struct explain *explain; /* notes how the file is read; NULL: nobody asks */
	uint64_t batch_bytes;    /* collect/batches.h */
};

/* The first snapshot is the file's; a container's has no records, and its members' follow in the byte order of their names.
 * Members are no evidence by themselves: their inputs have no frames. */
struct reader_parts {
	struct snapshot *snapshots;
	size_t count, capacity;
};

/* Fills in the parts; reader_parts_free by the caller, also after an error. */
bool reader_read(struct reader_parts *parts, const struct walk_file *file, const struct reader_options *options,
                 struct error *error);
/* Sets where the parts' inputs were reached: the last string that comes into each pool. reader_read does it itself. */
void reader_parts_reached(struct reader_parts *parts, const struct walk_file *file);
void reader_parts_free(struct reader_parts *parts);

#endif
