/* inspect: what is in these files, and what could not be read. */
#include "cli/command.h"
#include "cli/explain.h"
#include "cli/stats.h"
#include "cli/terminal.h"
#include "render/json.h"

#include <stdio.h>

static int run(int argc, char **argv);

const struct command inspect_command = {
    "inspect", "what is in these files: format, tool, records by status and severity, warnings",
    "usage: dossier inspect [--json] [--explain] FILE-OR-DIR...\n\n"
    "Reads every file as evidence would be read and says what it holds: format, tool and version, capture time, records by\n"
    "status, open findings by severity, and what could not be read. Folders are walked recursively, links are not followed.\n\n"
    "  --explain         how each file is read: which formats bid and why, where its records stand, and from where each field of\n"
    "                    the first record of each kind comes\n"
    "  --json            one JSON object on stdout\n"
    "  --jobs N          threads (default: one for each processor)\n"
    "  --memory LIMIT    256M, 2G ...: what grows with the records lies beyond it in a temporary file ($TMPDIR, else /tmp)\n"
    "  --stats           on stderr, where time and memory went\n"
    "  --templates DIR   format specs and other templates of your own, laid over the built-in ones\n\n"
    "Exit status: 0; 2 a file named by itself is in no known format or is malformed; 4 the system failed.\n",
    run};

static void print_file(struct table *table, const struct snapshot *s, const struct input *input)
{
	char when[40];
	table_str(table, TONE_PLAIN, snapshot_string(s, input->display));
	struct str format = snapshot_string(s, input->format);
	table_str(table, str_eq(format, STR("unknown")) ? TONE_YELLOW : TONE_PLAIN, format);
	table_str(table, TONE_PLAIN, snapshot_string(s, input->tool));
	table_cell(table, TONE_PLAIN, "%s",
	           input->captured == INSTANT_NONE ? "-" : instant_text(input->captured, when));
	table_cell(table, TONE_PLAIN, "%llu", (unsigned long long)input->records);
	table_cell(table, TONE_PLAIN, "%llu", (unsigned long long)input->by_status[STATUS_FAIL]);
	for (int k = 0; k < SEVERITY_COUNT; k++) {
		if (k == SEVERITY_INFO) continue;
		table_cell(table, k == SEVERITY_CRITICAL && input->by_severity[k] ? TONE_RED : TONE_PLAIN, "%llu",
		           (unsigned long long)input->by_severity[k]);
	}
	table_cell(table, input->unreadable ? TONE_RED : TONE_PLAIN, "%llu", (unsigned long long)input->unreadable);
}

static void print_people(const struct snapshot *s)
{
	static const char *const titles[] = {"file",     "format", "tool",   "captured", "records", "open",
	                                     "critical", "high",   "medium", "low",      "unknown", "unreadable"};
	struct table table = {.columns = 12};
	for (int i = 0; i < 12; i++) table_cell(&table, TONE_GREY, "%s", titles[i]);
	for (uint32_t i = 0; i < s->input_count; i++) print_file(&table, s, &s->inputs[i]);
	table_print(&table, stdout, true);
	table_free(&table);
	printf("%u %s, %u %s\n", s->input_count, s->input_count == 1 ? "file" : "files", s->warning_count,
	       s->warning_count == 1 ? "warning" : "warnings");
}

static int run(int argc, char **argv)
{
	enum { OPTION_EXPLAIN = OPTION_OWN };
	static const struct option options[] = {COMMON_OPTIONS, {"explain", no_argument, NULL, OPTION_EXPLAIN}, {0}};
	struct common common = {0};
	struct snapshot snapshot;
	struct error error;
	struct explain explain = {0};
	bool explaining = false;
	int option;
	while ((option = next_option(argc, argv, options, &inspect_command, &common)) == OPTION_EXPLAIN)
		explaining = true;
	if (option != -1)
		return option == 'o' ? usage_error(&inspect_command, "there is no option -o") : option_status(option);
	if (optind == argc) return usage_error(&inspect_command, "name at least one file or folder");
	struct collect_options collecting = collect_options_of(&common);
	if (explaining) {
		collecting.explain = &explain;
		collecting.threads = 1;
	}
	const char *const *paths = (const char *const *)argv + optind;
	size_t count = (size_t)(argc - optind);
	stats_stage("read");
	if (!collect(&snapshot, paths, count, &collecting, &error)) {
		snapshot_free(&snapshot);
		explain_free(&explain);
		return report_error(&error);
	}
	report_warnings(&snapshot);
	stats_stage("tell");
	int status = judge_named_files(&snapshot, paths, count);
	if (explaining)
		print_explanation(&explain, common.json);
	else if (!common.json)
		print_people(&snapshot);
	else if (!json_inspect(&snapshot, sink_file(stdout), &error))
		status = report_error(&error);
	snapshot_free(&snapshot);
	explain_free(&explain);
	return finish_output(status);
}
