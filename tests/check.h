/* check: one line for each case, "ok - a sentence" or "not ok - a sentence"; main ends with return check_done(). */
#ifndef DOSSIER_TESTS_CHECK_H
#define DOSSIER_TESTS_CHECK_H

#include <stdbool.h>
#include <stdio.h>

static int check_failures;

#define CHECK(condition, ...) check_one((condition), __FILE__, __LINE__, __VA_ARGS__)

__attribute__((format(printf, 4, 5), unused)) static bool check_one(bool good, const char *file, int line,
                                                                    const char *format, ...)
{
	char sentence[512];
	__builtin_va_list args;
	__builtin_va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	__builtin_va_end(args);
	printf("%s - %s\n", good ? "ok" : "not ok", sentence);
	if (!good) {
		check_failures++;
		printf("# %s:%d\n", file, line);
	}
	return good;
}

__attribute__((unused)) static int check_done(void) { return check_failures != 0; }

#endif
