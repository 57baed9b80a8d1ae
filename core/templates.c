/* How it works: one sorted list is in force. At first it is the built-in one, which scripts/embed-templates writes as a C file
 * when the program is built (templates_embedded, sorted). templates_use reads the folder into a list of its own, sorts it, and
 * merges the two:
 *
 *     built in   checks/a.json   formats/sarif.json                        policies/default.json
 *     folder                     formats/sarif.json   formats/mine.json    |
 *                     |                  |                   |             |
 *     in force   checks/a.json   formats/sarif.json'  formats/mine.json    policies/default.json
 *
 * (sorted by name, in truth). Names are found by bisection.
 */
#include "core/templates.h"

#include "core/arena.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Written by scripts/embed-templates. */
extern const struct template_file templates_embedded[];
extern const size_t templates_embedded_count;

static const struct template_file *in_force;
static size_t in_force_count;

/* What is laid over lives until the program ends, also where the list that named it is replaced. */
static struct arena overlay;

const struct template_file *templates_builtin(size_t *count)
{
	*count = templates_embedded_count;
	return templates_embedded;
}

static const struct template_file *current(size_t *count)
{
	if (!in_force) return templates_builtin(count);
	*count = in_force_count;
	return in_force;
}

/* The first file whose name is not before this one. */
static size_t lower_bound(const struct template_file *files, size_t count, struct str name)
{
	size_t low = 0;
	while (count) {
		size_t half = count / 2;
		if (str_cmp(files[low + half].name, name) < 0) {
			low += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	return low;
}

bool template_find(struct str name, struct str *text)
{
	size_t count;
	const struct template_file *files = current(&count);
	size_t at = lower_bound(files, count, name);
	if (at == count || !str_eq(files[at].name, name)) return false;
	*text = files[at].text;
	return true;
}

size_t templates_below(struct arena *arena, struct str prefix, struct template_file **list)
{
	size_t count;
	const struct template_file *files = current(&count);
	size_t first = lower_bound(files, count, prefix), end = first;
	while (end < count && str_starts(files[end].name, prefix)) end++;
	*list = ARENA_ARRAY(arena, struct template_file, end - first);
	for (size_t i = first; i < end; i++) (*list)[i - first] = files[i];
	return end - first;
}

/* A folder being read. */
struct reading {
	struct arena *arena;
	struct error *error;
	const char *dir;
	struct template_file *files; /* heap */
	size_t count, capacity;
};

/* The file's path as the user would write it, for messages. */
static const char *shown(const struct reading *reading, const char *name)
{
	return str_printf(reading->arena, "%s/%s", reading->dir, name).ptr;
}

static bool name_is_clean(const char *name)
{
	for (; *name; name++) {
		bool letter = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z');
		if (!letter && !(*name >= '0' && *name <= '9') && !strchr("._-", *name)) return false;
	}
	return true;
}

static bool read_whole(const struct reading *reading, int file, const char *name, struct str *text)
{
	struct stat status;
	if (fstat(file, &status) != 0) return error_errno(reading->error, shown(reading, name), "cannot be read");
	if (!S_ISREG(status.st_mode))
		return error_set(reading->error, ERROR_INPUT, shown(reading, name), "is not a regular file");
	if (status.st_size > TEMPLATE_MAX_BYTES)
		return error_set(reading->error, ERROR_INPUT, shown(reading, name), "is larger than %d bytes",
		                 TEMPLATE_MAX_BYTES);
	size_t size = (size_t)status.st_size, have = 0;
	char *bytes = arena_bytes(reading->arena, size + 1); /* one more, to see that the file ends there */
	for (;;) {
		ssize_t got = read(file, bytes + have, size + 1 - have);
		if (got < 0 && errno == EINTR) continue;
		if (got < 0) return error_errno(reading->error, shown(reading, name), "cannot be read");
		if (got == 0) break;
		have += (size_t)got;
		if (have > size) break;
	}
	if (have != size)
		return error_set(reading->error, ERROR_INPUT, shown(reading, name), "changed while it was read");
	*text = str_of(bytes, size);
	return true;
}

static bool read_folder(struct reading *reading, int folder, const char *below, unsigned depth);

static bool read_entry(struct reading *reading, int folder, const char *below, const char *entry, unsigned depth)
{
	struct str name = str_printf(reading->arena, "%s%s", below, entry);
	if (!name_is_clean(entry))
		return error_set(reading->error, ERROR_INPUT, shown(reading, name.ptr),
		                 "has a name that a template cannot have: letters, digits, '.', '_' and '-' only");
	if (name.len > TEMPLATE_MAX_NAME)
		return error_set(reading->error, ERROR_INPUT, shown(reading, name.ptr),
		                 "has a name of more than %d bytes", TEMPLATE_MAX_NAME);
	/* O_NONBLOCK: a FIFO must not hold us up. */
	int file = openat(folder, entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (file < 0 && errno == ELOOP)
		return error_set(reading->error, ERROR_INPUT, shown(reading, name.ptr),
		                 "is a symbolic link; templates are regular files");
	if (file < 0) return error_errno(reading->error, shown(reading, name.ptr), "cannot be opened");
	struct stat status;
	if (fstat(file, &status) == 0 && S_ISDIR(status.st_mode))
		return read_folder(reading, file, str_printf(reading->arena, "%s/", name.ptr).ptr, depth + 1);
	struct str text;
	bool good = read_whole(reading, file, name.ptr, &text);
	close(file);
	if (!good) return false;
	if (reading->count == TEMPLATE_MAX_FILES)
		return error_set(reading->error, ERROR_INPUT, reading->dir, "holds more than %d files",
		                 TEMPLATE_MAX_FILES);
	ARRAY_RESERVE(reading->files, reading->count, reading->capacity);
	reading->files[reading->count++] = (struct template_file){name, text};
	return true;
}

/* Takes over the descriptor. below: "" or "formats/". */
static bool read_folder(struct reading *reading, int folder, const char *below, unsigned depth)
{
	DIR *entries = depth <= TEMPLATE_MAX_DEPTH ? fdopendir(folder) : NULL;
	if (!entries) {
		int number = errno;
		close(folder);
		if (depth > TEMPLATE_MAX_DEPTH)
			return error_set(reading->error, ERROR_INPUT, shown(reading, below),
			                 "is more than %d folders deep", TEMPLATE_MAX_DEPTH);
		errno = number;
		return error_errno(reading->error, shown(reading, below), "cannot be read");
	}
	bool good = true;
	while (good) {
		errno = 0;
		const struct dirent *entry = readdir(entries);
		if (!entry) {
			if (errno) good = error_errno(reading->error, shown(reading, below), "cannot be read");
			break;
		}
		struct str name = str_from(entry->d_name);
		if (str_starts(name, STR(".")) || str_ends(name, STR("~"))) continue;
		good = read_entry(reading, folder, below, entry->d_name, depth);
	}
	closedir(entries);
	return good;
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const struct template_file *)a)->name, ((const struct template_file *)b)->name);
}

/* Both sorted; above wins where both have a name. */
static void lay_over(const struct template_file *above, size_t above_count)
{
	size_t below_count, i = 0, j = 0, n = 0;
	const struct template_file *below = current(&below_count);
	struct template_file *merged = ARENA_ARRAY(&overlay, struct template_file, below_count + above_count);
	while (i < below_count || j < above_count) {
		int order = i == below_count ? 1 : j == above_count ? -1 : str_cmp(below[i].name, above[j].name);
		merged[n++] = order < 0 ? below[i] : above[j];
		if (order <= 0) i++;
		if (order >= 0) j++;
	}
	in_force = merged;
	in_force_count = n;
}

bool templates_use(const char *dir, struct error *error)
{
	int folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0) return error_errno(error, dir, "cannot be opened as a folder of templates");
	struct reading reading = {.arena = &overlay, .error = error, .dir = dir};
	bool good = read_folder(&reading, folder, "", 0);
	if (good) {
		if (reading.count) qsort(reading.files, reading.count, sizeof(*reading.files), by_name);
		lay_over(reading.files, reading.count);
	}
	free(reading.files);
	return good;
}
