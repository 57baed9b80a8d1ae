/* frame: from a stream of bytes to the byte ranges of its records, in flat memory.
 *
 * A spec says at which paths a document holds records ("/runs/" "*" "/results/" "*") and which subtrees beside them
 * are worth keeping ("/runs/" "*" "/tool"). frame_run walks the document once, hands each record's bytes to the sink,
 * and leaves the rest, the envelope, as a small JSON text for cJSON:
 *
 *     {"$schema":"..","runs":[{"tool":{..},"artifacts":[..],"results":[{..},{..},{..}]}]}
 *     {               "runs":[{"tool":{..},                  "results":[]}]}                        the envelope
 *
 * Records are not validated, only measured: project() judges them one at a time, and a bad one does not end the
 * reading as long as its brackets and quotes balance. All else is validated as strictly as json.h does, also what is
 * left out.
 *
 * Memory: a window of about 1 MB, which grows for a record larger than that, up to max_record, and shrinks again; and
 * the envelope. Neither depends on the size of the input. A single string, number or member of any size is no
 * problem.
 */
#ifndef DOSSIER_CORE_FRAME_H
#define DOSSIER_CORE_FRAME_H

#include "core/buf.h"
#include "core/error.h"
#include "core/json.h"

struct arena;
struct frame_spec;

/* Where the bytes come from. read puts between 1 and capacity bytes at dst; *got = 0 means the end. It returns false
 * on an I/O error, with the error filled in. It sees every byte of the input once and in order, so it may hash them
 * too. */
struct frame_source {
	void *context;
	bool (*read)(void *context, char *dst, size_t capacity, size_t *got, struct error *error);
};

/* A record. All pointers are the framer's and good until the sink returns. */
struct frame_record {
	int path;           /* as frame_spec_record gave it */
	size_t index_count; /* one for each "*" of the path; the last is the record's own if the path ends in "*" */
	const uint32_t
	    *indexes; /* array index, or ordinal of the member in its object; UINT32_MAX and more are UINT32_MAX */
	const struct str
	    *names;       /* raw member name for a "*" that met an object, else empty; also empty if over 64 KB */
	uint64_t root;    /* ordinal of the root value it is in: 0, unless the input is a sequence */
	uint64_t offset;  /* of its first byte in the input */
	struct str bytes; /* exactly the value, no white space around it */
	uint64_t length;  /* its length in the input; bytes.len unless too_large */
	bool too_large;   /* longer than max_record: bytes hold only its beginning (at most FRAME_HEAD bytes) */
};

enum { FRAME_HEAD = 4096 };

/* Where records go. record returns false to stop; then it has filled in the error. */
struct frame_sink {
	void *context;
	bool (*record)(void *context, const struct frame_record *record, struct error *error);
};

/* What to look for; paths as in pathtrie.h. A spec is built once and then only read, by any number of threads.
 * ignore_case: ASCII letters of member names are compared without case. sequence: the input is any number of root
 * values one after another (NDJSON); otherwise bytes after the first are a fault. */
struct frame_spec *frame_spec_new(struct arena *arena, bool ignore_case, bool sequence);
/* A path of records; "" makes the root value (each root value of a sequence) a record. Its number, dense from 0, for
 * frame_record.path; the same path again has the same number; -1 if it is not a path. A value on several record paths
 * is one record, of the lowest number. A record is not looked into: paths that go on inside of it find nothing
 * there. */
int frame_spec_record(struct frame_spec *spec, struct str pointer);
/* A subtree to copy into the envelope, as it is. Where record paths go on inside of it, the records are left out:
 * keep "" with records at "/items/" "*" is the whole document with "items":[]. False if it is not a path. */
bool frame_spec_keep(struct frame_spec *spec, struct str pointer);

/* Zero means the default. */
struct frame_options {
	uint64_t max_record; /* 64 MB */
	size_t max_envelope; /* 64 MB */
	size_t window;       /* 1 MB; at least 64 */
};

enum frame_state {
	FRAME_OK,
	FRAME_TRUNCATED, /* the input ended inside of the document: all complete records have been delivered */
	FRAME_MALFORMED, /* no longer JSON, nested too deep, a declared member twice, or the envelope too big */
	FRAME_STOPPED,   /* the sink said so */
	FRAME_IO,        /* the source failed */
};

struct frame_result {
	enum frame_state state;
	uint64_t offset;          /* of what is wrong; for FRAME_OK and FRAME_TRUNCATED the length of the input */
	uint32_t line, column;    /* of that offset, from 1, column in bytes */
	char pointer[256];        /* JSON Pointer of the innermost value on the declared paths there; cut with "…" */
	char message[160];        /* what was expected; empty for FRAME_OK */
	uint64_t bytes;           /* read from the source */
	uint64_t records;         /* delivered, too_large ones included */
	bool empty;               /* no value at all: no bytes, or only white space (state is then FRAME_OK) */
	enum json_kind root_kind; /* of the first root value; meaningless if empty */
	uint64_t root_values;     /* complete ones */
};

/* Walks the source to its end. The envelope (may be NULL) is appended to, as one JSON value that cJSON can parse
 * whatever the state: on a fault, what is open is closed and a name without a value is dropped. With keep paths and a
 * sequence it is an array with the envelope of each root value; without keep paths a sequence has no envelope
 * (nothing is appended), and it is the same for an empty input, a root value that is itself a record, and one that is
 * wrong from its first byte on.
 *
 * What the envelope holds: objects and arrays on the way to declared paths, elements at their index (null where
 * nothing is declared), kept subtrees; an array of records is [] and an object of records {}; null, true and false in
 * the place of a container on the way are kept; all else is left out. A member name of over 64 KB on the way counts
 * as empty. A UTF-8 byte order mark before the first value is passed over.
 *
 * True for OK, TRUNCATED and MALFORMED: the input has been judged, and result says how. False for STOPPED and IO,
 * with the error filled in by the sink or the source. The result is always filled in. */
bool frame_run(const struct frame_spec *spec, const struct frame_source *source, const struct frame_sink *sink,
               const struct frame_options *options, struct buf *envelope, struct frame_result *result,
               struct error *error);

/* The kernel that measures records: "scalar", "sse2", "avx2", "avx512". All give the same answers; the best one that
 * the machine has is used without asking. For tests and benchmarks, before any other thread runs: false if there is
 * no such kernel here; NULL goes back to the best. */
bool frame_use_kernel(const char *name);
/* The name of the one in use. */
const char *frame_kernel_name(void);

#endif
