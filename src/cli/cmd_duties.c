/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis duties: who owes what until when, with the entries that show it. Missed periods
 * that follow one another are one line. Exit 1 when something is overdue: a question, or
 * the last period that ended.
 */
#include <inttypes.h>
#include <stdio.h>

#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/print.h"
#include "cli/time_left.h"
#include "codec/time_text.h"
#include "codec/json_writer.h"
#include "crypto/hash.h"
#include "record/name.h"

struct listing {
	struct cli *cli;
	struct api_client *client;
	const char *at;
	bool has_all, has_overdue;
	struct buf json; /* with --json: the answer being put together */
	struct json_writer writer;
};

/* One duty as the desk says it. */
struct duty {
	char state[16], debtor[RECORD_NAME_MAX + 1], creditor[RECORD_NAME_MAX + 1];
	char question[RECORD_MESSAGE_ID_MAX + 1], on[64], owed[512];
	char start[32], deadline[32];
	int64_t every_s; /* 0: not periodic */
	int64_t left_s, over_s;
};

static int64_t read_time(const char *text)
{
	int64_t time_s = 0;

	return time_text_decode(view_of_string(text), &time_s, NULL) == STATUS_OK ? time_s
	                                                                          : 0;
}

static void read_owed(const struct json_doc *doc, const struct json_token *row,
                      char *text, size_t cap)
{
	const struct json_token *list, *one = json_read_list(doc, row, "owe", &list);
	size_t len = 0;

	text[0] = '\0';
	for (; one != NULL && len < cap; one = json_next(doc, list, one)) {
		char kind[64] = "";

		if (one->type == JSON_STRING)
			(void)json_string_copy(doc, one, kind, sizeof kind);
		len += (size_t)snprintf(text + len, cap - len, "%s%s",
		                        len > 0 ? " or " : "", kind);
	}
}

static struct duty read_duty(const struct json_doc *doc, const struct json_token *row,
                             int64_t now_s)
{
	struct duty duty;

	json_read_string(doc, row, "state", duty.state, sizeof duty.state);
	json_read_string(doc, row, "debtor", duty.debtor, sizeof duty.debtor);
	json_read_string(doc, row, "creditor", duty.creditor, sizeof duty.creditor);
	json_read_string(doc, row, "question", duty.question, sizeof duty.question);
	json_read_string(doc, row, "on", duty.on, sizeof duty.on);
	json_read_string(doc, row, "start", duty.start, sizeof duty.start);
	json_read_string(doc, row, "deadline", duty.deadline, sizeof duty.deadline);
	read_owed(doc, row, duty.owed, sizeof duty.owed);
	duty.every_s = json_read_integer(doc, row, "every");
	duty.left_s = json_read_integer(doc, row, "seconds_left");
	duty.over_s = now_s - read_time(duty.deadline);
	return duty;
}

static bool is_overdue(const struct duty *duty)
{
	return strcmp(duty->state, "overdue") == 0 &&
	       (duty->every_s == 0 || duty->over_s <= duty->every_s);
}

/* ---- words */

static void print_entry(const struct json_doc *doc, const struct json_token *row,
                        const char *name, const char *words)
{
	char id[RECORD_MESSAGE_ID_MAX + 1];

	json_read_string(doc, row, name, id, sizeof id);
	if (id[0] != '\0')
		printf(", %s %s", words, id);
}

static void print_clock(const struct json_doc *doc, const struct json_token *row,
                        const struct duty *duty)
{
	char words[TIME_LEFT_LEN + 1];

	if (duty->deadline[0] == '\0') {
		fputs("no receipt on record: no clock runs yet", stdout);
		return;
	}
	printf("since %s", duty->start);
	if (json_read_bool(doc, row, "by_word_alone"))
		printf(" (by the word of %s alone)", duty->creditor);
	printf(", until %s", duty->deadline);
	if (strcmp(duty->state, "overdue") == 0) {
		time_left_words(duty->over_s, words);
		printf(", overdue for %s", words);
	} else if (strcmp(duty->state, "running") == 0 ||
	           strcmp(duty->state, "held") == 0) {
		time_left_words(duty->left_s, words);
		printf(", %s left", words);
	}
}

static void print_question(const struct json_doc *doc, const struct json_token *row,
                           const struct duty *duty)
{
	char answered[32];

	printf("  %-9s  %s owes %s %s\n             ", duty->state, duty->debtor,
	       duty->creditor, duty->owed);
	print_clock(doc, row, duty);
	printf("\n             question %s (%s)", duty->question, duty->on);
	print_entry(doc, row, "receipt", "receipt");
	print_entry(doc, row, "holding", "holding reply");
	print_entry(doc, row, "answer", "answer");
	json_read_string(doc, row, "answered", answered, sizeof answered);
	if (answered[0] != '\0')
		printf(" of %s%s", answered,
		       json_read_bool(doc, row, "late") ? ", late" : "");
	print_entry(doc, row, "cancel", "cancelled by");
	putchar('\n');
}

/* Missed periods of one member and kind that follow one another. */
struct missed {
	struct duty first;
	int64_t count;
	int64_t next_start_s;
};

static void print_missed(struct missed *missed)
{
	const struct duty *first = &missed->first;

	if (missed->count == 1)
		printf("  missed     %s wrote no %s in the period from %s\n",
		       first->debtor, first->owed, first->start);
	else if (missed->count > 1)
		printf("  missed     %s wrote no %s in %" PRId64 " periods from %s\n",
		       first->debtor, first->owed, missed->count, first->start);
	missed->count = 0;
}

static void print_periodic(struct missed *missed, const struct duty *duty)
{
	char words[TIME_LEFT_LEN + 1];
	int64_t start_s = read_time(duty->start);
	bool goes_on = missed->count > 0 && start_s == missed->next_start_s &&
	               strcmp(duty->debtor, missed->first.debtor) == 0 &&
	               strcmp(duty->owed, missed->first.owed) == 0;

	if (!goes_on)
		print_missed(missed);
	if (strcmp(duty->state, "overdue") == 0) {
		if (missed->count++ == 0)
			missed->first = *duty;
		missed->next_start_s = start_s + duty->every_s;
		return;
	}
	print_missed(missed);
	printf("  %-9s  %s writes %s in the period from %s", duty->state, duty->debtor,
	       duty->owed, duty->start);
	if (strcmp(duty->state, "running") == 0) {
		time_left_words(duty->left_s, words);
		printf(", %s left with the grace", words);
	}
	putchar('\n');
}

static void show(struct listing *listing, const struct api_answer *answer)
{
	const struct json_doc *doc = &answer->doc;
	const struct json_token *root = json_root(doc), *list, *row;
	char id[HASH_HEX_LEN + 1], title[1024], time[32];
	struct missed missed = {.count = 0};
	int64_t now_s;

	json_read_string(doc, root, "channel", id, sizeof id);
	json_read_string(doc, root, "title", title, sizeof title);
	json_read_string(doc, root, "time", time, sizeof time);
	now_s = read_time(time);
	if (!listing->cli->is_json) {
		printf("%.16s  ", id);
		print_escaped(stdout, view_of_string(title));
		printf("  at %s\n", time);
	} else {
		json_writer_raw(&listing->writer, NULL, buf_view(&answer->body));
	}
	row = json_read_list(doc, root, "duties", &list);
	if (row == NULL && !listing->cli->is_json)
		printf("  nothing is owed%s\n",
		       listing->has_all ? "" : " now; --all shows what was");
	for (; row != NULL; row = json_next(doc, list, row)) {
		struct duty duty = read_duty(doc, row, now_s);

		listing->has_overdue = listing->has_overdue || is_overdue(&duty);
		if (listing->cli->is_json)
			continue;
		if (duty.every_s > 0)
			print_periodic(&missed, &duty);
		else
			print_question(doc, row, &duty);
	}
	print_missed(&missed);
	if (!listing->cli->is_json && json_read_bool(doc, root, "more"))
		printf("  and more, which are not shown\n");
}

/* ---- asking the desk */

static enum status list_channel(struct listing *listing, const char *channel,
                                struct error *err)
{
	CLEANUP_BUF struct buf path = BUF_INIT(2048);
	struct api_answer answer = {0};
	enum status status;

	buf_append_string(&path, "/api/channels/");
	api_path_append(&path, channel);
	buf_printf(&path, "/duties?all=%d", listing->has_all);
	if (listing->at != NULL) {
		buf_append_string(&path, "&at=");
		api_path_append(&path, listing->at);
	}
	buf_append_byte(&path, '\0');
	TRY(buf_check(&path, "the request", err));
	status = api_client_call(listing->client,
	                         &(struct api_request){.path = (const char *)path.data},
	                         &answer, err);
	if (status == STATUS_OK)
		show(listing, &answer);
	api_answer_release(&answer);
	return status;
}

static enum status list_open_channels(struct listing *listing, struct error *err)
{
	struct api_answer answer = {0};
	const struct json_token *list, *one = NULL;
	enum status status =
	    api_client_call(listing->client,
	                    &(struct api_request){.path = "/api/channels"}, &answer, err);

	if (status == STATUS_OK)
		one = json_read_list(&answer.doc, json_root(&answer.doc), "channels",
		                     &list);
	for (; one != NULL && status == STATUS_OK;
	     one = json_next(&answer.doc, list, one)) {
		char id[HASH_HEX_LEN + 1];

		json_read_string(&answer.doc, one, "id", id, sizeof id);
		if (json_read_bool(&answer.doc, one, "open"))
			status = list_channel(listing, id, err);
	}
	api_answer_release(&answer);
	return status;
}

static enum status list(struct listing *listing, const char *channel, struct error *err)
{
	TRY(api_client_open(listing->cli, &listing->client, err));
	listing->writer = json_writer_of(&listing->json);
	json_writer_object(&listing->writer, NULL);
	json_writer_array(&listing->writer, "channels");
	if (channel != NULL)
		TRY(list_channel(listing, channel, err));
	else
		TRY(list_open_channels(listing, err));
	json_writer_end(&listing->writer);
	json_writer_end(&listing->writer);
	if (!listing->cli->is_json)
		return STATUS_OK;
	TRY(buf_check(&listing->json, "the list", err));
	print_json(stdout, buf_view(&listing->json));
	return STATUS_OK;
}

int cmd_duties(struct cli *cli, int argc, char **argv)
{
	struct listing listing = {.cli = cli, .json = BUF_INIT((size_t)1 << 30)};
	const struct option_spec specs[] = {
	    {"--all", OPTION_FLAG, &listing.has_all, 0},
	    {"--at", OPTION_TEXT, &listing.at, 0},
	};
	struct option_values operands;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 2, 0, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("duties", &err);
	status = list(&listing, operands.count == 0 ? NULL : operands.values[0], &err);
	api_client_close(listing.client);
	buf_release(&listing.json);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	return listing.has_overdue ? CLI_NO : CLI_DONE;
}
