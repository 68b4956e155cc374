/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The form that all proofs share: a type line and one JSON object in its one canonical
 * form, whose members stand in a fixed order. So nothing can be added to a proof, left
 * out or written otherwise without being noticed. For this folder only.
 */
#ifndef ALDIS_BUNDLE_PROOF_FORM_H
#define ALDIS_BUNDLE_PROOF_FORM_H

#include "codec/json.h"
#include "record/name.h"
#include "tlog/proof.h"

/* Reading: a place within an object, moved on by each member that is taken. */
struct proof_cursor {
	const struct json_doc *doc;
	const struct json_token *object;
	const struct json_token *at; /* the next member's name, or NULL */
};

/* Opens a whole proof of this type. doc borrows the file. MALFORMED. */
MUST_USE enum status proof_open(struct view file, const char *type, struct json_doc *doc,
                                struct proof_cursor *ret_cursor, struct error *err);
/* Opens an object within. */
MUST_USE enum status proof_cursor_of(const struct json_doc *doc,
                                     const struct json_token *object,
                                     struct proof_cursor *ret_cursor, struct error *err);

/* Is this the next member? */
bool proof_has(const struct proof_cursor *cursor, const char *name);
/* The next member, which must have this name and type: MALFORMED when not. */
MUST_USE enum status proof_take(struct proof_cursor *cursor, const char *name,
                                enum json_type type, const struct json_token **ret_value,
                                struct error *err);
/* Refuses what is left. */
MUST_USE enum status proof_end(const struct proof_cursor *cursor, struct error *err);

MUST_USE enum status proof_take_number(struct proof_cursor *cursor, const char *name,
                                       uint64_t *ret_value, struct error *err);
MUST_USE enum status proof_take_desk(struct proof_cursor *cursor, const char *name,
                                     struct record_name *ret_desk, struct error *err);
MUST_USE enum status proof_take_message(struct proof_cursor *cursor, const char *name,
                                        struct record_message_id *ret_id,
                                        struct error *err);
/* Appends what a base64 string stands for; out->max bounds it. */
MUST_USE enum status proof_take_bytes(struct proof_cursor *cursor, const char *name,
                                      struct buf *out, struct error *err);
MUST_USE enum status proof_bytes_append(const struct json_doc *doc,
                                        const struct json_token *value, struct buf *out,
                                        struct error *err);
/* Appends the unescaped text. */
MUST_USE enum status proof_take_text(struct proof_cursor *cursor, const char *name,
                                     struct buf *out, struct error *err);
/* A list of hashes in base64, at most cap. */
MUST_USE enum status proof_take_hashes(struct proof_cursor *cursor, const char *name,
                                       struct hash *ret_hashes, size_t cap,
                                       size_t *ret_count, struct error *err);

/* Writing. */
void proof_append_type(struct buf *out, const char *type);
void proof_append_base64(struct buf *out, struct view bytes);
void proof_append_hashes(struct buf *out, const struct hash *hashes, size_t count);
void proof_append_time(struct buf *out, int64_t time_s);

#endif
