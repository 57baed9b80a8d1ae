/* One walk over the record's bytes, which are known to be valid JSON: no tree. An array is looked at twice,
 * since its elements decide what it is.
 */
#include "collect/facts.h"

#include "core/buf.h"
#include "core/json.h"

#include <math.h>
#include <stdio.h>

void facts_add(struct snapshot *s, const struct facts_source *source, struct str name, struct str value)
{
	char text[40];
	int64_t instant;
	if (value.len < 40 && instant_parse_rfc3339(value, &instant)) value = str_from(instant_text(instant, text));
	LARGE_RESERVE(s->facts, s->fact_count, s->fact_capacity);
	s->facts[s->fact_count++] = (struct fact){.subject = strings_add(&s->strings, source->subject),
	                                          .name = strings_add(&s->strings, name),
	                                          .value = strings_add(&s->strings, value),
	                                          .unit = source->unit,
	                                          .input = source->input,
	                                          .span = source->span};
}

struct walk_state {
	struct snapshot *snapshot;
	const struct facts_source *source;
	struct json_text text;
	struct buf name;
	struct arena arena; /* unescaped strings; only what has escapes is copied */
};

/* The text of the string at *p; *p moves behind it. */
static struct str string_at(struct walk_state *w, const char **p)
{
	bool escaped;
	const char *start = *p + 1;
	*p = json_string(&w->text, *p, &escaped);
	struct str raw = str_of(start, (size_t)(*p - start) - 1);
	return escaped ? json_unescape(&w->arena, raw) : raw;
}

static const char *value_end(const struct walk_state *w, const char *p)
{
	enum json_kind kind;
	return json_value(&w->text, p, 0, &kind);
}

/* To what stands at or behind p. */
static const char *at(const struct walk_state *w, const char *p) { return json_space(p, w->text.end); }

/* The next member or element, or NULL at the closing bracket, which *end is then behind. p is at the opening bracket, or behind a
 * member's or element's value. */
static const char *next_in(const struct walk_state *w, const char *p, const char **end)
{
	p = at(w, p);
	if (*p == '{' || *p == '[' || *p == ',') p = at(w, p + 1);
	if (*p != '}' && *p != ']') return p;
	*end = p + 1;
	return NULL;
}

/* The name of the member at *p; *p moves to its value. */
static struct str member_name(struct walk_state *w, const char **p)
{
	struct str name = string_at(w, p);
	*p = at(w, at(w, *p) + 1);
	return name;
}

/* The number in its shortest spelling: 1.0 and 1 are the same. */
static struct str number_at(const struct walk_state *w, const char **p, char text[32])
{
	const char *start = *p;
	double number, again;
	*p = json_number(&w->text, start);
	struct str raw = str_of(start, (size_t)(*p - start));
	size_t digits = 0;
	while (digits < raw.len && raw.ptr[digits] >= '0' && raw.ptr[digits] <= '9') digits++;
	if ((digits == raw.len && digits <= 15) || !str_to_double(raw, &number)) return raw;
	if (number == floor(number) && fabs(number) < 1e15) {
		snprintf(text, 32, "%.0f", number);
	} else {
		for (int precision = 15; precision <= 17; precision++) { /* the shortest that reads back the same */
			snprintf(text, 32, "%.*g", precision, number);
			if (str_to_double(str_from(text), &again) && !(again < number) && !(again > number)) break;
		}
	}
	return str_from(text);
}

/* true, false, null. */
static struct str literal_at(const struct walk_state *w, const char **p)
{
	enum json_kind kind;
	const char *start = *p;
	*p = json_literal(&w->text, start, &kind);
	return str_of(start, (size_t)(*p - start));
}

static const char *value(struct walk_state *w, const char *p, struct str key);

/* A value whose name goes behind those around it. */
static const char *named(struct walk_state *w, struct str name, const char *p, struct str key)
{
	size_t length = w->name.len;
	if (length) buf_char(&w->name, '.');
	buf_add(&w->name, name);
	p = value(w, p, key);
	w->name.len = length;
	return p;
}

/* What the element at p is called by, so that its place does not matter: the text of one of its members, and in *key that member's name.
 * Empty: nothing. */
static struct str element_name(struct walk_state *w, const char *p, struct str *key)
{
	static const struct str keys[] = {{"name", 4}, {"category", 8}, {"categoryGroup", 13}};
	enum { KEYS = sizeof(keys) / sizeof(*keys) };
	struct str found[KEYS] = {{0}};
	const char *end;
	if (*p != '{') return STR_EMPTY;
	for (p = next_in(w, p, &end); p; p = next_in(w, p, &end)) {
		struct str name = member_name(w, &p);
		size_t i = 0;
		while (i < KEYS && !str_eq_nocase(name, keys[i])) i++;
		if (i < KEYS && *p == '"' && !found[i].len)
			found[i] = string_at(w, &p);
		else
			p = value_end(w, p);
	}
	for (size_t i = 0; i < KEYS; i++) {
		*key = keys[i];
		if (found[i].len) return found[i];
	}
	return STR_EMPTY;
}

/* [1,"a",null]: one fact, as compact JSON. p is at the first element. */
static const char *scalars(struct walk_state *w, const char *p)
{
	struct buf text = {0};
	char number[32];
	const char *end;
	for (; p; p = next_in(w, p, &end)) {
		buf_char(&text, text.len ? ',' : '[');
		if (*p == '"')
			buf_json(&text, string_at(w, &p));
		else
			buf_add(&text,
			        *p == '-' || (*p >= '0' && *p <= '9') ? number_at(w, &p, number) : literal_at(w, &p));
	}
	buf_char(&text, ']');
	facts_add(w->snapshot, w->source, buf_str(&w->name), buf_str(&text));
	buf_free(&text);
	return end;
}

static const char *array(struct walk_state *w, const char *start)
{
	bool only_scalars = true;
	const char *end, *first = next_in(w, start, &end);
	uint32_t index = 0;
	if (!first) return end;
	for (const char *p = first; p && only_scalars; p = next_in(w, value_end(w, p), &end))
		only_scalars = *p != '{' && *p != '[';
	if (only_scalars) return scalars(w, first);
	for (const char *p = first; p; p = next_in(w, p, &end)) {
		char number[16];
		struct str key = STR_EMPTY, name = element_name(w, p, &key);
		snprintf(number, sizeof(number), "%u", index++);
		p = name.len ? named(w, name, p, key) : named(w, str_from(number), p, STR_EMPTY);
	}
	return end;
}

/* The value at p, under the name so far; key: the member of an object whose value is in that name already. */
static const char *value(struct walk_state *w, const char *p, struct str key)
{
	char number[32];
	const char *end;
	struct str text;
	switch (*p) {
	case '{':
		for (p = next_in(w, p, &end); p; p = next_in(w, p, &end)) {
			struct str name = member_name(w, &p);
			p = key.len && str_eq_nocase(name, key) ? value_end(w, p) : named(w, name, p, STR_EMPTY);
		}
		return end;
	case '[': return array(w, p);
	case '"': text = string_at(w, &p); break;
	case 'n': literal_at(w, &p); return p;
	case 't':
	case 'f': text = literal_at(w, &p); break;
	default: text = number_at(w, &p, number); break;
	}
	facts_add(w->snapshot, w->source, buf_str(&w->name), text);
	return p;
}

static bool is_among(const struct str *names, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq_nocase(names[i], name)) return true;
	return false;
}

/* The members of the object at p, and those of the objects that only wrap them. */
static const char *members(struct walk_state *w, const char *p)
{
	const struct facts_source *source = w->source;
	const char *end;
	for (p = next_in(w, p, &end); p; p = next_in(w, p, &end)) {
		struct str name = member_name(w, &p);
		if (is_among(source->omit, source->omit_count, name))
			p = value_end(w, p);
		else if (*p == '{' && (str_eq_nocase(name, STR("properties")) ||
		                       is_among(source->flatten, source->flatten_count, name)))
			p = members(w, p);
		else
			p = named(w, name, p, STR_EMPTY);
	}
	return end;
}

void facts_read(struct snapshot *snapshot, struct str record, const struct facts_source *source)
{
	struct walk_state w = {.snapshot = snapshot, .source = source, .text = json_text(record, NULL)};
	const char *start = json_space(record.ptr, record.ptr + record.len);
	members(&w, start);
	buf_free(&w.name);
	arena_free(&w.arena);
}
