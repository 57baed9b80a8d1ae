#include "collect/control_ids.h"

#include "core/buf.h"

#include <cjson/cJSON.h>

struct finding_ids {
	struct arena *arena;
	struct buf all;
};

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* The word at or after *at; empty at the end. */
static struct str next_word(struct str s, size_t *at)
{
	size_t from = *at;
	while (from < s.len && is_blank(s.ptr[from])) from++;
	size_t end = from;
	while (end < s.len && !is_blank(s.ptr[end])) end++;
	*at = end;
	return str_slice(s, from, end);
}

static void put_words(struct buf *buf, struct str s, bool number)
{
	size_t at = 0, count = 0;
	for (struct str word; (word = next_word(s, &at)).len; count++) {
		if (count && word.ptr[0] != '(') buf_char(buf, '-'); /* "AC-6 (9)" is AC-6(9) */
		for (size_t i = 0; i < word.len; i++) buf_char(buf, number && word.ptr[i] == '/' ? '-' : word.ptr[i]);
	}
}

struct str control_id_of(struct arena *arena, struct str framework, struct str number)
{
	struct buf id = {0};
	put_words(&id, framework, false);
	size_t slash = id.len;
	buf_char(&id, '/');
	put_words(&id, number, true);
	struct str made = slash && id.len > slash + 1 ? str_dup(arena, buf_str(&id)) : STR_EMPTY;
	buf_free(&id);
	return made;
}

static void add(struct finding_ids *ids, struct str framework, struct str number)
{
	struct str id = control_id_of(ids->arena, framework, number), all = buf_str(&ids->all);
	if (!id.len) return;
	for (size_t at = 0; at < all.len;)
		if (str_eq(next_word(all, &at), id)) return;
	if (all.len) buf_char(&ids->all, ' ');
	buf_add(&ids->all, id);
}

static bool has_digit(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] >= '0' && s.ptr[i] <= '9') return true;
	return false;
}

/* Where the framework's name ends in a text without '/'. */
static size_t framework_end(struct str s)
{
	size_t at = 0, first;
	struct str word = next_word(s, &at);
	first = at;
	while (word.len && !has_digit(word)) word = next_word(s, &at);
	size_t end = at;
	return word.len && next_word(s, &at).len ? end : first;
}

static void add_text(struct finding_ids *ids, struct str text)
{
	size_t slash = str_rfind_char(text, '/');
	if (slash != SIZE_MAX) {
		add(ids, str_slice(text, 0, slash), str_slice(text, slash + 1, text.len));
		return;
	}
	size_t at = framework_end(text);
	struct str framework = str_slice(text, 0, at);
	for (struct str number; (number = next_word(text, &at)).len;)
		if (has_digit(number))
			add(ids, framework, number); /* others are words: "Software and Configuration Checks" */
}

struct str control_ids_in(struct arena *arena, struct str json)
{
	struct finding_ids ids = {.arena = arena};
	cJSON *root = cJSON_ParseWithLength(json.ptr, json.len);
	if (cJSON_IsString(root)) add_text(&ids, str_from(root->valuestring));
	bool named = cJSON_IsObject(root);
	for (const cJSON *each = named || cJSON_IsArray(root) ? root->child : NULL; each; each = each->next) {
		struct str name = str_from(each->string);
		if (cJSON_IsString(each)) {
			struct str text = str_from(each->valuestring);
			if (named)
				add(&ids, name, text);
			else
				add_text(&ids, text);
		}
		for (const cJSON *item = named && cJSON_IsArray(each) ? each->child : NULL; item; item = item->next)
			if (cJSON_IsString(item)) add(&ids, name, str_from(item->valuestring));
	}
	struct str all = str_dup(arena, buf_str(&ids.all));
	cJSON_Delete(root);
	buf_free(&ids.all);
	return all;
}
