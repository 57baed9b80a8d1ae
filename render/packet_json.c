/* One object, member by member; the parts it shares with the commands' objects are json.h's. */
#include "render/packet_json.h"

#include "render/json.h"

#define PUT(buf, literal) buf_add((buf), STR(literal))

static bool is_object(struct str text)
{
	text = str_trim(text);
	return text.len && text.ptr[0] == '{';
}

static void put_options(struct buf *buf, struct str options)
{
	if (!options.len)
		PUT(buf, "{}");
	else if (!is_object(options) || !json_compact(buf, options))
		buf_json(buf, options);
}

static void put_head(struct buf *buf, const struct result *r)
{
	PUT(buf, "{\"dossier\":\"packet\",\"version\":1,\"tool_version\":");
	buf_json(buf, str_from(r->version));
	PUT(buf, ",\"change\":");
	if (r->change.given)
		buf_json(buf, r->change.id);
	else
		PUT(buf, "null");
	PUT(buf, ",\"as_of\":");
	json_instant(buf, r->as_of);
	PUT(buf, ",\"options\":");
	put_options(buf, r->options);
	buf_add(buf, r->verdict_pass ? STR(",\"verdict\":\"pass\"") : STR(",\"verdict\":\"fail\""));
	PUT(buf, ",\"evidence_digest\":");
	buf_json(buf, str_from(r->evidence_digest));
}

static void put_input(struct buf *buf, const struct snapshot *s, enum side side, const struct input *input, bool absent)
{
	struct buf path = {0};
	buf_printf(&path, "data/evidence/%s/", side_names[side]);
	buf_add(&path, snapshot_string(s, input->path));
	buf_printf(buf, "{\"side\":\"%s\",\"path\":", side_names[side]);
	buf_json(buf, buf_str(&path));
	PUT(buf, ",\"sha256\":");
	json_sha256(buf, input->sha256);
	PUT(buf, ",\"bytes\":");
	buf_u64(buf, input->bytes);
	PUT(buf, ",\"format\":");
	buf_json(buf, snapshot_string(s, input->format));
	PUT(buf, ",\"tool\":");
	buf_json(buf, snapshot_string(s, input->tool));
	PUT(buf, ",\"tool_version\":");
	buf_json(buf, snapshot_string(s, input->tool_version));
	PUT(buf, ",\"captured\":");
	json_instant(buf, input->captured);
	PUT(buf, ",\"records\":");
	buf_u64(buf, input->records);
	if (input->duplicate) PUT(buf, ",\"duplicate\":true");
	if (input->superseded) PUT(buf, ",\"superseded\":true");
	if (absent) PUT(buf, ",\"carried\":false");
	buf_char(buf, '}');
	buf_free(&path);
}

static void put_inputs(struct writer *w, const struct result *r)
{
	bool first = true;
	PUT(&w->pending, ",\"inputs\":[");
	for (int side = 0; side < SIDE_COUNT; side++) {
		const struct snapshot *s = &r->sides[side];
		for (uint32_t i = 0; i < s->input_count; i++, first = false) {
			if (!first) buf_char(&w->pending, ',');
			put_input(&w->pending, s, (enum side)side, &s->inputs[i],
			          custody_is_absent(&r->custody, (enum side)side, i));
			if (!writer_step(w)) return;
		}
	}
	buf_char(&w->pending, ']');
}

/* What lay beside the evidence and is not in the packet: nothing, most of the time. */
static void put_left_out(struct writer *w, const struct result *r)
{
	bool first = true;
	for (int side = 0; side < SIDE_COUNT; side++) {
		const struct snapshot *s = &r->sides[side];
		for (uint32_t i = 0; i < s->left_out_count; i++, first = false) {
			buf_add(&w->pending, first ? STR(",\"not_carried\":[") : STR(","));
			buf_printf(&w->pending, "{\"side\":\"%s\",\"path\":", side_names[side]);
			buf_json(&w->pending, snapshot_string(s, s->left_out[i].path));
			PUT(&w->pending, ",\"why\":");
			buf_json(&w->pending, snapshot_string(s, s->left_out[i].why));
			buf_char(&w->pending, '}');
			if (!writer_step(w)) return;
		}
	}
	if (!first) buf_char(&w->pending, ']');
}

static void put_redaction_rules(struct buf *buf, const struct custody *custody)
{
	for (size_t i = 0; i < custody->rule_count; i++) {
		const struct custody_rule *rule = &custody->rules[i];
		buf_add(buf, i ? STR(",{\"id\":") : STR("{\"id\":"));
		buf_json(buf, rule->id);
		PUT(buf, ",\"reason\":");
		buf_json(buf, rule->reason);
		buf_printf(buf, ",\"values\":%llu,\"files\":%llu}", (unsigned long long)rule->values,
		           (unsigned long long)rule->files);
	}
}

static void put_redacted_file(struct buf *buf, const struct custody_file *file)
{
	buf_printf(buf, "{\"side\":\"%s\",\"path\":", side_names[file->side]);
	buf_json(buf, file->path);
	if (file->state == REDACT_UNSEARCHED) {
		PUT(buf, ",\"unsearched\":true}");
		return;
	}
	PUT(buf, ",\"original_sha256\":");
	json_sha256(buf, file->original_sha256);
	buf_printf(buf, ",\"original_bytes\":%llu,\"values\":%llu}", (unsigned long long)file->original_bytes,
	           (unsigned long long)file->values);
}

static void put_redaction(struct writer *w, const struct custody *custody)
{
	if (!custody->redacted) return;
	PUT(&w->pending, ",\"redaction\":{\"marker\":");
	buf_json(&w->pending, custody->marker);
	PUT(&w->pending, ",\"rules\":[");
	put_redaction_rules(&w->pending, custody);
	PUT(&w->pending, "],\"files\":[");
	for (size_t i = 0; i < custody->file_count; i++) {
		if (i) buf_char(&w->pending, ',');
		put_redacted_file(&w->pending, &custody->files[i]);
		if (!writer_step(w)) return;
	}
	PUT(&w->pending, "]}");
}

static void put_templates(struct writer *w, const struct packet_template *templates, size_t count)
{
	PUT(&w->pending, ",\"templates\":[");
	for (size_t i = 0; i < count; i++) {
		buf_add(&w->pending, i ? STR(",{\"name\":") : STR("{\"name\":"));
		buf_json(&w->pending, templates[i].name);
		PUT(&w->pending, ",\"sha256\":");
		buf_json(&w->pending, templates[i].sha256);
		buf_char(&w->pending, '}');
		if (!writer_step(w)) return;
	}
	buf_char(&w->pending, ']');
}

static void put_counts(struct buf *buf, const struct result *r)
{
	PUT(buf, ",\"counts\":{");
	for (int side = 0; side < SIDE_COUNT; side++) {
		buf_printf(buf, "\"%s\":{\"files\":", side_names[side]);
		buf_u64(buf, r->sides[side].input_count);
		PUT(buf, ",\"records\":");
		buf_u64(buf, r->diff.records[side]);
		PUT(buf, ",\"open\":");
		buf_u64(buf, r->diff.open[side]);
		PUT(buf, ",\"by_severity\":");
		json_by_severity(buf, r->diff.by_severity[side]);
		PUT(buf, "},");
	}
	PUT(buf, "\"outcomes\":");
	json_outcomes(buf, r->diff.outcomes);
	PUT(buf, ",\"facts\":");
	json_facts(buf, r->diff.facts);
	PUT(buf, ",\"checks\":");
	buf_u64(buf, r->check_count);
	PUT(buf, ",\"controls\":");
	buf_u64(buf, r->control_count);
	PUT(buf, ",\"exceptions\":");
	buf_u64(buf, r->exception_count);
	PUT(buf, ",\"warnings\":");
	buf_u64(buf, r->notice_count);
	buf_char(buf, '}');
}

bool packet_json(const struct result *result, const struct packet_template *templates, size_t template_count,
                 struct sink sink, struct error *error)
{
	struct writer w = {.sink = sink, .error = error};
	put_head(&w.pending, result);
	put_inputs(&w, result);
	put_left_out(&w, result);
	put_redaction(&w, &result->custody);
	put_templates(&w, templates, template_count);
	put_counts(&w.pending, result);
	PUT(&w.pending, "}\n");
	return writer_end(&w);
}
