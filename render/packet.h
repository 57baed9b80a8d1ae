/* packet: reads what bag.h wrote, and judges what somebody says it wrote.
 *
 * A packet comes from outside: every name, size and count in it may be hostile. Nothing is ever written to disk, memory and
 * time are bounded:
 *   members              ARCHIVE_MEMBERS_MAX (250,000)
 *   name                 ARCHIVE_NAME_MAX (1,024 bytes)
 *   decompressed bytes   ARCHIVE_CONTENT_MAX(compressed): 256 MB and 1,000 times the bytes of the container
 *   zstd window          128 MB
 *   a manifest           PACKET_MANIFEST_MAX; a signature, bag-info.txt and the like PACKET_TAG_MAX
 * A packet that goes over one of them is refused with a reason.
 *
 * The container is a tar in zstd, ours (seekable) or anybody's, or a plain tar. It is read with libarchive.
 *
 * Errors: the file does not exist, is no file, or may not be read: ERROR_INPUT. Reading fails: ERROR_SYSTEM. The packet is
 * damaged: ERROR_VERIFY from the functions that read, a check that is not ok from packet_verify.
 */
#ifndef DOSSIER_RENDER_PACKET_H
#define DOSSIER_RENDER_PACKET_H

#include "core/arena.h"
#include "core/buf.h"
#include "core/error.h"
#include "core/file.h"
#include "core/sha256.h"
#include "core/str.h"
#include "render/archive.h"

#define PACKET_MANIFEST_MAX ((uint64_t)128 << 20)
#define PACKET_TAG_MAX ((uint64_t)1 << 20)

/* --- judging ---------------------------------------------------------------------------------------------------- */

struct verify_check {
	const char *name; /* one of the words below */
	bool ok;
	struct str detail; /* one line, no control characters; what was found, or why it is not ok */
};

/* The checks, always all of these and in this order:
 *   container  it can be read to its end, nothing is behind it, and no header is for all members (tar programs read it differently)
 *   layout     one folder; only files and folders; no name that is absolute, has `..`, control characters, a twin
 *   bagit      bagit.txt says BagIt 1.0, UTF-8
 *   payload    manifest-sha256.txt and the files under data/ are the same set, with the same hashes
 *   tags       tagmanifest-sha256.txt and the other files are the same set (but for itself and what is made over it: its .p7s
 *              and .tsr, signatures/)
 *   oxum       Payload-Oxum of bag-info.txt is the payload's size and count
 *   index      the seek table, where there is one, fits the frames
 *   signature  is over tagmanifest-sha256.txt; with a certificate given: there is one, by that certificate
 *   statements each in signatures/ is about this packet and signed (render/statement.h); with a certificate given: by it
 *   timestamp  is over tagmanifest-sha256.txt, and not before the signature's own time; with an authority given: there is one, by
 *              that authority
 *   evidence   where data/evidence-sha256.txt says that not all is here: what is here is what it says. Says what was redacted
 */
struct verify_report {
	bool ok; /* all checks are */
	struct verify_check *checks;
	size_t count;
	uint64_t members, bytes; /* files in the bag, their bytes */
	struct str folder;       /* the bag's folder */
	unsigned char
	    sha256[SHA256_BYTES]; /* of the container as a file; meaningful when the file could be read to its end */
	struct arena arena;       /* holds the strings; verify_report_free */
};

struct verify_options {
	const char
	    *cert_path; /* --cert; NULL: a signature is checked against the certificate inside, and may be absent */
	const char
	    *tsa_path; /* --tsa; NULL: a time stamp is checked against the certificate inside, and may be absent */
	unsigned jobs; /* threads; 0 and 1 are one */
	/* Told of every file in the bag's folder, once the end was reached; may be NULL. */
	void (*each)(void *context, struct str path, uint64_t size, const unsigned char sha256[SHA256_BYTES]);
	void *each_context;
};

/* False only when no judgement was possible (error says why). options may be NULL. path may be a pipe, and "-" is
 * standard input: the file is read once, in order. */
bool packet_verify(const char *path, const struct verify_options *options, struct verify_report *report,
                   struct error *error);
void verify_report_free(struct verify_report *report);

/* --- reading ---------------------------------------------------------------------------------------------------- */

struct packet;

/* Names are those inside the bag: "data/report.xml", "manifest-sha256.txt"; the bag's folder is left off. The first
 * member's name is looked at; with a seek table, only its bytes are read. NULL on error. */
struct packet *packet_open(const char *path, struct error *error);
void packet_close(struct packet *packet); /* NULL is allowed */
/* For one of many packets that are open at once: no file handle and no buffer is kept between reads (container_rest). */
void packet_rest(struct packet *packet);
/* Without a '/'. */
struct str packet_folder(const struct packet *packet);
/* Of its first file: seconds, what all files of a packet of ours have. */
int64_t packet_mtime(const struct packet *packet);
/* With a seek table in place, reading costs the frames that are asked for; otherwise everything before them. */
bool packet_seekable(const struct packet *packet);

/* A whole member. Refused when it is longer than max bytes. A member that is not there is ERROR_INPUT. */
bool packet_read_member(struct packet *packet, struct str name, struct buf *out, uint64_t max, struct error *error);
/* Bytes [offset, offset + length) of a member; all of them or an error. */
bool packet_read_range(struct packet *packet, struct str name, uint64_t offset, uint64_t length, struct buf *out,
                       struct error *error);
/* The member's size, without reading it. */
bool packet_member_size(struct packet *packet, struct str name, uint64_t *size, struct error *error);

/* The files in the order of the tar; the name lives as long as the packet. False: the packet is damaged. */
struct packet_member {
	struct str name;
	uint64_t size;
};
bool packet_members(struct packet *packet, const struct packet_member **members, size_t *count, struct error *error);

/* The members as files that many threads may open, by name and from any place. A packet without a seek table is first read into
 * a spool. NULL on error. The origin lives as long as the packet; no other function of this header may be in use at the same
 * time as threads read files. */
const struct file_origin *packet_origin(struct packet *packet, struct error *error);

/* Begins an archive with all that is in the packet (archive_take_over). */
bool packet_copy(struct packet *packet, struct archive_writer *archive, struct error *error);
/* A member as the frames it was written in (core/zframes.h), copied into the spool without decompressing them; sha256 is over the
 * frames. After packet_origin, by many threads at once. */
bool packet_copy_frames(struct packet *packet, struct str name, struct spool *spool, struct frame_list *frames,
                        unsigned char sha256[SHA256_BYTES], struct error *error);

/* Every member in the order of the tar. begin: its name and size; returns false to skip the bytes. data: its bytes in order,
 * as often as it takes; may be NULL. end: after the last of them, also of a skipped one; may be NULL. data and end return
 * false to stop: then packet_each_member returns true, or false if they have filled in the error. */
struct packet_visitor {
	void *context;
	bool (*begin)(void *context, struct str name, uint64_t size);
	bool (*data)(void *context, const void *bytes, size_t len, struct error *error);
	bool (*end)(void *context, struct error *error);
};
bool packet_each_member(struct packet *packet, const struct packet_visitor *visitor, struct error *error);

#endif
