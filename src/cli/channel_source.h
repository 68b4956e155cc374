/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A channel of the running desk as a source to read from: its papers, its logs, and
 * everything that the desk serves of them. For exports and releases.
 */
#ifndef ALDIS_CLI_CHANNEL_SOURCE_H
#define ALDIS_CLI_CHANNEL_SOURCE_H

#include "bundle/export.h"
#include "cli/cli.h"

struct channel_source;

/* Asks the desk for the channel's papers. The link key is read too. */
MUST_USE enum status channel_source_open(const struct cli *cli, const char *channel,
                                         struct channel_source **ret_source,
                                         struct error *err);
/* Borrowed, dated now. */
const struct bundle_export_source *
channel_source_view(const struct channel_source *source);
void channel_source_close(struct channel_source *source);

#endif
