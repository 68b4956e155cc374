/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/aside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

#define TEST_UNUSED __attribute__((unused))

enum { LARGE = 5 * 1024 * 1024, NOW_MS = 1000 };

/* Serves "/large" and nothing else. */
static enum status serve(void *context, const char *path, struct buf *ret_body,
                         struct error *err)
{
	unsigned *served = context;

	(*served)++;
	if (strcmp(path, "/large") != 0)
		return error_set(err, STATUS_NOT_FOUND, "there is no %s", path);
	for (size_t i = 0; i < LARGE; i++)
		buf_append_byte(ret_body, (uint8_t)(i * 7));
	return STATUS_OK;
}

static struct aside_result wait_for(struct aside *aside, unsigned *served)
{
	struct aside_result result;

	while (!aside_serve(aside, serve, served, NOW_MS, &result)) {
		struct pollfd fd = {
		    .fd = aside_fd(aside),
		    .events = (short)(POLLIN | (aside_queued(aside) > 0 ? POLLOUT : 0))};

		assert_int_equal(poll(&fd, 1, 60000), 1);
	}
	assert_int_equal(aside_fd(aside), -1);
	return result;
}

static struct aside_result run(aside_run *work, void *context, unsigned *served)
{
	static struct aside aside = {
	    .ipc.fd = -1}; /* what it said is looked at by the caller */
	struct error err;

	aside_release(&aside);
	aside_init(&aside);
	assert_int_equal(aside_begin(&aside, work, context, NOW_MS, &err), STATUS_OK);
	return wait_for(&aside, served);
}

static enum status read_all(void *context, bundle_fetch *fetch, void *fetch_context,
                            struct buf *ret_result, struct error *err)
{
	unsigned *number = context;

	for (unsigned i = 0; i < *number; i++) {
		buf_clear(ret_result);
		TRY(fetch(fetch_context, "/large", ret_result, err));
	}
	*number = 77; /* nobody sees it */
	return STATUS_OK;
}

static void what_it_reads_comes_from_the_desk(void **state TEST_UNUSED)
{
	unsigned served = 0, number = 9;
	struct aside_result result = run(read_all, &number, &served);

	assert_int_equal(result.status, STATUS_OK);
	assert_int_equal(result.result.len, LARGE);
	for (size_t i = 0; i < LARGE; i++)
		if (result.result.data[i] != (uint8_t)(i * 7))
			fail_msg("byte %zu differs", i);
	assert_int_equal(served, 9);
	assert_int_equal(number, 9);
}

static enum status read_nothing(void *context TEST_UNUSED, bundle_fetch *fetch,
                                void *fetch_context, struct buf *ret_result,
                                struct error *err)
{
	return fetch(fetch_context, "/nothing", ret_result, err);
}

static void a_failure_is_told_in_its_words(void **state TEST_UNUSED)
{
	unsigned served = 0;
	struct aside_result result = run(read_nothing, NULL, &served);

	assert_int_equal(result.status, STATUS_NOT_FOUND);
	assert_string_equal(result.why.text, "there is no /nothing");
	assert_int_equal(result.result.len, 0);
}

static enum status die(void *context TEST_UNUSED, bundle_fetch *fetch TEST_UNUSED,
                       void *fetch_context TEST_UNUSED,
                       struct buf *ret_result TEST_UNUSED, struct error *err TEST_UNUSED)
{
	(void)kill(getpid(), SIGKILL);
	return STATUS_OK;
}

static void one_that_is_killed_is_told(void **state TEST_UNUSED)
{
	unsigned served = 0;
	struct aside_result result = run(die, NULL, &served);

	assert_int_equal(result.status, STATUS_AGAIN);
	assert_non_null(strstr(result.why.text, "broken off"));
}

static enum status sleep_on(void *context TEST_UNUSED, bundle_fetch *fetch TEST_UNUSED,
                            void *fetch_context TEST_UNUSED,
                            struct buf *ret_result TEST_UNUSED,
                            struct error *err TEST_UNUSED)
{
	for (size_t i = 0; i < 100; i++)
		(void)pause();
	return STATUS_OK;
}

static void one_that_takes_too_long_is_killed(void **state TEST_UNUSED)
{
	struct aside_result result;
	unsigned served = 0;
	struct aside aside;
	struct error err;

	aside_init(&aside);
	assert_true(aside_wake_ms(&aside) == INT64_MAX);
	assert_int_equal(aside_begin(&aside, sleep_on, NULL, NOW_MS, &err), STATUS_OK);
	assert_int_equal(aside_begin(&aside, sleep_on, NULL, NOW_MS, &err), STATUS_AGAIN);
	assert_false(
	    aside_serve(&aside, serve, &served, aside_wake_ms(&aside) - 1, &result));
	pid_t pid = aside.pid;
	assert_true(aside_serve(&aside, serve, &served, aside_wake_ms(&aside), &result));
	assert_int_equal(result.status, STATUS_AGAIN);
	assert_non_null(strstr(result.why.text, "longer than"));
	aside_release(&aside);
	assert_int_equal(waitpid(pid, NULL, 0), -1); /* it is gone, and reaped */
}

static enum status look_around(void *context, bundle_fetch *fetch TEST_UNUSED,
                               void *fetch_context TEST_UNUSED, struct buf *ret_result,
                               struct error *err)
{
	const int *open = context;

	if (fcntl(*open, F_GETFD) >= 0)
		return error_set(err, STATUS_BUG, "a descriptor was inherited");
	buf_append_string(ret_result, "alone");
	return STATUS_OK;
}

static void it_has_no_descriptor_of_the_desk(void **state TEST_UNUSED)
{
	int open[2];
	unsigned served = 0;

	assert_int_equal(pipe2(open, O_CLOEXEC), 0);
	struct aside_result result = run(look_around, &open[1], &served);
	assert_int_equal(result.status, STATUS_OK);
	assert_true(view_equal_string(result.result, "alone"));
	(void)close(open[0]);
	(void)close(open[1]);
}

#if !defined(__SANITIZE_ADDRESS__)
static enum status swallow(void *context TEST_UNUSED, bundle_fetch *fetch TEST_UNUSED,
                           void *fetch_context TEST_UNUSED,
                           struct buf *ret_result TEST_UNUSED, struct error *err)
{
	void *room = mmap(NULL, ASIDE_MEMORY_MAX + (64 << 20), PROT_READ | PROT_WRITE,
	                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (room == MAP_FAILED)
		return error_set(err, STATUS_NO_MEMORY, "no memory");
	return STATUS_OK;
}

static void its_memory_is_bounded(void **state TEST_UNUSED)
{
	unsigned served = 0;

	assert_int_equal(run(swallow, NULL, &served).status, STATUS_NO_MEMORY);
}
#endif

static void it_ends_with_the_desk(void **state TEST_UNUSED)
{
	struct aside aside;
	struct error err;

	aside_init(&aside);
	assert_int_equal(aside_begin(&aside, sleep_on, NULL, NOW_MS, &err), STATUS_OK);
	pid_t pid = aside.pid;
	aside_release(&aside);
	assert_int_equal(kill(pid, 0), -1);
	aside_release(&aside);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_reads_comes_from_the_desk),
		cmocka_unit_test(a_failure_is_told_in_its_words),
		cmocka_unit_test(one_that_is_killed_is_told),
		cmocka_unit_test(one_that_takes_too_long_is_killed),
		cmocka_unit_test(it_has_no_descriptor_of_the_desk),
#if !defined(__SANITIZE_ADDRESS__)
		cmocka_unit_test(its_memory_is_bounded),
#endif
		cmocka_unit_test(it_ends_with_the_desk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
