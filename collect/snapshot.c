#include "collect/snapshot.h"

#include "core/error.h"
#include "core/hash.h"

#include <assert.h>
#include <stdlib.h>

static_assert(sizeof(struct finding) == 52, "a finding is 52 bytes; say why before it grows");
static_assert(sizeof(struct profile) == PROFILE_WORDS * sizeof(uint32_t), "a profile is a row of words");
static_assert(sizeof(struct component) == COMPONENT_WORDS * sizeof(uint32_t), "a component is a row of words");
static_assert(sizeof(struct waiver) == WAIVER_WORDS * sizeof(uint32_t), "a waiver is a row of words");

void snapshot_init(struct snapshot *snapshot)
{
	*snapshot = (struct snapshot){0};
	snapshot->profiles.width = PROFILE_WORDS;
	snapshot->components.width = COMPONENT_WORDS;
	snapshot->waivers.width = WAIVER_WORDS;
	snapshot_add_component(snapshot, &(struct component){0}); /* number 0: none */
	tuples_add(&snapshot->waivers, (const uint32_t[WAIVER_WORDS]){0});
}

void snapshot_free(struct snapshot *s)
{
	for (uint32_t i = 0; i < s->input_count; i++) frame_list_free(&s->inputs[i].frames);
	large_free(s->inputs);
	large_free(s->findings);
	large_free(s->sites);
	large_free(s->units);
	large_free(s->unit_slots);
	large_free(s->content_slots);
	large_free(s->coverage);
	large_free(s->listed_rules);
	large_free(s->facts);
	large_free(s->events);
	large_free(s->commands);
	large_free(s->warnings);
	large_free(s->left_out);
	tuples_free(&s->profiles);
	tuples_free(&s->components);
	tuples_free(&s->waivers);
	strings_free(&s->strings);
	*s = (struct snapshot){0};
}

uint32_t snapshot_add_profile(struct snapshot *s, const struct profile *profile)
{
	uint32_t row[PROFILE_WORDS];
	memcpy(row, profile, sizeof(row));
	return tuples_add(&s->profiles, row);
}

uint32_t snapshot_add_component(struct snapshot *s, const struct component *component)
{
	uint32_t row[COMPONENT_WORDS];
	memcpy(row, component, sizeof(row));
	return tuples_add(&s->components, row);
}

/* ---- inputs by their bytes: SHA-256 is a hash already ---- */

/* The slot of the first input of these bytes, or the free one where it belongs. */
static uint32_t content_slot(const struct snapshot *s, const struct input *input)
{
	uint64_t hash;
	memcpy(&hash, input->sha256, sizeof(hash));
	uint32_t mask = s->content_slot_count - 1, at = (uint32_t)hash & mask;
	for (; s->content_slots[at]; at = (at + 1) & mask) {
		const struct input *there = &s->inputs[s->content_slots[at] - 1];
		if (there->bytes == input->bytes && memcmp(there->sha256, input->sha256, SHA256_BYTES) == 0) break;
	}
	return at;
}

/* Those that came since the last time. */
static void index_contents(struct snapshot *s)
{
	if (s->input_count >= s->content_slot_count / 2) {
		s->content_slot_count = s->content_slot_count ? s->content_slot_count : 64;
		while (s->input_count >= s->content_slot_count / 2) s->content_slot_count *= 2;
		s->content_slots = large_grow(s->content_slots, sizeof(uint32_t) * s->content_slot_count);
		memset(s->content_slots, 0, sizeof(uint32_t) * s->content_slot_count);
		s->content_count = 0;
	}
	for (; s->content_count < s->input_count; s->content_count++) {
		uint32_t at = content_slot(s, &s->inputs[s->content_count]);
		if (!s->content_slots[at]) s->content_slots[at] = s->content_count + 1;
	}
}

bool snapshot_holds(struct snapshot *s, const struct input *input)
{
	if (!input->bytes) return false;
	index_contents(s);
	return s->content_slots[content_slot(s, input)] != 0;
}

/* ---- units: a table of their own, since they are compared without case ---- */

static uint64_t unit_hash(struct str tool, struct str target)
{
	return hash_mix(hash_nocase(tool), hash_nocase(target));
}

static uint32_t unit_slot(const struct snapshot *s, struct str tool, struct str target)
{
	uint32_t mask = s->unit_slot_count - 1, at = (uint32_t)unit_hash(tool, target) & mask;
	for (; s->unit_slots[at]; at = (at + 1) & mask) {
		const struct unit *unit = &s->units[s->unit_slots[at] - 1];
		if (str_eq_nocase(snapshot_string(s, unit->tool), tool) &&
		    str_eq_nocase(snapshot_string(s, unit->target), target))
			break;
	}
	return at;
}

static void grow_units(struct snapshot *s)
{
	s->unit_slot_count = s->unit_slot_count ? s->unit_slot_count * 2 : 64;
	large_free(s->unit_slots);
	s->unit_slots = large_grow(NULL, sizeof(uint32_t) * s->unit_slot_count);
	memset(s->unit_slots, 0, sizeof(uint32_t) * s->unit_slot_count);
	for (uint32_t i = 0; i < s->unit_count; i++)
		s->unit_slots[unit_slot(s, snapshot_string(s, s->units[i].tool),
		                        snapshot_string(s, s->units[i].target))] = i + 1;
}

uint32_t snapshot_find_unit(const struct snapshot *s, struct str tool, struct str target)
{
	if (!s->unit_slot_count) return UINT32_MAX;
	uint32_t number = s->unit_slots[unit_slot(s, tool, target)];
	return number ? number - 1 : UINT32_MAX;
}

uint32_t snapshot_add_unit(struct snapshot *s, struct str tool, struct str target, bool of_facts)
{
	if (s->unit_count >= s->unit_slot_count / 2) grow_units(s);
	uint32_t at = unit_slot(s, tool, target);
	if (s->unit_slots[at]) return s->unit_slots[at] - 1;
	LARGE_RESERVE(s->units, s->unit_count, s->unit_capacity);
	s->units[s->unit_count] = (struct unit){
	    .tool = strings_add(&s->strings, tool), .target = strings_add(&s->strings, target), .of_facts = of_facts};
	s->unit_slots[at] = ++s->unit_count;
	return s->unit_count - 1;
}

/* ---- where a finding stands: asked for every row of every output, so without printf ---- */

enum { DIGITS = 20 };

static char *put_digits(char *p, uint64_t value)
{
	char digits[DIGITS];
	size_t at = sizeof(digits);
	do digits[--at] = (char)('0' + value % 10);
	while ((value /= 10));
	memcpy(p, digits + at, sizeof(digits) - at);
	return p + (sizeof(digits) - at);
}

struct str snapshot_path(const struct snapshot *s, const struct finding *f, struct buf *scratch)
{
	if (!f->folder) return snapshot_string(s, f->file);
	if (!f->file) return snapshot_string(s, f->folder);
	scratch->len = 0;
	buf_add(scratch, snapshot_string(s, f->folder));
	buf_add(scratch, snapshot_string(s, f->file));
	return buf_str(scratch);
}

uint64_t snapshot_path_hash(const struct snapshot *s, const struct finding *f)
{
	if (!snapshot_has_path(f)) return 0;
	return hash_mix(strings_hash(&s->strings, f->folder), strings_hash(&s->strings, f->file));
}

uint32_t snapshot_coverage_of(const struct snapshot *s, uint32_t input)
{
	uint32_t low = 0, high = s->coverage_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (s->coverage[middle].input < input)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t snapshot_input_of(const struct snapshot *s, uint32_t finding)
{
	uint32_t low = 0, high = s->input_count;
	while (high - low > 1) { /* the last input that begins at or before the finding, and has any */
		uint32_t middle = low + (high - low) / 2;
		if (s->inputs[middle].first_finding <= finding)
			low = middle;
		else
			high = middle;
	}
	return low;
}

struct str snapshot_pointer(const struct snapshot *s, uint32_t finding, struct arena *arena)
{
	const struct input *input = &s->inputs[snapshot_input_of(s, finding)];
	uint32_t low = input->first_site, high = input->first_site + input->site_count;
	if (low == high) return STR_EMPTY;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		if (s->sites[middle].finding <= finding)
			low = middle;
		else
			high = middle;
	}
	const struct site *site = &s->sites[low];
	struct str parent = snapshot_string(s, site->parent);
	if (site->member) return parent;
	char *text = arena_bytes(arena, parent.len + 1 + DIGITS), *end = text;
	if (parent.len) memcpy(end, parent.ptr, parent.len);
	end += parent.len;
	*end++ = '/';
	end = put_digits(end, (uint64_t)site->index + (finding - site->finding));
	return str_of(text, (size_t)(end - text));
}

struct str component_package(const struct snapshot *s, const struct component *component)
{
	struct str purl = snapshot_string(s, component->purl);
	if (!purl.len) return snapshot_string(s, component->package);
	/* Package URL: scheme:type/namespace/name@version?qualifiers#subpath. An '@' of an npm scope comes before the last
	 * '/', and is %40 in a canonical one. */
	size_t end = str_find(purl, STR("?"));
	purl = str_slice(purl, 0, end == SIZE_MAX ? purl.len : end);
	end = str_find(purl, STR("#"));
	purl = str_slice(purl, 0, end == SIZE_MAX ? purl.len : end);
	size_t at = str_rfind_char(purl, '@'), slash = str_rfind_char(purl, '/');
	return at != SIZE_MAX && (slash == SIZE_MAX || at > slash) ? str_slice(purl, 0, at) : purl;
}

struct warning *snapshot_warn(struct snapshot *s, const char *code, enum gap gap, uint32_t input, struct str pointer,
                              struct str message)
{
	LARGE_RESERVE(s->warnings, s->warning_count, s->warning_capacity);
	struct warning *w = &s->warnings[s->warning_count++];
	*w = (struct warning){.code = code,
	                      .gap = gap,
	                      .pointer = strings_add(&s->strings, pointer),
	                      .message = strings_add(&s->strings, message),
	                      .offset = ERROR_NO_OFFSET,
	                      .input = input};
	return w;
}
