/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding the command, and ending it.
 */
#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/file.h"
#include "cli/print.h"

#define NO_DESK "which desk? Name its folder with -d DIR or in ALDIS_DESK"

const struct command *cli_command_find(const char *name)
{
	for (size_t i = 0; i < cli_command_count; i++)
		if (strcmp(cli_commands[i].name, name) == 0)
			return &cli_commands[i];
	return NULL;
}

static void print_sentence(const char *format, va_list args)
{
	char sentence[1024];

	(void)vsnprintf(sentence, sizeof sentence, format, args);
	fputs("aldis: ", stderr);
	print_escaped(stderr, view_of_string(sentence));
	fputc('\n', stderr);
}

int cli_fail(enum cli_exit exit_status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_sentence(format, args);
	va_end(args);
	return exit_status;
}

void cli_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_sentence(format, args);
	va_end(args);
}

enum cli_exit cli_exit_of(enum status status)
{
	switch (status) {
	case STATUS_OK:
		return CLI_DONE;
	case STATUS_MALFORMED:
	case STATUS_UNTRUSTED:
	case STATUS_NOT_FOUND:
	case STATUS_CONFLICT:
	case STATUS_LIMIT:
		return CLI_NO;
	case STATUS_AGAIN:
	case STATUS_CLOSED:
	case STATUS_NO_MEMORY:
	case STATUS_SYSTEM:
	case STATUS_BUG:
		return CLI_COULD_NOT;
	}
	return CLI_COULD_NOT;
}

int cli_fail_status(enum status status, const struct error *err)
{
	return cli_fail(cli_exit_of(status), "%s", err->text);
}

int cli_fail_no_desk(void)
{
	return cli_fail(CLI_USAGE, "%s", NO_DESK);
}

int cli_fail_usage(const char *command, const struct error *err)
{
	return cli_fail(CLI_USAGE, "%s; see `aldis help %s`", err->text, command);
}

enum status cli_folder(const struct cli *cli, struct folder *ret_folder,
                       struct error *err)
{
	enum status status;

	if (cli->dir == NULL)
		return error_set(err, STATUS_SYSTEM, NO_DESK);
	status = folder_open(cli->dir, ret_folder, err);
	/* Not an answer of a desk, which is what STATUS_NOT_FOUND would be taken for. */
	return status == STATUS_NOT_FOUND ? STATUS_SYSTEM : status;
}

enum status cli_read_input(const char *path, struct buf *ret_content, struct error *err)
{
	enum status status;

	if (strcmp(path, "-") == 0)
		return file_read_fd(STDIN_FILENO, "standard input", ret_content, err);
	status = file_read(path, ret_content, err);
	return status == STATUS_NOT_FOUND ? STATUS_SYSTEM : status;
}

enum status cli_write_output(struct view content, struct error *err)
{
	if (fwrite(content.data, 1, content.len, stdout) != content.len ||
	    fflush(stdout) != 0)
		return error_set_errno(err, "standard output can't be written");
	return STATUS_OK;
}

static int unknown_command(const char *name)
{
	struct error err;

	(void)error_set(&err, STATUS_MALFORMED,
	                "there is no command '%s'; `aldis help` lists them", name);
	return cli_fail(CLI_USAGE, "%s", err.text);
}

/* Takes -d DIR and --json that stand before the command; returns how many arguments. */
static int take_leading(struct cli *cli, int argc, char **argv)
{
	int used = 0;

	while (used < argc) {
		if (strcmp(argv[used], "--json") == 0) {
			cli->is_json = true;
			used++;
		} else if (strcmp(argv[used], "-d") == 0 && used + 1 < argc) {
			cli->dir = argv[used + 1];
			used += 2;
		} else {
			break;
		}
	}
	return used;
}

static bool names_desk(const struct cli *cli, int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "-d") == 0)
			return true;
	return cli->dir != NULL;
}

/* aldis COMMAND --help, aldis COMMAND WORD --help */
static bool asks_for_help(int argc, char **argv)
{
	if (argc < 1 || argc > 2 || (argc == 2 && argv[0][0] == '-'))
		return false;
	return strcmp(argv[argc - 1], "--help") == 0 || strcmp(argv[argc - 1], "-h") == 0;
}

int cli_run(int argc, char **argv)
{
	const char *from_environment = getenv("ALDIS_DESK");
	struct cli cli = {0};
	const struct command *command;
	const char *name;
	int used, result;

	if (from_environment != NULL && from_environment[0] != '\0')
		cli.dir = from_environment;
	argc--;
	argv++;
	used = take_leading(&cli, argc, argv);
	name = used < argc ? argv[used++] : NULL;
	if (name == NULL)
		return cli_fail(CLI_USAGE, "say what to do; `aldis help` lists it");
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		name = "help";
	if (strcmp(name, "--version") == 0)
		name = "version";
	command = cli_command_find(name);
	if (command == NULL)
		return unknown_command(name);
	if (asks_for_help(argc - used, argv + used)) {
		command = cli_command_find("help");
		argc = used--; /* what is left is the name */
	}
	if (command->needs_desk && !names_desk(&cli, argc - used, argv + used))
		return cli_fail_no_desk();
	result = command->run(&cli, argc - used, argv + used);
	if (fflush(stdout) != 0 && result == CLI_DONE)
		return cli_fail(CLI_COULD_NOT, "standard output can't be written");
	return result;
}
