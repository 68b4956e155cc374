/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldisd DIR: the desk in this folder, until it is told to stop. See aldisd(8).
 */
#include <stdio.h>
#include <string.h>

#include "daemon/supervisor.h"
#include "daemon/version.h"

enum { EXIT_USAGE = 2 };

static const char usage[] =
    "usage: aldisd DIR        runs the desk in the folder DIR until SIGTERM\n"
    "       aldisd --version\n";

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		(void)printf("aldisd %s\n", aldisd_version);
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		(void)fputs(usage, stdout);
		return 0;
	}
	if (argc != 2 || argv[1][0] == '-') {
		(void)fputs(usage, stderr);
		return EXIT_USAGE;
	}
	return supervisor_run(argv[1]);
}
