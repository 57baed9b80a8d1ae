/* How it works:
 *
 *     row ── keys that it bears ── which of them some framework knows, in their order ── set ── hits
 *
 * The middle is interned, as a string of numbers: only a new one has to be asked what it means. What a framework knows can keep a later key
 * from it (its policy the policy's name), so an answer says that too.
 */
#include "analyze/control_maps.h"

#include "analyze/control_id.h"

#include <stdlib.h>

/* ---- the keys of all frameworks ---- */

static void keys_add(struct control_keys *keys, struct str key, uint32_t framework, uint32_t map)
{
	uint32_t before = keys->keys.count, number = strings_add(&keys->keys, key);
	if (number > keys->first_capacity) {
		keys->first_capacity = keys->first_capacity ? keys->first_capacity * 2 : 256;
		keys->first = memory_grow(keys->first, sizeof(*keys->first) * keys->first_capacity);
	}
	if (keys->keys.count > before) keys->first[number - 1] = NO_MAP;
	uint32_t first = keys->first[number - 1];
	if (first != NO_MAP && keys->answers[first].framework == framework) return;
	ARRAY_RESERVE(keys->answers, keys->count, keys->capacity);
	keys->answers[keys->count] = (struct control_answer){framework, map, first};
	keys->first[number - 1] = keys->count++;
}

static void keys_free(struct control_keys *keys)
{
	strings_free(&keys->keys);
	free(keys->first);
	free(keys->answers);
}

void control_maps_begin(struct control_maps *maps, const struct framework *frameworks, size_t count)
{
	uint32_t controls = 0;
	*maps = (struct control_maps){.frameworks = frameworks, .framework_count = count};
	maps->first_control = memory_grow(NULL, sizeof(uint32_t) * (count + 1));
	for (uint32_t f = 0; f < count; f++) {
		const struct framework *framework = &frameworks[f];
		maps->first_control[f] = controls;
		controls += framework->control_count;
		for (uint32_t n = 1; n <= framework->keys.count; n++)
			keys_add(&maps->keys, strings_get(&framework->keys, n), f, framework->first[n - 1]);
		for (size_t i = 0; i < framework->alias_count; i++)
			keys_add(&maps->names, framework->aliases[i], f, NO_MAP);
	}
	maps->seen = memory_grow(NULL, sizeof(uint32_t) * ((size_t)controls + 1));
	memset(maps->seen, 0, sizeof(uint32_t) * ((size_t)controls + 1));
	maps->start_capacity = 16;
	maps->starts = large_grow(NULL, sizeof(uint32_t) * maps->start_capacity);
	maps->starts[0] = maps->starts[1] = 0;
}

void control_maps_free(struct control_maps *maps)
{
	free(maps->first_control);
	keys_free(&maps->keys);
	keys_free(&maps->names);
	strings_free(&maps->answers);
	strings_free(&maps->texts);
	large_free(maps->hits);
	large_free(maps->starts);
	free(maps->seen);
	*maps = (struct control_maps){0};
}

/* ---- from an answer to a set ---- */

/* One thing that a record says and some framework knows. */
struct said {
	uint32_t key;    /* of control_maps.keys; with GIVEN: of control_maps.texts */
	uint32_t unless; /* 0, or a key: frameworks that know it are not asked */
};
#define GIVEN (UINT32_C(1) << 31)

static uint32_t first_answer(const struct control_keys *keys, uint32_t number)
{
	return number ? keys->first[number - 1] : NO_MAP;
}

static bool knows(const struct control_maps *maps, uint32_t framework, uint32_t key)
{
	uint32_t i = first_answer(&maps->keys, key);
	while (i != NO_MAP && maps->keys.answers[i].framework != framework) i = maps->keys.answers[i].next;
	return i != NO_MAP;
}

/* What comes first counts. */
static void hit(struct control_maps *maps, uint32_t set, uint32_t framework, uint32_t control, uint32_t through,
                const struct map_source *source)
{
	control += maps->first_control[framework];
	if (maps->seen[control] == set) return;
	maps->seen[control] = set;
	LARGE_RESERVE(maps->hits, maps->hit_count, maps->hit_capacity);
	maps->hits[maps->hit_count++] = (struct control_hit){control, through, source};
}

static uint32_t through_of(struct control_maps *maps, const struct framework_map *map)
{
	bool named = map->scheme == SCHEME_CWE || map->scheme == SCHEME_CCI || map->scheme == SCHEME_ID;
	if (named) return strings_add(&maps->texts, map->key);
	struct arena scratch = {0};
	uint32_t text =
	    strings_add(&maps->texts, str_printf(&scratch, "%s %.*s", scheme_names[map->scheme], STR_ARG(map->key)));
	arena_free(&scratch);
	return text;
}

static void hit_key(struct control_maps *maps, uint32_t set, struct said said)
{
	for (uint32_t i = first_answer(&maps->keys, said.key); i != NO_MAP; i = maps->keys.answers[i].next) {
		struct control_answer answer = maps->keys.answers[i];
		const struct framework *f = &maps->frameworks[answer.framework];
		if (said.unless && knows(maps, answer.framework, said.unless)) continue;
		uint32_t through = through_of(maps, &f->maps[answer.map]);
		for (uint32_t m = answer.map; m != NO_MAP; m = f->maps[m].next)
			hit(maps, set, answer.framework, f->maps[m].control, through, &f->sources[f->maps[m].source]);
	}
}

/* The framework and the number in the source's own word: "NIST.800-53.r5/AC-2(1)". */
static uint32_t named_frameworks(const struct control_maps *maps, struct str id, struct str *number)
{
	struct arena scratch = {0};
	size_t slash = str_rfind_char(id, '/');
	if (slash == SIZE_MAX) return NO_MAP;
	*number = str_slice(id, slash + 1, id.len);
	uint32_t name = strings_find(&maps->names.keys, framework_form(&scratch, str_slice(id, 0, slash)));
	arena_free(&scratch);
	return first_answer(&maps->names, name);
}

static void hit_given(struct control_maps *maps, uint32_t set, uint32_t text)
{
	struct str number = STR_EMPTY;
	for (uint32_t i = named_frameworks(maps, strings_get(&maps->texts, text), &number); i != NO_MAP;
	     i = maps->names.answers[i].next) {
		uint32_t framework = maps->names.answers[i].framework;
		uint32_t control = framework_control(&maps->frameworks[framework], number);
		if (control != NO_CONTROL) hit(maps, set, framework, control, text, NULL);
	}
}

static int by_control(const void *a, const void *b)
{
	uint32_t x = ((const struct control_hit *)a)->control, y = ((const struct control_hit *)b)->control;
	return x < y ? -1 : x > y;
}

static void make_set(struct control_maps *maps, uint32_t set, const struct said *said, size_t count)
{
	uint32_t start = maps->hit_count;
	for (size_t i = 0; i < count; i++) {
		if (said[i].key & GIVEN)
			hit_given(maps, set, said[i].key & ~GIVEN);
		else
			hit_key(maps, set, said[i]);
	}
	if (maps->hit_count > start)
		qsort(maps->hits + start, maps->hit_count - start, sizeof(*maps->hits), by_control);
	if (set + 1 >= maps->start_capacity) {
		maps->start_capacity *= 2;
		maps->starts = large_grow(maps->starts, sizeof(uint32_t) * maps->start_capacity);
	}
	maps->starts[set + 1] = maps->hit_count;
}

/* ---- what a row says ---- */

enum { ROW_TOOL, ROW_RULE, ROW_TITLE, ROW_POLICY, ROW_IDS, ROW_NATURE, ROW_WORDS };

struct asking {
	struct control_maps *maps;
	struct arena scratch;
	struct said *said;
	size_t count, capacity;
};

static void say(struct asking *a, uint32_t key, uint32_t unless)
{
	ARRAY_RESERVE(a->said, a->count, a->capacity);
	a->said[a->count++] = (struct said){key, unless};
}

/* The number of the key, 0 if no framework knows it. */
static uint32_t ask_unless(struct asking *a, enum scheme scheme, struct str key, uint32_t unless)
{
	char room[FRAMEWORK_KEY_ROOM];
	uint32_t number =
	    key.len ? strings_find(&a->maps->keys.keys, framework_key(room, &a->scratch, scheme, key)) : 0;
	if (number) say(a, number, unless);
	return number;
}

static uint32_t ask(struct asking *a, enum scheme scheme, struct str key) { return ask_unless(a, scheme, key, 0); }

static void ask_given(struct asking *a, struct str id)
{
	struct str number;
	if (named_frameworks(a->maps, id, &number) != NO_MAP) say(a, strings_add(&a->maps->texts, id) | GIVEN, 0);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* "AVD-KSV-0001" and "KSV001" are "KSV-0001". */
static struct str trivy_id(struct arena *arena, struct str id)
{
	size_t letters = 0, digits = 0;
	if (str_starts_nocase(id, STR("AVD-"))) return str_slice(id, 4, id.len);
	while (letters < id.len && !is_digit(id.ptr[letters]) && id.ptr[letters] != '-') letters++;
	while (letters + digits < id.len && is_digit(id.ptr[letters + digits])) digits++;
	if (!letters || digits != 3 || letters + digits != id.len) return id;
	return str_printf(arena, "%.*s-0%.*s", (int)letters, id.ptr, (int)digits, id.ptr + letters);
}

/* A rule's name; what Security Hub makes of it is "securityhub-NAME-9ae73a2f". */
static void ask_config(struct asking *a, struct str rule)
{
	if (str_starts(rule, STR("securityhub-"))) rule = str_slice(rule, strlen("securityhub-"), rule.len);
	size_t dash = str_rfind_char(rule, '-');
	uint32_t whole = ask(a, SCHEME_AWS_CONFIG, rule);
	if (dash != SIZE_MAX) ask_unless(a, SCHEME_AWS_CONFIG, str_slice(rule, 0, dash), whole);
}

static void ask_id(struct asking *a, struct str id)
{
	static const struct {
		const char *prefix;
		enum scheme scheme;
		bool whole; /* the prefix is a part of the key */
	} prefixes[] = {{"CWE-", SCHEME_CWE, true},
	                {"CCI-", SCHEME_CCI, true},
	                {"OWASP-2017-", SCHEME_OWASP_2017, false},
	                {"CKV", SCHEME_CHECKOV, true}};
	static const char config[] = "AWS-Config/";
	if (str_starts_nocase(id, str_from(config))) ask_config(a, str_slice(id, strlen(config), id.len));
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (str_starts_nocase(id, str_from(prefixes[i].prefix)))
			ask(a, prefixes[i].scheme,
			    prefixes[i].whole ? id : str_slice(id, strlen(prefixes[i].prefix), id.len));
}

/* Calls f for each word of the ids. */
static void each_id(struct asking *a, struct str ids, void (*f)(struct asking *, struct str))
{
	for (size_t at = 0; at < ids.len;) {
		size_t end = at;
		while (end < ids.len && ids.ptr[end] != ' ') end++;
		if (end > at) f(a, str_slice(ids, at, end));
		at = end + 1;
	}
}

static void ask_trivy(struct asking *a, struct str id) { ask(a, SCHEME_TRIVY, trivy_id(&a->scratch, id)); }
static void ask_any(struct asking *a, struct str id) { ask(a, SCHEME_ID, id); }

static void ask_tool(struct asking *a, struct str tool, struct str rule, struct str ids)
{
	if (str_starts_nocase(rule, STR("CKV"))) ask(a, SCHEME_CHECKOV, rule);
	if (str_starts_nocase(tool, STR("kubescape"))) ask(a, SCHEME_KUBESCAPE, rule);
	if (str_starts_nocase(tool, STR("scout"))) ask(a, SCHEME_SCOUTSUITE, rule);
	if (str_eq_nocase(tool, STR("Config")) || str_eq_nocase(tool, STR("AWS Config"))) ask_config(a, rule);
	if (str_starts_nocase(tool, STR("prowler"))) {
		static const char prefix[] = "prowler-"; /* in ASFF */
		bool named = str_starts_nocase(rule, str_from(prefix));
		ask(a, SCHEME_PROWLER, named ? str_slice(rule, strlen(prefix), rule.len) : rule);
	}
	if (str_starts_nocase(tool, STR("trivy"))) {
		ask_trivy(a, rule);
		each_id(a, ids, ask_trivy);
	}
}

static void ask_policy(struct asking *a, const struct snapshot *s, const uint32_t *row)
{
	struct str title = snapshot_string(s, row[ROW_TITLE]);
	static const char preview[] = "[Preview]: ";
	uint32_t policy = ask(a, SCHEME_POLICY, snapshot_string(s, row[ROW_POLICY]));
	if (row[ROW_NATURE] != NATURE_POSTURE) return;
	if (str_starts_nocase(title, str_from(preview))) title = str_slice(title, strlen(preview), title.len);
	ask_unless(a, SCHEME_NAME, title, policy);
}

static void ask_row(struct asking *a, const struct snapshot *s, const uint32_t *row)
{
	struct str rule = snapshot_string(s, row[ROW_RULE]), ids = snapshot_string(s, row[ROW_IDS]);
	each_id(a, ids, ask_given);
	ask_policy(a, s, row);
	each_id(a, ids, ask_id);
	ask_tool(a, snapshot_string(s, row[ROW_TOOL]), rule, ids);
	ask(a, SCHEME_RULE, rule);
	each_id(a, ids, ask_any);
}

static uint32_t set_of(struct asking *a, const struct snapshot *s, const uint32_t *row)
{
	struct strings *answers = &a->maps->answers;
	uint32_t before = answers->count;
	a->count = 0;
	ask_row(a, s, row);
	arena_reset(&a->scratch);
	uint32_t set = strings_add(answers, str_of((const char *)a->said, sizeof(*a->said) * a->count));
	if (answers->count > before) make_set(a->maps, set, a->said, a->count);
	return set;
}

uint32_t *control_maps_profiles(struct control_maps *maps, const struct snapshot *s)
{
	struct asking a = {.maps = maps};
	struct tuples rows = {.width = ROW_WORDS};
	uint32_t *sets = large_grow(NULL, sizeof(uint32_t) * ((size_t)s->profiles.count + 1));
	uint32_t *set_of_row = NULL, count = 0, capacity = 0;
	for (uint32_t p = 0; p < s->profiles.count; p++) {
		LARGE_BREATHE(p);
		const struct profile *profile = (const struct profile *)(const void *)tuples_get(&s->profiles, p);
		const uint32_t words[ROW_WORDS] = {profile->tool,   profile->rule, profile->title,
		                                   profile->policy, profile->ids,  profile->nature};
		uint32_t row = tuples_add(&rows, words);
		if (row == count) {
			LARGE_RESERVE(set_of_row, count, capacity);
			set_of_row[count++] = set_of(&a, s, words);
		}
		sets[p] = set_of_row[row];
	}
	large_free(set_of_row);
	tuples_free(&rows);
	free(a.said);
	arena_free(&a.scratch);
	return sets;
}
