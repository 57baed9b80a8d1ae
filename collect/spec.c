/* How a spec becomes tables: its JSON is merged over the one it is "like", then read member by member; every expression
 * adds its paths to the record's projection, every document pointer to the list of what the envelope keeps.
 */
#include "collect/spec.h"

#include "collect/hook.h"
#include "collect/spec_text.h"
#include "core/json_names.h"
#include "core/templates.h"

#include <stdio.h>
#include <stdlib.h>

const char *const field_names[FIELD_COUNT] = {
    "tool",
    "rule",
    "title",
    "severity",
    "status",
    "subject",
    "unit",
    "owner",
    "ids",
    "policy",
    "path",
    "nature",
    "scope",
    "waiver",
    "waiver_state",
    "waiver_reason",
    "waiver_by",
    "waiver_until",
    "waiver_products",
    "epss",
    "line",
    "package",
    "version",
    "fixed_version",
    "purl",
    "first_seen",
    "message",
    "snippet",
    "identity",
    "ended",
    "arrived",
    "state",
    "fact",
    "value",
};

const char *const nature_names[NATURE_COUNT] = {"weakness", "vulnerability", "posture"};

struct builder {
	struct arena *arena;
	struct arena scratch; /* of a bid */
	struct sketch_questions *questions;
	struct spec *spec;
	struct record_spec *record;
	const char *file, *base_file; /* base: what it is "like"; NULL: nothing */
	struct str text, base_text;
	struct str place; /* of what is being read: "/records/0" */
	const cJSON *define;
	struct error *error;
};

/* Gives an error about a key its line: where the key stands, else what should have it, in this file or in what it is like. */
static bool placed(struct builder *b, struct str key)
{
	struct str records = STR("/records");
	struct str inherited = str_starts(b->place, records) ? STR("/record_defaults") : b->place;
	struct str text = b->text;
	const char *file = b->file;
	size_t offset = spec_text_member(text, b->place, key);
	if (offset == SIZE_MAX && b->base_file) {
		offset = spec_text_member(b->base_text, b->place, key);
		if (offset == SIZE_MAX) offset = spec_text_member(b->base_text, inherited, key);
		if (offset != SIZE_MAX) text = b->base_text, file = b->base_file;
	}
	if (offset == SIZE_MAX) offset = spec_text_value(text, b->place);
	if (offset == SIZE_MAX) offset = 0;
	char message[sizeof(b->error->message)];
	uint32_t line, column;
	memcpy(message, b->error->message, sizeof(message));
	spec_text_line(text, offset, &line, &column);
	return error_at(b->error, file, offset, line, column, "%s", message);
}

static bool wrong(struct builder *b, const char *key, const char *what)
{
	error_set(b->error, ERROR_INPUT, b->file, "\"%s\": %s", key, what);
	return placed(b, str_from(key));
}

/* A member that there is not, and the one that may have been meant. */
static bool unknown(struct builder *b, const char *key, const char *of_what, const char *const *names, size_t count)
{
	const char *nearest = spec_text_nearest(key, names, count);
	struct str what = nearest ? str_printf(b->arena, "is no member of %s; did you mean \"%s\"?", of_what, nearest)
	                          : str_printf(b->arena, "is no member of %s", of_what);
	return wrong(b, key, what.ptr);
}

static bool read_switch(struct builder *b, const cJSON *object, const char *key, bool *out)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
	*out = cJSON_IsTrue(item);
	return !item || cJSON_IsBool(item) || wrong(b, key, "must be true or false");
}

static bool read_text(struct builder *b, const cJSON *object, const char *key, struct str *out)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
	if (cJSON_IsString(item)) *out = str_dup(b->arena, str_from(item->valuestring));
	return !item || cJSON_IsString(item) || wrong(b, key, "must be a text");
}

static bool keep(void *context, struct str pointer)
{
	struct builder *b = context;
	struct spec *spec = b->spec;
	if (pointer.len && pointer.ptr[0] != '/') return false;
	for (size_t i = 0; i < spec->keep_count; i++)
		if (str_eq(spec->keeps[i], pointer)) return true;
	if (spec->keep_count == spec->keep_capacity) {
		size_t wider = spec->keep_capacity ? spec->keep_capacity * 2 : 16;
		struct str *keeps = ARENA_ARRAY(b->arena, struct str, wider);
		for (size_t i = 0; i < spec->keep_count; i++) keeps[i] = spec->keeps[i];
		spec->keeps = keeps;
		spec->keep_capacity = wider;
	}
	spec->keeps[spec->keep_count++] = pointer;
	return true;
}

static struct expr_compiler compiler(struct builder *b)
{
	struct record_spec *r = b->record;
	return (struct expr_compiler){.arena = b->arena,
	                              .projection = r->projection,
	                              .each = r->each_projection,
	                              .bases = r->bases,
	                              .base_count = r->base_count,
	                              .at = r->at,
	                              .at_count = r->at_count,
	                              .context = b,
	                              .keep = keep,
	                              .file = b->file,
	                              .define = b->define};
}

static bool compile(struct builder *b, const cJSON *json, const char *key, struct expr **out)
{
	struct expr_compiler c = compiler(b);
	*out = expr_compile(&c, json, key, b->error);
	return *out || placed(b, str_from(key));
}

#define OF_THE_RECORD "must come from the record alone"

/* The same of what may be left out, and must not ask the document. */
static bool compile_alone(struct builder *b, const cJSON *json, const char *key, struct expr **out)
{
	if (!json) return true;
	return compile(b, json, key, out) && (!expr_needs_document(*out) || wrong(b, key, OF_THE_RECORD));
}

static bool strings_of(struct builder *b, const cJSON *json, const char *key, struct str *out, size_t *count,
                       size_t max)
{
	const cJSON *item;
	if (json && !cJSON_IsArray(json)) return wrong(b, key, "must be a list of strings");
	cJSON_ArrayForEach(item, json)
	{
		if (!cJSON_IsString(item)) return wrong(b, key, "must be a list of strings");
		if (*count == max) return wrong(b, key, "has too many elements");
		out[(*count)++] = str_dup(b->arena, str_from(item->valuestring));
	}
	return true;
}

static bool exprs_of(struct builder *b, const cJSON *json, const char *key, struct expr **out, size_t *count)
{
	const cJSON *item;
	if (json && !cJSON_IsArray(json)) return wrong(b, key, "must be a list");
	cJSON_ArrayForEach(item, json)
	{
		if (*count == SPEC_CAPTURES) return wrong(b, key, "has too many elements");
		if (!compile(b, item, key, &out[*count])) return false;
		++*count;
	}
	return true;
}

static const cJSON *member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static bool read_hook(struct builder *b, const cJSON *json)
{
	struct record_spec *r = b->record;
	const cJSON *name = member(json, "hook"), *fields = member(json, "hook_fields");
	for (size_t i = 0; i < SPEC_HOOK_FIELDS; i++) r->hook_fields[i] = -1;
	r->path_index = -1;
	const cJSON *given;
	if (!name) return !fields || wrong(b, "hook_fields", "there is no hook to have them");
	r->hook = cJSON_IsString(name) ? hook_find(str_from(name->valuestring)) : NULL;
	if (!r->hook) return wrong(b, "hook", "is no hook that dossier has");
	b->spec->hook = r->hook;
	for (size_t i = 0; r->hook->field_names[i]; i++) {
		const cJSON *path = member(fields, r->hook->field_names[i]);
		if (!cJSON_IsString(path))
			return wrong(b, r->hook->field_names[i], "the hook needs its path in \"hook_fields\"");
		r->hook_fields[i] = projection_add(r->projection, str_dup(b->arena, str_from(path->valuestring)));
		if (r->hook_fields[i] < 0) return wrong(b, r->hook->field_names[i], "is no path");
		r->deferred[r->hook_fields[i] / 64] |= UINT64_C(1) << (r->hook_fields[i] % 64);
		if (strcmp(r->hook->field_names[i], "path_index") == 0) r->path_index = r->hook_fields[i];
	}
	cJSON_ArrayForEach(given, fields)
	{
		size_t i = 0;
		while (r->hook->field_names[i] && strcmp(r->hook->field_names[i], given->string) != 0) i++;
		if (!r->hook->field_names[i])
			return unknown(b, given->string, "the hook's \"hook_fields\"", r->hook->field_names, i);
	}
	return true;
}

static bool read_covered_if(struct builder *b, const cJSON *json)
{
	struct record_spec *r = b->record;
	const cJSON *item;
	cJSON_ArrayForEach(item, json)
	{
		bool good = r->covered_count < sizeof(r->covered_if) / sizeof(*r->covered_if) && cJSON_IsString(item) &&
		            item->string[0] == '$' && keep(b, str_dup(b->arena, str_from(item->string + 1)));
		if (!good)
			return wrong(b, "covered_if",
			             "must hold at most four document pointers with the value that they have");
		r->covered_if[r->covered_count].pointer = str_dup(b->arena, str_from(item->string + 1));
		r->covered_if[r->covered_count++].value = str_dup(b->arena, str_from(item->valuestring));
	}
	return true;
}

static bool known_members(struct builder *b, const cJSON *json)
{
	static const char *const others[] = {"name",       "at",      "first",    "nature",       "facts",
	                                     "bases",      "require", "hook",     "omit",         "hook_fields",
	                                     "strings",    "events",  "captured", "fingerprints", "about",
	                                     "each",       "secrets", "failures", "flatten",      "tool_version",
	                                     "covered_if", "when",    "commands", "secret",       "placeholders"};
	enum { OTHERS = sizeof(others) / sizeof(*others) };
	const char *names[OTHERS + FIELD_COUNT];
	size_t count = 0, i;
	for (i = 0; i < OTHERS; i++) names[count++] = others[i];
	for (i = 0; i < FIELD_COUNT; i++) names[count++] = field_names[i];
	const cJSON *item;
	cJSON_ArrayForEach(item, json)
	{
		for (i = 0; i < count && strcmp(names[i], item->string) != 0;) i++;
		if (i == count) return unknown(b, item->string, "a record's spec", names, count);
	}
	return true;
}

/* True, or an expression on the record. */
static bool read_secrets(struct builder *b, const cJSON *json)
{
	cJSON *always = cJSON_CreateString("=true");
	struct expr **out = &b->record->secrets;
	bool good = !json || cJSON_IsFalse(json) || compile(b, cJSON_IsTrue(json) ? always : json, "secrets", out);
	cJSON_Delete(always);
	if (good && expr_needs_document(*out)) return wrong(b, "secrets", "must be true or come from the record alone");
	return good;
}

/* Its value is for the hash alone; a record that nobody said found a secret would print it. */
static bool read_secret(struct builder *b, const cJSON *json)
{
	if (!json) return true;
	if (!compile_alone(b, json, "secret", &b->record->secret)) return false;
	return b->record->secrets || wrong(b, "secret", "has a place only beside \"secrets\"");
}

/* What an expression is called in a message: its path, that of its first alternative, or the name it uses. */
static struct str name_of(struct builder *b, const cJSON *expr)
{
	while (cJSON_IsArray(expr)) expr = expr->child;
	if (cJSON_IsObject(expr)) expr = member(expr, "use");
	return cJSON_IsString(expr) ? str_dup(b->arena, str_from(expr->valuestring)) : STR_EMPTY;
}

/* Where its records stand, and what kind they are of. */
static bool read_places(struct builder *b, const cJSON *json)
{
	struct record_spec *r = b->record;
	if (!read_text(b, json, "name", &r->name)) return false;
	if (!strings_of(b, member(json, "at"), "at", r->at, &r->at_count, SPEC_PATHS)) return false;
	if (r->at_count == 0) return wrong(b, "at", "a record needs at least one path");
	struct projection *paths = projection_new(b->arena, false);
	for (size_t i = 0; i < r->at_count; i++)
		if (projection_add(paths, r->at[i]) < 0)
			return wrong(b, "at", "is no path: expected /... or an empty text");
	if (!read_switch(b, json, "first", &r->first_only) || !read_switch(b, json, "facts", &r->facts) ||
	    !read_switch(b, json, "strings", &r->strings) || !read_switch(b, json, "events", &r->events) ||
	    !read_switch(b, json, "failures", &r->failures) || !read_switch(b, json, "commands", &r->commands))
		return false;
	for (size_t i = 0; i < r->at_count && r->first_only; i++)
		if (r->at[i].len)
			r->arrays[i] = sketch_ask(b->questions, str_slice(r->at[i], 0, str_rfind_char(r->at[i], '/')));
	return true;
}

static bool read_each(struct builder *b, const cJSON *json)
{
	struct record_spec *r = b->record;
	if (!json) return true;
	r->each =
	    cJSON_IsString(json) ? projection_add(r->projection, str_dup(b->arena, str_from(json->valuestring))) : -1;
	if (r->each < 0) return wrong(b, "each", "must be a path in the record");
	r->each_projection = projection_new(b->arena, b->spec->ignore_case);
	return true;
}

static bool read_nature(struct builder *b, const cJSON *json)
{
	struct record_spec *r = b->record;
	if (!json) return true;
	if (cJSON_IsObject(json)) {
		r->nature = NATURE_POSTURE; /* of records that are not all the same the texts are not compared */
		return true;
	}
	for (size_t i = 0; cJSON_IsString(json) && i < NATURE_COUNT; i++)
		if (strcmp(nature_names[i], json->valuestring) == 0) {
			r->nature = (enum nature)i;
			return true;
		}
	return wrong(b, "nature", "must be weakness, vulnerability or posture");
}

/* The finding's fields, and which of the record's a profile or component waits for the document's end with. */
static bool read_fields(struct builder *b, const cJSON *json)
{
	struct record_spec *r = b->record;
	const cJSON *item;
	for (int f = 0; f < FIELD_COUNT; f++) {
		if (!(item = member(json, field_names[f])) || (f == FIELD_NATURE && cJSON_IsString(item))) continue;
		if (!compile(b, item, field_names[f], &r->fields[f])) return false;
		bool component = f >= FIELD_PACKAGE && f <= FIELD_FIRST_SEEN,
		     document = expr_needs_document(r->fields[f]);
		if (f >= FIELD_DEFERRED && !component && document) return wrong(b, field_names[f], OF_THE_RECORD);
		if (f < FIELD_DEFERRED && (f != FIELD_PATH || document)) expr_fields(r->fields[f], r->deferred);
		r->component_deferred |= component && document;
	}
	for (int f = FIELD_PACKAGE; r->component_deferred && f <= FIELD_FIRST_SEEN; f++)
		expr_fields(r->fields[f], r->deferred);
	return true;
}

/* When it is a record at all. */
static bool read_when(struct builder *b, const cJSON *json)
{
	struct record_spec *r = b->record;
	return compile_alone(b, json, "when", &r->when) &&
	       (!json || !expr_needs_element(r->when) || wrong(b, "when", OF_THE_RECORD));
}

static bool read_require(struct builder *b, const cJSON *json)
{
	struct record_spec *r = b->record;
	for (size_t i = 0; i < (size_t)cJSON_GetArraySize(json) && i < SPEC_CAPTURES; i++)
		r->require_names[i] = name_of(b, cJSON_GetArrayItem(json, (int)i));
	return exprs_of(b, json, "require", r->require, &r->require_count);
}

static bool read_fingerprints(struct builder *b, const cJSON *json)
{
	struct record_spec *r = b->record;
	const cJSON *item;
	if (json && !cJSON_IsArray(json)) return wrong(b, "fingerprints", "must be a list of at most four paths");
	cJSON_ArrayForEach(item, json)
	{
		if (r->fingerprint_count == SPEC_FINGERPRINTS || !cJSON_IsString(item))
			return wrong(b, "fingerprints", "must be a list of at most four paths");
		int number = projection_add(r->projection, str_dup(b->arena, str_from(item->valuestring)));
		if (number < 0) return wrong(b, "fingerprints", "is no path");
		r->fingerprints[r->fingerprint_count++] = number;
		r->fingerprint_fields[number / 64] |= UINT64_C(1) << (number % 64);
	}
	return true;
}

static bool read_record(struct builder *b, const cJSON *json)
{
	struct record_spec *r = b->record;
	if (!cJSON_IsObject(json)) return wrong(b, "records", "must hold objects, each with its paths in \"at\"");
	if (!known_members(b, json)) return false;
	r->projection = projection_new(b->arena, b->spec->ignore_case);
	if (!read_places(b, json) || !read_each(b, member(json, "each"))) return false;
	if (r->strings) projection_add(r->projection, STR_EMPTY); /* the record itself */
	if (!strings_of(b, member(json, "bases"), "bases", r->bases, &r->base_count, SPEC_BASES)) return false;
	if (!strings_of(b, member(json, "omit"), "omit", r->omit, &r->omit_count, sizeof(r->omit) / sizeof(*r->omit)))
		return false;
	if (!read_covered_if(b, member(json, "covered_if"))) return false;
	if (!read_secrets(b, member(json, "secrets")) || !read_secret(b, member(json, "secret"))) return false;
	if (!strings_of(b, member(json, "flatten"), "flatten", r->flatten, &r->flatten_count,
	                sizeof(r->flatten) / sizeof(*r->flatten)))
		return false;
	if (!read_nature(b, member(json, "nature")) || !read_fields(b, json)) return false;
	if (!read_when(b, member(json, "when"))) return false;
	if (!compile_alone(b, member(json, "tool_version"), "tool_version", &r->tool_version)) return false;
	if (!read_require(b, member(json, "require"))) return false;
	if (!exprs_of(b, member(json, "captured"), "captured", r->captured, &r->captured_count)) return false;
	if (!read_fingerprints(b, member(json, "fingerprints"))) return false;
	if (!strings_of(b, member(json, "placeholders"), "placeholders", r->placeholders, &r->placeholder_count,
	                SPEC_PLACEHOLDERS))
		return false;
	if (!read_hook(b, json)) return false;
	if (!r->facts && !r->events && !r->failures && !r->commands && !r->hook && !r->fields[FIELD_STATUS])
		return wrong(b, "status", "a finding needs one: without it each of the records would be unreadable");
	return true;
}

/* ---- bids ---- */

enum { POINTERS = 64 }; /* of a condition */

static void ask(struct builder *b, struct condition *c, struct str pointer)
{
	if (c->pointer_count < POINTERS) c->pointers[c->pointer_count++] = sketch_ask(b->questions, pointer);
}

/* "@/x" is a member of a record, "~/x" one below a base of it, "/x" one of the document. */
static void expand(struct builder *b, struct str pointer, struct condition *c)
{
	char mark = pointer.len ? pointer.ptr[0] : '/';
	if (mark != '@' && mark != '~') {
		ask(b, c, pointer);
		return;
	}
	struct str rest = str_slice(pointer, 1, pointer.len);
	for (size_t r = 0; r < b->spec->record_count; r++) {
		const struct record_spec *record = &b->spec->records[r];
		for (size_t a = 0; a < record->at_count; a++)
			for (size_t k = 0; k < (mark == '@' ? 1 : record->base_count); k++) {
				struct str base = mark == '@' ? STR_EMPTY : record->bases[k];
				base = str_concat(&b->scratch, record->at[a], base);
				ask(b, c, str_concat(b->arena, base, rest));
			}
	}
}

static struct condition *condition(struct builder *b, struct bid *bid, int kind)
{
	struct condition *c = &bid->conditions[bid->condition_count++];
	c->kind = kind == 0 ? CONDITION_HAS : kind == 1 ? CONDITION_NONE : CONDITION_IS;
	c->pointers = ARENA_ARRAY(&b->scratch, struct sketch_question, POINTERS);
	return c;
}

static void *packed(struct arena *arena, const void *from, size_t bytes)
{
	return memcpy(arena_alloc(arena, bytes), from, bytes);
}

/* What is asked for every file lies close together, and no longer in its scratch. */
static void pack(struct builder *b, struct bid *bid)
{
	bid->conditions = packed(b->arena, bid->conditions, sizeof(*bid->conditions) * bid->condition_count);
	for (size_t i = 0; i < bid->condition_count; i++) {
		struct condition *c = &bid->conditions[i];
		if (c->pointer_count)
			c->pointers = packed(b->arena, c->pointers, sizeof(*c->pointers) * c->pointer_count);
	}
	arena_reset(&b->scratch);
}

static bool read_bid(struct builder *b, const cJSON *json, struct bid *bid)
{
	enum { MOST = 32 };
	const cJSON *item, *group;
	static const char *const names[] = {"score", "has", "any", "none", "is"};
	item = member(json, "score");
	if (!cJSON_IsNumber(item) || item->valuedouble < 1 || item->valuedouble > 100)
		return wrong(b, "score", "must be a number from 1 to 100");
	bid->score = (int)item->valuedouble;
	bid->conditions = ARENA_ARRAY(&b->scratch, struct condition, MOST);
	cJSON_ArrayForEach(group, json)
	{
		bool has = strcmp(group->string, "has") == 0, any = strcmp(group->string, "any") == 0;
		bool none = strcmp(group->string, "none") == 0, is = strcmp(group->string, "is") == 0;
		if (strcmp(group->string, "score") == 0) continue;
		if (!has && !any && !none && !is)
			return unknown(b, group->string, "a bid", names, sizeof(names) / sizeof(*names));
		if (is ? !cJSON_IsObject(group) : !cJSON_IsArray(group))
			return wrong(b, group->string,
			             is ? "must be an object of pointers and texts" : "must be a list of pointers");
		struct condition *shared = any || none ? condition(b, bid, none) : NULL;
		cJSON_ArrayForEach(item, group)
		{
			if (bid->condition_count >= MOST - 1) return wrong(b, group->string, "has too many elements");
			if (!cJSON_IsString(item)) return wrong(b, group->string, "must hold strings");
			struct condition *c = shared ? shared : condition(b, bid, is ? 2 : 0);
			expand(b, str_dup(b->arena, str_from(is ? item->string : item->valuestring)), c);
			if (is) c->value = str_dup(b->arena, str_from(item->valuestring));
		}
	}
	if (!bid->condition_count) return wrong(b, "bid", "a bid without conditions would hold for any file");
	pack(b, bid);
	return true;
}

bool spec_condition_holds(const struct spec *spec, const struct condition *c, const struct sketch *sketch,
                          const struct sketch_path **met)
{
	const struct sketch_path *path = NULL;
	bool holds = c->kind == CONDITION_NONE, decided = false;
	for (size_t i = 0; i < c->pointer_count && !decided; i++) {
		const struct sketch_path *found = sketch_find(sketch, c->pointers[i], spec->ignore_case);
		if (!found) continue;
		path = found;
		decided = c->kind != CONDITION_IS || (path->has_value && str_glob_nocase(c->value, path->value));
	}
	if (met) *met = path;
	return decided ? !holds : holds;
}

static bool bid_holds(const struct spec *spec, const struct bid *bid, const struct sketch *sketch)
{
	for (size_t i = 0; i < bid->condition_count; i++)
		if (!spec_condition_holds(spec, &bid->conditions[i], sketch, NULL)) return false;
	return true;
}

int spec_bid(const struct specs *specs, const struct spec *spec, const struct sketch *sketch, struct str name)
{
	int best = 0;
	for (size_t i = 0; i < spec->bid_count; i++)
		if (spec->bids[i].score > best && bid_holds(spec, &spec->bids[i], sketch)) best = spec->bids[i].score;
	/* What content cannot tell, the name that the plan gives a file says. */
	if (best == 0 && spec->name_prefix.len && str_starts_nocase(name, spec->name_prefix) &&
	    ((sketch->string_array && spec->records[0].strings) || specs_empty_list(specs, sketch)))
		best = 10;
	return best;
}

static void ask_wrappings(struct specs *specs, struct arena *arena)
{
	static const struct {
		const char *list, *beside;
	} rows[SPEC_WRAPPINGS] = {{"/value", ""}, {"/data", ""}, {"/items", "/kind"}};
	for (int i = 0; i < SPEC_WRAPPINGS; i++) {
		struct str list = str_from(rows[i].list), element = str_concat(arena, list, STR("/*"));
		specs->wrappings[i].list = sketch_ask(&specs->questions, list);
		specs->wrappings[i].element = sketch_ask(&specs->questions, element);
		specs->wrappings[i].beside = sketch_ask(&specs->questions, str_from(rows[i].beside));
	}
}

bool specs_empty_list(const struct specs *specs, const struct sketch *sketch)
{
	if (!sketch->json || !sketch->complete) return false;
	if (sketch->root_kind == JSON_ARRAY) return sketch->bare;
	for (int i = 0; i < SPEC_WRAPPINGS; i++) {
		const struct sketch_path *list = sketch_find(sketch, specs->wrappings[i].list, true);
		if (list && (list->kinds >> JSON_ARRAY & 1) &&
		    !sketch_find(sketch, specs->wrappings[i].element, true) &&
		    sketch_find(sketch, specs->wrappings[i].beside, false))
			return true;
	}
	return false;
}

/* ---- choosing: the bids by what they offer, until one holds ---- */

static int by_offer(const void *a, const void *b)
{
	const struct offer *x = a, *y = b;
	if (x->score != y->score) return x->score > y->score ? -1 : 1;
	return x->spec < y->spec ? -1 : x->spec > y->spec;
}

static void rank(struct specs *specs, struct arena *arena)
{
	for (size_t i = 0; i < specs->count; i++) specs->offer_count += specs->specs[i].bid_count;
	specs->offers = ARENA_ARRAY(arena, struct offer, specs->offer_count);
	struct offer *next = specs->offers;
	for (size_t i = 0; i < specs->count; i++)
		for (size_t k = 0; k < specs->specs[i].bid_count; k++)
			*next++ =
			    (struct offer){&specs->specs[i], &specs->specs[i].bids[k], specs->specs[i].bids[k].score};
	if (specs->offer_count) qsort(specs->offers, specs->offer_count, sizeof(*specs->offers), by_offer);
}

bool spec_finds_secrets(const struct spec *spec, struct str tool)
{
	for (size_t i = 0; i < spec->secret_tool_count; i++)
		if (str_glob_nocase(spec->secret_tools[i], tool)) return true;
	return false;
}

const struct spec *specs_choose(const struct specs *specs, const struct sketch *sketch, struct str name)
{
	struct offer best = {0};
	for (size_t i = 0; i < specs->offer_count && !best.spec; i++)
		if (bid_holds(specs->offers[i].spec, specs->offers[i].bid, sketch)) best = specs->offers[i];
	for (size_t i = 0; i < specs->count; i++) {
		const struct spec *spec = &specs->specs[i];
		if (!spec->name_prefix.len || !str_starts_nocase(name, spec->name_prefix)) continue;
		struct offer offer = {.spec = spec, .score = spec_bid(specs, spec, sketch, name)};
		if (offer.score && (!best.spec || by_offer(&offer, &best) < 0)) best = offer;
	}
	return best.spec;
}

/* ---- a whole spec ---- */

/* Members of `from` that `into` lacks are copied; a record's come from "record_defaults". */
static void inherit(cJSON *into, const cJSON *from)
{
	const cJSON *item;
	cJSON_ArrayForEach(item, from)
	{
		if (strcmp(item->string, "record_defaults") != 0 && strcmp(item->string, "about") != 0 &&
		    !cJSON_HasObjectItem(into, item->string))
			cJSON_AddItemToObject(into, item->string, cJSON_Duplicate(item, true));
	}
	cJSON *record;
	cJSON_ArrayForEach(record, member(into, "records"))
	{
		cJSON_ArrayForEach(item, member(from, "record_defaults"))
		{
			if (!cJSON_HasObjectItem(record, item->string))
				cJSON_AddItemToObject(record, item->string, cJSON_Duplicate(item, true));
		}
	}
}

static cJSON *parse(struct str text, const char *file, struct error *error)
{
	struct json_fault fault;
	uint32_t line, column;
	cJSON *json = NULL;
	if (json_valid(text, &fault))
		json = cJSON_ParseWithLength(text.ptr, text.len);
	else if (text.len == 0)
		snprintf(fault.message, sizeof(fault.message), "the file is empty");
	if (json && cJSON_IsObject(json)) {
		size_t at = json_repeated_name(text, false), end = at + 1;
		if (at == SIZE_MAX) return json;
		while (end < text.len && text.ptr[end] != '"') end++;
		spec_text_line(text, at, &line, &column);
		error_at(error, file, at, line, column, "%.*s\": is given twice in one object", (int)(end - at),
		         text.ptr + at);
	} else {
		size_t at = json_valid(text, NULL) ? 0 : fault.offset;
		spec_text_line(text, at, &line, &column);
		error_at(error, file, at, line, column, "not a JSON object: %s",
		         at || !json_valid(text, NULL) ? fault.message : "expected '{'");
	}
	cJSON_Delete(json);
	return NULL;
}

/* A text, or a list of them. */
static bool read_name_type(struct builder *b, const cJSON *json)
{
	enum { MOST = 4 };
	struct str types[MOST] = {STR_EMPTY};
	size_t count = 0;
	if (cJSON_IsString(json))
		types[count++] = str_dup(b->arena, str_from(json->valuestring));
	else if (!strings_of(b, json, "name_type", types, &count, MOST))
		return false;
	b->spec->name_type = types[0];
	for (size_t i = 1; i < count; i++)
		b->spec->name_type = str_printf(b->arena, "%.*s %.*s", STR_ARG(b->spec->name_type), STR_ARG(types[i]));
	return true;
}

static bool read_top(struct builder *b, const cJSON *json)
{
	struct spec *spec = b->spec;
	static const char *const known[] = {
	    "format",      "like",   "about",     "bid",    "tool",      "tool_version", "captured",
	    "covers",      "next",   "count",     "total",  "records",   "keep",         "ignore_case",
	    "name_prefix", "failed", "covers_at", "define", "name_type", "named",        "secret_tools"};
	const cJSON *item;
	cJSON_ArrayForEach(item, json)
	{
		bool found = false;
		for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
			found |= strcmp(known[i], item->string) == 0;
		if (!found) return unknown(b, item->string, "a format's spec", known, sizeof(known) / sizeof(*known));
	}
	spec->format = str_dup(b->arena, str_from(member(json, "format")->valuestring));
	if (!read_switch(b, json, "ignore_case", &spec->ignore_case)) return false;
	item = member(json, "tool");
	spec->tool = cJSON_IsString(item) ? str_dup(b->arena, str_from(item->valuestring)) : spec->format;
	if (!strings_of(b, member(json, "secret_tools"), "secret_tools", spec->secret_tools, &spec->secret_tool_count,
	                SPEC_TOOLS))
		return false;
	return read_text(b, json, "name_prefix", &spec->name_prefix) && read_name_type(b, member(json, "name_type"));
}

static bool read_document(struct builder *b, const cJSON *json)
{
	/* Document expressions have no record: they are compiled against an empty one. */
	struct spec *spec = b->spec;
	struct record_spec none = {.projection = projection_new(b->arena, false)};
	b->record = &none;
	const struct {
		const char *key;
		struct expr **out;
	} singles[] = {{"tool_version", &spec->tool_version},
	               {"covers", &spec->covers},
	               {"next", &spec->next},
	               {"count", &spec->count},
	               {"total", &spec->total},
	               {"failed", &spec->failed},
	               {"named", &spec->named}};
	const cJSON *item = member(json, "tool");
	if (item && !cJSON_IsString(item) && !compile(b, item, "tool", &spec->tool_expr)) return false;
	if (!strings_of(b, member(json, "covers_at"), "covers_at", spec->covers_at, &spec->covers_at_count, SPEC_PATHS))
		return false;
	for (; none.at_count < spec->covers_at_count; none.at_count++)
		none.at[none.at_count] = spec->covers_at[none.at_count];
	for (size_t i = 0; i < sizeof(singles) / sizeof(*singles); i++)
		if ((item = member(json, singles[i].key)) && !compile(b, item, singles[i].key, singles[i].out))
			return false;
	if (!exprs_of(b, member(json, "captured"), "captured", spec->captured, &spec->captured_count)) return false;
	if ((item = member(json, "keep")) && !cJSON_IsArray(item))
		return wrong(b, "keep", "must be a list of document pointers");
	cJSON_ArrayForEach(item, member(json, "keep"))
	{
		if (!cJSON_IsString(item) || !keep(b, str_dup(b->arena, str_from(item->valuestring))))
			return wrong(b, "keep", "must be a list of document pointers");
	}
	return true;
}

static bool read_spec(struct builder *b, cJSON *json)
{
	struct spec *spec = b->spec;
	if (!read_top(b, json)) return false;
	b->define = member(json, "define");
	const cJSON *records = member(json, "records"), *item;
	size_t n = (size_t)cJSON_GetArraySize(records);
	if (!cJSON_IsArray(records) || n == 0) return wrong(b, "records", "must be a list of at least one record");
	spec->records = ARENA_ARRAY(b->arena, struct record_spec, n);
	cJSON_ArrayForEach(item, records)
	{
		b->place = str_printf(b->arena, "/records/%zu", spec->record_count);
		b->record = &spec->records[spec->record_count++];
		if (!read_record(b, item)) return false;
	}
	b->place = STR_EMPTY;
	if (!read_document(b, json)) return false;
	const cJSON *bids = member(json, "bid");
	if (bids && !cJSON_IsArray(bids)) return wrong(b, "bid", "must be a list of objects, each with a \"score\"");
	spec->bids = ARENA_ARRAY(b->arena, struct bid, (size_t)cJSON_GetArraySize(bids) + 1);
	cJSON_ArrayForEach(item, bids)
	{
		b->place = str_printf(b->arena, "/bid/%zu", spec->bid_count);
		if (!read_bid(b, item, &spec->bids[spec->bid_count++])) return false;
	}
	return true;
}

static bool load_one(struct specs *specs, struct arena *arena, const struct template_file *file, bool *is_spec,
                     struct error *error)
{
	struct spec *spec = &specs->specs[specs->count];
	struct builder b = {.arena = arena,
	                    .questions = &specs->questions,
	                    .spec = spec,
	                    .file = str_cstr(arena, file->name),
	                    .text = file->text,
	                    .place = STR_EMPTY,
	                    .error = error};
	cJSON *json = parse(file->text, b.file, error);
	if (!json) return false;
	*is_spec = cJSON_IsString(member(json, "format"));
	bool good = true;
	if (*is_spec) {
		const cJSON *like = member(json, "like");
		if (like) {
			struct str base =
			    str_printf(arena, "formats/%s", cJSON_IsString(like) ? like->valuestring : "");
			good = template_find(base, &b.base_text) ||
			       wrong(&b, "like", str_printf(arena, "there is no %.*s", STR_ARG(base)).ptr);
			cJSON *from = good ? parse(b.base_text, base.ptr, error) : NULL;
			good = from != NULL;
			if (from) {
				b.base_file = base.ptr;
				inherit(json, from);
			}
			cJSON_Delete(from);
		}
		spec->file = file->name;
		good = good && read_spec(&b, json);
	}
	cJSON_Delete(json);
	arena_free(&b.scratch);
	return good;
}

bool specs_load(struct specs *specs, struct arena *arena, struct error *error)
{
	struct template_file *files;
	size_t n = templates_below(arena, STR("formats/"), &files);
	*specs = (struct specs){.specs = ARENA_ARRAY(arena, struct spec, n ? n : 1)};
	sketch_questions_init(&specs->questions, arena);
	ask_wrappings(specs, arena);
	for (size_t i = 0; i < n; i++) {
		bool is_spec;
		if (!str_ends(files[i].name, STR(".json"))) continue;
		if (!load_one(specs, arena, &files[i], &is_spec, error)) return false;
		if (is_spec) specs->count++;
	}
	rank(specs, arena);
	return true;
}
