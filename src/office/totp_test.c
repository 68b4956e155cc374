/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TOTP: the vectors of RFC 6238 (cut to six digits), each step once, the clock a step
 * off, and secrets as people hand them in.
 */
#include "office/totp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/cleanup.h"

static struct totp_secret rfc_secret(void)
{
	struct totp_secret secret = {.len = 20};

	memcpy(secret.bytes, "12345678901234567890", 20);
	return secret;
}

static void codes_as_in_rfc_6238(void **state)
{
	static const struct {
		int64_t time_s;
		const char *code;
	} vectors[] = {
	    {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
	    {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"},
	};
	struct totp_secret secret = rfc_secret();
	char code[TOTP_DIGITS + 1];
	int64_t step;

	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		totp_code(&secret, vectors[i].time_s, code);
		assert_string_equal(code, vectors[i].code);
		assert_true(totp_check(&secret, code, vectors[i].time_s, -1, &step));
		assert_int_equal(step, vectors[i].time_s / 30);
	}
}

static void a_clock_may_be_one_step_off(void **state)
{
	struct totp_secret secret = rfc_secret();
	char code[TOTP_DIGITS + 1];
	int64_t step;

	totp_code(&secret, 3000, code);
	assert_true(totp_check(&secret, code, 3000 - 30, -1, &step));
	assert_true(totp_check(&secret, code, 3000 + 59, -1, &step));
	assert_int_equal(step, 100);
	assert_false(totp_check(&secret, code, 3000 - 31, -1, &step));
	assert_false(totp_check(&secret, code, 3000 + 60, -1, &step));
}

static void a_step_counts_once(void **state)
{
	struct totp_secret secret = rfc_secret();
	char code[TOTP_DIGITS + 1];
	int64_t step = 0;

	totp_code(&secret, 3000, code);
	assert_true(totp_check(&secret, code, 3000, 99, &step));
	assert_false(totp_check(&secret, code, 3000, step, &step));
	totp_code(&secret, 2970, code); /* and none before it */
	assert_false(totp_check(&secret, code, 3000, step, &step));
}

static void other_codes_are_refused(void **state)
{
	static const char *const bad[] = {"",       "28708",  "2870820",
	                                  "287083", "28708O", " 87082"};
	struct totp_secret secret = rfc_secret(), empty = {.len = 0};
	char code[TOTP_DIGITS + 1];
	int64_t step;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(totp_check(&secret, bad[i], 59, -1, &step));
	totp_code(&empty, 59, code);
	assert_false(totp_check(&empty, code, 59, -1, &step));
}

static void assert_parses(const char *text)
{
	struct totp_secret secret;

	assert_int_equal(totp_secret_parse(view_of_string(text), &secret, NULL),
	                 STATUS_OK);
	assert_true(
	    view_equal_string(view_of(secret.bytes, secret.len), "12345678901234567890"));
}

static void a_secret_is_read_as_text_or_uri(void **state)
{
	struct totp_secret secret = rfc_secret();
	CLEANUP_BUF struct buf uri = BUF_INIT(500);

	assert_parses("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
	assert_parses(" gezd gnbv gy3t qojq gezd gnbv gy3t qojq\n");
	totp_uri_append(&uri, &secret, "north.example", "ada");
	buf_append_byte(&uri, '\0');
	assert_string_equal((char *)uri.data,
	                    "otpauth://totp/Aldis%20north.example:ada?secret="
	                    "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	                    "&issuer=Aldis%20north.example&algorithm=SHA1&digits=6"
	                    "&period=30");
	assert_parses((char *)uri.data);
}

static void other_secrets_are_refused(void **state)
{
	static const char *const bad[] = {
	    "",
	    "GEZDGNBV",
	    "not a secret!",
	    "otpauth://totp/x",
	    "otpauth://totp/x?secret=",
	    "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&digits=8",
	    "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&algorithm=SHA512",
	    "otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQ",
	};
	struct totp_secret secret;
	char large[4096];

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(totp_secret_parse(view_of_string(bad[i]), &secret, NULL),
		                 STATUS_MALFORMED);
	memset(large, 'A', sizeof large);
	assert_int_equal(totp_secret_parse(view_of(large, 1000), &secret, NULL),
	                 STATUS_LIMIT);
	assert_int_equal(totp_secret_parse(view_of(large, sizeof large), &secret, NULL),
	                 STATUS_LIMIT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(codes_as_in_rfc_6238),
	    cmocka_unit_test(a_clock_may_be_one_step_off),
	    cmocka_unit_test(a_step_counts_once),
	    cmocka_unit_test(other_codes_are_refused),
	    cmocka_unit_test(a_secret_is_read_as_text_or_uri),
	    cmocka_unit_test(other_secrets_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
