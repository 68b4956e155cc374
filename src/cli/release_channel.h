/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record of a channel of the running desk, and a manifest that was drafted from it:
 * what every part of `aldis release` works on.
 */
#ifndef ALDIS_CLI_RELEASE_CHANNEL_H
#define ALDIS_CLI_RELEASE_CHANNEL_H

#include "cli/channel_source.h"
#include "release/manifest.h"
#include "release/record.h"

/* Starts all-zero; release it. */
struct releasing {
	struct channel_source *source;
	struct release_record record;
	struct release_manifest manifest;
	struct buf text; /* of the manifest */
};
void releasing_release(struct releasing *releasing);

/* Reads the record of a channel from the desk. */
MUST_USE enum status releasing_open(const struct cli *cli, const char *channel,
                                    struct releasing *releasing, struct error *err);

/* Reads the text of a manifest: "south.example#4" names a request in the record,
 * anything else a file. */
MUST_USE enum status releasing_read_manifest(struct releasing *releasing,
                                             const char *what, struct error *err);

#endif
