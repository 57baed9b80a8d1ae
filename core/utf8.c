#include "core/utf8.h"

static unsigned char at(struct str s, size_t i) { return i < s.len ? (unsigned char)s.ptr[i] : 0; }

size_t utf8_length(struct str s, size_t i)
{
	unsigned char a = at(s, i), b = at(s, i + 1), c = at(s, i + 2), d = at(s, i + 3);
	if (i >= s.len) return 0;
	if (a < 0x80) return 1;
	if (a >= 0xc2 && a <= 0xdf) return (b & 0xc0) == 0x80 ? 2 : 0;
	if ((b & 0xc0) != 0x80 || (c & 0xc0) != 0x80) return 0;
	if (a == 0xe0) return b >= 0xa0 ? 3 : 0;
	if (a == 0xed) return b < 0xa0 ? 3 : 0;
	if (a >= 0xe1 && a <= 0xef) return 3;
	if ((d & 0xc0) != 0x80) return 0;
	if (a == 0xf0) return b >= 0x90 ? 4 : 0;
	if (a >= 0xf1 && a <= 0xf3) return 4;
	if (a == 0xf4) return b < 0x90 ? 4 : 0;
	return 0;
}

uint32_t utf8_decode(struct str s, size_t i, size_t *n)
{
	size_t length = utf8_length(s, i);
	unsigned char a = at(s, i);
	*n = length ? length : 1;
	switch (length) {
	case 1: return a;
	case 2: return (uint32_t)(a & 0x1f) << 6 | (at(s, i + 1) & 0x3f);
	case 3: return (uint32_t)(a & 0x0f) << 12 | (uint32_t)(at(s, i + 1) & 0x3f) << 6 | (at(s, i + 2) & 0x3f);
	case 4:
		return (uint32_t)(a & 0x07) << 18 | (uint32_t)(at(s, i + 1) & 0x3f) << 12 |
		       (uint32_t)(at(s, i + 2) & 0x3f) << 6 | (at(s, i + 3) & 0x3f);
	}
	return 0xfffd;
}

size_t utf8_encode(uint32_t code_point, char out[4])
{
	if (code_point < 0x80) {
		out[0] = (char)code_point;
		return 1;
	}
	if (code_point < 0x800) {
		out[0] = (char)(0xc0 | code_point >> 6);
		out[1] = (char)(0x80 | (code_point & 0x3f));
		return 2;
	}
	if (code_point < 0x10000) {
		out[0] = (char)(0xe0 | code_point >> 12);
		out[1] = (char)(0x80 | (code_point >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code_point & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code_point >> 18);
	out[1] = (char)(0x80 | (code_point >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code_point >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code_point & 0x3f));
	return 4;
}

size_t utf8_first_invalid(struct str s)
{
	for (size_t i = 0, n; i < s.len; i += n)
		if (!(n = utf8_length(s, i))) return i;
	return SIZE_MAX;
}

struct str utf8_head(struct str s, size_t most)
{
	size_t end = 0, n;
	while (end < s.len && (n = utf8_length(s, end)) > 0 && end + n <= most) end += n;
	return str_slice(s, 0, end);
}
