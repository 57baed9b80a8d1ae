#include "render/sentences.h"

#include "core/buf.h"
#include "core/templates.h"

#include <cjson/cJSON.h>

enum { SLOTS_MAX = 10 };

struct sentence {
	struct text_forms from, to;
};
struct sentences {
	struct sentence *list;
	size_t count;
};

/* ---- loading ----------------------------------------------------------------------------------------------------- */

static bool read_forms(struct arena *arena, const cJSON *node, struct text_forms *forms)
{
	const cJSON *one = cJSON_IsObject(node) ? cJSON_GetObjectItemCaseSensitive(node, "one") : node;
	const cJSON *other = cJSON_IsObject(node) ? cJSON_GetObjectItemCaseSensitive(node, "other") : node;
	if (!cJSON_IsString(one) || !cJSON_IsString(other)) return false;
	forms->one = str_dup(arena, str_from(one->valuestring));
	forms->other = str_dup(arena, str_from(other->valuestring));
	return true;
}

static bool read_all(struct texts *texts, const cJSON *english, const cJSON *other, const char *file,
                     struct error *error)
{
	struct sentences *sentences = texts->sentences;
	const cJSON *node;
	sentences->list = ARENA_ARRAY(texts->arena, struct sentence, (size_t)cJSON_GetArraySize(english) + 1);
	cJSON_ArrayForEach(node, english)
	{
		struct sentence *s = &sentences->list[sentences->count++];
		if (!read_forms(texts->arena, node, &s->from) ||
		    !read_forms(texts->arena, cJSON_GetObjectItemCaseSensitive(other, node->string), &s->to))
			return error_set(
			    error, ERROR_INPUT, file,
			    "the text \"said.%s\" is missing, or is no text: expected a string, or {\"one\": ..., "
			    "\"other\": ...}",
			    node->string);
	}
	return true;
}

static cJSON *parse(struct arena *arena, struct str language, const char **file)
{
	struct str name = str_printf(arena, "report/%.*s.json", STR_ARG(language)), text;
	*file = str_cstr(arena, name);
	return template_find(name, &text) ? cJSON_ParseWithLength(text.ptr, text.len) : NULL;
}

bool sentences_load(struct texts *texts, struct error *error)
{
	const char *file, *english_file;
	if (str_eq(texts->language, STR("en"))) return true;
	texts->sentences = ARENA_NEW(texts->arena, struct sentences);
	cJSON *english = parse(texts->arena, STR("en"), &english_file),
	      *other = parse(texts->arena, texts->language, &file);
	bool good = english && other &&
	            read_all(texts, cJSON_GetObjectItemCaseSensitive(english, "said"),
	                     cJSON_GetObjectItemCaseSensitive(other, "said"), file, error);
	if (!english || !other) error_set(error, ERROR_INPUT, file, "expected a JSON object of texts");
	cJSON_Delete(english);
	cJSON_Delete(other);
	return good;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* How long the text up to the next slot is. */
static size_t literal_length(struct str form)
{
	size_t end = str_find(form, STR("{"));
	return end == SIZE_MAX ? form.len : end;
}

static bool is_count(struct str name) { return str_eq(name, STR("n")) || str_eq(name, STR("of")); }

static bool is_number(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
	return s.len > 0;
}

struct reading {
	struct str names[SLOTS_MAX], values[SLOTS_MAX];
	size_t count;
};

/* One slot, and the literal behind it. */
static bool read_slot(struct reading *r, struct str *form, struct str *text)
{
	size_t close = str_find(*form, STR("}"));
	if (close == SIZE_MAX || r->count == SLOTS_MAX) return false;
	struct str name = str_slice(*form, 1, close), rest = str_slice(*form, close + 1, form->len);
	struct str literal = str_slice(rest, 0, literal_length(rest));
	size_t at = literal.len ? str_find(*text, literal) : text->len;
	if (at == SIZE_MAX) return false;
	/* What stands last stands at the end: a name may hold the same words. */
	if (literal.len == rest.len && literal.len) {
		if (!str_ends(*text, literal)) return false;
		at = text->len - literal.len;
	}
	if (is_count(name) && !is_number(str_slice(*text, 0, at))) return false;
	r->names[r->count] = name;
	r->values[r->count++] = str_slice(*text, 0, at);
	*text = str_slice(*text, at + literal.len, text->len);
	*form = str_slice(rest, literal.len, rest.len);
	return true;
}

static bool reads(struct str form, struct str text, struct reading *r)
{
	struct str literal = str_slice(form, 0, literal_length(form));
	r->count = 0;
	if (!str_starts(text, literal)) return false;
	text = str_slice(text, literal.len, text.len);
	form = str_slice(form, literal.len, form.len);
	while (form.len)
		if (!read_slot(r, &form, &text)) return false;
	return !text.len;
}

/* ---- saying ------------------------------------------------------------------------------------------------------ */

static struct str value_of(const struct texts *texts, const struct reading *r, struct str name)
{
	for (size_t i = 0; i < r->count; i++) {
		if (!str_eq(r->names[i], name)) continue;
		if (str_eq(name, STR("side")) && str_eq(r->values[i], STR("before")))
			return texts->forms[TEXT_side_before].other;
		if (str_eq(name, STR("side")) && str_eq(r->values[i], STR("after")))
			return texts->forms[TEXT_side_after].other;
		return str_starts(name, STR("why")) ? sentences_say(texts, r->values[i]) : r->values[i];
	}
	return STR_EMPTY;
}

static struct str write_form(const struct texts *texts, struct str form, const struct reading *r)
{
	struct buf out = {0};
	while (form.len) {
		size_t literal = literal_length(form), close = str_find(form, STR("}"));
		buf_add(&out, str_slice(form, 0, literal));
		if (literal == form.len || close == SIZE_MAX) break;
		buf_add(&out, value_of(texts, r, str_slice(form, literal + 1, close)));
		form = str_slice(form, close + 1, form.len);
	}
	struct str said = str_dup(texts->arena, buf_str(&out));
	buf_free(&out);
	return said;
}

struct str sentences_say(const struct texts *texts, struct str english)
{
	struct reading r;
	for (size_t i = 0; texts->sentences && i < texts->sentences->count; i++) {
		const struct sentence *s = &texts->sentences->list[i];
		if (reads(s->from.one, english, &r)) return write_form(texts, s->to.one, &r);
		if (reads(s->from.other, english, &r)) return write_form(texts, s->to.other, &r);
	}
	return english;
}

struct str sentences_say_parts(const struct texts *texts, struct str english, struct str separator)
{
	struct buf out = {0};
	if (!texts->sentences) return english;
	while (english.len) {
		size_t end = str_find(english, separator);
		struct str part = str_slice(english, 0, end == SIZE_MAX ? english.len : end);
		buf_add(&out, sentences_say(texts, part));
		if (end != SIZE_MAX) buf_add(&out, separator);
		english = end == SIZE_MAX ? STR_EMPTY : str_slice(english, end + separator.len, english.len);
	}
	struct str said = str_dup(texts->arena, buf_str(&out));
	buf_free(&out);
	return said;
}
