/* SPDX-License-Identifier: Apache-2.0 */
#include "libaldis/testing.h"

#include "record/blob.h"
#include "record/pouch.h"
#include "tlog/proof.h"
#include "tlog/tile.h"
#include "tlog/wire.h"

static void must(enum status status)
{
	assert_int_equal(status, STATUS_OK);
}

static void append_checkpoint(struct view note, uint64_t old_size,
                              const struct tlog_proof *proof, struct buf *out)
{
	struct tlog_add_checkpoint add = {
	    .old_size = old_size, .proof = *proof, .note = note};
	size_t begun = record_pouch_begin(out, RECORD_POUCH_CHECKPOINT);

	tlog_add_checkpoint_append(out, &add);
	record_pouch_end(out, begun);
}

static void append_package(struct testing_log *log, uint64_t start, struct buf *out)
{
	CLEANUP_BUF struct buf bundle =
	    BUF_INIT((size_t)TLOG_TILE_WIDTH * (TLOG_ENTRY_MAX + 2));
	uint64_t base = start - start % TLOG_TILE_WIDTH, end = base + TLOG_TILE_WIDTH;
	struct tlog_proof proof;

	if (end > log->count)
		end = log->count;
	for (uint64_t i = start; i < end; i++)
		tlog_bundle_append(&bundle, buf_view(&log->entries[i].entry));
	must(tlog_proof_subtree(base, end, log->count, test_tree_read, &log->tree, &proof,
	                        NULL));
	size_t begun = record_pouch_begin(out, RECORD_POUCH_ENTRIES);
	tlog_add_entries_append_header(out, view_of_string(log->origin), start,
	                               log->count, view_of("", 0));
	tlog_add_entries_append_package(out, buf_view(&bundle), &proof);
	record_pouch_end(out, begun);
}

static void append_blobs(const struct testing_log *log, uint64_t from, struct buf *out)
{
	size_t begun = record_pouch_begin(out, RECORD_POUCH_BLOBS);

	record_add_blobs_append_origin(out, view_of_string(log->origin));
	for (uint64_t i = from; i < log->count; i++)
		if (log->entries[i].blob.len > 0)
			record_add_blobs_append_blob(out,
			                             buf_view(&log->entries[i].blob));
	for (size_t i = 0; i < log->attachment_count; i++)
		record_add_blobs_append_blob(out, buf_view(&log->attachments[i].blob));
	record_pouch_end(out, begun);
}

void testing_pouch_content(const struct testing_pouch *pouch, struct buf *out)
{
	struct testing_log *log =
	    &pouch->channel->logs[pouch->successor > 0 ? pouch->successor : pouch->from];
	const struct testing_log *back = &pouch->channel->logs[pouch->to];
	struct tlog_proof none = {.count = 0}, proof;

	record_pouch_append_head(out, pouch->held);
	if (!pouch->has_no_receipt)
		append_checkpoint(buf_view(&back->checkpoint), back->count, &none, out);
	must(tlog_proof_consistency(pouch->held, log->count, test_tree_read, &log->tree,
	                            &proof, NULL));
	append_checkpoint(buf_view(&log->checkpoint), pouch->held, &proof, out);
	for (uint64_t at = pouch->held; at < log->count;
	     at += TLOG_TILE_WIDTH - at % TLOG_TILE_WIDTH)
		append_package(log, at, out);
	if (!pouch->has_no_blobs)
		append_blobs(log, pouch->held, out);
	must(buf_check(out, "the content", NULL));
}

struct pouch_address testing_pouch_address(const struct testing_pouch *pouch)
{
	const struct record_card *to = &pouch->channel->desks[pouch->to].card;
	struct pouch_address address = {
	    .from = pouch->channel->desks[pouch->from].card.name, .to = to->name};
	struct record_origin origin;

	must(record_origin_decode(view_of_string(pouch->channel->logs[0].origin), &origin,
	                          NULL));
	address.channel = origin.channel;
	memcpy(address.box.bytes, to->keys[RECORD_ROLE_BOX].bytes,
	       sizeof address.box.bytes);
	return address;
}

void testing_pouch_seal(const struct testing_pouch *pouch, struct buf *out)
{
	CLEANUP_BUF struct buf content = BUF_INIT(POUCH_CONTENT_MAX);
	struct pouch_address address = testing_pouch_address(pouch);

	testing_pouch_content(pouch, &content);
	if (pouch->falsify != NULL)
		pouch->falsify(&content);
	must(pouch_seal(&address, buf_view(&content), out, NULL));
}

void testing_pouch_part(const struct testing_pouch *pouch, struct view whole,
                        size_t part_size, uint32_t number, struct buf *out)
{
	struct pouch_part part = {.address = testing_pouch_address(pouch),
	                          .pouch = sha256(whole),
	                          .size = (uint32_t)whole.len,
	                          .number = number,
	                          .count = pouch_part_count(whole.len, part_size),
	                          .bytes = pouch_part_share(whole, part_size, number)};

	pouch_part_append(out, &part);
	must(buf_check(out, "a part", NULL));
}
