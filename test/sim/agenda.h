/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What will happen and when, in virtual time: a heap of acts. Acts of one moment happen
 * in the order in which they were added.
 */
#ifndef ALDIS_SIM_AGENDA_H
#define ALDIS_SIM_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim;

typedef void agenda_act(struct sim *sim, void *subject, uint64_t number);

struct agenda_item {
	int64_t at_ms;
	uint64_t order;
	agenda_act *act;
	void *subject;
	uint64_t number;
};

struct agenda {
	struct agenda_item *items;
	size_t count, cap;
	uint64_t next_order;
};

void agenda_add(struct agenda *agenda, int64_t at_ms, agenda_act *act, void *subject,
                uint64_t number);
/* Takes the earliest item; false when nothing will ever happen again. */
bool agenda_take(struct agenda *agenda, struct agenda_item *ret_item);
void agenda_release(struct agenda *agenda);

#endif
