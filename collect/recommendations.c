/* How it works: the facts of assessment metadata become a table by key. Each profile that lacks something is looked up
 * once and interned anew with what was found; findings are pointed to the new one.
 *
 *     fact   .../assessmentMetadata/KEY  severity = High
 *     profile  rule KEY, severity unknown   ->   rule KEY, severity high
 */
#include "collect/recommendations.h"

#include <stdlib.h>

struct recommendation {
	struct str key; /* as the subject of its facts ends */
	struct str subject;
	enum severity severity;
	struct str policy; /* a definition's GUID or name; empty: not said */
};

static int by_key(const void *a, const void *b)
{
	const struct recommendation *x = a, *y = b;
	int c = str_cmp_nocase(x->key, y->key);
	return c ? c : str_cmp(x->subject, y->subject); /* the tenant's own, "/providers/...", first */
}

/* On the heap, by key, each once. Facts of one record follow one another. */
static struct recommendation *read_metadata(const struct snapshot *s, size_t *count)
{
	struct recommendation *list = NULL;
	size_t n = 0, capacity = 0;
	for (uint32_t i = 0; i < s->fact_count; i++) {
		const struct fact *fact = &s->facts[i];
		struct str format = snapshot_string(s, s->inputs[fact->input].format);
		if (!str_eq(format, STR("azure.assessment-metadata"))) continue;
		if (!input_is_counted(&s->inputs[fact->input])) continue;
		struct str subject = snapshot_string(s, fact->subject), name = snapshot_string(s, fact->name);
		struct str value = snapshot_string(s, fact->value);
		if (!n || !str_eq(list[n - 1].subject, subject)) {
			ARRAY_RESERVE(list, n, capacity);
			list[n++] =
			    (struct recommendation){str_after_last(subject, '/'), subject, SEVERITY_UNKNOWN, STR_EMPTY};
		}
		if (str_eq_nocase(name, STR("severity")) && !severity_from_word(value, &list[n - 1].severity))
			list[n - 1].severity = SEVERITY_UNKNOWN;
		if (str_eq_nocase(name, STR("policyDefinitionId"))) list[n - 1].policy = str_after_last(value, '/');
	}
	if (n) qsort(list, n, sizeof(*list), by_key);
	*count = 0;
	for (size_t i = 0; i < n; i++)
		if (!i || str_cmp_nocase(list[i].key, list[*count - 1].key) != 0) list[(*count)++] = list[i];
	return list;
}

static const struct recommendation *find(const struct recommendation *list, size_t count, struct str key)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int c = str_cmp_nocase(list[middle].key, key);
		if (!c) return &list[middle];
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* The number of the profile with what it lacks, or its own. */
static uint32_t completed(struct snapshot *s, uint32_t number, const struct recommendation *list, size_t count)
{
	struct profile profile = *(const struct profile *)(const void *)tuples_get(&s->profiles, number);
	bool lacks = profile.severity == SEVERITY_UNKNOWN || !snapshot_string(s, profile.policy).len;
	if (!lacks || profile.nature != NATURE_POSTURE ||
	    !str_eq(snapshot_string(s, profile.tool), STR("Microsoft Defender for Cloud")))
		return number;
	const struct recommendation *found = find(list, count, snapshot_string(s, profile.rule));
	if (!found) return number;
	if (profile.severity == SEVERITY_UNKNOWN) profile.severity = (uint8_t)found->severity;
	if (!snapshot_string(s, profile.policy).len && found->policy.len) {
		struct arena arena = {0};
		profile.policy = strings_add(&s->strings, str_lower(&arena, found->policy));
		arena_free(&arena);
	}
	return snapshot_add_profile(s, &profile);
}

static void point_findings(struct snapshot *s, const uint32_t *number_of, uint32_t known)
{
	for (uint32_t k = 0; k < s->input_count; k++) {
		struct input *input = &s->inputs[k];
		for (uint32_t i = input->first_finding; i < input->first_finding + input->finding_count; i++) {
			LARGE_BREATHE(i);
			struct finding *finding = &s->findings[i];
			if (finding->profile >= known || number_of[finding->profile] == finding->profile) continue;
			const struct profile *old = snapshot_profile(s, finding);
			bool open = old->status == STATUS_FAIL;
			if (open) input->by_severity[old->severity]--;
			finding->profile = number_of[finding->profile];
			if (open) input->by_severity[snapshot_profile(s, finding)->severity]++;
		}
	}
}

void recommendations_complete(struct snapshot *to, const struct snapshot *from)
{
	size_t count;
	struct recommendation *list = read_metadata(from, &count);
	uint32_t known = to->profiles.count;
	if (count && known) {
		uint32_t *number_of = memory_grow(NULL, sizeof(*number_of) * known);
		for (uint32_t p = 0; p < known; p++) number_of[p] = completed(to, p, list, count);
		point_findings(to, number_of, known);
		free(number_of);
	}
	free(list);
}
