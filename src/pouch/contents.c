/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First all requests are taken in their order: checkpoints are verified, blobs listed,
 * packages put aside. Then each package is held against the signed checkpoint of its
 * tree. Where a package begins within a tile, what stands before it in the tile is not in
 * the pouch; but the proof that comes with the checkpoint names the subtrees of the tree
 * as the reader has it, unless that tree is one perfect subtree.
 */
#include "pouch/contents.h"

#include <stdlib.h>

#include "record/array.h"
#include "record/blob.h"
#include "record/pouch.h"
#include "tlog/cosignature.h"
#include "tlog/tile.h"
#include "tlog/wire.h"

struct reading {
	struct pouch_contents *contents;
	const struct record_card *cards;
	size_t card_count;
	/* The maker's newest signed checkpoint here, with the proof that leads to it. */
	struct tlog_checkpoint newest;
	struct tlog_add_checkpoint growth;
	bool has_newest;
	struct json_doc doc;
	struct record_envelope envelope;
};

void pouch_contents_release(struct pouch_contents *contents)
{
	free(contents->checkpoints);
	free(contents->entries);
	free(contents->blobs);
	*contents = (struct pouch_contents){0};
}

/* Checkpoints */

/* The log's line under one of its owner's cards. *ret_has_card: there is one. */
static enum status open_checkpoint(const struct reading *reading, struct view note,
                                   const char *origin, const char *owner,
                                   struct tlog_checkpoint *ret_checkpoint,
                                   bool *ret_has_card, struct error *err)
{
	enum status status = STATUS_OK;
	struct tlog_vkey key;

	*ret_has_card = false;
	for (size_t i = 0; i < reading->card_count; i++) {
		const struct record_card *card = &reading->cards[i];

		if (strcmp(card->name.text, owner) != 0)
			continue;
		*ret_has_card = true;
		TRY(record_log_vkey(origin, &card->keys[RECORD_ROLE_LOG], &key, err));
		status = tlog_checkpoint_open(note, &key, ret_checkpoint, err);
		if (status == STATUS_OK)
			return STATUS_OK;
	}
	return status;
}

/* The maker's countersignature under one of its cards. */
static enum status open_receipt(const struct reading *reading,
                                const struct tlog_note *note,
                                struct pouch_checkpoint *checkpoint, struct error *err)
{
	const char *maker = reading->contents->address->from.text;
	enum status status = STATUS_OK;
	struct tlog_vkey key;

	for (size_t i = 0; i < reading->card_count; i++) {
		const struct record_card *card = &reading->cards[i];

		if (strcmp(card->name.text, maker) != 0)
			continue;
		TRY(record_vkey(maker, "mirror", &card->keys[RECORD_ROLE_MIRROR], &key,
		                err));
		status = tlog_cosignature_verify(note, &key, &checkpoint->held_s, err);
		checkpoint->is_held = status == STATUS_OK;
		if (status == STATUS_OK)
			return STATUS_OK;
	}
	return status;
}

static void keep_newest(struct reading *reading, const struct tlog_add_checkpoint *add,
                        const struct tlog_checkpoint *checkpoint)
{
	if (reading->has_newest && reading->newest.size >= checkpoint->size)
		return;
	reading->newest = *checkpoint;
	reading->growth = *add;
	reading->has_newest = true;
}

static enum status take_checkpoint(struct reading *reading, struct view body,
                                   const struct record_origin *origin, struct error *err)
{
	struct pouch_contents *contents = reading->contents;
	struct pouch_checkpoint found = {
	    .is_makers = strcmp(origin->desk.text, contents->address->from.text) == 0};
	char text[RECORD_ORIGIN_MAX + 1];
	struct tlog_add_checkpoint add;
	struct tlog_note note;

	record_origin_encode(origin, text);
	TRY(tlog_add_checkpoint_parse(body, &add, err));
	TRY(tlog_note_parse(add.note, &note, err));
	TRY(tlog_checkpoint_decode(note.text, &found.checkpoint, err));
	TRY(open_checkpoint(reading, add.note, text, origin->desk.text, &found.checkpoint,
	                    &found.is_signed, err));
	if (!found.is_makers)
		TRY(open_receipt(reading, &note, &found, err));
	else if (found.is_signed)
		keep_newest(reading, &add, &found.checkpoint);
	TRY(record_array_reserve(&contents->checkpoints, &contents->checkpoint_cap,
	                         contents->checkpoint_count + 1,
	                         sizeof *contents->checkpoints, err));
	contents->checkpoints[contents->checkpoint_count++] = found;
	return STATUS_OK;
}

/* Blobs */

static enum status take_blobs(struct reading *reading, struct view body,
                              struct error *err)
{
	struct pouch_contents *contents = reading->contents;
	struct record_add_blobs add;
	enum status status;
	struct view blob;

	TRY(record_add_blobs_parse(body, &add, err));
	while ((status = record_add_blobs_next(&add, &blob, err)) == STATUS_OK) {
		if (contents->blob_count == POUCH_CONTENTS_MAX)
			return error_set(err, STATUS_LIMIT,
			                 "more blobs than a pouch has");
		TRY(record_array_reserve(&contents->blobs, &contents->blob_cap,
		                         contents->blob_count + 1,
		                         sizeof *contents->blobs, err));
		contents->blobs[contents->blob_count++] =
		    (struct pouch_blob){.id = sha256(blob), .blob = blob};
	}
	return status == STATUS_CLOSED ? STATUS_OK : status;
}

static int compare_blobs(const void *a, const void *b)
{
	const struct pouch_blob *one = a, *other = b;

	return memcmp(one->id.bytes, other->id.bytes, sizeof one->id.bytes);
}

static struct pouch_blob *find_blob(const struct pouch_contents *contents,
                                    const struct hash *id)
{
	const struct pouch_blob wanted = {.id = *id};

	if (contents->blob_count == 0)
		return NULL;
	return bsearch(&wanted, contents->blobs, contents->blob_count,
	               sizeof *contents->blobs, compare_blobs);
}

/* Entries */

/* The tree of what stands in the tile before `start`: its subtrees, if the proof from
 * `start` on names them. False: not known. */
static bool tree_before(const struct reading *reading, uint64_t start,
                        struct tlog_tree *ret_tree)
{
	const struct tlog_proof *proof = &reading->growth.proof;
	uint64_t fn = start - 1, sn = reading->newest.size - 1;
	struct hash nodes[TLOG_PROOF_MAX];
	unsigned count = 0;

	tlog_tree_init(ret_tree);
	if (start % TLOG_TILE_WIDTH == 0)
		return true;
	if (reading->growth.old_size != start || (start & (start - 1)) == 0 ||
	    start >= reading->newest.size)
		return false;
	/* As a consistency proof is verified (RFC 9162, 2.1.4.2): what is put left of the
	 * old root are the old tree's subtrees, the smallest first. */
	for (; (fn & 1) != 0; fn >>= 1)
		sn >>= 1;
	for (size_t i = 0; i < proof->count; i++) {
		bool is_left = i > 0 && ((fn & 1) != 0 || fn == sn);

		if (i == 0 || is_left)
			nodes[count++] = proof->hashes[i];
		if (i == 0)
			continue;
		for (; is_left && (fn & 1) == 0 && fn != 0; fn >>= 1)
			sn >>= 1;
		fn >>= 1;
		sn >>= 1;
	}
	unsigned all = (unsigned)__builtin_popcountll(start);
	unsigned within = (unsigned)__builtin_popcountll(start % TLOG_TILE_WIDTH);
	if (count != all)
		return false;
	ret_tree->size = start % TLOG_TILE_WIDTH;
	ret_tree->frontier_count = within;
	for (unsigned i = 0; i < within; i++)
		ret_tree->frontier[i] = nodes[within - 1 - i];
	return true;
}

/* Is the package in the signed tree? UNTRUSTED when it is shown that it is not. */
static enum status prove(const struct reading *reading, uint64_t tree_size,
                         const struct tlog_package *package, bool *ret_proven,
                         struct error *err)
{
	uint64_t base = package->start - package->start % TLOG_TILE_WIDTH;
	struct reader reader = reader_of(package->entries);
	struct tlog_tree tree;
	struct view entry;

	*ret_proven = false;
	if (!reading->has_newest || reading->newest.size != tree_size ||
	    !tree_before(reading, package->start, &tree))
		return STATUS_OK;
	while (tlog_bundle_next(&reader, &entry)) {
		struct hash leaf = tlog_leaf_hash(entry);

		tlog_tree_append(&tree, &leaf, NULL, NULL);
	}
	struct hash node = tlog_tree_root(&tree);
	enum status status =
	    tlog_proof_verify_subtree(&package->proof, base, package->end, tree_size,
	                              &node, &reading->newest.root, err);
	if (status != STATUS_OK)
		return error_set(err, STATUS_UNTRUSTED,
		                 "entries in the pouch are not those that %s signed",
		                 reading->contents->address->from.text);
	*ret_proven = true;
	return STATUS_OK;
}

static enum status take_package(struct reading *reading, struct view body,
                                struct error *err)
{
	struct pouch_contents *contents = reading->contents;
	struct tlog_add_entries add;
	struct tlog_package package;
	bool is_proven;
	struct view entry;

	TRY(tlog_add_entries_parse(body, &add, err));
	TRY(tlog_add_entries_next(&add, add.start, &package, err));
	TRY(prove(reading, add.end, &package, &is_proven, err));
	struct reader reader = reader_of(package.entries);
	for (uint64_t index = package.start; tlog_bundle_next(&reader, &entry); index++) {
		if (contents->entry_count == POUCH_CONTENTS_MAX)
			return error_set(err, STATUS_LIMIT,
			                 "more entries than a pouch has");
		TRY(record_array_reserve(&contents->entries, &contents->entry_cap,
		                         contents->entry_count + 1,
		                         sizeof *contents->entries, err));
		contents->entries[contents->entry_count++] = (struct pouch_entry){
		    .index = index, .entry = entry, .is_proven = is_proven};
	}
	return STATUS_OK;
}

static enum status find_bodies(struct reading *reading, struct error *err)
{
	struct pouch_contents *contents = reading->contents;
	const struct record_envelope *envelope = &reading->envelope;

	for (size_t i = 0; i < contents->entry_count; i++) {
		struct pouch_entry *entry = &contents->entries[i];
		enum status status = record_envelope_decode(entry->entry, &reading->doc,
		                                            &reading->envelope, err);
		struct pouch_blob *blob;

		if (status == STATUS_NO_MEMORY)
			return status;
		if (status != STATUS_OK)
			continue;
		for (size_t j = 0; j < envelope->attachment_count; j++)
			if ((blob = find_blob(contents, &envelope->attachments[j].id)) !=
			    NULL)
				blob->is_attachment = true;
		if (!envelope->has_body)
			continue;
		blob = find_blob(contents, &envelope->body.id);
		entry->lacks_body = blob == NULL;
		if (blob == NULL)
			continue;
		blob->is_body = true;
		entry->content = record_blob_content(blob->blob);
	}
	return STATUS_OK;
}

/* All of it */

/* A pouch is about one log of its maker, and of its reader's brings checkpoints. */
static enum status read_origin(struct reading *reading, enum record_pouch_request request,
                               struct view text, struct record_origin *ret_origin,
                               struct error *err)
{
	struct pouch_contents *contents = reading->contents;
	const struct pouch_address *address = contents->address;

	TRY(record_origin_decode(text, ret_origin, err));
	bool is_makers = strcmp(ret_origin->desk.text, address->from.text) == 0;
	bool is_readers = strcmp(ret_origin->desk.text, address->to.text) == 0;
	if (!hash_equal(&ret_origin->channel.hash, &address->channel.hash) ||
	    (!is_makers && !(is_readers && request == RECORD_POUCH_CHECKPOINT)))
		return error_set(
		    err, STATUS_MALFORMED,
		    "the pouch holds something of a log that is not its maker's");
	if (is_makers && contents->generation != 0 &&
	    contents->generation != ret_origin->generation)
		return error_set(err, STATUS_MALFORMED,
		                 "the pouch is about two logs of its maker");
	if (is_makers)
		contents->generation = ret_origin->generation;
	return STATUS_OK;
}

static enum status take_requests(struct reading *reading, struct record_pouch content,
                                 bool wants_packages, struct error *err)
{
	enum record_pouch_request request;
	struct record_origin origin;
	struct view body, text;

	while (record_pouch_next(&content, &request, &body, &text)) {
		TRY(read_origin(reading, request, text, &origin, err));
		if ((request == RECORD_POUCH_ENTRIES) != wants_packages)
			continue;
		if (request == RECORD_POUCH_CHECKPOINT)
			TRY(take_checkpoint(reading, body, &origin, err));
		else if (request == RECORD_POUCH_BLOBS)
			TRY(take_blobs(reading, body, err));
		else
			TRY(take_package(reading, body, err));
	}
	return STATUS_OK;
}

static bool proves_itself(const struct pouch_contents *contents)
{
	for (size_t i = 0; i < contents->checkpoint_count; i++)
		if (!contents->checkpoints[i].is_signed ||
		    (!contents->checkpoints[i].is_makers &&
		     !contents->checkpoints[i].is_held))
			return false;
	for (size_t i = 0; i < contents->entry_count; i++)
		if (!contents->entries[i].is_proven)
			return false;
	for (size_t i = 0; i < contents->blob_count; i++)
		if (!contents->blobs[i].is_body && !contents->blobs[i].is_attachment)
			return false;
	return true;
}

static enum status read_all(struct reading *reading, struct view content,
                            struct error *err)
{
	struct pouch_contents *contents = reading->contents;
	struct record_pouch parsed;

	TRY(record_pouch_parse(content, &parsed, err));
	contents->needs = parsed.needs;
	TRY(take_requests(reading, parsed, false, err));
	TRY(take_requests(reading, parsed, true, err));
	if (contents->blob_count > 0)
		qsort(contents->blobs, contents->blob_count, sizeof *contents->blobs,
		      compare_blobs);
	TRY(find_bodies(reading, err));
	contents->is_proven = proves_itself(contents);
	return STATUS_OK;
}

enum status pouch_contents_read(struct view content, const struct pouch_address *address,
                                const struct record_card *cards, size_t card_count,
                                struct pouch_contents *ret_contents, struct error *err)
{
	struct reading reading = {
	    .contents = ret_contents, .cards = cards, .card_count = card_count};

	ret_contents->address = address;
	enum status status = read_all(&reading, content, err);
	json_release(&reading.doc);
	record_envelope_release(&reading.envelope);
	return status;
}
