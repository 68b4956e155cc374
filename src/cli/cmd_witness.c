/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis witness: what a witness and a channel tell each other before the one can cosign
 * the other's logs. Both are public keys, in the forms of C2SP.
 */
#include <stdio.h>

#include "base/file.h"
#include "cli/cards.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/print.h"
#include "record/amendment.h"
#include "record/charter.h"
#include "record/root_note.h"

enum { CHAIN_MAX = 16 << 20, LINES_MAX = 1 << 20 };

/* ---- key */

static enum status append_policy_line(const struct record_card *card, const char *url,
                                      struct buf *out, struct error *err)
{
	struct tlog_vkey key;

	if (!card->has_key[RECORD_ROLE_WITNESS])
		return error_set(err, STATUS_NOT_FOUND,
		                 "the card of %s has no witness key: make the desk with "
		                 "`aldis init --witness`",
		                 card->name.text);
	TRY(record_vkey(card->name.text, "witness", &card->keys[RECORD_ROLE_WITNESS],
	                &key, err));
	buf_printf(out, "witness %s ", card->name.text);
	tlog_vkey_append(out, &key);
	buf_printf(out, "%s%s\n", url != NULL ? " " : "", url != NULL ? url : "");
	return buf_check(out, "the line", err);
}

static int witness_key(struct cli *cli, int argc, char **argv)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf line = BUF_INIT(LINES_MAX);
	struct option_values operands;
	struct record_card card;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, NULL, 0, 0, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("witness", &err);
	if (cli->dir == NULL)
		return cli_fail_no_desk();
	status = cards_read_own(cli, &note, &card, &err);
	if (status == STATUS_OK)
		status = append_policy_line(
		    &card, operands.count > 0 ? operands.values[0] : NULL, &line, &err);
	if (status == STATUS_OK)
		status = cli_write_output(buf_view(&line), &err);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

/* ---- logs */

/* The vkey of each member's log, unless the output has it already. */
static enum status append_logs(const struct record_charter *charter,
                               const struct record_channel_id *channel, struct buf *out,
                               struct error *err)
{
	for (size_t i = 0; i < charter->member_count; i++) {
		const struct record_card *card = &charter->members[i];
		struct record_origin origin = {
		    .desk = card->name, .channel = *channel, .generation = 1};
		char text[RECORD_ORIGIN_MAX + 1];
		CLEANUP_BUF struct buf line = BUF_INIT(LINES_MAX);
		struct tlog_vkey key;

		record_origin_encode(&origin, text);
		TRY(record_log_vkey(text, &card->keys[RECORD_ROLE_LOG], &key, err));
		tlog_vkey_append(&line, &key);
		buf_append_byte(&line, '\n');
		if (view_find(buf_view(out), buf_view(&line)) == SIZE_MAX)
			buf_append_view(out, buf_view(&line));
	}
	return STATUS_OK;
}

static enum status append_logs_of_note(struct view text, bool is_first,
                                       struct record_channel_id *channel, struct buf *out,
                                       struct error *err)
{
	struct record_charter charter = {0};
	struct tlog_note note;
	enum status status;

	TRY(tlog_note_parse(text, &note, err));
	TRY(record_charter_decode(note.text, &charter, err));
	if (is_first)
		channel->hash = charter.digest;
	if (is_first && charter.has_previous)
		status = error_set(err, STATUS_CONFLICT,
		                   "the file begins with an amendment: the channel's "
		                   "first charter must stand before it");
	else
		status = append_logs(&charter, channel, out, err);
	record_charter_release(&charter);
	return status;
}

static enum status read_logs(const char *path, struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf chain = BUF_INIT(CHAIN_MAX);
	struct record_channel_id channel;
	struct view rest, note;
	bool is_first = true;

	TRY(cli_read_input(path, &chain, err));
	rest = buf_view(&chain);
	for (; record_charter_chain_next(&rest, &note); is_first = false)
		TRY(append_logs_of_note(note, is_first, &channel, out, err));
	if (is_first || rest.len > 0)
		return error_set(err, STATUS_MALFORMED, "%s holds no signed charter",
		                 path);
	return buf_check(out, "the list of logs", err);
}

static int witness_logs(struct cli *cli, int argc, char **argv)
{
	CLEANUP_BUF struct buf lines = BUF_INIT(LINES_MAX);
	struct option_values operands;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, NULL, 0, 1, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("witness", &err);
	status = read_logs(operands.values[0], &lines, &err);
	if (status == STATUS_OK)
		status = cli_write_output(buf_view(&lines), &err);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

int cmd_witness(struct cli *cli, int argc, char **argv)
{
	if (argc > 0 && strcmp(argv[0], "key") == 0)
		return witness_key(cli, argc - 1, argv + 1);
	if (argc > 0 && strcmp(argv[0], "logs") == 0)
		return witness_logs(cli, argc - 1, argv + 1);
	return cli_fail(CLI_USAGE, "aldis witness knows key and logs; see `aldis help "
	                           "witness`");
}
