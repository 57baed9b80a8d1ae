/* redacting: --redact of a build, and back from a packet, what a redaction did. */
#ifndef DOSSIER_CLI_REDACTING_H
#define DOSSIER_CLI_REDACTING_H

#include "analyze/redaction.h"
#include "cli/settings.h"

/* Zero-initialised: nothing is redacted. redacting_close in any case. */
struct redaction {
	struct redact_rules rules;
	struct redact *redact; /* NULL: nothing is redacted */
};

/* Reads the rules (file NULL: there are none), and holds what stands beside the evidence against them: the side files, the marking,
 * and the rules' own words. The spool and the arena must outlive it. */
bool redaction_open(struct redaction *redaction, const char *file, const struct settings *settings, struct spool *spool,
                    struct arena *arena, struct error *error);
void redaction_close(struct redaction *redaction);

/* From packet.json's "redaction" (NULL: there was none), rules and files, in the arena; packet is for messages. */
bool redaction_recall(const cJSON *said, struct custody *custody, struct arena *arena, const char *packet,
                      struct error *error);

#endif
