#include "collect/collect.h"

#include "collect/container.h"
#include "collect/reader.h"
#include "collect/recommendations.h"
#include "collect/redact.h"
#include "core/pool.h"
#include "core/stream.h"

#include <stdlib.h>

struct job {
	/* Takes a file's parts, in the order of the walk. */
	bool (*take)(void *context, const struct walk_file *file, size_t i, struct reader_parts *parts,
	             struct error *error);
	void *take_context;
	const struct walk *walk;
	const struct collect_options *options;
	struct reader_options reader;
	struct reader_parts *parts; /* of each file, empty once appended */
	struct error *errors;
	bool *good;
	struct error *error;
};

static const struct file_origin *origin_of(const struct collect_options *options)
{
	return options->redact ? redact_origin(options->redact) : options->origin;
}

/* A file in which nothing was found is read from where it lies: it must still be what was looked through. */
static bool still_searched(struct redact *redact, const struct walk_file *file, const struct reader_parts *parts,
                           struct error *error)
{
	struct redact_copy copy = redact_copy_of(redact, file->reached);
	if (copy.state != REDACT_SEARCHED || !parts->count) return true;
	return memcmp(copy.original_sha256, parts->snapshots[0].inputs[0].sha256, SHA256_BYTES) == 0 ||
	       error_set(error, ERROR_INPUT, file->reached.ptr,
	                 "changed after it was looked through for the redaction");
}

static void read_one(void *context, size_t i)
{
	struct job *job = context;
	const struct walk_file *file = &job->walk->files[i];
	const struct collect_store *store = job->options->store;
	struct redact *redact = job->options->redact;
	job->good[i] = false;
	if (redact && file->stored) {
		error_set(
		    &job->errors[i], ERROR_INPUT, file->reached.ptr,
		    "comes out of a snapshot, whose records were read before: redaction needs the files themselves");
		return;
	}
	if (redact && !redact_prepare(redact, file, job->reader.specs, &job->errors[i])) return;
	if (file->stored)
		job->good[i] = store->read(store->context, file, job->options->spool, &job->parts[i], &job->errors[i]);
	else
		job->good[i] = file->refused || reader_read(&job->parts[i], file, &job->reader, &job->errors[i]);
	if (redact && job->good[i]) job->good[i] = still_searched(redact, file, &job->parts[i], &job->errors[i]);
}

static void leave_out(struct snapshot *s, const struct walk_file *file)
{
	struct arena arena = {0};
	LARGE_RESERVE(s->left_out, s->left_out_count, s->left_out_capacity);
	s->left_out[s->left_out_count++] =
	    (struct left_out){strings_add(&s->strings, file->path), strings_add(&s->strings, str_from(file->refused))};
	snapshot_warn(s, "missing_evidence", GAP_SCOPE, UINT32_MAX, STR_EMPTY,
	              str_printf(&arena, "%.*s is %s: not read, not carried", STR_ARG(file->path), file->refused));
	arena_free(&arena);
}

static bool take_one(void *context, size_t i)
{
	struct job *job = context;
	const struct walk_file *file = &job->walk->files[i];
	if (!job->good[i]) {
		*job->error = job->errors[i];
		return false;
	}
	if (!job->take(job->take_context, file, i, &job->parts[i], job->error)) return false;
	reader_parts_free(&job->parts[i]);
	if (job->options->progress)
		job->options->progress(job->options->progress_context, file->reached.ptr, i + 1, job->walk->count);
	return true;
}

/* All files in one pool; take and take_context are set in the job. */
static bool read_files(struct job *given, const struct walk *walk, const struct collect_options *options,
                       struct error *error)
{
	struct arena arena = {0};
	struct specs specs;
	struct job job = *given;
	if (!specs_load(&specs, &arena, error)) {
		arena_free(&arena);
		return false;
	}
	job.walk = walk;
	job.options = options;
	job.error = error;
	job.reader = (struct reader_options){.specs = &specs,
	                                     .origin = origin_of(options),
	                                     .spool = options->spool,
	                                     .level = options->level,
	                                     .desks = desks_new(),
	                                     .explain = options->explain};
	job.parts = memory_grow(NULL, sizeof(*job.parts) * (walk->count + 1));
	memset(job.parts, 0, sizeof(*job.parts) * (walk->count + 1));
	job.errors = memory_grow(NULL, sizeof(*job.errors) * (walk->count + 1));
	job.good = memory_grow(NULL, walk->count + 1);
	bool good = pool_run(&(struct pool_job){&job, read_one, take_one, walk->count, 0}, options->threads);
	for (size_t i = 0; i < walk->count; i++) reader_parts_free(&job.parts[i]);
	desks_free(job.reader.desks);
	free(job.parts);
	free(job.errors);
	free(job.good);
	arena_free(&arena);
	return good;
}

/* context: the snapshot of each file. */
static bool append_file(void *context, const struct walk_file *file, size_t i, struct reader_parts *parts,
                        struct error *error)
{
	struct snapshot *const *into = context;
	(void)error;
	if (file->refused) leave_out(into[i], file);
	for (size_t k = 0; k < parts->count; k++) snapshot_append(into[i], &parts->snapshots[k]);
	return true;
}

static bool read_and_settle(struct snapshot *snapshots, size_t snapshot_count, const struct walk *walk,
                            struct snapshot **into, const struct collect_options *options, struct error *error)
{
	struct job job = {.take = append_file, .take_context = into};
	bool good = read_files(&job, walk, options, error);
	const struct file_origin *stored = options->store ? options->store->origin(options->store->context) : NULL;
	for (size_t i = 0; i < snapshot_count && good; i++) {
		if (stored) snapshots[i].origin = stored;
		snapshot_settle(&snapshots[i]);
	}
	return good;
}

struct each {
	bool (*each)(void *context, const struct walk_file *file, struct reader_parts *parts, struct error *error);
	void *context;
};

static bool give_file(void *context, const struct walk_file *file, size_t i, struct reader_parts *parts,
                      struct error *error)
{
	const struct each *each = context;
	(void)i;
	return each->each(each->context, file, parts, error);
}

bool collect_each(const struct walk *walk, const struct collect_options *options,
                  bool (*each)(void *context, const struct walk_file *file, struct reader_parts *parts,
                               struct error *error),
                  void *context, struct error *error)
{
	struct each given = {each, context};
	return read_files(&(struct job){.take = give_file, .take_context = &given}, walk, options, error);
}

static void begin(struct snapshot *snapshots, size_t count, const struct collect_options *options)
{
	for (size_t i = 0; i < count; i++) {
		snapshot_init(&snapshots[i]);
		snapshots[i].origin = origin_of(options);
	}
}

bool collect(struct snapshot *snapshot, const char *const *paths, size_t count, const struct collect_options *options,
             struct error *error)
{
	struct arena arena = {0};
	struct walk walk = {0};
	bool good = true;
	begin(snapshot, 1, options);
	for (size_t i = 0; i < count && good; i++)
		good = roots_walk(&walk, &arena, &(struct roots){&paths[i], 1}, options->store, error);
	struct snapshot **into = memory_grow(NULL, sizeof(struct snapshot *) * (walk.count + 1));
	for (size_t i = 0; i < walk.count; i++) into[i] = snapshot;
	good = good && read_and_settle(snapshot, 1, &walk, into, options, error);
	free(into);
	walk_free(&walk);
	arena_free(&arena);
	return good;
}

/* The snapshots were begun. */
static bool read_sides(struct snapshot sides[SIDE_COUNT], const struct walk walks[SIDE_COUNT],
                       const struct collect_options *options, struct error *error)
{
	size_t count = walks[SIDE_BEFORE].count + walks[SIDE_AFTER].count, filled = 0;
	struct walk all = {.files = memory_grow(NULL, sizeof(*all.files) * (count + 1)), .count = count};
	struct snapshot **into = memory_grow(NULL, sizeof(struct snapshot *) * (count + 1));
	for (int side = 0; side < SIDE_COUNT; side++)
		for (size_t i = 0; i < walks[side].count; i++) {
			all.files[filled] = walks[side].files[i];
			into[filled++] = &sides[side];
		}
	bool good = read_and_settle(sides, SIDE_COUNT, &all, into, options, error);
	free(into);
	walk_free(&all);
	if (!good) return false;
	/* What a recommendation is, does not depend on the side that exported it; each side's own word goes first. */
	recommendations_complete(&sides[SIDE_BEFORE], &sides[SIDE_AFTER]);
	recommendations_complete(&sides[SIDE_AFTER], &sides[SIDE_BEFORE]);
	return true;
}

bool collect_pair(struct snapshot sides[SIDE_COUNT], const struct roots roots[SIDE_COUNT],
                  const struct collect_options *options, struct error *error)
{
	struct arena arena = {0};
	struct walk walks[SIDE_COUNT] = {{0}};
	bool good = true;
	begin(sides, SIDE_COUNT, options);
	for (int side = 0; side < SIDE_COUNT && good; side++)
		good = roots_walk(&walks[side], &arena, &roots[side], options->store, error);
	good = good && read_sides(sides, walks, options, error);
	for (int side = 0; side < SIDE_COUNT; side++) walk_free(&walks[side]);
	arena_free(&arena);
	return good;
}

bool collect_walked(struct snapshot sides[SIDE_COUNT], const struct walk walks[SIDE_COUNT],
                    const struct collect_options *options, struct error *error)
{
	begin(sides, SIDE_COUNT, options);
	return read_sides(sides, walks, options, error);
}

static bool read_plain(const struct file *file, uint64_t from, size_t length, struct buf *out, struct error *error)
{
	size_t got = 1, len = 0;
	buf_reserve(out, length);
	while (len < length && got) {
		if (!file_read(file, from + len, out->ptr + out->len + len, length - len, &got, error)) return false;
		len += got;
	}
	if (len < length) return error_set(error, ERROR_INPUT, file->path, "has changed since it was read");
	out->len += length;
	return true;
}

bool evidence_read(const struct file_origin *origin, const char *path, struct str member, uint64_t from,
                   uint64_t length, struct buf *out, struct error *error)
{
	struct file file;
	struct stream stream;
	if (!file_open(&file, origin, path, error)) return false;
	if (member.len) return members_read_range(file, member, from, length, out, error);
	if (!stream_open_file(&stream, file, NULL, error)) return false;
	bool plain = !stream.encoding[0] && !stream.converted;
	bool good = plain ? read_plain(&stream.file, from, (size_t)length, out, error)
	                  : stream_read_range(&stream, from, length, out, error);
	stream_close(&stream);
	return good;
}
