/* A writer fills one buffer and passes it on whole when it is over WRITER_BLOCK, so that a row never has to be counted
 * before it is written. A single enormous row makes the buffer grow; it is given back after the row.
 */
#include "render/sink.h"

#include "core/utf8.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

static bool to_buf(void *context, const void *bytes, size_t len, struct error *error)
{
	(void)error;
	buf_add(context, str_of(bytes, len));
	return true;
}

struct sink sink_buf(struct buf *buf) { return (struct sink){.context = buf, .write = to_buf}; }

static bool to_file(void *context, const void *bytes, size_t len, struct error *error)
{
	errno = EIO;
	if (fwrite(bytes, 1, len, context) == len) return true;
	return error_errno(error, NULL, "cannot write the output");
}

struct sink sink_file(FILE *file) { return (struct sink){.context = file, .write = to_file}; }

static bool pass_on(struct writer *writer)
{
	enum { LARGEST_KEPT = 8 * WRITER_BLOCK };
	if (!writer->failed) writer->failed = !sink_write(writer->sink, buf_str(&writer->pending), writer->error);
	writer->pending.len = 0;
	if (writer->pending.capacity > LARGEST_KEPT) buf_free(&writer->pending);
	return !writer->failed;
}

bool writer_step(struct writer *writer)
{
	if (writer->pending.len >= WRITER_BLOCK) return pass_on(writer);
	return !writer->failed;
}

bool writer_end(struct writer *writer)
{
	bool good = pass_on(writer);
	buf_free(&writer->pending);
	return good;
}

struct buf *shared_text(struct shared *shared, uint64_t number)
{
	enum { LARGEST_SHARED = 16 * 1024 };
	struct shared_slot *slot = &shared->slots[number % SHARED_SLOTS];
	if (slot->number == number + 1) return &slot->text;
	slot->number = number + 1;
	slot->text.len = 0;
	if (slot->text.capacity > LARGEST_SHARED) buf_free(&slot->text);
	return &slot->text;
}

void shared_free(struct shared *shared)
{
	for (size_t i = 0; i < SHARED_SLOTS; i++) buf_free(&shared->slots[i].text);
}

/* Controls; marks and overrides of direction; spaces, joiners and tags of no width or look; what is no character.
 * Not the two joiners U+200C and U+200D: words of many languages, and emoji, are spelled with them. */
static bool hidden(uint32_t c)
{
	if (c < 0xa0) return c < 0x20 || c >= 0x7f;
	return c == 0xad || c == 0x61c || c == 0x200b || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c & 0xfffe) == 0xfffe || (c >= 0xe0000 && c <= 0xe007f);
}

static bool is_ascii(char c, const char special[4])
{
	return c >= 0x20 && c <= 0x7e && c != special[0] && c != special[1] && c != special[2] && c != special[3];
}

#ifdef __SSE2__
/* A bit for each of sixteen bytes that is not plain: below 0x20 (beyond ASCII is below 0 here), 0x7f, or special. */
static unsigned odd_ones(__m128i v, const char special[4])
{
	__m128i odd = _mm_or_si128(_mm_cmplt_epi8(v, _mm_set1_epi8(0x20)), _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)));
	for (int i = 0; i < 4; i++) odd = _mm_or_si128(odd, _mm_cmpeq_epi8(v, _mm_set1_epi8(special[i])));
	return (unsigned)_mm_movemask_epi8(odd);
}

/* Sixteen bytes at a time, the last ones together with some that were seen already; of a shorter text eight, then one by one. */
size_t text_ascii(struct str s, size_t i, const char special[4])
{
	size_t start = i;
	unsigned odd;
	for (; s.len - i >= 16; i += 16) {
		odd = odd_ones(_mm_loadu_si128((const void *)(s.ptr + i)), special);
		if (odd) return i - start + (unsigned)__builtin_ctz(odd);
	}
	if (i < s.len && s.len >= 16) {
		odd = odd_ones(_mm_loadu_si128((const void *)(s.ptr + s.len - 16)), special) >> (16 - (s.len - i));
		return odd ? i - start + (unsigned)__builtin_ctz(odd) : s.len - start;
	}
	if (s.len - i >= 8) {
		odd = odd_ones(_mm_loadl_epi64((const void *)(s.ptr + i)), special) & 0xff;
		if (odd) return i - start + (unsigned)__builtin_ctz(odd);
		i += 8;
	}
	while (i < s.len && is_ascii(s.ptr[i], special)) i++;
	return i - start;
}
#else
size_t text_ascii(struct str s, size_t i, const char special[4])
{
	size_t start = i;
	while (i < s.len && is_ascii(s.ptr[i], special)) i++;
	return i - start;
}
#endif

size_t text_plain(struct str s, size_t i)
{
	size_t start = i;
	while (i < s.len && (unsigned char)s.ptr[i] >= 0x80) {
		size_t n = utf8_length(s, i), m;
		if (n == 0 || hidden(utf8_decode(s, i, &m))) break;
		i += n;
	}
	return i - start;
}

size_t text_replace(struct buf *buf, struct str s, size_t i)
{
	size_t n;
	if (!utf8_length(s, i)) {
		buf_add(buf, STR("\xef\xbf\xbd"));
		return 1;
	}
	buf_printf(buf, "\\u{%x}", (unsigned)utf8_decode(s, i, &n));
	return n;
}

struct str text_line(struct arena *arena, struct str s, size_t most)
{
	struct buf line = {0};
	struct str trimmed = str_trim(s);
	bool cut = false;
	if (trimmed.len && trimmed.len <= most && text_ascii(trimmed, 0, "\t\t\t\t") == trimmed.len)
		return str_dup(arena, trimmed);
	for (size_t i = 0; i < trimmed.len && !cut;) {
		size_t start = i;
		i += text_ascii(trimmed, i, "\t\t\t\t");
		i += text_plain(trimmed, i);
		buf_add(&line, str_slice(trimmed, start, i));
		if (i == start && memchr("\t\n\r", trimmed.ptr[i], 3)) {
			buf_char(&line, ' ');
			i++;
		} else if (i == start) {
			i += text_replace(&line, trimmed, i);
		}
		cut = line.len > most;
	}
	if (cut) {
		size_t end = most;
		while (end && ((unsigned char)line.ptr[end] & 0xc0) == 0x80) end--;
		line.len = end;
		buf_add(&line, STR(" [cut]"));
	}
	struct str made = str_dup(arena, line.len ? buf_str(&line) : STR("-"));
	buf_free(&line);
	return made;
}

/* The locale chooses printf's decimal point; everything else that %g writes is ASCII. */
static void add_number(struct buf *buf, const char *text)
{
	for (bool point = false; *text; text++) {
		bool ours = (*text >= '0' && *text <= '9') || *text == '-' || *text == '+' || *text == 'e';
		if (ours)
			buf_char(buf, *text);
		else if (!point)
			buf_char(buf, '.');
		point = !ours;
	}
}

void text_double(struct buf *buf, double value)
{
	char text[64];
	if (!isfinite(value)) {
		buf_add(buf, STR("null"));
		return;
	}
	if (value == 0) value = 0; /* not -0 */
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (!(strtod(text, NULL) < value) && !(strtod(text, NULL) > value)) break;
	}
	add_number(buf, text);
}

void text_percent(struct buf *buf, double value)
{
	char text[400];
	if (!isfinite(value)) {
		buf_add(buf, STR("null"));
		return;
	}
	snprintf(text, sizeof(text), "%.1f", value);
	if (strtod(text, NULL) >= 0 && text[0] == '-')
		add_number(buf, text + 1);
	else
		add_number(buf, text);
}
