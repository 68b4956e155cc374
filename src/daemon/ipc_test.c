/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames over a real socket pair: whole, in pieces, too long, and when the other end is
 * slow or gone.
 */
#include "daemon/ipc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "codec/reader.h"

struct pair {
	struct ipc a, b;
};

static int setup(void **state)
{
	struct pair *pair = test_calloc(1, sizeof *pair);
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	ipc_init(&pair->a, fds[0]);
	ipc_init(&pair->b, fds[1]);
	*state = pair;
	return 0;
}

static int teardown(void **state)
{
	struct pair *pair = *state;

	ipc_release(&pair->a);
	ipc_release(&pair->b);
	test_free(pair);
	return 0;
}

static void put_bytes(struct ipc *ipc, uint8_t type, size_t len, uint8_t fill)
{
	size_t begun = ipc_begin(ipc, type);
	uint8_t *space = buf_extend(&ipc->out, len);

	assert_non_null(space);
	memset(space, fill, len);
	ipc_end(ipc, begun);
}

static void expect_bytes(const struct ipc_frame *frame, uint8_t type, size_t len,
                         uint8_t fill)
{
	assert_int_equal(frame->type, type);
	assert_int_equal(frame->fields.len, len);
	for (size_t i = 0; i < len; i++)
		if (frame->fields.data[i] != fill)
			fail_msg("byte %zu is wrong", i);
}

static void frames_arrive_in_order_and_whole(void **state)
{
	struct pair *pair = *state;
	struct ipc_frame frame;
	struct error err;

	put_bytes(&pair->a, IPC_REQUEST, 0, 0);
	put_bytes(&pair->a, IPC_EVENT, 5, 7);
	put_bytes(&pair->a, IPC_ANSWER, 1000, 9);
	assert_int_equal(ipc_write(&pair->a, &err), STATUS_OK);
	assert_int_equal(ipc_queued(&pair->a), 0);
	assert_int_equal(ipc_read(&pair->b, 1 << 20, &err), STATUS_OK);
	assert_int_equal(ipc_next(&pair->b, &frame, &err), STATUS_OK);
	expect_bytes(&frame, IPC_REQUEST, 0, 0);
	assert_int_equal(ipc_next(&pair->b, &frame, &err), STATUS_OK);
	expect_bytes(&frame, IPC_EVENT, 5, 7);
	assert_int_equal(ipc_next(&pair->b, &frame, &err), STATUS_OK);
	expect_bytes(&frame, IPC_ANSWER, 1000, 9);
	assert_int_equal(ipc_next(&pair->b, &frame, &err), STATUS_AGAIN);
}

static void a_frame_in_single_bytes_is_put_together(void **state)
{
	static const uint8_t bytes[] = {0, 0, 0, 4, IPC_EVENT, 1, 2, 3};
	struct pair *pair = *state;
	struct ipc_frame frame;
	struct error err;

	for (size_t i = 0; i < sizeof bytes; i++) {
		assert_int_equal(ipc_next(&pair->b, &frame, &err), STATUS_AGAIN);
		assert_int_equal(send(pair->a.fd, bytes + i, 1, 0), 1);
		assert_int_equal(ipc_read(&pair->b, 100, &err), STATUS_OK);
	}
	assert_int_equal(ipc_next(&pair->b, &frame, &err), STATUS_OK);
	assert_int_equal(frame.fields.len, 3);
	assert_int_equal(frame.fields.data[2], 3);
}

static void lengths_out_of_bounds_are_malformed(void **state)
{
	static const uint8_t cases[][4] = {
	    {0, 0, 0, 0}, {0xff, 0xff, 0xff, 0xff}, {0x04, 0, 0, 1}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pair *pair;
		struct ipc_frame frame;
		struct error err;

		assert_int_equal(setup((void **)&pair), 0);
		assert_int_equal(send(pair->a.fd, cases[i], 4, 0), 4);
		assert_int_equal(ipc_read(&pair->b, 100, &err), STATUS_OK);
		assert_int_equal(ipc_next(&pair->b, &frame, &err), STATUS_MALFORMED);
		assert_true(pair->b.in.cap < 1 << 20);
		teardown((void **)&pair);
	}
	(void)state;
}

/* A frame far larger than the socket's memory, written without waiting by turns. */
static void a_slow_reader_gets_everything(void **state)
{
	enum { LEN = 5 << 20 };
	struct pair *pair = *state;
	struct ipc_frame frame;
	struct error err;
	enum status status = STATUS_AGAIN;
	size_t rounds = 0;

	put_bytes(&pair->a, IPC_REPLY, 3, 1);
	put_bytes(&pair->a, IPC_REPLY, LEN, 2);
	put_bytes(&pair->a, IPC_REPLY, 4, 3);
	assert_int_equal(ipc_write(&pair->a, &err), STATUS_OK);
	assert_true(ipc_queued(&pair->a) > 0);
	assert_int_equal(ipc_read(&pair->b, 1, &err), STATUS_OK);
	assert_int_equal(ipc_next(&pair->b, &frame, &err), STATUS_OK);
	expect_bytes(&frame, IPC_REPLY, 3, 1);
	for (; status == STATUS_AGAIN; rounds++) {
		assert_int_equal(ipc_write(&pair->a, &err), STATUS_OK);
		assert_int_equal(ipc_read(&pair->b, IPC_ENOUGH_MAX, &err), STATUS_OK);
		status = ipc_next(&pair->b, &frame, &err);
	}
	assert_int_equal(status, STATUS_OK);
	assert_true(rounds > 3);
	expect_bytes(&frame, IPC_REPLY, LEN, 2);
	assert_int_equal(ipc_write(&pair->a, &err), STATUS_OK);
	assert_int_equal(ipc_wait(&pair->b, &frame, &err), STATUS_OK);
	expect_bytes(&frame, IPC_REPLY, 4, 3);
}

/* A reader that wants little at a time must still get a frame that is larger. */
static void a_frame_larger_than_what_is_enough_comes_in_whole(void **state)
{
	enum { LEN = 3 << 20 };
	struct pair *pair = *state;
	struct ipc_frame frame;
	struct error err;
	enum status status = STATUS_AGAIN;

	put_bytes(&pair->a, IPC_REPLY, LEN, 2);
	for (int round = 0; round < 1000 && status == STATUS_AGAIN; round++) {
		assert_int_equal(ipc_write(&pair->a, &err), STATUS_OK);
		assert_int_equal(ipc_read(&pair->b, 10, &err), STATUS_OK);
		status = ipc_next(&pair->b, &frame, &err);
	}
	assert_int_equal(status, STATUS_OK);
	expect_bytes(&frame, IPC_REPLY, LEN, 2);
}

static void frames_can_be_added_behind_half_sent_ones(void **state)
{
	enum { LEN = 1 << 20 };
	struct pair *pair = *state;
	struct ipc_frame frame;
	struct error err;
	uint8_t next = 0;

	for (uint8_t i = 0; i < 20; i++) {
		put_bytes(&pair->a, IPC_CALL, LEN, i);
		assert_int_equal(ipc_write(&pair->a, &err), STATUS_OK);
		assert_int_equal(ipc_read(&pair->b, LEN / 2, &err), STATUS_OK);
		while (ipc_next(&pair->b, &frame, &err) == STATUS_OK)
			expect_bytes(&frame, IPC_CALL, LEN, next++);
	}
	while (next < 20) {
		assert_int_equal(ipc_write(&pair->a, &err), STATUS_OK);
		assert_int_equal(ipc_read(&pair->b, LEN, &err), STATUS_OK);
		while (ipc_next(&pair->b, &frame, &err) == STATUS_OK)
			expect_bytes(&frame, IPC_CALL, LEN, next++);
	}
	assert_int_equal(ipc_queued(&pair->a), 0);
}

static void what_is_urgent_goes_before_a_long_queue(void **state)
{
	struct pair *pair = *state;
	struct ipc queue;
	struct ipc_frame frame;

	ipc_init(&queue, -1);
	for (uint8_t i = 0; i < 10; i++)
		put_bytes(&queue, IPC_REQUEST, 1000, i);
	ipc_pass_on(&queue, &pair->a, 2500);
	assert_int_equal(ipc_queued(&pair->a), 3 * 1005);
	put_bytes(&pair->a, IPC_ANSWER, 7, 99);
	ipc_pass_on(&queue, &pair->a, 1 << 20);
	assert_int_equal(ipc_queued(&queue), 0);
	assert_int_equal(ipc_flush(&pair->a, NULL), STATUS_OK);
	for (uint8_t i = 0; i < 11; i++) {
		assert_int_equal(ipc_wait(&pair->b, &frame, NULL), STATUS_OK);
		if (i == 3)
			expect_bytes(&frame, IPC_ANSWER, 7, 99);
		else
			expect_bytes(&frame, IPC_REQUEST, 1000,
			             (uint8_t)(i < 3 ? i : i - 1));
	}
	ipc_release(&queue);
}

static void an_end_that_is_gone_is_noticed(void **state)
{
	struct pair *pair = *state;
	struct ipc_frame frame;
	struct error err;

	ipc_release(&pair->b);
	assert_int_equal(ipc_read(&pair->a, 1, &err), STATUS_CLOSED);
	assert_int_equal(ipc_wait(&pair->a, &frame, &err), STATUS_CLOSED);
	put_bytes(&pair->a, IPC_EVENT, 3, 1);
	assert_int_equal(ipc_write(&pair->a, &err), STATUS_CLOSED);
	assert_int_equal(ipc_flush(&pair->a, &err), STATUS_CLOSED);
}

static void an_end_that_leaves_within_a_frame_is_noticed(void **state)
{
	struct pair *pair = *state;
	struct ipc_frame frame;
	struct error err;

	assert_int_equal(send(pair->a.fd, "\0\0\0\x09\x01zz", 7, 0), 7);
	ipc_release(&pair->a);
	assert_int_equal(ipc_wait(&pair->b, &frame, &err), STATUS_CLOSED);
}

static void a_frame_that_is_too_large_is_never_sent(void **state)
{
	struct pair *pair = *state;
	struct error err;

	put_bytes(&pair->a, IPC_EVENT, IPC_FRAME_MAX, 0);
	assert_int_equal(ipc_write(&pair->a, &err), STATUS_LIMIT);
	assert_int_equal(ipc_flush(&pair->a, &err), STATUS_LIMIT);
	assert_int_equal(ipc_read(&pair->b, 1, &err), STATUS_OK);
	assert_int_equal(pair->b.in.len, 0);
}

static void idle_buffers_give_their_memory_back(void **state)
{
	struct pair *pair = *state;
	struct ipc_frame frame;
	struct error err;

	put_bytes(&pair->a, IPC_EVENT, 1 << 20, 4);
	while (ipc_next(&pair->b, &frame, &err) == STATUS_AGAIN) {
		assert_int_equal(ipc_write(&pair->a, &err), STATUS_OK);
		assert_int_equal(ipc_read(&pair->b, IPC_ENOUGH_MAX, &err), STATUS_OK);
	}
	ipc_trim(&pair->a);
	ipc_trim(&pair->b);
	assert_int_equal(pair->a.out.cap, 0);
	assert_int_equal(pair->b.in.cap, 0);
	put_bytes(&pair->a, IPC_EVENT, 3, 5);
	assert_int_equal(ipc_flush(&pair->a, &err), STATUS_OK);
	assert_int_equal(ipc_wait(&pair->b, &frame, &err), STATUS_OK);
	expect_bytes(&frame, IPC_EVENT, 3, 5);
}

#define WITH_PAIR(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_PAIR(frames_arrive_in_order_and_whole),
	    WITH_PAIR(a_frame_in_single_bytes_is_put_together),
	    cmocka_unit_test(lengths_out_of_bounds_are_malformed),
	    WITH_PAIR(a_slow_reader_gets_everything),
	    WITH_PAIR(a_frame_larger_than_what_is_enough_comes_in_whole),
	    WITH_PAIR(frames_can_be_added_behind_half_sent_ones),
	    WITH_PAIR(what_is_urgent_goes_before_a_long_queue),
	    WITH_PAIR(an_end_that_is_gone_is_noticed),
	    WITH_PAIR(an_end_that_leaves_within_a_frame_is_noticed),
	    WITH_PAIR(a_frame_that_is_too_large_is_never_sent),
	    WITH_PAIR(idle_buffers_give_their_memory_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
