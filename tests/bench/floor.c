/* floor: what the machine needs at least. floor FILE...: reads each SARIF file in blocks of 1 MB, one thread for each file, and does
 * with every block, while it is in cache, what no reader of evidence can leave out: SHA-256 (OpenSSL), a zstd -3 frame, and for
 * each result a cJSON tree, in an arena that is reset after it. It keeps nothing, compares nothing and writes nothing.
 *
 * Results are cut out of the blocks by counting brackets, strings skipped, 16 bytes at a time:
 *
 *     ..."results":[{"ruleId":"a]\"b",..},{..},{..     ..}]
 *                   ^record            ^               ^carried over to the front of the next block
 */
#include <cjson/cJSON.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BLOCK = 1 << 20, ARENA = 64 << 20, MOST_FILES = 64 };

static void die(const char *what)
{
	perror(what);
	exit(2);
}

/* ---- the arena that cJSON allocates from: one for each thread ---- */

static _Thread_local struct {
	char *bytes;
	size_t used;
} arena;

static void *arena_take(size_t size)
{
	size = (size + 15) & ~(size_t)15;
	if (size > ARENA - arena.used) return NULL;
	void *p = arena.bytes + arena.used;
	arena.used += size;
	return p;
}

static void arena_keep(void *p) { (void)p; }

/* ---- one file ---- */

struct reading {
	const char *path;
	uint64_t bytes, compressed, records, members;
	unsigned char digest[32];

	char *window; /* what was carried over, then the block */
	size_t len, capacity;

	/* Where the scan stands: at `at`, `depth` brackets deep, perhaps in a string. */
	size_t at, string_start, record_start;
	unsigned depth, results_depth; /* 0: not among results */
	bool in_string, in_record, results_named;
};

static void parse_record(struct reading *r, const char *record, size_t len)
{
	arena.used = 0;
	const cJSON *tree = cJSON_ParseWithLength(record, len);
	if (!tree) {
		fprintf(stderr, "floor: %s: result %llu is no JSON\n", r->path, (unsigned long long)r->records);
		exit(2);
	}
	r->records++;
	for (const cJSON *member = tree->child; member; member = member->next) r->members++;
}

/* The next byte that matters: in a string a quote or backslash, else a quote or bracket. */
static size_t next_mark(const char *p, size_t at, size_t end, bool in_string)
{
#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), fold = _mm_set1_epi8(0x20);
	const __m128i open = _mm_set1_epi8('{'), close = _mm_set1_epi8('}');
	for (; at + 16 <= end; at += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + at)), hit = _mm_cmpeq_epi8(x, quote);
		if (in_string) {
			hit = _mm_or_si128(hit, _mm_cmpeq_epi8(x, slash));
		} else {
			__m128i folded = _mm_or_si128(x, fold); /* '[' | 0x20 is '{', ']' | 0x20 is '}' */
			hit = _mm_or_si128(hit,
			                   _mm_or_si128(_mm_cmpeq_epi8(folded, open), _mm_cmpeq_epi8(folded, close)));
		}
		unsigned mask = (unsigned)_mm_movemask_epi8(hit);
		if (mask) return at + (unsigned)__builtin_ctz(mask);
	}
#endif
	for (; at < end; at++)
		if (p[at] == '"' || (in_string ? p[at] == '\\' : (p[at] | 0x20) == '{' || (p[at] | 0x20) == '}'))
			return at;
	return end;
}

static void close_string(struct reading *r)
{
	r->in_string = false;
	r->results_named = r->at - r->string_start == 7 && memcmp(r->window + r->string_start, "results", 7) == 0;
}

static void open_bracket(struct reading *r, char c)
{
	r->depth++;
	if (c == '[' && r->results_named && !r->results_depth) r->results_depth = r->depth;
	if (c == '{' && r->results_depth && r->depth == r->results_depth + 1) {
		r->record_start = r->at;
		r->in_record = true;
	}
	r->results_named = false;
}

static void close_bracket(struct reading *r)
{
	if (r->depth) r->depth--;
	if (r->in_record && r->depth == r->results_depth) {
		parse_record(r, r->window + r->record_start, r->at + 1 - r->record_start);
		r->in_record = false;
	}
	if (r->depth < r->results_depth) r->results_depth = 0;
	r->results_named = false;
}

static void scan(struct reading *r)
{
	while ((r->at = next_mark(r->window, r->at, r->len, r->in_string)) < r->len) {
		char c = r->window[r->at];
		if (r->in_string) {
			if (c == '\\') {
				if (r->at + 1 == r->len) return; /* what it escapes is in the next block */
				r->at++;
			} else {
				close_string(r);
			}
		} else if (c == '"') {
			r->in_string = true;
			r->string_start = r->at + 1;
		} else if (c == '{' || c == '[') {
			open_bracket(r, c);
		} else if (c == '}' || c == ']') {
			close_bracket(r);
		}
		r->at++;
	}
}

/* Keeps the record or string that the block cuts in two, and makes room for another block. */
static void carry_over(struct reading *r)
{
	size_t keep = r->in_record ? r->record_start : r->in_string ? r->string_start : r->at;
	if (keep > r->at) keep = r->at;
	memmove(r->window, r->window + keep, r->len - keep);
	r->len -= keep;
	r->at -= keep;
	if (r->in_string) r->string_start -= keep;
	if (r->in_record) r->record_start -= keep;
	if (r->capacity < r->len + BLOCK) {
		r->capacity = 2 * (r->len + BLOCK);
		r->window = realloc(r->window, r->capacity);
		if (!r->window) die("floor");
	}
}

static size_t read_block(int file, char *to, uint64_t at)
{
	size_t have = 0;
	while (have < BLOCK) {
		ssize_t got = pread(file, to + have, BLOCK - have, (off_t)(at + have));
		if (got < 0) die("floor: read");
		if (got == 0) break;
		have += (size_t)got;
	}
	return have;
}

static void *read_file(void *context)
{
	struct reading *r = context;
	int file = open(r->path, O_RDONLY | O_CLOEXEC);
	if (file < 0) die(r->path);
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	ZSTD_CCtx *zstd = ZSTD_createCCtx();
	size_t frame_capacity = ZSTD_compressBound(BLOCK);
	char *frame = malloc(frame_capacity);
	arena.bytes = malloc(ARENA);
	if (!hash || !zstd || !frame || !arena.bytes || !EVP_DigestInit_ex(hash, EVP_sha256(), NULL)) die("floor");
	for (;;) {
		carry_over(r);
		size_t got = read_block(file, r->window + r->len, r->bytes);
		if (!got) break;
		const char *block = r->window + r->len;
		r->bytes += got;
		r->len += got;
		size_t packed = ZSTD_compressCCtx(zstd, frame, frame_capacity, block, got, 3);
		if (ZSTD_isError(packed) || !EVP_DigestUpdate(hash, block, got)) die("floor");
		r->compressed += packed;
		scan(r);
	}
	if (!EVP_DigestFinal_ex(hash, r->digest, NULL)) die("floor");
	EVP_MD_CTX_free(hash);
	ZSTD_freeCCtx(zstd);
	free(frame);
	free(arena.bytes);
	free(r->window);
	close(file);
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc < 2 || argc > MOST_FILES) {
		fprintf(stderr, "usage: floor FILE...\n");
		return 2;
	}
	cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = arena_take, .free_fn = arena_keep});
	struct reading readings[MOST_FILES] = {0};
	pthread_t threads[MOST_FILES];
	for (int i = 1; i < argc; i++) {
		readings[i].path = argv[i];
		if (pthread_create(&threads[i], NULL, read_file, &readings[i]) != 0) die("floor");
	}
	for (int i = 1; i < argc; i++) {
		const struct reading *r = &readings[i];
		pthread_join(threads[i], NULL);
		printf("%s: %llu bytes, %llu compressed, %llu results, %llu members, sha256 ", r->path,
		       (unsigned long long)r->bytes, (unsigned long long)r->compressed, (unsigned long long)r->records,
		       (unsigned long long)r->members);
		for (int b = 0; b < 32; b++) printf("%02x", r->digest[b]);
		printf("\n");
	}
	return 0;
}
