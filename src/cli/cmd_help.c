/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis help: the commands, the kinds of messages, and the fields of a kind, from the
 * catalogue.
 */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/version.h"
#include "record/kinds.h"

static const char *const type_names[] = {
    [RECORD_FIELD_TEXT] = "text",
    [RECORD_FIELD_LANGUAGE] = "language code",
    [RECORD_FIELD_TIME] = "time (RFC 3339)",
    [RECORD_FIELD_INTEGER] = "whole number",
    [RECORD_FIELD_BOOLEAN] = "true or false",
    [RECORD_FIELD_CHOICE] = "one of",
    [RECORD_FIELD_HASH] = "64 hex digits",
    [RECORD_FIELD_DESK] = "name of a desk",
    [RECORD_FIELD_MESSAGE] = "id of a message",
    [RECORD_FIELD_BASE64] = "base64",
    [RECORD_FIELD_OBJECT] = "object",
    [RECORD_FIELD_LIST] = "list of",
};

static void print_type(const struct record_field *field)
{
	printf("%s", type_names[field->type]);
	switch (field->type) {
	case RECORD_FIELD_CHOICE:
		for (size_t i = 0; field->choices[i] != NULL; i++)
			printf("%s %s", i == 0 ? "" : ",", field->choices[i]);
		break;
	case RECORD_FIELD_INTEGER:
		printf(", %lld to %lld", (long long)field->min, (long long)field->max);
		break;
	case RECORD_FIELD_TEXT:
		printf(", %lld to %lld characters", (long long)field->min,
		       (long long)field->max);
		break;
	case RECORD_FIELD_LIST:
		printf(" %lld to %lld: ", (long long)field->min, (long long)field->max);
		print_type(&field->fields[0]);
		break;
	case RECORD_FIELD_LANGUAGE:
	case RECORD_FIELD_TIME:
	case RECORD_FIELD_BOOLEAN:
	case RECORD_FIELD_HASH:
	case RECORD_FIELD_DESK:
	case RECORD_FIELD_MESSAGE:
	case RECORD_FIELD_BASE64:
	case RECORD_FIELD_OBJECT:
		break;
	}
}

static void print_fields(const struct record_field *fields, size_t count, int indent)
{
	for (size_t i = 0; i < count; i++) {
		const struct record_field *field = &fields[i];
		const struct record_field *inner = field;

		printf("%*s%s%s  ", indent, "", field->name, field->required ? " *" : "");
		print_type(field);
		if (field->label != NULL && field->label[0] != '\0')
			printf("  (%s)", field->label);
		putchar('\n');
		while (inner->type == RECORD_FIELD_LIST)
			inner = &inner->fields[0];
		if (inner->type == RECORD_FIELD_OBJECT)
			print_fields(inner->fields, inner->field_count, indent + 4);
	}
}

static int help_kind(const struct record_kind *kind)
{
	printf("%s  %s\n", kind->name, kind->label);
	if (kind->help != NULL && kind->help[0] != '\0')
		printf("%s\n", kind->help);
	if (kind->is_automatic)
		puts("Written by the desk itself.");
	else
		printf("\naldis send CHANNEL %s%s%s\n", kind->name,
		       kind->needs_re ? " --re ID" : "",
		       kind->has_body
		           ? (kind->body_optional ? " [--body FILE]" : " --body FILE")
		           : "");
	if (kind->field_count > 0) {
		puts("\nFields of the body (* required):");
		print_fields(kind->fields, kind->field_count, 2);
	}
	return CLI_DONE;
}

static int help_kinds(void)
{
	for (size_t i = 0; i < record_kind_count; i++)
		printf("%-22s  %s%s\n", record_kinds[i].name, record_kinds[i].label,
		       record_kinds[i].is_automatic ? " (automatic)" : "");
	return CLI_DONE;
}

static int help_commands(void)
{
	puts("aldis: a hotline for cyber incidents\n");
	for (size_t i = 0; i < cli_command_count; i++)
		printf("  %-12s %s\n", cli_commands[i].name, cli_commands[i].summary);
	puts("\n-d DIR or ALDIS_DESK names the desk's folder; --json on everything that "
	     "lists.\n`aldis help COMMAND`, `aldis help kinds`, `aldis help KIND` say "
	     "more.\nExit status: 0 done, 1 the answer is no, 2 called wrongly, 3 could "
	     "not,\n4 consistent but keys not compared.");
	return CLI_DONE;
}

int cmd_help(struct cli *cli, int argc, char **argv)
{
	struct option_values operands;
	struct error err = {0};
	const struct command *command;
	const struct record_kind *kind;

	if (options_parse(cli, NULL, 0, 0, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("help", &err);
	if (operands.count == 0)
		return help_commands();
	if (strcmp(operands.values[0], "kinds") == 0)
		return help_kinds();
	command = cli_command_find(operands.values[0]);
	kind = record_kind_find(view_of_string(operands.values[0]));
	if (command != NULL)
		printf("aldis %s %s\n  %s\n", command->name, command->usage,
		       command->summary);
	if (kind != NULL)
		(void)help_kind(kind);
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
