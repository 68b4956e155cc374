/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is logged in. The browser holds 32 random bytes, the store only their hash. A
 * session ends by itself after SESSION_S, or unused after SESSION_IDLE_S; it outlives the
 * daemon. Knows no cookies.
 */
#ifndef ALDIS_OFFICE_SESSIONS_H
#define ALDIS_OFFICE_SESSIONS_H

#include "crypto/hash.h"
#include "office/office.h"

enum {
	SESSION_S = 12 * 3600,
	SESSION_IDLE_S = 3600,
	SESSION_NOTE_S = 300, /* how often its use is written down */
	SESSIONS_MAX = 1000,
	SESSIONS_OF_ONE_MAX = 16,
	SESSION_TOKEN_LEN = 64,
};

struct office_session {
	struct hash id; /* of the token */
	char name[OFFICE_NAME_MAX + 1];
	int64_t created_s, seen_s;
	int64_t noted_s; /* seen_s as it stands in the store */
};

/* Begins one; an operator's oldest ends when there are too many. */
MUST_USE enum status office_session_open(struct office *office, const char *name,
                                         char ret_token[SESSION_TOKEN_LEN + 1],
                                         struct error *err);
/* Finds the session of a token and notes its use. NOT_FOUND: none, or over. Borrowed
 * until the next call. */
MUST_USE enum status office_session_use(struct office *office, struct view token,
                                        const struct office_session **ret_session,
                                        struct error *err);
/* Ends one; none: OK. */
MUST_USE enum status office_session_end(struct office *office, const struct hash *id,
                                        struct error *err);
/* Ends all of an operator but the one of this id (NULL: all). */
MUST_USE enum status office_sessions_end_of(struct office *office, const char *name,
                                            const struct hash *but, struct error *err);

#endif
