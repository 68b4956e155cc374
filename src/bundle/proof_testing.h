/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests only: a channel in memory whose checkpoints are kept, with countersignatures
 * of members and of neutral witnesses at times that a test chooses, and a proof_source
 * over it. Each entry's `seen` names what its author has cosigned so far. What fails here
 * ends the test.
 */
#ifndef ALDIS_BUNDLE_PROOF_TESTING_H
#define ALDIS_BUNDLE_PROOF_TESTING_H

#include "bundle/proof.h"
#include "bundle/testing.h"
#include "bundle/verify.h"

enum { PROOF_WORLD_WITNESSES = 3, PROOF_WORLD_KEPT_MAX = 64, NORTH = 0, SOUTH, EAST };

/* 2026-11-20T00:00:00Z: times in tests are counted from here. */
#define PROOF_WORLD_START_S INT64_C(1795132800)

struct proof_world {
	struct testing_channel channel;
	struct {
		uint64_t size;
		struct buf note;
	} kept[TESTING_DESKS_MAX][PROOF_WORLD_KEPT_MAX];
	size_t kept_count[TESTING_DESKS_MAX];
	uint64_t held[TESTING_DESKS_MAX][TESTING_DESKS_MAX];  /* by holder, log */
	uint64_t named[TESTING_DESKS_MAX][TESTING_DESKS_MAX]; /* by author, log */
	/* Of each log the source shows no more entries than these; 0: all. */
	uint64_t shown[TESTING_DESKS_MAX];
	struct buf template_json;
	struct view card_notes[TESTING_DESKS_MAX]; /* newer ones; may be empty */
	/* Charters behind the first; set by a test. */
	struct view amendments[4];
	size_t amendment_count;
};

/* members: what the charter's template has beside the witnesses: `"duties":[…]`. With
 * witnesses, two of three are the quorum. */
void proof_world_open(struct proof_world *world, size_t desk_count, bool has_witnesses,
                      const char *members);
void proof_world_release(struct proof_world *world);

/* Writes an entry with this `sent`; re NULL: none. Returns its index. */
uint64_t proof_world_write(struct proof_world *world, size_t author, int64_t at_s,
                           const char *kind, const char *body, const char *re);
/* Keeps a signed checkpoint of the log as it is. */
struct buf *proof_world_keep(struct proof_world *world, size_t author);
/* The same, countersigned by a member. */
struct buf *proof_world_deliver(struct proof_world *world, size_t author, size_t holder,
                                int64_t at_s);
/* Adds a witness's line to a kept checkpoint. */
void proof_world_witness(const struct proof_world *world, size_t witness, int64_t at_s,
                         struct buf *note);
/* Delivers and writes the `receipt` entry at sent_s: of the author's entry, from the
 * holder, with a line of the time line_s. */
uint64_t proof_world_receipt(struct proof_world *world, size_t author, uint64_t of,
                             size_t holder, int64_t line_s, int64_t sent_s);
/* Writes a `check` that carries this note; NULL: none. */
uint64_t proof_world_check(struct proof_world *world, size_t author, int64_t at_s,
                           const struct buf *note);

/* The log is written again with another entry at this index; kept checkpoints stay. */
void proof_world_replace(struct proof_world *world, size_t author, uint64_t index,
                         struct view entry);

/* Appends evidence as a desk keeps it: a checkpoint of the author's log here, a larger
 * one of its log in the other world, where its keys are the same. */
void proof_world_evidence(struct proof_world *world, struct proof_world *other,
                          size_t author, uint64_t small, uint64_t big, struct buf *out);

struct proof_source proof_world_source(struct proof_world *world);

/* Verifies with the cards of the first card_count desks as trusted ones. */
void proof_world_verify(const struct proof_world *world, struct view proof,
                        size_t card_count, struct bundle_result *ret_result);
/* Is it a yes with a statement that contains each of the words (up to NULL)? */
void proof_world_assert_yes(const struct proof_world *world, struct view proof,
                            const char *const *words);
/* Is it a no, for a reason that contains these words? */
void proof_world_assert_no(const struct proof_world *world, struct view proof,
                           const char *words);
/* 200 copies that each differ in one place (a byte flipped, removed, replaced): is each a
 * no with a reason? */
void proof_world_tamper(const struct proof_world *world, struct view proof);

#endif
