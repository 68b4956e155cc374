/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of the SQLite storage and the way from each version of them to the next.
 * PRAGMA user_version holds the version, PRAGMA application_id says that the file is
 * ours. A version is never edited: a change is a further step.
 */
#ifndef ALDIS_STORE_SQLITE_SCHEMA_H
#define ALDIS_STORE_SQLITE_SCHEMA_H

#include <sqlite3.h>

#include "base/status.h"

enum { STORE_SQLITE_APPLICATION_ID = 0x416c6469 }; /* "Aldi" */

/* Step i is the SQL that makes version i + 1 out of version i; version 0 is empty. */
struct store_sqlite_schema {
	const char *const *steps;
	int step_count;
};

/* What this program reads and writes. */
extern const struct store_sqlite_schema store_sqlite_schema_current;

/* Is this an empty file or a database of ours that is not newer than the schema?
 * MALFORMED and CONFLICT with a sentence that says what to do; nothing is written. */
MUST_USE enum status store_sqlite_schema_check(sqlite3 *handle, const char *path,
                                               const struct store_sqlite_schema *schema,
                                               struct error *err);

/* Goes all steps that are missing, each in a transaction of its own, so that a failed or
 * interrupted one leaves the version before it. */
MUST_USE enum status store_sqlite_schema_migrate(sqlite3 *handle, const char *path,
                                                 const struct store_sqlite_schema *schema,
                                                 struct error *err);

#endif
