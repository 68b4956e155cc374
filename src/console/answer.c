/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing messages, and where they stand with each recipient, as JSON.
 */
#include "console/answer.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/base64.h"
#include "console/reading/advisories.h"
#include "console/api_call.h"
#include "console/reading/replies.h"
#include "console/reading/row.h"

static const char *delivery_state(enum desk_delivery delivery)
{
	switch (delivery) {
	case DESK_QUEUED:
		return "queued";
	case DESK_LEFT:
		return "left";
	case DESK_STORED:
		return "stored";
	case DESK_READ:
		return "not-understood";
	case DESK_UNDERSTOOD:
		return "understood";
	}
	return "queued";
}

void answer_write_id(struct json_writer *writer, const char *name,
                     const struct record_message_id *id)
{
	char text[RECORD_MESSAGE_ID_MAX + 1];

	record_message_id_encode(id, text);
	json_writer_string(writer, name, text);
}

void answer_write_head(struct json_writer *writer, const struct record_envelope *envelope)
{
	json_writer_string(writer, "kind", envelope->kind);
	json_writer_time(writer, "sent", envelope->sent_s);
	if (envelope->line[0] != '\0')
		json_writer_string(writer, "line", envelope->line);
	if (envelope->tlp[0] != '\0')
		json_writer_string(writer, "tlp", envelope->tlp);
	if (envelope->has_re)
		answer_write_id(writer, "re", &envelope->re);
}

static void write_envelope(struct json_writer *writer,
                           const struct record_envelope *envelope)
{
	answer_write_head(writer, envelope);
	if (envelope->to_count > 0) {
		json_writer_array(writer, "to");
		for (size_t i = 0; i < envelope->to_count; i++)
			json_writer_string(writer, NULL, envelope->to[i].text);
		json_writer_end(writer);
	}
	if (envelope->attachment_count == 0)
		return;
	json_writer_array(writer, "attachments");
	for (size_t i = 0; i < envelope->attachment_count; i++) {
		char hex[HASH_HEX_LEN + 1];

		hash_hex(&envelope->attachments[i].id, hex);
		json_writer_object(writer, NULL);
		json_writer_string(writer, "blob", hex);
		json_writer_integer(writer, "size",
		                    (int64_t)envelope->attachments[i].size);
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

/* Only a well-formed body is known to be JSON. */
static void write_body(struct json_writer *writer, const struct desk_message *message)
{
	if (message->body.len == 0)
		return;
	if (message->is_malformed)
		json_writer_text(writer, "body_text", message->body);
	else
		json_writer_raw(writer, "body", message->body);
}

void answer_write_flags(struct json_writer *writer, const struct desk_message *message)
{
	json_writer_array(writer, "flags");
	if (message->is_malformed)
		json_writer_string(writer, NULL, "malformed");
	if (message->is_unreadable)
		json_writer_string(writer, NULL, "unreadable");
	if (message->is_skewed)
		json_writer_string(writer, NULL, "skewed");
	if (message->arrived_late)
		json_writer_string(writer, NULL, "late");
	if (message->is_waiting)
		json_writer_string(writer, NULL, "waiting");
	json_writer_end(writer);
	if (message->is_malformed || message->is_unreadable)
		json_writer_string(writer, "why", message->why);
}

void answer_write_message(struct json_writer *writer, const char *own,
                          const struct desk_message *message, uint64_t position,
                          bool is_opened)
{
	answer_write_id(writer, "id", &message->id);
	if (position != UINT64_MAX)
		json_writer_integer(writer, "position", (int64_t)position);
	json_writer_string(writer, "author", message->id.desk.text);
	json_writer_integer(writer, "index", (int64_t)message->id.index);
	json_writer_bool(writer, "own", strcmp(message->id.desk.text, own) == 0);
	if (message->envelope != NULL)
		write_envelope(writer, message->envelope);
	write_body(writer, message);
	answer_write_flags(writer, message);
	json_writer_bool(writer, "opened", is_opened);
}

struct overdue {
	const char *member;
	bool is_so;
};

static bool look_at_duty(void *context, const struct record_duty_row *row)
{
	struct overdue *overdue = context;

	overdue->is_so =
	    overdue->is_so || (row->state == RECORD_DUTY_OVERDUE && !row->has_answer &&
	                       strcmp(row->debtor.text, overdue->member) == 0);
	return true;
}

/* Does the member owe what it should have given by now? */
static bool is_overdue(struct desk *desk, size_t channel,
                       const struct record_message_id *id, const char *member)
{
	struct overdue overdue = {.member = member};

	return desk_duties_of(desk, channel, id, look_at_duty, &overdue, NULL) ==
	           STATUS_OK &&
	       overdue.is_so;
}

/* What a message's state is called, beyond its delivery. */
struct words {
	const char *state, *words; /* NULL: its delivery is all there is to say */
};

static struct words reply_words(struct desk *desk, size_t channel,
                                struct record_proposals *proposals,
                                const struct record_message_id *id, const char *member,
                                enum desk_delivery delivery)
{
	enum replies_stage stage = REPLIES_NONE;

	if (replies_stage_of(desk, channel, proposals, id, member, delivery == DESK_READ,
	                     &stage, NULL) != STATUS_OK)
		return (struct words){0};
	if (stage == REPLIES_REFUSED)
		return (struct words){"refused", "refused"};
	if (stage == REPLIES_ANSWERED)
		return (struct words){"answered", "answered"};
	if (stage == REPLIES_HELD && delivery == DESK_STORED)
		return (struct words){"read", "read by a person"};
	return (struct words){0};
}

static struct words further_words(struct desk *desk, size_t channel,
                                  struct record_proposals *proposals,
                                  const struct record_message_id *id, const char *member,
                                  enum desk_delivery delivery)
{
	if (is_overdue(desk, channel, id, member))
		return (struct words){"overdue", "overdue"};
	return reply_words(desk, channel, proposals, id, member, delivery);
}

/* How much a state asks to be looked at: the first goes before all others. */
static size_t rank_of(const char *state)
{
	static const char *const states[] = {"refused",   "not-understood", "queued",
	                                     "left",      "stored",         "read",
	                                     "understood"};
	size_t rank = 0;

	while (rank < sizeof states / sizeof states[0] &&
	       strcmp(states[rank], state) != 0)
		rank++;
	return rank;
}

struct worst {
	struct desk *desk;
	size_t channel;
	struct record_proposals *proposals; /* NULL: nobody has answered */
	const struct record_message_id *id;
	const char *state; /* NULL: no recipient yet */
};

static void take_worst(void *context, const char *member, enum desk_delivery delivery)
{
	struct worst *worst = context;
	const char *state = delivery_state(delivery);
	struct words further = {0};

	if (worst->proposals != NULL)
		further = reply_words(worst->desk, worst->channel, worst->proposals,
		                      worst->id, member, delivery);
	if (further.state != NULL)
		state = further.state;
	if (worst->state == NULL || rank_of(state) < rank_of(worst->state))
		worst->state = state;
}

enum status answer_write_worst(struct json_writer *writer, struct desk *desk,
                               size_t channel, struct record_proposals *proposals,
                               uint64_t index, const struct record_name *to,
                               size_t to_count, struct error *err)
{
	struct record_message_id id = {.desk = desk_card(desk)->name, .index = index};
	struct record_replies *replies = record_proposals_replies(proposals);
	struct worst worst = {.desk = desk, .channel = channel, .id = &id};
	size_t count;

	(void)record_replies_to(replies, record_replies_find(replies, id.desk.text),
	                        index, &count);
	worst.proposals = count > 0 ? proposals : NULL;
	TRY(desk_deliveries(desk, channel, index, to, to_count, take_worst, &worst, err));
	json_writer_string(writer, "state", worst.state == NULL ? "queued" : worst.state);
	return STATUS_OK;
}

static void write_recipient(struct json_writer *writer, struct desk *desk, size_t channel,
                            struct record_proposals *proposals, uint64_t index,
                            const char *member)
{
	struct record_message_id id = {.desk = desk_card(desk)->name, .index = index};
	struct words further = {0};
	enum desk_delivery delivery;
	int64_t receipt_s = 0;

	if (desk_delivery_of(desk, channel, index, member, &delivery, &receipt_s, NULL) !=
	    STATUS_OK)
		return;
	if (proposals != NULL)
		further = further_words(desk, channel, proposals, &id, member, delivery);
	json_writer_object(writer, NULL);
	json_writer_string(writer, "to", member);
	json_writer_string(writer, "state",
	                   further.state ? further.state : delivery_state(delivery));
	json_writer_string(writer, "words",
	                   further.words ? further.words : desk_delivery_words(delivery));
	if (receipt_s > 0)
		json_writer_time(writer, "receipt", receipt_s);
	json_writer_end(writer);
}

void answer_write_delivery(struct json_writer *writer, struct desk *desk, size_t channel,
                           struct record_proposals *proposals, uint64_t index,
                           const struct record_name *to, size_t to_count)
{
	struct desk_receipt_info receipt;

	json_writer_array(writer, "delivery");
	for (size_t i = 0; i < to_count; i++)
		write_recipient(writer, desk, channel, proposals, index, to[i].text);
	for (size_t nth = 0; to_count == 0 && desk_receipt(desk, channel, nth, &receipt);
	     nth++)
		write_recipient(writer, desk, channel, proposals, index, receipt.member);
	json_writer_end(writer);
}

enum status answer_copy_to(const struct desk_message *message,
                           struct record_name **ret_names, size_t *ret_count,
                           struct error *err)
{
	size_t count = message->envelope == NULL ? 0 : message->envelope->to_count;

	*ret_count = count;
	if (count == 0)
		return STATUS_OK;
	*ret_names = reallocarray(NULL, count, sizeof **ret_names);
	if (*ret_names == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for the answer");
	memcpy(*ret_names, message->envelope->to, count * sizeof **ret_names);
	return STATUS_OK;
}

struct duty_list {
	struct json_writer writer;
	int64_t now_s;
};

static bool write_duty(void *context, const struct record_duty_row *row)
{
	CLEANUP_BUF struct buf json = BUF_INIT(API_ANSWER_MAX);
	struct duty_list *list = context;

	record_duty_append_json(row, list->now_s, &json);
	json_writer_raw(&list->writer, NULL, buf_view(&json));
	return true;
}

/* Those that the message started, as they are now; left out while the list is still being
 * made after a start. */
static enum status write_duties(struct json_writer *writer, struct desk *desk,
                                size_t channel, const struct record_message_id *id,
                                struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct duty_list list = {.writer = json_writer_of(&out),
	                         .now_s = desk_now_ms(desk) / 1000};
	enum status status;

	json_writer_array(&list.writer, NULL);
	status = desk_duties_of(desk, channel, id, write_duty, &list, err);
	if (status == STATUS_AGAIN)
		return STATUS_OK;
	TRY(status);
	json_writer_end(&list.writer);
	TRY(buf_check(&out, "the duties", err));
	json_writer_raw(writer, "duties", buf_view(&out));
	return STATUS_OK;
}

enum status answer_message(struct api *api, uint64_t request, size_t channel,
                           const struct record_message_id *id, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	CLEANUP_BUF struct buf entry = BUF_INIT(API_ANSWER_MAX);
	CLEANUP_FREE struct record_name *to = NULL;
	size_t to_count;
	struct json_writer writer = json_writer_of(&out);
	struct desk *desk = api->desk;
	const char *own = desk_card(desk)->name.text;
	struct record_proposals *proposals;
	struct channel_briefs *briefs = NULL;
	struct desk_message message;

	TRY(register_open(&api->registers, desk, channel, &proposals, err));
	TRY(briefs_open(api->office, channel, &briefs, err));
	TRY(desk_message_read(desk, channel, id, &message, err));
	TRY(answer_copy_to(&message, &to, &to_count, err));
	json_writer_object(&writer, NULL);
	answer_write_message(&writer, own, &message, UINT64_MAX,
	                     row_is_opened(briefs, id));
	base64_append(&entry, message.entry);
	json_writer_text(&writer, "entry_base64", buf_view(&entry));
	if (strcmp(id->desk.text, own) == 0)
		answer_write_delivery(&writer, desk, channel, proposals, id->index, to,
		                      to_count);
	TRY(desk_message_read(desk, channel, id, &message, err));
	TRY(advisories_write(&writer, desk, channel, id, message.envelope, err));
	TRY(replies_write(&writer, desk, channel, proposals, id, err));
	TRY(write_duties(&writer, desk, channel, id, err));
	json_writer_end(&writer);
	return api_reply_json(desk, request, 200, &out, err);
}

/* Kept durably, but the own log may not grow yet: `status` says why. The same request
 * with the same key asks again. */
static enum status answer_queued(struct desk *desk, uint64_t request, uint64_t count,
                                 struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(256);
	struct json_writer writer = json_writer_of(&out);

	json_writer_object(&writer, NULL);
	json_writer_bool(&writer, "queued", true);
	json_writer_integer(&writer, "count", (int64_t)count);
	json_writer_end(&writer);
	return api_reply_json(desk, request, 202, &out, err);
}

enum status answer_submitted(struct desk *desk, uint64_t request, size_t channel,
                             const struct waiting *submitted, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	uint64_t last = submitted->first.index + submitted->count - 1;

	if (submitted->first.index == DESK_QUEUED_INDEX)
		return answer_queued(desk, request, submitted->count, err);
	json_writer_object(&writer, NULL);
	if (submitted->is_batch) {
		answer_write_id(&writer, "first", &submitted->first);
		json_writer_integer(&writer, "count", (int64_t)submitted->count);
	} else {
		answer_write_id(&writer, "id", &submitted->first);
	}
	if (submitted->until_ms != 0) {
		json_writer_bool(&writer, "complete",
		                 waiting_is_covered(desk, channel, submitted->to,
		                                    submitted->to_count, last + 1));
		answer_write_delivery(&writer, desk, channel, NULL, last, submitted->to,
		                      submitted->to_count);
	}
	json_writer_end(&writer);
	return api_reply_json(desk, request, 201, &out, err);
}
