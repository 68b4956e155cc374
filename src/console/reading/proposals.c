/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registers of a channel as JSON: pledges and consultations, each with the facts that
 * are the same bytes on every side, what was proposed, its translations, and the receipts
 * that this desk holds for its own part in it.
 */
#include "base/cleanup.h"
#include "console/answer.h"
#include "console/api_call.h"

enum {
	BODIES_LEN_MAX = 32 * 1024 * 1024, /* beyond it bodies are left out, */
	LIST_LEN_MAX = 40 * 1024 * 1024,   /* and here the list ends */
};

/* One register on its way into an answer. */
struct listing {
	struct api_call *call;
	size_t channel;
	struct record_proposals *proposals;
	const struct record_proposal *consultation; /* whose minutes are written */
	const struct desk_channel_info *across;     /* of a list over all channels */
	bool has_all, has_more;
	struct buf *out;
	struct json_writer writer;
	enum status status;
	struct error *err;
};

static void write_facts(struct listing *listing, const struct record_proposal *proposal)
{
	CLEANUP_BUF struct buf facts = BUF_INIT(API_ANSWER_MAX);

	record_proposal_append_json(listing->proposals, proposal, &facts);
	listing->status = buf_check(&facts, "the answer", listing->err);
	json_writer_raw(&listing->writer, "facts", buf_view(&facts));
}

/* The body as its author wrote it. */
static void write_body(struct listing *listing, const struct record_message_id *id)
{
	struct desk_message message;

	if (listing->status != STATUS_OK || listing->out->len > BODIES_LEN_MAX)
		return;
	listing->status = desk_message_read(listing->call->desk, listing->channel, id,
	                                    &message, listing->err);
	if (listing->status == STATUS_OK && !message.is_malformed && message.body.len > 0)
		json_writer_raw(&listing->writer, "body", message.body);
}

static void write_translations(struct listing *listing,
                               const struct record_message_id *id)
{
	struct record_replies *replies = record_proposals_replies(listing->proposals);
	const struct record_reply *reply;
	size_t count;

	reply = record_replies_to(replies, record_replies_find(replies, id->desk.text),
	                          id->index, &count);
	json_writer_array(&listing->writer, "translations");
	for (size_t i = 0; i < count && listing->out->len < BODIES_LEN_MAX; i++) {
		struct record_message_id entry =
		    record_replies_id(replies, reply[i].desk, reply[i].index);

		if (strcmp(reply[i].kind->name, "translation") != 0)
			continue;
		json_writer_object(&listing->writer, NULL);
		answer_write_id(&listing->writer, "entry", &entry);
		write_body(listing, &entry);
		json_writer_end(&listing->writer);
	}
	json_writer_end(&listing->writer);
}

/* The receipt that `from` gave for an own entry. */
static void write_receipt(struct listing *listing, const struct record_message_id *id,
                          const char *from)
{
	enum desk_delivery delivery;
	int64_t time_s = 0;

	if (strcmp(id->desk.text, api_own_name(listing->call->api)) != 0 ||
	    desk_delivery_of(listing->call->desk, listing->channel, id->index, from,
	                     &delivery, &time_s, NULL) != STATUS_OK ||
	    time_s == 0)
		return;
	json_writer_object(&listing->writer, NULL);
	answer_write_id(&listing->writer, "entry", id);
	json_writer_string(&listing->writer, "from", from);
	json_writer_time(&listing->writer, "time", time_s);
	json_writer_end(&listing->writer);
}

static void write_receipts(struct listing *listing,
                           const struct record_proposal *proposal)
{
	json_writer_array(&listing->writer, "receipts");
	for (size_t i = 0; i < proposal->member_count; i++) {
		const struct record_proposal_member *member = &proposal->members[i];

		write_receipt(listing, &proposal->id, member->desk);
		if (proposal->withdrawal.exists)
			write_receipt(listing, &proposal->withdrawal.id, member->desk);
		if (member->answer.exists)
			write_receipt(listing, &member->answer.id,
			              proposal->id.desk.text);
		if (member->withdrawal.exists)
			write_receipt(listing, &member->withdrawal.id,
			              proposal->id.desk.text);
	}
	json_writer_end(&listing->writer);
}

static void write_proposal(struct listing *listing,
                           const struct record_proposal *proposal)
{
	write_facts(listing, proposal);
	write_body(listing, &proposal->id);
	write_translations(listing, &proposal->id);
	write_receipts(listing, proposal);
}

static bool is_wanted(const struct listing *listing,
                      const struct record_proposal *proposal)
{
	if (listing->has_all || proposal->state == RECORD_PROPOSAL_IN_FORCE)
		return true;
	return proposal->type == RECORD_CONSULTATION &&
	       (proposal->state == RECORD_PROPOSAL_OPEN ||
	        proposal->state == RECORD_PROPOSAL_ACCEPTED);
}

/* False at the end of what an answer holds. */
static bool has_room(struct listing *listing)
{
	listing->has_more = listing->out->len > LIST_LEN_MAX;
	return !listing->has_more;
}

static bool write_pledge(void *context, const struct record_proposal *proposal)
{
	struct listing *listing = context;

	if (!is_wanted(listing, proposal))
		return true;
	if (!has_room(listing))
		return false;
	json_writer_object(&listing->writer, NULL);
	if (listing->across != NULL) {
		json_writer_string(&listing->writer, "channel", listing->across->id_hex);
		json_writer_string(&listing->writer, "channel_title",
		                   listing->across->charter->title);
	}
	write_proposal(listing, proposal);
	json_writer_end(&listing->writer);
	return listing->status == STATUS_OK;
}

static bool write_minutes(void *context, const struct record_proposal *minutes)
{
	struct listing *listing = context;

	if (!has_room(listing))
		return false;
	json_writer_object(&listing->writer, NULL);
	json_writer_bool(&listing->writer, "agreed",
	                 record_minutes_are_agreed(listing->consultation, minutes));
	write_proposal(listing, minutes);
	json_writer_end(&listing->writer);
	return listing->status == STATUS_OK;
}

static bool write_consultation(void *context, const struct record_proposal *proposal)
{
	struct listing *listing = context;
	enum status status;

	if (!is_wanted(listing, proposal))
		return true;
	if (!has_room(listing))
		return false;
	listing->consultation = proposal;
	json_writer_object(&listing->writer, NULL);
	write_proposal(listing, proposal);
	json_writer_array(&listing->writer, "minutes");
	status = record_proposals_list(listing->proposals, RECORD_MINUTES, &proposal->id,
	                               listing->call->now_ms / 1000, write_minutes,
	                               listing, listing->err);
	if (listing->status == STATUS_OK)
		listing->status = status;
	json_writer_end(&listing->writer);
	json_writer_end(&listing->writer);
	return listing->status == STATUS_OK;
}

static enum status reply_list(struct api_call *call, enum record_proposal_type type,
                              const char *name, record_proposal_fn *write,
                              struct error *err)
{
	static const char *const parameters[] = {"all", NULL};
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct listing listing = {
	    .call = call, .out = &out, .writer = json_writer_of(&out), .err = err};
	struct desk_channel_info info;
	uint64_t all;

	TRY(target_allow(&call->target, parameters, err));
	TRY(target_number(&call->target, "all", 1, 0, &all, err));
	TRY(api_call_channel(call, &listing.channel, err));
	TRY(register_open(&call->api->registers, call->desk, listing.channel,
	                  &listing.proposals, err));
	listing.has_all = all == 1;
	desk_channel(call->desk, listing.channel, &info);
	json_writer_object(&listing.writer, NULL);
	json_writer_string(&listing.writer, "channel", info.id_hex);
	json_writer_string(&listing.writer, "title", info.charter->title);
	json_writer_time(&listing.writer, "time", call->now_ms / 1000);
	json_writer_array(&listing.writer, name);
	TRY(record_proposals_list(listing.proposals, type, NULL, call->now_ms / 1000,
	                          write, &listing, err));
	TRY(listing.status);
	json_writer_end(&listing.writer);
	json_writer_bool(&listing.writer, "more", listing.has_more);
	json_writer_end(&listing.writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

enum status api_get_pledges(struct api_call *call, struct error *err)
{
	return reply_list(call, RECORD_PLEDGE, "pledges", write_pledge, err);
}

enum status api_get_consultations(struct api_call *call, struct error *err)
{
	return reply_list(call, RECORD_CONSULTATION, "consultations", write_consultation,
	                  err);
}

/* Those of one channel, in a list over all; a channel that is not open has none. */
static enum status write_channel_pledges(struct listing *listing, size_t channel)
{
	struct api_call *call = listing->call;
	struct desk_channel_info info;

	desk_channel(call->desk, channel, &info);
	if (!info.is_open || listing->has_more)
		return STATUS_OK;
	listing->channel = channel;
	listing->across = &info;
	TRY(register_open(&call->api->registers, call->desk, channel, &listing->proposals,
	                  listing->err));
	TRY(record_proposals_list(listing->proposals, RECORD_PLEDGE, NULL,
	                          call->now_ms / 1000, write_pledge, listing,
	                          listing->err));
	return listing->status;
}

enum status api_get_all_pledges(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {"all", NULL};
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct listing listing = {
	    .call = call, .out = &out, .writer = json_writer_of(&out), .err = err};
	uint64_t all;

	TRY(target_allow(&call->target, parameters, err));
	TRY(target_number(&call->target, "all", 1, 0, &all, err));
	listing.has_all = all == 1;
	json_writer_object(&listing.writer, NULL);
	json_writer_time(&listing.writer, "time", call->now_ms / 1000);
	json_writer_array(&listing.writer, "pledges");
	for (size_t i = 0; i < desk_channel_count(call->desk); i++)
		TRY(write_channel_pledges(&listing, i));
	json_writer_end(&listing.writer);
	json_writer_bool(&listing.writer, "more", listing.has_more);
	json_writer_end(&listing.writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}
