/* What waits for the whole document: each distinct blob becomes one profile; then the findings are walked once, given their
 * profiles, and those whose blob turned out unreadable are taken out and counted.
 */
#include "collect/explain.h"
#include "collect/reading.h"
#include "collect/secret.h"

#include <stdlib.h>

struct resolved {
	uint32_t profile, component; /* component: only if the spec's needs the document */
	struct str path;             /* empty: the finding keeps its own */
	bool secret;                 /* its tool finds nothing else */
	const char *problem;
	struct str value;
};

struct resolver {
	struct reading *r;
	struct documents documents;
	struct arena scratch;
	struct field *fields;
	size_t field_capacity;
	bool assessed; /* the document at hand says what it covers */
	uint32_t tool; /* the last that was looked at, and what it finds */
	bool finds_secrets;
};

static size_t decode(struct resolver *x, struct str blob, uint32_t head[2], struct str *kinds)
{
	size_t at = sizeof(uint32_t[2]), count = 0;
	memcpy(head, blob.ptr, at);
	*kinds = STR_EMPTY;
	while (at + 8 <= blob.len) {
		uint16_t number;
		uint32_t length;
		memcpy(&number, blob.ptr + at, 2);
		memcpy(&length, blob.ptr + at + 4, 4);
		struct str raw = str_slice(blob, at + 8, at + 8 + length);
		if (number == KINDS_FIELD) {
			*kinds = raw;
		} else {
			ARRAY_RESERVE(x->fields, count, x->field_capacity);
			x->fields[count++] = (struct field){.number = number,
			                                    .kind = (uint8_t)blob.ptr[at + 2],
			                                    .escaped = blob.ptr[at + 3] != 0,
			                                    .raw = raw};
		}
		at += 8 + length;
	}
	return count;
}

enum severity reading_severity(struct str word)
{
	static const struct {
		const char *word;
		enum severity severity;
	} others[] = {{"moderate", SEVERITY_MEDIUM},    {"important", SEVERITY_HIGH}, {"negligible", SEVERITY_INFO},
	              {"informational", SEVERITY_INFO}, {"none", SEVERITY_INFO},      {"defcon1", SEVERITY_CRITICAL}};
	enum severity severity;
	if (severity_from_word(word, &severity)) return severity;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (str_eq_nocase(word, str_from(others[i].word))) return others[i].severity;
	return SEVERITY_UNKNOWN;
}

void reading_hook(const struct record_spec *spec, void *state, struct evaluation *v, struct str *texts)
{
	const struct field *given[SPEC_HOOK_FIELDS] = {0};
	if (!spec->hook) return;
	for (size_t k = 0; spec->hook->field_names[k]; k++)
		for (size_t i = 0; i < v->field_count && !given[k]; i++)
			if (v->fields[i].number == spec->hook_fields[k]) given[k] = &v->fields[i];
	struct draft draft = {.texts = texts, .evaluation = v, .fields = given};
	const char *problem = spec->hook->finish(state, &draft);
	if (problem && !v->problem) v->problem = problem;
}

static bool finds_secrets(struct resolver *x, uint32_t tool)
{
	if (tool == x->tool) return x->finds_secrets;
	x->tool = tool;
	x->finds_secrets = spec_finds_secrets(x->r->spec, snapshot_string(x->r->out, tool));
	return x->finds_secrets;
}

static struct resolved resolve_one(struct resolver *x, struct str blob)
{
	struct reading *r = x->r;
	struct snapshot *s = r->out;
	uint32_t head[2];
	struct str kinds, texts[FIELD_COUNT];
	arena_reset(&x->scratch);
	size_t count = decode(x, blob, head, &kinds);
	const struct record_spec *spec = &r->spec->records[head[0]];
	const uint32_t *parent = tuples_get(&r->parents, head[1]);
	documents_go(&x->documents, (int32_t)parent[1]);
	struct evaluation v = {.arena = &x->scratch,
	                       .fields = x->fields,
	                       .field_count = count,
	                       .document = &x->documents.document,
	                       .at = r->framing->paths[parent[0]].at,
	                       .indexes = parent + 2,
	                       .index_count = EXPR_INDEXES,
	                       .name_scope = r->name_scope,
	                       .problem_field = -1};
	for (int f = 0; f < FIELD_COUNT; f++) texts[f] = STR_EMPTY;
	for (int f = 0; f < FIELD_DEFERRED; f++)
		if (f != FIELD_PATH || expr_needs_document(spec->fields[f])) texts[f] = expr_eval(spec->fields[f], &v);
	if (!texts[FIELD_TOOL].len) texts[FIELD_TOOL] = r->tool;
	if (spec->hook) reading_hook(spec, documents_hook(&x->documents), &v, texts);
	enum status status = STATUS_FAIL;
	int nature = (int)spec->nature;
	for (int i = 0; i < NATURE_COUNT; i++)
		if (str_eq(texts[FIELD_NATURE], str_from(nature_names[i]))) nature = i;
	if (!v.problem && !status_from_word(texts[FIELD_STATUS], &status)) {
		v.problem = texts[FIELD_STATUS].len ? "unknown status" : "has no status";
		v.problem_value = texts[FIELD_STATUS];
	}
	if (v.problem)
		return (struct resolved){.problem = str_cstr(&r->arena, str_from(v.problem)),
		                         .value = str_dup(&r->arena, v.problem_value)};
	if (!s->inputs[0].scope) s->inputs[0].scope = strings_add(&s->strings, texts[FIELD_SCOPE]);
	struct profile p = {
	    .tool = strings_add(&s->strings, texts[FIELD_TOOL]),
	    .rule = strings_add(&s->strings, texts[FIELD_RULE]),
	    .title = strings_add(&s->strings, texts[FIELD_TITLE]),
	    .subject = strings_add(&s->strings, texts[FIELD_SUBJECT]),
	    .unit = snapshot_add_unit(s, texts[FIELD_TOOL], texts[FIELD_UNIT], false),
	    .owner = strings_add(&s->strings, texts[FIELD_OWNER]),
	    .ids = strings_add(&s->strings, texts[FIELD_IDS]),
	    .kinds = strings_add(&s->strings, kinds),
	    .policy = strings_add(&s->strings, texts[FIELD_POLICY]),
	    .severity = (uint8_t)reading_severity(texts[FIELD_SEVERITY]),
	    .status = (uint8_t)status,
	    .nature = (uint8_t)nature,
	    .record_class = (uint8_t)head[0],
	    .waiver = reading_waiver(s, texts),
	    .epss = reading_epss(texts[FIELD_EPSS]),
	};
	return (struct resolved){.profile = snapshot_add_profile(s, &p),
	                         .secret = finds_secrets(x, p.tool),
	                         .component = spec->component_deferred ? reading_component(s, spec, &v) : 0,
	                         .path = texts[FIELD_PATH].len ? str_dup(&r->arena, texts[FIELD_PATH]) : STR_EMPTY};
}

/* The finding, whose place is known now, gets the hash that stands for its secret, and that is its content as a snippet is. */
static void set_secret(struct reading *r, struct finding *f, const struct found_secret *found)
{
	struct snapshot *s = r->out;
	const struct profile *p = snapshot_profile(s, f);
	struct component c = *snapshot_component(s, f);
	struct buf path = {0};
	unsigned char mark[SHA256_BYTES];
	if (found->has_value) {
		secret_mark(found->digest, snapshot_string(s, p->tool), snapshot_string(s, p->rule),
		            snapshot_string(s, p->subject), mark);
		for (size_t i = 0; i < sizeof(f->content); i++) f->content = f->content << 8 | mark[i];
		f->masked = 0;
		f->message |= 1;
	}
	struct str text = snapshot_path(s, f, &path);
	c.message = strings_add(&s->strings, secret_message(&r->arena, found->has_value ? mark : NULL, text));
	f->component = snapshot_add_component(s, &c);
	buf_free(&path);
}

/* Walks findings and sites together, keeping those that are readable at their own index. */
static void apply(struct reading *r, const struct resolved *resolved)
{
	struct snapshot *s = r->out;
	struct site *old = s->sites;
	uint32_t old_count = s->site_count, site = 0, kept = 0, count = s->finding_count;
	s->sites = NULL;
	s->site_count = s->site_capacity = 0;
	size_t secret = 0;
	bool joined = false; /* the last kept finding is the one before, on the same site */
	for (uint32_t i = 0; i < count; i++) {
		while (site + 1 < old_count && old[site + 1].finding <= i) site++;
		bool fresh = old[site].finding == i;
		struct site here = old[site];
		here.index += i - here.finding;
		struct finding f = s->findings[i];
		const struct resolved *result = &resolved[f.profile - 1];
		if (result->problem) {
			struct str parent = snapshot_string(s, here.parent);
			struct str pointer =
			    here.member ? parent : str_printf(&r->arena, "%.*s/%u", STR_ARG(parent), here.index);
			reading_unreadable(r, pointer, span_offset(f.span), result->problem, result->value);
			joined = false;
			continue;
		}
		if (fresh || !joined) {
			here.finding = kept;
			LARGE_RESERVE(s->sites, s->site_count, s->site_capacity);
			s->sites[s->site_count++] = here;
		}
		joined = true;
		f.profile = result->profile;
		if (result->component) f.component = result->component;
		if (result->path.len) reading_set_path(s, &f, result->path);
		while (secret < r->found_secret_count && r->found_secrets[secret].finding < i) secret++;
		if (secret < r->found_secret_count && r->found_secrets[secret].finding == i) {
			set_secret(r, &f, &r->found_secrets[secret]);
		} else if (result->secret) {
			set_secret(r, &f, &(struct found_secret){.has_value = false});
			r->secrets++;
		}
		s->findings[kept++] = f;
	}
	s->finding_count = kept;
	large_free(old);
}

static void cover(struct snapshot *s, uint32_t unit, bool incomplete, enum rule_list rules)
{
	LARGE_RESERVE(s->coverage, s->coverage_count, s->coverage_capacity);
	s->coverage[s->coverage_count++] =
	    (struct coverage){.unit = unit, .input = 0, .incomplete = incomplete, .rules = (uint8_t)rules};
}

static void hook_covers(void *context, const struct hook_unit *unit)
{
	struct reading *r = context;
	cover(r->out, snapshot_add_unit(r->out, unit->tool, unit->target, false), unit->incomplete, unit->rules);
}

static bool is_covered(const struct snapshot *s, uint32_t unit)
{
	for (uint32_t i = 0; i < s->coverage_count; i++)
		if (s->coverage[i].unit == unit) return true;
	return false;
}

/* Units of the places below node that the rest of the path leads to; "*" in `covers` is the place's own index. */
static void cover_place(struct resolver *x, const cJSON *node, struct str at, struct str rest, uint32_t *indexes,
                        size_t depth)
{
	struct reading *r = x->r;
	if (cJSON_IsNull(node)) return;
	if (rest.len == 0) {
		struct evaluation v = {.arena = &r->arena,
		                       .document = &x->documents.document,
		                       .at = at,
		                       .indexes = indexes,
		                       .index_count = depth};
		struct str target = expr_eval(r->spec->covers, &v);
		if (target.len) snapshot_add_unit(r->out, r->tool, target, false);
		x->assessed |= target.len > 0;
		return;
	}
	size_t end = 1;
	while (end < rest.len && rest.ptr[end] != '/') end++;
	struct str name = str_slice(rest, 1, end), left = str_slice(rest, end, rest.len);
	bool any = str_eq(name, STR("*"));
	if (any && depth == EXPR_INDEXES) return;
	if (any) indexes[depth] = 0;
	const cJSON *child;
	cJSON_ArrayForEach(child, node)
	{
		if (any || (child->string && str_eq(name, str_from(child->string))))
			cover_place(x, child, at, left, indexes, depth + any);
		if (any) indexes[depth]++;
	}
}

static void cover_document(struct resolver *x)
{
	struct reading *r = x->r;
	struct documents *d = &x->documents;
	const cJSON *root = d->document.root;
	uint32_t indexes[EXPR_INDEXES] = {0};
	x->assessed = false;
	if (r->spec->hook) r->spec->hook->document(documents_hook(d), &r->arena, root, r->out, hook_covers, r);
	if (r->spec->covers && !r->spec->covers_at_count) cover_place(x, root, STR_EMPTY, STR_EMPTY, indexes, 0);
	for (size_t i = 0; r->spec->covers && i < r->spec->covers_at_count; i++)
		cover_place(x, root, r->spec->covers_at[i], r->spec->covers_at[i], indexes, 0);
}

static void add_coverage(struct resolver *x)
{
	struct reading *r = x->r;
	struct snapshot *s = r->out;
	uint32_t stated = s->coverage_count;
	for (uint32_t unit = 0; unit < s->unit_count; unit++)
		if (stated == 0 || !is_covered(s, unit)) cover(s, unit, r->failures > 0, RULES_UNLISTED);
	struct str scope = r->name_scope;
	if (r->spec->name_type.len && s->inputs[0].records) return; /* the records say it better */
	struct evaluation v = {.arena = &r->arena, .document = &x->documents.document, .name_scope = scope};
	struct str whole = expr_eval(r->spec->records[0].fields[FIELD_SCOPE], &v);
	if (whole.len) scope = whole;
	if (scope.len &&
	    r->spec->name_prefix.len) { /* an empty list that its name scopes is an assessment with no records */
		uint32_t before = s->unit_count, unit = snapshot_add_unit(s, r->spec->format, scope, true);
		if (s->unit_count > before) cover(s, unit, false, RULES_UNLISTED);
		if (!s->inputs[0].scope) s->inputs[0].scope = strings_add(&s->strings, scope);
	}
}

/* ---- the kinds of records that the document has a place for ---- */

/* A node at pointer, "*" being any element: with a value that meets the glob, or, without one, an array. */
static bool document_has(const cJSON *node, struct str pointer, struct str value)
{
	const cJSON *child;
	if (!node) return false;
	if (!pointer.len)
		return value.len ? cJSON_IsString(node) && str_glob_nocase(value, str_from(node->valuestring))
		                 : cJSON_IsArray(node);
	size_t end = 1;
	while (end < pointer.len && pointer.ptr[end] != '/') end++;
	struct str name = str_slice(pointer, 1, end), rest = str_slice(pointer, end, pointer.len);
	cJSON_ArrayForEach(child, node)
	{
		bool here = str_eq(name, STR("*")) || (child->string && str_eq_nocase(name, str_from(child->string)));
		if (here && document_has(child, rest, value)) return true;
	}
	return false;
}

static uint64_t classes_of(const struct spec *spec, const cJSON *document)
{
	uint64_t bits = 0;
	for (size_t i = 0; i < spec->record_count && i < 64; i++) {
		const struct record_spec *record = &spec->records[i];
		bool has = false;
		for (size_t k = 0; k < record->covered_count && !has; k++)
			has = document_has(document, record->covered_if[k].pointer, record->covered_if[k].value);
		for (size_t k = 0; k < record->at_count && !has; k++) {
			size_t slash = str_rfind_char(record->at[k], '/');
			if (slash != SIZE_MAX && slash)
				has = document_has(document, str_slice(record->at[k], 0, slash), STR_EMPTY);
		}
		if (has) bits |= UINT64_C(1) << i;
	}
	return bits;
}

/* Of several documents one that has neither a record nor a place for any is of another format, or says nothing. */
static void check_recognised(struct reading *r, int64_t number, struct str pointer, uint64_t *listed)
{
	if ((size_t)number < r->recognised_count && r->recognised[number]) return;
	if (++*listed > UNREADABLE_LISTED) return;
	snapshot_warn(
	    r->out, "unknown_format", GAP_SCOPE, 0, pointer,
	    str_printf(&r->arena,
	               "document %lld of the file holds nothing that %.*s is read for: carried as evidence, not read",
	               (long long)number + 1, STR_ARG(r->spec->format)));
}

/* The document's own pointer in the file; one after another they have none. */
static struct str document_pointer(struct reading *r, int64_t number)
{
	return r->framing->listed ? str_printf(&r->arena, "/%lld", (long long)number) : STR_EMPTY;
}

static void note_failures(struct reading *r, struct documents *d)
{
	while (r->spec->failed && documents_next(d)) {
		struct evaluation v = {.arena = &r->arena, .document = &d->document};
		struct str failure = expr_eval(r->spec->failed, &v);
		if (failure.len) reading_recognise(r, d->number);
		reading_failure(r, document_pointer(r, d->number), failure);
	}
	documents_rewind(d);
}

static void cover_documents(struct resolver *x)
{
	struct reading *r = x->r;
	struct documents *d = &x->documents;
	struct input *input = &r->out->inputs[0];
	uint64_t unknown = 0;
	input->classes = r->spec->record_count == 1 ? 1 : 0;
	documents_rewind(d);
	while (documents_next(d)) {
		uint64_t classes = classes_of(r->spec, d->document.root);
		cover_document(x);
		input->classes |= classes;
		if (classes || x->assessed) reading_recognise(r, d->number);
		if (d->count > 1) check_recognised(r, d->number, document_pointer(r, d->number), &unknown);
	}
	documents_rewind(d);
}

void reading_resolve(struct reading *r, const cJSON *envelopes)
{
	struct resolver x = {.r = r};
	documents_open(&x.documents, r, envelopes);
	note_failures(r, &x.documents);
	struct resolved *resolved = large_grow(NULL, sizeof(*resolved) * (r->blobs.count + 1));
	for (uint32_t i = 0; i < r->blobs.count; i++) resolved[i] = resolve_one(&x, strings_get(&r->blobs, i + 1));
	apply(r, resolved);
	cover_documents(&x);
	documents_next(&x.documents); /* what is said of the file is what its first document says */
	add_coverage(&x);
	if (r->explain) explain_resolve(r->explain, r, &x.documents);
	documents_close(&x.documents);
	large_free(resolved);
	free(x.fields);
	arena_free(&x.scratch);
}
