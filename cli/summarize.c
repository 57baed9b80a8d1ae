/* summary: a packet's decision page in a terminal, in 24 lines. */
#include "cli/command.h"
#include "cli/recompute.h"
#include "cli/summary.h"
#include "render/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int run(int argc, char **argv);

const struct command summary_command = {
    "summary", "a packet's decision in 24 lines",
    "usage: dossier summary [--json] [--all] PACKET\n\n"
    "Computes the packet's result anew from its own evidence and options, and prints what page 1 of its report says: the verdict\n"
    "and which rules fail, what was not looked at, the effect by severity, exceptions, controls, objectives. Nothing is written.\n"
    "That the packet is what was sealed is for `dossier verify` to say. Lines end at 80 columns, and what 24 lines cannot hold is\n"
    "counted.\n\n"
    "In the table, `fixed` has in brackets how many of them the source itself says to pass; `not again` were not assessed again, what\n"
    "is `scope+` is in a scope that was not assessed before, and `common` is the change in what was assessed on both sides.\n\n"
    "  --all               all lines\n" EVIDENCE_OPTION_HELP
    "  --json              one JSON object on stdout: the verdict, as `dossier gate` prints it\n"
    "  --jobs N            threads (default: one for each processor)\n"
    "  --templates DIR     templates of your own, laid over the built-in ones\n\n"
    "Exit status: 0, also when the gate says no; 2 bad usage or input; 3 the packet is damaged; 4 the system failed.\n",
    run};

enum { OPTION_ALL = OPTION_OWN, LINES = 24, COLUMNS = 80 };
static const struct option options[] = {COMMON_OPTIONS, EVIDENCE_OPTION, {"all", no_argument, NULL, OPTION_ALL}, {0}};

static size_t count_lines(const char *text)
{
	size_t lines = 0;
	for (; (text = strchr(text, '\n')); text++) lines++;
	return lines;
}

/* What would not fit a terminal's line ends in an ellipsis. */
static void print_line(struct str line, bool all)
{
	size_t columns = 0, cut = 0;
	for (size_t i = 0; i < line.len; i++) {
		if (((unsigned char)line.ptr[i] & 0xc0) == 0x80) continue;
		if (columns == COLUMNS - 1) cut = i;
		columns++;
	}
	bool whole = all || columns <= COLUMNS;
	fwrite(line.ptr, 1, whole ? line.len : cut, stdout);
	fputs(whole ? "\n" : "…\n", stdout);
}

static void print_lines(const char *text, bool all)
{
	size_t lines = count_lines(text);
	for (size_t i = 0; *text && (all || lines <= LINES || i + 1 < LINES); i++) {
		size_t length = strcspn(text, "\n");
		print_line(str_of(text, length), all);
		text += length + (text[length] == '\n');
	}
	if (*text) printf("... and %zu more lines: --all, or page 1 of data/report.pdf\n", count_lines(text));
}

static bool print_summary(const struct result *result, bool all, struct error *error)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	if (!out) return error_errno(error, NULL, "cannot hold the summary in memory");
	summary_print(result, out);
	fclose(out);
	print_lines(text, all);
	free(text);
	return true;
}

static int run(int argc, char **argv)
{
	bool all = false;
	struct common common = {0};
	struct error error;
	for (int option; (option = next_option(argc, argv, options, &summary_command, &common)) != -1;) {
		if (option != OPTION_ALL) return option_status(option);
		all = true;
	}
	if (optind + 1 != argc) return usage_error(&summary_command, "one PACKET is needed");
	struct packet_facts facts;
	struct result result = {0};
	const char *packet = argv[optind];
	bool good = result_of_packet(packet, &common, &result, &facts, &error);
	if (good) packet_says_otherwise(&facts, packet);
	if (good && common.json) good = json_gate(&result, str_from(packet), sink_file(stdout), &error);
	if (good && !common.json) good = print_summary(&result, all, &error);
	int status = good ? EXIT_DONE : report_error(&error);
	result_free(&result);
	packet_facts_free(&facts);
	return finish_output(status);
}
