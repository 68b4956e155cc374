/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Against a signature that the libraries of Standard Webhooks make, and secrets that are
 * none.
 */
#include "office/webhook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Of the test that the Standard Webhooks libraries share. */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ID "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define BODY "{\"test\": 2432232314}"
#define SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
enum { TIME_S = 1614265330 };

static void signatures_are_those_of_others(void **state)
{
	char signature[DESK_SIGNATURE_MAX + 1];

	assert_int_equal(
	    webhook_sign(SECRET, ID, TIME_S, view_of_string(BODY), signature, NULL),
	    STATUS_OK);
	assert_string_equal(signature, SIGNATURE);
}

static void each_part_counts(void **state)
{
	char signature[DESK_SIGNATURE_MAX + 1];
	char secret[WEBHOOK_SECRET_MAX + 1];

	assert_int_equal(
	    webhook_sign(SECRET, ID, TIME_S + 1, view_of_string(BODY), signature, NULL),
	    STATUS_OK);
	assert_string_not_equal(signature, SIGNATURE);
	assert_int_equal(webhook_sign(SECRET, "msg_other", TIME_S, view_of_string(BODY),
	                              signature, NULL),
	                 STATUS_OK);
	assert_string_not_equal(signature, SIGNATURE);
	assert_int_equal(
	    webhook_sign(SECRET, ID, TIME_S, view_of_string(BODY " "), signature, NULL),
	    STATUS_OK);
	assert_string_not_equal(signature, SIGNATURE);
	webhook_secret_make(secret);
	assert_int_equal(
	    webhook_sign(secret, ID, TIME_S, view_of_string(BODY), signature, NULL),
	    STATUS_OK);
	assert_string_not_equal(signature, SIGNATURE);
}

static void secrets_have_a_form(void **state)
{
	static const char *const bad[] = {
	    "",
	    "secret",
	    "whsec_",
	    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",        /* no prefix */
	    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaQ=",  /* 23 bytes */
	    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",   /* no base64 */
	    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw ", /* a blank behind it */
	    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-w",  /* of another alphabet */
	    "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
	    /* 65 bytes */
	    "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
	};
	char one[WEBHOOK_SECRET_MAX + 1], other[WEBHOOK_SECRET_MAX + 1];

	assert_true(webhook_secret_check(SECRET));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (webhook_secret_check(bad[i]))
			fail_msg("accepted: %s", bad[i]);
	webhook_secret_make(one);
	webhook_secret_make(other);
	assert_true(webhook_secret_check(one));
	assert_string_not_equal(one, other);
	assert_int_equal(strlen(one), 6 + 44);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(signatures_are_those_of_others),
	    cmocka_unit_test(each_part_counts),
	    cmocka_unit_test(secrets_have_a_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
