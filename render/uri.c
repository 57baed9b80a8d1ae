#include "render/uri.h"

static bool unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~/", c));
}

void uri_path(struct buf *buf, struct str path)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.ptr[i];
		if (unreserved(path.ptr[i])) {
			buf_char(buf, path.ptr[i]);
		} else {
			buf_char(buf, '%');
			buf_char(buf, digits[c >> 4]);
			buf_char(buf, digits[c & 15]);
		}
	}
}
