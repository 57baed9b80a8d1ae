/* bag: a BagIt 1.0 bag (RFC 8493) in an archive.
 *
 * Order in the tar:
 *   NAME/bagit.txt                                  first: says what this is
 *   NAME/data/...                                   the payload, in the order it is added
 *   NAME/bag-info.txt  NAME/VERIFY.txt  NAME/manifest-sha256.txt  NAME/tagmanifest-sha256.txt  [.p7s]  [signatures/...]  [.tsr]
 * A signed bag is the unsigned one and its .p7s.
 * The manifests come last because they hold the hashes of what went before: everything is written in one pass.
 *
 * Manifest lines are "HASH  PATH\n", sorted by the bytes of the path as it is in the tar, with CR, LF and % in paths
 * percent-encoded (RFC 8493, 2.1.3). CR and LF cannot occur (render/archive.h); VERIFY.txt undoes the % where there is one.
 *
 * One thread at a time. After an error only bag_abort may follow. Errors as in render/archive.h.
 */
#ifndef DOSSIER_RENDER_BAG_H
#define DOSSIER_RENDER_BAG_H

#include "render/archive.h"
#include "render/sign.h"

struct bag;

/* One line of bag-info.txt: Label: value. Control characters and line breaks in the value become blanks. */
struct bag_label {
	struct str label, value;
};

struct bag_options {
	struct str change_id; /* External-Identifier and the folder's name (bag_folder); empty: dossier-packet */
	int64_t as_of;        /* an instant (core/instant.h): Bagging-Date, the members' mtime, the signing time */
	struct str version;   /* Bag-Software-Agent: dossier VERSION */
	const struct bag_label
	    *labels; /* more lines for bag-info.txt, e.g. Source-Organization; empty values are left out */
	size_t label_count;
	struct str notes; /* paragraphs for VERIFY.txt, before its steps, each line ended; mostly empty */
	enum bag_evidence {
		BAG_EVIDENCE_WHOLE,
		BAG_EVIDENCE_LISTED, /* some of it is not carried: data/evidence-sha256.txt names all of it */
		BAG_EVIDENCE_NONE,   /* none is; the same */
	} evidence;
	int level; /* 0: ZFRAME_LEVEL */
	unsigned jobs;
	/* Told of every file when the bag is finished, the path from the bag's folder; may be NULL. */
	void (*each)(void *context, struct str path, uint64_t size, const unsigned char sha256[SHA256_BYTES]);
	void *each_context;
};

/* The bag's folder: `dossier-<change id>`, where bytes that a shell, a file system or a manifest would stumble over became
 * '_' (only A-Z a-z 0-9 . _ + , = @ - and valid UTF-8 above ASCII stay; at most 120 bytes); `dossier-packet` without id. */
struct str bag_folder(struct arena *arena, struct str change_id);

/* NULL on error. Strings in options are copied. path NULL: a dry run (render/archive.h). */
struct bag *bag_open(const char *path, const struct bag_options *options, struct error *error);

/* Payload. name is the path below data/, as in "report.pdf", "evidence/before/scan.sarif". */
bool bag_add(struct bag *bag, struct str name, struct str bytes, struct error *error);
bool bag_add_frames(struct bag *bag, struct str name, uint64_t size, const unsigned char sha256[SHA256_BYTES],
                    const struct frame_list *frames, struct spool *spool, struct error *error);

struct bag_result {
	unsigned char sha256[SHA256_BYTES]; /* of the packet as a file */
	uint64_t bytes;                     /* of the packet as a file */
	uint64_t payload_bytes, payload_files;
	char folder[128];
};

/* Writes the tag files, signs when signer is not NULL, puts the packet in its place. The bag is gone afterwards, also when
 * this fails. result may be NULL. */
bool bag_finish(struct bag *bag, const struct signer *signer, struct bag_result *result, struct error *error);
/* NULL is allowed. */
void bag_abort(struct bag *bag);

/* A path and its hash, as a manifest line needs it. */
struct bag_entry {
	struct str path; /* from the bag's folder: "data/evidence/before/scan.sarif" */
	unsigned char sha256[SHA256_BYTES];
};

/* Sorts the entries by the bytes of their paths and appends the manifest's lines. */
void bag_manifest(struct bag_entry *entries, size_t count, struct buf *out);

/* The evidence digest: SHA-256 over those manifest lines whose path starts with "data/evidence/", in manifest order, each
 * with its line feed; that is `grep -a '^.\{64\}  data/evidence/' manifest-sha256.txt | sha256sum`. Sorts the entries. Can
 * be computed before anything is written, so that the report can name it. hex gets 64 digits and a NUL. */
void bag_evidence_digest(struct bag_entry *entries, size_t count, char hex[SHA256_HEX + 1]);

#endif
