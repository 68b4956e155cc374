/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis pledges, aldis consultations: the registers of a channel or of all, and the texts
 * of pledges that come with Aldis.
 */
#include <stdio.h>

#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/print.h"
#include "cli/reply_print.h"
#include "codec/json_writer.h"
#include "crypto/hash.h"
#include "record/name.h"
#include "record/pledge_text.h"

enum { TEXT_MAX = 1024 * 1024, INDENT = 6 };

struct registers {
	struct cli *cli;
	struct api_client *client;
	const char *name; /* of the register: "pledges", "consultations" */
	const char *language, *text;
	bool has_all;
	struct buf json; /* with --json: the answer being put together */
	struct json_writer writer;
};

static const char *string(const struct json_doc *doc, const struct json_token *object,
                          const char *name, char *text, size_t cap)
{
	json_read_string(doc, object, name, text, cap);
	return text;
}

/* "south.example: in force since 2026-… until … (south.example#3)" */
static void print_member(const struct json_doc *doc, const struct json_token *member)
{
	const struct json_token *answer = json_member(doc, member, "answer");
	char text[RECORD_MESSAGE_ID_MAX + 1];

	printf("  %s: ", string(doc, member, "desk", text, sizeof text));
	fputs(string(doc, member, "state", text, sizeof text), stdout);
	if (string(doc, member, "since", text, sizeof text)[0] != '\0')
		printf(" since %s", text);
	if (string(doc, member, "end", text, sizeof text)[0] != '\0')
		printf(" until %s", text);
	if (answer != NULL && answer->type == JSON_OBJECT)
		printf(" (%s)", string(doc, answer, "entry", text, sizeof text));
	putchar('\n');
}

static void print_ignored(const struct json_doc *doc, const struct json_token *facts)
{
	const struct json_token *list, *one;
	char id[RECORD_MESSAGE_ID_MAX + 1], kind[64], why[64];

	one = json_read_list(doc, facts, "ignored", &list);
	for (; one != NULL; one = json_next(doc, list, one))
		printf("  does not count: %s %s (%s)\n",
		       string(doc, one, "entry", id, sizeof id),
		       string(doc, one, "kind", kind, sizeof kind),
		       string(doc, one, "why", why, sizeof why));
}

static void print_receipts(const struct json_doc *doc, const struct json_token *item)
{
	const struct json_token *list, *one;
	char id[RECORD_MESSAGE_ID_MAX + 1], from[RECORD_NAME_MAX + 1], time[32];

	one = json_read_list(doc, item, "receipts", &list);
	for (; one != NULL; one = json_next(doc, list, one))
		printf("  receipt for %s by %s of %s\n",
		       string(doc, one, "entry", id, sizeof id),
		       string(doc, one, "from", from, sizeof from),
		       string(doc, one, "time", time, sizeof time));
}

static void print_text(const struct json_doc *doc, const struct json_token *body)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);

	if (!json_read_text(doc, body, "text", &text))
		return;
	printf("%*s", INDENT, "");
	print_indented(stdout, buf_view(&text), INDENT);
	putchar('\n');
}

static bool is_language(const struct registers *registers, const struct json_doc *doc,
                        const struct json_token *body)
{
	const struct json_token *language = json_member(doc, body, "language");

	return language != NULL && language->type == JSON_STRING &&
	       json_string_is(doc, language, registers->language);
}

/* The text in the wanted language, from the proposal itself or a translation of it; false
 * when there is none. */
static bool print_translation(const struct registers *registers,
                              const struct json_doc *doc, const struct json_token *item,
                              const struct json_token *body)
{
	const struct json_token *list, *one;

	one = json_read_list(doc, body, "translations", &list);
	for (; one != NULL; one = json_next(doc, list, one))
		if (one->type == JSON_OBJECT && is_language(registers, doc, one)) {
			reply_print_translation(doc, one, "");
			return true;
		}
	one = json_read_list(doc, item, "translations", &list);
	for (; one != NULL; one = json_next(doc, list, one)) {
		const struct json_token *said = json_member(doc, one, "body");
		char entry[RECORD_MESSAGE_ID_MAX + 1];

		if (said == NULL || said->type != JSON_OBJECT ||
		    !is_language(registers, doc, said))
			continue;
		reply_print_translation(doc, said,
		                        string(doc, one, "entry", entry, sizeof entry));
		return true;
	}
	return false;
}

static void print_language(const struct json_doc *doc, const struct json_token *body)
{
	char language[32];

	putchar(' ');
	print_escaped(stdout, view_of_string(string(doc, body, "language", language,
	                                            sizeof language)));
}

static void print_languages(const struct json_doc *doc, const struct json_token *item,
                            const struct json_token *body)
{
	const struct json_token *list, *one;

	one = json_read_list(doc, body, "translations", &list);
	for (; one != NULL; one = json_next(doc, list, one))
		print_language(doc, one);
	one = json_read_list(doc, item, "translations", &list);
	for (; one != NULL; one = json_next(doc, list, one)) {
		const struct json_token *said = json_member(doc, one, "body");

		if (said != NULL && said->type == JSON_OBJECT)
			print_language(doc, said);
	}
}

static void print_body(const struct registers *registers, const struct json_doc *doc,
                       const struct json_token *item)
{
	const struct json_token *body = json_member(doc, item, "body");
	char language[32];

	if (body == NULL || body->type != JSON_OBJECT)
		return;
	string(doc, body, "language", language, sizeof language);
	if (registers->language != NULL && strcmp(registers->language, language) != 0 &&
	    print_translation(registers, doc, item, body))
		return;
	fputs("  original, authoritative: ", stdout);
	print_escaped(stdout, view_of_string(language));
	fputs("; translations:", stdout);
	print_languages(doc, item, body);
	putchar('\n');
	print_text(doc, body);
}

static void print_title(const struct json_doc *doc, const struct json_token *item)
{
	const struct json_token *body = json_member(doc, item, "body");
	char title[1024] = "";

	if (body != NULL && body->type == JSON_OBJECT)
		json_read_string(doc, body, "title", title, sizeof title);
	if (body != NULL && body->type == JSON_OBJECT && title[0] == '\0')
		json_read_string(doc, body, "subject", title, sizeof title);
	if (title[0] == '\0')
		return;
	fputs("  \"", stdout);
	print_escaped(stdout, view_of_string(title));
	putchar('"');
}

static void print_item(const struct registers *registers, const struct json_doc *doc,
                       const struct json_token *item)
{
	const struct json_token *facts = json_member(doc, item, "facts"), *list, *one;
	char text[RECORD_MESSAGE_ID_MAX + 1];

	if (facts == NULL || facts->type != JSON_OBJECT)
		return;
	printf("%s", string(doc, facts, "id", text, sizeof text));
	printf("  %s", string(doc, facts, "state", text, sizeof text));
	print_title(doc, item);
	printf("\n  of %s", string(doc, facts, "sent", text, sizeof text));
	if (string(doc, facts, "from", text, sizeof text)[0] != '\0')
		printf(", from %s", text);
	if (string(doc, facts, "until", text, sizeof text)[0] != '\0')
		printf(", until %s", text);
	if (json_read_bool(doc, facts, "reciprocal"))
		fputs(", reciprocal", stdout);
	putchar('\n');
	one = json_read_list(doc, facts, "members", &list);
	for (; one != NULL; one = json_next(doc, list, one))
		print_member(doc, one);
	print_ignored(doc, facts);
	print_receipts(doc, item);
	print_body(registers, doc, item);
	one = json_read_list(doc, item, "minutes", &list);
	for (; one != NULL; one = json_next(doc, list, one)) {
		printf("minutes %s: ", json_read_bool(doc, one, "agreed")
		                           ? "agreed"
		                           : "not agreed by all");
		print_item(registers, doc, one);
	}
}

/* ---- asking the desk ---- */

static void show(struct registers *registers, const struct api_answer *answer)
{
	const struct json_doc *doc = &answer->doc;
	const struct json_token *root = json_root(doc), *list, *one;
	char id[HASH_HEX_LEN + 1], title[1024];

	if (registers->cli->is_json) {
		json_writer_raw(&registers->writer, NULL, buf_view(&answer->body));
		return;
	}
	printf("%.16s  ", string(doc, root, "channel", id, sizeof id));
	print_escaped(stdout,
	              view_of_string(string(doc, root, "title", title, sizeof title)));
	putchar('\n');
	one = json_read_list(doc, root, registers->name, &list);
	if (one == NULL)
		printf("  no %s%s\n", registers->name,
		       registers->has_all ? "" : " in force; --all shows the others");
	for (; one != NULL; one = json_next(doc, list, one))
		print_item(registers, doc, one);
}

static enum status list_channel(struct registers *registers, const char *channel,
                                struct error *err)
{
	CLEANUP_BUF struct buf path = BUF_INIT(2048);
	struct api_answer answer = {0};
	enum status status;

	buf_append_string(&path, "/api/channels/");
	api_path_append(&path, channel);
	buf_printf(&path, "/%s?all=%d", registers->name, registers->has_all);
	buf_append_byte(&path, '\0');
	TRY(buf_check(&path, "the request", err));
	status = api_client_call(registers->client,
	                         &(struct api_request){.path = (const char *)path.data},
	                         &answer, err);
	if (status == STATUS_OK)
		show(registers, &answer);
	api_answer_release(&answer);
	return status;
}

static enum status list_open_channels(struct registers *registers, struct error *err)
{
	struct api_answer answer = {0};
	const struct json_token *list, *one = NULL;
	enum status status =
	    api_client_call(registers->client,
	                    &(struct api_request){.path = "/api/channels"}, &answer, err);

	if (status == STATUS_OK)
		one = json_read_list(&answer.doc, json_root(&answer.doc), "channels",
		                     &list);
	for (; one != NULL && status == STATUS_OK;
	     one = json_next(&answer.doc, list, one)) {
		char id[HASH_HEX_LEN + 1];

		json_read_string(&answer.doc, one, "id", id, sizeof id);
		if (json_read_bool(&answer.doc, one, "open"))
			status = list_channel(registers, id, err);
	}
	api_answer_release(&answer);
	return status;
}

static enum status list(struct registers *registers, const char *channel,
                        struct error *err)
{
	TRY(api_client_open(registers->cli, &registers->client, err));
	registers->writer = json_writer_of(&registers->json);
	json_writer_object(&registers->writer, NULL);
	json_writer_array(&registers->writer, "channels");
	if (channel != NULL)
		TRY(list_channel(registers, channel, err));
	else
		TRY(list_open_channels(registers, err));
	json_writer_end(&registers->writer);
	json_writer_end(&registers->writer);
	if (!registers->cli->is_json)
		return STATUS_OK;
	TRY(buf_check(&registers->json, "the list", err));
	print_json(stdout, buf_view(&registers->json));
	return STATUS_OK;
}

static int run(struct registers *registers, const struct option_values *operands)
{
	struct error err = {0};
	enum status status =
	    list(registers, operands->count == 0 ? NULL : operands->values[0], &err);

	api_client_close(registers->client);
	buf_release(&registers->json);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

/* ---- the texts that come with Aldis ---- */

static int print_shipped(const char *name)
{
	const struct record_pledge_text *text = record_pledge_text_find(name);
	struct error err = {0};
	enum status status;

	if (text == NULL) {
		cli_note("there is no text '%s'; there are:", name);
		for (size_t i = 0; i < record_pledge_text_count; i++)
			cli_note("  %s", record_pledge_texts[i].name);
		return CLI_USAGE;
	}
	status = cli_write_output(text->body, &err);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

int cmd_pledges(struct cli *cli, int argc, char **argv)
{
	struct registers registers = {
	    .cli = cli, .name = "pledges", .json = BUF_INIT((size_t)1 << 30)};
	const struct option_spec specs[] = {
	    {"--all", OPTION_FLAG, &registers.has_all, 0},
	    {"--language", OPTION_TEXT, &registers.language, 0},
	    {"--text", OPTION_TEXT, &registers.text, 0},
	};
	struct option_values operands;
	struct error err = {0};

	if (options_parse(cli, specs, 3, 0, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("pledges", &err);
	if (registers.text != NULL)
		return print_shipped(registers.text);
	return run(&registers, &operands);
}

int cmd_consultations(struct cli *cli, int argc, char **argv)
{
	struct registers registers = {
	    .cli = cli, .name = "consultations", .json = BUF_INIT((size_t)1 << 30)};
	const struct option_spec specs[] = {
	    {"--all", OPTION_FLAG, &registers.has_all, 0},
	    {"--language", OPTION_TEXT, &registers.language, 0},
	};
	struct option_values operands;
	struct error err = {0};

	if (options_parse(cli, specs, 2, 0, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("consultations", &err);
	return run(&registers, &operands);
}
