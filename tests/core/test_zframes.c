#include "core/zframes.h"
#include "tests/check.h"
#include "tests/random.h"

#include <stdlib.h>
#include <zstd.h>

/* Bytes in runs and between them; most runs are short, some begin or end the piece. */
static void make_runs(char *bytes, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t n = once_in(3) ? 1 + below(600) : 1 + below(12);
		char c = once_in(2) ? '\0' : (char)below(256);
		for (; n && at < len; n--) bytes[at++] = c;
	}
}

/* What zstd makes of the frame is the piece, and the checksum is the one that its own frames end with. */
static bool is_frame_of(const char *bytes, size_t len, struct zframe_encoder *encoder)
{
	static char back[ZFRAME_RUNS_MAX];
	struct buf out = {0};
	struct zframe frame, other;
	buf_add(&out, STR("before"));
	zframe_of_runs(bytes, len, &out, &frame);
	zframe_encode(encoder, bytes, len, &other);
	const char *made = out.ptr + 6;
	bool good = frame.compressed == out.len - 6 && frame.content == len && frame.checksum == other.checksum &&
	            frame.offset == 0 && ZSTD_findFrameCompressedSize(made, frame.compressed) == frame.compressed &&
	            ZSTD_getFrameContentSize(made, frame.compressed) == len &&
	            ZSTD_decompress(back, sizeof(back), made, frame.compressed) == len && !memcmp(back, bytes, len);
	buf_free(&out);
	return good;
}

static void check_runs(void)
{
	enum { CASES = 4000, LONGEST = 3000 };
	static char bytes[ZFRAME_RUNS_MAX];
	struct zframe_encoder *encoder = zframe_encoder_new(1);
	size_t good = 0;
	for (unsigned i = 0; i < CASES; i++) {
		size_t len = i < 600 ? i + 1 : 1 + below(LONGEST); /* both ways of writing the size */
		random_start(i);
		make_runs(bytes, len);
		good += is_frame_of(bytes, len, encoder);
	}
	CHECK(good == CASES, "a piece of runs becomes a zstd frame that zstd reads back, with its size and checksum");
	memset(bytes, 0, sizeof(bytes));
	CHECK(is_frame_of(bytes, sizeof(bytes), encoder), "the longest piece too");
	struct buf out = {0};
	struct zframe frame;
	zframe_of_runs(bytes, sizeof(bytes), &out, &frame);
	CHECK(out.len < 20, "a run costs four bytes, however long it is");
	buf_free(&out);
	zframe_encoder_free(encoder);
}

int main(void)
{
	check_runs();
	return check_done();
}
