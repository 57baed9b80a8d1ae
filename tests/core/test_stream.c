#include "core/arena.h"
#include "core/stream.h"
#include "tests/check.h"
#include "tests/random.h"
#include "tests/render/scratch.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <zlib.h>
#include <zstd.h>

/* What the last case says when it fails. */
static char said[4096];
#define SAY(...) snprintf(said + strlen(said), sizeof(said) - strlen(said), __VA_ARGS__)
#define SAYING(...)                                                                                                    \
	do {                                                                                                           \
		said[0] = '\0';                                                                                        \
		if (!CHECK(__VA_ARGS__)) fputs(said, stdout);                                                          \
	} while (0)

/* JSON with words of other alphabets. */
static struct buf text_of(size_t size)
{
	static const char *const words[] = {
	    "case", "caf\xc3\xa9", "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xce\xb1\xce\xb2", "x"};
	struct buf out = {0};
	buf_char(&out, '[');
	while (out.len < size)
		buf_printf(&out, "%s\"%s %u\"", out.len > 1 ? ",\n" : "", words[below(6)], (unsigned)below(UINT32_MAX));
	buf_char(&out, ']');
	return out;
}

static struct buf gzip(struct str s)
{
	struct buf out = {0};
	z_stream z = {0};
	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) abort();
	buf_reserve(&out, deflateBound(&z, s.len) + 64);
	z.next_in = (Bytef *)(uintptr_t)s.ptr;
	z.avail_in = (uInt)s.len;
	z.next_out = (Bytef *)out.ptr;
	z.avail_out = (uInt)out.capacity;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END) abort();
	out.len = z.total_out;
	deflateEnd(&z);
	return out;
}

static struct buf zstd(struct str s, bool checksum)
{
	struct buf out = {0};
	ZSTD_CCtx *c = ZSTD_createCCtx();
	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, checksum);
	buf_reserve(&out, ZSTD_compressBound(s.len));
	size_t n = ZSTD_compress2(c, out.ptr, out.capacity, s.ptr, s.len);
	if (ZSTD_isError(n)) abort();
	out.len = n;
	ZSTD_freeCCtx(c);
	return out;
}

struct seen {
	struct buf bytes;
	size_t stop_after; /* 0: never */
};

static bool see(void *context, const char *bytes, size_t len, struct error *error)
{
	struct seen *seen = context;
	buf_add(&seen->bytes, str_of(bytes, len));
	if (seen->stop_after && seen->bytes.len >= seen->stop_after)
		return error_set(error, ERROR_SYSTEM, "spool", "the tap is full");
	return true;
}

/* Reads to the end in pieces; false with the error. */
static bool read_all(struct stream *stream, size_t piece, struct buf *out, struct error *error)
{
	size_t got = 1;
	while (got) {
		buf_reserve(out, piece);
		if (!stream_read(stream, out->ptr + out->len, piece, &got, error)) return false;
		if (got > piece) return error_set(error, ERROR_SYSTEM, "", "more than was asked for");
		out->len += got;
	}
	return true;
}

static bool gives(const char *name, struct str expected, size_t piece)
{
	struct stream stream;
	struct error error = {0};
	struct seen seen = {0};
	struct stream_tap tap = {&seen, see};
	struct buf got = {0}, raw = slurp(name);
	bool good = stream_open(&stream, at(name), &tap, &error);
	if (good) {
		good = read_all(&stream, piece, &got, &error);
		good = good && str_eq(buf_str(&got), expected) && stream.raw == raw.len;
		stream_close(&stream);
	}
	good = good && str_eq(buf_str(&seen.bytes), buf_str(&raw));
	if (!good)
		SAY("# %s in pieces of %zu: %zu bytes, expected %zu; the tap saw %zu of %zu; %s\n", name, piece,
		    got.len, expected.len, seen.bytes.len, raw.len, error.message);
	buf_free(&got);
	buf_free(&raw);
	buf_free(&seen.bytes);
	return good;
}

static bool gives_in_any_pieces(const char *name, struct str expected)
{
	return gives(name, expected, 1 << 20) && gives(name, expected, 4096) && gives(name, expected, 61) &&
	       (expected.len > 100000 || gives(name, expected, 7));
}

static void check_plain(void)
{
	static const size_t sizes[] = {0, 1, 63, 64, 65, 4096, 300000, (1 << 18) + 1};
	size_t good = 0, n = sizeof(sizes) / sizeof(*sizes);
	for (size_t i = 0; i < n; i++) {
		struct buf text = text_of(sizes[i]);
		text.len = sizes[i];
		spit("plain", buf_str(&text));
		good += gives_in_any_pieces("plain", buf_str(&text));
		buf_free(&text);
	}
	SAYING(good == n, "a plain file's bytes come as they are, and pass the tap once and in order");
	struct stream stream;
	struct error error = {0};
	spit("marked", STR("\xef\xbb\xbf{\"a\":1}"));
	SAYING(gives_in_any_pieces("marked", STR("{\"a\":1}")), "a UTF-8 byte order mark is left out");
	SAYING(stream_open(&stream, at("marked"), NULL, &error) && stream.skipped == 3 && !stream.converted &&
	           stream.encoding[0] == '\0',
	       "and counted as skipped");
	stream_close(&stream);
	spit("mark", STR("\xef\xbb\xbf"));
	SAYING(gives_in_any_pieces("mark", STR("")), "nothing may follow it");
}

static void check_compressed(void)
{
	struct buf a = text_of(700000), b = text_of(1000), both = {0}, file = {0}, part;
	struct stream stream;
	struct error error = {0};
	buf_add(&both, buf_str(&a));
	buf_add(&both, buf_str(&b));
	buf_add(&both, buf_str(&b));

	part = gzip(buf_str(&a));
	spit("a.gz", buf_str(&part));
	buf_add(&file, buf_str(&part));
	buf_free(&part);
	SAYING(gives_in_any_pieces("a.gz", buf_str(&a)), "a gzip file is decompressed");
	SAYING(stream_open(&stream, at("a.gz"), NULL, &error) && strcmp(stream.encoding, "gzip") == 0,
	       "and says that it was");
	stream_close(&stream);
	part = gzip(buf_str(&b));
	for (int i = 0; i < 2; i++) buf_add(&file, buf_str(&part));
	buf_free(&part);
	spit("members.gz", buf_str(&file));
	SAYING(gives_in_any_pieces("members.gz", buf_str(&both)), "the members of a gzip file follow one another");
	part = gzip(STR(""));
	spit("nothing.gz", buf_str(&part));
	buf_add(&file, buf_str(&part));
	spit("last-empty.gz", buf_str(&file));
	SAYING(gives_in_any_pieces("nothing.gz", STR("")) && gives_in_any_pieces("last-empty.gz", buf_str(&both)),
	       "a member may be empty");
	buf_free(&part);

	file.len = 0;
	part = zstd(buf_str(&a), true);
	spit("a.zst", buf_str(&part));
	buf_add(&file, buf_str(&part));
	buf_free(&part);
	SAYING(gives_in_any_pieces("a.zst", buf_str(&a)), "a zstd file is decompressed");
	SAYING(stream_open(&stream, at("a.zst"), NULL, &error) && strcmp(stream.encoding, "zstd") == 0,
	       "and says that it was");
	stream_close(&stream);
	part = zstd(buf_str(&b), false);
	for (int i = 0; i < 2; i++) buf_add(&file, buf_str(&part));
	buf_free(&part);
	spit("frames.zst", buf_str(&file));
	SAYING(gives_in_any_pieces("frames.zst", buf_str(&both)), "the frames of a zstd file follow one another");
	part = zstd(STR(""), true);
	spit("nothing.zst", buf_str(&part));
	SAYING(gives_in_any_pieces("nothing.zst", STR("")), "a frame may be empty");
	buf_free(&part);

	part = zstd(STR("\xef\xbb\xbf{}"), true);
	spit("marked.zst", buf_str(&part));
	SAYING(gives_in_any_pieces("marked.zst", STR("{}")), "a mark inside is left out");
	buf_free(&part);
	part = gzip(STR("\xff\xfe{\0}\0"));
	spit("wide.gz", buf_str(&part));
	SAYING(gives_in_any_pieces("wide.gz", STR("{}")), "UTF-16 inside is converted");
	buf_free(&part);
	buf_free(&a);
	buf_free(&b);
	buf_free(&both);
	buf_free(&file);
}

/* Reading all of the file fails with an input error that names it. */
static bool refused(const char *name, const char *words)
{
	struct stream stream;
	struct error error = {0};
	struct buf got = {0};
	bool good = stream_open(&stream, at(name), NULL, &error);
	if (good) {
		good = read_all(&stream, 5000, &got, &error);
		stream_close(&stream);
	}
	buf_free(&got);
	bool right =
	    !good && error.kind == ERROR_INPUT && strstr(error.message, words) && strcmp(error.file, at(name)) == 0;
	if (!right)
		SAY("# %s: %s, kind %d, file \"%s\", \"%s\"\n", name, good ? "read to its end" : "refused",
		    (int)error.kind, error.file, error.message);
	return right;
}

static void check_cut(const char *name, size_t shortest, const char *word)
{
	struct buf whole = slurp(name);
	size_t good = 0, n = 0;
	for (size_t len = shortest; len < whole.len;
	     len += len < 40 || len + 40 > whole.len ? 1 : whole.len / 50 + 1, n++) {
		spit("cut", str_of(whole.ptr, len));
		good += refused("cut", word);
	}
	SAYING(good == n && n > 60, "%s cut off anywhere is an error that names the file (%zu places)", name, n);
	size_t noticed = 0;
	for (n = 0; n < 40; n++) { /* a flipped bit is an error or changes nothing that a checksum covers */
		struct stream stream;
		struct error error = {0};
		struct buf got = {0};
		size_t place = 20 + below((uint32_t)whole.len - 40);
		whole.ptr[place] = (char)(whole.ptr[place] ^ 1 << below(8));
		spit("flipped", buf_str(&whole));
		bool read = stream_open(&stream, at("flipped"), NULL, &error);
		if (read) {
			read = read_all(&stream, 5000, &got, &error);
			stream_close(&stream);
		}
		noticed += !read && error.kind == ERROR_INPUT;
		buf_free(&got);
		buf_free(&whole);
		whole = slurp(name);
	}
	SAYING(noticed == n, "a flipped bit in %s is an error", name);
	buf_free(&whole);
}

/* iconv's own direction, written out: UTF-8 to UTF-16 or UTF-32. */
static struct buf widen(struct str s, unsigned width, bool big)
{
	struct buf out = {0};
	for (size_t i = 0; i < s.len;) {
		const unsigned char *p = (const unsigned char *)s.ptr + i;
		size_t n = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
		uint32_t c = n == 1 ? *p : *p & (0xffu >> (n + 1)), units[2];
		for (size_t k = 1; k < n; k++) c = c << 6 | (p[k] & 0x3f);
		i += n;
		size_t count = 1;
		units[0] = c;
		if (width == 2 && c >= 0x10000) {
			units[0] = 0xd800 + ((c - 0x10000) >> 10);
			units[1] = 0xdc00 + ((c - 0x10000) & 0x3ff);
			count = 2;
		}
		for (size_t k = 0; k < count; k++)
			for (unsigned b = 0; b < width; b++)
				buf_char(&out, (char)(units[k] >> 8 * (big ? width - 1 - b : b)));
	}
	return out;
}

static void check_wide(void)
{
	struct buf text = text_of(150000);
	for (unsigned width = 2; width <= 4; width += 2)
		for (int big = 0; big < 2; big++)
			for (int mark = 0; mark < 2; mark++) {
				struct buf wide = {0}, body = widen(buf_str(&text), width, big),
					   sign = widen(STR("\xef\xbb\xbf"), width, big);
				if (mark) buf_add(&wide, buf_str(&sign));
				buf_add(&wide, buf_str(&body));
				spit("wide", buf_str(&wide));
				const char *what = big ? "big-endian" : "little-endian";
				if (width == 2 || mark)
					SAYING(gives_in_any_pieces("wide", buf_str(&text)), "%s UTF-%u %s is converted",
					       what, width * 8, mark ? "with a mark" : "without one");
				else
					SAYING(gives_in_any_pieces("wide", buf_str(&wide)),
					       "%s UTF-32 without a mark is left as it is", what);
				if (width == 2 || mark) {
					struct stream stream;
					struct error error = {0};
					SAYING(stream_open(&stream, at("wide"), NULL, &error) && stream.converted &&
					           stream.skipped == 0,
					       "and its offsets are those of the converted text");
					stream_close(&stream);
					wide.len -= 1;
					spit("half", buf_str(&wide));
					SAYING(refused("half", "not valid UTF"), "half a unit at its end is an error");
				}
				buf_free(&wide);
				buf_free(&body);
				buf_free(&sign);
			}
	spit("lone", STR("\xff\xfe[\0\"\0\x00\xd8\"\0]\0"));
	SAYING(refused("lone", "not valid UTF"), "a lone surrogate is an error");
	spit("tiny", STR("\xff\xfe"));
	SAYING(gives("tiny", STR(""), 100), "a mark alone is an empty text");
	buf_free(&text);
}

/* In a child, with a clock, since an endless loop is what to fear. */
static bool ends_in_time(const char *name, struct str expected, size_t piece)
{
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		alarm(5);
		_exit(gives(name, expected, piece) ? 0 : 1);
	}
	int status = -1;
	if (child < 0 || waitpid(child, &status, 0) != child) return false;
	if (WIFSIGNALED(status)) SAY("# ended by signal %d\n", WTERMSIG(status));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void check_narrow_reads(void)
{
	struct buf wide = widen(STR("[\"\xe2\x82\xac\xe2\x82\xac\xf0\x9f\x98\x80\"]"), 2, false);
	spit("narrow", buf_str(&wide));
	SAYING(ends_in_time("narrow", STR("[\"\xe2\x82\xac\xe2\x82\xac\xf0\x9f\x98\x80\"]"), 4),
	       "a converted text can be read four bytes at a time");
	SAYING(ends_in_time("narrow", STR("[\"\xe2\x82\xac\xe2\x82\xac\xf0\x9f\x98\x80\"]"), 1),
	       "a converted text can be read byte by byte: a reader's block may have one byte left");
	buf_free(&wide);
}

static void check_not_files(void)
{
	struct stream stream;
	struct error error = {0};
	if (mkfifo(at("fifo"), 0600) != 0 || mkdir(at("folder"), 0700) != 0) abort();
	SAYING(!stream_open(&stream, at("fifo"), NULL, &error) && error.kind == ERROR_INPUT &&
	           strcmp(error.file, at("fifo")) == 0,
	       "a FIFO is refused at once");
	SAYING(!stream_open(&stream, at("folder"), NULL, &error) && error.kind == ERROR_INPUT &&
	           strcmp(error.file, at("folder")) == 0,
	       "a folder is refused");
	SAYING(!stream_open(&stream, "/dev/null", NULL, &error) && error.kind == ERROR_INPUT, "a device is refused");
	SAYING(!stream_open(&stream, at("missing"), NULL, &error) && error.kind == ERROR_INPUT &&
	           strcmp(error.file, at("missing")) == 0,
	       "a file that is not there is named");
}

/* The file changes once `after` of its bytes have been read. */
static bool notices(const char *name, size_t size, size_t after, long change, bool compressed)
{
	struct buf text = text_of(size), file = compressed ? gzip(buf_str(&text)) : (struct buf){0};
	struct str bytes = compressed ? buf_str(&file) : buf_str(&text);
	struct stream stream;
	struct error error = {0};
	struct buf got = {0};
	size_t n = 0;
	spit(name, bytes);
	bool good = stream_open(&stream, at(name), NULL, &error);
	if (!good) abort();
	buf_reserve(&got, after + 1);
	while (good && got.len < after) {
		good = stream_read(&stream, got.ptr + got.len, after - got.len, &n, &error);
		got.len += n;
	}
	if (truncate(at(name), (off_t)((long)bytes.len + change)) != 0) abort();
	good = good && read_all(&stream, 10000, &got, &error);
	stream_close(&stream);
	bool right =
	    !good && error.kind == ERROR_INPUT && strcmp(error.file, at(name)) == 0 && strstr(error.message, "size");
	if (!right)
		SAY("# %zu bytes, %+ld after %zu: %s, \"%s\" in \"%s\"\n", bytes.len, change, after,
		    good ? "read" : "refused", error.message, error.file);
	buf_free(&text);
	buf_free(&file);
	buf_free(&got);
	return right;
}

static void check_changing(void)
{
	SAYING(notices("shrinking", 1000000, 0, -1, false) && notices("shrinking", 1000000, 0, -900000, false) &&
	           notices("shrinking", 1000000, 500000, -300000, false),
	       "a file that shrinks while it is read is an error that names it");
	SAYING(notices("growing", 1000000, 0, 1, false) && notices("growing", 1000000, 0, 5000000, false) &&
	           notices("growing", 1000000, 900000, 10, false) && notices("growing", 40, 0, 1, false),
	       "a file that grows is one too");
	SAYING(notices("growing.gz", 3000000, 0, 5, true) && notices("shrinking.gz", 3000000, 0, -5, true),
	       "a compressed one too");
}

static void check_tap_and_drain(void)
{
	struct buf text = text_of(900000), packed = gzip(buf_str(&text));
	const struct {
		const char *name;
		struct str bytes;
	} rows[] = {{"drain", buf_str(&text)}, {"drain.gz", buf_str(&packed)}};
	for (size_t i = 0; i < 2; i++) {
		struct stream stream;
		struct error error = {0};
		struct seen seen = {0};
		struct stream_tap tap = {&seen, see};
		char some[1000];
		size_t got;
		spit(rows[i].name, rows[i].bytes);
		bool good = stream_open(&stream, at(rows[i].name), &tap, &error) &&
		            stream_read(&stream, some, sizeof(some), &got, &error) && stream_drain(&stream, &error);
		SAYING(good && str_eq(buf_str(&seen.bytes), rows[i].bytes) && stream.raw == rows[i].bytes.len,
		       "%s: after draining the tap has seen every raw byte once and in order", rows[i].name);
		SAYING(good && stream_drain(&stream, &error) && seen.bytes.len == rows[i].bytes.len,
		       "draining again shows it nothing");
		stream_close(&stream);
		seen.bytes.len = 0;
		seen.stop_after = 300000;
		struct buf out = {0};
		good = stream_open(&stream, at(rows[i].name), &tap, &error);
		if (good) {
			good = read_all(&stream, 100000, &out, &error) && stream_drain(&stream, &error);
			stream_close(&stream);
		}
		SAYING(rows[i].bytes.len < 300000 ||
		           (!good && error.kind == ERROR_SYSTEM && strcmp(error.message, "the tap is full") == 0),
		       "what the tap cannot take ends the reading");
		buf_free(&out);
		buf_free(&seen.bytes);
	}
	buf_free(&text);
	buf_free(&packed);
}

static bool range_is(const char *name, size_t first, uint64_t from, uint64_t length, struct str decoded)
{
	struct stream stream;
	struct error error = {0};
	struct buf out = {0};
	char some[4096];
	size_t got, skipped;
	bool good = stream_open(&stream, at(name), NULL, &error);
	skipped = stream.skipped;
	for (size_t have = 0; good && have < first; have += got)
		good =
		    stream_read(&stream, some, first - have < sizeof(some) ? first - have : sizeof(some), &got, &error);
	good = good && stream_read_range(&stream, from, length, &out, &error);
	stream_close(&stream);
	struct str expected = str_slice(decoded, (size_t)from - skipped, (size_t)(from + length) - skipped);
	bool right = good && str_eq(buf_str(&out), expected);
	if (!right)
		SAY("# %s, %zu read before, [%llu, +%llu): %s \"%.*s\", expected \"%.*s\"\n", name, first,
		    (unsigned long long)from, (unsigned long long)length, good ? "got" : error.message,
		    (int)(out.len > 60 ? 60 : out.len), out.ptr ? out.ptr : "",
		    (int)(expected.len > 60 ? 60 : expected.len), expected.ptr);
	buf_free(&out);
	return right;
}

static void check_range(void)
{
	struct buf text = text_of(600000), packed = zstd(buf_str(&text), true), marked = {0},
		   wide = widen(buf_str(&text), 2, true);
	buf_add(&marked, STR("\xef\xbb\xbf"));
	buf_add(&marked, buf_str(&text));
	spit("range", buf_str(&text));
	spit("range.zst", buf_str(&packed));
	spit("range-marked", buf_str(&marked));
	spit("range-wide", buf_str(&wide));
	static const char *const names[] = {"range", "range.zst", "range-wide"};
	for (size_t i = 0; i < 3; i++)
		SAYING(range_is(names[i], 0, 0, 10, buf_str(&text)) && range_is(names[i], 0, 5, 1, buf_str(&text)) &&
		           range_is(names[i], 0, 262140, 20, buf_str(&text)) &&
		           range_is(names[i], 0, text.len - 5, 5, buf_str(&text)) &&
		           range_is(names[i], 0, 0, text.len, buf_str(&text)) &&
		           range_is(names[i], 0, 100, 0, buf_str(&text)),
		       "%s: a range of the decoded bytes is read", names[i]);
	SAYING(range_is("range-marked", 0, 3, 10, buf_str(&text)) &&
	           range_is("range-marked", 0, 300003, 500, buf_str(&text)),
	       "a mark is counted in a range's place");
	SAYING(range_is("range", 10, 20, 5, buf_str(&text)) && range_is("range.zst", 5000, 6000, 50, buf_str(&text)),
	       "a range is read on from where the stream is");
	struct stream stream;
	struct error error = {0};
	struct buf out = {0};
	bool good = stream_open(&stream, at("range"), NULL, &error) &&
	            !stream_read_range(&stream, text.len - 5, 6, &out, &error);
	SAYING(good && error.kind == ERROR_INPUT && strcmp(error.file, at("range")) == 0,
	       "a range past the end is an error");
	stream_close(&stream);
	buf_free(&out);
	buf_free(&text);
	buf_free(&packed);
	buf_free(&marked);
	buf_free(&wide);
}

/* ---- another source ---- */

/* Gives up to step bytes at a time, and fails where they end if it is broken. */
struct dripping {
	struct str bytes;
	size_t at, step;
	bool broken;
};

static bool drip(void *context, char *dst, size_t capacity, size_t *got, struct error *error)
{
	struct dripping *d = context;
	size_t left = d->bytes.len - d->at, n = left < d->step ? left : d->step;
	*got = n < capacity ? n : capacity;
	memcpy(dst, d->bytes.ptr + d->at, *got);
	d->at += *got;
	return *got || !d->broken ? true : error_set(error, ERROR_INPUT, "drip", "broken");
}

static bool reads_from(struct dripping *d, struct str expected, bool whole)
{
	struct stream stream;
	struct error error;
	struct buf out = {0};
	char block[1000];
	size_t got = 1;
	if (!stream_open_source(&stream, (struct stream_source){d, drip}, "drip", NULL, &error)) return false;
	bool good = true;
	while (good && got) {
		good = stream_read(&stream, block, sizeof(block), &got, &error);
		buf_add(&out, str_of(block, got));
	}
	good = good == whole && stream.damaged == !whole && str_eq(buf_str(&out), expected);
	good = good && stream_drain(&stream, &error) && stream.raw == d->bytes.len;
	stream_close(&stream);
	buf_free(&out);
	return good;
}

static void check_source(void)
{
	struct buf text = export_like(300000, 3), packed = {0};
	spit("source", buf_str(&text));
	bool good = shell("gzip -nkf source") == 0;
	packed = slurp("source.gz");
	for (size_t step = 1; step < 1000000; step = step * 9 + 2) {
		struct dripping plain = {.bytes = buf_str(&text), .step = step},
				gzip = {.bytes = buf_str(&packed), .step = step};
		struct dripping broken = {.bytes = buf_str(&text), .step = step, .broken = true};
		good = good && reads_from(&plain, buf_str(&text), true) && reads_from(&gzip, buf_str(&text), true) &&
		       reads_from(&broken, buf_str(&text), false);
	}
	CHECK(good, "another source than a file gives the same bytes, however they drip; a broken one all that it has");
	struct dripping none = {.bytes = STR_EMPTY, .step = 1},
			nothing = {.bytes = STR_EMPTY, .step = 1, .broken = true};
	CHECK(reads_from(&none, STR_EMPTY, true) && reads_from(&nothing, STR_EMPTY, false),
	      "it may be empty, or broken from the start");
	buf_free(&text);
	buf_free(&packed);
}

int main(void)
{
	random_start(1);
	scratch_open();
	check_plain();
	check_compressed();
	check_cut("members.gz", 3, "gzip");
	check_cut("a.gz", 3, "gzip");
	check_cut("a.zst", 4, "zstd");
	check_wide();
	check_narrow_reads();
	check_not_files();
	check_changing();
	check_tap_and_drain();
	check_range();
	check_source();
	scratch_close();
	return check_done();
}
