/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/staging.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "crypto/random.h"

enum { BLOB_LEN = 32, LOG = 7 };

/* The bytes of count blobs, each its number repeated. */
static struct buf blobs_of(uint32_t first, uint32_t count)
{
	struct buf bytes = BUF_INIT(STAGING_MAX + 1024);
	for (uint32_t i = 0; i < count; i++)
		for (size_t k = 0; k < BLOB_LEN / sizeof i; k++)
			buf_append_u32(&bytes, first + i);
	return bytes;
}

static struct hash id_of(uint32_t number)
{
	CLEANUP_BUF struct buf bytes = blobs_of(number, 1);
	return sha256(buf_view(&bytes));
}

static void stage(struct staging *staging, uint32_t first, uint32_t count, int64_t now_ms)
{
	CLEANUP_BUF struct buf bytes = blobs_of(first, count);
	assert_int_equal(staging_begin(staging, buf_view(&bytes), now_ms, NULL),
	                 STATUS_OK);
	for (uint32_t i = 0; i < count; i++) {
		struct hash id = id_of(first + i);
		assert_int_equal(
		    staging_put(staging, LOG, &id, (size_t)i * BLOB_LEN, BLOB_LEN, NULL),
		    STATUS_OK);
	}
}

static bool holds(const struct staging *staging, uint32_t log, uint32_t number)
{
	CLEANUP_BUF struct buf bytes = blobs_of(number, 1);
	struct hash id = id_of(number);
	struct view blob;
	if (!staging_get(staging, log, &id, &blob))
		return false;
	assert_true(view_equal(blob, buf_view(&bytes)));
	return true;
}

static void drop(struct staging *staging, uint32_t number)
{
	struct hash id = id_of(number);
	staging_drop(staging, LOG, &id);
}

static void blobs_are_found_under_their_own_log_only(void **state)
{
	struct staging *staging = staging_new();
	assert_false(holds(staging, LOG, 1));
	drop(staging, 1); /* of nothing */
	stage(staging, 0, 100, 0);
	for (uint32_t i = 0; i < 100; i++) {
		assert_true(holds(staging, LOG, i));
		assert_false(holds(staging, LOG + 1, i));
	}
	assert_false(holds(staging, LOG, 100));
	staging_free(staging);
}

static void dropping_in_any_order_loses_nothing_else(void **state)
{
	enum { COUNT = 2000 };
	static bool is_there[COUNT];
	struct staging *staging = staging_new();
	uint32_t number = 1;
	stage(staging, 0, COUNT, 0);
	memset(is_there, 1, sizeof is_there);
	for (int round = 0; round < 3 * COUNT; round++) {
		number = number * 1664525 + 1013904223;
		uint32_t at = number >> 8;
		drop(staging, at % COUNT);
		is_there[at % COUNT] = false;
		if (round % 500)
			continue;
		for (uint32_t i = 0; i < COUNT; i++)
			assert_int_equal(holds(staging, LOG, i), is_there[i]);
	}
	staging_free(staging);
}

static void a_blob_lives_as_long_as_it_is_named_and_no_longer_counts_after(void **state)
{
	static uint8_t large[STAGING_MAX / 2];
	struct staging *staging = staging_new();
	struct hash ids[2] = {{{1}}, {{2}}};
	struct view blob;
	for (int i = 0; i < 2; i++) {
		large[0] = (uint8_t)i;
		assert_int_equal(
		    staging_begin(staging, view_of(large, sizeof large), 0, NULL),
		    STATUS_OK);
		assert_int_equal(
		    staging_put(staging, LOG, &ids[i], 0, sizeof large, NULL), STATUS_OK);
	}
	assert_int_equal(staging_begin(staging, view_of(large, 1), 0, NULL),
	                 STATUS_LIMIT);
	assert_true(staging_get(staging, LOG, &ids[0], &blob));
	assert_int_equal(blob.data[0], 0);
	assert_true(staging_get(staging, LOG, &ids[1], &blob));
	assert_int_equal(blob.data[0], 1);
	staging_drop(staging, LOG, &ids[0]);
	assert_int_equal(staging_begin(staging, view_of(large, sizeof large), 0, NULL),
	                 STATUS_OK);
	/* nothing was named in it: it makes room for the next */
	assert_int_equal(staging_begin(staging, view_of(large, sizeof large), 0, NULL),
	                 STATUS_OK);
	staging_free(staging);
}

static void a_blob_that_comes_twice_is_kept_once(void **state)
{
	struct staging *staging = staging_new();
	for (int i = 0; i < 10; i++)
		stage(staging, 0, 50, i);
	drop(staging, 3);
	assert_false(holds(staging, LOG, 3));
	assert_true(holds(staging, LOG, 4));
	staging_free(staging);
}

static void an_hour_later_it_is_gone(void **state)
{
	struct staging *staging = staging_new();
	stage(staging, 0, 100, 0);
	stage(staging, 100, 100, 1000);
	staging_expire(staging, STAGING_KEEP_MS);
	assert_true(holds(staging, LOG, 0));
	staging_expire(staging, STAGING_KEEP_MS + 1);
	for (uint32_t i = 0; i < 200; i++)
		assert_int_equal(holds(staging, LOG, i), i >= 100);
	stage(staging, 0, 1, STAGING_KEEP_MS + 2); /* and can come again */
	staging_expire(staging, STAGING_KEEP_MS + 1001);
	assert_true(holds(staging, LOG, 0));
	assert_false(holds(staging, LOG, 150));
	staging_expire(staging, 3 * (int64_t)STAGING_KEEP_MS);
	assert_false(holds(staging, LOG, 0));
	staging_free(staging);
}

static void a_clock_set_back_keeps_blobs_no_longer_than_forward(void **state)
{
	struct staging *staging = staging_new();
	stage(staging, 0, 10, 5 * (int64_t)STAGING_KEEP_MS);
	stage(staging, 10, 10, 1000); /* the clock was set back */
	staging_expire(staging, STAGING_KEEP_MS + 1001);
	assert_true(holds(staging, LOG, 0));
	assert_false(holds(staging, LOG, 10));
	staging_free(staging);
}

/* 64 MiB of the smallest blobs would need many times that in names. */
static void very_many_small_blobs_are_too_many(void **state)
{
	enum { STEP = 1 << 14 };
	struct staging *staging = staging_new();
	CLEANUP_BUF struct buf bytes = blobs_of(0, STEP);
	enum status status = STATUS_OK;
	struct hash id = {{0}};
	size_t put = 0;
	for (size_t i = 0; status == STATUS_OK && put < STAGING_MAX / BLOB_LEN; i++) {
		if (i % STEP == 0)
			assert_int_equal(
			    staging_begin(staging, buf_view(&bytes), 0, NULL), STATUS_OK);
		random_bytes(id.bytes, sizeof id.bytes);
		status =
		    staging_put(staging, LOG, &id, i % STEP * BLOB_LEN, BLOB_LEN, NULL);
		put += status == STATUS_OK;
	}
	assert_int_equal(status, STATUS_LIMIT);
	assert_int_equal(put, STAGING_BLOBS_MAX);
	staging_expire(staging, 2 * (int64_t)STAGING_KEEP_MS);
	stage(staging, 0, 100, 2 * (int64_t)STAGING_KEEP_MS);
	assert_true(holds(staging, LOG, 99));
	staging_free(staging);
}

static int set_up(void **state)
{
	return crypto_init(NULL) == STATUS_OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(blobs_are_found_under_their_own_log_only),
	    cmocka_unit_test(dropping_in_any_order_loses_nothing_else),
	    cmocka_unit_test(
	        a_blob_lives_as_long_as_it_is_named_and_no_longer_counts_after),
	    cmocka_unit_test(a_blob_that_comes_twice_is_kept_once),
	    cmocka_unit_test(an_hour_later_it_is_gone),
	    cmocka_unit_test(a_clock_set_back_keeps_blobs_no_longer_than_forward),
	    cmocka_unit_test(very_many_small_blobs_are_too_many),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
