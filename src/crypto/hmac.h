/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HMAC (RFC 2104), from OpenSSL: with SHA-1 for one-time codes (RFC 6238), which are
 * specified so and for which its collisions do not matter; with SHA-256 for all else.
 */
#ifndef ALDIS_CRYPTO_HMAC_H
#define ALDIS_CRYPTO_HMAC_H

#include "crypto/hash.h"

enum { HMAC_SHA1_LEN = 20 };

void hmac_sha1(struct view key, struct view data, uint8_t ret_mac[HMAC_SHA1_LEN]);
struct hash hmac_sha256(struct view key, struct view data);

#endif
