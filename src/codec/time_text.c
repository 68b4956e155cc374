/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calendar arithmetic without the C library's time zone. Days are counted in the
 * proleptic Gregorian calendar from 1970-01-01.
 */
#include "codec/time_text.h"

#include <inttypes.h>
#include <stdio.h>

#include "codec/decimal.h"

enum {
	DAY_S = 86400,
	DURATION_MAX_S = 10 * 365 * DAY_S,
};

static const int64_t last_time_s = 253402300799; /* 9999-12-31T23:59:59Z */

struct date {
	uint32_t year, month, day;
};

struct clock_time {
	uint32_t hour, minute, second;
};

static bool is_leap_year(uint32_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static uint32_t month_days(uint32_t year, uint32_t month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month == 2 && is_leap_year(year) ? 29 : days[month - 1];
}

static uint32_t days_before_year(uint32_t year)
{
	uint32_t before = year - 1;

	return before * 365 + before / 4 - before / 100 + before / 400;
}

static int64_t days_since_1970(struct date date)
{
	int64_t days = (int64_t)days_before_year(date.year) - days_before_year(1970);

	for (uint32_t month = 1; month < date.month; month++)
		days += month_days(date.year, month);
	return days + date.day - 1;
}

static struct date date_of_day(uint32_t days)
{
	struct date date = {.year = 1970 + days / 366, .month = 1};

	while (days_before_year(date.year + 1) - days_before_year(1970) <= days)
		date.year++;
	days -= days_before_year(date.year) - days_before_year(1970);
	for (; days >= month_days(date.year, date.month); date.month++)
		days -= month_days(date.year, date.month);
	date.day = days + 1;
	return date;
}

/* Cuts `len` digits off *rest. */
static bool take_digits(struct view *rest, size_t len, uint32_t *ret_value)
{
	uint32_t value = 0;

	if (rest->len < len)
		return false;
	for (size_t i = 0; i < len; i++) {
		uint8_t digit = (uint8_t)(rest->data[i] - '0');

		if (digit > 9)
			return false;
		value = value * 10 + digit;
	}
	*rest = view_from(*rest, len);
	*ret_value = value;
	return true;
}

/* Cuts off one of two characters. */
static bool take_either(struct view *rest, char a, char b)
{
	if (rest->len == 0 || (rest->data[0] != a && rest->data[0] != b))
		return false;
	*rest = view_from(*rest, 1);
	return true;
}

static bool take_char(struct view *rest, char c)
{
	return take_either(rest, c, c);
}

static bool take_date(struct view *rest, struct date *ret_date)
{
	struct date date;

	if (!take_digits(rest, 4, &date.year) || !take_char(rest, '-') ||
	    !take_digits(rest, 2, &date.month) || !take_char(rest, '-') ||
	    !take_digits(rest, 2, &date.day))
		return false;
	if (date.month < 1 || date.month > 12 || date.day < 1 ||
	    date.day > month_days(date.year, date.month))
		return false;
	*ret_date = date;
	return true;
}

static bool take_clock_time(struct view *rest, uint32_t second_max,
                            struct clock_time *ret_time)
{
	struct clock_time time;

	if (!take_digits(rest, 2, &time.hour) || !take_char(rest, ':') ||
	    !take_digits(rest, 2, &time.minute) || !take_char(rest, ':') ||
	    !take_digits(rest, 2, &time.second))
		return false;
	if (time.hour > 23 || time.minute > 59 || time.second > second_max)
		return false;
	*ret_time = time;
	return true;
}

enum status time_text_decode(struct view text, int64_t *ret_s, struct error *err)
{
	struct date date;
	struct clock_time time;

	if (!take_date(&text, &date) || date.year < 1970 || !take_char(&text, 'T') ||
	    !take_clock_time(&text, 59, &time) || !take_char(&text, 'Z') || text.len != 0)
		return error_set(err, STATUS_MALFORMED,
		                 "not a time as in 2026-11-20T23:49:00Z");
	*ret_s = days_since_1970(date) * DAY_S + time.hour * 3600 + time.minute * 60 +
	         time.second;
	return STATUS_OK;
}

void time_text_encode(int64_t time_s, char ret_text[TIME_TEXT_LEN + 1])
{
	struct date date;
	uint32_t second;
	char text[64];

	if (time_s < 0)
		time_s = 0;
	if (time_s > last_time_s)
		time_s = last_time_s;
	date = date_of_day((uint32_t)(time_s / DAY_S));
	second = (uint32_t)(time_s % DAY_S);
	(void)snprintf(text, sizeof text, "%04u-%02u-%02uT%02u:%02u:%02uZ", date.year,
	               date.month, date.day, second / 3600, second / 60 % 60,
	               second % 60);
	memcpy(ret_text, text, TIME_TEXT_LEN + 1);
}

static bool take_fraction(struct view *rest)
{
	uint32_t digit;

	if (!take_char(rest, '.'))
		return true;
	if (!take_digits(rest, 1, &digit))
		return false;
	while (take_digits(rest, 1, &digit))
		continue;
	return true;
}

/* How much the local time is ahead of UTC. */
static bool take_offset(struct view *rest, int64_t *ret_s)
{
	bool is_behind = rest->len > 0 && rest->data[0] == '-';
	uint32_t hour, minute;

	*ret_s = 0;
	if (take_either(rest, 'Z', 'z'))
		return true;
	if (!take_either(rest, '+', '-') || !take_digits(rest, 2, &hour) || hour > 23 ||
	    !take_char(rest, ':') || !take_digits(rest, 2, &minute) || minute > 59)
		return false;
	*ret_s = (int64_t)(hour * 3600 + minute * 60);
	if (is_behind)
		*ret_s = -*ret_s;
	return true;
}

enum status time_text_decode_rfc3339(struct view text, int64_t *ret_s, struct error *err)
{
	struct date date;
	struct clock_time time;
	int64_t offset_s, time_s = 0;

	if (!take_date(&text, &date) || !take_either(&text, 'T', 't') ||
	    !take_clock_time(&text, 60, &time) || !take_fraction(&text) ||
	    !take_offset(&text, &offset_s) || text.len != 0)
		return error_set(err, STATUS_MALFORMED,
		                 "not a time as in 2026-11-20T23:49:00Z");
	if (date.year >= 1970)
		time_s = days_since_1970(date) * DAY_S + time.hour * 3600 +
		         time.minute * 60 + time.second - offset_s;
	*ret_s = time_s < 0 ? 0 : time_s > last_time_s ? last_time_s : time_s;
	return STATUS_OK;
}

bool time_text_is_rfc3339(struct view text)
{
	int64_t time_s;

	return time_text_decode_rfc3339(text, &time_s, NULL) == STATUS_OK;
}

/* Cuts "<number><unit>" off *rest and adds it, or does nothing when another unit is
 * next. False when the sum is beyond the maximum. */
static bool take_part(struct view *rest, char unit, uint64_t unit_s, uint64_t *total_s)
{
	size_t at = view_find(*rest, view_of(&unit, 1));
	uint64_t count;

	if (at == SIZE_MAX)
		return true;
	if (decimal_decode(view_of(rest->data, at), DURATION_MAX_S, &count, NULL) !=
	    STATUS_OK)
		return false;
	*rest = view_from(*rest, at + 1);
	*total_s += count * unit_s;
	return *total_s <= DURATION_MAX_S;
}

enum status time_text_decode_duration(struct view text, int64_t *ret_s, struct error *err)
{
	struct view prefix = view_of_string("PT");
	uint64_t total_s = 0;

	if (!view_has_prefix(text, prefix) || text.len == prefix.len)
		return error_set(err, STATUS_MALFORMED, "not a duration as in PT24H");
	text = view_from(text, prefix.len);
	if (!take_part(&text, 'H', 3600, &total_s) ||
	    !take_part(&text, 'M', 60, &total_s) || !take_part(&text, 'S', 1, &total_s) ||
	    text.len != 0)
		return error_set(err, STATUS_MALFORMED,
		                 "not a duration as in PT24H, of at most ten years");
	*ret_s = (int64_t)total_s;
	return STATUS_OK;
}

static size_t append_part(char *text, size_t used, int64_t count, char unit)
{
	if (count == 0)
		return used;
	return used + (size_t)snprintf(text + used, TIME_TEXT_DURATION_MAX + 1 - used,
	                               "%" PRId64 "%c", count, unit);
}

void time_text_encode_duration(int64_t s, char ret_text[TIME_TEXT_DURATION_MAX + 1])
{
	size_t used = 2;

	memcpy(ret_text, "PT", sizeof "PT");
	if (s <= 0) {
		memcpy(ret_text, "PT0S", sizeof "PT0S");
		return;
	}
	used = append_part(ret_text, used, s / 3600, 'H');
	used = append_part(ret_text, used, s / 60 % 60, 'M');
	(void)append_part(ret_text, used, s % 60, 'S');
}
