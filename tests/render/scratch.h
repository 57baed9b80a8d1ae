/* scratch: for tests that need files, folders and the shell. A folder below $TMPDIR, removed at the end. */
#ifndef DOSSIER_TESTS_RENDER_SCRATCH_H
#define DOSSIER_TESTS_RENDER_SCRATCH_H

#include "core/buf.h"
#include "tests/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char scratch_folder[512];

__attribute__((unused)) static void scratch_open(void)
{
	const char *base = getenv("TMPDIR");
	snprintf(scratch_folder, sizeof(scratch_folder), "%s/dossier-test-XXXXXX", base && *base ? base : "/tmp");
	if (!mkdtemp(scratch_folder)) abort();
}

/* Runs in the scratch folder with sh; its exit status, or -1. */
__attribute__((format(printf, 1, 2), unused)) static int shell(const char *format, ...)
{
	struct buf line = {0};
	char command[8192];
	va_list args;
	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	buf_printf(&line, "cd '%s' && ( %s ) </dev/null >out 2>err", scratch_folder, command);
	buf_char(&line, '\0');
	int status = system(line.ptr);
	buf_free(&line);
	return status == -1 ? -1 : status >> 8 ? status >> 8 : status;
}

__attribute__((unused)) static bool have_tool(const char *tool) { return shell("command -v %s", tool) == 0; }

/* The path of a name in the scratch folder; good for eight calls. */
__attribute__((unused)) static const char *at(const char *name)
{
	static char paths[8][1024];
	static unsigned next;
	char *path = paths[next++ % 8];
	snprintf(path, sizeof(paths[0]), "%s/%s", scratch_folder, name);
	return path;
}

__attribute__((unused)) static struct buf slurp(const char *name)
{
	struct buf out = {0};
	FILE *file = fopen(at(name), "rb");
	char block[65536];
	size_t n;
	while (file && (n = fread(block, 1, sizeof(block), file)) > 0) buf_add(&out, str_of(block, n));
	if (file) fclose(file);
	return out;
}

__attribute__((unused)) static void spit(const char *name, struct str bytes)
{
	FILE *file = fopen(at(name), "wb");
	if (!file) abort();
	if (bytes.len && fwrite(bytes.ptr, 1, bytes.len, file) != bytes.len) abort();
	fclose(file);
}

__attribute__((unused)) static bool same_files(const char *a, const char *b)
{
	struct buf left = slurp(a), right = slurp(b);
	bool same = left.len > 0 && str_eq(buf_str(&left), buf_str(&right));
	buf_free(&left);
	buf_free(&right);
	return same;
}

__attribute__((unused)) static void scratch_close(void) { shell("rm -rf '%s'", scratch_folder); }

/* Bytes that look like an export and compress about five to one; the same for the same seed. */
__attribute__((unused)) static struct buf export_like(size_t size, unsigned seed)
{
	struct buf out = {0};
	uint32_t state = seed * 2654435761u + 1;
	while (out.len < size) {
		state = state * 1664525u + 1013904223u;
		buf_printf(&out, "{\"ruleId\":\"R%u\",\"message\":{\"text\":\"case %u of %u\"},\"level\":\"%s\"},\n",
		           state >> 24, state >> 8, seed, state >> 31 ? "error" : "warning");
	}
	out.len = size;
	return out;
}

#endif
