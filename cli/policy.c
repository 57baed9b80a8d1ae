/* policy: the gate's rules, the ready policies, and a packet's state as a policy. */
#include "analyze/gate.h"

#include "cli/command.h"
#include "cli/recompute.h"

#include <stdio.h>
#include <string.h>

static int run(int argc, char **argv);

const struct command policy_command = {
    "policy", "the gate's rules, and a packet's state as a policy",
    "usage: dossier policy from PACKET\n"
    "       dossier policy check FILE...\n"
    "       dossier policy show NAME\n"
    "       dossier policy rules\n\n"
    "from prints a policy whose limits are what the packet holds today: it passes on that packet, and fails on one that is\n"
    "worse. check says what is wrong with policies. show prints a ready one (default, strict, observe). rules lists what a\n"
    "policy can say.\n\n"
    "  --jobs N          threads (default: one for each processor)\n"
    "  --templates DIR   templates of your own, laid over the built-in ones\n\n"
    "Exit status: 0; 2 bad usage or input; 3 the packet is damaged; 4 the system failed.\n",
    run};

static const struct option options[] = {COMMON_OPTIONS, {0}};

static bool print(struct buf *text)
{
	fwrite(text->ptr, 1, text->len, stdout);
	buf_free(text);
	return true;
}

static bool from(const char *packet, const struct common *common, struct error *error)
{
	struct packet_facts facts;
	struct result result = {0};
	struct policy policy;
	struct buf text = {0};
	bool good = result_of_packet(packet, common, &result, &facts, error);
	if (good) {
		struct acceptance acceptance = {result.analysis->covered, result.analysis->severity};
		packet_says_otherwise(&facts, packet);
		policy_of_result(&result, &acceptance, result.analysis->kev, &result.arena, &policy);
		policy_text(&policy, &text);
		print(&text);
	}
	result_free(&result);
	packet_facts_free(&facts);
	return good;
}

static bool show(const char *name, struct error *error)
{
	struct arena arena = {0};
	struct str text = STR_EMPTY;
	bool good = policy_is_name(name) ? policy_template(name, &arena, &text, error)
	                                 : error_set(error, ERROR_INPUT, name, "is no name of a ready policy");
	if (good) fwrite(text.ptr, 1, text.len, stdout);
	arena_free(&arena);
	return good;
}

/* Every file that is wrong is said; the status is that of the last one. */
static int check(char **files, int count)
{
	int status = EXIT_DONE;
	for (int i = 0; i < count; i++) {
		struct arena arena = {0};
		struct policy policy;
		struct error error;
		if (!policy_read(files[i], true, &arena, &policy, &error)) status = report_error(&error);
		arena_free(&arena);
	}
	return status;
}

static bool rules(void)
{
	struct buf text = {0};
	gate_rules_text(&text);
	return print(&text);
}

static int run(int argc, char **argv)
{
	struct common common = {0};
	struct error error;
	bool good;
	for (int option; (option = next_option(argc, argv, options, &policy_command, &common)) != -1;)
		return option_status(option);
	const char *what = optind < argc ? argv[optind] : "", *name = optind + 1 < argc ? argv[optind + 1] : NULL;
	int words = argc - optind;
	if (!strcmp(what, "from") && words == 2)
		good = from(name, &common, &error);
	else if (!strcmp(what, "check") && words > 1)
		return finish_output(check(argv + optind + 1, words - 1));
	else if (!strcmp(what, "show") && words == 2)
		good = show(name, &error);
	else if (!strcmp(what, "rules") && words == 1)
		good = rules();
	else
		return usage_error(&policy_command,
		                   "one of these is needed: from PACKET, check FILE..., show NAME, rules");
	return finish_output(good ? EXIT_DONE : report_error(&error));
}
