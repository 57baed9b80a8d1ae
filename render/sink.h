/* sink: where a report's bytes go, as a stream: a buffer, a file, a member of the packet.
 *
 * Every output is a function of (result, sink, error): it hands its bytes over in pieces, in order, and holds about
 * WRITER_BLOCK of them at a time, or one part (render/parts.h), however many findings there are. A writer never closes or flushes what is behind
 * the sink. After a false nothing more is written, and what has been written so far is not a whole report.
 */
#ifndef DOSSIER_RENDER_SINK_H
#define DOSSIER_RENDER_SINK_H

#include "core/buf.h"
#include "core/error.h"

#include <stdio.h>

struct sink {
	void *context;
	/* Takes all of the bytes, or fills the error in and returns false. The bytes are the caller's again when it
	 * returns. */
	bool (*write)(void *context, const void *bytes, size_t len, struct error *error);
};

/* Appends to the buffer; cannot fail. */
struct sink sink_buf(struct buf *buf);
/* Writes with fwrite; a failure is ERROR_SYSTEM with errno's text. What stdio still holds is the caller's to flush,
 * and to check with fflush or fclose. */
struct sink sink_file(FILE *file);

static inline bool sink_write(struct sink sink, struct str bytes, struct error *error)
{
	return bytes.len == 0 || sink.write(sink.context, bytes.ptr, bytes.len, error);
}

/* A buffer before a sink. Append to `pending` with the functions of core/buf.h and call writer_step after each row:
 *
 *     struct writer w = {.sink = sink, .error = error};
 *     for (...) { buf_add(&w.pending, ...); if (!writer_step(&w)) break; }
 *     return writer_end(&w);
 */
enum { WRITER_BLOCK = 128 * 1024 };
struct writer {
	struct sink sink;
	struct error *error;
	struct buf pending;
	bool failed;
};

/* Passes on what is pending once it is WRITER_BLOCK or more. False if a write failed, now or before. */
bool writer_step(struct writer *writer);
/* Passes on the rest and frees the buffer. False if any write failed; then error is filled in. */
bool writer_end(struct writer *writer);

/* Texts that many rows share (what a profile says, a component, an input), escaped once. Made for rows in the order of
 * evidence, where neighbours share most; a small table, in which a newcomer takes the place of an older one.
 *
 *     struct buf *text = shared_text(&shared, number);
 *     if (!text->len) ... write it, at least one byte
 *     buf_add(&w.pending, buf_str(text));
 *
 * The buffer is good until the next shared_text. Zero-initialised is ready to use; shared_free when done. */
enum { SHARED_SLOTS = 256 };
struct shared {
	struct shared_slot {
		uint64_t number; /* plus 1; 0: empty */
		struct buf text;
	} slots[SHARED_SLOTS];
};
struct buf *shared_text(struct shared *shared, uint64_t number);
void shared_free(struct shared *shared);

/* Text that somebody else chose, for a person to read: what cannot be seen is made visible. Control characters, the
 * controls that turn the direction of writing around, and what XML has no place for are written \u{1b}; bytes that
 * are not UTF-8 become U+FFFD. Tab, line feed and carriage return are not touched: each format has its own way with
 * them.
 *
 * text_ascii and text_plain say how many bytes at i need no replacing: printable ASCII but for four that are special
 * to the format, and what is not ASCII. Where both are 0 and the format has no way of its own, text_replace appends
 * the replacement of what stands at i, and returns how many bytes that was. */
size_t text_ascii(struct str s, size_t i, const char special[4]);
size_t text_plain(struct str s, size_t i);
size_t text_replace(struct buf *buf, struct str s, size_t i);

/* One line of it, in the arena: what cannot be seen made visible, tabs and line breaks become blanks, none at either end, and
 * what is longer than `most` bytes (or some bytes less, to end at a character) is cut and ends with " [cut]". "-" where
 * nothing is left. For formats that allow no line breaks, and where a list must stay small. */
struct str text_line(struct arena *arena, struct str s, size_t most);

/* Numbers, the same in every locale. */
/* The shortest of %.15g, %.16g, %.17g that reads back as the same number, "-0" as "0"; "null" where it is not
 * finite. */
void text_double(struct buf *buf, double value);
/* One decimal, as printf rounds: "-75.0", "0.0". */
void text_percent(struct buf *buf, double value);

#endif
