/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The datagram to a service manager, by path and by abstract name.
 */
#include "daemon/notify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "daemon/daemon_testing.h"

static void expect_state(const char *address)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	CLEANUP_FD int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	size_t len = strlen(address);
	char text[64] = "";
	struct error err;

	assert_true(len < sizeof to.sun_path);
	memcpy(to.sun_path, address, len);
	if (address[0] == '@')
		to.sun_path[0] = '\0';
	assert_int_equal(bind(fd, (struct sockaddr *)&to,
	                      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
	                 0);
	assert_int_equal(notify_send(address, "READY=1", &err), STATUS_OK);
	assert_int_equal(recv(fd, text, sizeof text, MSG_DONTWAIT), 7);
	assert_string_equal(text, "READY=1");
}

static void a_path_is_told(void **unused)
{
	char folder[256], path[300];

	test_folder_make(folder);
	(void)snprintf(path, sizeof path, "%s/notify", folder);
	expect_state(path);
	test_folder_remove(folder);
}

static void an_abstract_name_is_told(void **unused)
{
	char name[64];

	(void)snprintf(name, sizeof name, "@aldisd-notify-test-%ld", (long)getpid());
	expect_state(name);
}

static void the_watchdogs_time_is_read(void **unused)
{
	assert_int_equal(notify_watchdog_ms("300000000", NULL, 7), 300000);
	assert_int_equal(notify_watchdog_ms("1500", "7", 7), 1);
	assert_int_equal(notify_watchdog_ms(NULL, "7", 7), 0);
	assert_int_equal(notify_watchdog_ms("1000000", "8", 7), 0); /* another's */
	assert_int_equal(notify_watchdog_ms("1000000", "x", 7), 0);
	assert_int_equal(notify_watchdog_ms("soon", NULL, 7), 0);
	assert_int_equal(notify_watchdog_ms("99999999999999999", NULL, 7), 0);
}

static void without_a_manager_nothing_is_told(void **unused)
{
	struct error err;

	assert_int_equal(notify_send(NULL, "READY=1", &err), STATUS_OK);
	assert_int_equal(notify_send("", "READY=1", &err), STATUS_OK);
}

static void an_address_that_is_none_is_refused(void **unused)
{
	char long_path[200] = "/";
	struct error err;

	memset(long_path + 1, 'a', sizeof long_path - 2);
	assert_int_equal(notify_send("relative", "READY=1", &err), STATUS_MALFORMED);
	assert_int_equal(notify_send(long_path, "READY=1", &err), STATUS_MALFORMED);
	assert_int_equal(notify_send("/nobody/listens/here", "READY=1", &err),
	                 STATUS_SYSTEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_path_is_told),
	    cmocka_unit_test(an_abstract_name_is_told),
	    cmocka_unit_test(without_a_manager_nothing_is_told),
	    cmocka_unit_test(the_watchdogs_time_is_read),
	    cmocka_unit_test(an_address_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
