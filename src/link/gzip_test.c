/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packed and unpacked again, and who wants it packed.
 */
#include "link/gzip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "link/gunzip.h"

static void there_and_back(size_t len)
{
	CLEANUP_BUF struct buf plain = BUF_INIT(1 << 22);
	CLEANUP_BUF struct buf packed = BUF_INIT(1 << 23);
	CLEANUP_BUF struct buf unpacked = BUF_INIT(1 << 22);
	struct error err;

	for (size_t i = 0; i < len; i++)
		buf_append_byte(&plain, (uint8_t)(i * i / 7));
	assert_int_equal(link_gzip(buf_view(&plain), &packed, &err), STATUS_OK);
	assert_int_equal(link_gunzip(buf_view(&packed), &unpacked, &err), STATUS_OK);
	assert_true(view_equal(buf_view(&plain), buf_view(&unpacked)));
}

static void what_is_packed_unpacks_the_same(void **state)
{
	there_and_back(0);
	there_and_back(1);
	there_and_back(1000);
	there_and_back(3 << 20);
}

static void too_little_room_is_said(void **state)
{
	CLEANUP_BUF struct buf packed = BUF_INIT(10);
	struct error err;

	assert_int_equal(link_gzip(view_of_string("hello"), &packed, &err), STATUS_LIMIT);
}

static void the_header_decides(void **state)
{
	assert_true(link_accepts_gzip("gzip"));
	assert_true(link_accepts_gzip("deflate, GZip;q=0.5, br"));
	assert_true(link_accepts_gzip("br,gzip ; q=1"));
	assert_false(link_accepts_gzip(NULL));
	assert_false(link_accepts_gzip(""));
	assert_false(link_accepts_gzip("br, x-gzip, gzipped"));
	assert_false(link_accepts_gzip("gzip;q=0"));
	assert_false(link_accepts_gzip("gzip; q=0.00, br;q=1"));
	assert_false(link_accepts_gzip(" , ,;"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_packed_unpacks_the_same),
	    cmocka_unit_test(too_little_room_is_said),
	    cmocka_unit_test(the_header_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
