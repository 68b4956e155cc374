/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256, from OpenSSL, through one fetched digest per thread (three times as fast for
 * short input as the one-shot call).
 */
#ifndef ALDIS_CRYPTO_HASH_H
#define ALDIS_CRYPTO_HASH_H

#include "base/view.h"

struct hash {
	uint8_t bytes[32];
};

struct hash sha256(struct view data);
/* Hash of the two parts behind one another; of the parts behind a one-byte prefix. */
struct hash sha256_2(struct view first, struct view second);
struct hash sha256_prefixed(uint8_t prefix, struct view first, struct view second);

/* Streaming, for what does not fit in memory. Start with sha256_open. */
struct sha256_stream {
	void *context;
};
struct sha256_stream sha256_open(void);
void sha256_update(struct sha256_stream *stream, struct view data);
/* Ends and frees the stream. */
struct hash sha256_close(struct sha256_stream *stream);

static inline bool hash_equal(const struct hash *a, const struct hash *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static inline struct view hash_view(const struct hash *hash)
{
	return view_of(hash->bytes, sizeof hash->bytes);
}

enum { HASH_HEX_LEN = 64 };
void hash_hex(const struct hash *hash, char ret_hex[HASH_HEX_LEN + 1]);

#endif
