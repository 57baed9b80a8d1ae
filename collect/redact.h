/* redact: copies of evidence in which values are replaced, before anything else reads them.
 *
 * What a report says must be provable from the evidence beside it, so redaction comes first: a file that holds values to be replaced
 * is read once, its copy goes to a spool, and from then on the copy is the evidence, through a struct file_origin. Of the original
 * its hash and size stay, and how many values each rule replaced.
 *
 * A rule says where (globs over paths below the side's folder, formats; none: everywhere) and what:
 *   patterns    PCRE2, over the text of JSON strings (unescaped), names of members and numbers, and over lines of other text.
 *               What a pattern matches becomes the marker; a number in which it matches becomes null.
 *   pointers    JSON Pointers (RFC 6901) with * for any member or element, letters without case. A string becomes the marker, a
 *               number, true or false becomes null; an object or array keeps its shape and all that is in it is replaced so.
 * JSON stays JSON with the same members and elements; where a name is changed, the second in an object and those after it get a
 * number, so that they do not become equal. Compressed text is compressed again, text in UTF-16 or UTF-32 becomes UTF-8.
 *
 * What cannot be looked through is an error: damaged compression, JSON of a known format that is malformed, bytes that are no text, a
 * container with such a value or with a member that is not read. What as_is names is carried unsearched, and that is known of it. A
 * file's name with such a value is an error too.
 *
 * Of a container the members and their names are looked through, not what else its format has a place for (comments, owners), nor the
 * header of a gzip in which nothing is replaced.
 *
 * Evidence is hostile and patterns are a person's: a match that takes too long (REDACT_MATCH_LIMIT) is an error, never no match.
 * Memory: a window of 1 MB, or the longest string up to REDACT_TOKEN_MAX.
 */
#ifndef DOSSIER_COLLECT_REDACT_H
#define DOSSIER_COLLECT_REDACT_H

#include "collect/walk.h"
#include "core/file.h"
#include "core/sha256.h"

enum {
	REDACT_RULES_MAX = 256,
	REDACT_POINTERS_MAX = 256, /* of all rules together */
	REDACT_TOKEN_MAX = 64 << 20,
	REDACT_MATCH_LIMIT = 1000000, /* PCRE2's steps for one text, and a hundred for each of its bytes */
};

struct specs;
struct spool;
struct redact_pattern; /* compiled */

struct redact_rule {
	struct str id, reason;
	const struct str *paths, *formats, *pointers;
	size_t path_count, format_count, pointer_count;
	struct redact_pattern **patterns;
	size_t pattern_count;
};

struct redact_rules {
	struct str marker;
	struct redact_rule *rules;
	size_t rule_count;
	const struct str *as_is; /* globs of paths: carried unsearched */
	size_t as_is_count;
};

/* NULL with what is wrong with it, and at which byte. A pattern that meets the empty text, or the marker, is refused. */
struct redact_pattern *redact_pattern_new(struct str text, struct str marker, char wrong[160], size_t *at);
void redact_pattern_free(struct redact_pattern *pattern);
/* NULL, or what is wrong with a pointer. */
const char *redact_pointer_fault(struct str pointer);

enum redact_state {
	REDACT_UNTOUCHED, /* no rule is about it */
	REDACT_SEARCHED,  /* nothing was found: it is the original */
	REDACT_REPLACED,
	REDACT_UNSEARCHED, /* it could not be looked through, and is carried as it is */
};

/* What became of one file. */
struct redact_copy {
	enum redact_state state;
	unsigned char original_sha256[SHA256_BYTES]; /* of one that is replaced */
	uint64_t original_bytes;
	const uint64_t *replaced; /* values, by rule; the redaction's */
};

struct redact;

/* The rules and the spool (of the copies) must outlive it. */
struct redact *redact_new(const struct redact_rules *rules, struct spool *spool);
void redact_free(struct redact *redact); /* NULL is allowed */
/* Looks a file through, and makes its copy where it takes one; of a refused one only the name. By many threads at once. */
bool redact_prepare(struct redact *redact, const struct walk_file *file, const struct specs *specs,
                    struct error *error);
/* Files as redact_prepare left them, by the path they are reached by; others as they are. Lives as long as the redaction. */
const struct file_origin *redact_origin(struct redact *redact);
/* What became of the file that is reached by this path. */
struct redact_copy redact_copy_of(struct redact *redact, struct str reached);
/* Whether text that is to stand beside the evidence holds what a rule for all files replaces: an error with the place in it. JSON is
 * looked through as JSON. name is for the message. */
bool redact_check(struct redact *redact, const char *name, struct str text, struct error *error);

#endif
