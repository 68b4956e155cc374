/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to one database file, held by this process alone: opened with settings
 * that are read back, prepared statements that are kept, one transaction that begins by
 * itself. Knows SQLite, but not what the rows mean. After a write that failed every
 * further call fails: what the disk then holds is known only after a new start.
 */
#ifndef ALDIS_STORE_SQLITE_DB_H
#define ALDIS_STORE_SQLITE_DB_H

#include <sqlite3.h>

#include "base/buf.h"
#include "base/histogram.h"
#include "desk/ports.h"
#include "store/sqlite.h"

enum sqlite_statement {
	DB_BEGIN,
	DB_COMMIT,
	DB_ROLLBACK,
	DB_ENTRIES_APPEND,
	DB_ENTRIES_UNTIL,
	DB_ENTRIES_READ,
	DB_BODIES_APPEND,
	DB_BODIES_UNTIL,
	DB_BODIES_READ,
	DB_TILE_PUT,
	DB_TILE_GET,
	DB_STATEMENT_COUNT
};

enum sqlite_row_verb {
	DB_ROW_PUT,
	DB_ROW_GET,
	DB_ROW_REMOVE,
	DB_ROW_SCAN,
	DB_ROW_LAST,
	DB_ROW_VERB_COUNT
};

struct sqlite_db {
	sqlite3 *handle;
	char *path;
	bool has_failed;
	int checkpoint_code; /* of the last checkpoint */
	struct histogram commits;
	sqlite3_stmt *statements[DB_STATEMENT_COUNT];
	sqlite3_stmt *rows[STORE_TABLE_COUNT][DB_ROW_VERB_COUNT];
};

/* Opens as store/sqlite.h says. On failure ret_db is closed. */
MUST_USE enum status store_sqlite_db_open(struct sqlite_db *ret_db,
                                          const struct store_sqlite_options *options,
                                          struct error *err);
/* Ends an open transaction without effect. Safe on all-zero and half-open ones. */
void store_sqlite_db_close(struct sqlite_db *db);

/* SYSTEM once a write has failed. Whatever hands out a statement asks it too. */
MUST_USE enum status store_sqlite_db_usable(const struct sqlite_db *db,
                                            struct error *err);

/* The kept statement; made at its first use. Reset it after use. */
MUST_USE enum status store_sqlite_db_statement(struct sqlite_db *db,
                                               enum sqlite_statement which,
                                               sqlite3_stmt **ret_statement,
                                               struct error *err);
MUST_USE enum status store_sqlite_db_row_statement(struct sqlite_db *db,
                                                   enum store_table table,
                                                   enum sqlite_row_verb verb,
                                                   sqlite3_stmt **ret_statement,
                                                   struct error *err);

/* Begins the transaction if none is open; before every write. */
MUST_USE enum status store_sqlite_db_begin(struct sqlite_db *db, struct error *err);
/* Runs a bound statement that writes, and resets it. */
MUST_USE enum status store_sqlite_db_write(struct sqlite_db *db, sqlite3_stmt *statement,
                                           struct error *err);
MUST_USE enum status store_sqlite_db_commit(struct sqlite_db *db, struct error *err);
void store_sqlite_db_rollback(struct sqlite_db *db);

/* Steps a bound statement that reads: NOT_FOUND when there is no further row. */
MUST_USE enum status store_sqlite_db_next(struct sqlite_db *db, sqlite3_stmt *statement,
                                          struct error *err);

/* Reads the whole file; MALFORMED with a sentence when anything is wrong. */
MUST_USE enum status store_sqlite_db_integrity(struct sqlite_db *db, struct error *err);

void store_sqlite_bind(sqlite3_stmt *statement, int index, struct view bytes);
/* Borrowed until the statement steps or is reset. */
struct view store_sqlite_column(sqlite3_stmt *statement, int column);
/* For locals: resets the statement and forgets what was bound. */
void store_sqlite_reset(sqlite3_stmt **statement);
#define CLEANUP_STATEMENT __attribute__((cleanup(store_sqlite_reset)))

/* The status and sentence for a result code of SQLite. */
enum status store_sqlite_error(sqlite3 *handle, const char *path, int code,
                               struct error *err);
/* Runs SQL without results; reads the one integer of one row. */
MUST_USE enum status store_sqlite_run(sqlite3 *handle, const char *path, const char *sql,
                                      struct error *err);
MUST_USE enum status store_sqlite_number(sqlite3 *handle, const char *path,
                                         const char *sql, int64_t *ret_number,
                                         struct error *err);

#endif
