/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256: known answers, the ways to hash in parts, and threads side by side.
 */
#include "crypto/hash.h"

#include <pthread.h>
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

static const struct {
	const char *text;
	const char *hex;
} vectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void assert_hash(struct hash hash, const char *expected)
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(&hash, hex);
	assert_string_equal(hex, expected);
}

static void known_answers_hold(void **state)
{
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
		assert_hash(sha256(view_of_string(vectors[i].text)), vectors[i].hex);
	assert_hash(sha256((struct view){0}), vectors[0].hex);
}

static void parts_hash_as_the_whole(void **state)
{
	struct view text = view_of_string(vectors[2].text);

	for (size_t cut = 0; cut <= text.len; cut++) {
		struct view first = view_of(text.data, cut);
		struct sha256_stream stream = sha256_open();

		assert_hash(sha256_2(first, view_from(text, cut)), vectors[2].hex);
		sha256_update(&stream, first);
		/* Others may hash in between. */
		assert_hash(sha256(view_of_string("abc")), vectors[1].hex);
		sha256_update(&stream, view_from(text, cut));
		assert_hash(sha256_close(&stream), vectors[2].hex);
		assert_null(stream.context);
	}
}

static void a_prefix_is_one_byte_in_front(void **state)
{
	struct hash hash = sha256_prefixed('a', view_of_string("b"), view_of_string("c"));
	/* The leaf of an empty entry, RFC 6962. */
	struct hash leaf = sha256_prefixed(0, (struct view){0}, (struct view){0});

	assert_hash(hash, vectors[1].hex);
	assert_hash(leaf,
	            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

static void equality_looks_at_every_byte(void **state)
{
	struct hash a = sha256(view_of_string("abc")), b;

	for (size_t i = 0; i < sizeof a.bytes; i++) {
		b = a;
		assert_true(hash_equal(&a, &b));
		b.bytes[i] ^= 1;
		assert_false(hash_equal(&a, &b));
	}
	assert_int_equal(hash_view(&a).len, 32);
}

static void *hash_often(void *ret_wrong)
{
	for (int i = 0; i < 2000; i++) {
		struct hash hash = sha256(view_of_string("abc"));

		if (hash.bytes[0] != 0xba || hash.bytes[31] != 0xad)
			*(bool *)ret_wrong = true;
	}
	return NULL;
}

static void threads_do_not_disturb_each_other(void **state)
{
	pthread_t threads[4];
	bool wrong[4] = {false};

	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, hash_often, &wrong[i]),
		                 0);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_false(wrong[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(known_answers_hold),
	    cmocka_unit_test(parts_hash_as_the_whole),
	    cmocka_unit_test(a_prefix_is_one_byte_in_front),
	    cmocka_unit_test(equality_looks_at_every_byte),
	    cmocka_unit_test(threads_do_not_disturb_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
