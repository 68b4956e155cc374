/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ed25519: the vectors of RFC 8032, tampering with each bit, and, where the checkout has
 * them beside it, the edge cases of C2SP/CCTV, of which libsodium accepts exactly those
 * with canonical, not small-order A and R and no low-order residue.
 */
#include "crypto/ed25519.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "crypto/random.h"

static const struct {
	const char *seed, *public_key, *message, *signature;
} vectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

static void from_hex(struct view hex, uint8_t *bytes, size_t len)
{
	assert_int_equal(hex_decode_exact(hex, bytes, len, NULL), STATUS_OK);
}

static void the_vectors_of_the_rfc_hold(void **state)
{
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		struct ed25519_secret *secret = NULL;
		struct ed25519_seed seed;
		struct ed25519_public expected_key, key;
		struct ed25519_signature expected, signature;
		uint8_t bytes[2];
		struct view message = view_of(bytes, strlen(vectors[i].message) / 2);

		from_hex(view_of_string(vectors[i].seed), seed.bytes, 32);
		from_hex(view_of_string(vectors[i].public_key), expected_key.bytes, 32);
		from_hex(view_of_string(vectors[i].signature), expected.bytes, 64);
		from_hex(view_of_string(vectors[i].message), bytes, message.len);
		assert_int_equal(ed25519_secret_new(&seed, &secret, NULL), STATUS_OK);
		key = ed25519_secret_public(secret);
		assert_memory_equal(key.bytes, expected_key.bytes, 32);
		signature = ed25519_sign(secret, message);
		assert_memory_equal(signature.bytes, expected.bytes, 64);
		assert_true(ed25519_verify(&key, message, &signature));
		ed25519_secret_free(secret);
	}
}

static void any_flipped_bit_is_refused(void **state)
{
	struct ed25519_secret *secret = NULL;
	struct ed25519_seed seed;
	struct ed25519_public key;
	struct ed25519_signature signature;
	uint8_t text[20] = "a message to all";
	struct view message = view_of(text, sizeof text);

	random_bytes(seed.bytes, sizeof seed.bytes);
	assert_int_equal(ed25519_secret_new(&seed, &secret, NULL), STATUS_OK);
	key = ed25519_secret_public(secret);
	signature = ed25519_sign(secret, message);
	for (size_t bit = 0; bit < 8 * sizeof signature; bit++) {
		struct ed25519_signature wrong = signature;

		wrong.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(ed25519_verify(&key, message, &wrong));
	}
	for (size_t bit = 0; bit < 8 * sizeof key; bit++) {
		struct ed25519_public wrong = key;

		wrong.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(ed25519_verify(&wrong, message, &signature));
	}
	for (size_t bit = 0; bit < 8 * sizeof text; bit++) {
		text[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(ed25519_verify(&key, message, &signature));
		text[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_false(ed25519_verify(&key, view_of(text, 19), &signature));
	assert_true(ed25519_verify(&key, message, &signature));
	ed25519_secret_free(secret);
}

static void freeing_nothing_is_harmless(void **state)
{
	ed25519_secret_free(NULL);
}

/* Does the case carry a flag that our rule refuses? */
static bool has_refused_flag(const struct json_doc *doc, const struct json_token *flags)
{
	static const char *const refused[] = {"low_order_A", "low_order_R",
	                                      "non_canonical_A", "non_canonical_R",
	                                      "low_order_residue"};
	const struct json_token *flag;

	if (flags->type != JSON_ARRAY)
		return false;
	for (flag = json_first(doc, flags); flag != NULL;
	     flag = json_next(doc, flags, flag)) {
		for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
			if (json_string_is(doc, flag, refused[i]))
				return true;
		}
	}
	return false;
}

static bool verify_case(const struct json_doc *doc, const struct json_token *edge_case)
{
	struct ed25519_public key;
	struct ed25519_signature signature;
	CLEANUP_BUF struct buf message = BUF_INIT(1000);

	from_hex(json_raw(doc, json_member(doc, edge_case, "key")), key.bytes, 32);
	from_hex(json_raw(doc, json_member(doc, edge_case, "sig")), signature.bytes, 64);
	json_string_append(doc, json_member(doc, edge_case, "msg"), &message);
	return ed25519_verify(&key, buf_view(&message), &signature);
}

static void edge_cases_are_judged_by_one_rule(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 20);
	__attribute__((cleanup(json_release))) struct json_doc doc = {0};
	const struct json_token *edge_case;
	size_t accepted = 0;

	if (file_read(SOURCE_ROOT "/../shared/vectors/foreign/ed25519vectors.json", &text,
	              NULL) == STATUS_NOT_FOUND) {
		print_message("the vectors of C2SP/CCTV are not here\n");
		skip();
	}
	assert_int_equal(json_scan(&doc, buf_view(&text), JSON_TOKENS_MAX, NULL),
	                 STATUS_OK);
	assert_true(json_root(&doc)->count > 900);
	for (edge_case = json_first(&doc, json_root(&doc)); edge_case != NULL;
	     edge_case = json_next(&doc, json_root(&doc), edge_case)) {
		bool good = verify_case(&doc, edge_case);

		assert_int_equal(
		    good, !has_refused_flag(&doc, json_member(&doc, edge_case, "flags")));
		accepted += good;
	}
	assert_true(accepted > 0);
}

static int start(void **state)
{
	return crypto_init(NULL) == STATUS_OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_vectors_of_the_rfc_hold),
	    cmocka_unit_test(any_flipped_bit_is_refused),
	    cmocka_unit_test(freeing_nothing_is_harmless),
	    cmocka_unit_test(edge_cases_are_judged_by_one_rule),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
