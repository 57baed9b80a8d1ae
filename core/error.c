#include "core/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void set_file(struct error *error, const char *file)
{
	size_t len = file ? strlen(file) : 0, room = sizeof(error->file) - 1;
	if (len > room) file += len - room; /* the end of a path says more than its start */
	snprintf(error->file, sizeof(error->file), "%s", file ? file : "");
}

bool error_set(struct error *error, enum error_kind kind, const char *file, const char *format, ...)
{
	*error = (struct error){.kind = kind, .offset = ERROR_NO_OFFSET};
	set_file(error, file);
	va_list args;
	va_start(args, format);
	vsnprintf(error->message, sizeof(error->message), format, args);
	va_end(args);
	return false;
}

bool error_at(struct error *error, const char *file, uint64_t offset, uint32_t line, uint32_t column,
              const char *format, ...)
{
	*error = (struct error){.kind = ERROR_INPUT, .offset = offset, .line = line, .column = column};
	set_file(error, file);
	va_list args;
	va_start(args, format);
	vsnprintf(error->message, sizeof(error->message), format, args);
	va_end(args);
	return false;
}

bool error_errno(struct error *error, const char *file, const char *doing)
{
	int number = errno;
	bool users =
	    number == ENOENT || number == ENOTDIR || number == EISDIR || number == ELOOP || number == ENAMETOOLONG;
	return error_set(error, users ? ERROR_INPUT : ERROR_SYSTEM, file, "%s: %s", doing, strerror(number));
}

char *error_text(const struct error *error, char *buffer, unsigned long size)
{
	if (!error->file[0])
		snprintf(buffer, size, "%s", error->message);
	else if (error->line)
		snprintf(buffer, size, "%s:%u:%u: %s", error->file, error->line, error->column, error->message);
	else if (error->offset != ERROR_NO_OFFSET)
		snprintf(buffer, size, "%s:@%llu: %s", error->file, (unsigned long long)error->offset, error->message);
	else
		snprintf(buffer, size, "%s: %s", error->file, error->message);
	return buffer;
}

int error_exit_status(enum error_kind kind)
{
	switch (kind) {
	case ERROR_NONE: return 0;
	case ERROR_INPUT: return 2;
	case ERROR_VERIFY: return 3;
	case ERROR_SYSTEM: return 4;
	}
	return 4;
}
