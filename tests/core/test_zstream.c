#include "core/arena.h"
#include "core/pool.h"
#include "core/zstream.h"
#include "tests/check.h"

#include <stdlib.h>

/* Lengths of parts: nothing, a byte, whole pieces, pieces and a bit, all against the cuts. */
static const size_t lengths[] = {0,
                                 1,
                                 ZFRAME_BYTES - 1,
                                 ZFRAME_BYTES,
                                 ZFRAME_BYTES + 1,
                                 0,
                                 300000,
                                 5 * 1 << 18,
                                 2 * ZFRAME_BYTES,
                                 2 * ZFRAME_BYTES + 7,
                                 12345,
                                 900000,
                                 1,
                                 0,
                                 400000};
enum { PARTS = sizeof(lengths) / sizeof(*lengths) };

static char *content;
static size_t starts[PARTS], total;

static void make_content(void)
{
	uint32_t seed = 1;
	for (size_t i = 0; i < PARTS; i++) {
		starts[i] = total;
		total += lengths[i];
	}
	content = memory_grow(NULL, total);
	for (size_t i = 0; i < total; i++) {
		seed = seed * 1664525 + 1013904223;
		content[i] = "a report repeats itself"[(seed >> 24) % 23];
	}
}

struct writing {
	struct zstream stream;
	size_t fails; /* the part that does; PARTS: none */
	bool good[PARTS], begins[PARTS];
};

static void write_part(void *context, size_t part)
{
	struct writing *w = context;
	struct error error, trouble;
	const char *bytes = content + starts[part];
	size_t first = part % 3 == 0 ? lengths[part] / 3 : 0;
	if (part == w->fails) {
		error_set(&trouble, ERROR_SYSTEM, NULL, "part %zu", part);
		zstream_fail(&w->stream, &trouble);
		return;
	}
	w->begins[part] = zstream_wait(&w->stream, part, &error) && w->stream.size == starts[part];
	if (first) zstream_write(&w->stream, part, bytes, first, &error);
	w->good[part] = zstream_part(&w->stream, part, bytes + first, lengths[part] - first, &error);
	if (part + 1 == PARTS && w->good[part]) w->good[part] = zstream_close(&w->stream, &error);
}

static bool equal_frames(const struct frame_list *a, const struct frame_list *b)
{
	bool equal = a->count == b->count && a->content == b->content && a->compressed == b->compressed;
	for (size_t i = 0; i < a->count && equal; i++)
		equal = a->frames[i].content == b->frames[i].content &&
		        a->frames[i].checksum == b->frames[i].checksum &&
		        a->frames[i].compressed == b->frames[i].compressed;
	return equal;
}

/* What one thread makes of it with a frame_compressor. */
static void expected(struct spool *spool, struct frame_list *frames)
{
	struct frame_compressor compressor;
	struct error error;
	frame_compressor_begin(&compressor, spool, 1);
	frame_compressor_add(&compressor, content, total, &error);
	frame_compressor_end(&compressor, frames, &error);
	frame_compressor_drop(&compressor);
}

static void check_bytes(unsigned threads, bool compress)
{
	struct spool *spool = spool_open(NULL);
	struct frame_list frames, one = {0};
	struct error error;
	struct writing w = {.fails = PARTS};
	unsigned char digest[SHA256_BYTES];
	size_t good = 0;
	zstream_begin(&w.stream, compress ? spool : NULL, 1);
	pool_run(&(struct pool_job){&w, write_part, NULL, PARTS, PARTS}, threads);
	for (size_t i = 0; i < PARTS; i++) good += w.good[i] && w.begins[i];
	sha256_of(content, total, digest);
	CHECK(good == PARTS && w.stream.size == total && !memcmp(digest, w.stream.digest, SHA256_BYTES),
	      "parts written by %u threads stand in their order%s", threads,
	      compress ? "" : ", also where nothing is compressed");
	zstream_take(&w.stream, &frames);
	if (compress) {
		char *back = memory_grow(NULL, total);
		expected(spool, &one);
		CHECK(equal_frames(&frames, &one), "their frames are those of one thread");
		CHECK(frame_list_read(&frames, spool, 0, back, total, &error) && !memcmp(back, content, total),
		      "and give the bytes back");
		free(back);
	}
	frame_list_free(&frames);
	frame_list_free(&one);
	zstream_drop(&w.stream);
	spool_close(spool);
}

static void check_failure(unsigned threads)
{
	struct spool *spool = spool_open(NULL);
	struct error error;
	struct writing w = {.fails = 4};
	size_t good = 0;
	zstream_begin(&w.stream, spool, 1);
	pool_run(&(struct pool_job){&w, write_part, NULL, PARTS, PARTS}, threads);
	for (size_t i = 4; i < PARTS; i++) good += w.good[i];
	CHECK(good == 0 && !zstream_wait(&w.stream, PARTS, &error) && !strcmp(error.message, "part 4"),
	      "with %u threads a part that fails ends all that follow, and none of them waits for ever", threads);
	zstream_drop(&w.stream);
	spool_close(spool);
}

static void check_first_error(void)
{
	struct zstream stream;
	struct error error;
	zstream_begin(&stream, NULL, 1);
	for (size_t part = 0; part < 3; part++) {
		error_set(&error, ERROR_SYSTEM, NULL, "part %zu", part);
		zstream_fail(&stream, &error);
	}
	CHECK(!zstream_part(&stream, 3, "x", 1, &error) && !strcmp(error.message, "part 0") && stream.size == 0,
	      "of several errors the first is said, and nothing is written after it");
	zstream_drop(&stream);
}

static void check_empty(void)
{
	struct spool *spool = spool_open(NULL);
	struct frame_list frames;
	struct error error;
	struct zstream stream;
	unsigned char digest[SHA256_BYTES];
	zstream_begin(&stream, spool, 1);
	bool good = zstream_part(&stream, 0, NULL, 0, &error) && zstream_close(&stream, &error);
	zstream_take(&stream, &frames);
	sha256_of("", 0, digest);
	CHECK(good && frames.count == 0 && !memcmp(digest, stream.digest, SHA256_BYTES),
	      "an empty stream has no frame");
	zstream_drop(&stream);
	spool_close(spool);
}

int main(void)
{
	make_content();
	for (unsigned threads = 1; threads <= 7; threads += 3) {
		check_bytes(threads, true);
		check_bytes(threads, false);
		check_failure(threads);
	}
	check_empty();
	check_first_error();
	free(content);
	return check_done();
}
