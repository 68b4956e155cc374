/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of drafts, and what is wrong with one.
 */
#include "office/drafts.h"

#include "base/cleanup.h"
#include "office/draft_rows.h"

static const char *const words[] = {
    [DRAFT_EDITING] = "editing",     [DRAFT_APPROVAL] = "approval",
    [DRAFT_RETURNED] = "returned",   [DRAFT_SENT] = "sent",
    [DRAFT_DISCARDED] = "discarded",
};

const char *draft_state_word(enum draft_state state)
{
	return words[state];
}

bool draft_state_of(const char *word, enum draft_state *ret_state)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i], word) == 0) {
			*ret_state = (enum draft_state)i;
			return true;
		}
	return false;
}

size_t drafts_count(const struct office *office)
{
	return office->drafts.count;
}

const struct draft *drafts_nth(const struct office *office, size_t nth)
{
	return office->drafts.items[nth];
}

enum status drafts_find(struct office *office, const char *id,
                        const struct draft **ret_draft, struct error *err)
{
	*ret_draft = draft_find(office, id);
	if (*ret_draft == NULL)
		return error_set(err, STATUS_NOT_FOUND, "there is no draft '%.24s'", id);
	return STATUS_OK;
}

enum status draft_channel(struct office *office, const struct draft *draft,
                          size_t *ret_channel, struct error *err)
{
	struct desk_channel_info info;

	for (size_t i = 0; i < desk_channel_count(office->desk); i++) {
		desk_channel(office->desk, i, &info);
		if (!hash_equal(&info.id.hash, &draft->channel.hash))
			continue;
		*ret_channel = i;
		return STATUS_OK;
	}
	return error_set(err, STATUS_NOT_FOUND, "the channel of this draft is gone");
}

enum status draft_sent_id(struct office *office, const struct draft *draft,
                          struct record_message_id *ret_id, struct error *err)
{
	char key[64];
	struct hash digest;
	uint64_t count;
	size_t channel;

	*ret_id = draft->sent;
	if (!draft->is_queued)
		return STATUS_OK;
	TRY(draft_channel(office, draft, &channel, err));
	draft_key(draft, key, &digest);
	ret_id->desk = desk_card(office->desk)->name;
	TRY(desk_submission_find(office->desk, channel, view_of_string(key), &digest,
	                         &ret_id->index, &count, err));
	if (ret_id->index == DESK_QUEUED_INDEX)
		return error_set(err, STATUS_AGAIN, "the message waits to be written");
	return STATUS_OK;
}

static void sizes_of(const struct draft *draft, uint64_t sizes[RECORD_ATTACHMENTS_MAX])
{
	for (size_t i = 0; i < draft->file_count; i++)
		sizes[i] = draft->files[i].size;
}

enum status draft_problems(struct office *office, const struct draft *draft,
                           draft_problem_fn *fn, void *context, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(DRAFT_MESSAGE_MAX);
	struct draft_message message = {0};
	uint64_t sizes[RECORD_ATTACHMENTS_MAX];
	size_t channel;
	enum status status;

	TRY(draft_channel(office, draft, &channel, err));
	TRY(draft_text(office, draft, &text, err));
	sizes_of(draft, sizes);
	status = draft_message_open(buf_view(&text), &message, err);
	if (status == STATUS_OK)
		draft_message_check(&message, office->desk, channel, sizes,
		                    draft->file_count, fn, context);
	draft_message_release(&message);
	return status;
}

bool draft_asks_approval(struct office *office, const struct draft *draft)
{
	CLEANUP_BUF struct buf text = BUF_INIT(DRAFT_MESSAGE_MAX);
	struct draft_message message = {0};
	struct desk_channel_info info;
	size_t channel;
	bool asks = false;

	if (draft_channel(office, draft, &channel, NULL) == STATUS_OK &&
	    draft_text(office, draft, &text, NULL) == STATUS_OK &&
	    draft_message_open(buf_view(&text), &message, NULL) == STATUS_OK) {
		desk_channel(office->desk, channel, &info);
		asks = draft_message_asks_approval(&message, info.charter);
	}
	draft_message_release(&message);
	return asks;
}
