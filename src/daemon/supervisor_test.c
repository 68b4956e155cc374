/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The supervisor over processes that do nothing but live, fail or die as the test wants.
 */
#include "daemon/supervisor.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "crypto/random.h"
#include "daemon/daemon_testing.h"

struct world {
	char base[256];
	struct folder folder;
	struct test_daemon daemon;
};

static int setup(void **state)
{
	struct world *world = test_calloc(1, sizeof *world);
	struct folder_config config = {.name = "north.example", .listen = "127.0.0.1:0"};
	char path[300];

	test_folder_make(world->base);
	(void)snprintf(path, sizeof path, "%s/desk", world->base);
	assert_int_equal(folder_make(path, &config, &world->folder, NULL), STATUS_OK);
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	test_folder_remove(world->base);
	test_free(world);
	return 0;
}

/* ---- processes */

static void wait_for_end_of(int fd)
{
	struct pollfd poller = {.fd = fd, .events = POLLIN};
	char byte;

	while (poll(&poller, 1, -1) != 1 || read(fd, &byte, 1) > 0)
		;
}

/* Each appends its letter when it ends. */
static void note(const struct process_context *context, const char *letter)
{
	char path[FOLDER_PATH_MAX];
	int fd;

	if (folder_path(context->folder, "notes", path, NULL) != STATUS_OK)
		_exit(99);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd < 0 || write(fd, letter, 1) != 1)
		_exit(99);
	(void)close(fd);
}

static int good_signer(const struct process_context *context)
{
	wait_for_end_of(context->desk);
	note(context, "s");
	return PROCESS_EXIT_STOP;
}

static int good_desk(const struct process_context *context)
{
	wait_for_end_of(context->front);
	note(context, "d");
	return PROCESS_EXIT_STOP;
}

static int good_front(const struct process_context *context)
{
	struct process_ports ports = context->ports;

	if (ports.link == 0)
		ports.link = 4711;
	if (process_report(context->control, &ports, NULL) != STATUS_OK)
		return PROCESS_EXIT_AGAIN;
	wait_for_end_of(context->control);
	note(context, "f");
	return PROCESS_EXIT_STOP;
}

static int silent_front(const struct process_context *context)
{
	wait_for_end_of(context->desk);
	return PROCESS_EXIT_STOP;
}

static int fatal_desk(const struct process_context *context)
{
	return PROCESS_EXIT_FATAL;
}

static int failing_desk(const struct process_context *context)
{
	return PROCESS_EXIT_AGAIN;
}

/* Dies in its first two lives, before the front has reported. */
static int weak_desk(const struct process_context *context)
{
	char path[FOLDER_PATH_MAX];

	for (char life = '1'; life <= '2'; life++) {
		int fd;

		(void)snprintf(path, sizeof path, "%s/life%c", context->folder->path,
		               life);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
		if (fd >= 0)
			(void)raise(SIGKILL);
	}
	return good_desk(context);
}

static int patient_front(const struct process_context *context)
{
	char path[FOLDER_PATH_MAX];

	(void)snprintf(path, sizeof path, "%s/life2", context->folder->path);
	return access(path, F_OK) == 0 ? good_front(context) : silent_front(context);
}

/* Good the first time, fatal when started again. */
static int once_desk(const struct process_context *context)
{
	return context->is_restart ? PROCESS_EXIT_FATAL : good_desk(context);
}

/* Fails in its first life as soon as the daemon is ready. */
static int unlucky_desk(const struct process_context *context)
{
	char path[FOLDER_PATH_MAX];

	(void)snprintf(path, sizeof path, "%s/listening", context->folder->path);
	while (!context->is_restart)
		if (access(path, F_OK) == 0)
			return PROCESS_EXIT_AGAIN;
		else
			(void)poll(NULL, 0, 1);
	return good_desk(context);
}

/* Fails when it holds a descriptor that is not its own. */
static int tidy_signer(const struct process_context *context)
{
	int found = 0;
	DIR *folder = opendir("/proc/self/fd");

	if (folder == NULL)
		return PROCESS_EXIT_FATAL;
	while (readdir(folder) != NULL)
		found++;
	(void)closedir(folder);
	/* stdio, the lock, control, the desk's socket, this folder; '.' and '..' */
	if (found != 3 + 3 + 1 + 2)
		return PROCESS_EXIT_FATAL;
	return good_signer(context);
}

/* Beats once and then only lives. */
static int fading_desk(const struct process_context *context)
{
	process_beat(context, false);
	return good_desk(context);
}

/* Says that it is busy, and no more. */
static int busy_desk(const struct process_context *context)
{
	process_beat(context, true);
	return good_desk(context);
}

/* Beats, and leaves a note of the tenth time. */
static int beating_front(const struct process_context *context)
{
	struct pollfd control = {.fd = context->control, .events = POLLIN};
	const struct process_ports ports = {.link = 4711};

	if (process_report(context->control, &ports, NULL) != STATUS_OK)
		return PROCESS_EXIT_AGAIN;
	for (int beats = 1; poll(&control, 1, context->beat_ms) == 0; beats++) {
		process_beat(context, false);
		if (beats == 10)
			note(context, "b");
	}
	return PROCESS_EXIT_STOP;
}

static const struct process_plan good[] = {
    {"signer", good_signer}, {"desk", good_desk}, {"front", good_front}};

/* ---- tests */

static void start(struct world *world, const struct process_plan *plans)
{
	test_daemon_start(&world->daemon, world->folder.path, plans);
}

static void read_file(struct world *world, const char *name, char ret_text[64])
{
	struct buf text = BUF_INIT(63);
	char path[FOLDER_PATH_MAX];
	struct error err;

	assert_int_equal(folder_path(&world->folder, name, path, &err), STATUS_OK);
	assert_int_equal(file_read(path, &text, &err), STATUS_OK);
	assert_true(view_copy_string(buf_view(&text), ret_text, 64));
	buf_release(&text);
}

static void they_stop_in_order_front_desk_signer(void **state)
{
	struct world *world = *state;
	char text[64];

	start(world, good);
	test_daemon_expect(&world->daemon, "READY=1");
	read_file(world, "listening", text);
	assert_string_equal(text, "127.0.0.1:4711\n\n\n");
	assert_int_equal(kill(world->daemon.pid, SIGINT), 0);
	test_daemon_expect(&world->daemon, "STOPPING=1");
	assert_int_equal(test_daemon_wait(&world->daemon), 0);
	read_file(world, "notes", text);
	assert_string_equal(text, "fds");
}

static void what_a_process_calls_fatal_is_not_tried_again(void **state)
{
	static const struct process_plan plans[] = {
	    {"signer", good_signer}, {"desk", fatal_desk}, {"front", silent_front}};
	struct world *world = *state;

	start(world, plans);
	assert_int_equal(test_daemon_wait(&world->daemon), 3);
}

static void fatal_counts_also_after_a_good_life(void **state)
{
	static const struct process_plan plans[] = {
	    {"signer", good_signer}, {"desk", once_desk}, {"front", good_front}};
	struct world *world = *state;

	start(world, plans);
	test_daemon_expect(&world->daemon, "READY=1");
	assert_int_equal(kill(test_daemon_child(&world->daemon, "signer"), SIGKILL), 0);
	assert_int_equal(test_daemon_wait(&world->daemon), 3);
}

static void a_first_start_that_fails_is_not_tried_again(void **state)
{
	static const struct process_plan plans[] = {
	    {"signer", good_signer}, {"desk", failing_desk}, {"front", silent_front}};
	struct world *world = *state;

	start(world, plans);
	assert_int_equal(test_daemon_wait(&world->daemon), 3);
}

static void what_fails_after_a_good_start_is_tried_again(void **state)
{
	static const struct process_plan plans[] = {
	    {"signer", good_signer}, {"desk", unlucky_desk}, {"front", good_front}};
	struct world *world = *state;

	start(world, plans);
	test_daemon_expect(&world->daemon, "READY=1");
	test_daemon_expect(&world->daemon, "READY=1");
	assert_int_equal(test_daemon_stop(&world->daemon), 0);
}

static void a_first_start_that_is_killed_is_tried_again(void **state)
{
	static const struct process_plan plans[] = {
	    {"signer", good_signer}, {"desk", weak_desk}, {"front", patient_front}};
	struct world *world = *state;

	start(world, plans);
	test_daemon_expect(&world->daemon, "READY=1");
	assert_int_equal(test_daemon_stop(&world->daemon), 0);
}

static void nobody_outlives_the_others(void **state)
{
	struct world *world = *state;

	start(world, good);
	test_daemon_expect(&world->daemon, "READY=1");
	for (int kind = 0; kind < PROCESS_COUNT; kind++) {
		pid_t before[PROCESS_COUNT];

		for (int i = 0; i < PROCESS_COUNT; i++)
			before[i] = test_daemon_child(&world->daemon, good[i].name);
		assert_int_equal(kill(before[kind], SIGKILL), 0);
		test_daemon_expect(&world->daemon, "READY=1");
		for (int i = 0; i < PROCESS_COUNT; i++)
			assert_int_equal(kill(before[i], 0), -1);
	}
	assert_int_equal(test_daemon_stop(&world->daemon), 0);
}

static void a_process_inherits_nothing_but_its_own(void **state)
{
	static const struct process_plan plans[] = {
	    {"signer", tidy_signer}, {"desk", good_desk}, {"front", good_front}};
	struct world *world = *state;
	int stray = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_true(stray >= 0);
	start(world, plans);
	test_daemon_expect(&world->daemon, "READY=1");
	assert_int_equal(test_daemon_stop(&world->daemon), 0);
	(void)close(stray);
}

static void a_signal_that_a_terminal_sends_does_not_stop_a_process(void **state)
{
	struct world *world = *state;
	pid_t pid;

	start(world, good);
	test_daemon_expect(&world->daemon, "READY=1");
	pid = test_daemon_child(&world->daemon, "desk");
	assert_int_equal(kill(pid, SIGINT), 0);
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(kill(pid, 0), 0);
	assert_int_equal(test_daemon_child(&world->daemon, "desk"), pid);
	assert_int_equal(test_daemon_stop(&world->daemon), 0);
}

static void start_watched(struct world *world, const struct process_plan *plans)
{
	assert_int_equal(setenv("WATCHDOG_USEC", "100000", 1), 0);
	start(world, plans);
	assert_int_equal(unsetenv("WATCHDOG_USEC"), 0);
	test_daemon_expect(&world->daemon, "READY=1");
	test_daemon_expect(&world->daemon, "WATCHDOG=1");
}

static void the_watchdog_hears_of_nobody_who_hangs(void **state)
{
	static const struct process_plan plans[] = {
	    {"signer", good_signer}, {"desk", fading_desk}, {"front", beating_front}};
	struct world *world = *state;
	char path[FOLDER_PATH_MAX];

	start_watched(world, plans);
	assert_int_equal(folder_path(&world->folder, "notes", path, NULL), STATUS_OK);
	for (int left_ms = 20000; access(path, F_OK) != 0 && left_ms > 0; left_ms--)
		(void)poll(NULL, 0, 1);
	assert_int_equal(kill(world->daemon.pid, SIGTERM), 0);
	test_daemon_expect(&world->daemon, "STOPPING=1"); /* and nothing before */
	assert_int_equal(test_daemon_wait(&world->daemon), 0);
}

static void whoever_is_busy_need_not_beat(void **state)
{
	static const struct process_plan plans[] = {
	    {"signer", good_signer}, {"desk", busy_desk}, {"front", beating_front}};
	struct world *world = *state;

	start_watched(world, plans);
	test_daemon_expect(&world->daemon, "WATCHDOG=1");
	test_daemon_expect(&world->daemon, "WATCHDOG=1");
	assert_int_equal(test_daemon_stop(&world->daemon), 0);
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_FOLDER(they_stop_in_order_front_desk_signer),
	    WITH_FOLDER(what_a_process_calls_fatal_is_not_tried_again),
	    WITH_FOLDER(fatal_counts_also_after_a_good_life),
	    WITH_FOLDER(a_first_start_that_fails_is_not_tried_again),
	    WITH_FOLDER(what_fails_after_a_good_start_is_tried_again),
	    WITH_FOLDER(a_first_start_that_is_killed_is_tried_again),
	    WITH_FOLDER(nobody_outlives_the_others),
	    WITH_FOLDER(a_process_inherits_nothing_but_its_own),
	    WITH_FOLDER(the_watchdog_hears_of_nobody_who_hangs),
	    WITH_FOLDER(whoever_is_busy_need_not_beat),
	    WITH_FOLDER(a_signal_that_a_terminal_sends_does_not_stop_a_process),
	};
	struct error err;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
