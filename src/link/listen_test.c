/* SPDX-License-Identifier: Apache-2.0 */
#include "link/listen.h"

#include <sys/stat.h>

#include "link/test_link.h"

static void addresses_are_numeric_with_a_port(void **state)
{
	static const char *const bad[] = {
	    "",         "127.0.0.1",     "127.0.0.1:", "localhost:80", "127.0.0.1:65536",
	    "[::1]",    "::1:80:",       "[::1:80",    ":80",          "127.0.0.1:080",
	    "[::1]:-1", "127.0.0.1:80 ", "[]:1",       "127.1:80"};
	struct error err;
	uint16_t port;
	int fd = -1;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(link_listen_tcp(bad[i], &fd, &port, &err),
		                 STATUS_MALFORMED);
	assert_int_equal(fd, -1);
}

static void a_free_port_is_told(void **state)
{
	static const char *const good[] = {"127.0.0.1:0", "[::1]:0"};

	for (size_t i = 0; i < 2; i++) {
		uint16_t port = 0;
		int fd = -1;
		struct error err = {""};
		enum status status = link_listen_tcp(good[i], &fd, &port, &err);

		if (i == 1 && status == STATUS_SYSTEM)
			continue; /* a machine without IPv6 */
		assert_int_equal(status, STATUS_OK);
		assert_int_not_equal(port, 0);
		(void)close(fd);
	}
}

static void what_is_accepted_has_no_delay(void **state)
{
	uint16_t port = 0;
	int fd = -1, accepted, on = 0;
	socklen_t len = sizeof on;
	struct raw raw;

	assert_int_equal(link_listen_tcp("127.0.0.1:0", &fd, &port, NULL), STATUS_OK);
	raw = raw_tcp(port);
	assert_true(raw_wait(&(struct raw){.fd = fd}, 5000));
	accepted = accept(fd, NULL, NULL);
	assert_true(accepted >= 0);
	assert_int_equal(getsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, &len), 0);
	assert_int_not_equal(on, 0);
	(void)close(accepted);
	(void)close(fd);
	raw_close(&raw);
}

static void paths_that_are_no_place_for_a_socket_are_refused(void **state)
{
	char folder[64], path[256];
	struct error err;
	int fd = -1;
	FILE *file;

	(void)snprintf(folder, sizeof folder, "%s/aldis-listen-XXXXXX", P_tmpdir);
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof path, "%s/%0150d", folder, 0);
	assert_int_equal(link_listen_path(path, 0600, &fd, &err), STATUS_MALFORMED);
	(void)snprintf(path, sizeof path, "%s/file", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	(void)fclose(file);
	assert_int_equal(link_listen_path(path, 0600, &fd, &err), STATUS_CONFLICT);
	assert_int_equal(unlink(path), 0); /* still there */
	(void)snprintf(path, sizeof path, "%s/none/api", folder);
	assert_int_equal(link_listen_path(path, 0600, &fd, &err), STATUS_SYSTEM);
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(addresses_are_numeric_with_a_port),
	    cmocka_unit_test(a_free_port_is_told),
	    cmocka_unit_test(what_is_accepted_has_no_delay),
	    cmocka_unit_test(paths_that_are_no_place_for_a_socket_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
