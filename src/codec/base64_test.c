/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 and hex: the vectors of RFC 4648, and that no second form decodes.
 */
#include "codec/base64.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/cleanup.h"

static const char *const vectors[][2] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xfb\xff\xbf", "+/+/"},
};

static void the_vectors_of_the_rfc_hold_both_ways(void **state)
{
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		CLEANUP_BUF struct buf text = BUF_INIT(100), bytes = BUF_INIT(100);
		struct view expected = view_of_string(vectors[i][0]);
		uint8_t exact[10];

		base64_append(&text, expected);
		assert_true(view_equal_string(buf_view(&text), vectors[i][1]));
		assert_int_equal(base64_decode(buf_view(&text), &bytes, NULL), STATUS_OK);
		assert_true(view_equal(buf_view(&bytes), expected));
		assert_int_equal(
		    base64_decode_exact(buf_view(&text), exact, expected.len, NULL),
		    STATUS_OK);
		assert_true(view_equal(view_of(exact, expected.len), expected));
		assert_int_equal(
		    base64_decode_exact(buf_view(&text), exact, expected.len + 1, NULL),
		    STATUS_MALFORMED);
	}
}

static void any_bytes_come_back(void **state)
{
	uint8_t all[256];

	for (int i = 0; i < 256; i++)
		all[i] = (uint8_t)(i * 167);
	for (size_t len = 0; len <= sizeof all; len++) {
		CLEANUP_BUF struct buf text = BUF_INIT(1000), back = BUF_INIT(1000);

		base64_append(&text, view_of(all, len));
		assert_int_equal(text.len, (len + 2) / 3 * 4);
		assert_int_equal(base64_decode(buf_view(&text), &back, NULL), STATUS_OK);
		assert_true(view_equal(buf_view(&back), view_of(all, len)));
	}
}

static void no_other_form_decodes(void **state)
{
	static const char *const wrong[] = {
	    "Zg",         "Zg=",      "Zg===",    "Z",        "Z===",   "====",
	    "=",          "Zh==",     "Zm9=",     "Zm8",      "Zm8=\n", "Zm 8",
	    "Zg==Zg==",   "Zm8=Zm9v", "Zm9v====", "Zm9vY===", "-_-_",   "Zm9*",
	    "Zm\xc3\xa9", "=m9v",     "Z=9v",     "Zm=v",     "Z=8=",   "\x80m9v",
	    "Zm9vYmFy\n", " Zm9vYmF", "Zm9vYmF,",
	};

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(100);

		buf_append_byte(&out, 'x');
		if (base64_decode(view_of_string(wrong[i]), &out, NULL) !=
		    STATUS_MALFORMED)
			fail_msg("accepted: %s", wrong[i]);
		assert_true(view_equal_string(buf_view(&out), "x"));
	}
	/* All 256 last characters: only those whose spare bits are zero. */
	for (int c = 0, accepted = 0; c < 256; c++) {
		char text[] = "AAA=";
		uint8_t bytes[2];

		text[2] = (char)c;
		if (base64_decode_exact(view_of_string(text), bytes, 2, NULL) ==
		    STATUS_OK)
			accepted++;
		if (c == 255)
			assert_int_equal(accepted, 16);
	}
}

static void a_failed_decoding_leaves_the_bytes_alone(void **state)
{
	uint8_t bytes[6] = "keep!";

	assert_int_equal(base64_decode_exact(view_of_string("Zm9vYm!y"), bytes, 6, NULL),
	                 STATUS_MALFORMED);
	assert_string_equal(bytes, "keep!");
	assert_int_equal(hex_decode_exact(view_of_string("00112233445g"), bytes, 6, NULL),
	                 STATUS_MALFORMED);
	assert_string_equal(bytes, "keep!");
}

static void decoding_respects_the_maximum(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(2);

	assert_int_equal(base64_decode(view_of_string("Zm9v"), &out, NULL), STATUS_LIMIT);
	assert_int_equal(out.len, 0);
}

static void hex_is_lower_case_both_ways(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(100);
	uint8_t bytes[4];

	hex_append(&out, view_of("\x00\x1f\xab\xff", 4));
	assert_true(view_equal_string(buf_view(&out), "001fabff"));
	assert_int_equal(hex_decode_exact(buf_view(&out), bytes, 4, NULL), STATUS_OK);
	assert_memory_equal(bytes, "\x00\x1f\xab\xff", 4);
	assert_int_equal(hex_decode_exact(view_of_string("001FABFF"), bytes, 4, NULL),
	                 STATUS_MALFORMED);
	assert_int_equal(hex_decode_exact(view_of_string("001fabf"), bytes, 4, NULL),
	                 STATUS_MALFORMED);
	assert_int_equal(hex_decode_exact(view_of_string("001fabff00"), bytes, 4, NULL),
	                 STATUS_MALFORMED);
	assert_int_equal(hex_decode_exact((struct view){0}, bytes, 0, NULL), STATUS_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_vectors_of_the_rfc_hold_both_ways),
	    cmocka_unit_test(any_bytes_come_back),
	    cmocka_unit_test(no_other_form_decodes),
	    cmocka_unit_test(a_failed_decoding_leaves_the_bytes_alone),
	    cmocka_unit_test(decoding_respects_the_maximum),
	    cmocka_unit_test(hex_is_lower_case_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
