#include "core/file.h"

#include "core/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_regular(const struct stat *info, const char *path, struct error *error)
{
	return S_ISREG(info->st_mode) || error_set(error, ERROR_INPUT, path, "not a regular file");
}

bool file_size(const char *path, uint64_t *size, struct error *error)
{
	struct stat info;
	if (stat(path, &info) != 0) return error_errno(error, path, "cannot examine");
	*size = (uint64_t)info.st_size;
	return is_regular(&info, path, error);
}

/* As file_open for an open file descriptor, which the file then owns, also after an error. */
static bool file_of(struct file *file, int fd, const char *path, struct error *error)
{
	struct stat info;
	*file = (struct file){.is_open = true, .path = path, .fd = fd};
	bool good = fstat(fd, &info) == 0 ? is_regular(&info, path, error) : error_errno(error, path, "cannot examine");
	if (good) file->size = (uint64_t)info.st_size;
	if (!good) file_close(file);
	return good;
}

bool file_open(struct file *file, const struct file_origin *origin, const char *path, struct error *error)
{
	*file = (struct file){.path = path, .fd = -1, .origin = origin};
	if (origin) {
		file->handle = origin->open(origin->context, path, &file->size, error);
		file->is_open = file->handle != NULL;
		return file->is_open;
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* not to hang on a FIFO */
	if (fd < 0) return error_errno(error, path, "cannot open");
	return file_of(file, fd, path, error);
}

bool file_again(struct file *again, const struct file *file, struct error *error)
{
	if (file->origin) return file_open(again, file->origin, file->path, error);
	*again = (struct file){.fd = -1};
	int fd = fcntl(file->fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0) return error_errno(error, file->path, "cannot open");
	return file_of(again, fd, file->path, error);
}

bool file_read(const struct file *file, uint64_t offset, void *dst, size_t capacity, size_t *got, struct error *error)
{
	ssize_t n;
	*got = 0;
	if (file->origin) return file->origin->read(file->handle, offset, dst, capacity, got, error);
	do n = pread(file->fd, dst, capacity, (off_t)offset);
	while (n < 0 && errno == EINTR);
	if (n < 0) return error_errno(error, file->path, "cannot read");
	*got = (size_t)n;
	return true;
}

void file_close(struct file *file)
{
	if (!file->is_open) return;
	if (file->origin)
		file->origin->close(file->handle);
	else
		close(file->fd);
	*file = (struct file){.fd = -1};
}

char *file_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash) path = slash = ".";
	size_t len = *slash == '.' || slash == path ? 1 : (size_t)(slash - path);
	char *folder = memory_grow(NULL, len + 1);
	memcpy(folder, path, len);
	folder[len] = '\0';
	return folder;
}

int file_nameless(const char *folder)
{
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL && errno != ENOENT)) return fd;
	static const char name[] = "/.dossier-spool-XXXXXX";
	size_t len = strlen(folder);
	char *path = memory_grow(NULL, len + sizeof(name));
	memcpy(path, folder, len);
	memcpy(path + len, name, sizeof(name));
	fd = mkostemp(path, O_CLOEXEC);
	int number = errno;
	if (fd >= 0) unlink(path);
	free(path);
	errno = number;
	return fd;
}

int file_in_memory(const void *given, size_t len, char path[FILE_IN_MEMORY_PATH], struct error *error)
{
	const char *bytes = given;
	int fd = memfd_create("dossier", MFD_CLOEXEC);
	while (fd >= 0 && len) {
		ssize_t n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0) {
			error_errno(error, NULL, "cannot hold a file in memory");
			close(fd);
			return -1;
		}
		bytes += n;
		len -= (size_t)n;
	}
	if (fd < 0) error_errno(error, NULL, "cannot hold a file in memory");
	snprintf(path, FILE_IN_MEMORY_PATH, "/proc/self/fd/%d", fd);
	return fd;
}
