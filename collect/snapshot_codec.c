/* One function for each structure goes both ways, so that what is written is what is read: a wire either takes the values from
 * the structure or puts them there. Numbers are little-endian and of fixed width. When reading, every number that stands for
 * something else (a string, a unit, a profile) is held against how many there are, and arrays grow as their elements
 * arrive, so that a damaged count costs nothing.
 */
#include "collect/snapshot_codec.h"

#include "collect/snapshot_members.h"
#include "core/buf.h"

#include <stdlib.h>

enum { WIRE_BLOCK = 1 << 16 };

struct wire {
	const struct snapshot_writer *writer; /* NULL: reading */
	const struct stream_source *source;
	struct snapshot *snapshot; /* whose members go through */
	const char *path;
	struct error *error;
	bool failed;
	char *block;
	size_t at, len;  /* writing: len bytes wait; reading: at is the next of len */
	uint64_t offset; /* of the block's first byte */
};

/* ---- bytes ---- */

static bool wrong(struct wire *w, const char *what)
{
	if (!w->failed) {
		error_at(w->error, w->path, w->offset + w->at, 0, 0, "these are no records of a snapshot: %s", what);
		w->failed = true;
	}
	return false;
}

static void flush(struct wire *w)
{
	if (!w->failed && w->len) w->failed = !w->writer->write(w->writer->context, w->block, w->len, w->error);
	w->len = 0;
}

/* Whether there is at least one more byte to read. */
static bool more(struct wire *w)
{
	if (w->at < w->len) return true;
	w->offset += w->len;
	w->at = w->len = 0;
	if (w->failed) return false;
	if (!w->source->read(w->source->context, w->block, WIRE_BLOCK, &w->len, w->error)) {
		w->failed = true;
		w->len = 0;
	}
	return w->len > 0;
}

static void wire_bytes(struct wire *w, void *bytes, size_t len)
{
	char *p = bytes;
	while (len) {
		if (w->writer && w->len == WIRE_BLOCK) flush(w);
		if (!w->writer && !more(w)) {
			wrong(w, "they end too early");
			memset(p, 0, len);
			return;
		}
		size_t room = w->writer ? WIRE_BLOCK - w->len : w->len - w->at, n = len < room ? len : room;
		if (w->writer) {
			memcpy(w->block + w->len, p, n);
			w->len += n;
		} else {
			memcpy(p, w->block + w->at, n);
			w->at += n;
		}
		p += n;
		len -= n;
	}
}

/* ---- numbers ---- */

static uint64_t wire_number(struct wire *w, uint64_t value, unsigned bytes)
{
	unsigned char little[8];
	uint64_t got = 0;
	for (unsigned i = 0; i < bytes; i++) little[i] = (unsigned char)(value >> 8 * i);
	wire_bytes(w, little, bytes);
	for (unsigned i = 0; i < bytes; i++) got |= (uint64_t)little[i] << 8 * i;
	return got;
}

static void wire_u32(struct wire *w, uint32_t *value) { *value = (uint32_t)wire_number(w, *value, 4); }
static void wire_u64(struct wire *w, uint64_t *value) { *value = wire_number(w, *value, 8); }
static void wire_i64(struct wire *w, int64_t *value) { *value = (int64_t)wire_number(w, (uint64_t)*value, 8); }

static void wire_flag(struct wire *w, bool *value)
{
	uint64_t got = wire_number(w, *value, 1);
	if (got > 1) wrong(w, "a flag is neither 0 nor 1");
	*value = got == 1;
}

/* Whether a number that was read is below the limit. */
static bool check_below(struct wire *w, uint64_t number, uint64_t limit, const char *what)
{
	return number < limit || w->writer || wrong(w, what);
}

static void wire_below(struct wire *w, uint32_t *value, uint64_t limit, const char *what)
{
	wire_u32(w, value);
	if (!check_below(w, *value, limit, what)) *value = 0;
}

/* ---- pools ---- */

static void wire_text(struct wire *w, struct buf *text)
{
	uint32_t len = (uint32_t)text->len;
	wire_u32(w, &len);
	if (w->writer) {
		wire_bytes(w, text->ptr, len);
		return;
	}
	for (text->len = 0; len && !w->failed;) { /* no more room than there are bytes */
		uint32_t n = len < WIRE_BLOCK ? len : WIRE_BLOCK;
		buf_reserve(text, n);
		wire_bytes(w, text->ptr + text->len, n);
		text->len += n;
		len -= n;
	}
}

/* Where the file was reached stays behind. */
static uint32_t lasting_strings(const struct snapshot *s)
{
	return s->strings.count - (s->input_count && s->inputs[0].display_last);
}

static void wire_strings(struct wire *w, struct snapshot *s)
{
	struct strings *strings = &s->strings;
	struct buf text = {0};
	uint32_t count = w->writer ? lasting_strings(s) : 0;
	wire_u32(w, &count);
	for (uint32_t i = 1; i <= count && !w->failed; i++) {
		text.len = 0;
		if (w->writer) buf_add(&text, strings_get(strings, i));
		wire_text(w, &text);
		if (!w->writer && strings_add(strings, buf_str(&text)) != i)
			wrong(w, "a string is empty or comes twice");
	}
	buf_free(&text);
}

static void wire_rows(struct wire *w, struct tuples *rows)
{
	uint32_t count = rows->count, row[64];
	wire_u32(w, &count);
	for (uint32_t i = 0; i < count && !w->failed; i++) {
		if (w->writer) memcpy(row, tuples_get(rows, i), sizeof(*row) * rows->width);
		for (uint32_t k = 0; k < rows->width; k++) wire_u32(w, &row[k]);
		/* rows that a snapshot starts with are there already */
		if (!w->writer && tuples_add(rows, row) != i) wrong(w, "a row comes twice");
	}
}

/* ---- one member, by its kind ---- */

static const char *const no_string = "there is no string of that number";
static const char *const no_unit = "there is no unit of that number";
static const char *const no_severity = "there is no severity of that number";

static void wire_string(struct wire *w, uint32_t *number)
{
	wire_below(w, number, (uint64_t)w->snapshot->strings.count + 1, no_string);
}

static void wire_unit(struct wire *w, uint32_t *number) { wire_below(w, number, w->snapshot->unit_count, no_unit); }

static void wire_of_input(struct wire *w, uint32_t *number)
{
	wire_below(w, number, w->snapshot->input_count, "there is no input of that number");
}

static void wire_of_profile(struct wire *w, uint32_t *number)
{
	wire_below(w, number, w->snapshot->profiles.count, "there is no profile of that number");
}

static void wire_of_component(struct wire *w, uint32_t *number)
{
	wire_below(w, number, w->snapshot->components.count, "there is no component of that number");
}

static void wire_of_finding(struct wire *w, uint32_t *number)
{
	wire_below(w, number, w->snapshot->finding_count, "a site begins behind the last finding");
}

/* Its number and 1, so that 0 is none. */
static void wire_maybe_input(struct wire *w, uint32_t *number)
{
	uint32_t about = *number + 1;
	wire_below(w, &about, (uint64_t)w->snapshot->input_count + 1, "there is no input of that number");
	*number = about - 1;
}

static void wire_event_severity(struct wire *w, uint32_t *severity)
{
	wire_below(w, severity, SEVERITY_COUNT, no_severity);
}

static void wire_rule_list(struct wire *w, uint8_t *list)
{
	uint32_t rules = *list;
	wire_below(w, &rules, RULES_ALL + 1, "there is no such list of rules");
	*list = (uint8_t)rules;
}

static void wire_gap(struct wire *w, enum gap *gap)
{
	uint32_t number = *gap;
	wire_below(w, &number, GAP_COUNT, "there is no gap class of that number");
	*gap = (enum gap)number;
}

static void wire_code(struct wire *w, const char **code)
{
	struct buf text = {0};
	if (w->writer) buf_add(&text, str_from(*code));
	wire_text(w, &text);
	if (!w->writer) *code = warning_code(buf_str(&text));
	if (!*code) {
		*code = "";
		wrong(w, "a warning has a code that is not known here");
	}
	buf_free(&text);
}

/* Of a finding: not aligned there. */
static void wire_packed(struct wire *w, void *place)
{
	uint64_t value;
	memcpy(&value, place, sizeof(value));
	wire_u64(w, &value);
	memcpy(place, &value, sizeof(value));
}

static void wire_sha256(struct wire *w, unsigned char (*sha256)[SHA256_BYTES]) { wire_bytes(w, *sha256, SHA256_BYTES); }

static void wire_by_status(struct wire *w, uint64_t (*counts)[STATUS_COUNT])
{
	for (int i = 0; i < STATUS_COUNT; i++) wire_u64(w, &(*counts)[i]);
}

static void wire_by_severity(struct wire *w, uint64_t (*counts)[SEVERITY_COUNT])
{
	for (int i = 0; i < SEVERITY_COUNT; i++) wire_u64(w, &(*counts)[i]);
}

/* Where they begin may be their end, and they are there later: check_inputs. */
#define wire_first_finding(w, number) wire_u32((w), (number))
#define wire_first_site(w, number) wire_u32((w), (number))
#define wire_reached(w, number) ((void)0)
#define WIRE(kind, member) wire_##kind(w, &r->member);

/* ---- members of rows, which are written as they are ---- */

static void check_string(struct wire *w, uint32_t number)
{
	check_below(w, number, (uint64_t)w->snapshot->strings.count + 1, no_string);
}

static void check_unit(struct wire *w, uint32_t number) { check_below(w, number, w->snapshot->unit_count, no_unit); }

static void check_of_waiver(struct wire *w, uint32_t number)
{
	check_below(w, number, w->snapshot->waivers.count, "there is no waiver of that number");
}

static void check_waiver_state(struct wire *w, uint32_t number)
{
	check_below(w, number, WAIVER_STATE_COUNT, "there is no state of that number");
}

static void check_severity(struct wire *w, uint32_t number) { check_below(w, number, SEVERITY_COUNT, no_severity); }

static void check_status(struct wire *w, uint32_t number)
{
	check_below(w, number, STATUS_COUNT, "there is no status of that number");
}

static void check_nature(struct wire *w, uint32_t number)
{
	check_below(w, number, NATURE_COUNT, "there is no nature of that number");
}

#define CHECK(kind, member) check_##kind(w, r->member);

/* A row of the snapshot as what it stands for. */
#define ROW(type, rows, i) ((const type *)(const void *)tuples_get((rows), (i)))

/* ---- records ---- */

/* Each element goes through one(); when reading, room is made for it as it arrives. */
#define WIRE_ARRAY(w, array, count, capacity, one)                                                                     \
	do {                                                                                                           \
		uint32_t n_ = (count);                                                                                 \
		wire_u32((w), &n_);                                                                                    \
		for (uint32_t i_ = 0; i_ < n_ && !(w)->failed; i_++) {                                                 \
			if (!(w)->writer) {                                                                            \
				LARGE_RESERVE((array), (count), (capacity));                                           \
				memset(&(array)[(count)++], 0, sizeof(*(array)));                                      \
			}                                                                                              \
			one((w), &(array)[i_]);                                                                        \
		}                                                                                                      \
	} while (0)

static void wire_input(struct wire *w, struct input *r) { INPUT_MEMBERS(WIRE) }
static void wire_finding(struct wire *w, struct finding *r) { FINDING_MEMBERS(WIRE) }
static void wire_coverage(struct wire *w, struct coverage *r) { COVERAGE_MEMBERS(WIRE) }
static void wire_listed_rule(struct wire *w, struct listed_rule *r) { LISTED_RULE_MEMBERS(WIRE) }
static void wire_fact(struct wire *w, struct fact *r) { FACT_MEMBERS(WIRE) }
static void wire_event(struct wire *w, struct event *r) { EVENT_MEMBERS(WIRE) }
static void wire_command(struct wire *w, struct command_run *r) { COMMAND_MEMBERS(WIRE) }
static void wire_warning(struct wire *w, struct warning *r) { WARNING_MEMBERS(WIRE) }

static void wire_site(struct wire *w, struct site *r)
{
	SITE_MEMBERS(WIRE)
	if (r > w->snapshot->sites && r->finding < r[-1].finding) wrong(w, "sites are not in the order of findings");
}

static void wire_profiles(struct wire *w, struct snapshot *s)
{
	wire_rows(w, &s->profiles);
	for (uint32_t i = 0; i < s->profiles.count && !w->writer; i++) {
		const struct profile *r = ROW(struct profile, &s->profiles, i);
		PROFILE_MEMBERS(CHECK)
	}
}

static void wire_waivers(struct wire *w, struct snapshot *s)
{
	wire_rows(w, &s->waivers);
	for (uint32_t i = 0; i < s->waivers.count && !w->writer; i++) {
		const struct waiver *r = ROW(struct waiver, &s->waivers, i);
		WAIVER_MEMBERS(CHECK)
	}
}

static void wire_components(struct wire *w, struct snapshot *s)
{
	wire_rows(w, &s->components);
	for (uint32_t i = 0; i < s->components.count && !w->writer; i++) {
		const struct component *r = ROW(struct component, &s->components, i);
		COMPONENT_MEMBERS(CHECK)
	}
}

static void wire_units(struct wire *w, struct snapshot *s)
{
	uint32_t count = s->unit_count;
	wire_u32(w, &count);
	for (uint32_t i = 0; i < count && !w->failed; i++) {
		struct unit unit = {0};
		if (w->writer) unit = s->units[i];
		wire_string(w, &unit.tool);
		wire_string(w, &unit.target);
		wire_flag(w, &unit.of_facts);
		if (!w->writer && !w->failed &&
		    snapshot_add_unit(s, snapshot_string(s, unit.tool), snapshot_string(s, unit.target),
		                      unit.of_facts) != i)
			wrong(w, "a unit comes twice");
	}
}

/* ---- a snapshot ---- */

/* What the inputs say of their findings and sites must be there. */
static void check_inputs(struct wire *w, const struct snapshot *s)
{
	for (uint32_t i = 0; i < s->input_count; i++) {
		const struct input *input = &s->inputs[i];
		if ((uint64_t)input->first_finding + input->finding_count > s->finding_count ||
		    (uint64_t)input->first_site + input->site_count > s->site_count ||
		    (input->finding_count && !input->site_count))
			wrong(w, "an input has findings that are not there");
	}
	if (!s->input_count) wrong(w, "a snapshot has no input");
}

/* A new member of these structures needs a line in snapshot_members.h, and another number in docs/snapshot-format.md. */
_Static_assert(sizeof(struct snapshot) == 424 && sizeof(struct listed_rule) == 16 && sizeof(struct input) == 328 &&
                   PROFILE_WORDS == 12 && COMPONENT_WORDS == 6 && WAIVER_WORDS == 6 && sizeof(struct finding) == 52 &&
                   sizeof(struct site) == 16 && sizeof(struct unit) == 12 && sizeof(struct coverage) == 12 &&
                   sizeof(struct fact) == 32 && sizeof(struct event) == 48 && sizeof(struct command_run) == 56 &&
                   sizeof(struct warning) == 56,
               "the structures of a snapshot and its records in a file go together");

static void wire_snapshot(struct wire *w, struct snapshot *s)
{
	w->snapshot = s;
	wire_strings(w, s);
	WIRE_ARRAY(w, s->inputs, s->input_count, s->input_capacity, wire_input);
	wire_units(w, s);
	wire_waivers(w, s);
	wire_profiles(w, s);
	wire_components(w, s);
	WIRE_ARRAY(w, s->findings, s->finding_count, s->finding_capacity, wire_finding);
	WIRE_ARRAY(w, s->sites, s->site_count, s->site_capacity, wire_site);
	WIRE_ARRAY(w, s->coverage, s->coverage_count, s->coverage_capacity, wire_coverage);
	WIRE_ARRAY(w, s->listed_rules, s->listed_rule_count, s->listed_rule_capacity, wire_listed_rule);
	WIRE_ARRAY(w, s->facts, s->fact_count, s->fact_capacity, wire_fact);
	WIRE_ARRAY(w, s->events, s->event_count, s->event_capacity, wire_event);
	WIRE_ARRAY(w, s->commands, s->command_count, s->command_capacity, wire_command);
	WIRE_ARRAY(w, s->warnings, s->warning_count, s->warning_capacity, wire_warning);
	if (!w->writer && !w->failed) check_inputs(w, s);
}

/* A part is of the file, or of a member of it. */
static void check_path(struct wire *w, const struct snapshot *s, const struct walk_file *file)
{
	struct arena arena = {0};
	struct str member = snapshot_string(s, s->inputs[0].member), path = file->path;
	if (member.len) path = str_printf(&arena, "%.*s!/%.*s", STR_ARG(file->path), STR_ARG(member));
	if (s->input_count != 1 || !str_eq(snapshot_string(s, s->inputs[0].path), path))
		wrong(w, "they are those of another file");
	arena_free(&arena);
}

bool snapshot_encode(const struct reader_parts *parts, const struct snapshot_writer *writer, struct error *error)
{
	struct wire w = {.writer = writer, .error = error, .block = memory_grow(NULL, WIRE_BLOCK)};
	uint32_t count = (uint32_t)parts->count;
	wire_u32(&w, &count);
	for (uint32_t i = 0; i < count; i++) wire_snapshot(&w, &parts->snapshots[i]);
	flush(&w);
	free(w.block);
	return !w.failed;
}

bool snapshot_decode(struct reader_parts *parts, const struct walk_file *file, const struct stream_source *source,
                     const char *path, struct error *error)
{
	struct wire w = {.source = source, .path = path, .error = error, .block = memory_grow(NULL, WIRE_BLOCK)};
	uint32_t count = 0;
	*parts = (struct reader_parts){0};
	wire_u32(&w, &count);
	if (!count) wrong(&w, "there is no snapshot");
	for (uint32_t i = 0; i < count && !w.failed; i++) {
		ARRAY_RESERVE(parts->snapshots, parts->count, parts->capacity);
		struct snapshot *s = &parts->snapshots[parts->count++];
		snapshot_init(s);
		wire_snapshot(&w, s);
		if (!w.failed) check_path(&w, s, file);
	}
	if (!w.failed) reader_parts_reached(parts, file);
	if (!w.failed && more(&w)) wrong(&w, "there is more than they say");
	free(w.block);
	return !w.failed;
}
