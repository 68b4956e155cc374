/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entries of a log against what stands above them. Leaves are made anew tile by tile
 * and held against the stored tile, so that what is wrong can be named; the tree that
 * grows from them gives the roots that were signed and the tiles of the levels above.
 */
#include <inttypes.h>

#include "desk/checker.h"

enum {
	RUN_MAX = 64, /* entries of one read */
	RUN_LEN_MAX = RUN_MAX * (TLOG_ENTRY_MAX + 2),
	BODIES_LEN_MAX = 2 * (RECORD_BODY_MAX + 64),
	NAMED_MAX = 8, /* entries of one tile that are named */
};

/* ---- reading ---- */

static void check_body(struct desk_checker *checker, struct log *log, uint64_t index,
                       struct view entry, struct view blob)
{
	struct desk *desk = checker->desk;
	struct error err;
	if (term_judge(desk, log, entry, index, NULL) != STATUS_OK ||
	    !desk->envelope.has_body)
		return;
	if (record_blob_check(blob, &desk->envelope.body, &err) != STATUS_OK)
		check_found(checker, "the body of %s#%" PRIu64 " is damaged: %s",
		            check_log_name(log), log_id_index(log, index), err.text);
	checker->result.bodies++;
	check_spend(checker, blob.len);
}

/* Entries from `read` on and their bodies, as far as those are here, up to the end of the
 * tile. Ends at the first body that does not fit. */
static enum status read_run(struct desk_checker *checker, struct log *log,
                            struct buf *entries, struct buf *bodies,
                            uint64_t *ret_body_count, struct error *err)
{
	const struct store *store = &checker->desk->store;
	uint64_t first = checker->read, count = 0;
	uint64_t room = TLOG_TILE_WIDTH - first % TLOG_TILE_WIDTH;
	uint64_t wanted = checker->end - first < room ? checker->end - first : room;
	if (wanted > RUN_MAX)
		wanted = RUN_MAX;
	*ret_body_count = 0;
	TRY(store->ops->read_entries(store->self, log->number, first, wanted, entries,
	                             &count, err));
	if (first >= log->body_count)
		return STATUS_OK;
	return store->ops->read_bodies(store->self, log->number, first, wanted, bodies,
	                               ret_body_count, err);
}

static void take_entry(struct desk_checker *checker, struct log *log, struct view entry,
                       struct view blob, bool has_blob)
{
	checker->leaves.hashes[checker->leaves.count++] =
	    log_leaf(log, checker->read, entry);
	checker->result.entries++;
	check_spend(checker, entry.len);
	if (has_blob)
		check_body(checker, log, checker->read, entry, blob);
	checker->read++;
	checker->done++;
}

/* False: nothing could be read; that is said. */
static bool read_entries(struct desk_checker *checker, struct log *log)
{
	CLEANUP_BUF struct buf entries = BUF_INIT(RUN_LEN_MAX);
	CLEANUP_BUF struct buf bodies = BUF_INIT(BODIES_LEN_MAX);
	uint64_t before = checker->read, body_count;
	struct reader body_reader;
	struct error err;
	struct view entry, blob;
	enum status status = read_run(checker, log, &entries, &bodies, &body_count, &err);
	if (status != STATUS_OK) {
		check_found(checker, "%s#%" PRIu64 " can't be read: %s",
		            check_log_name(log), log_id_index(log, before), err.text);
		return false;
	}
	struct reader reader = reader_of(buf_view(&entries));
	body_reader = reader_of(buf_view(&bodies));
	bool has_bodies = before < log->body_count;
	while (tlog_bundle_next(&reader, &entry)) {
		bool has_blob = has_bodies && checker->read < log->body_count;
		if (has_blob && !reader_u32_bytes(&body_reader, &blob))
			break;
		take_entry(checker, log, entry, blob, has_blob);
	}
	if (checker->read == before)
		check_found(checker, "the store lacks %s#%" PRIu64, check_log_name(log),
		            log_id_index(log, before));
	return checker->read > before;
}

/* ---- a tile of leaves ---- */

static bool root_is(const struct hash *hashes, const struct hash *node)
{
	struct hash root = tlog_tile_subtree(hashes, TLOG_TILE_WIDTH);
	return hash_equal(&root, node);
}

static void name_entries(struct desk_checker *checker, const struct log *log,
                         uint64_t first, const struct hash *stored, unsigned count)
{
	unsigned named = 0, others = 0;
	for (unsigned i = 0; i < count; i++) {
		if (hash_equal(&stored[i], &checker->leaves.hashes[i]))
			continue;
		if (named++ < NAMED_MAX)
			check_found(checker,
			            "the entry %s#%" PRIu64
			            " is not the one that was signed",
			            check_log_name(log), log_id_index(log, first + i));
		else
			others++;
	}
	if (others > 0)
		check_found(checker, "%u more entries of %s behind them neither", others,
		            check_log_name(log));
}

/* Leaves and tile differ; the level above tells which of them is right. What is right
 * goes on into the tree, so that one fault is said once. */
static void tell_apart(struct desk_checker *checker, struct log *log, uint64_t index,
                       const struct hash *stored)
{
	struct log_reader reader = {checker->desk, log};
	uint64_t first = index * TLOG_TILE_WIDTH;
	struct hash node;
	unsigned count = checker->leaves.count;
	bool is_full = count == TLOG_TILE_WIDTH;
	if (is_full && (log_read_node(&reader, 8, index, &node, NULL) != STATUS_OK ||
	                !root_is(stored, &node))) {
		check_found(checker,
		            "tile 0/%" PRIu64 " of %s is damaged: it does not fit the "
		            "entries %s#%" PRIu64 " to #%" PRIu64,
		            index, log->origin, check_log_name(log),
		            log_id_index(log, first),
		            log_id_index(log, first + count - 1));
		return;
	}
	name_entries(checker, log, first, stored, count);
	memcpy(checker->leaves.hashes, stored, count * sizeof *stored);
}

/* A full tile as it is stored; of the right edge, which is not, what the desk works with.
 */
static enum status read_tile(struct desk_checker *checker, struct log *log,
                             uint64_t index, struct buf *out, struct error *err)
{
	const struct store *store = &checker->desk->store;
	if (checker->leaves.count < TLOG_TILE_WIDTH)
		return log_read_tile(checker->desk, log, 0, index, checker->leaves.count,
		                     out, err);
	return store->ops->get_tile(store->self, log->number, 0, index, out, err);
}

static void judge_leaves(struct desk_checker *checker, struct log *log)
{
	CLEANUP_BUF struct buf stored = BUF_INIT(TLOG_TILE_WIDTH * sizeof(struct hash));
	uint64_t index = (checker->read - 1) / TLOG_TILE_WIDTH;
	size_t len = checker->leaves.count * sizeof(struct hash);
	struct hash hashes[TLOG_TILE_WIDTH];
	struct error err;
	checker->is_judged = true;
	check_spend(checker, len);
	if (read_tile(checker, log, index, &stored, &err) != STATUS_OK ||
	    stored.len != len) {
		check_found(checker, "tile 0/%" PRIu64 " of %s is not there", index,
		            log->origin);
		return;
	}
	memcpy(hashes, stored.data, len);
	if (memcmp(hashes, checker->leaves.hashes, len) != 0)
		tell_apart(checker, log, index, hashes);
}

/* ---- the tree ---- */

/* A row that can't be used is named and passed over. */
struct looking {
	struct desk_checker *checker;
	struct log *log;
	bool is_found;
	uint64_t passed; /* size of a row that is damaged */
};

static bool take_checkpoint(void *context, struct view key, struct view value)
{
	struct looking *looking = context;
	struct desk_checker *checker = looking->checker;
	struct reader size =
	    reader_of(view_from(key, key.len >= 8 ? key.len - 8 : key.len));
	struct error err;
	if (!reader_u64(&size, &looking->passed)) {
		check_found(checker, "a checkpoint of %s has a damaged key",
		            looking->log->origin);
		return false;
	}
	check_spend(checker, CHECK_SIGNATURE_COST);
	looking->is_found = true;
	checker->has_next =
	    log_open_checkpoint(looking->log, value, &checker->next, &err) == STATUS_OK &&
	    checker->next.size == looking->passed;
	if (!checker->has_next)
		check_found(checker,
		            "the checkpoint of %s at size %" PRIu64
		            " that is kept is damaged",
		            looking->log->origin, looking->passed);
	return false;
}

/* The next one at this size or behind, of those that are held. */
static void find_checkpoint(struct desk_checker *checker, struct log *log, uint64_t from)
{
	const struct store *store = &checker->desk->store;
	struct looking looking = {.checker = checker, .log = log, .is_found = true};
	struct error err;
	checker->has_next = false;
	while (!checker->has_next && looking.is_found && from <= checker->end) {
		CLEANUP_BUF struct buf prefix = BUF_INIT(16), start = BUF_INIT(16);
		buf_append_u32(&prefix, log->number);
		buf_append_u32(&start, log->number);
		buf_append_u64(&start, from);
		looking.is_found = false;
		if (store->ops->scan(store->self, STORE_CHECKPOINT, buf_view(&prefix),
		                     buf_view(&start), take_checkpoint, &looking,
		                     &err) != STATUS_OK) {
			check_found(checker, "the checkpoints of %s can't be read: %s",
			            log->origin, err.text);
			return;
		}
		from = looking.passed + 1;
	}
}

/* Compares the root at a kept size that the tree has just reached. */
static void compare_checkpoint(struct desk_checker *checker, struct log *log)
{
	struct hash root;
	if (!checker->has_next || checker->next.size != checker->tree.size)
		return;
	root = tlog_tree_root(&checker->tree);
	checker->result.checkpoints++;
	/* All that follow differ as well. */
	if (!checker->has_wrong_root && !hash_equal(&root, &checker->next.root)) {
		checker->has_wrong_root = true;
		check_found(checker,
		            "the entries of %s do not give the root that was signed at "
		            "size %" PRIu64,
		            log->origin, checker->tree.size);
	}
	find_checkpoint(checker, log, checker->tree.size + 1);
}

static void compare_upper_tile(struct desk_checker *checker, struct log *log,
                               unsigned level, uint64_t index,
                               const struct check_tile *tile)
{
	const struct store *store = &checker->desk->store;
	CLEANUP_BUF struct buf stored = BUF_INIT(TLOG_TILE_WIDTH * sizeof(struct hash));
	size_t len = tile->count * sizeof(struct hash);
	check_spend(checker, len);
	if (!checker->has_wrong_root &&
	    (store->ops->get_tile(store->self, log->number, level, index, &stored,
	                          NULL) != STATUS_OK ||
	     stored.len < len || memcmp(stored.data, tile->hashes, len) != 0))
		check_found(checker, "tile %u/%" PRIu64 " of %s is damaged", level, index,
		            log->origin);
}

struct growing {
	struct desk_checker *checker;
	struct log *log;
};

/* A perfect subtree is complete: those of a tile's height are what the level above is
 * made of. */
static void take_node(void *context, unsigned level, uint64_t index,
                      const struct hash *node)
{
	struct growing *growing = context;
	unsigned tile_level = level / 8;
	struct check_tile *tile;
	if (level % 8 != 0 || tile_level == 0 || tile_level > CHECK_LEVELS)
		return;
	tile = &growing->checker->nodes[tile_level - 1];
	tile->hashes[tile->count++] = *node;
	if (tile->count < TLOG_TILE_WIDTH)
		return;
	compare_upper_tile(growing->checker, growing->log, tile_level,
	                   index / TLOG_TILE_WIDTH, tile);
	tile->count = 0;
}

/* False: not all of the tile's leaves yet. */
static bool grow_tree(struct desk_checker *checker, struct log *log)
{
	struct growing growing = {checker, log};
	if (!checker->has_looked) {
		checker->has_looked = true;
		find_checkpoint(checker, log, 1);
	}
	while (checker->appended < checker->leaves.count && checker->cost_left > 0) {
		tlog_tree_append(&checker->tree,
		                 &checker->leaves.hashes[checker->appended++], take_node,
		                 &growing);
		check_spend(checker, 64);
		compare_checkpoint(checker, log);
	}
	return checker->appended == checker->leaves.count;
}

/* ---- the end ---- */

static void end_entries(struct desk_checker *checker, struct log *log)
{
	struct hash root = tlog_tree_root(&checker->tree), held;
	for (unsigned level = 1; level <= CHECK_LEVELS; level++) {
		const struct check_tile *tile = &checker->nodes[level - 1];
		if (tile->count > 0)
			compare_upper_tile(checker, log, level,
			                   tlog_tile_level_size(checker->end, level) /
			                       TLOG_TILE_WIDTH,
			                   tile);
	}
	if (!checker->has_wrong_root &&
	    (log_root_at(checker->desk, log, checker->end, &held, NULL) != STATUS_OK ||
	     !hash_equal(&root, &held)))
		check_found(checker, "the tree of %s is damaged", log->origin);
}

bool check_entries(struct desk_checker *checker, struct log *log)
{
	bool is_whole =
	    checker->read == checker->end || checker->leaves.count == TLOG_TILE_WIDTH;
	if (checker->leaves.count > 0 && is_whole) {
		if (!checker->is_judged)
			judge_leaves(checker, log);
		if (!grow_tree(checker, log))
			return false;
		checker->leaves.count = checker->appended = 0;
		checker->is_judged = false;
		return false;
	}
	if (checker->read < checker->end) {
		if (read_entries(checker, log))
			return false;
		/* What can't be read has no tree; the rest of this log is not looked at.
		 */
		checker->done += checker->end - checker->read;
		return true;
	}
	end_entries(checker, log);
	return true;
}
