/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A release as it stands now, before or after it was asked for: who has answered, whose
 * consent is lacking, what it is by that; and whether it may be asked for or answered.
 * Source: spec/release.md, Answers; Joint, by originator, one-sided.
 */
#ifndef ALDIS_RELEASE_LOOK_H
#define ALDIS_RELEASE_LOOK_H

#include "release/answers.h"
#include "release/draft.h"

/* Starts all-zero; release it. */
struct release_look {
	struct release_manifest manifest;
	struct hash digest;
	/* By the record's members. */
	struct release_answered answers[RECORD_MEMBERS_MAX];
	bool is_asked[RECORD_MEMBERS_MAX]; /* must consent for it to be joint */
	enum release_grade grade;          /* by the answers that are here */
};

/* MALFORMED, LIMIT: the text is no manifest; CONFLICT: it does not fit the record. */
MUST_USE enum status release_look_at(struct release_record *record, struct view text,
                                     struct release_look *ret_look, struct error *err);
void release_look_release(struct release_look *look);

/* May this desk ask for what the manifest says? CONFLICT: another desk drafted it, it
 * does not fit the record, or was asked for or answered before. */
MUST_USE enum status release_request_check(struct release_record *record,
                                           struct view text, struct hash *ret_digest,
                                           struct error *err);
/* May this desk answer the request: is this its first answer to the digest, and, of a
 * consent, is what it consents to here and fits the record? CONFLICT, NOT_FOUND. */
MUST_USE enum status release_answer_check(struct release_record *record,
                                          const struct record_message_id *request,
                                          bool is_consent, struct hash *ret_digest,
                                          struct error *err);

#endif
