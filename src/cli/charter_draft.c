/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis charter draft: the text of a first charter, or of one that amends the charter in
 * force of a channel.
 */
#include <stdio.h>

#include "base/clock.h"
#include "cli/cards.h"
#include "cli/charter_commands.h"
#include "cli/charter_fetch.h"
#include "cli/charter_words.h"
#include "cli/options.h"
#include "crypto/random.h"
#include "record/charter_template.h"

enum { TEMPLATE_MAX = 256 * 1024 };

struct draft {
	const char *amends, *template, *title, *history;
	struct option_values members, removed;

	struct record_charter previous; /* of an amendment */
	struct record_card *cards;
	struct buf *notes;
	struct view *views;
	struct record_name *removed_names;
	size_t count, max;
};

static void draft_release(struct draft *draft)
{
	for (size_t i = 0; draft->notes != NULL && i < draft->max; i++)
		buf_release(&draft->notes[i]);
	free(draft->notes);
	free(draft->cards);
	free(draft->views);
	free(draft->removed_names);
	record_charter_release(&draft->previous);
}

static enum status draft_open(struct draft *draft, struct error *err)
{
	draft->max = draft->members.count + 1;
	draft->cards = calloc(draft->max, sizeof *draft->cards);
	draft->notes = calloc(draft->max, sizeof *draft->notes);
	draft->views = calloc(draft->max, sizeof *draft->views);
	draft->removed_names =
	    calloc(draft->removed.count + 1, sizeof *draft->removed_names);
	if (draft->cards == NULL || draft->notes == NULL || draft->views == NULL ||
	    draft->removed_names == NULL)
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

/* The own card is one of a first charter's; of an amendment only if it is named. */
static enum status read_cards(struct draft *draft, const struct cli *cli,
                              struct error *err)
{
	if (draft->amends == NULL) {
		draft->notes[0] = BUF_INIT(RECORD_NOTE_MAX);
		TRY(cards_read_own(cli, &draft->notes[0], &draft->cards[0], err));
		keep_card(draft);
	}
	for (size_t i = 0; i < draft->members.count; i++) {
		draft->notes[draft->count] = BUF_INIT(RECORD_NOTE_MAX);
		TRY(cards_read(draft->members.values[i], &draft->notes[draft->count],
		               &draft->cards[draft->count], err));
		keep_card(draft);
	}
	return STATUS_OK;
}

static enum status read_previous(struct draft *draft, const struct cli *cli,
                                 struct error *err)
{
	size_t pending = 0;

	if (draft->amends == NULL)
		return STATUS_OK;
	TRY(charter_fetch_newest(cli, draft->amends, &draft->previous, &pending, err));
	if (pending > 0)
		cli_note("an amendment of this charter waits for signatures already: a "
		         "root signs only one");
	for (size_t i = 0; i < draft->removed.count; i++)
		TRY(record_name_decode(view_of_string(draft->removed.values[i]),
		                       &draft->removed_names[i], err));
	return STATUS_OK;
}

/* One that comes with Aldis, by its name; else a file. */
static enum status read_template(const char *name, struct buf *ret_json,
                                 struct error *err)
{
	const struct record_charter_template *template;

	if (name == NULL)
		return STATUS_OK;
	template = record_charter_template_find(name);
	if (template == NULL)
		return cli_read_input(name, ret_json, err);
	buf_append_view(ret_json, template->json);
	return buf_check(ret_json, "the template", err);
}

/* Can the quorum be reached through witnesses that have a URL to be asked at? */
static bool is_askable(const struct tlog_policy *policy)
{
	CLEANUP_FREE bool *has_url = calloc(policy->item_count + 1, sizeof *has_url);

	for (size_t i = 0; has_url != NULL && i < policy->item_count; i++)
		has_url[i] = policy->items[i].url != NULL;
	return has_url != NULL && tlog_policy_is_satisfied(policy, has_url);
}

static void warn_of_witnesses(const struct record_charter *charter)
{
	if (charter->duty_count > 0 && charter->witness_policy == NULL)
		cli_note("this charter has duties but names no witness: a timely answer "
		         "could not be proven to an outsider");
	if (charter->witness_policy != NULL && !is_askable(charter->witness_policy))
		cli_note("too few of the witnesses have a URL: the quorum can't be "
		         "reached by asking them");
}

/* Warns, and says what an amendment changes. */
static enum status comment(const struct draft *draft, struct view text, struct error *err)
{
	CLEANUP_BUF struct buf words = BUF_INIT(CHARTER_CHAIN_MAX);
	struct record_charter charter = {0};

	TRY(record_charter_decode(text, &charter, err));
	warn_of_witnesses(&charter);
	if (draft->amends != NULL) {
		charter_words_append_changes(&draft->previous, &charter, &words);
		fputs(words.len > 0 ? "What it changes:\n" : "It changes nothing.\n",
		      stderr);
		charter_words_print(stderr, buf_view(&words));
	}
	record_charter_release(&charter);
	return STATUS_OK;
}

static enum status write_draft(const struct draft *draft, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf template = BUF_INIT(TEMPLATE_MAX);
	struct record_charter_draft parts = {
	    .previous = draft->amends != NULL ? &draft->previous : NULL,
	    .cards = draft->cards,
	    .card_notes = draft->views,
	    .card_count = draft->count,
	    .history_none = draft->history != NULL && strcmp(draft->history, "none") == 0,
	    .removed = draft->removed_names,
	    .removed_count = draft->removed.count,
	    .title = draft->title,
	    .date_s = clock_utc_ms() / 1000,
	};

	TRY(read_template(draft->template, &template, err));
	parts.template_json = buf_view(&template);
	random_bytes(parts.nonce, sizeof parts.nonce);
	TRY(record_charter_draft(&parts, &text, err));
	TRY(comment(draft, buf_view(&text), err));
	return cli_write_output(buf_view(&text), err);
}

/* What makes no sense together; NULL: nothing. */
static const char *wrong_call(const struct draft *draft)
{
	if (draft->amends == NULL && draft->members.count == 0)
		return "name the other members' cards: --member CARD";
	if (draft->amends == NULL && (draft->removed.count > 0 || draft->history != NULL))
		return "--remove and --history are for amendments: --amend CHANNEL";
	if (draft->history != NULL && strcmp(draft->history, "all") != 0 &&
	    strcmp(draft->history, "none") != 0)
		return "--history is all or none";
	return NULL;
}

int charter_draft(struct cli *cli, int argc, char **argv)
{
	struct draft draft = {0};
	struct option_values operands;
	const struct option_spec specs[] = {
	    {"--amend", OPTION_TEXT, &draft.amends, 0},
	    {"--member", OPTION_LIST, &draft.members, 0},
	    {"--remove", OPTION_LIST, &draft.removed, 0},
	    {"--history", OPTION_TEXT, &draft.history, 0},
	    {"--template", OPTION_TEXT, &draft.template, 0},
	    {"--title", OPTION_TEXT, &draft.title, 0},
	};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, sizeof specs / sizeof specs[0], 0,
	                  OPTION_VALUES_MAX, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("charter", &err);
	/* "--member A B C" as the shell writes --member *.card. */
	for (size_t i = 0; i < operands.count && draft.members.count < OPTION_VALUES_MAX;
	     i++)
		draft.members.values[draft.members.count++] = operands.values[i];
	if (wrong_call(&draft) != NULL)
		return cli_fail(CLI_USAGE, "%s", wrong_call(&draft));
	status = draft_open(&draft, &err);
	if (status == STATUS_OK)
		status = crypto_init(&err);
	if (status == STATUS_OK)
		status = read_previous(&draft, cli, &err);
	if (status == STATUS_OK)
		status = read_cards(&draft, cli, &err);
	if (status == STATUS_OK)
		status = write_draft(&draft, &err);
	draft_release(&draft);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}
