/*   zip   pread at any place ----------------------+
 *                                                  +--> libarchive --> headers --> names judged --> bytes, counted
 *   tar   struct stream (gunzips, decompresses) ---+
 *
 * A zip is read by its directory at the end, and member by member only where that is cut off. libarchive sees neither a
 * path nor a filter: which bytes it gets, and how many, is decided here. It converts names to the charset of the
 * program's locale, which must be UTF-8 for names that are not ASCII: cli/main.c sees to that, wherever the program runs.
 */
#include "collect/container.h"

#include "core/arena.h"
#include "core/strings.h"
#include "core/utf8.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>

enum { BLOCK = 1 << 16, TAR_BLOCK = 512, ZIP_END = 22, ZIP_COMMENT = 0xffff };

struct members {
	const char *path;
	enum container_kind kind;
	struct file file;         /* of a zip */
	struct stream stream;     /* of a tar */
	bool streaming;           /* the stream is open */
	uint64_t size, at;        /* of a zip */
	uint64_t limit;           /* CONTAINER_CONTENT_MAX of the container's size */
	uint64_t streamed, given; /* bytes of a tar, bytes of all members */
	uint64_t member_given;
	uint64_t hole;   /* zeros of a sparse member before data */
	struct str data; /* what libarchive gave of the member, not yet taken; valid until its next call */
	bool member_ended;
	uint32_t members;
	uint64_t zeros;      /* at the end of what was streamed: a tar that is whole ends in a block of them */
	bool ended, cut_off; /* a zip without its directory */
	bool broken;         /* nothing more can be read; why: */
	struct error fault;
	bool member_broken; /* only the member at hand; why: */
	struct error member_fault;
	struct strings names;
	struct archive *archive;
	char block[BLOCK];
};

/* ---- recognising ---- */

static bool tar_header(struct str head)
{
	uint64_t wanted = 0, sum = 0;
	if (head.len < TAR_BLOCK || memcmp(head.ptr + 257, "ustar", 5) != 0) return false;
	for (size_t i = 148; i < 156; i++) {
		char c = head.ptr[i];
		if (c >= '0' && c <= '7')
			wanted = wanted * 8 + (uint64_t)(c - '0');
		else if (c != ' ' && c != '\0')
			return false;
	}
	for (size_t i = 0; i < TAR_BLOCK; i++) sum += i >= 148 && i < 156 ? ' ' : (unsigned char)head.ptr[i];
	return sum == wanted;
}

enum container_kind container_recognise(struct str head)
{
	if (str_starts(head, STR("PK\003\004")) || str_starts(head, STR("PK\005\006"))) return CONTAINER_ZIP;
	return tar_header(head) ? CONTAINER_TAR : CONTAINER_NONE;
}

/* ---- what libarchive asks for ---- */

static bool break_off(struct members *c, const char *what)
{
	c->broken = true;
	return error_set(&c->fault, ERROR_INPUT, c->path, "%s", what);
}

static la_ssize_t give_failed(struct members *c, struct archive *archive)
{
	archive_set_error(archive, EIO, "%s", c->fault.message);
	return -1;
}

static la_ssize_t give_tar(struct archive *archive, void *context, const void **bytes)
{
	struct members *c = context;
	struct error error = {0};
	size_t got = 0;
	*bytes = c->block;
	if (c->broken) return give_failed(c, archive);
	if (!stream_read(&c->stream, c->block, BLOCK, &got, &error)) {
		c->broken = true;
		c->fault = error;
		return give_failed(c, archive);
	}
	c->streamed += got;
	if (c->streamed > c->limit) {
		break_off(c, "holds too many bytes for its size when decompressed");
		return give_failed(c, archive);
	}
	size_t zeros = 0;
	while (zeros < got && c->block[got - zeros - 1] == 0) zeros++;
	c->zeros = zeros == got ? c->zeros + got : zeros;
	return (la_ssize_t)got;
}

static la_ssize_t give_zip(struct archive *archive, void *context, const void **bytes)
{
	struct members *c = context;
	struct error error = {0};
	size_t got = 0;
	*bytes = c->block;
	if (c->broken) return give_failed(c, archive);
	if (!file_read(&c->file, c->at, c->block, BLOCK, &got, &error)) {
		c->broken = true;
		c->fault = error;
		return give_failed(c, archive);
	}
	c->at += got;
	return (la_ssize_t)got;
}

static la_int64_t skip_zip(struct archive *archive, void *context, la_int64_t request)
{
	struct members *c = context;
	uint64_t room = c->size > c->at ? c->size - c->at : 0, n = request < 0 ? 0 : (uint64_t)request;
	(void)archive;
	if (n > room) n = room;
	c->at += n;
	return (la_int64_t)n;
}

static la_int64_t seek_zip(struct archive *archive, void *context, la_int64_t offset, int whence)
{
	struct members *c = context;
	la_int64_t base = whence == SEEK_SET ? 0 : (la_int64_t)(whence == SEEK_CUR ? c->at : c->size);
	(void)archive;
	if (offset > 0 ? offset > (la_int64_t)c->size - base : base + offset < 0) return ARCHIVE_FATAL;
	c->at = (uint64_t)(base + offset);
	return base + offset;
}

/* ---- opening ---- */

/* As many bytes as there are from the offset on: what cannot be read shows again later. */
static size_t read_up_to(const struct members *c, uint64_t from, char *dst, size_t capacity)
{
	struct error none;
	size_t len = 0, got = 1;
	while (len < capacity && got && file_read(&c->file, from + len, dst + len, capacity - len, &got, &none))
		len += got;
	return len;
}

/* A whole zip ends with the end of its directory and a comment. */
static bool zip_has_end(struct members *c)
{
	enum { TAIL = ZIP_END + ZIP_COMMENT };
	uint64_t from = c->size > TAIL ? c->size - TAIL : 0;
	char *tail = memory_grow(NULL, TAIL);
	size_t n = read_up_to(c, from, tail, TAIL);
	bool found = false;
	for (size_t i = n < ZIP_END ? 0 : n - ZIP_END + 1; i-- > 0 && !found;) {
		const unsigned char *p = (const unsigned char *)tail + i;
		found = memcmp(p, "PK\005\006", 4) == 0 && i + ZIP_END + (size_t)(p[20] | p[21] << 8) <= n;
	}
	free(tail);
	return found;
}

/* A zip without members, which libarchive does not know. */
static bool zip_is_empty(const struct members *c)
{
	char magic[4];
	return read_up_to(c, 0, magic, sizeof(magic)) == sizeof(magic) && memcmp(magic, "PK\005\006", 4) == 0;
}

static void begin_zip(struct members *c)
{
	c->cut_off = !zip_has_end(c);
	c->ended = !c->cut_off && zip_is_empty(c);
	if (c->cut_off) {
		archive_read_support_format_zip_streamable(c->archive);
	} else {
		archive_read_support_format_zip_seekable(c->archive);
		archive_read_set_seek_callback(c->archive, seek_zip);
	}
	archive_read_set_read_callback(c->archive, give_zip);
	archive_read_set_skip_callback(c->archive, skip_zip);
}

static void begin_tar(struct members *c)
{
	archive_read_support_format_tar(c->archive);
	archive_read_set_read_callback(c->archive, give_tar);
	archive_read_set_option(c->archive, "tar", "read_concatenated_archives", "1");
}

struct members *members_open(struct file file, enum container_kind kind, struct error *error)
{
	struct members *c = memory_grow(NULL, sizeof(*c));
	memset(c, 0, sizeof(*c));
	c->path = file.path;
	c->kind = kind;
	c->size = file.size;
	c->limit = CONTAINER_CONTENT_MAX(c->size);
	if (kind == CONTAINER_TAR) {
		c->streaming = stream_open_file(&c->stream, file, NULL, error);
		if (!c->streaming) {
			members_close(c);
			return NULL;
		}
	} else {
		c->file = file;
	}
	c->archive = archive_read_new();
	if (!c->archive) memory_exhausted(0);
	if (kind == CONTAINER_TAR)
		begin_tar(c);
	else
		begin_zip(c);
	archive_read_set_options(c->archive, "hdrcharset=UTF-8"); /* of names that do not say it themselves */
	archive_read_set_callback_data(c->archive, c);
	archive_read_open1(c->archive); /* a failure shows again at the first member */
	return c;
}

void members_close(struct members *c)
{
	if (!c) return;
	archive_read_free(c->archive);
	if (c->streaming) stream_close(&c->stream);
	file_close(&c->file);
	strings_free(&c->names);
	free(c);
}

/* ---- members ---- */

static const char *name_fault(struct str name)
{
	if (!name.len) return "has no name";
	if (name.len > CONTAINER_NAME_MAX) return "has too long a name";
	if (utf8_first_invalid(name) != SIZE_MAX) return "has a name that is not UTF-8";
	for (size_t i = 0; i < name.len; i++)
		if ((unsigned char)name.ptr[i] < 0x20 || name.ptr[i] == 0x7f)
			return "has control characters in its name";
	bool drive = name.len > 1 && name.ptr[1] == ':' && ((name.ptr[0] | 0x20) >= 'a' && (name.ptr[0] | 0x20) <= 'z');
	if (name.ptr[0] == '/' || name.ptr[0] == '\\' || drive) return "has an absolute name";
	for (size_t i = 0, start = 0; i <= name.len; i++) {
		if (i < name.len && name.ptr[i] != '/' && name.ptr[i] != '\\') continue;
		struct str part = str_slice(name, start, i);
		if (str_eq(part, STR(".."))) return "has a name with ..";
		if (!part.len || str_eq(part, STR("."))) return "has a name with an empty part";
		start = i + 1;
	}
	return NULL;
}

static const char *type_fault(struct archive_entry *entry)
{
	if (archive_entry_hardlink(entry)) return "is a hard link";
	switch ((unsigned)archive_entry_filetype(entry)) {
	case AE_IFREG: break;
	case AE_IFLNK: return "is a symbolic link";
	default: return "is no regular file";
	}
	if (archive_entry_is_encrypted(entry)) return "is encrypted";
	if (archive_entry_size_is_set(entry) && archive_entry_size(entry) > (la_int64_t)CONTAINER_MEMBER_MAX)
		return "is larger than 16 GB";
	return NULL;
}

static void describe(struct members *c, struct archive_entry *entry, struct container_member *member)
{
	const char *name = archive_entry_pathname_utf8(entry);
	if (!name) name = archive_entry_pathname(entry);
	member->name = str_from(name);
	while (str_starts(member->name, STR("./"))) member->name = str_slice(member->name, 2, member->name.len);
	member->refused = name_fault(member->name);
	if (!member->refused) member->refused = type_fault(entry);
	if (member->refused) return;
	uint32_t known = c->names.count;
	strings_add(&c->names, member->name);
	if (c->names.count == known) member->refused = "has the name of an earlier member";
}

/* The end: of a tar behind zeros, of a zip behind its directory. */
static bool finish(struct members *c, struct error *error)
{
	c->ended = true;
	*error = (struct error){0};
	if (c->kind == CONTAINER_TAR && c->zeros < TAR_BLOCK)
		break_off(c, "the tar ends without its end marker: it is cut off");
	if (c->kind == CONTAINER_ZIP && c->cut_off) break_off(c, "the zip ends without its directory: it is cut off");
	if (c->broken) *error = c->fault;
	return false;
}

bool members_next(struct members *c, struct container_member *member, struct error *error)
{
	struct archive_entry *entry;
	for (;;) {
		if (!c->broken && !c->ended) {
			int state = archive_read_next_header(c->archive, &entry);
			if (state == ARCHIVE_EOF && !c->broken) return finish(c, error);
			if (state < ARCHIVE_WARN && !c->broken) {
				const char *words = archive_error_string(c->archive);
				break_off(c, words ? words : "damaged");
			}
		}
		if (c->broken || c->ended) {
			*error = c->broken ? c->fault : (struct error){0};
			return false;
		}
		if (++c->members > CONTAINER_MEMBERS_MAX) {
			break_off(c, "holds more than 10,000 members");
			continue;
		}
		if (archive_entry_filetype(entry) == AE_IFDIR) continue;
		c->member_given = c->hole = 0;
		c->data = STR_EMPTY;
		c->member_ended = c->member_broken = false;
		describe(c, entry, member);
		return true;
	}
}

static void break_member(struct members *c, const char *words)
{
	size_t len = words ? strlen(words) : 0;
	while (len && (words[len - 1] == '\n' || words[len - 1] == ' ')) len--;
	c->member_broken = true;
	error_set(&c->member_fault, ERROR_INPUT, c->path, "%.*s", len ? (int)len : 7, len ? words : "damaged");
}

/* The next block of the member at hand: what is damaged may still come with bytes. */
static void take_block(struct members *c)
{
	const void *bytes = NULL;
	size_t len = 0;
	la_int64_t offset = (la_int64_t)c->member_given;
	int state = archive_read_data_block(c->archive, &bytes, &len, &offset);
	c->member_ended = state == ARCHIVE_EOF;
	if (state < ARCHIVE_OK && state != ARCHIVE_RETRY && !c->broken)
		break_member(c, archive_error_string(c->archive));
	if (state < ARCHIVE_WARN || c->broken) return;
	if (offset > (la_int64_t)c->member_given) c->hole = (uint64_t)offset - c->member_given;
	if (state != ARCHIVE_EOF && bytes) c->data = str_of(bytes, len);
}

static void count_given(struct members *c, size_t n)
{
	c->given += n;
	c->member_given += n;
	if (c->given > c->limit)
		break_off(c, "holds too many bytes for its size when decompressed");
	else if (c->member_given > CONTAINER_MEMBER_MAX)
		break_member(c, "is larger than 16 GB");
	else
		return;
	c->hole = 0;
	c->data = STR_EMPTY;
}

bool members_read(void *context, char *dst, size_t capacity, size_t *got, struct error *error)
{
	struct members *c = context;
	*got = 0;
	while (!c->hole && !c->data.len && !c->member_ended && !c->broken && !c->member_broken) take_block(c);
	if (c->hole) {
		*got = c->hole < capacity ? (size_t)c->hole : capacity;
		memset(dst, 0, *got);
		c->hole -= *got;
	} else if (c->data.len) {
		*got = c->data.len < capacity ? c->data.len : capacity;
		memcpy(dst, c->data.ptr, *got);
		c->data = str_slice(c->data, *got, c->data.len);
	} else if (c->broken || c->member_broken) {
		*error = c->broken ? c->fault : c->member_fault;
		return false;
	}
	count_given(c, *got);
	return true;
}

/* ---- one record ---- */

static bool find_member(struct members *c, struct str name, struct error *error)
{
	struct container_member member;
	while (members_next(c, &member, error))
		if (!member.refused && str_eq(member.name, name)) return true;
	return error->kind != ERROR_NONE ? false
	                                 : error_set(error, ERROR_INPUT, c->path, "has no member %.*s", STR_ARG(name));
}

/* What the file holds, by its first decoded bytes. */
static bool recognise(const struct file *file, enum container_kind *kind, struct error *error)
{
	enum { HEAD = TAR_BLOCK };
	char head[HEAD];
	struct stream stream;
	struct file again;
	size_t len = 0, got = 1;
	if (!file_again(&again, file, error) || !stream_open_file(&stream, again, NULL, error)) return false;
	bool good = true;
	while (good && got && len < HEAD) {
		good = stream_read(&stream, head + len, HEAD - len, &got, error);
		len += got;
	}
	stream_close(&stream);
	*kind = good ? container_recognise(str_of(head, len)) : CONTAINER_NONE;
	return good && *kind == CONTAINER_NONE ? error_set(error, ERROR_INPUT, file->path, "is no container") : good;
}

bool members_read_range(struct file file, struct str member, uint64_t from, uint64_t length, struct buf *out,
                        struct error *error)
{
	struct stream stream;
	enum container_kind kind;
	const char *path = file.path;
	if (!recognise(&file, &kind, error)) {
		file_close(&file);
		return false;
	}
	struct members *c = members_open(file, kind, error);
	bool good = c && find_member(c, member, error) &&
	            stream_open_source(&stream, (struct stream_source){c, members_read}, path, NULL, error);
	if (good) {
		good = stream_read_range(&stream, from, length, out, error);
		stream_close(&stream);
	}
	members_close(c);
	return good;
}
