/* instant: a point in time, UTC, in ticks of 100 ns since 1970-01-01T00:00:00Z (Azure's resolution: seven digits).
 *
 * Reads RFC 3339 in all the ways exports write it: 'T', 't' or a blank between date and time, 0 to 9 fractional digits
 * (what is finer than a tick is cut off), 'Z' or an offset or neither (then UTC), a date alone (midnight), and a whole
 * number of epoch seconds or milliseconds. Years 1 to 9999. A leap second :60 counts as the next second.
 */
#ifndef DOSSIER_CORE_INSTANT_H
#define DOSSIER_CORE_INSTANT_H

#include "core/str.h"

#define INSTANT_NONE INT64_MIN
#define INSTANT_SECOND INT64_C(10000000)
#define INSTANT_DAY (INSTANT_SECOND * 86400)

struct instant_parts {
	int year, month, day, hour, minute, second;
};

bool instant_parse(struct str text, int64_t *out);
/* Only if text is a date with a time (RFC 3339), never a bare number or a bare date: for telling dates in facts. */
bool instant_parse_rfc3339(struct str text, int64_t *out);
struct instant_parts instant_split(int64_t instant);
/* "2026-03-01T08:00:00Z", with the fraction only when it is not zero. Returns buffer, which has room for 40 bytes. */
char *instant_text(int64_t instant, char buffer[40]);
/* Whole days since the epoch, rounded down. */
int64_t instant_day(int64_t instant);

#endif
