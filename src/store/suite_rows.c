/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is promised of rows: put, get, remove, scan, last.
 */
#include "store/suite_parts.h"

#include <stdio.h>

#include "base/cleanup.h"

static struct view text(const char *string)
{
	return view_of_string(string);
}

static void a_row_is_read_back_and_replaced(void **state)
{
	struct store *s = store_suite_store(state);

	store_suite_put(s, STORE_CARD, "desk.example", "first");
	store_suite_expect_row(s, STORE_CARD, "desk.example", "first");
	store_suite_put(s, STORE_CARD, "desk.example", "second, longer");
	store_suite_expect_row(s, STORE_CARD, "desk.example", "second, longer");
	store_suite_commit(s);
	store_suite_expect_row(s, STORE_CARD, "desk.example", "second, longer");
}

static void every_table_is_separate(void **state)
{
	struct store *s = store_suite_store(state);
	char value[16];

	for (int i = 0; i < STORE_TABLE_COUNT; i++) {
		(void)snprintf(value, sizeof value, "value %d", i);
		store_suite_put(s, (enum store_table)i, "key", value);
	}
	store_suite_commit(s);
	for (int i = 0; i < STORE_TABLE_COUNT; i++) {
		(void)snprintf(value, sizeof value, "value %d", i);
		store_suite_expect_row(s, (enum store_table)i, "key", value);
	}
}

static void an_empty_value_is_not_an_absent_one(void **state)
{
	struct store *s = store_suite_store(state);
	struct error err;

	store_suite_put(s, STORE_META, "empty", "");
	store_suite_commit(s);
	store_suite_expect_row(s, STORE_META, "empty", "");
	store_suite_expect_absent(s, STORE_META, "other");
	store_suite_expect_absent(s, STORE_META, "");
	store_suite_expect(
	    s->ops->put(s->self, STORE_META, view_of(NULL, 0), view_of(NULL, 0), &err),
	    STATUS_OK, &err);
	store_suite_expect_row(s, STORE_META, "", "");
}

static void keys_and_values_hold_any_bytes(void **state)
{
	struct store *s = store_suite_store(state);
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
	store_suite_expect(s->ops->put(s->self, STORE_ATTACHMENT,
	                               view_of(key, sizeof key), buf_view(&large), &err),
	                   STATUS_OK, &err);
	store_suite_commit(s);
	store_suite_expect(
	    s->ops->get(s->self, STORE_ATTACHMENT, view_of(key, sizeof key), &got, &err),
	    STATUS_OK, &err);
	assert_true(view_equal(buf_view(&got), buf_view(&large)));
}

static void a_value_replaces_what_the_buffer_held(void **state)
{
	struct store *s = store_suite_store(state);
	CLEANUP_BUF struct buf got = BUF_INIT(100);
	struct error err;

	store_suite_put(s, STORE_META, "key", "value");
	buf_append_string(&got, "older and longer");
	store_suite_expect(s->ops->get(s->self, STORE_META, text("none"), &got, &err),
	                   STATUS_NOT_FOUND, &err);
	assert_true(view_equal_string(buf_view(&got), "older and longer"));
	store_suite_expect(s->ops->get(s->self, STORE_META, text("key"), &got, &err),
	                   STATUS_OK, &err);
	assert_true(view_equal_string(buf_view(&got), "value"));
}

static void a_value_larger_than_the_buffer_allows_is_a_limit(void **state)
{
	struct store *s = store_suite_store(state);
	CLEANUP_BUF struct buf got = BUF_INIT(4);
	struct error err;

	store_suite_put(s, STORE_META, "key", "value");
	store_suite_expect(s->ops->get(s->self, STORE_META, text("key"), &got, &err),
	                   STATUS_LIMIT, &err);
}

static void a_removed_row_is_gone(void **state)
{
	struct store *s = store_suite_store(state);
	struct error err;

	store_suite_put(s, STORE_CHANNEL, "a", "1");
	store_suite_put(s, STORE_CHANNEL, "b", "2");
	store_suite_commit(s);
	store_suite_expect(s->ops->remove(s->self, STORE_CHANNEL, text("a"), &err),
	                   STATUS_OK, &err);
	store_suite_expect_absent(s, STORE_CHANNEL, "a");
	store_suite_expect_row(s, STORE_CHANNEL, "b", "2");
	store_suite_expect(s->ops->remove(s->self, STORE_CHANNEL, text("a"), &err),
	                   STATUS_NOT_FOUND, &err);
	store_suite_commit(s);
	store_suite_expect_absent(s, STORE_CHANNEL, "a");
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

	store_suite_expect(s->ops->scan(s->self, STORE_RECEIPT, text(prefix), text(from),
	                                note_row, &seen, &err),
	                   STATUS_OK, &err);
	assert_string_equal(seen.text, wanted);
}

static void put_receipts(struct store *s)
{
	const char *const keys[] = {"b2", "a", "c", "b", "b10", "b1", "ba", ""};

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		store_suite_put(s, STORE_RECEIPT, keys[i], keys[i]);
}

static void a_scan_goes_in_key_order_within_its_prefix(void **state)
{
	struct store *s = store_suite_store(state);

	expect_scan(s, "", "", 0, "");
	put_receipts(s);
	expect_scan(s, "", "", 0, "= a=a b=b b1=b1 b10=b10 b2=b2 ba=ba c=c ");
	expect_scan(s, "b", "", 0, "b=b b1=b1 b10=b10 b2=b2 ba=ba ");
	store_suite_commit(s);
	expect_scan(s, "b1", "", 0, "b1=b1 b10=b10 ");
	expect_scan(s, "d", "", 0, "");
	expect_scan(s, "c1", "", 0, "");
}

static void a_scan_begins_at_from(void **state)
{
	struct store *s = store_suite_store(state);

	put_receipts(s);
	expect_scan(s, "", "b1", 0, "b1=b1 b10=b10 b2=b2 ba=ba c=c ");
	expect_scan(s, "", "b11", 0, "b2=b2 ba=ba c=c ");
	expect_scan(s, "b", "b11", 0, "b2=b2 ba=ba ");
	expect_scan(s, "b", "a", 0, "b=b b1=b1 b10=b10 b2=b2 ba=ba ");
	expect_scan(s, "b", "c", 0, "");
}

static void a_scan_ends_when_the_row_says_so(void **state)
{
	struct store *s = store_suite_store(state);

	put_receipts(s);
	expect_scan(s, "b", "", 2, "b=b b1=b1 ");
	expect_scan(s, "b", "", 1, "b=b ");
}

static void keys_sort_as_unsigned_bytes(void **state)
{
	struct store *s = store_suite_store(state);
	struct seen seen = {0};
	struct error err;

	store_suite_put(s, STORE_RECEIPT, "\xff\xff", "3");
	store_suite_put(s, STORE_RECEIPT, "\x7f", "1");
	store_suite_put(s, STORE_RECEIPT, "\xff", "2");
	store_suite_expect(s->ops->scan(s->self, STORE_RECEIPT, text("\xff"), text(""),
	                                note_row, &seen, &err),
	                   STATUS_OK, &err);
	assert_string_equal(seen.text, "\xff=2 \xff\xff=3 ");
}

static bool scan_within(void *context, struct view key, struct view value)
{
	struct seen *outer = context;
	struct store *s = outer->store;
	struct seen inner = {0};
	struct error err;

	store_suite_expect(s->ops->scan(s->self, STORE_RECEIPT, text("b1"), text(""),
	                                note_row, &inner, &err),
	                   STATUS_OK, &err);
	assert_string_equal(inner.text, "b1=b1 b10=b10 ");
	return note_row(outer, key, value);
}

static void a_row_may_scan_and_read_the_same_table(void **state)
{
	struct store *s = store_suite_store(state);
	struct seen seen = {.store = s};
	struct error err;

	put_receipts(s);
	for (int round = 0; round < 2; round++) {
		seen = (struct seen){.store = s};
		store_suite_expect(s->ops->scan(s->self, STORE_RECEIPT, text("b"),
		                                text(""), scan_within, &seen, &err),
		                   STATUS_OK, &err);
		assert_string_equal(seen.text, "b=b b1=b1 b10=b10 b2=b2 ba=ba ");
		store_suite_commit(s);
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
	store_suite_expect(s->ops->remove(s->self, STORE_RECEIPT, key, &err), STATUS_OK,
	                   &err);
	store_suite_expect(s->ops->remove(s->self, STORE_RECEIPT, text("b1"), &err),
	                   STATUS_OK, &err);
	store_suite_put(s, STORE_RECEIPT, "a0", "new");
	store_suite_put(s, STORE_RECEIPT, "b3", "new");
	store_suite_commit(s);
	return goes_on;
}

static void a_row_may_write_and_the_scan_meets_rows_as_they_stand(void **state)
{
	struct store *s = store_suite_store(state);
	struct seen seen = {.store = s};
	struct error err;

	put_receipts(s);
	store_suite_expect(s->ops->scan(s->self, STORE_RECEIPT, text("b"), text(""),
	                                change_table, &seen, &err),
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
	struct store *s = store_suite_store(state);
	struct seen seen = {.store = s};
	struct error err;

	store_suite_put(s, STORE_RECEIPT, "a", "1");
	store_suite_put(s, STORE_RECEIPT, "c", "1");
	store_suite_commit(s);
	store_suite_put(s, STORE_RECEIPT, "b", "2");
	store_suite_put(s, STORE_RECEIPT, "c", "2");
	store_suite_expect(s->ops->scan(s->self, STORE_RECEIPT, text(""), text(""),
	                                roll_back, &seen, &err),
	                   STATUS_OK, &err);
	assert_string_equal(seen.text, "a=1 c=1 ");
}

static void expect_last(struct store *s, const char *prefix, const char *wanted)
{
	CLEANUP_BUF struct buf key = BUF_INIT(100);
	CLEANUP_BUF struct buf value = BUF_INIT(100);
	struct error err;

	store_suite_expect(
	    s->ops->last(s->self, STORE_RECEIPT, text(prefix), &key, &value, &err),
	    wanted == NULL ? STATUS_NOT_FOUND : STATUS_OK, &err);
	if (wanted == NULL)
		return;
	assert_true(view_equal_string(buf_view(&key), wanted));
	assert_true(view_equal_string(buf_view(&value), wanted));
}

static void last_is_the_greatest_key_with_the_prefix(void **state)
{
	struct store *s = store_suite_store(state);

	expect_last(s, "", NULL);
	put_receipts(s);
	expect_last(s, "", "c");
	expect_last(s, "b", "ba");
	expect_last(s, "b1", "b10");
	expect_last(s, "a", "a");
	expect_last(s, "b3", NULL);
	expect_last(s, "\xff", NULL);
	store_suite_put(s, STORE_RECEIPT, "\xff\xff", "\xff\xff");
	expect_last(s, "\xff", "\xff\xff");
	expect_last(s, "", "\xff\xff");
	expect_last(s, "c", "c");
}

static void keys_too_long_and_unknown_tables_are_bugs(void **state)
{
	struct store *s = store_suite_store(state);
	uint8_t bytes[STORE_KEY_MAX + 1] = {0};
	struct view key = view_of(bytes, sizeof bytes);
	CLEANUP_BUF struct buf got = BUF_INIT(100);
	struct error err;

	store_suite_expect(s->ops->put(s->self, STORE_META, key, text("x"), &err),
	                   STATUS_BUG, &err);
	store_suite_expect(s->ops->get(s->self, STORE_META, key, &got, &err), STATUS_BUG,
	                   &err);
	store_suite_expect(s->ops->remove(s->self, STORE_META, key, &err), STATUS_BUG,
	                   &err);
	store_suite_expect(
	    s->ops->scan(s->self, STORE_META, key, text(""), note_row, NULL, &err),
	    STATUS_BUG, &err);
	store_suite_expect(s->ops->last(s->self, STORE_META, key, &got, &got, &err),
	                   STATUS_BUG, &err);
	store_suite_expect(
	    s->ops->put(s->self, STORE_TABLE_COUNT, text("k"), text("x"), &err),
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
			store_suite_expect_absent(s, STORE_LOG, key);
		else
			store_suite_expect_row(s, STORE_LOG, key, value);
		count += values[i] != 0;
	}
	store_suite_expect(s->ops->scan(s->self, STORE_LOG, text(""), text(""),
	                                check_model_row, &seen, &err),
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
		store_suite_put(s, STORE_LOG, key, text_value);
	else
		store_suite_expect(s->ops->remove(s->self, STORE_LOG, text(key), &err),
		                   values[row] == 0 ? STATUS_NOT_FOUND : STATUS_OK, &err);
	values[row] = value;
}

static void random_changes_agree_with_a_plain_model(void **state)
{
	struct store *s = store_suite_store(state);
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
			store_suite_commit(s);
			memcpy(committed, current, sizeof current);
		}
		expect_model(s, current);
	}
}

/* ---- the list */

const struct store_promise store_suite_rows[] = {
    {"a_row_is_read_back_and_replaced", a_row_is_read_back_and_replaced},
    {"every_table_is_separate", every_table_is_separate},
    {"an_empty_value_is_not_an_absent_one", an_empty_value_is_not_an_absent_one},
    {"keys_and_values_hold_any_bytes", keys_and_values_hold_any_bytes},
    {"a_value_replaces_what_the_buffer_held", a_value_replaces_what_the_buffer_held},
    {"a_value_larger_than_the_buffer_allows_is_a_limit",
     a_value_larger_than_the_buffer_allows_is_a_limit},
    {"a_removed_row_is_gone", a_removed_row_is_gone},
    {"a_scan_goes_in_key_order_within_its_prefix",
     a_scan_goes_in_key_order_within_its_prefix},
    {"a_scan_begins_at_from", a_scan_begins_at_from},
    {"a_scan_ends_when_the_row_says_so", a_scan_ends_when_the_row_says_so},
    {"keys_sort_as_unsigned_bytes", keys_sort_as_unsigned_bytes},
    {"a_row_may_scan_and_read_the_same_table", a_row_may_scan_and_read_the_same_table},
    {"a_row_may_write_and_the_scan_meets_rows_as_they_stand",
     a_row_may_write_and_the_scan_meets_rows_as_they_stand},
    {"a_row_may_roll_back", a_row_may_roll_back},
    {"last_is_the_greatest_key_with_the_prefix",
     last_is_the_greatest_key_with_the_prefix},
    {"random_changes_agree_with_a_plain_model", random_changes_agree_with_a_plain_model},
    {"keys_too_long_and_unknown_tables_are_bugs",
     keys_too_long_and_unknown_tables_are_bugs},
    {0},
};
