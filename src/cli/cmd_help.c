/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis help: the commands, the kinds of messages, and the fields of a kind, from the
 * catalogue.
 */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/kind_help.h"
#include "cli/kind_json.h"
#include "cli/language.h"
#include "cli/options.h"
#include "cli/print.h"
#include "cli/version.h"

enum { PAGE_MAX = 1 << 20 };

static enum status print(const struct cli *cli, const struct buf *page, struct error *err)
{
	if (!cli->is_json)
		return cli_write_output(buf_view(page), err);
	print_json(stdout, buf_view(page));
	return STATUS_OK;
}

static int print_help(const struct cli *cli, const char *asked,
                      const struct record_kind *kind)
{
	CLEANUP_BUF struct buf page = BUF_INIT(PAGE_MAX);
	char own[CLI_LANGUAGE_MAX + 1];
	const char *language = asked != NULL ? asked : own;
	struct error err = {0};
	enum status status;

	cli_language(cli, own);
	if (cli->is_json && kind != NULL)
		kind_json_append(kind, &page);
	else if (cli->is_json)
		kind_json_append_list(&page);
	else if (kind != NULL)
		kind_help_append(kind, language, &page);
	else
		kind_help_append_list(language, &page);
	status = buf_check(&page, "the help", &err);
	if (status == STATUS_OK)
		status = print(cli, &page, &err);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

static int help_commands(void)
{
	puts("aldis: a hotline for cyber incidents\n");
	for (size_t i = 0; i < cli_command_count; i++)
		printf("  %-13s %s\n", cli_commands[i].name, cli_commands[i].summary);
	puts("\n-d DIR or ALDIS_DESK names the desk's folder; --json on everything that "
	     "lists.\n`aldis help COMMAND`, `aldis help kinds`, `aldis help KIND` and "
	     "`man aldis` say more.\nExit status: 0 done, 1 the answer is no, 2 called "
	     "wrongly, 3 could not,\n4 consistent but keys not compared.");
	return CLI_DONE;
}

/* A line for each way of calling it: bars outside of brackets part them. */
static void print_command(const struct command *command)
{
	const char *way = command->usage;
	int depth = 0;

	for (const char *at = way;; at++) {
		depth += (*at == '[') - (*at == ']');
		if (*at != '\0' && (depth > 0 || strncmp(at, " | ", 3) != 0))
			continue;
		printf("aldis %s%s%.*s\n", command->name, at > way ? " " : "",
		       (int)(at - way), way);
		if (*at == '\0')
			break;
		way = at + strlen(" | ");
	}
	printf("  %s\n", command->summary);
}

int cmd_help(struct cli *cli, int argc, char **argv)
{
	const char *language = NULL;
	const struct option_spec specs[] = {{"--language", OPTION_TEXT, &language, 0}};
	struct option_values operands;
	struct error err = {0};
	const struct command *command;
	const struct record_kind *kind;

	if (options_parse(cli, specs, 1, 0, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("help", &err);
	if (operands.count == 0)
		return help_commands();
	if (strcmp(operands.values[0], "kinds") == 0)
		return print_help(cli, language, NULL);
	command = cli_command_find(operands.values[0]);
	kind = record_kind_find(view_of_string(operands.values[0]));
	if (command != NULL && !(cli->is_json && kind != NULL))
		print_command(command);
	if (command != NULL && kind != NULL && !cli->is_json)
		puts("\nIt is a kind of message too:\n");
	if (kind != NULL)
		return print_help(cli, language, kind);
	if (command == NULL && kind == NULL)
		return cli_fail(CLI_USAGE,
		                "there is no command and no kind '%s'; `aldis help` and "
		                "`aldis help kinds` list them",
		                operands.values[0]);
	return CLI_DONE;
}

int cmd_version(struct cli *cli, int argc, char **argv)
{
	struct option_values operands;
	struct error err = {0};

	if (options_parse(cli, NULL, 0, 0, 0, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("version", &err);
	printf("aldis %s\n", aldis_version);
	return CLI_DONE;
}
