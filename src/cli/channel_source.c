/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The desk is asked over its local socket, path by path.
 */
#include "cli/channel_source.h"

#include "base/clock.h"
#include "cli/api_client.h"
#include "crypto/keyfile.h"
#include "crypto/random.h"
#include "record/charter.h"

/* Notes out of an answer, owned. */
struct notes {
	struct buf *notes;
	struct view *views;
	size_t count;
};

struct channel_source {
	struct bundle_export_source view;
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

void channel_source_close(struct channel_source *source)
{
	if (source == NULL)
		return;
	api_client_close(source->client);
	ed25519_secret_free(source->link);
	api_answer_release(&source->papers);
	notes_release(&source->charters);
	notes_release(&source->log_ends);
	notes_release(&source->cards);
	free(source);
}

static enum status fetch(void *context, const char *path, struct buf *ret_body,
                         struct error *err)
{
	struct channel_source *source = context;
	struct api_answer answer = {0};
	enum status status = api_client_call(
	    source->client, &(struct api_request){.path = path}, &answer, err);

	if (status == STATUS_OK) {
		buf_append_view(ret_body, buf_view(&answer.body));
		status = buf_check(ret_body, "what the desk serves", err);
	}
	api_answer_release(&answer);
	return status;
}

static enum status read_link_key(struct channel_source *source, struct error *err)
{
	char path[FOLDER_PATH_MAX];
	struct ed25519_seed seed;
	enum status status;

	TRY(folder_path(&source->folder, "keys/link.key", path, err));
	TRY(keyfile_read(path, "link", source->folder.config.name, NULL, &seed, err));
	status = ed25519_secret_new(&seed, &source->link, err);
	crypto_wipe(&seed, sizeof seed);
	return status;
}

static enum status ask(struct channel_source *source, const char *channel,
                       struct error *err)
{
	CLEANUP_BUF struct buf path = BUF_INIT(2048);

	buf_append_string(&path, "/api/channels/");
	api_path_append(&path, channel);
	buf_append(&path, "/papers", sizeof "/papers");
	TRY(buf_check(&path, "the channel's name", err));
	return api_client_call(source->client,
	                       &(struct api_request){.path = (const char *)path.data},
	                       &source->papers, err);
}

static void read_logs(struct channel_source *source)
{
	const struct json_doc *doc = &source->papers.doc;
	const struct json_token *list, *log;

	log = json_read_list(doc, json_root(doc), "logs", &list);
	for (; log != NULL && source->log_count < RECORD_MEMBERS_MAX;
	     log = json_next(doc, list, log)) {
		char *origin = source->origins[source->log_count];

		json_read_string(doc, log, "origin", origin, RECORD_ORIGIN_MAX + 1);
		source->logs[source->log_count++] = (struct bundle_export_log){
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

static enum status read_papers(struct channel_source *source, struct error *err)
{
	const struct json_doc *doc = &source->papers.doc;

	read_logs(source);
	TRY(read_notes(doc, "charters", &source->charters, err));
	TRY(read_notes(doc, "log_ends", &source->log_ends, err));
	return read_notes(doc, "cards", &source->cards, err);
}

static void fill_view(struct channel_source *source)
{
	source->view = (struct bundle_export_source){
	    .exporter = source->folder.config.name,
	    .link_secret = source->link,
	    .date_s = clock_utc_ms() / 1000,
	    .charter_notes = source->charters.views,
	    .charter_count = source->charters.count,
	    .log_end_notes = source->log_ends.views,
	    .log_end_count = source->log_ends.count,
	    .card_notes = source->cards.views,
	    .card_count = source->cards.count,
	    .logs = source->logs,
	    .log_count = source->log_count,
	    .fetch = fetch,
	    .fetch_context = source,
	};
}

static enum status fill(const struct cli *cli, const char *channel,
                        struct channel_source *source, struct error *err)
{
	TRY(crypto_init(err));
	TRY(cli_folder(cli, &source->folder, err));
	TRY(api_client_open(cli, &source->client, err));
	TRY(read_link_key(source, err));
	TRY(ask(source, channel, err));
	TRY(read_papers(source, err));
	fill_view(source);
	return STATUS_OK;
}

enum status channel_source_open(const struct cli *cli, const char *channel,
                                struct channel_source **ret_source, struct error *err)
{
	struct channel_source *source = calloc(1, sizeof *source);
	enum status status;

	if (source == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	status = fill(cli, channel, source, err);
	if (status != STATUS_OK)
		channel_source_close(source);
	else
		*ret_source = source;
	return status;
}

const struct bundle_export_source *
channel_source_view(const struct channel_source *source)
{
	return &source->view;
}
