/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Against UUIDs that Python's uuid module makes.
 */
#include "crypto/uuid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const struct uuid dns = {{0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80,
                                 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}};

static void names_give_the_uuids_of_others(void **state)
{
	char text[UUID_TEXT_LEN + 1];
	struct uuid uuid = uuid_v5(&dns, view_of_string("www.example.com"));

	uuid_encode(&uuid, text);
	assert_string_equal(text, "2ed6657d-e927-568b-95e1-2665a8aea6a2");
	uuid = uuid_v5(&dns, view_of_string(""));
	uuid_encode(&uuid, text);
	assert_string_equal(text, "4ebd0208-8328-5d69-8c44-ec50939c0967");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_give_the_uuids_of_others)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
