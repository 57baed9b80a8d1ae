#include "core/buf.h"

#include "core/arena.h"
#include "core/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_reserve(struct buf *buf, size_t more)
{
	if (more <= buf->capacity - buf->len) return;
	size_t want = buf->capacity ? buf->capacity : 256;
	while (want - buf->len < more) want *= 2;
	buf->ptr = memory_grow(buf->ptr, want);
	buf->capacity = want;
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	char probe[1]; /* not NULL: gcc warns of that in sanitizer builds */
	int n = vsnprintf(probe, sizeof(probe), format, args);
	va_end(args);
	if (n > 0) {
		buf_reserve(buf, (size_t)n + 1);
		vsnprintf(buf->ptr + buf->len, (size_t)n + 1, format, again);
		buf->len += (size_t)n;
	}
	va_end(again);
}

void buf_little_endian(struct buf *buf, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++) buf_char(buf, (char)(value >> (8 * i) & 0xff));
}

void buf_u64(struct buf *buf, uint64_t value)
{
	static const char pairs[] =
	    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
	    "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
	char digits[20];
	size_t at = sizeof(digits);
	for (; value >= 100; value /= 100) memcpy(digits + (at -= 2), pairs + value % 100 * 2, 2);
	if (value >= 10)
		memcpy(digits + (at -= 2), pairs + value * 2, 2);
	else
		digits[--at] = (char)('0' + value);
	buf_add(buf, str_of(digits + at, sizeof(digits) - at));
}

void buf_free(struct buf *buf)
{
	free(buf->ptr);
	*buf = (struct buf){0};
}

void buf_json(struct buf *buf, struct str s)
{
	static const char hex[] = "0123456789abcdef";
	buf_char(buf, '"');
	size_t plain = 0, i = 0;
	while (i < s.len) {
		unsigned char c = (unsigned char)s.ptr[i];
		if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != 0x7f) {
			i++;
			continue;
		}
		if (c >= 0x80) {
			size_t n = utf8_length(s, i);
			if (n) {
				i += n;
				continue;
			}
		}
		buf_add(buf, str_slice(s, plain, i));
		if (c >= 0x80) {
			buf_add(buf, STR("\\ufffd"));
		} else if (c == '"' || c == '\\') {
			buf_char(buf, '\\');
			buf_char(buf, (char)c);
		} else if (c == '\n') {
			buf_add(buf, STR("\\n"));
		} else if (c == '\t') {
			buf_add(buf, STR("\\t"));
		} else {
			char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
			buf_add(buf, str_of(escape, sizeof(escape)));
		}
		plain = ++i;
	}
	buf_add(buf, str_slice(s, plain, s.len));
	buf_char(buf, '"');
}
