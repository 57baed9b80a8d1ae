#include "core/utf8.h"
#include "tests/check.h"

/* RFC 3629, section 4, as it stands there: the ranges of each byte. */
static const unsigned char syntax[][9] = {
    {1, 0x00, 0x7f},
    {2, 0xc2, 0xdf, 0x80, 0xbf},
    {3, 0xe0, 0xe0, 0xa0, 0xbf, 0x80, 0xbf},
    {3, 0xe1, 0xec, 0x80, 0xbf, 0x80, 0xbf},
    {3, 0xed, 0xed, 0x80, 0x9f, 0x80, 0xbf},
    {3, 0xee, 0xef, 0x80, 0xbf, 0x80, 0xbf},
    {4, 0xf0, 0xf0, 0x90, 0xbf, 0x80, 0xbf, 0x80, 0xbf},
    {4, 0xf1, 0xf3, 0x80, 0xbf, 0x80, 0xbf, 0x80, 0xbf},
    {4, 0xf4, 0xf4, 0x80, 0x8f, 0x80, 0xbf, 0x80, 0xbf},
};

static size_t expected_length(const unsigned char *p, size_t len)
{
	for (size_t r = 0; r < sizeof(syntax) / sizeof(*syntax); r++) {
		size_t n = syntax[r][0], i = 0;
		while (i < n && i < len && p[i] >= syntax[r][1 + 2 * i] && p[i] <= syntax[r][2 + 2 * i]) i++;
		if (i == n) return n;
	}
	return 0;
}

static bool right(const unsigned char *p, size_t len)
{
	struct str s = str_of((const char *)p, len);
	size_t expected = expected_length(p, len), n = 99;
	if (utf8_length(s, 0) != expected) {
		printf("# %02x %02x %02x %02x of %zu bytes: length %zu, expected %zu\n", p[0], p[1], p[2], p[3], len,
		       utf8_length(s, 0), expected);
		return false;
	}
	uint32_t point = utf8_decode(s, 0, &n);
	char again[4];
	if (!expected) return point == 0xfffd && n == 1;
	return n == expected && utf8_encode(point, again) == n && memcmp(again, p, n) == 0;
}

static void check_points(void)
{
	uint32_t good = 0, n = 0;
	for (uint32_t point = 0; point <= 0x10ffff; point++) {
		if (point >= 0xd800 && point <= 0xdfff) continue;
		char out[4];
		size_t len = utf8_encode(point, out), read = 0,
		       expected = point < 0x80      ? 1
		                  : point < 0x800   ? 2
		                  : point < 0x10000 ? 3
		                                    : 4;
		good += len == expected && utf8_decode(str_of(out, len), 0, &read) == point && read == len &&
		        utf8_first_invalid(str_of(out, len)) == SIZE_MAX;
		n++;
	}
	CHECK(good == n && n == 0x110000 - 0x800, "all %u code points are written in the shortest form and read back",
	      n);
}

static void check_sequences(void)
{
	/* All first and second bytes, and every byte at which a range begins or ends for the others. */
	static const unsigned char edges[] = {0x00, 0x22, 0x7f, 0x80, 0x8f, 0x90, 0x9f,
	                                      0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xf0, 0xff};
	enum { EDGES = sizeof(edges) };
	size_t good = 0, n = 0;
	for (unsigned a = 0; a < 256; a++)
		for (unsigned b = 0; b < 256; b++)
			for (size_t c = 0; c < EDGES; c++)
				for (size_t d = 0; d < EDGES; d++) {
					const unsigned char p[4] = {(unsigned char)a, (unsigned char)b, edges[c],
					                            edges[d]};
					for (size_t len = d == 0 ? 1 : 4; len <= 4; len++, n++) good += right(p, len);
				}
	CHECK(
	    good == n,
	    "RFC 3629's syntax decides what a sequence is: no surrogates, no long forms, nothing over U+10FFFF, nothing cut off (%zu)",
	    n);
}

static void check_strings(void)
{
	CHECK(utf8_first_invalid(STR("")) == SIZE_MAX &&
	          utf8_first_invalid(STR("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z")) == SIZE_MAX,
	      "valid text has no invalid byte");
	CHECK(utf8_first_invalid(STR("ab\xff")) == 2 && utf8_first_invalid(STR("\x80")) == 0 &&
	          utf8_first_invalid(STR("a\xe2\x82")) == 1 &&
	          utf8_first_invalid(STR("\xf0\x9f\x98\x80\xed\xa0\x80")) == 4 &&
	          utf8_first_invalid(STR("a\xc0\x80")) == 1,
	      "the first invalid byte is named, a cut-off sequence by its first");
	CHECK(utf8_length(STR("a"), 1) == 0 && utf8_length(STR(""), 0) == 0, "there is nothing at the end");
	size_t n;
	CHECK(utf8_decode(STR("x\xe2\x82\xac"), 1, &n) == 0x20ac && n == 3 &&
	          utf8_decode(STR("x\xe2\x82\xac"), 2, &n) == 0xfffd && n == 1,
	      "decoding starts anywhere");
}

int main(void)
{
	check_points();
	check_sequences();
	check_strings();
	return check_done();
}
