/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store operations as statements on rows (sqlite_schema.c says which tables). Every
 * statement is reset before an operation returns, except while a scan calls back.
 */
#include "store/sqlite.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "store/layout.h"
#include "store/sqlite_backup.h"
#include "store/sqlite_db.h"

/* SQLite's own limit holds for a row; what is left is for the key and the header. */
enum { VALUE_LEN_MAX = 999 * 1000 * 1000 };

static enum status check_value(struct view value, struct error *err)
{
	if (value.len <= VALUE_LEN_MAX)
		return STATUS_OK;
	return error_set(err, STATUS_LIMIT, "a value of %zu bytes is too large to store",
	                 value.len);
}

static enum status set_buf(struct buf *ret, struct view content, struct error *err)
{
	buf_clear(ret);
	buf_append_view(ret, content);
	return buf_check(ret, "a row of the store", err);
}

static enum status sqlite_commit(void *store, struct error *err)
{
	return store_sqlite_db_commit(store, err);
}

static void sqlite_rollback(void *store)
{
	store_sqlite_db_rollback(store);
}

static enum status sqlite_put(void *store, enum store_table table, struct view key,
                              struct view value, struct error *err)
{
	struct sqlite_db *db = store;
	sqlite3_stmt *put;

	TRY(store_layout_check_key(table, key, err));
	TRY(check_value(value, err));
	TRY(store_sqlite_db_row_statement(db, table, DB_ROW_PUT, &put, err));
	TRY(store_sqlite_db_begin(db, err));
	store_sqlite_bind(put, 1, key);
	store_sqlite_bind(put, 2, value);
	return store_sqlite_db_write(db, put, err);
}

static enum status sqlite_get(void *store, enum store_table table, struct view key,
                              struct buf *ret_value, struct error *err)
{
	struct sqlite_db *db = store;
	CLEANUP_STATEMENT sqlite3_stmt *get = NULL;

	TRY(store_layout_check_key(table, key, err));
	TRY(store_sqlite_db_row_statement(db, table, DB_ROW_GET, &get, err));
	store_sqlite_bind(get, 1, key);
	TRY(store_sqlite_db_next(db, get, err));
	return set_buf(ret_value, store_sqlite_column(get, 0), err);
}

static enum status sqlite_remove(void *store, enum store_table table, struct view key,
                                 struct error *err)
{
	struct sqlite_db *db = store;
	sqlite3_stmt *remove;

	TRY(store_layout_check_key(table, key, err));
	TRY(store_sqlite_db_row_statement(db, table, DB_ROW_REMOVE, &remove, err));
	TRY(store_sqlite_db_begin(db, err));
	store_sqlite_bind(remove, 1, key);
	TRY(store_sqlite_db_write(db, remove, err));
	if (sqlite3_changes(db->handle) == 0)
		return error_set(err, STATUS_NOT_FOUND, "there is no such row");
	return STATUS_OK;
}

/* A scan with a statement of its own. SQLite keeps the statement's place by key when the
 * rows around it change, so the callback may write. */
struct scan {
	sqlite3_stmt **slot;
	sqlite3_stmt *statement;
};

/* Takes the kept statement out of its slot, so that a scan within the scan makes one of
 * its own. */
static enum status scan_init(struct scan *ret_scan, struct sqlite_db *db,
                             enum store_table table, struct error *err)
{
	ret_scan->slot = &db->rows[table][DB_ROW_SCAN];
	TRY(store_sqlite_db_row_statement(db, table, DB_ROW_SCAN, &ret_scan->statement,
	                                  err));
	*ret_scan->slot = NULL;
	return STATUS_OK;
}

static void scan_release(struct scan *scan)
{
	store_sqlite_reset(&scan->statement);
	if (scan->slot != NULL && *scan->slot == NULL)
		*scan->slot = scan->statement;
	else
		(void)sqlite3_finalize(scan->statement);
}

static enum status sqlite_scan(void *store, enum store_table table, struct view prefix,
                               struct view from, store_row *row, void *context,
                               struct error *err)
{
	__attribute__((cleanup(scan_release))) struct scan scan = {0};
	enum status status;

	TRY(store_layout_check_key(table, prefix, err));
	TRY(store_layout_check_key(table, from, err));
	if (store_layout_compare(from, prefix) < 0)
		from = prefix;
	TRY(scan_init(&scan, store, table, err));
	store_sqlite_bind(scan.statement, 1, from);
	while ((status = store_sqlite_db_next(store, scan.statement, err)) == STATUS_OK) {
		struct view key = store_sqlite_column(scan.statement, 0);

		if (!view_has_prefix(key, prefix) ||
		    !row(context, key, store_sqlite_column(scan.statement, 1)))
			return STATUS_OK;
	}
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status sqlite_last(void *store, enum store_table table, struct view prefix,
                               struct buf *ret_key, struct buf *ret_value,
                               struct error *err)
{
	struct sqlite_db *db = store;
	CLEANUP_STATEMENT sqlite3_stmt *last = NULL;
	struct store_layout_bound end;

	TRY(store_layout_check_key(table, prefix, err));
	TRY(store_sqlite_db_row_statement(db, table, DB_ROW_LAST, &last, err));
	end = store_layout_prefix_end(prefix);
	store_sqlite_bind(last, 1, view_of(end.bytes, end.len));
	TRY(store_sqlite_db_next(db, last, err));
	if (!view_has_prefix(store_sqlite_column(last, 0), prefix))
		return error_set(err, STATUS_NOT_FOUND, "there is no such row");
	TRY(set_buf(ret_key, store_sqlite_column(last, 0), err));
	return set_buf(ret_value, store_sqlite_column(last, 1), err);
}

/* The statements for one kind of chunks. */
struct chunk_statements {
	enum sqlite_statement append, until, read;
};

static struct chunk_statements statements_of(enum store_chunk_kind kind)
{
	if (kind == STORE_CHUNK_ENTRIES)
		return (struct chunk_statements){DB_ENTRIES_APPEND, DB_ENTRIES_UNTIL,
		                                 DB_ENTRIES_READ};
	return (struct chunk_statements){DB_BODIES_APPEND, DB_BODIES_UNTIL,
	                                 DB_BODIES_READ};
}

static void bind_id(sqlite3_stmt *statement, int index, uint64_t id)
{
	(void)sqlite3_bind_int64(statement, index, (sqlite3_int64)id);
}

static enum status check_chunk(const struct sqlite_db *db, uint64_t first, int64_t count,
                               struct error *err)
{
	if (count >= 1 && count <= STORE_CHUNK_MAX &&
	    first <= STORE_INDEX_MAX - (uint64_t)count + 1)
		return STATUS_OK;
	return error_set(err, STATUS_MALFORMED,
	                 "the database %s is damaged (a chunk of %lld); restore a backup",
	                 db->path, (long long)count);
}

/* The chunk of this log that begins last, but not after `index`: where it begins and
 * ends; 0 and 0 when there is none. */
static enum status chunk_until(struct sqlite_db *db, enum store_chunk_kind kind,
                               uint32_t log, uint64_t index, uint64_t *ret_first,
                               uint64_t *ret_end, struct error *err)
{
	CLEANUP_STATEMENT sqlite3_stmt *until = NULL;
	enum status status;
	uint64_t first;
	int64_t count;

	TRY(store_sqlite_db_statement(db, statements_of(kind).until, &until, err));
	bind_id(until, 1, store_layout_chunk_id(log, 0));
	bind_id(until, 2, store_layout_chunk_id(log, index));
	*ret_first = 0;
	*ret_end = 0;
	status = store_sqlite_db_next(db, until, err);
	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	first = store_layout_chunk_first((uint64_t)sqlite3_column_int64(until, 0));
	count = sqlite3_column_int64(until, 1);
	TRY(check_chunk(db, first, count, err));
	*ret_first = first;
	*ret_end = first + (uint64_t)count;
	return STATUS_OK;
}

static enum status held_by(struct sqlite_db *db, enum store_chunk_kind kind, uint32_t log,
                           uint64_t *ret_held, struct error *err)
{
	uint64_t first;

	return chunk_until(db, kind, log, STORE_INDEX_MAX, &first, ret_held, err);
}

static enum status append(struct sqlite_db *db, enum store_chunk_kind kind, uint32_t log,
                          uint64_t first, uint32_t count, struct view data,
                          struct error *err)
{
	sqlite3_stmt *append;
	uint64_t held;

	TRY(store_layout_check_log(log, err));
	TRY(held_by(db, kind, log, &held, err));
	TRY(store_layout_check_append(kind, log, held, first, count, data, err));
	TRY(check_value(data, err));
	TRY(store_sqlite_db_statement(db, statements_of(kind).append, &append, err));
	TRY(store_sqlite_db_begin(db, err));
	bind_id(append, 1, store_layout_chunk_id(log, first));
	bind_id(append, 2, count);
	store_sqlite_bind(append, 3, data);
	return store_sqlite_db_write(db, append, err);
}

static enum status take_chunks(struct sqlite_db *db, sqlite3_stmt *read,
                               struct store_slice *slice, struct error *err)
{
	while (!store_slice_is_done(slice)) {
		enum status status = store_sqlite_db_next(db, read, err);
		uint64_t first;
		int64_t count;

		if (status == STATUS_NOT_FOUND)
			return store_slice_gap(slice, err);
		if (status != STATUS_OK) {
			store_slice_undo(slice);
			return status;
		}
		first = store_layout_chunk_first((uint64_t)sqlite3_column_int64(read, 0));
		count = sqlite3_column_int64(read, 1);
		TRY(store_slice_take(slice, first, count < 0 ? 0 : (uint64_t)count,
		                     store_sqlite_column(read, 2), err));
	}
	return STATUS_OK;
}

static enum status read_chunks(struct sqlite_db *db, enum store_chunk_kind kind,
                               uint32_t log, uint64_t first, uint64_t count,
                               struct buf *ret, uint64_t *ret_count, struct error *err)
{
	CLEANUP_STATEMENT sqlite3_stmt *read = NULL;
	struct store_slice slice;
	uint64_t held, begin, end;

	TRY(store_layout_check_log(log, err));
	TRY(held_by(db, kind, log, &held, err));
	TRY(store_slice_init(&slice, kind, held, first, count, ret, err));
	if (!store_slice_is_done(&slice)) {
		TRY(chunk_until(db, kind, log, first, &begin, &end, err));
		TRY(store_sqlite_db_statement(db, statements_of(kind).read, &read, err));
		bind_id(read, 1, store_layout_chunk_id(log, begin));
		bind_id(read, 2, store_layout_chunk_id(log, slice.end - 1));
		TRY(take_chunks(db, read, &slice, err));
	}
	*ret_count = slice.taken;
	return STATUS_OK;
}

static enum status sqlite_append_entries(void *store, uint32_t log, uint64_t first,
                                         uint32_t count, struct view bundle,
                                         struct error *err)
{
	return append(store, STORE_CHUNK_ENTRIES, log, first, count, bundle, err);
}

static enum status sqlite_append_bodies(void *store, uint32_t log, uint64_t first,
                                        uint32_t count, struct view packed,
                                        struct error *err)
{
	return append(store, STORE_CHUNK_BODIES, log, first, count, packed, err);
}

static enum status sqlite_count(void *store, uint32_t log, uint64_t *ret_entries,
                                uint64_t *ret_bodies, struct error *err)
{
	uint64_t entries, bodies;

	TRY(store_layout_check_log(log, err));
	TRY(held_by(store, STORE_CHUNK_ENTRIES, log, &entries, err));
	TRY(held_by(store, STORE_CHUNK_BODIES, log, &bodies, err));
	*ret_entries = entries;
	*ret_bodies = bodies;
	return STATUS_OK;
}

static enum status sqlite_read_entries(void *store, uint32_t log, uint64_t first,
                                       uint64_t count, struct buf *ret,
                                       uint64_t *ret_count, struct error *err)
{
	return read_chunks(store, STORE_CHUNK_ENTRIES, log, first, count, ret, ret_count,
	                   err);
}

static enum status sqlite_read_bodies(void *store, uint32_t log, uint64_t first,
                                      uint64_t count, struct buf *ret,
                                      uint64_t *ret_count, struct error *err)
{
	return read_chunks(store, STORE_CHUNK_BODIES, log, first, count, ret, ret_count,
	                   err);
}

static enum status sqlite_put_tile(void *store, uint32_t log, unsigned level,
                                   uint64_t index, struct view hashes, struct error *err)
{
	struct sqlite_db *db = store;
	sqlite3_stmt *put;

	TRY(store_layout_check_tile(log, level, index, err));
	TRY(check_value(hashes, err));
	TRY(store_sqlite_db_statement(db, DB_TILE_PUT, &put, err));
	TRY(store_sqlite_db_begin(db, err));
	bind_id(put, 1, store_layout_tile_id(log, level, index));
	store_sqlite_bind(put, 2, hashes);
	return store_sqlite_db_write(db, put, err);
}

static enum status sqlite_get_tile(void *store, uint32_t log, unsigned level,
                                   uint64_t index, struct buf *ret_hashes,
                                   struct error *err)
{
	struct sqlite_db *db = store;
	CLEANUP_STATEMENT sqlite3_stmt *get = NULL;

	TRY(store_layout_check_tile(log, level, index, err));
	TRY(store_sqlite_db_statement(db, DB_TILE_GET, &get, err));
	bind_id(get, 1, store_layout_tile_id(log, level, index));
	TRY(store_sqlite_db_next(db, get, err));
	return set_buf(ret_hashes, store_sqlite_column(get, 0), err);
}

static enum status sqlite_backup(void *store, const char *path, struct error *err)
{
	return store_sqlite_backup(store, path, err);
}

static void sqlite_close(void *store)
{
	if (store == NULL)
		return;
	store_sqlite_db_close(store);
	free(store);
}

static const struct store_ops sqlite_ops = {
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .put = sqlite_put,
    .get = sqlite_get,
    .remove = sqlite_remove,
    .scan = sqlite_scan,
    .last = sqlite_last,
    .append_entries = sqlite_append_entries,
    .append_bodies = sqlite_append_bodies,
    .count = sqlite_count,
    .read_entries = sqlite_read_entries,
    .read_bodies = sqlite_read_bodies,
    .put_tile = sqlite_put_tile,
    .get_tile = sqlite_get_tile,
    .backup = sqlite_backup,
    .close = sqlite_close,
};

enum status store_sqlite_open_with(const struct store_sqlite_options *options,
                                   struct store *ret_store, struct error *err)
{
	CLEANUP_FREE struct sqlite_db *db = malloc(sizeof *db);

	if (db == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a store");
	TRY(store_sqlite_db_open(db, options, err));
	*ret_store = (struct store){.ops = &sqlite_ops, .self = db};
	db = NULL;
	return STATUS_OK;
}

enum status store_sqlite_open(const char *path, struct store *ret_store,
                              struct error *err)
{
	const struct store_sqlite_options options = {.path = path};

	return store_sqlite_open_with(&options, ret_store, err);
}

/* There is none before the first write. */
static uint64_t log_len_of(const char *path)
{
	char log[PATH_MAX];
	struct stat found;
	int len = snprintf(log, sizeof log, "%s-wal", path);

	return len > 0 && (size_t)len < sizeof log && stat(log, &found) == 0
	           ? (uint64_t)found.st_size
	           : 0;
}

enum status store_sqlite_figures(const struct store *store,
                                 struct store_sqlite_figures *ret_figures,
                                 struct error *err)
{
	struct sqlite_db *db = store->self;
	int64_t page_len, pages, free_pages;

	assert(store->ops == &sqlite_ops);
	TRY(store_sqlite_db_usable(db, err));
	TRY(store_sqlite_number(db->handle, db->path, "PRAGMA page_size", &page_len,
	                        err));
	TRY(store_sqlite_number(db->handle, db->path, "PRAGMA page_count", &pages, err));
	TRY(store_sqlite_number(db->handle, db->path, "PRAGMA freelist_count",
	                        &free_pages, err));
	*ret_figures = (struct store_sqlite_figures){.page_len = (uint64_t)page_len,
	                                             .pages = (uint64_t)pages,
	                                             .free_pages = (uint64_t)free_pages,
	                                             .log_len = log_len_of(db->path),
	                                             .commits = db->commits};
	return STATUS_OK;
}

enum status store_sqlite_integrity(const struct store *store, struct error *err)
{
	assert(store->ops == &sqlite_ops);
	return store_sqlite_db_integrity(store->self, err);
}
