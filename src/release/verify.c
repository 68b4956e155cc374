/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pass over the data. `code` names the check that is at hand, so that whatever fails
 * is told by it; what the file can't cause is told as it is.
 */
#include "release/verify.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "bundle/cosigners.h"
#include "codec/base64.h"
#include "record/blob.h"
#include "release/answers.h"
#include "release/data.h"
#include "release/verify_words.h"
#include "tlog/proof_file.h"

struct checking {
	const struct bundle_trust *trust;
	struct release_result *result;
	const char *code; /* of the check at hand */
	struct release_data data;
	struct release_manifest manifest;
	struct bundle_channel channel;
	struct release_terms terms;
	struct bundle_cosigners cosigners; /* of the checkpoint at hand */
	enum release_answer answers[RECORD_MEMBERS_MAX];
	int64_t answered_s[RECORD_MEMBERS_MAX];
	bool *is_named; /* of the manifest's attachments, by an entry in full */
	/* scratch */
	struct buf text, entry, blob;
	struct json_doc doc;
	struct record_envelope envelope;
};

void release_result_release(struct release_result *result)
{
	bundle_result_release(&result->bundle);
	free(result->replies);
	*result = (struct release_result){0};
}

static void checking_free(struct checking *checking)
{
	release_data_release(&checking->data);
	release_manifest_release(&checking->manifest);
	bundle_channel_release(&checking->channel);
	free(checking->is_named);
	buf_release(&checking->text);
	buf_release(&checking->entry);
	buf_release(&checking->blob);
	json_release(&checking->doc);
	record_envelope_release(&checking->envelope);
	free(checking);
}

/* A string of the data as text; as bytes. */

static enum status read_text(struct checking *checking, const struct json_token *token,
                             struct error *err)
{
	buf_clear(&checking->text);
	json_string_append(&checking->data.doc, token, &checking->text);
	return buf_check(&checking->text, "a text", err);
}

static enum status read_bytes(const struct checking *checking,
                              const struct json_token *token, struct buf *ret_bytes,
                              struct error *err)
{
	buf_clear(ret_bytes);
	TRY(base64_decode(json_raw(&checking->data.doc, token), ret_bytes, err));
	return buf_check(ret_bytes, "what is in base64", err);
}

/* Papers */

static enum status check_manifest(struct checking *checking, struct error *err)
{
	checking->code = "manifest-form";
	TRY(read_text(checking, checking->data.manifest, err));
	checking->result->digest = sha256(buf_view(&checking->text));
	TRY(release_manifest_decode(buf_view(&checking->text), &checking->manifest, err));
	checking->is_named = calloc(checking->manifest.attachment_count + 1, 1);
	if (checking->is_named == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory");
	return STATUS_OK;
}

static enum status check_charters(struct checking *checking, struct error *err)
{
	const struct json_doc *doc = &checking->data.doc;
	const struct json_token *list = checking->data.charters;

	checking->code = "charter-signature";
	if (list->count == 0)
		return error_set(err, STATUS_MALFORMED, "there is no charter");
	for (const struct json_token *item = json_first(doc, list); item != NULL;
	     item = json_next(doc, list, item)) {
		TRY(read_text(checking, item, err));
		TRY(bundle_channel_add_charter(&checking->channel,
		                               buf_view(&checking->text), err));
	}
	return STATUS_OK;
}

static enum status check_channel(struct checking *checking, struct error *err)
{
	const struct release_manifest *manifest = &checking->manifest;
	const struct bundle_channel *channel = &checking->channel;
	const struct record_charter *last = bundle_channel_charter(channel);

	checking->code = "charter-other";
	if (!hash_equal(&channel->charters[0].digest, &manifest->channel.hash))
		return error_set(err, STATUS_CONFLICT,
		                 "the first charter is that of another channel");
	if (!hash_equal(&last->digest, &manifest->charter) ||
	    last->release != manifest->rule ||
	    !view_equal_string(buf_view(&manifest->title), last->title))
		return error_set(
		    err, STATUS_CONFLICT,
		    "the charter in force is another than the manifest says");
	if (bundle_channel_member(channel, manifest->by.text) == NULL)
		return error_set(err, STATUS_CONFLICT, "%s is no member of the channel",
		                 manifest->by.text);
	return STATUS_OK;
}

static enum status check_cards(struct checking *checking, struct error *err)
{
	const struct json_doc *doc = &checking->data.doc;
	const struct json_token *list = checking->data.cards;
	struct record_card card;

	for (const struct json_token *item = json_first(doc, list); item != NULL;
	     item = json_next(doc, list, item)) {
		checking->code = "card-signature";
		TRY(read_text(checking, item, err));
		TRY(bundle_channel_open_card(&checking->channel,
		                             buf_view(&checking->text), &card, err));
		checking->code = "foreign-key";
		TRY(bundle_channel_add_card(&checking->channel, &card, err));
	}
	checking->code = "foreign-key";
	return bundle_channel_settle(&checking->channel, err);
}

/* Ids are counted exactly by every reader. */
static const uint64_t id_max = UINT64_C(1) << 52;

static enum status check_ends(struct checking *checking, struct error *err)
{
	const struct json_doc *doc = &checking->data.doc;
	const struct json_token *list = checking->data.ends;
	struct bundle_channel *channel = &checking->channel;

	checking->code = "log-end";
	if (list->count > RELEASE_ENDS_MAX)
		return error_set(err, STATUS_LIMIT, "more logs were ended than can be");
	for (const struct json_token *item = json_first(doc, list); item != NULL;
	     item = json_next(doc, list, item)) {
		TRY(read_text(checking, item, err));
		if (checking->text.len > RECORD_NOTE_MAX)
			return error_set(err, STATUS_LIMIT, "the note is too large");
		TRY(bundle_channel_add_ending(channel, buf_view(&checking->text), err));
		const struct bundle_ending *ending =
		    &channel->endings[channel->ending_count - 1];
		if (bundle_channel_offset(channel, &ending->origin) + ending->end.size >
		    id_max)
			return error_set(err, STATUS_LIMIT,
			                 "the logs of %s have more entries than can be",
			                 ending->origin.desk.text);
	}
	for (size_t i = 0; i < checking->manifest.log_count; i++)
		checking->manifest.logs[i].offset =
		    bundle_channel_offset(channel, &checking->manifest.logs[i].origin);
	return STATUS_OK;
}

/* Logs */

/* The note in checking->text, as a checkpoint of this member's log. */
static enum status check_checkpoint(struct checking *checking,
                                    const struct bundle_member *member,
                                    const char *origin, struct view note,
                                    struct tlog_checkpoint *ret_checkpoint,
                                    struct error *err)
{
	struct bundle_cosigners *found = &checking->cosigners;
	bool is_of_log = strcmp(checking->code, "checkpoint-signature") == 0;
	const struct record_card *card;
	struct tlog_note parsed;

	TRY(tlog_note_parse(note, &parsed, err));
	TRY(tlog_weight_add(&checking->channel.opened.weight, &parsed, err));
	TRY(bundle_channel_open_checkpoint(member, origin, note, ret_checkpoint, &card,
	                                   err));
	if (is_of_log)
		checking->code = "cosignature";
	TRY(bundle_cosigners_find(&checking->channel, member, note, found, err));
	if (is_of_log)
		checking->code = "foreign-line";
	if (parsed.line_count != 1 + found->count + found->witness_count)
		return error_set(err, STATUS_UNTRUSTED,
		                 "a checkpoint of %s carries a line that no card and no "
		                 "charter vouches for",
		                 member->name.text);
	return STATUS_OK;
}

struct opened_log {
	const struct release_log *log;
	const struct bundle_member *member;
	const struct json_token *entries, *bodies;
	const struct json_token *body; /* the next one */
};

static enum status check_place(struct checking *checking, struct opened_log *opened,
                               struct view origin, struct error *err)
{
	const struct record_origin *expected = &opened->log->origin;
	char text[RECORD_ORIGIN_MAX + 1];

	checking->code = "log-other";
	record_origin_encode(expected, text);
	opened->member = bundle_channel_member(&checking->channel, expected->desk.text);
	if (!view_equal_string(origin, text) || opened->member == NULL ||
	    !hash_equal(&expected->channel.hash, &checking->manifest.channel.hash) ||
	    !bundle_channel_follows(&checking->channel, expected))
		return error_set(err, STATUS_CONFLICT, "there is another log than %s",
		                 text);
	return STATUS_OK;
}

/* Does a log that was ended stay within its end? */
static enum status check_end(const struct checking *checking,
                             const struct record_origin *origin,
                             const struct tlog_checkpoint *checkpoint, struct error *err)
{
	const struct bundle_ending *ending =
	    bundle_channel_ending(&checking->channel, origin);

	if (ending == NULL || checkpoint->size < ending->end.size)
		return STATUS_OK;
	if (checkpoint->size > ending->end.size ||
	    !hash_equal(&checkpoint->root, &ending->end.root))
		return error_set(err, STATUS_CONFLICT,
		                 "%s has signed another tree than that with which its "
		                 "log ended",
		                 origin->desk.text);
	return STATUS_OK;
}

/* Ids go on where a log ended: with its successor all of it must be there. */
static enum status check_whole(const struct checking *checking,
                               const struct release_log *log, struct error *err)
{
	const struct bundle_ending *ending =
	    bundle_channel_ending(&checking->channel, &log->origin);

	if (ending != NULL && log->size < ending->end.size &&
	    release_manifest_goes_on(&checking->manifest, log))
		return error_set(err, STATUS_CONFLICT,
		                 "a successor of a log of %s is there, but not all of "
		                 "that log",
		                 log->origin.desk.text);
	return STATUS_OK;
}

static enum status check_signed(struct checking *checking,
                                const struct opened_log *opened,
                                const struct json_token *note, struct error *err)
{
	const struct release_log *log = opened->log;
	char origin[RECORD_ORIGIN_MAX + 1];
	struct tlog_checkpoint checkpoint;

	checking->code = "checkpoint-signature";
	record_origin_encode(&log->origin, origin);
	TRY(read_text(checking, note, err));
	TRY(check_checkpoint(checking, opened->member, origin, buf_view(&checking->text),
	                     &checkpoint, err));
	checking->code = "checkpoint-other";
	if (checkpoint.size != log->size || !hash_equal(&checkpoint.root, &log->root))
		return error_set(err, STATUS_CONFLICT,
		                 "%s has signed another tree than the manifest names",
		                 log->origin.desk.text);
	checking->code = "end-differs";
	TRY(check_end(checking, &log->origin, &checkpoint, err));
	return check_whole(checking, log, err);
}

static enum status check_root(struct checking *checking, const struct opened_log *opened,
                              struct error *err)
{
	const struct json_doc *doc = &checking->data.doc;
	const struct release_log *log = opened->log;
	const struct json_token *item = json_first(doc, opened->entries);
	struct tlog_tree tree;
	struct hash leaf;

	checking->code = "modes";
	if (opened->entries->count != log->size)
		return error_set(err, STATUS_CONFLICT,
		                 "there are not as many entries of %s as its log has",
		                 log->origin.desk.text);
	tlog_tree_init(&tree);
	for (uint64_t i = 0; i < log->size;
	     i++, item = json_next(doc, opened->entries, item)) {
		TRY(read_bytes(checking, item, &checking->entry, err));
		if (log->modes[i] == RELEASE_WITHHELD) {
			if (checking->entry.len != sizeof leaf.bytes)
				return error_set(
				    err, STATUS_MALFORMED,
				    "in the place of a withheld entry stands "
				    "no hash");
			memcpy(leaf.bytes, checking->entry.data, sizeof leaf.bytes);
		} else {
			leaf = tlog_leaf_hash(buf_view(&checking->entry));
		}
		tlog_tree_append(&tree, &leaf, NULL, NULL);
	}
	checking->code = "root-differs";
	struct hash root = tlog_tree_root(&tree);
	if (!hash_equal(&root, &log->root))
		return error_set(err, STATUS_CONFLICT,
		                 "the entries of %s are not those that it signed",
		                 log->origin.desk.text);
	return STATUS_OK;
}

static void name_attachments(struct checking *checking)
{
	for (size_t i = 0; i < checking->envelope.attachment_count; i++) {
		size_t place = release_manifest_attachment(
		    &checking->manifest, &checking->envelope.attachments[i].id);

		if (place != SIZE_MAX)
			checking->is_named[place] = true;
	}
}

/* The body of an entry in full; *ret_content is empty when it names none. */
static enum status check_body(struct checking *checking, struct opened_log *opened,
                              struct view *ret_content, struct error *err)
{
	const struct json_token *body = opened->body;
	bool has_body = checking->envelope.has_body;

	checking->code = "body-missing";
	if (body == NULL || has_body != (body->type == JSON_STRING))
		return error_set(err, STATUS_CONFLICT,
		                 "a body of %s is missing, or is there without an entry "
		                 "that names it",
		                 opened->log->origin.desk.text);
	opened->body = json_next(&checking->data.doc, opened->bodies, body);
	if (!has_body)
		return STATUS_OK;
	checking->code = "body-differs";
	TRY(read_bytes(checking, body, &checking->blob, err));
	TRY(record_blob_check(buf_view(&checking->blob), &checking->envelope.body, err));
	*ret_content = record_blob_content(buf_view(&checking->blob));
	return STATUS_OK;
}

/* The entry in full with which a successor begins. */
static enum status check_open(struct checking *checking, const struct opened_log *opened,
                              struct view content, struct error *err)
{
	struct record_origin before = opened->log->origin;
	const struct bundle_ending *ending;

	checking->code = "open-other";
	before.generation--;
	ending = bundle_channel_ending(&checking->channel, &before);
	if (strcmp(checking->envelope.kind, "open") != 0 ||
	    !release_open_names(content, &checking->doc, &ending->end.digest))
		return error_set(err, STATUS_CONFLICT,
		                 "%s did not open its log naming the end of the one "
		                 "before",
		                 before.desk.text);
	return STATUS_OK;
}

static enum status check_entry(struct checking *checking, struct opened_log *opened,
                               uint64_t index, const struct json_token *token,
                               struct error *err)
{
	enum release_mode mode = (enum release_mode)opened->log->modes[index];
	struct view content = view_of("", 0);
	enum status status;

	if (mode == RELEASE_WITHHELD) {
		release_terms_entry(&checking->terms, mode, NULL, content,
		                    &checking->doc);
		return STATUS_OK;
	}
	checking->code = "entry-form";
	TRY(read_bytes(checking, token, &checking->entry, err));
	status = record_envelope_decode(buf_view(&checking->entry), &checking->doc,
	                                &checking->envelope, err);
	bool is_envelope = status == STATUS_OK;
	if (!is_envelope && (mode == RELEASE_FULL || status == STATUS_NO_MEMORY))
		return status;
	if (mode == RELEASE_FULL) {
		TRY(check_body(checking, opened, &content, err));
		name_attachments(checking);
		if (index == 0 && opened->log->origin.generation > 1)
			TRY(check_open(checking, opened, content, err));
	}
	release_terms_entry(&checking->terms, mode,
	                    is_envelope ? &checking->envelope : NULL, content,
	                    &checking->doc);
	return STATUS_OK;
}

static enum status check_entries(struct checking *checking, struct opened_log *opened,
                                 struct error *err)
{
	const struct json_doc *doc = &checking->data.doc;
	const struct release_log *log = opened->log;
	const struct json_token *item = json_first(doc, opened->entries);

	opened->body = json_first(doc, opened->bodies);
	release_terms_log(&checking->terms, opened->member, log->offset);
	for (uint64_t i = 0; i < log->size;
	     i++, item = json_next(doc, opened->entries, item))
		TRY(check_entry(checking, opened, i, item, err));
	release_terms_log_end(&checking->terms, &log->origin);
	checking->code = "body-missing";
	if (opened->body != NULL)
		return error_set(err, STATUS_CONFLICT,
		                 "there are more bodies of %s than entries in full",
		                 log->origin.desk.text);
	return STATUS_OK;
}

static void count_modes(struct checking *checking, const struct release_log *log)
{
	for (uint64_t i = 0; i < log->size; i++) {
		checking->result->full_count += log->modes[i] == RELEASE_FULL;
		checking->result->envelope_count += log->modes[i] == RELEASE_ENVELOPE;
		checking->result->withheld_count += log->modes[i] == RELEASE_WITHHELD;
	}
}

static enum status check_logs(struct checking *checking, struct error *err)
{
	const struct release_data *data = &checking->data;
	const struct json_token *item = json_first(&data->doc, data->logs);
	const struct json_token *bodies = json_first(&data->doc, data->bodies);

	checking->code = "log-other";
	if (data->logs->count != checking->manifest.log_count)
		return error_set(err, STATUS_CONFLICT,
		                 "there are not as many logs as the manifest names");
	for (size_t i = 0; item != NULL; i++) {
		struct release_data_log part = release_data_log(data, item);
		struct opened_log opened = {.log = &checking->manifest.logs[i],
		                            .entries = part.entries,
		                            .bodies = bodies};

		TRY(check_place(checking, &opened, json_raw(&data->doc, part.origin),
		                err));
		TRY(check_signed(checking, &opened, part.checkpoint, err));
		TRY(check_root(checking, &opened, err));
		checking->code = "body-missing";
		if (bodies == NULL)
			return error_set(err, STATUS_CONFLICT,
			                 "there are no bodies of a log");
		TRY(check_entries(checking, &opened, err));
		count_modes(checking, opened.log);
		item = json_next(&data->doc, data->logs, item);
		bodies = json_next(&data->doc, data->bodies, bodies);
	}
	if (bodies != NULL)
		return error_set(err, STATUS_CONFLICT, "there are bodies of no log");
	checking->code = "end-unsigned";
	return release_terms_check_ends(&checking->terms, err);
}

/* Attachments */

static enum status check_attachments(struct checking *checking, struct error *err)
{
	const struct json_doc *doc = &checking->data.doc;
	const struct json_token *object = checking->data.attachments;
	const struct json_token *name = json_first(doc, object);
	const struct release_manifest *manifest = &checking->manifest;
	char hex[HASH_HEX_LEN + 1];

	checking->code = "attachment-other";
	if (object->count != manifest->attachment_count)
		return error_set(
		    err, STATUS_CONFLICT,
		    "there are not as many attachments as the manifest opens");
	for (size_t i = 0; i < manifest->attachment_count; i++) {
		checking->code = "attachment-other";
		hash_hex(&manifest->attachments[i], hex);
		if (!json_string_is(doc, name, hex) || !checking->is_named[i])
			return error_set(err, STATUS_CONFLICT,
			                 "the attachment %s is not there, or no entry in "
			                 "full names it",
			                 hex);
		checking->code = "attachment-differs";
		const struct json_token *value = json_next(doc, object, name);
		TRY(read_bytes(checking, value, &checking->blob, err));
		struct hash hash = sha256(buf_view(&checking->blob));
		if (!hash_equal(&hash, &manifest->attachments[i]))
			return error_set(err, STATUS_CONFLICT,
			                 "the attachment %s has another hash", hex);
		name = json_next(doc, object, value);
	}
	return STATUS_OK;
}

/* Answers */

/* Of which of the member's logs it is. */
static enum status read_origin(const struct checking *checking,
                               const struct bundle_member *member, struct view note,
                               struct record_origin *ret_origin, struct error *err)
{
	struct tlog_note parsed;
	struct view line;

	TRY(tlog_note_parse(note, &parsed, err));
	if (!view_take_line(&parsed.text, &line))
		return error_set(err, STATUS_MALFORMED, "a proof is of no log");
	TRY(record_origin_decode(line, ret_origin, err));
	if (strcmp(ret_origin->desk.text, member->name.text) != 0 ||
	    !hash_equal(&ret_origin->channel.hash, &checking->manifest.channel.hash) ||
	    !bundle_channel_follows(&checking->channel, ret_origin))
		return error_set(err, STATUS_CONFLICT,
		                 "an answer of %s is in another log than it has here",
		                 member->name.text);
	return STATUS_OK;
}

static enum status check_proof(struct checking *checking,
                               const struct bundle_member *member,
                               const struct json_token *token, struct error *err)
{
	struct record_origin origin;
	char text[RECORD_ORIGIN_MAX + 1];
	struct tlog_checkpoint checkpoint;
	struct tlog_proof_file file;

	checking->code = "answer-signature";
	TRY(read_text(checking, token, err));
	TRY(tlog_proof_file_parse(buf_view(&checking->text), &file, err));
	if (file.has_extra)
		return error_set(err, STATUS_MALFORMED, "a proof carries something else");
	TRY(read_origin(checking, member, file.checkpoint, &origin, err));
	record_origin_encode(&origin, text);
	TRY(check_checkpoint(checking, member, text, file.checkpoint, &checkpoint, err));
	TRY(check_end(checking, &origin, &checkpoint, err));
	struct hash leaf = tlog_leaf_hash(buf_view(&checking->entry));
	return tlog_proof_verify_inclusion(&file.proof, file.index, checkpoint.size,
	                                   &leaf, &checkpoint.root, err);
}

static enum status check_answer(struct checking *checking, const struct json_token *item,
                                struct record_name *before, struct error *err)
{
	const struct release_data_answer part =
	    release_data_answer(&checking->data, item);
	const struct bundle_member *member;
	struct record_name desk;
	struct hash named;

	checking->code = "answer-form";
	TRY(record_name_decode(json_raw(&checking->data.doc, part.desk), &desk, err));
	member = bundle_channel_member(&checking->channel, desk.text);
	if (member == NULL || strcmp(before->text, desk.text) >= 0)
		return error_set(err, STATUS_CONFLICT,
		                 "an answer is of no member, or not in its place");
	*before = desk;
	TRY(read_bytes(checking, part.entry, &checking->entry, err));
	TRY(check_proof(checking, member, part.proof, err));
	checking->code = "answer-kind";
	TRY(record_envelope_decode(buf_view(&checking->entry), &checking->doc,
	                           &checking->envelope, err));
	enum release_answer answer = release_answer_of(checking->envelope.kind, desk.text,
	                                               checking->manifest.by.text);
	if (answer == RELEASE_NO_ANSWER || !checking->envelope.has_body)
		return error_set(err, STATUS_CONFLICT,
		                 "the entry of %s is no consent and no refusal",
		                 desk.text);
	checking->code = "answer-body";
	TRY(read_bytes(checking, part.body, &checking->blob, err));
	TRY(record_blob_check(buf_view(&checking->blob), &checking->envelope.body, err));
	TRY(release_answer_digest(record_blob_content(buf_view(&checking->blob)),
	                          &checking->doc, &named, err));
	checking->code = "consent-other-manifest";
	if (!hash_equal(&named, &checking->result->digest))
		return error_set(err, STATUS_CONFLICT,
		                 "%s has answered to another manifest", desk.text);
	checking->answers[member - checking->channel.members] = answer;
	checking->answered_s[member - checking->channel.members] =
	    checking->envelope.sent_s;
	return STATUS_OK;
}

static enum status check_answers(struct checking *checking, struct error *err)
{
	const struct json_doc *doc = &checking->data.doc;
	const struct json_token *list = checking->data.answers;
	struct record_name before = {""};

	for (const struct json_token *item = json_first(doc, list); item != NULL;
	     item = json_next(doc, list, item))
		TRY(check_answer(checking, item, &before, err));
	return STATUS_OK;
}

/* What it comes to */

static enum status tell_answers(const struct checking *checking, struct error *err)
{
	struct release_result *result = checking->result;

	result->replies = calloc(checking->channel.member_count, sizeof *result->replies);
	if (result->replies == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for answers");
	for (size_t i = 0; i < checking->channel.member_count; i++)
		if (checking->answers[i] != RELEASE_NO_ANSWER ||
		    release_terms_asks(&checking->terms, i))
			result->replies[result->reply_count++] = (struct release_reply){
			    .desk = checking->channel.members[i].name,
			    .answer = checking->answers[i],
			    .sent_s = checking->answered_s[i]};
	return STATUS_OK;
}

static enum status add_desks(struct checking *checking, struct error *err)
{
	checking->code = "trusted-card";
	for (size_t i = 0; i < checking->channel.member_count; i++)
		TRY(bundle_result_add_desk(&checking->result->bundle,
		                           checking->channel.members[i].card,
		                           checking->trust, err));
	return STATUS_OK;
}

static enum status check_all(struct checking *checking, struct view data,
                             struct error *err)
{
	checking->code = "data-form";
	TRY(release_data_read(data, &checking->data, err));
	TRY(check_manifest(checking, err));
	TRY(check_charters(checking, err));
	TRY(check_channel(checking, err));
	TRY(check_cards(checking, err));
	TRY(add_desks(checking, err));
	TRY(check_ends(checking, err));
	checking->terms.channel = &checking->channel;
	TRY(check_logs(checking, err));
	TRY(check_attachments(checking, err));
	TRY(check_answers(checking, err));
	checking->result->grade =
	    release_terms_grade(&checking->terms, &checking->manifest, checking->answers);
	TRY(tell_answers(checking, err));
	release_verify_say(&checking->terms, &checking->manifest, checking->result);
	return STATUS_OK;
}

enum status release_verify_data(struct view data, const struct bundle_trust *trust,
                                struct release_result *ret_result, struct error *err)
{
	struct checking *checking = calloc(1, sizeof *checking);
	struct error why = {0};
	enum status status;

	if (checking == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for a release");
	checking->trust = trust;
	checking->result = ret_result;
	checking->text = BUF_INIT(RELEASE_MANIFEST_MAX);
	checking->entry = BUF_INIT(TLOG_ENTRY_MAX);
	checking->blob = BUF_INIT(RECORD_ATTACHMENT_BLOB_MAX);
	ret_result->bundle.kind = BUNDLE_RELEASE;
	bundle_channel_limit(&checking->channel);
	status = check_all(checking, data, &why);
	status = bundle_result_close(&ret_result->bundle, status, "", &why);
	if (status == STATUS_OK && !ret_result->bundle.is_consistent)
		(void)snprintf(ret_result->code, sizeof ret_result->code, "%s",
		               checking->code);
	if (status != STATUS_OK && err != NULL)
		*err = why;
	checking_free(checking);
	return status;
}
