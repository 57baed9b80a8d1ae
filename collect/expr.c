#include "collect/expr.h"

#include "collect/control_ids.h"
#include "collect/ids.h"
#include "core/json.h"
#include "core/strings.h"

#include <stdio.h>
#include <stdlib.h>

enum op {
	OP_FIELD,
	OP_DOCUMENT,
	OP_DOCUMENT_ALL,
	OP_NAME,
	OP_PARENT,
	OP_LITERAL,
	OP_FIRST,
	OP_ALL,
	OP_RAW,
	OP_JOIN,
	OP_MAP,
	OP_BANDS,
	OP_CUT,
	OP_IMAGE,
	OP_LOWER,
	OP_IF,
	OP_LOOKUP,
	OP_IDS,
	OP_CONTROLS,
};

struct pair {
	struct str from, to;
	double bound;
};

struct expr {
	enum op op;
	int field;       /* OP_FIELD, OP_ALL, OP_RAW */
	int up;          /* OP_PARENT: how many tokens out */
	struct str text; /* pointer, literal, separator, `after` */
	struct str until, by, get;
	bool deep;
	bool whole, last, has_else, has_after, has_until;
	bool constant; /* the same for the whole document, and not cheap: found once */
	struct expr **parts;
	size_t part_count;
	struct pair *pairs;
	size_t pair_count;
};

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

/* Pointer of what is so many tokens out from the records at `at`: "/runs/" "*" "/results/" "*" and 2: "/runs/" "*". */
static bool outer(struct str at, int up, struct str *out)
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
	if (c->base_count == 1)
		return field_expr(c, op, str_printf(c->arena, "%.*s%.*s", STR_ARG(c->bases[0]), STR_ARG(rest)));
	struct expr *e = ARENA_NEW(c->arena, struct expr);
	e->op = OP_FIRST;
	e->parts = ARENA_ARRAY(c->arena, struct expr *, c->base_count);
	for (size_t i = 0; i < c->base_count; i++) {
		e->parts[i] = field_expr(c, op, str_printf(c->arena, "%.*s%.*s", STR_ARG(c->bases[i]), STR_ARG(rest)));
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
			if (!outer(c->at[i], e->up, &base)) continue; /* this wrapping has no such object: empty */
			if (!c->keep(c->context, str_printf(c->arena, "%.*s%.*s", STR_ARG(base), STR_ARG(e->text))))
				e = NULL;
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

/* ---- evaluation ---- */

static struct str field_text(struct evaluation *v, const struct field *f)
{
	switch ((enum json_kind)f->kind) {
	case JSON_NULL: return STR_EMPTY;
	case JSON_FALSE:
	case JSON_TRUE:
	case JSON_NUMBER: return f->raw;
	case JSON_STRING: return f->escaped ? json_unescape(v->arena, f->raw) : f->raw;
	case JSON_ARRAY:
	case JSON_OBJECT:
		if (!v->problem) {
			v->problem = f->kind == JSON_ARRAY ? "expected a string or number, found an array"
			                                   : "expected a string or number, found an object";
			v->problem_field = f->number;
		}
		return STR_EMPTY;
	}
	return STR_EMPTY;
}

static struct str together(struct arena *arena, struct str a, struct str between, struct str b)
{
	char *text = ARENA_ARRAY(arena, char, a.len + between.len + b.len + 1), *p = text;
	for (int i = 0; i < 3; i++) {
		struct str part = i == 0 ? a : i == 1 ? between : b;
		if (part.len) memcpy(p, part.ptr, part.len);
		p += part.len;
	}
	return str_of(text, a.len + between.len + b.len);
}

static struct str first_field(struct evaluation *v, int number)
{
	for (size_t i = 0; i < v->field_count; i++)
		if (v->fields[i].number == number) {
			struct str s = field_text(v, &v->fields[i]);
			if (s.len) return s;
		}
	return STR_EMPTY;
}

static struct str all_fields(struct evaluation *v, int number)
{
	struct str all = STR_EMPTY;
	for (size_t i = 0; i < v->field_count; i++) {
		if (v->fields[i].number != number) continue;
		struct str s = field_text(v, &v->fields[i]);
		all = str_words(v->arena, all, s);
	}
	return all;
}

static struct str raw_field(struct evaluation *v, int number)
{
	for (size_t i = 0; i < v->field_count; i++)
		if (v->fields[i].number == number && v->fields[i].kind != JSON_NULL) return v->fields[i].raw;
	return STR_EMPTY;
}

/* The first of node's elements that has something at pointer. */
static const cJSON *first_node(const cJSON *node, struct str pointer)
{
	const cJSON *element, *found;
	cJSON_ArrayForEach(element, node)
	{
		struct expr_document inside = {.root = element};
		if ((found = expr_node(&inside, pointer, NULL, 0))) return found;
	}
	return NULL;
}

const cJSON *expr_node(struct expr_document *document, struct str pointer, const uint32_t *indexes, size_t index_count)
{
	const cJSON *node = document->root;
	size_t at = 0, used = 0;
	for (size_t token = 0; node && at < pointer.len; token++) {
		size_t end = at + 1;
		while (end < pointer.len && pointer.ptr[end] != '/') end++;
		struct str name = str_slice(pointer, at + 1, end);
		at = end;
		if (str_eq(name, STR("*"))) {
			if (used >= index_count) return first_node(node, str_slice(pointer, at, pointer.len));
			uint32_t index = indexes[used++], from = 0;
			const cJSON *element = node->child;
			if (token < EXPR_TOKENS && document->last[token].array == node &&
			    document->last[token].index <= index) {
				from = document->last[token].index;
				element = document->last[token].element;
			}
			while (element && from < index) {
				element = element->next;
				from++;
			}
			if (element && token < EXPR_TOKENS) {
				document->last[token].array = node;
				document->last[token].element = element;
				document->last[token].index = index;
			}
			node = element;
		} else {
			char text[128];
			if (name.len >= sizeof(text)) return NULL;
			size_t len = 0;
			for (size_t i = 0; i < name.len; i++) { /* ~1 is '/', ~0 is '~' */
				bool escape = name.ptr[i] == '~' && i + 1 < name.len;
				text[len++] = !escape ? name.ptr[i] : name.ptr[i + 1] == '1' ? '/' : '~';
				i += escape;
			}
			text[len] = '\0';
			uint64_t number;
			if (cJSON_IsArray(node))
				node = str_to_u64(name, &number) && number < INT32_MAX
				           ? cJSON_GetArrayItem(node, (int)number)
				           : NULL;
			else
				node = cJSON_IsObject(node) ? cJSON_GetObjectItem(node, text) : NULL;
		}
	}
	return node;
}

static struct str node_text(struct evaluation *v, const cJSON *node)
{
	if (cJSON_IsString(node)) return str_from(node->valuestring);
	if (cJSON_IsTrue(node)) return STR("true");
	if (cJSON_IsFalse(node)) return STR("false");
	if (cJSON_IsNumber(node)) return str_printf(v->arena, "%.15g", node->valuedouble);
	return STR_EMPTY;
}

/* Every "*" meets all there is. */
static struct str all_nodes(struct evaluation *v, const cJSON *node, struct str rest, struct str all)
{
	size_t star = str_find(rest, STR("/*"));
	struct expr_document inside = {.root = node};
	node = expr_node(&inside, str_slice(rest, 0, star == SIZE_MAX ? rest.len : star), NULL, 0);
	if (star == SIZE_MAX) {
		return str_words(v->arena, all, node_text(v, node));
	}
	const cJSON *child;
	cJSON_ArrayForEach(child, node) all = all_nodes(v, child, str_slice(rest, star + 2, rest.len), all);
	return all;
}

struct str image_repository(struct str image)
{
	size_t at = str_find(image, STR("@"));
	image = str_slice(image, 0, at == SIZE_MAX ? image.len : at);
	size_t colon = str_rfind_char(image, ':'), slash = str_rfind_char(image, '/');
	bool port = colon != SIZE_MAX && slash != SIZE_MAX && colon < slash;
	return colon == SIZE_MAX || port ? image : str_slice(image, 0, colon);
}

static struct str join(const struct expr *e, struct evaluation *v)
{
	struct str all = STR_EMPTY;
	for (size_t i = 0; i < e->part_count; i++) {
		struct str s = expr_eval(e->parts[i], v);
		if (!s.len && e->whole) return STR_EMPTY;
		if (!s.len) continue;
		all = all.len ? together(v->arena, all, e->text, s) : s;
	}
	return all;
}

static struct str map(const struct expr *e, struct evaluation *v)
{
	struct str s = expr_eval(e->parts[0], v);
	for (size_t i = 0; i < e->pair_count; i++)
		if (str_eq_nocase(e->pairs[i].from, s)) return e->pairs[i].to;
	if (s.len == 0 || e->has_else) return e->text;
	if (!v->problem) {
		v->problem = "unknown word";
		v->problem_value = s;
		v->problem_field = e->parts[0]->op == OP_FIELD ? e->parts[0]->field : -1;
	}
	return STR_EMPTY;
}

static struct str cut(const struct expr *e, struct evaluation *v)
{
	struct str s = expr_eval(e->parts[0], v);
	if (e->has_after) {
		size_t at = str_find_nocase(s, e->text);
		if (at == SIZE_MAX) return STR_EMPTY;
		s = str_slice(s, at + e->text.len, s.len);
	} else if (e->last) {
		size_t at = str_rfind_char(s, e->text.len ? e->text.ptr[0] : '/');
		if (at != SIZE_MAX) s = str_slice(s, at + 1, s.len);
	}
	if (e->has_until) {
		size_t at = str_find_nocase(s, e->until);
		if (at != SIZE_MAX) s = str_slice(s, 0, at);
	}
	return s;
}

static struct str evaluate(const struct expr *e, struct evaluation *v);

/* ---- lookups: an index of the list by key, made once a document ---- */

struct expr_index {
	struct expr_index *next;
	const struct expr *expr;
	struct strings keys; /* number n is nodes[n - 1] */
	const cJSON **nodes;
	uint32_t capacity;
	char *value; /* of a constant expression instead */
	size_t value_len;
};

static void index_list(struct expr_index *index, const cJSON *list, struct evaluation *v)
{
	const struct expr *e = index->expr;
	size_t slash = str_rfind_char(e->text, '/');
	char *name = str_cstr(v->arena, str_slice(e->text, slash + 1, e->text.len));
	const cJSON *item;
	cJSON_ArrayForEach(item, list)
	{
		struct expr_document inside = {.root = item};
		struct str key = e->by.len ? node_text(v, expr_node(&inside, e->by, NULL, 0)) : str_from(item->string);
		uint32_t before = index->keys.count;
		if (key.len && strings_add(&index->keys, key) > before) { /* the first of equal keys */
			ARRAY_RESERVE(index->nodes, before, index->capacity);
			index->nodes[before] = item;
		}
		if (e->deep && cJSON_IsObject(item)) index_list(index, cJSON_GetObjectItemCaseSensitive(item, name), v);
	}
}

static bool same_index(const struct expr *a, const struct expr *b)
{
	return a == b || (str_eq(a->text, b->text) && str_eq(a->by, b->by) && a->deep == b->deep);
}

static struct str lookup(const struct expr *e, struct evaluation *v)
{
	if (!v->document) return STR_EMPTY;
	struct expr_index *index = v->document->indexes;
	while (index && (index->expr->constant || !same_index(index->expr, e))) index = index->next;
	if (!index) {
		index = memory_grow(NULL, sizeof(*index));
		*index = (struct expr_index){.next = v->document->indexes, .expr = e};
		v->document->indexes = index;
		index_list(index, expr_node(v->document, e->text, NULL, 0), v);
	}
	uint32_t number = strings_find(&index->keys, expr_eval(e->parts[0], v));
	if (!number) return STR_EMPTY;
	struct expr_document inside = {.root = index->nodes[number - 1]};
	return node_text(v, expr_node(&inside, e->get, NULL, 0));
}

void expr_document_free(struct expr_document *document)
{
	for (struct expr_index *index = document->indexes, *next; index; index = next) {
		next = index->next;
		strings_free(&index->keys);
		free(index->nodes);
		free(index->value);
		free(index);
	}
	document->indexes = NULL;
}

static struct str choose(const struct expr *e, struct evaluation *v)
{
	struct str s = expr_eval(e->parts[0], v);
	bool yes = e->pair_count == 0 && s.len > 0;
	for (size_t i = 0; i < e->pair_count && !yes; i++) yes = str_glob_nocase(e->pairs[i].to, s);
	return expr_eval(e->parts[yes ? 1 : 2], v);
}

/* What is the same for the whole document is found once. */
static struct str constant(const struct expr *e, struct evaluation *v)
{
	struct expr_index *index = v->document->indexes;
	while (index && index->expr != e) index = index->next;
	if (!index) {
		struct str s = evaluate(e, v);
		index = memory_grow(NULL, sizeof(*index));
		*index = (struct expr_index){
		    .next = v->document->indexes, .expr = e, .value = memory_grow(NULL, s.len + 1), .value_len = s.len};
		memcpy(index->value, s.ptr ? s.ptr : "", s.len);
		v->document->indexes = index;
	}
	return str_of(index->value, index->value_len);
}

static struct str evaluate(const struct expr *e, struct evaluation *v)
{
	struct str s, base;
	double number;
	switch (e->op) {
	case OP_FIELD: return first_field(v, e->field);
	case OP_ALL: return all_fields(v, e->field);
	case OP_RAW: return raw_field(v, e->field);
	case OP_LITERAL: return e->text;
	case OP_DOCUMENT:
		return v->document ? node_text(v, expr_node(v->document, e->text, v->indexes, v->index_count))
		                   : STR_EMPTY;
	case OP_DOCUMENT_ALL: return v->document ? all_nodes(v, v->document->root, e->text, STR_EMPTY) : STR_EMPTY;
	case OP_NAME: return v->name_scope;
	case OP_PARENT:
		if (!v->document || !outer(v->at, e->up, &base)) return STR_EMPTY;
		return node_text(v, expr_node(v->document, together(v->arena, base, STR_EMPTY, e->text), v->indexes,
		                              v->index_count));
	case OP_FIRST:
		for (size_t i = 0; i < e->part_count; i++)
			if ((s = expr_eval(e->parts[i], v)).len) return s;
		return STR_EMPTY;
	case OP_JOIN: return join(e, v);
	case OP_MAP: return map(e, v);
	case OP_BANDS:
		if (!str_to_double(expr_eval(e->parts[0], v), &number)) return STR_EMPTY;
		for (size_t i = 0; i < e->pair_count; i++)
			if (number >= e->pairs[i].bound) return e->pairs[i].to;
		return STR_EMPTY;
	case OP_CUT: return cut(e, v);
	case OP_IMAGE: return image_repository(expr_eval(e->parts[0], v));
	case OP_LOWER: return str_lower(v->arena, expr_eval(e->parts[0], v));
	case OP_IDS: return ids_in(v->arena, expr_eval(e->parts[0], v));
	case OP_CONTROLS: return control_ids_in(v->arena, expr_eval(e->parts[0], v));
	case OP_IF: return choose(e, v);
	case OP_LOOKUP: return lookup(e, v);
	}
	return STR_EMPTY;
}

/* What a spec would write for the leaf: "/a", "@/b", "$/c", "=text". Empty for what only passes on other values. */
static struct str source_of(const struct expr *e, struct evaluation *v)
{
	const struct expr_trace *t = v->trace;
	struct str base;
	if (e->op == OP_FIELD || e->op == OP_ALL || e->op == OP_RAW) {
		if (e->field < EXPR_EACH) {
			struct str pointer = projection_pointer(t->record, e->field);
			return pointer.len ? pointer : STR("(the record)");
		}
		struct str inside =
		    e->field == EXPR_EACH_NAME ? STR("#") : projection_pointer(t->element, e->field - EXPR_EACH);
		return str_printf(v->arena, "@%.*s", STR_ARG(inside));
	}
	if (e->op == OP_LITERAL) return str_printf(v->arena, "=%.*s", STR_ARG(e->text));
	if (e->op == OP_DOCUMENT || e->op == OP_DOCUMENT_ALL) return str_printf(v->arena, "$%.*s", STR_ARG(e->text));
	if (e->op == OP_LOOKUP) return str_printf(v->arena, "$%.*s/*%.*s", STR_ARG(e->text), STR_ARG(e->get));
	if (e->op == OP_PARENT && outer(v->at, e->up, &base))
		return str_printf(v->arena, "$%.*s%.*s", STR_ARG(base), STR_ARG(e->text));
	return e->op == OP_NAME ? STR("&") : STR_EMPTY;
}

struct str expr_eval(const struct expr *e, struct evaluation *v)
{
	if (!e) return STR_EMPTY;
	if (!v->trace) return e->constant && v->document ? constant(e, v) : evaluate(e, v);
	struct expr_trace *t = v->trace;
	size_t before = t->count;
	struct str s = evaluate(e, v), source = s.len ? source_of(e, v) : STR_EMPTY;
	if (!s.len) t->count = before; /* what was read on the way gave nothing */
	if (source.len && t->count < EXPR_SOURCES) t->sources[t->count++] = source;
	return s;
}
