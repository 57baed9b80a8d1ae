#include "collect/collect.h"

#include "collect/container.h"
#include "collect/reader.h"
#include "collect/recommendations.h"
#include "core/pool.h"
#include "core/stream.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct job {
	struct snapshot *const *into; /* by file */
	const struct walk *walk;
	const struct collect_options *options;
	struct reader_options reader;
	struct reader_parts *parts; /* of each file, empty once appended */
	struct error *errors;
	bool *good;
	struct error *error;
};

static void read_one(void *context, size_t i)
{
	struct job *job = context;
	const struct walk_file *file = &job->walk->files[i];
	job->good[i] = file->refused || reader_read(&job->parts[i], file, &job->reader, &job->errors[i]);
}

static bool take_one(void *context, size_t i)
{
	struct job *job = context;
	const struct walk_file *file = &job->walk->files[i];
	if (!job->good[i]) {
		*job->error = job->errors[i];
		return false;
	}
	if (file->refused) {
		struct arena arena = {0};
		snapshot_warn(
		    job->into[i], "missing_evidence", GAP_SCOPE, UINT32_MAX, STR_EMPTY,
		    str_printf(&arena, "%.*s is %s: not read, not carried", STR_ARG(file->path), file->refused));
		arena_free(&arena);
	}
	for (size_t k = 0; k < job->parts[i].count; k++) snapshot_append(job->into[i], &job->parts[i].snapshots[k]);
	reader_parts_free(&job->parts[i]);
	if (job->options->progress)
		job->options->progress(job->options->progress_context, file->reached.ptr, i + 1, job->walk->count);
	return true;
}

/* All files of all snapshots in one pool; into[i] is the snapshot of file i. */
static bool read_files(const struct walk *walk, struct snapshot *const *into, const struct specs *specs,
                       const struct collect_options *options, struct error *error)
{
	struct job job = {.into = into, .walk = walk, .options = options, .error = error};
	job.reader = (struct reader_options){
	    .specs = specs, .spool = options->spool, .level = options->level, .explain = options->explain};
	job.parts = memory_grow(NULL, sizeof(*job.parts) * (walk->count + 1));
	memset(job.parts, 0, sizeof(*job.parts) * (walk->count + 1));
	job.errors = memory_grow(NULL, sizeof(*job.errors) * (walk->count + 1));
	job.good = memory_grow(NULL, walk->count + 1);
	bool good = pool_run(&(struct pool_job){&job, read_one, take_one, walk->count, 0}, options->threads);
	for (size_t i = 0; i < walk->count; i++) reader_parts_free(&job.parts[i]);
	free(job.parts);
	free(job.errors);
	free(job.good);
	return good;
}

/* side_of[i]: the snapshot that paths[i] belongs to. */
static bool collect_all(struct snapshot *snapshots, size_t snapshot_count, const char *const *paths,
                        const size_t *side_of, size_t count, const struct collect_options *options, struct error *error)
{
	struct arena arena = {0};
	struct walk walk = {0};
	struct specs specs;
	struct snapshot **into = NULL;
	size_t capacity = 0, filled = 0;
	for (size_t i = 0; i < snapshot_count; i++) snapshot_init(&snapshots[i]);
	bool good = specs_load(&specs, &arena, error);
	for (size_t i = 0; i < count && good; i++) {
		good = walk_tree(&walk, &arena, paths[i], error);
		while (filled < walk.count) {
			ARRAY_RESERVE(into, filled, capacity);
			into[filled++] = &snapshots[side_of[i]];
		}
	}
	if (good) good = read_files(&walk, into, &specs, options, error);
	for (size_t i = 0; i < snapshot_count && good; i++) snapshot_settle(&snapshots[i]);
	free(into);
	walk_free(&walk);
	arena_free(&arena);
	return good;
}

bool collect(struct snapshot *snapshot, const char *const *paths, size_t count, const struct collect_options *options,
             struct error *error)
{
	size_t *side_of = memory_grow(NULL, sizeof(*side_of) * (count + 1));
	for (size_t i = 0; i < count; i++) side_of[i] = 0;
	bool good = collect_all(snapshot, 1, paths, side_of, count, options, error);
	free(side_of);
	return good;
}

bool collect_pair(struct snapshot sides[SIDE_COUNT], const char *const paths[SIDE_COUNT],
                  const struct collect_options *options, struct error *error)
{
	if (!collect_all(sides, SIDE_COUNT, paths, (const size_t[]){SIDE_BEFORE, SIDE_AFTER}, SIDE_COUNT, options,
	                 error))
		return false;
	/* What a recommendation is, does not depend on the side that exported it; each side's own word goes first. */
	recommendations_complete(&sides[SIDE_BEFORE], &sides[SIDE_AFTER]);
	recommendations_complete(&sides[SIDE_AFTER], &sides[SIDE_BEFORE]);
	return true;
}

/* path: of the member as it was reached, "!/" and its name at the end. */
static bool read_member_record(struct str path, struct str member, uint64_t from, uint64_t length, struct buf *out,
                               struct error *error)
{
	struct arena arena = {0};
	const char *container = str_cstr(&arena, str_slice(path, 0, path.len - member.len - 2));
	int file = open(container, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool good = file >= 0 ? members_read_range(file, container, member, from, length, out, error)
	                      : error_errno(error, container, "cannot open");
	arena_free(&arena);
	return good;
}

bool snapshot_read_record(const struct snapshot *s, uint32_t finding, struct buf *out, struct error *error)
{
	const struct input *input = &s->inputs[snapshot_input_of(s, finding)];
	uint64_t from = span_offset(s->findings[finding].span), length = span_length(s->findings[finding].span);
	struct arena arena = {0};
	struct stream stream;
	if (input->member)
		return read_member_record(snapshot_string(s, input->display), snapshot_string(s, input->member), from,
		                          length, out, error);
	const char *path = str_cstr(&arena, snapshot_string(s, input->display));
	bool good = stream_open(&stream, path, NULL, error);
	if (good && !stream.encoding[0] && !stream.converted) {
		buf_reserve(out, (size_t)length);
		ssize_t n = pread(stream.file, out->ptr + out->len, (size_t)length, (off_t)from);
		good =
		    n == (ssize_t)length ? true : error_set(error, ERROR_INPUT, path, "has changed since it was read");
		if (good) out->len += (size_t)length;
		stream_close(&stream);
	} else if (good) {
		good = stream_read_range(&stream, from, length, out, error);
		stream_close(&stream);
	}
	arena_free(&arena);
	return good;
}
