/* The archive's bytes do not depend on how they came in; every tar can read them; a failure leaves nothing behind. */
#include "core/pool.h"
#include "render/archive.h"
#include "tests/render/scratch.h"

#include <sys/stat.h>
#include <zstd.h>

static const int64_t noon = 1772366400;

static bool frames_in(struct archive_writer *archive, struct str name, struct str bytes, struct error *error)
{
	struct spool *spool = spool_open(scratch_folder);
	struct frame_compressor compressor;
	struct frame_list list = {0};
	unsigned char sha256[SHA256_BYTES];
	sha256_of(bytes.ptr, bytes.len, sha256);
	frame_compressor_begin(&compressor, spool, 3);
	bool good = true;
	for (size_t from = 0, n = 1; from < bytes.len && good; from += n, n = n * 7 % 300007 + 1)
		good = frame_compressor_add(&compressor, bytes.ptr + from, from + n < bytes.len ? n : bytes.len - from,
		                            error);
	good = good && frame_compressor_end(&compressor, &list, error);
	good = good && archive_add_frames(archive, name, bytes.len, sha256, &list, spool, error);
	frame_list_free(&list);
	frame_compressor_drop(&compressor);
	spool_close(spool);
	return good;
}

typedef bool (*way)(struct archive_writer *, struct str, struct str, struct error *);

static void write_one(const char *file, way add, unsigned jobs, unsigned char sha256[SHA256_BYTES])
{
	struct error error = {0};
	struct buf big = export_like(11 * 1000 * 1000, 7), small = export_like(1000, 8);
	struct buf mb = export_like(2 << 20, 9);
	struct archive_writer *archive = archive_open(at(file), noon, 3, jobs, &error);
	bool good = archive && add(archive, STR("b/small.json"), buf_str(&small), &error) &&
	            add(archive, STR("b/empty"), STR_EMPTY, &error) &&
	            add(archive, STR("b/big.json"), buf_str(&big), &error) &&
	            add(archive, STR("b/two-mb"), buf_str(&mb), &error);
	size_t count = 0;
	const struct archive_member *members = archive ? archive_members(archive, &count) : NULL;
	unsigned char expected[SHA256_BYTES];
	sha256_of(big.ptr, big.len, expected);
	CHECK(good && count == 4 && members[2].size == big.len &&
	          memcmp(members[2].sha256, expected, SHA256_BYTES) == 0,
	      "an archive of four members remembers their sizes and hashes (%s, %u jobs)", file, jobs);
	good = archive_finish(archive, sha256, NULL, &error);
	CHECK(good, "the archive is finished (%s)", file);
	buf_free(&big);
	buf_free(&small);
	buf_free(&mb);
}

static void same_bytes(void)
{
	unsigned char first[SHA256_BYTES], other[SHA256_BYTES];
	write_one("one.tar.zst", archive_add, 1, first);
	write_one("four.tar.zst", archive_add, 4, other);
	CHECK(same_files("one.tar.zst", "four.tar.zst"), "four jobs write the same bytes as one");
	write_one("frames.tar.zst", frames_in, 1, other);
	CHECK(same_files("one.tar.zst", "frames.tar.zst"), "so do members compressed before");
	char hex[SHA256_HEX + 1];
	hex_of(first, SHA256_BYTES, hex);
	CHECK(shell("echo '%s  one.tar.zst' | sha256sum -c", hex) == 0, "the hash of the whole is the file's");
	CHECK(shell("zstd -q -t one.tar.zst") == 0, "zstd -t accepts the archive");
	CHECK(shell("ls -A | grep dossier-") == 1, "no temporary file is left");
	CHECK(shell("test $(stat -c %%a one.tar.zst) = $(printf %%o $((0666 & ~0$(umask))))") == 0,
	      "the archive has the rights that the umask gives");
}

static uint32_t le32(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;
	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static void seek_table(void)
{
	struct buf file = slurp("one.tar.zst");
	const char *end = file.ptr + file.len;
	uint32_t count = le32(end - 9);
	const char *rows = end - 9 - 12 * (size_t)count;
	bool good = le32(end - 4) == 0x8F92EAB1 && (unsigned char)end[-5] == 0x80 && le32(rows - 8) == 0x184D2A5E &&
	            le32(rows - 4) == 12 * count + 9;
	char *content = malloc(1 << 20);
	size_t at = 0;
	for (uint32_t i = 0; i < count && good; i++) {
		size_t packed = le32(rows + 12 * i), size = le32(rows + 12 * i + 4);
		good = size <= 1 << 20 && ZSTD_decompress(content, 1 << 20, file.ptr + at, packed) == size &&
		       ZSTD_getFrameContentSize(file.ptr + at, packed) == size &&
		       le32(rows + 12 * i + 8) == le32(file.ptr + at + packed - 4);
		at += packed;
	}
	CHECK(good && file.ptr + at == rows - 8,
	      "every row of the seek table is a frame of at most 1 MB, and its checksum");
	free(content);
	buf_free(&file);
}

static const char *const odd_names[] = {
    "b/a b.json",
    "b/-rf",
    "b/per%cent%25.json",
    "b/gr\xc3\xbc\xc3\x9fx/\xe6\x97\xa5\xe6\x9c\xac.json",
    "b/e\xcc\x81 decomposed",
    "b/back\\slash",
    "b/quo'te\"",
    "b/star*",
};

static void every_tar(void)
{
	struct error error = {0};
	struct archive_writer *archive = archive_open(at("names.tar.zst"), noon, 3, 1, &error);
	struct buf sums = {0}, deep = {0}, flat = {0}, cyrillic = {0};
	buf_add(&deep, STR("b"));
	for (int i = 0; i < 9; i++) buf_printf(&deep, "/%0100d", i);
	buf_printf(&flat, "b/%0255d", 7);
	buf_add(&cyrillic, STR("b/"));
	for (int i = 0; i < 110; i++) buf_add(&cyrillic, STR("\xd0\xb6"));
	struct str names[16];
	size_t count = 0;
	for (size_t i = 0; i < sizeof(odd_names) / sizeof(*odd_names); i++) names[count++] = str_from(odd_names[i]);
	names[count++] = buf_str(&deep);
	names[count++] = buf_str(&flat);
	names[count++] = buf_str(&cyrillic);
	bool good = archive != NULL;
	for (size_t i = 0; i < count && good; i++) {
		unsigned char sha256[SHA256_BYTES];
		char hex[SHA256_HEX + 1];
		good = archive_add(archive, names[i], names[i], &error);
		sha256_of(names[i].ptr, names[i].len, sha256);
		hex_of(sha256, SHA256_BYTES, hex);
		buf_printf(&sums, "%s  %.*s\n", hex, STR_ARG(names[i]));
	}
	good = good && archive_finish(archive, NULL, NULL, &error);
	CHECK(good, "names with blanks, percent, non-ASCII, 255 bytes in a part and 900 in all are written");
	if (!good) printf("# %s\n", error.message);
	spit("sums", buf_str(&sums));
	static const struct {
		const char *tool, *command;
	} tars[] = {
	    {"tar", "tar --zstd -xf ../names.tar.zst"},
	    {"bsdtar", "LC_ALL=C bsdtar -xf ../names.tar.zst"},
	    {"bsdtar", "LC_ALL=C.UTF-8 bsdtar -xf ../names.tar.zst"},
	    {"busybox", "zstd -dc ../names.tar.zst | busybox tar -xf -"},
	};
	for (size_t i = 0; i < sizeof(tars) / sizeof(*tars); i++) {
		if (!have_tool(tars[i].tool)) continue;
		CHECK(
		    shell(
			"rm -rf x && mkdir x && cd x && %s && sha256sum -c --strict --quiet ../sums && test $(find . -type f | wc -l) = %zu",
			tars[i].command, count) == 0,
		    "every name comes out again with `%s`", tars[i].command);
	}
	CHECK(shell("zstd -dc names.tar.zst | tar -tvf - | grep -v '^-rw-r--r-- 0/0 '") == 1,
	      "members have mode 0644, no owner and no group");
	buf_free(&sums);
	buf_free(&deep);
	buf_free(&flat);
	buf_free(&cyrillic);
}

static void refused_names(void)
{
	struct error error = {0};
	struct buf longest = {0};
	for (int i = 0; i < 30; i++) buf_printf(&longest, "%0100d/", i);
	buf_char(&longest, 'x');
	const struct {
		struct str name;
		const char *why;
	} bad[] = {
	    {STR(""), "is empty"},         {STR("/etc/passwd"), "is absolute"},
	    {STR("a/../b"), "'..'"},       {STR("../a"), "'..'"},
	    {STR("a/.."), "'..'"},         {STR("./a"), "'.'"},
	    {STR("a//b"), "empty part"},   {STR("a/"), "empty part"},
	    {STR("a\nb"), "control"},      {STR("a\rb"), "control"},
	    {STR("a\0b"), "control"},      {STR("a\x7f"), "control"},
	    {STR("a\xc2\x85"), "control"}, {STR("\xff"), "UTF-8"},
	    {buf_str(&longest), "1024"},   {STR("one"), "case"},
	    {STR("ONE"), "case"},          {STR("one/two"), "folder"},
	    {STR("f"), "folder"},          {STR("F"), "folder"},
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct archive_writer *archive = archive_open(at("bad.tar.zst"), noon, 3, 1, &error);
		bool good = archive && archive_add(archive, STR("one"), STR("1"), &error) &&
		            archive_add(archive, STR("f/g"), STR("1"), &error);
		bool refused = good && !archive_add(archive, bad[i].name, STR("x"), &error);
		CHECK(refused && error.kind == ERROR_INPUT && strstr(error.message, bad[i].why),
		      "a name that %s is refused (%zu)", bad[i].why, i);
		archive_abort(archive);
	}
	CHECK(access(at("bad.tar.zst"), F_OK) != 0 && shell("ls -A | grep bad") == 1,
	      "an aborted archive leaves nothing behind");
	buf_free(&longest);
}

static void targets(void)
{
	struct error error = {0};
	spit("kept.tar.zst", STR("old"));
	struct archive_writer *archive = archive_open(at("kept.tar.zst"), noon, 3, 1, &error);
	CHECK(shell("grep -qx old kept.tar.zst && ls -A | grep -q '^.kept.tar.zst.dossier-'") == 0,
	      "until it is finished an archive is a hidden file beside the target");
	archive_abort(archive);
	CHECK(shell("grep -qx old kept.tar.zst && test $(ls -A | grep -c kept) = 1") == 0,
	      "an abort leaves the old file");
	shell("touch .kept.tar.zst.dossier-1-0 .kept.tar.zst.dossier-notes .other.tar.zst.dossier-1-0");
	archive = archive_open(at("kept.tar.zst"), noon, 3, 1, &error);
	struct archive_writer *second = archive_open(at("kept.tar.zst"), noon, 3, 1, &error);
	CHECK(second && access(at(".kept.tar.zst.dossier-1-0"), F_OK) != 0, "what a killed run left behind is removed");
	CHECK(access(at(".kept.tar.zst.dossier-notes"), F_OK) == 0 &&
	          access(at(".other.tar.zst.dossier-1-0"), F_OK) == 0,
	      "what belongs to others is not");
	CHECK(archive && second && archive_add(archive, STR("a"), STR("x"), &error) &&
	          archive_finish(archive, NULL, NULL, &error) && archive_add(second, STR("a"), STR("x"), &error) &&
	          archive_finish(second, NULL, NULL, &error),
	      "two archives for one target do not disturb each other");
	static const struct {
		const char *path, *what;
	} bad[] = {{"nowhere/a.tar.zst", "in a folder that is not there"},
	           {".", "that is a folder"},
	           {"kept.tar.zst/a", "below a file"}};
	for (size_t i = 0; i < 3; i++) {
		archive = archive_open(at(bad[i].path), noon, 3, 1, &error);
		CHECK(!archive && error.kind == ERROR_INPUT, "a target %s is the user's mistake", bad[i].what);
	}
	archive = archive_open("/dev/null", noon, 3, 1, &error);
	CHECK(!archive && error.kind == ERROR_INPUT, "a device is no target");
}

static void bomb(void)
{
	struct error error = {0};
	struct archive_writer *archive = archive_open(at("bomb.tar.zst"), noon, 1, 2, &error);
	size_t size = (size_t)300 << 20;
	char *zeros = calloc(1, size);
	bool good = archive && archive_add(archive, STR("zeros"), str_of(zeros, size), &error);
	CHECK(good && !archive_finish(archive, NULL, NULL, &error) && error.kind == ERROR_INPUT &&
	          access(at("bomb.tar.zst"), F_OK) != 0,
	      "what readers would refuse as a bomb is not written");
	free(zeros);
}

static void many_members(void)
{
	struct error error = {0};
	struct archive_writer *archive = archive_open(at("many.tar.zst"), noon, 3, 2, &error);
	bool good = archive != NULL;
	for (int i = 0; i < 20000 && good; i++) {
		char name[64];
		int n = snprintf(name, sizeof(name), "b/%d/%d.json", i % 100, i);
		good = archive_add(archive, str_of(name, (size_t)n), str_of(name, (size_t)(i % 7)), &error);
	}
	uint64_t size = 0;
	good = good && archive_finish(archive, NULL, &size, &error);
	CHECK(good && shell("tar --zstd -tf many.tar.zst | wc -l | grep -qx 20000") == 0,
	      "20,000 small members are all there");
}

enum { APPENDS = 200, APPENDED = 200000 }; /* together beyond what a spool keeps in memory */
_Static_assert((uint64_t)APPENDS *APPENDED > SPOOL_MEMORY, "the file is used");

struct crowd {
	struct spool *spool;
	uint64_t offsets[APPENDS];
	bool good;
};

static void crowd_work(void *context, size_t i)
{
	struct crowd *crowd = context;
	struct error error;
	struct buf bytes = export_like(APPENDED + i, (unsigned)i);
	if (!spool_append(crowd->spool, bytes.ptr, bytes.len, &crowd->offsets[i], &error)) crowd->good = false;
	buf_free(&bytes);
}

static void spools(void)
{
	struct error error = {0};
	struct crowd crowd = {.spool = spool_open(scratch_folder), .good = true};
	struct pool_job job = {.context = &crowd, .work = crowd_work, .count = APPENDS};
	pool_run(&job, 4);
	uint64_t end = 0;
	bool same = crowd.good && spool_append(crowd.spool, "x", 1, &end, &error) &&
	            end == APPENDS * APPENDED + (APPENDS - 1) * APPENDS / 2;
	char *back = malloc(2 * APPENDED);
	for (size_t i = 0; i < APPENDS && same; i++) {
		struct buf bytes = export_like(APPENDED + i, (unsigned)i);
		same = spool_read(crowd.spool, crowd.offsets[i], back, bytes.len, &error) &&
		       memcmp(back, bytes.ptr, bytes.len) == 0;
		buf_free(&bytes);
	}
	CHECK(same, "four threads append to a spool and find their 40 MB again");
	CHECK(!spool_read(crowd.spool, APPENDS * APPENDED, back, 2 * APPENDED, &error) && error.kind == ERROR_SYSTEM,
	      "a spool does not give what it was not given");
	CHECK(shell("ls -A | grep spool") == 1, "a spool's file has no name");
	free(back);
	spool_close(crowd.spool);
	struct spool *nowhere = spool_open(at("nowhere"));
	struct buf big = export_like(SPOOL_MEMORY + 1000000, 1);
	CHECK(!spool_append(nowhere, big.ptr, big.len, &end, &error) && error.kind == ERROR_SYSTEM,
	      "a spool without a folder fails as the system's fault");
	spool_close(nowhere);
	struct frame_compressor compressor;
	struct frame_list list = {0};
	struct spool *spool = spool_open(NULL);
	frame_compressor_begin(&compressor, spool, 3);
	char some[5000];
	bool good = frame_compressor_add(&compressor, big.ptr, 9000000, &error) &&
	            frame_compressor_end(&compressor, &list, &error);
	good = good && frame_list_read(&list, spool, (2 << 20) - 2500, some, sizeof(some), &error);
	CHECK(good && list.count == 9 && memcmp(some, big.ptr + (2 << 20) - 2500, sizeof(some)) == 0,
	      "bytes across two frames are read back out of the spool");
	frame_compressor_drop(&compressor);
	frame_list_free(&list);
	spool_close(spool);
	buf_free(&big);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	scratch_open();
	spools();
	same_bytes();
	seek_table();
	every_tar();
	refused_names();
	targets();
	bomb();
	many_members();
	scratch_close();
	return check_done();
}
