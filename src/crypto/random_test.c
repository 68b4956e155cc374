/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random bytes fill exactly their place; wiping leaves zeros.
 */
#include "crypto/random.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <setjmp.h>
#include <cmocka.h>

static void starting_twice_is_harmless(void **state)
{
	assert_int_equal(crypto_init(NULL), STATUS_OK);
	assert_int_equal(crypto_init(NULL), STATUS_OK);
}

static void random_bytes_differ_and_stay_in_their_place(void **state)
{
	uint8_t a[34] = {0}, b[34] = {0};

	random_bytes(a + 1, 32);
	random_bytes(b + 1, 32);
	assert_memory_not_equal(a + 1, b + 1, 32);
	assert_int_equal(a[0] | a[33] | b[0] | b[33], 0);
	random_bytes(a, 0);
}

static void a_forked_process_has_random_bytes_of_its_own(void **state)
{
	uint8_t own[32], childs[32];
	int pipe_ends[2], status;
	pid_t pid;

	assert_int_equal(pipe(pipe_ends), 0);
	random_bytes(own, sizeof own);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (crypto_init(NULL) != STATUS_OK)
			_exit(1);
		random_bytes(childs, sizeof childs);
		_exit(write(pipe_ends[1], childs, sizeof childs) != sizeof childs);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(read(pipe_ends[0], childs, sizeof childs), sizeof childs);
	random_bytes(own, sizeof own);
	assert_memory_not_equal(own, childs, sizeof own);
	(void)close(pipe_ends[0]);
	(void)close(pipe_ends[1]);
}

static void wiping_leaves_zeros(void **state)
{
	uint8_t bytes[5] = "abcd", zeros[5] = {0};

	crypto_wipe(bytes, sizeof bytes);
	assert_memory_equal(bytes, zeros, sizeof bytes);
}

static void a_child_draws_other_bytes(void **state)
{
	uint8_t own[32], childs[32];
	int pipe_fds[2], status = 0;

	random_bytes(own, sizeof own);
	assert_int_equal(pipe(pipe_fds), 0);
	pid_t child = fork();
	if (child == 0) {
		random_bytes(childs, sizeof childs);
		_exit(write(pipe_fds[1], childs, sizeof childs) == sizeof childs ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(read(pipe_fds[0], childs, sizeof childs), sizeof childs);
	random_bytes(own, sizeof own);
	assert_memory_not_equal(own, childs, sizeof own);
	(void)close(pipe_fds[0]);
	(void)close(pipe_fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_child_draws_other_bytes),
	    cmocka_unit_test(starting_twice_is_harmless),
	    cmocka_unit_test(random_bytes_differ_and_stay_in_their_place),
	    cmocka_unit_test(a_forked_process_has_random_bytes_of_its_own),
	    cmocka_unit_test(wiping_leaves_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
