/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alarms: what somebody must look at, and whether somebody does. They are derived from
 * what needs somebody (needs.h), drafts that wait for approval, and logs that fork or
 * stand still; an alarm that has no cause any more is gone by itself. Kept is only that
 * somebody has taken one, or muted it for a while.
 */
#ifndef ALDIS_OFFICE_ALARMS_H
#define ALDIS_OFFICE_ALARMS_H

#include "office/needs.h"

enum {
	ALARM_ID_LEN = 16,
	ALARM_SUBJECT_MAX = RECORD_MESSAGE_ID_MAX,
	ALARM_MUTE_MINUTES_MAX = 1440,
	ALARM_NEAR_MIN_S = 600, /* an alarm comes at least so long before the end */
	ALARM_MARKS_MAX = 5000,
	ALARM_MARK_KEEP_S = 7 * 86400,
};

enum alarm_what {
	ALARM_DUTY,     /* this desk owes an answer soon */
	ALARM_OVERDUE,  /* an answer, or a sign of life, is overdue, whoever owes it */
	ALARM_UNREAD,   /* a message that asks something of this desk, and nobody has
	                   opened it */
	ALARM_FAILED,   /* a message does not arrive */
	ALARM_FORK,     /* a desk has signed two histories */
	ALARM_FROZEN,   /* the own log may not grow */
	ALARM_APPROVAL, /* a draft waits for a second person */
	ALARM_WHAT_COUNT,
};
/* "duty", … */
const char *alarm_word(enum alarm_what what);

struct alarm {
	char id[ALARM_ID_LEN + 1];
	enum alarm_what what;
	size_t channel;                      /* of the desk's list */
	char subject[ALARM_SUBJECT_MAX + 1]; /* message, draft or desk */
	int64_t since_s, until_s;            /* until 0: none */
	char words[240];
	/* "": not so */
	char taken_by[OFFICE_NAME_MAX + 1], muted_by[OFFICE_NAME_MAX + 1];
	int64_t taken_s, muted_until_s;
};

/* Should it still make a noise? */
static inline bool alarm_is_loud(const struct alarm *alarm, int64_t now_s)
{
	return alarm->taken_s == 0 && alarm->muted_until_s <= now_s;
}

/* The alarms as they are now, the oldest first; and what they come from. Borrowed until
 * the next call on the office or the end of the turn. */
MUST_USE enum status alarms_open(struct office *office, const struct alarm **ret_alarms,
                                 size_t *ret_count, const struct needs **ret_needs,
                                 struct error *err);

/* The same as they were when they were last computed, which is some moments ago at most;
 * computes nothing. False: after a start they are not known yet. */
bool alarms_last(const struct office *office, const struct alarm **ret_alarms,
                 size_t *ret_count, const struct needs **ret_needs);

/* NOT_FOUND: there is no such alarm (any more). CONFLICT: somebody else has taken it. */
MUST_USE enum status alarm_take(struct office *office, const struct office_principal *who,
                                const char *id, struct error *err);
MUST_USE enum status alarm_mute(struct office *office, const struct office_principal *who,
                                const char *id, int64_t minutes, struct error *err);
MUST_USE enum status alarm_unmute(struct office *office,
                                  const struct office_principal *who, const char *id,
                                  struct error *err);

#endif
