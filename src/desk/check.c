/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The integrity of the store: every root is derived again from the entries and compared
 * with every signed checkpoint that is kept, every tile with the tree, every body and
 * attachment with its name. Reads everything, changes nothing.
 */
#include "desk/state.h"

#include <inttypes.h>

/* One pass over a log. */
struct pass {
	struct desk *desk;
	struct log *log;
	struct desk_check_result *result;
	struct tlog_tree tree;
	struct hash leaves[TLOG_TILE_WIDTH]; /* of the tile in progress */
	bool has_next;
	struct tlog_checkpoint next; /* the next kept checkpoint at or behind the tree */
	uint64_t attachment_len;
	struct error *err;
	enum status status;
};

static bool take_checkpoint(void *context, struct view key, struct view value)
{
	struct pass *pass = context;
	pass->status = log_open_checkpoint(pass->log, value, &pass->next, pass->err);
	pass->has_next = true;
	return false;
}

static enum status next_checkpoint(struct pass *pass, uint64_t from)
{
	const struct store *store = &pass->desk->store;
	CLEANUP_BUF struct buf prefix = BUF_INIT(16), start = BUF_INIT(16);
	buf_append_u32(&prefix, pass->log->number);
	buf_append_u32(&start, pass->log->number);
	buf_append_u64(&start, from);
	pass->has_next = false;
	TRY(store->ops->scan(store->self, STORE_CHECKPOINT, buf_view(&prefix),
	                     buf_view(&start), take_checkpoint, pass, pass->err));
	if (pass->status != STATUS_OK)
		return error_context(pass->err, pass->status, "a kept checkpoint of %s",
		                     pass->log->origin);
	return STATUS_OK;
}

/* Compares the root at every kept size that the tree has just reached. */
static enum status compare_checkpoint(struct pass *pass)
{
	while (pass->has_next && pass->next.size == pass->tree.size) {
		struct hash root = tlog_tree_root(&pass->tree);
		if (!hash_equal(&root, &pass->next.root))
			return error_set(
			    pass->err, STATUS_MALFORMED,
			    "the entries of %s do not give the root that was signed at "
			    "size %" PRIu64,
			    pass->log->origin, pass->tree.size);
		pass->result->checkpoints++;
		TRY(next_checkpoint(pass, pass->tree.size + 1));
	}
	return STATUS_OK;
}

static enum status compare_tile(struct pass *pass)
{
	CLEANUP_BUF struct buf hashes = BUF_INIT(sizeof pass->leaves);
	uint64_t index = pass->tree.size / TLOG_TILE_WIDTH - 1;
	TRY(log_read_tile(pass->desk, pass->log, 0, index, TLOG_TILE_WIDTH, &hashes,
	                  pass->err));
	if (!view_equal(buf_view(&hashes), view_of(pass->leaves, sizeof pass->leaves)))
		return error_set(pass->err, STATUS_MALFORMED,
		                 "tile 0/%" PRIu64 " of %s is damaged", index,
		                 pass->log->origin);
	return STATUS_OK;
}

static enum status check_body(struct pass *pass, struct view entry, uint64_t index)
{
	struct desk *desk = pass->desk;
	if (index >= pass->log->body_count)
		return STATUS_OK;
	if (term_judge(desk, pass->log, entry, index, NULL) || !desk->envelope.has_body)
		return STATUS_OK;
	buf_clear(&desk->body_view);
	TRY(log_read_body(desk, pass->log, index, &desk->body_view, pass->err));
	enum status status = record_blob_check(buf_view(&desk->body_view),
	                                       &desk->envelope.body, pass->err);
	pass->result->bodies++;
	return error_context(pass->err, status, "the body of %s#%" PRIu64,
	                     pass->log->channel->members[pass->log->member].name.text,
	                     index);
}

static enum status take_entry(void *context, uint64_t index, struct view entry,
                              struct error *err)
{
	struct pass *pass = context;
	struct hash leaf = log_leaf(pass->log, index, entry);
	pass->leaves[index % TLOG_TILE_WIDTH] = leaf;
	tlog_tree_append(&pass->tree, &leaf, NULL, NULL);
	pass->result->entries++;
	TRY(compare_checkpoint(pass));
	if (pass->tree.size % TLOG_TILE_WIDTH == 0)
		TRY(compare_tile(pass));
	return check_body(pass, entry, index);
}

static bool check_attachment(void *context, struct view key, struct view value)
{
	struct pass *pass = context;
	struct hash id = sha256(value);
	if (key.len != 4 + sizeof id.bytes ||
	    !view_equal(view_from(key, 4), hash_view(&id)))
		pass->status =
		    error_set(pass->err, STATUS_MALFORMED,
		              "an attachment of %s is damaged", pass->log->origin);
	pass->result->attachments++;
	pass->attachment_len += value.len;
	return pass->status == STATUS_OK;
}

static enum status check_attachments(struct pass *pass)
{
	const struct store *store = &pass->desk->store;
	CLEANUP_BUF struct buf prefix = BUF_INIT(16);
	buf_append_u32(&prefix, pass->log->number);
	TRY(store->ops->scan(store->self, STORE_ATTACHMENT, buf_view(&prefix),
	                     view_of("", 0), check_attachment, pass, pass->err));
	TRY(pass->status);
	if (pass->attachment_len != pass->log->attachment_len)
		return error_set(
		    pass->err, STATUS_MALFORMED,
		    "the attachments of %s have %" PRIu64 " bytes, its row says %" PRIu64,
		    pass->log->origin, pass->attachment_len, pass->log->attachment_len);
	return STATUS_OK;
}

static enum status check_log(struct desk *desk, struct log *log,
                             struct desk_check_result *result, struct error *err)
{
	struct pass pass = {.desk = desk, .log = log, .result = result, .err = err};
	tlog_tree_init(&pass.tree);
	TRY(next_checkpoint(&pass, 1));
	TRY(log_walk(desk, log, 0, log->tree.size, take_entry, &pass, err));
	struct hash root = tlog_tree_root(&pass.tree), held = tlog_tree_root(&log->tree);
	if (!hash_equal(&root, &held))
		return error_set(err, STATUS_MALFORMED, "the tree of %s is damaged",
		                 log->origin);
	result->logs++;
	return check_attachments(&pass);
}

enum status desk_check(struct desk *desk, struct desk_check_result *ret_result,
                       struct error *err)
{
	*ret_result = (struct desk_check_result){0};
	for (size_t i = 0; i < desk->log_count; i++)
		TRY(check_log(desk, desk->logs[i], ret_result, err));
	return STATUS_OK;
}
