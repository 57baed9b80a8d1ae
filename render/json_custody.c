/* How a file of evidence differs from the original, as trace says it. */
#include "render/json_private.h"

void json_traced_custody(struct buf *buf, const struct json_traced *t)
{
	if (t->absent) PUT(buf, ",\"carried\":false");
	if (!t->redacted) return;
	if (t->redacted->state == REDACT_UNSEARCHED) {
		PUT(buf, ",\"unsearched\":true");
		return;
	}
	buf_printf(buf, ",\"redacted\":%llu,\"original_bytes\":%llu,\"original_sha256\":",
	           (unsigned long long)t->redacted->values, (unsigned long long)t->redacted->original_bytes);
	json_sha256(buf, t->redacted->original_sha256);
}
