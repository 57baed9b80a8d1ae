/* How it works: the text is first judged by json.h, which says where it is wrong, then parsed by cJSON. A cJSON node
 * does not know where it stood. When an error is to be reported, and only then, the text is walked once more in step
 * with the tree: cJSON keeps members in their order, so the cursor meets the nodes one by one until it stands at the
 * one in question.
 */
#include "analyze/document.h"

#include "core/instant.h"
#include "core/json.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- positions ---- */

struct position {
	size_t name, value; /* offsets; name is the value's where it has none */
};

struct cursor {
	const char *start, *at, *end;
	const cJSON *wanted;
	struct position found;
};

static void skip_string(struct cursor *c)
{
	for (c->at++; c->at < c->end && *c->at != '"'; c->at++)
		if (*c->at == '\\') c->at++;
	c->at++;
}

/* The cursor is at the first byte of node's value; afterwards behind it. True when the wanted node is this or
 * inside. */
static bool walk(struct cursor *c, const cJSON *node, size_t name)
{
	c->at = json_space(c->at, c->end);
	if (node == c->wanted) {
		size_t value = (size_t)(c->at - c->start);
		c->found = (struct position){name == SIZE_MAX ? value : name, value};
		return true;
	}
	if (cJSON_IsString(node)) {
		skip_string(c);
		return false;
	}
	if (!cJSON_IsObject(node) && !cJSON_IsArray(node)) {
		while (c->at < c->end && !strchr(",]} \t\r\n", *c->at)) c->at++;
		return false;
	}
	c->at++;
	for (const cJSON *child = node->child; child; child = child->next) {
		size_t child_name = SIZE_MAX;
		c->at = json_space(c->at, c->end);
		if (cJSON_IsObject(node)) {
			child_name = (size_t)(c->at - c->start);
			skip_string(c);
			c->at = json_space(c->at, c->end) + 1; /* the colon */
		}
		if (walk(c, child, child_name)) return true;
		c->at = json_space(c->at, c->end);
		if (child->next) c->at++; /* the comma */
	}
	c->at = json_space(c->at, c->end) + 1;
	return false;
}

static struct str without_mark(struct str text)
{
	return str_starts(text, STR("\xEF\xBB\xBF")) ? str_slice(text, 3, text.len) : text;
}

static struct position locate(const struct document *document, const cJSON *node)
{
	struct str body = without_mark(document->text);
	struct cursor cursor = {document->text.ptr, body.ptr, body.ptr + body.len, node, {0}};
	walk(&cursor, document->root, SIZE_MAX);
	return cursor.found;
}

static bool wrong_at(const char *file, struct str text, size_t offset, struct error *error, const char *message)
{
	uint32_t line = 1, column = 1;
	for (size_t i = 0; i < offset && i < text.len; i++) {
		column++;
		if (text.ptr[i] == '\n') line++, column = 1;
	}
	return error_at(error, file, offset, line, column, "%s", message);
}

bool document_wrong(const struct document *document, const cJSON *node, const char *format, ...)
{
	char message[sizeof(document->error->message)];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	return wrong_at(document->file, document->text, locate(document, node).value, document->error, message);
}

bool document_wrong_name(const struct document *document, const cJSON *node, const char *format, ...)
{
	char message[sizeof(document->error->message)];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	return wrong_at(document->file, document->text, locate(document, node).name, document->error, message);
}

/* ---- reading ---- */

static int compare_names(const void *a, const void *b)
{
	const cJSON *const *x = a, *const *y = b;
	return strcmp((*x)->string, (*y)->string);
}

/* The later of two members with one name in any object, or NULL. */
static const cJSON *duplicate_name(const cJSON *node)
{
	size_t count = 0;
	for (const cJSON *child = node->child; child; child = child->next, count++) {
		const cJSON *found = duplicate_name(child);
		if (found) return found;
	}
	if (!cJSON_IsObject(node) || count < 2) return NULL;
	const cJSON **members = memory_grow(NULL, sizeof(*members) * count), *twice = NULL;
	size_t n = 0;
	for (const cJSON *child = node->child; child; child = child->next) members[n++] = child;
	qsort(members, count, sizeof(*members), compare_names);
	for (size_t i = 1; i < count && !twice; i++)
		if (!strcmp(members[i - 1]->string, members[i]->string)) twice = members[i];
	free(members);
	if (!twice) return NULL;
	for (const cJSON *child = node->child, *first = NULL; child; child = child->next) {
		if (strcmp(child->string, twice->string)) continue;
		if (first) return child;
		first = child;
	}
	return twice;
}

/* Offset of an escaped NUL, which would cut a C string in silence, or SIZE_MAX. */
static size_t escaped_nul(struct str text)
{
	for (size_t i = 0; i + 1 < text.len; i++) {
		if (text.ptr[i] != '\\') continue;
		if (str_starts(str_slice(text, i, text.len), STR("\\u0000"))) return i;
		i++;
	}
	return SIZE_MAX;
}

bool document_parse(struct document *document, const char *file, struct str text, struct arena *arena,
                    struct error *error)
{
	*document = (struct document){file, arena, error, text, NULL};
	struct str body = without_mark(text);
	size_t mark = text.len - body.len;
	struct json_fault fault;
	if (!json_valid(body, &fault)) return wrong_at(file, text, fault.offset + mark, error, fault.message);
	size_t nul = escaped_nul(text);
	if (nul != SIZE_MAX) return wrong_at(file, text, nul, error, "\\u0000 is not allowed in a string");
	document->root = cJSON_ParseWithLength(body.ptr, body.len);
	if (!document->root)
		return error_set(error, ERROR_INPUT, file,
		                 "cannot be parsed: nested too deep, or too large for the memory");
	const cJSON *twice = duplicate_name(document->root);
	if (twice) {
		document_wrong_name(document, twice, "\"%s\" is there twice", twice->string);
	} else if (!cJSON_IsObject(document->root)) {
		document_wrong(document, document->root, "expected an object");
	} else {
		return true;
	}
	document_free(document);
	return false;
}

static bool read_all(int fd, const char *file, struct arena *arena, struct str *text, struct error *error)
{
	struct stat status;
	if (fstat(fd, &status)) return error_errno(error, file, "cannot be examined");
	if (S_ISDIR(status.st_mode)) return error_set(error, ERROR_INPUT, file, "is a folder, expected a JSON file");
	if (!S_ISREG(status.st_mode)) return error_set(error, ERROR_INPUT, file, "is not a regular file");
	if (status.st_size > DOCUMENT_MAX_BYTES)
		return error_set(error, ERROR_INPUT, file, "is larger than %d MB", DOCUMENT_MAX_BYTES >> 20);
	size_t size = (size_t)status.st_size, len = 0;
	char *bytes = arena_bytes(arena, size + 1);
	while (len < size) {
		ssize_t got = read(fd, bytes + len, size - len);
		if (got < 0 && errno == EINTR) continue;
		if (got < 0) return error_errno(error, file, "cannot be read");
		if (got == 0) return error_set(error, ERROR_INPUT, file, "became shorter while it was read");
		len += (size_t)got;
	}
	bytes[len] = '\0';
	*text = str_of(bytes, len);
	return true;
}

bool document_text(const char *file, struct arena *arena, struct str *text, struct error *error)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK); /* a FIFO must not hold us */
	if (fd < 0) return error_errno(error, file, "cannot be opened");
	bool good = read_all(fd, file, arena, text, error);
	close(fd);
	if (good && str_trim(*text).len == 0)
		return error_set(error, ERROR_INPUT, file, "is empty, expected a JSON object");
	return good;
}

bool document_read(struct document *document, const char *file, struct arena *arena, struct error *error)
{
	struct str text;
	return document_text(file, arena, &text, error) && document_parse(document, file, text, arena, error);
}

void document_free(struct document *document)
{
	cJSON_Delete(document->root);
	document->root = NULL;
}

/* ---- suggestions ---- */

enum { NEAR_MAX = 64 };

/* Levenshtein's distance, one row at a time. */
static size_t distance(struct str a, struct str b)
{
	size_t row[NEAR_MAX + 1];
	if (a.len > NEAR_MAX || b.len > NEAR_MAX) return SIZE_MAX;
	for (size_t j = 0; j <= b.len; j++) row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t corner = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t best = corner + (ascii_lower(a.ptr[i - 1]) != ascii_lower(b.ptr[j - 1]));
			if (row[j] + 1 < best) best = row[j] + 1;
			if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
			corner = row[j];
			row[j] = best;
		}
	}
	return row[b.len];
}

const char *document_nearest(struct str word, const char *const *words, size_t count)
{
	const char *nearest = NULL;
	size_t least = word.len < 6 ? 3 : word.len / 2 + 1; /* farther is no likeness */
	for (size_t i = 0; i < count; i++) {
		size_t d = distance(word, str_from(words[i]));
		if (d < least) least = d, nearest = words[i];
	}
	return nearest;
}

struct str document_suggest(struct arena *arena, struct str word, const char *const *words, size_t count)
{
	const char *nearest = document_nearest(word, words, count);
	if (nearest) return str_printf(arena, "; did you mean \"%s\"?", nearest);
	struct str list = count ? str_printf(arena, "; known are %s", words[0]) : STR_EMPTY;
	for (size_t i = 1; i < count; i++) list = str_printf(arena, "%.*s, %s", STR_ARG(list), words[i]);
	return list;
}

/* ---- members ---- */

static void put(void *target, size_t at, const void *value, size_t size) { memcpy((char *)target + at, value, size); }

static bool expected(const struct document *document, const cJSON *node, const char *what)
{
	return document_wrong(document, node, "\"%s\": expected %s", node->string ? node->string : "element", what);
}

static bool read_text(const struct document *document, const cJSON *node, const struct member *member, void *target)
{
	if (!cJSON_IsString(node)) return expected(document, node, "a string");
	struct str text = str_dup(document->arena, str_from(node->valuestring));
	if (member->required && str_trim(text).len == 0)
		return document_wrong(document, node, "\"%s\" must not be empty", member->name);
	if (member->words) {
		size_t count = 0;
		bool known = false;
		for (; member->words[count]; count++) known = known || str_eq(text, str_from(member->words[count]));
		if (!known) {
			struct str hint = document_suggest(document->arena, text, member->words, count);
			return document_wrong(document, node, "unknown %s \"%.100s\"%.*s", member->name, text.ptr,
			                      STR_ARG(hint));
		}
	}
	put(target, member->at, &text, sizeof(text));
	return true;
}

static bool read_number(const struct document *document, const cJSON *node, double *number)
{
	if (!cJSON_IsNumber(node)) return expected(document, node, "a number");
	if (!isfinite(node->valuedouble)) return expected(document, node, "a number that fits");
	*number = node->valuedouble;
	return true;
}

static bool read_scalar(const struct document *document, const cJSON *node, struct str *text)
{
	if (cJSON_IsBool(node)) {
		*text = cJSON_IsTrue(node) ? STR("true") : STR("false");
	} else if (cJSON_IsNumber(node)) {
		double number = 0;
		if (!read_number(document, node, &number)) return false;
		*text = str_printf(document->arena, "%.15g", number);
		double back;
		if (!str_to_double(*text, &back) || back < number || back > number)
			*text = str_printf(document->arena, "%.17g", number);
	} else if (cJSON_IsString(node)) {
		*text = str_dup(document->arena, str_from(node->valuestring));
	} else {
		return expected(document, node, "a string, a number, true or false");
	}
	return true;
}

/* An array of strings; one string alone is an array of one. */
static bool read_texts(const struct document *document, const cJSON *node, const struct member *member, void *target)
{
	if (!cJSON_IsArray(node) && !cJSON_IsString(node)) return expected(document, node, "an array of strings");
	size_t count = cJSON_IsString(node) ? 1 : (size_t)cJSON_GetArraySize(node), n = 0;
	struct str *list = ARENA_ARRAY(document->arena, struct str, count ? count : 1);
	for (const cJSON *each = cJSON_IsString(node) ? node : node->child; n < count; each = each->next) {
		if (!cJSON_IsString(each))
			return document_wrong(document, each, "\"%s\": expected strings", member->name);
		if (each->valuestring[0] == '\0')
			return document_wrong(document, each, "\"%s\": expected strings that are not empty",
			                      member->name);
		list[n++] = str_dup(document->arena, str_from(each->valuestring));
	}
	if (member->required && !count) return document_wrong(document, node, "\"%s\" must not be empty", member->name);
	put(target, member->at, &list, sizeof(list));
	put(target, member->count_at, &count, sizeof(count));
	return true;
}

static bool read_member(const struct document *document, const cJSON *node, const struct member *member, void *target)
{
	struct str text;
	switch (member->kind) {
	case MEMBER_TEXT: return read_text(document, node, member, target);
	case MEMBER_SCALAR:
		if (!read_scalar(document, node, &text)) return false;
		if (member->required && !text.len)
			return document_wrong(document, node, "\"%s\" must not be empty", member->name);
		put(target, member->at, &text, sizeof(text));
		return true;
	case MEMBER_NUMBER: {
		double number = 0;
		bool there = true;
		if (!read_number(document, node, &number)) return false;
		put(target, member->at, &number, sizeof(number));
		put(target, member->count_at, &there, sizeof(there));
		return true;
	}
	case MEMBER_TIME: {
		int64_t time;
		if (!cJSON_IsString(node) || !instant_parse_rfc3339(str_from(node->valuestring), &time))
			return expected(document, node, "a time like \"2026-03-02T20:00:00Z\"");
		put(target, member->at, &time, sizeof(time));
		return true;
	}
	case MEMBER_DAY: {
		int64_t day;
		struct str given = cJSON_IsString(node) ? str_from(node->valuestring) : STR_EMPTY;
		bool empty = cJSON_IsString(node) && given.len == 0 && !member->required;
		if (!empty && (given.len < 10 || !memchr(given.ptr, '-', given.len) || !instant_parse(given, &day)))
			return expected(document, node, "a day like \"2026-12-31\"");
		text = str_dup(document->arena, given);
		put(target, member->at, &text, sizeof(text));
		return true;
	}
	case MEMBER_TEXTS: return read_texts(document, node, member, target);
	case MEMBER_OBJECT:
		if (!cJSON_IsObject(node)) return expected(document, node, "an object");
		put(target, member->at, &node, sizeof(node));
		return true;
	case MEMBER_LIST:
		if (!cJSON_IsArray(node)) return expected(document, node, "an array of objects");
		for (const cJSON *each = node->child; each; each = each->next)
			if (!cJSON_IsObject(each))
				return document_wrong(document, each, "\"%s\": expected objects", member->name);
		put(target, member->at, &node, sizeof(node));
		return true;
	}
	return false;
}

static bool unknown_member(const struct document *document, const cJSON *node, const struct member *members,
                           size_t count)
{
	const char **names = ARENA_ARRAY(document->arena, const char *, count + 1);
	for (size_t i = 0; i < count; i++) names[i] = members[i].name;
	struct str hint = document_suggest(document->arena, str_from(node->string), names, count);
	return document_wrong_name(document, node, "unknown member \"%.100s\"%.*s", node->string, STR_ARG(hint));
}

bool document_members(const struct document *document, const cJSON *object, const struct member *members, size_t count,
                      void *target)
{
	if (!cJSON_IsObject(object)) return document_wrong(document, object, "expected an object");
	for (const cJSON *node = object->child; node; node = node->next) {
		size_t i = 0;
		while (i < count && strcmp(members[i].name, node->string)) i++;
		if (i == count && !strcmp(node->string, "$schema")) continue;
		if (i == count) return unknown_member(document, node, members, count);
		if (cJSON_IsNull(node)) continue;
		if (!read_member(document, node, &members[i], target)) return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (!members[i].required) continue;
		const cJSON *node = cJSON_GetObjectItemCaseSensitive(object, members[i].name);
		if (!node || cJSON_IsNull(node))
			return document_wrong(document, object, "expected a member \"%s\"", members[i].name);
	}
	return true;
}

struct named {
	const char *id;
	const cJSON *node;
	size_t order;
};

static int compare_ids(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int c = strcmp(x->id, y->id);
	return c ? c : x->order < y->order ? -1 : x->order > y->order;
}

bool document_ids_differ(const struct document *document, const cJSON *list)
{
	size_t count = list ? (size_t)cJSON_GetArraySize(list) : 0, n = 0;
	if (count < 2) return true;
	struct named *ids = memory_grow(NULL, sizeof(*ids) * count);
	for (const cJSON *each = list->child; each; each = each->next, n++) {
		const cJSON *id = cJSON_GetObjectItemCaseSensitive(each, "id");
		ids[n] = (struct named){id->valuestring, id, n};
	}
	qsort(ids, n, sizeof(*ids), compare_ids);
	bool differ = true;
	for (size_t i = 1; i < n && differ; i++)
		if (!strcmp(ids[i - 1].id, ids[i].id))
			differ = document_wrong(document, ids[i].node, "the id \"%.100s\" is there twice", ids[i].id);
	free(ids);
	return differ;
}
