/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis key new: keys to follow those in use, and the card that names them, signed by all
 * but the root. Link keys change by themselves: the next one, which peers know from the
 * card in use, takes over and gets a successor; it is used first and announced then. With
 * the others it is the other way round.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/cards.h"
#include "cli/commands.h"
#include "cli/key_commands.h"
#include "cli/keys.h"
#include "cli/options.h"
#include "crypto/random.h"

enum status key_file_path(const struct folder *folder, const char *subfolder,
                          enum record_role role, char ret_path[FOLDER_PATH_MAX],
                          struct error *err)
{
	char name[64];

	(void)snprintf(name, sizeof name, "%s/%s.key", subfolder, record_role_name(role));
	return folder_path(folder, name, ret_path, err);
}

enum status key_file_read(const struct folder *folder, const char *subfolder,
                          enum record_role role, struct ed25519_seed *ret_seed,
                          struct error *err)
{
	char path[FOLDER_PATH_MAX];

	TRY(key_file_path(folder, subfolder, role, path, err));
	if (access(path, F_OK) != 0)
		return error_set(err, STATUS_NOT_FOUND, "there is no key %s", path);
	return keyfile_read(path, record_role_name(role), folder->config.name, NULL,
	                    ret_seed, err);
}

enum status key_public_of(const struct ed25519_seed *seed, enum record_role role,
                          struct ed25519_public *ret_key, struct error *err)
{
	struct ed25519_secret *secret;

	if (role == RECORD_ROLE_BOX) {
		struct x25519_public box = x25519_public_of(seed);

		memcpy(ret_key->bytes, box.bytes, sizeof box.bytes);
		return STATUS_OK;
	}
	TRY(ed25519_secret_new(seed, &secret, err));
	*ret_key = ed25519_secret_public(secret);
	ed25519_secret_free(secret);
	return STATUS_OK;
}

struct making {
	struct option_values
	    roles; /* --role: what is made anew; none given: all but link */
	struct folder folder;
	struct record_card card;
	struct ed25519_seed seeds[RECORD_ROLE_COUNT]; /* wiped at the end */
};

static bool is_chosen(const struct making *making, enum record_role role)
{
	if (making->roles.count == 0)
		return role != RECORD_ROLE_LINK;
	for (size_t i = 0; i < making->roles.count; i++)
		if (strcmp(making->roles.values[i], record_role_name(role)) == 0)
			return true;
	return false;
}

static enum status check_roles(const struct making *making, struct error *err)
{
	for (size_t i = 0; i < making->roles.count; i++) {
		const char *name = making->roles.values[i];
		bool is_known = strcmp(name, "none") == 0;

		for (int role = 0; role < RECORD_ROLE_COUNT; role++)
			is_known =
			    is_known ||
			    (role != RECORD_ROLE_ROOT && role != RECORD_ROLE_LINK_NEXT &&
			     strcmp(name, record_role_name(role)) == 0);
		if (!is_known)
			return error_set(
			    err, STATUS_MALFORMED,
			    "%s is not log, mirror, witness, box, link or none", name);
	}
	return STATUS_OK;
}

static enum status make_seed(struct making *making, enum record_role role,
                             struct error *err)
{
	char path[FOLDER_PATH_MAX];

	TRY(key_file_path(&making->folder, "next", role, path, err));
	return keys_make(path, record_role_name(role), making->folder.config.name, NULL,
	                 &making->seeds[role], err);
}

/* The next link key becomes the link key: peers know it from the card before. A desk that
 * has none yet keeps its link key this time and gets a next one. */
static enum status make_links(struct making *making, struct error *err)
{
	const struct folder *folder = &making->folder;
	struct ed25519_seed *link = &making->seeds[RECORD_ROLE_LINK];
	char path[FOLDER_PATH_MAX];
	enum status status =
	    key_file_read(folder, "keys", RECORD_ROLE_LINK_NEXT, link, err);

	if (status == STATUS_NOT_FOUND) {
		TRY(key_file_read(folder, "keys", RECORD_ROLE_LINK, link, err));
	} else {
		TRY(status);
		TRY(key_file_path(folder, "next", RECORD_ROLE_LINK, path, err));
		TRY(keyfile_write(path, "link", folder->config.name, link, NULL, err));
	}
	making->card.has_key[RECORD_ROLE_LINK_NEXT] = true;
	return make_seed(making, RECORD_ROLE_LINK_NEXT, err);
}

static enum status make_keys(struct making *making, struct error *err)
{
	struct record_card *card = &making->card;

	for (int role = 0; role < RECORD_ROLE_COUNT; role++) {
		if (!card->has_key[role] || role == RECORD_ROLE_ROOT ||
		    role == RECORD_ROLE_LINK_NEXT)
			continue;
		if (!is_chosen(making, role))
			TRY(key_file_read(&making->folder, "keys", role,
			                  &making->seeds[role], err));
		else if (role != RECORD_ROLE_LINK)
			TRY(make_seed(making, role, err));
	}
	if (is_chosen(making, RECORD_ROLE_LINK))
		TRY(make_links(making, err));
	else if (card->has_key[RECORD_ROLE_LINK_NEXT])
		TRY(key_file_read(&making->folder, "keys", RECORD_ROLE_LINK_NEXT,
		                  &making->seeds[RECORD_ROLE_LINK_NEXT], err));
	for (int role = 0; role < RECORD_ROLE_COUNT; role++)
		if (card->has_key[role] && role != RECORD_ROLE_ROOT)
			TRY(key_public_of(&making->seeds[role], role, &card->keys[role],
			                  err));
	return STATUS_OK;
}

/* Address and languages are those of desk.conf now. */
static void fill_card(struct making *making)
{
	const struct folder_config *config = &making->folder.config;
	struct record_card *card = &making->card;

	card->serial++;
	card->date_s = clock_utc_ms() / 1000;
	card->language_count = config->language_count;
	memcpy(card->languages, config->languages, sizeof card->languages);
	card->url_count = config->url_count;
	for (size_t i = 0; i < card->url_count; i++)
		strcpy(card->urls[i], config->urls[i]);
}

static enum status append_signature(const struct making *making, enum record_role role,
                                    struct buf *note, struct error *err)
{
	struct ed25519_secret *secret;
	enum status status;

	TRY(ed25519_secret_new(&making->seeds[role], &secret, err));
	status = record_card_append_signature(&making->card, role, secret, note, err);
	ed25519_secret_free(secret);
	return status;
}

static enum status card_append(const struct making *making, struct buf *note,
                               struct error *err)
{
	TRY(record_card_append_text(&making->card, note, err));
	buf_append_byte(note, '\n');
	for (int role = 0; role < RECORD_ROLE_COUNT; role++)
		if (making->card.has_key[role] && role != RECORD_ROLE_ROOT &&
		    role != RECORD_ROLE_BOX)
			TRY(append_signature(making, role, note, err));
	return buf_check(note, "the card", err);
}

static enum status make_next_folder(const struct folder *folder, struct error *err)
{
	char path[FOLDER_PATH_MAX];

	TRY(folder_path(folder, "next", path, err));
	if (access(path, F_OK) == 0)
		return error_set(err, STATUS_CONFLICT,
		                 "%s holds new keys already: take them into use (aldis "
		                 "key use) or remove it",
		                 path);
	return file_make_folder(path, 0700, err);
}

static enum status make(struct making *making, const struct cli *cli, struct error *err)
{
	CLEANUP_BUF struct buf own = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);

	TRY(check_roles(making, err));
	TRY(cli_folder(cli, &making->folder, err));
	TRY(cards_read_own(cli, &own, &making->card, err));
	TRY(make_next_folder(&making->folder, err));
	TRY(make_keys(making, err));
	fill_card(making);
	TRY(card_append(making, &note, err));
	return cli_write_output(buf_view(&note), err);
}

int key_new(struct cli *cli, int argc, char **argv)
{
	struct making making = {0};
	const struct option_spec specs[] = {{"--role", OPTION_LIST, &making.roles, 0}};
	struct option_values operands;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 1, 0, 0, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("key", &err);
	status = make(&making, cli, &err);
	crypto_wipe(making.seeds, sizeof making.seeds);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	cli_note("the new keys lie in %s/next; let the root sign this card: aldis root "
	         "sign ROOTDIR CARD --key-change",
	         making.folder.path);
	return CLI_DONE;
}
