/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of waiting requests, in no order: few wait, and all are looked at together.
 */
#include "console/waiting.h"

#include <stdlib.h>

static enum status copy_names(struct waiting *item, struct error *err)
{
	struct record_name *names;

	if (item->to_count == 0) {
		item->to = NULL;
		return STATUS_OK;
	}
	names = reallocarray(NULL, item->to_count, sizeof *names);
	if (names == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for the request");
	memcpy(names, item->to, item->to_count * sizeof *names);
	item->to = names;
	return STATUS_OK;
}

static enum status make_room(struct waiting_list *list, struct error *err)
{
	size_t cap = list->cap == 0 ? 16 : list->cap * 2;
	struct waiting *items;

	if (list->count < list->cap)
		return STATUS_OK;
	if (list->count >= WAITING_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "%d requests wait already; ask without waiting",
		                 WAITING_MAX);
	items = reallocarray(list->items, cap, sizeof *items);
	if (items == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for the request");
	list->items = items;
	list->cap = cap;
	return STATUS_OK;
}

enum status waiting_add(struct waiting_list *list, const struct waiting *item,
                        struct error *err)
{
	struct waiting copy = *item;

	TRY(make_room(list, err));
	TRY(copy_names(&copy, err));
	list->items[list->count++] = copy;
	return STATUS_OK;
}

void waiting_remove(struct waiting_list *list, size_t index)
{
	free(list->items[index].to);
	list->items[index] = list->items[--list->count];
}

int64_t waiting_wake_ms(const struct waiting_list *list)
{
	int64_t soonest = INT64_MAX;

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].until_ms < soonest)
			soonest = list->items[i].until_ms;
	return soonest;
}

void waiting_release(struct waiting_list *list)
{
	while (list->count > 0)
		waiting_remove(list, list->count - 1);
	free(list->items);
	*list = (struct waiting_list){0};
}

static bool is_named(const struct record_name *to, size_t to_count, const char *name)
{
	for (size_t i = 0; i < to_count; i++)
		if (strcmp(to[i].text, name) == 0)
			return true;
	return to_count == 0;
}

bool waiting_is_covered(struct desk *desk, size_t channel, const struct record_name *to,
                        size_t to_count, uint64_t id_end)
{
	struct desk_receipt_info receipt;

	for (size_t nth = 0; desk_receipt(desk, channel, nth, &receipt); nth++)
		if (is_named(to, to_count, receipt.member) && receipt.id_end < id_end)
			return false;
	return true;
}

enum status waiting_channel(const struct waiting *item, struct desk *desk,
                            size_t *ret_channel, struct error *err)
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(&item->channel.hash, hex);
	return desk_channel_find(desk, view_of_string(hex), ret_channel, err);
}

/* An own message is there for good; another's is complete as soon as it is there. */
static bool is_message_ready(const struct waiting *item, struct desk *desk,
                             size_t channel)
{
	struct desk_message message;
	const char *own = desk_card(desk)->name.text;

	if (desk_message_read(desk, channel, &item->first, &message, NULL) != STATUS_OK)
		return false;
	if (strcmp(item->first.desk.text, own) != 0 || message.envelope == NULL)
		return true;
	return waiting_is_covered(desk, channel, message.envelope->to,
	                          message.envelope->to_count, item->first.index + 1);
}

bool waiting_is_ready(const struct waiting *item, struct desk *desk)
{
	size_t channel;

	if (waiting_channel(item, desk, &channel, NULL) != STATUS_OK)
		return true;
	if (item->what == WAITING_MESSAGE)
		return is_message_ready(item, desk, channel);
	return waiting_is_covered(desk, channel, item->to, item->to_count,
	                          item->first.index + item->count);
}
