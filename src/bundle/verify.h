/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verifying what leaves a desk as a file: exports, receipts and proofs, with nothing but
 * the file and the cards whose fingerprints the reader has compared. No network, no
 * database, no clock. Source: spec/record.md (Export, Receipt, Proofs), aldis.md 3.3, 5,
 * 9.1, 9.2.
 *
 * The answer has two halves. Consistent: every signature, hash and proof in the file
 * holds under the keys of the desks it names. Anchored: the roots of all these desks were
 * also given by cards that the reader trusts; without that, one who invented all the
 * desks would be consistent too, and the digits must be compared.
 */
#ifndef ALDIS_BUNDLE_VERIFY_H
#define ALDIS_BUNDLE_VERIFY_H

#include "bundle/layout.h"
#include "bundle/silence.h"
#include "record/card.h"

enum bundle_kind {
	BUNDLE_EXPORT,
	BUNDLE_RECEIPT,
	BUNDLE_SILENCE,
	BUNDLE_EQUIVOCATION,
	BUNDLE_STATEMENT,
	/* Verified by folders above. */
	BUNDLE_RELEASE,
	BUNDLE_POUCH_PART,
	BUNDLE_POUCH,
};
/* "export", "receipt", "proof of silence", "proof of equivocation", "record statement",
 * "release", "pouch part", "pouch" */
const char *bundle_kind_name(enum bundle_kind kind);

struct bundle_desk {
	struct record_name name;
	char fingerprint[RECORD_FINGERPRINT_LEN + 1];
	bool is_anchored;
};

/* What was found. */
struct bundle_result {
	enum bundle_kind kind;
	bool is_consistent;
	bool is_anchored; /* never without is_consistent */

	/* When it is not consistent: the first file that is wrong, relative to the export
	 * (empty for a single file), and why. */
	struct bundle_path file;
	struct error why;

	/* The desks whose signatures were relied on, in the charter's order. */
	struct bundle_desk *desks;
	size_t desk_count;

	/* Plain words: what the file shows. NUL-terminated, one behind the other. */
	struct buf words;
	size_t statement_count;

	/* Owned: of a proof of silence that is consistent. Else NULL. */
	struct bundle_silence *silence;

	/* Of an export. */
	uint64_t log_count, entry_count, body_count, attachment_count;
	uint64_t file_count, byte_count;
	uint64_t malformed_count;          /* entries recorded as malformed */
	uint64_t missing_attachment_count; /* named, but not in the export */
	uint64_t withheld_count;       /* entries that the exporter has as hashes only */
	uint64_t open_reference_count; /* `seen` beyond what the export holds of a log */
};

struct bundle_verify_options {
	/* Notes of cards that the reader trusts. */
	const struct view *cards;
	size_t card_count;
	/* The entry of a receipt that does not carry it; else empty. */
	struct view entry;
};

/*
 * Verifies the file or folder. OK: the answer is in ret_result (which starts all-zero;
 * release it after success or failure), also when it is no. Else nothing could be said:
 * NOT_FOUND when there is no such file or no card to check it with, MALFORMED when the
 * file is none of ours or a trusted card is broken, SYSTEM, NO_MEMORY.
 */
MUST_USE enum status bundle_verify(const char *path,
                                   const struct bundle_verify_options *options,
                                   struct bundle_result *ret_result, struct error *err);

/* The same for a receipt in memory. */
MUST_USE enum status bundle_verify_receipt(struct view receipt,
                                           const struct bundle_verify_options *options,
                                           struct bundle_result *ret_result,
                                           struct error *err);

/* The same for a proof in memory: silence, equivocation, record statement. MALFORMED when
 * it is none of them. */
MUST_USE enum status bundle_verify_proof(struct view proof,
                                         const struct bundle_verify_options *options,
                                         struct bundle_result *ret_result,
                                         struct error *err);

/* Statement `index` (below statement_count), borrowed from the result. */
const char *bundle_statement(const struct bundle_result *result, size_t index);
void bundle_result_release(struct bundle_result *result);

#endif
