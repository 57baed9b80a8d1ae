/* utf8: RFC 3629, no surrogates, nothing over U+10FFFF, shortest form only. */
#ifndef DOSSIER_CORE_UTF8_H
#define DOSSIER_CORE_UTF8_H

#include "core/str.h"

/* Bytes of the valid sequence that starts at i (1 to 4), or 0 if there is none. */
size_t utf8_length(struct str s, size_t i);
/* The code point at i; its length in *n. U+FFFD with length 1 where the bytes are not UTF-8. */
uint32_t utf8_decode(struct str s, size_t i, size_t *n);
/* Writes 1 to 4 bytes. */
size_t utf8_encode(uint32_t code_point, char out[4]);
/* At most so many bytes of the text, cut at a character. */
struct str utf8_head(struct str s, size_t most);
/* First byte that is not part of a valid sequence, or SIZE_MAX. */
size_t utf8_first_invalid(struct str s);

#endif
