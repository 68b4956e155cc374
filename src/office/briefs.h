/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every message of a channel in brief, kept in memory: what it is and what it answers,
 * but not what it says. So lists can be filtered and unread messages counted without
 * reading the record. Made at the first question after a start, then only what is new is
 * read.
 */
#ifndef ALDIS_OFFICE_BRIEFS_H
#define ALDIS_OFFICE_BRIEFS_H

#include "office/office.h"
#include "record/kinds.h"

struct brief {
	const struct record_kind *kind; /* NULL: malformed */
	int64_t sent_s;
	uint64_t re_index;
	int32_t re_log; /* a log of the desk that `re` names; -1: no `re` */
	uint8_t line;   /* brief_line_number */
	bool has_to;    /* addressed to some of the members, not to all */
	bool asks;      /* something of this desk's people; of others' messages */
};

/* 1 to 3; 0: no such line. */
uint8_t brief_line_number(const char *line);
/* Is this a kind that wants something of those who get it: one that may start a duty, and
 * that some other kind answers? What only tells something (an acknowledgement, a consent,
 * a translation) is not. */
bool brief_kind_asks(const struct record_kind *kind);
/* Did a person write it? */
bool brief_is_by_people(const struct brief *brief);

struct channel_briefs;

/* The channel's briefs, up to date with what the desk shows; borrowed until the next
 * call. AGAIN: the channel is not open. */
MUST_USE enum status briefs_open(struct office *office, size_t channel,
                                 struct channel_briefs **ret_briefs, struct error *err);

/* Reads at most so many entries of what is new: for the first time after a start, when
 * nobody is to wait for all of it. *ret_done: nothing is left. */
MUST_USE enum status briefs_warm(struct office *office, size_t channel, uint64_t most,
                                 bool *ret_done, struct error *err);

/* log as in desk_log, index as in ids. NULL: there is none. */
const struct brief *briefs_find(const struct channel_briefs *briefs, size_t log,
                                uint64_t index);
/* The same by its id; *ret_log may be NULL. */
const struct brief *briefs_find_id(const struct channel_briefs *briefs,
                                   const struct record_message_id *id, size_t *ret_log);
const char *briefs_desk(const struct channel_briefs *briefs, size_t log);
/* Is it a log of this desk, one that has ended included? */
bool briefs_is_own(const struct channel_briefs *briefs, size_t log);

/* What the brief's message answers, and its log; NULL: nothing that is here. */
const struct brief *briefs_answered(const struct channel_briefs *briefs,
                                    const struct brief *brief, size_t *ret_log);

/* A mark for each message of a channel, for one pass over it; all are unset. Starts
 * all-zero; release it. */
struct brief_marks {
	uint8_t **logs;
	uint64_t *firsts;
	size_t *counts;
	size_t log_count;
};
MUST_USE enum status brief_marks_open(const struct channel_briefs *briefs,
                                      struct brief_marks *ret_marks, struct error *err);
void brief_marks_release(struct brief_marks *marks);
void brief_marks_set(struct brief_marks *marks, size_t log, uint64_t index);
bool brief_marks_has(const struct brief_marks *marks, size_t log, uint64_t index);

/* Of messages that people of others wrote: has nobody here opened or answered it? */
bool briefs_is_unread(const struct channel_briefs *briefs, size_t log, uint64_t index);
uint64_t briefs_unread_count(const struct channel_briefs *briefs);
/* The unread ones of a log, ascending; valid until the next call that opens or marks. */
const uint64_t *briefs_unread(const struct channel_briefs *briefs, size_t log,
                              size_t *ret_count);
size_t briefs_log_count(const struct channel_briefs *briefs);

/* Somebody has opened this message. What is own, or was opened before, stays as it is:
 * *ret_count grows by one only for what was unread. NOT_FOUND: it is not here. */
MUST_USE enum status briefs_mark(struct office *office, struct channel_briefs *briefs,
                                 const struct record_message_id *id, size_t *ret_count,
                                 struct error *err);
/* The same for all of a log below end. */
MUST_USE enum status briefs_mark_through(struct office *office,
                                         struct channel_briefs *briefs, size_t log,
                                         uint64_t end, size_t *ret_count,
                                         struct error *err);

#endif
