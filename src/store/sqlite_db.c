/* SPDX-License-Identifier: Apache-2.0 */
/*
 * locking_mode=EXCLUSIVE comes before anything is read: it keeps every other process out
 * and lets the write-ahead log work without shared memory. The checkpoint hook is ours,
 * as SQLite's own one hides errors, and a sync that failed must end the process.
 */
#include "store/sqlite_db.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "store/sqlite_schema.h"

enum { CHECKPOINT_PAGES = 1000, SQL_LEN_MAX = 160 };

static const char *const statement_sql[DB_STATEMENT_COUNT] = {
    [DB_BEGIN] = "BEGIN IMMEDIATE",
    [DB_COMMIT] = "COMMIT",
    [DB_ROLLBACK] = "ROLLBACK",
    [DB_ENTRIES_APPEND] = "INSERT INTO entries (id, count, data) VALUES (?, ?, ?)",
    [DB_ENTRIES_UNTIL] = "SELECT id, count FROM entries WHERE id BETWEEN ? AND ?"
                         " ORDER BY id DESC LIMIT 1",
    [DB_ENTRIES_READ] = "SELECT id, count, data FROM entries"
                        " WHERE id BETWEEN ? AND ? ORDER BY id",
    [DB_BODIES_APPEND] = "INSERT INTO bodies (id, count, data) VALUES (?, ?, ?)",
    [DB_BODIES_UNTIL] = "SELECT id, count FROM bodies WHERE id BETWEEN ? AND ?"
                        " ORDER BY id DESC LIMIT 1",
    [DB_BODIES_READ] = "SELECT id, count, data FROM bodies"
                       " WHERE id BETWEEN ? AND ? ORDER BY id",
    [DB_TILE_PUT] = "REPLACE INTO tiles (id, hashes) VALUES (?, ?)",
    [DB_TILE_GET] = "SELECT hashes FROM tiles WHERE id = ?",
};

static const char *const row_sql[DB_ROW_VERB_COUNT] = {
    [DB_ROW_PUT] = "REPLACE INTO %s (key, value) VALUES (?, ?)",
    [DB_ROW_GET] = "SELECT value FROM %s WHERE key = ?",
    [DB_ROW_REMOVE] = "DELETE FROM %s WHERE key = ?",
    [DB_ROW_SCAN] = "SELECT key, value FROM %s WHERE key >= ? ORDER BY key",
    [DB_ROW_LAST] = "SELECT key, value FROM %s WHERE key < ?"
                    " ORDER BY key DESC LIMIT 1",
};

static const char *const table_name[STORE_TABLE_COUNT] = {
    [STORE_META] = "meta",
    [STORE_CARD] = "card",
    [STORE_CHANNEL] = "channel",
    [STORE_LOG] = "log",
    [STORE_CHECKPOINT] = "checkpoint",
    [STORE_RECEIPT] = "receipt",
    [STORE_SUBMISSION] = "submission",
    [STORE_ATTACHMENT] = "attachment",
    [STORE_EVIDENCE] = "evidence",
};

static enum status disk_error(sqlite3 *handle, const char *path, int code,
                              struct error *err)
{
	int number = handle == NULL ? 0 : sqlite3_system_errno(handle);
	char reason[128];

	if (number == 0)
		return error_set(err, STATUS_SYSTEM, "can't use the database %s: %s",
		                 path, sqlite3_errstr(code));
	return error_set(err, STATUS_SYSTEM, "can't use the database %s: %s (%s)", path,
	                 strerror_r(number, reason, sizeof reason), sqlite3_errstr(code));
}

enum status store_sqlite_error(sqlite3 *handle, const char *path, int code,
                               struct error *err)
{
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return error_set(err, STATUS_CONFLICT,
		                 "the database %s is in use by another process; stop "
		                 "that one first",
		                 path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return error_set(err, STATUS_MALFORMED,
		                 "the database %s is damaged (%s); restore a backup",
		                 path, sqlite3_errstr(code));
	case SQLITE_NOMEM:
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the database %s", path);
	case SQLITE_TOOBIG:
		return error_set(err, STATUS_LIMIT,
		                 "a row is too large for the database %s", path);
	case SQLITE_FULL:
		return error_set(err, STATUS_SYSTEM,
		                 "the disk of the database %s is full; make room, then "
		                 "start again",
		                 path);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return disk_error(handle, path, code, err);
	default:
		return error_set(
		    err, STATUS_BUG, "database %s: %s (code %d)", path,
		    handle == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(handle), code);
	}
}

enum status store_sqlite_run(sqlite3 *handle, const char *path, const char *sql,
                             struct error *err)
{
	int code = sqlite3_exec(handle, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? STATUS_OK
	                         : store_sqlite_error(handle, path, code, err);
}

static void finalize(sqlite3_stmt **statement)
{
	(void)sqlite3_finalize(*statement);
	*statement = NULL;
}

/* Our own SQL fails to compile only when the tables are not those of our schema. */
static enum status prepare(sqlite3 *handle, const char *path, const char *sql,
                           unsigned flags, sqlite3_stmt **ret_statement,
                           struct error *err)
{
	int code = sqlite3_prepare_v3(handle, sql, -1, flags, ret_statement, NULL);

	if (code == SQLITE_OK)
		return STATUS_OK;
	if (code == SQLITE_ERROR)
		return error_set(err, STATUS_MALFORMED,
		                 "the database %s is damaged (%s); restore a backup",
		                 path, sqlite3_errmsg(handle));
	return store_sqlite_error(handle, path, code, err);
}

enum status store_sqlite_number(sqlite3 *handle, const char *path, const char *sql,
                                int64_t *ret_number, struct error *err)
{
	__attribute__((cleanup(finalize))) sqlite3_stmt *statement = NULL;
	int code;

	TRY(prepare(handle, path, sql, 0, &statement, err));
	code = sqlite3_step(statement);
	if (code != SQLITE_ROW)
		return store_sqlite_error(handle, path, code, err);
	*ret_number = sqlite3_column_int64(statement, 0);
	return STATUS_OK;
}

/* A setting that must be in force afterwards, whatever the library's defaults. */
struct setting {
	const char *set;
	const char *get;
	const char *wanted;
};

static const struct setting exclusive[] = {
    {"PRAGMA locking_mode = EXCLUSIVE", "PRAGMA locking_mode", "exclusive"},
};

static const struct setting settings[] = {
    {"PRAGMA journal_mode = WAL", "PRAGMA journal_mode", "wal"},
    {"PRAGMA synchronous = FULL", "PRAGMA synchronous", "2"},
    {"PRAGMA cache_size = -2048", "PRAGMA cache_size", "-2048"},
    {"PRAGMA mmap_size = 0", "PRAGMA mmap_size", "0"},
    {"PRAGMA temp_store = MEMORY", "PRAGMA temp_store", "2"},
    {"PRAGMA cell_size_check = ON", "PRAGMA cell_size_check", "1"},
    {"PRAGMA trusted_schema = OFF", "PRAGMA trusted_schema", "0"},
};

static const struct setting weakened[] = {
    {"PRAGMA synchronous = NORMAL", "PRAGMA synchronous", "1"},
};

static enum status read_back(const struct sqlite_db *db, const struct setting *setting,
                             struct error *err)
{
	__attribute__((cleanup(finalize))) sqlite3_stmt *statement = NULL;
	const char *value;
	int code;

	TRY(prepare(db->handle, db->path, setting->get, 0, &statement, err));
	code = sqlite3_step(statement);
	/* A file system without the feature answers with no row at all (mmap_size). */
	if (code == SQLITE_DONE && strcmp(setting->wanted, "0") == 0)
		return STATUS_OK;
	if (code != SQLITE_ROW)
		return store_sqlite_error(db->handle, db->path, code, err);
	value = (const char *)sqlite3_column_text(statement, 0);
	if (value != NULL && strcmp(value, setting->wanted) == 0)
		return STATUS_OK;
	return error_set(err, STATUS_SYSTEM,
	                 "the database %s does not accept '%s'; put it on a local disk",
	                 db->path, setting->set);
}

static enum status apply(const struct sqlite_db *db, const struct setting *list,
                         size_t count, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		TRY(store_sqlite_run(db->handle, db->path, list[i].set, err));
		TRY(read_back(db, &list[i], err));
	}
	return STATUS_OK;
}

/* SQLite calls it after each commit with the pages in the write-ahead log. */
static int checkpoint(void *context, sqlite3 *handle, const char *name, int page_count)
{
	struct sqlite_db *db = context;
	int code = SQLITE_OK;

	if (page_count >= CHECKPOINT_PAGES)
		code = sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE,
		                                 NULL, NULL);
	/* A commit inside a scan: the next one finds the reader gone. */
	if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED)
		code = SQLITE_OK;
	db->checkpoint_code = code;
	return SQLITE_OK;
}

/* SQLite would make the file readable by others and leave its name unsynced. */
static enum status make_file(const char *path, struct error *err)
{
	CLEANUP_FREE char *copy = NULL;
	CLEANUP_FD int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EEXIST)
		return STATUS_OK;
	if (fd < 0)
		return error_set_errno(err, "can't make the database %s", path);
	copy = strdup(path);
	if (copy == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a path");
	return file_sync_folder(dirname(copy), err);
}

/* A path that SQLite can't take for a URI or an unnamed database. */
static char *plain_path(const char *path)
{
	char *plain = NULL;

	if (asprintf(&plain, "%s%s", path[0] == '/' ? "" : "./", path) < 0)
		return NULL;
	return plain;
}

static enum status set_up(struct sqlite_db *db,
                          const struct store_sqlite_options *options, struct error *err)
{
	const struct store_sqlite_schema *schema =
	    options->schema != NULL ? options->schema : &store_sqlite_schema_current;

	TRY(apply(db, exclusive, 1, err));
	TRY(store_sqlite_schema_check(db->handle, db->path, schema, err));
	TRY(apply(db, settings, sizeof settings / sizeof settings[0], err));
	if (options->is_weakened)
		TRY(apply(db, weakened, 1, err));
	TRY(store_sqlite_schema_migrate(db->handle, db->path, schema, err));
	(void)sqlite3_wal_hook(db->handle, checkpoint, db);
	return STATUS_OK;
}

enum status store_sqlite_db_open(struct sqlite_db *ret_db,
                                 const struct store_sqlite_options *options,
                                 struct error *err)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
	            SQLITE_OPEN_EXRESCODE;
	enum status status;
	int code;

	*ret_db = (struct sqlite_db){.path = plain_path(options->path)};
	if (ret_db->path == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a path");
	status = options->vfs == NULL ? make_file(ret_db->path, err) : STATUS_OK;
	if (status == STATUS_OK) {
		code =
		    sqlite3_open_v2(ret_db->path, &ret_db->handle, flags, options->vfs);
		status = code == SQLITE_OK ? set_up(ret_db, options, err)
		                           : store_sqlite_error(ret_db->handle,
		                                                ret_db->path, code, err);
	}
	if (status != STATUS_OK)
		store_sqlite_db_close(ret_db);
	return status;
}

void store_sqlite_db_close(struct sqlite_db *db)
{
	for (size_t i = 0; i < DB_STATEMENT_COUNT; i++)
		finalize(&db->statements[i]);
	for (size_t i = 0; i < STORE_TABLE_COUNT; i++) {
		for (size_t j = 0; j < DB_ROW_VERB_COUNT; j++)
			finalize(&db->rows[i][j]);
	}
	/* Its failure changes nothing: the next open recovers what was committed. */
	(void)sqlite3_close(db->handle);
	free(db->path);
	*db = (struct sqlite_db){0};
}

enum status store_sqlite_db_usable(const struct sqlite_db *db, struct error *err)
{
	if (!db->has_failed)
		return STATUS_OK;
	return error_set(err, STATUS_SYSTEM,
	                 "the database %s failed in an earlier write; start again",
	                 db->path);
}

enum status store_sqlite_db_statement(struct sqlite_db *db, enum sqlite_statement which,
                                      sqlite3_stmt **ret_statement, struct error *err)
{
	TRY(store_sqlite_db_usable(db, err));
	if (db->statements[which] == NULL)
		TRY(prepare(db->handle, db->path, statement_sql[which],
		            SQLITE_PREPARE_PERSISTENT, &db->statements[which], err));
	*ret_statement = db->statements[which];
	return STATUS_OK;
}

enum status store_sqlite_db_row_statement(struct sqlite_db *db, enum store_table table,
                                          enum sqlite_row_verb verb,
                                          sqlite3_stmt **ret_statement, struct error *err)
{
	char sql[SQL_LEN_MAX];

	TRY(store_sqlite_db_usable(db, err));
	if (db->rows[table][verb] == NULL) {
		(void)snprintf(sql, sizeof sql, row_sql[verb], table_name[table]);
		TRY(prepare(db->handle, db->path, sql, SQLITE_PREPARE_PERSISTENT,
		            &db->rows[table][verb], err));
	}
	*ret_statement = db->rows[table][verb];
	return STATUS_OK;
}

/* A row that is too large is the caller's to handle; after all else nothing is sure. */
static enum status write_failed(struct sqlite_db *db, int code, struct error *err)
{
	if ((code & 0xff) != SQLITE_TOOBIG)
		db->has_failed = true;
	return store_sqlite_error(db->handle, db->path, code, err);
}

enum status store_sqlite_db_write(struct sqlite_db *db, sqlite3_stmt *statement,
                                  struct error *err)
{
	int code = sqlite3_step(statement);

	store_sqlite_reset(&statement);
	return code == SQLITE_DONE ? STATUS_OK : write_failed(db, code, err);
}

enum status store_sqlite_db_begin(struct sqlite_db *db, struct error *err)
{
	sqlite3_stmt *begin;

	TRY(store_sqlite_db_statement(db, DB_BEGIN, &begin, err));
	if (!sqlite3_get_autocommit(db->handle))
		return STATUS_OK;
	return store_sqlite_db_write(db, begin, err);
}

enum status store_sqlite_db_commit(struct sqlite_db *db, struct error *err)
{
	sqlite3_stmt *commit;
	uint64_t begun_ns;

	TRY(store_sqlite_db_statement(db, DB_COMMIT, &commit, err));
	if (sqlite3_get_autocommit(db->handle))
		return STATUS_OK;
	begun_ns = clock_monotonic_ns();
	db->checkpoint_code = SQLITE_OK;
	TRY(store_sqlite_db_write(db, commit, err));
	histogram_add(&db->commits, clock_monotonic_ns() - begun_ns);
	return db->checkpoint_code == SQLITE_OK
	           ? STATUS_OK
	           : write_failed(db, db->checkpoint_code, err);
}

void store_sqlite_db_rollback(struct sqlite_db *db)
{
	sqlite3_stmt *rollback;

	if (sqlite3_get_autocommit(db->handle))
		return;
	if (store_sqlite_db_statement(db, DB_ROLLBACK, &rollback, NULL) != STATUS_OK ||
	    store_sqlite_db_write(db, rollback, NULL) != STATUS_OK)
		db->has_failed = true;
}

enum status store_sqlite_db_next(struct sqlite_db *db, sqlite3_stmt *statement,
                                 struct error *err)
{
	int code = sqlite3_step(statement);

	if (code == SQLITE_ROW)
		return STATUS_OK;
	if (code == SQLITE_DONE)
		return error_set(err, STATUS_NOT_FOUND, "there is no such row");
	return store_sqlite_error(db->handle, db->path, code, err);
}

enum status store_sqlite_db_integrity(struct sqlite_db *db, struct error *err)
{
	__attribute__((cleanup(finalize))) sqlite3_stmt *statement = NULL;
	const char *finding;

	TRY(store_sqlite_db_usable(db, err));
	TRY(prepare(db->handle, db->path, "PRAGMA integrity_check(1)", 0, &statement,
	            err));
	TRY(store_sqlite_db_next(db, statement, err));
	finding = (const char *)sqlite3_column_text(statement, 0);
	if (finding != NULL && strcmp(finding, "ok") == 0)
		return STATUS_OK;
	return error_set(err, STATUS_MALFORMED,
	                 "the database %s is damaged (%.120s); restore a backup",
	                 db->path, finding == NULL ? "no finding" : finding);
}

void store_sqlite_bind(sqlite3_stmt *statement, int index, struct view bytes)
{
	/* A null pointer would bind NULL, not an empty blob. */
	(void)sqlite3_bind_blob64(statement, index,
	                          bytes.len > 0 ? bytes.data : (void *)"", bytes.len,
	                          SQLITE_STATIC);
}

struct view store_sqlite_column(sqlite3_stmt *statement, int column)
{
	const void *data = sqlite3_column_blob(statement, column);

	return view_of(data, (size_t)sqlite3_column_bytes(statement, column));
}

void store_sqlite_reset(sqlite3_stmt **statement)
{
	if (*statement == NULL)
		return;
	(void)sqlite3_reset(*statement);
	(void)sqlite3_clear_bindings(*statement);
}
