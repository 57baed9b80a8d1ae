/* build: from two folders of evidence to one sealed packet. */
#include "analyze/analyze.h"

#include "cli/command.h"
#include "cli/outputs.h"
#include "cli/previous.h"
#include "cli/redacting.h"
#include "cli/sides.h"
#include "cli/stats.h"
#include "cli/summary.h"
#include "cli/terminal.h"
#include "core/large.h"
#include "core/utf8.h"
#include "render/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int run(int argc, char **argv);

const struct command build_command = {
    "build", "one sealed packet: reports, findings, and the evidence itself",
    "usage: dossier build --before B --after A [OPTION]... -o PACKET.tar.zst\n\n"
    "Reads both sides, computes what changed, judges it against the gate, and writes one packet: a BagIt bag in a tar.zst with\n"
    "report.pdf, report.xml, findings.csv, OSCAL, ARF, packet.json and the evidence, untouched. The packet is written also when the\n"
    "gate says no.\n\n"
    "  --before B, --after A    folders, files or snapshots of evidence; each may be given several times, and all together are the side\n"
    "  -o PACKET.tar.zst        where to write; an existing packet is replaced only by a whole one\n"
    "  --change FILE            who, what for, within which bounds: owner, window, scope, expectations, objectives\n"
    "  --exceptions FILE        accepted risks with owner, approver, ticket and expiry\n"
    "  --owners FILE            who owns which subject: {\"owners\":[{\"match\":{...},\"owner\":\"...\"}]}, or a CODEOWNERS file\n"
    "  --policy FILE|NAME       the gate's rules, or a ready policy: default, strict, observe (default: default)\n"
    "  --kev FILE               CISA's catalogue of known exploited vulnerabilities, for rules that ask for it\n"
    "  --framework NAME         a framework of controls, or a file of one's own; may be given several times (default: MCSB)\n"
    "  --also NAME              another output in the packet: html, sarif, junit ...; may be given several times\n"
    "  --previous PACKET        the packet before this one: its hash is recorded, its after side held against our before side\n"
    "  --marking TEXT           who may see it: on every page of the PDF, and in each output that has a place for it\n"
    "  --lang LANGUAGE          of report.pdf and report.html: en, de, or a file report/LANGUAGE.json of --templates (default: en)\n"
    "  --paper a4|letter        of report.pdf (default: a4)\n"
    "  --redact FILE            values to be replaced in the copies of evidence, before anything else reads them\n"
    "  --evidence WHICH         which evidence the packet carries: full, referenced (what the report rests on) or none; the\n"
    "                           hashes of all are always named (default: full)\n"
    "  --sign KEY.pem --cert CERT.pem   a detached CMS signature over the tag manifest (`dossier sign` does it later)\n"
    "  --chain CERTS.pem        certificates that lead from the signer's to one that is trusted\n"
    "  --passphrase-file FILE   its first line opens the key\n"
    "  --as-of TIME             the time at which all is judged (default: SOURCE_DATE_EPOCH, else the latest capture)\n"
    "  --json                   one JSON object on stdout\n"
    "  --jobs N                 threads (default: one for each processor); the packet does not depend on it\n"
    "  --memory LIMIT           256M, 2G ...: what grows with the records lies beyond it in a temporary file beside the packet\n"
    "  --level N                how hard the evidence is compressed, 1 to 19 (zstd; default: 1)\n"
    "  --stats                  on stderr, where time and memory went\n"
    "  --templates DIR          templates of your own, laid over the built-in ones\n\n"
    "Exit status: 0; 1 the gate says no; 2 bad usage or input; 4 the system failed.\n",
    run};

enum {
	OPTION_BEFORE = OPTION_OWN,
	OPTION_AFTER,
	OPTION_CHANGE,
	OPTION_EXCEPTIONS,
	OPTION_OWNERS,
	OPTION_POLICY,
	OPTION_KEV,
	OPTION_PREVIOUS,
	OPTION_MARKING,
	OPTION_SIGN,
	OPTION_CERT,
	OPTION_CHAIN,
	OPTION_PASSPHRASE,
	OPTION_AS_OF,
	OPTION_FRAMEWORK,
	OPTION_ALSO,
	OPTION_LANG,
	OPTION_PAPER,
	OPTION_REDACT,
	OPTION_EVIDENCE
};

static const struct option options[] = {COMMON_OPTIONS,
                                        LEVEL_OPTION,
                                        {"before", required_argument, NULL, OPTION_BEFORE},
                                        {"after", required_argument, NULL, OPTION_AFTER},
                                        {"change", required_argument, NULL, OPTION_CHANGE},
                                        {"exceptions", required_argument, NULL, OPTION_EXCEPTIONS},
                                        {"owners", required_argument, NULL, OPTION_OWNERS},
                                        {"policy", required_argument, NULL, OPTION_POLICY},
                                        {"previous", required_argument, NULL, OPTION_PREVIOUS},
                                        {"marking", required_argument, NULL, OPTION_MARKING},
                                        {"kev", required_argument, NULL, OPTION_KEV},
                                        {"sign", required_argument, NULL, OPTION_SIGN},
                                        {"cert", required_argument, NULL, OPTION_CERT},
                                        {"chain", required_argument, NULL, OPTION_CHAIN},
                                        {"passphrase-file", required_argument, NULL, OPTION_PASSPHRASE},
                                        {"as-of", required_argument, NULL, OPTION_AS_OF},
                                        {"framework", required_argument, NULL, OPTION_FRAMEWORK},
                                        {"also", required_argument, NULL, OPTION_ALSO},
                                        {"lang", required_argument, NULL, OPTION_LANG},
                                        {"paper", required_argument, NULL, OPTION_PAPER},
                                        {"redact", required_argument, NULL, OPTION_REDACT},
                                        {"evidence", required_argument, NULL, OPTION_EVIDENCE},
                                        {"output", required_argument, NULL, 'o'},
                                        {0}};

struct arguments {
	struct common common;
	struct sides sides;
	const char *output, *previous, *redact;
	struct signer_files signing;
	struct settings settings;
	struct arena arena;
};

/* Appends to a list of names, which has room for one for each argument. A second time changes nothing. */
static void add_name(struct arguments *a, int argc, const char ***names, size_t *count, const char *name)
{
	if (!*names) *names = ARENA_ARRAY(&a->arena, const char *, (size_t)argc);
	for (size_t i = 0; i < *count; i++)
		if (!strcmp((*names)[i], name)) return;
	(*names)[(*count)++] = name;
}

/* It stands in the head of each page. */
static bool is_marking(struct str text)
{
	enum { LONGEST = 80 };
	bool good = text.len && text.len <= LONGEST && utf8_first_invalid(text) == SIZE_MAX;
	for (size_t i = 0; i < text.len; i++) good = good && (unsigned char)text.ptr[i] >= 0x20 && text.ptr[i] != 0x7f;
	return good;
}

static bool read_as_of(const char *text, int64_t *out) { return instant_parse(str_from(text), out) && *out >= 0; }

/* EXIT_DONE, or the status to end with; *stop says that there is nothing to do. */
static int read_arguments(int argc, char **argv, struct arguments *a, bool *stop)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	*a = (struct arguments){.arena = {0}};
	settings_none(&a->settings);
	*stop = true;
	if (epoch && epoch[0] && !read_as_of(epoch, &a->settings.as_of))
		return usage_error(&build_command, "SOURCE_DATE_EPOCH is no number of seconds: \"%s\"", epoch);
	for (int option; (option = next_option(argc, argv, options, &build_command, &a->common)) != -1;) {
		switch (option) {
		case OPTION_BEFORE: root_list_add(&a->sides.of[SIDE_BEFORE], optarg); break;
		case OPTION_AFTER: root_list_add(&a->sides.of[SIDE_AFTER], optarg); break;
		case OPTION_CHANGE: a->settings.files[SETTING_CHANGE].path = optarg; break;
		case OPTION_EXCEPTIONS: a->settings.files[SETTING_EXCEPTIONS].path = optarg; break;
		case OPTION_OWNERS: a->settings.files[SETTING_OWNERS].path = optarg; break;
		case OPTION_POLICY: a->settings.files[SETTING_POLICY].path = optarg; break;
		case OPTION_PREVIOUS: a->previous = optarg; break;
		case OPTION_MARKING: a->settings.marking = optarg; break;
		case OPTION_KEV: a->settings.files[SETTING_KEV].path = optarg; break;
		case OPTION_SIGN: a->signing.key = optarg; break;
		case OPTION_CERT: a->signing.cert = optarg; break;
		case OPTION_CHAIN: a->signing.chain = optarg; break;
		case OPTION_PASSPHRASE: a->signing.passphrase = optarg; break;
		case 'o': a->output = optarg; break;
		case OPTION_FRAMEWORK:
			add_name(a, argc, &a->settings.frameworks, &a->settings.framework_count, optarg);
			break;
		case OPTION_ALSO:
			if (!outputs_also_known(optarg))
				return usage_error(&build_command, "--also knows no output \"%s\", only: %s", optarg,
				                   str_cstr(&a->arena, outputs_also_names(&a->arena)));
			add_name(a, argc, &a->settings.also, &a->settings.also_count, optarg);
			break;
		case OPTION_LANG: a->settings.language = optarg; break;
		case OPTION_REDACT: a->redact = optarg; break;
		case OPTION_EVIDENCE: a->settings.evidence = strcmp(optarg, "full") ? optarg : NULL; break;
		case OPTION_PAPER: a->settings.paper = optarg; break;
		case OPTION_AS_OF:
			if (!read_as_of(optarg, &a->settings.as_of))
				return usage_error(&build_command,
				                   "--as-of is no time (2026-03-09, 2026-03-09T12:00:00Z): \"%s\"",
				                   optarg);
			break;
		default: return option_status(option);
		}
	}
	if (optind < argc)
		return usage_error(&build_command, "there is no argument \"%s\" to this command", argv[optind]);
	if (!a->sides.of[SIDE_BEFORE].count || !a->sides.of[SIDE_AFTER].count)
		return usage_error(&build_command, "--before and --after are needed");
	if (a->settings.language && !settings_language_known(a->settings.language))
		return usage_error(&build_command, "--lang: there are no texts in \"%s\" (report/LANGUAGE.json)",
		                   a->settings.language);
	if (a->settings.paper && !settings_paper_known(a->settings.paper))
		return usage_error(&build_command, "--paper is a4 or letter, not \"%s\"", a->settings.paper);
	if (a->settings.evidence && !settings_evidence_known(a->settings.evidence))
		return usage_error(&build_command, "--evidence is full, referenced or none, not \"%s\"",
		                   a->settings.evidence);
	if (!a->output) return usage_error(&build_command, "-o PACKET.tar.zst is needed");
	if (a->settings.marking && !is_marking(str_from(a->settings.marking)))
		return usage_error(&build_command,
		                   "--marking is one line of 1 to 80 bytes, UTF-8 without control characters");
	if (!a->signing.key != !a->signing.cert)
		return usage_error(&build_command, "--sign and --cert belong together");
	if (!a->signing.key && (a->signing.chain || a->signing.passphrase))
		return usage_error(&build_command, "--chain and --passphrase-file belong to --sign");
	settings_frameworks(&a->settings, &a->arena);
	*stop = false;
	return EXIT_DONE;
}

static bool tell(const struct arguments *a, const struct result *result, const struct bag_result *written,
                 struct error *error)
{
	char hex[SHA256_HEX + 1];
	hex_of(written->sha256, SHA256_BYTES, hex);
	if (a->common.json) return json_build(result, str_from(a->output), str_from(hex), sink_file(stdout), error);
	summary_print(result, stdout);
	printf("\npacket    %s (%llu bytes)\nsha256    %s\nevidence  %s\n", a->output,
	       (unsigned long long)written->bytes, hex, result->evidence_digest);
	return true;
}

static bool judge(const struct sides *sides, const struct result *result, struct error *error)
{
	for (int side = 0; side < SIDE_COUNT; side++) {
		report_warnings(&result->sides[side]);
		const struct root_list *roots = &sides->of[side];
		for (size_t i = 0; i < roots->count; i++)
			if (!named_file_readable(&result->sides[side], roots->paths[i]))
				return error_set(error, ERROR_INPUT, roots->paths[i], NAMED_FILE_UNREADABLE);
	}
	return true;
}

static bool write_packet(const struct arguments *a, struct result *result, struct spool *spool,
                         const struct signer *signer, struct error *error)
{
	struct bag_result written;
	outputs_evidence_digest(result);
	struct outputs outputs = {
	    .result = result, .settings = &a->settings, .spool = spool, .signer = signer, .threads = a->common.threads};
	terminal_progress("writing %s", a->output);
	bool good = outputs_write(&outputs, a->output, &written, error);
	terminal_progress_end();
	stats_stage("tell");
	return good && tell(a, result, &written, error);
}

static bool build(struct arguments *a, struct result *result, struct spool *spool, struct error *error)
{
	struct signer *signer = NULL;
	struct redaction redaction;
	struct collect_options collecting = collect_options_of(&a->common);
	collecting.spool = spool;
	if (a->signing.key && !(signer = signer_open(&a->signing, error))) return false;
	struct analyze_options analyzing = settings_analysis(&a->settings, a->common.threads);
	bool good = redaction_open(&redaction, a->redact, &a->settings, spool, &a->arena, error);
	collecting.redact = redaction.redact;
	stats_stage("read");
	good = good && sides_collect(&a->sides, result->sides, &collecting, error) && judge(&a->sides, result, error);
	if (good && redaction.redact) custody_of_redaction(result, &redaction.rules, redaction.redact);
	stats_stage("compare and judge");
	good = good && analyze(result, &analyzing, error) && settings_record(&a->settings, result, error);
	stats_stage("write");
	good = good && write_packet(a, result, spool, signer, error);
	signer_close(signer);
	redaction_close(&redaction);
	return good;
}

/* --previous: the earlier packet's description, a file in memory, becomes a side file. */
static bool chain(struct arguments *a, int *file, struct error *error)
{
	if (!a->previous) return true;
	*file = previous_describe(a->previous, a->common.threads, &a->arena, &a->settings.files[SETTING_PREVIOUS].path,
	                          error);
	return *file >= 0;
}

static int run(int argc, char **argv)
{
	struct arguments a;
	struct error error;
	bool stop;
	int status = read_arguments(argc, argv, &a, &stop);
	if (stop) {
		sides_free(&a.sides);
		arena_free(&a.arena);
		return status;
	}
	int previous = -1;
	struct result result = {.version = DOSSIER_VERSION};
	large_beside(a.output);
	struct spool *spool = spool_beside(a.output);
	if (!chain(&a, &previous, &error) || !build(&a, &result, spool, &error))
		status = report_error(&error);
	else if (!result.verdict_pass)
		status = EXIT_GATE;
	if (previous >= 0) close(previous);
	spool_close(spool);
	result_free(&result);
	sides_free(&a.sides);
	arena_free(&a.arena);
	return finish_output(status);
}
