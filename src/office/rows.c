/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows through the desk's store.
 */
#include "office/rows.h"

#include "office/state.h"

/* A write that failed leaves the turn half done: the desk must not go on. */
static enum status written(struct office *office, enum status status,
                           const struct error *failure, struct error *err)
{
	if (status == STATUS_OK)
		return status;
	desk_must_end(office->desk, status, failure);
	return error_set(err, status, "%s", failure->text);
}

enum status office_put(struct office *office, const char *key, struct view value,
                       struct error *err)
{
	struct store store = desk_store(office->desk);
	struct error failure = {""};
	enum status status =
	    store.ops->put(store.self, STORE_META, view_of_string(key), value, &failure);

	return written(office, status, &failure, err);
}

enum status office_get(struct office *office, const char *key, struct buf *ret_value,
                       struct error *err)
{
	struct store store = desk_store(office->desk);

	return store.ops->get(store.self, STORE_META, view_of_string(key), ret_value,
	                      err);
}

enum status office_remove(struct office *office, const char *key, struct error *err)
{
	struct store store = desk_store(office->desk);
	struct error failure = {""};
	enum status status =
	    store.ops->remove(store.self, STORE_META, view_of_string(key), &failure);

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	return written(office, status, &failure, err);
}

struct scan {
	office_row *row;
	void *context;
	enum status status;
	struct error *err;
};

static bool take_row(void *context, struct view key, struct view value)
{
	struct scan *scan = context;

	scan->status = scan->row(scan->context, key, value, scan->err);
	return scan->status == STATUS_OK;
}

enum status office_scan(struct office *office, const char *prefix, office_row *row,
                        void *context, struct error *err)
{
	struct store store = desk_store(office->desk);
	struct scan scan = {.row = row, .context = context, .err = err};

	TRY(store.ops->scan(store.self, STORE_META, view_of_string(prefix),
	                    view_of("", 0), take_row, &scan, err));
	return scan.status;
}

enum status office_last(struct office *office, const char *prefix, struct buf *ret_key,
                        struct buf *ret_value, struct error *err)
{
	struct store store = desk_store(office->desk);

	return store.ops->last(store.self, STORE_META, view_of_string(prefix), ret_key,
	                       ret_value, err);
}
