#include "collect/secret.h"

#include "core/buf.h"
#include "core/json.h"

#include <stdlib.h>
#include <string.h>

enum {
	MOST_VALUES = 32, /* of one record, by all specs */
	LINE_BYTES = 8    /* a shorter line of a secret is found in anything */
};

static const struct str prefix = {"secret, ", 8};

bool secret_is_message(struct str message) { return str_starts(message, prefix); }

void secret_mark(const unsigned char digest[SHA256_BYTES], struct str tool, struct str rule, struct str subject,
                 unsigned char mark[SHA256_BYTES])
{
	const struct str place[] = {tool, rule, subject};
	struct buf salt = {0};
	for (size_t i = 0; i < sizeof(place) / sizeof(*place); i++) {
		if (i) buf_char(&salt, '\0');
		buf_add(&salt, place[i]);
	}
	sha256_pbkdf2(str_of((const char *)digest, SHA256_BYTES), buf_str(&salt), SECRET_ITERATIONS, mark,
	              SHA256_BYTES);
	buf_free(&salt);
}

struct str secret_message(struct arena *arena, const unsigned char *mark, struct str path)
{
	unsigned char digest[SHA256_BYTES];
	char hex[2 * SECRET_BYTES + 1];
	struct sha256 hash;
	if (!mark) return STR("secret, no value read");
	sha256_begin(&hash);
	sha256_add(&hash, mark, SHA256_BYTES);
	sha256_add(&hash, path.ptr, path.len);
	sha256_end(&hash, digest);
	hex_of(digest, SECRET_BYTES, hex);
	return str_printf(arena, "secret, salted SHA-256 %s", hex);
}

/* ---- masking ---- */

struct values {
	struct arena arena;
	struct str values[MOST_VALUES];
	size_t count;
};

static void add_value(struct values *values, struct str value)
{
	for (size_t i = 0; i < values->count; i++)
		if (str_eq(values->values[i], value)) return;
	if (value.len && values->count < MOST_VALUES) values->values[values->count++] = value;
}

/* What each kind of record that has a "secret" finds in this one. */
static void find_values(struct values *values, const struct specs *specs, struct str record)
{
	struct projected projected = {0};
	for (size_t i = 0; i < specs->count; i++)
		for (size_t k = 0; k < specs->specs[i].record_count; k++) {
			const struct record_spec *spec = &specs->specs[i].records[k];
			if (!spec->secret || !project(spec->projection, record, &projected, NULL)) continue;
			struct evaluation v = {.arena = &values->arena,
			                       .fields = projected.fields,
			                       .field_count = projected.count,
			                       .problem_field = -1};
			add_value(values, str_dup(&values->arena, expr_eval(spec->secret, &v)));
		}
	projected_free(&projected);
}

static bool holds(struct str text, struct str value)
{
	if (str_find(text, value) != SIZE_MAX) return true;
	for (struct str rest = value; rest.len;) {
		const char *end = memchr(rest.ptr, '\n', rest.len);
		size_t n = end ? (size_t)(end - rest.ptr) : rest.len, used = end ? n + 1 : n;
		if (n && rest.ptr[n - 1] == '\r') n--;
		if (n >= LINE_BYTES && str_find(text, str_slice(rest, 0, n)) != SIZE_MAX) return true;
		rest = str_slice(rest, used, rest.len);
	}
	return false;
}

static bool holds_any(struct values *values, struct str text)
{
	for (size_t i = 0; i < values->count; i++)
		if (holds(text, values->values[i])) return true;
	return false;
}

/* The token at i as it is read, without quotes: a string, or a number, since a secret may be one. Gives its end. */
static struct str token_at(struct arena *arena, struct str record, size_t i, size_t *end)
{
	size_t at = i;
	if (record.ptr[i] == '"') {
		for (at++; at < record.len && record.ptr[at] != '"'; at++) at += record.ptr[at] == '\\';
		if (at > record.len) at = record.len;
		*end = at < record.len ? at + 1 : at;
		return json_unescape(arena, str_slice(record, i + 1, at));
	}
	while (at < record.len && !memchr(",:]}[{\" \t\r\n", record.ptr[at], 11)) at++;
	*end = at > i ? at : i + 1;
	return str_slice(record, i, at);
}

bool secret_mask(const struct specs *specs, struct str record, struct str message, struct buf *out)
{
	struct values values = {0};
	struct arena scratch = {0};
	find_values(&values, specs, record);
	for (size_t i = 0, end; values.count && i < record.len; i = end) {
		struct str token = token_at(&scratch, record, i, &end);
		if (token.len && holds_any(&values, token))
			buf_json(out, message);
		else
			buf_add(out, str_slice(record, i, end));
		arena_reset(&scratch);
	}
	arena_free(&scratch);
	arena_free(&values.arena);
	return values.count > 0;
}
