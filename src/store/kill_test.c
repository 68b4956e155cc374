/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kill -9: a child commits numbered rows and reports each on a pipe; whatever it reported
 * before it died is in the database the next child opens.
 */
#include "store/sqlite.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/cleanup.h"

enum { KILL_COUNT = 20, PATH_LEN = 200, CHUNK = 3 };

static enum status commit_number(struct store *s, uint64_t number, struct error *err)
{
	static const uint8_t bundle[] = {0, 1, 'a', 0, 0, 0, 2, 'b', 'c'};
	const struct view key = view_of(&number, sizeof number);

	TRY(s->ops->append_entries(s->self, 1, number * CHUNK, CHUNK,
	                           view_of(bundle, sizeof bundle), err));
	TRY(s->ops->put(s->self, STORE_SUBMISSION, key, key, err));
	return s->ops->commit(s->self, err);
}

/* The child: commits and reports until it is killed. */
static void work(const char *path, int reports)
{
	uint64_t entries, bodies;
	struct store s;
	struct error err;

	if (store_sqlite_open(path, &s, &err) != STATUS_OK ||
	    s.ops->count(s.self, 1, &entries, &bodies, &err) != STATUS_OK)
		_exit(1);
	for (uint64_t number = entries / CHUNK;; number++) {
		if (commit_number(&s, number, &err) != STATUS_OK)
			_exit(2);
		if (write(reports, &number, sizeof number) != sizeof number)
			_exit(3);
	}
}

/* Reads reports until the pipe is dry; the count of numbers reported in all. */
static uint64_t read_reports(int reports, uint64_t *ret_last, uint64_t at_most)
{
	uint64_t count = 0;

	while (count < at_most &&
	       read(reports, ret_last, sizeof *ret_last) == sizeof *ret_last)
		count++;
	return count;
}

/* Kills the child while it works, some reports after it began. */
static uint64_t kill_once(const char *path, uint64_t report_count, uint64_t spin_count)
{
	uint64_t last = 0;
	int ends[2], exit_status;
	pid_t child;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		work(path, ends[1]);
	(void)close(ends[1]);
	assert_int_equal(read_reports(ends[0], &last, report_count), report_count);
	for (volatile uint64_t i = 0; i < spin_count; i++)
		continue;
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &exit_status, 0), child);
	assert_true(WIFSIGNALED(exit_status));
	(void)read_reports(ends[0], &last, UINT64_MAX);
	(void)close(ends[0]);
	return last + 1;
}

/* How many numbers the database holds, after checking that they are whole. */
static uint64_t numbers_held(const char *path)
{
	CLEANUP_BUF struct buf got = BUF_INIT(100);
	uint64_t entries, bodies, count;
	struct store s;
	struct error err;

	assert_int_equal(store_sqlite_open(path, &s, &err), STATUS_OK);
	assert_int_equal(store_sqlite_integrity(&s, &err), STATUS_OK);
	assert_int_equal(s.ops->count(s.self, 1, &entries, &bodies, &err), STATUS_OK);
	count = entries / CHUNK;
	assert_int_equal(entries % CHUNK, 0);
	for (uint64_t i = 0; i <= count; i++)
		assert_int_equal(s.ops->get(s.self, STORE_SUBMISSION,
		                            view_of(&i, sizeof i), &got, &err),
		                 i < count ? STATUS_OK : STATUS_NOT_FOUND);
	s.ops->close(s.self);
	return count;
}

static void what_was_reported_survives_kill(void **state)
{
	const char *base = getenv("TMPDIR");
	char folder[PATH_LEN - 20], path[PATH_LEN], log_path[PATH_LEN + 8];
	uint32_t random = 12345;

	(void)snprintf(folder, sizeof folder, "%s/aldis-kill-XXXXXX",
	               base == NULL ? "/tmp" : base);
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof path, "%s/desk.db", folder);
	(void)snprintf(log_path, sizeof log_path, "%s-wal", path);
	for (int i = 0; i < KILL_COUNT; i++) {
		uint64_t reported;

		random = random * 1664525 + 1013904223;
		reported =
		    kill_once(path, 1 + (random >> 8) % 40, (random >> 14) % 200000);
		assert_in_range(numbers_held(path), reported, reported + 1);
	}
	(void)unlink(path);
	(void)unlink(log_path);
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_reported_survives_kill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
