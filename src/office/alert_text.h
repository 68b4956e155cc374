/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an alert says: a mail (RFC 5322) or a JSON object for a webhook. Without content
 * it names the desk, how many items need somebody, and since when; nothing else. Pure.
 */
#ifndef ALDIS_OFFICE_ALERT_TEXT_H
#define ALDIS_OFFICE_ALERT_TEXT_H

#include "base/buf.h"
#include "crypto/hash.h"

enum { ALERT_LINES_MAX = 50, ALERT_TEXT_MAX = 64 * 1024 };

/* Something that needs somebody. Texts may come from a peer. */
struct alert_item {
	struct hash id; /* of the alarm: the same while it lasts */
	unsigned what;  /* one of enum alert_what */
	int64_t since_s;
	const char *kind, *title,
	    *peer; /* shown only with content; NULL: nothing to say */
};

struct alert_text {
	const char *desk;
	const char *id; /* of the alert: letters and digits */
	int64_t now_s;
	bool is_test;
	const struct alert_item *items;
	size_t count, new_count;
	bool has_content;
};

/* Appends header and body with CRLF ends of lines, in ASCII. The addresses have been
 * checked. */
void alert_mail_append(struct buf *out, const struct alert_text *text, const char *from,
                       const char *to);
/* Appends the JSON object, in UTF-8, with type and timestamp as Standard Webhooks
 * advises.
 */
void alert_json_append(struct buf *out, const struct alert_text *text);

#endif
