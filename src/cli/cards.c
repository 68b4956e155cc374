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
