/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who waits for which password: each is told once, and nobody when all is full.
 */
#include "console/accounts/passwords.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "console/api_call.h"

struct asked {
	uint64_t ticket;
	bool is_check;
	char password[32], hash[32];
	enum status status; /* what to answer */
};

static enum status take(void *self, uint64_t ticket, bool is_check, const char *password,
                        const char *hash, struct error *err)
{
	struct asked *asked = self;

	asked->ticket = ticket;
	asked->is_check = is_check;
	(void)view_copy_string(view_of_string(password), asked->password,
	                       sizeof asked->password);
	(void)view_copy_string(view_of_string(hash), asked->hash, sizeof asked->hash);
	return asked->status;
}

static int told, told_good;
static char told_hash[32];

static void done(struct api *api, void *context, bool is_good, const char *hash,
                 int64_t now_ms)
{
	assert_int_equal(*(int *)context, 7);
	assert_int_equal(now_ms, 1000);
	told++;
	told_good += is_good;
	(void)view_copy_string(view_of_string(hash), told_hash, sizeof told_hash);
}

static void *seven(void)
{
	int *number = malloc(sizeof *number);

	assert_non_null(number);
	*number = 7;
	return number;
}

static int reset(void **state)
{
	told = told_good = 0;
	told_hash[0] = '\0';
	return 0;
}

static void each_is_told_once(void **state)
{
	struct asked asked = {0};
	struct api api = {.host = {.hash_password = take, .self = &asked}};
	struct error err;
	uint64_t first;

	assert_int_equal(passwords_hash(&api, "secret", done, seven(), &err), STATUS_OK);
	first = asked.ticket;
	assert_false(asked.is_check);
	assert_int_equal(passwords_check(&api, "secret", "$7$", done, seven(), &err),
	                 STATUS_OK);
	assert_true(asked.is_check);
	assert_string_equal(asked.password, "secret");
	assert_string_equal(asked.hash, "$7$");
	assert_true(asked.ticket != first);
	api_take_password(&api, first, true, "$made$", 1000);
	assert_int_equal(told, 1);
	assert_string_equal(told_hash, "$made$");
	api_take_password(&api, first, true, "$made$", 1000);
	api_take_password(&api, 0, true, "", 1000);
	assert_int_equal(told, 1);
	api_take_password(&api, asked.ticket, false, "", 1000);
	assert_int_equal(told, 2);
	assert_int_equal(told_good, 1);
	passwords_release(&api.passwords);
}

static void too_many_are_refused(void **state)
{
	struct asked asked = {0};
	struct api api = {.host = {.hash_password = take, .self = &asked}};
	struct error err;

	for (int i = 0; i < PASSWORDS_MAX; i++)
		assert_int_equal(passwords_hash(&api, "x", done, seven(), &err),
		                 STATUS_OK);
	assert_int_equal(passwords_hash(&api, "x", done, seven(), &err), STATUS_AGAIN);
	passwords_release(&api.passwords);
	api_take_password(&api, asked.ticket, true, "", 1000);
	assert_int_equal(told, 0);
}

static void a_host_that_refuses_leaves_nobody_waiting(void **state)
{
	struct asked asked = {.status = STATUS_AGAIN};
	struct api api = {.host = {.hash_password = take, .self = &asked}};
	struct error err;

	assert_int_equal(passwords_hash(&api, "x", done, seven(), &err), STATUS_AGAIN);
	api_take_password(&api, asked.ticket, true, "", 1000);
	assert_int_equal(told, 0);
	api.host.hash_password = NULL;
	assert_int_equal(passwords_hash(&api, "x", done, seven(), &err), STATUS_AGAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(each_is_told_once, reset),
	    cmocka_unit_test_setup(too_many_are_refused, reset),
	    cmocka_unit_test_setup(a_host_that_refuses_leaves_nobody_waiting, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
