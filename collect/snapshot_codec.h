/* snapshot_codec: what was read from one file of evidence as bytes and back, so that it can be read on one machine and used on
 * another (docs/snapshot-format.md, "records"). The bytes depend on the file and the templates alone.
 *
 * Only snapshots as reader.h makes them, before they are appended and settled: what takes more than one file is done where all
 * are together.
 */
#ifndef DOSSIER_COLLECT_SNAPSHOT_CODEC_H
#define DOSSIER_COLLECT_SNAPSHOT_CODEC_H

#include "collect/reader.h"
#include "core/stream.h"

/* Where the bytes go, in pieces. */
struct snapshot_writer {
	void *context;
	bool (*write)(void *context, const void *bytes, size_t len, struct error *error);
};

/* Everything but where the file was reached, and its compressed evidence. */
bool snapshot_encode(const struct reader_parts *parts, const struct snapshot_writer *writer, struct error *error);
/* file says where it is reached from now on. path is for messages. ERROR_INPUT if the bytes are not what snapshot_encode
 * writes; whatever they are, nothing outside the parts is touched. reader_parts_free by the caller in any case. */
bool snapshot_decode(struct reader_parts *parts, const struct walk_file *file, const struct stream_source *source,
                     const char *path, struct error *error);

#endif
