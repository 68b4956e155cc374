/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading ahead, with a thread and without one: what is handed out, in which order, and
 * what is told when something is wrong.
 */
#include "bundle/ahead.h"

#include <fcntl.h>

#include "bundle/testing.h"

enum { FILES = 50 };

struct fixture {
	char folder[TESTING_PATH_MAX];
	int fd;
	struct buf lines;
	struct bundle_list list;
	struct bundle_ahead ahead;
	bool is_alone; /* without a thread */
};

static void write_file(const struct fixture *f, const char *name, struct view content)
{
	char path[TESTING_PATH_MAX + 300];

	(void)snprintf(path, sizeof path, "%s/%s", f->folder, name);
	assert_int_equal(file_replace(path, content, 0600, NULL), STATUS_OK);
}

static void add_file(struct fixture *f, const char *name, struct view content)
{
	struct hash hash = sha256(content);

	write_file(f, name, content);
	bundle_list_append(&f->lines, &hash, name);
}

static void setup(struct fixture *f, bool is_alone)
{
	char name[20];

	*f = (struct fixture){.is_alone = is_alone, .lines = BUF_INIT(SIZE_MAX)};
	testing_folder_make(f->folder);
	f->fd = open(f->folder, O_RDONLY | O_DIRECTORY);
	for (int i = 0; i < FILES; i++) {
		(void)snprintf(name, sizeof name, "file%d", i);
		add_file(f, name, view_of_string(name));
	}
}

static void start(struct fixture *f)
{
	write_file(f, "files", buf_view(&f->lines));
	struct hash hash = sha256(buf_view(&f->lines));
	assert_int_equal(bundle_list_open(&f->list, f->fd, &hash, NULL), STATUS_OK);
	if (f->is_alone) {
		f->ahead = (struct bundle_ahead){.list = &f->list, .is_started = true};
		return;
	}
	bundle_ahead_start(&f->ahead, &f->list);
	assert_true(f->ahead.has_thread);
}

static void teardown(struct fixture *f)
{
	bundle_ahead_stop(&f->ahead);
	bundle_ahead_stop(&f->ahead);
	bundle_list_release(&f->list);
	buf_release(&f->lines);
	(void)close(f->fd);
	testing_folder_remove(f->folder);
}

static struct bundle_item *take(struct fixture *f, int number)
{
	struct bundle_item *item = NULL;
	struct error err = {0};
	char name[20];

	(void)snprintf(name, sizeof name, "file%d", number);
	assert_true(bundle_ahead_is_next(&f->ahead, name));
	if (bundle_ahead_take(&f->ahead, name, &item, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	return item;
}

static void files_come_whole_and_in_order(void **state TEST_UNUSED)
{
	for (int alone = 0; alone < 2; alone++) {
		struct fixture f;

		setup(&f, alone);
		start(&f);
		for (int i = 0; i < FILES; i++) {
			const struct bundle_item *item = take(&f, i);

			assert_true(item->is_read);
			assert_int_equal(item->read_status, STATUS_OK);
			assert_true(
			    view_equal_string(buf_view(&item->content), item->path.text));
		}
		assert_false(bundle_ahead_is_next(&f.ahead, "file0"));
		assert_int_equal(bundle_ahead_end(&f.ahead, NULL), STATUS_OK);
		assert_int_equal(bundle_ahead_end(&f.ahead, NULL), STATUS_OK);
		bundle_ahead_stop(&f.ahead);
		assert_int_equal(bundle_list_end(&f.list, FILES, NULL), STATUS_OK);
		teardown(&f);
	}
}

static void it_may_be_left_at_any_place(void **state TEST_UNUSED)
{
	for (int count = 0; count < FILES; count += 7) {
		struct fixture f;

		setup(&f, false);
		start(&f);
		for (int i = 0; i < count; i++)
			(void)take(&f, i);
		teardown(&f);
	}
}

static void what_is_wrong_with_a_file_is_told_in_its_turn(void **state TEST_UNUSED)
{
	for (int alone = 0; alone < 2; alone++) {
		struct fixture f;
		char path[TESTING_PATH_MAX + 10];

		setup(&f, alone);
		(void)snprintf(path, sizeof path, "%s/file3", f.folder);
		assert_int_equal(unlink(path), 0);
		write_file(&f, "file5", view_of_string("changed"));
		start(&f);
		for (int i = 0; i < 8; i++) {
			const struct bundle_item *item = take(&f, i);
			enum status expected = i == 3   ? STATUS_NOT_FOUND
			                       : i == 5 ? STATUS_MALFORMED
			                                : STATUS_OK;

			assert_int_equal(item->read_status, expected);
		}
		teardown(&f);
	}
}

static void a_large_file_is_left_to_its_reader(void **state TEST_UNUSED)
{
	CLEANUP_BUF struct buf large = BUF_INIT(SIZE_MAX);
	struct fixture f;

	setup(&f, false);
	memset(buf_extend(&large, BUNDLE_AHEAD_LEN_MAX), 7, BUNDLE_AHEAD_LEN_MAX);
	add_file(&f, "file50", buf_view(&large));
	buf_append_byte(&large, 7);
	add_file(&f, "file51", buf_view(&large));
	start(&f);
	for (int i = 0; i < FILES; i++)
		(void)take(&f, i);
	const struct bundle_item *item = take(&f, 50);
	assert_true(item->is_read);
	assert_int_equal(item->content.len, BUNDLE_AHEAD_LEN_MAX);
	assert_false(take(&f, 51)->is_read);
	teardown(&f);
}

static void another_path_or_more_lines_are_refused(void **state TEST_UNUSED)
{
	for (int alone = 0; alone < 2; alone++) {
		struct bundle_item *item;
		struct fixture f;
		struct error err;

		setup(&f, alone);
		start(&f);
		assert_int_equal(bundle_ahead_take(&f.ahead, "file1", &item, &err),
		                 STATUS_MALFORMED);
		assert_non_null(strstr(err.text, "names file0 where file1 must stand"));
		assert_int_equal(bundle_ahead_end(&f.ahead, &err), STATUS_MALFORMED);
		assert_non_null(strstr(err.text, "names file0, which nothing"));
		for (int i = 0; i < FILES; i++)
			(void)take(&f, i);
		assert_int_equal(bundle_ahead_take(&f.ahead, "file50", &item, &err),
		                 STATUS_MALFORMED);
		assert_non_null(strstr(err.text, "names nothing where"));
		teardown(&f);
	}
}

static void a_line_that_is_none_ends_it(void **state TEST_UNUSED)
{
	for (int alone = 0; alone < 2; alone++) {
		struct bundle_item *item;
		struct fixture f;
		struct error err;

		setup(&f, alone);
		buf_append_string(&f.lines, "no line\n");
		start(&f);
		for (int i = 0; i < FILES - 1; i++)
			(void)take(&f, i);
		for (int again = 0; again < 2; again++) {
			assert_int_equal(
			    bundle_ahead_take(&f.ahead, "file49", &item, &err),
			    STATUS_MALFORMED);
			assert_non_null(strstr(err.text, "a line is not a hash"));
		}
		teardown(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(files_come_whole_and_in_order),
	    cmocka_unit_test(it_may_be_left_at_any_place),
	    cmocka_unit_test(what_is_wrong_with_a_file_is_told_in_its_turn),
	    cmocka_unit_test(a_large_file_is_left_to_its_reader),
	    cmocka_unit_test(another_path_or_more_lines_are_refused),
	    cmocka_unit_test(a_line_that_is_none_ends_it),
	};

	return cmocka_run_group_tests(tests, test_setup, NULL);
}
