/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checkpoint of a pouch comes with a proof from the size that its maker knew to be
 * held. The link would be told by 409 of another one, and answer with another proof; for
 * a pouch the reader makes that proof itself, from what it holds and from the entries in
 * the pouch. The result is a request like any other, which mirror.c judges.
 */
#include "desk/pouch_fit.h"

/* Nodes that appended leaves complete; those of a level stand next to each other. */
struct level {
	struct hash *nodes; /* owned */
	uint64_t first;
	size_t count, cap;
};

struct growing {
	struct desk *desk;
	struct log *log;
	struct tlog_tree tree;
	struct level levels[64];
};

static void keep_node(void *context, unsigned level, uint64_t index,
                      const struct hash *node)
{
	struct growing *growing = context;
	struct level *it = &growing->levels[level];
	if (!desk_grow(growing->desk, &it->nodes, &it->cap, it->count, sizeof *it->nodes))
		return;
	if (it->count == 0)
		it->first = index;
	it->nodes[it->count++] = *node;
}

static enum status read_node(void *context, unsigned level, uint64_t index,
                             struct hash *ret_node, struct error *err)
{
	struct growing *growing = context;
	const struct level *it = &growing->levels[level];
	struct log_reader nodes = {growing->desk, growing->log};
	if (index < it->first || index - it->first >= it->count)
		return log_read_node(&nodes, level, index, ret_node, err);
	*ret_node = it->nodes[index - it->first];
	return STATUS_OK;
}

/* Appends the leaves of a package that go on where the tree ends. */
static void grow(struct growing *growing, struct tlog_add_entries *add)
{
	struct tlog_package package;
	struct view entry;
	if (tlog_add_entries_next(add, add->start, &package, NULL) != STATUS_OK ||
	    package.start > growing->tree.size)
		return;
	struct reader reader = reader_of(package.entries);
	for (uint64_t index = package.start; tlog_bundle_next(&reader, &entry); index++) {
		struct hash leaf = tlog_leaf_hash(entry);
		if (index == growing->tree.size)
			tlog_tree_append(&growing->tree, &leaf, keep_node, growing);
	}
}

static void grow_all(struct growing *growing, struct record_pouch content)
{
	enum record_pouch_request request;
	struct tlog_add_entries add;
	struct view body, origin;
	while (record_pouch_next(&content, &request, &body, &origin))
		if (request == RECORD_POUCH_ENTRIES &&
		    tlog_add_entries_parse(body, &add, NULL) == STATUS_OK)
			grow(growing, &add);
}

static bool make_proof(struct growing *growing, uint64_t old_size,
                       const struct tlog_checkpoint *checkpoint,
                       struct tlog_proof *ret_proof)
{
	struct hash root = tlog_tree_root(&growing->tree);
	return hash_equal(&root, &checkpoint->root) &&
	       growing->desk->failed == STATUS_OK &&
	       tlog_proof_consistency(old_size, checkpoint->size, read_node, growing,
	                              ret_proof, NULL) == STATUS_OK;
}

bool pouch_fit_checkpoint(struct desk *desk, struct log *log,
                          const struct record_pouch *content, struct view body,
                          struct buf *ret_body)
{
	struct tlog_add_checkpoint add;
	struct tlog_checkpoint checkpoint;
	uint64_t known = log->newest.size;
	if (tlog_add_checkpoint_parse(body, &add, NULL) != STATUS_OK ||
	    log_open_checkpoint(log, add.note, &checkpoint, NULL) != STATUS_OK ||
	    add.old_size == known || checkpoint.size <= known)
		return false;
	struct growing *growing = calloc(1, sizeof *growing);
	if (!growing)
		return false;
	growing->desk = desk;
	growing->log = log;
	growing->tree = log->tree;
	grow_all(growing, *content);
	/* of another history: a request that can't prove itself is refused as one */
	bool is_whole = growing->tree.size == checkpoint.size;
	if (!make_proof(growing, known, &checkpoint, &add.proof))
		add.proof.count = 0;
	for (size_t i = 0; i < 64; i++)
		free(growing->levels[i].nodes);
	free(growing);
	if (!is_whole)
		return false;
	add.old_size = known;
	tlog_add_checkpoint_append(ret_body, &add);
	return true;
}
