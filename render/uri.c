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

uint32_t evidence_file(const struct snapshot *s, uint32_t input)
{
	while (input && s->inputs[input].member) input--; /* members stand behind their container */
	return input;
}

void evidence_uri(struct buf *buf, const char *above, const struct snapshot *s, enum side side, uint32_t input)
{
	buf_printf(buf, "%sevidence/%s/", above, side_names[side]);
	uri_path(buf, snapshot_string(s, s->inputs[evidence_file(s, input)].path));
}
