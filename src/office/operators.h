/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The desk's people who may log in: names, roles, hashes of passwords, secrets of
 * one-time codes. Checks no passwords itself: that takes longer than a turn may. Nobody
 * is ever taken out, only disabled, so that names in old rows stay theirs.
 */
#ifndef ALDIS_OFFICE_OPERATORS_H
#define ALDIS_OFFICE_OPERATORS_H

#include "codec/json_writer.h"
#include "office/office.h"
#include "office/totp.h"

enum {
	OPERATORS_MAX = 500,
	OPERATOR_FULL_NAME_MAX = 128,
	OPERATOR_HASH_MAX = 127, /* of a password, as text */
	PASSWORD_MIN = 12,       /* characters */
	PASSWORD_MAX = 256,      /* bytes */
	ONE_TIME_LEN = 23,       /* "abcde-fghij-klmno-pqrst" */
};

struct office_operator {
	char name[OFFICE_NAME_MAX + 1];
	char full_name[OPERATOR_FULL_NAME_MAX + 1];
	unsigned roles;
	bool is_disabled, must_change; /* the password, before anything else */
	int64_t created_s, last_login_s;
	int64_t totp_step; /* the last one that was used */
	char hash[OPERATOR_HASH_MAX + 1];
	struct totp_secret secret;
};

size_t office_operator_count(const struct office *office);
/* In the order of their names; borrowed until the next change. */
const struct office_operator *office_operator_at(const struct office *office,
                                                 size_t index);
/* NULL: nobody of this name. */
const struct office_operator *office_operator_find(const struct office *office,
                                                   const char *name);

/* Adds the operator or replaces the one of that name, and tells listeners. LIMIT: too
 * many. */
MUST_USE enum status office_operator_put(struct office *office,
                                         const struct office_operator *person,
                                         struct error *err);
/* Notes a login: its time and the step of its code. */
MUST_USE enum status office_operator_seen(struct office *office, const char *name,
                                          int64_t step, struct error *err);

/* A new password to be used once, 100 bits, and a new secret. */
void operator_one_time_password(char ret_password[ONE_TIME_LEN + 1]);
void operator_new_secret(struct totp_secret *ret_secret);

/* The members that others may see: no hash, no secret. */
void operator_write(struct json_writer *writer, const char *name,
                    const struct office_operator *person);

/* Of a row in the store. */
MUST_USE enum status operator_row_parse(struct view row, struct json_doc *doc,
                                        struct office_operator *ret_operator,
                                        struct error *err);
void operator_row_write(struct buf *out, const struct office_operator *person);

#endif
