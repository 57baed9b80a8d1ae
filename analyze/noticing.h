/* noticing: what the files of notices share. Private to notices.c, notices_estate.c and notices_commands.c. */
#ifndef DOSSIER_ANALYZE_NOTICING_H
#define DOSSIER_ANALYZE_NOTICING_H

#include "analyze/estate.h"
#include "analyze/notices.h"

struct ranked {
	struct notice notice;
	unsigned rank;
	size_t order;
};

struct noticing {
	struct result *result;
	struct arena *arena;
	const struct facts *facts;
	const struct owners *owners;
	struct ranked *list;
	size_t count, capacity;
	unsigned rank;
};

/* Appends a notice of the source that is running; the rest of it is empty. Good until the next one. */
struct notice *notice_add(struct noticing *to, const char *code, enum gap gap, enum side side, struct str message);

/* The read-only command that exports the format for a subject. Empty if there is no such command, or the subject does
 * not say all that it needs. Names come from evidence and are quoted for the shell. */
struct str notice_command(struct arena *arena, struct str format, struct str subject);

/* Sources: notices_estate.c. */
void notices_unscanned(struct noticing *to, enum side side);
void notices_sensors(struct noticing *to, enum side side);
void notices_arc(struct noticing *to, enum side side);
void notices_operator(struct noticing *to, enum side side);
void notices_age(struct noticing *to, enum side side);

#endif
