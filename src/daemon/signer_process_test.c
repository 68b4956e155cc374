/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signer's process on a real folder: this test is its desk.
 */
#include "daemon/signer_process.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "crypto/random.h"
#include "daemon/daemon_testing.h"
#include "daemon/ipc_signer.h"
#include "tlog/tree.h"

#define CHANNEL "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct world {
	char base[256];
	struct folder folder;
	struct ipc desk;
	int control;
	pid_t signer;
};

static void start(struct world *world)
{
	int desk[2], control[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, desk), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control), 0);
	world->signer = fork();
	assert_true(world->signer >= 0);
	if (world->signer == 0) {
		struct process_context context = {.folder = &world->folder,
		                                  .control = control[1],
		                                  .signer = -1,
		                                  .desk = desk[1],
		                                  .front = -1};
		const int kept[] = {control[1], desk[1]};

		if (process_begin("signer", getppid(), kept, 2, NULL) != STATUS_OK)
			_exit(99);
		_exit(signer_process_run(&context));
	}
	(void)close(desk[1]);
	(void)close(control[1]);
	ipc_init(&world->desk, desk[0]);
	world->control = control[0];
}

static int hang_up(struct world *world)
{
	int status;

	ipc_release(&world->desk);
	assert_int_equal(waitpid(world->signer, &status, 0), world->signer);
	(void)close(world->control);
	world->signer = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int setup(void **state)
{
	struct world *world = test_calloc(1, sizeof *world);

	test_folder_make(world->base);
	test_desk_make(world->base, "north.example", &world->folder);
	start(world);
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	if (world->signer != 0)
		(void)hang_up(world);
	test_folder_remove(world->base);
	test_free(world);
	return 0;
}

static struct signer_item first_leaf(enum signer_kind kind, const char *desk,
                                     int64_t time_s)
{
	struct signer_item item = {.kind = kind, .size = 1, .time_s = time_s};

	(void)snprintf(item.origin, sizeof item.origin, "%s/" CHANNEL, desk);
	item.root = tlog_leaf_hash(view_of_string("entry"));
	return item;
}

static enum status sign(struct world *world, struct signer_item *item)
{
	struct error err;

	item->status = STATUS_BUG;
	assert_int_equal(ipc_signer_ops.sign(&world->desk, item, 1, &err), STATUS_OK);
	return item->status;
}

static void a_killed_signer_makes_the_same_bytes_again(void **state)
{
	struct world *world = *state;
	int64_t now_s = clock_utc_ms() / 1000;
	struct signer_item log = first_leaf(SIGNER_LOG, "north.example", 0);
	struct signer_item mirror = first_leaf(SIGNER_MIRROR, "south.example", now_s);
	struct signer_item again_log = log, again_mirror = mirror;

	assert_int_equal(sign(world, &log), STATUS_OK);
	assert_int_equal(sign(world, &mirror), STATUS_OK);
	assert_int_equal(kill(world->signer, SIGKILL), 0);
	assert_int_equal(hang_up(world), -SIGKILL);
	start(world);
	again_mirror.time_s = 0;
	assert_int_equal(sign(world, &again_log), STATUS_OK);
	assert_int_equal(sign(world, &again_mirror), STATUS_OK);
	assert_memory_equal(again_log.signature.bytes, log.signature.bytes, 64);
	assert_memory_equal(again_mirror.signature.bytes, mirror.signature.bytes, 64);
	assert_int_equal(again_mirror.time_s, now_s);
	assert_int_equal(hang_up(world), PROCESS_EXIT_STOP);
}

static void a_killed_signer_still_refuses_a_fork(void **state)
{
	struct world *world = *state;
	struct signer_item item = first_leaf(SIGNER_LOG, "north.example", 0);
	struct signer_guard guard;
	struct error err;

	assert_int_equal(sign(world, &item), STATUS_OK);
	assert_int_equal(kill(world->signer, SIGKILL), 0);
	assert_int_equal(hang_up(world), -SIGKILL);
	start(world);
	item.root.bytes[0] ^= 1;
	assert_int_equal(sign(world, &item), STATUS_CONFLICT);
	assert_int_equal(
	    ipc_signer_ops.guard(&world->desk, SIGNER_LOG, item.origin, &guard, &err),
	    STATUS_OK);
	assert_true(guard.is_known);
	assert_int_equal(guard.size, 1);
}

static void without_a_witness_key_it_is_no_witness(void **state)
{
	struct world *world = *state;
	struct signer_item item =
	    first_leaf(SIGNER_WITNESS, "south.example", clock_utc_ms() / 1000);

	assert_int_equal(sign(world, &item), STATUS_NOT_FOUND);
}

static void a_key_that_others_may_read_is_refused(void **state)
{
	struct world *world = *state;
	char path[FOLDER_PATH_MAX];

	assert_int_equal(hang_up(world), PROCESS_EXIT_STOP);
	assert_int_equal(folder_path(&world->folder, "keys/log.key", path, NULL),
	                 STATUS_OK);
	assert_int_equal(chmod(path, 0644), 0);
	start(world);
	assert_int_equal(hang_up(world), PROCESS_EXIT_AGAIN);
}

static void nonsense_ends_it(void **state)
{
	struct world *world = *state;
	struct ipc_frame frame;
	struct error err;

	buf_append(&world->desk.out, "\0\0\0\2\1x", 6);
	assert_int_equal(ipc_flush(&world->desk, &err), STATUS_OK);
	assert_int_equal(ipc_wait(&world->desk, &frame, &err), STATUS_CLOSED);
	assert_int_equal(hang_up(world), PROCESS_EXIT_AGAIN);
}

static void it_ends_when_the_supervisor_does(void **state)
{
	struct world *world = *state;
	struct ipc_frame frame;
	struct error err;

	assert_int_equal(shutdown(world->control, SHUT_RDWR), 0);
	assert_int_equal(ipc_wait(&world->desk, &frame, &err), STATUS_CLOSED);
	assert_int_equal(hang_up(world), PROCESS_EXIT_STOP);
}

#define WITH_SIGNER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_SIGNER(a_killed_signer_makes_the_same_bytes_again),
	    WITH_SIGNER(a_killed_signer_still_refuses_a_fork),
	    WITH_SIGNER(without_a_witness_key_it_is_no_witness),
	    WITH_SIGNER(a_key_that_others_may_read_is_refused),
	    WITH_SIGNER(nonsense_ends_it),
	    WITH_SIGNER(it_ends_when_the_supervisor_does),
	};
	struct error err;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
