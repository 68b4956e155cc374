/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Charters over time: whether a charter may follow another, who must have signed it, the
 * body by which `charter.amend` carries it, and files of several charters. Pure; which
 * charter governs an entry is decided by who holds the logs. Source: aldis.md 6.1, 6.2.
 *
 * The body carries the new text as parts, each its own text or a range of the previous
 * text, so that a charter of 200 members whose duties change is a small body.
 */
#ifndef ALDIS_RECORD_AMENDMENT_H
#define ALDIS_RECORD_AMENDMENT_H

#include "record/charter.h"

enum { RECORD_AMENDMENT_PARTS_MAX = 4096 };

/* May `next` follow `previous`, and who has yet to sign it? Every member of both must,
 * but those in left[] (who wrote `leave`). note must have next's text.
 * *ret_missing: how many signatures are lacking, *ret_first: of whom the first is (empty:
 * none); in force when none. Refused:
 *   CONFLICT: next names another charter than previous as the one before; a member's card
 *   is older than before or has other keys under the same serial; a member of before has
 * a history; a new member has a key of one that is no longer there; note is of another
 *   text;
 *   UNTRUSTED: another root for a member that stays, or a line under a key that must sign
 *   does not verify. */
MUST_USE enum status record_amendment_check(
    const struct record_charter *previous, const struct record_charter *next,
    struct view note, const struct record_name *left, size_t left_count,
    size_t *ret_missing, struct record_name *ret_first, struct error *err);

/* The same, and who of each has not signed, member by member. */
MUST_USE enum status record_amendment_missing(const struct record_charter *previous,
                                              const struct record_charter *next,
                                              struct view note,
                                              bool ret_of_next[RECORD_MEMBERS_MAX],
                                              bool ret_of_previous[RECORD_MEMBERS_MAX],
                                              struct error *err);

/* As record_charter_merge, and keeps the lines of members of `previous` that are none of
 * `next` too, behind the others. */
MUST_USE enum status record_amendment_merge(const struct record_charter *previous,
                                            const struct record_charter *next,
                                            struct view note_a, struct view note_b,
                                            struct buf *out, struct error *err);

/* Appends the body of `charter.amend` for a signed note that follows `previous`. LIMIT
 * when the two texts have so little in common that it takes too many bytes. */
MUST_USE enum status record_amendment_body_append(const struct record_charter *previous,
                                                  struct view note, struct buf *out,
                                                  struct error *err);

/* Appends the signed note that the body stands for. doc is scratch. MALFORMED: a body
 * that breaks its form, parts outside the previous text, a text that has not the digest
 * named; CONFLICT: previous_text is not the one that it was made from; LIMIT: more than
 * RECORD_NOTE_MAX bytes. Verifies no signature. */
MUST_USE enum status record_amendment_body_decode(struct view body,
                                                  struct view previous_text,
                                                  struct json_doc *doc,
                                                  struct buf *ret_note,
                                                  struct error *err);

/* The digests of the new and of the previous text alone. */
MUST_USE enum status record_amendment_body_digests(struct view body, struct json_doc *doc,
                                                   struct hash *ret_charter,
                                                   struct hash *ret_previous,
                                                   struct error *err);

/* Cuts the next charter note off the front of *rest: a file of several holds one after
 * the other, the first charter first. False, with nothing changed, when no note begins
 * there; such a file has come to its end when rest is empty. */
bool record_charter_chain_next(struct view *rest, struct view *ret_note);

#endif
