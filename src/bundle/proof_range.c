/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a part of a log back: the tree starts with the given subtree roots and takes
 * the entries as leaves; the root it comes to is the signed one or the part is not the
 * log's. The root at each size within is kept, for what others say they have seen.
 */
#include "bundle/proof_range.h"

#include <assert.h>
#include <stdlib.h>

#include "base/cleanup.h"

static enum status no_memory(struct error *err)
{
	return error_set(err, STATUS_NO_MEMORY, "not enough memory for a part of a log");
}

/* Entries */

static enum status take_start(struct proof_cursor *cursor, struct proof_range *range,
                              struct tlog_tree *tree, struct error *err)
{
	size_t count = 0;

	TRY(proof_take_desk(cursor, "desk", &range->desk, err));
	TRY(proof_take_number(cursor, "from", &range->from, err));
	TRY(proof_take_hashes(cursor, "nodes", tree->frontier, 64, &count, err));
	if (count != (size_t)__builtin_popcountll(range->from))
		return error_set(
		    err, STATUS_MALFORMED, "left of entry %llu there must be %d hashes",
		    (unsigned long long)range->from, __builtin_popcountll(range->from));
	tree->size = range->from;
	tree->frontier_count = (unsigned)count;
	return STATUS_OK;
}

static enum status take_entries(struct proof_cursor *cursor, struct proof_range *range,
                                struct tlog_tree *tree, struct error *err)
{
	const struct json_token *list, *item;
	const struct json_doc *doc = cursor->doc;

	TRY(proof_take(cursor, "entries", JSON_ARRAY, &list, err));
	range->bytes = BUF_INIT(PROOF_LEN_MAX);
	range->ends = calloc((size_t)list->count + 1, sizeof *range->ends);
	range->roots = calloc((size_t)list->count + 1, sizeof *range->roots);
	if (range->ends == NULL || range->roots == NULL)
		return no_memory(err);
	range->roots[0] = tlog_tree_root(tree);
	for (item = json_first(doc, list); item != NULL;
	     item = json_next(doc, list, item)) {
		size_t start = range->bytes.len;

		TRY(proof_bytes_append(doc, item, &range->bytes, err));
		struct view entry = view_from(buf_view(&range->bytes), start);
		if (entry.len > TLOG_ENTRY_MAX)
			return error_set(err, STATUS_LIMIT, "an entry is too large");
		struct hash leaf = tlog_leaf_hash(entry);
		tlog_tree_append(tree, &leaf, NULL, NULL);
		range->ends[range->count++] = range->bytes.len;
		range->roots[range->count] = tlog_tree_root(tree);
	}
	return STATUS_OK;
}

struct view proof_range_entry(const struct proof_range *range, uint64_t index)
{
	size_t i = (size_t)(index - range->from);
	size_t start = i == 0 ? 0 : range->ends[i - 1];

	assert(index >= range->from && i < range->count);
	return view_of(range->bytes.data + start, range->ends[i] - start);
}

bool proof_range_covers(const struct proof_range *range, uint64_t size)
{
	return size >= range->from && size <= proof_range_end(range);
}

bool proof_range_has_root(const struct proof_range *range, uint64_t size,
                          const struct hash *root)
{
	return proof_range_covers(range, size) &&
	       hash_equal(&range->roots[size - range->from], root);
}

/* Bodies */

static enum status take_body(struct proof_cursor *cursor, struct proof_range *range,
                             struct json_doc *doc, struct record_envelope *envelope,
                             struct error *err)
{
	struct proof_range_body *body = &range->bodies[range->body_count];

	body->at = range->blobs.len;
	TRY(proof_take_number(cursor, "index", &body->index, err));
	TRY(proof_take_bytes(cursor, "blob", &range->blobs, err));
	TRY(proof_end(cursor, err));
	body->len = range->blobs.len - body->at;
	if (body->index < range->from || body->index >= proof_range_end(range) ||
	    (range->body_count > 0 && body->index <= body[-1].index))
		return error_set(err, STATUS_MALFORMED,
		                 "a body is not in its place among the entries");
	TRY(record_envelope_decode(proof_range_entry(range, body->index), doc, envelope,
	                           err));
	if (!envelope->has_body)
		return error_set(err, STATUS_MALFORMED, "%s#%llu has no body",
		                 range->desk.text, (unsigned long long)body->index);
	TRY(record_blob_check(view_of(range->blobs.data + body->at, body->len),
	                      &envelope->body, err));
	range->body_count++;
	return STATUS_OK;
}

static enum status take_bodies(struct proof_cursor *cursor, struct proof_range *range,
                               struct error *err)
{
	const struct json_doc *doc = cursor->doc;
	const struct json_token *list, *item;
	struct record_envelope envelope = {0};
	struct proof_cursor within;
	struct json_doc scratch = {0};
	enum status status = STATUS_OK;

	TRY(proof_take(cursor, "bodies", JSON_ARRAY, &list, err));
	range->blobs = BUF_INIT(PROOF_LEN_MAX);
	range->bodies = calloc((size_t)list->count + 1, sizeof *range->bodies);
	if (range->bodies == NULL)
		return no_memory(err);
	for (item = json_first(doc, list); item != NULL && status == STATUS_OK;
	     item = json_next(doc, list, item)) {
		status = proof_cursor_of(doc, item, &within, err);
		if (status == STATUS_OK)
			status = take_body(&within, range, &scratch, &envelope, err);
	}
	record_envelope_release(&envelope);
	json_release(&scratch);
	return status;
}

static struct proof_range_body *find_body(const struct proof_range *range, uint64_t index)
{
	size_t low = 0, high = range->body_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (range->bodies[middle].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low < range->body_count && range->bodies[low].index == index
	           ? &range->bodies[low]
	           : NULL;
}

bool proof_range_has_body(const struct proof_range *range, uint64_t index)
{
	return find_body(range, index) != NULL;
}

enum status proof_range_body(struct proof_range *range, uint64_t index,
                             struct view *ret_content, struct error *err)
{
	struct proof_range_body *body = find_body(range, index);

	if (body == NULL)
		return error_set(err, STATUS_CONFLICT, "the body of %s#%llu is missing",
		                 range->desk.text, (unsigned long long)index);
	body->is_used = true;
	*ret_content =
	    record_blob_content(view_of(range->blobs.data + body->at, body->len));
	return STATUS_OK;
}

enum status proof_range_check_bodies(const struct proof_range *range, struct error *err)
{
	for (size_t i = 0; i < range->body_count; i++)
		if (!range->bodies[i].is_used)
			return error_set(err, STATUS_MALFORMED,
			                 "the body of %s#%llu does not belong here",
			                 range->desk.text,
			                 (unsigned long long)range->bodies[i].index);
	return STATUS_OK;
}

/* Checkpoints */

static enum status take_checkpoint(struct proof_cursor *cursor, struct proof_range *range,
                                   const struct proof_channel *channel,
                                   const struct record_charter *charter,
                                   struct error *err)
{
	struct proof_checkpoint *checkpoint =
	    &range->checkpoints[range->checkpoint_count];
	uint64_t lines;

	TRY(proof_take_number(cursor, "lines", &lines, err));
	TRY(proof_checkpoint_take(cursor, "note", channel, charter, range->desk.text,
	                          checkpoint, err));
	TRY(proof_end(cursor, err));
	if (checkpoint->line_count != lines)
		return error_set(
		    err, STATUS_CONFLICT,
		    "a checkpoint of %s has not the number of lines that is said",
		    range->desk.text);
	if (!proof_range_has_root(range, checkpoint->tree.size, &checkpoint->tree.root))
		return error_set(
		    err, STATUS_CONFLICT,
		    "the entries of %s are not those under its signed checkpoint",
		    range->desk.text);
	if (range->checkpoint_count > 0 &&
	    checkpoint->tree.size <= checkpoint[-1].tree.size)
		return error_set(err, STATUS_MALFORMED,
		                 "checkpoints of %s are not in order", range->desk.text);
	range->checkpoint_count++;
	return STATUS_OK;
}

static enum status take_checkpoints(struct proof_cursor *cursor,
                                    struct proof_range *range,
                                    const struct proof_channel *channel,
                                    const struct record_charter *charter,
                                    struct error *err)
{
	const struct json_doc *doc = cursor->doc;
	const struct json_token *list, *item;
	struct proof_cursor within;

	TRY(proof_take(cursor, "checkpoints", JSON_ARRAY, &list, err));
	if (list->count == 0 || list->count > PROOF_RANGE_CHECKPOINTS_MAX)
		return error_set(err, STATUS_MALFORMED,
		                 "there is no checkpoint of %s, or too many",
		                 range->desk.text);
	range->checkpoints = calloc(list->count, sizeof *range->checkpoints);
	if (range->checkpoints == NULL)
		return no_memory(err);
	for (item = json_first(doc, list); item != NULL;
	     item = json_next(doc, list, item)) {
		TRY(proof_cursor_of(doc, item, &within, err));
		TRY(take_checkpoint(&within, range, channel, charter, err));
	}
	if (proof_range_last(range)->tree.size != proof_range_end(range))
		return error_set(err, STATUS_CONFLICT,
		                 "the last checkpoint of %s does not cover its entries",
		                 range->desk.text);
	return STATUS_OK;
}

/* The whole part */

enum status proof_range_take(struct proof_cursor *cursor, const char *name,
                             const struct proof_channel *channel,
                             const struct record_charter *charter,
                             struct proof_range *ret_range, struct error *err)
{
	const struct json_token *object;
	struct proof_cursor within;
	struct tlog_tree tree;

	tlog_tree_init(&tree);
	TRY(proof_take(cursor, name, JSON_OBJECT, &object, err));
	TRY(proof_cursor_of(cursor->doc, object, &within, err));
	TRY(take_start(&within, ret_range, &tree, err));
	TRY(take_entries(&within, ret_range, &tree, err));
	TRY(take_bodies(&within, ret_range, err));
	TRY(take_checkpoints(&within, ret_range, channel, charter, err));
	return proof_end(&within, err);
}

void proof_range_release(struct proof_range *range)
{
	buf_release(&range->bytes);
	buf_release(&range->blobs);
	free(range->ends);
	free(range->roots);
	free(range->bodies);
	free(range->checkpoints);
	*range = (struct proof_range){0};
}

enum status proof_range_take_single(struct proof_cursor *cursor,
                                    const struct proof_range *range, uint64_t *ret_index,
                                    struct buf *ret_entry, struct error *err)
{
	const struct tlog_checkpoint *tree = &proof_range_last(range)->tree;
	struct tlog_proof proof;

	TRY(proof_take_number(cursor, "index", ret_index, err));
	TRY(proof_take_bytes(cursor, "entry", ret_entry, err));
	TRY(proof_take_hashes(cursor, "inclusion", proof.hashes, TLOG_PROOF_MAX,
	                      &proof.count, err));
	if (*ret_index >= tree->size)
		return error_set(err, STATUS_MALFORMED, "an entry stands beyond its log");
	struct hash leaf = tlog_leaf_hash(buf_view(ret_entry));
	return tlog_proof_verify_inclusion(&proof, *ret_index, tree->size, &leaf,
	                                   &tree->root, err);
}
