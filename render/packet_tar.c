/* How it works: libarchive pulls bytes from the container by callback, and asks it to skip what it does not need; a seekable
 * container then just moves its position. On the way the types of header blocks are looked at (struct chain), for what
 * libarchive passes over in silence and other tar programs obey. Names are wanted as the bytes that are in the tar: libarchive converts pax names
 * to the locale's character set and normalises them, but keeps the bytes where it cannot convert, so it is called in the
 * "C" locale of this thread only.
 */
#include "render/packet_tar.h"

#include "core/arena.h"
#include "core/utf8.h"
#include "render/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

enum { END_BYTES = 1024, BLOCK = 512, AT_SIZE = 124, SIZE_DIGITS = 12, AT_TYPE = 156 };

/* The header blocks before a member's content: none or more that say more of it, each with a text behind it, and its own. A global one
 * (pax, 'g') is of all members that follow: GNU tar gives them the names and sizes that it names, libarchive does not. */
struct chain {
	uint64_t next; /* where the block begins that is looked at next, or NOT_KNOWN: content follows */
	unsigned char block[BLOCK];
	size_t got; /* bytes of it so far */
	bool global;
};

static const uint64_t NOT_KNOWN = UINT64_MAX;

struct packet_tar {
	struct container *container;
	struct archive *reader;
	locale_t plain;
	enum container_step stopped; /* why the container gave no more: CONTAINER_FAULT or CONTAINER_ERROR */
	struct error trouble;        /* with CONTAINER_ERROR */
	uint64_t chunk_from;         /* position of the bytes that libarchive has in hand */
	struct str chunk;
	uint64_t header, count;
	struct chain chain;
	uint64_t content; /* where the current member's begins */
	char fault[256];
};

/* --- chains of headers ------------------------------------------------------------------------------------------- */

static uint64_t whole_blocks(uint64_t size) { return (size + BLOCK - 1) / BLOCK * BLOCK; }

/* Octal. Texts behind headers are short: what is written otherwise is none. */
static uint64_t size_of_text(const unsigned char *block)
{
	uint64_t size = 0;
	for (size_t i = 0; i < SIZE_DIGITS; i++) {
		unsigned char c = block[AT_SIZE + i];
		if (c >= '0' && c <= '7') size = size * 8 + (c - '0');
	}
	return size;
}

static void take_header(struct packet_tar *tar)
{
	struct chain *chain = &tar->chain;
	char type = (char)chain->block[AT_TYPE];
	chain->got = 0;
	chain->global |= type == 'g';
	if (type && strchr("gxXALKV", type)) {
		chain->next += BLOCK + whole_blocks(size_of_text(chain->block));
		return;
	}
	tar->content = chain->next + BLOCK;
	chain->next = NOT_KNOWN;
}

/* The bytes at a position of the tar: what headers there are among them. */
static void watch(struct packet_tar *tar, uint64_t from, struct str bytes)
{
	struct chain *chain = &tar->chain;
	while (chain->next != NOT_KNOWN && chain->next + chain->got >= from &&
	       chain->next + chain->got < from + bytes.len) {
		size_t at = (size_t)(chain->next + chain->got - from), n = BLOCK - chain->got;
		if (n > bytes.len - at) n = bytes.len - at;
		memcpy(chain->block + chain->got, bytes.ptr + at, n);
		chain->got += n;
		if (chain->got == BLOCK) take_header(tar);
	}
}

/* The current member is described. The headers behind it may begin in the bytes that libarchive has in hand. */
static void watch_behind(struct packet_tar *tar, const struct tar_entry *entry)
{
	tar->chain.next = tar->content + whole_blocks(entry->size);
	watch(tar, tar->chunk_from, tar->chunk);
}

/* --- libarchive's side ------------------------------------------------------------------------------------------ */

static la_ssize_t give(struct archive *reader, void *context, const void **bytes)
{
	struct packet_tar *tar = context;
	tar->chunk_from = container_position(tar->container);
	enum container_step step = container_next(tar->container, &tar->chunk, &tar->trouble);
	*bytes = tar->chunk.ptr;
	watch(tar, tar->chunk_from, tar->chunk);
	if (step == CONTAINER_BYTES || step == CONTAINER_END) return (la_ssize_t)tar->chunk.len;
	tar->stopped = step;
	archive_set_error(reader, EIO, "the container ends early");
	return ARCHIVE_FATAL;
}

/* Never past the end: what is promised there must be missed by give(). */
static la_int64_t skip(struct archive *reader, void *context, la_int64_t wanted)
{
	(void)reader;
	struct packet_tar *tar = context;
	if (!container_is_seekable(tar->container) || wanted <= 0) return 0;
	uint64_t at = container_position(tar->container), end = container_size(tar->container);
	uint64_t n = (uint64_t)wanted < end - at ? (uint64_t)wanted : end - at;
	container_seek(tar->container, at + n);
	return (la_int64_t)n;
}

struct packet_tar *packet_tar_open(struct container *container)
{
	struct packet_tar *tar = memory_grow(NULL, sizeof(*tar));
	*tar = (struct packet_tar){.container = container};
	tar->plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	tar->reader = archive_read_new();
	if (!tar->reader || !tar->plain) memory_exhausted(0);
	locale_t before = uselocale(tar->plain);
	archive_read_support_format_tar(tar->reader);
	archive_read_set_read_callback(tar->reader, give);
	archive_read_set_skip_callback(tar->reader, skip);
	archive_read_set_callback_data(tar->reader, tar);
	archive_read_open1(tar->reader); /* a failure shows again at the first member */
	uselocale(before);
	return tar;
}

void packet_tar_close(struct packet_tar *tar)
{
	if (!tar) return;
	archive_read_free(tar->reader);
	freelocale(tar->plain);
	free(tar);
}

/* --- faults ----------------------------------------------------------------------------------------------------- */

static enum tar_step refuse(struct packet_tar *tar, const char *what)
{
	snprintf(tar->fault, sizeof(tar->fault), "%s", what);
	return TAR_FAULT;
}

/* libarchive gave up: because of the container, or because of what it found in it (its words may quote the file). */
static enum tar_step given_up(struct packet_tar *tar, struct error *error)
{
	if (tar->stopped == CONTAINER_ERROR) {
		*error = tar->trouble;
		return TAR_ERROR;
	}
	if (tar->stopped == CONTAINER_FAULT) return refuse(tar, container_fault(tar->container));
	const char *words = archive_error_string(tar->reader);
	struct str said = str_from(words ? words : "no reason given");
	size_t n = (size_t)snprintf(tar->fault, sizeof(tar->fault), "this is no whole tar: ");
	for (size_t i = 0; i < said.len && n + 1 < sizeof(tar->fault); i++) {
		unsigned char c = (unsigned char)said.ptr[i];
		tar->fault[n++] = c < 0x20 || c >= 0x7f ? '?' : (char)c;
	}
	tar->fault[n] = '\0';
	return TAR_FAULT;
}

const char *packet_tar_fault(const struct packet_tar *tar) { return tar->fault; }
uint64_t packet_tar_position(const struct packet_tar *tar) { return tar->header; }

static const char *type_fault(struct archive_entry *entry)
{
	if (archive_entry_hardlink(entry)) return "is a hard link";
	switch ((unsigned)archive_entry_filetype(entry)) {
	case AE_IFREG: break;
	case AE_IFDIR: break;
	case AE_IFLNK: return "is a symbolic link";
	case AE_IFBLK: return "is a device";
	case AE_IFCHR: return "is a device";
	case AE_IFIFO: return "is a FIFO";
	case AE_IFSOCK: return "is a socket";
	default: return "is neither file nor folder";
	}
	if (archive_entry_sparse_count(entry) > 0) return "is sparse";
	if (!archive_entry_size_is_set(entry) || archive_entry_size(entry) < 0) return "has no size";
	return NULL;
}

/* --- steps ------------------------------------------------------------------------------------------------------ */

static enum tar_step read_end(struct packet_tar *tar, struct error *error)
{
	uint64_t end = tar->chunk_from + tar->chunk.len;
	size_t known = tar->header > tar->chunk_from ? (size_t)(tar->header - tar->chunk_from) : 0;
	struct str bytes = str_slice(tar->chunk, known < tar->chunk.len ? known : tar->chunk.len, tar->chunk.len);
	for (enum container_step step = CONTAINER_BYTES; step == CONTAINER_BYTES;) {
		for (size_t i = 0; i < bytes.len; i++)
			if (bytes.ptr[i]) return refuse(tar, "bytes follow the end of the tar");
		step = container_next(tar->container, &bytes, error);
		end += bytes.len;
		if (step == CONTAINER_ERROR) return TAR_ERROR;
		if (step == CONTAINER_FAULT) return refuse(tar, container_fault(tar->container));
	}
	if (end < tar->header + END_BYTES) return refuse(tar, "cut off: the tar has no end");
	return TAR_END;
}

static void describe(struct packet_tar *tar, struct archive_entry *found, struct tar_entry *entry)
{
	struct str name = str_from(archive_entry_pathname(found));
	*entry = (struct tar_entry){.header = tar->header, .fault = type_fault(found)};
	entry->folder = archive_entry_filetype(found) == AE_IFDIR;
	entry->mtime = (int64_t)archive_entry_mtime(found);
	if (!entry->folder && archive_entry_size(found) > 0) entry->size = (uint64_t)archive_entry_size(found);
	while (str_starts(name, STR("./")) && name.len > 2) name = str_slice(name, 2, name.len);
	if (entry->folder && name.len > 1 && name.ptr[name.len - 1] == '/') name.len--;
	entry->name = name;
	bool top = entry->folder && (str_eq(name, STR(".")) || str_eq(name, STR("./")));
	if (top) entry->name = STR_EMPTY; /* what `tar -C folder .` begins with */
	if (!entry->fault && !top) entry->fault = archive_name_fault(name);
}

enum tar_step packet_tar_next(struct packet_tar *tar, struct tar_entry *entry, struct error *error)
{
	struct archive_entry *found = NULL;
	locale_t before = uselocale(tar->plain);
	int result = archive_read_next_header(tar->reader, &found);
	tar->header = (uint64_t)archive_read_header_position(tar->reader);
	if (result == ARCHIVE_OK || result == ARCHIVE_WARN) describe(tar, found, entry);
	uselocale(before);
	if (tar->stopped) return given_up(tar, error);
	if (result == ARCHIVE_EOF) return read_end(tar, error);
	if (result != ARCHIVE_OK && result != ARCHIVE_WARN) return given_up(tar, error);
	if (tar->chain.global)
		return refuse(tar, "a header for all members that follow (pax, 'g'): tar programs do not agree on it");
	watch_behind(tar, entry);
	if (++tar->count > ARCHIVE_MEMBERS_MAX) return refuse(tar, "more than 250000 members: refused");
	return TAR_ENTRY;
}

enum tar_step packet_tar_read(struct packet_tar *tar, struct str *bytes, struct error *error)
{
	const void *at = NULL;
	size_t len = 0;
	la_int64_t offset = 0;
	*bytes = STR_EMPTY;
	int result = archive_read_data_block(tar->reader, &at, &len, &offset);
	if (result == ARCHIVE_EOF) return TAR_END;
	if (result != ARCHIVE_OK) return given_up(tar, error);
	*bytes = str_of(at, len);
	return TAR_ENTRY;
}
