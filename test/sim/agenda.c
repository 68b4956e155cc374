/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A binary heap, the earliest item on top.
 */
#include "sim/agenda.h"

#include <stdlib.h>

#include "sim/sim.h"

static bool is_before(const struct agenda_item *a, const struct agenda_item *b)
{
	return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

void agenda_add(struct agenda *agenda, int64_t at_ms, agenda_act *act, void *subject,
                uint64_t number)
{
	struct agenda_item item = {.at_ms = at_ms,
	                           .order = agenda->next_order++,
	                           .act = act,
	                           .subject = subject,
	                           .number = number};
	agenda->items = sim_grow(agenda->items, &agenda->cap, agenda->count, sizeof item);
	size_t at = agenda->count++;
	while (at > 0 && is_before(&item, &agenda->items[(at - 1) / 2])) {
		agenda->items[at] = agenda->items[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	agenda->items[at] = item;
}

bool agenda_take(struct agenda *agenda, struct agenda_item *ret_item)
{
	if (agenda->count == 0)
		return false;
	*ret_item = agenda->items[0];
	struct agenda_item last = agenda->items[--agenda->count];
	size_t at = 0;
	for (;;) {
		size_t child = at * 2 + 1;
		if (child >= agenda->count)
			break;
		if (child + 1 < agenda->count &&
		    is_before(&agenda->items[child + 1], &agenda->items[child]))
			child++;
		if (!is_before(&agenda->items[child], &last))
			break;
		agenda->items[at] = agenda->items[child];
		at = child;
	}
	agenda->items[at] = last;
	return true;
}

void agenda_release(struct agenda *agenda)
{
	free(agenda->items);
	*agenda = (struct agenda){0};
}
