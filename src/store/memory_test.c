/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The storage suite on memory, and what only memory can do: crash, snapshot, restore.
 */
#include "store/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "store/suite.h"

static void open_memory(void *context, struct store *ret_store)
{
	struct error err;

	if (store_memory_new(ret_store, &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

static void clean_nothing(void *context)
{
}

static void put_number(struct store *s, unsigned key, unsigned value)
{
	char key_text[16], value_text[16];
	struct error err;

	(void)snprintf(key_text, sizeof key_text, "%06u", key);
	(void)snprintf(value_text, sizeof value_text, "%u", value);
	assert_int_equal(s->ops->put(s->self, STORE_META, view_of_string(key_text),
	                             view_of_string(value_text), &err),
	                 STATUS_OK);
}

static void commit(struct store *s)
{
	struct error err;

	assert_int_equal(s->ops->commit(s->self, &err), STATUS_OK);
}

/* The value as a number; -1 when the row is absent. */
static int number_at(struct store *s, unsigned key)
{
	CLEANUP_BUF struct buf got = BUF_INIT(15);
	char key_text[16];
	struct error err;

	(void)snprintf(key_text, sizeof key_text, "%06u", key);
	if (s->ops->get(s->self, STORE_META, view_of_string(key_text), &got, &err) !=
	    STATUS_OK)
		return -1;
	buf_append_byte(&got, 0);
	return atoi((const char *)got.data);
}

static void a_crash_leaves_what_was_committed(void **state)
{
	struct store s;

	open_memory(NULL, &s);
	put_number(&s, 1, 10);
	commit(&s);
	put_number(&s, 1, 11);
	put_number(&s, 2, 20);
	store_memory_crash(&s);
	assert_int_equal(number_at(&s, 1), 10);
	assert_int_equal(number_at(&s, 2), -1);
	s.ops->close(s.self);
}

static void a_snapshot_is_the_committed_state_and_stays(void **state)
{
	struct store_memory_snapshot *snapshot;
	struct store s;

	open_memory(NULL, &s);
	for (unsigned i = 0; i < 500; i++)
		put_number(&s, i, i);
	commit(&s);
	put_number(&s, 0, 999);
	snapshot = store_memory_snapshot(&s);
	assert_non_null(snapshot);
	for (unsigned i = 0; i < 500; i++)
		put_number(&s, i, i + 1000);
	commit(&s);
	for (int round = 0; round < 2; round++) {
		store_memory_restore(&s, snapshot);
		store_memory_crash(&s);
		for (unsigned i = 0; i < 500; i++)
			assert_int_equal(number_at(&s, i), i);
		put_number(&s, 7, 70);
		commit(&s);
	}
	store_memory_snapshot_free(snapshot);
	assert_int_equal(number_at(&s, 7), 70);
	s.ops->close(s.self);
}

static void a_snapshot_makes_a_second_machine(void **state)
{
	struct store_memory_snapshot *snapshot;
	struct store first, second;

	open_memory(NULL, &first);
	open_memory(NULL, &second);
	put_number(&first, 1, 10);
	commit(&first);
	snapshot = store_memory_snapshot(&first);
	store_memory_restore(&second, snapshot);
	store_memory_snapshot_free(snapshot);
	put_number(&second, 1, 20);
	commit(&second);
	assert_int_equal(number_at(&first, 1), 10);
	first.ops->close(first.self);
	assert_int_equal(number_at(&second, 1), 20);
	second.ops->close(second.self);
}

static void a_backup_says_that_there_are_no_files(void **state)
{
	struct error err;
	struct store s;

	open_memory(NULL, &s);
	assert_int_equal(s.ops->backup(s.self, "backup.db", &err), STATUS_NOT_FOUND);
	s.ops->close(s.self);
}

int main(void)
{
	const struct store_suite suite = {
	    .name = "memory", .open = open_memory, .clean = clean_nothing};
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_crash_leaves_what_was_committed),
	    cmocka_unit_test(a_snapshot_is_the_committed_state_and_stays),
	    cmocka_unit_test(a_snapshot_makes_a_second_machine),
	    cmocka_unit_test(a_backup_says_that_there_are_no_files),
	};
	int failed = store_suite_run(&suite);

	failed += cmocka_run_group_tests(tests, NULL, NULL);
	return failed == 0 ? 0 : 1;
}
