#include "collect/content.h"
#include "core/hash.h"
#include "tests/check.h"

#include <stdlib.h>

static bool same(const char *a, const char *b)
{
	struct content x = content_of(str_from(a)), y = content_of(str_from(b));
	return x.hash == y.hash && x.masked == y.masked;
}

static bool moved(const char *a, const char *b)
{
	struct content x = content_of(str_from(a)), y = content_of(str_from(b));
	return x.hash != y.hash && x.masked == y.masked;
}

static bool other(const char *a, const char *b)
{
	struct content x = content_of(str_from(a)), y = content_of(str_from(b));
	return x.hash != y.hash && x.masked != y.masked;
}

/* Long texts take another way through the memory; one piece of blank or digits lies over each edge. */
static bool long_ones(void)
{
	char *a = malloc(9000), *b = malloc(9000), *c = malloc(9000);
	bool good = a && b && c;
	for (size_t len = 2000; good && len < 2100; len++) {
		size_t n = 0, m = 0;
		for (size_t i = 0; i < len; i++) a[i] = i % 7 == 3 ? ' ' : i % 11 == 5 ? '4' : 'x';
		for (size_t i = 0; i < len; i++) { /* the same with more blank, and with other digits */
			if (a[i] == ' ') b[n++] = '\t', b[n++] = '\n';
			b[n++] = a[i];
			if (a[i] == '4')
				c[m++] = '9', c[m++] = '1';
			else
				c[m++] = a[i];
		}
		struct content x = content_of(str_of(a, len)), y = content_of(str_of(b, n)),
			       z = content_of(str_of(c, m));
		good = x.hash == y.hash && x.masked == y.masked && x.masked == z.masked && x.hash != z.hash;
	}
	free(a);
	free(b);
	free(c);
	return good;
}

/* The definition, byte by byte, for random texts of every length about the edges. */
static bool as_defined(void)
{
	static const char some[] = "ab.\xc3  \t\n\r0019/:\v\f";
	uint64_t seed = 1;
	for (size_t round = 0; round < 20000; round++) {
		char text[80], plain[80], masked[80];
		size_t len = round % 79, n = 0, m = 0;
		for (size_t i = 0; i < len; i++) {
			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
			text[i] = some[(seed >> 33) % (round % 3 ? sizeof(some) - 1 : 4)];
		}
		for (size_t i = 0; i < len; i++) {
			char c = strchr(" \t\n\r", text[i]) ? ' ' : text[i];
			if (c == ' ' && (n == 0 || plain[n - 1] == ' ')) continue;
			plain[n++] = c;
			bool digit = c >= '0' && c <= '9';
			if (!digit || i == 0 || text[i - 1] < '0' || text[i - 1] > '9') masked[m++] = digit ? '0' : c;
		}
		if (n && plain[n - 1] == ' ') n--, m--;
		char *exact = malloc(len ? len : 1); /* so that a read past the end is seen */
		if (!exact) return false;
		memcpy(exact, text, len);
		struct content got = content_of(str_of(exact, len));
		bool good = got.hash == (n ? hash_bytes(str_of(plain, n)) : 0) &&
		            got.masked == (n ? (uint32_t)hash_bytes(str_of(masked, m)) : 0) &&
		            content_hash(str_of(exact, len)) == got.hash;
		free(exact);
		if (!good) return false;
	}
	return true;
}

int main(void)
{
	struct content nothing = content_of(STR_EMPTY), blank = content_of(STR(" \t\r\n "));
	CHECK(!nothing.hash && !nothing.masked && !blank.hash && !blank.masked,
	      "an empty text and a blank one have no content");
	CHECK(content_of(STR("a b")).hash == hash_bytes(STR("a b")),
	      "a text without superfluous blanks is hashed as it is");
	CHECK(same("a  b", "a b") && same("\n\tif (x)\r\n\t\treturn;\n", "if (x) return;") && same(" a ", "a"),
	      "runs of white space are one blank, none at the ends");
	CHECK(other("ab", "a b") && other("a", "b") && other("a", "A"),
	      "a blank where there was none, and a letter's case, are other contents");
	CHECK(moved("line 12", "line 13") && moved("line 9", "line 10") && moved("v1.2.3", "v10.20.30") &&
	          moved("0", "7"),
	      "texts that differ in their digits are one content that moved");
	CHECK(other("line 1", "line") && other("1 2", "12") && other("a1b", "ab") && other("12", "1-2"),
	      "each run of digits stays one");
	CHECK(moved("1 2", "33 44") && other("1 2", "1 2 3"), "a blank parts two runs");
	CHECK(same("caf\xc3\xa9 \xff", "caf\xc3\xa9  \xff") && other("\xc2\xa0", "a"),
	      "bytes that are not ASCII stay as they are, valid or not");
	CHECK(as_defined(), "any text's hashes are those of its bytes normalised one by one");
	CHECK(long_ones(), "long texts are treated as short ones");
	CHECK(content_of(str_of("a\0b", 3)).hash != content_of(str_of("a\0c", 3)).hash, "a NUL ends nothing");
	return check_done();
}
