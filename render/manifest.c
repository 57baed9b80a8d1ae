#include "render/manifest.h"

struct str manifest_line(struct str *rest)
{
	size_t n = 0;
	const char *end = memchr(rest->ptr, '\n', rest->len);
	n = end ? (size_t)(end - rest->ptr) : rest->len;
	struct str line = str_slice(*rest, 0, n);
	*rest = str_slice(*rest, end ? n + 1 : n, rest->len);
	if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
	return line;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9') return c - '0';
	if (c >= 'a' && c <= 'f') return c - 'a' + 10;
	if (c >= 'A' && c <= 'F') return c - 'A' + 10;
	return -1;
}

static bool parse_hash(struct str line, unsigned char sha256[SHA256_BYTES])
{
	if (line.len < SHA256_HEX + 2) return false;
	for (size_t i = 0; i < SHA256_BYTES; i++) {
		int high = hex_value(line.ptr[2 * i]), low = hex_value(line.ptr[2 * i + 1]);
		if (high < 0 || low < 0) return false;
		sha256[i] = (unsigned char)(high << 4 | low);
	}
	return line.ptr[SHA256_HEX] == ' ' || line.ptr[SHA256_HEX] == '\t';
}

/* RFC 8493, 2.1.3: %0D, %0A and %25 stand for CR, LF and %; other percent signs for themselves. */
static struct str decode_path(struct str path, struct buf *out)
{
	if (!memchr(path.ptr, '%', path.len)) return path;
	out->len = 0;
	for (size_t i = 0; i < path.len; i++) {
		int high = path.len - i > 2 && path.ptr[i] == '%' ? hex_value(path.ptr[i + 1]) : -1;
		int low = high >= 0 ? hex_value(path.ptr[i + 2]) : -1, c = low < 0 ? -1 : high << 4 | low;
		bool coded = c == '\r' || c == '\n' || c == '%';
		buf_char(out, coded ? (char)c : path.ptr[i]);
		if (coded) i += 2;
	}
	return buf_str(out);
}

bool manifest_entry(struct str line, unsigned char sha256[SHA256_BYTES], struct str *path, struct buf *scratch)
{
	if (!parse_hash(line, sha256)) return false;
	size_t at = SHA256_HEX + 1;
	if (line.ptr[at] == ' ' || line.ptr[at] == '\t' || line.ptr[at] == '*') at++;
	*path = decode_path(str_slice(line, at, line.len), scratch);
	return true;
}
