/* timestamp: a query for a time-stamp authority, and its reply into the packet. */
#include "render/timestamp.h"
#include "cli/command.h"
#include "cli/sealing.h"
#include "core/stream.h"
#include "render/sink.h"

#include <stdio.h>
#include <unistd.h>

static int run(int argc, char **argv);

const struct command timestamp_command = {
    "timestamp", "a query for a time-stamp authority, and its reply into the packet",
    "usage: dossier timestamp --request PACKET -o QUERY.tsq\n"
    "       dossier timestamp --import REPLY.tsr [--tsa TSA.pem] PACKET [-o PACKET.tar.zst]\n\n"
    "A time stamp (RFC 3161) attests that the packet's tag manifest, and with it every byte of the packet, existed at a time.\n"
    "The query is a file to carry to the authority; nothing is sent from here. Its reply is checked and added as\n"
    "tagmanifest-sha256.txt.tsr; no other byte of the bag changes. A packet that does not verify is left as it is.\n\n"
    "  --request         writes the query (-o - is standard output)\n"
    "  --import REPLY    adds the reply\n"
    "  --tsa TSA.pem     the reply must be signed by this certificate, or one that it issued\n"
    "  -o FILE           where to write; for --import by default in the packet's place\n"
    "  --json            one JSON object on stdout (--import)\n\n"
    "Exit status: 0; 2 bad usage or input; 3 the packet does not verify; 4 the system failed.\n",
    run};

enum { OPTION_REQUEST = OPTION_OWN, OPTION_IMPORT, OPTION_TSA };

static const struct option options[] = {COMMON_OPTIONS,
                                        {"request", no_argument, NULL, OPTION_REQUEST},
                                        {"import", required_argument, NULL, OPTION_IMPORT},
                                        {"tsa", required_argument, NULL, OPTION_TSA},
                                        {"output", required_argument, NULL, 'o'},
                                        {0}};

static bool write_query(const struct sealing *s, const char *target, struct error *error)
{
	struct buf query = {0};
	bool out = str_eq(str_from(target), STR("-"));
	timestamp_query(buf_str(&s->tags), &query);
	FILE *file = out ? stdout : fopen(target, "we");
	bool good =
	    file ? sink_write(sink_file(file), buf_str(&query), error) : error_errno(error, target, "cannot create");
	if (file && !out && fclose(file) != 0 && good) good = error_errno(error, target, "cannot write");
	buf_free(&query);
	return good;
}

static bool read_reply(const char *path, struct buf *out, struct error *error)
{
	struct file file;
	if (!file_open(&file, NULL, path, error)) return false;
	bool good = file.size <= PACKET_TAG_MAX ? true : error_set(error, ERROR_INPUT, path, "is too long for a reply");
	size_t got = 1;
	buf_reserve(out, (size_t)(good ? file.size : 0) + 1);
	while (good && got && out->len < file.size) {
		good = file_read(&file, out->len, out->ptr + out->len, (size_t)file.size - out->len, &got, error);
		out->len += got;
	}
	file_close(&file);
	return good;
}

/* A time stamp that is earlier than the signature would make a packet that does not verify. */
static bool after_signature(const struct sealing *s, int64_t stamped, const char *reply_path, struct error *error)
{
	static const struct str name = {"tagmanifest-sha256.txt.p7s", 26};
	struct buf signature = {0};
	struct sign_verdict verdict;
	char when[40];
	if (!sealing_has(s, name)) return true;
	if (!packet_read_member(s->packet, name, &signature, PACKET_TAG_MAX, error)) return false;
	sign_verify(buf_str(&s->tags), buf_str(&signature), NULL, &verdict);
	buf_free(&signature);
	return timestamp_allows(stamped, verdict.signed_at) ||
	       error_set(error, ERROR_INPUT, reply_path, "the packet's signature says that it was made later, at %s",
	                 instant_text(verdict.signed_at, when));
}

static bool import(struct sealing *s, const char *reply_path, const char *tsa_path, const char *target, bool json,
                   struct error *error)
{
	struct buf reply = {0};
	struct timestamp_verdict verdict;
	struct seal_addition addition = {.name = STR("tagmanifest-sha256.txt.tsr")};
	struct trust *tsa = tsa_path ? trust_open(tsa_path, error) : NULL;
	bool good = (!tsa_path || tsa) && read_reply(reply_path, &reply, error);
	if (good && sealing_has(s, addition.name))
		good = error_set(error, ERROR_INPUT, target, "has a time stamp already");
	if (good) {
		timestamp_verify(buf_str(&s->tags), buf_str(&reply), tsa, &verdict);
		addition.bytes = buf_str(&reply);
		good = verdict.ok ? true : error_set(error, ERROR_INPUT, reply_path, "%s", verdict.reason);
	}
	good = good && after_signature(s, verdict.at, reply_path, error) &&
	       sealing_write(s, target, &addition, 1, "timestamp", json, error);
	trust_close(tsa);
	buf_free(&reply);
	return good;
}

static int run(int argc, char **argv)
{
	struct common common = {0};
	struct sealing sealing = {.packet = NULL};
	struct error error;
	const char *reply = NULL, *tsa = NULL, *target = NULL;
	bool request = false;
	for (int option; (option = next_option(argc, argv, options, &timestamp_command, &common)) != -1;) {
		switch (option) {
		case OPTION_REQUEST: request = true; break;
		case OPTION_IMPORT: reply = optarg; break;
		case OPTION_TSA: tsa = optarg; break;
		case 'o': target = optarg; break;
		default: return option_status(option);
		}
	}
	if (request == (reply != NULL)) return usage_error(&timestamp_command, "--request or --import, one of them");
	if (argc - optind != 1) return usage_error(&timestamp_command, "name one packet");
	if (request && !target) return usage_error(&timestamp_command, "-o QUERY.tsq is needed");
	const char *packet = argv[optind];
	bool good = sealing_open(&sealing, packet, common.threads, &error);
	if (good && request) good = write_query(&sealing, target, &error);
	if (good && reply) good = import(&sealing, reply, tsa, target ? target : packet, common.json, &error);
	sealing_close(&sealing);
	return finish_output(good ? EXIT_DONE : report_error(&error));
}
