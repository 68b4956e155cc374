/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The envelope: one entry of a log. Encoding is one canonical form; decoding accepts any
 * JSON that keeps the rules, and borrows. Source: aldis.md 2.4, 2.5, 2.8.
 */
#ifndef ALDIS_RECORD_ENVELOPE_H
#define ALDIS_RECORD_ENVELOPE_H

#include "record/charter.h"
#include "record/kinds.h"
#include "tlog/bundle.h"

enum {
	RECORD_SALT_LEN = 16,
	RECORD_ATTACHMENTS_MAX = 64,
	RECORD_BODY_MAX = 256 * 1024, /* content of a body blob, without salt */
	RECORD_ATTACHMENT_BLOB_MAX = 8 * 1024 * 1024, /* whole blob, with salt */
};

struct record_blob_ref {
	struct hash id;
	uint64_t size; /* bytes of the content, without the 16 of the salt */
};

struct record_seen {
	struct record_name desk;
	uint64_t size;
	struct hash root;
};

/* An envelope as its fields. Arrays are borrowed when encoding, owned by the decoder's
 * memory (record_envelope_release) when decoded; reuse keeps the memory. */
struct record_envelope {
	char kind[RECORD_KIND_LEN_MAX + 1];
	struct record_name *to; /* to_count 0: all other members */
	size_t to_count;
	char line[16]; /* empty when absent */
	int64_t sent_s;
	uint8_t salt[RECORD_SALT_LEN];
	bool has_re;
	struct record_message_id re;
	char tlp[16]; /* empty, or RED, AMBER+STRICT, AMBER, GREEN, CLEAR */
	struct record_seen *seen;
	size_t seen_count;
	bool has_body;
	struct record_blob_ref body;
	struct record_blob_ref *attachments;
	size_t attachment_count;
	size_t to_cap, seen_cap, attachment_cap; /* of decoded memory; 0 when borrowed */
};

/* Appends the envelope's JSON, one line, members in the order of aldis.md 2.4, absent
 * ones left out. LIMIT above RECORD_MEMBERS_MAX desks in to or seen or
 * RECORD_ATTACHMENTS_MAX attachments, which keeps every envelope below 65,535 bytes. */
MUST_USE enum status record_envelope_append(const struct record_envelope *envelope,
                                            struct buf *out, struct error *err);

/* Decodes one entry. envelope starts all-zero or as left by the call before; doc is
 * scratch. MALFORMED says what breaks its form; the sentence is shown to people beside
 * the entry. Kind names must have their form but need not be known. Unknown members are
 * MALFORMED. */
MUST_USE enum status record_envelope_decode(struct view entry, struct json_doc *doc,
                                            struct record_envelope *ret_envelope,
                                            struct error *err);
void record_envelope_release(struct record_envelope *envelope);

/* Is the decoded entry well-formed under this charter: known and allowed kind, members in
 * `to`, line, limits, body and `re` present as the kind demands? index is its place in
 * its log. */
MUST_USE enum status record_envelope_check(const struct record_envelope *envelope,
                                           const struct record_charter *charter,
                                           const char *author, uint64_t index,
                                           struct error *err);

#endif
