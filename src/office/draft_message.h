/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message as a form holds it: {"kind","to","line","tlp","re","body"}, any of them still
 * lacking or wrong. Says all that is wrong with it, and sends it once nothing is. Knows
 * no drafts.
 */
#ifndef ALDIS_OFFICE_DRAFT_MESSAGE_H
#define ALDIS_OFFICE_DRAFT_MESSAGE_H

#include "desk/desk.h"

enum {
	DRAFT_MESSAGE_MAX = RECORD_BODY_MAX + 64 * 1024, /* bytes of its JSON */
	DRAFT_WORD_MAX = 300, /* bytes of a single text outside the body */
};

/* Starts all-zero; release it. The text is borrowed. Members are NULL when they are not
 * there; an empty text counts as not there. */
struct draft_message {
	struct json_doc doc;
	const struct json_token *kind, *to, *line, *tlp, *re, *body;
};

/* MALFORMED: an unknown member, or one of another type; LIMIT: larger than above. */
MUST_USE enum status draft_message_open(struct view text,
                                        struct draft_message *ret_message,
                                        struct error *err);
void draft_message_release(struct draft_message *message);

/* NULL: none yet, or not in the catalogue. */
const struct record_kind *draft_message_kind(const struct draft_message *message);
/* Must a second person approve it? */
bool draft_message_asks_approval(const struct draft_message *message,
                                 const struct record_charter *charter);
/* Whom it goes to, by the member's index in the charter. */
bool draft_message_goes_to(const struct draft_message *message,
                           const struct record_charter *charter, size_t member);

/* Calls fn for each thing that is wrong, one a field ("to", "body.title"), under the
 * charter in force. sizes are those of the attachments' contents. */
typedef void draft_problem_fn(void *context, const char *field, const char *why);
void draft_message_check(const struct draft_message *message, struct desk *desk,
                         size_t channel, const uint64_t *sizes, size_t size_count,
                         draft_problem_fn *fn, void *context);

/* Hands it to the desk, as desk_submit does. Nothing is wrong with it. */
MUST_USE enum status draft_message_submit(const struct draft_message *message,
                                          struct desk *desk, size_t channel,
                                          const struct record_blob_ref *attachments,
                                          size_t attachment_count, bool is_approved,
                                          struct record_message_id *ret_id,
                                          struct error *err);

#endif
