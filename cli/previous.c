#include "cli/previous.h"

#include "cli/recompute.h"
#include "cli/sealing.h"
#include "render/packet_hashes.h"

static const struct str below = {"data/evidence/after/", 20};

static void put(struct buf *text, const char *name, struct str value)
{
	buf_printf(text, ",\"%s\":", name);
	buf_json(text, value);
}

static void put_hash(struct buf *text, const char *name, const unsigned char sha256[SHA256_BYTES])
{
	char hex[SHA256_HEX + 1];
	hex_of(sha256, SHA256_BYTES, hex);
	put(text, name, str_of(hex, SHA256_HEX));
}

/* The after side's files, in the order of their paths. */
static void put_after(struct buf *text, const struct sealing *s, const struct packet_hashes *hashes)
{
	bool first = true;
	buf_add(text, STR(",\"after\":["));
	for (size_t i = 0; i < s->member_count; i++) {
		struct str name = s->members[i].name;
		const unsigned char *sha256 = packet_hash(hashes, name);
		char hex[SHA256_HEX + 1];
		if (!str_starts(name, below) || !sha256) continue;
		hex_of(sha256, SHA256_BYTES, hex);
		buf_add(text, first ? STR("\n{\"path\":") : STR(",\n{\"path\":"));
		buf_json(text, str_slice(name, below.len, name.len));
		put(text, "sha256", str_of(hex, SHA256_HEX));
		buf_char(text, '}');
		first = false;
	}
	buf_char(text, ']');
}

static bool describe(struct sealing *s, struct buf *text, struct error *error)
{
	struct packet_hashes hashes = {.count = 0};
	struct packet_head head;
	struct arena arena = {0};
	unsigned char tags[SHA256_BYTES];
	bool good = packet_hashes_read(s->packet, &hashes, error) && packet_head_read(s->packet, &head, &arena, error);
	if (good) {
		sha256_of(s->tags.ptr, s->tags.len, tags);
		buf_add(text, STR("{\"dossier\":\"previous\",\"version\":1"));
		if (head.change.len) put(text, "change", head.change);
		put_hash(text, "packet_sha256", s->sha256);
		put_hash(text, "tagmanifest_sha256", tags);
		put(text, "evidence_digest", head.evidence_digest);
		put_after(text, s, &hashes);
		buf_add(text, STR("}\n"));
	}
	packet_hashes_free(&hashes);
	arena_free(&arena);
	return good;
}

int previous_describe(const char *packet, unsigned jobs, struct arena *arena, const char **path, struct error *error)
{
	struct sealing sealing;
	struct buf text = {0};
	int fd = -1;
	bool good = sealing_open(&sealing, packet, jobs, error) && describe(&sealing, &text, error);
	if (!good && error->kind == ERROR_VERIFY) error->kind = ERROR_INPUT;
	char name[FILE_IN_MEMORY_PATH];
	if (good) fd = file_in_memory(text.ptr, text.len, name, error);
	if (fd >= 0) *path = str_cstr(arena, str_from(name));
	sealing_close(&sealing);
	buf_free(&text);
	return fd;
}
