/* The policy language as text: a policy as its file, and the table of rules that docs/gate.md holds. */
#include "analyze/gate_private.h"

#include <math.h>
#include <stdio.h>

/* The shortest of 15 to 17 digits that reads back as the same number. */
static void put_number(struct buf *out, double value)
{
	char text[40] = "";
	double again = 0;
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (str_to_double(str_from(text), &again) && !(again < value) && !(again > value)) break;
	}
	buf_add(out, str_from(text));
}

static void put_text(struct buf *out, const char *name, struct str value)
{
	if (!value.len) return;
	buf_printf(out, ", \"%s\": ", name);
	buf_json(out, value);
}

static void put_match(struct buf *out, const struct selector *match)
{
	const struct {
		const char *name;
		struct str value;
	} fields[] = {{"rule", match->rule}, {"subject", match->subject}, {"severity", match->severity},
	              {"tool", match->tool}, {"path", match->path},       {"component", match->component}};
	bool first = true;
	if (selector_empty(match)) return;
	buf_add(out, STR(", \"match\": {"));
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (!fields[i].value.len) continue;
		buf_printf(out, "%s\"%s\": ", first ? "" : ", ", fields[i].name);
		buf_json(out, fields[i].value);
		first = false;
	}
	buf_char(out, '}');
}

void policy_text(const struct policy *policy, struct buf *out)
{
	buf_add(out, STR("{\n\t\"gate\": ["));
	for (size_t i = 0; i < policy->count; i++) {
		const struct gate_entry *entry = &policy->entries[i];
		buf_printf(out, "%s\n\t\t{\"rule\": \"%s\"", i ? "," : "", entry->kind->name);
		if (entry->severity != entry->kind->severity)
			put_text(out, "severity", str_from(severity_names[entry->severity]));
		buf_add(out, STR(", \"limit\": "));
		put_number(out, entry->limit);
		put_match(out, &entry->match);
		put_text(out, "framework", entry->framework);
		if (entry->advisory) buf_add(out, STR(", \"advisory\": true"));
		buf_char(out, '}');
	}
	buf_add(out, STR("\n\t]\n}\n"));
}

/* ---- the table ---- */

static void put_takes(struct buf *out, unsigned flags)
{
	static const struct {
		unsigned flags;
		const char *what;
	} words[] = {{TAKES_SEVERITY, "severity"}, {TAKES_FRAMEWORK, "framework"}};
	const char *between = "";
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (!(flags & words[i].flags)) continue;
		buf_printf(out, "%s`%s`", between, words[i].what);
		between = ", ";
	}
	if (!(flags & TAKES_MATCH)) return;
	buf_printf(out, "%s`match`", between);
	if ((flags & TAKES_MATCH) != TAKES_MATCH)
		buf_printf(out, " (%s)", flags & TAKES_SUBJECT ? "`rule`, `subject`" : "`rule`");
}

void gate_rules_text(struct buf *out)
{
	buf_add(out, STR("| rule | what it says | takes | limit | counts |\n|---|---|---|---|---|\n"));
	for (size_t i = 0; i < gate_kind_count; i++) {
		const struct gate_kind *kind = &gate_kinds[i];
		buf_printf(out, "| `%s` | %s%s | ", kind->name, kind->title,
		           kind->flags & NEEDS_KEV ? "; needs `--kev`" : "");
		put_takes(out, kind->flags);
		buf_printf(out, " | %s ", kind->direction == AT_MOST ? "at most" : "at least");
		put_number(out, kind->limit);
		buf_printf(out, " | %s |\n", kind->unit);
	}
}
