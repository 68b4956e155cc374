/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is promised of transactions, entries, bodies and tiles, and of broken contracts.
 */
#include "store/suite_parts.h"

#include <stdio.h>

#include "base/cleanup.h"

static struct view text(const char *string)
{
	return view_of_string(string);
}

/* ---- items whose bytes follow from log and index, so that any run can be checked */

enum { ENTRIES = 2, BODIES = 4 };

/* Every seventh item is empty; bodies grow larger than a page now and then. */
static size_t item_len(int kind, uint64_t index)
{
	if (index % 7 == 3)
		return 0;
	return kind == BODIES && index % 50 == 1 ? 9000 : 5 + index % 40;
}

static void append_item(struct buf *out, int kind, uint32_t log, uint64_t index)
{
	size_t len = item_len(kind, index);

	if (kind == ENTRIES)
		buf_append_u16(out, (uint16_t)len);
	else
		buf_append_u32(out, (uint32_t)len);
	for (size_t i = 0; i < len; i++)
		buf_append_byte(out, (uint8_t)(log * 31 + index * 7 + i));
}

static struct buf items(int kind, uint32_t log, uint64_t first, uint64_t count)
{
	struct buf out = BUF_INIT(10 * 1000 * 1000);

	for (uint64_t i = 0; i < count; i++)
		append_item(&out, kind, log, first + i);
	return out;
}

static enum status try_append(struct store *s, int kind, uint32_t log, uint64_t first,
                              uint32_t count, struct view data, struct error *err)
{
	return kind == ENTRIES
	           ? s->ops->append_entries(s->self, log, first, count, data, err)
	           : s->ops->append_bodies(s->self, log, first, count, data, err);
}

static void append(struct store *s, int kind, uint32_t log, uint64_t first,
                   uint32_t count)
{
	CLEANUP_BUF struct buf data = items(kind, log, first, count);
	struct error err;

	store_suite_expect(try_append(s, kind, log, first, count, buf_view(&data), &err),
	                   STATUS_OK, &err);
}

static enum status try_read(struct store *s, int kind, uint32_t log, uint64_t first,
                            uint64_t count, struct buf *ret, uint64_t *ret_count,
                            struct error *err)
{
	return kind == ENTRIES
	           ? s->ops->read_entries(s->self, log, first, count, ret, ret_count, err)
	           : s->ops->read_bodies(s->self, log, first, count, ret, ret_count, err);
}

/* Reads and compares; `wanted` items are expected to come. */
static void expect_read(struct store *s, int kind, uint32_t log, uint64_t first,
                        uint64_t count, size_t max, uint64_t wanted)
{
	CLEANUP_BUF struct buf expected = items(kind, log, first, wanted);
	CLEANUP_BUF struct buf got = BUF_INIT(max);
	uint64_t got_count = 12345;
	struct error err;

	store_suite_expect(try_read(s, kind, log, first, count, &got, &got_count, &err),
	                   STATUS_OK, &err);
	assert_int_equal(got_count, wanted);
	assert_true(view_equal(buf_view(&got), buf_view(&expected)));
}

static void expect_no_read(struct store *s, int kind, uint32_t log, uint64_t first)
{
	CLEANUP_BUF struct buf got = BUF_INIT(1000);
	uint64_t got_count;
	struct error err;

	store_suite_expect(try_read(s, kind, log, first, 1, &got, &got_count, &err),
	                   STATUS_NOT_FOUND, &err);
	assert_int_equal(got.len, 0);
}

static void a_new_store_is_empty(void **state)
{
	struct store *s = store_suite_store(state);

	store_suite_expect_absent(s, STORE_META, "schema");
	store_suite_expect_count(s, 0, 0, 0);
	expect_no_read(s, ENTRIES, 0, 0);
	expect_no_read(s, BODIES, 7, 0);
}

/* ---- transactions */

static void reads_see_the_open_transaction(void **state)
{
	struct store *s = store_suite_store(state);

	store_suite_put(s, STORE_META, "key", "open");
	append(s, ENTRIES, 3, 0, 5);
	append(s, BODIES, 3, 0, 2);
	store_suite_expect_row(s, STORE_META, "key", "open");
	store_suite_expect_count(s, 3, 5, 2);
	expect_read(s, ENTRIES, 3, 1, 3, 1000, 3);
}

static void rollback_forgets_all_writes_since_the_commit(void **state)
{
	struct store *s = store_suite_store(state);
	CLEANUP_BUF struct buf got = BUF_INIT(100);
	struct error err;

	store_suite_put(s, STORE_META, "kept", "1");
	append(s, ENTRIES, 1, 0, 10);
	store_suite_commit(s);
	store_suite_put(s, STORE_META, "kept", "2");
	store_suite_put(s, STORE_META, "new", "2");
	store_suite_expect(s->ops->remove(s->self, STORE_META, text("kept"), &err),
	                   STATUS_OK, &err);
	append(s, ENTRIES, 1, 10, 10);
	append(s, BODIES, 1, 0, 10);
	store_suite_expect(s->ops->put_tile(s->self, 1, 0, 0, text("tile"), &err),
	                   STATUS_OK, &err);
	s->ops->rollback(s->self);
	store_suite_expect_row(s, STORE_META, "kept", "1");
	store_suite_expect_absent(s, STORE_META, "new");
	store_suite_expect_count(s, 1, 10, 0);
	store_suite_expect(s->ops->get_tile(s->self, 1, 0, 0, &got, &err),
	                   STATUS_NOT_FOUND, &err);
	append(s, ENTRIES, 1, 10, 1);
	store_suite_commit(s);
	store_suite_expect_count(s, 1, 11, 0);
}

static void commit_and_rollback_without_writes_do_nothing(void **state)
{
	struct store *s = store_suite_store(state);

	s->ops->rollback(s->self);
	store_suite_commit(s);
	store_suite_put(s, STORE_META, "key", "value");
	store_suite_commit(s);
	store_suite_commit(s);
	s->ops->rollback(s->self);
	store_suite_expect_row(s, STORE_META, "key", "value");
}

/* ---- chunks */

static const uint32_t chunk_counts[] = {1, 256, 3, 100, 256, 7};
enum { HELD = 1 + 256 + 3 + 100 + 256 + 7 };

static void append_all(struct store *s, int kind, uint32_t log)
{
	uint64_t first = 0;

	for (size_t i = 0; i < sizeof chunk_counts / sizeof chunk_counts[0]; i++) {
		append(s, kind, log, first, chunk_counts[i]);
		first += chunk_counts[i];
	}
}

static void any_run_is_cut_out_of_the_chunks(void **state)
{
	struct store *s = store_suite_store(state);
	const uint64_t at[] = {0, 1, 2, 255, 256, 257, 258, 259, 260, 300, 615, 616, 622};

	append_all(s, ENTRIES, 5);
	append_all(s, BODIES, 5);
	store_suite_commit(s);
	store_suite_expect_count(s, 5, HELD, HELD);
	for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
		for (uint64_t count = 0; at[i] + count <= HELD; count += 61) {
			expect_read(s, ENTRIES, 5, at[i], count, 1 << 20, count);
			expect_read(s, BODIES, 5, at[i], count, 1 << 20, count);
		}
	}
	expect_read(s, ENTRIES, 5, 0, HELD, 1 << 20, HELD);
	expect_read(s, BODIES, 5, 0, HELD, 1 << 20, HELD);
}

static void a_run_ends_where_the_log_ends(void **state)
{
	struct store *s = store_suite_store(state);

	append_all(s, ENTRIES, 5);
	expect_read(s, ENTRIES, 5, 600, UINT64_MAX, 1 << 20, HELD - 600);
	expect_read(s, ENTRIES, 5, HELD - 1, 2, 1 << 20, 1);
	expect_no_read(s, ENTRIES, 5, HELD);
	expect_no_read(s, ENTRIES, 5, STORE_INDEX_MAX + 1);
	expect_no_read(s, ENTRIES, 5, UINT64_MAX);
	expect_no_read(s, BODIES, 5, 0);
}

static void a_run_ends_before_the_item_that_does_not_fit(void **state)
{
	struct store *s = store_suite_store(state);

	append_all(s, BODIES, 5);
	for (uint64_t count = 0; count < 20; count++) {
		CLEANUP_BUF struct buf exact = items(BODIES, 5, 250, count);
		CLEANUP_BUF struct buf next = items(BODIES, 5, 250, count + 1);

		expect_read(s, BODIES, 5, 250, 100, exact.len, count);
		expect_read(s, BODIES, 5, 250, 100, next.len - 1, count);
	}
}

static void a_run_is_appended_to_what_the_buffer_holds(void **state)
{
	struct store *s = store_suite_store(state);
	CLEANUP_BUF struct buf got = BUF_INIT(1 << 20);
	CLEANUP_BUF struct buf wanted = items(ENTRIES, 2, 0, 10);
	uint64_t count;
	struct error err;

	append(s, ENTRIES, 2, 0, 10);
	store_suite_expect(try_read(s, ENTRIES, 2, 0, 4, &got, &count, &err), STATUS_OK,
	                   &err);
	store_suite_expect(try_read(s, ENTRIES, 2, 4, 6, &got, &count, &err), STATUS_OK,
	                   &err);
	assert_int_equal(count, 6);
	assert_true(view_equal(buf_view(&got), buf_view(&wanted)));
}

static void logs_do_not_touch_each_other(void **state)
{
	struct store *s = store_suite_store(state);
	const uint32_t logs[] = {0, 1, 2, STORE_LOG_MAX - 1, STORE_LOG_MAX};

	for (size_t i = 0; i < 5; i++) {
		append(s, ENTRIES, logs[i], 0, (uint32_t)(10 + i));
		append(s, BODIES, logs[i], 0, (uint32_t)(5 + i));
	}
	append(s, ENTRIES, 1, 11, 256);
	store_suite_commit(s);
	store_suite_expect_count(s, 0, 10, 5);
	store_suite_expect_count(s, 1, 267, 6);
	store_suite_expect_count(s, 2, 12, 7);
	store_suite_expect_count(s, 3, 0, 0);
	store_suite_expect_count(s, STORE_LOG_MAX, 14, 9);
	expect_read(s, ENTRIES, 0, 0, 1000, 1 << 20, 10);
	expect_read(s, ENTRIES, STORE_LOG_MAX, 3, 1000, 1 << 20, 11);
	expect_no_read(s, ENTRIES, 3, 0);
}

/* ---- tiles */

static void put_tile(struct store *s, uint32_t log, unsigned level, uint64_t index,
                     const char *hashes)
{
	struct error err;

	store_suite_expect(
	    s->ops->put_tile(s->self, log, level, index, text(hashes), &err), STATUS_OK,
	    &err);
}

static void expect_tile(struct store *s, uint32_t log, unsigned level, uint64_t index,
                        const char *hashes)
{
	CLEANUP_BUF struct buf got = BUF_INIT(100);
	struct error err;

	store_suite_expect(s->ops->get_tile(s->self, log, level, index, &got, &err),
	                   hashes == NULL ? STATUS_NOT_FOUND : STATUS_OK, &err);
	if (hashes != NULL)
		assert_true(view_equal_string(buf_view(&got), hashes));
}

static void tiles_are_kept_by_log_level_and_index(void **state)
{
	struct store *s = store_suite_store(state);

	expect_tile(s, 0, 0, 0, NULL);
	put_tile(s, 1, 0, 0, "1/0/0");
	put_tile(s, 1, 7, 0, "1/7/0");
	put_tile(s, 2, 0, 0, "2/0/0");
	put_tile(s, 1, 0, (UINT64_C(1) << 36) - 1, "1/0/last");
	put_tile(s, STORE_LOG_MAX, 7, (UINT64_C(1) << 36) - 1, "last");
	put_tile(s, 1, 0, UINT64_C(1) << 35, "1/0/middle");
	put_tile(s, 1, 0, 0, "1/0/0 grown");
	store_suite_commit(s);
	expect_tile(s, 1, 0, 0, "1/0/0 grown");
	expect_tile(s, 1, 7, 0, "1/7/0");
	expect_tile(s, 2, 0, 0, "2/0/0");
	expect_tile(s, 1, 0, (UINT64_C(1) << 36) - 1, "1/0/last");
	expect_tile(s, STORE_LOG_MAX, 7, (UINT64_C(1) << 36) - 1, "last");
	expect_tile(s, 1, 1, 0, NULL);
	expect_tile(s, 0, 0, 0, NULL);
}

/* ---- broken contracts */

static void expect_append_bug(struct store *s, int kind, uint64_t first, uint32_t count,
                              struct view data)
{
	struct error err;

	store_suite_expect(try_append(s, kind, 4, first, count, data, &err), STATUS_BUG,
	                   &err);
	assert_true(strlen(err.text) > 0);
}

static void an_append_anywhere_but_at_the_end_is_a_bug(void **state)
{
	struct store *s = store_suite_store(state);
	CLEANUP_BUF struct buf data = items(ENTRIES, 4, 10, 3);
	CLEANUP_BUF struct buf bodies = items(BODIES, 4, 10, 3);

	expect_append_bug(s, ENTRIES, 1, 3, buf_view(&data));
	append(s, ENTRIES, 4, 0, 10);
	append(s, BODIES, 4, 0, 10);
	expect_append_bug(s, ENTRIES, 9, 3, buf_view(&data));
	expect_append_bug(s, ENTRIES, 11, 3, buf_view(&data));
	expect_append_bug(s, ENTRIES, 0, 3, buf_view(&data));
	expect_append_bug(s, ENTRIES, UINT64_MAX, 3, buf_view(&data));
	expect_append_bug(s, BODIES, 9, 3, buf_view(&bodies));
	append(s, ENTRIES, 4, 10, 3);
	store_suite_expect_count(s, 4, 13, 10);
}

static void an_append_of_other_than_whole_items_is_a_bug(void **state)
{
	struct store *s = store_suite_store(state);
	CLEANUP_BUF struct buf data = items(BODIES, 4, 0, 257);
	CLEANUP_BUF struct buf three = items(BODIES, 4, 0, 3);

	expect_append_bug(s, BODIES, 0, 0, view_of(NULL, 0));
	expect_append_bug(s, BODIES, 0, 257, buf_view(&data));
	expect_append_bug(s, BODIES, 0, 2, buf_view(&three));
	expect_append_bug(s, BODIES, 0, 4, buf_view(&three));
	expect_append_bug(s, BODIES, 0, 3, view_of(three.data, three.len - 1));
	expect_append_bug(s, BODIES, 0, 1, view_of("\xff\xff\xff\xff", 4));
	expect_append_bug(s, ENTRIES, 0, 1, view_of("\0", 1));
	store_suite_expect_count(s, 4, 0, 0);
}

static void numbers_out_of_range_are_bugs(void **state)
{
	struct store *s = store_suite_store(state);
	const uint32_t log = (uint32_t)STORE_LOG_MAX + 1;
	CLEANUP_BUF struct buf got = BUF_INIT(100);
	uint64_t a, b;
	struct error err;

	store_suite_expect(
	    s->ops->append_entries(s->self, log, 0, 1, view_of("\0\0", 2), &err),
	    STATUS_BUG, &err);
	store_suite_expect(s->ops->count(s->self, log, &a, &b, &err), STATUS_BUG, &err);
	store_suite_expect(s->ops->read_bodies(s->self, log, 0, 1, &got, &a, &err),
	                   STATUS_BUG, &err);
	store_suite_expect(s->ops->put_tile(s->self, log, 0, 0, text("x"), &err),
	                   STATUS_BUG, &err);
	store_suite_expect(s->ops->put_tile(s->self, 0, 8, 0, text("x"), &err),
	                   STATUS_BUG, &err);
	store_suite_expect(s->ops->get_tile(s->self, 0, 0, UINT64_C(1) << 36, &got, &err),
	                   STATUS_BUG, &err);
}

/* ---- the list */

const struct store_promise store_suite_logs[] = {
    {"a_new_store_is_empty", a_new_store_is_empty},
    {"reads_see_the_open_transaction", reads_see_the_open_transaction},
    {"rollback_forgets_all_writes_since_the_commit",
     rollback_forgets_all_writes_since_the_commit},
    {"commit_and_rollback_without_writes_do_nothing",
     commit_and_rollback_without_writes_do_nothing},
    {"any_run_is_cut_out_of_the_chunks", any_run_is_cut_out_of_the_chunks},
    {"a_run_ends_where_the_log_ends", a_run_ends_where_the_log_ends},
    {"a_run_ends_before_the_item_that_does_not_fit",
     a_run_ends_before_the_item_that_does_not_fit},
    {"a_run_is_appended_to_what_the_buffer_holds",
     a_run_is_appended_to_what_the_buffer_holds},
    {"logs_do_not_touch_each_other", logs_do_not_touch_each_other},
    {"tiles_are_kept_by_log_level_and_index", tiles_are_kept_by_log_level_and_index},
    {"an_append_anywhere_but_at_the_end_is_a_bug",
     an_append_anywhere_but_at_the_end_is_a_bug},
    {"an_append_of_other_than_whole_items_is_a_bug",
     an_append_of_other_than_whole_items_is_a_bug},
    {"numbers_out_of_range_are_bugs", numbers_out_of_range_are_bugs},
    {0},
};
