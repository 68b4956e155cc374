/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One register a channel, made at the first question. After a failure it is thrown away
 * and made again at the next.
 */
#include "console/reading/register.h"

#include "record/array.h"

struct channel_register {
	struct record_channel_id channel;
	struct record_proposals *proposals; /* owned; NULL: all to be made again */
	struct record_incidents *incidents; /* owned */
	struct record_message_id *rosters;  /* owned; the newest of each desk */
	size_t roster_count, roster_cap;
};

static void empty(struct channel_register *it)
{
	record_proposals_free(it->proposals);
	record_incidents_free(it->incidents);
	free(it->rosters);
	*it = (struct channel_register){.channel = it->channel};
}

void register_release(struct register_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		empty(&list->items[i]);
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

static const char roster_kind[] = "roster";

/* The registers read what is proposed or reported, and hold an answer's body against its
 * kind. */
static bool wants_body(const struct record_envelope *envelope)
{
	const struct record_kind *kind = record_kind_find(view_of_string(envelope->kind));

	return kind != NULL && !kind->is_automatic &&
	       (envelope->has_re || record_proposal_kind(envelope->kind) ||
	        record_incidents_wants(envelope->kind) ||
	        strcmp(envelope->kind, roster_kind) == 0);
}

struct reading {
	struct channel_register *it;
	const char *name; /* of the log's desk */
	uint32_t desk;
};

static enum status take_roster(const struct reading *reading,
                               const struct desk_entry *entry, struct error *err)
{
	struct channel_register *it = reading->it;
	size_t at = 0;

	if (entry->envelope == NULL || strcmp(entry->envelope->kind, roster_kind) != 0)
		return STATUS_OK;
	while (at < it->roster_count &&
	       strcmp(it->rosters[at].desk.text, reading->name) != 0)
		at++;
	if (at == it->roster_count) {
		TRY(record_array_reserve(&it->rosters, &it->roster_cap,
		                         it->roster_count + 1, sizeof *it->rosters, err));
		it->roster_count++;
	}
	it->rosters[at] = record_replies_id(record_proposals_replies(it->proposals),
	                                    reading->desk, entry->index);
	return STATUS_OK;
}

/* What was written before this desk joined is not held: those places stay empty. */
static enum status take_entry(void *context, const struct desk_entry *entry,
                              struct error *err)
{
	const struct reading *reading = context;
	struct channel_register *it = reading->it;
	struct record_replies *replies = record_proposals_replies(it->proposals);

	while (record_replies_given(replies, reading->desk) < entry->index)
		TRY(record_proposals_add(it->proposals, reading->desk, NULL,
		                         view_of("", 0), entry->charter, err));
	TRY(record_proposals_add(it->proposals, reading->desk, entry->envelope,
	                         entry->body, entry->charter, err));
	TRY(record_incidents_add(it->incidents, replies, reading->desk, entry->index,
	                         entry->envelope, entry->body, err));
	return take_roster(reading, entry, err);
}

static enum status update(struct channel_register *it, struct desk *desk, size_t channel,
                          size_t log_count, struct error *err)
{
	struct record_replies *replies = record_proposals_replies(it->proposals);

	for (size_t i = 0; i < log_count; i++) {
		struct reading reading = {.it = it};
		struct desk_log_info log;

		desk_log(desk, channel, i, &log);
		reading.name = log.desk;
		TRY(record_replies_desk(replies, log.desk, &reading.desk, err));
		TRY(desk_entries(desk, channel, i,
		                 record_replies_given(replies, reading.desk), wants_body,
		                 take_entry, &reading, err));
	}
	return STATUS_OK;
}

static enum status make(struct channel_register *it, struct error *err)
{
	if (it->proposals == NULL)
		TRY(record_proposals_new(&it->proposals, err));
	if (it->incidents == NULL)
		TRY(record_incidents_new(&it->incidents, err));
	return STATUS_OK;
}

static enum status open_channel(struct register_list *list, struct desk *desk,
                                size_t channel, struct channel_register **ret_register,
                                struct error *err)
{
	struct desk_channel_info info;
	enum status status;

	desk_channel(desk, channel, &info);
	if (!info.is_open)
		return error_set(err, STATUS_AGAIN,
		                 "the channel is not open: not every member has signed "
		                 "its charter");
	TRY(find(list, &info.id, ret_register, err));
	status = make(*ret_register, err);
	if (status == STATUS_OK)
		status = update(*ret_register, desk, channel, info.log_count, err);
	if (status != STATUS_OK)
		empty(*ret_register);
	return status;
}

enum status register_open(struct register_list *list, struct desk *desk, size_t channel,
                          struct record_proposals **ret_register, struct error *err)
{
	struct channel_register *it = NULL;

	TRY(open_channel(list, desk, channel, &it, err));
	*ret_register = it->proposals;
	return STATUS_OK;
}

enum status register_open_all(struct register_list *list, struct desk *desk,
                              size_t channel, struct register_all *ret_all,
                              struct error *err)
{
	struct channel_register *it = NULL;

	TRY(open_channel(list, desk, channel, &it, err));
	*ret_all = (struct register_all){
	    .proposals = it->proposals,
	    .replies = record_proposals_replies(it->proposals),
	    .incidents = it->incidents,
	    .rosters = it->rosters,
	    .roster_count = it->roster_count,
	};
	return STATUS_OK;
}
