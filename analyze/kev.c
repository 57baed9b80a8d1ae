#include "analyze/kev.h"

#include "core/instant.h"

#include <stdlib.h>

static int compare_entries(const void *a, const void *b)
{
	const struct kev_entry *x = a, *y = b;
	int order = str_cmp(x->cve, y->cve);
	return order ? order : (x->due > y->due) - (x->due < y->due);
}

static bool text_of(const struct document *document, const cJSON *node, const char *name, struct str *out)
{
	const cJSON *member = cJSON_GetObjectItemCaseSensitive(node, name);
	*out = STR_EMPTY;
	if (!member || cJSON_IsNull(member)) return true;
	if (!cJSON_IsString(member)) return document_wrong(document, member, "\"%s\": expected a string", name);
	*out = str_dup(document->arena, str_from(member->valuestring));
	return true;
}

static bool read_entry(const struct document *document, const cJSON *node, struct kev_entry *entry)
{
	struct str due;
	int64_t instant;
	if (!cJSON_IsObject(node)) return document_wrong(document, node, "expected an object");
	if (!text_of(document, node, "cveID", &entry->cve) || !text_of(document, node, "dueDate", &due)) return false;
	if (!str_starts_nocase(entry->cve, STR("CVE-")))
		return document_wrong(document, node, "expected a member \"cveID\" like \"CVE-2024-3094\"");
	entry->cve = str_lower(document->arena, entry->cve);
	entry->due = INT64_MAX;
	if (!due.len) return true;
	if (!instant_parse(due, &instant))
		return document_wrong(document, cJSON_GetObjectItemCaseSensitive(node, "dueDate"),
		                      "\"dueDate\": expected a day like \"2026-12-31\"");
	entry->due = instant_day(instant);
	return true;
}

static bool read_catalogue(const struct document *document, struct kev *kev)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(document->root, "vulnerabilities");
	if (!cJSON_IsArray(list))
		return document_wrong(
		    document, document->root,
		    "expected the catalogue of known exploited vulnerabilities, with an array \"vulnerabilities\"");
	if (!text_of(document, document->root, "catalogVersion", &kev->version) ||
	    !text_of(document, document->root, "dateReleased", &kev->released))
		return false;
	kev->entries = ARENA_ARRAY(document->arena, struct kev_entry, (size_t)cJSON_GetArraySize(list) + 1);
	for (const cJSON *node = list->child; node; node = node->next)
		if (!read_entry(document, node, &kev->entries[kev->count++])) return false;
	if (kev->count) qsort(kev->entries, kev->count, sizeof(*kev->entries), compare_entries);
	return true;
}

bool kev_read(const char *file, struct arena *arena, struct kev *kev, struct error *error)
{
	struct document document;
	*kev = (struct kev){.version = STR_EMPTY, .released = STR_EMPTY};
	if (!document_read(&document, file, arena, error)) return false;
	bool good = read_catalogue(&document, kev);
	document_free(&document);
	return good;
}

enum { CVE_MOST = 64 };

static const struct kev_entry *find_one(const struct kev *kev, struct str id)
{
	char lower[CVE_MOST];
	size_t low = 0, high = kev->count;
	if (id.len > CVE_MOST) return NULL;
	str_lower_to(lower, id);
	struct str wanted = str_of(lower, id.len);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (str_cmp(kev->entries[middle].cve, wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < kev->count && str_eq(kev->entries[low].cve, wanted) ? &kev->entries[low] : NULL;
}

/* ids are separated by one space. */
static const struct kev_entry *find_any(const struct kev *kev, struct str ids)
{
	for (size_t i = 0; i < ids.len;) {
		size_t end = i;
		while (end < ids.len && ids.ptr[end] != ' ') end++;
		struct str id = str_slice(ids, i, end);
		const struct kev_entry *found = str_starts_nocase(id, STR("CVE-")) ? find_one(kev, id) : NULL;
		if (found) return found;
		i = end + 1;
	}
	return NULL;
}

const struct kev_entry *kev_of(const struct kev *kev, const struct snapshot *snapshot, const struct profile *profile)
{
	const struct kev_entry *found = find_any(kev, snapshot_string(snapshot, profile->ids));
	return found ? found : find_any(kev, snapshot_string(snapshot, profile->rule));
}
