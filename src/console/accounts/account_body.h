/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON bodies of requests about sessions, operators and tokens. Strict: unknown
 * members are refused. Knows no operators. What holds a password is to be wiped.
 */
#ifndef ALDIS_CONSOLE_ACCOUNTS_ACCOUNT_BODY_H
#define ALDIS_CONSOLE_ACCOUNTS_ACCOUNT_BODY_H

#include "codec/json.h"
#include "office/operators.h"
#include "office/tokens.h"

enum { LOGIN_CODE_MAX = 15 };

struct login_body {
	char name[OFFICE_NAME_MAX + 1];
	char password[PASSWORD_MAX + 1];
	char code[LOGIN_CODE_MAX + 1]; /* without the spaces that telephones show */
};

struct password_body {
	char password[PASSWORD_MAX + 1];
	char new_password[PASSWORD_MAX + 1];
};

struct operator_body {
	bool has_full_name, has_roles, has_disabled;
	char name[OFFICE_NAME_MAX + 1];
	char full_name[OPERATOR_FULL_NAME_MAX + 1];
	unsigned roles;
	bool is_disabled;
};

struct token_body {
	char name[TOKEN_NAME_MAX + 1];
	unsigned scopes;
	int64_t until_s; /* 0: no end */
};

/* {"name","password","code"} */
MUST_USE enum status login_body_parse(struct view body, struct json_doc *doc,
                                      struct login_body *ret_login, struct error *err);
/* {"password","new_password"} */
MUST_USE enum status password_body_parse(struct view body, struct json_doc *doc,
                                         struct password_body *ret_password,
                                         struct error *err);
/* {"name","full_name"?,"roles"} of a new one; {"full_name"?,"roles"?,"disabled"?} of a
 * change. */
MUST_USE enum status operator_body_parse(struct view body, bool is_new,
                                         struct json_doc *doc,
                                         struct operator_body *ret_operator,
                                         struct error *err);
/* {"name","scopes","until"?} */
MUST_USE enum status token_body_parse(struct view body, struct json_doc *doc,
                                      struct token_body *ret_token, struct error *err);
/* An empty body or {}. */
MUST_USE enum status empty_body_parse(struct view body, struct json_doc *doc,
                                      struct error *err);

/* Why it can't be a new password; NULL: it can. */
const char *password_fault(const char *new_password, const char *old_password);

#endif
