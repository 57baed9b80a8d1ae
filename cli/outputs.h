/* outputs: which files a packet holds, and in which order they are written. */
#ifndef DOSSIER_CLI_OUTPUTS_H
#define DOSSIER_CLI_OUTPUTS_H

#include "analyze/analyze.h"
#include "core/spool.h"
#include "render/bag.h"
#include "render/sign.h"

/* A file that shaped the result (--change, --exceptions ...), carried in the packet as it is. */
struct side_file {
	const char *option; /* "change" */
	const char *path;   /* NULL: not given */
};

/* What was asked for beside the files themselves; all of it is recorded in packet.json. Names are in the order given. */
struct build_choices {
	const char **frameworks; /* --framework */
	size_t framework_count;
	const char **also; /* --also: outputs that a packet holds only on request, by name */
	size_t also_count;
};

struct outputs {
	struct result *result;
	const struct build_choices *choices;
	struct spool *spool; /* of the compressed evidence */
	const struct side_file *side_files;
	size_t side_file_count;
	const struct signer *signer; /* NULL: not signed */
	unsigned threads;
};

/* SHA-256 over the manifest lines of the evidence, into result->evidence_digest. */
void outputs_evidence_digest(struct result *result);
/* result->options: a JSON object of what shaped the result, the same on every machine. */
bool outputs_options(struct result *result, const struct side_file *files, size_t count,
                     const struct build_choices *choices, struct error *error);
/* Whether --also knows the name; outputs_also_names lists those that it knows: "html, sarif". */
bool outputs_also_known(const char *name);
struct str outputs_also_names(struct arena *arena);
/* Writes the packet; nothing carries its name before it is whole. */
bool outputs_write(const struct outputs *outputs, const char *path, struct bag_result *written, struct error *error);

#endif
