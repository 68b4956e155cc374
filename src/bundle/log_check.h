/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verification of one log in progress: log_check.c, and for what its entries and
 * their bodies say, entry_check.c. For these two only.
 */
#ifndef ALDIS_BUNDLE_LOG_CHECK_H
#define ALDIS_BUNDLE_LOG_CHECK_H

#include "bundle/check.h"

struct log_check {
	struct bundle_check *check;
	const struct bundle_manifest_log *log;
	uint32_t log_index;
	struct bundle_log *place;
	const struct record_card *signer; /* of the checkpoint */
	char folder[HASH_HEX_LEN + 1];

	struct tlog_tree tree;
	struct hash rows[BUNDLE_TILE_LEVELS]
	                [TLOG_TILE_WIDTH]; /* newest tile of each level */

	struct buf attachments; /* struct record_blob_ref, of the bundle at hand */

	int64_t last_sent_s;
	uint64_t malformed_count, malformed_first;
	struct error malformed_why;
};

/* Reads the bodies of the bundle whose entries are at hand, and judges each entry with
 * its body. Looks at the file at fault. */
MUST_USE enum status log_check_bodies(struct log_check *lc,
                                      const struct tlog_tile *bundle, struct error *err);

#endif
