/* One file: open, look at the first block, let the formats bid, frame and project to the end, resolve, count. */
#include "collect/reading.h"

#include "core/json_names.h"
#include "core/stream.h"

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
	uint64_t room = stream->encoding[0] || stream->converted || stream->size > HEAD_BYTES ? HEAD_BYTES : stream->size;
	buf_reserve(head, (size_t)room + 1);
	while (got && head->len < room) {
		if (!read_some(stream, head->ptr + head->len, (size_t)room - head->len, &got, error)) return false;
		head->len += got;
	}
	return true;
}

static bool sketch_has_array(const struct sketch *sketch, struct str pointer, bool ignore_case)
{
	const struct sketch_path *path = sketch_find(sketch, pointer, ignore_case);
	return path && (path->kinds >> JSON_ARRAY & 1);
}

/* Of a record's wrappings the one that the document has: the array must be there; "" is what is left. */
static bool wrapping_met(const struct spec *spec, struct str at, const struct sketch *sketch)
{
	if (at.len == 0) return sketch->root_kind == JSON_OBJECT;
	return sketch_has_array(sketch, str_slice(at, 0, str_rfind_char(at, '/')), spec->ignore_case);
}

static struct frame_spec *frame_spec_of(struct reading *r, const struct sketch *sketch)
{
	const struct spec *spec = r->spec;
	struct frame_spec *frame = frame_spec_new(&r->arena, spec && spec->ignore_case, spec ? spec->sequence : sketch->sequence);
	if (!spec) return frame;
	for (size_t i = 0; i < spec->record_count; i++) {
		const struct record_spec *record = &spec->records[i];
		for (size_t k = 0; k < record->at_count; k++) {
			if (record->first_only && !wrapping_met(spec, record->at[k], sketch)) continue;
			int number = frame_spec_record(frame, record->at[k]);
			if (number >= 0 && number < READING_PATHS && (size_t)number == r->path_count)
				r->paths[r->path_count++] = (struct reading_path){record, record->at[k]};
			if (record->first_only) break;
		}
	}
	for (size_t i = 0; i < spec->keep_count; i++) frame_spec_keep(frame, spec->keeps[i]);
	return frame;
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
		w = snapshot_warn(r->out, "malformed_json", GAP_SCOPE, 0, str_from(result->pointer), str_from(result->message));
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
	struct warning *w = snapshot_warn(r->out, "malformed_json", GAP_SCOPE, 0, STR_EMPTY,
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

static uint64_t document_number(const struct expr *expr, struct evaluation *v)
{
	uint64_t number = 0;
	str_to_u64(expr_eval(expr, v), &number);
	return number;
}

static void document_facts(struct reading *r, const cJSON *document, uint64_t records)
{
	struct snapshot *s = r->out;
	struct input *input = &s->inputs[0];
	struct expr_document where = {.root = document};
	struct evaluation v = {.arena = &r->arena, .document = &where};
	const struct spec *spec = r->spec;
	bool nameless = !spec->tool_expr && str_eq(spec->tool, spec->format) && s->finding_count; /* its records name the tool */
	if (!input->tool) input->tool = nameless ? snapshot_profile(s, &s->findings[0])->tool : strings_add(&s->strings, r->tool);
	if (spec->tool_version) input->tool_version = strings_add(&s->strings, expr_eval(spec->tool_version, &v));
	if (!input->tool_version) input->tool_version = strings_add(&s->strings, r->tool_version);
	for (size_t i = 0; i < spec->captured_count && input->captured == INSTANT_NONE; i++) {
		int64_t instant;
		struct str text = expr_eval(spec->captured[i], &v);
		if (text.len && instant_parse(text, &instant)) input->captured = instant;
	}
	if (input->captured == INSTANT_NONE) input->captured = r->captured;
	if (r->secrets)
		snapshot_warn(s, "secret_in_evidence", GAP_NONE, 0, STR_EMPTY,
		              str_printf(&r->arena, "%llu %s: the evidence may hold the values themselves; no report shows them",
		                         (unsigned long long)r->secrets, r->secrets == 1 ? "secret was found" : "secrets were found"));
	struct str next = expr_eval(spec->next, &v);
	uint64_t count = document_number(spec->count, &v);
	input->total = document_number(spec->total, &v);
	if (count < records) count = records;
	if (next.len || input->total > count) {
		input->truncated = input->next_link = true;
		struct str message = next.len ? STR("there is a link to a next page")
		                              : str_printf(&r->arena, "%llu of %llu records", (unsigned long long)count,
		                                           (unsigned long long)input->total);
		snapshot_warn(s, "truncated_export", GAP_SCOPE, 0, STR_EMPTY, message);
	}
	expr_document_free(&where);
}

static void count_findings(struct reading *r)
{
	struct snapshot *s = r->out;
	struct input *input = &s->inputs[0];
	struct strings subjects = {0};
	struct arena scratch = {0};
	uint8_t *seen = memory_grow(NULL, s->profiles.count + 1);
	memset(seen, 0, s->profiles.count + 1);
	for (uint32_t i = 0; i < s->finding_count; i++) {
		const struct profile *p = snapshot_profile(s, &s->findings[i]);
		input->by_status[p->status]++;
		if (p->status == STATUS_FAIL) input->by_severity[p->severity]++;
		if (seen[s->findings[i].profile]) continue;
		seen[s->findings[i].profile] = 1;
		arena_reset(&scratch);
		strings_add(&subjects, str_lower(&scratch, snapshot_string(s, p->subject)));
	}
	for (uint32_t i = 0; i < s->fact_count; i++) {
		if (i && s->facts[i].subject == s->facts[i - 1].subject) continue;
		arena_reset(&scratch);
		strings_add(&subjects, str_lower(&scratch, snapshot_string(s, s->facts[i].subject)));
	}
	input->records += s->finding_count;
	input->subjects = subjects.count;
	free(seen);
	arena_free(&scratch);
	strings_free(&subjects);
}

static bool empty_list(const struct sketch *sketch)
{
	if (sketch->empty || !sketch->json) return sketch->empty;
	if (sketch->root_kind == JSON_NULL) return sketch->complete;
	return specs_empty_list(sketch);
}

/* `acr-repository-list-NAME.json`: NAME. */
static struct str name_scope(const struct spec *spec, struct str path)
{
	size_t slash = str_rfind_char(path, '/');
	struct str name = slash == SIZE_MAX ? path : str_slice(path, slash + 1, path.len);
	if (!spec || !spec->name_prefix.len || !str_starts_nocase(name, spec->name_prefix)) return STR_EMPTY;
	name = str_slice(name, spec->name_prefix.len, name.len);
	size_t dot = str_find(name, STR("."));
	return str_slice(name, 0, dot == SIZE_MAX ? name.len : dot);
}

static bool read_document(struct reading *r, const struct specs *specs, struct stream *stream, struct str head,
                          struct error *error)
{
	struct snapshot *s = r->out;
	struct input *input = &s->inputs[0];
	struct sketch sketch;
	sketch_read(&sketch, &r->arena, head);
	struct str path = r->file->path;
	size_t slash = str_rfind_char(path, '/');
	r->spec = specs_choose(specs, &sketch, slash == SIZE_MAX ? path : str_slice(path, slash + 1, path.len));
	r->name_scope = name_scope(r->spec, path);
	input->scope_named = r->name_scope.len > 0;
	if (input->scope_named) input->name_type = strings_add(&s->strings, r->spec->name_type);
	bool empty = !r->spec && empty_list(&sketch);
	input->format = strings_add(&s->strings, r->spec ? r->spec->format : empty ? STR("empty") : STR("unknown"));
	if (empty || (!r->spec && !sketch.json)) {
		if (!empty)
			snapshot_warn(s, "unknown_format", GAP_NONE, 0, STR_EMPTY,
			              STR("not JSON: carried as evidence, not machine-readable here"));
		if (stream->damaged) warn_damage(r, stream);
		return stream_drain(stream, error);
	}
	struct source source = {.stream = stream, .head = head};
	struct frame_source from = {&source, source_read};
	struct frame_sink sink = {r, reading_record};
	struct frame_options options = {.max_record = SPAN_LENGTH_MAX, .max_envelope = ENVELOPE_BYTES};
	struct frame_result result;
	struct buf envelope = {0};
	bool good = frame_run(frame_spec_of(r, &sketch), &from, &sink, &options, &envelope, &result, error);
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
		if (result.state == FRAME_OK && json_repeated_name(buf_str(&envelope), r->spec->ignore_case) != SIZE_MAX)
			warn_repeated_name(r, head, whole);
		cJSON *document = envelope.len ? cJSON_ParseWithLength(envelope.ptr, envelope.len) : NULL;
		buf_free(&envelope);
		reading_resolve(r, document);
		document_facts(r, document, result.records);
		cJSON_Delete(document);
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

/* Line and column of the warnings that know only an offset; on the first line the offset says enough. They are few, and the
 * file is read again no further than to the last of them. */
static void place_warnings(struct snapshot *s, const char *path)
{
	enum { BLOCK = 1 << 16 };
	struct stream stream;
	struct error error;
	size_t got = 1;
	uint64_t next = next_unplaced(s, 0), lines = 1;
	if (next == ERROR_NO_OFFSET || !stream_open(&stream, path, NULL, &error)) return;
	char *block = memory_grow(NULL, BLOCK);
	uint64_t at = stream.skipped, line_start = at;
	while (next != ERROR_NO_OFFSET && stream_read(&stream, block, BLOCK, &got, &error) && got) {
		for (size_t k = 0; k < got; k++) {
			if (at + k == next) {
				if (lines > 1) place(s, next, lines, next - line_start + 1);
				next = next_unplaced(s, next + 1);
			}
			if (block[k] == '\n') {
				lines++;
				line_start = at + k + 1;
			}
		}
		at += got;
	}
	free(block);
	stream_close(&stream);
}

bool reader_read(struct snapshot *snapshot, const struct walk_file *file, const struct reader_options *options,
                 struct error *error)
{
	snapshot_init(snapshot);
	snapshot->inputs = memory_grow(NULL, sizeof(*snapshot->inputs));
	snapshot->input_count = snapshot->input_capacity = 1;
	struct input *input = &snapshot->inputs[0];
	*input = (struct input){.path = strings_add(&snapshot->strings, file->path),
	                        .display = strings_add(&snapshot->strings, file->reached),
	                        .captured = INSTANT_NONE};
	struct tap tap = {.compress = options->spool != NULL};
	struct stream_tap through = {&tap, tap_raw};
	struct stream stream;
	sha256_begin(&tap.hash);
	if (tap.compress) frame_compressor_begin(&tap.compressor, options->spool, options->level);
	struct reading r = {.out = snapshot,
	                    .file = file,
	                    .parents = {.width = PARENT_WORDS},
	                    .last_parent = UINT32_MAX,
	                    .captured = INSTANT_NONE};
	struct buf head = {0};
	bool good = stream_open(&stream, file->reached.ptr, &through, error);
	if (good) {
		r.skipped = stream.skipped;
		good = read_head(&stream, &head, error) && read_document(&r, options->specs, &stream, buf_str(&head), error);
		input->bytes = stream.raw;
		stream_close(&stream);
	}
	sha256_end(&tap.hash, input->sha256);
	if (good && tap.compress) good = frame_compressor_end(&tap.compressor, &input->frames, error);
	if (tap.compress) frame_compressor_drop(&tap.compressor);
	if (good) count_findings(&r);
	if (good && r.unreadable_listed) place_warnings(snapshot, file->reached.ptr);
	input->finding_count = snapshot->finding_count;
	input->site_count = snapshot->site_count;
	buf_free(&head);
	buf_free(&r.blob);
	projected_free(&r.projected);
	projected_free(&r.element);
	free(r.merged);
	strings_free(&r.blobs);
	tuples_free(&r.parents);
	free(r.parent_pointers);
	arena_free(&r.record);
	arena_free(&r.arena);
	return good;
}
