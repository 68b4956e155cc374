/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version 1: small tables without rowid, keyed by what the desk asks for; chunks and
 * tiles by one integer in log order (store/layout.h), as a random key in the hot path
 * slows with size.
 */
#include "store/sqlite_schema.h"

#include <stdint.h>
#include <stdio.h>

#include "store/sqlite_db.h"

#define SMALL_TABLE(name)                                                            \
	"CREATE TABLE " name " (key BLOB NOT NULL PRIMARY KEY, value BLOB NOT NULL)" \
	" STRICT, WITHOUT ROWID;"
#define CHUNK_TABLE(name)                                                        \
	"CREATE TABLE " name " (id INTEGER PRIMARY KEY, count INTEGER NOT NULL," \
	" data BLOB NOT NULL) STRICT;"

static const char *const steps[] = {
    /* clang-format off */
    SMALL_TABLE("meta")
    SMALL_TABLE("card")
    SMALL_TABLE("channel")
    SMALL_TABLE("log")
    SMALL_TABLE("checkpoint")
    SMALL_TABLE("receipt")
    SMALL_TABLE("submission")
    SMALL_TABLE("attachment")
    SMALL_TABLE("evidence")
    CHUNK_TABLE("entries")
    CHUNK_TABLE("bodies")
    "CREATE TABLE tiles (id INTEGER PRIMARY KEY, hashes BLOB NOT NULL) STRICT;",
    /* clang-format on */
};

const struct store_sqlite_schema store_sqlite_schema_current = {
    .steps = steps, .step_count = sizeof steps / sizeof steps[0]};

enum status store_sqlite_schema_check(sqlite3 *handle, const char *path,
                                      const struct store_sqlite_schema *schema,
                                      struct error *err)
{
	int64_t application, version, object_count;

	TRY(store_sqlite_number(handle, path, "PRAGMA application_id", &application,
	                        err));
	TRY(store_sqlite_number(handle, path, "PRAGMA user_version", &version, err));
	TRY(store_sqlite_number(handle, path, "SELECT count(*) FROM sqlite_schema",
	                        &object_count, err));
	if (application == 0 && version == 0 && object_count == 0)
		return STATUS_OK;
	if (application != STORE_SQLITE_APPLICATION_ID)
		return error_set(err, STATUS_MALFORMED,
		                 "%s is a database of another program; give the desk a "
		                 "path of its own",
		                 path);
	if (version > schema->step_count)
		return error_set(
		    err, STATUS_CONFLICT,
		    "%s was written by a newer Aldis (version %lld, this "
		    "program knows %d); install that one or restore a backup",
		    path, (long long)version, schema->step_count);
	if (version < 1)
		return error_set(err, STATUS_MALFORMED,
		                 "%s is damaged: it has no version; restore a backup",
		                 path);
	return STATUS_OK;
}

/* All of the step or nothing of it: the version is written in the same transaction. */
static enum status take_step(sqlite3 *handle, const char *path,
                             const struct store_sqlite_schema *schema, int64_t version,
                             struct error *err)
{
	char mark[96];

	(void)snprintf(mark, sizeof mark,
	               "PRAGMA application_id = %d; PRAGMA user_version = %lld;",
	               STORE_SQLITE_APPLICATION_ID, (long long)version + 1);
	TRY(store_sqlite_run(handle, path, "BEGIN IMMEDIATE", err));
	TRY(store_sqlite_run(handle, path, schema->steps[version], err));
	TRY(store_sqlite_run(handle, path, mark, err));
	return store_sqlite_run(handle, path, "COMMIT", err);
}

enum status store_sqlite_schema_migrate(sqlite3 *handle, const char *path,
                                        const struct store_sqlite_schema *schema,
                                        struct error *err)
{
	int64_t version;

	TRY(store_sqlite_number(handle, path, "PRAGMA user_version", &version, err));
	for (; version < schema->step_count; version++) {
		enum status status = take_step(handle, path, schema, version, err);

		if (status != STATUS_OK)
			return error_context(err, status,
			                     "can't bring the database to version %lld",
			                     (long long)version + 1);
	}
	return STATUS_OK;
}
