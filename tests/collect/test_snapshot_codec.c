/* snapshot_codec: records of real fixtures to bytes and back, and bytes that somebody else wrote. */
#include "collect/collect.h"
#include "collect/snapshot_codec.h"
#include "tests/check.h"
#include "tests/encoded.h"
#include "tests/random.h"

#include <stdlib.h>

static struct arena arena;
static struct specs specs;

static struct buf encoded(const struct reader_parts *parts)
{
	struct error error;
	struct buf out = {0};
	CHECK(encoded_into(&out, parts, &error), "records are written");
	return out;
}

/* Hands the bytes out in pieces of an odd size. */
struct source {
	struct str bytes;
	size_t at, piece;
};

static bool from_buf(void *context, char *dst, size_t capacity, size_t *got, struct error *error)
{
	struct source *s = context;
	size_t n = s->bytes.len - s->at;
	(void)error;
	if (n > capacity) n = capacity;
	if (n > s->piece) n = s->piece;
	memcpy(dst, s->bytes.ptr + s->at, n);
	s->at += n;
	*got = n;
	return true;
}

static bool decode(struct reader_parts *parts, const struct walk_file *file, struct str bytes, size_t piece,
                   struct error *error)
{
	struct source source = {bytes, 0, piece};
	*error = (struct error){.kind = ERROR_NONE};
	return snapshot_decode(parts, file, &(struct stream_source){&source, from_buf}, "records", error);
}

/* Changed bytes are refused, or read as something that can be used: appended, settled, written again. */
static size_t misread(const struct walk_file *file, struct str bytes, int rounds)
{
	size_t bad = 0, refused = 0;
	char *copy = memory_grow(NULL, bytes.len);
	for (int i = 0; i < rounds; i++) {
		struct reader_parts parts;
		struct error error;
		memcpy(copy, bytes.ptr, bytes.len);
		size_t len = i % 5 == 0 ? below((uint32_t)bytes.len) : bytes.len;
		for (uint64_t k = below(3) + (len == bytes.len); k > 0; k--)
			if (len) copy[below((uint32_t)len)] ^= (char)(1 << below(8));
		if (decode(&parts, file, str_of(copy, len), 1 + below(5000), &error)) {
			struct snapshot all;
			bad += len < bytes.len; /* the end was not missed */
			snapshot_init(&all);
			for (size_t k = 0; k < parts.count; k++) snapshot_append(&all, &parts.snapshots[k]);
			snapshot_settle(&all);
			snapshot_free(&all);
		} else {
			refused++;
			bad += error.kind != ERROR_INPUT;
		}
		reader_parts_free(&parts);
	}
	free(copy);
	return bad + !refused;
}

static void check_file(const char *name, const char *what)
{
	struct walk_file file = {.path = STR("folder/scan.json"), .reached = str_from(name)};
	struct walk_file elsewhere = {.path = file.path, .reached = STR("elsewhere!/folder/scan.json")};
	struct reader_options options = {.specs = &specs};
	struct reader_parts parts, back;
	struct error error;
	if (!CHECK(reader_read(&parts, &file, &options, &error), "%s is read", what)) return;
	struct buf bytes = encoded(&parts);
	CHECK(decode(&back, &file, buf_str(&bytes), 4093, &error) && back.count == parts.count, "%s comes back", what);
	struct buf again = encoded(&back);
	CHECK(str_eq(buf_str(&bytes), buf_str(&again)), "%s is written as the same bytes again", what);
	buf_free(&again);
	reader_parts_free(&back);
	CHECK(decode(&back, &elsewhere, buf_str(&bytes), 1, &error), "%s comes back byte by byte", what);
	again = encoded(&back);
	CHECK(
	    str_eq(buf_str(&bytes), buf_str(&again)) && str_find(buf_str(&bytes), file.reached) == SIZE_MAX &&
		str_starts(snapshot_string(&back.snapshots[0], back.snapshots[0].inputs[0].display), elsewhere.reached),
	    "where %s was reached is no part of it", what);
	buf_free(&again);
	reader_parts_free(&back);
	struct walk_file other = {.path = STR("folder/other.json"), .reached = file.reached};
	CHECK(!decode(&back, &other, buf_str(&bytes), 4093, &error) && error.kind == ERROR_INPUT,
	      "%s is not taken for another file", what);
	reader_parts_free(&back);
	buf_add(&bytes, STR("x"));
	CHECK(!decode(&back, &file, buf_str(&bytes), 4093, &error), "%s ends where it ends", what);
	reader_parts_free(&back);
	CHECK(misread(&file, str_slice(buf_str(&bytes), 0, bytes.len - 1), 1500) == 0,
	      "%s with changed bytes does no harm", what);
	buf_free(&bytes);
	reader_parts_free(&parts);
}

/* ---- records that no reader makes: each member of them is changed alone ---- */

static void forge_waiver(struct snapshot *s)
{
	struct waiver waiver = {.state = WAIVER_STATE_COUNT};
	tuples_add(&s->waivers, (const uint32_t *)(const void *)&waiver);
}

static void forge_severity(struct snapshot *s)
{
	struct profile profile = *snapshot_profile(s, &s->findings[0]);
	profile.severity = SEVERITY_COUNT;
	tuples_add(&s->profiles, (const uint32_t *)(const void *)&profile);
}

static void forge_status(struct snapshot *s)
{
	struct profile profile = *snapshot_profile(s, &s->findings[0]);
	profile.status = STATUS_COUNT;
	tuples_add(&s->profiles, (const uint32_t *)(const void *)&profile);
}

static void forge_unit(struct snapshot *s)
{
	struct profile profile = *snapshot_profile(s, &s->findings[0]);
	profile.unit = s->unit_count;
	tuples_add(&s->profiles, (const uint32_t *)(const void *)&profile);
}

static void forge_findings(struct snapshot *s) { s->inputs[0].finding_count++; }

static void forge_no_sites(struct snapshot *s) { s->inputs[0].site_count = 0; }

static const struct {
	const char *what;
	void (*forge)(struct snapshot *s);
} forgeries[] = {
    {"a waiver is in no state that there is", forge_waiver},
    {"a profile has no severity that there is", forge_severity},
    {"a profile has no status that there is", forge_status},
    {"a profile has no unit that there is", forge_unit},
    {"an input has more findings than there are", forge_findings},
    {"an input has findings that stand nowhere", forge_no_sites},
};

static void check_forgeries(void)
{
	struct walk_file file = {.path = STR("scan.json"), .reached = STR("fixtures/trivy-kinds/in.json")};
	struct reader_options options = {.specs = &specs};
	for (size_t i = 0; i < sizeof(forgeries) / sizeof(*forgeries); i++) {
		struct reader_parts parts, back;
		struct error error;
		if (!CHECK(reader_read(&parts, &file, &options, &error), "a file is read")) return;
		forgeries[i].forge(&parts.snapshots[0]);
		struct buf bytes = encoded(&parts);
		CHECK(!decode(&back, &file, buf_str(&bytes), 4093, &error) && error.kind == ERROR_INPUT,
		      "records where %s are refused", forgeries[i].what);
		buf_free(&bytes);
		reader_parts_free(&back);
		reader_parts_free(&parts);
	}
}

/* The order is that by which a record's place is found. One function writes it and reads it, and refuses it both ways. */
static void check_order(void)
{
	struct walk_file file = {.path = STR("scan.json"), .reached = STR("fixtures/trivy-kinds/in.json")};
	struct reader_options options = {.specs = &specs};
	struct reader_parts parts;
	struct error error;
	struct buf out = {0};
	if (!CHECK(reader_read(&parts, &file, &options, &error), "a file is read")) return;
	struct snapshot *s = &parts.snapshots[0];
	struct site first = s->sites[0];
	s->sites[0] = s->sites[1];
	s->sites[1] = first;
	CHECK(s->site_count > 1 && !encoded_into(&out, &parts, &error) &&
	          strstr(error.message, "sites are not in the order of findings"),
	      "sites that are not in the order of their findings are refused");
	buf_free(&out);
	reader_parts_free(&parts);
}

int main(void)
{
	struct error error;
	random_start(1);
	if (!CHECK(specs_load(&specs, &arena, &error), "the format specs are read")) return check_done();
	check_file("fixtures/demo/after/lintlamp-checkout.sarif", "a SARIF file");
	check_file("fixtures/demo/after/subassessments-shop-production.json", "an export of sub-assessments");
	check_file("fixtures/demo/after/aks-show-aks-shop-web.json", "a file of facts");
	check_file("fixtures/demo/after/policy-states-shop-production.json", "a file with warnings");
	check_file("fixtures/sarif-rules-listed/after.sarif", "a file that lists its rules");
	check_file("fixtures/containers/after/artifact.tar.gz", "a container");
	check_forgeries();
	check_order();
	arena_free(&arena);
	return check_done();
}
