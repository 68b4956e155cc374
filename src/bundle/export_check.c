/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An export from the manifest down: whoever made it answers for the list of files by a
 * signature, the list for every byte, and the charter, cards, checkpoints and entries
 * then answer for themselves.
 */
#include "bundle/check.h"

#include <stdlib.h>

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

void bundle_check_hold_entries(struct bundle_check *check)
{
	swap(&check->content, &check->entries);
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

static void say_channel(struct bundle_check *check)
{
	char channel[HASH_HEX_LEN + 1], date[TIME_TEXT_LEN + 1];

	hash_hex(&check->manifest.channel.hash, channel);
	time_text_encode(check->manifest.date_s, date);
	bundle_say(check->result, "channel %.*s, %s, exported by %s at %s",
	           RECORD_CHANNEL_SHORT, channel,
	           bundle_channel_charter(&check->channel)->title,
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
	const struct bundle_channel *channel = &check->channel;
	struct bundle_result *result = check->result;

	for (size_t i = 0; i < channel->member_count; i++)
		if (!has_log_of(check, channel->members[i].name.text))
			bundle_say(result, "nothing written by %s is in this export",
			           channel->members[i].name.text);
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
	TRY(bundle_check_papers_end(check, err));
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
	TRY(bundle_check_papers(check, err));
	say_channel(check);
	check->logs = calloc(check->manifest.log_count, sizeof *check->logs);
	if (check->logs == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for the logs");
	for (size_t i = 0; i < check->manifest.log_count; i++)
		check->manifest.logs[i].offset = bundle_channel_offset(
		    &check->channel, &check->manifest.logs[i].origin);
	for (size_t i = 0; i < check->manifest.log_count; i++)
		TRY(bundle_check_log(check, i, err));
	TRY(check_end(check, err));
	bundle_check_say_papers(check);
	say_gaps(check);
	return STATUS_OK;
}
