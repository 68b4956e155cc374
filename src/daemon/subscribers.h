/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers of GET /api/events: server-sent events, the same for all. Knows how to write
 * one, not what happened.
 */
#ifndef ALDIS_DAEMON_SUBSCRIBERS_H
#define ALDIS_DAEMON_SUBSCRIBERS_H

#include "link/http_server.h"

enum { SUBSCRIBERS_MAX = 256 };

struct subscriber {
	struct link_server *server; /* borrowed */
	uint64_t request;
	int64_t until_ms; /* monotonic; then the stream ends; INT64_MAX: never */
};

struct subscribers {
	struct subscriber list[SUBSCRIBERS_MAX];
	size_t count;
};

/* Starts the stream, or answers 503 when there are too many. */
void subscribers_add(struct subscribers *subscribers, const struct subscriber *reader);
/* The reader is gone. */
void subscribers_remove(struct subscribers *subscribers, uint64_t request);
/* Sends each of them an event with this text as its data. */
void subscribers_send(struct subscribers *subscribers, struct view json);
/* Ends all streams that would end in time: their readers may ask again. */
void subscribers_end(struct subscribers *subscribers);
/* A comment, so that both ends notice a dead connection; and the end for those whose time
 * is over. */
void subscribers_beat(struct subscribers *subscribers, int64_t now_ms);

/* One event as bytes: a data line for each line of the text. */
void subscribers_encode(struct buf *out, struct view text);

#endif
