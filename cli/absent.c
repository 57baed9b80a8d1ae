#include "cli/absent.h"

#include "collect/walk.h"
#include "core/strings.h"
#include "render/manifest.h"

#include <stdlib.h>

static const struct str list_name = {"data/evidence-sha256.txt", 24};

static int by_path(const void *a, const void *b)
{
	return str_cmp(((const struct absent_file *)a)->path, ((const struct absent_file *)b)->path);
}

static int by_hash(const void *a, const void *b)
{
	const struct absent_file *const *x = a, *const *y = b;
	return memcmp((*x)->sha256, (*y)->sha256, SHA256_BYTES);
}

/* ---- what is absent ---- */

static bool read_list(struct packet *packet, struct str text, struct absent *absent, struct error *error)
{
	struct buf scratch = {0};
	struct absent_file *files = NULL;
	size_t capacity = 0;
	bool good = true;
	while (good && text.len) {
		struct absent_file file = {.found = NULL};
		struct error none;
		uint64_t size;
		good = manifest_entry(manifest_line(&text), file.sha256, &file.path, &scratch);
		if (!good)
			error_set(error, ERROR_VERIFY, NULL, "data/evidence-sha256.txt: a line without hash and path");
		absent->evidence += good;
		if (!good || packet_member_size(packet, file.path, &size, &none)) continue;
		file.path = str_from(str_cstr(&absent->arena, file.path));
		ARRAY_RESERVE(files, absent->count, capacity);
		files[absent->count++] = file;
	}
	if (absent->count) qsort(files, absent->count, sizeof(*files), by_path);
	absent->files = ARENA_ARRAY(&absent->arena, struct absent_file, absent->count + 1);
	if (absent->count) memcpy(absent->files, files, sizeof(*files) * absent->count);
	free(files);
	buf_free(&scratch);
	return good;
}

/* ---- where it is ---- */

static bool hash_file(const char *path, unsigned char sha256[SHA256_BYTES], struct error *error)
{
	enum { BLOCK = 1 << 18 };
	struct file file;
	struct sha256 hash;
	size_t got = 1;
	if (!file_open(&file, NULL, path, error)) return false;
	char *block = memory_grow(NULL, BLOCK);
	bool good = true;
	sha256_begin(&hash);
	for (uint64_t at = 0; good && got; at += got) {
		good = file_read(&file, at, block, BLOCK, &got, error);
		sha256_add(&hash, block, good ? got : 0);
	}
	sha256_end(&hash, sha256);
	free(block);
	file_close(&file);
	return good;
}

/* Files of the same bytes stand side by side. */
static void take_found(struct absent_file **sorted, size_t count, const unsigned char sha256[SHA256_BYTES],
                       const char *path, size_t *left)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (memcmp(sorted[middle]->sha256, sha256, SHA256_BYTES) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < count && memcmp(sorted[low]->sha256, sha256, SHA256_BYTES) == 0; low++) {
		if (sorted[low]->found) continue;
		sorted[low]->found = path;
		--*left;
	}
}

static bool look_for(struct absent *absent, const char *from, struct str wanted, struct error *error)
{
	struct walk walk = {0};
	size_t count = 0;
	struct absent_file **sorted = memory_grow(NULL, sizeof(struct absent_file *) * (absent->count + 1));
	for (size_t i = 0; i < absent->count; i++)
		if (!wanted.len || str_eq(absent->files[i].path, wanted)) sorted[count++] = &absent->files[i];
	if (count) qsort(sorted, count, sizeof(*sorted), by_hash);
	size_t left = count;
	bool good = count == 0 || walk_tree(&walk, &absent->arena, from, error);
	for (size_t i = 0; good && left && i < walk.count; i++) {
		unsigned char sha256[SHA256_BYTES];
		if (walk.files[i].refused) continue;
		good = hash_file(walk.files[i].reached.ptr, sha256, error);
		if (good) take_found(sorted, count, sha256, walk.files[i].reached.ptr, &left);
	}
	absent->found = count - left;
	walk_free(&walk);
	free(sorted);
	return good;
}

bool absent_read(struct packet *packet, const char *from, struct str wanted, struct absent *absent, struct error *error)
{
	struct buf text = {0};
	struct error none;
	uint64_t size;
	*absent = (struct absent){.count = 0};
	if (!packet_member_size(packet, list_name, &size, &none)) return true; /* all of it is carried */
	bool good = packet_read_member(packet, list_name, &text, PACKET_MANIFEST_MAX, error) &&
	            read_list(packet, buf_str(&text), absent, error) &&
	            (!from || look_for(absent, from, wanted, error));
	buf_free(&text);
	return good;
}

void absent_free(struct absent *absent)
{
	arena_free(&absent->arena);
	*absent = (struct absent){.count = 0};
}

const struct absent_file *absent_find(const struct absent *absent, struct str path)
{
	struct absent_file wanted = {.path = path};
	return absent->count ? bsearch(&wanted, absent->files, absent->count, sizeof(wanted), by_path) : NULL;
}

bool absent_missing(const struct absent *absent, const char *packet, struct error *error)
{
	const struct absent_file *first = absent->files;
	while (first->found) first++;
	return error_set(
	    error, ERROR_INPUT, packet,
	    "%zu of %zu files of evidence are not in this packet (%.*s%s): give a folder that holds them with "
	    "--evidence-from",
	    absent->count - absent->found, absent->evidence, (int)(first->path.len < 200 ? first->path.len : 200),
	    first->path.ptr, absent->count - absent->found > 1 ? " and others" : "");
}

/* ---- both as one ---- */

struct handle {
	struct file found; /* open: it is one that was absent */
	const struct file_origin *packet;
	void *inner;
};

static void *origin_open(void *context, const char *path, uint64_t *size, struct error *error)
{
	const struct absent *absent = context;
	const struct absent_file *file = absent_find(absent, str_from(path));
	struct handle *handle = memory_grow(NULL, sizeof(*handle));
	*handle = (struct handle){.packet = &absent->packet};
	bool good = true;
	if (file && file->found) {
		good = file_open(&handle->found, NULL, file->found, error);
		if (good) *size = handle->found.size;
	} else {
		handle->inner = absent->packet.open(absent->packet.context, path, size, error);
		good = handle->inner != NULL;
	}
	if (good) return handle;
	free(handle);
	return NULL;
}

static bool origin_read(void *context, uint64_t offset, void *dst, size_t capacity, size_t *got, struct error *error)
{
	struct handle *handle = context;
	if (!handle->inner) return file_read(&handle->found, offset, dst, capacity, got, error);
	return handle->packet->read(handle->inner, offset, dst, capacity, got, error);
}

static void origin_close(void *context)
{
	struct handle *handle = context;
	file_close(&handle->found);
	if (handle->inner) handle->packet->close(handle->inner);
	free(handle);
}

const struct file_origin *absent_origin(struct absent *absent, const struct file_origin *packet)
{
	absent->packet = *packet;
	absent->origin = (struct file_origin){absent, origin_open, origin_read, origin_close};
	return &absent->origin;
}
