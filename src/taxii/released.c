/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file is walked a second time after it was verified, so that verifying stays one
 * thing and this another. Bodies are held against the rules of their kind: a release
 * shows what members wrote, whatever it was.
 */
#include "taxii/released.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/time_text.h"
#include "formats/stix_map.h"
#include "formats/stix_out.h"
#include "formats/words.h"
#include "record/envelope.h"
#include "release/frame.h"
#include "release/reader.h"
#include "release/verify.h"

enum { BUNDLE_MAX = 1 << 30 };

struct reading {
	struct taxii_released *released;
	struct release_reader reader;
	struct formats_held_message *messages; /* as many as are shown, at most */
	size_t count;
	/* scratch */
	struct json_doc doc;
	struct record_envelope envelope;
	struct error *err;
};

/* ---- messages ---- */

static void list(struct reading *reading, const struct formats_held_message *message,
                 const char *why)
{
	formats_report_add(&reading->released->report, view_of_string(message->id),
	                   view_of_string(message->kind), why);
}

/* Whether the message can go out. What has no object in STIX is listed when the bundle is
 * written. */
static bool can_go(struct reading *reading, const struct formats_held_message *message,
                   const struct release_shown *shown)
{
	const struct record_kind *kind = record_kind_find(view_of_string(message->kind));

	if (stix_kind_find(view_of_string(message->kind)) == NULL)
		return true;
	if (shown->has_body && kind != NULL &&
	    record_kind_check_body(kind, shown->content, &reading->doc, NULL) ==
	        STATUS_OK)
		return true;
	list(reading, message, "it has no body, or a malformed one");
	return false;
}

static void describe_message(const struct record_envelope *envelope,
                             const struct release_shown *shown,
                             struct formats_held_message *ret_message)
{
	struct record_message_id id = {.desk = shown->log->origin.desk,
	                               .index = shown->index};

	*ret_message =
	    (struct formats_held_message){.attachment_count = envelope->attachment_count,
	                                  .has_line = envelope->line[0] != '\0',
	                                  .has_to = envelope->to_count > 0};
	record_message_id_encode(&id, ret_message->id);
	memcpy(ret_message->author, id.desk.text, sizeof ret_message->author);
	if (envelope->has_re)
		record_message_id_encode(&envelope->re, ret_message->re);
	memcpy(ret_message->kind, envelope->kind, sizeof ret_message->kind);
	memcpy(ret_message->tlp, envelope->tlp, sizeof ret_message->tlp);
	time_text_encode(envelope->sent_s, ret_message->sent);
}

static enum status take_message(struct reading *reading, size_t nth)
{
	struct formats_held_message *message = &reading->messages[reading->count];
	struct release_shown shown;

	TRY(release_reader_get(&reading->reader, nth, &shown, reading->err));
	if (!shown.is_full)
		return STATUS_OK;
	TRY(record_envelope_decode(shown.entry, &reading->doc, &reading->envelope,
	                           reading->err));
	describe_message(&reading->envelope, &shown, message);
	if (!can_go(reading, message, &shown))
		return STATUS_OK;
	message->body = BUF_INIT(RECORD_BODY_MAX);
	if (stix_kind_find(view_of_string(message->kind)) != NULL)
		buf_append_view(&message->body, shown.content);
	reading->count++;
	return buf_check(&message->body, "a body", reading->err);
}

static enum status take_messages(struct reading *reading)
{
	reading->messages = calloc(reading->reader.count + 1, sizeof *reading->messages);
	if (reading->messages == NULL)
		return error_set(reading->err, STATUS_NO_MEMORY,
		                 "not enough memory for a release");
	for (size_t i = 0; i < reading->reader.count; i++)
		TRY(take_message(reading, i));
	return STATUS_OK;
}

static enum status write_bundle(struct reading *reading)
{
	CLEANUP_FREE struct formats_message *messages =
	    calloc(reading->count + 1, sizeof *messages);
	struct taxii_released *released = reading->released;
	char channel[HASH_HEX_LEN + 1];

	if (messages == NULL)
		return error_set(reading->err, STATUS_NO_MEMORY,
		                 "not enough memory for a release");
	for (size_t i = 0; i < reading->count; i++)
		messages[i] = formats_message_of(&reading->messages[i]);
	hash_hex(&reading->reader.manifest.channel.hash, channel);
	released->collection.bundle = BUF_INIT(BUNDLE_MAX);
	return formats_stix_write(channel, messages, reading->count,
	                          &released->collection.bundle, &released->report,
	                          reading->err);
}

/* ---- what is said of it ---- */

static void describe(struct reading *reading, const struct release_result *result)
{
	struct taxii_collection *collection = &reading->released->collection;
	struct buf *text = &collection->description;
	char made[TIME_TEXT_LEN + 1], digest[HASH_HEX_LEN + 1];

	collection->title = BUF_INIT(1 << 16);
	buf_append_view(&collection->title, buf_view(&reading->reader.manifest.title));
	buf_printf(&collection->title, " (release, %s)",
	           release_grade_name(result->grade));
	time_text_encode(reading->reader.manifest.made_s, made);
	hash_hex(&result->digest, digest);
	*text = BUF_INIT(1 << 20);
	buf_printf(text,
	           "Release, %s, of an Aldis channel, drafted (it says) by %s at %s. "
	           "%llu entries "
	           "in full, %llu as envelopes alone, %llu withheld. Manifest %s. It is "
	           "consistent under the keys of these desks; compare their digits with "
	           "each desk by another way:",
	           release_grade_name(result->grade), reading->reader.manifest.by.text,
	           made, (unsigned long long)result->full_count,
	           (unsigned long long)result->envelope_count,
	           (unsigned long long)result->withheld_count, digest);
	for (size_t i = 0; i < result->bundle.desk_count; i++)
		buf_printf(text, "%s %s %s", i == 0 ? "" : ";",
		           result->bundle.desks[i].name.text,
		           result->bundle.desks[i].fingerprint);
}

static void name_collection(struct taxii_collection *collection,
                            const struct hash *digest)
{
	char name[sizeof "release/" + HASH_HEX_LEN] = "release/";
	struct uuid uuid;

	hash_hex(digest, name + sizeof "release/" - 1);
	uuid = formats_uuid(view_of_string(name));
	uuid_encode(&uuid, collection->id);
}

/* ---- the whole ---- */

static enum status read_verified(struct reading *reading, struct view file,
                                 const struct release_result *result)
{
	struct taxii_collection *collection = &reading->released->collection;
	struct release_frame_found found;

	TRY(release_frame_split(file, &found, reading->err));
	TRY(release_reader_open(found.data, &reading->reader, reading->err));
	TRY(take_messages(reading));
	TRY(write_bundle(reading));
	reading->released->grade = result->grade;
	collection->begun_us = reading->reader.manifest.made_s * TAXII_SECOND_US;
	name_collection(collection, &result->digest);
	describe(reading, result);
	TRY(buf_check(&collection->title, "the title", reading->err));
	TRY(buf_check(&collection->description, "the description", reading->err));
	return taxii_collection_index(collection, reading->err);
}

static void reading_release(struct reading *reading)
{
	release_reader_release(&reading->reader);
	for (size_t i = 0; i < reading->count; i++)
		buf_release(&reading->messages[i].body);
	free(reading->messages);
	json_release(&reading->doc);
	record_envelope_release(&reading->envelope);
}

enum status taxii_released_read(struct view file, struct taxii_released *ret_released,
                                struct error *err)
{
	struct reading reading = {.released = ret_released, .err = err};
	const struct bundle_trust nobody = {0};
	struct release_result result = {0};
	enum status status = release_verify_file(file, &nobody, &result, err);

	if (status == STATUS_OK && !result.bundle.is_consistent)
		status = error_set(err, STATUS_UNTRUSTED, "it does not verify (%s): %s",
		                   result.code, result.bundle.why.text);
	if (status == STATUS_OK)
		status = read_verified(&reading, file, &result);
	reading_release(&reading);
	release_result_release(&result);
	return status;
}

void taxii_released_release(struct taxii_released *released)
{
	taxii_collection_release(&released->collection);
	formats_report_release(&released->report);
	*released = (struct taxii_released){0};
}
