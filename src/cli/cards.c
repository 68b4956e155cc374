/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading cards: no card leaves this file unverified.
 */
#include "cli/cards.h"

#include "crypto/random.h"

enum status cards_read(const char *path, struct buf *ret_note,
                       struct record_card *ret_card, struct error *err)
{
	enum status status;

	TRY(crypto_init(err));
	TRY(cli_read_input(path, ret_note, err));
	status = record_card_open(buf_view(ret_note), ret_card, err);
	if (status != STATUS_OK)
		return error_context(err, status, "%s", path);
	return STATUS_OK;
}

enum status cards_read_own(const struct cli *cli, struct buf *ret_note,
                           struct record_card *ret_card, struct error *err)
{
	char path[FOLDER_PATH_MAX];
	struct folder folder;

	TRY(cli_folder(cli, &folder, err));
	TRY(folder_path(&folder, "card.note", path, err));
	return cards_read(path, ret_note, ret_card, err);
}

void cards_named_release(struct cards_named *cards)
{
	for (size_t i = 0; i < cards->count; i++)
		buf_release(&cards->notes[i]);
	free(cards->notes);
	free(cards->views);
	*cards = (struct cards_named){0};
}

enum status cards_read_named(const struct option_values *paths,
                             struct cards_named *ret_cards, struct error *err)
{
	struct record_card card;

	ret_cards->notes = calloc(paths->count + 1, sizeof *ret_cards->notes);
	ret_cards->views = calloc(paths->count + 1, sizeof *ret_cards->views);
	if (ret_cards->notes == NULL || ret_cards->views == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < paths->count; i++) {
		ret_cards->notes[ret_cards->count++] = BUF_INIT(RECORD_NOTE_MAX);
		TRY(cards_read(paths->values[i], &ret_cards->notes[i], &card, err));
		ret_cards->views[i] = buf_view(&ret_cards->notes[i]);
	}
	return STATUS_OK;
}
