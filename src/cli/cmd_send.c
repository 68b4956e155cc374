/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis send: one message with its attachments, or a stream of messages.
 */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/language.h"
#include "cli/message_send.h"
#include "console/waiting.h"
#include "crypto/random.h"
#include "record/template.h"

enum { TEMPLATE_MAX = 1024 * 1024 };

struct send {
	struct message_send message;
	const char *body_path;
	bool is_stream, is_template;
};

static enum status read_body(struct send *send, struct error *err)
{
	struct json_doc doc = {0};
	enum status status;

	send->message.body = BUF_INIT(RECORD_BODY_MAX);
	if (send->body_path == NULL)
		return STATUS_OK;
	status = cli_read_input(send->body_path, &send->message.body, err);
	if (status == STATUS_OK)
		status =
		    json_scan(&doc, buf_view(&send->message.body), JSON_TOKENS_MAX, err);
	json_release(&doc);
	if (status != STATUS_OK)
		return error_context(err, status, "the body");
	return STATUS_OK;
}

/* A skeleton of the body, to fill in; nothing is sent. */
static int print_template(const struct cli *cli, const char *name)
{
	const struct record_kind *kind = record_kind_find(view_of_string(name));
	CLEANUP_BUF struct buf body = BUF_INIT(TEMPLATE_MAX);
	char language[CLI_LANGUAGE_MAX + 1];
	struct error err = {0};
	enum status status;

	if (kind == NULL)
		return cli_fail(CLI_USAGE,
		                "there is no kind '%s'; `aldis help kinds` "
		                "lists them",
		                name);
	if (kind->is_automatic)
		return cli_fail(CLI_NO, "%s is written by the desk itself", kind->name);
	if (!kind->has_body)
		return cli_fail(CLI_NO, "%s has no body", kind->name);
	cli_language(cli, language);
	record_template_append(kind, language, &body);
	status = buf_check(&body, "the skeleton", &err);
	if (status == STATUS_OK)
		status = cli_write_output(buf_view(&body), &err);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

/* What the options ask for must go together. */
static const char *objection(const struct send *send)
{
	const struct message_send *message = &send->message;

	if (message->key != NULL && strlen(message->key) > SEND_KEY_MAX)
		return "the key is longer than 80 bytes";
	if (message->commit_path == NULL)
		return NULL;
	if (strcmp(message->kind, "evidence.commit") != 0)
		return "--commit goes with evidence.commit";
	if (send->body_path == NULL)
		return "say what is committed to: --body FILE with language and "
		       "description, without hash";
	if (message->key != NULL)
		return "--commit takes no --key: each time it has another salt";
	return NULL;
}

static int send_one(struct cli *cli, struct send *send)
{
	const char *why = objection(send);
	struct error err = {0};
	enum status status;

	if (why != NULL)
		return cli_fail(CLI_USAGE, "%s", why);
	status = read_body(send, &err);
	return status == STATUS_OK ? message_send(cli, &send->message)
	                           : cli_fail_status(status, &err);
}

static int stream(struct cli *cli, struct send *send)
{
	const char *key = send->message.key;
	struct error err = {0};

	if (crypto_init(&err) != STATUS_OK)
		return cli_fail(CLI_COULD_NOT, "%s", err.text);
	if (key != NULL && strlen(key) > SEND_KEY_MAX)
		return cli_fail(CLI_USAGE, "the key is longer than %d bytes",
		                SEND_KEY_MAX);
	if (key == NULL) {
		send_make_key(send->message.made_key);
		key = send->message.made_key;
	}
	return send_stream(cli, send->message.channel, key);
}

static int start(struct cli *cli, struct send *send, const struct option_values *operands)
{
	if (send->is_template && !send->is_stream && operands->count == 2)
		return print_template(cli, operands->values[1]);
	send->message.channel = operands->values[0];
	if (send->is_stream && operands->count == 1)
		return stream(cli, send);
	if (send->is_stream || send->is_template || operands->count < 2)
		return cli_fail(CLI_USAGE,
		                "say aldis send CHANNEL KIND, or aldis send --stream "
		                "CHANNEL; see `aldis help send`");
	send->message.kind = operands->values[1];
	return send_one(cli, send);
}

int cmd_send(struct cli *cli, int argc, char **argv)
{
	struct send send = {0};
	struct message_send *message = &send.message;
	const struct option_spec specs[] = {
	    {"--body", OPTION_TEXT, &send.body_path, 0},
	    {"--attach", OPTION_LIST, &message->attachments, 0},
	    {"--commit", OPTION_TEXT, &message->commit_path, 0},
	    {"--re", OPTION_TEXT, &message->re, 0},
	    {"--line", OPTION_TEXT, &message->line, 0},
	    {"--tlp", OPTION_TEXT, &message->tlp, 0},
	    {"--to", OPTION_LIST, &message->to, 0},
	    {"--wait", OPTION_NUMBER, &message->wait_s, WAITING_SECONDS_MAX},
	    {"--key", OPTION_TEXT, &message->key, 0},
	    {"--stream", OPTION_FLAG, &send.is_stream, 0},
	    {"--template", OPTION_FLAG, &send.is_template, 0},
	};
	struct option_values operands;
	struct error err = {0};
	int result;

	if (options_parse(cli, specs, sizeof specs / sizeof specs[0], 1, 2, argc, argv,
	                  &operands, &err) != STATUS_OK)
		return cli_fail_usage("send", &err);
	result = start(cli, &send, &operands);
	message_send_release(message);
	return result;
}
