/* Days are counted with the civil-calendar arithmetic of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"
 * (days_from_civil, civil_from_days): proleptic Gregorian, no tables, no time zone data, no locale.
 */
#include "core/instant.h"

/* 0001-01-01 and 9999-12-31, in days since the epoch. */
#define FIRST_DAY INT64_C(-719162)
#define LAST_DAY INT64_C(2932896)

static int64_t days_from_civil(int64_t y, int m, int d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

static bool digits(struct str s, size_t *at, size_t n, int *out)
{
	int value = 0;
	if (*at + n > s.len) return false;
	for (size_t i = 0; i < n; i++) {
		char c = s.ptr[*at + i];
		if (c < '0' || c > '9') return false;
		value = value * 10 + (c - '0');
	}
	*at += n;
	*out = value;
	return true;
}

static bool sign(struct str s, size_t *at, char c)
{
	if (*at >= s.len || s.ptr[*at] != c) return false;
	++*at;
	return true;
}

static int days_in(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

static bool parse_date(struct str s, size_t *at, int64_t *day)
{
	int year, month, date;
	if (!digits(s, at, 4, &year) || !sign(s, at, '-') || !digits(s, at, 2, &month) || !sign(s, at, '-') ||
	    !digits(s, at, 2, &date))
		return false;
	if (year < 1 || month < 1 || month > 12 || date < 1 || date > days_in(year, month)) return false;
	*day = days_from_civil(year, month, date);
	return true;
}

static bool parse_time(struct str s, size_t *at, int64_t *ticks)
{
	int hour, minute, second = 0;
	if (!digits(s, at, 2, &hour) || !sign(s, at, ':') || !digits(s, at, 2, &minute)) return false;
	bool has_seconds = sign(s, at, ':');
	if (has_seconds && !digits(s, at, 2, &second)) return false;
	if (hour > 23 || minute > 59 || second > 60) return false;
	int64_t fraction = 0, scale = INSTANT_SECOND / 10;
	if (has_seconds && sign(s, at, '.')) {
		size_t start = *at;
		for (; *at < s.len && s.ptr[*at] >= '0' && s.ptr[*at] <= '9'; ++*at, scale /= 10)
			fraction += (s.ptr[*at] - '0') * scale;
		if (*at == start || *at - start > 9) return false;
	}
	int64_t offset = 0;
	if (*at < s.len && (s.ptr[*at] == '+' || s.ptr[*at] == '-')) {
		int zone_hour, zone_minute = 0;
		int64_t direction = s.ptr[*at] == '+' ? 1 : -1;
		++*at;
		if (!digits(s, at, 2, &zone_hour)) return false;
		bool colon = sign(s, at, ':');
		if ((colon || *at < s.len) && !digits(s, at, 2, &zone_minute)) return false;
		if (zone_hour > 23 || zone_minute > 59) return false;
		offset = direction * (zone_hour * 60 + zone_minute);
	} else if (!sign(s, at, 'Z')) {
		sign(s, at, 'z');
	}
	*ticks = (hour * 3600 + minute * 60 + second - offset * 60) * INSTANT_SECOND + fraction;
	return true;
}

bool instant_parse_rfc3339(struct str s, int64_t *out)
{
	size_t at = 0;
	int64_t day, ticks;
	if (!parse_date(s, &at, &day)) return false;
	if (!sign(s, &at, 'T') && !sign(s, &at, 't') && !sign(s, &at, ' ')) return false;
	if (!parse_time(s, &at, &ticks) || at != s.len) return false;
	int64_t instant = day * INSTANT_DAY + ticks; /* an offset may lead out of the years 1 to 9999 */
	if (instant < FIRST_DAY * INSTANT_DAY || instant >= (LAST_DAY + 1) * INSTANT_DAY) return false;
	*out = instant;
	return true;
}

bool instant_parse(struct str s, int64_t *out)
{
	uint64_t number;
	s = str_trim(s);
	if (instant_parse_rfc3339(s, out)) return true;
	size_t at = 0;
	int64_t day;
	if (parse_date(s, &at, &day) && at == s.len) {
		*out = day * INSTANT_DAY;
		return true;
	}
	if (!str_to_u64(s, &number)) return false;
	if (number > UINT64_C(253402300799)) number /= 1000; /* later than the year 9999 in seconds: milliseconds */
	if (number > UINT64_C(253402300799)) return false;
	*out = (int64_t)number * INSTANT_SECOND;
	return true;
}

int64_t instant_day(int64_t instant)
{
	return instant >= 0 ? instant / INSTANT_DAY : -((-instant + INSTANT_DAY - 1) / INSTANT_DAY);
}

struct instant_parts instant_split(int64_t instant)
{
	int64_t day = instant_day(instant), second = (instant - day * INSTANT_DAY) / INSTANT_SECOND;
	int64_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097, yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	int64_t month = mp < 10 ? mp + 3 : mp - 9;
	return (struct instant_parts){
	    .year = (int)(yoe + era * 400 + (month <= 2)),
	    .month = (int)month,
	    .day = (int)(doy - (153 * mp + 2) / 5 + 1),
	    .hour = (int)(second / 3600),
	    .minute = (int)(second / 60 % 60),
	    .second = (int)(second % 60),
	};
}

/* The last `width` digits of the number, which is not negative, and what stands behind them. Where that ends. */
static char *put_digits(char *out, int number, int width, char after)
{
	for (int i = width; i-- > 0; number /= 10) out[i] = (char)('0' + number % 10);
	out[width] = after;
	return out + width + 1;
}

char *instant_text(int64_t instant, char buffer[40])
{
	struct instant_parts p = instant_split(instant);
	int64_t day = instant_day(instant),
		in_day = (int64_t)(p.hour * 3600 + p.minute * 60 + p.second) * INSTANT_SECOND;
	int fraction = (int)(instant - day * INSTANT_DAY - in_day);
	char *end = put_digits(buffer, p.year, 4, '-');
	end = put_digits(end, p.month, 2, '-');
	end = put_digits(end, p.day, 2, 'T');
	end = put_digits(end, p.hour, 2, ':');
	end = put_digits(end, p.minute, 2, ':');
	end = put_digits(end, p.second, 2, fraction ? '.' : 'Z');
	if (fraction) {
		end = put_digits(end, fraction, 7, 'Z') - 1;
		while (end[-1] == '0') end--;
		*end++ = 'Z';
	}
	*end = '\0';
	return buffer;
}
