/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One log of an export, in the order of its files: checkpoint and policy, then bundle by
 * bundle the entries, the hash tiles, the bodies and the attachments. The tree is built
 * from the entries alone; everything else is compared with it.
 */
#include "bundle/log_check.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "bundle/cosigners.h"
#include "codec/time_text.h"
#include "record/blob.h"
#include "tlog/bundle.h"
#include "tlog/policy.h"

/* Checkpoint and policy */

static enum status check_checkpoint(struct log_check *lc,
                                    struct bundle_cosigners *cosigners, struct error *err)
{
	struct bundle_check *check = lc->check;
	struct tlog_checkpoint checkpoint;

	TRY(bundle_check_read(check, lc->folder, "checkpoint", TLOG_NOTE_MAX, err));
	TRY(bundle_channel_open_checkpoint(lc->place->member, lc->log->origin_text,
	                                   buf_view(&check->content), &checkpoint,
	                                   &lc->signer, err));
	if (checkpoint.size != lc->log->size ||
	    !hash_equal(&checkpoint.root, &lc->log->root))
		return error_set(err, STATUS_CONFLICT,
		                 "it has another size or root than the manifest says");
	if (!tlog_checkpoint_check_empty(&checkpoint))
		return error_set(err, STATUS_MALFORMED,
		                 "it names an empty log with the root of another");
	return bundle_cosigners_find(&check->channel, lc->place->member,
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
	TRY(bundle_policy_append(lc->log->origin_text, lc->signer, cosigners, &expected,
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

/* Who joined without history holds leaf hashes where others hold entries. */
static enum status find_leaf(const struct log_check *lc, uint64_t index,
                             struct view entry, struct hash *ret_leaf, struct error *err)
{
	if (index >= lc->place->base) {
		*ret_leaf = tlog_leaf_hash(entry);
		return STATUS_OK;
	}
	if (entry.len != sizeof ret_leaf->bytes)
		return error_set(err, STATUS_MALFORMED,
		                 "it has no hash in the place of a withheld entry");
	memcpy(ret_leaf->bytes, entry.data, sizeof ret_leaf->bytes);
	lc->check->result->withheld_count++;
	return STATUS_OK;
}

/* Builds the tree. What entries say is judged with their bodies, for a body may tell what
 * governs the next entry. */
static enum status check_entries(struct log_check *lc, const struct tlog_tile *bundle,
                                 struct error *err)
{
	struct bundle_check *check = lc->check;
	struct bundle_path name = bundle_path_tile(bundle);
	uint64_t first = bundle->index * TLOG_TILE_WIDTH;
	struct view entry;
	struct hash leaf;

	TRY(bundle_check_read(check, lc->folder, name.text, BUNDLE_ENTRIES_LEN_MAX, err));
	TRY(tlog_bundle_check(buf_view(&check->content), bundle->width, err));
	bundle_check_hold_entries(check);
	struct reader reader = reader_of(buf_view(&check->entries));
	for (uint64_t i = first; tlog_bundle_next(&reader, &entry); i++) {
		TRY(find_leaf(lc, i, entry, &leaf, err));
		tlog_tree_append(&lc->tree, &leaf, keep_row, lc);
	}
	check->result->entry_count += bundle->width;
	return STATUS_OK;
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
	TRY(log_check_bodies(lc, &bundle, err));
	return check_attachments(lc, err);
}

static void say_log(struct log_check *lc, const struct bundle_cosigners *cosigners)
{
	CLEANUP_BUF struct buf held = BUF_INIT(1 << 20);
	struct bundle_result *result = lc->check->result;
	unsigned long long size = lc->log->size;
	char time[TIME_TEXT_LEN + 1];

	if (size == 0) {
		bundle_say(result, "%s wrote nothing", lc->place->member->name.text);
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
	           lc->place->member->name.text, size, time, (int)held.len,
	           (const char *)held.data);
	for (size_t i = 0; i < cosigners->witness_count; i++) {
		time_text_encode((int64_t)cosigners->witnesses[i].time_s, time);
		bundle_say(result,
		           "neutral witness %s saw these %llu entries of %s at %s",
		           cosigners->witnesses[i].key->name, size,
		           lc->place->member->name.text, time);
	}
	if (lc->place->base > 0)
		bundle_say(result, "of these, %llu are not shown: %s joined without them",
		           (unsigned long long)lc->place->base,
		           lc->check->manifest.exporter.text);
	if (lc->place->end != UINT64_MAX)
		bundle_say(result, "%s left the channel with %s#%llu",
		           lc->place->member->name.text, lc->place->member->name.text,
		           (unsigned long long)(lc->place->offset + lc->place->end - 1));
	if (lc->malformed_count > 0)
		bundle_say(
		    result, "malformed entries of %s: %llu, the first is %s#%llu: %s",
		    lc->place->member->name.text, (unsigned long long)lc->malformed_count,
		    lc->place->member->name.text,
		    (unsigned long long)(lc->place->offset + lc->malformed_first),
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

static enum status place(struct bundle_check *check, size_t log, struct error *err)
{
	bundle_check_look(check, "", BUNDLE_MANIFEST);
	TRY(bundle_log_place(&check->channel, &check->manifest, check->logs, log,
	                     &check->logs[log], err));
	check->log_count = log + 1;
	return STATUS_OK;
}

enum status bundle_check_log(struct bundle_check *check, size_t log, struct error *err)
{
	struct log_check *lc;

	TRY(place(check, log, err));
	lc = calloc(1, sizeof *lc);
	if (lc == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a log");
	lc->check = check;
	lc->log = &check->manifest.logs[log];
	lc->log_index = (uint32_t)log;
	lc->place = &check->logs[log];
	lc->attachments = BUF_INIT(TLOG_TILE_WIDTH * RECORD_ATTACHMENTS_MAX *
	                           sizeof(struct record_blob_ref));
	bundle_log_folder(lc->log->origin_text, lc->folder);
	enum status status = check_log(lc, err);
	buf_release(&lc->attachments);
	free(lc);
	return status;
}
