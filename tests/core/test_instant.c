#include "core/instant.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What the last case says when it fails. */
static char said[2048];
#define SAY(...) snprintf(said + strlen(said), sizeof(said) - strlen(said), __VA_ARGS__)
#define SAYING(...)                                                                                                    \
	do {                                                                                                           \
		said[0] = '\0';                                                                                        \
		if (!CHECK(__VA_ARGS__)) fputs(said, stdout);                                                          \
	} while (0)

/* Ticks, with the day counted by the C library: timegm knows the calendar too. */
static int64_t ticks(int year, int month, int day, int hour, int minute, int second, int fraction)
{
	struct tm tm = {.tm_year = year - 1900,
	                .tm_mon = month - 1,
	                .tm_mday = day,
	                .tm_hour = hour,
	                .tm_min = minute,
	                .tm_sec = second};
	return (int64_t)timegm(&tm) * INSTANT_SECOND + fraction;
}

static bool reads(const char *text, int64_t expected)
{
	int64_t got = 0;
	if (instant_parse(str_from(text), &got) && got == expected) return true;
	SAY("# %s: %lld, expected %lld\n", text, (long long)got, (long long)expected);
	return false;
}

static bool refuses(const char *text)
{
	int64_t got = 4711;
	char buffer[40];
	if (!instant_parse(str_from(text), &got)) return true;
	SAY("# %s is read as %s\n", text, instant_text(got, buffer));
	return false;
}

static void check_forms(void)
{
	int64_t at = ticks(2026, 3, 1, 8, 0, 0, 0);
	SAYING(at == INT64_C(17723520000000000), "2026-03-01T08:00:00Z is 1772352000 seconds after the epoch");
	SAYING(reads("2026-03-01T08:00:00Z", at) && reads("2026-03-01t08:00:00z", at) &&
	           reads("2026-03-01 08:00:00Z", at),
	       "'T', 't' or a blank stands between date and time");
	SAYING(reads("2026-03-01T08:00:00", at) && reads("2026-03-01 08:00:00", at), "without an offset it is UTC");
	SAYING(reads("2026-03-01T10:00:00+02:00", at) && reads("2026-03-01T02:30:00-05:30", at) &&
	           reads("2026-03-01T10:00:00+0200", at) && reads("2026-03-01T08:00:00-00:00", at) &&
	           reads("2026-03-01T08:00:00+00:00", at),
	       "offsets are taken off");
	SAYING(reads("2026-03-01T00:30:00+01:00", ticks(2026, 2, 28, 23, 30, 0, 0)) &&
	           reads("2025-12-31T23:30:00-01:00", ticks(2026, 1, 1, 0, 30, 0, 0)),
	       "an offset changes the day, the month and the year");
	SAYING(reads("2026-03-01T08:00:00.1234567Z", at + 1234567) && reads("2026-03-01T08:00:00.5Z", at + 5000000) &&
	           reads("2026-03-01T08:00:00.000Z", at) && reads("2026-03-01T08:00:00.0000001+00:00", at + 1),
	       "seven digits are ticks of 100 ns");
	SAYING(reads("2026-03-01T08:00:00.123456789Z", at + 1234567) &&
	           reads("2026-03-01T08:00:00.999999999Z", at + 9999999),
	       "what is finer than a tick is cut off, not rounded");
	SAYING(reads("2026-03-01", ticks(2026, 3, 1, 0, 0, 0, 0)), "a date alone is its midnight");
	SAYING(reads("  2026-03-01T08:00:00Z\n", at), "blanks around it do not matter");
	SAYING(reads("2016-12-31T23:59:60Z", ticks(2017, 1, 1, 0, 0, 0, 0)) &&
	           reads("2016-12-31T15:59:60.5-08:00", ticks(2017, 1, 1, 0, 0, 0, 5000000)),
	       "a leap second counts as the next second");
	SAYING(reads("1969-12-31T23:59:59.9999999Z", -1) && reads("1970-01-01T00:00:00Z", 0),
	       "times before the epoch are negative");
}

static void check_epoch(void)
{
	int64_t at = ticks(2026, 3, 1, 8, 0, 0, 0);
	SAYING(reads("0", 0) && reads("1772352000", at), "a whole number is epoch seconds");
	SAYING(reads("1772352000000", at) && reads("1772352000999", at),
	       "or, where that would pass the year 9999, milliseconds");
	SAYING(reads("253402300799", ticks(9999, 12, 31, 23, 59, 59, 0)) && refuses("253402300800000") &&
	           refuses("18446744073709551615") && refuses("99999999999999999999"),
	       "the year 9999 is the last in either");
	SAYING(refuses("-1") && refuses("1772352000.5") && refuses("1e9") && refuses("+5"),
	       "other numbers are no time");
}

static void check_invalid(void)
{
	static const char *const texts[] = {
	    "",
	    " ",
	    "now",
	    "2026-3-1",
	    "2026-03",
	    "2026-00-01",
	    "2026-13-01",
	    "2026-01-00",
	    "2026-01-32",
	    "2026-04-31",
	    "2026-02-29",
	    "1900-02-29",
	    "2100-02-29",
	    "0000-01-01",
	    "2026-03-01T",
	    "2026-03-01T08",
	    "2026-03-01T8:00:00Z",
	    "2026-03-01T24:00:00Z",
	    "2026-03-01T08:60:00Z",
	    "2026-03-01T08:00:61Z",
	    "2026-03-01T08:00:00.Z",
	    "2026-03-01T08:00:00.1234567890Z",
	    "2026-03-01T08:00:00ZZ",
	    "2026-03-01T08:00:00Z+01:00",
	    "2026-03-01T08:00:00+24:00",
	    "2026-03-01T08:00:00+01:60",
	    "2026-03-01T08:00:00+",
	    "2026-03-01T08:00:00+1",
	    "2026-03-01T08:00:00 +01:00x",
	    "2026-03-01X08:00:00Z",
	    "2026/03/01",
	    "20260301T080000Z",
	    "-2026-03-01",
	    "02026-03-01",
	    "2026-03-01Z",
	    "2026-03-01T08:00:00,5Z",
	    "2026-03-01T08:00:0\xd9\xa0Z",
	};
	size_t n = sizeof(texts) / sizeof(*texts), good = 0;
	for (size_t i = 0; i < n; i++) good += refuses(texts[i]);
	SAYING(good == n, "what is no time is refused (%zu texts)", n);
	SAYING(refuses("2026-03-01T08:00:00+01:"), "an offset does not end in its colon");
	SAYING(refuses("2026-03-01T08:00.5Z"), "a minute has no fraction");
	SAYING(refuses(" 2026-03-01T08:00:00Z x"), "nothing may follow");
	int64_t out;
	SAYING(!instant_parse(str_of("2026-03-01\0", 11), &out), "not even a NUL");
}

static void check_only_rfc3339(void)
{
	int64_t out;
	SAYING(instant_parse_rfc3339(STR("2026-03-01T08:00:00Z"), &out) &&
	           instant_parse_rfc3339(STR("2026-03-01T08:00:00.1234567+00:00"), &out),
	       "a date with a time is told in a fact");
	SAYING(!instant_parse_rfc3339(STR("2026-03-01"), &out) && !instant_parse_rfc3339(STR("1772352000"), &out) &&
	           !instant_parse_rfc3339(STR(""), &out) && !instant_parse_rfc3339(STR(" 2026-03-01T08:00:00Z"), &out),
	       "a bare date, a bare number and other text are not");
}

static void check_leap_years(void)
{
	SAYING(reads("2024-02-29", ticks(2024, 2, 29, 0, 0, 0, 0)) &&
	           reads("2000-02-29", ticks(2000, 2, 29, 0, 0, 0, 0)) &&
	           reads("2000-03-01", ticks(2000, 3, 1, 0, 0, 0, 0)) &&
	           reads("1600-02-29", ticks(1600, 2, 29, 0, 0, 0, 0)),
	       "every fourth year is a leap year, and every 400th");
	SAYING(refuses("2023-02-29") && refuses("1900-02-29") && refuses("2200-02-29"), "a century is not");
}

static void check_bounds(void)
{
	int64_t first = 0, last = 0;
	char buffer[40];
	SAYING(instant_parse(STR("0001-01-01T00:00:00Z"), &first) &&
	           strcmp(instant_text(first, buffer), "0001-01-01T00:00:00Z") == 0,
	       "the year 1 is the first");
	SAYING(instant_parse(STR("9999-12-31T23:59:59.9999999Z"), &last) &&
	           strcmp(instant_text(last, buffer), "9999-12-31T23:59:59.9999999Z") == 0,
	       "the year 9999 is the last");
	SAYING(refuses("0001-01-01T00:00:00+01:00"), "an offset does not lead to a time before the year 1");
	SAYING(refuses("9999-12-31T23:59:59-01:00") && refuses("9999-12-31T23:59:60Z"),
	       "nor, with a leap second, to the year 10000");
}

static uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void check_round_trip(void)
{
	int64_t first = 0, last = 0;
	size_t good = 0, parts = 0, days = 0, n = 20000;
	instant_parse(STR("0001-01-01"), &first);
	instant_parse(STR("9999-12-31T23:59:59.9999999Z"), &last);
	for (size_t i = 0; i < n; i++) {
		int64_t at = first + (int64_t)(next() % (uint64_t)(last - first)), again = 0;
		if (i % 3 == 0) at -= at % INSTANT_SECOND;
		char buffer[40];
		good += instant_parse(str_from(instant_text(at, buffer)), &again) && again == at;
		struct instant_parts p = instant_split(at);
		int64_t whole = ticks(p.year, p.month, p.day, p.hour, p.minute, p.second, 0);
		parts += whole <= at && at - whole < INSTANT_SECOND;
		int64_t day = instant_day(at);
		days += day * INSTANT_DAY <= at && at - day * INSTANT_DAY < INSTANT_DAY;
	}
	SAYING(good == n, "%zu instants are read back from their texts", n);
	SAYING(parts == n, "their parts are what the C library makes a time of");
	SAYING(days == n, "their days are rounded down");
	good = 0;
	n = 0;
	for (int64_t day = instant_day(first); day <= instant_day(last); day += 13, n++) {
		char buffer[40];
		int64_t again;
		good += instant_parse(str_of(instant_text(day * INSTANT_DAY, buffer), 10), &again) &&
		        again == day * INSTANT_DAY;
	}
	SAYING(good == n && n == 280928, "every 13th day of the years 1 to 9999 (%zu) is read back", n);
	SAYING(instant_day(-1) == -1 && instant_day(-INSTANT_DAY) == -1 && instant_day(-INSTANT_DAY - 1) == -2 &&
	           instant_day(0) == 0 && instant_day(INSTANT_DAY - 1) == 0,
	       "days before the epoch are rounded down too");
	char buffer[40];
	SAYING(strcmp(instant_text(5000000, buffer), "1970-01-01T00:00:00.5Z") == 0 &&
	           strcmp(instant_text(1, buffer), "1970-01-01T00:00:00.0000001Z") == 0 &&
	           strcmp(instant_text(-INSTANT_SECOND, buffer), "1969-12-31T23:59:59Z") == 0,
	       "a fraction is written only when it is not zero, without zeros at its end");
}

int main(void)
{
	setenv("TZ", "America/Los_Angeles", 1); /* nothing here may depend on it */
	tzset();
	check_forms();
	check_epoch();
	check_invalid();
	check_only_rfc3339();
	check_leap_years();
	check_bounds();
	check_round_trip();
	return check_done();
}
