/* reading: the state of one file while it is read; shared by reader.c (the file), record.c (a record's own part) and
 * resolve.c (what waits for the whole document). Private to collect/.
 *
 *     record bytes --projection--> fields --+--> line, path, content, fingerprints, component   at once, in the finding
 *                                           |
 *                                           +--> blob: the fields that severity, status, subject ... come from
 *                                                      |   interned: most records share theirs
 *                              envelope (whole) -------+--> profile, once for each distinct blob, at the end
 *
 * So a rule that stands after its results is resolved all the same, in one pass, and once instead of for each record.
 */
#ifndef DOSSIER_COLLECT_READING_H
#define DOSSIER_COLLECT_READING_H

#include "collect/documents.h"
#include "collect/framing.h"
#include "collect/hook.h"
#include "collect/reader.h"
#include "core/json_names.h"
#include "core/sha256.h"

enum { UNREADABLE_LISTED = 10, KINDS_FIELD = 0xffff, PARENT_WORDS = 2 + EXPR_INDEXES };

/* What a finding's message will be made of, once its place is known. */
struct found_secret {
	uint32_t finding;
	bool has_value;
	unsigned char digest[SHA256_BYTES]; /* of the value */
};

struct reading {
	struct snapshot *out;
	const struct walk_file *file;
	const struct spec *spec;
	const struct framing *framing;
	struct explain *explain; /* NULL: nobody asks */
	struct reading *other;   /* of a desk's unused ones */

	/* Kept from file to file: memory, the shapes of records, what the framer looks for. */
	struct framings framings;
	struct arena arena;                  /* the file's life */
	struct arena record;                 /* reset for each record */
	struct projected projected, element; /* of a record; of one element of its `each` */
	struct json_names names;             /* of records that are read whole */
	struct field *merged;
	size_t merged_capacity;
	struct buf blob;

	bool *recognised; /* by number of the document: it has a record, or a place for some */
	size_t recognised_count, recognised_capacity;
	unsigned skipped;    /* bytes before the first decoded one */
	uint32_t facts_unit; /* of the last record of facts */
	uint64_t secrets;    /* records that found a secret */
	struct found_secret *found_secrets;
	size_t found_secret_count, found_secret_capacity;
	uint64_t failures; /* that the scanner reports of itself */
	struct strings blobs;
	struct tuples
	    parents; /* path number, document number, then the indexes of the array the record stands in, in it */
	struct str *parent_pointers; /* by parent number */
	uint32_t parent_capacity;
	uint32_t last_parent, next_index; /* of the current site */
	uint32_t first_parent;            /* of the first */
	int64_t captured;
	uint64_t unreadable_listed;
	struct str name_scope;   /* from the file's name, for lists of strings */
	struct str tool;         /* of the document */
	struct str tool_version; /* of the first record that gives one */
};

/* A snapshot of one input, of which nothing is known yet. */
struct input *reading_snapshot(struct snapshot *snapshot);

/* Ready for a file; with what an earlier one left behind, if there are desks (NULL: none). */
struct reading *reading_begin(struct desks *desks);
void reading_end(struct reading *r, struct desks *desks);

/* The record's own pointer: its path in the file with its indexes and names, without the last `drop` tokens. */
struct str record_pointer(struct reading *r, const struct frame_record *record, size_t drop);
/* The number of a row of parents, which has this pointer; and of a blob of another reading, whose parents have these numbers here. */
uint32_t reading_parent(struct reading *r, const uint32_t row[PARENT_WORDS], struct str pointer);
uint32_t reading_blob(struct reading *r, struct str blob, const uint32_t *parents);
/* The document that a record stands in; DOCUMENT_NONE if it is one. */
int64_t reading_document(const struct reading *r, const struct frame_record *record);
/* Something of the document of that number is read. */
void reading_recognise(struct reading *r, int64_t number);
/* A record's fields together with those of one element of its `each`, in r->merged; false: the element is not JSON. */
bool reading_element(struct reading *r, const struct record_spec *spec, const struct field *fields, size_t count,
                     const struct field *element, size_t *merged, struct json_fault *fault);
/* The text, or nothing if it is one of the spec's placeholders: for fingerprints, identity and snippet. */
struct str reading_given(const struct record_spec *spec, struct str text);
/* The field is one of those that identify its record, and its source gives it. */
bool reading_is_fingerprint(const struct record_spec *spec, const struct field *field);
/* What the record's hook makes of its texts, by field. */
void reading_hook(const struct record_spec *spec, void *state, struct evaluation *v, struct str *texts);
/* The server of a registry that a file's name names: itself, where the name is a server's, else that of the public cloud. */
struct str registry_server(struct arena *arena, struct str registry);
/* The sink of the framer. */
bool reading_record(void *context, const struct frame_record *record, struct error *error);
/* Counts a failure that the scan reports of itself and warns about the first few: what is gone is not known to be fixed. */
void reading_failure(struct reading *r, struct str pointer, struct str text);
/* Counts an unreadable record and warns about the first few. offset may be ERROR_NO_OFFSET. */
void reading_unreadable(struct reading *r, struct str pointer, uint64_t offset, const char *why, struct str value);
enum severity reading_severity(struct str word);
uint32_t reading_component(struct snapshot *s, const struct record_spec *spec, struct evaluation *v);
/* The row of the waiver that the texts (by field) tell of; 0: none. */
uint32_t reading_waiver(struct snapshot *s, const struct str *texts);
/* A probability in millionths; 0 for what is none. */
uint32_t reading_epss(struct str text);
void reading_set_path(struct snapshot *s, struct finding *f, struct str path);
/* Turns blobs into profiles, drops the findings whose blob is unreadable, adds units. envelopes: as documents_open takes them. */
void reading_resolve(struct reading *r, const cJSON *envelopes);

#endif
