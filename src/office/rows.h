/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of the office in the desk's store, under "office/<part>/…" of STORE_META. What is
 * written commits with the turn; a failed write ends the desk's process, as the desk's
 * own do. For the files of this folder.
 */
#ifndef ALDIS_OFFICE_ROWS_H
#define ALDIS_OFFICE_ROWS_H

#include "office/office.h"

enum { OFFICE_ROW_MAX = 1 << 20, OFFICE_KEY_MAX = STORE_KEY_MAX };

/* key is the whole one, "office/draft/17". */
MUST_USE enum status office_put(struct office *office, const char *key, struct view value,
                                struct error *err);
/* The value replaces what the buffer held. NOT_FOUND: no such row. */
MUST_USE enum status office_get(struct office *office, const char *key,
                                struct buf *ret_value, struct error *err);
/* No such row: OK. */
MUST_USE enum status office_remove(struct office *office, const char *key,
                                   struct error *err);
/* Rows whose key begins with prefix, ascending. The views are borrowed for the call. What
 * the row returns other than OK ends the scan and is returned. */
typedef enum status office_row(void *context, struct view key, struct view value,
                               struct error *err);
MUST_USE enum status office_scan(struct office *office, const char *prefix,
                                 office_row *row, void *context, struct error *err);
/* The last row whose key begins with prefix; NOT_FOUND: none. */
MUST_USE enum status office_last(struct office *office, const char *prefix,
                                 struct buf *ret_key, struct buf *ret_value,
                                 struct error *err);

#endif
