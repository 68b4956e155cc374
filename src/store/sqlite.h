/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store on disk: SQLite, one file in the desk's folder (and its -wal beside it while
 * open), one process at a time. What commit returned OK for survives a power cut.
 */
#ifndef ALDIS_STORE_SQLITE_H
#define ALDIS_STORE_SQLITE_H

#include "base/histogram.h"
#include "desk/ports.h"

struct store_sqlite_schema;

struct store_sqlite_options {
	const char *path;
	const char *vfs; /* a registered SQLite VFS; NULL: the system's files */
	const struct store_sqlite_schema *schema; /* NULL: the current one */
	/* For tests of the tests: syncs too seldom, and loses commits in a power cut. */
	bool is_weakened;
};

/*
 * Opens the database, made (mode 0600) when missing; ended by its own close operation.
 * Every setting is read back. Refused with a sentence that says what to do: CONFLICT when
 * another process holds it or a newer program wrote it, MALFORMED when it is damaged or
 * of another program, SYSTEM when the disk or a permission is in the way. Takes the same
 * time however much it holds.
 */
MUST_USE enum status store_sqlite_open(const char *path, struct store *ret_store,
                                       struct error *err);
MUST_USE enum status store_sqlite_open_with(const struct store_sqlite_options *options,
                                            struct store *ret_store, struct error *err);

/* What a store on disk takes up, and how long its commits took since it was opened. */
struct store_sqlite_figures {
	uint64_t page_len, pages, free_pages; /* of the database, bytes and in number */
	uint64_t log_len;                     /* bytes of the write-ahead log */
	struct histogram commits;
};
/* Cheap: counters, two numbers of the file's head, one stat. */
MUST_USE enum status store_sqlite_figures(const struct store *store,
                                          struct store_sqlite_figures *ret_figures,
                                          struct error *err);

/* Reads the whole file for damage of its pages and tables: MALFORMED with a sentence.
 * That the entries are those of the logs' roots is checked elsewhere. */
MUST_USE enum status store_sqlite_integrity(const struct store *store, struct error *err);

#endif
