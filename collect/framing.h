/* framing: what the framer looks for in a document of one spec, and which kind of record stands where. */
#ifndef DOSSIER_COLLECT_FRAMING_H
#define DOSSIER_COLLECT_FRAMING_H

#include "collect/spec.h"

enum { FRAMING_PATHS = 64 };

struct framing_path {
	const struct record_spec *record;
	struct str at;      /* in its document */
	struct str in_file; /* the same, unless the documents are a list's elements */
};

struct framing {
	struct frame_spec *frame;
	struct framing_path paths[FRAMING_PATHS]; /* by frame_record.path */
	size_t path_count;
	bool listed; /* the file's documents are the elements of a list */
};

/* The one of the last document, since many files are written alike. Zero-initialised is ready to use. */
struct framings {
	struct arena arena;
	const struct framing *last;
	const struct spec *spec;
	uint64_t choice;
};

/* Good until the next one. spec may be NULL: no records, the document is only walked. sketch: the document's, which decides
 * where the records are whose `at` is "first". listed: the documents are a list's elements. */
const struct framing *framing_of(struct framings *framings, const struct spec *spec, const struct sketch *sketch,
                                 bool listed);
void framings_free(struct framings *framings);

#endif
