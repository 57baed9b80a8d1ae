/* json_private: how the objects of json.h are written from the inside, for the files that write their sections. Nobody else
 * includes it. Whether a comma is needed is told by the last byte written: none after an opening bracket.
 */
#ifndef DOSSIER_RENDER_JSON_PRIVATE_H
#define DOSSIER_RENDER_JSON_PRIVATE_H

#include "render/json.h"

#define PUT(buf, literal) buf_add((buf), STR(literal))

static inline void comma(struct buf *buf)
{
	char last = buf->len ? buf->ptr[buf->len - 1] : '{';
	if (last != '{' && last != '[') buf_char(buf, ',');
}

/* The next element of a list that may be long. False if writing failed: the list may end early then. */
static inline bool open_object(struct writer *w)
{
	comma(&w->pending);
	buf_char(&w->pending, '{');
	return writer_step(w);
}

static inline void key(struct buf *buf, const char *name)
{
	comma(buf);
	buf_char(buf, '"');
	buf_add(buf, str_from(name));
	PUT(buf, "\":");
}

static inline void put_count(struct buf *buf, const char *name, uint64_t value)
{
	key(buf, name);
	buf_u64(buf, value);
}

static inline void put_string(struct buf *buf, const char *name, struct str value)
{
	key(buf, name);
	buf_json(buf, value);
}

/* A word of ours, which needs no escaping; begin is everything up to its first letter. */
static inline void put_word(struct buf *buf, struct str begin, const char *word)
{
	buf_add(buf, begin);
	buf_add(buf, str_from(word));
	buf_char(buf, '"');
}

static inline void put_element(struct buf *buf, struct str value)
{
	comma(buf);
	buf_json(buf, value);
}

/* For members that are there only when they say something. */
static inline void put_known(struct buf *buf, const char *name, struct str value)
{
	if (value.len) put_string(buf, name, value);
}

static inline void put_number(struct buf *buf, const char *name, bool known, double value)
{
	key(buf, name);
	if (known)
		text_double(buf, value);
	else
		PUT(buf, "null");
}

/* Sections of `build`, each a member. */
void json_put_gate(struct writer *w, const struct result *r);
void json_put_known_exploited(struct writer *w, const struct result *r);
void json_put_exceptions(struct writer *w, const struct result *r);

/* Members of the object "evidence" (json_custody.c). */
void json_traced_custody(struct buf *buf, const struct json_traced *t);

#endif
