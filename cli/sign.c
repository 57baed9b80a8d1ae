/* sign: a signature, and a signed statement, for a packet that is finished. */
#include "cli/command.h"
#include "cli/sealing.h"
#include "render/statement.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int run(int argc, char **argv);

const struct command sign_command = {
    "sign", "a signature, and a signed statement, for a packet that is finished",
    "usage: dossier sign --key KEY.pem --cert CERT.pem [OPTION]... PACKET\n\n"
    "Adds signatures to a packet without building it again; no other byte of the bag changes. A packet that has no signature\n"
    "gets one over its tag manifest. With --role, the signer's statement is added: signatures/NN-ROLE.json, which names the\n"
    "packet's tag manifest by its hash and the statements that were there before, and a signature over it. So several people\n"
    "sign one after another, each in his role. A packet that does not verify is not signed.\n\n"
    "  --key KEY.pem --cert CERT.pem   the signer's; RSA or EC\n"
    "  --chain CERTS.pem         certificates that lead from the signer's to one that is trusted\n"
    "  --passphrase-file FILE    its first line opens the key (default: a terminal is asked)\n"
    "  --role ROLE               preparer, reviewer or approver\n"
    "  --decision DECISION       approved, rejected or noted; belongs to --role\n"
    "  --comment TEXT            in the statement\n"
    "  --as-of TIME              the signing time (default: SOURCE_DATE_EPOCH, else the clock: somebody decides now)\n"
    "  -o PACKET.tar.zst         where to write (default: in the packet's place)\n"
    "  --json                    one JSON object on stdout\n\n"
    "Exit status: 0; 2 bad usage or input; 3 the packet does not verify; 4 the system failed.\n",
    run};

enum {
	OPTION_KEY = OPTION_OWN,
	OPTION_CERT,
	OPTION_CHAIN,
	OPTION_PASSPHRASE,
	OPTION_ROLE,
	OPTION_DECISION,
	OPTION_COMMENT,
	OPTION_AS_OF
};

static const struct option options[] = {COMMON_OPTIONS,
                                        {"key", required_argument, NULL, OPTION_KEY},
                                        {"cert", required_argument, NULL, OPTION_CERT},
                                        {"chain", required_argument, NULL, OPTION_CHAIN},
                                        {"passphrase-file", required_argument, NULL, OPTION_PASSPHRASE},
                                        {"role", required_argument, NULL, OPTION_ROLE},
                                        {"decision", required_argument, NULL, OPTION_DECISION},
                                        {"comment", required_argument, NULL, OPTION_COMMENT},
                                        {"as-of", required_argument, NULL, OPTION_AS_OF},
                                        {"output", required_argument, NULL, 'o'},
                                        {0}};

struct arguments {
	struct common common;
	struct signer_files signing;
	const char *role, *decision, *comment, *packet, *target;
	int64_t as_of;
};

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(word, *words)) return true;
	return false;
}

static int judge_arguments(const struct arguments *a)
{
	if (!a->signing.key || !a->signing.cert) return usage_error(&sign_command, "--key and --cert are needed");
	if (!a->role != !a->decision) return usage_error(&sign_command, "--role and --decision belong together");
	if (a->comment && !a->role) return usage_error(&sign_command, "--comment belongs to --role");
	if (a->role && !is_one_of(a->role, statement_roles))
		return usage_error(&sign_command, "--role is preparer, reviewer or approver, not \"%s\"", a->role);
	if (a->role && !is_one_of(a->decision, statement_decisions))
		return usage_error(&sign_command, "--decision is approved, rejected or noted, not \"%s\"", a->decision);
	return EXIT_DONE;
}

static int read_arguments(int argc, char **argv, struct arguments *a, bool *stop)
{
	const char *when = getenv("SOURCE_DATE_EPOCH");
	if (when && !*when) when = NULL;
	*a = (struct arguments){.as_of = (int64_t)time(NULL) * INSTANT_SECOND};
	*stop = true;
	for (int option; (option = next_option(argc, argv, options, &sign_command, &a->common)) != -1;) {
		switch (option) {
		case OPTION_KEY: a->signing.key = optarg; break;
		case OPTION_CERT: a->signing.cert = optarg; break;
		case OPTION_CHAIN: a->signing.chain = optarg; break;
		case OPTION_PASSPHRASE: a->signing.passphrase = optarg; break;
		case OPTION_ROLE: a->role = optarg; break;
		case OPTION_DECISION: a->decision = optarg; break;
		case OPTION_COMMENT: a->comment = optarg; break;
		case OPTION_AS_OF: when = optarg; break;
		case 'o': a->target = optarg; break;
		default: return option_status(option);
		}
	}
	if (when && (!instant_parse(str_from(when), &a->as_of) || a->as_of < 0))
		return usage_error(&sign_command, "this is no time: \"%s\"", when);
	if (argc - optind != 1) return usage_error(&sign_command, "name one packet");
	a->packet = argv[optind];
	if (!a->target) a->target = a->packet;
	int status = judge_arguments(a);
	*stop = status != EXIT_DONE;
	return status;
}

static bool is_statement(struct str name)
{
	return str_starts(name, STR("signatures/")) && str_ends(name, STR(".json"));
}

/* The statements that are there; the caller frees them. */
static bool read_earlier(const struct sealing *s, struct buf *texts, size_t *count, struct error *error)
{
	*count = 0;
	for (size_t i = 0; i < s->member_count; i++) {
		if (!is_statement(s->members[i].name)) continue;
		if (*count == STATEMENTS_MAX - 1)
			return error_set(error, ERROR_INPUT, NULL, "a packet holds at most %d statements",
			                 STATEMENTS_MAX);
		if (!packet_read_member(s->packet, s->members[i].name, &texts[(*count)++], PACKET_TAG_MAX, error))
			return false;
	}
	return true;
}

static bool make_statement(const struct arguments *a, const struct sealing *s, const struct signer *signer,
                           struct arena *arena, struct buf made[2], struct seal_addition additions[2],
                           struct error *error)
{
	struct buf texts[STATEMENTS_MAX] = {{0}};
	struct str earlier[STATEMENTS_MAX];
	size_t count;
	bool good = read_earlier(s, texts, &count, error);
	if (good) {
		for (size_t i = 0; i < count; i++) earlier[i] = buf_str(&texts[i]);
		struct statement statement = {.packet = packet_folder(s->packet),
		                              .role = str_from(a->role),
		                              .decision = str_from(a->decision),
		                              .comment = str_from(a->comment),
		                              .earlier = earlier,
		                              .earlier_count = count,
		                              .signed_at = a->as_of};
		sha256_of(s->tags.ptr, s->tags.len, statement.tags);
		good = statement_make(&statement, signer, &made[0], &made[1], error);
	}
	for (size_t i = 0; i < STATEMENTS_MAX; i++) buf_free(&texts[i]);
	struct str name = str_printf(arena, "signatures/%02zu-%s.json", count + 1, a->role);
	additions[0] = (struct seal_addition){name, buf_str(&made[0])};
	additions[1] = (struct seal_addition){str_printf(arena, "%.*s.p7s", STR_ARG(name)), buf_str(&made[1])};
	return good;
}

static bool sign_with(const struct arguments *a, struct sealing *s, const struct signer *signer, struct error *error)
{
	struct arena arena = {0};
	struct seal_addition additions[3];
	struct buf made[3] = {{0}};
	size_t count = 0;
	struct str name = STR("tagmanifest-sha256.txt.p7s");
	bool good = true, has = sealing_has(s, name);
	bool stamped = sealing_has(s, STR("tagmanifest-sha256.txt.tsr"));
	if (!has && stamped && !a->role)
		good = error_set(
		    error, ERROR_INPUT, a->packet,
		    "has a time stamp, and is signed before that or not at all: with --role and --decision what you "
		    "say can still be added");
	if (has && !a->role)
		good = error_set(error, ERROR_INPUT, a->packet,
		                 "is signed already: with --role and --decision another adds what he says");
	if (good && !has && !stamped) {
		good = sign_detached(signer, buf_str(&s->tags), a->as_of, &made[2], error);
		additions[count++] = (struct seal_addition){name, buf_str(&made[2])};
	}
	if (good && a->role) {
		good = make_statement(a, s, signer, &arena, made, additions + count, error);
		count += 2;
	}
	good = good && sealing_write(s, a->target, additions, count, "sign", a->common.json, error);
	for (size_t i = 0; i < 3; i++) buf_free(&made[i]);
	arena_free(&arena);
	return good;
}

static int run(int argc, char **argv)
{
	struct arguments a;
	struct sealing sealing = {.packet = NULL};
	struct error error;
	bool stop;
	int status = read_arguments(argc, argv, &a, &stop);
	if (stop) return status;
	struct signer *signer = signer_open(&a.signing, &error);
	bool good = signer && sealing_open(&sealing, a.packet, a.common.threads, &error) &&
	            sign_with(&a, &sealing, signer, &error);
	sealing_close(&sealing);
	signer_close(signer);
	return finish_output(good ? EXIT_DONE : report_error(&error));
}
