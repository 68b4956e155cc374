/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis export: the whole record of a channel as files, read through the running desk
 * and signed with its link key.
 */
#include <stdio.h>

#include "base/clock.h"
#include "bundle/export.h"
#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "crypto/keyfile.h"
#include "crypto/random.h"
#include "record/charter.h"

enum { CHARTER_NOTE_MAX = 1 << 20 };

struct export
{
	struct api_client *client;
	struct folder folder;
	struct ed25519_secret *link;
	struct api_answer channel, card, cards;
	struct buf charter_note;
	struct buf notes[RECORD_MEMBERS_MAX];
	struct view note_views[RECORD_MEMBERS_MAX];
	size_t note_count;
	char origins[RECORD_MEMBERS_MAX][RECORD_ORIGIN_MAX + 1];
	struct bundle_export_log logs[RECORD_MEMBERS_MAX];
	size_t log_count;
};

static void export_free(struct export *export)
{
	if (export == NULL)
		return;
	api_client_close(export->client);
	ed25519_secret_free(export->link);
	api_answer_release(&export->channel);
	api_answer_release(&export->card);
	api_answer_release(&export->cards);
	buf_release(&export->charter_note);
	for (size_t i = 0; i < export->note_count; i++)
		buf_release(&export->notes[i]);
	free(export);
}

static enum status fetch(void *context, const char *path, struct buf *ret_body,
                         struct error *err)
{
	struct export *export = context;
	struct api_answer answer = {0};
	enum status status = api_client_call(
	    export->client, &(struct api_request){.path = path}, &answer, err);

	if (status == STATUS_OK) {
		buf_append_view(ret_body, buf_view(&answer.body));
		status = buf_check(ret_body, "what the desk serves", err);
	}
	api_answer_release(&answer);
	return status;
}

static enum status read_link_key(struct export *export, struct error *err)
{
	char path[FOLDER_PATH_MAX];
	struct ed25519_seed seed;
	enum status status;

	TRY(folder_path(&export->folder, "keys/link.key", path, err));
	TRY(keyfile_read(path, "link", export->folder.config.name, NULL, &seed, err));
	status = ed25519_secret_new(&seed, &export->link, err);
	crypto_wipe(&seed, sizeof seed);
	return status;
}

static enum status ask(struct export *export, const char *channel, struct error *err)
{
	CLEANUP_BUF struct buf path = BUF_INIT(2048);

	buf_append_string(&path, "/api/channels/");
	api_path_append(&path, channel);
	buf_append_byte(&path, '\0');
	TRY(buf_check(&path, "the channel's name", err));
	TRY(api_client_call(export->client,
	                    &(struct api_request){.path = (const char *)path.data},
	                    &export->channel, err));
	TRY(api_client_call(export->client, &(struct api_request){.path = "/api/card"},
	                    &export->card, err));
	return api_client_call(export->client,
	                       &(struct api_request){.path = "/api/cards"},
	                       &export->cards, err);
}

static void read_logs(struct export *export)
{
	const struct json_doc *doc = &export->channel.doc;
	const struct json_token *list, *log;

	export->charter_note = BUF_INIT(CHARTER_NOTE_MAX);
	(void)json_read_text(doc, json_root(doc), "note", &export->charter_note);
	log = json_read_list(doc, json_root(doc), "logs", &list);
	for (; log != NULL && export->log_count < RECORD_MEMBERS_MAX;
	     log = json_next(doc, list, log)) {
		char *origin = export->origins[export->log_count];

		json_read_string(doc, log, "origin", origin, RECORD_ORIGIN_MAX + 1);
		export->logs[export->log_count++] = (struct bundle_export_log){
		    .origin = origin, .is_own = json_read_bool(doc, log, "own")};
	}
}

static bool is_member(const struct export *export, const char *name)
{
	const struct json_doc *doc = &export->channel.doc;
	const struct json_token *list, *member;

	member = json_read_list(doc, json_root(doc), "members", &list);
	for (; member != NULL; member = json_next(doc, list, member)) {
		char other[RECORD_NAME_MAX + 1];

		json_read_string(doc, member, "name", other, sizeof other);
		if (strcmp(name, other) == 0)
			return true;
	}
	return false;
}

static void take_card(struct export *export, const struct json_doc *doc,
                      const struct json_token *card)
{
	struct buf *note = &export->notes[export->note_count];
	char name[RECORD_NAME_MAX + 1];

	json_read_string(doc, card, "name", name, sizeof name);
	if (export->note_count == RECORD_MEMBERS_MAX || !is_member(export, name))
		return;
	*note = BUF_INIT(RECORD_NOTE_MAX);
	(void)json_read_text(doc, card, "note", note);
	export->note_views[export->note_count++] = buf_view(note);
}

static void read_cards(struct export *export)
{
	const struct json_doc *doc = &export->cards.doc;
	const struct json_token *list, *card;

	take_card(export, &export->card.doc, json_root(&export->card.doc));
	card = json_read_list(doc, json_root(doc), "cards", &list);
	for (; card != NULL; card = json_next(doc, list, card))
		take_card(export, doc, card);
}

static enum status write_export(struct export *export, const char *out, struct error *err)
{
	struct bundle_export_source source = {
	    .exporter = export->folder.config.name,
	    .link_secret = export->link,
	    .date_s = clock_utc_ms() / 1000,
	    .charter_note = buf_view(&export->charter_note),
	    .card_notes = export->note_views,
	    .card_count = export->note_count,
	    .logs = export->logs,
	    .log_count = export->log_count,
	    .fetch = fetch,
	    .fetch_context = export,
	};

	return bundle_export(&source, out, err);
}

static enum status run(const struct cli *cli, struct export *export, const char *channel,
                       const char *out, struct error *err)
{
	TRY(crypto_init(err));
	TRY(cli_folder(cli, &export->folder, err));
	TRY(api_client_open(cli, &export->client, err));
	TRY(read_link_key(export, err));
	TRY(ask(export, channel, err));
	read_logs(export);
	read_cards(export);
	return write_export(export, out, err);
}

int cmd_export(struct cli *cli, int argc, char **argv)
{
	struct option_values operands;
	struct error err = {0};
	struct export *export;
	enum status status;

	if (options_parse(cli, NULL, 0, 2, 2, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("export", &err);
	export = calloc(1, sizeof *export);
	if (export == NULL)
		return cli_fail(CLI_COULD_NOT, "out of memory");
	status = run(cli, export, operands.values[0], operands.values[1], &err);
	export_free(export);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	if (!cli->is_json)
		printf("%s holds the record; `aldis verify %s` checks it\n",
		       operands.values[1], operands.values[1]);
	return CLI_DONE;
}
