/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message as the formats see it, and a draft of one that they made.
 */
#ifndef ALDIS_FORMATS_MESSAGE_H
#define ALDIS_FORMATS_MESSAGE_H

#include "codec/json.h"
#include "codec/time_text.h"
#include "crypto/uuid.h"
#include "record/envelope.h"

/* All borrowed; what a message has not is "". The body is well-formed JSON, or empty. */
struct formats_message {
	const char *id, *author, *kind;
	const char *sent; /* "2026-11-20T23:49:00Z" */
	const char *tlp;  /* as in the envelope */
	const char *re;
	struct view body;
	size_t attachment_count;
	bool has_line, has_to;
};

/* The same with texts of its own, for who gathers messages. Release the body. */
struct formats_held_message {
	char id[RECORD_MESSAGE_ID_MAX + 1], re[RECORD_MESSAGE_ID_MAX + 1];
	char author[RECORD_NAME_MAX + 1], kind[RECORD_KIND_LEN_MAX + 1];
	char sent[TIME_TEXT_LEN + 1], tlp[16];
	struct buf body;
	size_t attachment_count;
	bool has_line, has_to;
};

/* Borrows from held. */
static inline struct formats_message
formats_message_of(const struct formats_held_message *held)
{
	return (struct formats_message){
	    .id = held->id,
	    .author = held->author,
	    .kind = held->kind,
	    .sent = held->sent,
	    .tlp = held->tlp,
	    .re = held->re,
	    .body = buf_view(&held->body),
	    .attachment_count = held->attachment_count,
	    .has_line = held->has_line,
	    .has_to = held->has_to,
	};
}

#define FORMATS_NO_DRAFT SIZE_MAX

struct formats_draft {
	const char *kind;
	const char *tlp; /* as in an envelope, or NULL */
	struct view body;
	struct view source; /* id of the object that it was made of */
	size_t re;          /* index of the draft that it answers, always before it; or
	                       FORMATS_NO_DRAFT */
	struct uuid key;    /* the same for the same object in the same version */
};

#endif
