/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of the alerts as bytes, and what they are in memory. Read back defensively.
 * For the files of this folder.
 */
#ifndef ALDIS_OFFICE_ALERT_ROWS_H
#define ALDIS_OFFICE_ALERT_ROWS_H

#include "office/alert_settings.h"

enum alert_way { ALERT_EMAIL, ALERT_WEBHOOK, ALERT_WAYS };
enum { ALERT_ID_LEN = 24, ALERT_ERROR_MAX = 319 };

/* An item that was told of. */
struct alert_seen {
	struct hash id;
	int64_t told_s;
	bool is_there; /* not in the row */
};

/* A text on its way. */
struct alert_queued {
	uint64_t number;
	enum alert_way way;
	char to[DESK_ADDRESS_MAX + 1]; /* of a mail */
	int64_t created_s, next_s;
	unsigned attempts;
	uint64_t call; /* under way; 0: not. Not in the row */
};

struct alert_way_state {
	int64_t last_sent_s, failing_since_s; /* 0: never, not */
	uint64_t given_up;
	char last_error[ALERT_ERROR_MAX + 1];
};

struct alert_book {
	struct alert_settings settings;
	struct alert_seen *seen;
	size_t seen_count, seen_cap;
	struct alert_queued *queue;
	size_t queue_count, queue_cap;
	uint64_t next_number;
	struct alert_way_state ways[ALERT_WAYS];
	int64_t told_s;    /* of the last alert since the start */
	bool is_waiting;   /* something is new, and the last alert was just now */
	int64_t looked_ms; /* of the alarms that were looked at last */
	int64_t held_ms;   /* looking failed: not again before */
};

/* "email", "webhook". */
const char *alert_way_name(enum alert_way way);

void alert_seen_encode(const struct alert_seen *seen, struct buf *out);
void alert_queued_encode(const struct alert_queued *item, struct view text,
                         struct buf *out);
void alert_way_encode(const struct alert_way_state *state, struct buf *out);

/* id and number are what stands behind the prefix of the row's key. MALFORMED. doc is
 * scratch; ret_text may be NULL. */
MUST_USE enum status alert_seen_decode(struct view id, struct view row,
                                       struct json_doc *doc, struct alert_seen *ret_seen,
                                       struct error *err);
MUST_USE enum status alert_queued_decode(struct view number, struct view row,
                                         struct json_doc *doc,
                                         struct alert_queued *ret_item,
                                         struct buf *ret_text, struct error *err);
MUST_USE enum status alert_way_decode(struct view row, struct json_doc *doc,
                                      struct alert_way_state *ret_state,
                                      struct error *err);

#endif
