/* A record's own part: validate and project its bytes, then keep what stays with the finding and intern the rest. */
#include "collect/content.h"
#include "collect/explain.h"
#include "collect/facts.h"
#include "collect/reading.h"
#include "core/hash.h"
#include "core/json_names.h"
#include "core/utf8.h"

#include <stdio.h>

struct str record_pointer(struct reading *r, const struct frame_record *record, size_t drop)
{
	struct str at = r->framing->paths[record->path].in_file;
	struct buf text = {0};
	size_t i = 0, used = 0, end = at.len;
	for (size_t k = 0; k < drop; k++) end = str_rfind_char(str_of(at.ptr, end), '/');
	while (i < end) {
		size_t next = i + 1;
		while (next < end && at.ptr[next] != '/') next++;
		struct str token = str_slice(at, i + 1, next);
		buf_char(&text, '/');
		if (!str_eq(token, STR("*")))
			buf_add(&text, token);
		else if (record->names[used].len)
			buf_add(&text, record->names[used++]);
		else
			buf_u64(&text, record->indexes[used++]);
		i = next;
	}
	struct str pointer = str_dup(&r->arena, buf_str(&text));
	buf_free(&text);
	return pointer;
}

void reading_unreadable(struct reading *r, struct str pointer, uint64_t offset, const char *why, struct str value)
{
	struct input *input = &r->out->inputs[0];
	input->unreadable++;
	if (r->unreadable_listed++ >= UNREADABLE_LISTED) return;
	struct str message =
	    value.len ? str_printf(&r->arena, "%s \"%.*s\"", why, (int)(value.len > 80 ? 80 : value.len), value.ptr)
		      : str_from(why);
	struct warning *w = snapshot_warn(r->out, "unreadable_record", GAP_SCOPE, 0, pointer, message);
	w->offset = offset;
}

static void unreadable(struct reading *r, const struct frame_record *record, const char *why, struct str value)
{
	reading_unreadable(r, record_pointer(r, record, 0), record->offset + r->skipped, why, value);
}

void reading_failure(struct reading *r, struct str pointer, struct str text)
{
	if (!text.len || r->failures++ >= UNREADABLE_LISTED) return;
	r->out->inputs[0].failed = true;
	snapshot_warn(r->out, "failed_scan", GAP_SCOPE, 0, pointer,
	              str_printf(&r->arena,
	                         "what is gone is not known to be fixed, since the scan reports of itself: %.*s",
	                         STR_ARG(utf8_head(text, 300))));
}

int64_t reading_document(const struct reading *r, const struct frame_record *record)
{
	if (!r->framing->paths[record->path].at.len) return DOCUMENT_NONE;
	uint64_t number = r->framing->listed ? record->indexes[0] : record->root;
	return number < INT32_MAX ? (int64_t)number : INT32_MAX;
}

void reading_recognise(struct reading *r, int64_t number)
{
	if (number < 0) return;
	while (r->recognised_count <= (size_t)number) {
		ARRAY_RESERVE(r->recognised, r->recognised_count, r->recognised_capacity);
		r->recognised[r->recognised_count++] = false;
	}
	r->recognised[number] = true;
}

/* *pointer: where that of a new one goes; NULL: it is known. */
static uint32_t parent_number(struct reading *r, const uint32_t row[PARENT_WORDS], struct str **pointer)
{
	uint32_t before = r->parents.count, number = tuples_add(&r->parents, row);
	*pointer = NULL;
	if (r->parents.count == before) return number;
	ARRAY_RESERVE(r->parent_pointers, number, r->parent_capacity);
	*pointer = &r->parent_pointers[number];
	return number;
}

uint32_t reading_parent(struct reading *r, const uint32_t row[PARENT_WORDS], struct str pointer)
{
	struct str *fresh;
	uint32_t number = parent_number(r, row, &fresh);
	if (fresh) *fresh = str_dup(&r->arena, pointer);
	return number;
}

/* The array that a record stands in, as a number. */
static uint32_t parent_of(struct reading *r, const struct frame_record *record, bool element)
{
	struct str *fresh;
	int64_t document = reading_document(r, record);
	uint32_t row[PARENT_WORDS] = {(uint32_t)record->path, (uint32_t)(int32_t)document};
	size_t n = record->index_count - (element ? 1 : 0);
	for (size_t i = r->framing->listed; i < n && i - r->framing->listed < EXPR_INDEXES; i++)
		row[2 + i - r->framing->listed] = record->indexes[i];
	uint32_t number = parent_number(r, row, &fresh);
	if (fresh) *fresh = record_pointer(r, record, element ? 1 : 0);
	return number;
}

static void add_site(struct reading *r, uint32_t parent, uint32_t index, bool element)
{
	struct snapshot *s = r->out;
	if (parent == r->last_parent && element && index == r->next_index) {
		r->next_index++;
		return;
	}
	if (!s->site_count) r->first_parent = parent;
	LARGE_RESERVE(s->sites, s->site_count, s->site_capacity);
	s->sites[s->site_count++] = (struct site){.finding = s->finding_count,
	                                          .parent = strings_add(&s->strings, r->parent_pointers[parent]),
	                                          .index = index,
	                                          .member = !element};
	r->last_parent = parent;
	r->next_index = index + 1;
}

/* ---- fingerprints: all that the source gives, in the order of their names ---- */

struct print {
	uint16_t number;
	struct str key, value;
};

static bool print_before(const struct print *a, const struct print *b)
{
	return a->number != b->number ? a->number < b->number : str_cmp(a->key, b->key) < 0;
}

struct str reading_given(const struct record_spec *spec, struct str text)
{
	for (size_t i = 0; i < spec->placeholder_count; i++)
		if (str_eq(spec->placeholders[i], text)) return STR_EMPTY;
	return text;
}

bool reading_is_fingerprint(const struct record_spec *spec, const struct field *f)
{
	bool wanted = spec->fingerprint_fields[f->number / 64] >> (f->number % 64) & 1;
	return wanted && f->kind == JSON_STRING && reading_given(spec, f->raw).len > 0;
}

static uint64_t fingerprints(struct reading *r, const struct record_spec *spec, struct evaluation *v, struct str *kinds)
{
	enum { MOST = 16 };
	struct print prints[MOST];
	size_t count = 0;
	for (size_t i = 0; i < v->field_count && count < MOST; i++) {
		const struct field *f = &v->fields[i];
		if (!reading_is_fingerprint(spec, f)) continue;
		struct print p = {f->number, f->key, f->raw};
		size_t at = count++;
		for (; at > 0 && print_before(&p, &prints[at - 1]); at--) prints[at] = prints[at - 1];
		prints[at] = p;
	}
	uint64_t hash = 0;
	*kinds = STR_EMPTY;
	for (size_t i = 0; i < count; i++) {
		hash = hash_mix(hash, hash_mix(hash_bytes(prints[i].key), hash_bytes(prints[i].value)));
		*kinds = str_words(&r->record, *kinds, prints[i].key);
	}
	return count && !hash ? 1 : hash;
}

/* ---- the blob ---- */

static void blob_field(struct buf *blob, uint16_t number, uint8_t kind, bool escaped, struct str raw)
{
	uint32_t length = (uint32_t)raw.len;
	char head[8];
	memcpy(head, &number, 2);
	head[2] = (char)kind;
	head[3] = (char)escaped;
	memcpy(head + 4, &length, 4);
	if (blob->capacity - blob->len < sizeof(head) + raw.len) buf_reserve(blob, sizeof(head) + raw.len);
	memcpy(blob->ptr + blob->len, head, sizeof(head));
	if (raw.len) memcpy(blob->ptr + blob->len + sizeof(head), raw.ptr, raw.len);
	blob->len += sizeof(head) + raw.len;
}

static uint32_t make_blob(struct reading *r, const struct record_spec *spec, const struct evaluation *v,
                          uint32_t parent, struct str kinds, bool has_path)
{
	uint32_t head[2] = {(uint32_t)(spec - r->spec->records), parent};
	r->blob.len = 0;
	buf_add(&r->blob, str_of((const char *)head, sizeof(head)));
	for (size_t i = 0; i < v->field_count; i++) {
		const struct field *f = &v->fields[i];
		if (!(spec->deferred[f->number / 64] >> (f->number % 64) & 1) || f->kind == JSON_NULL) continue;
		if (has_path && f->number == spec->path_index) continue; /* it would only make every record different */
		blob_field(&r->blob, f->number, f->kind, f->escaped, f->raw);
	}
	if (kinds.len) blob_field(&r->blob, KINDS_FIELD, JSON_STRING, false, kinds);
	return strings_add(&r->blobs, buf_str(&r->blob));
}

uint32_t reading_blob(struct reading *r, struct str blob, const uint32_t *parents)
{
	uint32_t head[2];
	memcpy(head, blob.ptr, sizeof(head));
	head[1] = parents[head[1]];
	r->blob.len = 0;
	buf_add(&r->blob, str_of((const char *)head, sizeof(head)));
	buf_add(&r->blob, str_slice(blob, sizeof(head), blob.len));
	return strings_add(&r->blobs, buf_str(&r->blob));
}

/* ---- the finding ---- */

void reading_set_path(struct snapshot *s, struct finding *f, struct str path)
{
	size_t slash = str_rfind_char(path, '/'), cut = slash == SIZE_MAX ? 0 : slash + 1;
	f->folder = strings_add(&s->strings, str_slice(path, 0, cut));
	f->file = strings_add(&s->strings, str_slice(path, cut, path.len));
}

static void note_capture(struct reading *r, const struct record_spec *spec, struct evaluation *v)
{
	for (size_t i = 0; i < spec->captured_count; i++) {
		int64_t instant;
		struct str text = expr_eval(spec->captured[i], v);
		if (text.len && instant_parse(text, &instant) && instant > r->captured) r->captured = instant;
	}
	if (spec->tool_version && !r->tool_version.len)
		r->tool_version = str_dup(&r->arena, expr_eval(spec->tool_version, v));
}

/* A whole number that is none in 32 bits is a fault. Other text ("12-14") is no line, and so is a negative number. */
static bool line_number(struct str text, uint64_t *line)
{
	double number;
	*line = 0;
	if (str_to_u64(text, line)) return *line <= UINT32_MAX;
	if (!str_to_double(text, &number)) return !json_valid(text, NULL); /* 1e999 is a number, and too large */
	if (number > UINT32_MAX) return false;
	*line = number > 0 ? (uint64_t)number : 0;
	return true;
}

uint32_t reading_component(struct snapshot *s, const struct record_spec *spec, struct evaluation *v)
{
	struct component c = {
	    .package = strings_add(&s->strings, expr_eval(spec->fields[FIELD_PACKAGE], v)),
	    .version = strings_add(&s->strings, expr_eval(spec->fields[FIELD_VERSION], v)),
	    .fixed_version = strings_add(&s->strings, expr_eval(spec->fields[FIELD_FIXED_VERSION], v)),
	    .purl = strings_add(&s->strings, expr_eval(spec->fields[FIELD_PURL], v)),
	    .first_seen = strings_add(&s->strings, expr_eval(spec->fields[FIELD_FIRST_SEEN], v)),
	};
	return c.package | c.version | c.fixed_version | c.purl | c.first_seen ? snapshot_add_component(s, &c) : 0;
}

/* Only the hash of the value is kept, also while the file is read. */
static void note_secret(struct reading *r, const struct record_spec *spec, const struct evaluation *v)
{
	struct evaluation own = *v; /* a value that is no text makes nothing unreadable */
	if (!expr_eval(spec->secrets, &own).len) return;
	struct str value = expr_eval(spec->secret, &own);
	struct found_secret found = {.finding = r->out->finding_count, .has_value = value.len && !own.problem};
	if (found.has_value) sha256_of(value.ptr, value.len, found.digest);
	ARRAY_RESERVE(r->found_secrets, r->found_secret_count, r->found_secret_capacity);
	r->found_secrets[r->found_secret_count++] = found;
}

static void add_finding(struct reading *r, const struct record_spec *spec, const struct frame_record *record,
                        struct evaluation *v)
{
	struct snapshot *s = r->out;
	uint64_t line = 0;
	struct str text = expr_eval(spec->fields[FIELD_LINE], v), kinds;
	if (text.len && !line_number(text, &line) && !v->problem) {
		v->problem = "is no line number:";
		v->problem_value = text;
	}
	struct finding f = {.span = span_of(record->offset + r->skipped, record->bytes.len), .line = (uint32_t)line};
	struct str path = STR_EMPTY;
	if (!expr_needs_document(spec->fields[FIELD_PATH])) path = expr_eval(spec->fields[FIELD_PATH], v);
	reading_set_path(s, &f, path);
	f.identity = fingerprints(r, spec, v, &kinds);
	if ((text = reading_given(spec, expr_eval(spec->fields[FIELD_IDENTITY], v))).len)
		f.identity = hash_mix(f.identity, hash_bytes(text));
	if (spec->nature == NATURE_WEAKNESS) {
		struct str message = expr_eval(spec->fields[FIELD_MESSAGE], v);
		struct content content = content_of(reading_given(spec, expr_eval(spec->fields[FIELD_SNIPPET], v)));
		bool snippet = content.hash != 0;
		if (!snippet) content = content_of(message);
		f.content = content.hash;
		f.masked = content.masked;
		f.message = ((uint32_t)(snippet ? content_hash(message) : content.hash) & ~UINT32_C(1)) | snippet;
	}
	if (!spec->component_deferred) f.component = reading_component(s, spec, v);
	if (v->problem) {
		unreadable(r, record, v->problem, v->problem_value);
		return;
	}
	struct str at = r->framing->paths[record->path].in_file;
	bool element = at.len && at.ptr[at.len - 1] == '*' && !record->names[record->index_count - 1].len;
	uint32_t parent = parent_of(r, record, element);
	f.profile = make_blob(r, spec, v, parent, kinds, path.len > 0);
	add_site(r, parent, record->index_count ? record->indexes[record->index_count - 1] : 0, element);
	note_secret(r, spec, v);
	LARGE_RESERVE(s->findings, s->finding_count, s->finding_capacity);
	s->findings[s->finding_count++] = f;
	note_capture(r, spec, v);
}

/* Most records of a file share theirs. */
static uint32_t facts_unit(struct reading *r, struct str scope)
{
	struct snapshot *s = r->out;
	if (r->facts_unit >= s->unit_count || !s->units[r->facts_unit].of_facts ||
	    !str_eq(snapshot_string(s, s->units[r->facts_unit].target), scope))
		r->facts_unit = snapshot_add_unit(s, r->spec->format, scope, true);
	return r->facts_unit;
}

struct str registry_server(struct arena *arena, struct str registry)
{
	bool server = str_find(registry, STR(".")) != SIZE_MAX;
	return server ? registry : str_concat(arena, registry, STR(".azurecr.io"));
}

static void add_facts(struct reading *r, const struct record_spec *spec, const struct frame_record *record,
                      struct evaluation *v)
{
	struct snapshot *s = r->out;
	struct facts_source source = {.span = span_of(record->offset + r->skipped, record->bytes.len),
	                              .omit = spec->omit,
	                              .omit_count = spec->omit_count,
	                              .flatten = spec->flatten,
	                              .flatten_count = spec->flatten_count};
	struct str scope, fact = STR_EMPTY, value = STR_EMPTY;
	if (spec->strings) {
		source.subject = registry_server(&r->record, r->name_scope);
		scope = r->name_scope;
	} else {
		source.subject = expr_eval(spec->fields[FIELD_SUBJECT], v);
		scope = expr_eval(spec->fields[FIELD_SCOPE], v);
		fact = expr_eval(spec->fields[FIELD_FACT], v);
		value = expr_eval(spec->fields[FIELD_VALUE], v);
		if (v->problem) {
			unreadable(r, record, v->problem, v->problem_value);
			return;
		}
		if (!s->inputs[0].scope) s->inputs[0].scope = strings_add(&s->strings, scope);
		if (v->at.len == 0) scope = source.subject; /* a `show` is the unit of its resource */
	}
	source.unit = facts_unit(r, scope);
	if (spec->strings) {
		struct str name = v->fields[0].escaped ? json_unescape(&r->record, v->fields[0].raw) : v->fields[0].raw;
		facts_add(s, &source, str_concat(&r->record, STR("repositories."), name), STR("true"));
	} else if (spec->fields[FIELD_FACT]) {
		if (fact.len) facts_add(s, &source, fact, spec->fields[FIELD_VALUE] ? value : STR("true"));
	} else {
		facts_read(s, record->bytes, &source);
	}
	s->inputs[0].records++;
}

/* Why an element is no finding: what the spec requires of it is not there. */
static bool bad_element(const struct record_spec *spec, struct evaluation *v, struct str *missing)
{
	for (size_t i = 0; i < spec->require_count && !v->problem; i++)
		if (expr_needs_element(spec->require[i]) && !expr_eval(spec->require[i], v).len && !v->problem) {
			*missing = spec->require_names[i];
			return true;
		}
	return false;
}

bool reading_element(struct reading *r, const struct record_spec *spec, const struct field *fields, size_t count,
                     const struct field *element, size_t *merged, struct json_fault *fault)
{
	bool string = element->kind == JSON_STRING; /* its quotes belong to the value */
	struct str raw = string ? str_of(element->raw.ptr - 1, element->raw.len + 2) : element->raw;
	if (!project(spec->each_projection, raw, &r->element, fault)) return false;
	size_t n = 0;
	if (r->merged_capacity < count + r->element.count + 1) {
		r->merged_capacity = 2 * (count + r->element.count + 1);
		r->merged = memory_grow(r->merged, sizeof(*r->merged) * r->merged_capacity);
	}
	for (size_t k = 0; k < count; k++) r->merged[n++] = fields[k];
	for (size_t k = 0; k < r->element.count; k++) {
		struct field field = r->element.fields[k];
		field.number = (uint16_t)(field.number + EXPR_EACH);
		r->merged[n++] = field;
	}
	r->merged[n++] = (struct field){.number = EXPR_EACH_NAME, .kind = JSON_STRING, .raw = element->key};
	*merged = n;
	return true;
}

/* A finding for each element of the record's array `each`: the record's own fields and the element's, numbered apart. A
 * record without any is one finding all the same. */
static void add_each(struct reading *r, const struct record_spec *spec, const struct frame_record *record,
                     struct evaluation *v)
{
	const struct field *fields = v->fields;
	size_t count = v->field_count, elements = 0;
	for (size_t i = 0; i < count; i++) {
		struct json_fault fault;
		if (fields[i].number != spec->each) continue;
		size_t n;
		if (!reading_element(r, spec, fields, count, &fields[i], &n, &fault)) {
			unreadable(r, record, str_cstr(&r->arena, str_from(fault.message)), STR_EMPTY);
			continue;
		}
		v->fields = r->merged;
		v->field_count = n;
		v->problem = NULL;
		struct str missing;
		elements++;
		if (bad_element(spec, v, &missing))
			unreadable(r, record, "has no value for", missing);
		else if (spec->facts)
			add_facts(r, spec, record, v);
		else
			add_finding(r, spec, record, v);
	}
	v->fields = fields;
	v->field_count = count;
	if (!elements && !spec->facts) add_finding(r, spec, record, v);
}

static void add_event(struct reading *r, const struct record_spec *spec, const struct frame_record *record,
                      struct evaluation *v)
{
	struct snapshot *s = r->out;
	struct event event = {.ended = INSTANT_NONE,
	                      .arrived = INSTANT_NONE,
	                      .span = span_of(record->offset + r->skipped, record->bytes.len),
	                      .subject = strings_add(&s->strings, expr_eval(spec->fields[FIELD_SUBJECT], v)),
	                      .title = strings_add(&s->strings, expr_eval(spec->fields[FIELD_TITLE], v)),
	                      .state = strings_add(&s->strings, expr_eval(spec->fields[FIELD_STATE], v)),
	                      .severity = reading_severity(expr_eval(spec->fields[FIELD_SEVERITY], v))};
	instant_parse_rfc3339(expr_eval(spec->fields[FIELD_ENDED], v), &event.ended);
	instant_parse_rfc3339(expr_eval(spec->fields[FIELD_ARRIVED], v), &event.arrived);
	if (!s->inputs[0].scope) s->inputs[0].scope = strings_add(&s->strings, expr_eval(spec->fields[FIELD_SCOPE], v));
	if (v->problem) {
		unreadable(r, record, v->problem, v->problem_value);
		return;
	}
	LARGE_RESERVE(s->events, s->event_count, s->event_capacity);
	s->events[s->event_count++] = event;
	s->inputs[0].events++;
}

static void add_command(struct reading *r, const struct record_spec *spec, const struct frame_record *record,
                        struct evaluation *v)
{
	struct snapshot *s = r->out;
	struct str pointer = record_pointer(r, record, 0), texts[FIELD_COUNT];
	uint64_t offset = record->offset + r->skipped;
	for (int f = 0; f < FIELD_COUNT; f++) texts[f] = expr_eval(spec->fields[f], v);
	struct command_run run = {.file = strings_add(&s->strings, texts[FIELD_PATH]),
	                          .format = strings_add(&s->strings, texts[FIELD_RULE]),
	                          .subject = strings_add(&s->strings, texts[FIELD_SUBJECT]),
	                          .text = strings_add(&s->strings, texts[FIELD_TITLE]),
	                          .failure = strings_add(&s->strings, texts[FIELD_STATE]),
	                          .detail = strings_add(&s->strings, texts[FIELD_MESSAGE]),
	                          .pointer = strings_add(&s->strings, pointer),
	                          .ended = INSTANT_NONE,
	                          .span = span_of(offset, record->bytes.len)};
	instant_parse_rfc3339(texts[FIELD_ENDED], &run.ended);
	if (v->problem) {
		reading_unreadable(r, pointer, offset, v->problem, v->problem_value);
		return;
	}
	LARGE_RESERVE(s->commands, s->command_count, s->command_capacity);
	s->commands[s->command_count++] = run;
	s->inputs[0].records++;
}

static bool bad_record(struct reading *r, const struct record_spec *spec, const struct frame_record *record,
                       struct evaluation *v)
{
	size_t repeated = SIZE_MAX;
	struct json_fault fault;
	const char *why = NULL;
	struct str value = STR_EMPTY;
	uint64_t offset = record->offset + r->skipped;
	if (record->too_large || record->length > SPAN_LENGTH_MAX) {
		why = "is longer than 16 MB";
	} else if (offset > SPAN_OFFSET_MAX) {
		why = "stands after the first terabyte";
	} else if (!project(spec->projection, record->bytes, &r->projected, &fault)) {
		why = str_cstr(&r->arena, str_from(fault.message));
		offset += fault.offset;
	} else if (spec->facts &&
	           (repeated = json_names_repeated(&r->names, record->bytes, r->spec->ignore_case)) != SIZE_MAX) {
		why = "an object has two members of one name";
		offset += repeated;
	} else if (spec->strings ? record->bytes.ptr[0] != '"' : record->bytes.ptr[0] != '{') {
		why = spec->strings ? "expected a string" : "expected an object";
	} else {
		v->fields = r->projected.fields;
		v->field_count = r->projected.count;
		for (size_t i = 0; i < spec->require_count && !why; i++)
			if (!expr_needs_element(spec->require[i]) && !expr_eval(spec->require[i], v).len &&
			    !v->problem) {
				why = "has no value for";
				value = spec->require_names[i];
			}
		if (!why && v->problem) {
			why = v->problem;
			value = v->problem_value;
		}
	}
	if (why) reading_unreadable(r, record_pointer(r, record, 0), offset, why, value);
	return why != NULL;
}

/* Of the kinds at one path the first whose `when` holds; NULL: none. Its bytes are no JSON: the first, which will say so. */
static const struct record_spec *kind_of(struct reading *r, const struct framing_path *path,
                                         const struct frame_record *record, struct evaluation *v)
{
	const struct record_spec *kind = path->record, *end = r->spec->records + r->spec->record_count;
	struct json_fault fault;
	for (; kind < end; kind++) {
		bool here = false;
		for (size_t i = 0; i < kind->at_count; i++) here |= str_eq(kind->at[i], path->at);
		if (here && !kind->when) return kind;
		if (!here) continue;
		if (!project(kind->projection, record->bytes, &r->projected, &fault)) return kind;
		v->fields = r->projected.fields;
		v->field_count = r->projected.count;
		if (expr_eval(kind->when, v).len || v->problem) return kind;
	}
	return NULL;
}

bool reading_record(void *context, const struct frame_record *record, struct error *error)
{
	struct reading *r = context;
	const struct framing_path *path = &r->framing->paths[record->path];
	(void)error;
	arena_reset(&r->record);
	struct evaluation v = {.arena = &r->record,
	                       .at = path->at,
	                       .indexes = record->indexes + r->framing->listed,
	                       .index_count = record->index_count - r->framing->listed,
	                       .name_scope = r->name_scope,
	                       .problem_field = -1};
	reading_recognise(r, reading_document(r, record));
	const struct record_spec *spec = kind_of(r, path, record, &v);
	if (!spec) {
		unreadable(r, record, "is of no kind that this format has", STR_EMPTY);
		return true;
	}
	if (r->explain) explain_record(r->explain, r, spec, record);
	if (bad_record(r, spec, record, &v)) return true;
	if (spec->failures) {
		reading_failure(r, record_pointer(r, record, 0), expr_eval(spec->fields[FIELD_TITLE], &v));
		return true;
	}
	if (expr_eval(spec->secrets, &v).len) r->secrets++;
	if (spec->each_projection)
		add_each(r, spec, record, &v);
	else if (spec->facts)
		add_facts(r, spec, record, &v);
	else if (spec->events)
		add_event(r, spec, record, &v);
	else if (spec->commands)
		add_command(r, spec, record, &v);
	else
		add_finding(r, spec, record, &v);
	return true;
}
