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

/* "^/a" and "../../a" without what leads out, which is counted in tokens. */
static struct str outward(struct str s, int *up)
{
	size_t at = 0;
	while (at < s.len && s.ptr[at] == '^') at++;
	*up = 2 * (int)at; /* the object around a record's array is two tokens out */
	for (; str_starts(str_slice(s, at, s.len), STR("../")); at += at + 3 < s.len && s.ptr[at + 3] == '.' ? 3 : 2)
		++*up;
	return str_slice(s, at, s.len);
}

/* The document keeps what stands there from any of the record's paths. */
static bool keep_outer(struct expr_compiler *c, int up, struct str rest)
{
	for (size_t i = 0; i < c->at_count; i++) {
		struct str base;
		if (!expr_outer(c->at[i], up, &base)) continue; /* this wrapping has no such object: empty */
		if (!c->keep(c->context, str_concat(c->arena, base, rest))) return false;
	}
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
		e->text = outward(s, &e->up);
		if (!keep_outer(c, e->up, e->text)) e = NULL;
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
	if (e->up)
		return keep_outer(c, e->up, str_printf(c->arena, "%.*s/*%.*s", STR_ARG(e->text), STR_ARG(e->by))) &&
		       keep_outer(c, e->up, str_printf(c->arena, "%.*s/*%.*s", STR_ARG(e->text), STR_ARG(e->get)));
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

/* ---- operators ---- */

/* {"join": [...], "with": ", "}: the object is what is compiled, its operand what stands beside the operator's name. */
struct operation {
	struct expr_compiler *c;
	struct expr *e;
	const cJSON *object, *operand;
	const char *key;
	struct error *error;
};

static const cJSON *other(const struct operation *o, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(o->object, name);
}

static bool bad(const struct operation *o, const char *what)
{
	fail(o->c, o->key, o->error, what);
	return false;
}

static bool with_one(const struct operation *o) { return compile_one(o->c, o->e, o->operand, o->key, o->error); }

static bool with_join(const struct operation *o)
{
	if (!cJSON_IsArray(o->operand)) return bad(o, "\"join\" must be a list");
	o->e->text = text_of(o->c, o->object, "with", NULL);
	o->e->whole = cJSON_IsTrue(other(o, "whole"));
	return compile_parts(o->c, o->e, o->operand, o->key, o->error);
}

static bool with_map(const struct operation *o)
{
	bool good = with_one(o);
	o->e->text = text_of(o->c, o->object, "else", &o->e->has_else);
	if (other(o, "else") && !o->e->has_else) return bad(o, "\"else\" of a map must be text");
	if (good && !compile_pairs(o->c, o->e, SHAPE_WORDS_BY_WORD, other(o, "to")))
		return bad(o, "\"to\" must be an object of words");
	return good;
}

static bool with_bands(const struct operation *o)
{
	bool good = with_one(o);
	if (good && !compile_pairs(o->c, o->e, SHAPE_BANDS, other(o, "from")))
		return bad(o, "\"from\" must be a list of [bound, word]");
	return good;
}

static bool with_cut(const struct operation *o)
{
	struct expr *e = o->e;
	bool good = with_one(o);
	e->text = text_of(o->c, o->object, "after", &e->has_after);
	if (!e->has_after) e->text = text_of(o->c, o->object, "after_last", &e->last);
	e->until = text_of(o->c, o->object, "until", &e->has_until);
	if (e->has_after && other(o, "after_last")) return bad(o, "\"after\" and \"after_last\" exclude each other");
	if (e->last && e->text.len != 1) return bad(o, "\"after_last\" must be one character");
	if (!e->has_after && !e->last && !e->has_until)
		return bad(o, "a cut needs \"after\", \"after_last\" or \"until\"");
	return good;
}

static bool with_if(const struct operation *o)
{
	static const char *const branches[] = {"then", "else"};
	struct expr *e = o->e;
	if (!with_one(o)) return false;
	for (int i = 0; i < 2; i++) {
		const cJSON *branch = other(o, branches[i]);
		if (branch && !(e->parts[1 + i] = expr_compile(o->c, branch, o->key, o->error))) return false;
	}
	e->part_count = 3;
	const cJSON *words = other(o, "is");
	if (words && !compile_pairs(o->c, e, SHAPE_WORDS, words)) return bad(o, "\"is\" must be a list of words");
	return true;
}

static bool with_lookup(const struct operation *o)
{
	struct expr *e = o->e;
	struct str list =
	    cJSON_IsString(o->operand) ? str_dup(o->c->arena, str_from(o->operand->valuestring)) : STR_EMPTY;
	if (!str_starts(list, STR("$")) && !str_starts(list, STR("^")))
		return bad(o, "\"lookup\" must be a path of the document");
	e->text = outward(list, &e->up);
	if (!e->up) e->text = str_slice(list, 1, list.len);
	if (e->up && !str_starts(e->text, STR("/"))) return bad(o, "\"lookup\" is no path");
	e->by = text_of(o->c, o->object, "by", NULL);
	e->get = text_of(o->c, o->object, "get", NULL);
	e->deep = cJSON_IsTrue(other(o, "deep"));
	if (!compile_one(o->c, e, other(o, "key"), o->key, o->error)) return false;
	return keep_list(o->c, e) || bad(o, "\"lookup\" is no path");
}

static const struct operator_row {
	const char *name;
	enum op op;
	bool (*compile)(const struct operation *operation); /* NULL: the operand is a path in the record */
	const char *others;                                 /* the keys that may stand beside it */
} operators[] = {
    {"all", OP_ALL, NULL, ""},
    {"raw", OP_RAW, NULL, ""},
    {"join", OP_JOIN, with_join, " with whole "},
    {"map", OP_MAP, with_map, " to else "},
    {"bands", OP_BANDS, with_bands, " from "},
    {"cut", OP_CUT, with_cut, " after after_last until "},
    {"image", OP_IMAGE, with_one, ""},
    {"lower", OP_LOWER, with_one, ""},
    {"ids", OP_IDS, with_one, ""},
    {"controls", OP_CONTROLS, with_one, ""},
    {"if", OP_IF, with_if, " is then else "},
    {"lookup", OP_LOOKUP, with_lookup, " by key get deep "},
};

/* The operator that the object names, NULL if none; its operand. */
static const struct operator_row *operator_of(const cJSON *json, const cJSON **operand)
{
	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++)
		if ((*operand = cJSON_GetObjectItemCaseSensitive(json, operators[i].name))) return &operators[i];
	return NULL;
}

/* What is wrong with the members beside the operand, NULL if nothing is. */
static const char *members_fault(const cJSON *json, const struct operator_row *row, const cJSON *operand)
{
	const cJSON *member;
	cJSON_ArrayForEach(member, json)
	{
		char word[64];
		snprintf(word, sizeof(word), " %s ", member->string);
		if (member != operand && !strstr(row->others, word)) return "has an unknown member";
	}
	if (!members_are_right(json)) return "has a member of a wrong type";
	if (row->op == OP_LOOKUP && !cJSON_HasObjectItem(json, "get")) return "a lookup needs \"get\"";
	return NULL;
}

static struct expr *compile_object(struct expr_compiler *c, const cJSON *json, const char *key, struct error *error)
{
	const cJSON *operand = cJSON_GetObjectItemCaseSensitive(json, "use");
	if (operand)
		return json->child->next ? fail(c, key, error, "has an unknown member")
		                         : compile_use(c, operand, key, error);
	const struct operator_row *row = operator_of(json, &operand);
	if (!row)
		return fail(c, key, error,
		            "has none of: all raw join map bands cut image lower ids controls if lookup use");
	const char *fault = members_fault(json, row, operand);
	if (fault) return fail(c, key, error, fault);
	if (row->op == OP_LOOKUP && cJSON_IsArray(operand) && !cJSON_IsArray(operand->child))
		return compile_lookups(c, json, operand, key, error);
	if (!row->compile) {
		if (!cJSON_IsString(operand)) return fail(c, key, error, "must be a path in the record");
		return compile_string(c, row->op, str_dup(c->arena, str_from(operand->valuestring)), key, error);
	}
	struct expr *e = ARENA_NEW(c->arena, struct expr);
	e->op = row->op;
	const struct operation operation = {c, e, json, operand, key, error};
	return row->compile(&operation) ? e : NULL;
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
