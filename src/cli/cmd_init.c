/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis init: a new desk's folder, its keys, and its card signed by all of them.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/keys.h"
#include "cli/options.h"
#include "crypto/random.h"
#include "record/card.h"

struct init {
	const char *name, *listen, *console, *console_url, *root_folder, *passphrase_file;
	struct option_values urls, languages;
	bool is_witness;

	struct folder_config config;
	struct folder folder;
	bool is_made; /* the folder is ours: what fails later takes it back */
	struct record_card card;
	struct ed25519_secret *secrets[RECORD_ROLE_COUNT];
};

/* The URL under which peers find a desk that says nowhere else. */
static void add_listen_url(struct folder_config *config)
{
	bool is_any = strncmp(config->listen, "0.0.0.0:", 8) == 0 ||
	              strncmp(config->listen, "[::]:", 5) == 0;

	if (config->url_count > 0 || config->listen[0] == '\0' || is_any ||
	    strlen(config->listen) > 250)
		return;
	(void)snprintf(config->urls[0], sizeof config->urls[0], "https://%.280s",
	               config->listen);
	config->url_count = 1;
}

static enum status set_config(struct init *init, struct error *err)
{
	struct folder_config *config = &init->config;
	struct record_name name;

	TRY(record_name_decode(view_of_string(init->name), &name, err));
	if (init->urls.count > FOLDER_URLS_MAX || init->urls.count > RECORD_URLS_MAX)
		return error_set(err, STATUS_LIMIT, "a desk has at most %d URLs",
		                 FOLDER_URLS_MAX);
	if (init->languages.count > FOLDER_LANGUAGES_MAX)
		return error_set(err, STATUS_LIMIT, "a desk has at most %d languages",
		                 FOLDER_LANGUAGES_MAX);
	strcpy(config->name, name.text);
	if (init->listen != NULL &&
	    !view_copy_string(view_of_string(init->listen), config->listen,
	                      sizeof config->listen))
		return error_set(err, STATUS_LIMIT,
		                 "the address to listen on is too long");
	if (init->console != NULL &&
	    !view_copy_string(view_of_string(init->console), config->console_listen,
	                      sizeof config->console_listen))
		return error_set(err, STATUS_LIMIT, "the console's address is too long");
	if (init->console_url != NULL &&
	    !view_copy_string(view_of_string(init->console_url), config->console_url,
	                      sizeof config->console_url))
		return error_set(err, STATUS_LIMIT, "the console's URL is too long");
	for (size_t i = 0; i < init->urls.count; i++)
		if (!view_copy_string(view_of_string(init->urls.values[i]),
		                      config->urls[config->url_count++],
		                      sizeof config->urls[0]))
			return error_set(err, STATUS_LIMIT, "a URL is too long");
	if (init->languages.count == 0)
		init->languages = (struct option_values){.values = {"en"}, .count = 1};
	for (size_t i = 0; i < init->languages.count; i++)
		if (!view_copy_string(view_of_string(init->languages.values[i]),
		                      config->languages[config->language_count++],
		                      sizeof config->languages[0]))
			return error_set(err, STATUS_LIMIT,
			                 "a language code is too long");
	add_listen_url(config);
	return STATUS_OK;
}

static void fill_card(struct init *init)
{
	struct record_card *card = &init->card;

	strcpy(card->name.text, init->config.name);
	card->serial = 1;
	card->date_s = clock_utc_ms() / 1000;
	card->language_count = init->config.language_count;
	memcpy(card->languages, init->config.languages, sizeof card->languages);
	card->url_count = init->config.url_count;
	for (size_t i = 0; i < card->url_count; i++)
		strcpy(card->urls[i], init->config.urls[i]);
}

static enum status key_path(const struct init *init, enum record_role role,
                            char ret_path[FOLDER_PATH_MAX], struct error *err)
{
	char name[64];

	(void)snprintf(name, sizeof name, "%s/%s.key",
	               role == RECORD_ROLE_ROOT ? "root" : "keys",
	               record_role_name(role));
	return folder_path(&init->folder, name, ret_path, err);
}

static enum status make_key(struct init *init, enum record_role role, struct error *err)
{
	char path[FOLDER_PATH_MAX];
	struct ed25519_seed seed;
	enum status status;

	TRY(key_path(init, role, path, err));
	TRY(keys_make(path, record_role_name(role), init->config.name,
	              role == RECORD_ROLE_ROOT ? init->passphrase_file : NULL, &seed,
	              err));
	if (role == RECORD_ROLE_BOX) {
		struct x25519_public box = x25519_public_of(&seed);

		memcpy(init->card.keys[role].bytes, box.bytes, sizeof box.bytes);
		status = STATUS_OK;
	} else {
		status = ed25519_secret_new(&seed, &init->secrets[role], err);
	}
	crypto_wipe(&seed, sizeof seed);
	return status;
}

/* A root key that is kept apart must be this desk's. */
static enum status borrow_root(struct init *init, struct error *err)
{
	struct keys_root root = {0};

	TRY(keys_root_read(init->root_folder, init->passphrase_file, &root, err));
	init->secrets[RECORD_ROLE_ROOT] = root.secret;
	if (strcmp(root.name.text, init->config.name) != 0)
		return error_set(err, STATUS_CONFLICT, "the root key in %s is that of %s",
		                 init->root_folder, root.name.text);
	return STATUS_OK;
}

static enum status make_keys(struct init *init, struct error *err)
{
	static const enum record_role roles[] = {RECORD_ROLE_LOG, RECORD_ROLE_MIRROR,
	                                         RECORD_ROLE_BOX, RECORD_ROLE_LINK,
	                                         RECORD_ROLE_LINK_NEXT};

	if (init->root_folder == NULL)
		TRY(make_key(init, RECORD_ROLE_ROOT, err));
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
		TRY(make_key(init, roles[i], err));
	if (init->is_witness)
		TRY(make_key(init, RECORD_ROLE_WITNESS, err));
	init->card.has_key[RECORD_ROLE_BOX] = true;
	for (int role = 0; role < RECORD_ROLE_COUNT; role++) {
		if (init->secrets[role] == NULL)
			continue;
		init->card.has_key[role] = true;
		init->card.keys[role] = ed25519_secret_public(init->secrets[role]);
	}
	return STATUS_OK;
}

static enum status sign_card(struct init *init, struct buf *note, struct error *err)
{
	struct record_card check;

	TRY(record_card_append_text(&init->card, note, err));
	buf_append_byte(note, '\n');
	for (int role = 0; role < RECORD_ROLE_COUNT; role++)
		if (init->secrets[role] != NULL)
			TRY(record_card_append_signature(&init->card, role,
			                                 init->secrets[role], note, err));
	TRY(buf_check(note, "the card", err));
	return record_card_open(buf_view(note), &check, err);
}

static enum status write_card(struct init *init, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	char path[FOLDER_PATH_MAX];

	fill_card(init);
	TRY(sign_card(init, &note, err));
	TRY(folder_path(&init->folder, "card.note", path, err));
	return file_create(path, buf_view(&note), 0644, err);
}

/* Takes back what a failed init has made, so that it can be called again. */
static void undo(struct init *init)
{
	static const char *const names[] = {"card.note",
	                                    "root/root.key",
	                                    "keys/log.key",
	                                    "keys/mirror.key",
	                                    "keys/box.key",
	                                    "keys/link.key",
	                                    "keys/link-next.key",
	                                    "keys/witness.key",
	                                    "desk.conf",
	                                    "root",
	                                    "keys",
	                                    "."};
	char path[FOLDER_PATH_MAX];

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (folder_path(&init->folder, names[i], path, NULL) == STATUS_OK)
			(void)remove(path);
	(void)rmdir(init->folder.path);
}

static enum status make_desk(struct init *init, const char *dir, struct error *err)
{
	/* The borrowed root is looked at before anything is made. */
	if (init->root_folder != NULL)
		TRY(borrow_root(init, err));
	TRY(folder_make(dir, &init->config, &init->folder, err));
	init->is_made = true;
	TRY(make_keys(init, err));
	return write_card(init, err);
}

static void print_console(const struct init *init)
{
	if (init->config.console_listen[0] == '\0')
		return;
	printf("The console opens at %s%s once the desk runs and somebody may log "
	       "in:\n`aldis -d %s operator add NAME --roles watch,officer`.\n",
	       init->config.console_url[0] != '\0' ? "" : "http://",
	       init->config.console_url[0] != '\0' ? init->config.console_url
	                                           : init->config.console_listen,
	       init->folder.path);
}

static void print_next(const struct init *init)
{
	char fingerprint[RECORD_FINGERPRINT_LEN + 1];

	record_fingerprint(&init->card, fingerprint);
	printf("%s is ready in %s\n", init->config.name, init->folder.path);
	printf("fingerprint  %s\n\n", fingerprint);
	printf("Next: hand its card to the other side (`aldis -d %s card`), read the "
	       "fingerprint\nout to each other, and start the desk (`aldisd %s`).\n",
	       init->folder.path, init->folder.path);
	print_console(init);
	if (init->root_folder == NULL)
		printf("Its root key lies in %s/root: move that folder to where it is "
		       "safe;\nthe desk runs without it.\n",
		       init->folder.path);
}

int cmd_init(struct cli *cli, int argc, char **argv)
{
	struct init init = {0};
	const struct option_spec specs[] = {
	    {"--name", OPTION_TEXT, &init.name, 0},
	    {"--listen", OPTION_TEXT, &init.listen, 0},
	    {"--url", OPTION_LIST, &init.urls, 0},
	    {"--console", OPTION_TEXT, &init.console, 0},
	    {"--console-url", OPTION_TEXT, &init.console_url, 0},
	    {"--language", OPTION_LIST, &init.languages, 0},
	    {"--witness", OPTION_FLAG, &init.is_witness, 0},
	    {"--root", OPTION_TEXT, &init.root_folder, 0},
	    {"--passphrase-file", OPTION_TEXT, &init.passphrase_file, 0},
	};
	struct option_values operands;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, sizeof specs / sizeof specs[0], 1, 1, argc, argv,
	                  &operands, &err) != STATUS_OK)
		return cli_fail_usage("init", &err);
	if (init.name == NULL)
		return cli_fail(CLI_USAGE,
		                "a desk needs a name: aldis init DIR --name NAME");
	if (set_config(&init, &err) != STATUS_OK)
		return cli_fail_usage("init", &err);
	status = crypto_init(&err);
	if (status == STATUS_OK)
		status = make_desk(&init, operands.values[0], &err);
	if (status != STATUS_OK && init.is_made)
		undo(&init);
	for (int role = 0; role < RECORD_ROLE_COUNT; role++)
		ed25519_secret_free(init.secrets[role]);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	print_next(&init);
	return CLI_DONE;
}
