/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The people at the desks: they write letters under an idempotency key and try again when
 * their desk died before it said yes; as operators they look after a frozen desk.
 */
#ifndef ALDIS_SIM_PEOPLE_H
#define ALDIS_SIM_PEOPLE_H

#include "sim/letter.h"

struct people;

struct people *people_new(struct host *host);
void people_free(struct people *people);
/* In a turn: submits what is open. */
void people_work(struct people *people);
/* The turn has ended: what was submitted is accepted, or is not. */
void people_turn_ended(struct people *people, bool is_durable);
void people_write_now(struct people *people);
/* The letter was accepted to wait, and the charter that came does not let it out. */
bool people_was_refused(const struct people *people, const struct letter *letter);
/* Their last letter is a `leave`. */
void people_leave(struct people *people);
/* The next letter, or a look at the desk; agenda_acts on the host. */
void people_write(struct sim *sim, void *host, uint64_t number);
void people_look(struct sim *sim, void *host, uint64_t number);
/* A backup of that time is put back: letters of later that nobody else holds may be gone.
 */
void people_excuse(struct people *people, int64_t backup_ms);
size_t people_letter_count(const struct people *people);
const struct letter *people_letter(const struct people *people, size_t nth);

#endif
