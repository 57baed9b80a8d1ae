/* The jobs, in the order in which they are begun:
 *
 *   report.pdf  packet.json ... | findings.csv 0 1 2 ... n | report.xml 0 1 2 .. [findings.index] ..
 *   `----- one job each -----'   `------------- a job for each part, in their order ---------------'
 *
 * so that the end is made of small jobs, and every processor is busy up to it. Each file is a stream (core/zstream.h), which
 * puts its parts in order, hashes and compresses them. The index needs all rows of findings.csv: its job waits for them, some
 * jobs after the last of them has begun, so that they are there.
 *
 * Into the bag go the files of one job each, then what `between` adds, which is the evidence, then those in parts: so the evidence
 * is on its way to the disk while the long lists are made, and who reads the packet from a pipe gets report.pdf first.
 */
#include "cli/reports.h"

#include "cli/stats.h"
#include "core/pool.h"
#include "core/zstream.h"
#include "render/csv.h"
#include "render/xml_doc.h"

#include <pthread.h>
#include <stdlib.h>

enum { INDEX_AFTER = 16 /* jobs */ };

struct report_file {
	const struct output *output;
	const char *name;
	size_t parts, done;
	struct zstream stream;
	struct csv_rows rows;        /* of a file with an index */
	struct report_file *rows_of; /* of an index: the file whose rows it lists */
};

struct reports {
	struct report_file *files; /* in the order of the bag */
	size_t file_count;
	size_t whole, taken; /* from the first: of one job each; in the bag */
	struct bag *bag;
	const struct outputs *outputs;
	bool (*between)(struct bag *bag, const struct outputs *outputs, struct error *error);
	bool between_taken;
	struct job {
		struct report_file *file;
		size_t part;
	} * jobs;
	size_t job_count, job_capacity;
	struct error *error;
	/* Buffers of rows that wait for the next part: as many as there are threads, at most. */
	pthread_mutex_t lock;
	struct buf *idle;
	size_t idle_count, idle_capacity;
};

/* ---- one part ---- */

/* Where a report writes that is not one buffer of rows. */
struct part_sink {
	struct zstream *stream;
	size_t part;
};

static bool take_bytes(void *context, const void *bytes, size_t len, struct error *error)
{
	struct part_sink *to = context;
	return zstream_write(to->stream, to->part, bytes, len, error);
}

static struct buf take_buffer(struct reports *r)
{
	struct buf buffer = {0};
	pthread_mutex_lock(&r->lock);
	if (r->idle_count) buffer = r->idle[--r->idle_count];
	pthread_mutex_unlock(&r->lock);
	return buffer;
}

static void give_buffer(struct reports *r, struct buf buffer)
{
	enum { LARGEST_KEPT = 4 << 20 };
	if (buffer.capacity > LARGEST_KEPT) buf_free(&buffer);
	buffer.len = 0;
	pthread_mutex_lock(&r->lock);
	ARRAY_RESERVE(r->idle, r->idle_count, r->idle_capacity);
	r->idle[r->idle_count++] = buffer;
	pthread_mutex_unlock(&r->lock);
}

/* Rows of findings. Where they begin is known in their turn, and noted before it is over: the index waits for no more than
 * that. They may be compressed after it, so the buffer stays until the end. */
static void write_rows(struct reports *r, const struct job *job, struct error *error)
{
	struct report_file *file = job->file;
	struct csv_rows *rows = file->rows.rows ? &file->rows : NULL;
	struct part part = parts_at(file->output->parts, r->outputs->result, job->part - 1);
	struct buf out = take_buffer(r);
	file->output->parts->rows(r->outputs->result, part, &out, rows);
	if (zstream_wait(&file->stream, job->part, error) && rows)
		csv_rows_moved(rows, r->outputs->result, part, file->stream.size);
	zstream_part(&file->stream, job->part, out.ptr, out.len, error);
	give_buffer(r, out);
}

static bool write_stream(const struct reports *r, const struct job *job, struct sink sink, struct error *error)
{
	struct report_file *file = job->file;
	const struct parts *parts = file->output->parts;
	if (file->rows_of) {
		bool good = zstream_wait(&file->rows_of->stream, file->rows_of->parts, error) &&
		            csv_index(&file->rows_of->rows, sink, error);
		csv_rows_free(&file->rows_of->rows);
		return good;
	}
	if (!parts) return file->output->write(r->outputs->result, sink, error);
	if (job->part == 0) return parts->head(r->outputs->result, sink, error);
	return !parts->tail || parts->tail(r->outputs->result, sink, error);
}

static void write_whole(const struct reports *r, const struct job *job, struct error *error)
{
	struct zstream *stream = &job->file->stream;
	struct part_sink to = {stream, job->part};
	if (write_stream(r, job, (struct sink){&to, take_bytes}, error))
		zstream_part(stream, job->part, NULL, 0, error);
	else
		zstream_fail(stream, error);
}

static void write_job(void *context, size_t i)
{
	struct reports *r = context;
	const struct job *job = &r->jobs[i];
	struct report_file *file = job->file;
	struct error error; /* the stream keeps the first */
	uint64_t since = stats_clock();
	bool rows = job->part > 0 && job->part + 1 < file->parts, last = job->part + 1 == file->parts;
	if (rows)
		write_rows(r, job, &error);
	else
		write_whole(r, job, &error);
	/* A stream that failed is not closed: nobody takes it. */
	if (last && zstream_wait(&file->stream, file->parts, &error)) zstream_close(&file->stream, &error);
	stats_part(file->name, since, last ? file->stream.size : 0);
}

/* ---- which ---- */

static void add_job(struct reports *r, struct report_file *file, size_t part)
{
	ARRAY_RESERVE(r->jobs, r->job_count, r->job_capacity);
	r->jobs[r->job_count++] = (struct job){.file = file, .part = part};
}

static struct report_file *add_file(struct reports *r, const struct output *output, const char *name)
{
	struct report_file *file = &r->files[r->file_count++];
	*file = (struct report_file){.output = output, .name = name, .parts = 1};
	zstream_begin(&file->stream, r->outputs->spool, REPORT_LEVEL);
	return file;
}

static void choose_files(struct reports *r, const struct output *const *chosen, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!chosen[i]->parts) add_file(r, chosen[i], chosen[i]->name);
	r->whole = r->file_count;
	for (size_t i = 0; i < count; i++) {
		if (!chosen[i]->parts) continue;
		struct report_file *file = add_file(r, chosen[i], chosen[i]->name);
		file->parts = parts_rows(r->outputs->result) + 2;
		if (!chosen[i]->index) continue;
		csv_rows_begin(&file->rows, r->outputs->result);
		add_file(r, chosen[i], chosen[i]->index)->rows_of = file;
	}
}

static void plan_jobs(struct reports *r)
{
	struct report_file *index = NULL;
	size_t index_at = SIZE_MAX;
	for (size_t i = 0; i < r->whole; i++) add_job(r, &r->files[i], 0);
	for (size_t i = r->whole; i < r->file_count; i++) {
		struct report_file *file = &r->files[i];
		for (size_t part = 0; part < file->parts && file->parts > 1; part++) {
			if (index && r->job_count >= index_at) {
				add_job(r, index, 0);
				index = NULL;
			}
			add_job(r, file, part);
		}
		if (!file->rows_of) continue;
		index = file;
		index_at = r->job_count + INDEX_AFTER;
	}
	if (index) add_job(r, index, 0);
}

/* ---- into the bag ---- */

static bool take_file(struct reports *r, struct report_file *file)
{
	struct frame_list frames;
	zstream_take(&file->stream, &frames);
	bool good = bag_add_frames(r->bag, str_from(file->name), file->stream.size, file->stream.digest, &frames,
	                           r->outputs->spool, r->error);
	frame_list_free(&frames);
	return good;
}

/* What is whole and whose turn it is. */
static bool take_files(struct reports *r)
{
	for (;;) {
		if (r->taken == r->whole && !r->between_taken) {
			r->between_taken = true;
			if (!r->between(r->bag, r->outputs, r->error)) return false;
		}
		struct report_file *file = &r->files[r->taken];
		if (r->taken == r->file_count || file->done < file->parts) return true;
		if (!take_file(r, file)) return false;
		r->taken++;
	}
}

/* Takes while later jobs go on. False if the file of the job has failed, or the bag. */
static bool job_done(void *context, size_t i)
{
	struct reports *r = context;
	struct report_file *file = r->jobs[i].file;
	file->done++;
	return zstream_wait(&file->stream, 0, r->error) && take_files(r);
}

bool reports_write(struct bag *bag, const struct outputs *o, const struct output *const *chosen, size_t count,
                   bool (*between)(struct bag *bag, const struct outputs *outputs, struct error *error),
                   struct error *error)
{
	struct reports r = {.bag = bag, .outputs = o, .between = between, .error = error};
	pthread_mutex_init(&r.lock, NULL);
	r.files = memory_grow(NULL, sizeof(*r.files) * (2 * count + 1));
	choose_files(&r, chosen, count);
	plan_jobs(&r);
	xml_prepare();
	bool good = pool_run(&(struct pool_job){&r, write_job, job_done, r.job_count, r.job_count}, o->threads);
	for (size_t i = 0; i < r.file_count; i++) {
		zstream_drop(&r.files[i].stream);
		csv_rows_free(&r.files[i].rows);
	}
	for (size_t i = 0; i < r.idle_count; i++) buf_free(&r.idle[i]);
	free(r.idle);
	pthread_mutex_destroy(&r.lock);
	free(r.jobs);
	free(r.files);
	return good;
}
