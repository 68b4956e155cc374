/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A channel's duties as this desk keeps them: the pure list of record/duties.h, how much
 * of each log was given to it, and what was already said of its rows. For duty.c and
 * duty_news.c only.
 */
#ifndef ALDIS_DESK_DUTY_H
#define ALDIS_DESK_DUTY_H

#include "desk/state.h"

/* An open row as it was when it was last looked at. */
struct duty_note {
	struct record_message_id question;
	struct record_name debtor;
	const struct record_duty *duty;
	enum record_duty_state state;
	bool is_near;       /* its end, and that was said */
	int64_t answered_s; /* own answer: since when nobody is known to have cosigned it;
	                       0: not so */
	bool was_submitted; /* it, to the witnesses before any member */
};

/* An `overdue` entry that stands in the own log. */
struct duty_stated {
	uint64_t of;
	struct record_name by;
	int64_t deadline_s;
};

struct duty_book {
	struct desk *desk;
	struct channel *channel;
	struct record_duties *duties;
	uint32_t member_count; /* of those that it knows */
	uint64_t *given;       /* by member: entries of its log */
	uint32_t *serials;     /* by member: of its newest card */
	uint32_t *numbers;     /* by member: of its log in the duties */

	struct duty_note *notes; /* in the order of the list */
	size_t note_count, note_cap;
	struct duty_stated *stated;
	size_t stated_count, stated_cap;
	bool has_looked;   /* once: what there was is no news */
	bool could_write;  /* when the rows were looked at */
	uint64_t revision; /* of the duties, when the rows were looked at */
	int64_t next_s;    /* when they must be looked at again */
};

/* duty_news.c */
/* Says what has changed, writes what is overdue. Everything held was given. */
void duty_tell(struct duty_book *book);
/* duty_witness.c: an open duty with the clock running, when its end is near; the note
 * follows the one before (NULL: none). Returns when it must be looked at again. */
int64_t duty_ask_witnesses(struct duty_book *book, const struct record_duty_row *row,
                           int64_t near_s, const struct duty_note *old,
                           struct duty_note *note);
/* This desk states that the answer is overdue: witnesses are to say how much its debtor
 * had written. */
void duty_ask_about_silence(struct duty_book *book, const struct record_duty_row *row);

/* An own `overdue` entry. */
enum status duty_note_stated(struct duty_book *book, struct view body, struct error *err);

#endif
