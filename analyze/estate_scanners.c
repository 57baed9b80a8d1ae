/* Images that more than one scanner reports on, after: the records of vulnerabilities as triples, sorted, so that those
 * of one image stand together, and in it those of one vulnerability.
 *
 *     acr1.azurecr.io/app  CVE-2024-1  Grype        the image: two tools
 *     acr1.azurecr.io/app  CVE-2024-1  Trivy        the vulnerability: twice
 *     acr1.azurecr.io/app  CVE-2024-7  Trivy
 */
#include "analyze/estate.h"

#include <stdlib.h>

struct triple {
	struct str subject, rule, tool; /* the subject in lower case */
};

static int compare_triples(const void *a, const void *b)
{
	const struct triple *x = a, *y = b;
	int c = str_cmp(x->subject, y->subject);
	if (!c) c = str_cmp(x->rule, y->rule);
	return c ? c : str_cmp(x->tool, y->tool);
}

static int compare_overlaps(const void *a, const void *b)
{
	const struct scanner_overlap *x = a, *y = b;
	if (x->images != y->images) return x->images > y->images ? -1 : 1;
	return str_cmp(x->tools, y->tools);
}

/* A profile that a counted, open vulnerability has. */
static bool *used_profiles(const struct result *result, bool *several)
{
	const struct snapshot *after = &result->sides[SIDE_AFTER];
	bool *used = large_grow(NULL, after->profiles.count + 1);
	uint32_t tool = 0;
	memset(used, 0, after->profiles.count + 1);
	*several = false;
	for (uint32_t i = 0; i < after->finding_count; i++) {
		LARGE_BREATHE(i);
		const struct profile *profile = snapshot_profile(after, &after->findings[i]);
		if (!fate_is_open(&result->diff.fates[SIDE_AFTER][i])) continue;
		if (profile->nature != NATURE_VULNERABILITY || !profile->subject) continue;
		used[after->findings[i].profile] = true;
		*several = *several || (tool && tool != profile->tool);
		tool = profile->tool;
	}
	return used;
}

static struct triple *collect_triples(const struct snapshot *after, const bool *used, struct arena *scratch, size_t *n)
{
	struct triple *list = NULL;
	size_t capacity = 0;
	*n = 0;
	for (uint32_t p = 0; p < after->profiles.count; p++) {
		LARGE_BREATHE(p);
		if (!used[p]) continue;
		const struct profile *profile = (const struct profile *)(const void *)tuples_get(&after->profiles, p);
		LARGE_RESERVE(list, *n, capacity);
		list[(*n)++] =
		    (struct triple){str_lower(scratch, snapshot_string(after, profile->subject)),
		                    snapshot_string(after, profile->rule), snapshot_string(after, profile->tool)};
	}
	if (*n) qsort(list, *n, sizeof(*list), compare_triples);
	return list;
}

static bool among(const struct str *tools, size_t count, struct str tool)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(tools[i], tool)) return true;
	return false;
}

enum { TOOLS_MAX = 16 };

static int compare_texts(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* The tools of one image, as one text in the order of their names; how many vulnerabilities several of them name. */
static size_t image_tools(const struct triple *list, size_t from, size_t to, struct arena *arena, struct str *text,
                          uint64_t *twice)
{
	struct str tools[TOOLS_MAX];
	size_t count = 0;
	*twice = 0;
	for (size_t i = from; i < to; i++) {
		if (count < TOOLS_MAX && !among(tools, count, list[i].tool)) tools[count++] = list[i].tool;
		bool first = i == from || !str_eq(list[i - 1].rule, list[i].rule);
		for (size_t k = i + 1; first && k < to && str_eq(list[k].rule, list[i].rule); k++) {
			if (str_eq(list[k].tool, list[i].tool)) continue;
			(*twice)++;
			break;
		}
	}
	qsort(tools, count, sizeof(*tools), compare_texts);
	*text = STR_EMPTY;
	for (size_t i = 0; i < count && count > 1; i++)
		*text = str_printf(arena, "%.*s%s%.*s", STR_ARG(*text), i ? ", " : "", STR_ARG(tools[i]));
	return count;
}

void estate_overlaps(struct estate *estate, struct result *result)
{
	bool several;
	bool *used = used_profiles(result, &several);
	struct arena scratch = {0};
	struct scanner_overlap *list = NULL;
	size_t n = 0, capacity = 0, count = 0;
	struct triple *triples = several ? collect_triples(&result->sides[SIDE_AFTER], used, &scratch, &n) : NULL;
	for (size_t from = 0, to; from < n; from = to) {
		struct str tools;
		uint64_t twice;
		for (to = from + 1; to < n && str_eq(triples[to].subject, triples[from].subject);) to++;
		if (image_tools(triples, from, to, &scratch, &tools, &twice) < 2) continue;
		size_t i = 0;
		while (i < count && !str_eq(list[i].tools, tools)) i++;
		if (i == count) {
			ARRAY_RESERVE(list, count, capacity);
			list[count++] = (struct scanner_overlap){.tools = str_dup(&result->arena, tools)};
		}
		list[i].images++;
		list[i].twice += twice;
	}
	if (count) qsort(list, count, sizeof(*list), compare_overlaps);
	estate->overlaps = ARENA_ARRAY(&result->arena, struct scanner_overlap, count + 1);
	estate->overlap_count = count;
	if (count) memcpy(estate->overlaps, list, sizeof(*list) * count);
	free(list);
	large_free(triples);
	large_free(used);
	arena_free(&scratch);
}
