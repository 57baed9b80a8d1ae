/* A bag is the same bytes each time, stock tools and dossier agree on it, and whatever is done to it is noticed. */
#include "core/instant.h"
#include "render/bag.h"
#include "render/packet.h"
#include "tests/render/scratch.h"

#include <archive.h>
#include <archive_entry.h>
#include <zstd.h>

static const int64_t as_of = INT64_C(1772366400) * INSTANT_SECOND; /* 2026-03-01T12:00:00Z */

/* --- making bags ------------------------------------------------------------------------------------------------ */

static bool write_bag(const char *file, unsigned jobs, const struct signer *signer, struct bag_result *result)
{
	struct error error = {0};
	struct bag_label labels[] = {{STR("Source-Organization"), STR("Platform\nTeam")},
	                             {STR("Contact-Name"), STR("")}};
	struct bag_options options = {.change_id = STR("CHG-7/ab c$"),
	                              .as_of = as_of,
	                              .version = STR("0.1"),
	                              .labels = labels,
	                              .label_count = 2,
	                              .jobs = jobs};
	struct buf big = export_like(5 << 20, 3), small = export_like(3000, 4);
	struct bag *bag = bag_open(at(file), &options, &error);
	bool good = bag && bag_add(bag, STR("evidence/before/big.sarif"), buf_str(&big), &error) &&
	            bag_add(bag, STR("evidence/after/100% gr\xc3\xbcn.json"), buf_str(&small), &error) &&
	            bag_add(bag, STR("evidence/after/empty.json"), STR_EMPTY, &error) &&
	            bag_add(bag, STR("evidence/after/e\xcc\x81.json"), STR("1"), &error) &&
	            bag_add(bag, STR("report.xml"), str_of(big.ptr, 1500000), &error) &&
	            bag_add(bag, STR("packet.json"), STR("{}\n"), &error);
	good = good ? bag_finish(bag, signer, result, &error) : (bag_abort(bag), false);
	if (!good) printf("# %s\n", error.message);
	buf_free(&big);
	buf_free(&small);
	return good;
}

/* --- judging ---------------------------------------------------------------------------------------------------- */

/* The names of the checks that are not ok, with blanks between; "ok" if all are, "error" if there was no judgement. */
static const char *judged(const char *file, const char *cert)
{
	static char words[256];
	struct error error = {0};
	struct verify_report report;
	struct verify_options options = {.cert_path = cert ? at(cert) : NULL};
	words[0] = '\0';
	if (!packet_verify(at(file), &options, &report, &error)) {
		snprintf(words, sizeof(words), "error %d", (int)error.kind);
	} else {
		for (size_t i = 0; i < report.count; i++) {
			struct verify_check check = report.checks[i];
			if (check.detail.len == 0 || memchr(check.detail.ptr, '\n', check.detail.len))
				strcat(words, "?");
			if (check.ok) continue;
			if (words[0]) strcat(words, " ");
			strcat(words, check.name);
		}
		if (report.ok != (words[0] == '\0')) strcat(words, "!");
		if (!words[0]) strcpy(words, "ok");
	}
	verify_report_free(&report);
	return words;
}

static const char *detail(const char *file, const char *name)
{
	static char text[1024];
	struct error error = {0};
	struct verify_report report;
	text[0] = '\0';
	if (packet_verify(at(file), NULL, &report, &error))
		for (size_t i = 0; i < report.count; i++)
			if (strcmp(report.checks[i].name, name) == 0)
				snprintf(text, sizeof(text), "%.*s", STR_ARG(report.checks[i].detail));
	verify_report_free(&report);
	return text;
}

#define JUDGED(file, cert, expected, ...) judged_as((file), (cert), (expected), __LINE__, __VA_ARGS__)
static void judged_as(const char *file, const char *cert, const char *expected, int line, const char *sentence)
{
	const char *words = judged(file, cert);
	bool good = strcmp(words, expected) == 0;
	CHECK(good, "%s", sentence);
	if (!good) printf("# line %d: expected '%s', found '%s'\n", line, expected, words);
}

/* --- taking bags apart ------------------------------------------------------------------------------------------ */

struct member {
	char name[300];
	struct buf bytes;
};

struct members {
	struct member list[32];
	size_t count;
};

static bool member_begin(void *context, struct str name, uint64_t size)
{
	(void)size;
	struct members *members = context;
	struct member *member = &members->list[members->count++];
	*member = (struct member){0};
	snprintf(member->name, sizeof(member->name), "%.*s", STR_ARG(name));
	return true;
}

static bool member_data(void *context, const void *bytes, size_t len, struct error *error)
{
	(void)error;
	struct members *members = context;
	buf_add(&members->list[members->count - 1].bytes, str_of(bytes, len));
	return true;
}

static void take_apart(const char *file, struct members *members)
{
	struct error error = {0};
	struct packet_visitor visitor = {.context = members, .begin = member_begin, .data = member_data};
	members->count = 0;
	struct packet *packet = packet_open(at(file), &error);
	if (!packet || !packet_each_member(packet, &visitor, &error)) printf("# %s: %s\n", file, error.message);
	packet_close(packet);
}

static void drop_members(struct members *members)
{
	for (size_t i = 0; i < members->count; i++) buf_free(&members->list[i].bytes);
	members->count = 0;
}

static struct member *find(struct members *members, const char *name)
{
	for (size_t i = 0; i < members->count; i++)
		if (strcmp(members->list[i].name, name) == 0) return &members->list[i];
	abort();
}

static void set(struct member *member, struct str bytes)
{
	member->bytes.len = 0;
	buf_add(&member->bytes, bytes);
}

/* --- hand-made tars --------------------------------------------------------------------------------------------- */

struct tar {
	struct archive *writer;
	char *bytes;
	size_t used, room;
};

static void tar_begin(struct tar *tar, int format, size_t room)
{
	*tar = (struct tar){.writer = archive_write_new(), .bytes = malloc(room), .room = room};
	archive_write_set_format(tar->writer, format);
	archive_write_set_bytes_per_block(tar->writer, 0);
	archive_write_open_memory(tar->writer, tar->bytes, room, &tar->used);
}

static void tar_add(struct tar *tar, const char *name, unsigned type, const char *link, struct str bytes)
{
	struct archive_entry *entry = archive_entry_new();
	archive_entry_copy_pathname(entry, name);
	archive_entry_set_filetype(entry, type);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, type == AE_IFREG && !link ? (la_int64_t)bytes.len : 0);
	if (link && type == AE_IFLNK) archive_entry_copy_symlink(entry, link);
	if (link && type == AE_IFREG) archive_entry_copy_hardlink(entry, link);
	archive_write_header(tar->writer, entry);
	if (type == AE_IFREG && !link && bytes.len) archive_write_data(tar->writer, bytes.ptr, bytes.len);
	archive_entry_free(entry);
}

/* Into one zstd frame. */
static void tar_end(struct tar *tar, const char *file)
{
	archive_write_close(tar->writer);
	archive_write_free(tar->writer);
	size_t room = ZSTD_compressBound(tar->used);
	char *packed = malloc(room);
	size_t n = ZSTD_compress(packed, room, tar->bytes, tar->used, 1);
	spit(file, str_of(packed, n));
	free(packed);
	free(tar->bytes);
}

/* The members as a bag in another tar, with a folder's entry before. */
static void put_together(const struct members *members, const char *file)
{
	char name[400];
	struct tar tar;
	tar_begin(&tar, ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, 32 << 20);
	for (size_t i = 0; i < members->count; i++) {
		snprintf(name, sizeof(name), "dossier-x/%s", members->list[i].name);
		tar_add(&tar, name, AE_IFREG, NULL, buf_str(&members->list[i].bytes));
	}
	tar_end(&tar, file);
}

/* New hashes for what the manifest lists: what a forger without the key can do. */
static void remake(struct members *members, bool payload)
{
	struct bag_entry entries[32];
	size_t count = 0;
	struct member *manifest = find(members, payload ? "manifest-sha256.txt" : "tagmanifest-sha256.txt");
	for (size_t i = 0; i < members->count; i++) {
		struct member *member = &members->list[i];
		if ((strncmp(member->name, "data/", 5) == 0) != payload || strncmp(member->name, "tagm", 4) == 0)
			continue;
		entries[count].path = str_from(member->name);
		sha256_of(member->bytes.ptr, member->bytes.len, entries[count++].sha256);
	}
	manifest->bytes.len = 0;
	bag_manifest(entries, count, &manifest->bytes);
}

/* --- the tests --------------------------------------------------------------------------------------------------- */

static void good_bags(void)
{
	struct bag_result one, four;
	CHECK(write_bag("one.tar.zst", 1, NULL, &one) && write_bag("four.tar.zst", 4, NULL, &four),
	      "two bags are written");
	CHECK(same_files("one.tar.zst", "four.tar.zst") && memcmp(one.sha256, four.sha256, SHA256_BYTES) == 0,
	      "the same bag with one and with four jobs is the same bytes");
	CHECK(strcmp(one.folder, "dossier-CHG-7_ab_c_") == 0,
	      "the folder is the change id without what a shell would read");
	CHECK(one.payload_files == 6 && one.payload_bytes == (5 << 20) + 3000 + 1500000 + 4, "the payload is counted");
	JUDGED("one.tar.zst", NULL, "ok", "a fresh bag verifies");
	struct members members = {.count = 0};
	take_apart("one.tar.zst", &members);
	struct str info = buf_str(&find(&members, "bag-info.txt")->bytes);
	CHECK(str_eq(info, STR("Source-Organization: Platform Team\nExternal-Identifier: CHG-7/ab c$\nBagging-Date: "
	                       "2026-03-01\nPayload-Oxum: 6745884.6\nBag-Software-Agent: dossier 0.1\n")),
	      "bag-info.txt has a line for each label");
	struct bag_entry entries[8];
	size_t count = 0;
	char hex[SHA256_HEX + 1];
	for (size_t i = members.count; i-- > 0;) {
		if (strncmp(members.list[i].name, "data/", 5) != 0) continue;
		entries[count].path = str_from(members.list[i].name);
		sha256_of(members.list[i].bytes.ptr, members.list[i].bytes.len, entries[count++].sha256);
	}
	bag_evidence_digest(entries, count, hex);
	CHECK(
	    shell(
		"tar --zstd -xOf one.tar.zst dossier-CHG-7_ab_c_/manifest-sha256.txt | grep -a '^.\\{64\\}  data/evidence/' | "
		"sha256sum | grep -q '^%s '",
		hex) == 0,
	    "the evidence digest is what grep and sha256sum say");
	drop_members(&members);
}

/* The commands of VERIFY.txt, run one after another in one shell as they are written, in a folder where the packet has the
 * name they use: what they print, then what they say on stderr. */
static struct buf stock_commands(const char *file, const char *cert)
{
	spit("run", STR("while IFS= read -r line; do eval \"$line\"; done < commands\n"));
	shell(
	    "rm -rf v && mkdir v && cp %s v/dossier-CHG-7_ab_c_.tar.zst && cp run v && cd v && tar --zstd -xOf %s.tar.zst "
	    "%s/VERIFY.txt | sed -n 's/^    //p' > commands && cp ../%s CERT.pem && sed -i 's/CERT.pem/..\\/CERT.pem/' commands",
	    file, "dossier-CHG-7_ab_c_", "dossier-CHG-7_ab_c_", cert);
	shell("cd v && bash run 2> problems; cat problems");
	return slurp("out");
}

static void stock_tools(void)
{
	struct buf said = stock_commands("signed.tar.zst", "cert.pem");
	struct str text = buf_str(&said), head = STR("tagmanifest-sha256.txt\ntagmanifest-sha256.txt.p7s\n");
	size_t rest = head.len + SHA256_HEX + 4;
	CHECK(str_starts(text, head) && str_eq(str_slice(text, rest, text.len), STR("CMS Verification successful\n")),
	      "the commands of VERIFY.txt, run as they are written, find nothing wrong");
	if (check_failures) printf("# %.*s\n", STR_ARG(text));
	buf_free(&said);
	static const struct {
		const char *tool, *command;
	} tars[] = {
	    {"tar", "tar --zstd -xf ../one.tar.zst"},
	    {"bsdtar", "bsdtar -xf ../one.tar.zst"},
	    {"busybox", "zstd -dc ../one.tar.zst | busybox tar -xf -"},
	};
	for (size_t i = 0; i < sizeof(tars) / sizeof(*tars); i++) {
		if (!have_tool(tars[i].tool)) continue;
		CHECK(
		    shell(
			"rm -rf x && mkdir x && cd x && %s && cd dossier-CHG-7_ab_c_ && sha256sum -c --strict --quiet "
			"tagmanifest-sha256.txt && sed 's/%%25/%%/g' manifest-sha256.txt | sha256sum -c --strict --quiet",
			tars[i].command) == 0,
		    "both manifests hold after `%s`", tars[i].command);
	}
}

static bool read_as_file(struct packet *packet, const char *name, uint64_t from, size_t len, struct buf *out,
                         struct error *error)
{
	struct file file;
	size_t got = 1;
	const struct file_origin *origin = packet_origin(packet, error);
	if (!origin || !file_open(&file, origin, name, error)) return false;
	buf_reserve(out, len);
	bool good = true;
	for (size_t end = out->len + len; good && got && out->len < end; out->len += got, from += got)
		good = file_read(&file, from, out->ptr + out->len, end - out->len, &got, error);
	file_close(&file);
	return good;
}

static void other_tars(void)
{
	static const struct {
		const char *tool, *command, *what;
		bool seekable; /* no zstd lies in between */
	} tars[] = {
	    {"tar", "tar -C x --zstd -cf re.tar.zst dossier-CHG-7_ab_c_", "GNU tar", false},
	    {"tar", "tar -C x --sort=name -H pax -c ./dossier-CHG-7_ab_c_ | zstd -19 -q > re.tar.zst",
	     "a pax tar with ./", false},
	    {"tar", "tar -C x -cf re.tar.zst dossier-CHG-7_ab_c_", "a plain tar", true},
	    {"tar", "tar -C x -c . | zstd -q > re.tar.zst", "a tar of '.'", false},
	    {"bsdtar", "LC_ALL=C.UTF-8 bsdtar -C x --format pax --zstd -cf re.tar.zst dossier-CHG-7_ab_c_", "bsdtar",
	     false},
	    {"busybox", "busybox tar -C x -c dossier-CHG-7_ab_c_ | zstd -q > re.tar.zst", "busybox tar", false},
	    {"pzstd", "tar -C x -c dossier-CHG-7_ab_c_ | pzstd -q -p 2 > re.tar.zst", "pzstd", false},
	};
	shell("rm -rf x && mkdir x && tar -C x --zstd -xf one.tar.zst");
	for (size_t i = 0; i < sizeof(tars) / sizeof(*tars); i++) {
		if (!have_tool(tars[i].tool) || shell("%s", tars[i].command) != 0) continue;
		const char *words = judged("re.tar.zst", NULL);
		CHECK(strcmp(words, "ok") == 0, "an identical bag by %s verifies", tars[i].what);
		if (strcmp(words, "ok") != 0) printf("# %s\n", words);
		struct error error = {0};
		struct buf out = {0};
		struct packet *packet = packet_open(at("re.tar.zst"), &error);
		CHECK(packet && packet_seekable(packet) == tars[i].seekable &&
		          packet_read_range(packet, STR("data/packet.json"), 1, 2, &out, &error) &&
		          str_eq(buf_str(&out), STR("}\n")),
		      "and a member's bytes are read from it");
		out.len = 0;
		CHECK(packet && read_as_file(packet, "data/packet.json", 1, 2, &out, &error) &&
		          str_eq(buf_str(&out), STR("}\n")) && packet_seekable(packet),
		      "also as a file, for which it is unpacked where it must be");
		buf_free(&out);
		packet_close(packet);
	}
}

static void reading(void)
{
	struct error error = {0};
	struct packet *packet = packet_open(at("one.tar.zst"), &error);
	struct buf big = export_like(5 << 20, 3), out = {0};
	CHECK(packet && packet_seekable(packet) && str_eq(packet_folder(packet), STR("dossier-CHG-7_ab_c_")),
	      "a packet of ours is opened by its seek table");
	bool good = true;
	struct str name = STR("data/evidence/before/big.sarif");
	for (uint64_t from = 0; from < 5 << 20 && good; from += 333333) {
		uint64_t n = from % 100000;
		if (n > (5 << 20) - from) n = (5 << 20) - from;
		out.len = 0;
		good = packet_read_range(packet, name, from, n, &out, &error) &&
		       str_eq(buf_str(&out), str_of(big.ptr + from, n));
	}
	CHECK(good, "ranges anywhere in a member are read");
	out.len = 0;
	CHECK(packet_read_member(packet, name, &out, 5 << 20, &error) && str_eq(buf_str(&out), buf_str(&big)),
	      "a whole member is read");
	CHECK(!packet_read_member(packet, name, &out, (5 << 20) - 1, &error) && error.kind == ERROR_VERIFY,
	      "a member longer than it may be is not");
	CHECK(!packet_read_range(packet, name, 5 << 20, 1, &out, &error) &&
	          !packet_read_range(packet, name, UINT64_MAX, 2, &out, &error) && error.kind == ERROR_VERIFY,
	      "a range past the end is refused");
	CHECK(!packet_read_member(packet, STR("data/none"), &out, 9, &error) && error.kind == ERROR_INPUT,
	      "a member that is not there is the user's mistake");
	uint64_t size = 9;
	CHECK(packet_member_size(packet, STR("data/evidence/after/empty.json"), &size, &error) && size == 0,
	      "an empty member is there and has no bytes");
	out.len = 0;
	CHECK(packet_read_member(packet, STR("tagmanifest-sha256.txt"), &out, 9999, &error) && out.len > 300,
	      "the last member is read, too");
	buf_free(&big);
	buf_free(&out);
	packet_close(packet);
	CHECK(!packet_open(at("none.tar.zst"), &error) && error.kind == ERROR_INPUT,
	      "a packet that is not there is no packet");
	CHECK(strcmp(judged("none.tar.zst", NULL), "error 1") == 0 && strcmp(judged(".", NULL), "error 1") == 0,
	      "verify says so, too, of a missing file and of a folder");
}

static void change(struct member *member) { member->bytes.ptr[member->bytes.len / 2] ^= 1; }

static void tamperings(void)
{
	struct members m = {.count = 0};
	static char big[] = "data/evidence/before/big.sarif";
#define TAMPER(expected, sentence, ...)                                                                                \
	do {                                                                                                           \
		take_apart("signed.tar.zst", &m);                                                                      \
		__VA_ARGS__;                                                                                           \
		put_together(&m, "t.tar.zst");                                                                         \
		JUDGED("t.tar.zst", "cert.pem", expected, sentence);                                                   \
		drop_members(&m);                                                                                      \
	} while (0)
	TAMPER("ok", "a bag taken apart and put together in another tar verifies, signature included", (void)0);
	TAMPER("payload", "one bit of evidence is changed", change(find(&m, big)));
	TAMPER("payload oxum", "evidence is cut short", find(&m, big)->bytes.len -= 100);
	TAMPER("payload oxum", "a payload file is taken away", buf_free(&m.list[1].bytes);
	       memmove(&m.list[1], &m.list[2], sizeof(m.list[0]) * (--m.count - 1)));
	TAMPER("payload oxum", "a payload file is added", strcpy(m.list[m.count].name, "data/more.json");
	       m.list[m.count++].bytes = (struct buf){0});
	TAMPER("payload", "a payload file has another name",
	       strcpy(find(&m, big)->name, "data/evidence/before/bog.sarif"));
	TAMPER("payload", "two payload files change places", struct buf was = find(&m, big)->bytes;
	       find(&m, big)->bytes = find(&m, "data/report.xml")->bytes; find(&m, "data/report.xml")->bytes = was);
	TAMPER("tags", "evidence and its manifest are changed", change(find(&m, big)); remake(&m, true));
	TAMPER("signature", "evidence and both manifests are changed", change(find(&m, big)); remake(&m, true);
	       remake(&m, false));
	TAMPER("tags", "a tag file is added", strcpy(m.list[m.count].name, "notes.txt");
	       m.list[m.count++].bytes = (struct buf){0});
	TAMPER("tags", "VERIFY.txt is changed", change(find(&m, "VERIFY.txt")));
	TAMPER("bagit tags", "bagit.txt is of another version",
	       set(find(&m, "bagit.txt"), STR("BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n")));
	TAMPER("payload tags", "the manifest is not there",
	       strcpy(find(&m, "manifest-sha256.txt")->name, "manifest-md5.txt"));
	TAMPER("payload tags", "a line is in the manifest twice",
	       struct buf *manifest = &find(&m, "manifest-sha256.txt")->bytes;
	       struct buf twice = {0}; buf_add(&twice, buf_str(manifest)); buf_add(manifest, buf_str(&twice));
	       buf_free(&twice));
	TAMPER("oxum signature", "Payload-Oxum is another", set(find(&m, "bag-info.txt"), STR("Payload-Oxum: 1.1\n"));
	       remake(&m, false));
	TAMPER("oxum signature", "Payload-Oxum is there twice", struct buf *info = &find(&m, "bag-info.txt")->bytes;
	       struct buf again = {0}; buf_add(&again, buf_str(info)); buf_add(info, buf_str(&again)); buf_free(&again);
	       remake(&m, false));
	TAMPER("signature", "the signature is taken away", m.count--; buf_free(&m.list[m.count].bytes));
	TAMPER("signature", "the signature is not one",
	       set(find(&m, "tagmanifest-sha256.txt.p7s"), STR("0\x82"
	                                                       "ABCDEF")));
	TAMPER("signature", "a byte follows the signature",
	       buf_char(&find(&m, "tagmanifest-sha256.txt.p7s")->bytes, 'x'));
	TAMPER("tags signature", "the tag manifest is not there",
	       strcpy(find(&m, "tagmanifest-sha256.txt")->name, "tag.txt"));
}

static void damages(void)
{
	struct buf file = slurp("signed.tar.zst");
	const unsigned char *end = (const unsigned char *)file.ptr + file.len;
	size_t frames = (size_t)end[-9] | (size_t)end[-8] << 8, table = file.len - 9 - 12 * frames - 8, wrong = 0,
	       cuts = 0;
	for (size_t i = 0; i < 60; i++) {
		size_t cut = file.len * i / 60 + (i & 1 ? 0 : i);
		if (cut == table || cut >= file.len) continue;
		spit("t.tar.zst", str_of(file.ptr, cut));
		const char *words = judged("t.tar.zst", NULL);
		cuts++;
		if (strncmp(words, "container", 9) != 0) wrong++, printf("# cut at %zu: %s\n", cut, words);
	}
	for (size_t i = 1; i < 12; i++) {
		spit("t.tar.zst", str_of(file.ptr, file.len - i * i));
		if (strncmp(judged("t.tar.zst", NULL), "container", 9) != 0) wrong++, printf("# cut %zu\n", i * i);
	}
	CHECK(wrong == 0, "a packet cut off at %zu places is not readable to its end", cuts + 11);
	spit("t.tar.zst", str_of(file.ptr, table));
	JUDGED("t.tar.zst", "cert.pem", "ok", "without its seek table a packet still is a whole bag");
	wrong = 0;
	for (size_t i = 0; i < 120; i++) {
		size_t byte = i < 20 ? table - 10 + i : i < 40 ? file.len - 1 - (i - 20) : file.len * (i - 40) / 80;
		file.ptr[byte] ^= 0x55;
		spit("t.tar.zst", buf_str(&file));
		file.ptr[byte] ^= 0x55;
		if (strcmp(judged("t.tar.zst", NULL), "ok") != 0) continue;
		/* zstd has bits that mean nothing, and two spellings for some things: then the bag itself is unchanged */
		if (shell("bash -c 'cmp <(zstd -dc t.tar.zst) <(zstd -dc signed.tar.zst)'") != 0) wrong++;
	}
	CHECK(wrong == 0, "a changed byte is noticed at 120 places, or changes nothing in the bag");
	file.ptr[table + 8 + 4] ^= 1;
	spit("t.tar.zst", buf_str(&file));
	file.ptr[table + 8 + 4] ^= 1;
	JUDGED("t.tar.zst", NULL, "index", "a seek table that does not fit is noticed");
	struct buf more = {0};
	buf_add(&more, buf_str(&file));
	buf_add(&more, STR("\0\0\0\0\0\0\0\0"));
	spit("t.tar.zst", buf_str(&more));
	CHECK(strncmp(judged("t.tar.zst", NULL), "container", 9) == 0, "a packet padded with zeros is noticed");
	more.len = file.len;
	buf_add(&more, STR("\x5a\x2a\x4d\x18\x06\0\0\0hidden"));
	spit("t.tar.zst", buf_str(&more));
	CHECK(strncmp(judged("t.tar.zst", NULL), "container", 9) == 0,
	      "a packet with a frame that no reader sees is noticed");
	more.len = file.len;
	buf_add(&more, buf_str(&file));
	spit("t.tar.zst", buf_str(&more));
	CHECK(strncmp(judged("t.tar.zst", NULL), "container", 9) == 0, "a packet twice in a row is noticed");
	more.len = 0;
	buf_add(&more, str_of(file.ptr, table));
	buf_add(&more, buf_str(&file));
	spit("t.tar.zst", buf_str(&more));
	CHECK(strncmp(judged("t.tar.zst", NULL), "container", 9) == 0, "also when the first has lost its seek table");
	spit("t.tar.zst", STR(""));
	CHECK(strncmp(judged("t.tar.zst", NULL), "container layout", 16) == 0, "an empty file is no packet");
	spit("t.tar.zst", STR("PK\3\4 this is no tar, and never was one"));
	CHECK(strncmp(judged("t.tar.zst", NULL), "container layout", 16) == 0, "a file of another kind is no packet");
	buf_free(&file);
	buf_free(&more);
}

static void hostile(void)
{
	char longest[4097];
	memset(longest, 'n', 4096);
	longest[4096] = '\0';
	memcpy(longest, "d/", 2);
	for (size_t i = 100; i < 4096; i += 100) longest[i] = '/';
	static const struct {
		const char *first, *second;
		unsigned type;
		const char *link, *why;
	} cases[] = {
	    {"d/a\nb", NULL, AE_IFREG, NULL, "control"},
	    {"d/\x1b[2J", NULL, AE_IFREG, NULL, "control"},
	    {"d/../../etc/x", NULL, AE_IFREG, NULL, "'..'"},
	    {"/d/x", NULL, AE_IFREG, NULL, "absolute"},
	    {"d/./x", NULL, AE_IFREG, NULL, "'.'"},
	    {"d//x", NULL, AE_IFREG, NULL, "empty part"},
	    {"d/\xff", NULL, AE_IFREG, NULL, "UTF-8"},
	    {"LONG", NULL, AE_IFREG, NULL, "1024"},
	    {"d/data/x", "d/data/X", AE_IFREG, NULL, "case"},
	    {"d/data/x", "d/data/x", AE_IFREG, NULL, "twice"},
	    {"d/data/x", "d/data/x/y", AE_IFREG, NULL, "folder"},
	    {"d/data/x", "e/data/y", AE_IFREG, NULL, "same folder"},
	    {"d", NULL, AE_IFREG, NULL, "folder should be"},
	    {"d/data/x", NULL, AE_IFLNK, "/etc/passwd", "symbolic link"},
	    {"d/data/x", NULL, AE_IFREG, "d/bagit.txt", "hard link"},
	    {"d/data/x", NULL, AE_IFCHR, NULL, "device"},
	    {"d/data/x", NULL, AE_IFBLK, NULL, "device"},
	    {"d/data/x", NULL, AE_IFIFO, NULL, "FIFO"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct tar tar;
		tar_begin(&tar, ARCHIVE_FORMAT_TAR_GNUTAR, 1 << 20);
		const char *first = strcmp(cases[i].first, "LONG") == 0 ? longest : cases[i].first;
		tar_add(&tar, first, cases[i].type, cases[i].link, STR("x"));
		if (cases[i].second) tar_add(&tar, cases[i].second, AE_IFREG, NULL, STR("y"));
		tar_end(&tar, "t.tar.zst");
		const char *words = judged("t.tar.zst", NULL);
		CHECK(strstr(words, "layout") && !strchr(words, '?') &&
		          strstr(detail("t.tar.zst", "layout"), cases[i].why),
		      "a member is refused that is or has: %s (%zu)", cases[i].why, i);
		struct error error = {0};
		struct members members = {.count = 0};
		struct packet_visitor visitor = {.context = &members, .begin = member_begin};
		struct packet *packet = packet_open(at("t.tar.zst"), &error);
		if (packet && !cases[i].second && packet_each_member(packet, &visitor, &error))
			CHECK(false, "it is not read either (%zu)", i);
		packet_close(packet);
	}
}

static void bombs(void)
{
	size_t size = (size_t)64 << 20, n;
	char *zeros = calloc(1, size), *packed = malloc(ZSTD_compressBound(size));
	struct tar tar;
	tar_begin(&tar, ARCHIVE_FORMAT_TAR_GNUTAR, 1 << 20);
	struct buf file = {0};
	tar_add(&tar, "d/bagit.txt", AE_IFREG, NULL, STR("x"));
	archive_write_close(tar.writer);
	/* a header that promises 8 GB, as GNU tar writes it, and the zeros that follow */
	static const char huge[] = "77777777777";
	memcpy(tar.bytes + 1024, tar.bytes, 512);
	memcpy(tar.bytes + 1024, "d/zeros\0\0\0\0", 11);
	memcpy(tar.bytes + 1024 + 124, huge, 11);
	memset(tar.bytes + 1024 + 148, ' ', 8);
	unsigned sum = 0;
	for (int i = 0; i < 512; i++) sum += (unsigned char)tar.bytes[1024 + i];
	snprintf(tar.bytes + 1024 + 148, 8, "%06o", sum);
	n = ZSTD_compress(packed, ZSTD_compressBound(size), tar.bytes, 1536, 1);
	buf_add(&file, str_of(packed, n));
	n = ZSTD_compress(packed, ZSTD_compressBound(size), zeros, size, 1);
	for (int i = 0; i < 128; i++) buf_add(&file, str_of(packed, n));
	spit("t.tar.zst", buf_str(&file));
	CHECK(strstr(detail("t.tar.zst", "container"), "bomb"), "8 GB of zeros in %zu KB are refused", file.len / 1024);
	archive_write_free(tar.writer);
	free(tar.bytes);
	buf_free(&file);
	free(zeros);
	free(packed);
	tar_begin(&tar, ARCHIVE_FORMAT_TAR_USTAR, (size_t)160 << 20);
	for (int i = 0; i < 260000; i++) {
		char name[32];
		snprintf(name, sizeof(name), "d/%d", i);
		tar_add(&tar, name, AE_IFREG, NULL, STR_EMPTY);
	}
	tar_end(&tar, "t.tar.zst");
	CHECK(strstr(detail("t.tar.zst", "container"), "250000"), "more than 250,000 members are refused");
}

static void many_members(void)
{
	struct error error = {0};
	struct bag_options options = {.as_of = as_of, .version = STR("0.1"), .jobs = 2};
	struct bag *bag = bag_open(at("many.tar.zst"), &options, &error);
	bool good = bag != NULL;
	for (int i = 0; i < 20000 && good; i++) {
		char name[64];
		int n = snprintf(name, sizeof(name), "evidence/after/%d/%d.json", i % 100, i);
		good = bag_add(bag, str_of(name, (size_t)n), str_of(name, (size_t)(i % 9)), &error);
	}
	good = good && bag_finish(bag, NULL, NULL, &error);
	CHECK(good && strcmp(judged("many.tar.zst", NULL), "ok") == 0, "a bag of 20,000 small files verifies");
	struct packet *packet = packet_open(at("many.tar.zst"), &error);
	struct buf out = {0};
	CHECK(packet && packet_read_member(packet, STR("data/evidence/after/99/19999.json"), &out, 99, &error) &&
	          str_eq(buf_str(&out), STR("e")),
	      "its last file is found by the seek table");
	buf_free(&out);
	packet_close(packet);
}

static struct signer *make_signer(const char *name, const char *kind)
{
	struct error error = {0};
	char key[64], cert[64];
	snprintf(key, sizeof(key), "%skey.pem", name);
	snprintf(cert, sizeof(cert), "%scert.pem", name);
	if (shell(
		"openssl req -x509 -nodes -newkey %s -keyout %s -out %s -days 36500 -subj '/O=Platf\xc3\xb6rm/CN=%sSigner' -utf8",
		kind, key, cert, name) != 0)
		return NULL;
	struct signer *signer = signer_open(&(struct signer_files){.key = at(key), .cert = at(cert)}, &error);
	if (!signer) printf("# %s\n", error.message);
	return signer;
}

static void signatures(void)
{
	struct error error = {0};
	struct signer *rsa = make_signer("", "rsa:2048"),
		      *ec = make_signer("ec", "ec -pkeyopt ec_paramgen_curve:P-256");
	struct signer *other = make_signer("other", "ec -pkeyopt ec_paramgen_curve:P-384");
	if (!CHECK(rsa && ec && other, "keys and certificates are read")) return;
	CHECK(write_bag("signed.tar.zst", 1, rsa, NULL) && write_bag("again.tar.zst", 4, rsa, NULL) &&
	          same_files("signed.tar.zst", "again.tar.zst"),
	      "two bags signed with one RSA key are the same bytes");
	JUDGED("signed.tar.zst", NULL, "ok", "a signed bag verifies without a certificate");
	JUDGED("signed.tar.zst", "cert.pem", "ok", "and with the signer's");
	JUDGED("signed.tar.zst", "othercert.pem", "signature", "but not with another's");
	JUDGED("one.tar.zst", "cert.pem", "signature", "an unsigned bag does not verify when a certificate is given");
	CHECK(strstr(detail("signed.tar.zst", "signature"), "2026-03-01T12:00:00Z"),
	      "the signing time is as-of, not now");
	CHECK(strstr(detail("signed.tar.zst", "signature"), "Platf\xc3\xb6rm"), "the signer is named");
	CHECK(write_bag("ec.tar.zst", 1, ec, NULL), "a bag is signed with an EC key");
	JUDGED("ec.tar.zst", "eccert.pem", "ok", "it verifies with its certificate");
	CHECK(
	    shell("tar --zstd -xf ec.tar.zst && cd dossier-CHG-7_ab_c_ && openssl cms -verify -binary -inform DER -in "
	          "tagmanifest-sha256.txt.p7s -content tagmanifest-sha256.txt -CAfile ../eccert.pem -out /dev/null") ==
		0,
	    "openssl accepts it as the manual says");
	CHECK(
	    shell(
		"openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout leafkey.pem -subj /CN=leaf -out leaf.csr && "
		"openssl x509 -req -in leaf.csr -CA cert.pem -CAkey key.pem -CAcreateserial -days 9 -out leafcert.pem") ==
		0,
	    "a certificate is issued");
	struct signer *leaf =
	    signer_open(&(struct signer_files){.key = at("leafkey.pem"), .cert = at("leafcert.pem")}, &error);
	CHECK(leaf && write_bag("leaf.tar.zst", 1, leaf, NULL), "a bag is signed with it");
	JUDGED("leaf.tar.zst", "cert.pem", "ok", "the certificate that issued the signer's vouches for it");
	JUDGED("leaf.tar.zst", "leafcert.pem", "ok", "so does the signer's itself");
	JUDGED("leaf.tar.zst", "eccert.pem", "signature", "another does not");
	signer_close(leaf);
	signer_close(ec);
	signer_close(other);
	signer_close(rsa);
	shell(
	    "openssl rsa -in key.pem -aes128 -passout pass:x -out locked.pem; cp cert.pem junk.pem; echo x > junk.pem");
	static const struct {
		const char *key, *cert, *why;
	} bad[] = {{"locked.pem", "cert.pem", "passphrase"},
	           {"junk.pem", "cert.pem", "private key in PEM"},
	           {"key.pem", "junk.pem", "certificate in PEM"},
	           {"key.pem", "othercert.pem", "not for the key"},
	           {"none.pem", "cert.pem", "No such file"}};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		CHECK(!signer_open(&(struct signer_files){.key = at(bad[i].key), .cert = at(bad[i].cert)}, &error) &&
		          error.kind == ERROR_INPUT && strstr(error.message, bad[i].why),
		      "a bad key or certificate is refused: %s", bad[i].why);
	CHECK(!trust_open(at("junk.pem"), &error) && error.kind == ERROR_INPUT, "a certificate to trust must be one");
}

static void folders(void)
{
	struct arena arena = {0};
	static const struct {
		const char *id, *folder;
	} cases[] = {{"", "dossier-packet"},
	             {"CHG0042", "dossier-CHG0042"},
	             {"a/../b", "dossier-a_.._b"},
	             {"\xc3\x84nderung 1%", "dossier-\xc3\x84nderung_1_"},
	             {"x\n$(rm)`\"'\xff", "dossier-x___rm_____"}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		CHECK(str_eq(bag_folder(&arena, str_from(cases[i].id)), str_from(cases[i].folder)),
		      "a change id becomes %s", cases[i].folder);
	arena_free(&arena);
}

int main(void)
{
	scratch_open();
	setvbuf(stdout, NULL, _IOLBF, 0);
	folders();
	good_bags();
	signatures();
	stock_tools();
	other_tars();
	reading();
	tamperings();
	damages();
	hostile();
	bombs();
	many_members();
	scratch_close();
	return check_done();
}
