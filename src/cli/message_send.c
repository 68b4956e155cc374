/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One message with its attachments on its way to the desk.
 */
#include "cli/message_send.h"

#include <stdio.h>

#include "base/file.h"
#include "cli/evidence.h"
#include "cli/print.h"
#include "codec/json_writer.h"
#include "crypto/random.h"

enum {
	ATTACHMENT_CONTENT_MAX = RECORD_ATTACHMENT_BLOB_MAX - RECORD_SALT_LEN,
	MESSAGE_MAX = 1024 * 1024,
	UPLOADS_MAX = 3, /* aldisd forgets unsent attachments when it is restarted */
};

void message_send_release(struct message_send *send)
{
	for (size_t i = 0; send->files != NULL && i < send->attachments.count; i++)
		buf_release(&send->files[i]);
	free(send->files);
	buf_release(&send->evidence);
	buf_release(&send->body);
}

static enum status read_attachments(struct message_send *send, struct error *err)
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

static enum status upload_one(const struct message_send *send, struct api_client *client,
                              const struct buf *content, bool is_salted,
                              struct json_writer *writer, struct error *err)
{
	CLEANUP_BUF struct buf path = BUF_INIT(2048);
	struct api_answer answer = {0};
	struct api_request request = {.type = "application/octet-stream",
	                              .body = buf_view(content),
	                              .patience_s = SEND_PATIENCE_S};
	enum status status;

	buf_append_string(&path, "/api/channels/");
	api_path_append(&path, send->channel);
	buf_append_string(&path, is_salted ? "/attachments?salted=1" : "/attachments");
	buf_append_byte(&path, '\0');
	TRY(buf_check(&path, "the channel's name", err));
	request.path = (const char *)path.data;
	status = api_client_call(client, &request, &answer, err);
	if (status == STATUS_OK)
		json_writer_raw(writer, NULL, buf_view(&answer.body));
	api_answer_release(&answer);
	return status;
}

/* "--to a,b" and "--to a --to b". */
static void write_to(const struct message_send *send, struct json_writer *writer)
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

static bool has_attachments(const struct message_send *send)
{
	return send->attachments.count > 0 || send->evidence.len > 0;
}

static enum status write_message(const struct message_send *send,
                                 struct api_client *client, struct buf *message,
                                 struct error *err)
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
	if (has_attachments(send)) {
		json_writer_array(&writer, "attachments");
		if (send->evidence.len > 0)
			TRY(upload_one(send, client, &send->evidence, true, &writer,
			               err));
		for (size_t i = 0; i < send->attachments.count; i++)
			TRY(upload_one(send, client, &send->files[i], false, &writer,
			               err));
		json_writer_end(&writer);
	}
	json_writer_end(&writer);
	return buf_check(message, "the message", err);
}

/* Could the refusal come from attachments that a restart made the desk forget? */
static bool is_worth_repeating(const struct message_send *send,
                               const struct api_answer *answer, enum status status)
{
	return has_attachments(send) && answer->was_repeated &&
	       (status == STATUS_NOT_FOUND || status == STATUS_MALFORMED);
}

static enum status post(const struct message_send *send, struct api_client *client,
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

/* What is committed to is kept before the desk hears of it; what is opened is fetched. */
static enum status prepare_evidence(struct cli *cli, struct message_send *send,
                                    struct api_client *client, struct error *err)
{
	send->evidence = BUF_INIT(RECORD_ATTACHMENT_BLOB_MAX);
	if (send->commit_path != NULL)
		return evidence_commit(cli, send->commit_path, &send->body,
		                       &send->evidence_hash, err);
	if (strcmp(send->kind, "evidence.open") == 0 && send->re != NULL)
		return evidence_fetch(cli, client, send->channel, send->re,
		                      &send->evidence_hash, &send->evidence, err);
	return STATUS_OK;
}

/* Opened evidence is in the record now; a commitment that was refused is none. Where the
 * desk was not reached it may have taken the message. */
static void settle_evidence(struct cli *cli, const struct message_send *send,
                            enum status status)
{
	bool is_opened = send->evidence.len > 0 && status == STATUS_OK;
	bool is_refused = send->commit_path != NULL && status != STATUS_OK &&
	                  status != STATUS_CLOSED && status != STATUS_AGAIN;

	if (is_opened || is_refused)
		evidence_forget(cli, &send->evidence_hash);
}

static enum status run(struct cli *cli, struct message_send *send,
                       struct api_client *client, struct error *err)
{
	struct api_answer answer = {0};
	enum status status;

	TRY(read_attachments(send, err));
	TRY(prepare_evidence(cli, send, client, err));
	status = post(send, client, &answer, err);
	if (status == STATUS_OK)
		print_answer(cli, &answer);
	api_answer_release(&answer);
	settle_evidence(cli, send, status);
	return status;
}

int message_send(struct cli *cli, struct message_send *send)
{
	struct api_client *client = NULL;
	struct error err = {0};
	enum status status = crypto_init(&err);

	if (send->key == NULL) {
		send_make_key(send->made_key);
		send->key = send->made_key;
	}
	if (status == STATUS_OK)
		status = api_client_open(cli, &client, &err);
	if (status == STATUS_OK)
		status = run(cli, send, client, &err);
	api_client_close(client);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}
