/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis export: the whole record of a channel as files, read through the running desk
 * and signed with its link key.
 */
#include <stdio.h>

#include "cli/channel_source.h"
#include "cli/commands.h"
#include "cli/options.h"

int cmd_export(struct cli *cli, int argc, char **argv)
{
	struct channel_source *source = NULL;
	struct option_values operands;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, NULL, 0, 2, 2, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("export", &err);
	status = channel_source_open(cli, operands.values[0], &source, &err);
	if (status == STATUS_OK)
		status =
		    bundle_export(channel_source_view(source), operands.values[1], &err);
	channel_source_close(source);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	if (!cli->is_json)
		printf("%s holds the record; `aldis verify %s` checks it\n",
		       operands.values[1], operands.values[1]);
	return CLI_DONE;
}
