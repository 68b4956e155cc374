/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kinds and headlines of messages that are asked for again and again: what a page like
 * Now shows of each duty. What an entry says never changes.
 */
#ifndef ALDIS_CONSOLE_READING_TITLES_H
#define ALDIS_CONSOLE_READING_TITLES_H

#include "desk/desk.h"

struct title {
	struct record_channel_id channel;
	struct record_message_id id;
	size_t log_count; /* of the channel: where a log has got a successor, an id may
	                     name another message */
	const char *kind; /* NULL: malformed */
	char *text;       /* owned */
	char *body;       /* of a signal: its body, by which a reader's page puts it into
	                     words; else NULL; owned */
};

struct title_cache { /* starts all-zero; release it */
	struct title *slots;
};

/* Borrowed until the next call; NULL when the message is not held. doc is scratch. */
const struct title *titles_find(struct title_cache *cache, struct desk *desk,
                                size_t channel, const struct record_message_id *id,
                                struct json_doc *doc);
void titles_release(struct title_cache *cache);

#endif
