/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `aldis` command.
 */
#include <signal.h>

#include "cli/cli.h"

int main(int argc, char **argv)
{
	(void)signal(SIGPIPE, SIG_IGN);
	return cli_run(argc, argv);
}
