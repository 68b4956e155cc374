/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The copy is what a power cut at this moment would leave, recovered: the bytes of the
 * database and of its write-ahead log, opened once. SQLite's own ways are closed to us:
 * within an open transaction VACUUM INTO refuses and the backup API copies what is not
 * committed. The bytes are read through SQLite's open files, as closing a descriptor of
 * our own would drop its locks. It is built under a hidden name and linked when whole.
 */
#include "store/sqlite_backup.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/file.h"

enum { COPY_LEN = 64 * 1024 };

static enum status write_all(int fd, const uint8_t *data, size_t len, const char *path,
                             struct error *err)
{
	while (len > 0) {
		ssize_t count = write(fd, data, len);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return error_set_errno(err, "can't write the backup %s", path);
		data += count;
		len -= (size_t)count;
	}
	return STATUS_OK;
}

/* Copies an open file of SQLite's; one that is not open has nothing to copy. */
static enum status copy_file(struct sqlite_db *db, sqlite3_file *from, int fd,
                             const char *path, struct error *err)
{
	CLEANUP_FREE uint8_t *chunk = malloc(COPY_LEN);
	sqlite3_int64 len = 0;
	int code;

	if (chunk == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a backup");
	if (from == NULL || from->pMethods == NULL)
		return STATUS_OK;
	code = from->pMethods->xFileSize(from, &len);
	for (sqlite3_int64 at = 0; code == SQLITE_OK && at < len;) {
		int count = len - at < COPY_LEN ? (int)(len - at) : COPY_LEN;

		code = from->pMethods->xRead(from, chunk, count, at);
		if (code == SQLITE_OK)
			TRY(write_all(fd, chunk, (size_t)count, path, err));
		at += count;
	}
	return code == SQLITE_OK ? STATUS_OK
	                         : store_sqlite_error(db->handle, db->path, code, err);
}

static enum status copy_database(struct sqlite_db *db, int fd, const char *path,
                                 struct error *err)
{
	sqlite3_file *file = NULL;

	(void)sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);
	return copy_file(db, file, fd, path, err);
}

/* Beside the copy, under the name where SQLite looks for it. */
static enum status copy_log(struct sqlite_db *db, const char *log_path, struct error *err)
{
	CLEANUP_FD int fd = open(log_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	sqlite3_file *file = NULL;

	if (fd < 0)
		return error_set_errno(err, "can't make the backup %s", log_path);
	(void)sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_JOURNAL_POINTER,
	                           &file);
	return copy_file(db, file, fd, log_path, err);
}

/* Moves the log's committed pages into the copy and drops the rest; closing the only
 * connection removes the log. */
static enum status recover_copy(const char *path, struct error *err)
{
	const struct store_sqlite_options options = {.path = path};
	struct sqlite_db copy;
	enum status status;

	TRY(store_sqlite_db_open(&copy, &options, err));
	status = store_sqlite_run(copy.handle, copy.path,
	                          "PRAGMA wal_checkpoint(TRUNCATE)", err);
	store_sqlite_db_close(&copy);
	return status;
}

static enum status sync_file(const char *path, struct error *err)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) != 0)
		return error_set_errno(err, "can't sync the backup %s", path);
	return STATUS_OK;
}

static enum status publish(const char *hidden, const char *path, struct error *err)
{
	CLEANUP_FREE char *copy = strdup(path);

	if (copy == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a path");
	TRY(sync_file(hidden, err));
	if (link(hidden, path) != 0) {
		if (errno == EEXIST)
			return error_set(err, STATUS_CONFLICT,
			                 "%s already exists; a backup needs a new name",
			                 path);
		return error_set_errno(err, "can't make the backup %s", path);
	}
	(void)unlink(hidden);
	return file_sync_folder(dirname(copy), err);
}

static enum status build(struct sqlite_db *db, char *hidden, const char *log_path, int fd,
                         const char *path, struct error *err)
{
	TRY(copy_database(db, fd, hidden, err));
	TRY(copy_log(db, log_path, err));
	TRY(recover_copy(hidden, err));
	return publish(hidden, path, err);
}

static enum status build_hidden(struct sqlite_db *db, char *hidden, const char *path,
                                struct error *err)
{
	CLEANUP_FD int fd = mkostemp(hidden, O_CLOEXEC);
	CLEANUP_FREE char *log_path = NULL;
	enum status status;

	if (fd < 0)
		return error_set_errno(err, "can't make the backup %s", path);
	if (asprintf(&log_path, "%s-wal", hidden) < 0) {
		log_path = NULL;
		status = error_set(err, STATUS_NO_MEMORY, "not enough memory for a path");
	} else {
		status = build(db, hidden, log_path, fd, path, err);
		(void)unlink(log_path);
	}
	if (status != STATUS_OK)
		(void)unlink(hidden);
	return status;
}

enum status store_sqlite_backup(struct sqlite_db *db, const char *path, struct error *err)
{
	CLEANUP_FREE char *copy = strdup(path);
	CLEANUP_FREE char *hidden = NULL;

	TRY(store_sqlite_db_usable(db, err));
	if (access(path, F_OK) == 0)
		return error_set(err, STATUS_CONFLICT,
		                 "%s already exists; a backup needs a new name", path);
	if (copy == NULL || asprintf(&hidden, "%s/.backup-XXXXXX", dirname(copy)) < 0) {
		hidden = NULL;
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a path");
	}
	return build_hidden(db, hidden, path, err);
}
