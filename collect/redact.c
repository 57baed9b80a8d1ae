/* How a file goes through:
 *
 *   file --stream--> (hash) --> text --redact_json / redact_lines--> text --gzip, zstd--> frames in a spool = the copy
 *                                    nothing was changed: the copy is forgotten, the file itself is the evidence
 *
 * The origin finds the copies by the path of the file; a handle holds one decompressed frame.
 */
#include "collect/redacting.h"

#include "collect/container.h"
#include "collect/documents.h"
#include "collect/spec.h"
#include "core/strings.h"
#include "core/zframes.h"

#include <pthread.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

enum { HEAD_BYTES = 1 << 20, COPY_LEVEL = 1, PACK_BYTES = 1 << 16 };

struct kept_copy {
	struct redact_copy known;
	struct frame_list frames; /* of one that is replaced */
};

struct redact {
	const struct redact_rules *rules;
	struct spool *spool;
	struct arena arena;
	struct pointer *pointers;
	size_t pointer_count;
	pthread_mutex_t lock; /* over what follows */
	struct strings names; /* number n: copies[n - 1] */
	struct kept_copy **copies;
	size_t copy_capacity;
	struct file_origin origin;
};

/* ---- pointers ---- */

const char *redact_pointer_fault(struct str pointer)
{
	if (!pointer.len) return "it means the whole document";
	if (pointer.ptr[0] != '/') return "it does not begin with '/'";
	for (size_t i = 0; i < pointer.len; i++)
		if (pointer.ptr[i] == '~' &&
		    (i + 1 == pointer.len || (pointer.ptr[i + 1] != '0' && pointer.ptr[i + 1] != '1')))
			return "'~' is written ~0, and '/' in a name ~1";
	return NULL;
}

static struct str unescaped(struct arena *arena, struct str token)
{
	char *out = arena_bytes(arena, token.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < token.len; i++) {
		bool escape = token.ptr[i] == '~' && i + 1 < token.len;
		if (escape) i++;
		out[n++] = !escape ? token.ptr[i] : token.ptr[i] == '1' ? '/' : '~';
	}
	return str_of(out, n);
}

static struct pointer cut_pointer(struct arena *arena, struct str text, size_t rule)
{
	size_t count = 0, from = 1;
	for (size_t i = 0; i < text.len; i++) count += text.ptr[i] == '/';
	struct str *tokens = ARENA_ARRAY(arena, struct str, count + 1);
	for (size_t i = 0; i < count; i++) {
		size_t to = from;
		while (to < text.len && text.ptr[to] != '/') to++;
		tokens[i] = unescaped(arena, str_slice(text, from, to));
		from = to + 1;
	}
	return (struct pointer){tokens, count, rule};
}

/* ---- the redaction ---- */

static void *origin_open(void *context, const char *path, uint64_t *size, struct error *error);
static bool origin_read(void *context, uint64_t offset, void *dst, size_t capacity, size_t *got, struct error *error);
static void origin_close(void *context);

struct redact *redact_new(const struct redact_rules *rules, struct spool *spool)
{
	struct redact *r = memory_grow(NULL, sizeof(*r));
	*r = (struct redact){.rules = rules, .spool = spool};
	pthread_mutex_init(&r->lock, NULL);
	r->pointers = ARENA_ARRAY(&r->arena, struct pointer, REDACT_POINTERS_MAX);
	for (size_t i = 0; i < rules->rule_count; i++)
		for (size_t k = 0; k < rules->rules[i].pointer_count; k++)
			r->pointers[r->pointer_count++] = cut_pointer(&r->arena, rules->rules[i].pointers[k], i);
	r->origin = (struct file_origin){r, origin_open, origin_read, origin_close};
	return r;
}

void redact_free(struct redact *r)
{
	if (!r) return;
	for (uint32_t i = 0; i < r->names.count; i++) {
		frame_list_free(&r->copies[i]->frames);
		free(r->copies[i]);
	}
	free(r->copies);
	strings_free(&r->names);
	arena_free(&r->arena);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

static struct kept_copy *find_copy(struct redact *r, struct str path)
{
	pthread_mutex_lock(&r->lock);
	uint32_t number = strings_find(&r->names, path);
	struct kept_copy *copy = number ? r->copies[number - 1] : NULL;
	pthread_mutex_unlock(&r->lock);
	return copy;
}

/* Takes the copy over. The same file may have been read for both sides at once: then the first one stays. */
static void keep_copy(struct redact *r, struct str path, struct kept_copy *copy, const uint64_t *replaced)
{
	pthread_mutex_lock(&r->lock);
	bool known = strings_find(&r->names, path) != 0;
	if (!known) {
		uint64_t *own = ARENA_ARRAY(&r->arena, uint64_t, r->rules->rule_count + 1);
		memcpy(own, replaced, sizeof(*own) * r->rules->rule_count);
		copy->known.replaced = own;
		ARRAY_RESERVE(r->copies, r->names.count, r->copy_capacity);
		r->copies[r->names.count] = copy;
		strings_add(&r->names, path);
	}
	pthread_mutex_unlock(&r->lock);
	if (!known) return;
	frame_list_free(&copy->frames);
	free(copy);
}

struct redact_copy redact_copy_of(struct redact *r, struct str reached)
{
	struct kept_copy *copy = find_copy(r, reached);
	return copy ? copy->known : (struct redact_copy){.state = REDACT_UNTOUCHED};
}

/* ---- the copies as files ---- */

struct handle {
	struct file original; /* where there is no copy */
	const struct kept_copy *copy;
	struct spool *spool;
	char *frame; /* the frame at hand */
	uint64_t frame_at;
	size_t frame_len;
};

static void *origin_open(void *context, const char *path, uint64_t *size, struct error *error)
{
	struct redact *r = context;
	const struct kept_copy *copy = find_copy(r, str_from(path));
	struct handle *handle = memory_grow(NULL, sizeof(*handle));
	*handle = (struct handle){.spool = r->spool};
	if (copy && copy->known.state == REDACT_REPLACED) {
		handle->copy = copy;
		handle->frame = memory_grow(NULL, ZFRAME_BYTES);
		*size = copy->frames.content;
		return handle;
	}
	if (!file_open(&handle->original, NULL, path, error)) {
		free(handle);
		return NULL;
	}
	*size = handle->original.size;
	return handle;
}

static bool origin_read(void *context, uint64_t offset, void *dst, size_t capacity, size_t *got, struct error *error)
{
	struct handle *handle = context;
	if (!handle->copy) return file_read(&handle->original, offset, dst, capacity, got, error);
	uint64_t size = handle->copy->frames.content;
	*got = 0;
	if (offset >= size || !capacity) return true;
	if (offset < handle->frame_at || offset >= handle->frame_at + handle->frame_len) {
		handle->frame_at = offset / ZFRAME_BYTES * ZFRAME_BYTES;
		uint64_t left = size - handle->frame_at;
		handle->frame_len = left < ZFRAME_BYTES ? (size_t)left : ZFRAME_BYTES;
		if (!frame_list_read(&handle->copy->frames, handle->spool, handle->frame_at, handle->frame,
		                     handle->frame_len, error)) {
			handle->frame_len = 0;
			return false;
		}
	}
	size_t from = (size_t)(offset - handle->frame_at), n = handle->frame_len - from;
	if (n > capacity) n = capacity;
	memcpy(dst, handle->frame + from, n);
	*got = n;
	return true;
}

static void origin_close(void *context)
{
	struct handle *handle = context;
	file_close(&handle->original);
	free(handle->frame);
	free(handle);
}

const struct file_origin *redact_origin(struct redact *r) { return &r->origin; }

/* ---- writing a copy ---- */

struct copying {
	struct frame_compressor frames;
	struct sha256 hash; /* of the original */
	uint64_t bytes;
	bool is_gzip;
	z_stream gzip;
	ZSTD_CCtx *zstd;
	char pack[PACK_BYTES];
};

static bool tap_raw(void *context, const char *bytes, size_t len, struct error *error)
{
	struct copying *copying = context;
	(void)error;
	sha256_add(&copying->hash, bytes, len);
	copying->bytes += len;
	return true;
}

static bool gzip_some(struct copying *c, const void *bytes, size_t len, int flush, struct error *error)
{
	c->gzip.next_in = (Bytef *)(uintptr_t)bytes;
	c->gzip.avail_in = (uInt)len;
	do {
		c->gzip.next_out = (Bytef *)c->pack;
		c->gzip.avail_out = PACK_BYTES;
		deflate(&c->gzip, flush);
		if (!frame_compressor_add(&c->frames, c->pack, PACK_BYTES - c->gzip.avail_out, error)) return false;
	} while (c->gzip.avail_out == 0);
	return true;
}

static bool zstd_some(struct copying *c, const void *bytes, size_t len, ZSTD_EndDirective end, struct error *error)
{
	ZSTD_inBuffer in = {bytes, len, 0};
	size_t left;
	do {
		ZSTD_outBuffer out = {c->pack, PACK_BYTES, 0};
		left = ZSTD_compressStream2(c->zstd, &out, &in, end);
		if (ZSTD_isError(left))
			return error_set(error, ERROR_SYSTEM, NULL, "zstd: %s", ZSTD_getErrorName(left));
		if (!frame_compressor_add(&c->frames, c->pack, out.pos, error)) return false;
	} while (end == ZSTD_e_end ? left > 0 : in.pos < in.size);
	return true;
}

static bool copy_write(void *context, const void *bytes, size_t len, struct error *error)
{
	enum { PIECE = 1 << 20 };
	struct copying *c = context;
	for (const char *p = bytes; len;) { /* zlib counts in 32 bits */
		size_t n = len < PIECE ? len : PIECE;
		bool good = c->is_gzip ? gzip_some(c, p, n, Z_NO_FLUSH, error)
		            : c->zstd  ? zstd_some(c, p, n, ZSTD_e_continue, error)
		                       : frame_compressor_add(&c->frames, p, n, error);
		if (!good) return false;
		p += n;
		len -= n;
	}
	return true;
}

static void copy_begin(struct copying *c, const struct stream *stream)
{
	c->is_gzip = !strcmp(stream->encoding, "gzip");
	if (c->is_gzip && deflateInit2(&c->gzip, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		memory_exhausted(0);
	if (!strcmp(stream->encoding, "zstd")) {
		c->zstd = ZSTD_createCCtx();
		if (!c->zstd) memory_exhausted(0);
		ZSTD_CCtx_setParameter(c->zstd, ZSTD_c_checksumFlag, 1);
	}
}

static bool copy_end(struct copying *c, struct frame_list *frames, struct error *error)
{
	if (c->is_gzip && !gzip_some(c, NULL, 0, Z_FINISH, error)) return false;
	if (c->zstd && !zstd_some(c, NULL, 0, ZSTD_e_end, error)) return false;
	return frame_compressor_end(&c->frames, frames, error);
}

static void copy_drop(struct copying *c)
{
	if (c->is_gzip) deflateEnd(&c->gzip);
	ZSTD_freeCCtx(c->zstd);
	frame_compressor_drop(&c->frames);
}

/* ---- one document ---- */

static void redacting_begin(struct redacting *r, const struct redact *redact, const char *path)
{
	*r = (struct redacting){.rules = redact->rules,
	                        .pointers = redact->pointers,
	                        .pointer_count = redact->pointer_count,
	                        .path = path,
	                        .first_change = ERROR_NO_OFFSET,
	                        .matcher = matcher_new()};
	buf_reserve(&r->window, 1); /* an empty document has an address too */
}

static void redacting_end(struct redacting *r)
{
	matcher_free(r->matcher);
	buf_free(&r->one);
	buf_free(&r->other);
	buf_free(&r->window);
}

static bool any_glob(const struct str *globs, size_t count, struct str text)
{
	for (size_t i = 0; i < count; i++)
		if (str_glob_nocase(globs[i], text)) return true;
	return count == 0;
}

/* Which rules are about a file. format NULL: not known yet. False: none. */
static bool choose_rules(struct redacting *r, struct str path, const struct str *format)
{
	bool any = false;
	for (size_t i = 0; i < r->rules->rule_count; i++) {
		const struct redact_rule *rule = &r->rules->rules[i];
		r->about[i] = any_glob(rule->paths, rule->path_count, path) &&
		              (!format || any_glob(rule->formats, rule->format_count, *format));
		any = any || r->about[i];
	}
	return any;
}

static bool pointers_about(const struct redacting *r)
{
	for (size_t i = 0; i < r->pointer_count; i++)
		if (r->about[r->pointers[i].rule]) return true;
	return false;
}

static bool read_head(struct redacting *r, struct error *error)
{
	while (!r->ended && r->window.len < HEAD_BYTES)
		if (!redacting_fill(r, error)) return false;
	return true;
}

/* Where the elements of a list are documents, a pointer is one of each of them, and of the file. */
static void point_into_elements(struct redacting *r, struct arena *arena)
{
	struct pointer *both = ARENA_ARRAY(arena, struct pointer, 2 * r->pointer_count + 1);
	size_t n = r->pointer_count;
	for (size_t i = 0; i < n; i++) {
		const struct pointer *p = &r->pointers[i];
		struct str *tokens = ARENA_ARRAY(arena, struct str, p->count + 1);
		tokens[0] = STR("*");
		for (size_t k = 0; k < p->count; k++) tokens[k + 1] = p->tokens[k];
		both[i] = *p;
		both[n + i] = (struct pointer){tokens, p->count + 1, p->rule};
	}
	r->pointers = both;
	r->pointer_count = 2 * n;
}

/* What the document is, by its head; then it goes through. */
static bool go_through(struct redacting *r, struct str path, const struct specs *specs, struct error *error)
{
	struct arena arena = {0};
	struct sketch sketch;
	bool listed;
	const struct spec *spec =
	    documents_recognise(specs, &arena, buf_str(&r->window), str_after_last(path, '/'), &sketch, &listed);
	struct str format = spec ? spec->format : STR("unknown");
	bool json = sketch.json, good = true, malformed = false;
	const struct pointer *pointers = r->pointers;
	size_t pointer_count = r->pointer_count;
	if (listed) point_into_elements(r, &arena);
	if (choose_rules(r, path, &format)) {
		good = !json || redacting_json(r, spec || pointers_about(r) ? NULL : &malformed, error);
		if (malformed) r->at = r->copied; /* what was looked through and not yet written had nothing in it */
		if (good && (!json || malformed)) good = redacting_lines(r, error);
	}
	r->pointers = pointers;
	r->pointer_count = pointer_count;
	arena_free(&arena);
	return good;
}

static bool about_name(struct redacting *r, struct str path, struct error *error)
{
	struct str out;
	bool changed;
	if (!redacting_text(r, path, 0, &out, &changed, error)) return false;
	return !changed ||
	       error_set(error, ERROR_INPUT, r->path, "its name holds what is to be replaced: give it another name");
}

/* ---- containers ---- */

/* A container is carried as it is: so nothing in it may be to be replaced, and all of it must have been looked through. */
static bool search_member(struct redact *redact, struct members *members, struct str path, const char *reached,
                          const struct specs *specs, struct error *error)
{
	struct redacting r;
	struct stream stream;
	redacting_begin(&r, redact, reached);
	struct stream_source source = {members, members_read};
	bool good = choose_rules(&r, path, NULL) ? about_name(&r, path, error) : true;
	if (good && choose_rules(&r, path, NULL)) {
		good = stream_open_source(&stream, source, reached, NULL, error);
		if (good) {
			r.stream = &stream;
			good = read_head(&r, error);
			if (good && container_recognise(buf_str(&r.window)) != CONTAINER_NONE)
				good = error_set(error, ERROR_INPUT, reached,
				                 "a container inside a container cannot be looked through");
			good = good && go_through(&r, path, specs, error);
			stream_close(&stream);
		}
	}
	if (good && r.changes)
		good = error_at(error, reached, r.first_change, 0, 0,
		                "holds what is to be replaced, but a container is carried as it is: unpack it first");
	redacting_end(&r);
	return good;
}

static bool search_container(struct redact *redact, const struct walk_file *file, enum container_kind kind,
                             const struct specs *specs, struct error *error)
{
	struct arena arena = {0};
	struct container_member member;
	struct error fault = {0};
	struct file opened;
	bool good = file_open(&opened, NULL, file->reached.ptr, error);
	struct members *members = good ? members_open(opened, kind, error) : NULL;
	good = members != NULL;
	while (good && members_next(members, &member, &fault)) {
		struct str reached = str_printf(&arena, "%s!/%.*s", file->reached.ptr,
		                                (int)(member.name.len < 300 ? member.name.len : 300), member.name.ptr);
		if (member.refused)
			good = error_set(error, ERROR_INPUT, reached.ptr, "%s: it cannot be looked through",
			                 member.refused);
		struct str path = str_printf(&arena, "%.*s!/%.*s", STR_ARG(file->path), STR_ARG(member.name));
		good = good && search_member(redact, members, path, reached.ptr, specs, error);
		arena_reset(&arena);
	}
	if (good && fault.kind != ERROR_NONE) {
		*error = fault;
		good = false;
	}
	members_close(members);
	arena_free(&arena);
	return good;
}

/* ---- one file ---- */

static bool copy_file(struct redact *redact, struct redacting *r, const struct walk_file *file,
                      const struct specs *specs, struct copying *c, struct kept_copy *copy, struct error *error)
{
	struct stream_tap tap = {c, tap_raw};
	struct stream stream;
	if (!stream_open(&stream, file->reached.ptr, &tap, error)) return false;
	copy_begin(c, &stream);
	r->stream = &stream;
	r->sink = c;
	r->write = copy_write;
	bool good = read_head(r, error);
	enum container_kind kind = good ? container_recognise(buf_str(&r->window)) : CONTAINER_NONE;
	if (good && kind != CONTAINER_NONE) {
		r->write = NULL;
		good = stream_drain(&stream, error) && search_container(redact, file, kind, specs, error);
	} else if (good) {
		if (stream.skipped) good = copy_write(c, "\xef\xbb\xbf", 3, error);
		good = good && go_through(r, file->path, specs, error) && stream_drain(&stream, error);
	}
	if (good && r->changes) good = copy_end(c, &copy->frames, error);
	stream_close(&stream);
	return good;
}

static bool is_as_is(const struct redact_rules *rules, struct str path)
{
	return rules->as_is_count && any_glob(rules->as_is, rules->as_is_count, path);
}

bool redact_prepare(struct redact *redact, const struct walk_file *file, const struct specs *specs, struct error *error)
{
	struct redacting r;
	if (find_copy(redact, file->reached)) return true;
	redacting_begin(&r, redact, file->reached.ptr);
	bool about = choose_rules(&r, file->path, NULL), good = !about || about_name(&r, file->path, error);
	struct kept_copy *copy = memory_grow(NULL, sizeof(*copy));
	*copy = (struct kept_copy){.known = {.state = about ? REDACT_SEARCHED : REDACT_UNTOUCHED}};
	if (file->refused) {
		copy->known.state = REDACT_UNTOUCHED; /* it is named, but not carried */
	} else if (about && good && is_as_is(redact->rules, file->path)) {
		copy->known.state = REDACT_UNSEARCHED;
	} else if (about && good) {
		struct copying *c = memory_grow(NULL, sizeof(*c));
		memset(c, 0, sizeof(*c));
		sha256_begin(&c->hash);
		frame_compressor_begin(&c->frames, redact->spool, COPY_LEVEL);
		good = copy_file(redact, &r, file, specs, c, copy, error);
		sha256_end(&c->hash, copy->known.original_sha256);
		copy->known.original_bytes = c->bytes;
		copy_drop(c);
		free(c);
		if (r.changes) copy->known.state = REDACT_REPLACED;
	}
	if (good) {
		keep_copy(redact, file->reached, copy, r.replaced);
	} else {
		frame_list_free(&copy->frames);
		free(copy);
	}
	redacting_end(&r);
	return good;
}

/* ---- what stands beside the evidence ---- */

static void place(struct str text, struct error *error)
{
	error->line = error->column = 1;
	for (size_t i = 0; i < error->offset && i < text.len; i++) {
		error->column++;
		if (text.ptr[i] == '\n') error->line++, error->column = 1;
	}
}

bool redact_check(struct redact *redact, const char *name, struct str text, struct error *error)
{
	struct redacting r;
	bool any = false, malformed = false;
	redacting_begin(&r, redact, name);
	r.ended = true;
	r.pointer_count = 0; /* they are about evidence */
	for (size_t i = 0; i < r.rules->rule_count; i++) {
		const struct redact_rule *rule = &r.rules->rules[i];
		r.about[i] = rule->pattern_count && !rule->path_count && !rule->format_count;
		any = any || r.about[i];
	}
	buf_add(&r.window, text);
	bool good = !any || redacting_json(&r, &malformed, error);
	if (good && malformed) {
		r.at = r.copied = 0;
		good = redacting_lines(&r, error);
	}
	if (good && r.changes) {
		good = error_at(error, name, r.first_change, 0, 0,
		                "holds what --redact replaces in the evidence: write what the evidence then has");
		place(text, error);
	}
	redacting_end(&r);
	return good;
}
