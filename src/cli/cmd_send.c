/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis send: one message with its attachments, or a stream of messages.
 */
#include <stdio.h>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/language.h"
#include "cli/options.h"
#include "cli/print.h"
#include "cli/send.h"
#include "console/json_writer.h"
#include "console/waiting.h"
#include "crypto/random.h"
#include "record/envelope.h"
#include "record/template.h"

enum {
	ATTACHMENT_CONTENT_MAX = RECORD_ATTACHMENT_BLOB_MAX - RECORD_SALT_LEN,
	MESSAGE_MAX = 1024 * 1024,
	UPLOADS_MAX = 3, /* aldisd forgets unsent attachments when it is restarted */
};

struct send {
	const char *channel, *kind;
	const char *body_path, *re, *line, *tlp, *key;
	struct option_values attachments, to;
	uint64_t wait_s;
	bool is_stream, is_template;

	struct buf body;
	struct buf *files; /* contents of the attachments */
	char made_key[SEND_KEY_MAX + 1];
};

static void send_release(struct send *send)
{
	for (size_t i = 0; send->files != NULL && i < send->attachments.count; i++)
		buf_release(&send->files[i]);
	free(send->files);
	buf_release(&send->body);
}

static enum status read_body(struct send *send, struct error *err)
{
	struct json_doc doc = {0};
	enum status status;

	send->body = BUF_INIT(RECORD_BODY_MAX);
	if (send->body_path == NULL)
		return STATUS_OK;
	status = cli_read_input(send->body_path, &send->body, err);
	if (status == STATUS_OK)
		status = json_scan(&doc, buf_view(&send->body), JSON_TOKENS_MAX, err);
	json_release(&doc);
	if (status != STATUS_OK)
		return error_context(err, status, "the body");
	return STATUS_OK;
}

static enum status read_attachments(struct send *send, struct error *err)
{
	if (send->attachments.count > RECORD_ATTACHMENTS_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "a message has at most %d attachments",
		                 RECORD_ATTACHMENTS_MAX);
	send->files = calloc(send->attachments.count + 1, sizeof *send->files);
	if (send->files == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < send->attachments.count; i++) {
		const char *path = send->attachments.values[i];
		enum status status;

		send->files[i] = BUF_INIT(ATTACHMENT_CONTENT_MAX);
		status = file_read(path, &send->files[i], err);
		if (status == STATUS_LIMIT)
			return error_set(
			    err, status,
			    "%s is larger than %d bytes; split it and attach "
			    "the parts",
			    path, ATTACHMENT_CONTENT_MAX);
		TRY(status);
	}
	return STATUS_OK;
}

static enum status upload_one(const struct send *send, struct api_client *client,
                              const struct buf *content, struct json_writer *writer,
                              struct error *err)
{
	CLEANUP_BUF struct buf path = BUF_INIT(2048);
	struct api_answer answer = {0};
	struct api_request request = {.type = "application/octet-stream",
	                              .body = buf_view(content),
	                              .patience_s = SEND_PATIENCE_S};
	enum status status;

	buf_append_string(&path, "/api/channels/");
	api_path_append(&path, send->channel);
	buf_append(&path, "/attachments", sizeof "/attachments");
	TRY(buf_check(&path, "the channel's name", err));
	request.path = (const char *)path.data;
	status = api_client_call(client, &request, &answer, err);
	if (status == STATUS_OK)
		json_writer_raw(writer, NULL, buf_view(&answer.body));
	api_answer_release(&answer);
	return status;
}

/* "--to a,b" and "--to a --to b". */
static void write_to(const struct send *send, struct json_writer *writer)
{
	json_writer_array(writer, "to");
	for (size_t i = 0; i < send->to.count; i++) {
		const char *rest = send->to.values[i];

		while (*rest != '\0') {
			size_t len = strcspn(rest, ",");

			json_writer_text(writer, NULL, view_of(rest, len));
			rest += len;
			rest += *rest == ',';
		}
	}
	json_writer_end(writer);
}

static void write_option(struct json_writer *writer, const char *name, const char *value)
{
	if (value != NULL)
		json_writer_string(writer, name, value);
}

static enum status write_message(const struct send *send, struct api_client *client,
                                 struct buf *message, struct error *err)
{
	struct json_writer writer = json_writer_of(message);

	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "kind", send->kind);
	if (send->to.count > 0)
		write_to(send, &writer);
	write_option(&writer, "line", send->line);
	write_option(&writer, "tlp", send->tlp);
	write_option(&writer, "re", send->re);
	if (send->body.len > 0)
		json_writer_raw(&writer, "body", buf_view(&send->body));
	if (send->attachments.count > 0) {
		json_writer_array(&writer, "attachments");
		for (size_t i = 0; i < send->attachments.count; i++)
			TRY(upload_one(send, client, &send->files[i], &writer, err));
		json_writer_end(&writer);
	}
	json_writer_end(&writer);
	return buf_check(message, "the message", err);
}

/* Could the refusal come from attachments that a restart made the desk forget? */
static bool is_worth_repeating(const struct send *send, const struct api_answer *answer,
                               enum status status)
{
	return send->attachments.count > 0 && answer->was_repeated &&
	       (status == STATUS_NOT_FOUND || status == STATUS_MALFORMED);
}

static enum status post(const struct send *send, struct api_client *client,
                        struct api_answer *answer, struct error *err)
{
	CLEANUP_BUF struct buf message = BUF_INIT(MESSAGE_MAX);
	enum status status;

	send_wait_until_ready(client, send->channel, (unsigned)send->wait_s);
	for (int upload = 1;; upload++) {
		buf_clear(&message);
		TRY(write_message(send, client, &message, err));
		status = send_submit(client, send->channel, "application/json",
		                     buf_view(&message), send->key,
		                     (unsigned)send->wait_s, answer, err);
		if (upload == UPLOADS_MAX || !is_worth_repeating(send, answer, status))
			return status;
		answer->was_repeated = false;
	}
}

/* Says which receipts are missing although they were waited for. */
static void note_missing(const struct api_answer *answer)
{
	const struct json_token *list, *one;

	one = json_read_list(&answer->doc, json_root(&answer->doc), "delivery", &list);
	for (; one != NULL; one = json_next(&answer->doc, list, one)) {
		char member[RECORD_NAME_MAX + 1], receipt[32];

		json_read_string(&answer->doc, one, "to", member, sizeof member);
		json_read_string(&answer->doc, one, "receipt", receipt, sizeof receipt);
		if (receipt[0] == '\0')
			cli_note("no receipt from %s yet", member);
	}
}

static void print_answer(const struct cli *cli, const struct api_answer *answer)
{
	char id[RECORD_MESSAGE_ID_MAX + 1];

	json_read_string(&answer->doc, json_root(&answer->doc), "id", id, sizeof id);
	if (cli->is_json)
		print_json(stdout, buf_view(&answer->body));
	else
		printf("%s\n", answer->http_status == 202 ? "queued" : id);
	if (answer->http_status == 202)
		cli_note("the desk keeps the message and sends it as soon as it may; "
		         "`aldis status` says what it waits for");
	note_missing(answer);
}

static int send_one(struct cli *cli, struct send *send)
{
	struct api_client *client = NULL;
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status = api_client_open(cli, &client, &err);

	if (status == STATUS_OK)
		status = read_body(send, &err);
	if (status == STATUS_OK)
		status = read_attachments(send, &err);
	if (status == STATUS_OK)
		status = post(send, client, &answer, &err);
	if (status == STATUS_OK)
		print_answer(cli, &answer);
	api_answer_release(&answer);
	api_client_close(client);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

/* A skeleton of the body, to fill in; nothing is sent. */
static int print_template(const struct cli *cli, const char *name)
{
	const struct record_kind *kind = record_kind_find(view_of_string(name));
	CLEANUP_BUF struct buf body = BUF_INIT(MESSAGE_MAX);
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

static int start(struct cli *cli, struct send *send, const struct option_values *operands)
{
	struct error err = {0};

	if (crypto_init(&err) != STATUS_OK)
		return cli_fail(CLI_COULD_NOT, "%s", err.text);
	if (send->key == NULL) {
		send_make_key(send->made_key);
		send->key = send->made_key;
	}
	if (strlen(send->key) > SEND_KEY_MAX)
		return cli_fail(CLI_USAGE, "the key is longer than %d bytes",
		                SEND_KEY_MAX);
	if (send->is_template && !send->is_stream && operands->count == 2)
		return print_template(cli, operands->values[1]);
	send->channel = operands->values[0];
	if (send->is_stream && operands->count == 1)
		return send_stream(cli, send->channel, send->key);
	if (send->is_stream || send->is_template || operands->count < 2)
		return cli_fail(CLI_USAGE,
		                "say aldis send CHANNEL KIND, or aldis send --stream "
		                "CHANNEL; see `aldis help send`");
	send->kind = operands->values[1];
	return send_one(cli, send);
}

int cmd_send(struct cli *cli, int argc, char **argv)
{
	struct send send = {0};
	const struct option_spec specs[] = {
	    {"--body", OPTION_TEXT, &send.body_path, 0},
	    {"--attach", OPTION_LIST, &send.attachments, 0},
	    {"--re", OPTION_TEXT, &send.re, 0},
	    {"--line", OPTION_TEXT, &send.line, 0},
	    {"--tlp", OPTION_TEXT, &send.tlp, 0},
	    {"--to", OPTION_LIST, &send.to, 0},
	    {"--wait", OPTION_NUMBER, &send.wait_s, WAITING_SECONDS_MAX},
	    {"--key", OPTION_TEXT, &send.key, 0},
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
	send_release(&send);
	return result;
}
