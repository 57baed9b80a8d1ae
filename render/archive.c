/* How it works: everything that is written is a frame, and every frame leaves a row for the seek table:
 *
 *   put_frame     the one place where frames go out: buffer, SHA-256 of the whole, row of the seek table
 *   put_header    the padding that the member before still owes, and the header that libarchive makes, as one frame of runs
 *   crew_compress cuts bytes into pieces, compresses them on `jobs` threads, takes them in order (core/pool.h), hashes
 *                 the content while later pieces are compressed
 *
 *   crew:   piece 0   1   2   3   4 ...          encoder of piece i is i % size: its output stays valid until taken
 *           [encoder 0][encoder 1][encoder 2][encoder 0] ...
 *
 * Names are kept twice, as they are and with ASCII letters in lower case; the folders they lie in too, so that neither twins
 * nor a file in the place of a folder get in.
 */
#include "render/archive.h"

#include "core/pool.h"
#include "core/strings.h"
#include "core/utf8.h"
#include "render/container.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TAR_BLOCK = 512, OUT_BUFFER = 1 << 20, SYNC_STEP = 4 << 20, FRAMES_MAX = 0x8000000, TARGET_NAME_KEPT = 180 };

struct crew {
	struct zframe_encoder **encoders;
	unsigned size, jobs;
	int level;
};

struct archive_writer {
	char *path, *folder, *temporary;
	bool dry; /* nothing is written */
	int fd, level;
	int64_t mtime;
	struct buf out;    /* not yet written */
	struct buf header; /* one header's frame */
	uint64_t written;  /* bytes handed to put_bytes */
	uint64_t synced;   /* bytes on their way to the disk */
	struct sha256 whole;
	struct frame_list rows; /* the seek table; content is the position in the tar */
	size_t owed;            /* padding of the member before */
	struct crew crew;
	struct archive_member *members;
	size_t count, capacity;
	struct arena names;
	struct strings files, folders; /* in lower case */
};

/* --- names ------------------------------------------------------------------------------------------------------ */

static const char *part_fault(struct str part)
{
	if (part.len == 0) return "has an empty part";
	if (str_eq(part, STR("."))) return "has a part named '.'";
	if (str_eq(part, STR(".."))) return "has a part named '..'";
	if (part.len > 255) return "has a part longer than 255 bytes";
	return NULL;
}

static bool has_control(struct str name)
{
	for (size_t i = 0, n; i < name.len; i += n) {
		uint32_t c = utf8_decode(name, i, &n);
		if (c < 0x20 || (c >= 0x7f && c < 0xa0)) return true;
	}
	return false;
}

const char *archive_name_fault(struct str name)
{
	if (name.len == 0) return "is empty";
	if (name.len > ARCHIVE_NAME_MAX) return "is longer than 1024 bytes";
	if (name.ptr[0] == '/') return "is absolute";
	if (utf8_first_invalid(name) != SIZE_MAX) return "is not UTF-8";
	if (has_control(name)) return "has control characters";
	size_t parts = 0;
	for (size_t from = 0, to; from <= name.len; from = to + 1) {
		if (++parts > ARCHIVE_PARTS_MAX) return "lies in more than 64 folders";
		for (to = from; to < name.len && name.ptr[to] != '/';) to++;
		const char *fault = part_fault(str_slice(name, from, to));
		if (fault) return fault;
	}
	return NULL;
}

static bool name_error(struct archive_writer *archive, struct str name, const char *fault, struct error *error)
{
	char shown[2 * 200 + 1];
	size_t n = 0;
	for (size_t i = 0; i < name.len && i < 200; i++)
		shown[n++] = (unsigned char)name.ptr[i] < 0x20 || name.ptr[i] == 0x7f ? '?' : name.ptr[i];
	return error_set(error, ERROR_INPUT, archive->path, "the member name '%.*s' %s", (int)n, shown, fault);
}

/* Adds the name and its folders to what is taken. */
static bool take_name(struct archive_writer *archive, struct str name, struct error *error)
{
	const char *fault = archive_name_fault(name);
	if (fault) return name_error(archive, name, fault, error);
	if (archive->count >= ARCHIVE_MEMBERS_MAX)
		return error_set(error, ERROR_INPUT, archive->path, "a packet holds at most %d files",
		                 ARCHIVE_MEMBERS_MAX);
	struct arena scratch = {0};
	struct str lower = str_lower(&scratch, name);
	if (strings_find(&archive->folders, lower)) fault = "is a folder of another member";
	uint32_t known = archive->files.count;
	if (!fault && (strings_add(&archive->files, lower), archive->files.count == known))
		fault = "is there already, or differs in nothing but case from another";
	for (size_t i = 0; i < lower.len && !fault; i++) {
		if (lower.ptr[i] != '/') continue;
		strings_add(&archive->folders, str_slice(lower, 0, i));
		if (strings_find(&archive->files, str_slice(lower, 0, i)))
			fault = "has a folder that is another member";
	}
	arena_free(&scratch);
	return fault ? name_error(archive, name, fault, error) : true;
}

static void add_member(struct archive_writer *archive, struct str name, uint64_t size,
                       const unsigned char sha256[SHA256_BYTES])
{
	ARRAY_RESERVE(archive->members, archive->count, archive->capacity);
	struct archive_member *member = &archive->members[archive->count++];
	*member = (struct archive_member){.name = str_dup(&archive->names, name), .size = size};
	memcpy(member->sha256, sha256, SHA256_BYTES);
}

const struct archive_member *archive_members(const struct archive_writer *archive, size_t *count)
{
	*count = archive->count;
	return archive->members;
}

/* --- bytes and frames ------------------------------------------------------------------------------------------- */

/* What was written begins its way to the disk at once: archive_finish waits for the rest. */
static void start_sync(struct archive_writer *archive)
{
	uint64_t at = archive->written - archive->out.len;
	if (at - archive->synced < SYNC_STEP) return;
	sync_file_range(archive->fd, (off_t)archive->synced, (off_t)(at - archive->synced), SYNC_FILE_RANGE_WRITE);
	archive->synced = at;
}

static bool flush_out(struct archive_writer *archive, struct error *error)
{
	const char *bytes = archive->out.ptr;
	size_t left = archive->out.len;
	sha256_add(&archive->whole, bytes, left);
	while (left) {
		ssize_t n = write(archive->fd, bytes, left);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0) return error_set(error, ERROR_SYSTEM, archive->path, "can't write: %s", strerror(errno));
		bytes += n;
		left -= (size_t)n;
	}
	archive->out.len = 0;
	start_sync(archive);
	return true;
}

static bool put_bytes(struct archive_writer *archive, struct str bytes, struct error *error)
{
	if (archive->out.len + bytes.len > OUT_BUFFER && !flush_out(archive, error)) return false;
	buf_add(&archive->out, bytes);
	archive->written += bytes.len;
	return true;
}

static bool put_frame(struct archive_writer *archive, struct str bytes, struct zframe frame, struct error *error)
{
	if (archive->rows.count >= FRAMES_MAX)
		return error_set(error, ERROR_INPUT, archive->path, "more frames than a seek table can hold");
	frame_list_add(&archive->rows, frame);
	return put_bytes(archive, bytes, error);
}

/* --- headers ---------------------------------------------------------------------------------------------------- */

struct header {
	char *out;
	size_t used, room;
	bool whole;
};

/* Once the header is whole nothing more is taken: libarchive wants to fill the member up with zeros when it is closed. */
static la_ssize_t take_header(struct archive *tar, void *context, const void *bytes, size_t len)
{
	struct header *header = context;
	if (header->whole || len > header->room - header->used) {
		archive_set_error(tar, EIO, "no more is wanted");
		return -1;
	}
	memcpy(header->out + header->used, bytes, len);
	header->used += len;
	return (la_ssize_t)len;
}

static struct archive_entry *describe(const struct archive_writer *archive, struct str name, uint64_t size)
{
	struct archive_entry *entry = archive_entry_new();
	if (!entry) memory_exhausted(0);
	struct arena scratch = {0};
	archive_entry_copy_pathname(entry, str_cstr(&scratch, name)); /* bytes as they are, whatever the locale */
	arena_free(&scratch);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)size);
	archive_entry_set_mtime(entry, (time_t)archive->mtime, 0);
	archive_entry_set_uid(entry, 0);
	archive_entry_set_gid(entry, 0);
	return entry;
}

/* Headers in this format; 0 bytes if the format has no place for the name or the size. */
static size_t make_header(struct archive_writer *archive, struct str name, uint64_t size, int format, char *out,
                          size_t room)
{
	struct header header = {.out = out, .room = room};
	struct archive_entry *entry = describe(archive, name, size);
	struct archive *tar = archive_write_new();
	if (!tar) memory_exhausted(0);
	archive_write_set_format(tar, format);
	archive_write_set_bytes_per_block(tar, 0);
	bool good = archive_write_open(tar, &header, NULL, take_header, NULL) == ARCHIVE_OK &&
	            archive_write_header(tar, entry) == ARCHIVE_OK;
	header.whole = true;
	archive_write_free(tar);
	archive_entry_free(entry);
	return good ? header.used : 0;
}

static bool put_small(struct archive_writer *archive, const char *bytes, size_t len, struct error *error)
{
	struct zframe frame;
	struct str out = zframe_encode(archive->crew.encoders[0], bytes, len, &frame);
	return put_frame(archive, out, frame, error);
}

static bool put_header(struct archive_writer *archive, struct str name, uint64_t size, struct error *error)
{
	char block[16 * TAR_BLOCK] = {0}; /* padding, long-name header, up to 1,024 bytes of name, header */
	if (archive->dry) return true;
	char *header = block + archive->owed;
	size_t room = sizeof(block) - archive->owed;
	size_t made = make_header(archive, name, size, ARCHIVE_FORMAT_TAR_USTAR, header, room);
	if (made != TAR_BLOCK) made = make_header(archive, name, size, ARCHIVE_FORMAT_TAR_GNUTAR, header, room);
	if (made == 0 || made % TAR_BLOCK)
		return error_set(error, ERROR_INPUT, archive->path, "no tar header can hold the name of a member");
	made += archive->owed;
	archive->owed = (size_t)(-size % TAR_BLOCK);
	struct zframe frame;
	archive->header.len = 0;
	zframe_of_runs(block, made, &archive->header, &frame);
	return put_frame(archive, buf_str(&archive->header), frame, error);
}

/* --- the crew --------------------------------------------------------------------------------------------------- */

struct crew_job {
	struct archive_writer *archive;
	struct str bytes;
	struct str *outs; /* by i % size */
	struct zframe *frames;
	struct sha256 *hash;
	struct error *error;
};

static struct str crew_piece(const struct crew_job *job, size_t i)
{
	size_t from = i * ZFRAME_BYTES, to = from + ZFRAME_BYTES;
	return str_slice(job->bytes, from, to < job->bytes.len ? to : job->bytes.len);
}

static void crew_work(void *context, size_t i)
{
	struct crew_job *job = context;
	size_t slot = i % job->archive->crew.size;
	struct str piece = crew_piece(job, i);
	job->outs[slot] = zframe_encode(job->archive->crew.encoders[slot], piece.ptr, piece.len, &job->frames[slot]);
}

static bool crew_done(void *context, size_t i)
{
	struct crew_job *job = context;
	size_t slot = i % job->archive->crew.size;
	struct str piece = crew_piece(job, i);
	sha256_add(job->hash, piece.ptr, piece.len);
	return put_frame(job->archive, job->outs[slot], job->frames[slot], job->error);
}

static void crew_grow(struct crew *crew, unsigned size)
{
	if (crew->size >= size) return;
	crew->encoders = memory_grow(crew->encoders, sizeof(struct zframe_encoder *) * size);
	while (crew->size < size) crew->encoders[crew->size++] = zframe_encoder_new(crew->level);
}

/* Adds the content to hash and its frames to the archive. */
static bool crew_compress(struct archive_writer *archive, struct str bytes, struct sha256 *hash, struct error *error)
{
	if (archive->dry) {
		sha256_add(hash, bytes.ptr, bytes.len);
		return true;
	}
	size_t pieces = bytes.len / ZFRAME_BYTES + (bytes.len % ZFRAME_BYTES != 0);
	if (pieces > 1 && archive->crew.jobs > 1) crew_grow(&archive->crew, archive->crew.jobs * 2);
	unsigned size = archive->crew.size;
	struct crew_job job = {.archive = archive, .bytes = bytes, .hash = hash, .error = error};
	job.outs = memory_grow(NULL, sizeof(*job.outs) * size);
	job.frames = memory_grow(NULL, sizeof(*job.frames) * size);
	struct pool_job work = {.context = &job, .work = crew_work, .done = crew_done, .count = pieces, .ahead = size};
	bool good = pool_run(&work, archive->crew.jobs);
	free(job.outs);
	free(job.frames);
	return good;
}

/* --- members ---------------------------------------------------------------------------------------------------- */

bool archive_add(struct archive_writer *archive, struct str name, struct str bytes, struct error *error)
{
	struct sha256 hash;
	unsigned char digest[SHA256_BYTES];
	if (!take_name(archive, name, error)) return false;
	sha256_begin(&hash);
	bool good = put_header(archive, name, bytes.len, error) && crew_compress(archive, bytes, &hash, error);
	sha256_end(&hash, digest);
	if (good) add_member(archive, name, bytes.len, digest);
	return good;
}

static bool copy_frames(struct archive_writer *archive, const struct frame_list *frames, struct spool *spool,
                        struct error *error)
{
	struct buf packed = {0};
	bool good = true;
	for (size_t i = 0; i < frames->count && good; i++) {
		struct zframe frame = frames->frames[i];
		packed.len = 0;
		buf_reserve(&packed, frame.compressed);
		good = spool_read(spool, frame.offset, packed.ptr, frame.compressed, error) &&
		       put_frame(archive, str_of(packed.ptr, frame.compressed), frame, error);
	}
	buf_free(&packed);
	return good;
}

bool archive_add_frames(struct archive_writer *archive, struct str name, uint64_t size,
                        const unsigned char sha256[SHA256_BYTES], const struct frame_list *frames, struct spool *spool,
                        struct error *error)
{
	if (size != frames->content && !archive->dry)
		return error_set(error, ERROR_SYSTEM, archive->path, "'%.*s' has %llu bytes in frames, not %llu",
		                 STR_ARG(name), (unsigned long long)frames->content, (unsigned long long)size);
	if (!take_name(archive, name, error) || !put_header(archive, name, size, error)) return false;
	if (!archive->dry && !copy_frames(archive, frames, spool, error)) return false;
	add_member(archive, name, size, sha256);
	return true;
}

/* --- another archive's members ------------------------------------------------------------------------------------ */

bool archive_reserve(struct archive_writer *archive, struct str name, struct error *error)
{
	return take_name(archive, name, error);
}

/* Content from the position to the end, in frames of our own. Zeros that only fill the last member up are left to the next
 * header, as if they had been written here. */
static bool take_content(struct archive_writer *archive, struct container *from, uint64_t end, struct error *error)
{
	struct buf held = {0};
	bool good = true;
	while (good && container_position(from) < end) {
		struct str bytes;
		uint64_t left = end - container_position(from);
		enum container_step step = container_next(from, &bytes, error);
		if (step == CONTAINER_FAULT) error_set(error, ERROR_VERIFY, archive->path, "%s", container_fault(from));
		if (step == CONTAINER_END) error_set(error, ERROR_VERIFY, archive->path, "cut off");
		good = step == CONTAINER_BYTES;
		if (good && bytes.len > left) bytes.len = (size_t)left;
		for (size_t n; good && bytes.len; bytes = str_slice(bytes, n, bytes.len)) {
			n = ZFRAME_BYTES - held.len < bytes.len ? ZFRAME_BYTES - held.len : bytes.len;
			buf_add(&held, str_slice(bytes, 0, n));
			if (held.len < ZFRAME_BYTES) continue;
			good = put_small(archive, held.ptr, held.len, error);
			held.len = 0;
		}
		if (left <= bytes.len) break;
	}
	bool padding = held.len < TAR_BLOCK;
	for (size_t i = 0; i < held.len; i++) padding = padding && held.ptr[i] == 0;
	if (padding)
		archive->owed = held.len;
	else if (good)
		good = put_small(archive, held.ptr, held.len, error);
	buf_free(&held);
	return good;
}

bool archive_take_over(struct archive_writer *archive, struct container *from, uint64_t end, struct error *error)
{
	struct buf raw = {0};
	struct zframe frame;
	bool good = true, got = true;
	uint64_t position = 0;
	for (size_t i = 0; good && got && i < container_frames(from); i++) {
		raw.len = 0;
		good = container_frame(from, i, &raw, &frame, &got, error);
		if (!good || !got || position + frame.content > end) break;
		good = put_frame(archive, buf_str(&raw), frame, error);
		position += frame.content;
	}
	buf_free(&raw);
	container_seek(from, position);
	return good && take_content(archive, from, end, error);
}

/* --- the file --------------------------------------------------------------------------------------------------- */

static char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
static char *text(const char *format, ...)
{
	char *out = NULL;
	va_list args;
	va_start(args, format);
	if (vasprintf(&out, format, args) < 0) memory_exhausted(0);
	va_end(args);
	return out;
}

/* What the temporary files for this target are called, without PID and number. */
static char *temporary_prefix(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	return text(".%.*s.dossier-", TARGET_NAME_KEPT, name);
}

static bool lock_now(int fd) { return flock(fd, LOCK_EX | LOCK_NB) == 0; }

/* Files that a killed run left here: nobody holds their lock. */
static void remove_stale(const char *folder, const char *prefix)
{
	DIR *dir = opendir(folder);
	if (!dir) return;
	size_t len = strlen(prefix);
	for (struct dirent *entry; (entry = readdir(dir));) {
		const char *rest = entry->d_name + len;
		if (strncmp(entry->d_name, prefix, len) != 0 || strspn(rest, "0123456789-") != strlen(rest)) continue;
		int fd = openat(dirfd(dir), entry->d_name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0) continue;
		struct stat status;
		if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && lock_now(fd))
			unlinkat(dirfd(dir), entry->d_name, 0);
		close(fd);
	}
	closedir(dir);
}

/* Creates and locks; a name that is taken, or that another run's cleaning took away at once, gives the next number. */
static bool create_temporary(struct archive_writer *archive, const char *prefix, struct error *error)
{
	for (unsigned number = 0; number < 10000; number++) {
		free(archive->temporary);
		archive->temporary = text("%s/%s%ld-%u", archive->folder, prefix, (long)getpid(), number);
		archive->fd = open(archive->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (archive->fd < 0 && errno == EEXIST) continue;
		if (archive->fd < 0) return error_errno(error, archive->path, "can't create the packet");
		struct stat status;
		bool locked = lock_now(archive->fd) || errno == ENOLCK || errno == EOPNOTSUPP;
		if (locked && fstat(archive->fd, &status) == 0 && status.st_nlink == 1) return true;
		close(archive->fd);
		archive->fd = -1;
	}
	return error_set(error, ERROR_SYSTEM, archive->path, "no name is left for a temporary file");
}

static bool check_target(const char *path, struct error *error)
{
	struct stat status;
	size_t len = strlen(path);
	if (len == 0 || path[len - 1] == '/')
		return error_set(error, ERROR_INPUT, path, "this is no name for a packet");
	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
		return error_set(error, ERROR_INPUT, path, "this is there and not a regular file");
	return true;
}

struct archive_writer *archive_open(const char *path, int64_t mtime, int level, unsigned jobs, struct error *error)
{
	if (path && !check_target(path, error)) return NULL;
	const char *slash = path ? strrchr(path, '/') : NULL;
	struct archive_writer *archive = memory_grow(NULL, sizeof(*archive));
	*archive = (struct archive_writer){.fd = -1, .level = level, .mtime = mtime < 0 ? 0 : mtime, .dry = !path};
	archive->path = text("%s", path ? path : "the packet");
	archive->folder = slash && slash == path ? text("/")
	                  : slash                ? text("%.*s", (int)(slash - path), path)
	                                         : text(".");
	archive->crew = (struct crew){.jobs = jobs ? jobs : 1, .level = level};
	sha256_begin(&archive->whole);
	if (archive->dry) return archive;
	char *prefix = temporary_prefix(path);
	remove_stale(archive->folder, prefix);
	bool good = create_temporary(archive, prefix, error);
	free(prefix);
	if (good) crew_grow(&archive->crew, 1);
	if (good) return archive;
	archive_abort(archive);
	return NULL;
}

static bool put_seek_table(struct archive_writer *archive, struct error *error)
{
	enum { SKIPPABLE = 0x184D2A5E, SEEKABLE = (int)0x8F92EAB1, HAS_CHECKSUMS = 0x80, ROW = 12, FOOTER = 9 };
	struct buf table = {0};
	uint32_t count = (uint32_t)archive->rows.count;
	buf_reserve(&table, 8 + (size_t)count * ROW + FOOTER);
	buf_little_endian(&table, SKIPPABLE, 4);
	buf_little_endian(&table, count * ROW + FOOTER, 4);
	for (uint32_t i = 0; i < count; i++) {
		buf_little_endian(&table, archive->rows.frames[i].compressed, 4);
		buf_little_endian(&table, archive->rows.frames[i].content, 4);
		buf_little_endian(&table, archive->rows.frames[i].checksum, 4);
	}
	buf_little_endian(&table, count, 4);
	buf_char(&table, (char)HAS_CHECKSUMS);
	buf_little_endian(&table, (uint32_t)SEEKABLE, 4);
	bool good = put_bytes(archive, buf_str(&table), error);
	buf_free(&table);
	return good;
}

static void sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) return;
	fsync(fd); /* the packet is whole with or without it: a folder that can't be synced is no failure */
	close(fd);
}

static bool finish_file(struct archive_writer *archive, struct error *error)
{
	char end[2 * TAR_BLOCK + TAR_BLOCK] = {0};
	if (archive->dry) return true;
	if (!put_small(archive, end, 2 * TAR_BLOCK + archive->owed, error)) return false;
	if (!put_seek_table(archive, error) || !flush_out(archive, error)) return false;
	if (archive->rows.content > ARCHIVE_CONTENT_MAX(archive->written))
		return error_set(error, ERROR_INPUT, archive->path,
		                 "%llu bytes compress to %llu: readers would take this packet for a decompression bomb",
		                 (unsigned long long)archive->rows.content, (unsigned long long)archive->written);
	if (fsync(archive->fd) != 0)
		return error_set(error, ERROR_SYSTEM, archive->path, "can't write: %s", strerror(errno));
	if (rename(archive->temporary, archive->path) != 0)
		return error_errno(error, archive->path, "can't put the packet in its place");
	free(archive->temporary);
	archive->temporary = NULL;
	sync_folder(archive->folder);
	return true;
}

bool archive_finish(struct archive_writer *archive, unsigned char sha256[SHA256_BYTES], uint64_t *size,
                    struct error *error)
{
	bool good = finish_file(archive, error);
	unsigned char digest[SHA256_BYTES];
	sha256_end(&archive->whole, digest);
	if (sha256) memcpy(sha256, digest, SHA256_BYTES);
	if (size) *size = archive->written;
	archive_abort(archive);
	return good;
}

void archive_abort(struct archive_writer *archive)
{
	if (!archive) return;
	if (archive->fd >= 0 && archive->temporary) unlink(archive->temporary);
	if (archive->fd >= 0) close(archive->fd);
	for (unsigned i = 0; i < archive->crew.size; i++) zframe_encoder_free(archive->crew.encoders[i]);
	free(archive->crew.encoders);
	frame_list_free(&archive->rows);
	buf_free(&archive->out);
	buf_free(&archive->header);
	strings_free(&archive->files);
	strings_free(&archive->folders);
	arena_free(&archive->names);
	free(archive->members);
	free(archive->temporary);
	free(archive->folder);
	free(archive->path);
	free(archive);
}
