/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which messages of a channel a page shows: filters and paging in the joint order, by
 * briefs alone. Reads no message.
 */
#ifndef ALDIS_CONSOLE_READING_PICK_H
#define ALDIS_CONSOLE_READING_PICK_H

#include "console/target.h"
#include "office/briefs.h"

enum { PICK_DEFAULT = 100, PICK_MAX = 1000 };

struct pick { /* starts all-zero; release it */
	/* asked for; borrowed from the request */
	const char *kind, *author; /* or NULL */
	uint8_t line;              /* brief_line_number; 0: any */
	int64_t since_s;
	bool only_people, only_overdue, has_thread;
	struct record_message_id thread;
	bool is_backward; /* from `at` back, `at` not included; else from `at` on */
	uint64_t at;
	size_t limit;
	/* found */
	uint64_t *positions; /* in the order in which they were found */
	size_t count;
	uint64_t total; /* messages in the channel */
	uint64_t next;  /* where to go on: a position from which, or before which */
	bool has_next;
	uint64_t settled; /* position of the first that waits, as far as was looked;
	                     UINT64_MAX: none. Those before keep their positions */
};

/* The parameters from, before, limit, kind, author, line, since, people, overdue and
 * thread. MALFORMED names the one that is wrong. */
MUST_USE enum status pick_read(const struct target *target, struct pick *ret_pick,
                               struct error *err);
/* NOT_FOUND: the thread's message is not here. AGAIN: duties are asked for while their
 * list is being made. */
MUST_USE enum status pick_find(struct pick *pick, struct desk *desk, size_t channel,
                               const struct channel_briefs *briefs, int64_t now_s,
                               struct error *err);
/* Where to go on forward when `at` would be next: not beyond what waits, which may come
 * to stand elsewhere and would be passed over; always beyond where this page began. */
uint64_t pick_next(const struct pick *pick, uint64_t at);
void pick_release(struct pick *pick);

#endif
