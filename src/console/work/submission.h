/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a caller of the API wants sent: one JSON message, or up to 10,000 of them one a
 * line, parsed and checked against the catalogue of kinds. Knows no desk and no charter.
 * The list is reused from request to request: a line costs no allocation.
 *
 * A message is {"kind":"text","to":["south.example"],"line":"technical","tlp":"AMBER",
 * "re":"south.example#12","body":{…},"attachments":[{"blob":"hex","size":81234}]}; only
 * kind is required; an unknown member is refused.
 */
#ifndef ALDIS_CONSOLE_WORK_SUBMISSION_H
#define ALDIS_CONSOLE_WORK_SUBMISSION_H

#include "record/envelope.h"

enum {
	SUBMISSION_LINES_MAX = 10000,
	SUBMISSION_BODY_MAX = 16 * 1024 * 1024, /* of a whole request */
	SUBMISSION_POOL_MAX =
	    65536, /* names in all `to`, and attachments, of one request */
	SUBMISSION_KEPT =
	    1024, /* rows whose memory is kept from one request to the next */
};

struct submission {
	const struct record_kind *kind;
	const char *tlp; /* static, or NULL */
	char line[16];   /* empty: the charter's first */
	bool has_re;
	struct record_message_id re;
	size_t line_number; /* within a batch, from 1; 0 of a single message */
	struct view body;   /* JSON as it stands in the request, or empty */
	uint32_t to_first, to_count, attachment_first, attachment_count;
};

/* Starts all-zero; release it. */
struct submission_list {
	struct submission *items;
	size_t count, cap;
	struct record_name *names; /* of all `to` */
	size_t name_count, name_cap;
	struct record_blob_ref *attachments;
	size_t attachment_count, attachment_cap;
	struct json_doc doc, body_doc; /* scratch */
};

/* Empties the list and parses one message into it. Bodies borrow `text`. MALFORMED names
 * the member and the rule; LIMIT. */
MUST_USE enum status submission_parse_one(struct submission_list *list, struct view text,
                                          struct error *err);

/* The same for one message a line; empty lines are passed over. On failure ret_line is
 * the number of the line, from 1, or 0 when it is none of one line. */
MUST_USE enum status submission_parse_lines(struct submission_list *list,
                                            struct view text, size_t *ret_line,
                                            struct error *err);

/* Gives back the memory of a large request. */
void submission_shrink(struct submission_list *list);
void submission_release(struct submission_list *list);

#endif
