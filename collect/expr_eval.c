#include "collect/control_ids.h"
#include "collect/expr_private.h"
#include "collect/ids.h"
#include "core/json.h"
#include "core/strings.h"

#include <stdio.h>
#include <stdlib.h>

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

/* An image reference without tag and digest (a view). */
static struct str image_repository(struct str image)
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
		all = str_join(v->arena, all, e->text, s);
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

static bool has_value(struct evaluation *v, const cJSON *node, struct str pointer, struct str value)
{
	size_t star = str_find(pointer, STR("/*"));
	struct expr_document inside = {.root = node};
	node = expr_node(&inside, str_slice(pointer, 0, star == SIZE_MAX ? pointer.len : star), NULL, 0);
	if (star == SIZE_MAX) return str_eq(node_text(v, node), value);
	const cJSON *child;
	cJSON_ArrayForEach(child, node)
	{
		if (has_value(v, child, str_slice(pointer, star + 2, pointer.len), value)) return true;
	}
	return false;
}

/* In a list beside the record's: short, and another one for each place, so that it has no index. */
static struct str lookup_beside(const struct expr *e, struct evaluation *v)
{
	struct str base, key = expr_eval(e->parts[0], v);
	if (!key.len || !expr_outer(v->at, e->up, &base)) return STR_EMPTY;
	const cJSON *item,
	    *list = expr_node(v->document, str_concat(v->arena, base, e->text), v->indexes, v->index_count);
	cJSON_ArrayForEach(item, list)
	{
		struct expr_document inside = {.root = item};
		bool found =
		    e->by.len ? has_value(v, item, e->by, key) : item->string && str_eq(str_from(item->string), key);
		if (found) return node_text(v, expr_node(&inside, e->get, NULL, 0));
	}
	return STR_EMPTY;
}

static struct str lookup(const struct expr *e, struct evaluation *v)
{
	if (!v->document) return STR_EMPTY;
	if (e->up) return lookup_beside(e, v);
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
		if (!v->document || !expr_outer(v->at, e->up, &base)) return STR_EMPTY;
		return node_text(
		    v, expr_node(v->document, str_concat(v->arena, base, e->text), v->indexes, v->index_count));
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
	if (e->op == OP_LOOKUP && !e->up) return str_printf(v->arena, "$%.*s/*%.*s", STR_ARG(e->text), STR_ARG(e->get));
	if (e->op == OP_LOOKUP && expr_outer(v->at, e->up, &base))
		return str_printf(v->arena, "$%.*s%.*s/*%.*s", STR_ARG(base), STR_ARG(e->text), STR_ARG(e->get));
	if (e->op == OP_PARENT && expr_outer(v->at, e->up, &base))
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
