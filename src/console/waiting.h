/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that wait for receipts: what each waits for and until when. Knows nothing of
 * HTTP; the caller asks which are ready. At most WAITING_MAX wait at a time, at most
 * WAITING_SECONDS_MAX: that an asker has gone away is not noticed before its answer.
 */
#ifndef ALDIS_CONSOLE_WAITING_H
#define ALDIS_CONSOLE_WAITING_H

#include "desk/desk.h"

enum { WAITING_MAX = 1024, WAITING_SECONDS_MAX = 300 };

enum waiting_for {
	WAITING_SUBMITTED, /* receipts for what this request has submitted: POST */
	WAITING_MESSAGE,   /* receipts for an own message, or that a peer's is there: GET
	                    */
};

struct waiting {
	uint64_t request;
	int64_t until_ms;
	enum waiting_for what;
	struct record_channel_id channel;
	struct record_message_id first;
	uint64_t count;
	bool is_batch;
	struct record_name *to; /* owned; WAITING_SUBMITTED: whose receipts */
	size_t to_count;        /* 0: all other members */
};

struct waiting_list {
	struct waiting *items;
	size_t count, cap;
	uint64_t generation; /* of the desk when it was last looked through */
};

/* Copies item, and the names it points to. LIMIT when too many wait. */
MUST_USE enum status waiting_add(struct waiting_list *list, const struct waiting *item,
                                 struct error *err);
void waiting_remove(struct waiting_list *list, size_t index);
/* INT64_MAX when none waits. */
int64_t waiting_wake_ms(const struct waiting_list *list);
void waiting_release(struct waiting_list *list);

/* Is what it waits for true? False also when the desk can't say. */
bool waiting_is_ready(const struct waiting *item, struct desk *desk);
/* The channel's index; NOT_FOUND when it is gone. */
MUST_USE enum status waiting_channel(const struct waiting *item, struct desk *desk,
                                     size_t *ret_channel, struct error *err);
/* Do the receipts of these members (to_count 0: all others) cover the own messages whose
 * ids are below id_end? */
bool waiting_is_covered(struct desk *desk, size_t channel, const struct record_name *to,
                        size_t to_count, uint64_t id_end);

#endif
