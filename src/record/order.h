/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The joint order of a channel's entries: rank of an entry = max(sent in ms, 1 + rank of
 * the entry before it in its log, 1 + rank of the last entry of each log its `seen`
 * names); order by (rank, desk name, index). Incremental: entries come log by log, in log
 * order, as they are held; one whose `seen` names entries not yet given waits until they
 * are. Of logs of one desk that follow each other the first entry of the later one is
 * given with the whole of the one before among its `seen`. Source: aldis.md 2.6.
 */
#ifndef ALDIS_RECORD_ORDER_H
#define ALDIS_RECORD_ORDER_H

#include "base/status.h"
#include "base/view.h"

struct record_order;

struct record_order_seen {
	uint32_t log;
	uint64_t size; /* entries of that log seen: the last one is size-1 */
};

struct record_order_item {
	uint32_t log;
	uint64_t index;
	int64_t rank;
	bool arrived_late; /* placed before an entry that had been looked at */
};

/* names: log_count desk names, borrowed for the life of the order; one twice only of logs
 * that follow each other. */
MUST_USE enum status record_order_new(const char *const *names, size_t log_count,
                                      struct record_order **ret_order, struct error *err);
void record_order_free(struct record_order *order);
/* A new log (a member that joined, or a successor). */
MUST_USE enum status record_order_add_log(struct record_order *order, const char *name,
                                          uint32_t *ret_log, struct error *err);

/* Gives the next entry of a log (index = how many were given before). A malformed entry
 * is given with sent_ms of the entry before and nothing that it names. `seen` of the
 * author's own logs or of unknown ones is left out by the caller. */
MUST_USE enum status record_order_add(struct record_order *order, uint32_t log,
                                      int64_t sent_ms,
                                      const struct record_order_seen *seen,
                                      size_t seen_count, struct error *err);

/* Entries placed so far, in order; valid until the next add. Waiting ones are not among
 * them. */
const struct record_order_item *record_order_items(const struct record_order *order,
                                                   size_t *ret_count);
/* The rank of an entry; false while it waits or is not given. */
bool record_order_rank(const struct record_order *order, uint32_t log, uint64_t index,
                       int64_t *ret_rank);
/* How many given entries of the log wait. */
uint64_t record_order_waiting(const struct record_order *order, uint32_t log);

#endif
