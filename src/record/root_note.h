/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Typed texts signed by root keys: the first line names type and version, JSON follows,
 * then the note's signature lines. So no text can pass for another. Source: aldis.md 1.3.
 *
 * A typed note's text is "aldis.card/1\n" and one JSON object on one line and "\n".
 */
#ifndef ALDIS_RECORD_ROOT_NOTE_H
#define ALDIS_RECORD_ROOT_NOTE_H

#include "codec/json.h"
#include "tlog/note.h"

#define RECORD_TYPE_CARD "aldis.card/1"
#define RECORD_TYPE_CHARTER "aldis.charter/1"
#define RECORD_TYPE_KEY_CHANGE "aldis.key-change/1"
#define RECORD_TYPE_LOG_END "aldis.log-end/1"

enum { RECORD_NOTE_MAX = 512 * 1024 };

/* Parses the note, checks the type line and scans the JSON. note and doc borrow `text`.
 */
MUST_USE enum status record_root_note_open(struct view text, const char *type,
                                           struct tlog_note *ret_note,
                                           struct json_doc *doc, struct error *err);

/* The same for the signed part alone, without signature lines. doc borrows `text`. */
MUST_USE enum status record_root_text_scan(struct view text, const char *type,
                                           struct json_doc *doc, struct error *err);

/* The vkey of a desk's key: "<desk>/<role>", type 0x04 for mirror and witness, 0x01 for
 * root and, as they stand under a card, for log, link and link-next. Other roles do not
 * sign: BUG. */
MUST_USE enum status record_vkey(const char *desk, const char *role,
                                 const struct ed25519_public *key,
                                 struct tlog_vkey *ret_vkey, struct error *err);
/* The vkey of a log: its name is the origin, type 0x01. */
MUST_USE enum status record_log_vkey(const char *origin, const struct ed25519_public *key,
                                     struct tlog_vkey *ret_vkey, struct error *err);

#endif
