/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis list: the messages of a channel, or of all, in the joint order.
 */
#include <stdio.h>

#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/language.h"
#include "cli/message_print.h"
#include "cli/options.h"
#include "cli/print.h"
#include "codec/json_writer.h"
#include "crypto/hash.h"

enum { PAGE_LIMIT = 500 };

struct list {
	struct cli *cli;
	struct api_client *client;
	const char *kind, *since, *author, *language;
	struct buf json; /* with --json: the answer being put together */
	struct json_writer writer;
};

static void append_filter(struct buf *path, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_printf(path, "&%s=", name);
	api_path_append(path, value);
}

static enum status get_page(struct list *list, const char *channel, int64_t from,
                            struct api_answer *answer, struct error *err)
{
	CLEANUP_BUF struct buf path = BUF_INIT(2048);

	buf_append_string(&path, "/api/channels/");
	api_path_append(&path, channel);
	buf_printf(&path, "/messages?limit=%d&from=%lld", PAGE_LIMIT, (long long)from);
	append_filter(&path, "kind", list->kind);
	append_filter(&path, "since", list->since);
	append_filter(&path, "author", list->author);
	buf_append_byte(&path, '\0');
	TRY(buf_check(&path, "the request", err));
	return api_client_call(list->client,
	                       &(struct api_request){.path = (const char *)path.data},
	                       answer, err);
}

/* Writes what comes before the first message, and the messages of this page. */
static void show_page(struct list *list, const struct api_answer *answer, bool is_first)
{
	const struct json_doc *doc = &answer->doc;
	const struct json_token *root = json_root(doc), *messages, *message;
	char id[HASH_HEX_LEN + 1], title[256];

	json_read_string(doc, root, "channel", id, sizeof id);
	json_read_string(doc, root, "title", title, sizeof title);
	if (is_first && list->cli->is_json) {
		json_writer_object(&list->writer, NULL);
		json_writer_string(&list->writer, "channel", id);
		json_writer_string(&list->writer, "title", title);
		json_writer_integer(&list->writer, "total",
		                    json_read_integer(doc, root, "total"));
		json_writer_array(&list->writer, "messages");
	} else if (is_first) {
		printf("%.16s  ", id);
		print_escaped(stdout, view_of_string(title));
		putchar('\n');
	}
	message = json_read_list(doc, root, "messages", &messages);
	for (; message != NULL; message = json_next(doc, messages, message)) {
		if (list->cli->is_json)
			json_writer_raw(&list->writer, NULL, json_text(doc, message));
		else
			message_print_line(doc, message, list->language);
	}
}

static enum status list_channel(struct list *list, const char *channel, struct error *err)
{
	int64_t from = 0;
	bool is_first = true;

	do {
		struct api_answer answer = {0};
		enum status status = get_page(list, channel, from, &answer, err);

		if (status == STATUS_OK) {
			show_page(list, &answer, is_first);
			from = json_read_integer(&answer.doc, json_root(&answer.doc),
			                         "next");
		}
		api_answer_release(&answer);
		TRY(status);
		is_first = false;
	} while (from > 0);
	if (list->cli->is_json) {
		json_writer_end(&list->writer);
		json_writer_end(&list->writer);
	}
	return STATUS_OK;
}

static enum status list_open_channels(struct list *list, const struct api_answer *answer,
                                      struct error *err)
{
	const struct json_doc *doc = &answer->doc;
	const struct json_token *channels, *channel;

	channel = json_read_list(doc, json_root(doc), "channels", &channels);
	for (; channel != NULL; channel = json_next(doc, channels, channel)) {
		char id[HASH_HEX_LEN + 1];

		json_read_string(doc, channel, "id", id, sizeof id);
		if (json_read_bool(doc, channel, "open"))
			TRY(list_channel(list, id, err));
	}
	return STATUS_OK;
}

static enum status list_all(struct list *list, struct error *err)
{
	struct api_answer answer = {0};
	enum status status = api_client_call(
	    list->client, &(struct api_request){.path = "/api/channels"}, &answer, err);

	if (list->cli->is_json) {
		json_writer_object(&list->writer, NULL);
		json_writer_array(&list->writer, "channels");
	}
	if (status == STATUS_OK)
		status = list_open_channels(list, &answer, err);
	if (list->cli->is_json) {
		json_writer_end(&list->writer);
		json_writer_end(&list->writer);
	}
	api_answer_release(&answer);
	return status;
}

static enum status run(struct list *list, const char *channel, struct error *err)
{
	TRY(api_client_open(list->cli, &list->client, err));
	if (channel != NULL)
		TRY(list_channel(list, channel, err));
	else
		TRY(list_all(list, err));
	if (!list->cli->is_json)
		return STATUS_OK;
	TRY(buf_check(&list->json, "the list", err));
	print_json(stdout, buf_view(&list->json));
	return STATUS_OK;
}

int cmd_list(struct cli *cli, int argc, char **argv)
{
	struct list list = {.cli = cli, .json = BUF_INIT((size_t)1 << 30)};
	const struct option_spec specs[] = {
	    {"--kind", OPTION_TEXT, &list.kind, 0},
	    {"--since", OPTION_TEXT, &list.since, 0},
	    {"--author", OPTION_TEXT, &list.author, 0},
	    {"--language", OPTION_TEXT, &list.language, 0},
	};
	char own_language[CLI_LANGUAGE_MAX + 1];
	struct option_values operands;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 4, 0, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("list", &err);
	cli_language(cli, own_language);
	if (list.language == NULL)
		list.language = own_language;
	list.writer = json_writer_of(&list.json);
	status = run(&list, operands.count == 0 ? NULL : operands.values[0], &err);
	api_client_close(list.client);
	buf_release(&list.json);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}
