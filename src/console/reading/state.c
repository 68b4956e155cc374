/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the desk is and knows, as JSON: itself, its peers, its channels, and what an
 * operator should look at.
 */
#include "console/reading/state.h"

#include "base/cleanup.h"
#include "codec/decimal.h"
#include "console/api_call.h"
#include "console/metrics/health.h"

static const char *const no_parameters[] = {NULL};

/* ---- cards
 * ------------------------------------------------------------------------------ */

static void write_card(struct json_writer *writer, const struct record_card *card,
                       struct view note)
{
	char fingerprint[RECORD_FINGERPRINT_LEN + 1];

	record_fingerprint(card, fingerprint);
	json_writer_string(writer, "name", card->name.text);
	json_writer_string(writer, "fingerprint", fingerprint);
	json_writer_integer(writer, "serial", card->serial);
	json_writer_time(writer, "date", card->date_s);
	json_writer_array(writer, "urls");
	for (size_t i = 0; i < card->url_count; i++)
		json_writer_string(writer, NULL, card->urls[i]);
	json_writer_end(writer);
	json_writer_text(writer, "note", note);
}

static void write_peer(struct json_writer *writer, const struct desk_peer *peer)
{
	json_writer_bool(writer, "compared", peer->is_compared);
	json_writer_string(writer, "trust",
	                   peer->is_compared ? "compared" : "vouched for by the charter");
	json_writer_time_or_never(writer, "last_heard", peer->last_heard_ms / 1000);
	json_writer_string(writer, "last_error", peer->last_error.text);
}

enum status api_get_card(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);

	TRY(target_allow(&call->target, no_parameters, err));
	json_writer_object(&writer, NULL);
	write_card(&writer, desk_card(call->desk), desk_card_note(call->desk));
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

enum status api_get_cards(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);

	TRY(target_allow(&call->target, no_parameters, err));
	json_writer_object(&writer, NULL);
	json_writer_array(&writer, "cards");
	for (size_t i = 0; i < desk_peer_count(call->desk); i++) {
		struct desk_peer peer = desk_peer_view(call->desk, i);

		json_writer_object(&writer, NULL);
		write_card(&writer, peer.card, peer.card_note);
		write_peer(&writer, &peer);
		json_writer_end(&writer);
	}
	json_writer_end(&writer);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

/* ---- channels
 * --------------------------------------------------------------------------- */

static void write_flags(struct json_writer *writer, unsigned flags)
{
	json_writer_array(writer, "flags");
	for (unsigned flag = 1; desk_log_flag_words(flag); flag <<= 1)
		if (flags & flag)
			json_writer_string(writer, NULL, desk_log_flag_words(flag));
	json_writer_end(writer);
}

void state_write_log(struct json_writer *writer, const struct desk_log_info *log)
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(&log->cosigned_root, hex);
	json_writer_string(writer, "desk", log->desk);
	json_writer_string(writer, "origin", log->origin);
	json_writer_bool(writer, "own", log->is_own);
	json_writer_string(writer, "state", health_state_word(log->state));
	json_writer_string(writer, "why", log->why);
	json_writer_integer(writer, "entries", (int64_t)log->entry_count);
	json_writer_integer(writer, "signed", (int64_t)log->signed_size);
	json_writer_integer(writer, "cosigned", (int64_t)log->cosigned_size);
	json_writer_string(writer, "cosigned_root", hex);
	json_writer_time_or_never(writer, "cosigned_time", log->cosigned_time_s);
	json_writer_time_or_never(writer, "last_check", log->last_check_s);
	json_writer_bool(writer, "equivocating", log->is_equivocating);
	write_flags(writer, log->flags);
}

void state_write_receipts(struct json_writer *writer, struct desk *desk, size_t channel)
{
	struct desk_receipt_info receipt;

	json_writer_array(writer, "receipts");
	for (size_t nth = 0; desk_receipt(desk, channel, nth, &receipt); nth++) {
		json_writer_object(writer, NULL);
		json_writer_string(writer, "member", receipt.member);
		json_writer_integer(writer, "size", (int64_t)receipt.size);
		json_writer_time_or_never(writer, "time", receipt.time_s);
		json_writer_bool(writer, "reachable", receipt.is_reachable);
		json_writer_integer(writer, "queued", (int64_t)receipt.queued);
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

void state_write_witnesses(struct json_writer *writer, const struct desk *desk,
                           size_t channel)
{
	struct desk_witness_info witness;

	json_writer_array(writer, "asked_witnesses");
	for (size_t nth = 0; desk_witness(desk, channel, nth, &witness); nth++) {
		json_writer_object(writer, NULL);
		json_writer_string(writer, "name", witness.name);
		json_writer_string(writer, "url", witness.url);
		json_writer_integer(writer, "size", (int64_t)witness.size);
		json_writer_time_or_never(writer, "time", witness.time_s);
		json_writer_string(writer, "last_error", witness.error);
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

void state_write_channel(struct json_writer *writer, struct desk *desk, size_t channel)
{
	struct desk_channel_info info;
	char short_id[RECORD_CHANNEL_SHORT + 1];

	desk_channel(desk, channel, &info);
	memcpy(short_id, info.id_hex, RECORD_CHANNEL_SHORT);
	short_id[RECORD_CHANNEL_SHORT] = '\0';
	json_writer_string(writer, "id", info.id_hex);
	json_writer_string(writer, "short", short_id);
	json_writer_string(writer, "title", info.charter->title);
	json_writer_bool(writer, "open", info.is_open);
	json_writer_array(writer, "logs");
	for (size_t i = 0; i < info.log_count; i++) {
		struct desk_log_info log;

		desk_log(desk, channel, i, &log);
		json_writer_object(writer, NULL);
		state_write_log(writer, &log);
		json_writer_end(writer);
	}
	json_writer_end(writer);
	state_write_receipts(writer, desk, channel);
	state_write_witnesses(writer, desk, channel);
}

static void write_channels(struct json_writer *writer, struct desk *desk)
{
	json_writer_array(writer, "channels");
	for (size_t i = 0; i < desk_channel_count(desk); i++) {
		json_writer_object(writer, NULL);
		state_write_channel(writer, desk, i);
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

enum status api_get_channels(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);

	TRY(target_allow(&call->target, no_parameters, err));
	json_writer_object(&writer, NULL);
	write_channels(&writer, call->desk);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

static void write_charter_note(struct json_writer *writer,
                               const struct desk_charter_info *info)
{
	char digest[HASH_HEX_LEN + 1];

	hash_hex(&info->charter->digest, digest);
	json_writer_object(writer, NULL);
	json_writer_string(writer, "digest", digest);
	json_writer_string(writer, "title", info->charter->title);
	json_writer_time(writer, "date", info->charter->date_s);
	json_writer_bool(writer, "in_force", info->is_in_force);
	json_writer_integer(writer, "missing", (int64_t)info->missing_count);
	if (info->missing_count > 0)
		json_writer_string(writer, "first_missing", info->first_missing.text);
	json_writer_text(writer, "note", info->note);
	json_writer_end(writer);
}

enum status api_get_charters(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	struct desk_charter_info info;
	size_t channel;

	TRY(target_allow(&call->target, no_parameters, err));
	TRY(api_call_channel(call, &channel, err));
	json_writer_object(&writer, NULL);
	json_writer_array(&writer, "charters");
	for (size_t i = 0; desk_charter(call->desk, channel, i, &info); i++)
		write_charter_note(&writer, &info);
	json_writer_end(&writer);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

/* ---- status
 * ----------------------------------------------------------------------------- */

static void write_peers(struct json_writer *writer, const struct desk *desk)
{
	json_writer_array(writer, "peers");
	for (size_t i = 0; i < desk_peer_count(desk); i++) {
		struct desk_peer peer = desk_peer_view(desk, i);

		json_writer_object(writer, NULL);
		json_writer_string(writer, "name", peer.card->name.text);
		write_peer(writer, &peer);
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

static void write_counters(struct json_writer *writer, const struct desk_counters *c)
{
	const struct {
		const char *name;
		uint64_t value;
	} counters[] = {
	    {"turns", c->turns},
	    {"entries_in", c->entries_in},
	    {"entries_out", c->entries_out},
	    {"receipts_in", c->receipts_in},
	    {"receipts_out", c->receipts_out},
	    {"stale_sizes", c->stale_sizes},
	    {"refused", c->refused},
	    {"malformed", c->malformed},
	    {"checks_missed", c->checks_missed},
	};

	json_writer_object(writer, "counters");
	for (size_t i = 0; i < sizeof counters / sizeof counters[0]; i++)
		json_writer_integer(writer, counters[i].name, (int64_t)counters[i].value);
	json_writer_end(writer);
}

static void write_log_warnings(struct json_writer *writer,
                               const struct desk_log_info *log, const char *title)
{
	CLEANUP_BUF struct buf text = BUF_INIT(2048);

	if (log->is_equivocating)
		buf_printf(&text, "%s has signed two different records: evidence kept",
		           log->desk);
	else if (log->is_own && log->state == DESK_LOG_FROZEN)
		buf_printf(&text,
		           "the own log of '%s' is frozen (%s): run `aldis recover`",
		           title, log->why);
	if (text.len > 0)
		json_writer_text(writer, NULL, buf_view(&text));
	for (unsigned flag = 1; desk_log_flag_words(flag); flag <<= 1) {
		buf_clear(&text);
		buf_printf(&text, "%s %s", log->desk, desk_log_flag_words(flag));
		if (log->flags & flag)
			json_writer_text(writer, NULL, buf_view(&text));
	}
}

static void write_refused_warning(struct json_writer *writer,
                                  const struct desk_channel_info *info)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1024);

	if (info->refused_count == 0)
		return;
	buf_printf(&text,
	           "%llu messages in '%s' waited while the charter changed and can't be "
	           "sent under the new one: write them again",
	           (unsigned long long)info->refused_count, info->charter->title);
	json_writer_text(writer, NULL, buf_view(&text));
}

static void write_warnings(struct json_writer *writer, struct desk *desk)
{
	json_writer_array(writer, "warnings");
	for (size_t i = 0; i < desk_channel_count(desk); i++) {
		struct desk_channel_info info;

		desk_channel(desk, i, &info);
		for (size_t j = 0; j < info.log_count; j++) {
			struct desk_log_info log;

			desk_log(desk, i, j, &log);
			write_log_warnings(writer, &log, info.charter->title);
		}
		write_refused_warning(writer, &info);
	}
	json_writer_end(writer);
}

enum status api_get_status(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);

	TRY(target_allow(&call->target, no_parameters, err));
	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "desk", api_own_name(call->api));
	json_writer_string(&writer, "version", call->api->host.version);
	json_writer_time(&writer, "time", call->now_ms / 1000);
	write_warnings(&writer, call->desk);
	json_writer_integer(&writer, "evidence",
	                    (int64_t)desk_evidence_count(call->desk));
	write_peers(&writer, call->desk);
	write_channels(&writer, call->desk);
	write_counters(&writer, desk_counters(call->desk));
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

enum status api_get_evidence(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	uint64_t nth;

	TRY(target_allow(&call->target, no_parameters, err));
	TRY(decimal_decode(view_of_string(call->target.segments[2]), SIZE_MAX, &nth,
	                   err));
	TRY(desk_evidence(call->desk, (size_t)nth, &out, err));
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}
