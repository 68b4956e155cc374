/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does a client take what this server speaks? Source: TAXII 2.1, 1.6.8; RFC 9110, 12.5.1.
 */
#ifndef ALDIS_TAXII_ACCEPT_H
#define ALDIS_TAXII_ACCEPT_H

#include "base/view.h"

#define TAXII_MEDIA_TYPE "application/taxii+json;version=2.1"
#define TAXII_STIX_MEDIA_TYPE "application/stix+json;version=2.1"

/* The value of Accept, or NULL. TAXII demands one; the media type, with this version or
 * none, or a range that holds it. */
bool taxii_accept_allows(const char *accept);

#endif
