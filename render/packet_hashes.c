#include "render/packet_hashes.h"

#include "render/manifest.h"

#include <stdlib.h>

static bool read_manifest(struct packet *packet, struct str name, struct packet_hashes *hashes, struct error *error)
{
	struct buf text = {0}, scratch = {0};
	bool good = packet_read_member(packet, name, &text, PACKET_MANIFEST_MAX, error);
	for (struct str rest = buf_str(&text); good && rest.len;) {
		unsigned char sha256[SHA256_BYTES];
		struct str path;
		if (!manifest_entry(manifest_line(&rest), sha256, &path, &scratch)) continue;
		uint32_t known = hashes->paths.count;
		strings_add(&hashes->paths, path);
		if (hashes->paths.count == known) continue;
		ARRAY_RESERVE(hashes->of, hashes->count, hashes->capacity);
		memcpy(hashes->of[hashes->count++], sha256, SHA256_BYTES);
	}
	buf_free(&text);
	buf_free(&scratch);
	return good;
}

bool packet_hashes_read(struct packet *packet, struct packet_hashes *hashes, struct error *error)
{
	return read_manifest(packet, STR("manifest-sha256.txt"), hashes, error) &&
	       read_manifest(packet, STR("tagmanifest-sha256.txt"), hashes, error);
}

const unsigned char *packet_hash(const struct packet_hashes *hashes, struct str path)
{
	uint32_t number = strings_find(&hashes->paths, path);
	return number ? hashes->of[number - 1] : NULL;
}

void packet_hashes_free(struct packet_hashes *hashes)
{
	strings_free(&hashes->paths);
	free(hashes->of);
	*hashes = (struct packet_hashes){.of = NULL};
}
