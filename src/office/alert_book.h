/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the alerts remember: in memory and, each change at once, in its row. For the files
 * alert*.c.
 */
#ifndef ALDIS_OFFICE_ALERT_BOOK_H
#define ALDIS_OFFICE_ALERT_BOOK_H

#include "office/alert_rows.h"
#include "office/office.h"

enum { ALERT_SEEN_MAX = 20000 };

/* The row of what is in memory, or of the item given. */
MUST_USE enum status alert_book_put_settings(struct office *office, struct error *err);
MUST_USE enum status alert_book_put_way(struct office *office, enum alert_way way,
                                        struct error *err);
MUST_USE enum status alert_book_put_seen(struct office *office,
                                         const struct alert_seen *seen,
                                         struct error *err);
MUST_USE enum status alert_book_put_queued(struct office *office,
                                           const struct alert_queued *item,
                                           struct view text, struct error *err);

/* In memory only. find: borrowed until the next change, NULL when it was not told of.
 * LIMIT: too many. */
struct alert_seen *alert_book_find_seen(struct alert_book *book, const struct hash *id);
MUST_USE enum status alert_book_keep_seen(struct alert_book *book,
                                          const struct alert_seen *seen,
                                          struct error *err);
MUST_USE enum status alert_book_keep_queued(struct alert_book *book,
                                            const struct alert_queued *item,
                                            struct error *err);

/* Forgets those that are not there any more, with their rows. */
MUST_USE enum status alert_book_forget_gone(struct office *office, struct error *err);
/* Forgets a text; the last one takes its place in memory. */
MUST_USE enum status alert_book_drop_queued(struct office *office, size_t at,
                                            struct error *err);
/* The row of a text; ret_text gets it. */
MUST_USE enum status alert_book_read_queued(struct office *office, uint64_t number,
                                            struct alert_queued *ret_item,
                                            struct buf *ret_text, struct error *err);

#endif
