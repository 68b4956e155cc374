/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A box opens for its reader, whole and about the same thing, and for nobody else.
 */
#include "crypto/box.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "crypto/random.h"

enum { CONTENT_MAX = 1 << 16 };

static struct ed25519_seed seed_of(uint8_t byte)
{
	struct ed25519_seed seed;

	memset(seed.bytes, byte, sizeof seed.bytes);
	return seed;
}

static void only_its_reader_opens_a_key(void **state)
{
	struct ed25519_seed south = seed_of(7), east = seed_of(8);
	struct x25519_public public = x25519_public_of(&south);
	struct box_key key, opened;
	struct box_sealed_key sealed;
	struct error err;

	box_key_new(&key);
	assert_int_equal(box_key_seal(&key, &public, &sealed, &err), STATUS_OK);
	assert_int_equal(box_key_open(&sealed, &south, &opened, &err), STATUS_OK);
	assert_memory_equal(key.bytes, opened.bytes, sizeof key.bytes);
	assert_int_equal(box_key_open(&sealed, &east, &opened, &err), STATUS_UNTRUSTED);
	for (size_t i = 0; i < sizeof sealed.bytes; i++) {
		sealed.bytes[i] ^= 1;
		assert_int_equal(box_key_open(&sealed, &south, &opened, &err),
		                 STATUS_UNTRUSTED);
		sealed.bytes[i] ^= 1;
	}
}

static void nobody_seals_to_a_key_that_is_none(void **state)
{
	struct x25519_public zero = {{0}};
	struct box_key key;
	struct box_sealed_key sealed;
	struct error err;

	box_key_new(&key);
	assert_int_equal(box_key_seal(&key, &zero, &sealed, &err), STATUS_UNTRUSTED);
}

static void a_changed_box_stays_shut(void **state)
{
	CLEANUP_BUF struct buf box = BUF_INIT(CONTENT_MAX),
	                       content = BUF_INIT(CONTENT_MAX);
	struct view text = view_of_string("forty knots, nothing seen"),
	            about = view_of_string("from north to south"),
	            other = view_of_string("from north to east");
	struct box_key key;
	struct error err;

	box_key_new(&key);
	box_append(&box, &key, about, text);
	assert_int_equal(box.len, text.len + BOX_OVERHEAD);
	assert_int_equal(box_open(buf_view(&box), &key, about, &content, &err),
	                 STATUS_OK);
	assert_true(view_equal(buf_view(&content), text));
	buf_clear(&content);
	assert_int_equal(box_open(buf_view(&box), &key, other, &content, &err),
	                 STATUS_UNTRUSTED);
	for (size_t i = 0; i < box.len; i++) {
		box.data[i] ^= 0x80;
		assert_int_equal(box_open(buf_view(&box), &key, about, &content, &err),
		                 STATUS_UNTRUSTED);
		box.data[i] ^= 0x80;
		assert_int_equal(
		    box_open(view_of(box.data, i), &key, about, &content, &err),
		    STATUS_UNTRUSTED);
	}
	assert_int_equal(content.len, 0);
}

static void nothing_is_a_content_too(void **state)
{
	CLEANUP_BUF struct buf box = BUF_INIT(CONTENT_MAX),
	                       content = BUF_INIT(CONTENT_MAX);
	struct view nothing = view_of("", 0);
	struct box_key key;
	struct error err;

	box_key_new(&key);
	box_append(&box, &key, nothing, nothing);
	assert_int_equal(box_open(buf_view(&box), &key, nothing, &content, &err),
	                 STATUS_OK);
	assert_int_equal(content.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_its_reader_opens_a_key),
	    cmocka_unit_test(nobody_seals_to_a_key_that_is_none),
	    cmocka_unit_test(a_changed_box_stays_shut),
	    cmocka_unit_test(nothing_is_a_content_too),
	};
	struct error err;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
