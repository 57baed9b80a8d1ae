/* .../regulatoryComplianceStandards/STANDARD/regulatoryComplianceControls/NUMBER[/regulatoryComplianceAssessments/KEY] */
#include "analyze/verdicts.h"

static const char standards[] = "/regulatoryComplianceStandards/", numbers[] = "/regulatoryComplianceControls/",
		  recommendations[] = "/regulatoryComplianceAssessments/";

/* What stands in subject after name, up to the next '/'; empty if name is not there. */
static struct str part_after(struct str subject, const char *name)
{
	size_t at = str_find_nocase(subject, str_from(name));
	if (at == SIZE_MAX) return STR_EMPTY;
	at += strlen(name);
	size_t end = at;
	while (end < subject.len && subject.ptr[end] != '/') end++;
	return str_slice(subject, at, end);
}

static size_t badness(struct str verdict)
{
	static const char *const verdicts[] = {"Unsupported", "Skipped", "Passed", "Failed"};
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(*verdicts); i++)
		if (str_eq_nocase(verdict, str_from(verdicts[i]))) return i + 2;
	return verdict.len ? 1 : 0;
}

void verdicts_read(struct framework *framework, struct result *result, struct control *controls)
{
	uint32_t source = UINT32_MAX;
	for (int side = 0; side < SIDE_COUNT; side++) {
		const struct snapshot *s = &result->sides[side];
		for (uint32_t i = 0; i < s->fact_count; i++) {
			const struct fact *fact = &s->facts[i];
			struct str subject = snapshot_string(s, fact->subject), number = part_after(subject, numbers);
			if (!number.len || !input_is_counted(&s->inputs[fact->input]) ||
			    !str_eq_nocase(snapshot_string(s, fact->name), STR("state")) ||
			    !framework_is_called(framework, part_after(subject, standards)))
				continue;
			uint32_t control = framework_control(framework, number);
			struct str key = part_after(subject, recommendations),
				   verdict = snapshot_string(s, fact->value);
			if (control == NO_CONTROL) continue;
			if (!key.len) {
				struct str *reported = &controls[control].reported[side];
				if (badness(verdict) > badness(*reported)) *reported = verdict;
				continue;
			}
			if (source == UINT32_MAX)
				source = framework_add_source(
				    framework, (struct map_source){.name = STR("the regulatory compliance export"),
				                                   .version = STR_EMPTY,
				                                   .licence = STR_EMPTY,
				                                   .note = STR_EMPTY});
			framework_add(framework, SCHEME_RULE, key, control, source);
		}
	}
}
