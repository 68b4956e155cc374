/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole files in a folder of the test's own. That a replacement is old or new but never a
 * part is tried with a reader at work beside a writer, and with a writer that is killed.
 */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/cleanup.h"

enum { LARGE_LEN = 300000 };

static char folder[256];

static const char *path_of(const char *name)
{
	static char path[2][512];
	static int turn;

	turn = 1 - turn;
	(void)snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
	return path[turn];
}

static int run(const char *command)
{
	char line[600];

	(void)snprintf(line, sizeof line, "%s %s", command, folder);
	return system(line);
}

static int make_folder(void **state)
{
	const char *base = getenv("TMPDIR");

	(void)snprintf(folder, sizeof folder, "%s/aldis-file-XXXXXX",
	               base == NULL ? "/tmp" : base);
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
	return run("rm -rf");
}

static size_t count_names(void)
{
	DIR *listing = opendir(folder);
	size_t count = 0;

	assert_non_null(listing);
	while (readdir(listing) != NULL)
		count++;
	(void)closedir(listing);
	return count - 2; /* "." and ".." */
}

static void assert_content(const char *name, struct view expected)
{
	CLEANUP_BUF struct buf content = BUF_INIT(1 << 20);

	assert_int_equal(file_read(path_of(name), &content, NULL), STATUS_OK);
	assert_true(view_equal(buf_view(&content), expected));
}

static void what_is_written_is_read(void **state)
{
	struct stat info;

	assert_int_equal(file_replace(path_of("a"), view_of("x\0y", 3), 0640, NULL),
	                 STATUS_OK);
	assert_content("a", view_of("x\0y", 3));
	assert_int_equal(stat(path_of("a"), &info), 0);
	assert_int_equal(info.st_mode & 07777, 0640);
	assert_int_equal(file_replace(path_of("a"), (struct view){0}, 0600, NULL),
	                 STATUS_OK);
	assert_content("a", (struct view){0});
	assert_int_equal(count_names(), 1);
}

static void a_missing_file_is_not_found(void **state)
{
	CLEANUP_BUF struct buf content = BUF_INIT(10);
	struct error err;

	assert_int_equal(file_read(path_of("none"), &content, &err), STATUS_NOT_FOUND);
	assert_non_null(strstr(err.text, "there is no file"));
}

static void a_folder_is_no_file(void **state)
{
	CLEANUP_BUF struct buf content = BUF_INIT(10);

	assert_int_equal(file_read(folder, &content, NULL), STATUS_SYSTEM);
	assert_int_equal(buf_check(&content, "it", NULL), STATUS_OK);
}

static void reading_stops_at_the_maximum(void **state)
{
	CLEANUP_BUF struct buf content = BUF_INIT(5);
	struct error err;

	assert_int_equal(file_replace(path_of("b"), view_of_string("123"), 0600, NULL),
	                 STATUS_OK);
	buf_append_string(&content, "ab");
	assert_int_equal(file_read(path_of("b"), &content, NULL), STATUS_OK);
	assert_true(view_equal_string(buf_view(&content), "ab123"));
	buf_clear(&content);
	buf_append_string(&content, "abc");
	assert_int_equal(file_read(path_of("b"), &content, &err), STATUS_LIMIT);
	assert_true(view_equal_string(buf_view(&content), "abc"));
	assert_int_equal(buf_check(&content, "it", NULL), STATUS_OK);
}

static void a_large_file_is_read_whole(void **state)
{
	CLEANUP_BUF struct buf content = BUF_INIT(LARGE_LEN);

	for (uint32_t i = 0; i < LARGE_LEN / 4; i++)
		buf_append_u32(&content, i);
	assert_int_equal(file_replace(path_of("c"), buf_view(&content), 0600, NULL),
	                 STATUS_OK);
	assert_content("c", buf_view(&content));
}

static void creating_refuses_what_exists(void **state)
{
	size_t names = count_names();

	assert_int_equal(file_create(path_of("d"), view_of_string("1"), 0600, NULL),
	                 STATUS_OK);
	assert_int_equal(file_create(path_of("d"), view_of_string("2"), 0600, NULL),
	                 STATUS_CONFLICT);
	assert_content("d", view_of_string("1"));
	assert_int_equal(count_names(), names + 1);
}

static void a_failed_replacement_leaves_nothing_behind(void **state)
{
	size_t names;

	assert_int_equal(mkdir(path_of("taken"), 0700), 0);
	names = count_names();
	assert_int_equal(file_replace(path_of("taken"), view_of_string("x"), 0600, NULL),
	                 STATUS_SYSTEM);
	assert_int_equal(
	    file_replace(path_of("no/such"), view_of_string("x"), 0600, NULL),
	    STATUS_SYSTEM);
	assert_int_equal(count_names(), names);
}

static void a_full_disk_leaves_the_old_content(void **state)
{
	struct rlimit before, small = {.rlim_cur = 1000, .rlim_max = RLIM_INFINITY};
	char large[5000] = {0};
	size_t names;
	struct error err;

	assert_int_equal(file_replace(path_of("e"), view_of_string("old"), 0600, NULL),
	                 STATUS_OK);
	names = count_names();
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small.rlim_max = before.rlim_max;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(
	    file_replace(path_of("e"), view_of(large, sizeof large), 0600, &err),
	    STATUS_SYSTEM);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_content("e", view_of_string("old"));
	assert_int_equal(count_names(), names);
}

/* Contents of one letter each, so that a mixture would show. */
static _Noreturn void replace_for_ever(const char *path)
{
	static char content[LARGE_LEN];

	for (char letter = 'a';; letter = letter == 'z' ? 'a' : (char)(letter + 1)) {
		memset(content, letter, sizeof content);
		if (file_replace(path, view_of(content, sizeof content), 0600, NULL) !=
		    STATUS_OK)
			_exit(1);
	}
}

static void assert_one_letter(const char *name)
{
	CLEANUP_BUF struct buf content = BUF_INIT(1 << 20);

	assert_int_equal(file_read(path_of(name), &content, NULL), STATUS_OK);
	assert_int_equal(content.len, LARGE_LEN);
	for (size_t i = 1; i < content.len; i++)
		assert_true(content.data[i] == content.data[0]);
}

static void a_reader_or_a_kill_sees_the_old_or_the_new(void **state)
{
	static const char first[LARGE_LEN];

	assert_int_equal(
	    file_replace(path_of("f"), view_of(first, sizeof first), 0600, NULL),
	    STATUS_OK);
	for (int kills = 0; kills < 10; kills++) {
		pid_t writer = fork();

		assert_true(writer >= 0);
		if (writer == 0)
			replace_for_ever(path_of("f"));
		for (int reads = 0; reads <= kills; reads++)
			assert_one_letter("f");
		assert_int_equal(kill(writer, SIGKILL), 0);
		assert_int_equal(waitpid(writer, NULL, 0), writer);
		assert_one_letter("f");
	}
}

static void folders_are_made_with_their_parents(void **state)
{
	struct stat info;

	assert_int_equal(file_make_folder(path_of("p/q/r"), 0700, NULL), STATUS_OK);
	assert_int_equal(file_make_folder(path_of("p/q/r"), 0700, NULL), STATUS_OK);
	assert_int_equal(file_make_folder(path_of("p/q/s/"), 0700, NULL), STATUS_OK);
	assert_int_equal(stat(path_of("p/q/r"), &info), 0);
	assert_true(S_ISDIR(info.st_mode));
	assert_int_equal(info.st_mode & 0777, 0700);
	assert_int_equal(stat(path_of("p/q/s"), &info), 0);
}

static void a_file_in_the_way_of_a_folder_is_an_error(void **state)
{
	assert_int_equal(file_replace(path_of("g"), view_of_string("x"), 0600, NULL),
	                 STATUS_OK);
	assert_int_equal(file_make_folder(path_of("g"), 0700, NULL), STATUS_SYSTEM);
	assert_int_equal(file_make_folder(path_of("g/h"), 0700, NULL), STATUS_SYSTEM);
}

/* What another process gets when it asks for the lock. */
static int lock_in_child(void)
{
	int state = 0;
	pid_t child = fork();

	if (child == 0) {
		int fd = -1;

		_exit((int)file_lock(path_of("lock"), &fd, NULL));
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &state, 0), child);
	assert_true(WIFEXITED(state));
	return WEXITSTATUS(state);
}

static void a_lock_keeps_others_out_until_it_is_closed(void **state)
{
	int fd = -1, second = -1;

	assert_int_equal(file_lock(path_of("lock"), &fd, NULL), STATUS_OK);
	assert_int_equal(lock_in_child(), STATUS_CONFLICT);
	assert_int_equal(file_lock(path_of("lock"), &second, NULL), STATUS_CONFLICT);
	assert_int_equal(second, -1);
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(lock_in_child(), STATUS_OK);
}

static void closing_another_descriptor_keeps_the_lock(void **state)
{
	CLEANUP_FD int fd = -1;
	int other = -1;

	assert_int_equal(file_lock(path_of("lock"), &fd, NULL), STATUS_OK);
	other = open(path_of("lock"), O_RDWR | O_CLOEXEC);
	assert_true(other >= 0);
	assert_int_equal(close(other), 0);
	assert_int_equal(lock_in_child(), STATUS_CONFLICT);
}

static void syncing_a_folder_needs_a_folder(void **state)
{
	assert_int_equal(file_sync_folder(folder, NULL), STATUS_OK);
	assert_int_equal(file_sync_folder(path_of("none"), NULL), STATUS_SYSTEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_written_is_read),
	    cmocka_unit_test(a_missing_file_is_not_found),
	    cmocka_unit_test(a_folder_is_no_file),
	    cmocka_unit_test(reading_stops_at_the_maximum),
	    cmocka_unit_test(a_large_file_is_read_whole),
	    cmocka_unit_test(creating_refuses_what_exists),
	    cmocka_unit_test(a_failed_replacement_leaves_nothing_behind),
	    cmocka_unit_test(a_full_disk_leaves_the_old_content),
	    cmocka_unit_test(a_reader_or_a_kill_sees_the_old_or_the_new),
	    cmocka_unit_test(folders_are_made_with_their_parents),
	    cmocka_unit_test(a_file_in_the_way_of_a_folder_is_an_error),
	    cmocka_unit_test(a_lock_keeps_others_out_until_it_is_closed),
	    cmocka_unit_test(closing_another_descriptor_keeps_the_lock),
	    cmocka_unit_test(syncing_a_folder_needs_a_folder),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
