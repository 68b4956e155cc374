/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One test for each promise. Every test gets an empty store; what it leaves behind is
 * closed and cleaned whatever happened.
 */
#include "store/suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/cleanup.h"

struct fixture {
	const struct store_suite *suite;
	struct store store;
};

static struct store *store_of(void **state)
{
	return &((struct fixture *)*state)->store;
}

static void expect(enum status got, enum status wanted, const struct error *err)
{
	if (got == wanted)
		return;
	fail_msg("%s instead of %s (%s)", status_name(got), status_name(wanted),
	         got == STATUS_OK ? "" : err->text);
}

static struct view text(const char *string)
{
	return view_of_string(string);
}

/* ---- short forms of the operations, each checked against an expected status */

static void put(struct store *s, enum store_table table, const char *key,
                const char *value)
{
	struct error err;

	expect(s->ops->put(s->self, table, text(key), text(value), &err), STATUS_OK,
	       &err);
}

static void commit(struct store *s)
{
	struct error err;

	expect(s->ops->commit(s->self, &err), STATUS_OK, &err);
}

static void expect_row(struct store *s, enum store_table table, const char *key,
                       const char *value)
{
	CLEANUP_BUF struct buf got = BUF_INIT(1000);
	struct error err;

	expect(s->ops->get(s->self, table, text(key), &got, &err), STATUS_OK, &err);
	assert_true(view_equal_string(buf_view(&got), value));
}

static void expect_absent(struct store *s, enum store_table table, const char *key)
{
	CLEANUP_BUF struct buf got = BUF_INIT(1000);
	struct error err;

	expect(s->ops->get(s->self, table, text(key), &got, &err), STATUS_NOT_FOUND,
	       &err);
}

static void expect_count(struct store *s, uint32_t log, uint64_t entries, uint64_t bodies)
{
	uint64_t got_entries, got_bodies;
	struct error err;

	expect(s->ops->count(s->self, log, &got_entries, &got_bodies, &err), STATUS_OK,
	       &err);
	assert_int_equal(got_entries, entries);
	assert_int_equal(got_bodies, bodies);
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

	expect(try_append(s, kind, log, first, count, buf_view(&data), &err), STATUS_OK,
	       &err);
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

	expect(try_read(s, kind, log, first, count, &got, &got_count, &err), STATUS_OK,
	       &err);
	assert_int_equal(got_count, wanted);
	assert_true(view_equal(buf_view(&got), buf_view(&expected)));
}

static void expect_no_read(struct store *s, int kind, uint32_t log, uint64_t first)
{
	CLEANUP_BUF struct buf got = BUF_INIT(1000);
	uint64_t got_count;
	struct error err;

	expect(try_read(s, kind, log, first, 1, &got, &got_count, &err), STATUS_NOT_FOUND,
	       &err);
	assert_int_equal(got.len, 0);
}

/* ---- rows */

static void a_new_store_is_empty(void **state)
{
	struct store *s = store_of(state);

	expect_absent(s, STORE_META, "schema");
	expect_count(s, 0, 0, 0);
	expect_no_read(s, ENTRIES, 0, 0);
	expect_no_read(s, BODIES, 7, 0);
}

static void a_row_is_read_back_and_replaced(void **state)
{
	struct store *s = store_of(state);

	put(s, STORE_CARD, "desk.example", "first");
	expect_row(s, STORE_CARD, "desk.example", "first");
	put(s, STORE_CARD, "desk.example", "second, longer");
	expect_row(s, STORE_CARD, "desk.example", "second, longer");
	commit(s);
	expect_row(s, STORE_CARD, "desk.example", "second, longer");
}

static void every_table_is_separate(void **state)
{
	struct store *s = store_of(state);
	char value[16];

	for (int i = 0; i < STORE_TABLE_COUNT; i++) {
		(void)snprintf(value, sizeof value, "value %d", i);
		put(s, (enum store_table)i, "key", value);
	}
	commit(s);
	for (int i = 0; i < STORE_TABLE_COUNT; i++) {
		(void)snprintf(value, sizeof value, "value %d", i);
		expect_row(s, (enum store_table)i, "key", value);
	}
}

static void an_empty_value_is_not_an_absent_one(void **state)
{
	struct store *s = store_of(state);

	put(s, STORE_META, "empty", "");
	commit(s);
	expect_row(s, STORE_META, "empty", "");
	expect_absent(s, STORE_META, "other");
	expect_absent(s, STORE_META, "");
}

static void keys_and_values_hold_any_bytes(void **state)
{
	struct store *s = store_of(state);
	CLEANUP_BUF struct buf got = BUF_INIT(1 << 20);
	uint8_t key[STORE_KEY_MAX];
	uint8_t *value = got.data;
	CLEANUP_BUF struct buf large = BUF_INIT(1 << 20);
	struct error err;

	for (size_t i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)(255 - i);
	value = buf_extend(&large, 300 * 1000);
	assert_non_null(value);
	for (size_t i = 0; i < large.len; i++)
		value[i] = (uint8_t)(i * i >> 8);
	expect(s->ops->put(s->self, STORE_ATTACHMENT, view_of(key, sizeof key),
	                   buf_view(&large), &err),
	       STATUS_OK, &err);
	commit(s);
	expect(
	    s->ops->get(s->self, STORE_ATTACHMENT, view_of(key, sizeof key), &got, &err),
	    STATUS_OK, &err);
	assert_true(view_equal(buf_view(&got), buf_view(&large)));
}

static void a_value_replaces_what_the_buffer_held(void **state)
{
	struct store *s = store_of(state);
	CLEANUP_BUF struct buf got = BUF_INIT(100);
	struct error err;

	put(s, STORE_META, "key", "value");
	buf_append_string(&got, "older and longer");
	expect(s->ops->get(s->self, STORE_META, text("none"), &got, &err),
	       STATUS_NOT_FOUND, &err);
	assert_true(view_equal_string(buf_view(&got), "older and longer"));
	expect(s->ops->get(s->self, STORE_META, text("key"), &got, &err), STATUS_OK,
	       &err);
	assert_true(view_equal_string(buf_view(&got), "value"));
}

static void a_value_larger_than_the_buffer_allows_is_a_limit(void **state)
{
	struct store *s = store_of(state);
	CLEANUP_BUF struct buf got = BUF_INIT(4);
	struct error err;

	put(s, STORE_META, "key", "value");
	expect(s->ops->get(s->self, STORE_META, text("key"), &got, &err), STATUS_LIMIT,
	       &err);
}

static void a_removed_row_is_gone(void **state)
{
	struct store *s = store_of(state);
	struct error err;

	put(s, STORE_CHANNEL, "a", "1");
	put(s, STORE_CHANNEL, "b", "2");
	commit(s);
	expect(s->ops->remove(s->self, STORE_CHANNEL, text("a"), &err), STATUS_OK, &err);
	expect_absent(s, STORE_CHANNEL, "a");
	expect_row(s, STORE_CHANNEL, "b", "2");
	expect(s->ops->remove(s->self, STORE_CHANNEL, text("a"), &err), STATUS_NOT_FOUND,
	       &err);
	commit(s);
	expect_absent(s, STORE_CHANNEL, "a");
}

/* ---- transactions */

static void reads_see_the_open_transaction(void **state)
{
	struct store *s = store_of(state);

	put(s, STORE_META, "key", "open");
	append(s, ENTRIES, 3, 0, 5);
	append(s, BODIES, 3, 0, 2);
	expect_row(s, STORE_META, "key", "open");
	expect_count(s, 3, 5, 2);
	expect_read(s, ENTRIES, 3, 1, 3, 1000, 3);
}

static void rollback_forgets_all_writes_since_the_commit(void **state)
{
	struct store *s = store_of(state);
	CLEANUP_BUF struct buf got = BUF_INIT(100);
	struct error err;

	put(s, STORE_META, "kept", "1");
	append(s, ENTRIES, 1, 0, 10);
	commit(s);
	put(s, STORE_META, "kept", "2");
	put(s, STORE_META, "new", "2");
	expect(s->ops->remove(s->self, STORE_META, text("kept"), &err), STATUS_OK, &err);
	append(s, ENTRIES, 1, 10, 10);
	append(s, BODIES, 1, 0, 10);
	expect(s->ops->put_tile(s->self, 1, 0, 0, text("tile"), &err), STATUS_OK, &err);
	s->ops->rollback(s->self);
	expect_row(s, STORE_META, "kept", "1");
	expect_absent(s, STORE_META, "new");
	expect_count(s, 1, 10, 0);
	expect(s->ops->get_tile(s->self, 1, 0, 0, &got, &err), STATUS_NOT_FOUND, &err);
	append(s, ENTRIES, 1, 10, 1);
	commit(s);
	expect_count(s, 1, 11, 0);
}

static void commit_and_rollback_without_writes_do_nothing(void **state)
{
	struct store *s = store_of(state);

	s->ops->rollback(s->self);
	commit(s);
	put(s, STORE_META, "key", "value");
	commit(s);
	commit(s);
	s->ops->rollback(s->self);
	expect_row(s, STORE_META, "key", "value");
}

/* ---- scans */

struct seen {
	char text[400];
	size_t count;
	size_t stop_after;
	struct store *store;
};

static bool note_row(void *context, struct view key, struct view value)
{
	struct seen *seen = context;
	size_t len = strlen(seen->text);

	(void)snprintf(seen->text + len, sizeof seen->text - len, "%.*s=%.*s ",
	               (int)key.len, key.data == NULL ? "" : (const char *)key.data,
	               (int)value.len,
	               value.data == NULL ? "" : (const char *)value.data);
	seen->count++;
	return seen->count != seen->stop_after;
}

static void expect_scan(struct store *s, const char *prefix, const char *from,
                        size_t stop_after, const char *wanted)
{
	struct seen seen = {.stop_after = stop_after};
	struct error err;

	expect(s->ops->scan(s->self, STORE_RECEIPT, text(prefix), text(from), note_row,
	                    &seen, &err),
	       STATUS_OK, &err);
	assert_string_equal(seen.text, wanted);
}

static void put_receipts(struct store *s)
{
	const char *const keys[] = {"b2", "a", "c", "b", "b10", "b1", "ba", ""};

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		put(s, STORE_RECEIPT, keys[i], keys[i]);
}

static void a_scan_goes_in_key_order_within_its_prefix(void **state)
{
	struct store *s = store_of(state);

	expect_scan(s, "", "", 0, "");
	put_receipts(s);
	expect_scan(s, "", "", 0, "= a=a b=b b1=b1 b10=b10 b2=b2 ba=ba c=c ");
	expect_scan(s, "b", "", 0, "b=b b1=b1 b10=b10 b2=b2 ba=ba ");
	commit(s);
	expect_scan(s, "b1", "", 0, "b1=b1 b10=b10 ");
	expect_scan(s, "d", "", 0, "");
	expect_scan(s, "c1", "", 0, "");
}

static void a_scan_begins_at_from(void **state)
{
	struct store *s = store_of(state);

	put_receipts(s);
	expect_scan(s, "", "b1", 0, "b1=b1 b10=b10 b2=b2 ba=ba c=c ");
	expect_scan(s, "", "b11", 0, "b2=b2 ba=ba c=c ");
	expect_scan(s, "b", "b11", 0, "b2=b2 ba=ba ");
	expect_scan(s, "b", "a", 0, "b=b b1=b1 b10=b10 b2=b2 ba=ba ");
	expect_scan(s, "b", "c", 0, "");
}

static void a_scan_ends_when_the_row_says_so(void **state)
{
	struct store *s = store_of(state);

	put_receipts(s);
	expect_scan(s, "b", "", 2, "b=b b1=b1 ");
	expect_scan(s, "b", "", 1, "b=b ");
}

static void keys_sort_as_unsigned_bytes(void **state)
{
	struct store *s = store_of(state);
	struct seen seen = {0};
	struct error err;

	put(s, STORE_RECEIPT, "\xff\xff", "3");
	put(s, STORE_RECEIPT, "\x7f", "1");
	put(s, STORE_RECEIPT, "\xff", "2");
	expect(s->ops->scan(s->self, STORE_RECEIPT, text("\xff"), text(""), note_row,
	                    &seen, &err),
	       STATUS_OK, &err);
	assert_string_equal(seen.text, "\xff=2 \xff\xff=3 ");
}

static bool scan_within(void *context, struct view key, struct view value)
{
	struct seen *outer = context;
	struct store *s = outer->store;
	struct seen inner = {0};
	struct error err;

	expect(s->ops->scan(s->self, STORE_RECEIPT, text("b1"), text(""), note_row,
	                    &inner, &err),
	       STATUS_OK, &err);
	assert_string_equal(inner.text, "b1=b1 b10=b10 ");
	return note_row(outer, key, value);
}

static void a_row_may_scan_and_read_the_same_table(void **state)
{
	struct store *s = store_of(state);
	struct seen seen = {.store = s};
	struct error err;

	put_receipts(s);
	for (int round = 0; round < 2; round++) {
		seen = (struct seen){.store = s};
		expect(s->ops->scan(s->self, STORE_RECEIPT, text("b"), text(""),
		                    scan_within, &seen, &err),
		       STATUS_OK, &err);
		assert_string_equal(seen.text, "b=b b1=b1 b10=b10 b2=b2 ba=ba ");
		commit(s);
	}
}

/* Removes the row it is handed and the one behind it, adds one far behind and one before,
 * and commits. */
static bool change_table(void *context, struct view key, struct view value)
{
	struct seen *seen = context;
	struct store *s = seen->store;
	bool goes_on = note_row(seen, key, value);
	struct error err;

	if (seen->count > 1)
		return goes_on;
	expect(s->ops->remove(s->self, STORE_RECEIPT, key, &err), STATUS_OK, &err);
	expect(s->ops->remove(s->self, STORE_RECEIPT, text("b1"), &err), STATUS_OK, &err);
	put(s, STORE_RECEIPT, "a0", "new");
	put(s, STORE_RECEIPT, "b3", "new");
	commit(s);
	return goes_on;
}

static void a_row_may_write_and_the_scan_meets_rows_as_they_stand(void **state)
{
	struct store *s = store_of(state);
	struct seen seen = {.store = s};
	struct error err;

	put_receipts(s);
	expect(s->ops->scan(s->self, STORE_RECEIPT, text("b"), text(""), change_table,
	                    &seen, &err),
	       STATUS_OK, &err);
	assert_string_equal(seen.text, "b=b b10=b10 b2=b2 b3=new ba=ba ");
}

static bool roll_back(void *context, struct view key, struct view value)
{
	struct seen *seen = context;
	bool goes_on = note_row(seen, key, value);

	if (seen->count == 1)
		seen->store->ops->rollback(seen->store->self);
	return goes_on;
}

static void a_row_may_roll_back(void **state)
{
	struct store *s = store_of(state);
	struct seen seen = {.store = s};
	struct error err;

	put(s, STORE_RECEIPT, "a", "1");
	put(s, STORE_RECEIPT, "c", "1");
	commit(s);
	put(s, STORE_RECEIPT, "b", "2");
	put(s, STORE_RECEIPT, "c", "2");
	expect(s->ops->scan(s->self, STORE_RECEIPT, text(""), text(""), roll_back, &seen,
	                    &err),
	       STATUS_OK, &err);
	assert_string_equal(seen.text, "a=1 c=1 ");
}

static void expect_last(struct store *s, const char *prefix, const char *wanted)
{
	CLEANUP_BUF struct buf key = BUF_INIT(100);
	CLEANUP_BUF struct buf value = BUF_INIT(100);
	struct error err;

	expect(s->ops->last(s->self, STORE_RECEIPT, text(prefix), &key, &value, &err),
	       wanted == NULL ? STATUS_NOT_FOUND : STATUS_OK, &err);
	if (wanted == NULL)
		return;
	assert_true(view_equal_string(buf_view(&key), wanted));
	assert_true(view_equal_string(buf_view(&value), wanted));
}

static void last_is_the_greatest_key_with_the_prefix(void **state)
{
	struct store *s = store_of(state);

	expect_last(s, "", NULL);
	put_receipts(s);
	expect_last(s, "", "c");
	expect_last(s, "b", "ba");
	expect_last(s, "b1", "b10");
	expect_last(s, "a", "a");
	expect_last(s, "b3", NULL);
	expect_last(s, "\xff", NULL);
	put(s, STORE_RECEIPT, "\xff\xff", "\xff\xff");
	expect_last(s, "\xff", "\xff\xff");
	expect_last(s, "", "\xff\xff");
	expect_last(s, "c", "c");
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
	struct store *s = store_of(state);
	const uint64_t at[] = {0, 1, 2, 255, 256, 257, 258, 259, 260, 300, 615, 616, 622};

	append_all(s, ENTRIES, 5);
	append_all(s, BODIES, 5);
	commit(s);
	expect_count(s, 5, HELD, HELD);
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
	struct store *s = store_of(state);

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
	struct store *s = store_of(state);

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
	struct store *s = store_of(state);
	CLEANUP_BUF struct buf got = BUF_INIT(1 << 20);
	CLEANUP_BUF struct buf wanted = items(ENTRIES, 2, 0, 10);
	uint64_t count;
	struct error err;

	append(s, ENTRIES, 2, 0, 10);
	expect(try_read(s, ENTRIES, 2, 0, 4, &got, &count, &err), STATUS_OK, &err);
	expect(try_read(s, ENTRIES, 2, 4, 6, &got, &count, &err), STATUS_OK, &err);
	assert_int_equal(count, 6);
	assert_true(view_equal(buf_view(&got), buf_view(&wanted)));
}

static void logs_do_not_touch_each_other(void **state)
{
	struct store *s = store_of(state);
	const uint32_t logs[] = {0, 1, 2, STORE_LOG_MAX - 1, STORE_LOG_MAX};

	for (size_t i = 0; i < 5; i++) {
		append(s, ENTRIES, logs[i], 0, (uint32_t)(10 + i));
		append(s, BODIES, logs[i], 0, (uint32_t)(5 + i));
	}
	append(s, ENTRIES, 1, 11, 256);
	commit(s);
	expect_count(s, 0, 10, 5);
	expect_count(s, 1, 267, 6);
	expect_count(s, 2, 12, 7);
	expect_count(s, 3, 0, 0);
	expect_count(s, STORE_LOG_MAX, 14, 9);
	expect_read(s, ENTRIES, 0, 0, 1000, 1 << 20, 10);
	expect_read(s, ENTRIES, STORE_LOG_MAX, 3, 1000, 1 << 20, 11);
	expect_no_read(s, ENTRIES, 3, 0);
}

/* ---- tiles */

static void put_tile(struct store *s, uint32_t log, unsigned level, uint64_t index,
                     const char *hashes)
{
	struct error err;

	expect(s->ops->put_tile(s->self, log, level, index, text(hashes), &err),
	       STATUS_OK, &err);
}

static void expect_tile(struct store *s, uint32_t log, unsigned level, uint64_t index,
                        const char *hashes)
{
	CLEANUP_BUF struct buf got = BUF_INIT(100);
	struct error err;

	expect(s->ops->get_tile(s->self, log, level, index, &got, &err),
	       hashes == NULL ? STATUS_NOT_FOUND : STATUS_OK, &err);
	if (hashes != NULL)
		assert_true(view_equal_string(buf_view(&got), hashes));
}

static void tiles_are_kept_by_log_level_and_index(void **state)
{
	struct store *s = store_of(state);

	expect_tile(s, 0, 0, 0, NULL);
	put_tile(s, 1, 0, 0, "1/0/0");
	put_tile(s, 1, 7, 0, "1/7/0");
	put_tile(s, 2, 0, 0, "2/0/0");
	put_tile(s, 1, 0, (UINT64_C(1) << 36) - 1, "1/0/last");
	put_tile(s, STORE_LOG_MAX, 7, (UINT64_C(1) << 36) - 1, "last");
	put_tile(s, 1, 0, 0, "1/0/0 grown");
	commit(s);
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

	expect(try_append(s, kind, 4, first, count, data, &err), STATUS_BUG, &err);
	assert_true(strlen(err.text) > 0);
}

static void an_append_anywhere_but_at_the_end_is_a_bug(void **state)
{
	struct store *s = store_of(state);
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
	expect_count(s, 4, 13, 10);
}

static void an_append_of_other_than_whole_items_is_a_bug(void **state)
{
	struct store *s = store_of(state);
	CLEANUP_BUF struct buf data = items(BODIES, 4, 0, 257);
	CLEANUP_BUF struct buf three = items(BODIES, 4, 0, 3);

	expect_append_bug(s, BODIES, 0, 0, view_of(NULL, 0));
	expect_append_bug(s, BODIES, 0, 257, buf_view(&data));
	expect_append_bug(s, BODIES, 0, 2, buf_view(&three));
	expect_append_bug(s, BODIES, 0, 4, buf_view(&three));
	expect_append_bug(s, BODIES, 0, 3, view_of(three.data, three.len - 1));
	expect_append_bug(s, BODIES, 0, 1, view_of("\xff\xff\xff\xff", 4));
	expect_append_bug(s, ENTRIES, 0, 1, view_of("\0", 1));
	expect_count(s, 4, 0, 0);
}

static void numbers_out_of_range_are_bugs(void **state)
{
	struct store *s = store_of(state);
	const uint32_t log = (uint32_t)STORE_LOG_MAX + 1;
	CLEANUP_BUF struct buf got = BUF_INIT(100);
	uint64_t a, b;
	struct error err;

	expect(s->ops->append_entries(s->self, log, 0, 1, view_of("\0\0", 2), &err),
	       STATUS_BUG, &err);
	expect(s->ops->count(s->self, log, &a, &b, &err), STATUS_BUG, &err);
	expect(s->ops->read_bodies(s->self, log, 0, 1, &got, &a, &err), STATUS_BUG, &err);
	expect(s->ops->put_tile(s->self, log, 0, 0, text("x"), &err), STATUS_BUG, &err);
	expect(s->ops->put_tile(s->self, 0, 8, 0, text("x"), &err), STATUS_BUG, &err);
	expect(s->ops->get_tile(s->self, 0, 0, UINT64_C(1) << 36, &got, &err), STATUS_BUG,
	       &err);
}

static void keys_too_long_and_unknown_tables_are_bugs(void **state)
{
	struct store *s = store_of(state);
	uint8_t bytes[STORE_KEY_MAX + 1] = {0};
	struct view key = view_of(bytes, sizeof bytes);
	CLEANUP_BUF struct buf got = BUF_INIT(100);
	struct error err;

	expect(s->ops->put(s->self, STORE_META, key, text("x"), &err), STATUS_BUG, &err);
	expect(s->ops->get(s->self, STORE_META, key, &got, &err), STATUS_BUG, &err);
	expect(s->ops->remove(s->self, STORE_META, key, &err), STATUS_BUG, &err);
	expect(s->ops->scan(s->self, STORE_META, key, text(""), note_row, NULL, &err),
	       STATUS_BUG, &err);
	expect(s->ops->last(s->self, STORE_META, key, &got, &got, &err), STATUS_BUG,
	       &err);
	expect(s->ops->put(s->self, STORE_TABLE_COUNT, text("k"), text("x"), &err),
	       STATUS_BUG, &err);
}

/* ---- many rows against a plain model */

enum { MODEL_ROWS = 200 };

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static bool check_model_row(void *context, struct view key, struct view value)
{
	struct seen *seen = context;
	char previous[16];

	memcpy(previous, seen->text, sizeof previous);
	assert_int_equal(key.len, 4);
	memcpy(seen->text, key.data, key.len);
	assert_true(strcmp(previous, seen->text) < 0);
	seen->count++;
	return true;
}

static void expect_model(struct store *s, const int *values)
{
	struct seen seen = {0};
	size_t count = 0;
	char key[16], value[16];
	struct error err;

	for (unsigned i = 0; i < MODEL_ROWS; i++) {
		(void)snprintf(key, sizeof key, "%04u", i);
		(void)snprintf(value, sizeof value, "%d", values[i]);
		if (values[i] == 0)
			expect_absent(s, STORE_LOG, key);
		else
			expect_row(s, STORE_LOG, key, value);
		count += values[i] != 0;
	}
	expect(s->ops->scan(s->self, STORE_LOG, text(""), text(""), check_model_row,
	                    &seen, &err),
	       STATUS_OK, &err);
	assert_int_equal(seen.count, count);
}

static void change_model_row(struct store *s, int *values, unsigned row, int value)
{
	char key[16], text_value[16];
	struct error err;

	(void)snprintf(key, sizeof key, "%04u", row);
	(void)snprintf(text_value, sizeof text_value, "%d", value);
	if (value != 0)
		put(s, STORE_LOG, key, text_value);
	else
		expect(s->ops->remove(s->self, STORE_LOG, text(key), &err),
		       values[row] == 0 ? STATUS_NOT_FOUND : STATUS_OK, &err);
	values[row] = value;
}

static void random_changes_agree_with_a_plain_model(void **state)
{
	struct store *s = store_of(state);
	int committed[MODEL_ROWS] = {0};
	int current[MODEL_ROWS] = {0};
	uint32_t seed = 7;

	for (int round = 0; round < 60; round++) {
		for (int i = 0; i < 30; i++) {
			unsigned row = next_random(&seed) % MODEL_ROWS;

			change_model_row(s, current, row,
			                 (int)(next_random(&seed) % 3 * 1000) +
			                     (next_random(&seed) % 2 ? round : 0));
		}
		expect_model(s, current);
		if (next_random(&seed) % 3 == 0) {
			s->ops->rollback(s->self);
			memcpy(current, committed, sizeof current);
		} else {
			commit(s);
			memcpy(committed, current, sizeof current);
		}
		expect_model(s, current);
	}
}

/* ---- the run */

static int set_up(void **state)
{
	struct fixture *fixture = *state;

	fixture->store = (struct store){0};
	fixture->suite->open(fixture->suite->context, &fixture->store);
	return fixture->store.ops == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	if (fixture->store.ops != NULL)
		fixture->store.ops->close(fixture->store.self);
	fixture->suite->clean(fixture->suite->context);
	return 0;
}

#define PROMISE(name) \
	cmocka_unit_test_prestate_setup_teardown(name, set_up, tear_down, &fixture)

int store_suite_run(const struct store_suite *suite)
{
	struct fixture fixture = {.suite = suite};
	const struct CMUnitTest tests[] = {
	    PROMISE(a_new_store_is_empty),
	    PROMISE(a_row_is_read_back_and_replaced),
	    PROMISE(every_table_is_separate),
	    PROMISE(an_empty_value_is_not_an_absent_one),
	    PROMISE(keys_and_values_hold_any_bytes),
	    PROMISE(a_value_replaces_what_the_buffer_held),
	    PROMISE(a_value_larger_than_the_buffer_allows_is_a_limit),
	    PROMISE(a_removed_row_is_gone),
	    PROMISE(reads_see_the_open_transaction),
	    PROMISE(rollback_forgets_all_writes_since_the_commit),
	    PROMISE(commit_and_rollback_without_writes_do_nothing),
	    PROMISE(a_scan_goes_in_key_order_within_its_prefix),
	    PROMISE(a_scan_begins_at_from),
	    PROMISE(a_scan_ends_when_the_row_says_so),
	    PROMISE(keys_sort_as_unsigned_bytes),
	    PROMISE(a_row_may_scan_and_read_the_same_table),
	    PROMISE(a_row_may_write_and_the_scan_meets_rows_as_they_stand),
	    PROMISE(a_row_may_roll_back),
	    PROMISE(last_is_the_greatest_key_with_the_prefix),
	    PROMISE(any_run_is_cut_out_of_the_chunks),
	    PROMISE(a_run_ends_where_the_log_ends),
	    PROMISE(a_run_ends_before_the_item_that_does_not_fit),
	    PROMISE(a_run_is_appended_to_what_the_buffer_holds),
	    PROMISE(logs_do_not_touch_each_other),
	    PROMISE(tiles_are_kept_by_log_level_and_index),
	    PROMISE(an_append_anywhere_but_at_the_end_is_a_bug),
	    PROMISE(an_append_of_other_than_whole_items_is_a_bug),
	    PROMISE(numbers_out_of_range_are_bugs),
	    PROMISE(keys_too_long_and_unknown_tables_are_bugs),
	    PROMISE(random_changes_agree_with_a_plain_model),
	};

	return _cmocka_run_group_tests(suite->name, tests, sizeof tests / sizeof tests[0],
	                               NULL, NULL);
}
