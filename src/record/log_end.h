/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a log that can't be brought back whole: the last size and root that can,
 * signed by its desk's root and countersigned by the other members'. A successor log
 * names its digest in `open`. Source: aldis.md 7.3, 2.2, 2.3.
 *
 *   aldis.log-end/1
 *   {"aldis":1,"origin":"north.example/<64 hex>","size":812,"root":"b64","date":"…Z"}
 */
#ifndef ALDIS_RECORD_LOG_END_H
#define ALDIS_RECORD_LOG_END_H

#include "record/charter.h"

struct record_log_end {
	char origin[RECORD_ORIGIN_MAX + 1];
	uint64_t size;
	struct hash root;
	int64_t date_s;
	struct hash digest; /* SHA-256 of the text; not looked at when it is written */
};

/* Appends the text (type line, JSON, newline), unsigned. */
MUST_USE enum status record_log_end_append_text(const struct record_log_end *end,
                                                struct buf *out, struct error *err);

/* Reads the text alone. */
MUST_USE enum status record_log_end_decode(struct view text,
                                           struct record_log_end *ret_end,
                                           struct error *err);

/* Has the root of this card signed the note? UNTRUSTED: its line does not verify. */
MUST_USE enum status record_log_end_signed_by(const struct tlog_note *note,
                                              const struct record_card *card,
                                              bool *ret_is_signed, struct error *err);

/* Reads a signed note. ret_signed[i]: has the root of member i signed it? UNTRUSTED: the
 * desk whose log it is has not, or a line under a member's root does not verify;
 * CONFLICT: the desk is no member. Whether the origin is of this channel is for the
 * caller to see, who knows its id. */
MUST_USE enum status record_log_end_open(struct view note,
                                         const struct record_charter *charter,
                                         struct record_log_end *ret_end,
                                         bool ret_signed[RECORD_MEMBERS_MAX],
                                         struct error *err);

#endif
