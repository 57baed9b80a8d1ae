/* A spec is small, and this runs once, for a message: each question walks the text from its start. */
#include "collect/spec_text.h"

#include "core/json.h"

/* The value of the object's member or the array's element that the token names, p being at the container; NULL: there is none.
 * *name: where the member's name stands. */
static const char *step(const struct json_text *text, const char *p, struct str token, const char **name)
{
	char close = *p == '{' ? '}' : ']';
	uint64_t wanted = UINT64_MAX, at = 0;
	enum json_kind kind;
	if (*p != '{' && *p != '[') return NULL;
	if (close == ']' && !str_to_u64(token, &wanted)) return NULL;
	p = json_space(p + 1, text->end);
	while (p && p < text->end && *p != close) {
		struct str key = STR_EMPTY;
		*name = p;
		if (close == '}') {
			const char *end = json_string(text, p, NULL);
			if (!end) return NULL;
			key = str_of(p + 1, (size_t)(end - p) - 2);
			p = json_space(end, text->end);
			if (p == text->end) return NULL;
			p = json_space(p + 1, text->end); /* the colon */
		}
		if (close == '}' ? str_eq(key, token) : at++ == wanted) return p;
		if (!(p = json_value(text, p, 0, &kind))) return NULL;
		p = json_space(p, text->end);
		if (p < text->end && *p == ',') p = json_space(p + 1, text->end);
	}
	return NULL;
}

static const char *walk(const struct json_text *text, struct str pointer)
{
	const char *p = json_space(text->start, text->end), *name;
	for (size_t at = 0; p && at < pointer.len;) {
		size_t end = at + 1;
		if (p == text->end) return NULL;
		while (end < pointer.len && pointer.ptr[end] != '/') end++;
		p = step(text, p, str_slice(pointer, at + 1, end), &name);
		at = end;
	}
	return p;
}

size_t spec_text_value(struct str s, struct str pointer)
{
	struct json_text text = json_text(s, NULL);
	const char *p = walk(&text, pointer);
	return p ? (size_t)(p - s.ptr) : SIZE_MAX;
}

size_t spec_text_member(struct str s, struct str pointer, struct str key)
{
	struct json_text text = json_text(s, NULL);
	const char *p = walk(&text, pointer), *name;
	enum json_kind kind;
	if (!p || p == text.end) return SIZE_MAX;
	if (step(&text, p, key, &name) && *name == '"') return (size_t)(name - s.ptr);
	const char *end = json_value(&text, p, 0, &kind);
	while (p && end && p < end) { /* any string with a colon behind it is a name */
		const char *at = p;
		if (*p++ != '"') continue;
		if (!(p = json_string(&text, at, NULL))) break;
		const char *behind = json_space(p, end);
		if (behind < end && *behind == ':' && str_eq(str_of(at + 1, (size_t)(p - at) - 2), key))
			return (size_t)(at - s.ptr);
	}
	return SIZE_MAX;
}

void spec_text_line(struct str text, size_t offset, uint32_t *line, uint32_t *column)
{
	*line = *column = 1;
	for (size_t i = 0; i < offset && i < text.len; i++) {
		++*column;
		if (text.ptr[i] == '\n') ++*line, *column = 1;
	}
}

/* How many letters must be put in, taken out or changed to make b of a. */
static size_t distance(struct str a, struct str b)
{
	enum { LONGEST = 48 };
	size_t row[LONGEST + 1];
	if (a.len > LONGEST || b.len > LONGEST) return SIZE_MAX;
	for (size_t k = 0; k <= b.len; k++) row[k] = k;
	for (size_t i = 1; i <= a.len; i++) {
		size_t corner = row[0];
		row[0] = i;
		for (size_t k = 1; k <= b.len; k++) {
			size_t best = corner + (a.ptr[i - 1] != b.ptr[k - 1]);
			corner = row[k];
			if (row[k] + 1 < best) best = row[k] + 1;
			if (row[k - 1] + 1 < best) best = row[k - 1] + 1;
			row[k] = best;
		}
	}
	return row[b.len];
}

const char *spec_text_nearest(const char *word, const char *const *names, size_t count)
{
	const char *nearest = NULL;
	size_t half = (strlen(word) + 1) / 2,
	       least = half < 3 ? half : 3; /* more letters wrong than that: another word */
	for (size_t i = 0; i < count; i++) {
		size_t letters = distance(str_from(word), str_from(names[i]));
		if (letters > least || (nearest && letters == least)) continue;
		least = letters;
		nearest = names[i];
	}
	return nearest;
}
