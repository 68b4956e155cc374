/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis export CHANNEL --format: the messages of a channel in a format that other tools
 * read.
 */
#ifndef ALDIS_CLI_EXPORT_FORMAT_H
#define ALDIS_CLI_EXPORT_FORMAT_H

#include "cli/cli.h"
#include "formats/report.h"

struct export_format {
	const char *channel, *format;
	const char *out_path;    /* or NULL: standard output */
	const char *report_path; /* where to write what is not mapped, or NULL */
};

/* The command's exit status. */
int export_format(struct cli *cli, const struct export_format *call);

/* Says what could not be mapped: as JSON to the file when report_path is not NULL, and in
 * a line for each sort of thing to standard error. */
MUST_USE enum status export_format_report(const struct formats_report *report,
                                          const char *report_path, struct error *err);

#endif
