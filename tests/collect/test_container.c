#include "collect/collect.h"
#include "collect/container.h"
#include "tests/check.h"
#include "tests/render/scratch.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>

static struct arena arena;

/* ---- making containers ---- */

struct member {
	const char *name, *text;
	unsigned type; /* 0: a regular file */
};

/* A SARIF document with n results of a rule, a line each. */
static const char *sarif(const char *rule, int n)
{
	struct buf out = {0};
	buf_printf(&out, "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"Scan\"}},\"results\":[\n");
	for (int i = 0; i < n; i++)
		buf_printf(
		    &out,
		    "%s{\"ruleId\":\"%s\",\"level\":\"error\",\"message\":{\"text\":\"case %d\"},\"locations\":[{\"physicalLocation\":"
		    "{\"artifactLocation\":{\"uri\":\"src/%d.c\"},\"region\":{\"startLine\":%d}}}]}\n",
		    i ? "," : "", rule, i, i, i + 1);
	buf_printf(&out, "]}]}\n");
	const char *text = str_cstr(&arena, buf_str(&out));
	buf_free(&out);
	return text;
}

/* format: "zip", "ustar", "pax"; filter: 0, or 'g' or 'z'. */
static void pack(const char *name, const char *format, char filter, const struct member *members, size_t count)
{
	struct archive *a = archive_write_new();
	archive_write_set_format_by_name(a, format);
	if (filter == 'g') archive_write_add_filter_gzip(a);
	if (filter == 'z') archive_write_add_filter_zstd(a);
	if (archive_write_open_filename(a, at(name)) != ARCHIVE_OK) abort();
	for (size_t i = 0; i < count; i++) {
		struct archive_entry *entry = archive_entry_new();
		const char *text = members[i].text ? members[i].text : "";
		archive_entry_set_pathname(entry, members[i].name);
		archive_entry_set_filetype(entry, members[i].type ? members[i].type : AE_IFREG);
		archive_entry_set_perm(entry, 0644);
		if (members[i].type == AE_IFLNK) archive_entry_set_symlink(entry, text);
		archive_entry_set_size(entry, members[i].type ? 0 : (la_int64_t)strlen(text));
		if (archive_write_header(a, entry) < ARCHIVE_WARN) abort();
		if (!members[i].type) archive_write_data(a, text, strlen(text));
		archive_entry_free(entry);
	}
	archive_write_close(a);
	archive_write_free(a);
}

#define PACK(name, format, filter, ...)                                                                                \
	pack(name, format, filter, (const struct member[]){__VA_ARGS__},                                               \
	     sizeof((const struct member[]){__VA_ARGS__}) / sizeof(struct member))

/* ---- looking at what was read ---- */

static struct snapshot snapshot;
static struct error error;

static bool read_it(const char *name)
{
	const char *path = at(name);
	snapshot_free(&snapshot);
	return collect(&snapshot, &path, 1, &(struct collect_options){.threads = 2}, &error);
}

static struct str path_of(uint32_t i) { return snapshot_string(&snapshot, snapshot.inputs[i].path); }

static const struct input *input(const char *path)
{
	for (uint32_t i = 0; i < snapshot.input_count; i++)
		if (str_eq(path_of(i), str_from(path))) return &snapshot.inputs[i];
	return NULL;
}

static bool holds(const char *path, const char *format, uint64_t records)
{
	const struct input *in = input(path);
	return in && str_eq(snapshot_string(&snapshot, in->format), str_from(format)) && in->records == records;
}

/* A warning of the code about the file of that path, with these words. */
static bool warns(const char *path, const char *code, const char *words)
{
	for (uint32_t i = 0; i < snapshot.warning_count; i++) {
		const struct warning *w = &snapshot.warnings[i];
		if (strcmp(w->code, code) == 0 && w->input < snapshot.input_count &&
		    str_eq(path_of(w->input), str_from(path)) &&
		    str_find(snapshot_string(&snapshot, w->message), str_from(words)) != SIZE_MAX)
			return true;
	}
	return false;
}

static bool refuses(const char *path, const char *words) { return warns(path, "missing_evidence", words); }

/* Reads a finding's record again, as trace does. */
static bool read_record(uint32_t finding, struct buf *out)
{
	const struct input *in = &snapshot.inputs[snapshot_input_of(&snapshot, finding)];
	struct str path = snapshot_string(&snapshot, in->display), member = snapshot_string(&snapshot, in->member);
	if (member.len) path = str_slice(path, 0, path.len - member.len - 2); /* without "!/" and its name */
	uint64_t span = snapshot.findings[finding].span;
	return evidence_read(snapshot.origin, str_cstr(&arena, path), member, span_offset(span), span_length(span), out,
	                     &error);
}

/* Every finding's record is read again, and begins and ends as one. */
static bool records_are_reached(void)
{
	for (uint32_t i = 0; i < snapshot.finding_count; i++) {
		struct buf record = {0};
		bool good = read_record(i, &record) && str_starts(buf_str(&record), STR("{\"ruleId\"")) &&
		            str_ends(buf_str(&record), STR("}"));
		buf_free(&record);
		if (!good) return false;
	}
	return snapshot.finding_count > 0;
}

/* ---- cases ---- */

static void check_kinds(void)
{
	static const struct {
		const char *name, *format;
		char filter;
	} kinds[] = {{"c.zip", "zip", 0},
	             {"c.tar", "ustar", 0},
	             {"c.tgz", "ustar", 'g'},
	             {"c.tar.zst", "pax", 'z'},
	             {"no-suffix", "pax", 0}};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const char *name = kinds[i].name;
		PACK(name, kinds[i].format, kinds[i].filter, {"z.sarif", sarif("R1", 3), 0}, {"d", NULL, AE_IFDIR},
		     {"./d/a.sarif", sarif("R2", 2), 0}, {"note.txt", "hello", 0});
		bool good = read_it(name) && snapshot.input_count == 4 && snapshot.finding_count == 5;
		const char *a = str_printf(&arena, "%s!/d/a.sarif", name).ptr,
			   *z = str_printf(&arena, "%s!/z.sarif", name).ptr;
		CHECK(good && holds(name, "container", 0) && holds(a, "sarif", 2) && holds(z, "sarif", 3),
		      "%s: its members are read, folders are none", name);
		CHECK(str_eq(path_of(0), str_from(name)) && str_eq(path_of(1), str_from(a)) &&
		          str_eq(path_of(3), str_from(z)),
		      "%s: members come in the byte order of their names", name);
		CHECK(records_are_reached(), "%s: a record is read again by its offset in the member", name);
		const char *text = sarif("R1", 3);
		unsigned char digest[SHA256_BYTES];
		sha256_of(text, strlen(text), digest);
		const struct input *in = input(z);
		CHECK(in && in->bytes == strlen(text) && memcmp(in->sha256, digest, SHA256_BYTES) == 0,
		      "%s: a member's size and hash are those of its own bytes", name);
	}
}

static void check_depth(void)
{
	PACK("in.zip", "zip", 0, {"a.sarif", sarif("R1", 1), 0});
	PACK("in.tgz", "ustar", 'g', {"a.sarif", sarif("R2", 1), 0});
	bool good =
	    shell(
		"gzip -nc </dev/null >e.gz; rm -rf o && mkdir o && cp in.zip in.tgz o && gzip -nkc c.tar >o/x.tar.gz && tar --format=ustar -cf o.tar -C o .") ==
		0 &&
	    read_it("o.tar");
	CHECK(good && snapshot.finding_count == 0 && holds("o.tar!/in.zip", "unknown", 0) &&
	          holds("o.tar!/in.tgz", "unknown", 0),
	      "a container inside a container is unknown");
	CHECK(warns("o.tar!/in.zip", "unknown_format", "container inside a container"), "and a warning says so");
	spit("s.sarif", str_from(sarif("R3", 4)));
	good = shell("gzip -n s.sarif && tar --format=ustar -cf s.tar s.sarif.gz") == 0 && read_it("s.tar");
	CHECK(good && holds("s.tar!/s.sarif.gz", "sarif", 4) && records_are_reached(),
	      "a member may be compressed by itself");
}

static void check_names(void)
{
	char *longest = arena_alloc(&arena, CONTAINER_NAME_MAX + 2);
	memset(longest, 'n', CONTAINER_NAME_MAX + 1);
	const char *text = sarif("R1", 1);
	PACK("h.zip", "zip", 0, {"../up", text, 0}, {"a/../../up", text, 0}, {"/etc/abs", text, 0},
	     {"C:\\win", text, 0}, {"esc\033[2J", text, 0}, {"twin", sarif("R1", 2), 0}, {"twin", text, 0},
	     {longest, text, 0}, {"a//b", text, 0}, {"ok", sarif("R2", 2), 0});
	bool good = read_it("h.zip");
	CHECK(good && snapshot.input_count == 3 && holds("h.zip!/ok", "sarif", 2),
	      "members with hostile names are refused, the rest is read");
	CHECK(refuses("h.zip", "../up has a name with .."), "a name with .. is named");
	CHECK(refuses("h.zip", "/etc/abs has an absolute name") && refuses("h.zip", "win has an absolute name"),
	      "absolute names are");
	CHECK(refuses("h.zip", "esc?[2J has control characters"), "one with control characters is, without them");
	CHECK(refuses("h.zip", "has too long a name") && refuses("h.zip", "empty part"),
	      "one too long, and one with an empty part");
	CHECK(refuses("h.zip", "twin has the name of an earlier member") && holds("h.zip!/twin", "sarif", 2),
	      "of two of one name the first is read");
	PACK("l.tar", "pax", 0, {"link", "/etc/passwd", AE_IFLNK}, {"pipe", NULL, AE_IFIFO}, {"ok", text, 0});
	good = read_it("l.tar");
	CHECK(good && snapshot.input_count == 2 && refuses("l.tar", "link is a symbolic link") &&
	          refuses("l.tar", "pipe is no regular file"),
	      "links and devices are not read");
	struct member many[40];
	for (int i = 0; i < 40; i++) many[i] = (struct member){str_printf(&arena, "../%d", i).ptr, text, 0};
	pack("m.tar", "ustar", 0, many, 40);
	CHECK(read_it("m.tar") && snapshot.warning_count == 11 && refuses("m.tar", "30 more members are not read"),
	      "many refused members are counted, the first ten named");
	PACK("u.tar", "ustar", 0, {"\303\234n\303\257.sarif", text, 0});
	CHECK(read_it("u.tar") && holds("u.tar!/\303\234n\303\257.sarif", "sarif", 1), "names are UTF-8 in any locale");
}

static void check_duplicates(void)
{
	PACK("two.zip", "zip", 0, {"b.sarif", sarif("R1", 3), 0}, {"a.sarif", sarif("R1", 3), 0});
	bool good = read_it("two.zip");
	CHECK(good && snapshot.finding_count == 3 && !input("two.zip!/a.sarif")->duplicate &&
	          input("two.zip!/b.sarif")->duplicate,
	      "members equal to the byte count once, the first by name");
	good = shell("rm -rf side && mkdir side && cp two.zip side/x.zip && cp two.zip side/y.zip") == 0 &&
	       read_it("side");
	CHECK(good && snapshot.finding_count == 3 && snapshot.input_count == 6, "so do those of two equal containers");
}

/* The first keep bytes of a file. */
static void cut(const char *from, const char *to, size_t keep)
{
	struct buf bytes = slurp(from);
	spit(to, str_slice(buf_str(&bytes), 0, keep));
	buf_free(&bytes);
}

static size_t size_of(const char *name)
{
	struct buf bytes = slurp(name);
	size_t size = bytes.len;
	buf_free(&bytes);
	return size;
}

static void check_damage(void)
{
	PACK("d.tar", "ustar", 0, {"a.sarif", sarif("R1", 3), 0}, {"b.sarif", sarif("R2", 30), 0});
	PACK("d.zip", "zip", 0, {"a.sarif", sarif("R1", 3), 0}, {"b.sarif", sarif("R2", 30), 0});
	size_t first = 512 + (strlen(sarif("R1", 3)) + 511) / 512 * 512;
	cut("d.tar", "cut.tar", first);
	CHECK(read_it("cut.tar") && snapshot.finding_count == 3 && input("cut.tar")->truncated &&
	          warns("cut.tar", "truncated_export", "end marker"),
	      "a tar cut off between members is");
	cut("d.tar", "cut.tar", first + 512 + 2000);
	bool good = read_it("cut.tar");
	CHECK(good && snapshot.finding_count > 3 && snapshot.finding_count < 33 &&
	          input("cut.tar!/b.sarif")->truncated && input("cut.tar")->truncated,
	      "of a tar cut off inside a member what is there is read");
	cut("d.zip", "cut.zip", size_of("d.zip") - 30);
	CHECK(read_it("cut.zip") && snapshot.finding_count == 33 &&
	          warns("cut.zip", "truncated_export", "without its directory"),
	      "a zip without its directory is read member by member, and cut off");
	good = shell("gzip -nkf d.tar") == 0;
	cut("d.tar.gz", "cut.tgz", size_of("d.tar.gz") - 4);
	CHECK(good && read_it("cut.tgz") && snapshot.finding_count == 33 &&
	          warns("cut.tgz", "truncated_export", "gzip"),
	      "damage in the compression behind the last member is seen");
	for (size_t keep = 0, size = size_of("d.zip"); keep < size && good; keep += 83) {
		cut("d.zip", "cut.zip", keep);
		good = read_it("cut.zip") && snapshot.warning_count + (keep == 0) > 0;
	}
	CHECK(good, "a zip cut off anywhere is a warning");
	struct buf bytes = slurp("d.zip");
	for (size_t i = 0; i < bytes.len && good; i += 61) {
		bytes.ptr[i] ^= 0x55;
		spit("flip.zip", buf_str(&bytes));
		bytes.ptr[i] ^= 0x55;
		good = read_it("flip.zip");
	}
	buf_free(&bytes);
	CHECK(good, "a damaged zip is evidence all the same");
	PACK("crc.zip", "zip", 0, {"a.sarif", sarif("R1", 3), 0}, {"b.sarif", sarif("R2", 30), 0},
	     {"c.sarif", sarif("R3", 2), 0});
	bytes = slurp("crc.zip");
	bytes.ptr[str_find(buf_str(&bytes), STR("b.sarif")) + 60] ^= 0x55;
	spit("crc.zip", buf_str(&bytes));
	buf_free(&bytes);
	good = read_it("crc.zip");
	CHECK(good && holds("crc.zip!/a.sarif", "sarif", 3) && holds("crc.zip!/c.sarif", "sarif", 2) &&
	          input("crc.zip!/b.sarif")->truncated,
	      "a damaged member is cut off, and those behind it are read");
	spit("empty.zip", str_of("PK\005\006\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22));
	CHECK(read_it("empty.zip") && snapshot.input_count == 1 && snapshot.warning_count == 0,
	      "a zip without members is one");
	spit("text", STR("PK is no zip"));
	CHECK(read_it("text") && holds("text", "unknown", 0), "a text that begins with PK is none");
	bytes = slurp("d.tar");
	bytes.ptr[0] ^= 1;
	spit("sum.tar", buf_str(&bytes));
	buf_free(&bytes);
	CHECK(read_it("sum.tar") && holds("sum.tar", "unknown", 0),
	      "what has a tar's magic and not its checksum is none");
}

static void check_bounds(void)
{
	bool good =
	    shell(
		"(printf '{\"version\":\"2.1.0\",\"runs\":['; head -c 280000000 /dev/zero | tr '\\0' ' ') >bomb && printf x >y && tar --format=ustar -c bomb y | zstd -q >bomb.tar.zst; rm bomb") ==
	    0;
	CHECK(good && read_it("bomb.tar.zst") && input("bomb.tar.zst")->truncated &&
	          warns("bomb.tar.zst", "truncated_export", "too many bytes"),
	      "more than 256 MB and a thousand times the container are not decompressed");
	CHECK(input("bomb.tar.zst!/bomb") &&
	          input("bomb.tar.zst!/bomb")->bytes <= CONTAINER_CONTENT_MAX(size_of("bomb.tar.zst")) &&
	          !input("bomb.tar.zst!/y"),
	      "and reading ends there");
	good = shell("truncate -s 20G huge && tar --format=gnu --sparse -cf huge.tar huge y; rm huge") == 0 &&
	       read_it("huge.tar");
	CHECK(good && refuses("huge.tar", "huge is larger than 16 GB") && holds("huge.tar!/y", "unknown", 0),
	      "a member over 16 GB is refused, the next is read");
	struct member *many = memory_grow(NULL, sizeof(*many) * 10001);
	for (int i = 0; i < 10001; i++) many[i] = (struct member){str_printf(&arena, "../%d", i).ptr, "", 0};
	many[0].name = "first";
	pack("many.tar", "ustar", 'g', many, 10001);
	free(many);
	CHECK(read_it("many.tar") && warns("many.tar", "truncated_export", "more than 10,000 members") &&
	          input("many.tar!/first"),
	      "a container with more than 10,000 members is read up to there");
}

static void check_encrypted(void)
{
	spit("secret", STR("{}"));
	spit("open", str_from(sarif("R1", 2)));
	if (!have_tool("zip")) {
		puts("skip - an encrypted member is named, and the rest is read");
		return;
	}
	bool good = shell("zip -q -P word e.zip secret && zip -q e.zip open") == 0 && read_it("e.zip");
	CHECK(good && refuses("e.zip", "secret is encrypted") && holds("e.zip!/open", "sarif", 2),
	      "an encrypted member is named, and the rest is read");
}

int main(void)
{
	setlocale(LC_CTYPE, "C.UTF-8"); /* as cli/main.c does */
	scratch_open();
	check_kinds();
	check_depth();
	check_names();
	check_duplicates();
	check_damage();
	check_bounds();
	check_encrypted();
	snapshot_free(&snapshot);
	arena_free(&arena);
	scratch_close();
	return check_done();
}
