/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis key use: the keys that a signed card names take the place of those in use. Every
 * key is looked at before the first is moved; what a crash leaves half done, the same
 * call again finishes.
 */
#include <stdio.h>

#include "base/file.h"
#include "cli/cards.h"
#include "cli/key_commands.h"
#include "cli/options.h"
#include "crypto/random.h"
#include "record/key_change.h"

struct change {
	struct folder folder;
	struct record_card before, card;
	struct buf card_note;            /* owned */
	bool is_next[RECORD_ROLE_COUNT]; /* the key lies in "next" */
};

/* A key change, or a card alone (of a desk that has no channel yet). */
static enum status read_card(const char *path, struct change *change, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct record_card before = change->before;

	TRY(cli_read_input(path, &note, err));
	change->card_note = BUF_INIT(RECORD_NOTE_MAX);
	before.serial = before.serial > 0 ? before.serial - 1 : 0; /* or begun before */
	if (record_card_open(buf_view(&note), &change->card, NULL) == STATUS_OK) {
		buf_append_view(&change->card_note, buf_view(&note));
		return buf_check(&change->card_note, "the card", err);
	}
	return record_key_change_open(buf_view(&note), &before, &change->card,
	                              &change->card_note, err);
}

static enum status check_card(const struct change *change, struct error *err)
{
	const struct record_card *card = &change->card, *before = &change->before;

	if (strcmp(card->name.text, before->name.text) != 0 ||
	    memcmp(&card->keys[RECORD_ROLE_ROOT], &before->keys[RECORD_ROLE_ROOT],
	           sizeof card->keys[0]) != 0)
		return error_set(err, STATUS_CONFLICT,
		                 "this is the card of another desk");
	if (card->serial < before->serial)
		return error_set(err, STATUS_CONFLICT,
		                 "this card is older than the one in use");
	return STATUS_OK;
}

static enum status is_key_in(const struct change *change, const char *subfolder,
                             enum record_role role, bool *ret_is_there, struct error *err)
{
	struct ed25519_public key;
	struct ed25519_seed seed;
	enum status status = key_file_read(&change->folder, subfolder, role, &seed, err);

	*ret_is_there = false;
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	TRY(status);
	status = key_public_of(&seed, role, &key, err);
	crypto_wipe(&seed, sizeof seed);
	*ret_is_there = status == STATUS_OK &&
	                memcmp(&key, &change->card.keys[role], sizeof key) == 0;
	return status;
}

static enum status find_keys(struct change *change, struct error *err)
{
	for (int role = 0; role < RECORD_ROLE_COUNT; role++) {
		bool is_there = false;

		if (!change->card.has_key[role] || role == RECORD_ROLE_ROOT)
			continue;
		TRY(is_key_in(change, "next", role, &change->is_next[role], err));
		TRY(is_key_in(change, "keys", role, &is_there, err));
		if (!is_there && !change->is_next[role])
			return error_set(err, STATUS_CONFLICT,
			                 "the %s key of this card is not in the folder",
			                 record_role_name(role));
	}
	return STATUS_OK;
}

static enum status move(const char *from, const char *to, struct error *err)
{
	if (rename(from, to) != 0)
		return error_set_errno(err, "%s can't be moved to %s", from, to);
	return STATUS_OK;
}

/* The key in use goes to "keys/old-<serial>", the new one takes its place. */
static enum status put_key(const struct change *change, enum record_role role,
                           struct error *err)
{
	char old_name[64], old_path[FOLDER_PATH_MAX], path[FOLDER_PATH_MAX],
	    next_path[FOLDER_PATH_MAX];

	(void)snprintf(old_name, sizeof old_name, "keys/old-%u",
	               (unsigned)change->before.serial);
	TRY(folder_path(&change->folder, old_name, old_path, err));
	TRY(file_make_folder(old_path, 0700, err));
	TRY(key_file_path(&change->folder, old_name, role, old_path, err));
	TRY(key_file_path(&change->folder, "keys", role, path, err));
	TRY(key_file_path(&change->folder, "next", role, next_path, err));
	if (access(path, F_OK) == 0)
		TRY(move(path, old_path, err));
	return move(next_path, path, err);
}

static enum status put_all(const struct change *change, struct error *err)
{
	char path[FOLDER_PATH_MAX];

	for (int role = 0; role < RECORD_ROLE_COUNT; role++)
		if (change->is_next[role])
			TRY(put_key(change, role, err));
	TRY(folder_path(&change->folder, "keys", path, err));
	TRY(file_sync_folder(path, err));
	TRY(folder_path(&change->folder, "card.note", path, err));
	TRY(file_replace(path, buf_view(&change->card_note), 0644, err));
	TRY(folder_path(&change->folder, "next", path, err));
	(void)rmdir(path);
	return STATUS_OK;
}

static enum status use(struct change *change, const struct cli *cli, const char *path,
                       struct error *err)
{
	CLEANUP_BUF struct buf own = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_FD int lock = -1;

	TRY(cli_folder(cli, &change->folder, err));
	TRY(folder_lock(&change->folder, &lock, err));
	TRY(cards_read_own(cli, &own, &change->before, err));
	TRY(read_card(path, change, err));
	TRY(check_card(change, err));
	TRY(find_keys(change, err));
	return put_all(change, err);
}

int key_use(struct cli *cli, int argc, char **argv)
{
	struct change change = {0};
	struct option_values operands;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, NULL, 0, 1, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("key", &err);
	status = use(&change, cli, operands.values[0], &err);
	buf_release(&change.card_note);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	printf("Card %u of %s is in use\n", (unsigned)change.card.serial,
	       change.card.name.text);
	return CLI_DONE;
}
