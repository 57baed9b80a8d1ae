/* How it works: a packet with a seek table is walked once, header by header, the content skipped (each header is a small
 * frame of its own); that gives an index from name to position and size, and every read goes straight to its frames. The
 * content of a member starts where the next header starts, less its size rounded up to 512: so no header has to be
 * understood here. Without a table, each read walks the tar from its start and stops behind what it wanted.
 */
#include "render/packet.h"

#include "core/strings.h"
#include "render/packet_tar.h"

#include <stdlib.h>

struct place {
	uint64_t position, size;
};

struct packet {
	char *path;
	struct container *seekable; /* NULL: no seek table */
	struct arena strings;
	struct str folder;
	int64_t mtime;
	bool indexed;
	struct strings names; /* number n: places[n - 1] */
	struct place *places;
	struct packet_member *members; /* made when they are asked for */
	size_t count, capacity;
	uint64_t end; /* of the last member with its padding; known with the index */
	struct file_origin origin;
};

/* --- walking ---------------------------------------------------------------------------------------------------- */

struct walk {
	struct packet *packet;
	struct container *container; /* the packet's, or opened for this walk */
	struct packet_tar *tar;
	uint64_t end; /* of the file before, with its padding: where the next member begins, of whatever kind */
};

static bool walk_open(struct walk *walk, struct packet *packet, struct error *error)
{
	*walk = (struct walk){.packet = packet, .container = packet->seekable};
	if (packet->seekable)
		container_seek(packet->seekable, 0);
	else
		walk->container = container_open(packet->path, error);
	if (!walk->container) return false;
	walk->tar = packet_tar_open(walk->container);
	return true;
}

static void walk_close(struct walk *walk)
{
	packet_tar_close(walk->tar);
	if (!walk->packet->seekable) container_close(walk->container);
}

/* A step that is not what it should be becomes the error. */
static bool step_error(const struct walk *walk, enum tar_step step, struct error *error)
{
	if (step == TAR_ERROR) return false;
	return error_set(error, ERROR_VERIFY, walk->packet->path, "%s", packet_tar_fault(walk->tar));
}

static struct str first_part(struct str name)
{
	size_t n = 0;
	while (n < name.len && name.ptr[n] != '/') n++;
	return str_slice(name, 0, n);
}

/* The next file below the packet's folder; *at_end instead when there is none. name loses the folder. */
static bool walk_file(struct walk *walk, struct tar_entry *entry, bool *at_end, struct error *error)
{
	const char *path = walk->packet->path;
	for (bool first = true;; first = false) {
		enum tar_step step = packet_tar_next(walk->tar, entry, error);
		if (first) walk->end = packet_tar_position(walk->tar);
		*at_end = step == TAR_END;
		if (step == TAR_END) return true;
		if (step != TAR_ENTRY) return step_error(walk, step, error);
		if (entry->fault)
			return error_set(error, ERROR_VERIFY, path, "a member's name or kind is refused: it %s",
			                 entry->fault);
		if (entry->name.len == 0) continue;
		struct str folder = first_part(entry->name);
		if (walk->packet->folder.len && !str_eq(folder, walk->packet->folder))
			return error_set(error, ERROR_VERIFY, path, "members lie in more than one folder");
		if (entry->folder) continue;
		if (folder.len == entry->name.len)
			return error_set(error, ERROR_VERIFY, path, "a file lies beside the packet's folder");
		if (walk->packet->folder.len) entry->name = str_slice(entry->name, folder.len + 1, entry->name.len);
		return true;
	}
}

/* --- opening ---------------------------------------------------------------------------------------------------- */

static bool find_folder(struct packet *packet, struct error *error)
{
	struct walk walk;
	struct tar_entry entry;
	bool at_end = false;
	if (!walk_open(&walk, packet, error)) return false;
	bool good = walk_file(&walk, &entry, &at_end, error);
	if (good && at_end) good = error_set(error, ERROR_VERIFY, packet->path, "the packet is empty");
	packet->mtime = entry.mtime;
	if (good) packet->folder = str_dup(&packet->strings, first_part(entry.name));
	walk_close(&walk);
	return good;
}

struct packet *packet_open(const char *path, struct error *error)
{
	struct container *seekable = container_open_seekable(path, error);
	if (!seekable && error->kind != ERROR_NONE) return NULL;
	struct packet *packet = memory_grow(NULL, sizeof(*packet));
	*packet = (struct packet){.seekable = seekable};
	size_t size = strlen(path) + 1;
	packet->path = memory_grow(NULL, size);
	memcpy(packet->path, path, size);
	if (find_folder(packet, error)) return packet;
	packet_close(packet);
	return NULL;
}

void packet_close(struct packet *packet)
{
	if (!packet) return;
	container_close(packet->seekable);
	strings_free(&packet->names);
	arena_free(&packet->strings);
	free(packet->places);
	free(packet->members);
	free(packet->path);
	free(packet);
}

void packet_rest(struct packet *packet)
{
	if (packet->seekable) container_rest(packet->seekable);
}

int64_t packet_mtime(const struct packet *packet) { return packet->mtime; }
struct str packet_folder(const struct packet *packet) { return packet->folder; }
bool packet_seekable(const struct packet *packet) { return packet->seekable != NULL; }

/* --- the index -------------------------------------------------------------------------------------------------- */

static bool add_place(struct packet *packet, struct str name, uint64_t size, struct error *error)
{
	uint32_t known = packet->names.count;
	strings_add(&packet->names, name);
	if (packet->names.count == known)
		return error_set(error, ERROR_VERIFY, packet->path, "two members have the same name");
	ARRAY_RESERVE(packet->places, packet->count, packet->capacity);
	packet->places[packet->count++].size = size;
	return true;
}

static bool make_index(struct packet *packet, struct error *error)
{
	struct walk walk;
	if (!walk_open(&walk, packet, error)) return false;
	bool good = true, at_end = false;
	size_t placed = 0; /* members whose position is known */
	while (good && !at_end) {
		struct tar_entry entry;
		good = walk_file(&walk, &entry, &at_end, error);
		if (!good) break;
		if (placed < packet->count) {
			struct place *place = &packet->places[placed++];
			place->position = walk.end - (place->size + 511) / 512 * 512;
		}
		if (!at_end) good = add_place(packet, entry.name, entry.size, error);
	}
	packet->end = packet_tar_position(walk.tar);
	walk_close(&walk);
	packet->indexed = good;
	return good;
}

/* NULL without a seek table, and on error. */
static const struct place *find_place(struct packet *packet, struct str name, struct error *error)
{
	if (!packet->indexed && !make_index(packet, error)) return NULL;
	uint32_t number = strings_find(&packet->names, name);
	if (number) return &packet->places[number - 1];
	error_set(error, ERROR_INPUT, packet->path, "there is no '%.*s' in the packet",
	          (int)(name.len < 400 ? name.len : 400), name.ptr);
	return NULL;
}

bool packet_members(struct packet *packet, const struct packet_member **members, size_t *count, struct error *error)
{
	if (!packet->indexed && !make_index(packet, error)) return false;
	if (!packet->members) packet->members = memory_grow(NULL, sizeof(*packet->members) * (packet->count + 1));
	for (size_t i = 0; i < packet->count; i++)
		packet->members[i] =
		    (struct packet_member){strings_get(&packet->names, (uint32_t)i + 1), packet->places[i].size};
	*members = packet->members;
	*count = packet->count;
	return true;
}

/* --- reading ---------------------------------------------------------------------------------------------------- */

static bool range_error(const struct packet *packet, struct str name, uint64_t size, struct error *error)
{
	return error_set(error, ERROR_VERIFY, packet->path, "'%.*s' has only %llu bytes",
	                 (int)(name.len < 400 ? name.len : 400), name.ptr, (unsigned long long)size);
}

static bool read_placed(struct packet *packet, uint64_t position, uint64_t length, struct buf *out, struct error *error)
{
	container_seek(packet->seekable, position);
	while (length) {
		struct str bytes;
		enum container_step step = container_next(packet->seekable, &bytes, error);
		if (step == CONTAINER_ERROR) return false;
		if (step == CONTAINER_FAULT)
			return error_set(error, ERROR_VERIFY, packet->path, "%s", container_fault(packet->seekable));
		if (step == CONTAINER_END) return error_set(error, ERROR_VERIFY, packet->path, "cut off");
		if (bytes.len > length) bytes.len = (size_t)length;
		buf_add(out, bytes);
		length -= bytes.len;
	}
	return true;
}

/* Stands behind the header of the member. */
static bool walk_to(struct walk *walk, struct str name, struct tar_entry *entry, struct error *error)
{
	for (;;) {
		bool at_end = false;
		if (!walk_file(walk, entry, &at_end, error)) return false;
		if (at_end)
			return error_set(error, ERROR_INPUT, walk->packet->path, "there is no '%.*s' in the packet",
			                 (int)(name.len < 400 ? name.len : 400), name.ptr);
		if (str_eq(entry->name, name)) return true;
	}
}

static bool read_walked(struct walk *walk, uint64_t offset, uint64_t length, struct buf *out, struct error *error)
{
	while (length) {
		struct str bytes;
		enum tar_step step = packet_tar_read(walk->tar, &bytes, error);
		if (step == TAR_END) return error_set(error, ERROR_VERIFY, walk->packet->path, "cut off");
		if (step != TAR_ENTRY) return step_error(walk, step, error);
		size_t pass = offset < bytes.len ? (size_t)offset : bytes.len;
		offset -= pass;
		bytes = str_slice(bytes, pass, bytes.len);
		if (bytes.len > length) bytes.len = (size_t)length;
		buf_add(out, bytes);
		length -= bytes.len;
	}
	return true;
}

/* whole: all of it, if it is not longer than length. */
static bool read_bytes(struct packet *packet, struct str name, uint64_t offset, uint64_t length, bool whole,
                       struct buf *out, struct error *error)
{
	struct walk walk;
	struct tar_entry entry = {.name = STR_EMPTY};
	uint64_t position = 0;
	bool good;
	if (packet->seekable) {
		const struct place *place = find_place(packet, name, error);
		good = place != NULL;
		if (good) position = place->position + offset;
		if (good) entry.size = place->size;
	} else {
		if (!walk_open(&walk, packet, error)) return false;
		good = walk_to(&walk, name, &entry, error);
	}
	if (good && whole && entry.size > length)
		good = error_set(error, ERROR_VERIFY, packet->path,
		                 "'%.*s' has %llu bytes, more than the %llu it may have",
		                 (int)(name.len < 300 ? name.len : 300), name.ptr, (unsigned long long)entry.size,
		                 (unsigned long long)length);
	if (good && whole) length = entry.size;
	if (good && (offset > entry.size || length > entry.size - offset))
		good = range_error(packet, name, entry.size, error);
	if (packet->seekable) return good && read_placed(packet, position, length, out, error);
	good = good && read_walked(&walk, offset, length, out, error);
	walk_close(&walk);
	return good;
}

bool packet_read_member(struct packet *packet, struct str name, struct buf *out, uint64_t max, struct error *error)
{
	return read_bytes(packet, name, 0, max, true, out, error);
}

bool packet_read_range(struct packet *packet, struct str name, uint64_t offset, uint64_t length, struct buf *out,
                       struct error *error)
{
	return read_bytes(packet, name, offset, length, false, out, error);
}

bool packet_member_size(struct packet *packet, struct str name, uint64_t *size, struct error *error)
{
	if (packet->seekable) {
		const struct place *place = find_place(packet, name, error);
		if (place) *size = place->size;
		return place != NULL;
	}
	struct walk walk;
	struct tar_entry entry;
	if (!walk_open(&walk, packet, error)) return false;
	bool good = walk_to(&walk, name, &entry, error);
	if (good) *size = entry.size;
	walk_close(&walk);
	return good;
}

bool packet_copy(struct packet *packet, struct archive_writer *archive, struct error *error)
{
	if (!packet_origin(packet, error)) return false;
	for (size_t i = 0; i < packet->count; i++) {
		struct buf full = {0};
		buf_add(&full, packet->folder);
		buf_char(&full, '/');
		buf_add(&full, strings_get(&packet->names, (uint32_t)i + 1));
		bool good = archive_reserve(archive, buf_str(&full), error);
		buf_free(&full);
		if (!good) return false;
	}
	return archive_take_over(archive, packet->seekable, packet->end, error);
}

/* --- every member ----------------------------------------------------------------------------------------------- */

/* False when the visitor stopped, or on error. */
static bool visit(struct walk *walk, const struct packet_visitor *visitor, struct tar_entry *entry, struct error *error)
{
	bool wanted = visitor->begin(visitor->context, entry->name, entry->size);
	while (wanted && visitor->data) {
		struct str bytes;
		enum tar_step step = packet_tar_read(walk->tar, &bytes, error);
		if (step == TAR_END) break;
		if (step != TAR_ENTRY) return step_error(walk, step, error);
		if (!visitor->data(visitor->context, bytes.ptr, bytes.len, error)) return false;
	}
	return !visitor->end || visitor->end(visitor->context, error);
}

bool packet_each_member(struct packet *packet, const struct packet_visitor *visitor, struct error *error)
{
	struct walk walk;
	error->kind = ERROR_NONE;
	if (!walk_open(&walk, packet, error)) return false;
	for (bool go = true, at_end = false; go;) {
		struct tar_entry entry;
		go = walk_file(&walk, &entry, &at_end, error) && !at_end && visit(&walk, visitor, &entry, error);
	}
	walk_close(&walk);
	return error->kind == ERROR_NONE;
}

/* --- members as files ------------------------------------------------------------------------------------------- */

struct packet_file {
	const struct packet *packet;
	struct container *view;
	struct place place;
	struct str held; /* bytes of the view that were not wanted yet */
	uint64_t held_at;
};

static void *origin_open(void *context, const char *path, uint64_t *size, struct error *error)
{
	struct packet *packet = context;
	const struct place *place = find_place(packet, str_from(path), error);
	if (!place) return NULL;
	struct packet_file *file = memory_grow(NULL, sizeof(*file));
	*file = (struct packet_file){.packet = packet, .view = container_share(packet->seekable), .place = *place};
	*size = place->size;
	return file;
}

static bool origin_read(void *handle, uint64_t offset, void *dst, size_t capacity, size_t *got, struct error *error)
{
	struct packet_file *file = handle;
	*got = 0;
	if (offset >= file->place.size || capacity == 0) return true;
	if (offset < file->held_at || offset >= file->held_at + file->held.len) {
		container_seek(file->view, file->place.position + offset);
		enum container_step step = container_next(file->view, &file->held, error);
		if (step == CONTAINER_ERROR) return false;
		if (step != CONTAINER_BYTES)
			return error_set(error, ERROR_VERIFY, file->packet->path, "%s",
			                 step == CONTAINER_FAULT ? container_fault(file->view) : "cut off");
		file->held_at = offset;
	}
	struct str bytes = str_slice(file->held, (size_t)(offset - file->held_at), file->held.len);
	uint64_t left = file->place.size - offset;
	size_t n = bytes.len < capacity ? bytes.len : capacity;
	if (n > left) n = (size_t)left;
	memcpy(dst, bytes.ptr, n);
	*got = n;
	return true;
}

static void origin_close(void *handle)
{
	struct packet_file *file = handle;
	container_close(file->view);
	free(file);
}

const struct file_origin *packet_origin(struct packet *packet, struct error *error)
{
	if (!packet->seekable && !(packet->seekable = container_unpack(packet->path, error))) return NULL;
	if (!packet->indexed && !make_index(packet, error)) return NULL;
	packet->origin = (struct file_origin){packet, origin_open, origin_read, origin_close};
	return &packet->origin;
}

bool packet_copy_frames(struct packet *packet, struct str name, struct spool *spool, struct frame_list *frames,
                        unsigned char sha256[SHA256_BYTES], struct error *error)
{
	const struct place *place = find_place(packet, name, error);
	return place &&
	       container_copy_frames(packet->seekable, place->position, place->size, spool, frames, sha256, error);
}
