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

/* Notes out of an answer, owned. */
struct notes {
	struct buf *notes;
	struct view *views;
	size_t count;
};

struct export
{
	struct api_client *client;
	struct folder folder;
	struct ed25519_secret *link;
	struct api_answer papers;
	struct notes charters, log_ends, cards;
	char origins[RECORD_MEMBERS_MAX][RECORD_ORIGIN_MAX + 1];
	struct bundle_export_log logs[RECORD_MEMBERS_MAX];
	size_t log_count;
};

static void notes_release(struct notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		buf_release(&notes->notes[i]);
	free(notes->notes);
	free(notes->views);
}

static void export_free(struct export *export)
{
	if (export == NULL)
		return;
	api_client_close(export->client);
	ed25519_secret_free(export->link);
	api_answer_release(&export->papers);
	notes_release(&export->charters);
	notes_release(&export->log_ends);
	notes_release(&export->cards);
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
	buf_append(&path, "/papers", sizeof "/papers");
	TRY(buf_check(&path, "the channel's name", err));
	return api_client_call(export->client,
	                       &(struct api_request){.path = (const char *)path.data},
	                       &export->papers, err);
}

static void read_logs(struct export *export)
{
	const struct json_doc *doc = &export->papers.doc;
	const struct json_token *list, *log;

	log = json_read_list(doc, json_root(doc), "logs", &list);
	for (; log != NULL && export->log_count < RECORD_MEMBERS_MAX;
	     log = json_next(doc, list, log)) {
		char *origin = export->origins[export->log_count];

		json_read_string(doc, log, "origin", origin, RECORD_ORIGIN_MAX + 1);
		export->logs[export->log_count++] = (struct bundle_export_log){
		    .origin = origin,
		    .is_own = json_read_bool(doc, log, "own"),
		    .base = (uint64_t)json_read_integer(doc, log, "base")};
	}
}

static enum status read_notes(const struct json_doc *doc, const char *name,
                              struct notes *ret_notes, struct error *err)
{
	const struct json_token *list = NULL, *item;

	item = json_read_list(doc, json_root(doc), name, &list);
	if (item == NULL)
		return STATUS_OK;
	ret_notes->notes = calloc(list->count, sizeof *ret_notes->notes);
	ret_notes->views = calloc(list->count, sizeof *ret_notes->views);
	if (ret_notes->notes == NULL || ret_notes->views == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for notes");
	for (; item != NULL; item = json_next(doc, list, item)) {
		struct buf *note = &ret_notes->notes[ret_notes->count];

		*note = BUF_INIT(RECORD_NOTE_MAX);
		if (item->type == JSON_STRING)
			json_string_append(doc, item, note);
		ret_notes->views[ret_notes->count++] = buf_view(note);
		TRY(buf_check(note, "a note", err));
	}
	return STATUS_OK;
}

static enum status read_papers(struct export *export, struct error *err)
{
	const struct json_doc *doc = &export->papers.doc;

	read_logs(export);
	TRY(read_notes(doc, "charters", &export->charters, err));
	TRY(read_notes(doc, "log_ends", &export->log_ends, err));
	return read_notes(doc, "cards", &export->cards, err);
}

static enum status write_export(struct export *export, const char *out, struct error *err)
{
	struct bundle_export_source source = {
	    .exporter = export->folder.config.name,
	    .link_secret = export->link,
	    .date_s = clock_utc_ms() / 1000,
	    .charter_notes = export->charters.views,
	    .charter_count = export->charters.count,
	    .log_end_notes = export->log_ends.views,
	    .log_end_count = export->log_ends.count,
	    .card_notes = export->cards.views,
	    .card_count = export->cards.count,
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
	TRY(read_papers(export, err));
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
