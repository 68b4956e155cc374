/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Internal to the HTTP client: libcurl handles set up for one peer and none else, or for
 * public servers, which are never shown our link key. Source: aldis.md 8.6.
 */
#ifndef ALDIS_LINK_CLIENT_HANDLE_H
#define ALDIS_LINK_CLIENT_HANDLE_H

#include <curl/curl.h>

#include "link/http_client.h"

/* A handle that trusts this peer's keys alone, shows ours and goes its way; NULL without
 * memory. It borrows the identity. The caller cleans it up. */
CURL *client_handle_new(const struct link_client_options *options,
                        const struct link_peer *peer);

/* A handle for a public server over http or https: it trusts the system's CAs (or those
 * of the options), shows no certificate and goes the options' way; NULL without memory.
 */
CURL *client_handle_new_public(const struct link_client_options *options);

#endif
