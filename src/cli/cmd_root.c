/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis root: the root key in a folder of its own, on a machine of its own if need be.
 */
#include <stdio.h>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/keys.h"
#include "cli/options.h"
#include "cli/root_sign.h"
#include "crypto/random.h"

static enum status make_root(const char *dir, const char *name_text,
                             const char *passphrase_file, struct error *err)
{
	char path[FOLDER_PATH_MAX];
	struct record_name name;

	TRY(crypto_init(err));
	TRY(record_name_decode(view_of_string(name_text), &name, err));
	if (snprintf(path, sizeof path, "%s/%s", dir, KEYS_ROOT_FILE) >= (int)sizeof path)
		return error_set(err, STATUS_LIMIT, "the folder's path is too long");
	TRY(file_make_folder(dir, 0700, err));
	return keys_make(path, "root", name.text, passphrase_file, NULL, err);
}

static int root_init(struct cli *cli, int argc, char **argv)
{
	const char *name = NULL, *passphrase_file = NULL;
	const struct option_spec specs[] = {
	    {"--name", OPTION_TEXT, &name, 0},
	    {"--passphrase-file", OPTION_TEXT, &passphrase_file, 0},
	};
	struct option_values operands;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 2, 1, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("root", &err);
	if (name == NULL)
		return cli_fail(CLI_USAGE, "whose root? aldis root init DIR --name NAME");
	status = make_root(operands.values[0], name, passphrase_file, &err);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	printf("The root key of %s lies in %s/%s\n", name, operands.values[0],
	       KEYS_ROOT_FILE);
	printf("Next: aldis init DIR --name %s --root %s\n", name, operands.values[0]);
	if (passphrase_file == NULL)
		cli_note(
		    "the key is not under a passphrase; --passphrase-file FILE would "
		    "put it under one");
	return CLI_DONE;
}

static int root_sign(struct cli *cli, int argc, char **argv)
{
	struct root_sign call = {.cli = cli};
	const struct option_spec specs[] = {
	    {"--passphrase-file", OPTION_TEXT, &call.passphrase_file, 0},
	    {"--previous", OPTION_TEXT, &call.previous_path, 0},
	    {"--key-change", OPTION_FLAG, &call.makes_key_change, 0},
	};
	struct option_values operands;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 3, 2, 2, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("root", &err);
	call.root_folder = operands.values[0];
	call.path = operands.values[1];
	status = root_sign_file(&call, &err);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

int cmd_root(struct cli *cli, int argc, char **argv)
{
	if (argc > 0 && strcmp(argv[0], "init") == 0)
		return root_init(cli, argc - 1, argv + 1);
	if (argc > 0 && strcmp(argv[0], "sign") == 0)
		return root_sign(cli, argc - 1, argv + 1);
	return cli_fail(CLI_USAGE,
	                "aldis root knows init and sign; see `aldis help root`");
}
