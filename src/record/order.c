/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One sorted array of what is placed, and per log the ranks of its placed entries and a
 * queue of those that wait. An entry can be placed only behind the one before it in its
 * log, so only the head of a queue is ever asked. Late entries stand aside until someone
 * looks and are then merged at once, so that a member who sends old times by the thousand
 * does not cost a move of the whole array each time. Space for placing is made when an
 * entry is given, so that placing, which may cascade, can't fail.
 */
#include "record/order.h"

#include <assert.h>
#include <stdlib.h>

#include "record/array.h"

struct waiting {
	int64_t sent_ms;
	size_t seen_count;
	struct record_order_seen *seen; /* owned */
};

struct log {
	const char *name; /* borrowed */
	int64_t *ranks;   /* of the placed entries */
	size_t placed, ranks_cap;
	struct waiting *queue; /* in log order, from queue_head on */
	size_t queue_head, queue_end, queue_cap;
};

struct record_order {
	struct log *logs;
	size_t log_count, logs_cap;
	struct record_order_item *items; /* sorted; the last one is the last of all */
	size_t count, items_cap;         /* room also for what is late or waits */
	struct record_order_item *late;  /* placed, not yet merged into items */
	size_t late_count, late_cap;
	size_t waiting_count; /* of all logs */
	bool has_looked;      /* somebody was shown items, the last of them this: */
	struct record_order_item looked_last;
};

static size_t log_waiting(const struct log *log)
{
	return log->queue_end - log->queue_head;
}

enum status record_order_add_log(struct record_order *order, const char *name,
                                 uint32_t *ret_log, struct error *err)
{
	TRY(record_array_reserve(&order->logs, &order->logs_cap, order->log_count + 1,
	                         sizeof *order->logs, err));
	order->logs[order->log_count] = (struct log){.name = name};
	*ret_log = (uint32_t)order->log_count++;
	return STATUS_OK;
}

enum status record_order_new(const char *const *names, size_t log_count,
                             struct record_order **ret_order, struct error *err)
{
	struct record_order *order = calloc(1, sizeof *order);
	enum status status = STATUS_OK;
	uint32_t log;

	if (order == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the joint order");
	for (size_t i = 0; i < log_count && status == STATUS_OK; i++)
		status = record_order_add_log(order, names[i], &log, err);
	if (status != STATUS_OK) {
		record_order_free(order);
		return status;
	}
	*ret_order = order;
	return STATUS_OK;
}

void record_order_free(struct record_order *order)
{
	if (order == NULL)
		return;
	for (size_t i = 0; i < order->log_count; i++) {
		struct log *log = &order->logs[i];

		for (size_t j = log->queue_head; j < log->queue_end; j++)
			free(log->queue[j].seen);
		free(log->queue);
		free(log->ranks);
	}
	free(order->logs);
	free(order->items);
	free(order->late);
	free(order);
}

static bool item_before(const struct record_order *order,
                        const struct record_order_item *a,
                        const struct record_order_item *b)
{
	int names;

	if (a->rank != b->rank)
		return a->rank < b->rank;
	names = strcmp(order->logs[a->log].name, order->logs[b->log].name);
	return names != 0 ? names < 0 : a->index < b->index;
}

static int compare_items(const void *a, const void *b, void *order)
{
	return item_before(order, a, b) ? -1 : 1;
}

/* Merges from the back, so that nothing is overwritten before it has moved. */
static void late_merge(struct record_order *order)
{
	size_t from = order->count, late = order->late_count;
	size_t to = from + late;

	if (late == 0)
		return;
	qsort_r(order->late, late, sizeof order->late[0], compare_items, order);
	order->count = to;
	while (late > 0) {
		bool is_late = from == 0 || item_before(order, &order->items[from - 1],
		                                        &order->late[late - 1]);

		order->items[--to] = is_late ? order->late[--late] : order->items[--from];
	}
	order->late_count = 0;
}

static bool is_placeable(const struct record_order *order,
                         const struct record_order_seen *seen, size_t seen_count)
{
	for (size_t i = 0; i < seen_count; i++)
		if (order->logs[seen[i].log].placed < seen[i].size)
			return false;
	return true;
}

static int64_t entry_rank(const struct record_order *order, uint32_t log, int64_t sent_ms,
                          const struct record_order_seen *seen, size_t seen_count)
{
	const struct log *own = &order->logs[log];
	int64_t rank = sent_ms;

	if (own->placed > 0 && own->ranks[own->placed - 1] + 1 > rank)
		rank = own->ranks[own->placed - 1] + 1;
	for (size_t i = 0; i < seen_count; i++) {
		const struct log *other = &order->logs[seen[i].log];

		if (seen[i].size > 0 && other->ranks[seen[i].size - 1] + 1 > rank)
			rank = other->ranks[seen[i].size - 1] + 1;
	}
	return rank;
}

static void place(struct record_order *order, uint32_t log, int64_t sent_ms,
                  const struct record_order_seen *seen, size_t seen_count)
{
	struct log *own = &order->logs[log];
	struct record_order_item item = {
	    .log = log,
	    .index = own->placed,
	    .rank = entry_rank(order, log, sent_ms, seen, seen_count),
	};
	bool is_last = order->count == 0 ||
	               item_before(order, &order->items[order->count - 1], &item);

	assert(order->count + order->late_count < order->items_cap &&
	       order->late_count < order->late_cap && own->placed < own->ranks_cap);
	item.arrived_late =
	    order->has_looked && item_before(order, &item, &order->looked_last);
	if (is_last)
		order->items[order->count++] = item;
	else
		order->late[order->late_count++] = item;
	own->ranks[own->placed++] = item.rank;
}

/* Places the heads of the log's queue for as long as what they name is there. */
static bool queue_place(struct record_order *order, uint32_t log_index)
{
	struct log *log = &order->logs[log_index];
	bool has_placed = false;

	while (log_waiting(log) > 0) {
		struct waiting *head = &log->queue[log->queue_head];

		if (!is_placeable(order, head->seen, head->seen_count))
			break;
		place(order, log_index, head->sent_ms, head->seen, head->seen_count);
		free(head->seen);
		log->queue_head++;
		order->waiting_count--;
		has_placed = true;
	}
	if (log_waiting(log) == 0)
		log->queue_head = log->queue_end = 0;
	return has_placed;
}

static void queues_place(struct record_order *order)
{
	bool has_placed = true;

	while (has_placed && order->waiting_count > 0) {
		has_placed = false;
		for (size_t i = 0; i < order->log_count; i++)
			has_placed |= queue_place(order, (uint32_t)i);
	}
}

/* Moves the queue to the front of its array once half of that is used up. */
static void queue_compact(struct log *log)
{
	if (log->queue_head == 0 || log->queue_head < log->queue_end / 2)
		return;
	memmove(log->queue, log->queue + log->queue_head,
	        log_waiting(log) * sizeof *log->queue);
	log->queue_end -= log->queue_head;
	log->queue_head = 0;
}

static enum status queue_append(struct record_order *order, struct log *log,
                                int64_t sent_ms, const struct record_order_seen *seen,
                                size_t seen_count, struct error *err)
{
	struct waiting entry = {.sent_ms = sent_ms, .seen_count = seen_count};

	queue_compact(log);
	TRY(record_array_reserve(&log->queue, &log->queue_cap, log->queue_end + 1,
	                         sizeof *log->queue, err));
	if (seen_count > 0) {
		entry.seen = calloc(seen_count, sizeof *entry.seen);
		if (entry.seen == NULL)
			return error_set(err, STATUS_NO_MEMORY,
			                 "no memory for the joint order");
		memcpy(entry.seen, seen, seen_count * sizeof *seen);
	}
	log->queue[log->queue_end++] = entry;
	order->waiting_count++;
	return STATUS_OK;
}

enum status record_order_add(struct record_order *order, uint32_t log_index,
                             int64_t sent_ms, const struct record_order_seen *seen,
                             size_t seen_count, struct error *err)
{
	struct log *log;

	assert(log_index < order->log_count);
	for (size_t i = 0; i < seen_count; i++)
		assert(seen[i].log < order->log_count && seen[i].log != log_index);
	log = &order->logs[log_index];
	TRY(record_array_reserve(&order->items, &order->items_cap,
	                         order->count + order->late_count + order->waiting_count +
	                             1,
	                         sizeof *order->items, err));
	TRY(record_array_reserve(&order->late, &order->late_cap,
	                         order->late_count + order->waiting_count + 1,
	                         sizeof *order->late, err));
	TRY(record_array_reserve(&log->ranks, &log->ranks_cap,
	                         log->placed + log_waiting(log) + 1, sizeof *log->ranks,
	                         err));
	if (log_waiting(log) > 0 || !is_placeable(order, seen, seen_count))
		return queue_append(order, log, sent_ms, seen, seen_count, err);
	place(order, log_index, sent_ms, seen, seen_count);
	queues_place(order);
	return STATUS_OK;
}

const struct record_order_item *record_order_items(const struct record_order *order,
                                                   size_t *ret_count)
{
	struct record_order *own =
	    (struct record_order *)order; /* the contents stay the same */

	late_merge(own);
	own->has_looked = order->count > 0;
	if (order->count > 0)
		own->looked_last = order->items[order->count - 1];
	*ret_count = order->count;
	return order->items;
}

bool record_order_rank(const struct record_order *order, uint32_t log, uint64_t index,
                       int64_t *ret_rank)
{
	assert(log < order->log_count);
	if (index >= order->logs[log].placed)
		return false;
	*ret_rank = order->logs[log].ranks[index];
	return true;
}

uint64_t record_order_waiting(const struct record_order *order, uint32_t log)
{
	assert(log < order->log_count);
	return log_waiting(&order->logs[log]);
}
