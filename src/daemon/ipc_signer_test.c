/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signer behind its socket: the desk's end in this process, the signer's end in a
 * forked one with a signer that the test can foresee.
 */
#include "daemon/ipc_signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Signs with bytes made of the item; refuses sizes that are multiples of 10. */
static enum status fake_sign(void *self, struct signer_item *items, size_t count,
                             struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		items[i].status = items[i].size % 10 == 0 ? STATUS_CONFLICT : STATUS_OK;
		items[i].time_s += 1000;
		memset(items[i].signature.bytes, (int)items[i].size & 0xff, 64);
		items[i].signature.bytes[0] = (uint8_t)items[i].kind;
		items[i].signature.bytes[1] = (uint8_t)items[i].proof.count;
		items[i].signature.bytes[2] = items[i].root.bytes[31];
	}
	return STATUS_OK;
}

static enum status fake_guard(void *self, enum signer_kind kind, const char *origin,
                              struct signer_guard *ret_guard, struct error *err)
{
	const int64_t *accepted = self;

	*ret_guard = (struct signer_guard){
	    .is_known = true, .size = strlen(origin), .time_s = kind + *accepted * 100};
	return STATUS_OK;
}

static enum status fake_open_box(void *self, const struct box_sealed_key *sealed,
                                 struct box_key *ret_key, struct error *err)
{
	if (sealed->bytes[79] != 1)
		return error_set(err, STATUS_UNTRUSTED, "not for this desk");
	memset(ret_key->bytes, sealed->bytes[0], sizeof ret_key->bytes);
	return STATUS_OK;
}

static const struct signer_ops fake_ops = {fake_sign, fake_guard, fake_open_box};

static void fake_accept(void *self)
{
	++*(int64_t *)self;
}

/* Serves until the desk's end is closed; what it has served is its exit status. */
static int serve(int fd)
{
	struct ipc ipc;
	struct ipc_frame frame;
	int64_t accepted = 0;
	struct ipc_signer_server server = {.ipc = &ipc,
	                                   .signer = {&fake_ops, &accepted},
	                                   .accept_clock = fake_accept,
	                                   .self = &accepted};
	int served = 0;
	struct error err;

	ipc_init(&ipc, fd);
	while (ipc_wait(&ipc, &frame, &err) == STATUS_OK) {
		if (ipc_signer_serve(&server, &frame, &err) != STATUS_OK ||
		    ipc_flush(&ipc, &err) != STATUS_OK)
			return 255;
		served++;
	}
	ipc_signer_server_release(&server);
	ipc_release(&ipc);
	return served;
}

struct link {
	struct ipc ipc;
	pid_t pid;
};

static int setup(void **state)
{
	struct link *link = test_calloc(1, sizeof *link);
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	link->pid = fork();
	assert_true(link->pid >= 0);
	if (link->pid == 0) {
		(void)close(fds[0]);
		_exit(serve(fds[1]));
	}
	(void)close(fds[1]);
	ipc_init(&link->ipc, fds[0]);
	*state = link;
	return 0;
}

/* How many frames were served. */
static int hang_up(struct link *link)
{
	int status;

	ipc_release(&link->ipc);
	assert_int_equal(waitpid(link->pid, &status, 0), link->pid);
	link->pid = 0;
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int teardown(void **state)
{
	struct link *link = *state;

	if (link->pid != 0)
		(void)hang_up(link);
	test_free(link);
	return 0;
}

static struct signer_item item_of(uint64_t size)
{
	struct signer_item item = {.kind = (enum signer_kind)(size % 3), .size = size};

	(void)snprintf(item.origin, sizeof item.origin, "north.example/%llu",
	               (unsigned long long)size);
	item.root.bytes[31] = (uint8_t)(size + 3);
	item.time_s = (int64_t)size;
	item.proof.count = size % (TLOG_PROOF_MAX + 1);
	return item;
}

static void check_item(const struct signer_item *item)
{
	struct signer_item asked = item_of(item->size);

	assert_int_equal(item->status,
	                 item->size % 10 == 0 ? STATUS_CONFLICT : STATUS_OK);
	if (item->status != STATUS_OK)
		return;
	assert_int_equal(item->time_s, asked.time_s + 1000);
	assert_int_equal(item->signature.bytes[0], asked.kind);
	assert_int_equal(item->signature.bytes[1], asked.proof.count);
	assert_int_equal(item->signature.bytes[2], asked.root.bytes[31]);
	assert_int_equal(item->signature.bytes[63], item->size & 0xff);
}

static void signatures_come_back_in_order(void **state)
{
	enum { COUNT = 100 };
	struct link *link = *state;
	struct signer_item items[COUNT];
	struct error err;

	for (size_t i = 0; i < COUNT; i++)
		items[i] = item_of(i);
	assert_int_equal(ipc_signer_ops.sign(&link->ipc, items, COUNT, &err), STATUS_OK);
	for (size_t i = 0; i < COUNT; i++)
		check_item(&items[i]);
	assert_int_equal(hang_up(link), 1);
}

static void a_large_batch_goes_in_parts(void **state)
{
	enum { COUNT = 2 * IPC_SIGN_MAX + 5 };
	struct link *link = *state;
	struct signer_item *items = test_calloc(COUNT, sizeof *items);
	struct error err;

	for (size_t i = 0; i < COUNT; i++)
		items[i] = item_of(i);
	assert_int_equal(ipc_signer_ops.sign(&link->ipc, items, COUNT, &err), STATUS_OK);
	for (size_t i = 0; i < COUNT; i++)
		check_item(&items[i]);
	assert_int_equal(hang_up(link), 3);
	test_free(items);
}

static void nothing_to_sign_asks_nothing(void **state)
{
	struct link *link = *state;
	struct error err;

	assert_int_equal(ipc_signer_ops.sign(&link->ipc, NULL, 0, &err), STATUS_OK);
	assert_int_equal(hang_up(link), 0);
}

static void the_guard_answers_and_the_operators_word_arrives(void **state)
{
	struct link *link = *state;
	struct signer_guard guard;
	struct error err;

	assert_int_equal(
	    ipc_signer_ops.guard(&link->ipc, SIGNER_WITNESS, "abc", &guard, &err),
	    STATUS_OK);
	assert_true(guard.is_known);
	assert_int_equal(guard.size, 3);
	assert_int_equal(guard.time_s, SIGNER_WITNESS);
	assert_int_equal(ipc_signer_accept_clock(&link->ipc, &err), STATUS_OK);
	assert_int_equal(
	    ipc_signer_ops.guard(&link->ipc, SIGNER_LOG, "abc", &guard, &err), STATUS_OK);
	assert_int_equal(guard.time_s, 100);
	assert_int_equal(hang_up(link), 3);
}

static void a_sealed_key_is_opened_or_refused_with_the_reason(void **state)
{
	struct link *link = *state;
	struct box_sealed_key sealed = {{9}};
	struct box_key key = {{0}};
	struct error err;

	assert_int_equal(ipc_signer_ops.open_box(&link->ipc, &sealed, &key, &err),
	                 STATUS_UNTRUSTED);
	assert_string_equal(err.text, "not for this desk");
	sealed.bytes[79] = 1;
	assert_int_equal(ipc_signer_ops.open_box(&link->ipc, &sealed, &key, &err),
	                 STATUS_OK);
	assert_int_equal(key.bytes[0], 9);
	assert_int_equal(key.bytes[31], 9);
	assert_int_equal(hang_up(link), 2);
}

static void a_signer_that_is_gone_fails_the_call(void **state)
{
	struct link *link = *state;
	struct signer_item item = item_of(1);
	struct error err;

	assert_int_equal(shutdown(link->ipc.fd, SHUT_WR), 0);
	assert_int_not_equal(ipc_signer_ops.sign(&link->ipc, &item, 1, &err), STATUS_OK);
}

/* ---- what a signer must not believe */

static void frames_that_are_none_of_the_signers_are_refused(void **unused)
{
	struct ipc ipc;
	int64_t accepted = 0;
	struct ipc_signer_server server = {.ipc = &ipc,
	                                   .signer = {&fake_ops, &accepted},
	                                   .accept_clock = fake_accept,
	                                   .self = &accepted};
	struct ipc_frame frame = {.type = IPC_REQUEST};
	struct error err;

	ipc_init(&ipc, -1);
	assert_int_equal(ipc_signer_serve(&server, &frame, &err), STATUS_MALFORMED);
	frame = (struct ipc_frame){.type = IPC_ACCEPT_CLOCK, .fields = view_of("x", 1)};
	assert_int_equal(ipc_signer_serve(&server, &frame, &err), STATUS_MALFORMED);
	frame = (struct ipc_frame){.type = IPC_SIGN, .fields = view_of("\x04\x01", 2)};
	assert_int_equal(ipc_signer_serve(&server, &frame, &err), STATUS_MALFORMED);
	frame = (struct ipc_frame){.type = IPC_OPEN_BOX, .fields = view_of("\x01", 1)};
	assert_int_equal(ipc_signer_serve(&server, &frame, &err), STATUS_MALFORMED);
	assert_int_equal(server.cap, 0);
	assert_int_equal(accepted, 0);
	ipc_release(&ipc);
}

static void a_wish_cut_anywhere_is_refused(void **unused)
{
	struct signer_item wished[2] = {item_of(5), item_of(70)}, *items = NULL;
	size_t cap = 0, count;
	struct ipc ipc;
	struct error err;

	ipc_init(&ipc, -1);
	ipc_sign_encode(&ipc, wished, 2);
	for (size_t len = 0; len < ipc.out.len - 5; len++) {
		uint8_t *copy = malloc(len > 0 ? len : 1);

		memcpy(copy, ipc.out.data + 5, len);
		assert_int_equal(
		    ipc_sign_decode(view_of(copy, len), &items, &cap, &count, &err),
		    STATUS_MALFORMED);
		free(copy);
	}
	assert_int_equal(
	    ipc_sign_decode(view_from(buf_view(&ipc.out), 5), &items, &cap, &count, &err),
	    STATUS_OK);
	assert_int_equal(count, 2);
	assert_string_equal(items[1].origin, wished[1].origin);
	ipc.out.data[5 + 2] = SIGNER_WITNESS + 1;
	assert_int_equal(
	    ipc_sign_decode(view_from(buf_view(&ipc.out), 5), &items, &cap, &count, &err),
	    STATUS_MALFORMED);
	free(items);
	ipc_release(&ipc);
}

static void signatures_for_another_number_of_items_are_refused(void **unused)
{
	struct signer_item items[2] = {item_of(5), item_of(6)};
	struct ipc ipc;
	struct error err;

	ipc_init(&ipc, -1);
	ipc_signed_encode(&ipc, items, 2);
	assert_int_equal(
	    ipc_signed_decode(view_from(buf_view(&ipc.out), 5), items, 1, &err),
	    STATUS_MALFORMED);
	assert_int_equal(
	    ipc_signed_decode(view_from(buf_view(&ipc.out), 5), items, 2, &err),
	    STATUS_OK);
	ipc_release(&ipc);
}

#define WITH_SIGNER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_SIGNER(signatures_come_back_in_order),
	    WITH_SIGNER(a_large_batch_goes_in_parts),
	    WITH_SIGNER(nothing_to_sign_asks_nothing),
	    WITH_SIGNER(the_guard_answers_and_the_operators_word_arrives),
	    WITH_SIGNER(a_sealed_key_is_opened_or_refused_with_the_reason),
	    WITH_SIGNER(a_signer_that_is_gone_fails_the_call),
	    cmocka_unit_test(frames_that_are_none_of_the_signers_are_refused),
	    cmocka_unit_test(a_wish_cut_anywhere_is_refused),
	    cmocka_unit_test(signatures_for_another_number_of_items_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
