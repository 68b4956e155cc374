/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of a command as a table: "--wait 5" or "--wait=5", in any order with operands;
 * "--" ends them. -d DIR and --json are known everywhere. Prints nothing.
 */
#ifndef ALDIS_CLI_OPTIONS_H
#define ALDIS_CLI_OPTIONS_H

#include "cli/cli.h"

enum { OPTION_VALUES_MAX = 256 };

enum option_type {
	OPTION_FLAG,   /* target: bool */
	OPTION_TEXT,   /* target: const char * ; at most once */
	OPTION_NUMBER, /* target: uint64_t, at most `max` */
	OPTION_LIST,   /* target: struct option_values; may be repeated */
};

struct option_values {
	const char *values[OPTION_VALUES_MAX];
	size_t count;
};

struct option_spec {
	const char *name; /* "--wait", "-o" */
	enum option_type type;
	void *target;
	uint64_t max;
};

/* Fills the targets and the operands. MALFORMED says what is wrong with the call. */
MUST_USE enum status options_parse(struct cli *cli, const struct option_spec *specs,
                                   size_t spec_count, size_t operands_min,
                                   size_t operands_max, int argc, char **argv,
                                   struct option_values *ret_operands, struct error *err);

#endif
