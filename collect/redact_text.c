/* Patterns are compiled once and shared; each document has a matcher, which holds what PCRE2 needs while it matches. Just-in-time
 * compilation where the machine has it. Bytes that are no UTF-8 match nothing and are passed over.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "collect/redacting.h"

#include "core/utf8.h"

#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

enum { LINE_MAX_BYTES = 16 << 20, HEAP_KIB = 64 << 10, JIT_STACK = 1 << 20 };

struct redact_pattern {
	pcre2_code *code;
};

struct matcher {
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
};

struct matcher *matcher_new(void)
{
	struct matcher *m = memory_grow(NULL, sizeof(*m));
	m->data = pcre2_match_data_create(1, NULL);
	m->context = pcre2_match_context_create(NULL);
	m->stack = pcre2_jit_stack_create(1 << 15, JIT_STACK, NULL);
	if (!m->data || !m->context || !m->stack) memory_exhausted(0);
	pcre2_jit_stack_assign(m->context, NULL, m->stack);
	pcre2_set_heap_limit(m->context, HEAP_KIB);
	return m;
}

void matcher_free(struct matcher *m)
{
	if (!m) return;
	pcre2_match_data_free(m->data);
	pcre2_match_context_free(m->context);
	pcre2_jit_stack_free(m->stack);
	free(m);
}

/* The next match that is not empty, from `from` on: 1, 0, or below 0: given up. */
static int match(struct matcher *m, const struct redact_pattern *pattern, struct str text, size_t from, size_t *start,
                 size_t *end)
{
	uint64_t limit = REDACT_MATCH_LIMIT + (uint64_t)100 * text.len;
	pcre2_set_match_limit(m->context, limit < UINT32_MAX ? (uint32_t)limit : UINT32_MAX);
	PCRE2_SPTR bytes = (PCRE2_SPTR)text.ptr;
	int n = pcre2_match(pattern->code, bytes, text.len, from, PCRE2_NOTEMPTY, m->data, m->context);
	if (n == PCRE2_ERROR_JIT_STACKLIMIT)
		n = pcre2_match(pattern->code, bytes, text.len, from, PCRE2_NOTEMPTY | PCRE2_NO_JIT, m->data,
		                m->context);
	if (n == PCRE2_ERROR_NOMATCH) return 0;
	if (n < 0) return n;
	const PCRE2_SIZE *where = pcre2_get_ovector_pointer(m->data);
	*start = where[0] < where[1] ? where[0] : where[1]; /* \K in a lookahead may turn them round */
	*end = where[0] < where[1] ? where[1] : where[0];
	return 1;
}

static const char *pattern_fault(const struct redact_pattern *pattern, struct str marker)
{
	struct matcher *m = matcher_new();
	size_t start, end;
	const char *fault = NULL;
	if (pcre2_match(pattern->code, (PCRE2_SPTR) "", 0, 0, 0, m->data, m->context) != PCRE2_ERROR_NOMATCH)
		fault = "it meets the empty text, which is everywhere";
	else if (match(m, pattern, marker, 0, &start, &end) != 0)
		fault = "it meets the marker itself";
	matcher_free(m);
	return fault;
}

struct redact_pattern *redact_pattern_new(struct str text, struct str marker, char wrong[160], size_t *at)
{
	int code;
	PCRE2_SIZE offset = 0;
	uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
	pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)text.ptr, text.len, options, &code, &offset, NULL);
	*at = offset;
	if (!compiled) {
		pcre2_get_error_message(code, (PCRE2_UCHAR *)wrong, 160);
		return NULL;
	}
	struct redact_pattern *pattern = memory_grow(NULL, sizeof(*pattern));
	pattern->code = compiled;
	pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE); /* where it cannot be, it is interpreted */
	const char *fault = pattern_fault(pattern, marker);
	if (!fault) return pattern;
	snprintf(wrong, 160, "%s", fault);
	redact_pattern_free(pattern);
	return NULL;
}

void redact_pattern_free(struct redact_pattern *pattern)
{
	if (!pattern) return;
	pcre2_code_free(pattern->code);
	free(pattern);
}

/* ---- the window ---- */

bool redacting_fault(const struct redacting *r, size_t at, const char *what, struct error *error)
{
	return error_at(error, r->path, r->base + at, 0, 0, "%s", what);
}

bool redacting_copy(struct redacting *r, size_t to, struct error *error)
{
	size_t from = r->copied;
	r->copied = to;
	return to <= from || !r->write || r->write(r->sink, r->window.ptr + from, to - from, error);
}

bool redacting_put(struct redacting *r, size_t from, size_t to, struct str bytes, struct error *error)
{
	if (!redacting_copy(r, from, error)) return false;
	r->copied = to;
	return !r->write || r->write(r->sink, bytes.ptr, bytes.len, error);
}

bool redacting_fill(struct redacting *r, struct error *error)
{
	enum { PIECE = 1 << 18 };
	size_t got = 0;
	if (!r->stream) {
		r->ended = true;
		return true;
	}
	memmove(r->window.ptr, r->window.ptr + r->copied, r->window.len - r->copied);
	r->window.len -= r->copied;
	r->at -= r->copied;
	r->base += r->copied;
	r->copied = 0;
	buf_reserve(&r->window, PIECE);
	if (!stream_read(r->stream, r->window.ptr + r->window.len, PIECE, &got, error)) return false;
	r->window.len += got;
	r->ended = got == 0;
	return true;
}

void redacting_count(struct redacting *r, size_t rule, uint64_t values, size_t at)
{
	if (!r->changes && values) r->first_change = r->base + at;
	r->changes += values;
	r->replaced[rule] += values;
}

/* ---- texts ---- */

static bool too_long(const struct redacting *r, const struct redact_rule *rule, size_t at, int code,
                     struct error *error)
{
	return error_at(error, r->path, r->base + at, 0, 0,
	                "rule %.*s: a pattern %s on the text here, so that what it holds is not known",
	                (int)(rule->id.len < 100 ? rule->id.len : 100), rule->id.ptr,
	                code == PCRE2_ERROR_MATCHLIMIT || code == PCRE2_ERROR_HEAPLIMIT ||
	                        code == PCRE2_ERROR_DEPTHLIMIT || code == PCRE2_ERROR_JIT_STACKLIMIT
	                    ? "takes too long"
	                    : "fails");
}

/* One pattern's matches replaced, into out, where there are any. */
static int replace(struct redacting *r, const struct redact_pattern *pattern, struct str text, struct buf *out,
                   uint64_t *count)
{
	size_t from = 0, start, end;
	int found;
	*count = 0;
	while (from <= text.len && (found = match(r->matcher, pattern, text, from, &start, &end)) != 0) {
		if (found < 0) return found;
		if ((*count)++ == 0) out->len = 0;
		if (start > from) buf_add(out, str_slice(text, from, start));
		buf_add(out, r->rules->marker);
		from = end;
	}
	if (*count && from < text.len) buf_add(out, str_slice(text, from, text.len));
	return 0;
}

bool redacting_text(struct redacting *r, struct str text, size_t at, struct str *out, bool *changed,
                    struct error *error)
{
	struct buf *free_one = &r->one;
	*out = text;
	*changed = false;
	for (size_t i = 0; i < r->rules->rule_count; i++) {
		const struct redact_rule *rule = &r->rules->rules[i];
		for (size_t k = 0; r->about[i] && k < rule->pattern_count; k++) {
			uint64_t count;
			int code = replace(r, rule->patterns[k], *out, free_one, &count);
			if (code < 0) return too_long(r, rule, at, code, error);
			if (!count) continue;
			*out = buf_str(free_one);
			*changed = true;
			free_one = free_one == &r->one ? &r->other : &r->one;
			redacting_count(r, i, count, at);
		}
	}
	return true;
}

/* ---- lines ---- */

static bool is_text(struct str line)
{
	return !memchr(line.ptr, '\0', line.len) && utf8_first_invalid(line) == SIZE_MAX;
}

bool redacting_lines(struct redacting *r, struct error *error)
{
	for (size_t seen = 0;;) {
		const char *end =
		    r->window.len > seen ? memchr(r->window.ptr + seen, '\n', r->window.len - seen) : NULL;
		if (!end && !r->ended) {
			size_t held = r->window.len - r->at;
			if (held > LINE_MAX_BYTES)
				return redacting_fault(r, r->at, "a line of more than 16 MB is not looked through",
				                       error);
			if (!redacting_copy(r, r->at, error) || !redacting_fill(r, error)) return false;
			seen = r->at + held;
			continue;
		}
		size_t to = end ? (size_t)(end - r->window.ptr) : r->window.len;
		struct str line = str_of(r->window.ptr + r->at, to - r->at), out;
		bool changed;
		if (!is_text(line))
			return redacting_fault(r, r->at, "is no text in UTF-8: it cannot be looked through", error);
		if (!redacting_text(r, line, r->at, &out, &changed, error)) return false;
		if (changed && !redacting_put(r, r->at, to, out, error)) return false;
		if (!end) break;
		r->at = seen = to + 1;
	}
	return redacting_copy(r, r->window.len, error);
}
