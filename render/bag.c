/* How it works: payload members go straight into the archive, which remembers their names, sizes and hashes. bag_finish
 * makes the tag files from that record: bag-info.txt, VERIFY.txt and the manifest first, then the tag manifest over them,
 * then the signature over that.
 */
#include "render/bag.h"

#include "core/instant.h"
#include "core/utf8.h"

#include <stdio.h>
#include <stdlib.h>

struct bag {
	struct archive_writer *archive;
	struct arena strings;
	struct str folder; /* without '/' */
	struct bag_options options;
};

/* --- names ------------------------------------------------------------------------------------------------------ */

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("._+,=@-", c));
}

struct str bag_folder(struct arena *arena, struct str change_id)
{
	enum { LONGEST = 120 };
	struct buf out = {0};
	buf_add(&out, change_id.len ? STR("dossier-") : STR("dossier-packet"));
	for (size_t i = 0, n; i < change_id.len; i += n) {
		uint32_t c = utf8_decode(change_id, i, &n);
		if (out.len + n > LONGEST) break;
		if (is_plain(change_id.ptr[i]) || (c >= 0xa0 && c != 0xfffd && c != 0x2028 && c != 0x2029))
			buf_add(&out, str_slice(change_id, i, i + n));
		else
			buf_char(&out, '_');
	}
	struct str folder = str_dup(arena, buf_str(&out));
	buf_free(&out);
	return folder;
}

/* "FOLDER/" and name; the caller's to free. */
static struct buf member_name(const struct bag *bag, struct str below, struct str name)
{
	struct buf full = {0};
	buf_add(&full, bag->folder);
	buf_char(&full, '/');
	buf_add(&full, below);
	buf_add(&full, name);
	return full;
}

/* --- the payload ------------------------------------------------------------------------------------------------ */

static bool add_tag(struct bag *bag, struct str name, struct str bytes, struct error *error)
{
	struct buf full = member_name(bag, STR_EMPTY, name);
	bool good = archive_add(bag->archive, buf_str(&full), bytes, error);
	buf_free(&full);
	return good;
}

static void copy_options(struct bag *bag, const struct bag_options *options)
{
	struct arena *arena = &bag->strings;
	struct bag_label *labels = ARENA_ARRAY(arena, struct bag_label, options->label_count + 1);
	for (size_t i = 0; i < options->label_count; i++) {
		labels[i].label = str_dup(arena, options->labels[i].label);
		labels[i].value = str_dup(arena, options->labels[i].value);
	}
	bag->options = *options;
	bag->options.labels = labels;
	bag->options.change_id = str_dup(arena, options->change_id);
	bag->options.version = str_dup(arena, options->version);
	bag->options.notes = str_dup(arena, options->notes);
	if (bag->options.level == 0) bag->options.level = ZFRAME_LEVEL;
	bag->folder = bag_folder(arena, options->change_id);
}

static int64_t seconds_of(int64_t instant) { return instant / INSTANT_SECOND - (instant % INSTANT_SECOND < 0); }

struct bag *bag_open(const char *path, const struct bag_options *options, struct error *error)
{
	struct bag *bag = memory_grow(NULL, sizeof(*bag));
	*bag = (struct bag){0};
	copy_options(bag, options);
	bag->archive = archive_open(path, seconds_of(options->as_of), bag->options.level, options->jobs, error);
	if (bag->archive &&
	    add_tag(bag, STR("bagit.txt"), STR("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"), error))
		return bag;
	bag_abort(bag);
	return NULL;
}

bool bag_add(struct bag *bag, struct str name, struct str bytes, struct error *error)
{
	struct buf full = member_name(bag, STR("data/"), name);
	bool good = archive_add(bag->archive, buf_str(&full), bytes, error);
	buf_free(&full);
	return good;
}

bool bag_add_frames(struct bag *bag, struct str name, uint64_t size, const unsigned char sha256[SHA256_BYTES],
                    const struct frame_list *frames, struct spool *spool, struct error *error)
{
	struct buf full = member_name(bag, STR("data/"), name);
	bool good = archive_add_frames(bag->archive, buf_str(&full), size, sha256, frames, spool, error);
	buf_free(&full);
	return good;
}

/* --- manifests -------------------------------------------------------------------------------------------------- */

static int by_path(const void *a, const void *b)
{
	const struct bag_entry *left = a, *right = b;
	return str_cmp(left->path, right->path);
}

static void sort_entries(struct bag_entry *entries, size_t count)
{
	if (count) qsort(entries, count, sizeof(*entries), by_path);
}

static void add_path(struct buf *out, struct str path)
{
	for (size_t i = 0; i < path.len; i++) {
		switch (path.ptr[i]) {
		case '\r': buf_add(out, STR("%0D")); break;
		case '\n': buf_add(out, STR("%0A")); break;
		case '%': buf_add(out, STR("%25")); break;
		default: buf_char(out, path.ptr[i]);
		}
	}
}

static void add_line(struct buf *out, const struct bag_entry *entry)
{
	char hex[SHA256_HEX + 1];
	hex_of(entry->sha256, SHA256_BYTES, hex);
	buf_add(out, str_of(hex, SHA256_HEX));
	buf_add(out, STR("  "));
	add_path(out, entry->path);
	buf_char(out, '\n');
}

void bag_manifest(struct bag_entry *entries, size_t count, struct buf *out)
{
	sort_entries(entries, count);
	for (size_t i = 0; i < count; i++) add_line(out, &entries[i]);
}

void bag_evidence_digest(struct bag_entry *entries, size_t count, char hex[SHA256_HEX + 1])
{
	struct buf lines = {0};
	unsigned char digest[SHA256_BYTES];
	sort_entries(entries, count);
	for (size_t i = 0; i < count; i++)
		if (str_starts(entries[i].path, STR("data/evidence/"))) add_line(&lines, &entries[i]);
	sha256_of(lines.ptr, lines.len, digest);
	hex_of(digest, SHA256_BYTES, hex);
	buf_free(&lines);
}

/* The manifest over the members below data/ (payload) or beside it. Paths lose the bag's folder. */
static void make_manifest(const struct bag *bag, bool payload, struct buf *out)
{
	size_t count = 0, chosen = 0;
	const struct archive_member *members = archive_members(bag->archive, &count);
	struct bag_entry *entries = memory_grow(NULL, sizeof(*entries) * count);
	for (size_t i = 0; i < count; i++) {
		struct str path = str_slice(members[i].name, bag->folder.len + 1, members[i].name.len);
		if (str_starts(path, STR("data/")) != payload) continue;
		entries[chosen].path = path;
		memcpy(entries[chosen++].sha256, members[i].sha256, SHA256_BYTES);
	}
	bag_manifest(entries, chosen, out);
	free(entries);
}

/* --- the other tag files ---------------------------------------------------------------------------------------- */

static void add_label(struct buf *out, struct str label, struct str value)
{
	if (value.len == 0) return;
	buf_add(out, label);
	buf_add(out, STR(": "));
	for (size_t i = 0, n; i < value.len; i += n) {
		uint32_t c = utf8_decode(value, i, &n);
		char encoded[4];
		if (c < 0x20 || (c >= 0x7f && c < 0xa0)) c = ' ';
		buf_add(out, str_of(encoded, utf8_encode(c, encoded)));
	}
	buf_char(out, '\n');
}

static void count_payload(const struct bag *bag, uint64_t *bytes, uint64_t *files)
{
	size_t count = 0;
	const struct archive_member *members = archive_members(bag->archive, &count);
	*bytes = *files = 0;
	for (size_t i = 0; i < count; i++) {
		if (!str_starts(str_slice(members[i].name, bag->folder.len, members[i].name.len), STR("/data/")))
			continue;
		*bytes += members[i].size;
		++*files;
	}
}

static void make_bag_info(const struct bag *bag, struct buf *out)
{
	struct instant_parts date = instant_split(bag->options.as_of);
	struct buf value = {0};
	uint64_t bytes, files;
	for (size_t i = 0; i < bag->options.label_count; i++)
		add_label(out, bag->options.labels[i].label, bag->options.labels[i].value);
	add_label(out, STR("External-Identifier"), bag->options.change_id);
	buf_printf(out, "Bagging-Date: %04d-%02d-%02d\n", date.year, date.month, date.day);
	count_payload(bag, &bytes, &files);
	buf_printf(out, "Payload-Oxum: %llu.%llu\n", (unsigned long long)bytes, (unsigned long long)files);
	buf_add(&value, STR("dossier "));
	buf_add(&value, bag->options.version);
	add_label(out, STR("Bag-Software-Agent"), buf_str(&value));
	buf_free(&value);
}

/* NAME stands for the bag's folder, NOTES for the paragraphs of this packet, DIGEST for a step's commands, DECODE for what turns a manifest's %25 back into
 * the % of a name: nothing where no name has one. Commands are indented by four blanks. */
static const char verify_text[] =
    "How to check this packet without dossier\n"
    "========================================\n"
    "\n"
    "The packet is a tar in zstd; inside is a BagIt bag (RFC 8493). The commands below need tar, zstd, coreutils,\n"
    "findutils, grep, sed and openssl, as on any Debian. If the packet's file has another name than NAME.tar.zst,\n"
    "write that name instead. Where tar is bsdtar, write \"tar --options tar:read_concatenated_archives -tf\" for\n"
    "\"tar --zstd -itf\"; where it is that of busybox, which knows neither, \"zstd -dcq NAME.tar.zst | tar -xf -\" unpacks.\n"
    "\n"
    "NOTES"
    "1. The container is whole. The first command fails if it is damaged or cut off; the second and the third print\n"
    "   nothing: all names lie in one folder, and none is there twice.\n"
    "\n"
    "    zstd -q -t NAME.tar.zst\n"
    "    tar --zstd -itf NAME.tar.zst | grep -v '^NAME/'\n"
    "    tar --zstd -itf NAME.tar.zst | LC_ALL=C sort | uniq -d\n"
    "\n"
    "2. Unpack it, into a folder that does not have a NAME yet.\n"
    "\n"
    "    tar --zstd -xf NAME.tar.zst\n"
    "    cd NAME\n"
    "\n"
    "3. Every file is what the manifests say. Both commands print nothing and succeed.\n"
    "\n"
    "    DECODE manifest-sha256.txt | sha256sum -c --quiet --strict\n"
    "    sha256sum -c --quiet --strict tagmanifest-sha256.txt\n"
    "\n"
    "4. No file is there that the manifests do not name. The first two commands print nothing; the third prints\n"
    "   tagmanifest-sha256.txt and what was made over it later, if anything: tagmanifest-sha256.txt.p7s (step 6),\n"
    "   files in signatures (step 7), and tagmanifest-sha256.txt.tsr (step 8).\n"
    "\n"
    "    find . ! -type d ! -type f\n"
    "    { find data -type f; DECODE manifest-sha256.txt | cut -c 67-; } | LC_ALL=C sort | uniq -u\n"
    "    { find . -path ./data -prune -o -type f -print | cut -c 3-; cut -c 67- tagmanifest-sha256.txt; } | LC_ALL=C sort | uniq -u\n"
    "\n"
    "5. The evidence digest. It is the one that the report names.\n"
    "\n"
    "DIGEST"
    "\n"
    "6. The signature, if tagmanifest-sha256.txt.p7s is here. CERT.pem is the signer's certificate, or that of who issued\n"
    "   it: not from this packet, but from somebody you trust. If it has expired since, add -attime and a time at which\n"
    "   it was valid, in seconds since 1970.\n"
    "\n"
    "    openssl cms -verify -binary -inform DER -in tagmanifest-sha256.txt.p7s -content tagmanifest-sha256.txt "
    "-CAfile CERT.pem -partial_chain -purpose any -out /dev/null\n"
    "\n"
    "7. Statements of those who prepared, reviewed or approved this packet, if there is a folder signatures. For each, the\n"
    "   first command says that it is signed by whom CERT.pem is or vouches for, the second names it if it is about this\n"
    "   packet. Read them: they say who decided what, and when.\n"
    "\n"
    "    for s in signatures/*.json; do test ! -e \"$s\" || openssl cms -verify -binary -inform DER -in \"$s.p7s\" "
    "-content \"$s\" -CAfile CERT.pem -partial_chain -purpose any -out /dev/null; done\n"
    "    test ! -d signatures || grep -l \"$(sha256sum tagmanifest-sha256.txt | cut -c 1-64)\" signatures/*.json\n"
    "\n"
    "8. The time stamp, if tagmanifest-sha256.txt.tsr is here. TSA.pem is the certificate of the time-stamp authority, or of who\n"
    "   issued it. The second command shows the time.\n"
    "\n"
    "    test ! -e tagmanifest-sha256.txt.tsr || openssl ts -verify -data tagmanifest-sha256.txt "
    "-in tagmanifest-sha256.txt.tsr -CAfile TSA.pem -partial_chain\n"
    "    test ! -e tagmanifest-sha256.txt.tsr || openssl ts -reply -in tagmanifest-sha256.txt.tsr -text\n"
    "\n"
    "Signatures and the time stamp cover tagmanifest-sha256.txt, that covers manifest-sha256.txt, and that covers every file below data.\n";

static bool any_percent(const struct bag *bag)
{
	size_t count = 0;
	const struct archive_member *members = archive_members(bag->archive, &count);
	for (size_t i = 0; i < count; i++)
		if (memchr(members[i].name.ptr, '%', members[i].name.len)) return true;
	return false;
}

/* How the evidence digest is computed, by what is carried. A list that names no file that is here is not checked: sha256sum takes
 * that for a failure. */
static const char *digest_step(const struct bag *bag)
{
	switch (bag->options.evidence) {
	case BAG_EVIDENCE_WHOLE: break;
	case BAG_EVIDENCE_LISTED:
		return any_percent(bag)
		           ? "    sha256sum data/evidence-sha256.txt\n"
		             "    sed 's/%25/%/g' data/evidence-sha256.txt | sha256sum -c --quiet "
		             "--ignore-missing --strict\n"
		           : "    sha256sum data/evidence-sha256.txt\n"
		             "    sha256sum -c --quiet --ignore-missing --strict data/evidence-sha256.txt\n";
	case BAG_EVIDENCE_NONE: return "    sha256sum data/evidence-sha256.txt\n";
	}
	return "    grep -a '^.\\{64\\}  data/evidence/' manifest-sha256.txt | sha256sum\n";
}

static void make_verify_text(const struct bag *bag, struct buf *out)
{
	struct {
		struct str word, value;
	} words[] = {
	    {STR("NAME"), bag->folder},
	    {STR("NOTES"), bag->options.notes},
	    {STR("DIGEST"), str_from(digest_step(bag))},
	    {STR("DECODE"), any_percent(bag) ? STR("sed 's/%25/%/g'") : STR("cat")},
	};
	struct str rest = str_from(verify_text);
	while (rest.len) {
		size_t i = 0, count = sizeof(words) / sizeof(*words);
		while (i < count && !str_starts(rest, words[i].word)) i++;
		buf_add(out, i < count ? words[i].value : str_slice(rest, 0, 1));
		rest = str_slice(rest, i < count ? words[i].word.len : 1, rest.len);
	}
}

/* --- the end ---------------------------------------------------------------------------------------------------- */

static bool add_made(struct bag *bag, struct str name, struct buf *bytes, struct error *error)
{
	bool good = add_tag(bag, name, buf_str(bytes), error);
	buf_free(bytes);
	return good;
}

static bool add_tag_files(struct bag *bag, const struct signer *signer, struct error *error)
{
	struct buf info = {0}, verify = {0}, manifest = {0}, tags = {0}, signature = {0};
	make_bag_info(bag, &info);
	make_verify_text(bag, &verify);
	make_manifest(bag, true, &manifest);
	bool good = add_made(bag, STR("bag-info.txt"), &info, error);
	good = good && add_made(bag, STR("VERIFY.txt"), &verify, error);
	good = good && add_made(bag, STR("manifest-sha256.txt"), &manifest, error);
	if (good) {
		make_manifest(bag, false, &tags);
		good = add_tag(bag, STR("tagmanifest-sha256.txt"), buf_str(&tags), error);
	}
	if (good && signer)
		good = sign_detached(signer, buf_str(&tags), bag->options.as_of, &signature, error) &&
		       add_tag(bag, STR("tagmanifest-sha256.txt.p7s"), buf_str(&signature), error);
	buf_free(&info);
	buf_free(&verify);
	buf_free(&manifest);
	buf_free(&tags);
	buf_free(&signature);
	return good;
}

static void tell_each(const struct bag *bag)
{
	size_t count = 0;
	const struct archive_member *members = archive_members(bag->archive, &count);
	for (size_t i = 0; i < count && bag->options.each; i++)
		bag->options.each(bag->options.each_context,
		                  str_slice(members[i].name, bag->folder.len + 1, members[i].name.len), members[i].size,
		                  members[i].sha256);
}

bool bag_finish(struct bag *bag, const struct signer *signer, struct bag_result *result, struct error *error)
{
	struct bag_result ours = {0};
	if (!result) result = &ours;
	*result = (struct bag_result){0};
	snprintf(result->folder, sizeof(result->folder), "%.*s", STR_ARG(bag->folder));
	count_payload(bag, &result->payload_bytes, &result->payload_files);
	bool good = add_tag_files(bag, signer, error);
	if (good) tell_each(bag);
	if (good) {
		good = archive_finish(bag->archive, result->sha256, &result->bytes, error);
		bag->archive = NULL;
	}
	bag_abort(bag);
	return good;
}

void bag_abort(struct bag *bag)
{
	if (!bag) return;
	archive_abort(bag->archive);
	arena_free(&bag->strings);
	free(bag);
}
