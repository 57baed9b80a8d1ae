/* How it works: one pass over the container. Every file is hashed as it goes by; its name, size and hash are kept, and the
 * bytes of the few files that the judgement reads (manifests, bag-info.txt, bagit.txt, the signature). Then each check looks
 * at what was kept:
 *
 *   members:   name -> number (core/strings.h), record[number - 1] = {size, hash, listed}
 *   manifest:  each line looks its path up and marks the record as listed; what is not listed in the end is too much
 *
 * Twins (equal but for case, or a file in the place of a folder) are found by sorting: with '/' before all other bytes and
 * letters in lower case they are neighbours.
 */
#include "render/packet.h"

#include "core/instant.h"
#include "core/strings.h"
#include "render/manifest.h"
#include "render/packet_tar.h"
#include "render/sign.h"
#include "render/statement.h"
#include "render/timestamp.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum check_id {
	CHECK_CONTAINER,
	CHECK_LAYOUT,
	CHECK_BAGIT,
	CHECK_PAYLOAD,
	CHECK_TAGS,
	CHECK_OXUM,
	CHECK_INDEX,
	CHECK_SIGNATURE,
	CHECK_STATEMENTS,
	CHECK_TIMESTAMP,
	CHECK_EVIDENCE,
	CHECKS,
};

static const char *const check_names[CHECKS] = {"container", "layout",    "bagit",      "payload",   "tags",    "oxum",
                                                "index",     "signature", "statements", "timestamp", "evidence"};

/* Files whose bytes are kept. */
enum kept_id { KEPT_BAGIT, KEPT_INFO, KEPT_MANIFEST, KEPT_TAGS, KEPT_SIGNATURE, KEPT_TIMESTAMP, KEPT_EVIDENCE, KEPT };

static const struct {
	struct str name;
	uint64_t max;
} kept_files[KEPT] = {
    [KEPT_BAGIT] = {{"bagit.txt", 9}, PACKET_TAG_MAX},
    [KEPT_INFO] = {{"bag-info.txt", 12}, PACKET_TAG_MAX},
    [KEPT_MANIFEST] = {{"manifest-sha256.txt", 19}, PACKET_MANIFEST_MAX},
    [KEPT_TAGS] = {{"tagmanifest-sha256.txt", 22}, PACKET_MANIFEST_MAX},
    [KEPT_SIGNATURE] = {{"tagmanifest-sha256.txt.p7s", 26}, PACKET_TAG_MAX},
    [KEPT_TIMESTAMP] = {{"tagmanifest-sha256.txt.tsr", 26}, PACKET_TAG_MAX},
    [KEPT_EVIDENCE] = {{"data/evidence-sha256.txt", 24}, PACKET_MANIFEST_MAX},
};

static const struct str statements_below = {"signatures/", 11};

static const uint64_t names_max = (uint64_t)64 << 20; /* bytes of all names together */

struct record {
	uint64_t size;
	unsigned char sha256[SHA256_BYTES];
	bool listed, folder;
};

struct judge {
	struct verify_report *report;
	struct packet_tar *tar;
	struct strings names;
	struct record *records;
	size_t count, capacity;
	struct buf kept[KEPT];
	bool have[KEPT];
	struct beside { /* a file in signatures/ */
		struct str name;
		struct buf bytes;
	} beside[2 * STATEMENTS_MAX];
	size_t beside_count;
	int64_t signed_at, cert_expires; /* of a signature that holds; INSTANT_NONE: there is none */
	bool complete;                   /* the tar's end was reached */
	uint64_t layout_faults;
	uint64_t names_bytes;
};

/* --- saying ------------------------------------------------------------------------------------------------------ */

static bool say(struct judge *judge, enum check_id id, bool ok, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static bool say(struct judge *judge, enum check_id id, bool ok, const char *format, ...)
{
	char line[1600];
	va_list args;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	judge->report->checks[id] =
	    (struct verify_check){check_names[id], ok, str_dup(&judge->report->arena, str_from(line))};
	return ok;
}

/* A name from outside: at most 200 bytes, what is not printable ASCII or a whole UTF-8 character as '?'. */
static const char *shown(struct judge *judge, struct str name)
{
	struct buf out = {0};
	for (size_t i = 0; i < name.len && out.len < 200; i++) {
		unsigned char c = (unsigned char)name.ptr[i];
		buf_char(&out, c < 0x20 || c == 0x7f ? '?' : (char)c);
	}
	while (out.len && ((unsigned char)out.ptr[out.len - 1] & 0xc0) == 0x80 && out.len >= 200) out.len--;
	struct buf json = {0}; /* makes bytes that are no UTF-8 harmless */
	buf_json(&json, buf_str(&out));
	char *text = str_cstr(&judge->report->arena, str_slice(buf_str(&json), 1, json.len - 1));
	buf_free(&json);
	buf_free(&out);
	return text;
}

static bool layout_fault(struct judge *judge, struct str name, const char *fault)
{
	if (judge->layout_faults++ == 0) say(judge, CHECK_LAYOUT, false, "'%s' %s", shown(judge, name), fault);
	return false;
}

/* --- the pass over the container --------------------------------------------------------------------------------- */

static struct record *add_record(struct judge *judge, struct str name, const struct tar_entry *entry)
{
	uint32_t known = judge->names.count;
	strings_add(&judge->names, name);
	if (judge->names.count == known) {
		layout_fault(judge, name, "is there twice");
		return NULL;
	}
	ARRAY_RESERVE(judge->records, judge->count, judge->capacity);
	struct record *record = &judge->records[judge->count++];
	*record = (struct record){.size = entry->size, .folder = entry->folder};
	return record;
}

/* The name without the bag's folder; the first member says which that is. Empty: nothing to keep. */
static struct str inside(struct judge *judge, const struct tar_entry *entry)
{
	struct str name = entry->name, *folder = &judge->report->folder;
	if (entry->fault) layout_fault(judge, name, entry->fault);
	if (entry->fault || name.len == 0) return STR_EMPTY;
	size_t n = 0;
	while (n < name.len && name.ptr[n] != '/') n++;
	if (folder->len == 0) *folder = str_dup(&judge->report->arena, str_slice(name, 0, n));
	if (!str_eq(*folder, str_slice(name, 0, n)))
		layout_fault(judge, name, "is not in the same folder as the first member");
	else if (n == name.len && !entry->folder)
		layout_fault(judge, name, "is a file where the bag's folder should be");
	else if (n < name.len)
		return str_slice(name, n + 1, name.len);
	return STR_EMPTY;
}

static struct buf *keep_beside(struct judge *judge, struct str name, uint64_t size)
{
	if (size > PACKET_TAG_MAX || judge->beside_count == 2 * STATEMENTS_MAX) {
		layout_fault(judge, name, size > PACKET_TAG_MAX ? "is too long" : "is one signature too many");
		return NULL;
	}
	struct beside *beside = &judge->beside[judge->beside_count++];
	beside->name = str_dup(&judge->report->arena, name);
	return &beside->bytes;
}

static struct buf *keep_into(struct judge *judge, struct str name, uint64_t size)
{
	if (str_starts(name, statements_below)) return keep_beside(judge, name, size);
	for (size_t i = 0; i < KEPT; i++) {
		if (!str_eq(name, kept_files[i].name)) continue;
		if (size > kept_files[i].max) {
			layout_fault(judge, name, "is too long");
			return NULL;
		}
		judge->have[i] = true;
		return &judge->kept[i];
	}
	return NULL;
}

static enum tar_step take_member(struct judge *judge, const struct tar_entry *entry, struct error *error)
{
	struct str name = inside(judge, entry);
	struct record *record = name.len ? add_record(judge, name, entry) : NULL;
	judge->names_bytes += entry->name.len;
	if (judge->names_bytes > names_max) {
		layout_fault(judge, name, "is one name too many: they are too long together");
		return TAR_FAULT;
	}
	if (!record || record->folder) return TAR_ENTRY;
	struct buf *keep = keep_into(judge, name, entry->size);
	struct sha256 hash;
	enum tar_step step;
	struct str bytes;
	sha256_begin(&hash);
	while ((step = packet_tar_read(judge->tar, &bytes, error)) == TAR_ENTRY) {
		sha256_add(&hash, bytes.ptr, bytes.len);
		if (keep) buf_add(keep, bytes);
	}
	sha256_end(&hash, record->sha256);
	judge->report->members++;
	judge->report->bytes += record->size;
	return step == TAR_END ? TAR_ENTRY : step;
}

/* False only on an error of the system. */
static bool read_all(struct judge *judge, struct error *error)
{
	enum tar_step step;
	do {
		struct tar_entry entry;
		step = packet_tar_next(judge->tar, &entry, error);
		if (step == TAR_ENTRY) step = take_member(judge, &entry, error);
	} while (step == TAR_ENTRY);
	judge->complete = step == TAR_END;
	if (step == TAR_FAULT) {
		const char *fault = packet_tar_fault(judge->tar);
		say(judge, CHECK_CONTAINER, false, "%s", fault[0] ? fault : "reading was given up, see layout");
	}
	return step != TAR_ERROR;
}

/* --- container and layout ----------------------------------------------------------------------------------------- */

static void judge_container(struct judge *judge, struct container *container)
{
	struct container_summary summary;
	container_summary(container, &summary);
	memcpy(judge->report->sha256, summary.sha256, SHA256_BYTES);
	char hex[SHA256_HEX + 1];
	hex_of(summary.sha256, SHA256_BYTES, hex);
	if (judge->complete)
		say(judge, CHECK_CONTAINER, true, "%s, %llu bytes, %llu unpacked, sha256 %s",
		    summary.zstd ? "tar in zstd" : "tar", (unsigned long long)summary.bytes,
		    (unsigned long long)summary.content, hex);
	if (!judge->complete)
		say(judge, CHECK_INDEX, false, "not judged: the container could not be read to its end");
	else if (!summary.table)
		say(judge, CHECK_INDEX, true, "no seek table");
	else
		say(judge, CHECK_INDEX, summary.table_fits, "the seek table %s the %llu frames",
		    summary.table_fits ? "fits" : "does not fit", (unsigned long long)summary.frames);
}

static int folded(char c)
{
	if (c == '/') return 0;
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' + 1 : (unsigned char)c + 1;
}

static int fold_cmp(struct str a, struct str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	for (size_t i = 0; i < n; i++) {
		int difference = folded(a.ptr[i]) - folded(b.ptr[i]);
		if (difference) return difference;
	}
	return (a.len > b.len) - (a.len < b.len);
}

struct sorted {
	struct str name;
	bool folder;
};

static int by_folded(const void *a, const void *b)
{
	const struct sorted *left = a, *right = b;
	return fold_cmp(left->name, right->name);
}

static void judge_twins(struct judge *judge)
{
	struct sorted *sorted = memory_grow(NULL, sizeof(*sorted) * judge->count);
	for (size_t i = 0; i < judge->count; i++)
		sorted[i] = (struct sorted){strings_get(&judge->names, (uint32_t)i + 1), judge->records[i].folder};
	if (judge->count) qsort(sorted, judge->count, sizeof(*sorted), by_folded);
	for (size_t i = 1; i < judge->count; i++) {
		struct sorted a = sorted[i - 1], b = sorted[i];
		bool below = b.name.len > a.name.len && b.name.ptr[a.name.len] == '/' &&
		             fold_cmp(a.name, str_slice(b.name, 0, a.name.len)) == 0;
		if (fold_cmp(a.name, b.name) == 0)
			layout_fault(judge, a.name, "has a twin that differs in nothing but case");
		else if (below && !a.folder)
			layout_fault(judge, a.name, "is a file and a folder");
	}
	free(sorted);
}

static void judge_layout(struct judge *judge)
{
	judge_twins(judge);
	struct verify_report *report = judge->report;
	if (judge->layout_faults > 1) {
		struct verify_check *check = &report->checks[CHECK_LAYOUT];
		check->detail = str_printf(&report->arena, "%.*s, and %llu more of that kind", STR_ARG(check->detail),
		                           (unsigned long long)judge->layout_faults - 1);
	}
	if (judge->layout_faults) return;
	if (report->folder.len == 0)
		say(judge, CHECK_LAYOUT, false, "there is no member");
	else
		say(judge, CHECK_LAYOUT, true, "%llu files in '%s'", (unsigned long long)report->members,
		    shown(judge, report->folder));
}

/* --- lines of text files ----------------------------------------------------------------------------------------- */

static void judge_bagit(struct judge *judge)
{
	struct str text = buf_str(&judge->kept[KEPT_BAGIT]);
	struct str version = manifest_line(&text), encoding = manifest_line(&text);
	if (!judge->have[KEPT_BAGIT])
		say(judge, CHECK_BAGIT, false, "there is no bagit.txt");
	else if (!str_eq(version, STR("BagIt-Version: 1.0")) || text.len ||
	         !str_eq(encoding, STR("Tag-File-Character-Encoding: UTF-8")))
		say(judge, CHECK_BAGIT, false,
		    "bagit.txt does not say 'BagIt-Version: 1.0' and UTF-8, and nothing else");
	else
		say(judge, CHECK_BAGIT, true, "BagIt 1.0");
}

/* The values of a label in bag-info.txt: the first, and how many there are. */
static size_t info_label(const struct judge *judge, struct str label, struct str *value)
{
	size_t found = 0;
	*value = STR_EMPTY;
	for (struct str rest = buf_str(&judge->kept[KEPT_INFO]); rest.len;) {
		struct str line = manifest_line(&rest);
		if (!str_starts_nocase(line, label)) continue;
		if (!found++) *value = str_trim(str_slice(line, label.len, line.len));
	}
	return found;
}

static void judge_oxum(struct judge *judge)
{
	uint64_t bytes = 0, files = 0;
	for (size_t i = 0; i < judge->count; i++) {
		if (judge->records[i].folder || !str_starts(strings_get(&judge->names, (uint32_t)i + 1), STR("data/")))
			continue;
		bytes += judge->records[i].size;
		files++;
	}
	char expected[64];
	snprintf(expected, sizeof(expected), "%llu.%llu", (unsigned long long)bytes, (unsigned long long)files);
	struct str said;
	size_t found = info_label(judge, STR("Payload-Oxum:"), &said);
	if (!judge->have[KEPT_INFO] || found != 1)
		say(judge, CHECK_OXUM, false, "bag-info.txt does not have one Payload-Oxum");
	else if (!str_eq(said, str_from(expected)))
		say(judge, CHECK_OXUM, false, "Payload-Oxum says %s, the payload has %s", shown(judge, said), expected);
	else
		say(judge, CHECK_OXUM, true, "%llu bytes in %llu files", (unsigned long long)bytes,
		    (unsigned long long)files);
}

/* --- manifests --------------------------------------------------------------------------------------------------- */

struct manifest_verdict {
	uint64_t lines, wrong, missing, malformed, twice, unlisted;
	const char *first; /* what the first trouble is about */
	const char *trouble;
};

static void trouble(struct judge *judge, struct manifest_verdict *verdict, uint64_t *counter, struct str about,
                    const char *what)
{
	++*counter;
	if (verdict->first) return;
	verdict->first = shown(judge, about);
	verdict->trouble = what;
}

static void judge_line(struct judge *judge, struct str line, struct str prefix, struct buf *scratch,
                       struct manifest_verdict *verdict)
{
	unsigned char sha256[SHA256_BYTES];
	struct str path;
	verdict->lines++;
	if (!manifest_entry(line, sha256, &path, scratch)) {
		trouble(judge, verdict, &verdict->malformed, line, "is a line without hash and path");
		return;
	}
	uint32_t number = strings_find(&judge->names, path);
	struct record *record = number ? &judge->records[number - 1] : NULL;
	if (!str_starts(path, prefix) || (prefix.len == 0 && str_starts(path, STR("data/"))))
		trouble(judge, verdict, &verdict->malformed, path, "does not belong in this manifest");
	else if (!record || record->folder)
		trouble(judge, verdict, &verdict->missing, path, "is missing");
	else if (record->listed)
		trouble(judge, verdict, &verdict->twice, path, "is listed twice");
	else if (memcmp(record->sha256, sha256, SHA256_BYTES) != 0)
		trouble(judge, verdict, &verdict->wrong, path, "is not what the manifest says");
	if (record) record->listed = true;
}

/* What no manifest can list: the tag manifest, what is made over it, and folders. */
static bool exempt(struct str name)
{
	struct str tags = kept_files[KEPT_TAGS].name;
	if (str_starts(name, statements_below)) return true;
	struct str rest = str_starts(name, tags) ? str_slice(name, tags.len, name.len) : STR("?");
	return rest.len == 0 || str_eq(rest, STR(".p7s")) || str_eq(rest, STR(".tsr"));
}

static void judge_manifest(struct judge *judge, enum check_id id, enum kept_id file, struct str prefix)
{
	struct manifest_verdict verdict = {0};
	struct buf scratch = {0};
	const char *name = kept_files[file].name.ptr;
	if (!judge->have[file]) {
		say(judge, id, false, "there is no %s", name);
		return;
	}
	for (struct str rest = buf_str(&judge->kept[file]); rest.len;)
		judge_line(judge, manifest_line(&rest), prefix, &scratch, &verdict);
	buf_free(&scratch);
	for (size_t i = 0; i < judge->count; i++) {
		struct str path = strings_get(&judge->names, (uint32_t)i + 1);
		if (judge->records[i].folder || judge->records[i].listed || exempt(path)) continue;
		if (str_starts(path, STR("data/")) != (prefix.len > 0)) continue;
		trouble(judge, &verdict, &verdict.unlisted, path, "is not listed");
	}
	if (!verdict.first)
		say(judge, id, true, "%llu files are what %s says", (unsigned long long)verdict.lines, name);
	else
		say(judge, id, false, "'%s' %s (%s: %llu changed, %llu missing, %llu not listed, %llu lines wrong)",
		    verdict.first, verdict.trouble, name, (unsigned long long)verdict.wrong,
		    (unsigned long long)verdict.missing, (unsigned long long)verdict.unlisted,
		    (unsigned long long)verdict.malformed + (unsigned long long)verdict.twice);
}

/* --- evidence that is not all here -------------------------------------------------------------------------------- */

/* data/evidence-sha256.txt names all evidence: what is here of it must be what it says, and nothing else may be here. */
static bool judge_evidence_list(struct judge *judge, uint64_t *here, uint64_t *named)
{
	struct buf scratch = {0};
	bool good = true;
	*here = *named = 0;
	for (struct str rest = buf_str(&judge->kept[KEPT_EVIDENCE]); rest.len && good; ++*named) {
		unsigned char sha256[SHA256_BYTES];
		struct str path, line = manifest_line(&rest);
		good = manifest_entry(line, sha256, &path, &scratch) && str_starts(path, STR("data/evidence/"));
		uint32_t number = good ? strings_find(&judge->names, path) : 0;
		if (!number) continue;
		good = memcmp(judge->records[number - 1].sha256, sha256, SHA256_BYTES) == 0;
		++*here;
	}
	buf_free(&scratch);
	uint64_t all = 0;
	for (size_t i = 0; i < judge->count; i++)
		all += !judge->records[i].folder &&
		       str_starts(strings_get(&judge->names, (uint32_t)i + 1), STR("data/evidence/"));
	return good && *here == all;
}

static void judge_evidence(struct judge *judge)
{
	struct str redaction;
	uint64_t here, named;
	info_label(judge, STR("Redaction:"), &redaction);
	const char *between = redaction.len ? "; redacted: " : "", *words = shown(judge, redaction);
	if (!judge->have[KEPT_EVIDENCE])
		say(judge, CHECK_EVIDENCE, true, "all of it is here%s%s", between, words);
	else if (!judge_evidence_list(judge, &here, &named))
		say(judge, CHECK_EVIDENCE, false, "data/evidence-sha256.txt does not fit the evidence that is here");
	else
		say(judge, CHECK_EVIDENCE, true,
		    "%llu of %llu files are here, the others are named with their hash%s%s", (unsigned long long)here,
		    (unsigned long long)named, between, words);
}

/* --- the signature ----------------------------------------------------------------------------------------------- */

static void judge_signature(struct judge *judge, const struct trust *trust)
{
	if (!judge->have[KEPT_SIGNATURE] || !judge->have[KEPT_TAGS]) {
		say(judge, CHECK_SIGNATURE, !trust,
		    trust ? "a certificate was given, but the packet is not signed" : "not signed");
		return;
	}
	struct sign_verdict verdict;
	char at[40] = "";
	sign_verify(buf_str(&judge->kept[KEPT_TAGS]), buf_str(&judge->kept[KEPT_SIGNATURE]), trust, &verdict);
	if (verdict.signed_at != INSTANT_NONE) instant_text(verdict.signed_at, at);
	const char *signer = shown(judge, str_from(verdict.signer));
	if (verdict.ok) {
		judge->signed_at = verdict.signed_at;
		judge->cert_expires = verdict.expires;
	}
	if (!verdict.ok)
		say(judge, CHECK_SIGNATURE, false, "%s%s%s", verdict.reason, verdict.signer[0] ? "; signer " : "",
		    signer);
	else
		say(judge, CHECK_SIGNATURE, true, "by %s at %s%s", signer, at,
		    verdict.trusted ? "" : "; not held against a certificate that you trust (--cert)");
}

/* --- statements and time stamps --------------------------------------------------------------------------------------- */

static const struct buf *beside_of(const struct judge *judge, struct str name, const char *end)
{
	for (size_t i = 0; i < judge->beside_count; i++) {
		struct str found = judge->beside[i].name;
		if (found.len == name.len + strlen(end) && str_starts(found, name) && str_ends(found, str_from(end)))
			return &judge->beside[i].bytes;
	}
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const struct statement_file *)a)->name, ((const struct statement_file *)b)->name);
}

/* The statements among the files of signatures/, by name. False: one of those files is neither a statement nor its signature. */
static bool find_statements(struct judge *judge, struct statement_file *files, size_t *count, struct str *stranger)
{
	*count = 0;
	for (size_t i = 0; i < judge->beside_count; i++) {
		struct str name = judge->beside[i].name;
		bool statement = str_ends(name, STR(".json")), signature = str_ends(name, STR(".json.p7s"));
		*stranger = name;
		if (signature && !beside_of(judge, str_slice(name, 0, name.len - 4), "")) return false;
		if (!statement && !signature) return false;
		if (!statement) continue;
		if (*count == STATEMENTS_MAX) return false;
		const struct buf *signed_by = beside_of(judge, name, ".p7s");
		files[(*count)++] = (struct statement_file){name, buf_str(&judge->beside[i].bytes),
		                                            signed_by ? buf_str(signed_by) : STR_EMPTY};
	}
	if (*count) qsort(files, *count, sizeof(*files), by_name);
	return true;
}

static void judge_statements(struct judge *judge, const struct trust *trust)
{
	struct statement_file files[STATEMENTS_MAX];
	struct arena *arena = &judge->report->arena;
	struct buf line = {0};
	struct str stranger, said;
	size_t count;
	bool good = true;
	unsigned char tags[SHA256_BYTES];
	sha256_of(judge->kept[KEPT_TAGS].ptr, judge->kept[KEPT_TAGS].len, tags);
	if (!find_statements(judge, files, &count, &stranger)) {
		say(judge, CHECK_STATEMENTS, false, "'%s' is no statement and no signature of one",
		    shown(judge, stranger));
		return;
	}
	for (size_t i = 0; i < count; i++) {
		bool holds = statement_verify(files, count, i, judge->report->folder, tags, trust, arena, &said);
		if (good && !holds) line.len = 0; /* what is wrong goes before what is right */
		if (good || !holds) buf_printf(&line, "%s%s", line.len ? "; " : "", shown(judge, said));
		good = good && holds;
	}
	say(judge, CHECK_STATEMENTS, good, "%.*s", line.len ? (int)line.len : 4, line.len ? line.ptr : "none");
	buf_free(&line);
}

/* The signing time is what the signer says: it is held against the time that somebody else attests. */
static void judge_times(struct judge *judge, int64_t stamped, const char *at, const char *authority, const char *more)
{
	char when[40];
	if (!timestamp_allows(stamped, judge->signed_at))
		say(judge, CHECK_TIMESTAMP, false, "%s by %s, but the signature says that it was made later, at %s", at,
		    authority, instant_text(judge->signed_at, when));
	else if (judge->cert_expires != INSTANT_NONE && judge->cert_expires < stamped)
		say(judge, CHECK_TIMESTAMP, true,
		    "%s by %s%s; the signer's certificate had expired by then, at %s: that it signed before is its own word",
		    at, authority, more, instant_text(judge->cert_expires, when));
	else
		say(judge, CHECK_TIMESTAMP, true, "%s by %s%s", at, authority, more);
}

static void judge_timestamp(struct judge *judge, const struct trust *tsa)
{
	if (!judge->have[KEPT_TIMESTAMP] || !judge->have[KEPT_TAGS]) {
		say(judge, CHECK_TIMESTAMP, !tsa,
		    tsa ? "an authority was given, but the packet has no time stamp" : "none");
		return;
	}
	struct timestamp_verdict verdict;
	char at[40] = "";
	timestamp_verify(buf_str(&judge->kept[KEPT_TAGS]), buf_str(&judge->kept[KEPT_TIMESTAMP]), tsa, &verdict);
	if (verdict.at != INSTANT_NONE) instant_text(verdict.at, at);
	const char *authority = shown(judge, str_from(verdict.authority));
	if (verdict.ok)
		judge_times(judge, verdict.at, at, authority,
		            verdict.trusted ? "" : "; not held against an authority that you trust (--tsa)");
	else
		say(judge, CHECK_TIMESTAMP, false, "%s%s%s", verdict.reason, authority[0] ? "; authority " : "",
		    authority);
}

/* --- all of it --------------------------------------------------------------------------------------------------- */

static void judge_all(struct judge *judge, struct container *container, const struct trust *trust,
                      const struct trust *tsa)
{
	judge_container(judge, container);
	judge_layout(judge);
	judge_bagit(judge);
	if (judge->complete) {
		judge_manifest(judge, CHECK_PAYLOAD, KEPT_MANIFEST, STR("data/"));
		judge_manifest(judge, CHECK_TAGS, KEPT_TAGS, STR_EMPTY);
		judge_oxum(judge);
		judge_signature(judge, trust);
		judge_statements(judge, trust);
		judge_timestamp(judge, tsa);
		judge_evidence(judge);
	} else {
		static const enum check_id rest[] = {CHECK_PAYLOAD,    CHECK_TAGS,      CHECK_OXUM,    CHECK_SIGNATURE,
		                                     CHECK_STATEMENTS, CHECK_TIMESTAMP, CHECK_EVIDENCE};
		for (size_t i = 0; i < sizeof(rest) / sizeof(*rest); i++)
			say(judge, rest[i], false, "not judged: the container could not be read to its end");
	}
	judge->report->ok = true;
	for (size_t i = 0; i < CHECKS; i++) judge->report->ok = judge->report->ok && judge->report->checks[i].ok;
}

static void tell_each(const struct judge *judge, const struct verify_options *options)
{
	for (size_t i = 0; i < judge->count; i++)
		if (!judge->records[i].folder)
			options->each(options->each_context, strings_get(&judge->names, (uint32_t)i + 1),
			              judge->records[i].size, judge->records[i].sha256);
}

bool packet_verify(const char *path, const struct verify_options *options, struct verify_report *report,
                   struct error *error)
{
	*report = (struct verify_report){.count = CHECKS, .folder = STR_EMPTY};
	report->checks = ARENA_ARRAY(&report->arena, struct verify_check, CHECKS);
	for (size_t i = 0; i < CHECKS; i++) report->checks[i] = (struct verify_check){check_names[i], false, STR_EMPTY};
	struct trust *trust = NULL, *tsa = NULL;
	if (options && options->cert_path && !(trust = trust_open(options->cert_path, error))) return false;
	if (options && options->tsa_path && !(tsa = trust_open(options->tsa_path, error))) {
		trust_close(trust);
		return false;
	}
	struct container *container = container_open(path, error);
	struct judge judge = {.report = report, .signed_at = INSTANT_NONE, .cert_expires = INSTANT_NONE};
	bool good = container != NULL;
	if (good) {
		judge.tar = packet_tar_open(container);
		good = read_all(&judge, error);
		if (good) judge_all(&judge, container, trust, tsa);
		if (good && judge.complete && options && options->each) tell_each(&judge, options);
		packet_tar_close(judge.tar);
	}
	container_close(container);
	trust_close(trust);
	trust_close(tsa);
	for (size_t i = 0; i < judge.beside_count; i++) buf_free(&judge.beside[i].bytes);
	for (size_t i = 0; i < KEPT; i++) buf_free(&judge.kept[i]);
	strings_free(&judge.names);
	free(judge.records);
	return good;
}

void verify_report_free(struct verify_report *report)
{
	arena_free(&report->arena);
	*report = (struct verify_report){0};
}
