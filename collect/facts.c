#include "collect/facts.h"

#include "core/buf.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <strings.h>

void facts_add(struct snapshot *s, const struct facts_source *source, struct str name, struct str value)
{
	char text[40];
	int64_t instant;
	if (value.len < 40 && instant_parse_rfc3339(value, &instant)) value = str_from(instant_text(instant, text));
	ARRAY_RESERVE(s->facts, s->fact_count, s->fact_capacity);
	s->facts[s->fact_count++] = (struct fact){.subject = strings_add(&s->strings, source->subject),
	                                          .name = strings_add(&s->strings, name),
	                                          .value = strings_add(&s->strings, value),
	                                          .unit = source->unit,
	                                          .input = source->input,
	                                          .span = source->span};
}

static void number_text(double number, char text[32])
{
	if (number == floor(number) && fabs(number) < 1e15)
		snprintf(text, 32, "%.0f", number);
	else
		for (int digits = 15; digits <= 17; digits++) { /* the shortest that reads back the same */
			double again;
			snprintf(text, 32, "%.*g", digits, number);
			if (str_to_double(str_from(text), &again) && !(again < number) && !(again > number)) break;
		}
}

static void scalar_json(struct buf *out, const cJSON *value)
{
	char text[32];
	if (cJSON_IsString(value)) {
		buf_json(out, str_from(value->valuestring));
	} else if (cJSON_IsNumber(value)) {
		number_text(value->valuedouble, text);
		buf_add(out, str_from(text));
	} else {
		buf_add(out, cJSON_IsTrue(value) ? STR("true") : cJSON_IsFalse(value) ? STR("false") : STR("null"));
	}
}

struct walk_state {
	struct snapshot *snapshot;
	const struct facts_source *source;
	struct buf name;
};

static void value(struct walk_state *w, const cJSON *json, const char *key);

/* key: the member of the object whose value is in the path already; NULL: none is. */
static void named(struct walk_state *w, struct str name, const cJSON *json, const char *key)
{
	size_t length = w->name.len;
	if (length) buf_char(&w->name, '.');
	buf_add(&w->name, name);
	value(w, json, key);
	w->name.len = length;
}

/* What an element of an array is called by, so that its place does not matter; NULL: nothing. */
static const cJSON *key_of(const cJSON *item)
{
	static const char *const keys[] = {"name", "category", "categoryGroup"};
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const cJSON *key = cJSON_GetObjectItem(item, keys[i]);
		if (cJSON_IsString(key) && key->valuestring[0]) return key;
	}
	return NULL;
}

static void array(struct walk_state *w, const cJSON *json)
{
	bool scalars = true;
	const cJSON *item;
	uint32_t index = 0;
	cJSON_ArrayForEach(item, json) scalars &= !cJSON_IsObject(item) && !cJSON_IsArray(item);
	if (!scalars) {
		cJSON_ArrayForEach(item, json)
		{
			char number[16];
			const cJSON *key = key_of(item);
			snprintf(number, sizeof(number), "%u", index++);
			named(w, str_from(key ? key->valuestring : number), item, key ? key->string : NULL);
		}
		return;
	}
	if (!json->child) return;
	struct buf text = {0};
	cJSON_ArrayForEach(item, json)
	{
		buf_char(&text, text.len ? ',' : '[');
		scalar_json(&text, item);
	}
	buf_char(&text, ']');
	facts_add(w->snapshot, w->source, buf_str(&w->name), buf_str(&text));
	buf_free(&text);
}

static void value(struct walk_state *w, const cJSON *json, const char *key)
{
	const cJSON *item;
	char number[32];
	if (cJSON_IsObject(json)) {
		cJSON_ArrayForEach(item, json)
		{
			if (!key || strcasecmp(item->string, key) != 0) named(w, str_from(item->string), item, NULL);
		}
	} else if (cJSON_IsArray(json)) {
		array(w, json);
	} else if (cJSON_IsString(json)) {
		facts_add(w->snapshot, w->source, buf_str(&w->name), str_from(json->valuestring));
	} else if (cJSON_IsNumber(json)) {
		number_text(json->valuedouble, number);
		facts_add(w->snapshot, w->source, buf_str(&w->name), str_from(number));
	} else if (cJSON_IsBool(json)) {
		facts_add(w->snapshot, w->source, buf_str(&w->name), cJSON_IsTrue(json) ? STR("true") : STR("false"));
	}
}

static bool is_among(const struct str *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq_nocase(names[i], str_from(name))) return true;
	return false;
}

/* The members of the record, and those of the objects that only wrap them. */
static void members(struct walk_state *w, const cJSON *json)
{
	const struct facts_source *source = w->source;
	const cJSON *item;
	cJSON_ArrayForEach(item, json)
	{
		bool wraps = strcasecmp(item->string, "properties") == 0 ||
		             is_among(source->flatten, source->flatten_count, item->string);
		if (is_among(source->omit, source->omit_count, item->string)) continue;
		if (wraps && cJSON_IsObject(item))
			members(w, item);
		else
			named(w, str_from(item->string), item, NULL);
	}
}

void facts_read(struct snapshot *snapshot, struct str record, const struct facts_source *source)
{
	cJSON *json = cJSON_ParseWithLength(record.ptr, record.len);
	struct walk_state w = {.snapshot = snapshot, .source = source};
	members(&w, json);
	buf_free(&w.name);
	cJSON_Delete(json);
}
