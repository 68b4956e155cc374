/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people and programs hand in about accounts: logins, passwords, operators, tokens,
 * secrets of one-time codes, and an audit to be followed. Every input goes through all of
 * them.
 */
#include <assert.h>
#include <stdint.h>

#include "codec/base32.h"
#include "console/accounts/account_body.h"
#include "office/audit.h"
#include "office/totp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void parse_bodies(struct view input, struct json_doc *doc)
{
	struct login_body login = {.name = ""};
	struct password_body password = {.password = ""};
	struct operator_body person;
	struct token_body token;

	if (login_body_parse(input, doc, &login, NULL) == STATUS_OK)
		assert(login.name[0] != '\0' && strchr(login.code, ' ') == NULL);
	if (password_body_parse(input, doc, &password, NULL) == STATUS_OK)
		(void)password_fault(password.new_password, password.password);
	if (operator_body_parse(input, true, doc, &person, NULL) == STATUS_OK)
		assert(office_name_check(view_of_string(person.name)) &&
		       person.roles != 0 && person.roles <= OFFICE_ROLES_ALL);
	if (operator_body_parse(input, false, doc, &person, NULL) == STATUS_OK)
		assert(!person.has_roles || person.roles != 0);
	if (token_body_parse(input, doc, &token, NULL) == STATUS_OK)
		assert(token.scopes != 0 && token.scopes <= OFFICE_SCOPES_ALL);
	if (empty_body_parse(input, doc, NULL) == STATUS_OK)
		assert(input.len == 0 || input.data[0] != '[');
}

/* An operator's row is what it says, also when it is written again. */
static void parse_row(struct view input, struct json_doc *doc)
{
	struct office_operator person, again;
	struct buf row = BUF_INIT(4096);

	if (operator_row_parse(input, doc, &person, NULL) == STATUS_OK) {
		operator_row_write(&row, &person);
		assert(buf_check(&row, "the row", NULL) == STATUS_OK);
		assert(operator_row_parse(buf_view(&row), doc, &again, NULL) ==
		       STATUS_OK);
		assert(again.secret.len == person.secret.len &&
		       again.roles == person.roles);
	}
	buf_release(&row);
}

/* Base32 that is read can be written and read again. */
static void parse_secret(struct view input)
{
	struct totp_secret secret;
	uint8_t bytes[TOTP_SECRET_MAX];
	struct buf text = BUF_INIT(200);
	char code[TOTP_DIGITS + 1];
	int64_t step;
	size_t len;

	if (totp_secret_parse(input, &secret, NULL) == STATUS_OK) {
		base32_append(&text, view_of(secret.bytes, secret.len));
		assert(base32_decode(buf_view(&text), bytes, sizeof bytes, &len, NULL) ==
		       STATUS_OK);
		assert(
		    view_equal(view_of(bytes, len), view_of(secret.bytes, secret.len)));
		totp_code(&secret, 1234567890, code);
		assert(totp_check(&secret, code, 1234567890, -1, &step));
	}
	buf_release(&text);
}

static void follow(struct view input)
{
	struct audit_chain chain = {.may_start_anywhere = true};
	struct view line;
	uint64_t first = 0, count = 0;

	while (view_take_line(&input, &line) &&
	       audit_chain_take(&chain, line, NULL) == STATUS_OK) {
		if (count++ == 0)
			first = chain.next - 1;
		assert(chain.next == first + count);
	}
	json_release(&chain.doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct view input = view_of(data, len);
	struct json_doc doc = {0};

	parse_bodies(input, &doc);
	parse_row(input, &doc);
	parse_secret(input);
	follow(input);
	json_release(&doc);
	return 0;
}
