/* SPDX-License-Identifier: Apache-2.0 */
#include "release/manifest.h"

#include "tlog/tlog_testing.h"

#define ID "1111111111111111111111111111111111111111111111111111111111111111"
#define ROOT "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define HEAD                                                                     \
	"aldis.release/1\n{\"aldis\":1,\"channel\":\"" ID "\",\"charter\":\"" ID \
	"\",\"rule\":\"joint\",\"title\":\"A\",\"cover\":{\"en\":\"Why\"},"      \
	"\"made\":\"2026-11-20T23:49:00Z\",\"by\":\"north.example\",\"logs\":["
#define LOG(size, first, modes)                                                   \
	"{\"origin\":\"north.example/" ID "\",\"size\":" size ",\"root\":\"" ROOT \
	"\",\"first\":" first ",\"modes\":\"" modes "\"}"
#define TAIL "],\"attachments\":[]}\n"

static enum status decode(const char *text, struct release_manifest *ret_manifest)
{
	*ret_manifest = (struct release_manifest){0};
	return release_manifest_decode(view_of_string(text), ret_manifest, NULL);
}

static void assert_refused(const char *text)
{
	struct release_manifest manifest;

	if (decode(text, &manifest) == STATUS_OK)
		fail_msg("taken: %s", text);
	release_manifest_release(&manifest);
}

static void a_manifest_reads_as_it_was_written(void **state TEST_UNUSED)
{
	struct release_manifest manifest;

	assert_int_equal(decode(HEAD LOG("6", "2", "2w1f2e1w") TAIL, &manifest),
	                 STATUS_OK);
	assert_int_equal(manifest.log_count, 1);
	assert_memory_equal(manifest.logs[0].modes, "wwfeew", 6);
	assert_string_equal(manifest.by.text, "north.example");
	assert_int_equal(manifest.rule, RECORD_RELEASE_JOINT);
	release_manifest_release(&manifest);
	assert_int_equal(decode(HEAD LOG("0", "0", "") TAIL, &manifest), STATUS_OK);
	release_manifest_release(&manifest);
}

static void runs_have_one_form_and_add_up(void **state TEST_UNUSED)
{
	assert_refused(HEAD LOG("6", "2", "2w1f2e") TAIL);
	assert_refused(HEAD LOG("6", "2", "2w1f2e2w") TAIL);
	assert_refused(HEAD LOG("6", "2", "1w1w1f2e1w") TAIL);
	assert_refused(HEAD LOG("6", "2", "02w1f2e1w") TAIL);
	assert_refused(HEAD LOG("6", "2", "0f2w1f2e1w") TAIL);
	assert_refused(HEAD LOG("6", "2", "2w1f2e1x") TAIL);
	assert_refused(HEAD LOG("6", "2", "2w1f2e1") TAIL);
	assert_refused(HEAD LOG("6", "2", "99999999999999999999f") TAIL);
	assert_refused(HEAD LOG("600000", "0", "600000w") TAIL);
}

static void what_is_before_the_range_is_withheld(void **state TEST_UNUSED)
{
	assert_refused(HEAD LOG("6", "3", "2w1f2e1w") TAIL);
	assert_refused(HEAD LOG("6", "7", "6w") TAIL);
}

static void a_manifest_has_one_form(void **state TEST_UNUSED)
{
	assert_refused(HEAD TAIL);
	assert_refused(HEAD LOG("1", "0", "1f") "," LOG("1", "0", "1f") TAIL);
	assert_refused(HEAD LOG("1", "0", "1f") "],\"attachments\":[] }\n");
	assert_refused(HEAD LOG("1", "0", "1f") "],\"attachments\":[]}");
	assert_refused(HEAD LOG("1", "0", "1f") "],\"attachments\":[\"" ID "\",\"" ID
	                                        "\"]}\n");
	/* modes before the size */
	assert_refused(HEAD "{\"modes\":\"3f\",\"origin\":\"north.example/" ID
	                    "\",\"size\":3,\"root\":\"" ROOT "\",\"first\":0}" TAIL);
	assert_refused("aldis.release/2\n{}\n");
	assert_refused("");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_manifest_reads_as_it_was_written),
	    cmocka_unit_test(runs_have_one_form_and_add_up),
	    cmocka_unit_test(what_is_before_the_range_is_withheld),
	    cmocka_unit_test(a_manifest_has_one_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
