/* How it works:
 *
 *   offset  0                      memory                                    end
 *           [ chunk ][ chunk ] ... [ file: offset - memory .................. ]
 *           1 MB each, allocated when first written
 *
 * An append takes its place by adding to `end`, one atomic step; after that no two appends share a byte, so that copying
 * and writing need no lock. A place that lies across the border is written in two parts. Reads go the same way.
 */
#include "core/spool.h"

#include "core/arena.h"
#include "core/file.h"
#include "core/large.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHUNK = 1 << 20, CHUNKS = (int)(SPOOL_MEMORY / CHUNK) };

struct spool {
	_Atomic uint64_t end;
	uint64_t memory; /* where the file begins */
	_Atomic(char *) chunks[CHUNKS];
	atomic_int file;      /* -1: not yet needed */
	pthread_mutex_t lock; /* for making a chunk or the file */
	char *folder;
};

struct spool *spool_open(const char *folder)
{
	struct spool *spool = memory_grow(NULL, sizeof(*spool));
	*spool = (struct spool){.file = -1, .memory = large_is_limited() ? SPOOL_LIMITED : SPOOL_MEMORY};
	pthread_mutex_init(&spool->lock, NULL);
	if (!folder || !*folder) folder = getenv("TMPDIR");
	if (!folder || !*folder) folder = "/tmp";
	size_t size = strlen(folder) + 1;
	spool->folder = memory_grow(NULL, size);
	memcpy(spool->folder, folder, size);
	return spool;
}

static bool fails(const struct spool *spool, const char *doing, int number, struct error *error)
{
	return error_set(error, ERROR_SYSTEM, spool->folder, "%s: %s", doing, strerror(number));
}

static int spool_file(struct spool *spool, struct error *error)
{
	int fd = atomic_load(&spool->file);
	if (fd >= 0) return fd;
	pthread_mutex_lock(&spool->lock);
	fd = atomic_load(&spool->file);
	if (fd < 0) {
		fd = file_nameless(spool->folder);
		if (fd < 0)
			fails(spool, "cannot make a temporary file here", errno, error);
		else
			atomic_store(&spool->file, fd);
	}
	pthread_mutex_unlock(&spool->lock);
	return fd;
}

static char *chunk_at(struct spool *spool, size_t i)
{
	char *chunk = atomic_load(&spool->chunks[i]);
	if (chunk) return chunk;
	pthread_mutex_lock(&spool->lock);
	chunk = atomic_load(&spool->chunks[i]);
	if (!chunk) {
		chunk = memory_grow(NULL, CHUNK);
		atomic_store(&spool->chunks[i], chunk);
	}
	pthread_mutex_unlock(&spool->lock);
	return chunk;
}

static bool write_file(struct spool *spool, uint64_t offset, const char *bytes, size_t len, struct error *error)
{
	int fd = len ? spool_file(spool, error) : 0;
	if (fd < 0) return false;
	while (len) {
		ssize_t n = pwrite(fd, bytes, len, (off_t)(offset - spool->memory));
		if (n < 0 && errno == EINTR) continue;
		if (n <= 0) return fails(spool, "cannot write to the temporary file", n ? errno : ENOSPC, error);
		bytes += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
	}
	return true;
}

static bool read_file(struct spool *spool, uint64_t offset, char *bytes, size_t len, struct error *error)
{
	int fd = atomic_load(&spool->file);
	while (len) {
		ssize_t n = pread(fd, bytes, len, (off_t)(offset - spool->memory));
		if (n < 0 && errno == EINTR) continue;
		if (n <= 0) return fails(spool, "cannot read the temporary file", n ? errno : EIO, error);
		bytes += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
	}
	return true;
}

/* Bytes of the next step of a transfer at this offset: no further than the end of its chunk. */
static size_t step(uint64_t offset, size_t len)
{
	size_t room = CHUNK - (size_t)(offset % CHUNK);
	return len < room ? len : room;
}

struct spool *spool_beside(const char *path)
{
	char *folder = file_folder(path);
	struct spool *spool = spool_open(folder);
	free(folder);
	return spool;
}

bool spool_append(struct spool *spool, const void *given, size_t len, uint64_t *offset, struct error *error)
{
	const char *bytes = given;
	uint64_t at = atomic_fetch_add(&spool->end, len);
	*offset = at;
	while (len && at < spool->memory) {
		size_t n = step(at, len);
		memcpy(chunk_at(spool, (size_t)(at / CHUNK)) + at % CHUNK, bytes, n);
		bytes += n;
		len -= n;
		at += n;
	}
	return write_file(spool, at, bytes, len, error);
}

bool spool_read(struct spool *spool, uint64_t offset, void *into, size_t len, struct error *error)
{
	char *bytes = into;
	uint64_t end = atomic_load(&spool->end);
	if (offset > end || len > end - offset)
		return error_set(error, ERROR_SYSTEM, spool->folder, "the temporary store ends at %llu, not at %llu",
		                 (unsigned long long)end, (unsigned long long)offset + len);
	while (len && offset < spool->memory) {
		size_t n = step(offset, len);
		memcpy(bytes, chunk_at(spool, (size_t)(offset / CHUNK)) + offset % CHUNK, n);
		bytes += n;
		len -= n;
		offset += n;
	}
	return read_file(spool, offset, bytes, len, error);
}

void spool_close(struct spool *spool)
{
	if (!spool) return;
	int fd = atomic_load(&spool->file);
	if (fd >= 0) close(fd);
	for (size_t i = 0; i < CHUNKS; i++) free(atomic_load(&spool->chunks[i]));
	pthread_mutex_destroy(&spool->lock);
	free(spool->folder);
	free(spool);
}
