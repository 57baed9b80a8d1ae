#include "cli/sealing.h"

#include "render/sink.h"

#include <stdio.h>
#include <string.h>

static bool verified(const char *path, unsigned jobs, unsigned char sha256[SHA256_BYTES], struct error *error)
{
	struct verify_report report;
	struct verify_options options = {.jobs = jobs};
	bool good = packet_verify(path, &options, &report, error);
	for (size_t i = 0; good && i < report.count; i++)
		if (!report.checks[i].ok)
			good = error_set(error, ERROR_VERIFY, path, "does not verify: %s: %.*s", report.checks[i].name,
			                 STR_ARG(report.checks[i].detail));
	memcpy(sha256, report.sha256, SHA256_BYTES);
	verify_report_free(&report);
	return good;
}

bool sealing_open(struct sealing *s, const char *path, unsigned jobs, struct error *error)
{
	*s = (struct sealing){.packet = NULL};
	return verified(path, jobs, s->sha256, error) && (s->packet = packet_open(path, error)) != NULL &&
	       packet_members(s->packet, &s->members, &s->member_count, error) &&
	       packet_read_member(s->packet, STR("tagmanifest-sha256.txt"), &s->tags, PACKET_MANIFEST_MAX, error);
}

bool sealing_has(const struct sealing *s, struct str name)
{
	for (size_t i = 0; i < s->member_count; i++)
		if (str_eq(s->members[i].name, name)) return true;
	return false;
}

static bool tell(const char *target, const struct seal_addition *additions, size_t count,
                 const struct bag_result *written, const char *command, bool json, struct error *error)
{
	struct writer w = {.sink = sink_file(stdout), .error = error};
	char hex[SHA256_HEX + 1];
	hex_of(written->sha256, SHA256_BYTES, hex);
	if (json) {
		buf_printf(&w.pending, "{\"dossier\":\"%s\",\"version\":1,\"packet\":", command);
		buf_json(&w.pending, str_from(target));
		buf_printf(&w.pending, ",\"sha256\":\"%s\",\"added\":[", hex);
	}
	for (size_t i = 0; i < count; i++) {
		if (json && i) buf_char(&w.pending, ',');
		if (json)
			buf_json(&w.pending, additions[i].name);
		else
			buf_printf(&w.pending, "added     %.*s\n", STR_ARG(additions[i].name));
	}
	if (json)
		buf_add(&w.pending, STR("]}\n"));
	else
		buf_printf(&w.pending, "packet    %s (%llu bytes)\nsha256    %s\n", target,
		           (unsigned long long)written->bytes, hex);
	return writer_end(&w);
}

bool sealing_write(struct sealing *s, const char *target, const struct seal_addition *additions, size_t count,
                   const char *command, bool json, struct error *error)
{
	struct bag_result written;
	return seal_add(s->packet, target, packet_mtime(s->packet), additions, count, &written, error) &&
	       tell(target, additions, count, &written, command, json, error);
}

void sealing_close(struct sealing *s)
{
	packet_close(s->packet);
	buf_free(&s->tags);
}
