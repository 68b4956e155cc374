/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A copy of the last committed state, in a new file.
 */
#ifndef ALDIS_STORE_SQLITE_BACKUP_H
#define ALDIS_STORE_SQLITE_BACKUP_H

#include "store/sqlite_db.h"

/* As the backup operation of desk/ports.h; the file is durable, under its name or not at
 * all. Always in the system's files, whatever the store's own VFS. */
MUST_USE enum status store_sqlite_backup(struct sqlite_db *db, const char *path,
                                         struct error *err);

#endif
