/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change of a desk's keys: a typed note, signed by the root alone, that carries the new
 * card. Which of the two cards counts for an entry is decided by who holds the logs.
 * Source: aldis.md 6.3.
 *
 *   aldis.key-change/1
 *   {"aldis":1,"name":"north.example","date":"…Z","serial":2,"card":"<whole card note>"}
 */
#ifndef ALDIS_RECORD_KEY_CHANGE_H
#define ALDIS_RECORD_KEY_CHANGE_H

#include "record/card.h"

/* Appends the text (type line, JSON, newline), unsigned; name and serial are those of the
 * card, which is verified. */
MUST_USE enum status record_key_change_append_text(struct view card_note, int64_t date_s,
                                                   struct buf *out, struct error *err);

/* Reads a signed note. old is the card trusted until now. ret_card_note gets the card
 * appended. MALFORMED: breaks its form, names another desk or serial than its card, or a
 * key has changed its role (but link-next to link); UNTRUSTED: not signed by old's root,
 * a card that does not verify or has another root; CONFLICT: another desk than old's, or
 * a serial that is not higher. */
MUST_USE enum status record_key_change_open(struct view note,
                                            const struct record_card *old,
                                            struct record_card *ret_card,
                                            struct buf *ret_card_note, struct error *err);

#endif
