/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bundles: the published bytes, cuts at every place, empty and largest entries.
 */
#include "tlog/bundle.h"

#include "tlog/tlog_testing.h"

/* Case 4: 0000 000161 00026263. */
static void three_entries_make_the_published_bytes(void **state)
{
	CLEANUP_BUF struct buf bundle = BUF_INIT(100);
	tlog_bundle_append(&bundle, view_of("", 0));
	tlog_bundle_append(&bundle, view_of_string("a"));
	tlog_bundle_append(&bundle, view_of_string("bc"));
	CLEANUP_BUF struct buf expected = test_load_own("tree/tile/entries/000.p/3");
	test_assert_view_equal(buf_view(&bundle), buf_view(&expected));
	CLEANUP_BUF struct buf from_json = test_load_cosig_bytes("bundle_hex");
	test_assert_view_equal(buf_view(&bundle), buf_view(&from_json));
}

static void entries_come_out_as_they_went_in(void **state)
{
	CLEANUP_BUF struct buf bundle = test_load_own("tree/tile/entries/000.p/3");
	struct reader reader = reader_of(buf_view(&bundle));
	struct view entry;
	static const char *const expected[] = {"", "a", "bc"};
	for (size_t i = 0; i < 3; i++) {
		assert_true(tlog_bundle_next(&reader, &entry));
		assert_true(view_equal_string(entry, expected[i]));
	}
	assert_false(tlog_bundle_next(&reader, &entry));
	assert_true(reader_is_done(&reader));
}

static void cut_bundle_is_seen_at_every_byte(void **state)
{
	CLEANUP_BUF struct buf bundle = test_load_own("tree/tile/entries/000.p/3");
	struct view whole = buf_view(&bundle);
	assert_int_equal(tlog_bundle_check(whole, 3, NULL), STATUS_OK);
	for (size_t len = 0; len < whole.len; len++)
		assert_int_equal(tlog_bundle_check(view_of(whole.data, len), 3, NULL),
		                 STATUS_MALFORMED);
}

static void cut_entry_leaves_the_reader_undone(void **state)
{
	struct reader reader = reader_of(view_of("\0\2b", 3));
	struct view entry;
	assert_false(tlog_bundle_next(&reader, &entry));
	assert_false(reader_is_done(&reader));
}

static void wrong_count_is_refused(void **state)
{
	CLEANUP_BUF struct buf bundle = test_load_own("tree/tile/entries/000.p/3");
	assert_int_equal(tlog_bundle_check(buf_view(&bundle), 2, NULL), STATUS_MALFORMED);
	assert_int_equal(tlog_bundle_check(buf_view(&bundle), 4, NULL), STATUS_MALFORMED);
	assert_int_equal(tlog_bundle_check(view_of("", 0), 0, NULL), STATUS_OK);
	assert_int_equal(tlog_bundle_check(view_of("", 1), 0, NULL), STATUS_MALFORMED);
}

static void largest_entry_fits(void **state)
{
	CLEANUP_BUF struct buf bundle = BUF_INIT(2 + TLOG_ENTRY_MAX);
	CLEANUP_BUF struct buf entry = BUF_INIT(TLOG_ENTRY_MAX);
	memset(buf_extend(&entry, TLOG_ENTRY_MAX), 'x', TLOG_ENTRY_MAX);
	tlog_bundle_append(&bundle, buf_view(&entry));
	assert_int_equal(bundle.failed, STATUS_OK);
	struct reader reader = reader_of(buf_view(&bundle));
	struct view out;
	assert_true(tlog_bundle_next(&reader, &out));
	test_assert_view_equal(out, buf_view(&entry));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(three_entries_make_the_published_bytes),
	    cmocka_unit_test(entries_come_out_as_they_went_in),
	    cmocka_unit_test(cut_bundle_is_seen_at_every_byte),
	    cmocka_unit_test(cut_entry_leaves_the_reader_undone),
	    cmocka_unit_test(wrong_count_is_refused),
	    cmocka_unit_test(largest_entry_fits),
	};
	return cmocka_run_group_tests(tests, test_setup, NULL);
}
