/* How it works: the reader calls three times.
 *
 *     sketch      every format's bid is made once more by spec_bid, and its conditions asked one by one
 *     record      counted by its path; the first of each kind is copied
 *     document    the copies are projected as the reader does it, and each field's expression is evaluated with a trace: what the
 *                 evaluation read, and was not empty, is where the value comes from
 */
#include "collect/explain.h"

#include "collect/facts.h"

#include <stdlib.h>

enum { VALUE_BYTES = 300, FACTS_SHOWN = 100 };

/* ---- bids ---- */

static struct str condition_text(struct arena *arena, const struct condition *c, const struct sketch_path *met)
{
	struct str pointer = met ? met->pointer : c->pointer_count ? c->pointers[0].pointer : STR_EMPTY;
	const char *more = !met && c->pointer_count > 1 ? ", or one of its alternatives" : "";
	switch (c->kind) {
	case CONDITION_HAS: return str_printf(arena, "has %.*s%s", STR_ARG(pointer), more);
	case CONDITION_NONE:
		return str_printf(arena, "none of %.*s%s", STR_ARG(pointer),
		                  c->pointer_count > 1 && !met ? ", ..." : "");
	case CONDITION_IS: return str_printf(arena, "%.*s is \"%.*s\"%s", STR_ARG(pointer), STR_ARG(c->value), more);
	}
	return STR_EMPTY;
}

/* The bid's conditions in words if all hold, else the first that does not; *held: how many do. */
static struct str bid_text(struct arena *arena, const struct spec *spec, const struct bid *bid,
                           const struct sketch *sketch, size_t *held)
{
	struct str all = STR_EMPTY, failed = STR_EMPTY;
	*held = 0;
	for (size_t i = 0; i < bid->condition_count; i++) {
		const struct sketch_path *met;
		const struct condition *c = &bid->conditions[i];
		bool holds = spec_condition_holds(spec, c, sketch, &met);
		struct str text = condition_text(arena, c, met);
		if (holds) {
			*held += c->kind != CONDITION_NONE;
			all = all.len ? str_printf(arena, "%.*s; %.*s", STR_ARG(all), STR_ARG(text)) : text;
		} else if (!failed.len) {
			bool there = met && c->kind == CONDITION_NONE;
			failed = str_printf(arena, "%s: %.*s", there ? "it is there" : "does not hold", STR_ARG(text));
		}
	}
	return failed.len ? failed : all;
}

static struct explained_bid bid_of(struct arena *arena, const struct specs *specs, const struct spec *spec,
                                   const struct sketch *sketch, struct str name)
{
	struct explained_bid out = {.format = str_dup(arena, spec->format),
	                            .spec = str_dup(arena, spec->file),
	                            .score = spec_bid(specs, spec, sketch, name)};
	for (size_t i = 0; i < spec->bid_count; i++) {
		size_t held;
		struct str why = bid_text(arena, spec, &spec->bids[i], sketch, &held);
		bool holds = true;
		for (size_t k = 0; k < spec->bids[i].condition_count && holds; k++)
			holds = spec_condition_holds(spec, &spec->bids[i].conditions[k], sketch, NULL);
		if (out.score ? holds && spec->bids[i].score == out.score : !out.why.len || held > out.held) {
			out.why = why;
			out.held = held;
		}
	}
	if (!out.why.len && spec->name_prefix.len)
		out.why = str_printf(arena,
		                     out.score ? "the file's name begins with \"%.*s\""
		                               : "does not hold: the file's name begins with \"%.*s\"",
		                     STR_ARG(spec->name_prefix));
	return out;
}

static int nearer(const void *a, const void *b)
{
	const struct explained_bid *x = a, *y = b;
	if (x->score != y->score) return x->score > y->score ? -1 : 1;
	if (!x->score && x->held != y->held) return x->held > y->held ? -1 : 1;
	return str_cmp(x->spec, y->spec); /* the earlier name wins a tie */
}

void explain_bids(struct explain *explain, const struct specs *specs, const struct sketch *sketch,
                  const struct walk_file *walked, const struct spec *chosen)
{
	struct arena *arena = &explain->arena;
	ARRAY_RESERVE(explain->files, explain->count, explain->capacity);
	struct explained_file *file = &explain->files[explain->count++];
	struct str name = str_after_last(walked->path, '/');
	*file = (struct explained_file){.name = str_dup(arena, walked->reached)};
	if (chosen) {
		file->format = str_dup(arena, chosen->format);
		file->spec = str_dup(arena, chosen->file);
	}
	file->bids = ARENA_ARRAY(arena, struct explained_bid, specs->count + 1);
	for (size_t i = 0; i < specs->count; i++)
		file->bids[file->bid_count++] = bid_of(arena, specs, &specs->specs[i], sketch, name);
	qsort(file->bids, file->bid_count, sizeof(*file->bids), nearer);
	file->paths = ARENA_ARRAY(arena, struct explained_path, FRAMING_PATHS);
	file->records = ARENA_ARRAY(arena, struct explained_record, FRAMING_PATHS);
}

/* ---- records ---- */

void explain_record(struct explain *explain, struct reading *r, const struct record_spec *spec,
                    const struct frame_record *record)
{
	struct arena *arena = &explain->arena;
	struct explained_file *file = &explain->files[explain->count - 1];
	const struct framing_path *path = &r->framing->paths[record->path];
	size_t p = 0, k = 0;
	while (p < file->path_count &&
	       !(str_eq(file->paths[p].at, path->in_file) && str_eq(file->paths[p].kind, spec->name)))
		p++;
	if (p == file->path_count)
		file->paths[file->path_count++] =
		    (struct explained_path){str_dup(arena, spec->name), str_dup(arena, path->in_file), 0};
	file->paths[p].records++;
	while (k < file->record_count && file->records[k].spec != spec) k++;
	if (k < file->record_count) return;
	uint32_t *indexes = ARENA_ARRAY(arena, uint32_t, EXPR_INDEXES);
	for (size_t i = r->framing->listed; i < record->index_count && i - r->framing->listed < EXPR_INDEXES; i++)
		indexes[i - r->framing->listed] = record->indexes[i];
	file->records[file->record_count++] =
	    (struct explained_record){.spec = spec,
	                              .kind = str_dup(arena, spec->name),
	                              .at = str_dup(arena, path->at),
	                              .pointer = str_dup(arena, record_pointer(r, record, 0)),
	                              .bytes = str_dup(arena, record->bytes),
	                              .offset = record->offset + r->skipped,
	                              .length = record->length,
	                              .document = reading_document(r, record),
	                              .indexes = indexes,
	                              .index_count = EXPR_INDEXES};
}

/* ---- fields ---- */

struct fields {
	struct explained_field **fields;
	size_t *count, *capacity;
};

static struct explained_field *add(struct fields into, struct arena *arena, struct str name, struct str value,
                                   const struct expr_trace *trace)
{
	ARRAY_RESERVE(*into.fields, *into.count, *into.capacity);
	struct explained_field *field = &(*into.fields)[(*into.count)++];
	size_t end = value.len < VALUE_BYTES ? value.len : VALUE_BYTES;
	while (end < value.len && ((unsigned char)value.ptr[end] & 0xc0) == 0x80) end--;
	*field = (struct explained_field){.name = str_dup(arena, name)};
	field->value = end < value.len ? str_printf(arena, "%.*s ...", (int)end, value.ptr) : str_dup(arena, value);
	field->sources = ARENA_ARRAY(arena, struct str, EXPR_SOURCES);
	for (size_t i = 0; trace && i < trace->count; i++) {
		bool again = false;
		for (size_t k = 0; k < field->source_count; k++) again |= str_eq(field->sources[k], trace->sources[i]);
		if (!again)
			field->sources[field->source_count++] =
			    str_dup(arena, trace->sources[i]); /* a spec's life is shorter */
	}
	return field;
}

/* Whether a value may hold the secret that a record found; a place, a rule and a verdict do not. */
static bool may_hold_secret(int field)
{
	static const enum field_name harmless[] = {
	    FIELD_TOOL, FIELD_RULE,   FIELD_SEVERITY, FIELD_STATUS, FIELD_SUBJECT, FIELD_UNIT,      FIELD_OWNER,
	    FIELD_IDS,  FIELD_POLICY, FIELD_PATH,     FIELD_SCOPE,  FIELD_LINE,    FIELD_FIRST_SEEN};
	for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++)
		if ((int)harmless[i] == field) return false;
	return true;
}

static struct str kept_word(int field, struct str text)
{
	return field == FIELD_SEVERITY ? str_from(severity_names[reading_severity(text)]) : text;
}

static void explain_finding(struct explain *explain, struct reading *r, struct explained_record *record,
                            struct evaluation *v, void *hook_state)
{
	struct arena *arena = &explain->arena;
	struct fields into = {&record->fields, &record->field_count, &record->field_capacity};
	const struct record_spec *spec = record->spec;
	struct expr_trace traces[FIELD_COUNT] = {0};
	struct str texts[FIELD_COUNT], before[FIELD_COUNT];
	for (int f = 0; f < FIELD_COUNT; f++) {
		traces[f] = (struct expr_trace){.record = spec->projection, .element = spec->each_projection};
		v->trace = &traces[f];
		texts[f] = before[f] = expr_eval(spec->fields[f], v);
	}
	bool finding = !spec->facts && !spec->events && !spec->failures && !spec->commands;
	if (!texts[FIELD_TOOL].len && finding) texts[FIELD_TOOL] = before[FIELD_TOOL] = r->tool;
	v->trace = NULL;
	bool secret = expr_eval(spec->secrets, v).len > 0;
	if (finding) reading_hook(spec, hook_state, v, texts);
	secret = secret || (finding && spec_finds_secrets(r->spec, texts[FIELD_TOOL]));
	texts[FIELD_IDENTITY] = before[FIELD_IDENTITY] = reading_given(spec, texts[FIELD_IDENTITY]);
	texts[FIELD_SNIPPET] = before[FIELD_SNIPPET] = reading_given(spec, texts[FIELD_SNIPPET]);
	for (int f = 0; f < FIELD_COUNT; f++) {
		bool hooked = !str_eq(texts[f], before[f]);
		if (!field_names[f] || (!spec->fields[f] && !texts[f].len)) continue;
		struct str kept = kept_word(f, texts[f]);
		if ((f == FIELD_SNIPPET || (secret && may_hold_secret(f))) && kept.len) {
			add(into, arena, str_from(field_names[f]),
			    secret ? STR("withheld: the record found a secret")
			           : STR("withheld: only its hash is kept"),
			    &traces[f])
			    ->withheld = true;
			continue;
		}
		struct explained_field *field = add(into, arena, str_from(field_names[f]), kept, &traces[f]);
		if (hooked && field->source_count < EXPR_SOURCES)
			field->sources[field->source_count++] = str_printf(arena, "hook %s", spec->hook->name);
	}
	for (size_t i = 0; i <= spec->captured_count; i++) { /* what the record says of its file */
		const struct expr *e = i ? spec->captured[i - 1] : spec->tool_version;
		struct expr_trace trace = {.record = spec->projection, .element = spec->each_projection};
		v->trace = &trace;
		struct str text = expr_eval(e, v);
		if (text.len) add(into, arena, i ? STR("captured") : STR("tool_version"), text, &trace);
		v->trace = NULL;
	}
	for (size_t i = 0; i < spec->fingerprint_count; i++)
		for (size_t k = 0; k < v->field_count; k++)
			if (v->fields[k].number == spec->fingerprints[i] &&
			    reading_is_fingerprint(spec, &v->fields[k])) {
				struct expr_trace trace = {.count = 1};
				trace.sources[0] = projection_pointer(spec->projection, spec->fingerprints[i]);
				add(into, arena, STR("fingerprint"), v->fields[k].key, &trace);
			}
}

/* What is flattened from a resource, as the reader does it, in a snapshot of its own. */
static void explain_facts(struct explain *explain, struct reading *r, struct explained_record *record,
                          struct evaluation *v)
{
	const struct record_spec *spec = record->spec;
	struct fields into = {&record->fields, &record->field_count, &record->field_capacity};
	struct snapshot s;
	if (spec->strings) {
		add(into, &explain->arena, STR("subject"), registry_server(&explain->arena, r->name_scope), NULL);
		add(into, &explain->arena, STR("repositories"), record->bytes, NULL);
		return;
	}
	if (spec->fields[FIELD_FACT]) return;
	snapshot_init(&s);
	struct facts_source source = {.subject = expr_eval(spec->fields[FIELD_SUBJECT], v),
	                              .omit = spec->omit,
	                              .omit_count = spec->omit_count,
	                              .flatten = spec->flatten,
	                              .flatten_count = spec->flatten_count};
	facts_read(&s, record->bytes, &source);
	for (uint32_t i = 0; i < s.fact_count && i < FACTS_SHOWN; i++)
		add(into, &explain->arena,
		    str_printf(&explain->arena, "fact %.*s", STR_ARG(snapshot_string(&s, s.facts[i].name))),
		    snapshot_string(&s, s.facts[i].value), NULL);
	snapshot_free(&s);
}

static void explain_one(struct explain *explain, struct reading *r, struct explained_record *record,
                        struct documents *documents)
{
	const struct snapshot *s = r->out;
	const struct record_spec *spec = record->spec;
	struct json_fault fault;
	for (uint32_t i = 0; i < s->warning_count && !record->problem.len; i++)
		if (strcmp(s->warnings[i].code, "unreadable_record") == 0 &&
		    str_eq(snapshot_string(s, s->warnings[i].pointer), record->pointer))
			record->problem = str_dup(&explain->arena, snapshot_string(s, s->warnings[i].message));
	if (record->bytes.len < record->length || !project(spec->projection, record->bytes, &r->projected, &fault))
		return;
	documents_go(documents, record->document);
	struct evaluation v = {.arena = &explain->arena,
	                       .fields = r->projected.fields,
	                       .field_count = r->projected.count,
	                       .document = &documents->document,
	                       .at = record->at,
	                       .indexes = record->indexes,
	                       .index_count = record->index_count,
	                       .name_scope = r->name_scope,
	                       .problem_field = -1};
	for (size_t i = 0; spec->each_projection && i < r->projected.count; i++) {
		size_t merged;
		if (v.fields[i].number != spec->each) continue;
		if (!reading_element(r, spec, v.fields, v.field_count, &v.fields[i], &merged, &fault)) break;
		v.fields = r->merged;
		v.field_count = merged;
		break;
	}
	explain_finding(explain, r, record, &v, documents_hook(documents));
	if (spec->facts) explain_facts(explain, r, record, &v);
}

void explain_resolve(struct explain *explain, struct reading *r, struct documents *documents)
{
	struct expr_document *document = &documents->document;
	struct explained_file *file = &explain->files[explain->count - 1];
	const struct spec *spec = r->spec;
	struct fields into = {&file->fields, &file->field_count, &file->field_capacity};
	struct {
		const char *name;
		const struct expr *expr;
	} singles[] = {{"tool", spec->tool_expr}, {"tool_version", spec->tool_version},
	               {"covers", spec->covers},  {"failed", spec->failed},
	               {"next", spec->next},      {"count", spec->count},
	               {"total", spec->total}};
	for (size_t i = 0; i < sizeof(singles) / sizeof(*singles); i++) {
		struct expr_trace trace = {0};
		struct evaluation v = {
		    .arena = &explain->arena, .trace = &trace, .document = document, .name_scope = r->name_scope};
		struct str text = expr_eval(singles[i].expr, &v);
		if (i == 0 && !text.len)
			text = r->out->inputs[0].tool ? snapshot_string(r->out, r->out->inputs[0].tool) : r->tool;
		if (text.len) add(into, &explain->arena, str_from(singles[i].name), text, &trace);
	}
	for (size_t i = 0; i < spec->captured_count; i++) {
		struct expr_trace trace = {0};
		struct evaluation v = {.arena = &explain->arena, .trace = &trace, .document = document};
		int64_t instant;
		struct str text = expr_eval(spec->captured[i], &v);
		if (!instant_parse(text, &instant)) continue;
		add(into, &explain->arena, STR("captured"), text, &trace);
		break;
	}
	for (size_t i = 0; i < file->record_count; i++) explain_one(explain, r, &file->records[i], documents);
}

void explain_free(struct explain *explain)
{
	for (size_t i = 0; i < explain->count; i++) {
		for (size_t k = 0; k < explain->files[i].record_count; k++) free(explain->files[i].records[k].fields);
		free(explain->files[i].fields);
	}
	free(explain->files);
	arena_free(&explain->arena);
}
