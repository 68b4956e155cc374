/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proof files: what parses encodes back to the same bytes, and its proof is refused or
 * holds without reading out of bounds.
 */
#include "tlog/proof_file.h"

#include <assert.h>

#include "base/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct view text = view_of(data, len);
	struct tlog_proof_file file;
	struct tlog_note note;
	struct tlog_checkpoint checkpoint;
	CLEANUP_BUF struct buf again = BUF_INIT(len + 1);
	if (tlog_proof_file_parse(text, &file, NULL) != STATUS_OK)
		return 0;
	tlog_proof_file_append(&again, &file);
	assert(view_equal(buf_view(&again), text));
	if (tlog_note_parse(file.checkpoint, &note, NULL) != STATUS_OK ||
	    tlog_checkpoint_decode(note.text, &checkpoint, NULL) != STATUS_OK)
		return 0;
	struct hash leaf = tlog_leaf_hash(view_of_string("bc"));
	enum status status = tlog_proof_verify_inclusion(
	    &file.proof, file.index, checkpoint.size, &leaf, &checkpoint.root, NULL);
	assert(status != STATUS_OK || file.index < checkpoint.size);
	return 0;
}
