/* recompute: a packet's result, computed anew from the packet alone: its own evidence, the options that packet.json records, and
 * the templates in force here.
 *
 * Evidence is read from the packet as it is from folders, by many threads, without unpacking it (render/packet.h,
 * packet_origin). The result is that of the build if the templates and the program are the same; packet_facts tells.
 *
 *     struct packet_facts facts;
 *     struct result result = {0};
 *     if (result_of_packet(path, &common, &result, &facts, &error)) ...
 *     result_free(&result);
 *     packet_facts_free(&facts);      after the result, which reads texts from the packet
 */
#ifndef DOSSIER_CLI_RECOMPUTE_H
#define DOSSIER_CLI_RECOMPUTE_H

#include "cli/absent.h"
#include "cli/command.h"
#include "cli/settings.h"
#include "render/packet.h"

/* What packet.json says beside the result. Strings are in the arena. */
struct packet_facts {
	struct packet *packet;
	struct absent absent; /* evidence that is not in the packet, and was found elsewhere */
	struct settings settings;
	struct str tool_version;     /* of the dossier that made the packet */
	bool same_version;           /* it is ours */
	struct str *other_templates; /* names of templates that are not what they were, or are here or there alone */
	size_t other_template_count;
	int side_files[SETTING_FILES]; /* the packet's data/options, open as long as the settings name them; -1: none */
	int *framework_files;          /* the same for each framework of the settings; NULL: not opened */
	struct arena arena;
};

/* False with the error: no such packet (ERROR_INPUT), one whose evidence is not
 * all there (ERROR_INPUT; common->evidence_from), or one that is damaged or does not hold what it takes (ERROR_VERIFY). Both
 * free functions may be called in any case. */
bool result_of_packet(const char *path, const struct common *common, struct result *result, struct packet_facts *facts,
                      struct error *error);
void packet_facts_free(struct packet_facts *facts);

/* What packet.json says at its head, without computing anything. In the arena. */
struct packet_head {
	struct str change; /* empty: none */
	struct str evidence_digest;
};
bool packet_head_read(struct packet *packet, struct packet_head *head, struct arena *arena, struct error *error);
/* What a redaction did to the packet's evidence: rules and files. Reads packet.json only where bag-info.txt says that there was one. */
bool packet_custody_read(struct packet *packet, struct custody *custody, struct arena *arena, struct error *error);
/* Says on stderr where another version or other templates were in force when the packet was made. */
void packet_says_otherwise(const struct packet_facts *facts, const char *packet);

#endif
