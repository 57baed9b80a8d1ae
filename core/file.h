/* file: bytes at any place of a file, which lies in the file system or in something else that holds files: a packet.
 *
 * Everything that reads evidence reads it through this, so that a packet's own evidence is read as folders are.
 */
#ifndef DOSSIER_CORE_FILE_H
#define DOSSIER_CORE_FILE_H

#include "core/error.h"

#include <stddef.h>

/* What holds files when it is not the file system. Its functions are called by many threads at once, but each handle by one at
 * a time. It must outlive the files. */
struct file_origin {
	void *context;
	/* NULL with the error if there is no such file. */
	void *(*open)(void *context, const char *path, uint64_t *size, struct error *error);
	/* Up to capacity bytes from the offset on; *got 0 is the end. */
	bool (*read)(void *handle, uint64_t offset, void *dst, size_t capacity, size_t *got, struct error *error);
	void (*close)(void *handle);
};

/* Zero-initialised is no file; file_close may be called on it. */
struct file {
	bool is_open;
	const char *path;                 /* borrowed, for messages */
	uint64_t size;                    /* when it was opened */
	int fd;                           /* where there is no origin */
	const struct file_origin *origin; /* NULL: the file system */
	void *handle;
};

/* Refuses what is not a regular file (ERROR_INPUT). origin NULL: the file system. */
bool file_open(struct file *file, const struct file_origin *origin, const char *path, struct error *error);
/* The size of a file in the file system, which is not opened for it; refuses the same. */
bool file_size(const char *path, uint64_t *size, struct error *error);
/* The same file once more, to be read by itself. */
bool file_again(struct file *again, const struct file *file, struct error *error);
/* Up to capacity bytes from the offset on; *got 0 is the end. */
bool file_read(const struct file *file, uint64_t offset, void *dst, size_t capacity, size_t *got, struct error *error);
void file_close(struct file *file);

/* The folder that a path names a file in, "." where it names none. To be freed. */
char *file_folder(const char *path);
/* A file that no folder shows, for reading and writing: it is gone when the descriptor is closed, however the program ends. -1 with errno. */
int file_nameless(const char *folder);

/* The bytes as a file in memory, which path opens by name as long as the descriptor is open. -1 on error. */
enum { FILE_IN_MEMORY_PATH = 40 };
int file_in_memory(const void *given, size_t len, char path[FILE_IN_MEMORY_PATH], struct error *error);

#endif
