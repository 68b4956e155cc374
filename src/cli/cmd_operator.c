/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis operator: who may log in to the desk's console. What is printed of a new operator
 * is shown this once.
 */
#include <stdio.h>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/desk_call.h"
#include "cli/options.h"
#include "cli/print.h"
#include "codec/json_writer.h"
#include "crypto/random.h"
#include "office/operators.h"

enum { BODY_MAX = 4096, SECRET_FILE_MAX = 4096, VALUE_MAX = 400 };

static void print_value(const struct json_doc *doc, const struct json_token *object,
                        const char *label, const char *name)
{
	char text[VALUE_MAX];

	json_read_string(doc, object, name, text, sizeof text);
	printf("%s", label);
	print_escaped(stdout, view_of_string(text));
	putchar('\n');
	crypto_wipe(text, sizeof text);
}

/* "/api/operators/NAME/…" */
static enum status make_path(struct buf *path, const char *name, const char *end,
                             struct error *err)
{
	buf_append_string(path, "/api/operators/");
	api_path_append(path, name);
	buf_append_string(path, end);
	buf_append_byte(path, '\0');
	return buf_check(path, "the operator's name", err);
}

/* ---- add, reset */

static void print_issued(const struct cli *cli, const struct api_answer *answer)
{
	const struct json_token *root = json_root(&answer->doc);

	if (cli->is_json) {
		print_json(stdout, buf_view(&answer->body));
		return;
	}
	print_value(&answer->doc, root, "one-time password  ", "password");
	print_value(&answer->doc, root, "secret of codes    ", "totp_secret");
	print_value(&answer->doc, root, "as a URI           ", "otpauth");
	cli_note("this is shown once: hand it over apart from anything else. The first "
	         "login asks for a new password");
}

static int finish_issued(const struct cli *cli, enum status status,
                         struct api_answer *answer, const struct error *err)
{
	if (status == STATUS_OK)
		print_issued(cli, answer);
	if (answer->body.data != NULL)
		crypto_wipe(answer->body.data, answer->body.len);
	api_answer_release(answer);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, err);
}

static int operator_add(struct cli *cli, int argc, char **argv)
{
	const char *roles = NULL, *full_name = NULL;
	const struct option_spec specs[] = {
	    {"--roles", OPTION_TEXT, &roles, 0},
	    {"--full-name", OPTION_TEXT, &full_name, 0},
	};
	CLEANUP_BUF struct buf body = BUF_INIT(BODY_MAX);
	struct json_writer writer = json_writer_of(&body);
	struct option_values operands;
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 2, 1, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("operator", &err);
	if (roles == NULL)
		return cli_fail(CLI_USAGE, "--roles is missing: watch, officer, "
		                           "administrator, auditor, or several of them");
	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "name", operands.values[0]);
	if (full_name != NULL)
		json_writer_string(&writer, "full_name", full_name);
	desk_call_write_words(&writer, "roles", roles);
	json_writer_end(&writer);
	status = buf_check(&body, "the operator", &err);
	if (status == STATUS_OK)
		status =
		    desk_call_post(cli, "/api/operators", buf_view(&body), &answer, &err);
	return finish_issued(cli, status, &answer, &err);
}

static int operator_reset(struct cli *cli, int argc, char **argv)
{
	CLEANUP_BUF struct buf path = BUF_INIT(BODY_MAX);
	struct option_values operands;
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, NULL, 0, 1, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("operator", &err);
	status = make_path(&path, operands.values[0], "/reset", &err);
	if (status == STATUS_OK)
		status = desk_call_post(cli, (const char *)path.data, view_of("", 0),
		                        &answer, &err);
	return finish_issued(cli, status, &answer, &err);
}

/* ---- list */

static const char *state_of(const struct json_doc *doc, const struct json_token *person)
{
	if (json_read_bool(doc, person, "disabled"))
		return "disabled";
	return json_read_bool(doc, person, "must_change") ? "one-time password" : "";
}

static void print_operator(const struct json_doc *doc, const struct json_token *person)
{
	char name[OFFICE_NAME_MAX + 1], full_name[2 * OPERATOR_FULL_NAME_MAX];
	char last_login[32], roles[128];

	json_read_string(doc, person, "name", name, sizeof name);
	json_read_string(doc, person, "full_name", full_name, sizeof full_name);
	json_read_string(doc, person, "last_login", last_login, sizeof last_login);
	desk_call_read_words(doc, person, "roles", roles, sizeof roles);
	print_row(stdout,
	          (const struct print_cell[]){{name, 16},
	                                      {last_login, 20},
	                                      {roles, 24},
	                                      {state_of(doc, person), 18},
	                                      {full_name, 0}},
	          5);
}

static int operator_list(struct cli *cli, int argc, char **argv)
{
	const struct json_token *list, *one;
	struct option_values operands;
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, NULL, 0, 0, 0, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("operator", &err);
	status = desk_call_get(cli, "/api/operators", &answer, &err);
	if (status == STATUS_OK && cli->is_json) {
		print_json(stdout, buf_view(&answer.body));
	} else if (status == STATUS_OK) {
		one = json_read_list(&answer.doc, json_root(&answer.doc), "operators",
		                     &list);
		for (; one != NULL; one = json_next(&answer.doc, list, one))
			print_operator(&answer.doc, one);
	}
	api_answer_release(&answer);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

/* ---- disable, enable, roles */

static int change(struct cli *cli, const char *name, struct view body)
{
	CLEANUP_BUF struct buf path = BUF_INIT(BODY_MAX);
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status = make_path(&path, name, "", &err);

	if (status == STATUS_OK)
		status =
		    desk_call_post(cli, (const char *)path.data, body, &answer, &err);
	if (status == STATUS_OK && cli->is_json) {
		print_json(stdout, buf_view(&answer.body));
	}
	api_answer_release(&answer);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

static int set_disabled(struct cli *cli, const char *body, int argc, char **argv)
{
	struct option_values operands;
	struct error err = {0};

	if (options_parse(cli, NULL, 0, 1, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("operator", &err);
	return change(cli, operands.values[0], view_of_string(body));
}

static int operator_disable(struct cli *cli, int argc, char **argv)
{
	return set_disabled(cli, "{\"disabled\":true}", argc, argv);
}

static int operator_enable(struct cli *cli, int argc, char **argv)
{
	return set_disabled(cli, "{\"disabled\":false}", argc, argv);
}

static int operator_roles(struct cli *cli, int argc, char **argv)
{
	CLEANUP_BUF struct buf body = BUF_INIT(BODY_MAX);
	struct json_writer writer = json_writer_of(&body);
	struct option_values operands;
	struct error err = {0};

	if (options_parse(cli, NULL, 0, 2, 2, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("operator", &err);
	json_writer_object(&writer, NULL);
	desk_call_write_words(&writer, "roles", operands.values[1]);
	json_writer_end(&writer);
	if (buf_check(&body, "the roles", &err) != STATUS_OK)
		return cli_fail_usage("operator", &err);
	return change(cli, operands.values[0], buf_view(&body));
}

/* ---- code */

/* For people without a telephone, and for tests. */
static int operator_code(struct cli *cli, int argc, char **argv)
{
	CLEANUP_BUF struct buf text = BUF_INIT(SECRET_FILE_MAX);
	struct option_values operands;
	struct totp_secret secret;
	struct error err = {0};
	char code[TOTP_DIGITS + 1];
	enum status status;

	if (options_parse(cli, NULL, 0, 1, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("operator", &err);
	status = cli_read_input(operands.values[0], &text, &err);
	if (status == STATUS_OK)
		status = totp_secret_parse(buf_view(&text), &secret, &err);
	if (text.data != NULL)
		crypto_wipe(text.data, text.len);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	totp_code(&secret, clock_utc_ms() / 1000, code);
	crypto_wipe(&secret, sizeof secret);
	printf(cli->is_json ? "{\"code\":\"%s\"}\n" : "%s\n", code);
	return CLI_DONE;
}

int cmd_operator(struct cli *cli, int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(struct cli *cli, int argc, char **argv);
	} parts[] = {
	    {"add", operator_add},       {"list", operator_list},
	    {"reset", operator_reset},   {"disable", operator_disable},
	    {"enable", operator_enable}, {"roles", operator_roles},
	    {"code", operator_code},
	};

	for (size_t i = 0; argc > 0 && i < sizeof parts / sizeof parts[0]; i++)
		if (strcmp(argv[0], parts[i].name) == 0)
			return parts[i].run(cli, argc - 1, argv + 1);
	return cli_fail(CLI_USAGE, "aldis operator knows add, list, reset, disable, "
	                           "enable, roles and code; see `aldis help operator`");
}
