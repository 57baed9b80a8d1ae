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
	CHECK(long_ones(), "long texts are treated as short ones");
	CHECK(content_of(str_of("a\0b", 3)).hash != content_of(str_of("a\0c", 3)).hash, "a NUL ends nothing");
	return check_done();
}
