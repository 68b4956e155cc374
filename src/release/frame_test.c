/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A release file is head, data, tail; whatever changes in the page is noticed, and only
 * that.
 */
#include "release/frame.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "release/verify.h"

#define DATA "{\"aldis\":1}"

static struct buf file_of(const char *data)
{
	struct buf file = BUF_INIT(1 << 24);

	assert_int_equal(release_file_append(view_of_string(data), &file), STATUS_OK);
	return file;
}

static enum status split(const struct buf *file)
{
	struct release_frame_found found;

	return release_frame_split(buf_view(file), &found, NULL);
}

static void a_file_is_taken_apart_as_it_was_put_together(void **state)
{
	struct release_frame_found found;
	struct buf file = file_of(DATA), empty = file_of("");
	const struct release_page own = release_page_own();

	assert_int_equal(release_frame_split(buf_view(&file), &found, NULL), STATUS_OK);
	assert_true(view_equal_string(found.data, DATA));
	assert_string_equal(found.version, own.version);
	assert_true(hash_equal(&found.hash, &own.hash));
	assert_int_equal(release_frame_split(buf_view(&empty), &found, NULL), STATUS_OK);
	assert_int_equal(found.data.len, 0);
	buf_release(&file);
	buf_release(&empty);
}

static void every_byte_of_the_page_counts(void **state)
{
	struct buf file = file_of(DATA);
	size_t tail_at = file.len - release_page_tail.len;

	for (size_t i = 0; i < file.len; i += 101) {
		bool is_data = i >= release_page_head.len && i < tail_at;

		file.data[i] ^= 1;
		assert_int_equal(split(&file), is_data ? STATUS_OK : STATUS_MALFORMED);
		file.data[i] ^= 1;
	}
	for (size_t i = 0; i < strlen(DATA); i++) {
		file.data[release_page_head.len + i] ^= 0xff;
		assert_int_equal(split(&file), STATUS_OK);
	}
	file.data[file.len - 1] ^= 1;
	assert_int_equal(split(&file), STATUS_MALFORMED);
	buf_release(&file);
}

static void what_is_cut_or_grows_is_no_page(void **state)
{
	struct buf file = file_of("");
	size_t len = file.len;

	for (size_t cut = 1; cut <= len; cut += 997) {
		file.len = len - cut;
		assert_int_equal(split(&file), STATUS_MALFORMED);
	}
	file.len = 0;
	assert_int_equal(split(&file), STATUS_MALFORMED);
	file.len = len;
	buf_append_byte(&file, '\n');
	assert_int_equal(split(&file), STATUS_MALFORMED);
	buf_release(&file);
}

static void a_page_is_told_at_a_glance(void **state)
{
	struct buf file = file_of(DATA);

	assert_true(release_frame_is_one(view_of(file.data, 64)));
	file.data[3] ^= 0x20;
	assert_true(release_frame_is_one(view_of(file.data, 64)));
	file.data[0] = 'x';
	assert_true(release_frame_is_one(buf_view(&file)));
	assert_true(release_frame_is_one(view_of_string("\xef\xbb\xbf\r\n<HTML>")));
	assert_false(release_frame_is_one(view_of_string("c2sp.org/tlog-proof@v1\n")));
	assert_false(release_frame_is_one(view_of_string(DATA)));
	assert_false(release_frame_is_one(view_of("", 0)));
	buf_release(&file);
}

static void a_tampered_page_is_told_before_its_data(void **state)
{
	struct release_result result = {0};
	const struct bundle_trust none = {0};
	struct buf file = file_of(DATA);

	assert_int_equal(release_verify_file(buf_view(&file), &none, &result, NULL),
	                 STATUS_OK);
	assert_string_equal(result.code, "data-form");
	assert_string_equal(result.page_version, release_page_own().version);
	release_result_release(&result);
	file.data[file.len - 1] ^= 1;
	assert_int_equal(release_verify_file(buf_view(&file), &none, &result, NULL),
	                 STATUS_OK);
	assert_string_equal(result.code, "frame");
	assert_false(result.bundle.is_consistent);
	assert_null(result.page_version);
	release_result_release(&result);
	buf_release(&file);
}

/* Once published, the page of a version is what it is. */
static void a_published_version_keeps_its_page(void **state)
{
	const struct release_page own = release_page_own();

	for (size_t i = 0; i < release_page_count; i++)
		if (strcmp(release_pages[i].version, own.version) == 0)
			assert_true(hash_equal(&release_pages[i].hash, &own.hash));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_file_is_taken_apart_as_it_was_put_together),
	    cmocka_unit_test(every_byte_of_the_page_counts),
	    cmocka_unit_test(what_is_cut_or_grows_is_no_page),
	    cmocka_unit_test(a_page_is_told_at_a_glance),
	    cmocka_unit_test(a_tampered_page_is_told_before_its_data),
	    cmocka_unit_test(a_published_version_keeps_its_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
