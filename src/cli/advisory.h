/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the CSAF advisories attached to a message say of themselves.
 */
#ifndef ALDIS_CLI_ADVISORY_H
#define ALDIS_CLI_ADVISORY_H

#include "cli/api_client.h"

/* Prints a line for each attachment that is CSAF: its tracking id, TLP and title, or
 * which rule of the schema it breaks. message: as the API tells it; path: that of the
 * message, without NUL. Attachments that are not here or are larger than 4 MiB are passed
 * over. */
MUST_USE enum status advisory_print_all(struct api_client *client, struct view path,
                                        const struct json_doc *doc,
                                        const struct json_token *message,
                                        struct error *err);

#endif
