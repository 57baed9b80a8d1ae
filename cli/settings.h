/* settings: the options of `build` that shape the result. They are written into packet.json, so that the result can be
 * computed again from the packet alone (cli/recompute.h): an option that changes a byte of any output belongs here.
 *
 *     {"as_of":"2026-03-09T12:00:00Z","change":{"path":"data/options/change.json","sha256":"..."},
 *      "frameworks":["MCSB",{"path":"data/options/framework-2.json","sha256":"..."}]}
 */
#ifndef DOSSIER_CLI_SETTINGS_H
#define DOSSIER_CLI_SETTINGS_H

#include "analyze/analyze.h"

#include <cjson/cJSON.h>

/* A file that shaped the result (--change, --exceptions ...), carried in the packet as it is. */
struct side_file {
	const char *option; /* "change" */
	const char *path;   /* NULL: not given; a policy's may be the name of a ready one */
	const char *name;   /* its name in the packet, where it is read from one: "CODEOWNERS"; else NULL */
};

enum {
	SETTING_CHANGE,
	SETTING_EXCEPTIONS,
	SETTING_OWNERS,
	SETTING_POLICY,
	SETTING_KEV,
	SETTING_PREVIOUS,
	SETTING_FILES
};

/* Strings are borrowed. Lists are in the order given. */
struct settings {
	int64_t as_of; /* INSTANT_NONE: the latest capture */
	struct side_file files[SETTING_FILES];
	const char **frameworks; /* --framework: a name, or a file's path */
	size_t framework_count;
	struct side_file *framework_files; /* for each framework; its path is NULL where it is a name */
	const char *marking;               /* --marking, or NULL */
	const char **also;                 /* --also: outputs that a packet holds only on request, by name */
	size_t also_count;
	const char *language; /* --lang: of report.pdf and report.html; NULL: "en" */
	const char *paper;    /* --paper: of report.pdf; NULL: "a4" */
	const char *evidence; /* --evidence: which files are carried; NULL: "full" */
};

/* Whether there are texts in this language (templates/report/LANGUAGE.json). */
bool settings_language_known(const char *language);
bool settings_paper_known(const char *paper);
bool settings_evidence_known(const char *evidence);

void settings_none(struct settings *settings);
/* Tells files from names in frameworks: fills framework_files in. */
void settings_frameworks(struct settings *settings, struct arena *arena);
struct analyze_options settings_analysis(const struct settings *settings, unsigned threads);
/* result->options: a JSON object, the same on every machine. */
bool settings_record(const struct settings *settings, struct result *result, struct error *error);
/* Back from that object; packet is for messages, strings are copied into the arena. The paths of the files become their names in
 * the packet ("data/options/change.json"). An option that this version does not know is ERROR_VERIFY: its result cannot be
 * computed here. */
bool settings_read(struct settings *settings, const cJSON *options, const char *packet, struct arena *arena,
                   struct error *error);

/* A whole side file; at most 16 MB. */
bool side_file_read(const struct side_file *file, struct buf *out, struct error *error);
/* Its name below data/options: the option's, or the one people know it by. */
struct str side_file_name(const struct side_file *file, struct str text, struct arena *arena);

#endif
