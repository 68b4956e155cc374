/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables of members, one for each body.
 */
#include "console/accounts/account_body.h"

#include "console/request_body.h"
#include "office/fields.h"
#include "record/object.h"

enum { BODY_TOKENS_MAX = 64 };

static enum status parse(struct view body, struct json_doc *doc,
                         const struct record_member *members, size_t count, void *context,
                         struct error *err)
{
	TRY(request_body_scan(body, BODY_TOKENS_MAX, doc, err));
	return record_object_read(doc, json_root(doc), members, count, context, err);
}

/* ---- login */

static enum status read_login_name(const struct json_doc *doc,
                                   const struct json_token *value, void *context,
                                   struct error *err)
{
	struct login_body *login = context;

	return record_string_read(doc, value, 1, OFFICE_NAME_MAX, login->name, err);
}

static enum status read_login_password(const struct json_doc *doc,
                                       const struct json_token *value, void *context,
                                       struct error *err)
{
	struct login_body *login = context;

	return record_string_read(doc, value, 1, PASSWORD_MAX, login->password, err);
}

static enum status read_login_code(const struct json_doc *doc,
                                   const struct json_token *value, void *context,
                                   struct error *err)
{
	struct login_body *login = context;
	size_t len = 0;

	TRY(record_string_read(doc, value, 1, LOGIN_CODE_MAX, login->code, err));
	for (const char *c = login->code; *c != '\0'; c++)
		if (*c != ' ')
			login->code[len++] = *c;
	login->code[len] = '\0';
	return STATUS_OK;
}

enum status login_body_parse(struct view body, struct json_doc *doc,
                             struct login_body *ret_login, struct error *err)
{
	static const struct record_member members[] = {
	    {"name", true, read_login_name},
	    {"password", true, read_login_password},
	    {"code", true, read_login_code},
	};

	return parse(body, doc, members, 3, ret_login, err);
}

/* ---- password */

static enum status read_password(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	struct password_body *password = context;

	return record_string_read(doc, value, 1, PASSWORD_MAX, password->password, err);
}

static enum status read_new_password(const struct json_doc *doc,
                                     const struct json_token *value, void *context,
                                     struct error *err)
{
	struct password_body *password = context;

	return record_string_read(doc, value, 1, PASSWORD_MAX, password->new_password,
	                          err);
}

enum status password_body_parse(struct view body, struct json_doc *doc,
                                struct password_body *ret_password, struct error *err)
{
	static const struct record_member members[] = {
	    {"password", true, read_password},
	    {"new_password", true, read_new_password},
	};

	return parse(body, doc, members, 2, ret_password, err);
}

static size_t count_characters(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

static bool is_one_character(const char *text)
{
	return text[strspn(text, (const char[]){text[0], '\0'})] == '\0';
}

const char *password_fault(const char *new_password, const char *old_password)
{
	if (count_characters(new_password) < PASSWORD_MIN)
		return "is shorter than 12 characters";
	if (strcmp(new_password, old_password) == 0)
		return "is the one that was used until now";
	if (is_one_character(new_password))
		return "is one character over and over";
	return NULL;
}

/* ---- operator */

static enum status read_name(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct operator_body *person = context;

	TRY(record_string_read(doc, value, 1, OFFICE_NAME_MAX, person->name, err));
	if (!office_name_check(view_of_string(person->name)))
		return error_set(err, STATUS_MALFORMED,
		                 "must be 1 to 32 of a-z, 0-9, '.', '-' and '_', first "
		                 "a letter");
	if (office_name_is_reserved(view_of_string(person->name)))
		return error_set(err, STATUS_MALFORMED,
		                 "stands for the desk itself in the audit: take another");
	return STATUS_OK;
}

static enum status read_full_name(const struct json_doc *doc,
                                  const struct json_token *value, void *context,
                                  struct error *err)
{
	struct operator_body *person = context;

	person->has_full_name = true;
	return record_string_read(doc, value, 0, OPERATOR_FULL_NAME_MAX,
	                          person->full_name, err);
}

static enum status read_roles(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	struct operator_body *person = context;

	person->has_roles = true;
	return office_read_roles(doc, value, &person->roles, err);
}

static enum status read_disabled(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	struct operator_body *person = context;

	person->has_disabled = true;
	return office_read_bool(value, &person->is_disabled, err);
}

enum status operator_body_parse(struct view body, bool is_new, struct json_doc *doc,
                                struct operator_body *ret_operator, struct error *err)
{
	static const struct record_member of_new[] = {
	    {"name", true, read_name},
	    {"full_name", false, read_full_name},
	    {"roles", true, read_roles},
	};
	static const struct record_member of_change[] = {
	    {"full_name", false, read_full_name},
	    {"roles", false, read_roles},
	    {"disabled", false, read_disabled},
	};

	*ret_operator = (struct operator_body){.name = ""};
	return parse(body, doc, is_new ? of_new : of_change, 3, ret_operator, err);
}

/* ---- token */

static enum status read_token_name(const struct json_doc *doc,
                                   const struct json_token *value, void *context,
                                   struct error *err)
{
	struct token_body *token = context;

	return record_string_read(doc, value, 1, TOKEN_NAME_MAX, token->name, err);
}

static enum status read_scopes(const struct json_doc *doc, const struct json_token *value,
                               void *context, struct error *err)
{
	struct token_body *token = context;

	return office_read_scopes(doc, value, &token->scopes, err);
}

static enum status read_until(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	struct token_body *token = context;

	return record_time_read(doc, value, &token->until_s, err);
}

enum status token_body_parse(struct view body, struct json_doc *doc,
                             struct token_body *ret_token, struct error *err)
{
	static const struct record_member members[] = {
	    {"name", true, read_token_name},
	    {"scopes", true, read_scopes},
	    {"until", false, read_until},
	};

	*ret_token = (struct token_body){.name = ""};
	return parse(body, doc, members, 3, ret_token, err);
}

enum status empty_body_parse(struct view body, struct json_doc *doc, struct error *err)
{
	return body.len == 0 ? STATUS_OK : parse(body, doc, NULL, 0, NULL, err);
}
