/* One function for each structure goes both ways, so that what is written is what is read: a wire either takes the values from
 * the structure or puts them there. Numbers are little-endian and of fixed width. When reading, every number that stands for
 * something else (a string, a unit, a profile) is held against how many there are, and arrays grow as their elements
 * arrive, so that a damaged count costs nothing.
 */
#include "collect/snapshot_codec.h"

#include "core/buf.h"

#include <stdlib.h>

enum { WIRE_BLOCK = 1 << 16 };

struct wire {
	const struct snapshot_writer *writer; /* NULL: reading */
	const struct stream_source *source;
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

static void wire_bool(struct wire *w, bool *value)
{
	uint64_t got = wire_number(w, *value, 1);
	if (got > 1) wrong(w, "a flag is neither 0 nor 1");
	*value = got == 1;
}

/* A number below the limit. */
static void wire_below(struct wire *w, uint32_t *value, uint64_t limit, const char *what)
{
	wire_u32(w, value);
	if (*value >= limit && !w->writer) {
		wrong(w, what);
		*value = 0;
	}
}

static void wire_string(struct wire *w, const struct snapshot *s, uint32_t *number)
{
	wire_below(w, number, (uint64_t)s->strings.count + 1, "there is no string of that number");
}

static void wire_unit(struct wire *w, const struct snapshot *s, uint32_t *number)
{
	wire_below(w, number, s->unit_count, "there is no unit of that number");
}

static void wire_input(struct wire *w, const struct snapshot *s, uint32_t *number)
{
	wire_below(w, number, s->input_count, "there is no input of that number");
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

/* ---- records ---- */

/* Each element goes through one(); when reading, room is made for it as it arrives. */
#define WIRE_ARRAY(w, s, array, count, capacity, one)                                                                  \
	do {                                                                                                           \
		uint32_t n_ = (count);                                                                                 \
		wire_u32((w), &n_);                                                                                    \
		for (uint32_t i_ = 0; i_ < n_ && !(w)->failed; i_++) {                                                 \
			if (!(w)->writer) {                                                                            \
				LARGE_RESERVE((array), (count), (capacity));                                           \
				memset(&(array)[(count)++], 0, sizeof(*(array)));                                      \
			}                                                                                              \
			one((w), (s), &(array)[i_]);                                                                   \
		}                                                                                                      \
	} while (0)

static void wire_one_input(struct wire *w, struct snapshot *s, struct input *input)
{
	wire_string(w, s, &input->path);
	wire_string(w, s, &input->member);
	wire_string(w, s, &input->format);
	wire_string(w, s, &input->tool);
	wire_string(w, s, &input->tool_version);
	wire_string(w, s, &input->scope);
	wire_string(w, s, &input->name_type);
	wire_i64(w, &input->captured);
	wire_bytes(w, input->sha256, SHA256_BYTES);
	wire_u64(w, &input->bytes);
	wire_u64(w, &input->records);
	wire_u64(w, &input->unreadable);
	wire_u64(w, &input->events);
	wire_u64(w, &input->classes);
	for (int i = 0; i < STATUS_COUNT; i++) wire_u64(w, &input->by_status[i]);
	for (int i = 0; i < SEVERITY_COUNT; i++) wire_u64(w, &input->by_severity[i]);
	wire_u64(w, &input->subjects);
	wire_u32(w, &input->first_finding);
	wire_u32(w, &input->finding_count);
	wire_u32(w, &input->first_site);
	wire_u32(w, &input->site_count);
	wire_u64(w, &input->total);
	wire_bool(w, &input->truncated);
	wire_bool(w, &input->cut_off);
	wire_bool(w, &input->next_link);
	wire_bool(w, &input->failed);
	wire_bool(w, &input->dated_by_records);
	wire_string(w, s, &input->named);
}

/* Numbers of a row, each of a string. */
static void check_strings(struct wire *w, const struct snapshot *s, const uint32_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (numbers[i] > s->strings.count) wrong(w, "there is no string of that number");
}

static void wire_profiles(struct wire *w, struct snapshot *s)
{
	wire_rows(w, &s->profiles);
	for (uint32_t i = 0; i < s->profiles.count && !w->writer; i++) {
		const struct profile *p = (const struct profile *)(const void *)tuples_get(&s->profiles, i);
		const uint32_t strings[] = {p->tool,  p->rule, p->title, p->subject,
		                            p->owner, p->ids,  p->kinds, p->policy};
		check_strings(w, s, strings, sizeof(strings) / sizeof(*strings));
		if (p->unit >= s->unit_count || p->waiver >= s->waivers.count || p->severity >= SEVERITY_COUNT ||
		    p->status >= STATUS_COUNT || p->nature >= NATURE_COUNT)
			wrong(w, "a profile has a unit, severity, status or nature that does not exist");
	}
}

static void wire_waivers(struct wire *w, struct snapshot *s)
{
	wire_rows(w, &s->waivers);
	for (uint32_t i = 0; i < s->waivers.count && !w->writer; i++) {
		const struct waiver *waiver = (const struct waiver *)(const void *)tuples_get(&s->waivers, i);
		const uint32_t strings[] = {waiver->kind, waiver->reason, waiver->by, waiver->until, waiver->products};
		check_strings(w, s, strings, sizeof(strings) / sizeof(*strings));
		if (waiver->state >= WAIVER_STATE_COUNT) wrong(w, "there is no state of that number");
	}
}

static void wire_components(struct wire *w, struct snapshot *s)
{
	wire_rows(w, &s->components);
	for (uint32_t i = 0; i < s->components.count && !w->writer; i++)
		check_strings(w, s, tuples_get(&s->components, i), COMPONENT_WORDS);
}

static void wire_finding(struct wire *w, struct snapshot *s, struct finding *finding)
{
	uint64_t identity = finding->identity, content = finding->content, span = finding->span; /* not aligned there */
	wire_u64(w, &identity);
	wire_u64(w, &content);
	wire_u64(w, &span);
	finding->identity = identity;
	finding->content = content;
	finding->span = span;
	wire_below(w, &finding->profile, s->profiles.count, "there is no profile of that number");
	wire_below(w, &finding->component, s->components.count, "there is no component of that number");
	wire_string(w, s, &finding->folder);
	wire_string(w, s, &finding->file);
	wire_u32(w, &finding->line);
	wire_u32(w, &finding->masked);
	wire_u32(w, &finding->message);
}

static void wire_site(struct wire *w, struct snapshot *s, struct site *site)
{
	wire_below(w, &site->finding, s->finding_count, "a site begins behind the last finding");
	wire_string(w, s, &site->parent);
	wire_u32(w, &site->index);
	wire_bool(w, &site->member);
	if (site > s->sites && site->finding < site[-1].finding) wrong(w, "sites are not in the order of findings");
}

static void wire_units(struct wire *w, struct snapshot *s)
{
	uint32_t count = s->unit_count;
	wire_u32(w, &count);
	for (uint32_t i = 0; i < count && !w->failed; i++) {
		struct unit unit = {0};
		if (w->writer) unit = s->units[i];
		wire_string(w, s, &unit.tool);
		wire_string(w, s, &unit.target);
		wire_bool(w, &unit.of_facts);
		if (!w->writer && !w->failed &&
		    snapshot_add_unit(s, snapshot_string(s, unit.tool), snapshot_string(s, unit.target),
		                      unit.of_facts) != i)
			wrong(w, "a unit comes twice");
	}
}

static void wire_one_coverage(struct wire *w, struct snapshot *s, struct coverage *coverage)
{
	wire_unit(w, s, &coverage->unit);
	wire_input(w, s, &coverage->input);
	wire_bool(w, &coverage->incomplete);
	uint32_t rules = coverage->rules;
	wire_below(w, &rules, RULES_ALL + 1, "there is no such list of rules");
	coverage->rules = (uint8_t)rules;
}

static void wire_listed_rule(struct wire *w, struct snapshot *s, struct listed_rule *rule)
{
	wire_unit(w, s, &rule->unit);
	wire_input(w, s, &rule->input);
	wire_string(w, s, &rule->id);
	wire_string(w, s, &rule->formerly);
}

static void wire_fact(struct wire *w, struct snapshot *s, struct fact *fact)
{
	wire_string(w, s, &fact->subject);
	wire_string(w, s, &fact->name);
	wire_string(w, s, &fact->value);
	wire_unit(w, s, &fact->unit);
	wire_input(w, s, &fact->input);
	wire_u64(w, &fact->span);
}

static void wire_event(struct wire *w, struct snapshot *s, struct event *event)
{
	wire_string(w, s, &event->subject);
	wire_string(w, s, &event->title);
	wire_string(w, s, &event->state);
	wire_below(w, &event->severity, SEVERITY_COUNT, "there is no severity of that number");
	wire_i64(w, &event->ended);
	wire_i64(w, &event->arrived);
	wire_u64(w, &event->span);
	wire_input(w, s, &event->input);
}

static void wire_command(struct wire *w, struct snapshot *s, struct command_run *command)
{
	wire_string(w, s, &command->file);
	wire_string(w, s, &command->format);
	wire_string(w, s, &command->subject);
	wire_string(w, s, &command->text);
	wire_string(w, s, &command->failure);
	wire_string(w, s, &command->detail);
	wire_string(w, s, &command->pointer);
	wire_i64(w, &command->ended);
	wire_u64(w, &command->span);
	wire_input(w, s, &command->input);
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

static void wire_warning(struct wire *w, struct snapshot *s, struct warning *warning)
{
	uint32_t gap = warning->gap, about = warning->input + 1; /* 0: none */
	wire_code(w, &warning->code);
	wire_below(w, &gap, GAP_COUNT, "there is no gap class of that number");
	wire_string(w, s, &warning->pointer);
	wire_string(w, s, &warning->message);
	wire_u64(w, &warning->offset);
	wire_u32(w, &warning->line);
	wire_u32(w, &warning->column);
	wire_string(w, s, &warning->subject);
	wire_string(w, s, &warning->command);
	wire_below(w, &about, (uint64_t)s->input_count + 1, "there is no input of that number");
	warning->gap = (enum gap)gap;
	warning->input = about - 1;
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

/* A new member of these structures needs a line above, and another number in docs/snapshot-format.md. */
_Static_assert(sizeof(struct snapshot) == 424 && sizeof(struct listed_rule) == 16 && sizeof(struct input) == 328 &&
                   PROFILE_WORDS == 12 && COMPONENT_WORDS == 6 && WAIVER_WORDS == 6 && sizeof(struct finding) == 52 &&
                   sizeof(struct site) == 16 && sizeof(struct unit) == 12 && sizeof(struct coverage) == 12 &&
                   sizeof(struct fact) == 32 && sizeof(struct event) == 48 && sizeof(struct command_run) == 56 &&
                   sizeof(struct warning) == 56,
               "the structures of a snapshot and its records in a file go together");

static void wire_snapshot(struct wire *w, struct snapshot *s)
{
	wire_strings(w, s);
	WIRE_ARRAY(w, s, s->inputs, s->input_count, s->input_capacity, wire_one_input);
	wire_units(w, s);
	wire_waivers(w, s);
	wire_profiles(w, s);
	wire_components(w, s);
	WIRE_ARRAY(w, s, s->findings, s->finding_count, s->finding_capacity, wire_finding);
	WIRE_ARRAY(w, s, s->sites, s->site_count, s->site_capacity, wire_site);
	WIRE_ARRAY(w, s, s->coverage, s->coverage_count, s->coverage_capacity, wire_one_coverage);
	WIRE_ARRAY(w, s, s->listed_rules, s->listed_rule_count, s->listed_rule_capacity, wire_listed_rule);
	WIRE_ARRAY(w, s, s->facts, s->fact_count, s->fact_capacity, wire_fact);
	WIRE_ARRAY(w, s, s->events, s->event_count, s->event_capacity, wire_event);
	WIRE_ARRAY(w, s, s->commands, s->command_count, s->command_capacity, wire_command);
	WIRE_ARRAY(w, s, s->warnings, s->warning_count, s->warning_capacity, wire_warning);
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
