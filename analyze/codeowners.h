/* codeowners: who owns a path, as a repository's CODEOWNERS file says it (GitHub's syntax, "About code owners").
 *
 *     # a comment
 *     *              @org/everyone            of several lines that meet a path, the last one counts
 *     /docs/         @alice writer@example.com
 *     *.tf           @org/platform  # a comment behind is allowed
 *     /generated/                             nobody
 *
 * A pattern with a '/' at its start or inside counts from the top, another one at any depth; one that meets a folder
 * meets all that is in it, but "folder/" and a star not what lies in folders of it; "*" and "?" do not meet '/', "**"
 * as a whole part meets any number of folders. Paths compare with case. GitHub has no "!", no "[a-z]" and no
 * "[section]": they are errors here, for it would pass over such a line in silence.
 */
#ifndef DOSSIER_ANALYZE_CODEOWNERS_H
#define DOSSIER_ANALYZE_CODEOWNERS_H

#include "core/arena.h"
#include "core/error.h"
#include "core/str.h"

struct codeowners_line {
	struct str pattern; /* as written */
	struct str owners;  /* separated by one space; empty: nobody */
};

struct codeowners {
	struct codeowners_line *lines;
	size_t count;
};

/* Told from owners.json: by the file's name, or by text that is no JSON object. */
bool codeowners_is(const char *file, struct str text);
/* False with file, line and column of what is no pattern or no owner. The text must outlive the result. */
bool codeowners_parse(struct codeowners *codeowners, const char *file, struct str text, struct arena *arena,
                      struct error *error);
/* The line that counts for a path, or NULL if none meets it. "./" before the path is passed over. */
const struct codeowners_line *codeowners_find(const struct codeowners *codeowners, struct str path);

#endif
