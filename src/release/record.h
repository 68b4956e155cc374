/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record of a channel in memory, as a desk serves it: what a release is drafted and
 * built from. Entries of all logs; bodies and attachments are fetched when asked for.
 * Judges nothing but what it needs: signatures of papers and checkpoints, and roots.
 */
#ifndef ALDIS_RELEASE_RECORD_H
#define ALDIS_RELEASE_RECORD_H

#include "bundle/channel.h"
#include "bundle/export.h"
#include "bundle/layout.h"
#include "tlog/proof.h"

struct release_held_log {
	const struct bundle_export_log *source;
	const struct bundle_member *member;
	struct record_origin origin;
	uint64_t offset; /* index in the id of its first entry */
	char folder[HASH_HEX_LEN + 1];
	struct tlog_checkpoint checkpoint; /* the newest */
	struct buf note;                   /* the same, with all lines that are held */
	/* Of all entries below the checkpoint's size; those below source->base are empty
	 * and have the leaf that the desk says. */
	struct view *entries; /* into bytes */
	struct hash *leaves;
	struct buf bytes;
};

/* Starts all-zero; release it. */
struct release_record {
	const struct bundle_export_source *source; /* borrowed */
	struct bundle_channel channel;
	struct release_held_log
	    *logs; /* owned; by the order of members, a desk's by generation */
	size_t log_count;
	struct json_doc doc; /* scratch */
	struct record_envelope envelope;
	/* The bodies fetched last, of one entry bundle of one log. */
	const struct release_held_log *packed_log;
	uint64_t packed_bundle;
	struct buf packed;
	struct view packed_bodies[TLOG_TILE_WIDTH];
};

/* Reads everything but bodies. CONFLICT: a log succeeds one whose end is not known, or
 * what is served is not of the root that was signed; LIMIT: more than RELEASE_ENTRIES_MAX
 * entries. */
MUST_USE enum status release_record_read(const struct bundle_export_source *source,
                                         struct release_record *ret_record,
                                         struct error *err);
void release_record_release(struct release_record *record);

/* The log of this origin's desk and generation, or NULL. */
struct release_held_log *release_record_log(const struct release_record *record,
                                            const struct record_origin *origin);
/* The log in which the message stands, and its index there; NULL: none here. */
struct release_held_log *release_record_find(const struct release_record *record,
                                             const struct record_message_id *id,
                                             uint64_t *ret_index);

/* Puts the body blob of an entry, checked against its envelope, into ret_blob. NOT_FOUND.
 */
MUST_USE enum status release_record_body(struct release_record *record,
                                         const struct release_held_log *log,
                                         const struct record_blob_ref *ref,
                                         uint64_t index, struct buf *ret_blob,
                                         struct error *err);
/* The same for an attachment. */
MUST_USE enum status release_record_attachment(const struct release_record *record,
                                               const struct release_held_log *log,
                                               const struct record_blob_ref *ref,
                                               struct buf *ret_blob, struct error *err);

/* The root of the first size entries. */
struct hash release_record_root(const struct release_held_log *log, uint64_t size);
/* Proof that the entry is below the newest checkpoint. */
MUST_USE enum status release_record_proof(const struct release_held_log *log,
                                          uint64_t index, struct tlog_proof *ret_proof,
                                          struct error *err);
/* Appends a checkpoint note of exactly this size, with those lines that the keys of this
 * channel (the record's, or an earlier state of it) vouch for. NOT_FOUND: none is kept.
 */
MUST_USE enum status release_record_checkpoint(const struct release_record *record,
                                               const struct bundle_channel *channel,
                                               const struct release_held_log *log,
                                               uint64_t size, struct buf *ret_note,
                                               struct error *err);

/* Whether decoding the entry can find this word in it: it stands there, or something is
 * escaped. */
bool release_entry_may_have(struct view entry, const char *word);

#endif
