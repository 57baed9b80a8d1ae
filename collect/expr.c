#include "collect/expr_private.h"

#include <stdio.h>
#include <stdlib.h>

static struct expr *fail(struct expr_compiler *c, const char *key, struct error *error, const char *what)
{
	error_set(error, ERROR_INPUT, c->file, "\"%s\": %s", key, what);
	return NULL;
}

static struct expr *field_expr(struct expr_compiler *c, enum op op, struct str pointer)
{
	struct expr *e = ARENA_NEW(c->arena, struct expr);
	e->op = op;
	e->field = projection_add(c->projection, pointer);
	return e->field < 0 || e->field >= EXPR_EACH ? NULL : e;
}

static struct expr *each_expr(struct expr_compiler *c, enum op op, struct str pointer)
{
	struct expr *e = ARENA_NEW(c->arena, struct expr);
	bool name = str_eq(pointer, STR("#"));
	int number = name ? EXPR_EACH_NAME - EXPR_EACH : projection_add(c->each, pointer);
	e->op = op;
	e->field = EXPR_EACH + number;
	return number < 0 || (!name && e->field >= EXPR_EACH_NAME) ? NULL : e;
}

bool expr_outer(struct str at, int up, struct str *out)
{
	for (int i = 0; i < up; i++) {
		size_t slash = str_rfind_char(at, '/');
		if (slash == SIZE_MAX) return false;
		at = str_slice(at, 0, slash);
	}
	*out = at;
	return true;
}

static struct expr *based(struct expr_compiler *c, enum op op, struct str rest)
{
	if (c->base_count == 1) return field_expr(c, op, str_concat(c->arena, c->bases[0], rest));
	struct expr *e = ARENA_NEW(c->arena, struct expr);
	e->op = OP_FIRST;
	e->parts = ARENA_ARRAY(c->arena, struct expr *, c->base_count);
	for (size_t i = 0; i < c->base_count; i++) {
		e->parts[i] = field_expr(c, op, str_concat(c->arena, c->bases[i], rest));
		if (!e->parts[i]) return NULL;
	}
	e->part_count = c->base_count;
	return e;
}

static struct expr *compile_string(struct expr_compiler *c, enum op op, struct str s, const char *key,
                                   struct error *error)
{
	struct expr *e = NULL;
	if (s.len == 0 || s.ptr[0] == '/') {
		e = field_expr(c, op, s);
	} else if (s.ptr[0] == '~' && c->base_count) {
		e = based(c, op, str_slice(s, 1, s.len));
	} else if (s.ptr[0] == '@' && c->each) {
		e = each_expr(c, op, str_slice(s, 1, s.len));
	} else if (op == OP_ALL && s.ptr[0] == '$') {
		e = ARENA_NEW(c->arena, struct expr);
		e->op = OP_DOCUMENT_ALL;
		e->text = str_slice(s, 1, s.len);
		e->constant = true;
		if (!c->keep(c->context, e->text)) e = NULL;
	} else if (op != OP_FIELD) {
		return fail(c, key, error, "must be a path in the record");
	} else if (str_eq(s, STR("&"))) {
		e = ARENA_NEW(c->arena, struct expr);
		e->op = OP_NAME;
	} else if (s.ptr[0] == '=') {
		e = ARENA_NEW(c->arena, struct expr);
		e->op = OP_LITERAL;
		e->text = str_slice(s, 1, s.len);
	} else if (s.ptr[0] == '$') {
		e = ARENA_NEW(c->arena, struct expr);
		e->op = OP_DOCUMENT;
		e->text = str_slice(s, 1, s.len);
		if (!c->keep(c->context, e->text)) e = NULL;
	} else if (s.ptr[0] == '^' || str_starts(s, STR("../"))) {
		e = ARENA_NEW(c->arena, struct expr);
		e->op = OP_PARENT;
		size_t at = 0;
		while (at < s.len && s.ptr[at] == '^') at++;
		e->up = 2 * (int)at; /* the object around a record's array is two tokens out */
		for (; str_starts(str_slice(s, at, s.len), STR("../"));
		     at += at + 3 < s.len && s.ptr[at + 3] == '.' ? 3 : 2)
			e->up++;
		e->text = str_slice(s, at, s.len);
		for (size_t i = 0; e && i < c->at_count; i++) {
			struct str base;
			if (!expr_outer(c->at[i], e->up, &base)) continue; /* this wrapping has no such object: empty */
			if (!c->keep(c->context, str_concat(c->arena, base, e->text))) e = NULL;
		}
	}
	return e ? e : fail(c, key, error, "is no path: expected /..., ~/..., $/..., ^/..., ../..., & or =text");
}

/* A list or join of what is the same for the whole document. */
static bool is_fixed(const struct expr *e)
{
	if (e->op == OP_DOCUMENT) return str_find(e->text, STR("*")) == SIZE_MAX;
	if (e->constant || e->op == OP_LITERAL) return true;
	if (e->op != OP_FIRST && e->op != OP_JOIN) return false;
	for (size_t i = 0; i < e->part_count; i++)
		if (!is_fixed(e->parts[i])) return false;
	return true;
}

static bool compile_parts(struct expr_compiler *c, struct expr *e, const cJSON *array, const char *key,
                          struct error *error)
{
	size_t n = (size_t)cJSON_GetArraySize(array), i = 0;
	e->parts = ARENA_ARRAY(c->arena, struct expr *, n ? n : 1);
	const cJSON *item;
	cJSON_ArrayForEach(item, array)
	{
		if (!(e->parts[i++] = expr_compile(c, item, key, error))) return false;
	}
	e->part_count = n;
	bool fixed = true;
	for (i = 0; i < n; i++) {
		const struct expr *part = e->parts[i];
		fixed &= is_fixed(part);
		e->constant |= part->constant;
	}
	e->constant &= fixed;
	return true;
}

static bool compile_one(struct expr_compiler *c, struct expr *e, const cJSON *json, const char *key,
                        struct error *error)
{
	e->parts = ARENA_ARRAY(c->arena, struct expr *, 3);
	e->parts[0] = expr_compile(c, json, key, error);
	e->part_count = 1;
	return e->parts[0] != NULL;
}

static struct str text_of(struct expr_compiler *c, const cJSON *object, const char *name, bool *has)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	if (has) *has = cJSON_IsString(item);
	return cJSON_IsString(item) ? str_dup(c->arena, str_from(item->valuestring)) : STR_EMPTY;
}

enum shape { SHAPE_WORDS_BY_WORD, SHAPE_BANDS, SHAPE_WORDS };

static bool compile_pairs(struct expr_compiler *c, struct expr *e, enum shape shape, const cJSON *to)
{
	if (shape == SHAPE_WORDS_BY_WORD ? !cJSON_IsObject(to) : !cJSON_IsArray(to)) return false;
	e->pairs = ARENA_ARRAY(c->arena, struct pair, (size_t)cJSON_GetArraySize(to) + 1);
	const cJSON *item;
	cJSON_ArrayForEach(item, to)
	{
		struct pair *pair = &e->pairs[e->pair_count++];
		const cJSON *value = item;
		if (shape == SHAPE_BANDS) {
			const cJSON *bound = cJSON_GetArrayItem(item, 0);
			value = cJSON_GetArrayItem(item, 1);
			if (!cJSON_IsNumber(bound) || cJSON_GetArraySize(item) != 2) return false;
			pair->bound = bound->valuedouble;
		} else if (item->string) {
			pair->from = str_dup(c->arena, str_from(item->string));
		}
		if (!cJSON_IsString(value)) return false;
		pair->to = str_dup(c->arena, str_from(value->valuestring));
	}
	return e->pair_count > 0;
}

/* What stands in the place of {"use": name}. */
static struct expr *compile_use(struct expr_compiler *c, const cJSON *name, const char *key, struct error *error)
{
	enum { DEEPEST = 16 };
	const cJSON *meant =
	    cJSON_IsString(name) ? cJSON_GetObjectItemCaseSensitive(c->define, name->valuestring) : NULL;
	if (!meant) return fail(c, key, error, "uses what \"define\" does not have");
	if (c->uses >= DEEPEST) return fail(c, key, error, "uses itself");
	c->uses++;
	struct expr *e = expr_compile(c, meant, key, error);
	c->uses--;
	return e;
}

/* A lookup in several lists is the first of as many lookups. */
static struct expr *compile_lookups(struct expr_compiler *c, const cJSON *json, const cJSON *lists, const char *key,
                                    struct error *error)
{
	cJSON *each = cJSON_CreateArray();
	const cJSON *list;
	cJSON_ArrayForEach(list, lists)
	{
		cJSON *one = cJSON_Duplicate(json, true);
		cJSON_ReplaceItemInObjectCaseSensitive(one, "lookup", cJSON_Duplicate(list, true));
		cJSON_AddItemToArray(each, one);
	}
	struct expr *e = expr_compile(c, each, key, error);
	cJSON_Delete(each);
	return e;
}

/* Of a list that is looked up in only what is asked for, where that can be said: the rest of it may be large. */
static bool keep_list(struct expr_compiler *c, const struct expr *e)
{
	enum { LEVELS = 4 }; /* of a deep list; what is below is kept whole */
	if (str_find(e->text, STR("*")) != SIZE_MAX || !e->text.len) return c->keep(c->context, e->text);
	struct str place = e->text, name = str_slice(place, str_rfind_char(place, '/'), place.len);
	for (int level = 0; level < (e->deep ? LEVELS : 1); level++) {
		if (e->by.len &&
		    !c->keep(c->context, str_printf(c->arena, "%.*s/*%.*s", STR_ARG(place), STR_ARG(e->by))))
			return false;
		if (!c->keep(c->context, str_printf(c->arena, "%.*s/*%.*s", STR_ARG(place), STR_ARG(e->get))))
			return false;
		place = str_printf(c->arena, "%.*s/*%.*s", STR_ARG(place), STR_ARG(name));
	}
	return !e->deep || c->keep(c->context, place);
}

/* Members that are text, or true or false, whatever the operator. */
static bool members_are_right(const cJSON *json)
{
	static const char *const texts[] = {"with", "after", "after_last", "until", "by", "get"}, *const switches[] = {
												      "whole", "deep"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, texts[i]);
		if (item && !cJSON_IsString(item)) return false;
	}
	for (size_t i = 0; i < sizeof(switches) / sizeof(*switches); i++) {
		const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, switches[i]);
		if (item && !cJSON_IsBool(item)) return false;
	}
	return true;
}

static struct expr *compile_object(struct expr_compiler *c, const cJSON *json, const char *key, struct error *error)
{
	static const struct {
		const char *name;
		enum op op;
		const char *others; /* the keys that may stand beside it */
	} operators[] = {
	    {"all", OP_ALL, ""},
	    {"raw", OP_RAW, ""},
	    {"join", OP_JOIN, " with whole "},
	    {"map", OP_MAP, " to else "},
	    {"bands", OP_BANDS, " from "},
	    {"cut", OP_CUT, " after after_last until "},
	    {"image", OP_IMAGE, ""},
	    {"lower", OP_LOWER, ""},
	    {"ids", OP_IDS, ""},
	    {"controls", OP_CONTROLS, ""},
	    {"if", OP_IF, " is then else "},
	    {"lookup", OP_LOOKUP, " by key get deep "},
	};
	const cJSON *operand = cJSON_GetObjectItemCaseSensitive(json, "use");
	size_t which = 0;
	if (operand)
		return json->child->next ? fail(c, key, error, "has an unknown member")
		                         : compile_use(c, operand, key, error);
	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators) && !operand; i++)
		operand = cJSON_GetObjectItemCaseSensitive(json, operators[which = i].name);
	if (!operand)
		return fail(c, key, error,
		            "has none of: all raw join map bands cut image lower ids controls if lookup use");
	const cJSON *member;
	cJSON_ArrayForEach(member, json)
	{
		char word[64];
		snprintf(word, sizeof(word), " %s ", member->string);
		if (member != operand && !strstr(operators[which].others, word))
			return fail(c, key, error, "has an unknown member");
	}
	if (!members_are_right(json)) return fail(c, key, error, "has a member of a wrong type");
	if (operators[which].op == OP_LOOKUP && !cJSON_HasObjectItem(json, "get"))
		return fail(c, key, error, "a lookup needs \"get\"");
	if (operators[which].op == OP_LOOKUP && cJSON_IsArray(operand) && !cJSON_IsArray(operand->child))
		return compile_lookups(c, json, operand, key, error);
	struct expr *e = ARENA_NEW(c->arena, struct expr);
	e->op = operators[which].op;
	const cJSON *other;
	bool good = true;
	switch (e->op) {
	case OP_ALL:
	case OP_RAW:
		if (!cJSON_IsString(operand)) return fail(c, key, error, "must be a path in the record");
		return compile_string(c, e->op, str_dup(c->arena, str_from(operand->valuestring)), key, error);
	case OP_JOIN:
		if (!cJSON_IsArray(operand)) return fail(c, key, error, "\"join\" must be a list");
		e->text = text_of(c, json, "with", NULL);
		e->whole = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "whole"));
		good = compile_parts(c, e, operand, key, error);
		break;
	case OP_MAP:
		good = compile_one(c, e, operand, key, error);
		e->text = text_of(c, json, "else", &e->has_else);
		if (cJSON_HasObjectItem(json, "else") && !e->has_else)
			return fail(c, key, error, "\"else\" of a map must be text");
		if (good && !compile_pairs(c, e, SHAPE_WORDS_BY_WORD, cJSON_GetObjectItemCaseSensitive(json, "to")))
			return fail(c, key, error, "\"to\" must be an object of words");
		break;
	case OP_BANDS:
		good = compile_one(c, e, operand, key, error);
		if (good && !compile_pairs(c, e, SHAPE_BANDS, cJSON_GetObjectItemCaseSensitive(json, "from")))
			return fail(c, key, error, "\"from\" must be a list of [bound, word]");
		break;
	case OP_CUT:
		good = compile_one(c, e, operand, key, error);
		e->text = text_of(c, json, "after", &e->has_after);
		if (!e->has_after) e->text = text_of(c, json, "after_last", &e->last);
		e->until = text_of(c, json, "until", &e->has_until);
		if (e->has_after && cJSON_HasObjectItem(json, "after_last"))
			return fail(c, key, error, "\"after\" and \"after_last\" exclude each other");
		if (e->last && e->text.len != 1) return fail(c, key, error, "\"after_last\" must be one character");
		if (!e->has_after && !e->last && !e->has_until)
			return fail(c, key, error, "a cut needs \"after\", \"after_last\" or \"until\"");
		break;
	case OP_IMAGE:
	case OP_IDS:
	case OP_CONTROLS:
	case OP_LOWER: good = compile_one(c, e, operand, key, error); break;
	case OP_IF:
		good = compile_one(c, e, operand, key, error);
		for (int i = 1; good && i <= 2; i++)
			if ((other = cJSON_GetObjectItemCaseSensitive(json, i == 1 ? "then" : "else")))
				good = (e->parts[i] = expr_compile(c, other, key, error)) != NULL;
		e->part_count = 3;
		if (good && (other = cJSON_GetObjectItemCaseSensitive(json, "is")) &&
		    !compile_pairs(c, e, SHAPE_WORDS, other))
			return fail(c, key, error, "\"is\" must be a list of words");
		break;
	case OP_LOOKUP:
		if (!cJSON_IsString(operand) || operand->valuestring[0] != '$')
			return fail(c, key, error, "\"lookup\" must be a path of the document");
		e->text = str_dup(c->arena, str_from(operand->valuestring + 1));
		e->by = text_of(c, json, "by", NULL);
		e->get = text_of(c, json, "get", NULL);
		e->deep = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "deep"));
		good = compile_one(c, e, cJSON_GetObjectItemCaseSensitive(json, "key"), key, error);
		if (good && !keep_list(c, e)) return fail(c, key, error, "\"lookup\" is no path");
		break;
	default: break;
	}
	return good ? e : NULL;
}

struct expr *expr_compile(struct expr_compiler *c, const cJSON *json, const char *key, struct error *error)
{
	if (cJSON_IsString(json))
		return compile_string(c, OP_FIELD, str_dup(c->arena, str_from(json->valuestring)), key, error);
	if (cJSON_IsObject(json)) return compile_object(c, json, key, error);
	if (!cJSON_IsArray(json)) return fail(c, key, error, "must be a path, a list or an object");
	struct expr *e = ARENA_NEW(c->arena, struct expr);
	e->op = OP_FIRST;
	return compile_parts(c, e, json, key, error) ? e : NULL;
}

bool expr_needs_document(const struct expr *e)
{
	if (!e) return false;
	if (e->op == OP_DOCUMENT || e->op == OP_DOCUMENT_ALL || e->op == OP_PARENT || e->op == OP_LOOKUP) return true;
	for (size_t i = 0; i < e->part_count; i++)
		if (expr_needs_document(e->parts[i])) return true;
	return false;
}

bool expr_needs_element(const struct expr *e)
{
	if (!e) return false;
	if ((e->op == OP_FIELD || e->op == OP_ALL || e->op == OP_RAW) && e->field >= EXPR_EACH) return true;
	for (size_t i = 0; i < e->part_count; i++)
		if (expr_needs_element(e->parts[i])) return true;
	return false;
}

void expr_fields(const struct expr *e, uint64_t *bits)
{
	if (!e) return;
	if (e->op == OP_FIELD || e->op == OP_ALL || e->op == OP_RAW)
		bits[e->field / 64] |= UINT64_C(1) << (e->field % 64);
	for (size_t i = 0; i < e->part_count; i++) expr_fields(e->parts[i], bits);
}
