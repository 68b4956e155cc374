/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HMAC: the vectors of RFC 2202 and RFC 4231.
 */
#include "crypto/hmac.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "codec/base64.h"

static void assert_hex(const uint8_t *bytes, size_t len, const char *expected)
{
	CLEANUP_BUF struct buf hex = BUF_INIT(200);

	hex_append(&hex, view_of(bytes, len));
	buf_append_byte(&hex, '\0');
	assert_string_equal((char *)hex.data, expected);
}

static const char text[] = "what do ya want for nothing?";

static void sha1_as_in_rfc_2202(void **state)
{
	uint8_t mac[HMAC_SHA1_LEN], key[80];

	hmac_sha1(view_of_string("Jefe"), view_of_string(text), mac);
	assert_hex(mac, sizeof mac, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
	memset(key, 0xaa, sizeof key);
	hmac_sha1(
	    view_of(key, sizeof key),
	    view_of_string("Test Using Larger Than Block-Size Key - Hash Key First"),
	    mac);
	assert_hex(mac, sizeof mac, "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

static void sha256_as_in_rfc_4231(void **state)
{
	struct hash mac = hmac_sha256(view_of_string("Jefe"), view_of_string(text));

	assert_hex(mac.bytes, sizeof mac.bytes,
	           "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void key_and_data_may_be_empty(void **state)
{
	struct hash mac = hmac_sha256((struct view){0}, (struct view){0});

	assert_hex(mac.bytes, sizeof mac.bytes,
	           "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sha1_as_in_rfc_2202),
	    cmocka_unit_test(sha256_as_in_rfc_4231),
	    cmocka_unit_test(key_and_data_may_be_empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
