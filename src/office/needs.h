/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What needs somebody at this desk now: open duties, messages that nobody has opened, own
 * ones that don't arrive, desks that are silent, logs that stand still. Computed from the
 * desk and the briefs in one walk; of each kind the most pressing, and how many there are
 * in all, so that a list and its counter agree. Keeps nothing.
 */
#ifndef ALDIS_OFFICE_NEEDS_H
#define ALDIS_OFFICE_NEEDS_H

#include "office/briefs.h"

enum {
	NEEDS_DUTIES_MAX = 100, /* of each side: what this desk owes, what it is owed */
	NEEDS_UNREAD_MAX = 200, /* the newest */
	NEEDS_FAILED_MAX = 100,
	NEEDS_FAILED_READ_MAX = 400, /* messages that are read to see whom they are for;
	                                what is beyond them counts as not arrived */
	NEEDS_FAILED_AFTER_S = 600,  /* so long a message may take to a recipient */
};

struct need_duty {
	size_t channel; /* of the desk's list */
	struct record_duty_row row;
	bool is_mine;
};

struct need_unread {
	size_t channel;
	struct record_message_id id;
	int64_t sent_s;
};

/* An own message that one of its recipients has not stored. */
struct need_failed {
	size_t channel;
	struct record_message_id id;
	struct record_name to;
	int64_t sent_s;
	enum desk_delivery delivery;
	char why[200];
};

/* A desk that owes a sign of life. */
struct need_silent {
	size_t channel;
	struct record_name desk;
	int64_t since_s;
};

/* Of an open channel, whole: not bounded as the lists are. */
struct need_counts {
	size_t channel;                  /* of the desk's list */
	uint64_t mine, mine_overdue;     /* duties: what this desk owes, */
	uint64_t theirs, theirs_overdue; /* and what others owe */
	uint64_t unread;
};

struct needs {                    /* starts all-zero; release it */
	struct need_duty *duties; /* overdue first, then by deadline, then those without
	                             a clock */
	size_t duty_count;
	uint64_t duty_total;
	struct need_unread *unread; /* the newest first */
	size_t unread_count;
	uint64_t unread_total;
	struct need_unread *asking; /* of the unread ones those that ask something of
	                               this desk, the newest first */
	size_t asking_count;
	struct need_failed *failed; /* the oldest first */
	size_t failed_count;
	uint64_t failed_total;
	struct need_silent *silent;
	size_t silent_count, silent_cap;
	struct need_counts *counts;
	size_t count_count;
	int64_t next_s; /* when time alone changes something; INT64_MAX: never */
	bool is_whole;  /* false: of a channel not everything is known yet */
};

MUST_USE enum status needs_collect(struct office *office, int64_t now_s,
                                   struct needs *ret_needs, struct error *err);
void needs_release(struct needs *needs);

#endif
