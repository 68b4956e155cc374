/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens with which programs come to the console's door: "aldis_<id>_<64 hex digits>", of
 * which the store holds a hash. Revoked ones stay in the list.
 */
#ifndef ALDIS_OFFICE_TOKENS_H
#define ALDIS_OFFICE_TOKENS_H

#include "codec/json_writer.h"
#include "crypto/hash.h"
#include "office/office.h"

enum {
	TOKENS_MAX = 500,
	TOKEN_ID_LEN = 8,
	TOKEN_NAME_MAX = 64,
	TOKEN_LEN = 6 + TOKEN_ID_LEN + 1 + 64,
	TOKEN_NOTE_S = 300, /* how often its use is written down */
};

struct office_token {
	char id[TOKEN_ID_LEN + 1];
	char name[TOKEN_NAME_MAX + 1];
	char by[OFFICE_NAME_MAX + 1];
	unsigned scopes;
	int64_t created_s;
	int64_t until_s;   /* 0: no end */
	int64_t revoked_s; /* 0: not */
	int64_t used_s;    /* 0: never; to within TOKEN_NOTE_S */
	struct hash hash;
};

size_t office_token_count(const struct office *office);
/* In the order in which they were made; borrowed until the next change. */
const struct office_token *office_token_at(const struct office *office, size_t index);
/* NULL: no such id. */
const struct office_token *office_token_find(const struct office *office, const char *id);

/* Makes one; ret_id may be NULL. */
MUST_USE enum status office_token_add(struct office *office, const char *name,
                                      const char *by, unsigned scopes, int64_t until_s,
                                      char ret_token[TOKEN_LEN + 1],
                                      char ret_id[TOKEN_ID_LEN + 1], struct error *err);
/* NOT_FOUND: no such id; CONFLICT: it is revoked already. */
MUST_USE enum status office_token_revoke(struct office *office, const char *id,
                                         struct error *err);
/* Finds the token that was shown and notes its use. NOT_FOUND: none, revoked or over. */
MUST_USE enum status office_token_use(struct office *office, struct view token,
                                      const struct office_token **ret_token,
                                      struct error *err);

/* Is this principal, "token:ID", a token that this operator made? */
bool office_token_is_of(const struct office *office, const char *principal,
                        const char *person);

/* All but the hash. */
void token_write(struct json_writer *writer, const char *name,
                 const struct office_token *token);

#endif
