/* gate: a packet judged again, by another policy or its own. */
#include "analyze/gate.h"

#include "cli/command.h"
#include "cli/recompute.h"
#include "cli/summary.h"
#include "render/json.h"

#include <stdio.h>

static int run(int argc, char **argv);

const struct command gate_command = {
    "gate", "a packet judged by another policy",
    "usage: dossier gate [--json] [--policy FILE|NAME] [--kev FILE] PACKET\n\n"
    "Computes the packet's result anew from its own evidence and options, and judges it by the policy. Nothing is written.\n"
    "That the packet is what was sealed is for `dossier verify` to say.\n\n"
    "  --policy FILE|NAME  the gate's rules, or a ready policy: default, strict, observe (default: the packet's own)\n"
    "  --kev FILE          CISA's catalogue of known exploited vulnerabilities (default: the packet's own)\n" EVIDENCE_OPTION_HELP
    "  --json              one JSON object on stdout\n"
    "  --jobs N            threads (default: one for each processor)\n"
    "  --templates DIR     templates of your own, laid over the built-in ones\n\n"
    "Exit status: 0; 1 the gate says no; 2 bad usage or input; 3 the packet is damaged; 4 the system failed.\n",
    run};

enum { OPTION_POLICY = OPTION_OWN, OPTION_KEV };
static const struct option options[] = {COMMON_OPTIONS,
                                        EVIDENCE_OPTION,
                                        {"policy", required_argument, NULL, OPTION_POLICY},
                                        {"kev", required_argument, NULL, OPTION_KEV},
                                        {0}};

static bool judge(struct result *result, const char *policy_file, const char *kev_file, struct error *error)
{
	const struct analysis *analysis = result->analysis;
	struct acceptance acceptance = {analysis->covered, analysis->severity};
	struct kev *kev = analysis->kev;
	struct policy policy;
	if (kev_file) {
		kev = ARENA_NEW(&result->arena, struct kev);
		if (!kev_read(kev_file, &result->arena, kev, error)) return false;
	}
	if (!policy_file && !kev_file) return true; /* as it was judged */
	if (!policy_file) return error_set(error, ERROR_INPUT, kev_file, "--kev goes with --policy");
	if (!policy_read(policy_file, kev != NULL, &result->arena, &policy, error)) return false;
	return gate_judge(result, &policy, &acceptance, kev, error);
}

static int run(int argc, char **argv)
{
	const char *policy = NULL, *kev = NULL;
	struct common common = {0};
	struct error error;
	for (int option; (option = next_option(argc, argv, options, &gate_command, &common)) != -1;) {
		switch (option) {
		case OPTION_POLICY: policy = optarg; break;
		case OPTION_KEV: kev = optarg; break;
		default: return option_status(option);
		}
	}
	if (optind + 1 != argc) return usage_error(&gate_command, "one PACKET is needed");
	struct packet_facts facts;
	struct result result = {0};
	const char *packet = argv[optind];
	bool good = result_of_packet(packet, &common, &result, &facts, &error);
	if (good) packet_says_otherwise(&facts, packet);
	good = good && judge(&result, policy, kev, &error);
	if (good && common.json) good = json_gate(&result, str_from(packet), sink_file(stdout), &error);
	if (good && !common.json) summary_verdict(&result, stdout);
	int status = !good ? report_error(&error) : result.verdict_pass ? EXIT_DONE : EXIT_GATE;
	result_free(&result);
	packet_facts_free(&facts);
	return finish_output(status);
}
