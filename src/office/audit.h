/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the desk's people did, and what was refused: a chain of JSON lines. Each holds the
 * SHA-256 of the line before it, so that none can be changed or taken out of the middle
 * unseen; the newest hash, noted elsewhere, stands for all. A row commits with the act it
 * tells of. No passwords, secrets or texts of messages come here: callers leave them out.
 *
 * {"index":7,"time":"2026-11-20T23:49:00Z","who":"ada","door":"console",
 *  "from":"10.0.0.7","what":"draft.approve","subject":"d4","channel":"3fa0…","data":{…},
 *  "previous":"<64 hex digits>"}
 */
#ifndef ALDIS_OFFICE_AUDIT_H
#define ALDIS_OFFICE_AUDIT_H

#include "crypto/hash.h"
#include "office/office.h"

enum {
	AUDIT_LINE_MAX = 24 * 1024,
	AUDIT_DATA_MAX =
	    16 * 1024,           /* what is longer is replaced by its length and hash */
	AUDIT_SUBJECT_MAX = 300, /* what is longer is cut */
	AUDIT_WHAT_MAX = 63,
	AUDIT_JUNK_MAX = 60, /* refusals a minute that get rows of their own */
};

struct office_act {
	const struct office_principal *who;
	const char *what;    /* "login", "draft.approve": letters, digits, '.', '-' */
	const char *subject; /* case: message id, draft id, operator, channel; or NULL */
	const char *channel; /* its id in hex, or NULL */
	struct view data;    /* JSON object or empty */
};

/* Writes the row. A failure of the store ends the desk's process with this turn. */
MUST_USE enum status office_audit(struct office *office, const struct office_act *act,
                                  struct error *err);

/* The same for what comes from outside unasked (bad logins, forged cookies, requests that
 * nobody may make): at most AUDIT_JUNK_MAX rows a minute of strangers and as many of who
 * is logged in, so that the ones can't hide the others; then one "refusals" that counts
 * the rest. */
MUST_USE enum status office_audit_junk(struct office *office,
                                       const struct office_act *act, struct error *err);

struct audit_head {
	uint64_t count;   /* rows, from index 0 */
	struct hash hash; /* of the newest; all zero when there is none */
};
struct audit_head office_audit_head(const struct office *office);

/* Appends a row's line, without newline. NOT_FOUND behind the last. */
MUST_USE enum status office_audit_line(struct office *office, uint64_t index,
                                       struct buf *ret_line, struct error *err);

/* Follows a chain line by line. Begin with all zero: the first line must be row 0. */
struct audit_chain {
	bool is_started;
	bool may_start_anywhere; /* an export of a part: its first line is taken as it is
	                          */
	uint64_t next;           /* index of the next line */
	struct hash hash;        /* of the last line */
	struct json_doc doc;     /* scratch; json_release when done */
};
/* What a line says; texts are views into it, as they stand (with escapes). */
struct audit_row {
	uint64_t index;
	int64_t time_s;
	struct view time, who, door, from, what, subject, channel, data;
	struct hash previous;
};

/* Reads a line that anybody may have written. MALFORMED: not such a line. doc is scratch;
 * the views live as long as the line. */
MUST_USE enum status audit_row_parse(struct view line, struct json_doc *doc,
                                     struct audit_row *ret_row, struct error *err);
/* UNTRUSTED: the line does not continue the chain; the sentence names the index. */
MUST_USE enum status audit_chain_take(struct audit_chain *chain, struct view line,
                                      struct error *err);

/* Follows the whole chain in the store up to the head in memory, `slice` rows a call.
 * AGAIN: not through yet, call again. chain starts all zero and belongs to the caller. */
MUST_USE enum status office_audit_verify(struct office *office, struct audit_chain *chain,
                                         uint64_t slice, struct error *err);

#endif
