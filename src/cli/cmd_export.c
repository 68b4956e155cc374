/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis export: the whole record of a channel as files, read through the running desk
 * and signed with its link key; or, with --format, its messages for other tools.
 */
#include <stdio.h>

#include "cli/channel_source.h"
#include "cli/commands.h"
#include "cli/export_format.h"
#include "cli/options.h"

static int export_record(struct cli *cli, const char *channel, const char *out)
{
	struct channel_source *source = NULL;
	struct error err = {0};
	enum status status = channel_source_open(cli, channel, &source, &err);

	if (status == STATUS_OK)
		status = bundle_export(channel_source_view(source), out, &err);
	channel_source_close(source);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	if (!cli->is_json)
		printf("%s holds the record; `aldis verify %s` checks it\n", out, out);
	return CLI_DONE;
}

int cmd_export(struct cli *cli, int argc, char **argv)
{
	struct export_format format = {0};
	const struct option_spec specs[] = {
	    {"--format", OPTION_TEXT, &format.format, 0},
	    {"--report", OPTION_TEXT, &format.report_path, 0},
	    {"-o", OPTION_TEXT, &format.out_path, 0},
	};
	struct option_values operands;
	struct error err = {0};

	if (options_parse(cli, specs, 3, 1, 2, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("export", &err);
	if ((operands.count == 1) != (format.format != NULL) ||
	    (format.format == NULL &&
	     (format.out_path != NULL || format.report_path != NULL)))
		return cli_fail(CLI_USAGE,
		                "say aldis export CHANNEL OUT, or aldis export "
		                "CHANNEL --format stix|misp [-o FILE]");
	format.channel = operands.values[0];
	return format.format != NULL
	           ? export_format(cli, &format)
	           : export_record(cli, operands.values[0], operands.values[1]);
}
