/* verify: whether a packet is what it says it is. */
#include "cli/command.h"
#include "cli/compare.h"
#include "cli/terminal.h"
#include "core/templates.h"
#include "render/json.h"
#include "render/packet_schema.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int run(int argc, char **argv);

const struct command verify_command = {
    "verify", "whether a packet is whole, unchanged, and signed by whom",
    "usage: dossier verify [--json] [--cert CERT.pem] [--tsa TSA.pem] [--recompute] PACKET\n\n"
    "Reads the whole packet (- is standard input) and checks the container, the names, both manifests, the\n"
    "signature, and that its reports are valid XML.\n\n"
    "  --cert CERT.pem   the packet must be signed, by this certificate or one that it issued\n"
    "  --tsa TSA.pem     the packet must have a time stamp, by this authority's certificate or one that it issued\n"
    "  --recompute       computes the result anew from the packet's own evidence, and compares every file\n" EVIDENCE_OPTION_HELP
    "  --json            one JSON object on stdout\n"
    "  --jobs N          threads\n"
    "  --templates DIR   with --recompute: the templates that the packet was made with\n\n"
    "Exit status: 0 every check holds; 3 one does not; 2 bad usage, or no such file; 4 the system failed.\n",
    run};

static void print_people(const char *path, const struct verify_report *report)
{
	struct table table = {.columns = 3};
	for (size_t i = 0; i < report->count; i++) {
		const struct verify_check *check = &report->checks[i];
		table_cell(&table, check->ok ? TONE_GREEN : TONE_RED, "%s", check->ok ? "ok" : "FAILED");
		table_cell(&table, TONE_BOLD, "%s", check->name);
		table_str(&table, TONE_PLAIN, check->detail);
	}
	table_print(&table, stdout, false);
	table_free(&table);
	print_toned(stdout, report->ok ? TONE_GREEN : TONE_RED, "%s: %s\n", path,
	            report->ok ? "verified" : "NOT verified");
}

/* One more check behind the others, which is not ok: a packet that is damaged is not looked into. */
static struct verify_check *add_check(struct verify_report *report, const char *name)
{
	struct verify_check *checks = ARENA_ARRAY(&report->arena, struct verify_check, report->count + 1);
	struct verify_check *last = &checks[report->count];
	memcpy(checks, report->checks, sizeof(*checks) * report->count);
	*last = (struct verify_check){name, false, STR("not judged: the packet is not whole")};
	report->checks = checks;
	report->count++;
	return last;
}

static bool recompute(const char *path, const struct common *common, struct listing *found, bool whole,
                      struct verify_report *report, struct error *error)
{
	struct verify_check *check = add_check(report, "recompute");
	bool good = !whole || packet_recompute(path, common, found, &report->arena, check, error);
	report->ok = report->ok && check->ok;
	return good;
}

/* Who signed does not decide whether the files can be looked into. */
static bool files_are_whole(const struct verify_report *report)
{
	static const char *const names[] = {"container", "layout", "payload", "tags"};
	for (size_t i = 0; i < report->count; i++)
		for (size_t k = 0; k < sizeof(names) / sizeof(*names); k++)
			if (!report->checks[i].ok && !strcmp(report->checks[i].name, names[k])) return false;
	return true;
}

/* A pipe has gone by when its files are known. */
static bool judge_schema(const char *path, struct verify_report *report, struct error *error)
{
	struct stat info;
	struct str schema = STR_EMPTY;
	bool whole = files_are_whole(report);
	struct verify_check *check = add_check(report, "schema");
	if (!whole) return true;
	if (!strcmp(path, "-") || stat(path, &info) != 0 || !S_ISREG(info.st_mode)) {
		*check = (struct verify_check){"schema", true, STR("not judged: that takes a file, not a pipe")};
		return true;
	}
	struct packet *packet = packet_open(path, error);
	if (!template_find(STR("schema/report.xsd"), &schema)) schema = STR_EMPTY;
	bool good = packet && packet_schema(packet, schema, &report->arena, check, error);
	packet_close(packet);
	report->ok = report->ok && check->ok;
	return good;
}

static int run(int argc, char **argv)
{
	enum { OPTION_CERT = OPTION_OWN, OPTION_TSA, OPTION_RECOMPUTE };
	static const struct option options[] = {COMMON_OPTIONS,
	                                        EVIDENCE_OPTION,
	                                        {"cert", required_argument, NULL, OPTION_CERT},
	                                        {"tsa", required_argument, NULL, OPTION_TSA},
	                                        {"recompute", no_argument, NULL, OPTION_RECOMPUTE},
	                                        {0}};
	struct common common = {0};
	struct listing found = {0};
	struct verify_options verifying = {.each_context = &found};
	for (int option; (option = next_option(argc, argv, options, &verify_command, &common)) != -1;) {
		if (option == OPTION_CERT)
			verifying.cert_path = optarg;
		else if (option == OPTION_TSA)
			verifying.tsa_path = optarg;
		else if (option == OPTION_RECOMPUTE)
			verifying.each = listing_add;
		else
			return option == 'o' ? usage_error(&verify_command, "there is no option -o")
			                     : option_status(option);
	}
	if (argc - optind != 1) return usage_error(&verify_command, "name one packet");
	if (verifying.each && !strcmp(argv[optind], "-"))
		return usage_error(&verify_command, "--recompute needs a file, not a pipe");
	if (common.evidence_from && !verifying.each)
		return usage_error(&verify_command, "--evidence-from belongs to --recompute");
	verifying.jobs = common.threads;
	struct verify_report report;
	struct error error;
	bool good = packet_verify(argv[optind], &verifying, &report, &error), whole = good && report.ok;
	good = good && judge_schema(argv[optind], &report, &error) &&
	       (!verifying.each || recompute(argv[optind], &common, &found, whole, &report, &error));
	if (!good) {
		verify_report_free(&report);
		listing_free(&found);
		return report_error(&error);
	}
	listing_free(&found);
	int status = report.ok ? EXIT_DONE : EXIT_VERIFY;
	if (!common.json)
		print_people(argv[optind], &report);
	else if (!json_verify(str_from(argv[optind]), &report, sink_file(stdout), &error))
		status = report_error(&error);
	for (size_t i = 0; i < report.count; i++)
		if (!report.checks[i].ok)
			fprintf(stderr, "dossier: %s: %s: %.*s\n", argv[optind], report.checks[i].name,
			        STR_ARG(report.checks[i].detail));
	verify_report_free(&report);
	return finish_output(status);
}
