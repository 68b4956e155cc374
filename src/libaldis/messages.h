/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages as a program reads them, of a release or of a pouch: kept as they were added,
 * strings with their NUL, everything else as bytes. An entry that is no envelope has a
 * place and its bytes.
 */
#ifndef ALDIS_LIBALDIS_MESSAGES_H
#define ALDIS_LIBALDIS_MESSAGES_H

#include "libaldis/answer.h"
#include "record/envelope.h"

/* Bytes of a buffer that may still move. */
struct libaldis_span {
	size_t at, len;
};

struct libaldis_message {
	/* In texts; by enum aldis_message_text, SIZE_MAX: none. */
	size_t texts[ALDIS_MESSAGE_ANSWERS + 1];
	uint64_t index;
	int64_t sent_s;
	bool is_full, is_proven;
	struct libaldis_span entry, body;          /* in bytes */
	size_t to, to_count;                       /* in texts, one behind the other */
	size_t first_attachment, attachment_count; /* in attachments */
};

/* Starts all-zero. */
struct libaldis_messages {
	struct libaldis_message *messages; /* owned, as all here */
	size_t count, cap;
	struct libaldis_attachment {
		size_t id; /* in texts, as hex */
		uint64_t size;
	} * attachments;
	size_t attachment_count, attachment_cap;
	struct buf texts, bytes;
	/* Attachments that are here. */
	struct libaldis_file {
		struct hash id;
		size_t hex;                   /* the same, in texts */
		struct libaldis_span content; /* in bytes */
	} * files;
	size_t file_count, file_cap;
	/* scratch */
	struct json_doc doc;
	struct record_envelope envelope;
};

struct libaldis_new_message {
	const char *desk;
	uint64_t index;
	bool is_full, is_proven;
	bool has_no_id;          /* its index is not that of its id */
	struct view entry, body; /* without salt */
};
MUST_USE enum status libaldis_messages_add(struct libaldis_messages *messages,
                                           const struct libaldis_new_message *message,
                                           struct error *err);
MUST_USE enum status libaldis_messages_add_file(struct libaldis_messages *messages,
                                                const struct hash *id,
                                                struct view content, struct error *err);
void libaldis_messages_release(struct libaldis_messages *messages);

#endif
