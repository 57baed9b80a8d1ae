/* What --redact replaced and --evidence left out, in the words of the report. */
#include "render/report_lists.h"

struct str report_custody_flags(struct report *r, enum side side, const struct input *input)
{
	const struct snapshot *s = &r->result->sides[side];
	const struct custody *custody = &r->result->custody;
	const struct custody_file *file = custody_file(custody, side, snapshot_string(s, input->path));
	struct str text = STR_EMPTY;
	if (file && file->state == REDACT_REPLACED)
		text = SAY(r, inputs_replaced_n, SLOT_N("n", file->values));
	else if (file)
		text = T(r, inputs_unsearched);
	if (custody_is_absent(custody, side, (uint32_t)(input - s->inputs)))
		text = report_join(r, text, STR(", "), T(r, inputs_not_carried));
	return text;
}

void report_custody(struct report *r, void *context, void (*line)(void *context, struct str text))
{
	const struct custody *custody = &r->result->custody;
	if (custody->redacted) line(context, SAY(r, inputs_redacted, SLOT("marker", custody->marker)));
	for (size_t i = 0; i < custody->rule_count; i++) {
		const struct custody_rule *rule = &custody->rules[i];
		struct str files = SAY(r, decision_files, SLOT_N("n", rule->files));
		line(context, SAY(r, inputs_redacted_rule, SLOT("rule", rule->id), SLOT("reason", rule->reason),
		                  SLOT_N("n", rule->values), SLOT("files", files)));
	}
	if (custody->carried != CARRY_FULL)
		line(context, SAY(r, inputs_carried, SLOT_N("n", custody->evidence_files - custody->absent_files),
		                  SLOT_N("of", custody->evidence_files)));
}
