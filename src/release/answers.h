/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests, consents and refusals in a record. Source: spec/release.md, Answers.
 */
#ifndef ALDIS_RELEASE_ANSWERS_H
#define ALDIS_RELEASE_ANSWERS_H

#include "release/record.h"
#include "release/terms.h"

/* The first answer of a member. */
struct release_answered {
	enum release_answer answer;
	uint64_t index;                     /* in the id of the entry */
	const struct release_held_log *log; /* where it stands */
	int64_t sent_s;
};

/* What kind of answer a message of this kind is, when `by` drafted the manifest and
 * `author` wrote it. */
enum release_answer release_answer_of(const char *kind, const char *author,
                                      const char *by);
/* Does the body of an `open` name this end of the log before? doc is scratch. */
bool release_open_names(struct view content, struct json_doc *doc,
                        const struct hash *end);
/* The digest in the body of a request, consent or refusal. MALFORMED. doc is scratch. */
MUST_USE enum status release_answer_digest(struct view content, struct json_doc *doc,
                                           struct hash *ret_digest, struct error *err);

/* Finds each member's first answer to the digest in all its logs, by the members of the
 * channel. */
MUST_USE enum status release_answers_find(
    struct release_record *record, const struct hash *digest, const char *by,
    struct release_answered ret_answers[RECORD_MEMBERS_MAX], struct error *err);

/* Does the end of this log belong to what is released: is its desk a member in the cut,
 * and a later log of it there, or its answer (answers: by the members of the channel) in
 * one, or all of the log itself? */
bool release_end_belongs(const struct release_record *record,
                         const struct release_manifest *manifest,
                         const struct bundle_channel *cut,
                         const struct release_answered *answers,
                         const struct record_origin *origin);

/* Reads a request: the digest that it names; and, if ret_text is not NULL, the manifest
 * that it carries. NOT_FOUND: there is no such message, or it carries no such manifest;
 * CONFLICT: it is no request. */
MUST_USE enum status release_request_read(struct release_record *record,
                                          const struct record_message_id *id,
                                          struct hash *ret_digest, struct buf *ret_text,
                                          struct error *err);

#endif
