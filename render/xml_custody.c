#include "render/xml_private.h"

void xml_put_redaction(struct xml *x, const struct custody *custody)
{
	if (!custody->redacted) return;
	xml_start(&x->doc, "redaction");
	xml_attribute(&x->doc, "marker", custody->marker);
	xml_count(&x->doc, "values", custody->values);
	xml_count(&x->doc, "files", custody->replaced_files);
	xml_count(&x->doc, "unsearched", custody->unsearched_files);
	for (size_t i = 0; i < custody->rule_count; i++) {
		const struct custody_rule *rule = &custody->rules[i];
		xml_start(&x->doc, "rule");
		xml_attribute(&x->doc, "id", rule->id);
		xml_count(&x->doc, "values", rule->values);
		xml_count(&x->doc, "files", rule->files);
		xml_text(&x->doc, rule->reason);
		xml_end(&x->doc);
	}
	xml_end(&x->doc);
}

void xml_row_custody(struct xml *x, enum side side, const struct input *input)
{
	const struct snapshot *s = &x->result->sides[side];
	const struct custody *custody = &x->result->custody;
	const struct custody_file *file = custody_file(custody, side, snapshot_string(s, input->path));
	struct buf *buf = &x->doc.out.pending;
	if (custody_is_absent(custody, side, (uint32_t)(input - s->inputs))) ROW_RAW(buf, " carried=\"false\"");
	if (file && file->state == REDACT_UNSEARCHED) ROW_RAW(buf, " unsearched=\"true\"");
	if (!file || file->state != REDACT_REPLACED) return;
	char hex[SHA256_HEX + 1];
	hex_of(file->original_sha256, SHA256_BYTES, hex);
	ROW_COUNT(buf, "redacted", file->values);
	ROW(buf, "original_sha256", str_from(hex));
	ROW_COUNT(buf, "original_bytes", file->original_bytes);
}
