/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in a pouch that was opened, and what of it proves itself under the cards that
 * one trusts: for whoever has no record to hold it against. A desk has, and judges more
 * (desk/pouch_in.c); nothing changes here. Source: spec/pouch.md, The content.
 */
#ifndef ALDIS_POUCH_CONTENTS_H
#define ALDIS_POUCH_CONTENTS_H

#include "pouch/part.h"
#include "record/card.h"
#include "record/envelope.h"
#include "tlog/checkpoint.h"

/* More than any desk puts into a pouch. */
enum { POUCH_CONTENTS_MAX = 1 << 18 }; /* entries; likewise blobs */

struct pouch_checkpoint {
	struct tlog_checkpoint checkpoint;
	bool is_makers;  /* of the maker's log, else of the reader's */
	bool is_signed;  /* by a card's log key; false: there is no card */
	bool is_held;    /* of the reader's log: countersigned by the maker, by a card */
	uint64_t held_s; /* then: when, else 0 */
};

struct pouch_entry {
	uint64_t index;
	struct view entry; /* borrowed from the content */
	/* It is in the tree of a signed checkpoint that is in the pouch. */
	bool is_proven;
	bool lacks_body;     /* which it names, and which is not in the pouch */
	struct view content; /* of its body, borrowed; empty without */
};

struct pouch_blob {
	struct hash id;
	struct view blob;   /* with its salt; borrowed */
	bool is_attachment; /* that an entry in the pouch names */
	bool is_body;       /* of such an entry */
};

/* Starts all-zero; release it. */
struct pouch_contents {
	const struct pouch_address *address; /* borrowed, as the content */
	uint64_t needs; /* entries of the maker's log that the reader must hold */
	/* Which of the maker's logs it is about, 1 for the first; 0: nothing of one is in
	 * it. In ids of messages the indices of a later one go on behind the one before.
	 */
	uint32_t generation;
	struct pouch_checkpoint *checkpoints; /* owned, as all here */
	size_t checkpoint_count, checkpoint_cap;
	struct pouch_entry *entries; /* ascending within a request */
	size_t entry_count, entry_cap;
	struct pouch_blob *blobs; /* ascending by id */
	size_t blob_count, blob_cap;
	/* All checkpoints are signed and held, all entries proven, all blobs named by
	 * one. */
	bool is_proven;
};

/*
 * Reads the content of a pouch of this address. Of one desk there may be several cards,
 * for keys that it had. MALFORMED: of another form, or about another log; UNTRUSTED: the
 * owner's signature, the maker's countersignature or a proof does not hold under the
 * cards; LIMIT: more than POUCH_CONTENTS_MAX.
 */
MUST_USE enum status
pouch_contents_read(struct view content, const struct pouch_address *address,
                    const struct record_card *cards, size_t card_count,
                    struct pouch_contents *ret_contents, struct error *err);
void pouch_contents_release(struct pouch_contents *contents);

#endif
