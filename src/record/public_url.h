/* SPDX-License-Identifier: Apache-2.0 */
/*
 * URLs of servers that are open to anybody, as charters name them for neutral witnesses.
 */
#ifndef ALDIS_RECORD_PUBLIC_URL_H
#define ALDIS_RECORD_PUBLIC_URL_H

#include <stdbool.h>

/* "http://…" or "https://…" of at most RECORD_URL_LEN_MAX printable bytes, to which a
 * path can be added: with a host, without user, query or fragment. */
bool record_public_url_check(const char *url);

#endif
