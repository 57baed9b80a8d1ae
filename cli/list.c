/* list: what a packet holds. */
#include "cli/recompute.h"
#include "cli/terminal.h"
#include "render/json.h"
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

/* A packet's files, and what is said of them. */
struct contents {
	struct packet *packet;
	const struct packet_member *members;
	size_t count;
	struct packet_hashes hashes;
	struct absent absent;
	struct custody custody;
	struct arena arena;
};

static void put_redacted(struct buf *buf, const struct custody_file *file)
{
	if (!file) return;
	if (file->state == REDACT_UNSEARCHED) {
		buf_add(buf, STR(",\"unsearched\":true"));
		return;
	}
	buf_printf(buf,
	           ",\"redacted\":%llu,\"original_bytes\":%llu,\"original_sha256\":", (unsigned long long)file->values,
	           (unsigned long long)file->original_bytes);
	json_sha256(buf, file->original_sha256);
}

static void put_absent(struct writer *w, const struct contents *c)
{
	buf_add(&w->pending, STR(",\"not_carried\":["));
	for (size_t i = 0; i < c->absent.count; i++) {
		const struct absent_file *file = &c->absent.files[i];
		buf_add(&w->pending, i ? STR(",{\"path\":") : STR("{\"path\":"));
		buf_json(&w->pending, file->path);
		buf_add(&w->pending, STR(",\"sha256\":"));
		json_sha256(&w->pending, file->sha256);
		put_redacted(&w->pending, custody_evidence(&c->custody, file->path));
		buf_char(&w->pending, '}');
		if (!writer_step(w)) return;
	}
	buf_char(&w->pending, ']');
}

static bool print_json(struct str path, const struct contents *c, struct error *error)
{
	struct packet *packet = c->packet;
	const struct packet_member *members = c->members;
	const struct packet_hashes *hashes = &c->hashes;
	size_t count = c->count;
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
		put_redacted(&w.pending, custody_evidence(&c->custody, members[i].name));
		buf_char(&w.pending, '}');
		if (!writer_step(&w)) break;
	}
	buf_char(&w.pending, ']');
	if (c->absent.count) put_absent(&w, c);
	buf_add(&w.pending, STR("}\n"));
	return writer_end(&w);
}

static void print_note(const struct custody_file *file)
{
	if (file && file->state == REDACT_UNSEARCHED) printf("  (not looked through by the redaction)");
	if (file && file->state == REDACT_REPLACED)
		printf("  (redacted: %llu values)", (unsigned long long)file->values);
	putchar('\n');
}

static void print_people(const struct contents *c)
{
	uint64_t bytes = 0;
	char hex[SHA256_HEX + 1];
	for (size_t i = 0; i < c->count; i++) {
		const struct packet_member *member = &c->members[i];
		struct str hash = hash_of(&c->hashes, member->name, hex);
		printf("%-64.*s  %12llu  ", STR_ARG(hash), (unsigned long long)member->size);
		print_text(stdout, member->name);
		print_note(custody_evidence(&c->custody, member->name));
		bytes += member->size;
	}
	for (size_t i = 0; i < c->absent.count; i++) {
		hex_of(c->absent.files[i].sha256, SHA256_BYTES, hex);
		printf("%s  %12s  ", hex, "not here");
		print_text(stdout, c->absent.files[i].path);
		print_note(custody_evidence(&c->custody, c->absent.files[i].path));
	}
	printf("%zu files, %llu bytes\n", c->count, (unsigned long long)bytes);
	if (c->absent.count)
		printf("%zu %s named, but not in this packet\n", c->absent.count,
		       c->absent.count == 1 ? "file of evidence is" : "files of evidence are");
}

static bool list(const char *path, bool json, struct error *error)
{
	struct contents c = {.packet = packet_open(path, error)};
	bool good = c.packet && packet_members(c.packet, &c.members, &c.count, error) &&
	            packet_hashes_read(c.packet, &c.hashes, error) &&
	            absent_read(c.packet, NULL, STR_EMPTY, &c.absent, error) &&
	            packet_custody_read(c.packet, &c.custody, &c.arena, error);
	if (good && json) good = print_json(str_from(path), &c, error);
	if (good && !json) print_people(&c);
	absent_free(&c.absent);
	packet_close(c.packet);
	packet_hashes_free(&c.hashes);
	arena_free(&c.arena);
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
