/* One walk over the tokens, without a tree: a stack of the objects and arrays that are open, each with the pointers that lead into it.
 *
 *     {"runs":[{"invocations":[{"machine":"build-07", ...       the pointer /runs/ * /invocations/ * /machine has met 4 tokens here
 *
 * What is not changed is written as it was, white space and escapes too.
 */
#include "collect/redacting.h"

#include "core/json.h"

#include <stdlib.h>

enum expected { VALUE, FIRST_VALUE, NAME, FIRST_NAME, COLON, NEXT };

struct level {
	struct pointer_set into; /* pointers whose tokens have been met so far */
	bool object;
	bool masked; /* all that is in it is replaced, by: */
	size_t rule;
	uint64_t index;   /* of the next element */
	uint64_t renamed; /* names changed in this object */
};

struct walk_json {
	struct redacting *r;
	struct level *levels; /* levels[0] is outside of the document */
	size_t depth;
	struct pointer_set next; /* pointers that go on below the value that comes now */
	bool masked;             /* it is replaced, by: */
	size_t rule;
	struct buf text, json;
};

/* A token of the window: [from, to). */
struct token {
	size_t from, to;
	bool whole; /* false: the document ends in it */
	bool escaped;
};

enum step { STEP_DONE, STEP_ENDED, STEP_MALFORMED, STEP_ERROR };

static void meet(struct walk_json *w, const struct level *level, struct str token)
{
	w->next = (struct pointer_set){{0}};
	w->masked = level->masked;
	w->rule = level->rule;
	for (size_t i = 0; i < w->r->pointer_count && !w->masked; i++) {
		if (!(level->into.words[i / 64] >> (i % 64) & 1)) continue;
		const struct pointer *pointer = &w->r->pointers[i];
		struct str wanted = pointer->tokens[w->depth - 1];
		if (!str_eq(wanted, STR("*")) && !str_eq_nocase(wanted, token)) continue;
		if (pointer->count == w->depth) {
			w->masked = true;
			w->rule = pointer->rule;
		} else {
			w->next.words[i / 64] |= (uint64_t)1 << (i % 64);
		}
	}
}

static bool any(const struct pointer_set *set)
{
	uint64_t all = 0;
	for (size_t i = 0; i < sizeof(set->words) / sizeof(*set->words); i++) all |= set->words[i];
	return all != 0;
}

static void meet_element(struct walk_json *w, struct level *level)
{
	char digits[24];
	uint64_t index = level->index++, value = index;
	size_t n = sizeof(digits);
	if (!any(&level->into)) {
		meet(w, level, STR_EMPTY);
		return;
	}
	do digits[--n] = (char)('0' + value % 10);
	while (value /= 10);
	meet(w, level, str_of(digits + n, sizeof(digits) - n));
}

/* ---- tokens ---- */

/* Reads on, so that the token that begins at `from` and what is behind it is in the window. */
static enum step read_on(struct redacting *r, size_t *from, struct error *error)
{
	if (r->window.len - *from > REDACT_TOKEN_MAX) {
		redacting_fault(r, *from, "a value of more than 64 MB is not looked through", error);
		return STEP_ERROR;
	}
	if (!redacting_copy(r, *from, error) || !redacting_fill(r, error)) return STEP_ERROR;
	if (r->stream) *from = 0;
	return STEP_DONE;
}

static enum step read_string(struct redacting *r, struct token *token, struct error *error)
{
	const char *stop, *wrong = NULL;
	size_t at = r->at + 1;
	*token = (struct token){.from = r->at, .whole = true};
	for (;;) {
		enum json_part part =
		    json_string_part(r->window.ptr + at, r->window.ptr + r->window.len, &stop, &token->escaped, &wrong);
		at = (size_t)(stop - r->window.ptr);
		if (part == JSON_PART_FAULT) {
			r->at = at;
			return STEP_MALFORMED;
		}
		if (part == JSON_PART_END) {
			token->to = at + 1;
			return STEP_DONE;
		}
		if (r->ended) {
			token->whole = false;
			token->to = r->window.len;
			return STEP_DONE;
		}
		size_t before = token->from;
		enum step step = read_on(r, &token->from, error);
		if (step != STEP_DONE) return step;
		at -= before - token->from;
		r->at = token->from;
	}
}

static bool ends_word(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == ']' || c == '}' || c == ':' ||
	       c == '"' || c == '[' || c == '{';
}

static enum step read_word(struct redacting *r, struct token *token, struct error *error)
{
	size_t at = r->at;
	*token = (struct token){.from = r->at, .whole = true};
	for (;;) {
		while (at < r->window.len && !ends_word(r->window.ptr[at])) at++;
		if (at < r->window.len || r->ended) break;
		size_t before = token->from;
		enum step step = read_on(r, &token->from, error);
		if (step != STEP_DONE) return step;
		at -= before - token->from;
		r->at = token->from;
	}
	token->to = at;
	token->whole = at < r->window.len;
	enum json_kind kind;
	struct json_text text = json_text(str_of(r->window.ptr + token->from, token->to - token->from), NULL);
	const char *end = json_value(&text, text.start, 0, &kind);
	return end == text.end || !token->whole ? STEP_DONE : STEP_MALFORMED;
}

/* ---- replacing ---- */

static bool put_string(struct walk_json *w, const struct token *token, struct str value, struct error *error)
{
	w->json.len = 0;
	buf_json(&w->json, value);
	if (!token->whole) w->json.len--; /* the document still ends inside of it */
	return redacting_put(w->r, token->from, token->to, buf_str(&w->json), error);
}

/* The text that a string stands for; of one that is cut off, up to its last whole character. */
static struct str text_of(struct walk_json *w, const struct token *token)
{
	struct redacting *r = w->r;
	struct str raw = str_of(r->window.ptr + token->from + 1, token->to - token->from - 1 - token->whole);
	if (!token->escaped) return raw;
	if (!token->whole) { /* an escape may be cut off */
		const char *stop, *wrong;
		bool escaped;
		json_string_part(raw.ptr, raw.ptr + raw.len, &stop, &escaped, &wrong);
		raw.len = (size_t)(stop - raw.ptr);
	}
	w->text.len = 0;
	buf_reserve(&w->text, raw.len + 1);
	w->text.len = json_unescape_into(raw, w->text.ptr);
	return buf_str(&w->text);
}

static bool redact_string(struct walk_json *w, const struct token *token, struct error *error)
{
	struct redacting *r = w->r;
	struct str out;
	bool changed;
	if (w->masked) {
		redacting_count(r, w->rule, 1, token->from);
		return put_string(w, token, r->rules->marker, error);
	}
	if (!redacting_text(r, text_of(w, token), token->from, &out, &changed, error)) return false;
	return !changed || put_string(w, token, out, error);
}

static bool redact_word(struct walk_json *w, const struct token *token, struct error *error)
{
	struct redacting *r = w->r;
	struct str word = str_of(r->window.ptr + token->from, token->to - token->from), out;
	bool changed = w->masked && !str_eq(word, STR("null"));
	bool number = word.len && (word.ptr[0] == '-' || (word.ptr[0] >= '0' && word.ptr[0] <= '9'));
	if (changed)
		redacting_count(r, w->rule, 1, token->from);
	else if ((number || !token->whole) && !redacting_text(r, word, token->from, &out, &changed, error))
		return false;
	return !changed || redacting_put(r, token->from, token->to, STR("null"), error);
}

static bool redact_name(struct walk_json *w, struct level *level, const struct token *token, struct error *error)
{
	struct redacting *r = w->r;
	struct str name = text_of(w, token), out;
	bool changed;
	meet(w, level, name);
	if (!redacting_text(r, name, token->from, &out, &changed, error)) return false;
	if (!changed) return true;
	struct buf numbered = {0};
	buf_add(&numbered, out);
	if (level->renamed++) buf_printf(&numbered, " (%llu)", (unsigned long long)level->renamed);
	bool good = put_string(w, token, buf_str(&numbered), error);
	buf_free(&numbered);
	return good;
}

/* ---- the walk ---- */

static bool open_level(struct walk_json *w, bool object)
{
	if (w->depth > JSON_MAX_DEPTH) return false;
	w->levels[++w->depth] = (struct level){.into = w->next, .object = object, .masked = w->masked, .rule = w->rule};
	return true;
}

static enum step to_token(struct redacting *r, struct error *error)
{
	for (;;) {
		const char *p = r->window.ptr, *end = p + r->window.len;
		r->at = (size_t)(json_space(p + r->at, end) - p);
		if (r->at < r->window.len) return STEP_DONE;
		if (r->ended) return STEP_ENDED;
		if (!redacting_copy(r, r->at, error) || !redacting_fill(r, error)) return STEP_ERROR;
	}
}

static enum step scalar(struct walk_json *w, struct error *error)
{
	struct redacting *r = w->r;
	struct token token;
	bool quoted = r->window.ptr[r->at] == '"';
	enum step step = quoted ? read_string(r, &token, error) : read_word(r, &token, error);
	if (step != STEP_DONE) return step;
	r->at = token.to;
	if (token.from == token.to) return STEP_MALFORMED;
	bool good = quoted ? redact_string(w, &token, error) : redact_word(w, &token, error);
	return good ? STEP_DONE : STEP_ERROR;
}

static enum step value(struct walk_json *w, enum expected *expected, struct error *error)
{
	struct redacting *r = w->r;
	char c = r->window.ptr[r->at];
	struct level *level = &w->levels[w->depth];
	if (*expected == FIRST_VALUE && c == ']') {
		w->depth--;
		r->at++;
		*expected = NEXT;
		return STEP_DONE;
	}
	if (w->depth == 0) {
		w->next = level->into;
		w->masked = false;
	} else if (!level->object) {
		meet_element(w, level);
	}
	if (c == '{' || c == '[') {
		r->at++;
		*expected = c == '{' ? FIRST_NAME : FIRST_VALUE;
		return open_level(w, c == '{') ? STEP_DONE : STEP_MALFORMED;
	}
	*expected = NEXT;
	return scalar(w, error);
}

static enum step name(struct walk_json *w, enum expected *expected, struct error *error)
{
	struct redacting *r = w->r;
	struct token token;
	char c = r->window.ptr[r->at];
	if (*expected == FIRST_NAME && c == '}') {
		w->depth--;
		r->at++;
		*expected = NEXT;
		return STEP_DONE;
	}
	if (c != '"') return STEP_MALFORMED;
	enum step step = read_string(r, &token, error);
	if (step != STEP_DONE) return step;
	r->at = token.to;
	*expected = COLON;
	return redact_name(w, &w->levels[w->depth], &token, error) ? STEP_DONE : STEP_ERROR;
}

/* What stands between values. */
static enum step between(struct walk_json *w, enum expected *expected)
{
	struct redacting *r = w->r;
	char c = r->window.ptr[r->at++];
	bool object = w->levels[w->depth].object;
	if (*expected == COLON) {
		*expected = VALUE;
		return c == ':' ? STEP_DONE : STEP_MALFORMED;
	}
	if (c == ',') {
		*expected = object ? NAME : VALUE;
		return STEP_DONE;
	}
	if (c != (object ? '}' : ']')) return STEP_MALFORMED;
	w->depth--;
	return STEP_DONE;
}

static enum step one_token(struct walk_json *w, enum expected *expected, struct error *error)
{
	enum step step = to_token(w->r, error);
	if (step != STEP_DONE) return step;
	if (w->depth == 0 && *expected == NEXT) *expected = VALUE; /* another document may follow */
	switch (*expected) {
	case VALUE:
	case FIRST_VALUE: return value(w, expected, error);
	case NAME:
	case FIRST_NAME: return name(w, expected, error);
	case COLON:
	case NEXT: break;
	}
	return between(w, expected);
}

bool redacting_json(struct redacting *r, bool *malformed, struct error *error)
{
	struct walk_json w = {.r = r};
	enum expected expected = VALUE;
	enum step step;
	w.levels = memory_grow(NULL, sizeof(*w.levels) * (JSON_MAX_DEPTH + 2));
	w.levels[0] = (struct level){.object = false};
	for (size_t i = 0; i < r->pointer_count; i++)
		if (r->about[r->pointers[i].rule]) w.levels[0].into.words[i / 64] |= (uint64_t)1 << (i % 64);
	do step = one_token(&w, &expected, error);
	while (step == STEP_DONE);
	free(w.levels);
	buf_free(&w.text);
	buf_free(&w.json);
	if (malformed) *malformed = step == STEP_MALFORMED;
	if (step == STEP_MALFORMED && !malformed)
		return redacting_fault(r, r->at, "is no JSON from here on: it cannot be looked through", error);
	return step == STEP_ENDED ? redacting_copy(r, r->window.len, error) : step == STEP_MALFORMED;
}
