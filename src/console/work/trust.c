/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trusting cards, joining charters, changing keys. The first two are idempotent by their
 * nature: the same card or note again changes nothing.
 */
#include "base/cleanup.h"
#include "console/api_call.h"
#include "console/request_body.h"
#include "record/amendment.h"
#include "record/log_end.h"

static enum status reply_trusted(struct api_call *call, const struct record_card *card,
                                 bool is_compared, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	char fingerprint[RECORD_FINGERPRINT_LEN + 1];

	record_fingerprint(card, fingerprint);
	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "name", card->name.text);
	json_writer_string(&writer, "fingerprint", fingerprint);
	json_writer_bool(&writer, "compared", is_compared);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 201, &out, err);
}

static enum status trust_card(struct api_call *call, const struct request_trust *trust,
                              struct error *err)
{
	struct record_card card;

	TRY(record_card_open(buf_view(&trust->card), &card, err));
	TRY(desk_trust(call->desk, buf_view(&trust->card), trust->is_compared, err));
	return reply_trusted(call, &card, trust->is_compared, err);
}

enum status api_post_cards(struct api_call *call, struct error *err)
{
	struct request_trust trust = {0};
	enum status status =
	    request_trust_parse(call->request->body, &call->api->doc, &trust, err);

	if (status == STATUS_OK)
		status = trust_card(call, &trust, err);
	buf_release(&trust.card);
	json_release(&call->api->doc);
	return status;
}

/* Does one of the channel's charters have this digest? */
static bool has_charter(const struct desk *desk, size_t channel,
                        const struct hash *digest)
{
	struct desk_charter_info info;

	for (size_t i = 0; desk_charter(desk, channel, i, &info); i++)
		if (hash_equal(&info.charter->digest, digest))
			return true;
	return false;
}

static enum status find_joined(struct desk *desk, const struct hash *digest,
                               size_t *ret_channel, struct error *err)
{
	for (size_t i = 0; i < desk_channel_count(desk); i++)
		if (has_charter(desk, i, digest)) {
			*ret_channel = i;
			return STATUS_OK;
		}
	return error_set(err, STATUS_NOT_FOUND, "no channel has this charter");
}

static bool is_log_end(struct view note)
{
	return view_has_prefix(note, view_of_string(RECORD_TYPE_LOG_END "\n"));
}

/* The channel of the log that the note ends. */
static enum status find_ended(struct desk *desk, struct view text, size_t *ret_channel,
                              struct error *err)
{
	struct record_origin origin;
	struct record_log_end end;
	struct tlog_note note;
	char hex[HASH_HEX_LEN + 1];

	TRY(tlog_note_parse(text, &note, err));
	TRY(record_log_end_decode(note.text, &end, err));
	TRY(record_origin_decode(view_of_string(end.origin), &origin, err));
	hash_hex(&origin.channel.hash, hex);
	return desk_channel_find(desk, view_of_string(hex), ret_channel, err);
}

/* The digest of the last of the notes. */
static enum status last_digest(struct view notes, struct hash *ret_digest,
                               struct error *err)
{
	struct tlog_note note = {0};
	struct view rest = notes, last;

	while (record_charter_chain_next(&rest, &last))
		TRY(tlog_note_parse(last, &note, err));
	if (rest.len > 0 || note.text.len == 0)
		return error_set(err, STATUS_MALFORMED,
		                 "this is no signed charter (`aldis charter sign` makes "
		                 "one), nor several one after the other");
	*ret_digest = sha256(note.text);
	return STATUS_OK;
}

enum status api_post_channels(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	CLEANUP_BUF struct buf merged = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	struct desk_channel_info info;
	struct hash digest = {0};
	struct view notes = call->request->body;
	size_t channel = 0;
	bool is_open;

	if (!is_log_end(notes))
		TRY(last_digest(notes, &digest, err));
	TRY(desk_join(call->desk, notes, &is_open, &merged, err));
	TRY(is_log_end(notes) ? find_ended(call->desk, notes, &channel, err)
	                      : find_joined(call->desk, &digest, &channel, err));
	desk_channel(call->desk, channel, &info);
	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "id", info.id_hex);
	json_writer_string(&writer, "title", info.charter->title);
	json_writer_bool(&writer, "open", is_open);
	json_writer_text(&writer, "note", buf_view(&merged));
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 201, &out, err);
}

enum status api_post_key_change(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	size_t channel_count = 0;

	TRY(desk_key_change(call->desk, call->request->body, err));
	for (size_t i = 0; i < desk_channel_count(call->desk); i++) {
		struct desk_channel_info info;

		desk_channel(call->desk, i, &info);
		channel_count += info.is_open;
	}
	json_writer_object(&writer, NULL);
	json_writer_integer(&writer, "channels", (int64_t)channel_count);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 201, &out, err);
}
