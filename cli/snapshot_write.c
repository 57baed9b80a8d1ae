/* Writing a snapshot: every file is read once, and goes into the bag as two members, the evidence and its records; what names them both
 * comes last, since their hashes are known then.
 */
#include "cli/command.h"
#include "cli/snapshots.h"
#include "collect/snapshot_codec.h"
#include "core/templates.h"

#include <stdio.h>
#include <stdlib.h>

void snapshot_formats(char hex[SHA256_HEX + 1])
{
	struct arena arena = {0};
	struct template_file *files;
	struct sha256 hash;
	unsigned char digest[SHA256_BYTES];
	size_t count = templates_below(&arena, STR("formats/"), &files);
	sha256_begin(&hash);
	for (size_t i = 0; i < count; i++) {
		char size[32];
		int n = snprintf(size, sizeof(size), " %zu\n", files[i].text.len);
		sha256_add(&hash, files[i].name.ptr, files[i].name.len);
		sha256_add(&hash, size, (size_t)n);
		sha256_add(&hash, files[i].text.ptr, files[i].text.len);
	}
	sha256_end(&hash, digest);
	hex_of(digest, SHA256_BYTES, hex);
	arena_free(&arena);
}

struct writer {
	struct bag *bag;
	struct spool *spool;
	int level;
	struct buf files;    /* files.tsv */
	struct buf left_out; /* members of a JSON array */
	void (*warn)(const struct snapshot *snapshot);
	struct snapshot_written *written;
};

struct records {
	struct frame_compressor compressor;
	struct sha256 hash;
	uint64_t size;
};

static bool take_records(void *context, const void *bytes, size_t len, struct error *error)
{
	struct records *records = context;
	records->size += len;
	sha256_add(&records->hash, bytes, len);
	return frame_compressor_add(&records->compressor, bytes, len, error);
}

static bool add_records(struct writer *w, struct str name, const struct reader_parts *parts,
                        unsigned char digest[SHA256_BYTES], struct error *error)
{
	struct records records = {.size = 0};
	struct frame_list frames = {0};
	sha256_begin(&records.hash);
	frame_compressor_begin(&records.compressor, w->spool, w->level);
	bool good = snapshot_encode(parts, &(struct snapshot_writer){&records, take_records}, error) &&
	            frame_compressor_end(&records.compressor, &frames, error);
	frame_compressor_drop(&records.compressor);
	sha256_end(&records.hash, digest);
	good = good && bag_add_frames(w->bag, name, records.size, digest, &frames, w->spool, error);
	frame_list_free(&frames);
	return good;
}

static bool hash_frames(const struct frame_list *frames, struct spool *spool, unsigned char digest[SHA256_BYTES],
                        struct error *error)
{
	struct sha256 hash;
	struct buf packed = {0};
	bool good = true;
	sha256_begin(&hash);
	for (size_t i = 0; i < frames->count && good; i++) {
		packed.len = 0;
		buf_reserve(&packed, frames->frames[i].compressed);
		good = spool_read(spool, frames->frames[i].offset, packed.ptr, frames->frames[i].compressed, error);
		sha256_add(&hash, packed.ptr, good ? frames->frames[i].compressed : 0);
	}
	sha256_end(&hash, digest);
	buf_free(&packed);
	return good;
}

static void add_left_out(struct writer *w, const struct walk_file *file)
{
	buf_add(&w->left_out, w->left_out.len ? STR(",{\"path\":") : STR("{\"path\":"));
	buf_json(&w->left_out, file->path);
	buf_add(&w->left_out, STR(",\"why\":"));
	buf_json(&w->left_out, str_from(file->refused));
	buf_char(&w->left_out, '}');
}

static bool add_file(void *context, const struct walk_file *file, struct reader_parts *parts, struct error *error)
{
	struct writer *w = context;
	struct arena arena = {0};
	unsigned char records[SHA256_BYTES], stored[SHA256_BYTES];
	char hex[2][SHA256_HEX + 1];
	if (file->refused) {
		add_left_out(w, file);
		return true;
	}
	for (size_t i = 0; i < parts->count; i++) {
		w->warn(&parts->snapshots[i]);
		w->written->records += parts->snapshots[i].inputs[0].records;
		w->written->unreadable += parts->snapshots[i].inputs[0].unreadable;
	}
	const struct input *input = &parts->snapshots[0].inputs[0];
	bool good = bag_add_frames(w->bag, str_concat(&arena, STR("evidence/"), file->path), input->bytes,
	                           input->sha256, &input->frames, w->spool, error) &&
	            hash_frames(&input->frames, w->spool, stored, error) &&
	            add_records(w, str_concat(&arena, STR("records/"), file->path), parts, records, error);
	if (good) {
		hex_of(records, SHA256_BYTES, hex[0]);
		hex_of(stored, SHA256_BYTES, hex[1]);
		buf_printf(&w->files, "%s\t%s\t", hex[0], hex[1]);
		buf_add(&w->files, file->path);
		buf_char(&w->files, '\n');
		w->written->files++;
	}
	arena_free(&arena);
	return good;
}

/* ---- parts ---- */

struct sized {
	uint64_t size;
	size_t file;
};

static int larger_first(const void *a, const void *b)
{
	const struct sized *x = a, *y = b;
	if (x->size != y->size) return x->size > y->size ? -1 : 1;
	return x->file < y->file ? -1 : 1;
}

/* Leaves the files of one part in the walk: each file, the largest first, goes to the part that has least so far. list: a hash of
 * all paths and sizes, by which the parts of one folder know each other. */
static bool choose_part(struct walk *walk, struct snapshot_part part, char list[SHA256_HEX + 1], struct error *error)
{
	struct sized *sized = memory_grow(NULL, sizeof(*sized) * (walk->count + 1));
	uint64_t *load = memory_grow(NULL, sizeof(*load) * part.of);
	bool *ours = memory_grow(NULL, walk->count + 1);
	struct sha256 hash;
	unsigned char digest[SHA256_BYTES];
	bool good = true;
	memset(load, 0, sizeof(*load) * part.of);
	sha256_begin(&hash);
	for (size_t i = 0; i < walk->count && good; i++) {
		uint64_t bytes = 0;
		char size[32];
		good = walk->files[i].refused || file_size(walk->files[i].reached.ptr, &bytes, error);
		sized[i] = (struct sized){bytes, i};
		int n = snprintf(size, sizeof(size), " %llu\n", (unsigned long long)bytes);
		sha256_add(&hash, walk->files[i].path.ptr, walk->files[i].path.len);
		sha256_add(&hash, size, (size_t)n);
	}
	sha256_end(&hash, digest);
	hex_of(digest, SHA256_BYTES, list);
	if (good && walk->count) qsort(sized, walk->count, sizeof(*sized), larger_first);
	for (size_t i = 0; i < walk->count && good; i++) {
		uint32_t least = 0;
		for (uint32_t k = 1; k < part.of; k++)
			if (load[k] < load[least]) least = k;
		load[least] += sized[i].size + 4096; /* a file costs something by itself */
		ours[sized[i].file] = least + 1 == part.number;
	}
	size_t kept = 0;
	for (size_t i = 0; i < walk->count && good; i++)
		if (ours[i]) walk->files[kept++] = walk->files[i];
	if (good) walk->count = kept;
	free(sized);
	free(load);
	free(ours);
	return good;
}

static struct str describe(const struct writer *w, struct snapshot_part part, const char *list, struct arena *arena)
{
	char formats[SHA256_HEX + 1];
	snapshot_formats(formats);
	return str_printf(arena,
	                  "{\"dossier\":\"snapshot\",\"version\":%d,\"minor\":%d,\"tool_version\":\"" DOSSIER_VERSION
	                  "\",\n \"formats\":\"%s\",\n \"part\":{\"number\":%u,\"of\":%u,\"list\":\"%s\"},\n"
	                  " \"files\":%llu,\"left_out\":[%.*s]}\n",
	                  SNAPSHOT_VERSION, SNAPSHOT_MINOR, formats, part.number, part.of, list,
	                  (unsigned long long)w->written->files, STR_ARG(buf_str(&w->left_out)));
}

bool snapshot_write(const struct roots *roots, const char *path, struct snapshot_part part,
                    const struct collect_options *options, void (*warn)(const struct snapshot *snapshot),
                    struct snapshot_written *written, struct error *error)
{
	struct arena arena = {0};
	struct walk walk = {0};
	char list[SHA256_HEX + 1];
	*written = (struct snapshot_written){.files = 0};
	struct writer w = {.spool = spool_beside(path), .level = options->level, .warn = warn, .written = written};
	struct collect_options reading = *options;
	reading.spool = w.spool;
	/* No time: a snapshot is the same whenever it is made. */
	struct bag_options bagging = {.change_id = STR("snapshot"),
	                              .as_of = 0,
	                              .version = STR(DOSSIER_VERSION),
	                              .level = options->level,
	                              .jobs = options->threads};
	bool good = roots_walk(&walk, &arena, roots, NULL, error) && choose_part(&walk, part, list, error) &&
	            (w.bag = bag_open(path, &bagging, error)) != NULL;
	good = good && collect_each(&walk, &reading, add_file, &w, error) &&
	       bag_add(w.bag, STR("files.tsv"), buf_str(&w.files), error) &&
	       bag_add(w.bag, STR("snapshot.json"), describe(&w, part, list, &arena), error);
	if (good)
		good = bag_finish(w.bag, NULL, &written->bag, error);
	else
		bag_abort(w.bag);
	buf_free(&w.files);
	buf_free(&w.left_out);
	spool_close(w.spool);
	walk_free(&walk);
	arena_free(&arena);
	return good;
}
