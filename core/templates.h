/* templates: the data that may be read and changed without a compiler: format specs, checks, frameworks, policies, report texts,
 * schemas.
 *
 * Every file below templates/ is in the program under its name there, "formats/sarif.json". --templates DIR lays a folder over
 * it: a file of the same name replaces the built-in one, any other is added, none can be taken away. Names compare byte by byte.
 *
 * templates_use is called before any thread starts; after that everything here only reads and may be called by all threads.
 * Names and texts live as long as the program.
 */
#ifndef DOSSIER_CORE_TEMPLATES_H
#define DOSSIER_CORE_TEMPLATES_H

#include "core/error.h"
#include "core/str.h"

struct arena;

enum {
	TEMPLATE_MAX_BYTES = 16 << 20, /* of one file in DIR */
	TEMPLATE_MAX_FILES = 4096,     /* in DIR */
	TEMPLATE_MAX_DEPTH = 8,        /* folders below DIR */
	TEMPLATE_MAX_NAME = 200,       /* bytes */
};

struct template_file {
	struct str name, text;
};

/* What is in the program, sorted by name, whatever lies over it. */
const struct template_file *templates_builtin(size_t *count);

/* Lays the files of a folder over what is there. Its names are letters, digits, '.', '_' and '-', with '/' between; names that
 * begin with '.' or end with '~' (an editor's and version control's own) are passed over. A link, anything else that is not a
 * regular file, another name or a limit passed is an error, with the file; then nothing has changed. */
bool templates_use(const char *dir, struct error *error);

/* The text in force; false if there is no such file. */
bool template_find(struct str name, struct str *text);

/* All files in force whose names begin with the prefix ("formats/"; "" for all), sorted by name, the list in the arena. */
size_t templates_below(struct arena *arena, struct str prefix, struct template_file **list);

#endif
