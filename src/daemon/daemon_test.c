/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole daemon on a fresh folder: its start and stop, and what happens when a process
 * is killed or a file is damaged.
 */
#include "daemon/supervisor.h"

#include <curl/curl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "crypto/random.h"
#include "daemon/daemon_testing.h"
#include "link/local_client.h"

struct world {
	char base[256];
	struct folder folder;
	struct test_daemon daemon;
};

static int setup(void **state)
{
	struct world *world = test_calloc(1, sizeof *world);

	test_folder_make(world->base);
	test_desk_make(world->base, "north.example", &world->folder);
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

static void start(struct world *world)
{
	test_daemon_start(&world->daemon, world->folder.path, NULL);
}

static const char *path_of(struct world *world, const char *name)
{
	static char path[FOLDER_PATH_MAX];

	assert_int_equal(folder_path(&world->folder, name, path, NULL), STATUS_OK);
	return path;
}

static bool is_there(struct world *world, const char *name)
{
	return access(path_of(world, name), F_OK) == 0;
}

static void read_listening(struct world *world, char ret_text[256])
{
	CLEANUP_BUF struct buf text = BUF_INIT(255);
	struct error err;

	assert_int_equal(file_read(path_of(world, "listening"), &text, &err), STATUS_OK);
	assert_true(view_copy_string(buf_view(&text), ret_text, 256));
}

/* Asks the local API for the state of the desk. */
static int ask_status(struct world *world)
{
	struct link_local_answer answer = {.body = BUF_INIT(1 << 20)};
	struct link_local_request request = {.socket_path = path_of(world, "aldisd.sock"),
	                                     .method = LINK_GET,
	                                     .path = "/api/status",
	                                     .total_ms = 20000};
	struct error err = {""};
	enum status status = link_local_call(&request, &answer, &err);

	buf_release(&answer.body);
	if (status != STATUS_OK)
		fail_msg("%s", err.text);
	return answer.http_status;
}

static void it_starts_answers_and_stops(void **state)
{
	struct world *world = *state;
	char listening[256];

	start(world);
	test_daemon_expect(&world->daemon, "READY=1");
	assert_int_equal(ask_status(world), 200);
	read_listening(world, listening);
	assert_memory_equal(listening, "127.0.0.1:", 10);
	assert_true(atoi(listening + 10) > 0);
	assert_int_equal(test_daemon_stop(&world->daemon), 0);
	assert_false(is_there(world, "listening"));
	assert_false(is_there(world, "aldisd.sock"));
	assert_true(is_there(world, "store.db"));
	assert_true(is_there(world, "guard"));
}

/* The manager would end it: the test takes its place. */
static void a_process_that_hangs_is_no_life(void **state)
{
	struct world *world = *state;
	pid_t desk;
	struct pollfd notify;

	assert_int_equal(setenv("WATCHDOG_USEC", "400000", 1), 0);
	start(world);
	assert_int_equal(unsetenv("WATCHDOG_USEC"), 0);
	test_daemon_expect(&world->daemon, "READY=1");
	for (int i = 0; i < 3; i++)
		test_daemon_expect(&world->daemon, "WATCHDOG=1");
	desk = test_daemon_child(&world->daemon, "desk");
	assert_int_equal(kill(desk, SIGSTOP), 0);
	notify = (struct pollfd){.fd = world->daemon.notify, .events = POLLIN};
	for (int heard = 0; poll(&notify, 1, 400) == 1; heard++) {
		assert_true(heard < 50); /* what was on its way ends */
		test_daemon_expect(&world->daemon, "WATCHDOG=1");
	}
	assert_int_equal(kill(desk, SIGCONT), 0);
	test_daemon_expect(&world->daemon, "WATCHDOG=1");
	assert_int_equal(test_daemon_stop(&world->daemon), 0);
}

static void the_death_of_any_process_starts_all_again(void **state)
{
	static const char *const names[] = {"signer", "desk", "front", "desk"};
	struct world *world = *state;
	char before[256], after[256];

	start(world);
	test_daemon_expect(&world->daemon, "READY=1");
	read_listening(world, before);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		pid_t pid = test_daemon_child(&world->daemon, names[i]);

		assert_int_equal(kill(pid, SIGKILL), 0);
		test_daemon_expect(&world->daemon, "READY=1");
		assert_int_equal(ask_status(world), 200);
		assert_int_not_equal(test_daemon_child(&world->daemon, names[i]), pid);
	}
	read_listening(world, after);
	assert_string_equal(before, after);
	assert_int_equal(test_daemon_stop(&world->daemon), 0);
}

static void after_the_supervisors_death_a_new_one_starts_at_once(void **state)
{
	struct world *world = *state;

	for (int i = 0; i < 3; i++) {
		start(world);
		test_daemon_expect(&world->daemon, "READY=1");
		assert_int_equal(kill(world->daemon.pid, SIGKILL), 0);
		assert_int_equal(test_daemon_wait(&world->daemon), -SIGKILL);
	}
	start(world);
	test_daemon_expect(&world->daemon, "READY=1");
	assert_int_equal(ask_status(world), 200);
	assert_int_equal(test_daemon_stop(&world->daemon), 0);
}

static void a_second_daemon_on_the_folder_is_refused(void **state)
{
	struct world *world = *state;
	struct test_daemon second;
	char path[FOLDER_PATH_MAX];

	start(world);
	test_daemon_expect(&world->daemon, "READY=1");
	(void)snprintf(path, sizeof path, "%s/.", world->folder.path);
	test_daemon_start(&second, path, NULL);
	assert_int_equal(test_daemon_wait(&second), 3);
	assert_int_equal(ask_status(world), 200);
	assert_int_equal(test_daemon_stop(&world->daemon), 0);
}

static void it_may_be_killed_while_it_starts(void **state)
{
	struct world *world = *state;

	for (int i = 0; i < 5; i++) {
		start(world);
		assert_int_equal(kill(world->daemon.pid, SIGKILL), 0);
		assert_int_equal(test_daemon_wait(&world->daemon), -SIGKILL);
	}
	start(world);
	test_daemon_expect(&world->daemon, "READY=1");
	assert_int_equal(test_daemon_stop(&world->daemon), 0);
}

static void a_folder_that_is_none_is_refused(void **state)
{
	struct world *world = *state;

	assert_int_equal(unlink(path_of(world, "desk.conf")), 0);
	start(world);
	assert_int_equal(test_daemon_wait(&world->daemon), 3);
}

static void a_missing_key_stops_it_for_good(void **state)
{
	static const char *const names[] = {"keys/link.key", "keys/mirror.key"};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		assert_int_equal(unlink(path_of(world, names[i])), 0);
		start(world);
		assert_int_equal(test_daemon_wait(&world->daemon), 3);
	}
}

static void damage(struct world *world, const char *name)
{
	struct error err;

	assert_int_equal(file_replace(path_of(world, name),
	                              view_of_string("this is not what belongs here, but "
	                                             "it is long enough to be read"),
	                              0600, &err),
	                 STATUS_OK);
}

static void a_damaged_store_stops_it_for_good(void **state)
{
	struct world *world = *state;

	damage(world, "store.db");
	start(world);
	assert_int_equal(test_daemon_wait(&world->daemon), 3);
}

static void a_damaged_guard_is_put_aside(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4096);
	struct world *world = *state;
	struct error err;

	for (int i = 0; i < 10; i++)
		buf_append_string(&text,
		                  "neither a guard nor short enough to be a new one");
	assert_int_equal(
	    file_replace(path_of(world, "guard"), buf_view(&text), 0600, &err),
	    STATUS_OK);
	start(world);
	test_daemon_expect(&world->daemon, "READY=1");
	assert_int_equal(ask_status(world), 200);
	assert_int_equal(test_daemon_stop(&world->daemon), 0);
	buf_clear(&text);
	assert_int_equal(file_read(path_of(world, "guard"), &text, &err), STATUS_OK);
	assert_memory_equal(text.data, "aldis guard/1\n", 14);
}

static void another_desks_card_stops_it_for_good(void **state)
{
	CLEANUP_BUF struct buf note = BUF_INIT(1 << 20);
	struct world *world = *state;
	struct folder south;
	char path[FOLDER_PATH_MAX];
	struct error err;

	test_desk_make(world->base, "south.example", &south);
	assert_int_equal(folder_path(&south, "card.note", path, &err), STATUS_OK);
	assert_int_equal(file_read(path, &note, &err), STATUS_OK);
	assert_int_equal(
	    file_replace(path_of(world, "card.note"), buf_view(&note), 0600, &err),
	    STATUS_OK);
	start(world);
	assert_int_equal(test_daemon_wait(&world->daemon), 3);
}

#define WITH_DESK(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_DESK(it_starts_answers_and_stops),
	    WITH_DESK(a_process_that_hangs_is_no_life),
	    WITH_DESK(the_death_of_any_process_starts_all_again),
	    WITH_DESK(after_the_supervisors_death_a_new_one_starts_at_once),
	    WITH_DESK(a_second_daemon_on_the_folder_is_refused),
	    WITH_DESK(it_may_be_killed_while_it_starts),
	    WITH_DESK(a_folder_that_is_none_is_refused),
	    WITH_DESK(a_missing_key_stops_it_for_good),
	    WITH_DESK(a_damaged_store_stops_it_for_good),
	    WITH_DESK(a_damaged_guard_is_put_aside),
	    WITH_DESK(another_desks_card_stops_it_for_good),
	};
	struct error err;

	(void)signal(SIGPIPE, SIG_IGN);
	if (crypto_init(&err) != STATUS_OK ||
	    curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
