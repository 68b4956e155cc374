/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An export from the manifest down: whoever made it answers for the list of files by a
 * signature, the list for every byte, and the charter, cards, checkpoints and entries
 * then answer for themselves.
 */
#include "bundle/check.h"

#include "base/cleanup.h"
#include "codec/time_text.h"

void bundle_check_look(struct bundle_check *check, const char *folder, const char *name)
{
	check->at = bundle_path_join(folder, name);
}

enum status bundle_check_take(struct bundle_check *check, const char *folder,
                              const char *name, struct bundle_item **ret_item,
                              struct error *err)
{
	bundle_check_look(check, folder, name);
	enum status status =
	    bundle_ahead_take(&check->ahead, check->at.text, ret_item, err);
	if (status == STATUS_OK)
		check->result->file_count++;
	else
		bundle_check_look(check, "", BUNDLE_LIST);
	return status;
}

static void swap(struct buf *a, struct buf *b)
{
	struct buf before = *a;

	*a = *b;
	*b = before;
}

/* One that was too large to be read ahead. */
static enum status read_large(struct bundle_check *check, const struct bundle_item *item,
                              size_t max, struct error *err)
{
	check->content.max = max;
	TRY(bundle_file_read(check->folder, check->at.text, &check->content, err));
	struct hash found = sha256(buf_view(&check->content));
	return hash_equal(&found, &item->listed) ? STATUS_OK
	                                         : bundle_file_is_changed(err);
}

enum status bundle_check_read(struct bundle_check *check, const char *folder,
                              const char *name, size_t max, struct error *err)
{
	struct bundle_item *item = NULL;

	TRY(bundle_check_take(check, folder, name, &item, err));
	if (!item->is_read)
		TRY(read_large(check, item, max, err));
	else if (item->read_status != STATUS_OK)
		return error_set(err, item->read_status, "%s", item->read_error.text);
	else
		swap(&check->content, &item->content);
	check->result->byte_count += check->content.len;
	if (check->content.len > max)
		return error_set(err, STATUS_LIMIT,
		                 "it is larger than such a file can be");
	return STATUS_OK;
}

/* A claim that does not hold is an alarm and no fault of the export: either the log that
 * it is about was forked, or its author says what is not so. Two signed checkpoints would
 * tell. */
enum status bundle_check_claims(struct bundle_check *check, struct error *err)
{
	struct bundle_claim bad;
	struct error alarm;
	enum status status = bundle_claims_settle(&check->claims, check->folder,
	                                          &check->manifest, &bad, &alarm);

	if (status == STATUS_CONFLICT) {
		bundle_say(check->result, "ALARM: %s", alarm.text);
		return STATUS_OK;
	}
	return status == STATUS_OK ? STATUS_OK : error_set(err, status, "%s", alarm.text);
}

/* The exporter's link key, from its card in the export. */
static enum status read_exporter_card(struct bundle_check *check,
                                      struct record_card *ret_card, struct error *err)
{
	const char *exporter = check->manifest.exporter.text;
	struct bundle_path path = bundle_path_card(exporter);

	bundle_check_look(check, "", path.text);
	check->content.max = RECORD_NOTE_MAX;
	TRY(bundle_file_read(check->folder, path.text, &check->content, err));
	TRY(record_card_open(buf_view(&check->content), ret_card, err));
	if (strcmp(ret_card->name.text, exporter) != 0)
		return error_set(err, STATUS_MALFORMED, "it is the card of another desk");
	return STATUS_OK;
}

static enum status check_manifest(struct bundle_check *check, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct record_card card;
	enum status status;

	bundle_check_look(check, "", BUNDLE_MANIFEST);
	status = bundle_file_read(check->folder, BUNDLE_MANIFEST, &note, err);
	if (status == STATUS_NOT_FOUND)
		return error_set(err, status,
		                 "it is missing: the export was cut short, or "
		                 "this is no export");
	TRY(status);
	TRY(bundle_manifest_decode(buf_view(&note), &check->manifest, err));
	TRY(read_exporter_card(check, &card, err));
	bundle_check_look(check, "", BUNDLE_MANIFEST);
	return bundle_manifest_verify(&check->manifest, buf_view(&note),
	                              &card.keys[RECORD_ROLE_LINK], err);
}

static enum status check_charter(struct bundle_check *check, struct error *err)
{
	bool is_signed[RECORD_MEMBERS_MAX];
	struct tlog_note note;

	TRY(bundle_check_read(check, "", BUNDLE_CHARTER, RECORD_NOTE_MAX, err));
	TRY(tlog_note_parse(buf_view(&check->content), &note, err));
	TRY(record_charter_decode(note.text, &check->charter, err));
	TRY(record_charter_signed_by(&check->charter, buf_view(&check->content),
	                             is_signed, err));
	for (size_t i = 0; i < check->charter.member_count; i++)
		if (!is_signed[i])
			return error_set(err, STATUS_UNTRUSTED, "it is not signed by %s",
			                 check->charter.members[i].name.text);
	if (!hash_equal(&check->charter.digest, &check->manifest.channel.hash))
		return error_set(err, STATUS_CONFLICT,
		                 "it is the charter of another channel");
	return STATUS_OK;
}

static bool has_same_key(const struct record_card *a, const struct record_card *b,
                         enum record_role role)
{
	return memcmp(a->keys[role].bytes, b->keys[role].bytes, 32) == 0;
}

/* A member's present card may differ from the one in the charter in what may change
 * without a word in the record: URLs, languages, link keys. */
static enum status check_card(struct bundle_check *check,
                              const struct record_card *of_charter, struct error *err)
{
	struct bundle_path path = bundle_path_card(of_charter->name.text);
	struct record_card card;

	TRY(bundle_check_read(check, "", path.text, RECORD_NOTE_MAX, err));
	TRY(record_card_open(buf_view(&check->content), &card, err));
	if (strcmp(card.name.text, of_charter->name.text) != 0)
		return error_set(err, STATUS_MALFORMED, "it is the card of another desk");
	if (!has_same_key(&card, of_charter, RECORD_ROLE_ROOT))
		return error_set(err, STATUS_CONFLICT,
		                 "it has another root than the charter says");
	if (card.serial < of_charter->serial)
		return error_set(err, STATUS_CONFLICT,
		                 "it is older than the card in the charter");
	if (!has_same_key(&card, of_charter, RECORD_ROLE_LOG) ||
	    !has_same_key(&card, of_charter, RECORD_ROLE_MIRROR))
		return error_set(
		    err, STATUS_CONFLICT,
		    "it has another log or mirror key than the charter says");
	return bundle_result_add_desk(check->result, &card, check->trust, err);
}

static enum status check_cards(struct bundle_check *check, struct error *err)
{
	const struct record_charter *charter = &check->charter;

	for (size_t i = 0; i < charter->member_count; i++)
		TRY(check_card(check, &charter->members[i], err));
	bundle_check_look(check, "", BUNDLE_MANIFEST);
	if (record_charter_member(charter, check->manifest.exporter.text) == SIZE_MAX)
		return error_set(err, STATUS_UNTRUSTED,
		                 "its exporter is not a member of the channel");
	return STATUS_OK;
}

static void say_channel(struct bundle_check *check)
{
	char channel[HASH_HEX_LEN + 1], date[TIME_TEXT_LEN + 1];

	hash_hex(&check->manifest.channel.hash, channel);
	time_text_encode(check->manifest.date_s, date);
	bundle_say(check->result, "channel %.*s, %s, exported by %s at %s",
	           RECORD_CHANNEL_SHORT, channel, check->charter.title,
	           check->manifest.exporter.text, date);
}

static bool has_log_of(const struct bundle_check *check, const char *desk)
{
	for (size_t i = 0; i < check->manifest.log_count; i++)
		if (strcmp(check->manifest.logs[i].origin.desk.text, desk) == 0)
			return true;
	return false;
}

static void say_gaps(struct bundle_check *check)
{
	const struct record_charter *charter = &check->charter;
	struct bundle_result *result = check->result;

	for (size_t i = 0; i < charter->member_count; i++)
		if (!has_log_of(check, charter->members[i].name.text))
			bundle_say(result, "nothing written by %s is in this export",
			           charter->members[i].name.text);
	if (result->missing_attachment_count > 0)
		bundle_say(result, "attachments named but not in this export: %llu",
		           (unsigned long long)result->missing_attachment_count);
	if (result->open_reference_count > 0)
		bundle_say(result,
		           "references to entries beyond this export, not compared: %llu",
		           (unsigned long long)result->open_reference_count);
}

static enum status check_end(struct bundle_check *check, struct error *err)
{
	bundle_check_look(check, "", BUNDLE_LIST);
	TRY(bundle_ahead_end(&check->ahead, err));
	bundle_ahead_stop(&check->ahead);
	TRY(bundle_list_end(&check->list, check->manifest.list_count, err));
	TRY(bundle_check_extra(check, err));
	TRY(bundle_check_claims(check, err));
	bundle_check_look(check, "", BUNDLE_MANIFEST);
	if (check->claims.is_in_doubt)
		return error_set(err, STATUS_CONFLICT,
		                 "the export changed while it was verified");
	return STATUS_OK;
}

enum status bundle_check_export(struct bundle_check *check, struct error *err)
{
	TRY(check_manifest(check, err));
	bundle_check_look(check, "", BUNDLE_LIST);
	TRY(bundle_list_open(&check->list, check->folder, &check->manifest.list_hash,
	                     err));
	bundle_ahead_start(&check->ahead, &check->list);
	TRY(check_charter(check, err));
	TRY(check_cards(check, err));
	say_channel(check);
	for (size_t i = 0; i < check->manifest.log_count; i++)
		TRY(bundle_check_log(check, i, err));
	TRY(check_end(check, err));
	say_gaps(check);
	return STATUS_OK;
}
