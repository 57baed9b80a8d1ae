/* collect: folders and files of exports become one snapshot.
 *
 * Files are read in parallel and merged in the byte order of their paths, so the snapshot does not depend on threads. Then
 * what takes more than one file is settled: files equal to the byte count once, pages of one export are joined, a later
 * capture supersedes an earlier one, and each scope unit is assessed or not.
 */
#ifndef DOSSIER_COLLECT_COLLECT_H
#define DOSSIER_COLLECT_COLLECT_H

#include "collect/reader.h"
#include "collect/roots.h"
#include "core/spool.h"

struct explain;
struct redact;

/* Evidence that was read before, on another machine perhaps, and whose records are known (docs/snapshot-format.md). */
struct collect_store {
	void *context;
	/* The files of the walk from `from` on are those of one path that was given. Where they are snapshots, they are replaced by the
	 * files that these hold, sorted by path; else nothing happens. */
	bool (*expand)(void *context, struct walk *walk, size_t from, struct arena *arena, struct error *error);
	/* Whether it is a snapshot of a part of a folder. */
	bool (*is_part)(void *context, const char *path);
	/* What reader_read would give for a file that expand() put there. On many threads at once. */
	bool (*read)(void *context, const struct walk_file *file, struct spool *spool, struct reader_parts *parts,
	             struct error *error);
	/* Where such files and all others are opened; NULL: there are no such files. */
	const struct file_origin *(*origin)(void *context);
};

struct collect_options {
	unsigned threads;
	const struct collect_store *store; /* NULL: there is none */
	const struct file_origin *origin;  /* where the files lie; NULL: the file system */
	struct redact *
	    redact; /* replaces values before anything is read, in files of the file system; NULL: nothing is replaced */
	struct spool *spool;     /* compressed evidence goes there; NULL: none is kept */
	int level;               /* of zstd */
	struct explain *explain; /* notes how each file is read (with one thread); NULL: nobody asks */
	/* After each file, on any thread, one at a time; may be NULL. */
	void (*progress)(void *context, const char *path, uint64_t files_done, uint64_t files);
	void *progress_context;
};

/* paths: folders, walked recursively, or files. The snapshot is initialised here; snapshot_free also after an error. */
bool collect(struct snapshot *snapshot, const char *const *paths, size_t count, const struct collect_options *options,
             struct error *error);

/* Both sides of a change at once, so that two large files are read side by side. Both snapshots are initialised, also after an
 * error. */
bool collect_pair(struct snapshot sides[SIDE_COUNT], const struct roots roots[SIDE_COUNT],
                  const struct collect_options *options, struct error *error);

/* The same for files that are known: of each side a list, sorted by path. Those marked as refused are warned about. */
bool collect_walked(struct snapshot sides[SIDE_COUNT], const struct walk walks[SIDE_COUNT],
                    const struct collect_options *options, struct error *error);

/* Reads the files without putting them together: each() gets every file's parts, which it may change but not keep, in the order of
 * the walk, on any thread, one at a time. Refused files have none. */
bool collect_each(const struct walk *walk, const struct collect_options *options,
                  bool (*each)(void *context, const struct walk_file *file, struct reader_parts *parts,
                               struct error *error),
                  void *context, struct error *error);

/* Appends what `from` holds (its numbers are changed on the way) and frees it. Duplicate files keep only their input. */
void snapshot_append(struct snapshot *into, struct snapshot *from);
/* Only findings, and what they name; profiles: the numbers of theirs in `into`. goes_on: the first is on the last one's site. */
void snapshot_append_findings(struct snapshot *into, const struct snapshot *from, const uint32_t *profiles,
                              bool goes_on);
/* Settles duplicates, pages, captures and units; collect() does it itself. */
void snapshot_settle(struct snapshot *snapshot);

/* Bytes [from, from + length) of a file of evidence, or of a container's member (empty: of the file itself), decoded,
 * appended to out; all of them or an error: the file has gone or has changed its size. A compressed file is decompressed up to there, a
 * container read up to the member. */
bool evidence_read(const struct file_origin *origin, const char *path, struct str member, uint64_t from,
                   uint64_t length, struct buf *out, struct error *error);

#endif
