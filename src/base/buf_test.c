/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owned bytes: growing, the maximum, and that a failed buffer stays failed without a
 * hole.
 */
#include "base/buf.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/cleanup.h"

/* So that a refused allocation returns NULL under the address sanitizer too. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void everything_appended_comes_out_in_order(void **state)
{
	CLEANUP_BUF struct buf buf = BUF_INIT(1000);

	buf_append_string(&buf, "a");
	buf_append_byte(&buf, 'b');
	buf_append(&buf, "cd", 2);
	buf_append(&buf, NULL, 0);
	buf_append_view(&buf, view_of_string("e"));
	buf_printf(&buf, "%03d", 7);
	buf_append_u16(&buf, 0x0102);
	buf_append_u32(&buf, 0x03040506);
	buf_append_u64(&buf, 0x0708090a0b0c0d0eU);
	assert_int_equal(buf_check(&buf, "it", NULL), STATUS_OK);
	assert_true(view_equal(
	    buf_view(&buf), view_of("abcde007\1\2\3\4\5\6\7\10\11\12\13\14\15\16", 22)));
}

static void the_maximum_itself_is_allowed(void **state)
{
	CLEANUP_BUF struct buf buf = BUF_INIT(100);

	for (int i = 0; i < 100; i++)
		buf_append_byte(&buf, (uint8_t)i);
	assert_int_equal(buf_check(&buf, "it", NULL), STATUS_OK);
	assert_int_equal(buf.len, 100);
	assert_true(buf.cap <= 100);
	assert_int_equal(buf.data[99], 99);
}

static void beyond_the_maximum_nothing_more_is_taken(void **state)
{
	CLEANUP_BUF struct buf buf = BUF_INIT(4);
	struct error err;

	buf_append_string(&buf, "abc");
	buf_append_string(&buf, "de");
	buf_append_string(&buf, "f"); /* would fit, but would hide the hole */
	assert_null(buf_extend(&buf, 1));
	assert_true(view_equal_string(buf_view(&buf), "abc"));
	assert_int_equal(buf_check(&buf, "the card", &err), STATUS_LIMIT);
	assert_string_equal(err.text, "the card is larger than the 4 bytes allowed");
	buf_clear(&buf);
	buf_append_string(&buf, "ok");
	assert_int_equal(buf_check(&buf, "the card", &err), STATUS_OK);
	assert_true(view_equal_string(buf_view(&buf), "ok"));
}

static void an_absurd_length_is_a_limit_not_an_overflow(void **state)
{
	CLEANUP_BUF struct buf buf = BUF_INIT(SIZE_MAX);

	buf_append_byte(&buf, 1);
	assert_null(buf_extend(&buf, SIZE_MAX));
	assert_int_equal(buf_check(&buf, "it", NULL), STATUS_LIMIT);
	assert_int_equal(buf.len, 1);
}

static void memory_that_is_not_to_be_had_is_said(void **state)
{
	CLEANUP_BUF struct buf buf = BUF_INIT(SIZE_MAX);
	struct error err;

	buf_append_byte(&buf, 1);
	assert_null(buf_extend(&buf, SIZE_MAX / 4));
	assert_int_equal(buf_check(&buf, "it", &err), STATUS_NO_MEMORY);
	assert_string_equal(err.text, "not enough memory for it");
	assert_int_equal(buf.len, 1);
}

static void a_long_printf_is_whole(void **state)
{
	CLEANUP_BUF struct buf buf = BUF_INIT(5000);

	buf_printf(&buf, "%4000d|", 1);
	assert_int_equal(buf.len, 4001);
	assert_int_equal(buf.data[4000], '|');
	buf_printf(&buf, "%4000d|", 1);
	assert_int_equal(buf_check(&buf, "it", NULL), STATUS_LIMIT);
	assert_int_equal(buf.len, 4001);
}

static void consuming_moves_the_rest_to_the_front(void **state)
{
	CLEANUP_BUF struct buf buf = BUF_INIT(100);

	buf_consume(&buf, 0);
	buf_append_string(&buf, "abcdef");
	buf_consume(&buf, 4);
	assert_true(view_equal_string(buf_view(&buf), "ef"));
	buf_consume(&buf, 2);
	assert_int_equal(buf.len, 0);
}

static void taking_empties_the_source(void **state)
{
	CLEANUP_BUF struct buf buf = BUF_INIT(100);
	CLEANUP_BUF struct buf taken = {0};

	buf_append_string(&buf, "abc");
	taken = buf_take(&buf);
	assert_true(view_equal_string(buf_view(&taken), "abc"));
	assert_null(buf.data);
	assert_int_equal(buf.len, 0);
	buf_append_string(&buf, "again");
	assert_true(view_equal_string(buf_view(&buf), "again"));
}

static void releasing_twice_or_nothing_is_harmless(void **state)
{
	struct buf buf = {0};

	buf_release(&buf);
	buf = BUF_INIT(10);
	buf_append_string(&buf, "abc");
	buf_release(&buf);
	buf_release(&buf);
	assert_null(buf.data);
}

static void an_all_zero_buffer_holds_nothing(void **state)
{
	CLEANUP_BUF struct buf buf = {0};

	assert_non_null(buf_extend(&buf, 0));
	buf_append_byte(&buf, 1);
	assert_int_equal(buf_check(&buf, "it", NULL), STATUS_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(everything_appended_comes_out_in_order),
	    cmocka_unit_test(the_maximum_itself_is_allowed),
	    cmocka_unit_test(beyond_the_maximum_nothing_more_is_taken),
	    cmocka_unit_test(an_absurd_length_is_a_limit_not_an_overflow),
	    cmocka_unit_test(memory_that_is_not_to_be_had_is_said),
	    cmocka_unit_test(a_long_printf_is_whole),
	    cmocka_unit_test(consuming_moves_the_rest_to_the_front),
	    cmocka_unit_test(taking_empties_the_source),
	    cmocka_unit_test(releasing_twice_or_nothing_is_harmless),
	    cmocka_unit_test(an_all_zero_buffer_holds_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
