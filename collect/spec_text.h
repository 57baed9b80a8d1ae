/* spec_text: where a member stands in a spec's text, and which name was meant: for messages that a person can act on. */
#ifndef DOSSIER_COLLECT_SPEC_TEXT_H
#define DOSSIER_COLLECT_SPEC_TEXT_H

#include "core/str.h"

/* The offset of the name of a member `key` of the object at pointer (without escapes, "/records/0"), or else of the first one
 * inside of it; SIZE_MAX if there is none. The text is valid JSON. */
size_t spec_text_member(struct str s, struct str pointer, struct str key);
/* The offset of the value at pointer, or SIZE_MAX. */
size_t spec_text_value(struct str s, struct str pointer);
/* Line and column of an offset, from 1, column in bytes. */
void spec_text_line(struct str text, size_t offset, uint32_t *line, uint32_t *column);

/* Of the names the one that is most like the word, or NULL if none could have been meant. */
const char *spec_text_nearest(const char *word, const char *const *names, size_t count);

#endif
