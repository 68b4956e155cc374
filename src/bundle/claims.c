/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settling: sort by log and size, run once over the lowest hash tiles of each log, and
 * take its root at each size asked about.
 */
#include "bundle/claims.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "bundle/file_in.h"
#include "bundle/layout.h"
#include "tlog/tree.h"

enum { CLAIMS_MAX = 1 << 17 };

enum status bundle_claims_add(struct bundle_claims *claims,
                              const struct bundle_claim *claim, struct error *err)
{
	if (claims->claims == NULL)
		claims->claims = reallocarray(NULL, CLAIMS_MAX, sizeof *claims->claims);
	if (claims->claims == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for roots");
	if (claims->count == CLAIMS_MAX)
		return error_set(err, STATUS_LIMIT, "more roots than are kept at a time");
	claims->claims[claims->count++] = *claim;
	return STATUS_OK;
}

static int compare(const void *a, const void *b)
{
	const struct bundle_claim *x = a, *y = b;

	if (x->about != y->about)
		return x->about < y->about ? -1 : 1;
	return (x->size > y->size) - (x->size < y->size);
}

static bool comes_before(const struct bundle_claim *a, const struct bundle_claim *b)
{
	return a->author != b->author ? a->author < b->author : a->index < b->index;
}

/* One run over the leaves of a log. */
struct run {
	const struct bundle_claim *claims; /* about this log, by size */
	size_t count, next;
	struct tlog_tree tree;
	bool has_root; /* `root` is that of the tree as it is now */
	struct hash root;
	const struct bundle_claim *bad; /* the first by its entry, or NULL */
};

static void judge(struct run *run)
{
	for (; run->next < run->count && run->claims[run->next].size == run->tree.size;
	     run->next++) {
		const struct bundle_claim *claim = &run->claims[run->next];

		if (!run->has_root)
			run->root = tlog_tree_root(&run->tree);
		run->has_root = true;
		if (!hash_equal(&run->root, &claim->root) &&
		    (run->bad == NULL || comes_before(claim, run->bad)))
			run->bad = claim;
	}
}

static void take_leaves(struct run *run, const uint8_t *hashes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct hash leaf;

		memcpy(leaf.bytes, hashes + 32 * i, sizeof leaf.bytes);
		tlog_tree_append(&run->tree, &leaf, NULL, NULL);
		run->has_root = false;
		judge(run);
	}
}

/* Reads the lowest tiles again; false when they are not what the log's root says. */
static enum status run_log(struct run *run, int folder,
                           const struct bundle_manifest_log *log, bool *ret_holds,
                           struct error *err)
{
	CLEANUP_BUF struct buf content = BUF_INIT(BUNDLE_TILE_LEN_MAX);
	char name[HASH_HEX_LEN + 1];

	*ret_holds = false;
	bundle_log_folder(log->origin_text, name);
	tlog_tree_init(&run->tree);
	for (uint64_t i = 0; i < bundle_entries_count(log->size); i++) {
		struct tlog_tile tile = {.index = i,
		                         .width = tlog_tile_width(log->size, 0, i)};
		struct bundle_path path = bundle_path_tile(&tile);
		path = bundle_path_join(name, path.text);
		enum status status = bundle_file_read(folder, path.text, &content, err);

		if (status == STATUS_SYSTEM || status == STATUS_NO_MEMORY)
			return status;
		if (status != STATUS_OK || content.len != (size_t)tile.width * 32)
			return STATUS_OK;
		take_leaves(run, content.data, tile.width);
	}
	struct hash root = tlog_tree_root(&run->tree);
	*ret_holds = hash_equal(&root, &log->root);
	return STATUS_OK;
}

enum status bundle_claims_settle(struct bundle_claims *claims, int folder,
                                 const struct bundle_manifest *manifest,
                                 struct bundle_claim *ret_bad, struct error *err)
{
	const struct bundle_claim *bad = NULL;
	size_t end;

	if (claims->count > 0)
		qsort(claims->claims, claims->count, sizeof *claims->claims, compare);
	for (size_t start = 0; start < claims->count; start = end) {
		const struct bundle_claim *first = &claims->claims[start];
		bool holds;

		for (end = start;
		     end < claims->count && claims->claims[end].about == first->about;)
			end++;
		struct run run = {.claims = first, .count = end - start};
		TRY(run_log(&run, folder, &manifest->logs[first->about], &holds, err));
		if (!holds)
			claims->is_in_doubt = true;
		else if (run.bad != NULL && (bad == NULL || comes_before(run.bad, bad)))
			bad = run.bad;
	}
	claims->count = 0;
	if (bad == NULL)
		return STATUS_OK;
	*ret_bad = *bad;
	return error_set(
	    err, STATUS_CONFLICT,
	    "%s#%llu names a root of %s at size %llu that its log does not "
	    "have",
	    manifest->logs[bad->author].origin.desk.text,
	    (unsigned long long)(manifest->logs[bad->author].offset + bad->index),
	    manifest->logs[bad->about].origin.desk.text,
	    (unsigned long long)(manifest->logs[bad->about].offset + bad->size));
}

void bundle_claims_release(struct bundle_claims *claims)
{
	free(claims->claims);
	*claims = (struct bundle_claims){0};
}
