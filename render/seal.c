#include "render/seal.h"

bool seal_add(struct packet *packet, const char *target, int64_t mtime, const struct seal_addition *additions,
              size_t count, struct bag_result *written, struct error *error)
{
	enum { LEVEL = 1 }; /* as bags are written: the same packet, signed at once or later, is the same bytes */
	struct archive_writer *archive = archive_open(target, mtime, LEVEL, 1, error);
	bool good = archive && packet_copy(packet, archive, error);
	*written = (struct bag_result){0};
	for (size_t i = 0; good && i < count; i++) {
		struct buf full = {0};
		buf_add(&full, packet_folder(packet));
		buf_char(&full, '/');
		buf_add(&full, additions[i].name);
		good = archive_add(archive, buf_str(&full), additions[i].bytes, error);
		buf_free(&full);
	}
	if (good) return archive_finish(archive, written->sha256, &written->bytes, error);
	archive_abort(archive);
	return false;
}
