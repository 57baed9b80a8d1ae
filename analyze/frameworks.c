/* How it works: a framework's JSON is read once into flat lists, and every mapping goes into one chained table:
 *
 *     keys: "A:090c7b07-..." -> number n -> first[n - 1] -> maps[i] -> maps[maps[i].next] -> ...
 *
 * A mapping by policy also counts by the policy's name, for exports that do not say the id: Azure's policies stand with their
 * names in templates/crosswalks/azure-policies.json, which is read when the first policy is met.
 */
#include "analyze/frameworks.h"

#include "analyze/control_id.h"
#include "analyze/document.h"
#include "core/templates.h"

#include <stdlib.h>
#include <unistd.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

const char *const scheme_names[SCHEME_COUNT + 1] = {"policy",     "name",       "CWE",     "CCI",       "OWASP-2017",
                                                    "AWS-Config", "ScoutSuite", "Checkov", "Kubescape", "Trivy",
                                                    "Prowler",    "rule",       "id",      NULL};

static const char folder[] = "frameworks/", crosswalks[] = "crosswalks/", suffix[] = ".json";
static const char policies_file[] = "crosswalks/azure-policies.json";

/* ---- names ---- */

/* Names of the templates below a folder, without folder and suffix. */
static const char *const *names_below(struct arena *arena, const char *below, size_t *count)
{
	struct template_file *files;
	size_t n = templates_below(arena, str_from(below), &files);
	const char **names = ARENA_ARRAY(arena, const char *, n + 1);
	*count = 0;
	for (size_t i = 0; i < n; i++) {
		struct str name = str_slice(files[i].name, strlen(below), files[i].name.len);
		if (str_ends(name, str_from(suffix)))
			names[(*count)++] = str_cstr(arena, str_slice(name, 0, name.len - strlen(suffix)));
	}
	return names;
}

const char *const *framework_names(struct arena *arena, size_t *count) { return names_below(arena, folder, count); }

/* The known name that is meant, or NULL. */
static const char *known_name(struct arena *arena, const char *name)
{
	size_t count;
	const char *const *names = framework_names(arena, &count);
	struct str wanted = framework_form(arena, str_from(name));
	for (size_t i = 0; i < count; i++)
		if (str_eq(framework_form(arena, str_from(names[i])), wanted)) return names[i];
	return NULL;
}

bool framework_is_file(const char *name)
{
	struct arena arena = {0};
	bool known = known_name(&arena, name) != NULL;
	arena_free(&arena);
	return !known && (strchr(name, '/') || str_ends(str_from(name), str_from(suffix)) || access(name, F_OK) == 0);
}

/* ---- Azure's policies ---- */

struct policy_name {
	struct str id, name; /* the GUID in lower case */
};

struct reading {
	struct framework *f;
	const struct document *document; /* what is being read: the framework, or a crosswalk */
	struct policy_name *policies;    /* sorted by id; NULL: not read yet */
	size_t policy_count;
	bool shared; /* a crosswalk: it may name controls that this framework has not */
};

static int by_policy_id(const void *a, const void *b)
{
	return str_cmp(((const struct policy_name *)a)->id, ((const struct policy_name *)b)->id);
}

static bool read_policies(struct reading *r)
{
	struct arena *arena = r->f->arena;
	struct error *error = r->document->error;
	struct document document;
	struct str text;
	if (!template_find(str_from(policies_file), &text))
		return error_set(error, ERROR_INPUT, policies_file, "the template is missing");
	if (!document_parse(&document, policies_file, text, arena, error)) return false;
	const cJSON *policies = cJSON_GetObjectItemCaseSensitive(document.root, "policies"), *each;
	bool good = cJSON_IsObject(policies)
	                ? true
	                : document_wrong(&document, document.root, "expected an object \"policies\"");
	size_t count = good ? (size_t)cJSON_GetArraySize(policies) : 0;
	r->policies = ARENA_ARRAY(arena, struct policy_name, count + 1);
	for (each = good ? policies->child : NULL; each && good; each = each->next) {
		if (!cJSON_IsString(each)) good = document_wrong(&document, each, "expected a policy's name");
		if (good)
			r->policies[r->policy_count++] = (struct policy_name){
			    str_lower(arena, str_from(each->string)), str_dup(arena, str_from(each->valuestring))};
	}
	qsort(r->policies, r->policy_count, sizeof(*r->policies), by_policy_id);
	document_free(&document);
	return good;
}

enum { GUID_LENGTH = 36, POLICY_DIGITS = 8 };

/* The policies whose ids begin with the key: how many, and the first. */
static size_t policies_with(const struct reading *r, struct str key, const struct policy_name **found)
{
	size_t low = 0, high = r->policy_count, n = 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (str_cmp(r->policies[middle].id, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*found = &r->policies[low];
	while (low + n < r->policy_count && str_starts(r->policies[low + n].id, key)) n++;
	return n;
}

/* ---- the table of keys ---- */

uint32_t framework_add_source(struct framework *f, struct map_source source)
{
	ARRAY_RESERVE(f->sources, f->source_count, f->source_capacity);
	f->sources[f->source_count] = source;
	return f->source_count++;
}

struct str framework_key(char room[FRAMEWORK_KEY_ROOM], struct arena *arena, enum scheme scheme, struct str key)
{
	char *text = key.len + 2 <= FRAMEWORK_KEY_ROOM ? room : arena_bytes(arena, key.len + 2);
	text[0] = (char)('A' + (int)scheme);
	text[1] = ':';
	str_lower_to(text + 2, key);
	return str_of(text, key.len + 2);
}

void framework_add(struct framework *f, enum scheme scheme, struct str key, uint32_t control, uint32_t source)
{
	struct arena scratch = {0};
	char room[FRAMEWORK_KEY_ROOM];
	uint32_t before = f->keys.count, number = strings_add(&f->keys, framework_key(room, &scratch, scheme, key));
	arena_free(&scratch);
	ARRAY_RESERVE(f->maps, f->map_count, f->map_capacity);
	f->maps[f->map_count] = (struct framework_map){scheme, key, control, source, NO_MAP};
	if (f->keys.count > before) {
		if (number > f->first_capacity) {
			f->first_capacity = f->first_capacity ? f->first_capacity * 2 : 256;
			f->first = memory_grow(f->first, sizeof(*f->first) * f->first_capacity);
		}
		f->first[number - 1] = f->map_count++;
		return;
	}
	uint32_t last = f->first[number - 1];
	for (;; last = f->maps[last].next) {
		if (f->maps[last].control == control) return; /* said once already */
		if (f->maps[last].next == NO_MAP) break;
	}
	f->maps[last].next = f->map_count++;
}

/* node: where the key stands, for messages. */
static bool add_map(struct reading *r, const cJSON *node, enum scheme scheme, struct str key, uint32_t control,
                    uint32_t source)
{
	struct arena *arena = r->f->arena;
	key = str_dup(arena, key);
	if (scheme != SCHEME_POLICY) {
		framework_add(r->f, scheme, key, control, source);
		return true;
	}
	if (!r->policies && !read_policies(r)) return false;
	struct str id = str_lower(arena, key);
	const struct policy_name *policy;
	size_t found = id.len >= POLICY_DIGITS ? policies_with(r, id, &policy) : 0;
	if (found > 1)
		return document_wrong(r->document, node, "several built-in policies begin with \"%.100s\"",
		                      str_cstr(arena, id));
	if (!found && id.len != GUID_LENGTH)
		return document_wrong(
		    r->document, node,
		    "\"%.100s\" is neither a policy's GUID nor the first %d digits of a built-in one's",
		    str_cstr(arena, id), POLICY_DIGITS);
	framework_add(r->f, SCHEME_POLICY, found ? policy->id : id, control, source);
	if (found) framework_add(r->f, SCHEME_NAME, policy->name, control, source);
	return true;
}

/* ---- reading ---- */

/* Calls f for each key of a string (with blanks between) or of a list of strings (each as it is). */
static bool each_key(struct reading *r, const cJSON *node, bool (*f)(void *, const cJSON *, struct str), void *context)
{
	if (cJSON_IsString(node)) {
		struct str all = str_from(node->valuestring);
		for (size_t at = 0; at < all.len;) {
			size_t end = at;
			while (end < all.len && all.ptr[end] != ' ') end++;
			if (end > at && !f(context, node, str_slice(all, at, end))) return false;
			at = end + 1;
		}
		return true;
	}
	if (!cJSON_IsArray(node)) return document_wrong(r->document, node, "expected a string or a list of strings");
	for (const cJSON *each = node->child; each; each = each->next) {
		if (!cJSON_IsString(each)) return document_wrong(r->document, each, "expected a string");
		struct str key = str_trim(str_from(each->valuestring));
		if (!key.len) return document_wrong(r->document, each, "is empty");
		if (!f(context, each, key)) return false;
	}
	return true;
}

static bool read_source(struct reading *r, const cJSON *node, uint32_t *number)
{
	static const struct member members[] = {
	    {"name", MEMBER_TEXT, .at = offsetof(struct map_source, name), .required = true},
	    {"version", MEMBER_TEXT, .at = offsetof(struct map_source, version)},
	    {"licence", MEMBER_TEXT, .at = offsetof(struct map_source, licence)},
	    {"note", MEMBER_TEXT, .at = offsetof(struct map_source, note)},
	};
	struct framework *f = r->f;
	struct str none = STR_EMPTY;
	struct map_source source = {none, none, none, none};
	if (node && !document_members(r->document, node, members, COUNT(members), &source)) return false;
	if (!node) source.name = f->name;
	*number = framework_add_source(f, source);
	return true;
}

static bool scheme_of(struct reading *r, const cJSON *node, const char *word, enum scheme *scheme)
{
	for (int i = 0; i < SCHEME_COUNT; i++)
		if (str_eq_nocase(str_from(word), str_from(scheme_names[i]))) {
			*scheme = (enum scheme)i;
			return true;
		}
	struct str hint = document_suggest(r->f->arena, str_from(word), scheme_names, SCHEME_COUNT);
	return document_wrong_name(r->document, node, "unknown scheme \"%.100s\"%.*s", word, STR_ARG(hint));
}

struct putting {
	struct reading *r;
	enum scheme scheme;
	struct str key;
	uint32_t control, source;
};

static bool put_key(void *context, const cJSON *node, struct str key)
{
	const struct putting *p = context;
	return add_map(p->r, node, p->scheme, key, p->control, p->source);
}

static bool put_control(void *context, const cJSON *node, struct str id)
{
	const struct putting *p = context;
	uint32_t control = framework_control(p->r->f, id);
	if (control != NO_CONTROL) return add_map(p->r, node, p->scheme, p->key, control, p->source);
	if (p->r->shared) return true;
	return document_wrong(p->r->document, node, "there is no control \"%.100s\"", str_cstr(p->r->f->arena, id));
}

struct written_control {
	struct framework_control control;
	const cJSON *maps, *node;
	size_t place; /* in the file */
};

static int by_number(const void *a, const void *b)
{
	return control_id_compare(((const struct written_control *)a)->control.id,
	                          ((const struct written_control *)b)->control.id);
}

static bool put_controls(struct reading *r, struct written_control *list, size_t count, uint32_t source)
{
	struct framework *f = r->f;
	for (size_t i = 1; i < count; i++)
		if (str_eq_nocase(list[i - 1].control.id, list[i].control.id)) {
			const struct written_control *later = &list[list[i].place > list[i - 1].place ? i : i - 1];
			return document_wrong(r->document, later->node, "the control \"%.100s\" is there twice",
			                      str_cstr(f->arena, list[i].control.id));
		}
	f->controls = ARENA_ARRAY(f->arena, struct framework_control, count + 1);
	f->of_form = ARENA_ARRAY(f->arena, uint32_t, count + 1);
	for (size_t i = 0; i < count; i++) {
		f->controls[f->control_count] = list[i].control;
		uint32_t before = f->forms.count;
		uint32_t number = strings_add(&f->forms, control_id_form(f->arena, list[i].control.id));
		if (f->forms.count > before) f->of_form[number - 1] = f->control_count; /* the first of equal forms */
		f->control_count++;
	}
	for (size_t i = 0; i < count; i++)
		for (const cJSON *each = list[i].maps ? list[i].maps->child : NULL; each; each = each->next) {
			struct putting p = {.r = r, .control = (uint32_t)i, .source = source};
			if (!scheme_of(r, each, each->string, &p.scheme) || !each_key(r, each, put_key, &p))
				return false;
		}
	return true;
}

static bool read_controls(struct reading *r, const cJSON *nodes, uint32_t source)
{
	static const struct member members[] = {
	    {"id", MEMBER_TEXT, .at = offsetof(struct written_control, control.id), .required = true},
	    {"title", MEMBER_TEXT, .at = offsetof(struct written_control, control.title)},
	    {"maps", MEMBER_OBJECT, .at = offsetof(struct written_control, maps)},
	};
	size_t count = 0;
	struct written_control *list =
	    ARENA_ARRAY(r->f->arena, struct written_control, (size_t)cJSON_GetArraySize(nodes) + 1);
	for (const cJSON *each = nodes->child; each; each = each->next) {
		struct written_control *control = &list[count++];
		control->control = (struct framework_control){STR_EMPTY, STR_EMPTY};
		control->node = each;
		control->place = count;
		if (!document_members(r->document, each, members, COUNT(members), control)) return false;
		control->control.id = str_trim(control->control.id);
		if (!control_id_form(r->f->arena, control->control.id).len)
			return document_wrong(r->document, each, "a control's id needs a letter or a digit");
	}
	if (!count) return document_wrong(r->document, nodes, "a framework needs a control");
	qsort(list, count, sizeof(*list), by_number);
	return put_controls(r, list, count, source);
}

static bool read_mappings(struct reading *r, const cJSON *nodes)
{
	struct {
		struct str scheme;
		const cJSON *source, *maps;
	} read;
	const struct member members[] = {
	    {"scheme", MEMBER_TEXT, .at = 0, .words = scheme_names, .required = true},
	    {"source", MEMBER_OBJECT, .at = sizeof(struct str), .required = true},
	    {"maps", MEMBER_OBJECT, .at = sizeof(struct str) + sizeof(const cJSON *), .required = true},
	};
	for (const cJSON *node = nodes ? nodes->child : NULL; node; node = node->next) {
		struct putting p = {.r = r};
		memset(&read, 0, sizeof(read));
		if (!document_members(r->document, node, members, COUNT(members), &read) ||
		    !scheme_of(r, node, str_cstr(r->f->arena, read.scheme), &p.scheme) ||
		    !read_source(r, read.source, &p.source))
			return false;
		for (const cJSON *each = read.maps->child; each; each = each->next) {
			p.key = str_from(each->string);
			if (!p.key.len) return document_wrong_name(r->document, each, "a key is empty");
			if (!each_key(r, each, put_control, &p)) return false;
		}
	}
	return true;
}

/* A file of templates/crosswalks: {"about": "...", "mappings": [...]}. */
static bool read_crosswalk(struct reading *r, const char *name)
{
	struct arena *arena = r->f->arena;
	struct str file = str_printf(arena, "%s%s%s", crosswalks, name, suffix), text, about;
	const struct document *outer = r->document;
	struct document document;
	if (!template_find(file, &text)) {
		size_t count;
		const char *const *names = names_below(arena, crosswalks, &count);
		struct str hint = document_suggest(arena, str_from(name), names, count);
		const cJSON *node = cJSON_GetObjectItemCaseSensitive(outer->root, "crosswalks");
		return document_wrong(outer, node, "unknown crosswalk \"%.100s\"%.*s", name, STR_ARG(hint));
	}
	if (!document_parse(&document, str_cstr(arena, file), text, arena, outer->error)) return false;
	struct {
		struct str about;
		const cJSON *mappings;
	} read = {STR_EMPTY, NULL};
	const struct member members[] = {
	    {"about", MEMBER_TEXT, .at = 0},
	    {"mappings", MEMBER_LIST, .at = sizeof(about), .required = true},
	};
	r->document = &document;
	r->shared = true;
	bool good = document_members(&document, document.root, members, COUNT(members), &read) &&
	            read_mappings(r, read.mappings);
	r->document = outer;
	r->shared = false;
	document_free(&document);
	return good;
}

struct written_framework {
	struct str name, title, version, about;
	struct str *aliases, *crosswalks;
	size_t alias_count, crosswalk_count;
	const cJSON *source, *controls, *mappings;
};

static void put_aliases(struct framework *f, const struct written_framework *w)
{
	f->aliases = ARENA_ARRAY(f->arena, struct str, w->alias_count + 1);
	f->aliases[f->alias_count++] = framework_form(f->arena, w->name);
	for (size_t i = 0; i < w->alias_count; i++)
		f->aliases[f->alias_count++] = framework_form(f->arena, w->aliases[i]);
}

static bool read_framework(struct framework *f, const struct document *document)
{
	static const struct member members[] = {
	    {"framework", MEMBER_TEXT, .at = offsetof(struct written_framework, name), .required = true},
	    {"title", MEMBER_TEXT, .at = offsetof(struct written_framework, title)},
	    {"version", MEMBER_TEXT, .at = offsetof(struct written_framework, version)},
	    {"about", MEMBER_TEXT, .at = offsetof(struct written_framework, about)},
	    {"source", MEMBER_OBJECT, .at = offsetof(struct written_framework, source)},
	    {"aliases", MEMBER_TEXTS, .at = offsetof(struct written_framework, aliases),
	     .count_at = offsetof(struct written_framework, alias_count)},
	    {"crosswalks", MEMBER_TEXTS, .at = offsetof(struct written_framework, crosswalks),
	     .count_at = offsetof(struct written_framework, crosswalk_count)},
	    {"controls", MEMBER_LIST, .at = offsetof(struct written_framework, controls), .required = true},
	    {"mappings", MEMBER_LIST, .at = offsetof(struct written_framework, mappings)},
	};
	struct reading r = {.f = f, .document = document};
	struct written_framework w = {.name = STR_EMPTY, .title = STR_EMPTY, .version = STR_EMPTY, .about = STR_EMPTY};
	uint32_t source;
	if (!document_members(document, document->root, members, COUNT(members), &w)) return false;
	f->name = str_trim(w.name);
	f->title = w.title.len ? w.title : f->name;
	f->version = w.version;
	f->about = w.about;
	if (!framework_form(f->arena, f->name).len)
		return document_wrong(document, cJSON_GetObjectItemCaseSensitive(document->root, "framework"),
		                      "a framework's name needs a letter or a digit");
	put_aliases(f, &w);
	if (!read_source(&r, w.source, &source) || !read_controls(&r, w.controls, source) ||
	    !read_mappings(&r, w.mappings))
		return false;
	for (size_t i = 0; i < w.crosswalk_count; i++)
		if (!read_crosswalk(&r, str_cstr(f->arena, w.crosswalks[i]))) return false;
	return true;
}

/* Known names that the wanted one is a part of ("NIST"), else the nearest one, else where to find them. */
static struct str name_hint(struct arena *arena, const char *name)
{
	enum { MOST = 8 };
	size_t count, n = 0;
	const char *const *names = framework_names(arena, &count);
	struct str wanted = framework_form(arena, str_from(name)), text = STR_EMPTY;
	for (size_t i = 0; i < count && wanted.len; i++) {
		if (str_find(framework_form(arena, str_from(names[i])), wanted) == SIZE_MAX) continue;
		if (n++ < MOST) text = str_printf(arena, "%.*s%s%s", STR_ARG(text), n > 1 ? ", " : "", names[i]);
	}
	if (n) return str_printf(arena, "; there are %.*s%s", STR_ARG(text), n > MOST ? ", ..." : "");
	const char *nearest = document_nearest(str_from(name), names, count);
	if (nearest) return str_printf(arena, "; did you mean \"%s\"?", nearest);
	return STR("; `dossier controls` lists them");
}

bool framework_read(struct framework *f, const char *name, struct arena *arena, struct error *error)
{
	struct document document;
	struct str text = STR_EMPTY;
	const char *known = known_name(arena, name);
	*f = (struct framework){.arena = arena};
	if (known) {
		struct str file = str_printf(arena, "%s%s%s", folder, known, suffix);
		if (!template_find(file, &text) || !document_parse(&document, file.ptr, text, arena, error))
			return false;
	} else if (framework_is_file(name)) {
		if (!document_read(&document, name, arena, error)) return false;
	} else {
		struct str hint = name_hint(arena, name);
		return error_set(error, ERROR_INPUT, NULL, "there is no framework \"%.100s\"%.*s", name, STR_ARG(hint));
	}
	bool good = read_framework(f, &document);
	document_free(&document);
	if (!good) framework_free(f);
	return good;
}

void framework_free(struct framework *f)
{
	free(f->sources);
	free(f->maps);
	free(f->first);
	strings_free(&f->keys);
	strings_free(&f->forms);
	*f = (struct framework){0};
}

/* ---- asking ---- */

uint32_t framework_control(const struct framework *f, struct str id)
{
	struct arena scratch = {0};
	struct str form = control_id_form(&scratch, id);
	uint32_t number = strings_find(&f->forms, form);
	if (!number) {
		struct str whole = control_id_whole(form);
		number = whole.len ? strings_find(&f->forms, whole) : 0;
	}
	arena_free(&scratch);
	return number ? f->of_form[number - 1] : NO_CONTROL;
}

bool framework_is_called(const struct framework *f, struct str name)
{
	struct arena scratch = {0};
	struct str form = framework_form(&scratch, name);
	bool called = false;
	for (size_t i = 0; i < f->alias_count && !called; i++) called = str_eq(f->aliases[i], form);
	arena_free(&scratch);
	return called;
}
