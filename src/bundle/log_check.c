/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One log of an export, in the order of its files: checkpoint and policy, then bundle by
 * bundle the entries, the hash tiles, the bodies and the attachments. The tree is built
 * from the entries alone; everything else is compared with it.
 */
#include "bundle/check.h"

#include <assert.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "bundle/cosigners.h"
#include "codec/time_text.h"
#include "record/blob.h"
#include "tlog/bundle.h"
#include "tlog/policy.h"

/* What the bodies file must hold for one entry. */
struct body_slot {
	bool is_named;    /* the envelope names a body */
	bool is_demanded; /* and is well-formed: it must be there */
	struct record_blob_ref ref;
};

struct log_check {
	struct bundle_check *check;
	const struct bundle_manifest_log *log;
	uint32_t log_index;
	const struct record_card *author;
	char folder[HASH_HEX_LEN + 1];

	struct tlog_tree tree;
	struct hash rows[BUNDLE_TILE_LEVELS]
	                [TLOG_TILE_WIDTH]; /* newest tile of each level */

	struct body_slot bodies[TLOG_TILE_WIDTH]; /* of the bundle at hand */
	struct buf attachments;                   /* struct record_blob_ref, likewise */

	int64_t last_sent_s;
	uint64_t malformed_count, malformed_first;
	struct error malformed_why;
};

/* Checkpoint and policy */

static enum status check_checkpoint(struct log_check *lc,
                                    struct bundle_cosigners *cosigners, struct error *err)
{
	struct bundle_check *check = lc->check;
	struct tlog_checkpoint checkpoint;
	struct tlog_vkey key;

	TRY(bundle_check_read(check, lc->folder, "checkpoint", TLOG_NOTE_MAX, err));
	TRY(record_log_vkey(lc->log->origin_text, &lc->author->keys[RECORD_ROLE_LOG],
	                    &key, err));
	TRY(tlog_checkpoint_open(buf_view(&check->content), &key, &checkpoint, err));
	if (checkpoint.size != lc->log->size ||
	    !hash_equal(&checkpoint.root, &lc->log->root))
		return error_set(err, STATUS_CONFLICT,
		                 "it has another size or root than the manifest says");
	if (!tlog_checkpoint_check_empty(&checkpoint))
		return error_set(err, STATUS_MALFORMED,
		                 "it names an empty log with the root of another");
	return bundle_cosigners_find(&check->charter, lc->author,
	                             buf_view(&check->content), cosigners, err);
}

/* The policy must be exactly the one that the checkpoint's lines satisfy. */
static enum status check_policy(struct log_check *lc,
                                const struct bundle_cosigners *cosigners,
                                struct error *err)
{
	struct bundle_check *check = lc->check;
	CLEANUP_BUF struct buf expected = BUF_INIT(TLOG_POLICY_MAX);

	TRY(bundle_check_read(check, lc->folder, "policy", expected.max, err));
	TRY(bundle_policy_append(lc->log->origin_text, lc->author, cosigners, &expected,
	                         err));
	if (!view_equal(buf_view(&expected), buf_view(&check->content)))
		return error_set(err, STATUS_MALFORMED,
		                 "it is not the policy that the checkpoint's lines fit");
	return STATUS_OK;
}

/* Entries */

static void keep_row(void *context, unsigned level, uint64_t index,
                     const struct hash *node)
{
	struct log_check *lc = context;

	if (level % 8 == 0 && level / 8 < BUNDLE_TILE_LEVELS)
		lc->rows[level / 8][index % TLOG_TILE_WIDTH] = *node;
}

/* The one log of this desk in the export; false when there is none or several. */
static bool find_log(const struct bundle_manifest *manifest, const char *desk,
                     uint32_t *ret_log)
{
	bool is_found = false;

	for (size_t i = 0; i < manifest->log_count; i++) {
		if (strcmp(manifest->logs[i].origin.desk.text, desk) != 0)
			continue;
		if (is_found)
			return false;
		is_found = true;
		*ret_log = (uint32_t)i;
	}
	return is_found;
}

static enum status note_seen(struct log_check *lc, uint64_t index,
                             const struct record_seen *seen, struct error *err)
{
	struct bundle_check *check = lc->check;
	struct bundle_claim claim = {.author = lc->log_index,
	                             .size = seen->size,
	                             .index = index,
	                             .root = seen->root};

	if (!find_log(&check->manifest, seen->desk.text, &claim.about) ||
	    seen->size > check->manifest.logs[claim.about].size) {
		check->result->open_reference_count++;
		return STATUS_OK;
	}
	enum status status = bundle_claims_add(&check->claims, &claim, err);
	if (status != STATUS_LIMIT)
		return status;
	TRY(bundle_check_claims(check, err));
	return bundle_claims_add(&check->claims, &claim, err);
}

static void note_malformed(struct log_check *lc, uint64_t index, const struct error *why)
{
	lc->check->result->malformed_count++;
	if (lc->malformed_count++ > 0)
		return;
	lc->malformed_first = index;
	lc->malformed_why = *why;
}

/* Reads the envelope. A malformed one is recorded and not judged further. */
static enum status judge_envelope(struct log_check *lc, uint64_t index, struct view entry,
                                  bool *ret_is_decoded, bool *ret_is_well_formed,
                                  struct error *err)
{
	struct bundle_check *check = lc->check;
	struct error why;
	enum status status =
	    record_envelope_decode(entry, &check->doc, &check->envelope, &why);

	*ret_is_decoded = status == STATUS_OK;
	if (status == STATUS_OK)
		status = record_envelope_check(&check->envelope, &check->charter,
		                               lc->author->name.text, index, &why);
	*ret_is_well_formed = status == STATUS_OK;
	if (status == STATUS_NO_MEMORY || status == STATUS_BUG)
		return error_set(err, status, "%s", why.text);
	if (status != STATUS_OK)
		note_malformed(lc, index, &why);
	return STATUS_OK;
}

static enum status check_entry(struct log_check *lc, uint64_t index, struct view entry,
                               struct error *err)
{
	const struct record_envelope *envelope = &lc->check->envelope;
	struct body_slot *slot = &lc->bodies[index % TLOG_TILE_WIDTH];
	struct hash leaf = tlog_leaf_hash(entry);
	bool is_decoded = false, is_well_formed = false;

	tlog_tree_append(&lc->tree, &leaf, keep_row, lc);
	TRY(judge_envelope(lc, index, entry, &is_decoded, &is_well_formed, err));
	if (index == 0 && !is_well_formed)
		return error_set(err, STATUS_MALFORMED,
		                 "the log does not begin with the entry that opens it");
	slot->is_named = is_decoded && envelope->has_body;
	slot->is_demanded = is_well_formed && envelope->has_body;
	slot->ref = envelope->body;
	if (!is_well_formed)
		return STATUS_OK;
	lc->last_sent_s = envelope->sent_s;
	buf_append(&lc->attachments, envelope->attachments,
	           envelope->attachment_count * sizeof *envelope->attachments);
	for (size_t i = 0; i < envelope->seen_count; i++)
		TRY(note_seen(lc, index, &envelope->seen[i], err));
	return STATUS_OK;
}

static enum status check_entries(struct log_check *lc, const struct tlog_tile *bundle,
                                 struct error *err)
{
	struct bundle_check *check = lc->check;
	struct bundle_path name = bundle_path_tile(bundle);
	uint64_t first = bundle->index * TLOG_TILE_WIDTH;

	TRY(bundle_check_read(check, lc->folder, name.text, BUNDLE_ENTRIES_LEN_MAX, err));
	TRY(tlog_bundle_check(buf_view(&check->content), bundle->width, err));
	struct reader reader = reader_of(buf_view(&check->content));
	buf_clear(&lc->attachments);
	for (uint64_t i = 0; i < bundle->width; i++) {
		struct view entry;
		bool was_taken = tlog_bundle_next(&reader, &entry);

		assert(was_taken);
		TRY(check_entry(lc, first + i, entry, err));
	}
	check->result->entry_count += bundle->width;
	return buf_check(&lc->attachments, "the attachments of a bundle", err);
}

/* Hash tiles */

static enum status check_tile(struct log_check *lc, const struct tlog_tile *tile,
                              struct error *err)
{
	struct bundle_check *check = lc->check;
	struct bundle_path name = bundle_path_tile(tile);
	struct view expected =
	    view_of(lc->rows[tile->level], tile->width * sizeof(struct hash));

	TRY(bundle_check_read(check, lc->folder, name.text, BUNDLE_TILE_LEN_MAX, err));
	if (!view_equal(buf_view(&check->content), expected))
		return error_set(err, STATUS_MALFORMED,
		                 "its hashes are not those of the entries");
	return STATUS_OK;
}

/* Bodies */

/* The body of entry 0 names the charter. Another one is its author's doing and an alarm.
 */
static void check_opening(struct log_check *lc, struct view content)
{
	struct bundle_check *check = lc->check;
	char digest[HASH_HEX_LEN + 1];
	const struct json_token *named = NULL;

	hash_hex(&check->charter.digest, digest);
	if (json_scan(&check->doc, content, 100, NULL) == STATUS_OK &&
	    json_root(&check->doc)->type == JSON_OBJECT)
		named = json_member(&check->doc, json_root(&check->doc), "charter");
	if (named == NULL || named->type != JSON_STRING ||
	    !json_string_is(&check->doc, named, digest))
		bundle_say(check->result,
		           "ALARM: %s did not open its log under this charter",
		           lc->author->name.text);
}

static enum status check_body(struct log_check *lc, uint64_t index, struct error *err)
{
	struct bundle_check *check = lc->check;
	const struct body_slot *slot = &lc->bodies[index % TLOG_TILE_WIDTH];
	const char *desk = lc->author->name.text;
	struct view bytes;
	uint32_t len = 0;

	TRY(bundle_file_next(&check->file, 4, &bytes, err));
	struct reader reader = reader_of(bytes);
	bool was_read = reader_u32(&reader, &len);
	assert(was_read);
	if (len == 0 && !slot->is_demanded)
		return STATUS_OK;
	if (len == 0)
		return error_set(err, STATUS_NOT_FOUND, "the body of %s#%llu is missing",
		                 desk, (unsigned long long)index);
	if (!slot->is_named || len > BUNDLE_BODY_LEN_MAX)
		return error_set(err, STATUS_MALFORMED,
		                 "it has a body for %s#%llu that the entry does not name",
		                 desk, (unsigned long long)index);
	TRY(bundle_file_next(&check->file, len, &bytes, err));
	enum status status = record_blob_check(bytes, &slot->ref, err);
	if (status != STATUS_OK)
		return error_context(err, status, "body of %s#%llu", desk,
		                     (unsigned long long)index);
	check->result->body_count++;
	if (index == 0)
		check_opening(lc, record_blob_content(bytes));
	return STATUS_OK;
}

/* From what was read ahead, or in pieces where it is large. */
static enum status begin_bodies(struct bundle_check *check, struct bundle_item *item,
                                struct error *err)
{
	if (!item->is_read)
		return bundle_file_begin(&check->file, check->folder, check->at.text,
		                         &item->listed, err);
	if (item->read_status != STATUS_OK)
		return error_set(err, item->read_status, "%s", item->read_error.text);
	bundle_file_begin_whole(&check->file, &item->content);
	return STATUS_OK;
}

static enum status check_bodies(struct log_check *lc, const struct tlog_tile *bundle,
                                struct error *err)
{
	struct bundle_check *check = lc->check;
	struct bundle_path name = bundle_path_blobs(bundle);
	uint64_t first = bundle->index * TLOG_TILE_WIDTH;
	struct bundle_item *item = NULL;
	enum status status = STATUS_OK;

	TRY(bundle_check_take(check, lc->folder, name.text, &item, err));
	TRY(begin_bodies(check, item, err));
	for (uint64_t i = 0; i < bundle->width && status == STATUS_OK; i++)
		status = check_body(lc, first + i, err);
	TRY(bundle_file_end(&check->file, status, err));
	check->result->byte_count += check->file.byte_count;
	return STATUS_OK;
}

/* Attachments */

static bool is_there(const struct bundle_check *check)
{
	CLEANUP_FD int fd = -1;

	return bundle_file_open(check->folder, check->at.text, &fd, NULL) == STATUS_OK;
}

/* The list names an attachment behind the first bundle that names it. One that is on disk
 * but not next was there before; if it is not listed at all, bundle_check_extra tells. */
static enum status check_attachment(struct log_check *lc,
                                    const struct record_blob_ref *ref, struct error *err)
{
	struct bundle_check *check = lc->check;
	struct bundle_path name = bundle_path_attachment(&ref->id);

	bundle_check_look(check, lc->folder, name.text);
	if (!bundle_ahead_is_next(&check->ahead, check->at.text)) {
		check->result->missing_attachment_count += !is_there(check);
		return STATUS_OK;
	}
	TRY(bundle_check_read(check, lc->folder, name.text, RECORD_ATTACHMENT_BLOB_MAX,
	                      err));
	TRY(record_blob_check(buf_view(&check->content), ref, err));
	check->result->attachment_count++;
	return STATUS_OK;
}

static enum status check_attachments(struct log_check *lc, struct error *err)
{
	struct view rest = buf_view(&lc->attachments);
	struct record_blob_ref ref;

	for (; rest.len > 0; rest = view_from(rest, sizeof ref)) {
		memcpy(&ref, rest.data, sizeof ref);
		TRY(check_attachment(lc, &ref, err));
	}
	return STATUS_OK;
}

/* The whole log */

static enum status check_bundle(struct log_check *lc, uint64_t index, struct error *err)
{
	struct tlog_tile bundle = bundle_entries_tile(lc->log->size, index);
	struct tlog_tile tiles[BUNDLE_TILE_LEVELS];
	size_t tile_count = bundle_tiles_behind(lc->log->size, index, tiles);

	TRY(check_entries(lc, &bundle, err));
	for (size_t i = 0; i < tile_count; i++)
		TRY(check_tile(lc, &tiles[i], err));
	TRY(check_bodies(lc, &bundle, err));
	return check_attachments(lc, err);
}

static void say_log(struct log_check *lc, const struct bundle_cosigners *cosigners)
{
	CLEANUP_BUF struct buf held = BUF_INIT(1 << 20);
	struct bundle_result *result = lc->check->result;
	unsigned long long size = lc->log->size;
	char time[TIME_TEXT_LEN + 1];

	if (size == 0) {
		bundle_say(result, "%s wrote nothing", lc->author->name.text);
		return;
	}
	for (size_t i = 0; i < cosigners->count; i++) {
		time_text_encode((int64_t)cosigners->times_s[i], time);
		buf_printf(&held, "%s%s (at %s)", i > 0 ? ", " : "",
		           cosigners->cards[i]->name.text, time);
	}
	if (held.len == 0)
		buf_append_string(&held, "nobody else as far as this export shows");
	time_text_encode(lc->last_sent_s, time);
	bundle_say(result, "entries of %s: %llu, the last sent %s; all held by %.*s",
	           lc->author->name.text, size, time, (int)held.len,
	           (const char *)held.data);
	for (size_t i = 0; i < cosigners->witness_count; i++) {
		time_text_encode((int64_t)cosigners->witnesses[i].time_s, time);
		bundle_say(
		    result, "neutral witness %s saw these %llu entries of %s at %s",
		    cosigners->witnesses[i].key->name, size, lc->author->name.text, time);
	}
	if (lc->malformed_count > 0)
		bundle_say(result,
		           "malformed entries of %s: %llu, the first is %s#%llu: %s",
		           lc->author->name.text, (unsigned long long)lc->malformed_count,
		           lc->author->name.text, (unsigned long long)lc->malformed_first,
		           lc->malformed_why.text);
}

static enum status check_log(struct log_check *lc, struct error *err)
{
	struct bundle_cosigners cosigners = {0};

	TRY(check_checkpoint(lc, &cosigners, err));
	TRY(check_policy(lc, &cosigners, err));
	for (uint64_t i = 0; i < bundle_entries_count(lc->log->size); i++)
		TRY(check_bundle(lc, i, err));
	struct hash root = tlog_tree_root(&lc->tree);
	bundle_check_look(lc->check, lc->folder, "checkpoint");
	if (!hash_equal(&root, &lc->log->root))
		return error_set(err, STATUS_MALFORMED,
		                 "its root is not that of the entries");
	say_log(lc, &cosigners);
	lc->check->result->log_count++;
	return STATUS_OK;
}

enum status bundle_check_log(struct bundle_check *check, size_t log, struct error *err)
{
	const struct bundle_manifest_log *manifest_log = &check->manifest.logs[log];
	size_t member =
	    record_charter_member(&check->charter, manifest_log->origin.desk.text);
	struct log_check *lc;

	if (member == SIZE_MAX)
		return error_set(err, STATUS_MALFORMED,
		                 "it names a log of %s, which is not a member",
		                 manifest_log->origin.desk.text);
	lc = calloc(1, sizeof *lc);
	if (lc == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a log");
	lc->check = check;
	lc->log = manifest_log;
	lc->log_index = (uint32_t)log;
	lc->author = &check->charter.members[member];
	lc->attachments = BUF_INIT(TLOG_TILE_WIDTH * RECORD_ATTACHMENTS_MAX *
	                           sizeof(struct record_blob_ref));
	bundle_log_folder(manifest_log->origin_text, lc->folder);
	enum status status = check_log(lc, err);
	buf_release(&lc->attachments);
	free(lc);
	return status;
}
