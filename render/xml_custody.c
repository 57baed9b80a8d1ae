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

void xml_put_custody(struct xml *x, enum side side, const struct input *input)
{
	const struct snapshot *s = &x->result->sides[side];
	const struct custody *custody = &x->result->custody;
	const struct custody_file *file = custody_file(custody, side, snapshot_string(s, input->path));
	if (custody_is_absent(custody, side, (uint32_t)(input - s->inputs))) xml_flag(&x->doc, "carried", false);
	if (file && file->state == REDACT_UNSEARCHED) xml_flag(&x->doc, "unsearched", true);
	if (!file || file->state != REDACT_REPLACED) return;
	char hex[SHA256_HEX + 1];
	hex_of(file->original_sha256, SHA256_BYTES, hex);
	xml_count(&x->doc, "redacted", file->values);
	xml_word(&x->doc, "original_sha256", hex);
	xml_count(&x->doc, "original_bytes", file->original_bytes);
}
