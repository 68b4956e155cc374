/* SPDX-License-Identifier: Apache-2.0 */
#include "link/gunzip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <zlib.h>

#include "base/cleanup.h"

static void pack(struct buf *out, const void *data, size_t len, int window)
{
	z_stream stream = {.next_in = (unsigned char *)data, .avail_in = (unsigned)len};
	size_t bound;

	assert_int_equal(
	    deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
	bound = deflateBound(&stream, len) + 64;
	stream.next_out = buf_extend(out, bound);
	stream.avail_out = (unsigned)bound;
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	out->len -= stream.avail_out;
	(void)deflateEnd(&stream);
}

static void lengths_around_the_bound_are_told_apart(void **state)
{
	static const size_t max = 300000;
	CLEANUP_FREE uint8_t *data = calloc(1, max + 2);

	for (size_t len = max - 1; len <= max + 1; len++) {
		CLEANUP_BUF struct buf packed = BUF_INIT(2 * max);
		CLEANUP_BUF struct buf plain = BUF_INIT(max);

		pack(&packed, data, len, MAX_WBITS + 16);
		assert_int_equal(link_gunzip(buf_view(&packed), &plain, NULL),
		                 len <= max ? STATUS_OK : STATUS_LIMIT);
		assert_int_equal(plain.len, len <= max ? len : max);
		assert_true(plain.cap <= max);
	}
}

static void an_empty_stream_is_nothing(void **state)
{
	CLEANUP_BUF struct buf packed = BUF_INIT(1000);
	CLEANUP_BUF struct buf plain = BUF_INIT(10);

	pack(&packed, "", 0, MAX_WBITS + 16);
	assert_int_equal(link_gunzip(buf_view(&packed), &plain, NULL), STATUS_OK);
	assert_int_equal(plain.len, 0);
}

static void every_cut_and_every_flipped_bit_is_noticed(void **state)
{
	static const char text[] =
	    "the lamp of the ship says: come no closer, come no closer";
	CLEANUP_BUF struct buf packed = BUF_INIT(1000);
	size_t changed = 0;

	pack(&packed, text, sizeof text, MAX_WBITS + 16);
	for (size_t len = 0; len < packed.len; len++) {
		CLEANUP_BUF struct buf plain = BUF_INIT(1000);

		assert_int_equal(link_gunzip(view_of(packed.data, len), &plain, NULL),
		                 STATUS_MALFORMED);
	}
	for (size_t bit = 0; bit < 8 * packed.len; bit++) {
		CLEANUP_BUF struct buf plain = BUF_INIT(1000);
		enum status status;

		packed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		status = link_gunzip(buf_view(&packed), &plain, NULL);
		packed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		/* Bits of the header's time and system mean nothing. */
		if (status == STATUS_OK)
			assert_true(
			    view_equal(buf_view(&plain), view_of(text, sizeof text)));
		else
			changed++;
	}
	assert_true(changed > 8 * (packed.len - 10));
}

static void other_forms_and_trailing_bytes_are_refused(void **state)
{
	CLEANUP_BUF struct buf zlib = BUF_INIT(1000);
	CLEANUP_BUF struct buf packed = BUF_INIT(1000);
	CLEANUP_BUF struct buf plain = BUF_INIT(1000);

	pack(&zlib, "hello", 5, MAX_WBITS);
	assert_int_equal(link_gunzip(buf_view(&zlib), &plain, NULL), STATUS_MALFORMED);
	pack(&packed, "hello", 5, MAX_WBITS + 16);
	buf_append_byte(&packed, 0);
	assert_int_equal(link_gunzip(buf_view(&packed), &plain, NULL), STATUS_MALFORMED);
	packed.len--;
	pack(&packed, "again", 5, MAX_WBITS + 16); /* a second member */
	assert_int_equal(link_gunzip(buf_view(&packed), &plain, NULL), STATUS_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lengths_around_the_bound_are_told_apart),
	    cmocka_unit_test(an_empty_stream_is_nothing),
	    cmocka_unit_test(every_cut_and_every_flipped_bit_is_noticed),
	    cmocka_unit_test(other_forms_and_trailing_bytes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
