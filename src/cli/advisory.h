/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the CSAF advisories attached to a message say of themselves.
 */
#ifndef ALDIS_CLI_ADVISORY_H
#define ALDIS_CLI_ADVISORY_H

#include "codec/json.h"

/* Prints a line for each attachment that is CSAF: its tracking id, TLP and title, or
 * which rule of the schema it breaks. message: as the API tells it. */
void advisory_print_all(const struct json_doc *doc, const struct json_token *message);

#endif
