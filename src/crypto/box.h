/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Content that one desk alone can read: encrypted under a key made for it
 * (XChaCha20-Poly1305), the key sealed to the reader's box key (libsodium's
 * crypto_box_seal). So whoever holds the box key opens 80 bytes, however much follows.
 * Nothing here says who sealed it.
 */
#ifndef ALDIS_CRYPTO_BOX_H
#define ALDIS_CRYPTO_BOX_H

#include "base/buf.h"
#include "crypto/keyfile.h"

struct box_key { /* of one content; wipe it */
	uint8_t bytes[32];
};

struct box_sealed_key {
	uint8_t bytes[80];
};

enum { BOX_OVERHEAD = 24 + 16 }; /* nonce in front, tag behind */

void box_key_new(struct box_key *ret_key);
/* UNTRUSTED: that public key is none to seal to. */
MUST_USE enum status box_key_seal(const struct box_key *key,
                                  const struct x25519_public *reader,
                                  struct box_sealed_key *ret_sealed, struct error *err);
/* UNTRUSTED: sealed to another key, or damaged. */
MUST_USE enum status box_key_open(const struct box_sealed_key *sealed,
                                  const struct ed25519_seed *box_seed,
                                  struct box_key *ret_key, struct error *err);

/* Appends nonce, encrypted content and tag; `about` is bound to it and not part of it. A
 * key is for one content. */
void box_append(struct buf *out, const struct box_key *key, struct view about,
                struct view content);
/* Appends the content. UNTRUSTED when anything of it, or `about`, is another one. */
MUST_USE enum status box_open(struct view box, const struct box_key *key,
                              struct view about, struct buf *ret_content,
                              struct error *err);

#endif
