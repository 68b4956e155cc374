/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A proposal as JSON: the same bytes for all who hold the same logs. Ids, names, times
 * and words of ours need no escaping.
 */
#include "codec/time_text.h"
#include "record/proposals.h"

static void append_id(struct buf *out, const char *name,
                      const struct record_message_id *id)
{
	char text[RECORD_MESSAGE_ID_MAX + 1];

	record_message_id_encode(id, text);
	buf_printf(out, "\"%s\":\"%s\"", name, text);
}

static void append_time(struct buf *out, const char *name, int64_t time_s)
{
	char text[TIME_TEXT_LEN + 1];

	if (time_s == 0)
		return;
	time_text_encode(time_s, text);
	buf_printf(out, ",\"%s\":\"%s\"", name, text);
}

static void append_entry(struct buf *out, const char *name,
                         const struct record_proposal_entry *entry)
{
	if (!entry->exists)
		return;
	buf_printf(out, ",\"%s\":{", name);
	append_id(out, "entry", &entry->id);
	append_time(out, "sent", entry->sent_s);
	buf_append_byte(out, '}');
}

static void append_members(struct buf *out, const struct record_proposal *proposal)
{
	buf_append_string(out, ",\"members\":[");
	for (size_t i = 0; i < proposal->member_count; i++) {
		const struct record_proposal_member *member = &proposal->members[i];

		buf_printf(out, "%s{\"desk\":\"%s\",\"state\":\"%s\"", i == 0 ? "" : ",",
		           member->desk, record_proposal_state_word(member->state));
		append_time(out, "since", member->since_s);
		append_time(out, "end", member->end_s);
		append_entry(out, "answer", &member->answer);
		append_entry(out, "withdrawal", &member->withdrawal);
		buf_append_byte(out, '}');
	}
	buf_append_byte(out, ']');
}

static void append_ignored(struct buf *out, const struct record_proposal *proposal)
{
	if (proposal->ignored_count == 0)
		return;
	buf_append_string(out, ",\"ignored\":[");
	for (size_t i = 0; i < proposal->ignored_count; i++) {
		const struct record_proposal_ignored *ignored = &proposal->ignored[i];

		buf_append_string(out, i == 0 ? "{" : ",{");
		append_id(out, "entry", &ignored->id);
		buf_printf(out, ",\"kind\":\"%s\",\"why\":\"%s\"}", ignored->kind,
		           ignored->why);
	}
	buf_append_byte(out, ']');
	if (proposal->ignored_total > proposal->ignored_count)
		buf_printf(out, ",\"ignored_total\":%zu", proposal->ignored_total);
}

/* Answers that are not yes or no: what a reader of the register looks up beside it. */
static bool is_linked_kind(const char *kind)
{
	static const char *const kinds[] = {"translation", "measure", "statement",
	                                    "assessment", "response"};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i], kind) == 0)
			return true;
	return false;
}

static void append_linked(struct buf *out, struct record_replies *replies,
                          const struct record_message_id *id)
{
	uint32_t desk = record_replies_find(replies, id->desk.text);
	const struct record_reply *reply;
	size_t count, written = 0, total = 0;

	reply = record_replies_to(replies, desk, id->index, &count);
	for (size_t i = 0; i < count; i++) {
		struct record_message_id from =
		    record_replies_id(replies, reply[i].desk, reply[i].index);

		if (!is_linked_kind(reply[i].kind->name) ||
		    ++total > RECORD_PROPOSAL_NAMED_MAX)
			continue;
		buf_append_string(out, written++ == 0 ? ",\"linked\":[{" : ",{");
		append_id(out, "entry", &from);
		buf_printf(out, ",\"kind\":\"%s\"}", reply[i].kind->name);
	}
	if (written > 0)
		buf_append_byte(out, ']');
	if (total > written)
		buf_printf(out, ",\"linked_total\":%zu", total);
}

void record_proposal_append_json(struct record_proposals *proposals,
                                 const struct record_proposal *proposal, struct buf *out)
{
	buf_append_byte(out, '{');
	append_id(out, "id", &proposal->id);
	buf_printf(out, ",\"by\":\"%s\"", proposal->id.desk.text);
	append_time(out, "sent", proposal->sent_s);
	if (proposal->has_re) {
		buf_append_byte(out, ',');
		append_id(out, "re", &proposal->re);
	}
	append_time(out, "from", proposal->from_s);
	append_time(out, "until", proposal->until_s);
	if (proposal->type == RECORD_PLEDGE)
		buf_printf(out, ",\"reciprocal\":%s",
		           proposal->is_reciprocal ? "true" : "false");
	buf_printf(out, ",\"state\":\"%s\"", record_proposal_state_word(proposal->state));
	if (proposal->is_waiting)
		buf_append_string(out, ",\"waiting\":true");
	append_entry(out, "withdrawal", &proposal->withdrawal);
	append_members(out, proposal);
	append_ignored(out, proposal);
	append_linked(out, record_proposals_replies(proposals), &proposal->id);
	buf_append_byte(out, '}');
}
