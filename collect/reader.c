/* One file: open, look at the first block, let the formats bid, frame and project to the end, resolve, count. If the first
 * block is a container's, the same for each of its members, which are streams with another source. */
#include "collect/batches.h"
#include "collect/explain.h"
#include "collect/reading.h"

#include "collect/container.h"
#include "core/json.h"
#include "core/json_names.h"
#include "core/stream.h"
#include "core/utf8.h"

#include <stdio.h>
#include <stdlib.h>

enum { HEAD_BYTES = 1 << 20, ENVELOPE_BYTES = 192 << 20 };

/* The stream with its first block given back, for the framer. */
struct source {
	struct stream *stream;
	struct str head;
	size_t at;
};

/* Where compressed or encoded bytes turn out damaged the document ends. */
static bool read_some(struct stream *stream, char *dst, size_t capacity, size_t *got, struct error *error)
{
	if (stream_read(stream, dst, capacity, got, error)) return true;
	*got = 0;
	return stream->damaged;
}

static bool source_read(void *context, char *dst, size_t capacity, size_t *got, struct error *error)
{
	struct source *source = context;
	size_t left = source->head.len - source->at;
	if (!left) return read_some(source->stream, dst, capacity, got, error);
	*got = left < capacity ? left : capacity;
	memcpy(dst, source->head.ptr + source->at, *got);
	source->at += *got;
	return true;
}

/* What the raw bytes pass on their way: the hash, and the compressor when the evidence is wanted. */
struct tap {
	struct sha256 hash;
	struct frame_compressor compressor;
	bool compress;
};

static bool tap_raw(void *context, const char *bytes, size_t len, struct error *error)
{
	struct tap *tap = context;
	sha256_add(&tap->hash, bytes, len);
	return !tap->compress || frame_compressor_add(&tap->compressor, bytes, len, error);
}

static bool read_head(struct stream *stream, struct buf *head, struct error *error)
{
	size_t got = 1;
	uint64_t room =
	    stream->encoding[0] || stream->converted || stream->size > HEAD_BYTES ? HEAD_BYTES : stream->size;
	buf_reserve(head, (size_t)room + 1);
	while (got && head->len < room) {
		if (!read_some(stream, head->ptr + head->len, (size_t)room - head->len, &got, error)) return false;
		head->len += got;
	}
	return true;
}

static void warn_damage(struct reading *r, const struct stream *stream)
{
	const char *code = stream->converted ? "malformed_json" : "truncated_export";
	struct warning *w = snapshot_warn(r->out, code, GAP_SCOPE, 0, STR_EMPTY, str_from(stream->damage.message));
	r->out->inputs[0].truncated = r->out->inputs[0].cut_off = true;
	w->offset = stream->damage.offset;
}

static void warn_frame(struct reading *r, const struct frame_result *result)
{
	struct input *input = &r->out->inputs[0];
	struct warning *w;
	if (result->state == FRAME_TRUNCATED) {
		input->truncated = input->cut_off = true;
		w = snapshot_warn(r->out, "truncated_export", GAP_SCOPE, 0, str_from(result->pointer),
		                  str_printf(&r->arena, "the file ends inside the document: %s", result->message));
	} else if (result->state == FRAME_MALFORMED) {
		input->truncated = input->cut_off = true; /* what comes after is not known */
		w = snapshot_warn(r->out, "malformed_json", GAP_SCOPE, 0, str_from(result->pointer),
		                  str_from(result->message));
	} else {
		return;
	}
	w->offset = result->offset + r->skipped;
	w->line = result->line;
	w->column = result->column;
}

/* The envelope names a member twice: which one counts is not defined. Where the whole file is at hand, where. */
static void warn_repeated_name(struct reading *r, struct str head, bool whole)
{
	size_t at = whole ? json_repeated_name(head, r->spec->ignore_case) : SIZE_MAX;
	struct warning *w =
	    snapshot_warn(r->out, "malformed_json", GAP_SCOPE, 0, STR_EMPTY,
	                  STR("an object has two members of one name: which one counts is not defined"));
	r->out->inputs[0].truncated = r->out->inputs[0].cut_off = true;
	if (at == SIZE_MAX) return;
	w->offset = at + r->skipped;
	w->line = w->column = 1;
	for (size_t i = 0; i < at; i++) {
		w->column++;
		if (head.ptr[i] == '\n') w->line++, w->column = 1;
	}
}

/* What the documents say of how much there is: a link to more, counts. */
struct pages {
	bool next;
	uint64_t count, total;
};

static uint64_t document_number(const struct expr *expr, struct evaluation *v)
{
	uint64_t number = 0;
	str_to_u64(expr_eval(expr, v), &number);
	return number;
}

/* Of several documents the first that says a thing counts for the file; but the earliest time, since none of them is older. */
static void add_document_facts(struct reading *r, struct evaluation *v, struct pages *pages)
{
	struct snapshot *s = r->out;
	struct input *input = &s->inputs[0];
	const struct spec *spec = r->spec;
	if (!input->tool_version) input->tool_version = strings_add(&s->strings, expr_eval(spec->tool_version, v));
	for (size_t i = 0; i < spec->captured_count; i++) {
		int64_t instant;
		struct str text = expr_eval(spec->captured[i], v);
		if (!text.len || !instant_parse(text, &instant)) continue;
		if (input->captured == INSTANT_NONE || instant < input->captured) input->captured = instant;
		break;
	}
	pages->next |= expr_eval(spec->next, v).len > 0;
	pages->count += document_number(spec->count, v);
	pages->total += document_number(spec->total, v);
}

static void warn_secrets(struct reading *r)
{
	if (!r->secrets) return;
	snapshot_warn(
	    r->out, "secret_in_evidence", GAP_NONE, 0, STR_EMPTY,
	    str_printf(&r->arena, "%llu %s: the evidence may hold the values themselves; no report shows them",
	               (unsigned long long)r->secrets, r->secrets == 1 ? "secret was found" : "secrets were found"));
}

static void warn_pages(struct reading *r, const struct pages *pages)
{
	struct input *input = &r->out->inputs[0];
	input->total = pages->total;
	if (!pages->next && pages->total <= pages->count) return;
	input->truncated = input->next_link = true;
	struct str message = pages->next
	                         ? STR("there is a link to a next page")
	                         : str_printf(&r->arena, "%llu of %llu records", (unsigned long long)pages->count,
	                                      (unsigned long long)pages->total);
	snapshot_warn(r->out, "truncated_export", GAP_SCOPE, 0, STR_EMPTY, message);
}

static void file_facts(struct reading *r, const cJSON *envelopes, uint64_t records)
{
	struct snapshot *s = r->out;
	struct input *input = &s->inputs[0];
	const struct spec *spec = r->spec;
	struct documents documents;
	struct pages pages = {.next = false};
	bool nameless =
	    !spec->tool_expr && str_eq(spec->tool, spec->format) && s->finding_count; /* its records name the tool */
	documents_open(&documents, r, envelopes);
	for (bool first = true; documents_next(&documents); first = false) {
		struct evaluation v = {.arena = &r->arena, .document = &documents.document};
		if (!input->tool)
			input->tool =
			    nameless ? snapshot_profile(s, &s->findings[0])->tool : strings_add(&s->strings, r->tool);
		add_document_facts(r, &v, &pages);
		v.name_scope = r->name_scope;
		if (first && input->named && spec->named)
			input->named = strings_add(&s->strings, expr_eval(spec->named, &v));
	}
	documents_close(&documents);
	if (!input->tool_version) input->tool_version = strings_add(&s->strings, r->tool_version);
	input->dated_by_records = input->captured == INSTANT_NONE && r->captured != INSTANT_NONE;
	if (input->dated_by_records) input->captured = r->captured;
	warn_secrets(r);
	if (pages.count < records) pages.count = records;
	warn_pages(r, &pages);
}

static void count_findings(struct reading *r)
{
	struct snapshot *s = r->out;
	struct input *input = &s->inputs[0];
	struct strings subjects = {0};
	struct arena scratch = {0};
	uint8_t *seen = large_grow(NULL, s->profiles.count + 1);
	memset(seen, 0, s->profiles.count + 1);
	for (uint32_t i = 0; i < s->finding_count; i++) {
		LARGE_BREATHE(i);
		const struct profile *p = snapshot_profile(s, &s->findings[i]);
		input->by_status[p->status]++;
		if (p->status == STATUS_FAIL) input->by_severity[p->severity]++;
		if (seen[s->findings[i].profile]) continue;
		seen[s->findings[i].profile] = 1;
		arena_reset(&scratch);
		strings_add(&subjects, str_lower(&scratch, snapshot_string(s, p->subject)));
	}
	for (uint32_t i = 0; i < s->fact_count; i++) {
		LARGE_BREATHE(i);
		if (i && s->facts[i].subject == s->facts[i - 1].subject) continue;
		arena_reset(&scratch);
		strings_add(&subjects, str_lower(&scratch, snapshot_string(s, s->facts[i].subject)));
	}
	input->records += s->finding_count;
	input->subjects = subjects.count;
	large_free(seen);
	arena_free(&scratch);
	strings_free(&subjects);
}

static bool empty_list(const struct specs *specs, const struct sketch *sketch)
{
	if (sketch->empty || !sketch->json) return sketch->empty;
	if (sketch->root_kind == JSON_NULL) return sketch->complete;
	return specs_empty_list(specs, sketch);
}

/* With "%2F" for '/', as the plan writes what a file's name cannot hold. As it is, if that would be no text. */
static struct str percent_decoded(struct arena *arena, struct str s)
{
	char *text = arena_bytes(arena, s.len + 1);
	size_t len = 0;
	for (size_t i = 0; i < s.len; i++) {
		int byte = str_percent(s, i);
		text[len++] = byte >= 0 ? (char)byte : s.ptr[i];
		if (byte >= 0) i += 2;
		if ((unsigned char)text[len - 1] < 0x20) return s;
	}
	return utf8_first_invalid(str_of(text, len)) == SIZE_MAX ? str_of(text, len) : s;
}

/* `acr-repository-list-NAME.json`: NAME. */
static struct str name_scope(struct arena *arena, const struct spec *spec, struct str path)
{
	struct str name = str_after_last(path, '/');
	if (!spec || !spec->name_prefix.len || !str_starts_nocase(name, spec->name_prefix)) return STR_EMPTY;
	name = str_slice(name, spec->name_prefix.len, name.len);
	size_t dot = str_find(name, STR("."));
	return percent_decoded(arena, str_slice(name, 0, dot == SIZE_MAX ? name.len : dot));
}

/* The list that the framer left. Where it is the framer's own its elements are parsed one by one: they may be as deep as cJSON goes. */
static cJSON *envelopes_of(struct str text, bool listed)
{
	if (!text.len || listed) return text.len ? cJSON_ParseWithLength(text.ptr, text.len) : NULL;
	cJSON *list = cJSON_CreateArray(), *envelope;
	const char *p = text.ptr + 1, *end = text.ptr + text.len;
	while ((p = json_space(p, end)) < end && *p != ']' &&
	       (envelope = cJSON_ParseWithLengthOpts(p, (size_t)(end - p), &p, false))) {
		cJSON_AddItemToArray(list, envelope);
		p = json_space(p, end);
		if (p < end && *p == ',') p++;
	}
	return list;
}

static bool read_document(struct reading *r, const struct reader_options *options, struct stream *stream,
                          struct str head, struct error *error)
{
	const struct specs *specs = options->specs;
	struct snapshot *s = r->out;
	struct input *input = &s->inputs[0];
	struct sketch sketch;
	struct str path = r->file->path;
	bool listed;
	r->spec = documents_recognise(specs, &r->arena, head, str_after_last(path, '/'), &sketch, &listed);
	if (r->explain) explain_bids(r->explain, specs, &sketch, r->file, r->spec);
	r->name_scope = name_scope(&r->arena, r->spec, path);
	input->named = strings_add(&s->strings, r->name_scope);
	if (input->named) input->name_type = strings_add(&s->strings, r->spec->name_type);
	bool empty = !r->spec && empty_list(specs, &sketch);
	input->format = strings_add(&s->strings, r->spec ? r->spec->format : empty ? STR("empty") : STR("unknown"));
	if (empty || (!r->spec && !sketch.json)) {
		if (!empty)
			snapshot_warn(s, "unknown_format", GAP_NONE, 0, STR_EMPTY,
			              STR("not JSON: carried as evidence, not machine-readable here"));
		if (!stream_drain(stream, error)) return false;
		if (stream->damaged) warn_damage(r, stream);
		return true;
	}
	struct source source = {.stream = stream, .head = head};
	struct frame_source from = {&source, source_read};
	struct frame_options limits = {.max_record = SPAN_LENGTH_MAX, .max_envelope = ENVELOPE_BYTES};
	struct frame_result result;
	struct buf envelope = {0};
	r->framing = framing_of(&r->framings, r->spec, &sketch, listed);
	struct batches *batches = batches_begin(r, options->desks, options->batch_bytes);
	struct frame_sink sink = {batches, batches_record};
	bool good = frame_run(r->framing->frame, &from, &sink, &limits, &envelope, &result, error);
	batches_end(batches);
	if (good) good = stream_drain(stream, error);
	if (good && stream->damaged)
		warn_damage(r, stream);
	else if (good)
		warn_frame(r, &result);
	if (good && !r->spec)
		snapshot_warn(s, "unknown_format", GAP_NONE, 0, STR_EMPTY,
		              STR("JSON in no format that dossier knows: carried as evidence, not read"));
	if (good && r->spec) {
		bool whole = result.state == FRAME_OK && result.bytes == head.len;
		if (result.state == FRAME_OK &&
		    json_repeated_name(buf_str(&envelope), r->spec->ignore_case) != SIZE_MAX)
			warn_repeated_name(r, head, whole);
		cJSON *documents = envelopes_of(buf_str(&envelope), listed);
		buf_free(&envelope);
		reading_resolve(r, documents);
		file_facts(r, documents, result.records);
		cJSON_Delete(documents);
	}
	buf_free(&envelope);
	return good;
}

/* ---- places for people ---- */

/* The first offset from `from` on that a warning names without a line, or ERROR_NO_OFFSET. */
static uint64_t next_unplaced(const struct snapshot *s, uint64_t from)
{
	uint64_t next = ERROR_NO_OFFSET;
	for (uint32_t i = 0; i < s->warning_count; i++)
		if (!s->warnings[i].line && s->warnings[i].offset >= from && s->warnings[i].offset < next)
			next = s->warnings[i].offset;
	return next;
}

static void place(struct snapshot *s, uint64_t offset, uint64_t line, uint64_t column)
{
	for (uint32_t i = 0; i < s->warning_count; i++)
		if (!s->warnings[i].line && s->warnings[i].offset == offset) {
			s->warnings[i].line = (uint32_t)line;
			s->warnings[i].column = (uint32_t)column;
		}
}

/* Where the lines are counted, and what the warnings want next. */
struct placing {
	struct snapshot *snapshot;
	uint64_t at, next, lines, line_start;
};

static void place_in(struct placing *p, struct str bytes)
{
	for (size_t k = 0; k < bytes.len && p->next != ERROR_NO_OFFSET; k++) {
		if (p->at + k == p->next) {
			if (p->lines > 1) place(p->snapshot, p->next, p->lines, p->next - p->line_start + 1);
			p->next = next_unplaced(p->snapshot, p->next + 1);
		}
		if (bytes.ptr[k] == '\n') {
			p->lines++;
			p->line_start = p->at + k + 1;
		}
	}
	p->at += bytes.len;
}

/* Line and column of the warnings that know only an offset; on the first line the offset says enough. They are few: what is
 * longer than the head is read again, no further than to the last of them; but a container's members are not, since each
 * would cost what is before it. */
static void place_warnings(struct reading *r, struct str head)
{
	enum { PIECE = 1 << 16 };
	struct placing p = {.snapshot = r->out, .at = r->skipped, .line_start = r->skipped, .lines = 1};
	struct stream stream;
	struct error error;
	size_t got = 1;
	p.next = next_unplaced(r->out, 0);
	if (head.len < HEAD_BYTES) place_in(&p, head);
	if (head.len < HEAD_BYTES || r->out->inputs[0].member || p.next == ERROR_NO_OFFSET) return;
	struct file file;
	if (!file_open(&file, r->out->origin, r->file->reached.ptr, &error)) return;
	if (!stream_open_file(&stream, file, NULL, &error)) return;
	char *block = memory_grow(NULL, PIECE);
	while (p.next != ERROR_NO_OFFSET && stream_read(&stream, block, PIECE, &got, &error) && got)
		place_in(&p, str_of(block, got));
	free(block);
	stream_close(&stream);
}

/* ---- one file, or one member ---- */

/* A file that turned out to be a container: what its members are read from. */
struct inside {
	enum container_kind kind;
	struct file file;
};

/* inside is NULL in a container. */
static bool carry_container(struct reading *r, struct stream *stream, enum container_kind kind, struct inside *inside,
                            struct error *error)
{
	struct snapshot *s = r->out;
	s->inputs[0].format = strings_add(&s->strings, inside ? STR("container") : STR("unknown"));
	if (!inside) {
		snapshot_warn(s, "unknown_format", GAP_SCOPE, 0, STR_EMPTY,
		              STR("a container inside a container: carried as evidence, not opened"));
		return stream_drain(stream, error);
	}
	inside->kind = kind;
	return file_again(&inside->file, &stream->file, error) && stream_drain(stream, error);
}

static bool read_stream(struct reading *r, struct stream *stream, const struct reader_options *options,
                        struct inside *inside, struct error *error)
{
	struct buf head = {0};
	r->skipped = stream->skipped;
	bool good = read_head(stream, &head, error);
	if (good) {
		enum container_kind kind = container_recognise(buf_str(&head));
		good = kind != CONTAINER_NONE ? carry_container(r, stream, kind, inside, error)
		                              : read_document(r, options, stream, buf_str(&head), error);
	}
	if (good) count_findings(r);
	if (good && r->unreadable_listed) place_warnings(r, buf_str(&head));
	buf_free(&head);
	return good;
}

/* member and source are those of a container's member; source is NULL for a file. */
static bool read_part(struct snapshot *snapshot, const struct walk_file *file, struct str member,
                      const struct stream_source *source, const struct reader_options *options, struct inside *inside,
                      struct error *error)
{
	struct input *input = reading_snapshot(snapshot);
	snapshot->origin = options->origin;
	input->path = strings_add(&snapshot->strings, file->path);
	input->member = strings_add(&snapshot->strings, member);
	struct tap tap = {.compress = options->spool != NULL && !source};
	struct stream_tap through = {&tap, tap_raw};
	struct stream stream;
	sha256_begin(&tap.hash);
	if (tap.compress) frame_compressor_begin(&tap.compressor, options->spool, options->level);
	struct reading *r = reading_begin(options->desks);
	r->out = snapshot;
	r->file = file;
	r->explain = options->explain;
	struct file opened;
	bool good = source ? stream_open_source(&stream, *source, file->reached.ptr, &through, error)
	                   : file_open(&opened, options->origin, file->reached.ptr, error) &&
	                         stream_open_file(&stream, opened, &through, error);
	if (good) {
		good = read_stream(r, &stream, options, inside, error);
		input->bytes = stream.raw;
		stream_close(&stream);
	}
	sha256_end(&tap.hash, input->sha256);
	if (good && tap.compress) good = frame_compressor_end(&tap.compressor, &input->frames, error);
	if (tap.compress) frame_compressor_drop(&tap.compressor);
	input->finding_count = snapshot->finding_count;
	input->site_count = snapshot->site_count;
	reading_end(r, options->desks);
	return good;
}

/* ---- a container ---- */

enum { REFUSED_LISTED = 10, NAME_SHOWN = 200 };

/* The name of a refused member is anything: as a message can show it. */
static struct str shown_name(struct arena *arena, struct str name)
{
	size_t len = name.len < NAME_SHOWN ? name.len : NAME_SHOWN, out = 0, n;
	char *text = arena_bytes(arena, len + 4);
	for (size_t i = 0; i < len; i += n) {
		n = utf8_length(name, i);
		if (!n || (unsigned char)name.ptr[i] < 0x20 || name.ptr[i] == 0x7f) {
			text[out++] = '?';
			n = 1;
		} else if (i + n <= len) {
			memcpy(text + out, name.ptr + i, n);
			out += n;
		}
	}
	return str_of(text, out);
}

static void warn_refused(struct snapshot *s, struct arena *arena, const struct container_member *member,
                         uint64_t before)
{
	if (before >= REFUSED_LISTED) return;
	struct str name = shown_name(arena, member->name);
	snapshot_warn(s, "missing_evidence", GAP_SCOPE, 0, STR_EMPTY,
	              str_printf(arena, "the member %.*s %s: not read", STR_ARG(name), member->refused));
}

static void warn_members_end(struct snapshot *s, struct arena *arena, const struct error *fault, uint64_t refused)
{
	if (refused > REFUSED_LISTED)
		snapshot_warn(s, "missing_evidence", GAP_SCOPE, 0, STR_EMPTY,
		              str_printf(arena, "%llu more members are not read",
		                         (unsigned long long)(refused - REFUSED_LISTED)));
	if (fault->kind == ERROR_NONE) return;
	s->inputs[0].truncated = true;
	snapshot_warn(s, "truncated_export", GAP_SCOPE, 0, STR_EMPTY,
	              str_printf(arena, "what follows in the container is not read: %s", fault->message));
}

static struct snapshot *add_part(struct reader_parts *parts)
{
	ARRAY_RESERVE(parts->snapshots, parts->count, parts->capacity);
	struct snapshot *s = &parts->snapshots[parts->count++];
	*s = (struct snapshot){0};
	return s;
}

static int by_member(const void *a, const void *b)
{
	const struct snapshot *x = a, *y = b;
	return str_cmp(snapshot_string(x, x->inputs[0].member), snapshot_string(y, y->inputs[0].member));
}

/* In the order of the container, since it may be read but once; then sorted. */
static bool read_members(struct reader_parts *parts, const struct walk_file *file, const struct reader_options *options,
                         const struct inside *inside, struct error *error)
{
	struct arena arena = {0};
	struct container_member member;
	struct error fault = {0};
	uint64_t refused = 0;
	struct members *container = members_open(inside->file, inside->kind, error);
	struct stream_source source = {container, members_read};
	bool good = container != NULL;
	while (good && members_next(container, &member, &fault)) {
		if (member.refused) {
			warn_refused(&parts->snapshots[0], &arena, &member, refused++);
			continue;
		}
		struct str name = str_dup(&arena, member.name);
		struct walk_file within = {.path = str_printf(&arena, "%.*s!/%.*s", STR_ARG(file->path), STR_ARG(name)),
		                           .reached = str_printf(&arena, "%s!/%.*s", file->reached.ptr, STR_ARG(name))};
		good = read_part(add_part(parts), &within, name, &source, options, NULL, error);
		arena_reset(&arena);
	}
	members_close(container);
	if (good && fault.kind == ERROR_SYSTEM) {
		*error = fault;
		good = false;
	}
	if (good) warn_members_end(&parts->snapshots[0], &arena, &fault, refused);
	if (good && parts->count > 2)
		qsort(parts->snapshots + 1, parts->count - 1, sizeof(*parts->snapshots), by_member);
	arena_free(&arena);
	return good;
}

bool reader_read(struct reader_parts *parts, const struct walk_file *file, const struct reader_options *options,
                 struct error *error)
{
	struct inside inside = {.kind = CONTAINER_NONE};
	*parts = (struct reader_parts){0};
	bool good = read_part(add_part(parts), file, STR_EMPTY, NULL, options, &inside, error);
	if (good && inside.file.is_open)
		good = read_members(parts, file, options, &inside, error);
	else
		file_close(&inside.file);
	reader_parts_reached(parts, file);
	return good;
}

void reader_parts_reached(struct reader_parts *parts, const struct walk_file *file)
{
	for (size_t i = 0; i < parts->count; i++) {
		struct snapshot *s = &parts->snapshots[i];
		struct arena arena = {0};
		struct input *input = &s->inputs[0];
		struct str member = snapshot_string(s, input->member);
		uint32_t before = s->strings.count;
		input->display = strings_add(
		    &s->strings, member.len ? str_printf(&arena, "%.*s!/%.*s", STR_ARG(file->reached), STR_ARG(member))
					    : file->reached);
		input->display_last = input->display > before;
		arena_free(&arena);
	}
}

void reader_parts_free(struct reader_parts *parts)
{
	for (size_t i = 0; i < parts->count; i++) snapshot_free(&parts->snapshots[i]);
	free(parts->snapshots);
	*parts = (struct reader_parts){0};
}
