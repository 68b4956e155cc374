/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The storage suite on SQLite, and what only files can do: be locked, damaged, foreign,
 * too new, migrated, backed up.
 */
#include "store/sqlite.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "store/sqlite_schema.h"
#include "store/suite.h"

enum { PATH_LEN = 200 };

/* A folder that lives as long as a test. */
struct folder {
	char path[PATH_LEN - 20];
	char database[PATH_LEN];
};

static void folder_make(struct folder *folder)
{
	const char *base = getenv("TMPDIR");

	(void)snprintf(folder->path, sizeof folder->path, "%s/aldis-store-XXXXXX",
	               base == NULL ? "/tmp" : base);
	assert_non_null(mkdtemp(folder->path));
	(void)snprintf(folder->database, sizeof folder->database, "%s/desk.db",
	               folder->path);
}

static void folder_remove(struct folder *folder)
{
	const char *const names[] = {"desk.db", "desk.db-wal", "desk.db-journal",
	                             "copy.db", "copy.db-wal"};
	char path[PATH_LEN];

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", folder->path, names[i]);
		(void)unlink(path);
	}
	/* Fails when a test left a file behind that nobody knows of. */
	assert_int_equal(rmdir(folder->path), 0);
}

static void expect(enum status got, enum status wanted, const struct error *err)
{
	if (got == wanted)
		return;
	fail_msg("%s instead of %s (%s)", status_name(got), status_name(wanted),
	         got == STATUS_OK ? "" : err->text);
}

static void open_database(const char *path, struct store *ret_store)
{
	struct error err;

	expect(store_sqlite_open(path, ret_store, &err), STATUS_OK, &err);
}

static void expect_refused(const char *path, enum status wanted, const char *words)
{
	struct store s;
	struct error err;
	enum status status = store_sqlite_open(path, &s, &err);

	expect(status, wanted, &err);
	if (strstr(err.text, words) == NULL)
		fail_msg("'%s' does not say '%s'", err.text, words);
}

static void put(struct store *s, const char *key, const char *value)
{
	struct error err;

	expect(s->ops->put(s->self, STORE_META, view_of_string(key),
	                   view_of_string(value), &err),
	       STATUS_OK, &err);
}

static void commit(struct store *s)
{
	struct error err;

	expect(s->ops->commit(s->self, &err), STATUS_OK, &err);
}

static enum status get(struct store *s, const char *key, const char *wanted)
{
	CLEANUP_BUF struct buf got = BUF_INIT(1000);
	struct error err;
	enum status status =
	    s->ops->get(s->self, STORE_META, view_of_string(key), &got, &err);

	if (status == STATUS_OK)
		assert_true(view_equal_string(buf_view(&got), wanted));
	return status;
}

static void suite_open(void *context, struct store *ret_store)
{
	struct folder *folder = context;

	folder_make(folder);
	open_database(folder->database, ret_store);
}

static void suite_clean(void *context)
{
	folder_remove(context);
}

static int make_folder(void **state)
{
	struct folder *folder = calloc(1, sizeof *folder);

	assert_non_null(folder);
	folder_make(folder);
	*state = folder;
	return 0;
}

static int remove_folder(void **state)
{
	folder_remove(*state);
	free(*state);
	return 0;
}

/* Runs SQL on the file with a connection of the test's own. */
static void run_sql(const char *path, const char *sql)
{
	sqlite3 *handle;

	assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
	assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(handle), SQLITE_OK);
}

static void what_was_committed_is_there_after_closing(void **state)
{
	struct folder *folder = *state;
	struct stat info;
	struct store s;

	open_database(folder->database, &s);
	put(&s, "kept", "1");
	commit(&s);
	put(&s, "lost", "1");
	s.ops->close(s.self);
	assert_int_equal(stat(folder->database, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	open_database(folder->database, &s);
	assert_int_equal(get(&s, "kept", "1"), STATUS_OK);
	assert_int_equal(get(&s, "lost", "1"), STATUS_NOT_FOUND);
	s.ops->close(s.self);
}

static void a_relative_path_with_a_colon_is_a_plain_file(void **state)
{
	struct folder *folder = *state;
	char *before = getcwd(NULL, 0);
	struct store s;

	assert_non_null(before);
	assert_int_equal(chdir(folder->path), 0);
	open_database(":memory:", &s);
	put(&s, "key", "value");
	commit(&s);
	s.ops->close(s.self);
	open_database(":memory:", &s);
	assert_int_equal(get(&s, "key", "value"), STATUS_OK);
	s.ops->close(s.self);
	assert_int_equal(unlink(":memory:"), 0);
	assert_int_equal(chdir(before), 0);
	free(before);
}

/* Another process that tries to open the database when told. Made before this one opens
 * it: SQLite knows its own locks across a fork, and the system's are what is tested. */
struct opener {
	pid_t process;
	int go; /* the write end of its pipe */
};

static struct opener opener_start(const char *path)
{
	struct opener opener;
	int ends[2];
	struct store s;
	struct error err;
	char byte;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	opener.go = ends[1];
	opener.process = fork();
	assert_true(opener.process >= 0);
	if (opener.process == 0) {
		(void)close(ends[1]);
		(void)!read(ends[0], &byte, 1);
		_exit((int)store_sqlite_open(path, &s, &err));
	}
	(void)close(ends[0]);
	return opener;
}

/* Lets it try; its status. */
static enum status opener_finish(const struct opener *opener)
{
	int exit_status;

	assert_int_equal(write(opener->go, "", 1), 1);
	(void)close(opener->go);
	assert_int_equal(waitpid(opener->process, &exit_status, 0), opener->process);
	assert_true(WIFEXITED(exit_status));
	return (enum status)WEXITSTATUS(exit_status);
}

static void a_second_opener_is_refused(void **state)
{
	struct folder *folder = *state;
	struct opener refused = opener_start(folder->database);
	struct opener later = opener_start(folder->database);
	struct store s;

	open_database(folder->database, &s);
	expect_refused(folder->database, STATUS_CONFLICT, "in use by another process");
	assert_int_equal(opener_finish(&refused), STATUS_CONFLICT);
	put(&s, "key", "value");
	commit(&s);
	s.ops->close(s.self);
	assert_int_equal(opener_finish(&later), STATUS_OK);
}

static void a_missing_folder_is_named(void **state)
{
	struct folder *folder = *state;
	char path[PATH_LEN];

	(void)snprintf(path, sizeof path, "%s/none/desk.db", folder->path);
	expect_refused(path, STATUS_SYSTEM, "No such file or directory");
}

static void another_programs_database_is_refused_unchanged(void **state)
{
	struct folder *folder = *state;
	CLEANUP_BUF struct buf before = BUF_INIT(1 << 20);
	CLEANUP_BUF struct buf after = BUF_INIT(1 << 20);
	struct error err;

	run_sql(folder->database, "CREATE TABLE photo (id INTEGER PRIMARY KEY)");
	expect(file_read(folder->database, &before, &err), STATUS_OK, &err);
	expect_refused(folder->database, STATUS_MALFORMED, "another program");
	expect(file_read(folder->database, &after, &err), STATUS_OK, &err);
	assert_true(view_equal(buf_view(&before), buf_view(&after)));
}

static void a_newer_database_is_refused_unchanged(void **state)
{
	struct folder *folder = *state;
	struct store s;

	open_database(folder->database, &s);
	s.ops->close(s.self);
	run_sql(folder->database, "PRAGMA user_version = 1000");
	expect_refused(folder->database, STATUS_CONFLICT, "newer Aldis (version 1000");
	run_sql(folder->database, "PRAGMA user_version = 1");
	open_database(folder->database, &s);
	s.ops->close(s.self);
}

static void fill(struct store *s, uint64_t count)
{
	CLEANUP_BUF struct buf data = BUF_INIT(1 << 20);
	struct error err;

	for (int i = 0; i < STORE_CHUNK_MAX; i++) {
		buf_append_u16(&data, 100);
		memset(buf_extend(&data, 100), i, 100);
	}
	for (uint64_t first = 0; first < count; first += STORE_CHUNK_MAX)
		expect(s->ops->append_entries(s->self, 1, first, STORE_CHUNK_MAX,
		                              buf_view(&data), &err),
		       STATUS_OK, &err);
	commit(s);
}

static void overwrite(const char *path, off_t at, const void *bytes, size_t len)
{
	CLEANUP_FD int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, len, at), len);
}

static void files_that_are_no_database_are_refused(void **state)
{
	struct folder *folder = *state;
	struct error err;

	expect(file_create(folder->database,
	                   view_of_string("This is a text file that is longer than "
	                                  "the header of a database: one hundred "
	                                  "bytes in all, and a few more."),
	                   0600, &err),
	       STATUS_OK, &err);
	expect_refused(folder->database, STATUS_MALFORMED, "restore a backup");
}

static void a_truncated_database_is_refused(void **state)
{
	struct folder *folder = *state;
	struct store s;

	open_database(folder->database, &s);
	fill(&s, 2048);
	s.ops->close(s.self);
	assert_int_equal(truncate(folder->database, 3 * 4096), 0);
	expect_refused(folder->database, STATUS_MALFORMED, "restore a backup");
}

static void a_missing_table_is_damage(void **state)
{
	struct folder *folder = *state;
	CLEANUP_BUF struct buf got = BUF_INIT(10);
	struct store s;
	struct error err;

	open_database(folder->database, &s);
	s.ops->close(s.self);
	run_sql(folder->database, "DROP TABLE tiles");
	open_database(folder->database, &s);
	expect(s.ops->get_tile(s.self, 0, 0, 0, &got, &err), STATUS_MALFORMED, &err);
	s.ops->close(s.self);
}

/* Overwrites each page in turn with zeros: integrity must notice, reads must not crash.
 */
static void a_damaged_page_is_found(void **state)
{
	struct folder *folder = *state;
	CLEANUP_BUF struct buf whole = BUF_INIT(1 << 24);
	uint8_t zeros[4096] = {0};
	struct error err;
	struct store s;

	open_database(folder->database, &s);
	fill(&s, 2048);
	expect(store_sqlite_integrity(&s, &err), STATUS_OK, &err);
	s.ops->close(s.self);
	expect(file_read(folder->database, &whole, &err), STATUS_OK, &err);
	for (size_t page = 1; page < 14; page++) {
		overwrite(folder->database, (off_t)(page * sizeof zeros), zeros,
		          sizeof zeros);
		open_database(folder->database, &s);
		expect(store_sqlite_integrity(&s, &err), STATUS_MALFORMED, &err);
		s.ops->close(s.self);
		overwrite(folder->database, 0, whole.data, whole.len);
	}
	open_database(folder->database, &s);
	expect(store_sqlite_integrity(&s, &err), STATUS_OK, &err);
	s.ops->close(s.self);
}

static enum status read_all(struct store *s)
{
	CLEANUP_BUF struct buf got = BUF_INIT(1 << 20);
	uint64_t count, entries, bodies;
	struct error err;
	enum status status = s->ops->count(s->self, 1, &entries, &bodies, &err);

	if (status == STATUS_OK)
		status = s->ops->read_entries(s->self, 1, 0, 1000, &got, &count, &err);
	if (status != STATUS_OK)
		assert_int_equal(got.len, 0);
	return status;
}

static void rows_that_contradict_each_other_are_damage(void **state)
{
	static const char *const changes[] = {
	    "DELETE FROM entries WHERE id = (1 << 40) + 256",
	    "DELETE FROM entries WHERE id = (1 << 40)",
	    "UPDATE entries SET count = 257 WHERE id = (1 << 40) + 256",
	    "UPDATE entries SET count = 0 WHERE id = (1 << 40) + 512",
	    "UPDATE entries SET count = 100 WHERE id = (1 << 40)",
	    "UPDATE entries SET count = -1",
	    "UPDATE entries SET data = x'' WHERE id = (1 << 40) + 256",
	    "UPDATE entries SET data = x'ffff00' WHERE id = (1 << 40)",
	};
	struct folder *folder = *state;
	struct store s;

	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		open_database(folder->database, &s);
		fill(&s, 768);
		assert_int_equal(read_all(&s), STATUS_OK);
		s.ops->close(s.self);
		run_sql(folder->database, changes[i]);
		open_database(folder->database, &s);
		assert_int_equal(read_all(&s), STATUS_MALFORMED);
		s.ops->close(s.self);
		run_sql(folder->database, "DELETE FROM entries");
	}
}

/* ---- migration */

static enum status open_schema(const char *path, const char *const *steps, int step_count,
                               struct store *ret_store, struct error *err)
{
	const struct store_sqlite_schema schema = {steps, step_count};
	const struct store_sqlite_options options = {.path = path, .schema = &schema};

	return store_sqlite_open_with(&options, ret_store, err);
}

static void an_older_database_goes_all_steps_and_keeps_its_rows(void **state)
{
	const char *const steps[] = {
	    store_sqlite_schema_current.steps[0],
	    "CREATE TABLE extra (id INTEGER PRIMARY KEY);"
	    "INSERT INTO extra VALUES (42);",
	    "ALTER TABLE extra RENAME TO more;"
	    "UPDATE meta SET value = CAST(value || '!' AS BLOB);"};
	struct folder *folder = *state;
	struct store s;
	struct error err;

	expect(open_schema(folder->database, steps, 1, &s, &err), STATUS_OK, &err);
	put(&s, "key", "value");
	commit(&s);
	s.ops->close(s.self);
	expect(open_schema(folder->database, steps, 3, &s, &err), STATUS_OK, &err);
	assert_int_equal(get(&s, "key", "value!"), STATUS_OK);
	s.ops->close(s.self);
	expect(open_schema(folder->database, steps, 3, &s, &err), STATUS_OK, &err);
	assert_int_equal(get(&s, "key", "value!"), STATUS_OK);
	s.ops->close(s.self);
	run_sql(folder->database, "DELETE FROM more WHERE id = 42");
	expect(open_schema(folder->database, steps, 2, &s, &err), STATUS_CONFLICT, &err);
}

static void a_failed_step_leaves_the_version_before(void **state)
{
	const char *const steps[] = {store_sqlite_schema_current.steps[0],
	                             "DELETE FROM meta; CREATE TABLE meta (id INTEGER);"};
	struct folder *folder = *state;
	struct store s;
	struct error err;

	open_database(folder->database, &s);
	put(&s, "key", "value");
	commit(&s);
	s.ops->close(s.self);
	assert_int_not_equal(open_schema(folder->database, steps, 2, &s, &err),
	                     STATUS_OK);
	assert_non_null(strstr(err.text, "version 2"));
	expect(open_schema(folder->database, steps, 1, &s, &err), STATUS_OK, &err);
	assert_int_equal(get(&s, "key", "value"), STATUS_OK);
	s.ops->close(s.self);
}

/* ---- backup */

static void copy_path(const struct folder *folder, char ret_path[PATH_LEN])
{
	(void)snprintf(ret_path, PATH_LEN, "%s/copy.db", folder->path);
}

static void a_backup_holds_what_was_committed_and_no_more(void **state)
{
	struct folder *folder = *state;
	char copy[PATH_LEN];
	struct stat info;
	struct store s;
	struct error err;

	copy_path(folder, copy);
	open_database(folder->database, &s);
	fill(&s, 4096);
	put(&s, "kept", "1");
	commit(&s);
	put(&s, "kept", "2");
	put(&s, "open", "2");
	expect(s.ops->backup(s.self, copy, &err), STATUS_OK, &err);
	assert_int_equal(get(&s, "open", "2"), STATUS_OK);
	commit(&s);
	expect(s.ops->backup(s.self, copy, &err), STATUS_CONFLICT, &err);
	s.ops->close(s.self);
	assert_int_equal(stat(copy, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	open_database(copy, &s);
	assert_int_equal(get(&s, "kept", "1"), STATUS_OK);
	assert_int_equal(get(&s, "open", ""), STATUS_NOT_FOUND);
	assert_int_equal(read_all(&s), STATUS_OK);
	expect(store_sqlite_integrity(&s, &err), STATUS_OK, &err);
	s.ops->close(s.self);
}

/* More than the cache holds, so that uncommitted pages are in the write-ahead log. */
static void a_backup_leaves_out_a_transaction_that_spilled(void **state)
{
	struct folder *folder = *state;
	CLEANUP_BUF struct buf large = BUF_INIT(1 << 24);
	char copy[PATH_LEN];
	uint64_t entries, bodies;
	struct store s;
	struct error err;

	copy_path(folder, copy);
	open_database(folder->database, &s);
	put(&s, "kept", "1");
	commit(&s);
	memset(buf_extend(&large, 8 << 20), 'x', 8 << 20);
	expect(s.ops->put(s.self, STORE_ATTACHMENT, view_of_string("blob"),
	                  buf_view(&large), &err),
	       STATUS_OK, &err);
	put(&s, "kept", "2");
	expect(s.ops->backup(s.self, copy, &err), STATUS_OK, &err);
	s.ops->rollback(s.self);
	assert_int_equal(get(&s, "kept", "1"), STATUS_OK);
	s.ops->close(s.self);
	open_database(copy, &s);
	assert_int_equal(get(&s, "kept", "1"), STATUS_OK);
	expect(s.ops->get(s.self, STORE_ATTACHMENT, view_of_string("blob"), &large, &err),
	       STATUS_NOT_FOUND, &err);
	expect(s.ops->count(s.self, 1, &entries, &bodies, &err), STATUS_OK, &err);
	expect(store_sqlite_integrity(&s, &err), STATUS_OK, &err);
	s.ops->close(s.self);
}

static void a_backup_keeps_the_lock(void **state)
{
	struct folder *folder = *state;
	struct opener refused = opener_start(folder->database);
	char copy[PATH_LEN];
	struct store s;
	struct error err;

	copy_path(folder, copy);
	open_database(folder->database, &s);
	expect(s.ops->backup(s.self, copy, &err), STATUS_OK, &err);
	assert_int_equal(opener_finish(&refused), STATUS_CONFLICT);
	s.ops->close(s.self);
}

static void a_backup_into_a_missing_folder_is_refused(void **state)
{
	struct folder *folder = *state;
	char copy[PATH_LEN];
	struct store s;
	struct error err;

	(void)snprintf(copy, sizeof copy, "%s/none/copy.db", folder->path);
	open_database(folder->database, &s);
	expect(s.ops->backup(s.self, copy, &err), STATUS_SYSTEM, &err);
	assert_non_null(strstr(err.text, "No such file or directory"));
	s.ops->close(s.self);
}

/* Nor does it leave its hidden file: the folder could not be removed then. */
static void a_backup_does_not_replace_a_link_to_nowhere(void **state)
{
	struct folder *folder = *state;
	char copy[PATH_LEN];
	struct store s;
	struct error err;

	copy_path(folder, copy);
	assert_int_equal(symlink("nowhere", copy), 0);
	open_database(folder->database, &s);
	expect(s.ops->backup(s.self, copy, &err), STATUS_CONFLICT, &err);
	s.ops->close(s.self);
}

#define IN_FOLDER(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

static void figures_grow_with_what_is_kept(void **state)
{
	struct folder *folder = *state;
	struct store s;
	struct store_sqlite_figures before, after;
	char value[64 * 1024];
	uint64_t commits = 0;

	memset(value, 'x', sizeof value - 1);
	value[sizeof value - 1] = '\0';
	open_database(folder->database, &s);
	assert_int_equal(store_sqlite_figures(&s, &before, NULL), STATUS_OK);
	put(&s, "key", value);
	assert_int_equal(s.ops->commit(s.self, NULL), STATUS_OK);
	assert_int_equal(s.ops->commit(s.self, NULL), STATUS_OK); /* of nothing */
	assert_int_equal(store_sqlite_figures(&s, &after, NULL), STATUS_OK);
	for (size_t i = 0; i <= HISTOGRAM_BOUNDS; i++)
		commits += after.commits.counts[i] - before.commits.counts[i];
	assert_int_equal(commits, 1);
	assert_true(after.commits.sum_ns > before.commits.sum_ns);
	assert_true((after.pages - before.pages) * after.page_len >= sizeof value);
	assert_true(after.log_len >= sizeof value);
	s.ops->close(s.self);
}

int main(void)
{
	struct folder folder;
	const struct store_suite suite = {.name = "sqlite",
	                                  .open = suite_open,
	                                  .clean = suite_clean,
	                                  .context = &folder};
	const struct CMUnitTest tests[] = {
	    IN_FOLDER(what_was_committed_is_there_after_closing),
	    IN_FOLDER(a_relative_path_with_a_colon_is_a_plain_file),
	    IN_FOLDER(a_second_opener_is_refused),
	    IN_FOLDER(a_missing_folder_is_named),
	    IN_FOLDER(another_programs_database_is_refused_unchanged),
	    IN_FOLDER(a_newer_database_is_refused_unchanged),
	    IN_FOLDER(files_that_are_no_database_are_refused),
	    IN_FOLDER(a_truncated_database_is_refused),
	    IN_FOLDER(a_missing_table_is_damage),
	    IN_FOLDER(a_damaged_page_is_found),
	    IN_FOLDER(rows_that_contradict_each_other_are_damage),
	    IN_FOLDER(an_older_database_goes_all_steps_and_keeps_its_rows),
	    IN_FOLDER(a_failed_step_leaves_the_version_before),
	    IN_FOLDER(a_backup_holds_what_was_committed_and_no_more),
	    IN_FOLDER(a_backup_leaves_out_a_transaction_that_spilled),
	    IN_FOLDER(a_backup_keeps_the_lock),
	    IN_FOLDER(a_backup_into_a_missing_folder_is_refused),
	    IN_FOLDER(a_backup_does_not_replace_a_link_to_nowhere),
	    IN_FOLDER(figures_grow_with_what_is_kept),
	};
	int failed = store_suite_run(&suite);

	failed += cmocka_run_group_tests(tests, NULL, NULL);
	return failed == 0 ? 0 : 1;
}
