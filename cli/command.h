/* command: what the program's commands have in common: their table, options, messages, and the exit status.
 *
 * Only this room prints and decides the exit status: 0 done, 1 the gate says no, 2 bad usage or input, 3 verification failed,
 * 4 the system failed.
 */
#ifndef DOSSIER_CLI_COMMAND_H
#define DOSSIER_CLI_COMMAND_H

#include "collect/collect.h"
#include "core/error.h"

#include <getopt.h>

#define DOSSIER_VERSION "0.1.0"

enum { EXIT_DONE = 0, EXIT_GATE = 1, EXIT_INPUT = 2, EXIT_VERIFY = 3, EXIT_SYSTEM = 4 };

struct command {
	const char *name, *summary, *help;
	int (*run)(int argc, char **argv);
};

extern const struct command inspect_command, diff_command, build_command, verify_command, trace_command, list_command,
    extract_command, plan_command, controls_command;
extern const struct command sign_command, timestamp_command;
extern const struct command gate_command, policy_command, summary_command;
extern const struct command collect_command;

/* Options that every command knows. */
struct common {
	bool json;
	unsigned threads;
	int level;                 /* --level; 0: not given */
	const char *evidence_from; /* where evidence lies that the packet does not carry; NULL: not given */
	bool in_order;             /* set by a command where it matters between which options an argument stands */
};

enum {
	OPTION_JSON = 1000,
	OPTION_JOBS,
	OPTION_LEVEL,
	OPTION_MEMORY,
	OPTION_STATS,
	OPTION_TEMPLATES,
	OPTION_HELP,
	OPTION_EVIDENCE_FROM,
	OPTION_OWN
};
/* For the commands that compute something from a packet; next_option takes care of it. */
#define EVIDENCE_OPTION                                                                                                \
	{                                                                                                              \
		"evidence-from", required_argument, NULL, OPTION_EVIDENCE_FROM                                         \
	}
#define EVIDENCE_OPTION_HELP                                                                                           \
	"  --evidence-from DIR  evidence that the packet names but does not carry: files are known by their hash\n"
/* To be put at the head of a command's own option table. */
#define COMMON_OPTIONS                                                                                                 \
	{"json", no_argument, NULL, OPTION_JSON}, {"jobs", required_argument, NULL, OPTION_JOBS},                      \
	    {"memory", required_argument, NULL, OPTION_MEMORY}, {"stats", no_argument, NULL, OPTION_STATS},            \
	    {"templates", required_argument, NULL, OPTION_TEMPLATES},                                                  \
	{                                                                                                              \
		"help", no_argument, NULL, OPTION_HELP                                                                 \
	}

/* For the commands that compress evidence. */
#define LEVEL_OPTION                                                                                                   \
	{                                                                                                              \
		"level", required_argument, NULL, OPTION_LEVEL                                                         \
	}

/* Reads the next option: one of the command's own (its value), or -1 at the end, with optind at the first argument; common
 * ones are taken care of. OPTION_ERROR: said what is wrong; OPTION_STOP: help was printed. With in_order an argument is an option
 * too, OPTION_ARGUMENT with optarg; at the end optind is at those behind "--". */
enum { OPTION_ERROR = -2, OPTION_STOP = -3, OPTION_ARGUMENT = 1 /* getopt's own */ };
int next_option(int argc, char **argv, const struct option *options, const struct command *command,
                struct common *common);
/* The exit status of OPTION_ERROR or OPTION_STOP. */
int option_status(int option);

/* "dossier: FILE:LINE:COL: message" on stderr; returns the exit status of the error's kind. */
int report_error(const struct error *error);
int usage_error(const struct command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Says every warning of a snapshot on stderr; long lists are cut, with their number. */
void report_warnings(const struct snapshot *snapshot);
/* A file that was named by itself and cannot be read as evidence is an error: 2, after saying so. 0 otherwise. */
#define NAMED_FILE_UNREADABLE "cannot be read as evidence"
bool named_file_readable(const struct snapshot *snapshot, const char *path);
int judge_named_files(const struct snapshot *snapshot, const char *const *paths, size_t count);
/* Flushes stdout and prints what --stats asked for; EXIT_SYSTEM with a message if what was printed did not arrive. */
int finish_output(int status);

/* The collect() options of a command: threads, progress on a terminal. */
struct collect_options collect_options_of(const struct common *common);

#endif
