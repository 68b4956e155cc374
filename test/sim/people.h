/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The people at the desks: they write letters under an idempotency key and try again when
 * their desk died before it said yes; as operators they look after a frozen desk.
 */
#ifndef ALDIS_SIM_PEOPLE_H
#define ALDIS_SIM_PEOPLE_H

#include "sim/host.h"

enum letter_state {
	LETTER_OPEN,     /* written, the desk has not said yes */
	LETTER_ACCEPTED, /* it has */
	LETTER_EXCUSED,  /* a backup took it away before anybody had it */
};

struct letter {
	uint64_t number; /* names it in its text */
	enum letter_state state;
	bool was_tried;  /* in this turn */
	bool may_repeat; /* a backup took the note of its key away */
	uint64_t index;  /* DESK_QUEUED_INDEX: not known */
	int64_t accepted_ms;
	size_t attachment_count;
	const char *kind;
};

struct people;

struct people *people_new(struct host *host);
void people_free(struct people *people);
/* In a turn: submits what is open. */
void people_work(struct people *people);
/* The turn has ended: what was submitted is accepted, or is not. */
void people_turn_ended(struct people *people, bool is_durable);
void people_write_now(struct people *people);
/* The next letter, or a look at the desk; agenda_acts on the host. */
void people_write(struct sim *sim, void *host, uint64_t number);
void people_look(struct sim *sim, void *host, uint64_t number);
/* A backup of that time is put back: letters of later that nobody else holds may be gone.
 */
void people_excuse(struct people *people, int64_t backup_ms);
size_t people_letter_count(const struct people *people);
const struct letter *people_letter(const struct people *people, size_t nth);

#endif
