#include "analyze/control_maps.h"

#include <stdlib.h>

enum { ROW_TOOL, ROW_RULE, ROW_TITLE, ROW_POLICY, ROW_IDS, ROW_NATURE, ROW_WORDS };

/* ---- rows ---- */

void control_maps_begin(struct control_maps *maps, const struct snapshot *s)
{
	*maps = (struct control_maps){.snapshot = s, .rows = {.width = ROW_WORDS}};
	maps->row_of = large_grow(NULL, sizeof(uint32_t) * ((size_t)s->profiles.count + 1));
	for (uint32_t p = 0; p < s->profiles.count; p++) {
		LARGE_BREATHE(p);
		const struct profile *profile = (const struct profile *)(const void *)tuples_get(&s->profiles, p);
		uint32_t row[ROW_WORDS] = {profile->tool,   profile->rule, profile->title,
		                           profile->policy, profile->ids,  profile->nature};
		maps->row_of[p] = tuples_add(&maps->rows, row);
	}
}

void control_maps_free(struct control_maps *maps)
{
	tuples_free(&maps->rows);
	large_free(maps->row_of);
	*maps = (struct control_maps){0};
}

/* ---- one row ---- */

struct asking {
	const struct framework *f;
	struct arena *arena, scratch;
	struct control_hit *hits;
	size_t count, capacity;
};

static void hit(struct asking *a, uint32_t control, struct str through, const struct map_source *source)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->hits[i].control == control) return; /* what comes first counts */
	ARRAY_RESERVE(a->hits, a->count, a->capacity);
	a->hits[a->count++] = (struct control_hit){control, through, source ? source->name : STR_EMPTY,
	                                           source ? source->note : STR_EMPTY};
}

/* True if the key is there. */
static bool ask(struct asking *a, enum scheme scheme, struct str key)
{
	uint32_t first = key.len ? framework_find(a->f, scheme, key) : NO_MAP;
	struct str through = STR_EMPTY;
	for (uint32_t i = first; i != NO_MAP; i = a->f->maps[i].next) {
		const struct framework_map *map = &a->f->maps[i];
		bool named = scheme == SCHEME_CWE || scheme == SCHEME_CCI || scheme == SCHEME_ID;
		if (!through.len)
			through = named ? str_dup(a->arena, map->key)
			                : str_printf(a->arena, "%s %.*s", scheme_names[scheme], STR_ARG(map->key));
		hit(a, map->control, through, &a->f->sources[map->source]);
	}
	return first != NO_MAP;
}

/* The source's own word: "NIST.800-53.r5/AC-2(1)". */
static void ask_given(struct asking *a, struct str id)
{
	size_t slash = str_rfind_char(id, '/');
	if (slash == SIZE_MAX || !framework_is_called(a->f, str_slice(id, 0, slash))) return;
	uint32_t control = framework_control(a->f, str_slice(id, slash + 1, id.len));
	if (control != NO_CONTROL) hit(a, control, str_dup(a->arena, id), NULL);
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
	if (!ask(a, SCHEME_AWS_CONFIG, rule) && dash != SIZE_MAX) ask(a, SCHEME_AWS_CONFIG, str_slice(rule, 0, dash));
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

static void ask_policy(struct asking *a, const struct control_maps *maps, const uint32_t *row)
{
	const struct snapshot *s = maps->snapshot;
	struct str policy = snapshot_string(s, row[ROW_POLICY]), title = snapshot_string(s, row[ROW_TITLE]);
	static const char preview[] = "[Preview]: ";
	if (ask(a, SCHEME_POLICY, policy) || row[ROW_NATURE] != NATURE_POSTURE) return;
	if (str_starts_nocase(title, str_from(preview))) title = str_slice(title, strlen(preview), title.len);
	ask(a, SCHEME_NAME, title);
}

static int by_control(const void *a, const void *b)
{
	uint32_t x = ((const struct control_hit *)a)->control, y = ((const struct control_hit *)b)->control;
	return x < y ? -1 : x > y;
}

size_t control_maps_row(const struct control_maps *maps, uint32_t row, const struct framework *framework,
                        struct arena *arena, struct control_hit **hits)
{
	const struct snapshot *s = maps->snapshot;
	const uint32_t *words = tuples_get(&maps->rows, row);
	struct str rule = snapshot_string(s, words[ROW_RULE]), ids = snapshot_string(s, words[ROW_IDS]);
	struct asking a = {.f = framework, .arena = arena};
	each_id(&a, ids, ask_given);
	ask_policy(&a, maps, words);
	each_id(&a, ids, ask_id);
	ask_tool(&a, snapshot_string(s, words[ROW_TOOL]), rule, ids);
	ask(&a, SCHEME_RULE, rule);
	each_id(&a, ids, ask_any);
	if (a.count) qsort(a.hits, a.count, sizeof(*a.hits), by_control);
	*hits = ARENA_ARRAY(arena, struct control_hit, a.count + 1);
	if (a.count) memcpy(*hits, a.hits, sizeof(*a.hits) * a.count);
	free(a.hits);
	arena_free(&a.scratch);
	return a.count;
}
