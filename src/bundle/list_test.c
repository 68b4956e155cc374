/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of files: its lines, its order, and what happens when it is not what it was.
 */
#include "bundle/list.h"

#include <fcntl.h>

#include "bundle/testing.h"

struct fixture {
	char folder[TESTING_PATH_MAX];
	int fd;
	struct buf text;
	struct hash hash;
};

static void write_list(struct fixture *f)
{
	char path[TESTING_PATH_MAX + 10];

	(void)snprintf(path, sizeof path, "%s/files", f->folder);
	assert_int_equal(file_replace(path, buf_view(&f->text), 0600, NULL), STATUS_OK);
	f->hash = sha256(buf_view(&f->text));
}

static void setup(struct fixture *f)
{
	testing_folder_make(f->folder);
	f->fd = open(f->folder, O_RDONLY | O_DIRECTORY);
	f->text = BUF_INIT(SIZE_MAX);
	struct hash a = sha256(view_of_string("a")), b = sha256(view_of_string("b"));
	bundle_list_append(&f->text, &a, "charter.note");
	bundle_list_append(&f->text, &b, "cards/north.example.note");
	write_list(f);
}

static void teardown(struct fixture *f)
{
	(void)close(f->fd);
	buf_release(&f->text);
	testing_folder_remove(f->folder);
}

static void it_is_read_in_order(void **state TEST_UNUSED)
{
	struct bundle_list list = {0};
	struct fixture f;
	struct hash hash, a = sha256(view_of_string("a"));

	setup(&f);
	assert_int_equal(bundle_list_open(&list, f.fd, &f.hash, NULL), STATUS_OK);
	assert_true(bundle_list_is_next(&list, "charter.note"));
	assert_int_equal(bundle_list_take(&list, "charter.note", &hash, NULL), STATUS_OK);
	assert_true(hash_equal(&hash, &a));
	assert_int_equal(bundle_list_take(&list, "cards/north.example.note", &hash, NULL),
	                 STATUS_OK);
	assert_false(bundle_list_is_next(&list, "charter.note"));
	assert_int_equal(bundle_list_end(&list, 2, NULL), STATUS_OK);
	assert_true(bundle_list_has(&list, "charter.note"));
	assert_true(bundle_list_has(&list, "cards/north.example.note"));
	assert_false(bundle_list_has(&list, "cards/south.example.note"));
	bundle_list_release(&list);
	teardown(&f);
}

static void another_order_is_refused(void **state TEST_UNUSED)
{
	struct bundle_list list = {0};
	struct fixture f;
	struct hash hash;
	struct error err;

	setup(&f);
	assert_int_equal(bundle_list_open(&list, f.fd, &f.hash, NULL), STATUS_OK);
	assert_int_equal(bundle_list_take(&list, "cards/north.example.note", &hash, &err),
	                 STATUS_MALFORMED);
	assert_non_null(strstr(err.text, "names charter.note where cards/"));
	assert_int_equal(bundle_list_take(&list, "charter.note", &hash, NULL), STATUS_OK);
	assert_int_equal(bundle_list_end(&list, 2, &err), STATUS_MALFORMED);
	assert_non_null(strstr(err.text, "nothing in the export refers to"));
	bundle_list_release(&list);
	teardown(&f);
}

static void another_hash_or_count_is_refused(void **state TEST_UNUSED)
{
	struct bundle_list list = {0};
	struct fixture f;
	struct hash hash;

	setup(&f);
	f.hash.bytes[0] ^= 1;
	assert_int_equal(bundle_list_open(&list, f.fd, &f.hash, NULL), STATUS_MALFORMED);
	bundle_list_release(&list);
	f.hash.bytes[0] ^= 1;
	assert_int_equal(bundle_list_open(&list, f.fd, &f.hash, NULL), STATUS_OK);
	assert_int_equal(bundle_list_take(&list, "charter.note", &hash, NULL), STATUS_OK);
	assert_int_equal(bundle_list_take(&list, "cards/north.example.note", &hash, NULL),
	                 STATUS_OK);
	assert_int_equal(bundle_list_end(&list, 3, NULL), STATUS_MALFORMED);
	bundle_list_release(&list);
	teardown(&f);
}

/* Between the reading for the hash and the reading of the lines. */
static void a_list_that_changes_while_it_is_read_is_refused(void **state TEST_UNUSED)
{
	struct bundle_list list = {0};
	struct fixture f;
	struct hash hash;
	char path[TESTING_PATH_MAX + 10], other[2000];

	setup(&f);
	/* Long enough that the stream has not read all of it at the first line. */
	for (size_t i = 0; i < 200; i++) {
		(void)snprintf(other, sizeof other, "cards/desk%zu.note", i);
		bundle_list_append(&f.text, &f.hash, other);
	}
	write_list(&f);
	assert_int_equal(bundle_list_open(&list, f.fd, &f.hash, NULL), STATUS_OK);
	(void)snprintf(path, sizeof path, "%s/files", f.folder);
	int fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, "0", 1, (off_t)(f.text.len - 80)), 1);
	(void)close(fd);
	while (list.has_next) {
		(void)snprintf(other, sizeof other, "%s", list.next.text);
		assert_int_equal(bundle_list_take(&list, other, &hash, NULL), STATUS_OK);
	}
	assert_int_equal(bundle_list_end(&list, 202, NULL), STATUS_MALFORMED);
	bundle_list_release(&list);
	teardown(&f);
}

static void lines_of_another_form_are_refused(void **state TEST_UNUSED)
{
#define HEX32 "0123456789abcdef0123456789abcdef"
	static const char *const lines[] = {
	    "",
	    "\n",
	    HEX32 HEX32 "\n",
	    HEX32 HEX32 "  \n",
	    HEX32 HEX32 "  a",
	    HEX32 HEX32 " a\n",
	    HEX32 HEX32 " *a\n",
	    HEX32 HEX32 "  /a\n",
	    HEX32 HEX32 "  a//b\n",
	    HEX32 HEX32 "  ../a\n",
	    HEX32 HEX32 "  a/../b\n",
	    HEX32 HEX32 "  A\n",
	    HEX32 HEX32 "  a b\n",
	    HEX32 "0123456789ABCDEF0123456789abcdef  a\n",
	    HEX32 "g123456789abcdef0123456789abcdef  a\n",
	};
	struct bundle_path path;
	struct hash hash;

	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		assert_int_equal(
		    bundle_list_line_decode(view_of_string(lines[i]), &hash, &path, NULL),
		    STATUS_MALFORMED);
	assert_int_equal(
	    bundle_list_line_decode(view_of_string(HEX32 HEX32 "  a/b.c-1\n"), &hash,
	                            &path, NULL),
	    STATUS_OK);
	assert_string_equal(path.text, "a/b.c-1");
}

static void a_line_that_is_too_long_is_refused(void **state TEST_UNUSED)
{
	struct bundle_list list = {0};
	struct fixture f;
	char path[BUNDLE_PATH_MAX + 1] = {0};

	setup(&f);
	memset(path, 'a', BUNDLE_PATH_MAX);
	buf_clear(&f.text);
	bundle_list_append(&f.text, &f.hash, path);
	write_list(&f);
	assert_int_equal(bundle_list_open(&list, f.fd, &f.hash, NULL), STATUS_MALFORMED);
	bundle_list_release(&list);
	teardown(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_is_read_in_order),
	    cmocka_unit_test(another_order_is_refused),
	    cmocka_unit_test(another_hash_or_count_is_refused),
	    cmocka_unit_test(a_list_that_changes_while_it_is_read_is_refused),
	    cmocka_unit_test(lines_of_another_form_are_refused),
	    cmocka_unit_test(a_line_that_is_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, test_setup, NULL);
}
