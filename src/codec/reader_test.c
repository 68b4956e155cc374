/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The binary cursor: order of bytes, and that a short read moves nothing.
 */
#include "codec/reader.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

static void integers_are_big_endian(void **state)
{
	struct reader reader = reader_of(
	    view_of("\x01\x02\x03\x04\x05\x06\x07\xf8\xf9\xfa\xfb\xfc\xfd\xfe\xff", 15));
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	assert_true(reader_u8(&reader, &u8));
	assert_int_equal(u8, 1);
	assert_true(reader_u16(&reader, &u16));
	assert_int_equal(u16, 0x0203);
	assert_true(reader_u32(&reader, &u32));
	assert_int_equal(u32, 0x04050607);
	assert_true(reader_u64(&reader, &u64));
	assert_true(u64 == 0xf8f9fafbfcfdfeffU);
	assert_true(reader_is_done(&reader));
}

static void a_short_read_moves_and_sets_nothing(void **state)
{
	static const uint8_t bytes[7] = {0};
	uint16_t u16 = 7;
	uint32_t u32 = 7;
	uint64_t u64 = 7;
	uint8_t u8 = 7;
	struct view part = {0};

	for (size_t len = 0; len < 8; len++) {
		struct reader reader = reader_of(view_of(bytes, len));

		assert_false(reader_u64(&reader, &u64));
		if (len < 4)
			assert_false(reader_u32(&reader, &u32));
		if (len < 2)
			assert_false(reader_u16(&reader, &u16));
		if (len < 1)
			assert_false(reader_u8(&reader, &u8));
		assert_false(reader_bytes(&reader, len + 1, &part));
		assert_false(reader_bytes(&reader, SIZE_MAX, &part));
		assert_int_equal(reader.rest.len, len);
	}
	assert_true(u8 == 7 && u16 == 7 && u32 == 7 && u64 == 7 && part.data == NULL);
}

static void counted_bytes_are_all_or_nothing(void **state)
{
	struct reader reader = reader_of(view_of("\0\2ab\0\0\0\1c\0\0", 11));
	struct view part;

	assert_true(reader_u16_bytes(&reader, &part));
	assert_true(view_equal_string(part, "ab"));
	assert_true(reader_u32_bytes(&reader, &part));
	assert_true(view_equal_string(part, "c"));
	assert_true(reader_u16_bytes(&reader, &part));
	assert_int_equal(part.len, 0);
	assert_true(reader_is_done(&reader));

	reader = reader_of(view_of("\0\3ab", 4));
	assert_false(reader_u16_bytes(&reader, &part));
	assert_int_equal(reader.rest.len, 4);
	reader = reader_of(view_of("\xff\xff\xff\xff"
	                           "ab",
	                           6));
	assert_false(reader_u32_bytes(&reader, &part));
	assert_int_equal(reader.rest.len, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(integers_are_big_endian),
	    cmocka_unit_test(a_short_read_moves_and_sets_nothing),
	    cmocka_unit_test(counted_bytes_are_all_or_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
