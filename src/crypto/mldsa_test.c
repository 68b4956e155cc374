/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ML-DSA-44: a vector made with other implementations where this OpenSSL has the
 * algorithm, and a plain refusal to judge where it has not.
 */
#include "crypto/mldsa.h"

#include <openssl/err.h>
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "codec/base64.h"
#include "codec/json.h"

struct vector {
	uint8_t public_key[MLDSA44_PUBLIC_LEN];
	uint8_t signature[MLDSA44_SIGNATURE_LEN];
	uint8_t message[200];
	size_t message_len;
};

static void parse(struct view text, struct vector *ret_vector)
{
	__attribute__((cleanup(json_release))) struct json_doc doc = {0};
	uint8_t key[1 + MLDSA44_PUBLIC_LEN]; /* behind the algorithm's byte */
	struct view vkey, message;
	const struct json_token *root;

	assert_int_equal(json_scan(&doc, text, 1000, NULL), STATUS_OK);
	root = json_root(&doc);
	vkey = json_raw(&doc, json_member(&doc, root, "mldsa_vkey"));
	/* name+id+key: the id is eight digits, the key may hold a '+' itself. */
	vkey = view_from(vkey, view_find(vkey, view_of_string("+")) + 10);
	assert_int_equal(base64_decode_exact(vkey, key, sizeof key, NULL), STATUS_OK);
	assert_int_equal(key[0], 6);
	memcpy(ret_vector->public_key, key + 1, MLDSA44_PUBLIC_LEN);
	assert_int_equal(
	    hex_decode_exact(
	        json_raw(&doc, json_member(&doc, root, "mldsa_signature_hex")),
	        ret_vector->signature, MLDSA44_SIGNATURE_LEN, NULL),
	    STATUS_OK);
	message = json_raw(&doc, json_member(&doc, root, "mldsa_message_hex"));
	ret_vector->message_len = message.len / 2;
	assert_true(ret_vector->message_len <= sizeof ret_vector->message);
	assert_int_equal(
	    hex_decode_exact(message, ret_vector->message, ret_vector->message_len, NULL),
	    STATUS_OK);
}

static enum status verify(const struct vector *vector, struct error *err)
{
	return mldsa44_verify(view_of(vector->public_key, sizeof vector->public_key),
	                      view_of(vector->message, vector->message_len),
	                      view_of(vector->signature, sizeof vector->signature), err);
}

static void without_the_algorithm_no_judgement_is_given(void **state)
{
	static const struct vector zeros;
	struct error err = {0};

	if (mldsa44_is_available())
		skip();
	assert_int_equal(verify(&zeros, &err), STATUS_NOT_FOUND);
	assert_non_null(strstr(err.text, "ML-DSA-44"));
}

static void the_error_queue_of_openssl_stays_as_it_was(void **state)
{
	static const struct vector zeros;

	ERR_clear_error();
	(void)mldsa44_is_available();
	(void)verify(&zeros, NULL);
	assert_int_equal(ERR_peek_error(), 0);
}

static void the_vector_verifies_and_no_flipped_bit_does(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 20);
	struct vector vector;

	if (!mldsa44_is_available()) {
		print_message("this OpenSSL does not have ML-DSA-44\n");
		skip();
	}
	if (file_read(SOURCE_ROOT "/test/vectors/own/cosig_vectors.json", &text, NULL) ==
	    STATUS_NOT_FOUND)
		skip();
	parse(buf_view(&text), &vector);
	assert_int_equal(verify(&vector, NULL), STATUS_OK);
	for (size_t i = 0; i < vector.message_len; i++) {
		vector.message[i] ^= 1;
		assert_int_equal(verify(&vector, NULL), STATUS_UNTRUSTED);
		vector.message[i] ^= 1;
	}
	for (size_t i = 0; i < sizeof vector.signature; i += 97) {
		vector.signature[i] ^= 1;
		assert_int_equal(verify(&vector, NULL), STATUS_UNTRUSTED);
		vector.signature[i] ^= 1;
	}
	vector.public_key[40] ^= 1;
	assert_int_equal(verify(&vector, NULL), STATUS_UNTRUSTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(without_the_algorithm_no_judgement_is_given),
	    cmocka_unit_test(the_error_queue_of_openssl_stays_as_it_was),
	    cmocka_unit_test(the_vector_verifies_and_no_flipped_bit_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
