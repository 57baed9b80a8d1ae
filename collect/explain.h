/* explain: how a file is read, for whoever writes a format's spec or doubts one: `dossier inspect --explain`.
 *
 * An observer: the reader tells it what it does while it reads (which formats bid, which record it met, the document that the
 * records waited for), and it keeps the answers. Nothing is read a second time or in another way.
 *
 * All texts are in the arena of the struct explain. One thread only. Values of a record that found a secret are withheld where
 * they may hold it, and so is a snippet, of which a finding keeps no more than a hash.
 */
#ifndef DOSSIER_COLLECT_EXPLAIN_H
#define DOSSIER_COLLECT_EXPLAIN_H

#include "collect/reading.h"

/* What one format says of the file. */
struct explained_bid {
	struct str format, spec; /* spec: "formats/acme.json" */
	int score;               /* 0: it does not bid */
	struct str why;          /* the conditions of the bid; of one that was not made the first that failed */
	size_t held;             /* conditions that hold */
};

struct explained_field {
	struct str name, value;
	struct str *sources; /* as the spec would write them; none: the reader's own, or an "else" */
	size_t source_count;
	bool withheld; /* value says why */
};

/* Records at one path. */
struct explained_path {
	struct str kind, at;
	uint64_t records;
};

/* The first record of one kind. */
struct explained_record {
	const struct record_spec *spec;
	struct str kind, at, pointer, bytes, problem; /* problem: why it is unreadable */
	uint64_t offset, length;
	int64_t document; /* its number in the file */
	const uint32_t *indexes;
	size_t index_count;
	struct explained_field *fields;
	size_t field_count, field_capacity;
};

struct explained_file {
	struct str name, format, spec; /* format: empty if no format bids */
	struct explained_bid *bids;    /* highest first; of the others those that come nearest first */
	size_t bid_count;
	struct explained_path *paths;
	size_t path_count;
	struct explained_record *records;
	size_t record_count;
	struct explained_field *fields; /* of the document */
	size_t field_count, field_capacity;
};

/* Zero-initialised is ready to use; explain_free when done. */
struct explain {
	struct arena arena;
	struct explained_file *files;
	size_t count, capacity;
};

/* Called by the reader, in this order. */
void explain_bids(struct explain *explain, const struct specs *specs, const struct sketch *sketch,
                  const struct walk_file *walked, const struct spec *chosen);
void explain_record(struct explain *explain, struct reading *reading, const struct record_spec *spec,
                    const struct frame_record *record);
void explain_resolve(struct explain *explain, struct reading *reading, struct documents *documents);

void explain_free(struct explain *explain);

#endif
