/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines byte for byte, and labels that would like to be more than a label.
 */
#include "codec/metrics_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"

#define assert_written(out, expected)                                     \
	do {                                                              \
		buf_append_byte(out, '\0');                               \
		assert_string_equal((const char *)(out)->data, expected); \
	} while (0)

static void a_family_says_what_it_is(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(4096);
	struct metrics_writer writer = metrics_writer_of(&out);

	metrics_family(&writer, "aldis_turns_total", METRICS_COUNTER, "Turns.");
	metrics_integer(&writer, UINT64_MAX);
	metrics_family(&writer, "aldis_up", METRICS_GAUGE, "Is it?");
	metrics_label(&writer, "a", "x");
	metrics_label(&writer, "b", "");
	metrics_bool(&writer, true);
	metrics_label(&writer, "a", "y");
	metrics_bool(&writer, false);
	assert_written(&out, "# HELP aldis_turns_total Turns.\n"
	                     "# TYPE aldis_turns_total counter\n"
	                     "aldis_turns_total 18446744073709551615\n"
	                     "# HELP aldis_up Is it?\n# TYPE aldis_up gauge\n"
	                     "aldis_up{a=\"x\",b=\"\"} 1\naldis_up{a=\"y\"} 0\n");
}

static void hostile_labels_stay_labels(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(4096);
	struct metrics_writer writer = metrics_writer_of(&out);

	writer.name = "m";
	metrics_label(&writer, "t", "\"} 1\nm{t=\"\\");
	metrics_integer(&writer, 0);
	metrics_label(&writer, "t", "\r\t\x7f\xff\xc3 \xc3\xa9\xe2\x98\x83");
	metrics_integer(&writer, 0);
	assert_written(&out, "m{t=\"\\\"} 1?m{t=\\\"\\\\\"} 0\n"
	                     "m{t=\"????? \xc3\xa9\xe2\x98\x83\"} 0\n");
}

static void seconds_have_the_digits_they_need(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(4096);
	struct metrics_writer writer = metrics_writer_of(&out);

	writer.name = "m";
	metrics_ms(&writer, 1795218540000);
	metrics_ms(&writer, 1500);
	metrics_ms(&writer, 7);
	metrics_ms(&writer, 0);
	metrics_ms(&writer, -5);
	metrics_us(&writer, 20000010);
	assert_written(&out, "m 1795218540\nm 1.5\nm 0.007\nm 0\nm 0\nm 20.00001\n");
}

static void buckets_add_up(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(4096);
	struct metrics_writer writer = metrics_writer_of(&out);
	struct histogram histogram = {0};

	histogram_add(&histogram, 50 * 1000);
	histogram_add(&histogram, 2 * 1000 * 1000);
	histogram_add(&histogram, UINT64_C(20) * 1000 * 1000 * 1000);
	metrics_family(&writer, "d", METRICS_HISTOGRAM, "How long.");
	metrics_histogram(&writer, &histogram);
	assert_written(&out, "# HELP d How long.\n# TYPE d histogram\n"
	                     "d_bucket{le=\"0.0001\"} 1\nd_bucket{le=\"0.00025\"} 1\n"
	                     "d_bucket{le=\"0.0005\"} 1\nd_bucket{le=\"0.001\"} 1\n"
	                     "d_bucket{le=\"0.0025\"} 2\nd_bucket{le=\"0.005\"} 2\n"
	                     "d_bucket{le=\"0.01\"} 2\nd_bucket{le=\"0.025\"} 2\n"
	                     "d_bucket{le=\"0.05\"} 2\nd_bucket{le=\"0.1\"} 2\n"
	                     "d_bucket{le=\"0.25\"} 2\nd_bucket{le=\"0.5\"} 2\n"
	                     "d_bucket{le=\"1\"} 2\nd_bucket{le=\"2.5\"} 2\n"
	                     "d_bucket{le=\"5\"} 2\nd_bucket{le=\"10\"} 2\n"
	                     "d_bucket{le=\"+Inf\"} 3\nd_sum 20.00205\nd_count 3\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_family_says_what_it_is),
	    cmocka_unit_test(hostile_labels_stay_labels),
	    cmocka_unit_test(seconds_have_the_digits_they_need),
	    cmocka_unit_test(buckets_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
