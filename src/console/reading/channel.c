/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One channel in full: its members and the charter that is in force, word for word as far
 * as a program wants it; and the members' rosters.
 */
#include "base/cleanup.h"
#include "codec/time_text.h"
#include "console/answer.h"
#include "console/api_call.h"
#include "console/reading/state.h"
#include "record/object.h"

static const char *const no_parameters[] = {NULL};

static void write_strings(struct json_writer *writer, const char *name, const char *first,
                          size_t stride, size_t count)
{
	json_writer_array(writer, name);
	for (size_t i = 0; i < count; i++)
		json_writer_string(writer, NULL, first + i * stride);
	json_writer_end(writer);
}

#define WRITE_STRINGS(writer, name, array, count) \
	write_strings((writer), (name), (array)[0], sizeof(array)[0], (count))

/* Does the desk's newest log end with its `leave`? */
static bool has_left(const struct desk *desk, size_t channel, size_t log_count,
                     const char *name)
{
	bool is_so = false;

	for (size_t i = 0; i < log_count; i++) {
		struct desk_log_info log;

		desk_log(desk, channel, i, &log);
		if (strcmp(log.desk, name) == 0)
			is_so = log.has_left;
	}
	return is_so;
}

static enum status write_members(struct json_writer *writer, const struct desk *desk,
                                 size_t channel, const struct desk_channel_info *info,
                                 struct error *err)
{
	bool has_signed[RECORD_MEMBERS_MAX] = {false};

	TRY(record_charter_signed_by(info->charter, info->charter_note, has_signed, err));
	json_writer_array(writer, "members");
	for (size_t i = 0; i < info->charter->member_count; i++) {
		const struct record_card *card = &info->charter->members[i];
		char fingerprint[RECORD_FINGERPRINT_LEN + 1];

		record_fingerprint(card, fingerprint);
		json_writer_object(writer, NULL);
		json_writer_string(writer, "name", card->name.text);
		json_writer_string(writer, "fingerprint", fingerprint);
		WRITE_STRINGS(writer, "languages", card->languages, card->language_count);
		json_writer_bool(writer, "signed", has_signed[i]);
		json_writer_bool(
		    writer, "left",
		    has_left(desk, channel, info->log_count, card->name.text));
		json_writer_end(writer);
	}
	json_writer_end(writer);
	return STATUS_OK;
}

static void write_duration(struct json_writer *writer, const char *name, int64_t s)
{
	char text[TIME_TEXT_DURATION_MAX + 1];

	time_text_encode_duration(s, text);
	json_writer_string(writer, name, text);
}

static void write_duty(struct json_writer *writer, const struct record_duty *duty)
{
	json_writer_object(writer, NULL);
	if (duty->on[0] != '\0')
		json_writer_string(writer, "on", duty->on);
	else
		write_duration(writer, "every", duty->every_s);
	WRITE_STRINGS(writer, "owe", duty->owe, duty->owe_count);
	if (duty->on[0] != '\0')
		write_duration(writer, "within", duty->within_s);
	else
		write_duration(writer, "grace", duty->grace_s);
	json_writer_end(writer);
}

static void write_duties(struct json_writer *writer, const struct record_charter *charter)
{
	json_writer_array(writer, "duties");
	for (size_t i = 0; i < charter->duty_count; i++)
		write_duty(writer, &charter->duties[i]);
	json_writer_end(writer);
	if (!charter->has_holding)
		return;
	json_writer_object(writer, "holding");
	write_duration(writer, "within", charter->holding_within_s);
	json_writer_integer(writer, "times", 1);
	json_writer_end(writer);
}

static void write_limits(struct json_writer *writer, const struct record_limits *limits)
{
	json_writer_object(writer, "limits");
	write_duration(writer, "skew", limits->skew_s);
	json_writer_integer(writer, "body", (int64_t)limits->body_len);
	json_writer_integer(writer, "attachment", (int64_t)limits->attachment_len);
	json_writer_integer(writer, "attachments", (int64_t)limits->attachment_count);
	json_writer_integer(writer, "quota", (int64_t)limits->quota_len);
	json_writer_end(writer);
}

static const char *release_word(enum record_release_rule rule)
{
	switch (rule) {
	case RECORD_RELEASE_CONFIDENTIAL:
		return "confidential";
	case RECORD_RELEASE_ORIGINATOR:
		return "originator";
	case RECORD_RELEASE_JOINT:
		return "joint";
	}
	return "confidential";
}

static const char *proofs_word(enum record_proofs proofs)
{
	switch (proofs) {
	case RECORD_PROOFS_ANYONE:
		return "anyone";
	case RECORD_PROOFS_WITNESSES:
		return "witnesses";
	case RECORD_PROOFS_MEMBERS:
		return "members";
	}
	return "members";
}

static void write_kinds(struct json_writer *writer, const struct record_charter *charter)
{
	record_hex_hash_write(writer, "kinds_digest", &charter->kinds_digest);
	if (charter->kinds_allowed == NULL)
		json_writer_null(writer, "kinds_allowed");
	else
		WRITE_STRINGS(writer, "kinds_allowed", charter->kinds_allowed,
		              charter->kinds_allowed_count);
	json_writer_array(writer, "codebooks");
	for (size_t i = 0; i < charter->codebook_count; i++)
		record_hex_hash_write(writer, NULL, &charter->codebooks[i]);
	json_writer_end(writer);
}

static void write_charter(struct json_writer *writer,
                          const struct record_charter *charter)
{
	json_writer_time(writer, "date", charter->date_s);
	record_hex_hash_write(writer, "digest", &charter->digest);
	WRITE_STRINGS(writer, "lines", charter->lines, charter->line_count);
	WRITE_STRINGS(writer, "languages", charter->languages, charter->language_count);
	json_writer_bool(writer, "witnesses", charter->witnesses.len > 0);
	write_duties(writer, charter);
	write_limits(writer, &charter->limits);
	json_writer_string(writer, "release", release_word(charter->release));
	if (charter->approves_all)
		json_writer_string(writer, "approval", "all");
	else
		WRITE_STRINGS(writer, "approval", charter->approval,
		              charter->approval_count);
	json_writer_string(writer, "proofs", proofs_word(charter->proofs));
	if (charter->keep_s > 0)
		write_duration(writer, "keep", charter->keep_s);
	write_kinds(writer, charter);
}

enum status api_get_channel(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	struct desk_channel_info info;
	size_t channel;

	TRY(target_allow(&call->target, no_parameters, err));
	TRY(api_call_channel(call, &channel, err));
	desk_channel(call->desk, channel, &info);
	json_writer_object(&writer, NULL);
	state_write_channel(&writer, call->desk, channel);
	write_charter(&writer, info.charter);
	TRY(write_members(&writer, call->desk, channel, &info, err));
	json_writer_text(&writer, "note", info.charter_note);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

/* ---- rosters ---- */

static bool is_cancelled(const struct register_all *all,
                         const struct record_message_id *id)
{
	uint32_t desk = record_replies_find(all->replies, id->desk.text);
	const struct record_reply *reply;
	size_t count;

	reply = record_replies_by(all->replies, desk, id->index, desk, &count);
	for (size_t i = 0; i < count; i++)
		if (strcmp(reply[i].kind->name, "cancel") == 0)
			return true;
	return false;
}

static enum status write_roster(struct json_writer *writer, struct api_call *call,
                                size_t channel, const struct register_all *all,
                                const struct record_message_id *id, struct error *err)
{
	struct desk_message message;

	TRY(desk_message_read(call->desk, channel, id, &message, err));
	if (message.is_malformed)
		return STATUS_OK;
	json_writer_object(writer, NULL);
	json_writer_string(writer, "desk", id->desk.text);
	answer_write_id(writer, "id", id);
	json_writer_time(writer, "sent", message.envelope->sent_s);
	json_writer_bool(writer, "cancelled", is_cancelled(all, id));
	json_writer_raw(writer, "body", message.body);
	json_writer_end(writer);
	return STATUS_OK;
}

enum status api_get_rosters(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	struct register_all all;
	size_t channel;

	TRY(target_allow(&call->target, no_parameters, err));
	TRY(api_call_channel(call, &channel, err));
	TRY(register_open_all(&call->api->registers, call->desk, channel, &all, err));
	json_writer_object(&writer, NULL);
	json_writer_array(&writer, "rosters");
	for (size_t i = 0; i < all.roster_count; i++)
		TRY(write_roster(&writer, call, channel, &all, &all.rosters[i], err));
	json_writer_end(&writer);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}
