/* Reading a snapshot back:
 *
 *   data/snapshot.json    which version, which format specs, which part of how many
 *   data/files.tsv        for each file of evidence two hashes: of its records, of its frames
 *   data/evidence/PATH    copied frame by frame, compressed as it is, and held against the second hash
 *   data/records/PATH     decoded (collect/snapshot_codec.h), and held against the first
 */
#include "cli/snapshots.h"

#include "cli/command.h"
#include "collect/snapshot_codec.h"
#include "core/stream.h"
#include "render/packet.h"

#include <cjson/cJSON.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SNAPSHOT_FOLDER "dossier-snapshot"
enum { JSON_MAX = 64 << 20, LINE_HEAD = 2 * (SHA256_HEX + 1) };

struct stored_snapshot {
	const char *path;
	struct packet *packet;
	const struct file_origin *origin;
	struct buf identity; /* its tag manifest, which stands for all that it holds */
	struct snapshot_part part;
	struct str list;
	struct buf files; /* files.tsv */
};

/* A file of evidence in a snapshot. */
struct stored_file {
	const struct stored_snapshot *snapshot;
	struct str path, records, frames; /* hashes, in hex */
};

static struct store {
	struct stored_snapshot **snapshots;
	size_t count, capacity;
	struct strings names;             /* of all stored files, as they are reached */
	const struct stored_file **files; /* by number of the name */
	uint32_t file_capacity;
	struct arena arena;
	struct collect_store hooks;
	struct file_origin origin;
} store;

/* False with an error (not ERROR_NONE) if the file can't be opened. */
static bool is_packed(const char *path, struct error *error)
{
	static const unsigned char magic[] = {0x28, 0xb5, 0x2f, 0xfd};
	unsigned char head[4];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	error->kind = ERROR_NONE;
	if (fd < 0) return error_errno(error, path, "cannot open");
	bool packed = read(fd, head, sizeof(head)) == sizeof(head) && !memcmp(head, magic, sizeof(head));
	close(fd);
	return packed;
}

/* NULL without an error (kind ERROR_NONE) if it is no snapshot. */
static struct packet *open_snapshot(const char *path, struct error *error)
{
	if (!is_packed(path, error)) return NULL;
	struct packet *packet = packet_open(path, error);
	if (packet && str_eq(packet_folder(packet), STR(SNAPSHOT_FOLDER))) return packet;
	packet_close(packet);
	if (packet || error->kind != ERROR_SYSTEM) error->kind = ERROR_NONE; /* damaged, or something else in zstd */
	return NULL;
}

static bool bad(const struct stored_snapshot *s, struct error *error, const char *what)
{
	return error_set(error, ERROR_INPUT, s->path, "%s", what);
}

static struct str text_of(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	return cJSON_IsString(item) ? str_dup(&store.arena, str_from(item->valuestring)) : STR_EMPTY;
}

static int number_of(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	return cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble < INT32_MAX ? item->valueint : -1;
}

/* A damaged snapshot is wrong input here, not a packet that failed its verification. */
static void as_input(struct error *error)
{
	if (error->kind == ERROR_VERIFY) error->kind = ERROR_INPUT;
}

/* What snapshot.json says; *left_out is then the list of what was not read. */
static bool read_description(struct stored_snapshot *s, const cJSON *root, struct error *error)
{
	char formats[SHA256_HEX + 1];
	int version = number_of(root, "version");
	const cJSON *part = cJSON_GetObjectItemCaseSensitive(root, "part");
	int number = number_of(part, "number"), of = number_of(part, "of");
	if (!str_eq(text_of(root, "dossier"), STR("snapshot")) || version < 0)
		return bad(s, error, "data/snapshot.json is no description of a snapshot");
	if (version != SNAPSHOT_VERSION)
		return error_set(error, ERROR_INPUT, s->path,
		                 "is a snapshot of version %d; this dossier reads version %d", version,
		                 SNAPSHOT_VERSION);
	snapshot_formats(formats);
	if (!str_eq(text_of(root, "formats"), str_from(formats)))
		return error_set(
		    error, ERROR_INPUT, s->path,
		    "was collected by dossier %.*s with other format specs than those in force here: collect it "
		    "again, or use the same --templates",
		    STR_ARG(text_of(root, "tool_version")));
	if (number < 1 || of < number || of > SNAPSHOT_PARTS_MAX)
		return bad(s, error, "data/snapshot.json names no part");
	s->part = (struct snapshot_part){(uint32_t)number, (uint32_t)of};
	s->list = text_of(part, "list");
	return true;
}

static void add_to(struct walk *walk, struct walk_file file)
{
	ARRAY_RESERVE(walk->files, walk->count, walk->capacity);
	walk->files[walk->count++] = file;
}

/* The folder that was given, or the snapshot, stands for where the files of all parts lie: what belongs together is not told apart
 * by the part it happens to be in. */
static struct str root_of(const struct walk_file *file, struct arena *arena)
{
	if (file->named) return file->reached;
	return str_dup(arena, str_slice(file->reached, 0, file->reached.len - file->path.len - 1));
}

static struct str reached(struct str root, struct str path, struct arena *arena)
{
	return str_printf(arena, "%.*s!/%.*s", STR_ARG(root), STR_ARG(path));
}

static void note_name(struct str name, const struct stored_file *file)
{
	uint32_t number = strings_add(&store.names, name);
	if (number > store.file_capacity) {
		store.file_capacity = 2 * number + 64;
		store.files = memory_grow(store.files, sizeof(*store.files) * store.file_capacity);
	}
	store.files[number - 1] = file;
}

/* "HASH\tHASH\tPATH\n" for each file of evidence, and each of these is there. */
static bool list_files(struct stored_snapshot *s, struct str folder, const cJSON *root, struct walk *walk,
                       struct arena *arena, struct error *error)
{
	int files = 0;
	for (size_t at = 0; at < s->files.len;) {
		const char *line = s->files.ptr + at, *end = memchr(line, '\n', s->files.len - at);
		size_t len = end ? (size_t)(end - line) : 0;
		if (len <= LINE_HEAD || line[SHA256_HEX] != '\t' || line[LINE_HEAD - 1] != '\t')
			return bad(s, error, "data/files.tsv is damaged");
		struct stored_file *file = ARENA_NEW(&store.arena, struct stored_file);
		*file = (struct stored_file){.snapshot = s,
		                             .records = str_of(line, SHA256_HEX),
		                             .frames = str_of(line + SHA256_HEX + 1, SHA256_HEX),
		                             .path = str_of(line + LINE_HEAD, len - LINE_HEAD)};
		struct walk_file known = {
		    .path = file->path, .reached = reached(folder, file->path, arena), .stored = file};
		note_name(known.reached, file);
		add_to(walk, known);
		at += len + 1;
		files++;
	}
	if (files != number_of(root, "files"))
		return bad(s, error, "data/files.tsv has another number of files than data/snapshot.json");
	const cJSON *item;
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(root, "left_out"))
	{
		struct str path = text_of(item, "path");
		add_to(walk, (struct walk_file){.path = path,
		                                .reached = reached(folder, path, arena),
		                                .refused = str_cstr(&store.arena, text_of(item, "why"))});
	}
	return true;
}

static bool same_identity(const struct stored_snapshot *a, const struct stored_snapshot *b)
{
	return str_eq(buf_str(&a->identity), buf_str(&b->identity));
}

/* Takes the packet. A snapshot that this walk has already adds nothing. */
static bool add_snapshot(struct packet *packet, const char *path, struct str folder, size_t first, struct walk *walk,
                         struct arena *arena, struct error *error)
{
	struct stored_snapshot *s = ARENA_NEW(&store.arena, struct stored_snapshot);
	struct buf json = {0};
	*s = (struct stored_snapshot){.path = str_cstr(&store.arena, str_from(path)), .packet = packet};
	ARRAY_RESERVE(store.snapshots, store.count, store.capacity);
	store.snapshots[store.count++] = s;
	s->origin = packet_origin(packet, error);
	if (!s->origin ||
	    !packet_read_member(packet, STR("tagmanifest-sha256.txt"), &s->identity, PACKET_TAG_MAX, error) ||
	    !packet_read_member(packet, STR("data/snapshot.json"), &json, JSON_MAX, error) ||
	    !packet_read_member(packet, STR("data/files.tsv"), &s->files, PACKET_MANIFEST_MAX, error)) {
		buf_free(&json);
		return false;
	}
	packet_rest(packet);
	cJSON *root = cJSON_ParseWithLength(json.ptr, json.len);
	buf_free(&json);
	bool good = read_description(s, root, error), known = false;
	for (size_t i = first; i + 1 < store.count; i++) known |= same_identity(store.snapshots[i], s);
	if (good && !known) good = list_files(s, folder, root, walk, arena, error);
	cJSON_Delete(root);
	return good;
}

/* What cannot be read is none: expand() says what is wrong with it. */
static bool is_part(void *context, const char *path)
{
	struct error error;
	struct buf json = {0};
	struct packet *packet = open_snapshot(path, &error);
	(void)context;
	if (!packet) return false;
	bool good = packet_read_member(packet, STR("data/snapshot.json"), &json, JSON_MAX, &error);
	cJSON *root = good ? cJSON_ParseWithLength(json.ptr, json.len) : NULL;
	bool part = number_of(cJSON_GetObjectItemCaseSensitive(root, "part"), "of") > 1;
	cJSON_Delete(root);
	buf_free(&json);
	packet_close(packet);
	return part;
}

static int by_part(const void *a, const void *b)
{
	const struct stored_snapshot *x = *(struct stored_snapshot *const *)a, *y = *(struct stored_snapshot *const *)b;
	int c = str_cmp(x->list, y->list);
	if (c) return c;
	if (x->part.of != y->part.of) return x->part.of < y->part.of ? -1 : 1;
	return x->part.number < y->part.number ? -1 : x->part.number > y->part.number;
}

/* Every part of a folder of which there is one: in order, their numbers have no gap. */
static bool parts_complete(size_t first, struct error *error)
{
	size_t count = store.count - first;
	struct stored_snapshot **parts = memory_grow(NULL, sizeof(struct stored_snapshot *) * (count + 1));
	for (size_t i = 0; i < count; i++) parts[i] = store.snapshots[first + i];
	if (count) qsort(parts, count, sizeof(struct stored_snapshot *), by_part);
	uint32_t missing = 0;
	for (size_t i = 0; i < count && !missing; i++) {
		const struct stored_snapshot *s = parts[i], *before = i ? parts[i - 1] : NULL;
		bool same = before && str_eq(before->list, s->list) && before->part.of == s->part.of;
		bool last =
		    i + 1 == count || !str_eq(parts[i + 1]->list, s->list) || parts[i + 1]->part.of != s->part.of;
		uint32_t next = same ? before->part.number + 1 : 1;
		if (s->part.number > next)
			missing = next;
		else if (last && s->part.number < s->part.of)
			missing = s->part.number + 1;
		if (missing)
			error_set(error, ERROR_INPUT, s->path, "is part %u of %u, and part %u is missing beside it",
			          s->part.number, s->part.of, missing);
	}
	free(parts);
	return !missing;
}

/* They are sorted. */
static bool paths_distinct(const struct walk *walk, struct error *error)
{
	for (size_t i = 1; i < walk->count; i++) {
		const struct stored_file *a = walk->files[i - 1].stored, *b = walk->files[i].stored;
		if (a && b && str_eq(a->path, b->path))
			return error_set(error, ERROR_INPUT, b->snapshot->path, "holds %.*s, which is in %s too",
			                 STR_ARG(a->path), a->snapshot->path);
	}
	return true;
}

static bool expand(void *context, struct walk *walk, size_t from, struct arena *arena, struct error *error)
{
	struct walk inside = {0};
	size_t first = store.count;
	bool good = true;
	(void)context;
	for (size_t i = from; i < walk->count && good; i++) {
		const struct walk_file *file = &walk->files[i];
		struct packet *packet = file->refused ? NULL : open_snapshot(file->reached.ptr, error);
		if (packet)
			good =
			    add_snapshot(packet, file->reached.ptr, root_of(file, arena), first, &inside, arena, error);
		else if (!file->refused && error->kind != ERROR_NONE)
			good = false;
		else if (i == from)
			return true; /* a folder begins with what it is: evidence */
		else
			good = error_set(error, ERROR_INPUT, file->reached.ptr,
			                 "is no snapshot, or a damaged one, in a folder of snapshots");
	}
	walk_sort(&inside, 0);
	good = good && parts_complete(first, error) && paths_distinct(&inside, error);
	if (!good) as_input(error);
	if (good) {
		walk->count = from;
		for (size_t i = 0; i < inside.count; i++) add_to(walk, inside.files[i]);
	}
	walk_free(&inside);
	return good;
}

/* ---- records ---- */

struct hashed {
	struct file file;
	uint64_t at;
	struct sha256 hash;
};

static bool read_hashed(void *context, char *dst, size_t capacity, size_t *got, struct error *error)
{
	struct hashed *h = context;
	if (!file_read(&h->file, h->at, dst, capacity, got, error)) return false;
	sha256_add(&h->hash, dst, *got);
	h->at += *got;
	return true;
}

static bool is_hash(const unsigned char digest[SHA256_BYTES], struct str hex)
{
	char ours[SHA256_HEX + 1];
	hex_of(digest, SHA256_BYTES, ours);
	return str_eq(str_of(ours, SHA256_HEX), hex);
}

/* The snapshot is one of several roots (collect/roots.h): a root's name comes before the paths that its files were collected under. */
static void put_below(struct reader_parts *parts, struct str path, struct str collected, struct arena *arena)
{
	struct str root = str_slice(path, 0, path.len - collected.len);
	for (size_t i = 0; i < parts->count; i++) {
		struct snapshot *s = &parts->snapshots[i];
		struct str below = str_concat(arena, root, snapshot_string(s, s->inputs[0].path));
		s->inputs[0].path = strings_add(&s->strings, below);
		s->inputs[0].display_last = false;
	}
}

static bool read_records(const struct walk_file *file, struct reader_parts *parts, struct arena *arena,
                         struct error *error)
{
	const struct stored_file *stored = file->stored;
	const struct stored_snapshot *s = stored->snapshot;
	const char *name = str_concat(arena, STR("data/records/"), stored->path).ptr;
	unsigned char digest[SHA256_BYTES];
	struct hashed records = {.at = 0};
	if (!file_open(&records.file, s->origin, name, error)) return false;
	sha256_begin(&records.hash);
	struct walk_file collected = *file; /* under the path that it had then */
	collected.path = stored->path;
	bool good = snapshot_decode(parts, &collected, &(struct stream_source){&records, read_hashed}, s->path, error);
	sha256_end(&records.hash, digest);
	file_close(&records.file);
	if (good && !is_hash(digest, stored->records))
		return error_set(error, ERROR_INPUT, s->path, "%s is damaged: it has another hash than it had", name);
	if (good && !str_eq(file->path, stored->path)) put_below(parts, file->path, stored->path, arena);
	return good;
}

static bool read_stored(void *context, const struct walk_file *file, struct spool *spool, struct reader_parts *parts,
                        struct error *error)
{
	const struct stored_file *stored = file->stored;
	const struct stored_snapshot *s = stored->snapshot;
	struct arena arena = {0};
	unsigned char digest[SHA256_BYTES];
	(void)context;
	bool good = read_records(file, parts, &arena, error);
	struct input *input = good ? &parts->snapshots[0].inputs[0] : NULL;
	if (good && spool) {
		struct str name = str_concat(&arena, STR("data/evidence/"), stored->path);
		good = packet_copy_frames(s->packet, name, spool, &input->frames, digest, error);
		if (good && (!is_hash(digest, stored->frames) || input->frames.content != input->bytes))
			good = error_set(error, ERROR_INPUT, s->path, "%s is damaged: it has another hash than it had",
			                 name.ptr);
	}
	if (!good) as_input(error);
	arena_free(&arena);
	return good;
}

/* ---- evidence, to be read again ---- */

struct open_file {
	struct file file;
	struct arena arena;
};

static void *origin_open(void *context, const char *path, uint64_t *size, struct error *error)
{
	struct open_file *opened = memory_grow(NULL, sizeof(*opened));
	uint32_t number = strings_find(&store.names, str_from(path));
	const struct stored_file *stored = number ? store.files[number - 1] : NULL;
	const struct file_origin *origin = stored ? stored->snapshot->origin : NULL;
	const char *name = path;
	(void)context;
	*opened = (struct open_file){.arena = {0}};
	if (stored) name = str_concat(&opened->arena, STR("data/evidence/"), stored->path).ptr;
	if (file_open(&opened->file, origin, name, error)) {
		*size = opened->file.size;
		return opened;
	}
	arena_free(&opened->arena);
	free(opened);
	return NULL;
}

static bool origin_read(void *handle, uint64_t offset, void *dst, size_t capacity, size_t *got, struct error *error)
{
	const struct open_file *opened = handle;
	return file_read(&opened->file, offset, dst, capacity, got, error);
}

static void origin_close(void *handle)
{
	struct open_file *opened = handle;
	file_close(&opened->file);
	arena_free(&opened->arena);
	free(opened);
}

static const struct file_origin *origin(void *context)
{
	(void)context;
	return store.count ? &store.origin : NULL;
}

const struct collect_store *snapshots_store(void)
{
	store.origin = (struct file_origin){NULL, origin_open, origin_read, origin_close};
	store.hooks = (struct collect_store){NULL, expand, is_part, read_stored, origin};
	return &store.hooks;
}
