/* snapshots: what `dossier collect` writes and other commands read in place of folders (docs/snapshot-format.md).
 *
 * A snapshot is a bag like a packet (render/bag.h): the evidence, in the frames that a packet will hold, and beside each file the
 * records that were read from it. So it is checked with `dossier verify` and with stock tools, signed like a packet, and a
 * build copies frames and records instead of reading the evidence again.
 */
#ifndef DOSSIER_CLI_SNAPSHOTS_H
#define DOSSIER_CLI_SNAPSHOTS_H

#include "collect/collect.h"
#include "render/bag.h"

enum { SNAPSHOT_VERSION = 2, SNAPSHOT_MINOR = 0 };

/* The format specs in force, as one hash: records are what they made of the bytes. */
void snapshot_formats(char hex[SHA256_HEX + 1]);

/* Which of a folder's files go into this snapshot: part `number` of `of`. 1 of 1: all. */
struct snapshot_part {
	uint32_t number, of;
};
enum { SNAPSHOT_PARTS_MAX = 100000 };

struct snapshot_written {
	struct bag_result bag;
	uint64_t files, records, unreadable;
};

/* Reads folders (or files) and writes their snapshot, or a part of it. Warnings of the files go to `warn`, file by file. */
bool snapshot_write(const struct roots *roots, const char *path, struct snapshot_part part,
                    const struct collect_options *options, void (*warn)(const struct snapshot *snapshot),
                    struct snapshot_written *written, struct error *error);

/* For collect_options: a path that is a snapshot, or a folder of nothing else, stands for the evidence in it. A snapshot that is there
 * twice counts once; one of several parts that is missing, or that other format specs read, is an error. It lives as long as the
 * program: reports read texts from the snapshots. */
const struct collect_store *snapshots_store(void);

#endif
