/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of desks, channels, logs and messages. Source: aldis.md 1.1, 2.1, 2.2.
 */
#ifndef ALDIS_RECORD_NAME_H
#define ALDIS_RECORD_NAME_H

#include "base/status.h"
#include "crypto/hash.h"

enum { RECORD_NAME_MIN = 3, RECORD_NAME_MAX = 100, RECORD_CHANNEL_SHORT = 16 };

struct record_name {
	char text[RECORD_NAME_MAX + 1];
};

/* Lower-case letters, digits, '-', '.'; 3 to 100 bytes; no '.' or '-' at either end, no
 * "..". */
bool record_name_check(struct view name);
MUST_USE enum status record_name_decode(struct view text, struct record_name *ret_name,
                                        struct error *err);

/* Channel id: SHA-256 of the first charter's note text. */
struct record_channel_id {
	struct hash hash;
};

/* Origin of a log: "<desk>/<64 hex>" and, after a log-end, "/2", "/3" … (generation >=
 * 2). */
struct record_origin {
	struct record_name desk;
	struct record_channel_id channel;
	uint32_t generation; /* 1 for the first log */
};

enum { RECORD_ORIGIN_MAX = RECORD_NAME_MAX + 1 + 64 + 11 };
void record_origin_encode(const struct record_origin *origin,
                          char ret_text[RECORD_ORIGIN_MAX + 1]);
MUST_USE enum status record_origin_decode(struct view text,
                                          struct record_origin *ret_origin,
                                          struct error *err);

/* A message's id within its channel: "<desk>#<index>". */
struct record_message_id {
	struct record_name desk;
	uint64_t index;
};

enum { RECORD_MESSAGE_ID_MAX = RECORD_NAME_MAX + 1 + 20 };
void record_message_id_encode(const struct record_message_id *id,
                              char ret_text[RECORD_MESSAGE_ID_MAX + 1]);
MUST_USE enum status record_message_id_decode(struct view text,
                                              struct record_message_id *ret_id,
                                              struct error *err);

#endif
