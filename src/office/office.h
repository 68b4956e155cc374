/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a desk's people keep beside the record, in rows of the desk's own store:
 * operators, sessions, tokens, what they did. A row written here is committed with the
 * turn it was written in, together with the messages of that turn. Knows no HTTP; time is
 * handed in.
 */
#ifndef ALDIS_OFFICE_OFFICE_H
#define ALDIS_OFFICE_OFFICE_H

#include "desk/desk.h"
#include "office/principal.h"

struct office;

/* On an open desk, which outlives it. MALFORMED when rows are damaged. */
MUST_USE enum status office_open(struct desk *desk, int64_t now_ms,
                                 struct office **ret_office, struct error *err);
void office_free(struct office *office);

/* To be called within each turn, before anything else of the office: the time, and what
 * is due by then. */
MUST_USE enum status office_begin_turn(struct office *office, int64_t now_ms,
                                       struct error *err);
/* When something is due although nothing comes in; INT64_MAX: nothing. */
int64_t office_wake_ms(const struct office *office);

/* Of tries to log in, by name and by address. */
struct throttle *office_throttle(struct office *office);

#endif
