/* dossier: what changed between two folders of evidence, as one sealed packet.
 *
 *   main.c       the table of commands, the edge of the program: memory that runs out, a closed pipe
 *   command.c    options, messages, exit status
 *   terminal.c   tables and colour for people
 *   inspect.c diff.c build.c verify.c trace.c list.c extract.c plan.c controls.c    one command each
 *   sign.c timestamp.c    what is added to a finished packet
 *   gate.c policy.c    judging again; summarize.c: a packet's decision in 24 lines
 *   collect.c    evidence read beforehand; snapshots.c: what it writes, read in place of folders
 *   settings.c   the options that shape the result, in packet.json and back
 *   recompute.c  a packet's result from the packet alone; compare.c: whether its files are those that are made of it
 *   sealing.c    what sign and timestamp have in common
 *   previous.c   what a packet takes from the one before it
 *   lookup.c     a finding's row in a packet
 *   diff_list.c diff_explain.c    what `diff` lists for people, and why one finding got its outcome
 *   outputs.c    which files a packet holds, in which order
 *   summary.c    the lines that a build prints for people
 */
#include "cli/command.h"

#include "core/large.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct command *const commands[] = {
    &collect_command, &inspect_command,  &diff_command,    &build_command,     &verify_command,
    &trace_command,   &list_command,     &extract_command, &plan_command,      &gate_command,
    &policy_command,  &controls_command, &sign_command,    &timestamp_command, &summary_command,
};
enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

static void out_of_memory(size_t wanted)
{
	char text[96];
	int n = snprintf(text, sizeof(text), "dossier: out of memory (%zu bytes more were wanted)\n", wanted);
	if (n > 0 && write(STDERR_FILENO, text, (size_t)n) < 0) {
	}
	_exit(EXIT_SYSTEM);
}

/* Said before out_of_memory, which then says how much was wanted. */
static void no_temporary_file(const char *folder, int number)
{
	fprintf(stderr, "dossier: %s: no room for the temporary file that --memory asks for: %s\n", folder,
	        strerror(number));
}

static void usage(FILE *out)
{
	fprintf(
	    out,
	    "usage: dossier COMMAND [OPTION]... ARGUMENT...\n\n"
	    "From two folders of exported scan and assessment files, before and after a change, to one sealed packet:\n"
	    "what changed, which exceptions still hold, and the evidence that proves each sentence. Offline.\n\n");
	for (int i = 0; i < COMMANDS; i++) fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fprintf(out,
	        "\n`dossier COMMAND --help` says more. Exit status: 0 done, 1 the gate says no, 2 bad usage or input,\n"
	        "3 verification failed, 4 the system failed.\n");
}

int main(int argc, char **argv)
{
	memory_exhausted = out_of_memory;
	large_trouble = no_temporary_file;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);       /* a file that may grow no further is an error like a full disk */
	setlocale(LC_CTYPE, "C.UTF-8"); /* for names in containers, the same everywhere */
	if (argc < 2) {
		usage(stderr);
		return EXIT_INPUT;
	}
	const char *name = argv[1];
	if (strcmp(name, "--help") == 0 || strcmp(name, "help") == 0) {
		usage(stdout);
		return finish_output(EXIT_DONE);
	}
	if (strcmp(name, "--version") == 0) {
		printf("dossier " DOSSIER_VERSION "\n");
		return finish_output(EXIT_DONE);
	}
	for (int i = 0; i < COMMANDS; i++)
		if (strcmp(name, commands[i]->name) == 0) return commands[i]->run(argc - 1, argv + 1);
	fprintf(stderr, "dossier: there is no command \"%s\"; `dossier --help` lists them\n", name);
	return EXIT_INPUT;
}
