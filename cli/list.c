/* list: what a packet holds. */
#include "cli/command.h"
#include "cli/terminal.h"
#include "render/packet_hashes.h"
#include "render/sink.h"

#include <stdio.h>

static int run(int argc, char **argv);

const struct command list_command = {
    "list", "the files of a packet, with size and hash",
    "usage: dossier list [--json] PACKET\n\n"
    "Prints the files of the packet's bag with their sizes, and the SHA-256 that the manifests name. Only headers and manifests\n"
    "are read: whether the files are what the manifests say is for `dossier verify`.\n\n"
    "  --json            one JSON object on stdout\n\n"
    "Exit status: 0; 2 no such packet; 3 the packet is damaged; 4 the system failed.\n",
    run};

/* 64 digits, or nothing where no manifest names the path. */
static struct str hash_of(const struct packet_hashes *hashes, struct str path, char hex[SHA256_HEX + 1])
{
	const unsigned char *sha256 = packet_hash(hashes, path);
	if (!sha256) return STR_EMPTY;
	hex_of(sha256, SHA256_BYTES, hex);
	return str_of(hex, SHA256_HEX);
}

static bool print_json(struct str path, struct packet *packet, const struct packet_member *members, size_t count,
                       const struct packet_hashes *hashes, struct error *error)
{
	struct writer w = {.sink = sink_file(stdout), .error = error};
	char hex[SHA256_HEX + 1];
	buf_add(&w.pending, STR("{\"dossier\":\"list\",\"version\":1,\"packet\":"));
	buf_json(&w.pending, path);
	buf_add(&w.pending, STR(",\"folder\":"));
	buf_json(&w.pending, packet_folder(packet));
	buf_add(&w.pending, STR(",\"files\":["));
	for (size_t i = 0; i < count; i++) {
		struct str hash = hash_of(hashes, members[i].name, hex);
		buf_add(&w.pending, i ? STR(",{\"path\":") : STR("{\"path\":"));
		buf_json(&w.pending, members[i].name);
		buf_add(&w.pending, STR(",\"bytes\":"));
		buf_u64(&w.pending, members[i].size);
		buf_add(&w.pending, STR(",\"sha256\":"));
		if (hash.len)
			buf_json(&w.pending, hash);
		else
			buf_add(&w.pending, STR("null"));
		buf_char(&w.pending, '}');
		if (!writer_step(&w)) break;
	}
	buf_add(&w.pending, STR("]}\n"));
	return writer_end(&w);
}

static void print_people(const struct packet_member *members, size_t count, const struct packet_hashes *hashes)
{
	uint64_t bytes = 0;
	char hex[SHA256_HEX + 1];
	for (size_t i = 0; i < count; i++) {
		struct str hash = hash_of(hashes, members[i].name, hex);
		printf("%-64.*s  %12llu  ", STR_ARG(hash), (unsigned long long)members[i].size);
		print_text(stdout, members[i].name);
		putchar('\n');
		bytes += members[i].size;
	}
	printf("%zu files, %llu bytes\n", count, (unsigned long long)bytes);
}

static bool list(const char *path, bool json, struct error *error)
{
	struct packet_hashes hashes = {.count = 0};
	const struct packet_member *members;
	size_t count;
	struct packet *packet = packet_open(path, error);
	bool good =
	    packet && packet_members(packet, &members, &count, error) && packet_hashes_read(packet, &hashes, error);
	if (good && json) good = print_json(str_from(path), packet, members, count, &hashes, error);
	if (good && !json) print_people(members, count, &hashes);
	packet_close(packet);
	packet_hashes_free(&hashes);
	return good;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {COMMON_OPTIONS, {0}};
	struct common common = {0};
	struct error error;
	int option = next_option(argc, argv, options, &list_command, &common);
	if (option != -1)
		return option == 'o' ? usage_error(&list_command, "there is no option -o") : option_status(option);
	if (argc - optind != 1) return usage_error(&list_command, "name one packet");
	return finish_output(list(argv[optind], common.json, &error) ? EXIT_DONE : report_error(&error));
}
