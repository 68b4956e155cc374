/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blobs, the add-blobs body and the list of missing ones.
 */
#include "record/blob.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/cleanup.h"

static const uint8_t salt[RECORD_SALT_LEN] = "0123456789abcdef";

static void a_blob_is_salt_and_content(void **state)
{
	CLEANUP_BUF struct buf blob = BUF_INIT(1000);
	struct record_blob_ref ref = {.size = 5};

	record_blob_append(&blob, salt, view_of_string("hello"));
	assert_true(view_equal_string(buf_view(&blob), "0123456789abcdefhello"));
	assert_true(view_equal_string(record_blob_content(buf_view(&blob)), "hello"));
	ref.id = sha256(buf_view(&blob));
	assert_int_equal(record_blob_check(buf_view(&blob), &ref, NULL), STATUS_OK);
	ref.size = 21;
	assert_int_equal(record_blob_check(buf_view(&blob), &ref, NULL),
	                 STATUS_MALFORMED);
	ref.size = 5;
	blob.data[3] ^= 1;
	assert_int_equal(record_blob_check(buf_view(&blob), &ref, NULL),
	                 STATUS_MALFORMED);
	assert_int_equal(record_blob_check(view_of(blob.data, 4), &ref, NULL),
	                 STATUS_MALFORMED);
}

static void request_make(struct buf *body)
{
	record_add_blobs_append_origin(body, view_of_string("north.example/ab"));
	record_add_blobs_append_blob(body, view_of(salt, sizeof salt));
	record_add_blobs_append_blob(body, view_of_string("0123456789abcdefmore"));
}

static void a_request_comes_back_blob_by_blob(void **state)
{
	CLEANUP_BUF struct buf body = BUF_INIT(1000);
	struct record_add_blobs request;
	struct view blob;

	request_make(&body);
	assert_int_equal(record_add_blobs_parse(buf_view(&body), &request, NULL),
	                 STATUS_OK);
	assert_true(view_equal_string(request.origin, "north.example/ab"));
	assert_int_equal(record_add_blobs_next(&request, &blob, NULL), STATUS_OK);
	assert_true(view_equal(blob, view_of(salt, sizeof salt)));
	assert_int_equal(record_add_blobs_next(&request, &blob, NULL), STATUS_OK);
	assert_true(view_equal_string(blob, "0123456789abcdefmore"));
	assert_int_equal(record_add_blobs_next(&request, &blob, NULL), STATUS_CLOSED);
}

/* Whatever the cut: malformed, or whole blobs and then the end. */
static void a_cut_request_is_malformed(void **state)
{
	CLEANUP_BUF struct buf body = BUF_INIT(1000);

	request_make(&body);
	for (size_t len = 0; len < body.len; len++) {
		struct record_add_blobs request;
		struct view blob;
		enum status status = STATUS_OK;

		if (record_add_blobs_parse(view_of(body.data, len), &request, NULL) !=
		    STATUS_OK) {
			assert_true(len < 18);
			continue;
		}
		while (status == STATUS_OK)
			status = record_add_blobs_next(&request, &blob, NULL);
		assert_int_equal(status, len == 18 || len == 38 ? STATUS_CLOSED
		                                                : STATUS_MALFORMED);
	}
}

static enum status parse_blob_of(size_t len)
{
	CLEANUP_BUF struct buf body = BUF_INIT((size_t)9 << 20);
	struct record_add_blobs request;
	struct view blob;

	record_add_blobs_append_origin(&body, view_of_string("north.example/ab"));
	buf_append_u32(&body, (uint32_t)len);
	memset(buf_extend(&body, len), 0, len);
	assert_int_equal(record_add_blobs_parse(buf_view(&body), &request, NULL),
	                 STATUS_OK);
	return record_add_blobs_next(&request, &blob, NULL);
}

static void blob_sizes_are_limited(void **state)
{
	assert_int_equal(parse_blob_of(RECORD_SALT_LEN - 1), STATUS_MALFORMED);
	assert_int_equal(parse_blob_of(RECORD_SALT_LEN), STATUS_OK);
	assert_int_equal(parse_blob_of(RECORD_ATTACHMENT_BLOB_MAX), STATUS_OK);
	assert_int_equal(parse_blob_of(RECORD_ATTACHMENT_BLOB_MAX + 1), STATUS_MALFORMED);
}

static void a_request_names_its_origin(void **state)
{
	struct record_add_blobs request;

	assert_int_equal(record_add_blobs_parse(view_of("\0\0", 2), &request, NULL),
	                 STATUS_MALFORMED);
	assert_int_equal(record_add_blobs_parse(view_of("", 0), &request, NULL),
	                 STATUS_MALFORMED);
}

static void missing_blobs_are_listed_one_a_line(void **state)
{
	CLEANUP_BUF struct buf body = BUF_INIT(1 << 20);
	struct hash ids[RECORD_MISSING_BLOBS_MAX + 1];
	size_t count = 0;

	for (size_t i = 0; i < RECORD_MISSING_BLOBS_MAX; i++) {
		struct hash id = {{(uint8_t)i, (uint8_t)(i >> 8)}};

		record_missing_blobs_append(&body, &id);
	}
	assert_int_equal(record_missing_blobs_parse(buf_view(&body), ids,
	                                            RECORD_MISSING_BLOBS_MAX + 1, &count,
	                                            NULL),
	                 STATUS_OK);
	assert_int_equal(count, RECORD_MISSING_BLOBS_MAX);
	assert_int_equal(ids[999].bytes[0] + 256 * ids[999].bytes[1], 999);
	assert_int_equal(
	    record_missing_blobs_parse(buf_view(&body), ids, 10, &count, NULL),
	    STATUS_LIMIT);
	record_missing_blobs_append(&body, &ids[0]);
	assert_int_equal(record_missing_blobs_parse(buf_view(&body), ids,
	                                            RECORD_MISSING_BLOBS_MAX + 1, &count,
	                                            NULL),
	                 STATUS_LIMIT);
	assert_int_equal(
	    record_missing_blobs_parse(view_of(body.data, 64), ids, 10, &count, NULL),
	    STATUS_MALFORMED);
	body.data[0] = 'A';
	assert_int_equal(
	    record_missing_blobs_parse(view_of(body.data, 65), ids, 10, &count, NULL),
	    STATUS_MALFORMED);
	assert_int_equal(
	    record_missing_blobs_parse(view_of("", 0), ids, 10, &count, NULL), STATUS_OK);
	assert_int_equal(count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_blob_is_salt_and_content),
	    cmocka_unit_test(a_request_comes_back_blob_by_blob),
	    cmocka_unit_test(a_cut_request_is_malformed),
	    cmocka_unit_test(blob_sizes_are_limited),
	    cmocka_unit_test(a_request_names_its_origin),
	    cmocka_unit_test(missing_blobs_are_listed_one_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
