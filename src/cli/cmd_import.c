/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis import: a STIX bundle or events of MISP as messages of a channel. Each message
 * has a key that is made of the channel, the object and its version, so that the same
 * file imported again sends nothing twice.
 */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/export_format.h"
#include "cli/language.h"
#include "cli/options.h"
#include "cli/print.h"
#include "cli/send.h"
#include "console/waiting.h"
#include "crypto/hash.h"
#include "formats/read.h"
#include "record/envelope.h"

enum { MESSAGE_MAX = 2 * 1024 * 1024 };

struct import {
	const char *path, *channel; /* as called */
	const char *report_path;    /* or NULL */
	const char *language, *tlp; /* for what names none; tlp may be NULL */
	bool is_dry_run;
	uint64_t wait_s;
	char channel_id[HASH_HEX_LEN + 1];
	struct api_client *client;
	struct buf text;
	struct formats_drafts read;
	char (*ids)[RECORD_MESSAGE_ID_MAX + 1]; /* of what was sent, by draft */
	size_t sent_count, queued_count;
	struct buf json; /* of the answer */
	struct json_writer writer;
};

static enum status find_channel(struct import *import, struct error *err)
{
	CLEANUP_BUF struct buf path = BUF_INIT(2048);
	struct api_answer answer = {0};
	enum status status;

	buf_append_string(&path, "/api/channels/");
	api_path_append(&path, import->channel);
	buf_append(&path, "/messages?limit=1", sizeof "/messages?limit=1");
	TRY(buf_check(&path, "the channel's name", err));
	status = api_client_call(import->client,
	                         &(struct api_request){.path = (const char *)path.data},
	                         &answer, err);
	if (status == STATUS_OK)
		json_read_string(&answer.doc, json_root(&answer.doc), "channel",
		                 import->channel_id, sizeof import->channel_id);
	api_answer_release(&answer);
	return status;
}

static void list(struct import *import, const struct formats_draft *draft,
                 const char *why)
{
	formats_report_add(&import->read.report, draft->source,
	                   view_of_string(draft->kind), why);
}

static enum status write_message(const struct import *import,
                                 const struct formats_draft *draft, struct buf *message,
                                 struct error *err)
{
	struct json_writer writer = json_writer_of(message);
	const char *tlp = draft->tlp != NULL ? draft->tlp : import->tlp;

	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "kind", draft->kind);
	if (tlp != NULL)
		json_writer_string(&writer, "tlp", tlp);
	if (draft->re != FORMATS_NO_DRAFT)
		json_writer_string(&writer, "re", import->ids[draft->re]);
	json_writer_raw(&writer, "body", draft->body);
	json_writer_end(&writer);
	return buf_check(message, "the message", err);
}

/* The desk refused this one message; the others may go. */
static bool is_refusal(enum status status)
{
	return status == STATUS_MALFORMED || status == STATUS_UNTRUSTED ||
	       status == STATUS_NOT_FOUND || status == STATUS_CONFLICT ||
	       status == STATUS_LIMIT;
}

static enum status submit(struct import *import, const struct formats_draft *draft,
                          struct api_answer *answer, struct error *err)
{
	CLEANUP_BUF struct buf message = BUF_INIT(MESSAGE_MAX);
	char uuid[UUID_TEXT_LEN + 1], key[SEND_KEY_MAX + 1];

	uuid_encode(&draft->key, uuid);
	snprintf(key, sizeof key, "import-%.16s-%s", import->channel_id, uuid);
	TRY(write_message(import, draft, &message, err));
	return send_submit(import->client, import->channel, "application/json",
	                   buf_view(&message), key, (unsigned)import->wait_s, answer,
	                   err);
}

static void note_sent(struct import *import, const struct formats_draft *draft,
                      const char *id)
{
	json_writer_object(&import->writer, NULL);
	json_writer_text(&import->writer, "from", draft->source);
	json_writer_string(&import->writer, "kind", draft->kind);
	if (id != NULL)
		json_writer_string(&import->writer, "id", id);
	json_writer_end(&import->writer);
}

static enum status send_draft(struct import *import, size_t index, struct error *err)
{
	const struct formats_draft *draft = &import->read.drafts[index];
	struct api_answer answer = {0};
	char *id = import->ids[index];
	enum status status;

	if (draft->re != FORMATS_NO_DRAFT && import->ids[draft->re][0] == '\0') {
		list(import, draft, "what it answers was not sent, or waits for its id");
		return STATUS_OK;
	}
	status = submit(import, draft, &answer, err);
	if (status == STATUS_OK) {
		json_read_string(&answer.doc, json_root(&answer.doc), "id", id,
		                 RECORD_MESSAGE_ID_MAX + 1);
		import->sent_count += id[0] != '\0';
		import->queued_count += id[0] == '\0';
		note_sent(import, draft, id[0] != '\0' ? id : NULL);
	} else if (is_refusal(status)) {
		list(import, draft, err->text);
		status = STATUS_OK;
	}
	api_answer_release(&answer);
	return status;
}

static enum status send_all(struct import *import, struct error *err)
{
	TRY(find_channel(import, err));
	send_wait_until_ready(import->client, import->channel, (unsigned)import->wait_s);
	for (size_t i = 0; i < import->read.count; i++)
		TRY(send_draft(import, i, err));
	return STATUS_OK;
}

static void show_dry(struct import *import)
{
	for (size_t i = 0; i < import->read.count; i++)
		note_sent(import, &import->read.drafts[i], NULL);
}

static enum status read_document(struct import *import, struct error *err)
{
	TRY(cli_read_input(import->path, &import->text, err));
	TRY(error_context(
	    err,
	    formats_read(buf_view(&import->text), import->language, &import->read, err),
	    "%s", import->path));
	import->ids = calloc(import->read.count + 1, sizeof *import->ids);
	return import->ids != NULL ? STATUS_OK
	                           : error_set(err, STATUS_NO_MEMORY, "out of memory");
}

static void say(const struct cli *cli, struct import *import)
{
	formats_report_write(&import->read.report, &import->writer);
	json_writer_end(&import->writer);
	if (cli->is_json)
		print_json(stdout, buf_view(&import->json));
	else if (import->is_dry_run)
		printf(
		    "%zu objects or events would become %zu messages; nothing was sent\n",
		    import->read.element_count, import->read.count);
	else
		printf("%zu objects or events became %zu messages\n",
		       import->read.element_count,
		       import->sent_count + import->queued_count);
	if (import->queued_count > 0)
		cli_note("%zu wait in the desk until it may write; import the file again "
		         "later for those that answer them: nothing is sent twice",
		         import->queued_count);
}

static enum status run(struct cli *cli, struct import *import, struct error *err)
{
	enum status status = STATUS_OK;

	TRY(read_document(import, err));
	json_writer_object(&import->writer, NULL);
	json_writer_array(&import->writer, "messages");
	if (import->is_dry_run) {
		show_dry(import);
	} else {
		TRY(api_client_open(cli, &import->client, err));
		status = send_all(import, err);
	}
	json_writer_end(&import->writer);
	TRY(status);
	TRY(formats_report_check(&import->read.report, err));
	say(cli, import);
	return export_format_report(&import->read.report, import->report_path, err);
}

static void import_release(struct import *import)
{
	api_client_close(import->client);
	formats_drafts_release(&import->read);
	buf_release(&import->text);
	buf_release(&import->json);
	free(import->ids);
}

int cmd_import(struct cli *cli, int argc, char **argv)
{
	struct import import = {.text = BUF_INIT(FORMATS_LEN_MAX),
	                        .json = BUF_INIT((size_t)1 << 30)};
	const struct option_spec specs[] = {
	    {"--channel", OPTION_TEXT, &import.channel, 0},
	    {"--dry-run", OPTION_FLAG, &import.is_dry_run, 0},
	    {"--language", OPTION_TEXT, &import.language, 0},
	    {"--tlp", OPTION_TEXT, &import.tlp, 0},
	    {"--report", OPTION_TEXT, &import.report_path, 0},
	    {"--wait", OPTION_NUMBER, &import.wait_s, WAITING_SECONDS_MAX},
	};
	char own_language[CLI_LANGUAGE_MAX + 1];
	struct option_values operands;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, sizeof specs / sizeof specs[0], 1, 1, argc, argv,
	                  &operands, &err) != STATUS_OK)
		return cli_fail_usage("import", &err);
	if (import.channel == NULL && !import.is_dry_run)
		return cli_fail(CLI_USAGE, "into which channel? --channel CHANNEL");
	cli_language(cli, own_language);
	if (import.language == NULL)
		import.language = own_language;
	import.path = operands.values[0];
	import.writer = json_writer_of(&import.json);
	status = run(cli, &import, &err);
	import_release(&import);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}
