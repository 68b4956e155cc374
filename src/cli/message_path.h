/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API's path of a message, from what is typed: a channel and "north.example#12".
 */
#ifndef ALDIS_CLI_MESSAGE_PATH_H
#define ALDIS_CLI_MESSAGE_PATH_H

#include "base/buf.h"

/* Appends "/api/channels/C/messages/north.example/12", without NUL. */
MUST_USE enum status message_path_append(struct buf *path, const char *channel,
                                         const char *id, struct error *err);

#endif
