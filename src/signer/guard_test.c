/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guard over a file in memory that can be cut off in the middle of a write, and over
 * a real one.
 */
#include "signer/guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "crypto/random.h"
#include "signer/signer_testing.h"

enum { FILE_MAX = 1 << 20, HEADER = 256, RECORD = 256, SLOT = 128 };

#define ORIGIN_A "north.example/a"
#define ORIGIN_B "north.example/b"

/* A medium that outlives the guards opened on it. */
struct medium {
	uint8_t bytes[FILE_MAX];
	size_t len;
	size_t room;   /* bytes still written before the power goes; SIZE_MAX: all */
	size_t writes; /* counted */
	size_t syncs;
	bool sync_fails;
};

static enum status medium_read(void *self, uint64_t offset, void *ret_bytes, size_t len,
                               size_t *ret_len, struct error *err)
{
	struct medium *medium = self;
	size_t held = offset < medium->len ? medium->len - offset : 0;

	*ret_len = held < len ? held : len;
	memcpy(ret_bytes, medium->bytes + offset, *ret_len);
	return STATUS_OK;
}

static enum status medium_write(void *self, uint64_t offset, const void *bytes,
                                size_t len, struct error *err)
{
	struct medium *medium = self;
	size_t written = len < medium->room ? len : medium->room;

	assert_true(offset + len <= FILE_MAX);
	medium->writes++;
	memcpy(medium->bytes + offset, bytes, written);
	if (written > 0 && offset + written > medium->len)
		medium->len = offset + written;
	if (medium->room != SIZE_MAX)
		medium->room -= written;
	return written == len ? STATUS_OK : error_set(err, STATUS_SYSTEM, "no power");
}

static enum status medium_sync(void *self, struct error *err)
{
	struct medium *medium = self;

	medium->syncs++;
	return medium->sync_fails ? error_set(err, STATUS_SYSTEM, "no disk") : STATUS_OK;
}

static void medium_close(void *self)
{
}

static const struct guard_file_ops medium_ops = {medium_read, medium_write, medium_sync,
                                                 medium_close};

static struct medium *medium_new(void)
{
	struct medium *medium = test_calloc(1, sizeof *medium);

	assert_non_null(medium);
	medium->room = SIZE_MAX;
	return medium;
}

static enum status try_open(struct medium *medium, struct guard **ret_guard)
{
	struct error err;

	return guard_open((struct guard_file){&medium_ops, medium}, ret_guard, &err);
}

static struct guard *open_guard(struct medium *medium)
{
	struct guard *guard = NULL;

	assert_int_equal(try_open(medium, &guard), STATUS_OK);
	return guard;
}

static struct signer_guard state_of(uint64_t size)
{
	struct signer_guard state = {.is_known = true, .size = size};

	state.root = sha256(view_of(&size, sizeof size));
	state.time_s = (int64_t)size * 10;
	return state;
}

static enum status put(struct guard *guard, const char *origin, uint64_t size)
{
	struct signer_guard state = state_of(size);
	struct error err;

	return guard_put(guard, SIGNER_LOG, origin, &state, &err);
}

/* The size held, after checking that everything else belongs to it; -1: not known. */
static int64_t held(const struct guard *guard, const char *origin)
{
	struct signer_guard state, expected;

	guard_get(guard, SIGNER_LOG, origin, &state);
	if (!state.is_known)
		return -1;
	expected = state_of(state.size);
	assert_memory_equal(state.root.bytes, expected.root.bytes, 32);
	assert_int_equal(state.time_s, expected.time_s);
	return (int64_t)state.size;
}

static void what_was_put_is_there_after_a_reopen(void **unused)
{
	struct medium *medium = medium_new();
	struct guard *guard = open_guard(medium);

	for (uint64_t size = 1; size <= 5; size++)
		assert_int_equal(put(guard, ORIGIN_A, size), STATUS_OK);
	assert_int_equal(put(guard, ORIGIN_B, 77), STATUS_OK);
	assert_int_equal(held(guard, ORIGIN_A), 5);
	guard_close(guard);
	guard = open_guard(medium);
	assert_int_equal(held(guard, ORIGIN_A), 5);
	assert_int_equal(held(guard, ORIGIN_B), 77);
	assert_int_equal(held(guard, "north.example/c"), -1);
	assert_int_equal(medium->len, HEADER + RECORD + SLOT);
	guard_close(guard);
	test_free(medium);
}

static void kinds_of_the_same_origin_are_apart(void **unused)
{
	struct medium *medium = medium_new();
	struct guard *guard = open_guard(medium);
	struct signer_guard state = state_of(9);
	struct error err;

	assert_int_equal(guard_put(guard, SIGNER_MIRROR, ORIGIN_A, &state, &err),
	                 STATUS_OK);
	guard_get(guard, SIGNER_WITNESS, ORIGIN_A, &state);
	assert_false(state.is_known);
	guard_get(guard, SIGNER_MIRROR, ORIGIN_A, &state);
	assert_true(state.is_known);
	guard_close(guard);
	test_free(medium);
}

static void thousands_of_logs_are_found_again(void **unused)
{
	struct medium *medium = medium_new();
	struct guard *guard = open_guard(medium);
	char origin[64];

	for (unsigned i = 0; i < 3000; i++) {
		(void)snprintf(origin, sizeof origin, "north.example/%u", i);
		assert_int_equal(put(guard, origin, i), STATUS_OK);
	}
	guard_close(guard);
	guard = open_guard(medium);
	for (unsigned i = 0; i < 3000; i++) {
		(void)snprintf(origin, sizeof origin, "north.example/%u", i);
		assert_int_equal(held(guard, origin), i);
	}
	guard_close(guard);
	test_free(medium);
}

/* Writes sizes 1 to n, the last one cut off after `cut` bytes, and opens again. */
static void cut_the_write(uint64_t n, size_t cut)
{
	struct medium *medium = medium_new();
	struct guard *guard = open_guard(medium);
	int64_t before, after;

	assert_int_equal(put(guard, ORIGIN_B, 500), STATUS_OK);
	for (uint64_t size = 1; size < n; size++)
		assert_int_equal(put(guard, ORIGIN_A, size), STATUS_OK);
	before = held(guard, ORIGIN_A);
	medium->room = cut;
	(void)put(guard, ORIGIN_A, n);
	guard_close(guard);
	medium->room = SIZE_MAX;
	guard = open_guard(medium);
	after = held(guard, ORIGIN_A);
	if (after != before)
		assert_int_equal(after, n);
	if (cut >= SLOT)
		assert_int_equal(after, n);
	assert_int_equal(held(guard, ORIGIN_B), 500);
	/* And it goes on. */
	assert_int_equal(put(guard, ORIGIN_A, n + 1), STATUS_OK);
	guard_close(guard);
	guard = open_guard(medium);
	assert_int_equal(held(guard, ORIGIN_A), n + 1);
	guard_close(guard);
	test_free(medium);
}

static void a_write_cut_at_any_byte_leaves_the_old_or_the_new(void **unused)
{
	for (uint64_t n = 1; n <= 4; n++)
		for (size_t cut = 0; cut <= SLOT; cut++)
			cut_the_write(n, cut);
}

static void a_header_cut_at_any_byte_is_a_new_guard(void **unused)
{
	for (size_t cut = 0; cut < HEADER; cut++) {
		struct medium *medium = medium_new();
		struct guard *guard = NULL;

		medium->room = cut;
		assert_int_equal(try_open(medium, &guard), STATUS_SYSTEM);
		medium->room = SIZE_MAX;
		guard = open_guard(medium);
		assert_int_equal(put(guard, ORIGIN_A, 3), STATUS_OK);
		guard_close(guard);
		guard = open_guard(medium);
		assert_int_equal(held(guard, ORIGIN_A), 3);
		guard_close(guard);
		test_free(medium);
	}
}

static void the_header_is_synced_before_the_first_record(void **unused)
{
	struct medium *medium = medium_new();
	struct guard *guard = open_guard(medium);

	assert_int_equal(medium->syncs, 1);
	guard_close(guard);
	test_free(medium);
}

/* A flipped byte in the newest slot gives the older one, in the older one nothing; never
 * garbage. */
static void a_changed_byte_is_never_believed(void **unused)
{
	for (size_t at = HEADER; at < HEADER + RECORD; at++) {
		struct medium *medium = medium_new();
		struct guard *guard = open_guard(medium);

		assert_int_equal(put(guard, ORIGIN_A, 1), STATUS_OK);
		assert_int_equal(put(guard, ORIGIN_A, 2), STATUS_OK);
		guard_close(guard);
		medium->bytes[at] ^= 0x40;
		guard = open_guard(medium);
		assert_int_equal(held(guard, ORIGIN_A), at < HEADER + SLOT ? 2 : 1);
		guard_close(guard);
		test_free(medium);
	}
}

static void two_damaged_slots_are_malformed(void **unused)
{
	struct medium *medium = medium_new();
	struct guard *guard = open_guard(medium);

	assert_int_equal(put(guard, ORIGIN_A, 1), STATUS_OK);
	assert_int_equal(put(guard, ORIGIN_A, 2), STATUS_OK);
	guard_close(guard);
	medium->bytes[HEADER + 50] ^= 1;
	medium->bytes[HEADER + SLOT + 50] ^= 1;
	assert_int_equal(try_open(medium, &guard), STATUS_MALFORMED);
	test_free(medium);
}

static void a_single_damaged_slot_that_was_whole_is_malformed(void **unused)
{
	struct medium *medium = medium_new();
	struct guard *guard = open_guard(medium);
	uint64_t size = 0;

	/* Any content whose checksum does not end in zero. */
	do
		assert_int_equal(put(guard, ORIGIN_A, ++size), STATUS_OK);
	while (medium->bytes[HEADER + SLOT - 1] == 0);
	guard_close(guard);
	memset(medium->bytes + HEADER + SLOT, 0, SLOT);
	medium->bytes[HEADER + 50] ^= 1;
	assert_int_equal(try_open(medium, &guard), STATUS_MALFORMED);
	test_free(medium);
}

static void another_files_bytes_are_malformed(void **unused)
{
	static const char *const texts[] = {"SQLite format 3", "x", "aldis guard/2\n"};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct medium *medium = medium_new();
		struct guard *guard = NULL;

		medium->len = HEADER;
		memcpy(medium->bytes, texts[i], strlen(texts[i]));
		assert_int_equal(try_open(medium, &guard), STATUS_MALFORMED);
		test_free(medium);
	}
}

static void a_log_that_stands_twice_is_malformed(void **unused)
{
	struct medium *medium = medium_new();
	struct guard *guard = open_guard(medium);

	assert_int_equal(put(guard, ORIGIN_A, 1), STATUS_OK);
	guard_close(guard);
	memcpy(medium->bytes + HEADER + RECORD, medium->bytes + HEADER, SLOT);
	medium->len = HEADER + RECORD + SLOT;
	assert_int_equal(try_open(medium, &guard), STATUS_MALFORMED);
	test_free(medium);
}

static void a_failed_write_changes_nothing_in_memory(void **unused)
{
	struct medium *medium = medium_new();
	struct guard *guard = open_guard(medium);

	assert_int_equal(put(guard, ORIGIN_A, 1), STATUS_OK);
	medium->room = 10;
	assert_int_equal(put(guard, ORIGIN_A, 2), STATUS_SYSTEM);
	assert_int_equal(put(guard, ORIGIN_B, 2), STATUS_SYSTEM);
	assert_int_equal(held(guard, ORIGIN_A), 1);
	assert_int_equal(held(guard, ORIGIN_B), -1);
	guard_close(guard);
	test_free(medium);
}

static void it_is_dirty_until_a_sync_succeeds(void **unused)
{
	struct medium *medium = medium_new();
	struct guard *guard = open_guard(medium);
	struct error err;

	assert_false(guard_is_dirty(guard));
	assert_int_equal(put(guard, ORIGIN_A, 1), STATUS_OK);
	assert_true(guard_is_dirty(guard));
	medium->sync_fails = true;
	assert_int_equal(guard_sync(guard, &err), STATUS_SYSTEM);
	assert_true(guard_is_dirty(guard));
	medium->sync_fails = false;
	assert_int_equal(guard_sync(guard, &err), STATUS_OK);
	assert_false(guard_is_dirty(guard));
	guard_close(guard);
	test_free(medium);
}

static struct guard *open_on_disk(const char *path)
{
	struct guard_file file;
	struct guard *guard = NULL;
	struct error err;

	assert_int_equal(guard_file_open(path, &file, &err), STATUS_OK);
	assert_int_equal(guard_open(file, &guard, &err), STATUS_OK);
	return guard;
}

static void a_file_on_disk_keeps_it_for_its_owner_alone(void **unused)
{
	char folder[256], path[300];
	struct guard *guard;
	struct error err;
	struct stat info;

	assert_true(test_folder_make(folder));
	(void)snprintf(path, sizeof path, "%s/guard", folder);
	guard = open_on_disk(path);
	assert_int_equal(put(guard, ORIGIN_A, 4), STATUS_OK);
	assert_int_equal(guard_sync(guard, &err), STATUS_OK);
	guard_close(guard);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	guard = open_on_disk(path);
	assert_int_equal(held(guard, ORIGIN_A), 4);
	guard_close(guard);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
}

static void one_in_memory_works_alike(void **unused)
{
	struct guard_file file;
	struct guard *guard = NULL;
	struct error err;

	assert_int_equal(guard_file_in_memory(&file, &err), STATUS_OK);
	assert_int_equal(guard_open(file, &guard, &err), STATUS_OK);
	assert_int_equal(put(guard, ORIGIN_A, 1), STATUS_OK);
	assert_int_equal(put(guard, ORIGIN_B, 2), STATUS_OK);
	assert_int_equal(put(guard, ORIGIN_A, 3), STATUS_OK);
	assert_int_equal(held(guard, ORIGIN_A), 3);
	guard_close(guard);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_put_is_there_after_a_reopen),
	    cmocka_unit_test(kinds_of_the_same_origin_are_apart),
	    cmocka_unit_test(thousands_of_logs_are_found_again),
	    cmocka_unit_test(a_write_cut_at_any_byte_leaves_the_old_or_the_new),
	    cmocka_unit_test(a_header_cut_at_any_byte_is_a_new_guard),
	    cmocka_unit_test(the_header_is_synced_before_the_first_record),
	    cmocka_unit_test(a_changed_byte_is_never_believed),
	    cmocka_unit_test(two_damaged_slots_are_malformed),
	    cmocka_unit_test(a_single_damaged_slot_that_was_whole_is_malformed),
	    cmocka_unit_test(another_files_bytes_are_malformed),
	    cmocka_unit_test(a_log_that_stands_twice_is_malformed),
	    cmocka_unit_test(a_failed_write_changes_nothing_in_memory),
	    cmocka_unit_test(it_is_dirty_until_a_sync_succeeds),
	    cmocka_unit_test(a_file_on_disk_keeps_it_for_its_owner_alone),
	    cmocka_unit_test(one_in_memory_works_alike),
	};
	struct error err;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
