/* error: what went wrong, where, as a value that travels up. Only cli/ prints it and decides the exit status.
 *
 * A function that can fail takes a struct error * and returns false (or NULL) after filling it in. The kind decides the
 * exit status: bad usage or input is 2, a failed verification 3, a failing system 4.
 */
#ifndef DOSSIER_CORE_ERROR_H
#define DOSSIER_CORE_ERROR_H

#include <stdbool.h>
#include <stdint.h>

enum error_kind {
	ERROR_NONE,
	ERROR_INPUT,  /* exit status 2 */
	ERROR_VERIFY, /* exit status 3 */
	ERROR_SYSTEM, /* exit status 4 */
};

#define ERROR_NO_OFFSET UINT64_MAX

struct error {
	enum error_kind kind;
	uint64_t offset;       /* bytes from the start of the (decompressed) file, or ERROR_NO_OFFSET */
	uint32_t line, column; /* 1-based; 0 = not known */
	char file[512];        /* empty: none; a longer path keeps its end */
	char message[512];
};

/* Fills the error in and returns false, so that callers can `return error_set(...)`. file may be NULL. */
bool error_set(struct error *error, enum error_kind kind, const char *file, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bool error_at(struct error *error, const char *file, uint64_t offset, uint32_t line, uint32_t column,
              const char *format, ...) __attribute__((format(printf, 6, 7)));
/* ERROR_SYSTEM (permission included), but ERROR_INPUT for what the user named wrongly: ENOENT, ENOTDIR, EISDIR, ELOOP,
 * ENAMETOOLONG; with errno's text. */
bool error_errno(struct error *error, const char *file, const char *doing);
/* "FILE:LINE:COL: message", "FILE:@OFFSET: message", "FILE: message" or "message". Returns buffer. */
char *error_text(const struct error *error, char *buffer, unsigned long size);
int error_exit_status(enum error_kind kind);

#endif
