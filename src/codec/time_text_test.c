/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times and durations: every day of eight thousand years there and back, compared with
 * the C library, and the many forms that are almost right.
 */
#include "codec/time_text.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <time.h>

static bool decodes(const char *text, int64_t *ret_s)
{
	return time_text_decode(view_of_string(text), ret_s, NULL) == STATUS_OK;
}

static void known_times_are_read(void **state)
{
	int64_t time_s = -1;

	assert_true(decodes("1970-01-01T00:00:00Z", &time_s));
	assert_true(time_s == 0);
	assert_true(decodes("2026-11-20T23:49:00Z", &time_s));
	assert_true(time_s == 1795218540);
	assert_true(decodes("2000-02-29T12:00:01Z", &time_s));
	assert_true(time_s == 951825601);
	assert_true(decodes("9999-12-31T23:59:59Z", &time_s));
	assert_true(time_s == 253402300799);
}

static void every_day_comes_back_as_the_c_library_has_it(void **state)
{
	for (int64_t day = 0; day <= 253402300799 / 86400; day++) {
		int64_t time_s = day * 86400 + day % 86400, back_s = -1;
		time_t for_libc = (time_t)time_s;
		struct tm parts;
		char text[TIME_TEXT_LEN + 1], expected[40];

		time_text_encode(time_s, text);
		assert_non_null(gmtime_r(&for_libc, &parts));
		(void)strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%SZ", &parts);
		assert_string_equal(text, expected);
		assert_true(decodes(text, &back_s));
		assert_true(back_s == time_s);
	}
}

static void times_out_of_range_are_clamped(void **state)
{
	char text[TIME_TEXT_LEN + 1];

	time_text_encode(-1, text);
	assert_string_equal(text, "1970-01-01T00:00:00Z");
	time_text_encode(INT64_MIN, text);
	assert_string_equal(text, "1970-01-01T00:00:00Z");
	time_text_encode(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
}

static void no_other_form_of_a_time_is_read(void **state)
{
	static const char *const wrong[] = {
	    "",
	    "2026-11-20",
	    "2026-11-20T23:49:00",
	    "2026-11-20T23:49Z",
	    "2026-11-20T23:49:00z",
	    "2026-11-20t23:49:00Z",
	    "2026-11-20 23:49:00Z",
	    "2026-11-20T23:49:00+00:00",
	    "2026-11-20T23:49:00.0Z",
	    "2026-11-20T23:49:00Z ",
	    " 2026-11-20T23:49:00Z",
	    "2026-11-20T23:49:00ZZ",
	    "2026-1-20T23:49:00Z",
	    "26-11-20T23:49:00Z",
	    "12026-11-20T23:49:00Z",
	    "2026-11-20T24:00:00Z",
	    "2026-11-20T23:60:00Z",
	    "2026-11-20T23:49:60Z",
	    "2016-12-31T23:59:60Z",
	    "2026-00-20T23:49:00Z",
	    "2026-13-20T23:49:00Z",
	    "2026-11-00T23:49:00Z",
	    "2026-11-31T23:49:00Z",
	    "2026-02-29T23:49:00Z",
	    "2100-02-29T23:49:00Z",
	    "1969-12-31T23:59:59Z",
	    "0000-01-01T00:00:00Z",
	    "2026/11/20T23:49:00Z",
	    "2026-11-20T23.49.00Z",
	    "2026-11-2aT23:49:00Z",
	    "+026-11-20T23:49:00Z",
	    "2026-11-20T-3:49:00Z",
	};
	const char *right = "2026-11-20T23:49:00Z";
	int64_t time_s = 77;

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		if (decodes(wrong[i], &time_s))
			fail_msg("accepted: %s", wrong[i]);
	}
	for (size_t len = 0; len < TIME_TEXT_LEN; len++)
		assert_int_equal(time_text_decode(view_of(right, len), &time_s, NULL),
		                 STATUS_MALFORMED);
	assert_true(time_s == 77);
}

static void any_rfc_3339_time_has_the_form(void **state)
{
	static const char *const right[] = {
	    "2026-11-20T23:49:00Z",         "2026-11-20t23:49:00z",
	    "1985-04-12T23:20:50.52Z",      "1996-12-19T16:39:57-08:00",
	    "1990-12-31T23:59:60Z",         "1990-12-31T15:59:60-08:00",
	    "1937-01-01T12:00:27.87+00:20", "0000-01-01T00:00:00.123456789012345Z",
	    "2026-11-20T23:49:00-00:00",    "9999-12-31T23:59:59+23:59",
	};
	static const char *const wrong[] = {
	    "2026-11-20T23:49:00",
	    "2026-11-20T23:49:00.Z",
	    "2026-11-20T23:49Z",
	    "2026-11-20T23:49:00+0100",
	    "2026-11-20T23:49:00+1:00",
	    "2026-11-20T23:49:00+24:00",
	    "2026-11-20T23:49:00+01:60",
	    "2026-11-20T23:49:61Z",
	    "2026-02-30T23:49:00Z",
	    "2026-11-20 23:49:00Z",
	    "2026-11-20T23:49:00,5Z",
	    "2026-11-20T23:49:00Z0",
	    "",
	    "2026-11-20",
	    "2026-11-20T24:00:00Z",
	};

	for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
		if (!time_text_is_rfc3339(view_of_string(right[i])))
			fail_msg("refused: %s", right[i]);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		if (time_text_is_rfc3339(view_of_string(wrong[i])))
			fail_msg("accepted: %s", wrong[i]);
	}
}

static void durations_are_summed(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} right[] = {
	    {"PT24H", 86400},
	    {"PT0S", 0},
	    {"PT5M", 300},
	    {"PT1H2M3S", 3723},
	    {"PT1H3S", 3603},
	    {"PT90M", 5400},
	    {"PT87600H", 315360000},
	    {"PT315360000S", 315360000},
	    {"PT87599H59M60S", 315360000},
	};

	for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
		int64_t seconds = -1;

		assert_int_equal(time_text_decode_duration(view_of_string(right[i].text),
		                                           &seconds, NULL),
		                 STATUS_OK);
		assert_true(seconds == right[i].seconds);
	}
}

static void any_rfc_3339_time_is_read_as_utc(void **state)
{
	static const struct {
		const char *text;
		int64_t time_s;
	} times[] = {
	    {"2026-11-20T23:49:00Z", 1795218540},
	    {"2026-11-20t23:49:00.999z", 1795218540},
	    {"2026-11-21T06:49:00+07:00", 1795218540},
	    {"2026-11-20T18:19:00-05:30", 1795218540},
	    {"2026-12-31T23:59:60Z", 1798761600},
	    {"1970-01-01T00:00:00+00:01", 0},
	    {"0000-01-01T00:00:00Z", 0},
	    {"9999-12-31T23:59:59-01:00", 253402300799},
	};
	int64_t time_s = 77;

	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		assert_int_equal(time_text_decode_rfc3339(view_of_string(times[i].text),
		                                          &time_s, NULL),
		                 STATUS_OK);
		assert_true(time_s == times[i].time_s);
	}
	assert_int_equal(
	    time_text_decode_rfc3339(view_of_string("2026-11-20"), &time_s, NULL),
	    STATUS_MALFORMED);
}

static void no_other_form_of_a_duration_is_read(void **state)
{
	static const char *const wrong[] = {
	    "",
	    "P",
	    "PT",
	    "24H",
	    "P1D",
	    "P1DT1H",
	    "PTH",
	    "PT1",
	    "PT1h",
	    "pt1H",
	    "PT1M1H",
	    "PT1H1H",
	    "PT1S1M",
	    "PT-1H",
	    "PT+1H",
	    "PT1.5H",
	    "PT 1H",
	    "PT1H ",
	    "PT01H",
	    "PT1HM",
	    "PT87601H",
	    "PT87600H1S",
	    "PT1H2",
	    "PT1W",
	    "P1Y",
	    "PT99999999999999999999H",
	    "PT315360001S",
	    "PT307445734561825861H",
	};

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		int64_t seconds = 77;

		if (time_text_decode_duration(view_of_string(wrong[i]), &seconds, NULL) !=
		    STATUS_MALFORMED)
			fail_msg("accepted: %s", wrong[i]);
		assert_true(seconds == 77);
	}
}

static void durations_are_written_in_their_shortest_form(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} rows[] = {
	    {0, "PT0S"},       {-5, "PT0S"},         {45, "PT45S"},
	    {60, "PT1M"},      {90, "PT1M30S"},      {3600, "PT1H"},
	    {5400, "PT1H30M"}, {90061, "PT25H1M1S"}, {315360000, "PT87600H"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char text[TIME_TEXT_DURATION_MAX + 1];
		int64_t seconds;

		time_text_encode_duration(rows[i].seconds, text);
		assert_string_equal(text, rows[i].text);
		if (rows[i].seconds <= 0)
			continue;
		assert_int_equal(
		    time_text_decode_duration(view_of_string(text), &seconds, NULL),
		    STATUS_OK);
		assert_true(seconds == rows[i].seconds);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(known_times_are_read),
	    cmocka_unit_test(every_day_comes_back_as_the_c_library_has_it),
	    cmocka_unit_test(times_out_of_range_are_clamped),
	    cmocka_unit_test(no_other_form_of_a_time_is_read),
	    cmocka_unit_test(any_rfc_3339_time_has_the_form),
	    cmocka_unit_test(any_rfc_3339_time_is_read_as_utc),
	    cmocka_unit_test(durations_are_summed),
	    cmocka_unit_test(no_other_form_of_a_duration_is_read),
	    cmocka_unit_test(durations_are_written_in_their_shortest_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
