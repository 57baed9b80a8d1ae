/* How it works: a walk over the stream and the trie of declared paths at once.
 *
 *     {"version":"2.1.0","runs":[{"tool":{..},"results":[{record},{record},..]},..]}
 *      ^ skip             ^ walk ^ walk ^ copy ^ walk    ^ measure
 *
 * - walk: an object or array on the way to a declared path. A level is pushed, with the index or member name it is
 *   at; record indexes and fault pointers are made of these. Recursion follows declared paths only.
 * - copy: a kept subtree goes into the envelope byte for byte as it is validated.
 * - skip: the same without the copying.
 * - measure: a record's end is found by the kernel (frame_kernel.h), its bytes held together in the window.
 *
 * A fault unwinds the recursion. The envelope is cut back to `safe`, the end of the last complete value in it, at the
 * moment of the fault; while unwinding each level closes its own container. So it is always JSON.
 */
#include "core/frame.h"

#include "core/arena.h"
#include "core/frame_kernel.h"
#include "core/frame_spec.h"
#include "core/frame_window.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	NAME_LIMIT = 64 << 10, /* a longer member name is no declared one, and is not reported */
	DEFAULT_WINDOW = 1 << 20,
	DEFAULT_RECORD = 64 << 20,
	DEFAULT_ENVELOPE = 64 << 20,
};

/* A container being walked; levels[0] stands for the input, whose elements are the root values. */
struct level {
	bool array, placed;      /* placed: p is at or in a member or element, so there is a pointer to it */
	bool written;            /* something has been written into it in the envelope */
	uint64_t index, pending; /* pending: nulls owed to the envelope before the next element */
	struct buf name;         /* raw */
	uint64_t *seen;          /* a bit for each declared child */
	size_t seen_words;
};

struct frame {
	const struct frame_spec *spec;
	const struct frame_sink *sink;
	struct frame_window w;
	frame_kernel *kernel;
	uint64_t max_record;
	size_t max_envelope;
	struct buf *envelope; /* NULL: not wanted */
	size_t envelope_start, safe;
	bool copying;
	const char *copied; /* bytes of the window before it are in the envelope already */
	unsigned depth;     /* of levels, not counting levels[0] */
	struct level levels[PATHTRIE_MAX_TOKENS + 1];
	struct buf name; /* scratch */
	uint64_t root;
	struct frame_result *result;
	bool over; /* a fault has been reported */
};

/* ---- faults ---- */

/* JSON Pointer of the innermost place that the levels know. */
static void write_pointer(struct frame *f)
{
	struct buf text = {0};
	const size_t size = sizeof(f->result->pointer);
	for (unsigned i = 1; i <= f->depth && f->levels[i].placed && text.len < size; i++) {
		const struct level *level = &f->levels[i];
		buf_char(&text, '/');
		if (level->array) {
			buf_u64(&text, level->index);
			continue;
		}
		f->name.len = 0;
		buf_reserve(&f->name, level->name.len);
		size_t len = json_unescape_into(buf_str(&level->name), f->name.ptr);
		for (size_t c = 0; c < len && text.len < size; c++) {
			char byte = f->name.ptr[c];
			if (byte == '~')
				buf_add(&text, STR("~0"));
			else if (byte == '/')
				buf_add(&text, STR("~1"));
			else
				buf_char(&text, byte ? byte : '?');
		}
	}
	struct str pointer = buf_str(&text);
	if (pointer.len >= size) {
		size_t cut = size - sizeof("…");
		while (cut && ((unsigned char)pointer.ptr[cut] & 0xc0) == 0x80) cut--;
		text.len = cut;
		buf_add(&text, STR("…"));
		pointer = buf_str(&text);
	}
	memcpy(f->result->pointer, pointer.ptr, pointer.len);
	f->result->pointer[pointer.len] = '\0';
	buf_free(&text);
}

/* Ends the walk at the byte at: settles the envelope, notes the place. The first fault counts. Returns false. */
__attribute__((format(printf, 4, 5), cold)) static bool fault(struct frame *f, enum frame_state state, const char *at,
                                                              const char *format, ...)
{
	if (f->over) return false;
	f->over = true;
	if (f->copying) buf_add(f->envelope, str_of(f->copied, (size_t)(f->w.p - f->copied)));
	f->copying = false;
	if (f->envelope && f->envelope->len > f->safe) f->envelope->len = f->safe;
	f->result->state = state;
	f->result->offset = frame_window_offset(&f->w, at);
	frame_window_position(&f->w, at, &f->result->line, &f->result->column);
	write_pointer(f);
	va_list args;
	va_start(args, format);
	vsnprintf(f->result->message, sizeof(f->result->message), format, args);
	va_end(args);
	return false;
}

#define MALFORMED(f, at, ...) fault((f), FRAME_MALFORMED, (at), __VA_ARGS__)

/* The input has no more bytes, in the middle of a value. */
static bool cut_off(struct frame *f)
{
	if (f->w.failed) return fault(f, FRAME_IO, f->w.end, "the input could not be read");
	return fault(f, FRAME_TRUNCATED, f->w.end, "the input ends inside of a value");
}

/* ---- bytes ---- */

static bool envelope_fits(struct frame *f)
{
	if (f->envelope->len - f->envelope_start <= f->max_envelope) return true;
	return MALFORMED(f, f->w.p, "what is to be kept beside the records is larger than %zu bytes", f->max_envelope);
}

/* What has been read of a value that is being copied. */
static bool flush_copy(struct frame *f)
{
	buf_add(f->envelope, str_of(f->copied, (size_t)(f->w.p - f->copied)));
	f->copied = f->w.p;
	return envelope_fits(f);
}

/* More bytes in the window. False at the end of the input, or after a fault. */
static bool fill(struct frame *f)
{
	if (f->copying && !flush_copy(f)) return false;
	bool more = frame_window_fill(&f->w);
	f->copied = f->w.p;
	return more;
}

/* Passes over white space; false at the end of the input. */
static bool skip_space(struct frame *f)
{
	do {
		f->w.p = json_space(f->w.p, f->w.end);
		if (f->w.p < f->w.end) return true;
	} while (fill(f));
	return false;
}

/* The next byte that is not white space, not consumed; -1 after a fault: the input ended or failed. */
static inline int peek(struct frame *f)
{
	if (f->w.p < f->w.end && (unsigned char)*f->w.p > ' ') return (unsigned char)*f->w.p;
	if (skip_space(f)) return (unsigned char)*f->w.p;
	cut_off(f);
	return -1;
}

/* At least n bytes in the window, if the input has them. */
static bool ensure(struct frame *f, size_t n)
{
	while ((size_t)(f->w.end - f->w.p) < n)
		if (!fill(f)) return false;
	return true;
}

/* ---- the envelope ---- */

static void mark_safe(struct frame *f)
{
	if (f->envelope) f->safe = f->envelope->len + (f->copying ? (size_t)(f->w.p - f->copied) : 0);
}

/* What stands before a value in the envelope: comma, owed nulls, member name. */
static bool write_start(struct frame *f)
{
	struct level *level = &f->levels[f->depth];
	struct buf *to = f->envelope;
	if (!to) return true;
	if (!envelope_fits(f)) return false;
	for (; level->pending; level->pending--) {
		buf_add(to, level->written ? STR(",null") : STR("null"));
		level->written = true;
		if (to->len - f->envelope_start > f->max_envelope) break;
	}
	mark_safe(f);
	if (level->written) buf_char(to, ',');
	level->written = true;
	if (level->array) return true;
	buf_char(to, '"');
	buf_add(to, buf_str(&level->name));
	buf_add(to, STR("\":"));
	return true;
}

static void write_char(struct frame *f, char c)
{
	if (!f->envelope) return;
	buf_char(f->envelope, c);
	mark_safe(f);
}

/* ---- values that are validated: copied or skipped ---- */

/* p is after the opening quote; moves it after the closing one. into (may be NULL): the raw body, up to NAME_LIMIT. */
static bool stream_string(struct frame *f, struct buf *into, bool *escaped, bool *too_long)
{
	const char *stop, *wrong = NULL;
	for (;;) {
		enum json_part part = json_string_part(f->w.p, f->w.end, &stop, escaped, &wrong);
		if (part == JSON_PART_FAULT) return MALFORMED(f, stop, "%s", wrong);
		if (into && !*too_long) {
			buf_add(into, str_of(f->w.p, (size_t)(stop - f->w.p)));
			if (into->len > NAME_LIMIT) {
				*too_long = true;
				into->len = 0;
				f->w.hold = NULL;
			}
		}
		f->w.p = stop;
		if (part == JSON_PART_END) break;
		if (!fill(f)) return cut_off(f);
	}
	f->w.p++;
	return true;
}

static bool stream_number(struct frame *f, bool inside)
{
	enum json_number_state state = JSON_NUMBER_START;
	do f->w.p = json_number_part(&state, f->w.p, f->w.end);
	while (f->w.p == f->w.end && fill(f));
	if (f->over) return false;
	bool ended = f->w.p == f->w.end;
	if (ended && (inside || f->w.failed || !json_number_ok(state))) return cut_off(f);
	if (!json_number_ok(state)) return MALFORMED(f, f->w.p, "expected a digit");
	if (!ended && state == JSON_NUMBER_ZERO && *f->w.p >= '0' && *f->w.p <= '9')
		return MALFORMED(f, f->w.p, "leading zero in a number");
	return true;
}

static bool stream_literal(struct frame *f)
{
	static const struct str words[] = {{"true", 4}, {"null", 4}, {"false", 5}};
	const struct str *word = *f->w.p == 't' ? &words[0] : *f->w.p == 'n' ? &words[1] : &words[2];
	bool whole = ensure(f, word->len);
	if (f->over) return false;
	size_t have = whole ? word->len : (size_t)(f->w.end - f->w.p);
	if (memcmp(f->w.p, word->ptr, have) != 0) return MALFORMED(f, f->w.p, "expected a value");
	if (!whole) return cut_off(f);
	f->w.p += word->len;
	return true;
}

/* A member's name and the colon, in a subtree that is not walked. */
static bool stream_name(struct frame *f)
{
	bool escaped;
	int c = peek(f);
	if (c < 0) return false;
	if (c != '"') return MALFORMED(f, f->w.p, "expected a member name");
	f->w.p++;
	if (!stream_string(f, NULL, &escaped, NULL)) return false;
	if ((c = peek(f)) < 0) return false;
	if (c != ':') return MALFORMED(f, f->w.p, "expected ':' after the member name");
	f->w.p++;
	return true;
}

/* Which containers are open in a subtree that is not walked. */
struct open {
	uint64_t is_object[(JSON_MAX_DEPTH + 64) / 64];
	unsigned level;
};

static bool top_is_object(const struct open *open)
{
	return open->is_object[(open->level - 1) / 64] >> (open->level - 1) % 64 & 1;
}

static bool stream_nested(struct frame *f, struct open *open)
{
	for (;;) {
		bool escaped;
		int c = peek(f);
		if (c < 0) return false;
		if (c == '{' || c == '[') {
			if (f->depth + open->level >= JSON_MAX_DEPTH)
				return MALFORMED(f, f->w.p, "nested more than %d deep", JSON_MAX_DEPTH);
			bool object = c == '{';
			f->w.p++;
			uint64_t bit = UINT64_C(1) << open->level % 64, *word = &open->is_object[open->level / 64];
			*word = object ? *word | bit : *word & ~bit;
			open->level++;
			mark_safe(f);
			if ((c = peek(f)) < 0) return false;
			if (c != (object ? '}' : ']')) {
				if (object && !stream_name(f)) return false;
				continue;
			}
		} else if (c == '"') {
			f->w.p++;
			if (!stream_string(f, NULL, &escaped, NULL)) return false;
			mark_safe(f);
		} else if (c == '-' || (c >= '0' && c <= '9')) {
			if (!stream_number(f, f->depth + open->level > 0)) return false;
			mark_safe(f);
		} else if (c == 't' || c == 'f' || c == 'n') {
			if (!stream_literal(f)) return false;
			mark_safe(f);
		} else {
			return MALFORMED(f, f->w.p, "expected a value");
		}
		/* A value, or all there is in a container, ends at p. */
		for (;;) {
			if (open->level == 0) return true;
			bool object = top_is_object(open);
			if ((c = peek(f)) < 0) return false;
			if (c == ',') {
				f->w.p++;
				if (object && !stream_name(f)) return false;
				break;
			}
			if (c != (object ? '}' : ']'))
				return MALFORMED(f, f->w.p, object ? "expected ',' or '}'" : "expected ',' or ']'");
			f->w.p++;
			open->level--;
			mark_safe(f);
		}
	}
}

static bool skip_value(struct frame *f)
{
	struct open open;
	open.level = 0;
	return stream_nested(f, &open);
}

static bool copy_value(struct frame *f)
{
	struct open open;
	open.level = 0;
	if (!f->envelope) return skip_value(f);
	if (!write_start(f)) return false;
	f->copying = true;
	f->copied = f->w.p;
	if (!stream_nested(f, &open)) {
		for (; open.level; open.level--) buf_char(f->envelope, top_is_object(&open) ? '}' : ']');
		return false;
	}
	if (!flush_copy(f)) return false;
	f->copying = false;
	mark_safe(f);
	return true;
}

/* ---- records ---- */

static bool deliver(struct frame *f, int number, uint64_t offset, uint64_t length, struct str bytes, bool too_large)
{
	uint32_t indexes[PATHTRIE_MAX_TOKENS];
	struct str names[PATHTRIE_MAX_TOKENS];
	const struct path_tokens *path = f->spec->trie.paths[f->spec->path[number]];
	struct frame_record record = {.path = number,
	                              .indexes = indexes,
	                              .names = names,
	                              .root = f->root,
	                              .offset = offset,
	                              .bytes = bytes,
	                              .length = length,
	                              .too_large = too_large};
	for (uint32_t stars = path->stars; stars; stars &= stars - 1) {
		const struct level *level = &f->levels[__builtin_ctz(stars) + 1];
		indexes[record.index_count] = level->index < UINT32_MAX ? (uint32_t)level->index : UINT32_MAX;
		names[record.index_count++] = level->array ? STR_EMPTY : buf_str(&level->name);
	}
	f->result->records++;
	if (f->sink->record && !f->sink->record(f->sink->context, &record, f->w.error))
		return fault(f, FRAME_STOPPED, f->w.p, "stopped");
	return true;
}

/* A record being measured: from hold to p, or, once it is longer than max_record, only its head. */
struct measured {
	uint64_t offset;
	char head[FRAME_HEAD];
	size_t head_len;
	bool too_large;
};

static void keep_head(struct frame *f, struct measured *m)
{
	size_t have = (size_t)(f->w.end - f->w.hold);
	m->head_len = have < FRAME_HEAD ? have : FRAME_HEAD;
	if (m->head_len > f->max_record) m->head_len = (size_t)f->max_record;
	memcpy(m->head, f->w.hold, m->head_len);
	m->too_large = true;
	f->w.hold = NULL;
}

/* More bytes for a record. False at the end of the input. */
static bool record_fill(struct frame *f, struct measured *m)
{
	if (f->w.hold && (uint64_t)(f->w.p - f->w.hold) > f->max_record) keep_head(f, m);
	return fill(f);
}

static bool measure_container(struct frame *f, struct measured *m)
{
	struct frame_scan scan = {.depth = 1, .limit = JSON_MAX_DEPTH - f->depth};
	f->w.p++;
	for (;;) {
		size_t left = (size_t)(f->w.end - f->w.p);
		if (left >= 64) {
			f->w.p += f->kernel(&scan, f->w.p, left / 64);
		} else if (!record_fill(f, m)) {
			char block[64];
			if (f->w.failed || f->over) return cut_off(f);
			memset(block, ' ', sizeof(block));
			if (left) memcpy(block, f->w.p, left);
			size_t n = f->kernel(&scan, block, 1);
			f->w.p += n < left ? n : left; /* padding opens and closes nothing */
			if (!scan.closed && !scan.too_deep) return cut_off(f);
		}
		if (scan.too_deep) return MALFORMED(f, f->w.p, "nested more than %d deep", JSON_MAX_DEPTH);
		if (scan.closed) return true;
	}
}

/* To the closing quote, whatever else is wrong in between. */
static bool measure_string(struct frame *f, struct measured *m)
{
	const char *stop, *wrong;
	bool escaped;
	f->w.p++;
	for (;;) {
		switch (json_string_part(f->w.p, f->w.end, &stop, &escaped, &wrong)) {
		case JSON_PART_END: f->w.p = stop + 1; return true;
		case JSON_PART_FAULT: f->w.p = stop + (*stop == '\\' ? 2 : 1); break;
		case JSON_PART_MORE:
			f->w.p = stop;
			if (!record_fill(f, m)) return cut_off(f);
			break;
		}
	}
}

static bool ends_bare(char c) { return strchr(" \t\r\n,:[]{}\"", c) != NULL; /* NUL ends it too */ }

/* A number, a literal, or something that would be one if it were JSON. */
static bool measure_bare(struct frame *f, struct measured *m)
{
	char c = *f->w.p;
	if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '+' ||
	      c == '.'))
		return MALFORMED(f, f->w.p, "expected a value");
	do
		while (f->w.p < f->w.end && !ends_bare(*f->w.p)) f->w.p++;
	while (f->w.p == f->w.end && record_fill(f, m));
	if (f->over || (f->w.p == f->w.end && (f->depth || f->w.failed))) return cut_off(f);
	return true;
}

static bool take_record(struct frame *f, int number)
{
	struct measured m;
	m.offset = frame_window_offset(&f->w, f->w.p);
	m.too_large = false;
	f->w.hold = f->w.p;
	bool good = *f->w.p == '{' || *f->w.p == '[' ? measure_container(f, &m)
	            : *f->w.p == '"'                 ? measure_string(f, &m)
	                                             : measure_bare(f, &m);
	uint64_t length = frame_window_offset(&f->w, f->w.p) - m.offset;
	if (good && !m.too_large && length > f->max_record) keep_head(f, &m);
	struct str bytes = m.too_large ? str_of(m.head, m.head_len) : str_of(f->w.hold, (size_t)length);
	f->w.hold = NULL;
	return good && deliver(f, number, m.offset, length, bytes, m.too_large);
}

/* ---- the walk ---- */

static struct level *push(struct frame *f, bool array, const struct path_node *node)
{
	struct level *level = &f->levels[++f->depth];
	size_t words = ((size_t)node->count + 63) / 64;
	if (words > level->seen_words) {
		level->seen = memory_grow(level->seen, words * sizeof(*level->seen));
		level->seen_words = words;
	}
	if (words) memset(level->seen, 0, words * sizeof(*level->seen));
	level->array = array;
	level->placed = level->written = false;
	level->index = level->pending = 0;
	level->name.len = 0;
	return level;
}

static bool walk_value(struct frame *f, const struct path_node *node, bool keeping);

/* p is at a member's name: the node its value is walked with, or NULL; p is moved to the value. */
static bool walk_name(struct frame *f, struct level *level, const struct path_node *node, const struct path_node **next)
{
	bool escaped = false, too_long = false;
	if (*f->w.p != '"') return MALFORMED(f, f->w.p, "expected a member name");
	f->w.hold = f->w.p++; /* to tell where a duplicate is */
	level->placed = false;
	level->name.len = 0;
	if (!stream_string(f, &level->name, &escaped, &too_long)) return false;
	level->placed = true;
	int c = peek(f);
	if (c < 0) return false;
	if (c != ':') return MALFORMED(f, f->w.p, "expected ':' after the member name");
	f->w.p++;
	const char *at = f->w.hold;
	f->w.hold = NULL;

	struct str name = buf_str(&level->name);
	if (escaped) {
		f->name.len = 0;
		buf_reserve(&f->name, name.len);
		name = str_of(f->name.ptr, json_unescape_into(name, f->name.ptr));
	}
	const struct path_child *child = too_long ? NULL : pathtrie_member(&f->spec->trie, node, name);
	*next = child ? child->node : node->any;
	if (!child) return true;
	size_t bit = (size_t)(child - node->children);
	if (level->seen[bit / 64] >> bit % 64 & 1)
		return MALFORMED(f, at, "duplicate member \"%.*s\"", child->name.len < 100 ? (int)child->name.len : 100,
		                 child->name.ptr);
	level->seen[bit / 64] |= UINT64_C(1) << bit % 64;
	return true;
}

static bool walk_object(struct frame *f, const struct path_node *node, bool keeping)
{
	struct level *level = push(f, false, node);
	int c;
	f->w.p++;
	if ((c = peek(f)) < 0) return false;
	if (c == '}') goto end;
	for (;; level->index++) {
		const struct path_node *next = NULL;
		if (!walk_name(f, level, node, &next) || peek(f) < 0) return false;
		if (!(next ? walk_value(f, next, keeping) : keeping ? copy_value(f) : skip_value(f))) return false;
		if ((c = peek(f)) < 0) return false;
		if (c == '}') break;
		if (c != ',') return MALFORMED(f, f->w.p, "expected ',' or '}'");
		f->w.p++;
		if ((c = peek(f)) < 0) return false;
	}
end:
	f->w.p++;
	f->depth--;
	return true;
}

static bool walk_array(struct frame *f, const struct path_node *node, bool keeping)
{
	struct level *level = push(f, true, node);
	bool all_records = node->any && frame_spec_record_at(f->spec, node->any) >= 0;
	int c;
	f->w.p++;
	if ((c = peek(f)) < 0) return false;
	if (c == ']') goto end;
	for (;; level->index++) {
		const struct path_child *child = pathtrie_element(node, level->index);
		const struct path_node *next = child ? child->node : node->any;
		size_t before = f->envelope ? f->envelope->len : 0;
		level->placed = true;
		if (!(next ? walk_value(f, next, keeping) : keeping ? copy_value(f) : skip_value(f))) return false;
		if (!all_records && f->envelope && f->envelope->len == before) level->pending++;
		if ((c = peek(f)) < 0) return false;
		if (c == ']') break;
		if (c != ',') return MALFORMED(f, f->w.p, "expected ',' or ']'");
		f->w.p++;
		if ((c = peek(f)) < 0) return false;
	}
end:
	f->w.p++;
	f->depth--;
	return true;
}

/* p is at the first byte of a value at a declared path. */
static bool walk_value(struct frame *f, const struct path_node *node, bool keeping)
{
	int record = frame_spec_record_at(f->spec, node);
	if (record >= 0) return take_record(f, record);
	keeping = keeping || frame_spec_keep_at(f->spec, node);
	char c = *f->w.p;
	if ((c == '{' || c == '[') && (node->any || node->count)) {
		bool object = c == '{';
		if (!write_start(f)) return false;
		write_char(f, c);
		bool good = object ? walk_object(f, node, keeping) : walk_array(f, node, keeping);
		write_char(f, object ? '}' : ']');
		return good;
	}
	return keeping || c == 't' || c == 'f' || c == 'n' ? copy_value(f) : skip_value(f);
}

/* One root value; what is not kept of it stands as an empty value of its kind, null for a scalar. */
static bool walk_root(struct frame *f)
{
	const struct path_node *root = f->spec->trie.root;
	char c = *f->w.p;
	bool record = frame_spec_record_at(f->spec, root) >= 0;
	size_t before = f->envelope ? f->envelope->len : 0;
	if (!walk_value(f, root, false)) return false;
	f->result->root_values++;
	if (!f->envelope || f->envelope->len != before || (record && !f->spec->sequence)) return true;
	if (!write_start(f)) return false;
	buf_add(f->envelope, record ? STR("null") : c == '{' ? STR("{}") : c == '[' ? STR("[]") : STR("null"));
	mark_safe(f);
	return true;
}

static enum json_kind kind_of(char c)
{
	switch (c) {
	case '{': return JSON_OBJECT;
	case '[': return JSON_ARRAY;
	case '"': return JSON_STRING;
	case 't': return JSON_TRUE;
	case 'f': return JSON_FALSE;
	case 'n': return JSON_NULL;
	}
	return JSON_NUMBER;
}

static bool walk_input(struct frame *f)
{
	if (ensure(f, 3) && memcmp(f->w.p, "\xef\xbb\xbf", 3) == 0) f->w.p += 3;
	if (f->w.end - f->w.p >= 2 && (memcmp(f->w.p, "\xff\xfe", 2) == 0 || memcmp(f->w.p, "\xfe\xff", 2) == 0))
		return MALFORMED(f, f->w.p, "the text is UTF-16, expected UTF-8");
	for (; skip_space(f); f->root++) {
		if (f->root == 0) f->result->root_kind = kind_of(*f->w.p);
		f->result->empty = false;
		if (f->root > 0 && !f->spec->sequence) return MALFORMED(f, f->w.p, "unexpected text after the value");
		if (!walk_root(f)) return false;
	}
	return !f->w.failed || cut_off(f);
}

bool frame_run(const struct frame_spec *spec, const struct frame_source *source, const struct frame_sink *sink,
               const struct frame_options *options, struct buf *envelope, struct frame_result *result,
               struct error *error)
{
	struct frame_options o = options ? *options : (struct frame_options){0};
	bool list = spec->sequence && spec->keeps;
	struct frame *f = memory_grow(NULL, sizeof(*f));
	*f = (struct frame){.spec = spec, .sink = sink, .kernel = frame_kernel_get(), .result = result};
	f->max_record = o.max_record ? o.max_record : DEFAULT_RECORD;
	f->max_envelope = o.max_envelope ? o.max_envelope : DEFAULT_ENVELOPE;
	if (envelope && (!spec->sequence || spec->keeps)) {
		f->envelope = envelope;
		f->envelope_start = f->safe = envelope->len;
	}
	f->levels[0].array = true;
	*result = (struct frame_result){.state = FRAME_OK, .empty = true};
	frame_window_open(&f->w, source, o.window == 0 ? DEFAULT_WINDOW : o.window < 64 ? 64 : o.window, error);

	if (list) write_char(f, '[');
	bool good = walk_input(f);
	if (list) write_char(f, ']');
	result->bytes = frame_window_offset(&f->w, f->w.end);
	if (good) {
		result->offset = result->bytes;
		frame_window_position(&f->w, f->w.end, &result->line, &result->column);
	}
	frame_window_close(&f->w);
	for (size_t i = 0; i < sizeof(f->levels) / sizeof(*f->levels); i++) {
		buf_free(&f->levels[i].name);
		free(f->levels[i].seen);
	}
	buf_free(&f->name);
	free(f);
	return result->state != FRAME_STOPPED && result->state != FRAME_IO;
}
