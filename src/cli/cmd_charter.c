/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis charter: drafting, signing, and joining the agreement of a channel.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/api_client.h"
#include "cli/cards.h"
#include "cli/charter_sign.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/print.h"
#include "crypto/random.h"
#include "record/charter.h"

enum { CHARTER_MAX = 1 << 20, TEMPLATE_MAX = 256 * 1024 };

/* ---- draft
 * ------------------------------------------------------------------------------ */

struct draft {
	struct record_card *cards;
	struct buf *notes;
	struct view *views;
	size_t count, max;
};

static void draft_release(struct draft *draft)
{
	for (size_t i = 0; draft->notes != NULL && i < draft->max; i++)
		buf_release(&draft->notes[i]);
	free(draft->notes);
	free(draft->cards);
	free(draft->views);
}

static enum status draft_open(struct draft *draft, size_t max, struct error *err)
{
	draft->max = max;
	draft->cards = calloc(max, sizeof *draft->cards);
	draft->notes = calloc(max, sizeof *draft->notes);
	draft->views = calloc(max, sizeof *draft->views);
	if (draft->cards == NULL || draft->notes == NULL || draft->views == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	return STATUS_OK;
}

/* Keeps the card just read at the end, unless it is there already. */
static void keep_card(struct draft *draft)
{
	for (size_t i = 0; i < draft->count; i++) {
		if (view_equal(draft->views[i], buf_view(&draft->notes[draft->count]))) {
			buf_release(&draft->notes[draft->count]);
			return;
		}
	}
	draft->views[draft->count] = buf_view(&draft->notes[draft->count]);
	draft->count++;
}

static enum status read_cards(struct draft *draft, const struct cli *cli,
                              const struct option_values *paths, struct error *err)
{
	draft->notes[0] = BUF_INIT(RECORD_NOTE_MAX);
	TRY(cards_read_own(cli, &draft->notes[0], &draft->cards[0], err));
	keep_card(draft);
	for (size_t i = 0; i < paths->count; i++) {
		draft->notes[draft->count] = BUF_INIT(RECORD_NOTE_MAX);
		TRY(cards_read(paths->values[i], &draft->notes[draft->count],
		               &draft->cards[draft->count], err));
		keep_card(draft);
	}
	return STATUS_OK;
}

static enum status warn_of_witnesses(struct view text, struct error *err)
{
	struct record_charter charter = {0};
	enum status status = record_charter_decode(text, &charter, err);

	if (status == STATUS_OK && charter.duty_count > 0 && charter.witnesses.len == 0)
		cli_note("this charter has duties but names no witness: a timely answer "
		         "could not be proven to an outsider");
	record_charter_release(&charter);
	return status;
}

static enum status write_draft(const struct draft *cards, const char *title,
                               const char *template_path, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(CHARTER_MAX);
	CLEANUP_BUF struct buf template = BUF_INIT(TEMPLATE_MAX);
	struct record_charter_draft draft = {
	    .cards = cards->cards,
	    .card_notes = cards->views,
	    .card_count = cards->count,
	    .title = title,
	    .date_s = clock_utc_ms() / 1000,
	};

	if (template_path != NULL)
		TRY(cli_read_input(template_path, &template, err));
	draft.template_json = buf_view(&template);
	random_bytes(draft.nonce, sizeof draft.nonce);
	TRY(record_charter_draft(&draft, &text, err));
	TRY(buf_check(&text, "the charter", err));
	TRY(warn_of_witnesses(buf_view(&text), err));
	return cli_write_output(buf_view(&text), err);
}

static int charter_draft(struct cli *cli, int argc, char **argv)
{
	const char *template_path = NULL, *title = NULL;
	struct option_values members = {0}, operands;
	const struct option_spec specs[] = {
	    {"--member", OPTION_LIST, &members, 0},
	    {"--template", OPTION_TEXT, &template_path, 0},
	    {"--title", OPTION_TEXT, &title, 0},
	};
	struct draft draft = {0};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 3, 0, OPTION_VALUES_MAX, argc, argv, &operands,
	                  &err) != STATUS_OK)
		return cli_fail_usage("charter", &err);
	/* "--member A B C" as the shell writes --member *.card. */
	for (size_t i = 0; i < operands.count && members.count < OPTION_VALUES_MAX; i++)
		members.values[members.count++] = operands.values[i];
	if (members.count == 0)
		return cli_fail(CLI_USAGE,
		                "name the other members' cards: --member CARD");
	status = draft_open(&draft, members.count + 1, &err);
	if (status == STATUS_OK)
		status = read_cards(&draft, cli, &members, &err);
	if (status == STATUS_OK)
		status = write_draft(&draft, title, template_path, &err);
	draft_release(&draft);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

/* ---- sign
 * ------------------------------------------------------------------------------- */

static enum status sign_with(const struct cli *cli, const char *passphrase_file,
                             const char *path, struct error *err)
{
	char root_folder[FOLDER_PATH_MAX];
	struct folder folder;

	TRY(cli_folder(cli, &folder, err));
	TRY(folder_path(&folder, "root", root_folder, err));
	return charter_sign_file(root_folder, passphrase_file, path, err);
}

static int charter_sign(struct cli *cli, int argc, char **argv)
{
	const char *passphrase_file = NULL;
	const struct option_spec specs[] = {
	    {"--passphrase-file", OPTION_TEXT, &passphrase_file, 0},
	};
	struct option_values operands;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 1, 1, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("charter", &err);
	status = sign_with(cli, passphrase_file, operands.values[0], &err);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

/* ---- join
 * ------------------------------------------------------------------------------- */

static enum status call_at(const struct cli *cli, const struct api_request *request,
                           struct api_answer *answer, struct error *err)
{
	struct api_client *client;
	enum status status;

	TRY(api_client_open(cli, &client, err));
	status = api_client_call(client, request, answer, err);
	api_client_close(client);
	return status;
}

/* Says whose signature is still missing. */
static void print_missing(const struct cli *cli, const char *id)
{
	struct api_answer answer = {0};
	struct error err = {0};
	char path[128];
	const struct json_token *list, *member;

	(void)snprintf(path, sizeof path, "/api/channels/%.64s", id);
	if (call_at(cli, &(struct api_request){.path = path}, &answer, &err) ==
	    STATUS_OK) {
		member =
		    json_read_list(&answer.doc, json_root(&answer.doc), "members", &list);
		for (; member != NULL; member = json_next(&answer.doc, list, member)) {
			char name[RECORD_NAME_MAX + 1];

			json_read_string(&answer.doc, member, "name", name, sizeof name);
			if (!json_read_bool(&answer.doc, member, "signed"))
				printf("  not signed by %s\n", name);
		}
	}
	api_answer_release(&answer);
}

static void print_joined(const struct cli *cli, const struct api_answer *answer)
{
	const struct json_token *root = json_root(&answer->doc);
	char id[HASH_HEX_LEN + 1], title[256];

	json_read_string(&answer->doc, root, "id", id, sizeof id);
	json_read_string(&answer->doc, root, "title", title, sizeof title);
	if (json_read_bool(&answer->doc, root, "open")) {
		printf("%.16s  open  ", id);
		print_escaped(stdout, view_of_string(title));
		putchar('\n');
		return;
	}
	printf("%.16s  waits for signatures  ", id);
	print_escaped(stdout, view_of_string(title));
	putchar('\n');
	print_missing(cli, id);
}

static enum status keep_merged(const struct api_answer *answer, const char *path,
                               struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(CHARTER_MAX);

	if (path == NULL)
		return STATUS_OK;
	if (!json_read_text(&answer->doc, json_root(&answer->doc), "note", &note))
		return error_set(err, STATUS_BUG, "the answer holds no charter");
	return file_replace(path, buf_view(&note), 0644, err);
}

static int charter_join(struct cli *cli, int argc, char **argv)
{
	CLEANUP_BUF struct buf note = BUF_INIT(CHARTER_MAX);
	const char *out_path = NULL;
	const struct option_spec specs[] = {{"-o", OPTION_TEXT, &out_path, 0}};
	struct api_request request = {.path = "/api/channels", .type = "text/plain"};
	struct option_values operands;
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 1, 1, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("charter", &err);
	status = cli_read_input(operands.values[0], &note, &err);
	request.body = buf_view(&note);
	if (status == STATUS_OK)
		status = call_at(cli, &request, &answer, &err);
	if (status == STATUS_OK)
		status = keep_merged(&answer, out_path, &err);
	if (status == STATUS_OK && cli->is_json)
		print_json(stdout, buf_view(&answer.body));
	else if (status == STATUS_OK)
		print_joined(cli, &answer);
	api_answer_release(&answer);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

int cmd_charter(struct cli *cli, int argc, char **argv)
{
	if (argc > 0 && strcmp(argv[0], "draft") == 0)
		return charter_draft(cli, argc - 1, argv + 1);
	if (argc > 0 && strcmp(argv[0], "sign") == 0)
		return charter_sign(cli, argc - 1, argv + 1);
	if (argc > 0 && strcmp(argv[0], "join") == 0)
		return charter_join(cli, argc - 1, argv + 1);
	return cli_fail(CLI_USAGE, "aldis charter knows draft, sign and join; see `aldis "
	                           "help charter`");
}
