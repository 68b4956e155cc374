/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One register a channel, made at the first question. After a failure it is thrown away
 * and made again at the next.
 */
#include "console/register.h"

#include "record/array.h"

struct channel_register {
	struct record_channel_id channel;
	struct record_proposals *proposals; /* owned; NULL: to be made again */
};

void register_release(struct register_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		record_proposals_free(list->items[i].proposals);
	free(list->items);
	*list = (struct register_list){0};
}

static enum status find(struct register_list *list, const struct record_channel_id *id,
                        struct channel_register **ret_register, struct error *err)
{
	for (size_t i = 0; i < list->count; i++)
		if (hash_equal(&list->items[i].channel.hash, &id->hash)) {
			*ret_register = &list->items[i];
			return STATUS_OK;
		}
	TRY(record_array_reserve(&list->items, &list->cap, list->count + 1,
	                         sizeof *list->items, err));
	list->items[list->count] = (struct channel_register){.channel = *id};
	*ret_register = &list->items[list->count++];
	return STATUS_OK;
}

/* The registers read what is proposed, and hold an answer's body against its kind. */
static bool wants_body(const struct record_envelope *envelope)
{
	const struct record_kind *kind = record_kind_find(view_of_string(envelope->kind));

	return kind != NULL && !kind->is_automatic &&
	       (envelope->has_re || record_proposal_kind(envelope->kind));
}

struct reading {
	struct record_proposals *proposals;
	uint32_t desk;
};

/* What was written before this desk joined is not held: those places stay empty. */
static enum status take_entry(void *context, const struct desk_entry *entry,
                              struct error *err)
{
	const struct reading *reading = context;
	struct record_replies *replies = record_proposals_replies(reading->proposals);

	while (record_replies_given(replies, reading->desk) < entry->index)
		TRY(record_proposals_add(reading->proposals, reading->desk, NULL,
		                         view_of("", 0), entry->charter, err));
	return record_proposals_add(reading->proposals, reading->desk, entry->envelope,
	                            entry->body, entry->charter, err);
}

static enum status update(struct record_proposals *proposals, struct desk *desk,
                          size_t channel, size_t log_count, struct error *err)
{
	struct record_replies *replies = record_proposals_replies(proposals);

	for (size_t i = 0; i < log_count; i++) {
		struct reading reading = {.proposals = proposals};
		struct desk_log_info log;

		desk_log(desk, channel, i, &log);
		TRY(record_replies_desk(replies, log.desk, &reading.desk, err));
		TRY(desk_entries(desk, channel, i,
		                 record_replies_given(replies, reading.desk), wants_body,
		                 take_entry, &reading, err));
	}
	return STATUS_OK;
}

enum status register_open(struct register_list *list, struct desk *desk, size_t channel,
                          struct record_proposals **ret_register, struct error *err)
{
	struct channel_register *mine = NULL;
	struct desk_channel_info info;
	enum status status;

	desk_channel(desk, channel, &info);
	if (!info.is_open)
		return error_set(err, STATUS_AGAIN,
		                 "the channel is not open: not every member has signed "
		                 "its charter");
	TRY(find(list, &info.id, &mine, err));
	if (mine->proposals == NULL)
		TRY(record_proposals_new(&mine->proposals, err));
	status = update(mine->proposals, desk, channel, info.log_count, err);
	if (status != STATUS_OK) {
		record_proposals_free(mine->proposals);
		mine->proposals = NULL;
		return status;
	}
	*ret_register = mine->proposals;
	return STATUS_OK;
}
