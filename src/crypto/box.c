/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libsodium's sealed boxes and its XChaCha20-Poly1305, with lengths as types.
 */
#include "crypto/box.h"

#include <sodium.h>

#include "crypto/random.h"

enum {
	NONCE_LEN = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG_LEN = crypto_aead_xchacha20poly1305_ietf_ABYTES,
};

_Static_assert(sizeof(struct box_key) == crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
               "a key of the cipher");
_Static_assert(sizeof(struct box_sealed_key) ==
                   sizeof(struct box_key) + crypto_box_SEALBYTES,
               "a sealed key");
_Static_assert(BOX_OVERHEAD == NONCE_LEN + TAG_LEN, "what a box adds");

void box_key_new(struct box_key *ret_key)
{
	random_bytes(ret_key->bytes, sizeof ret_key->bytes);
}

enum status box_key_seal(const struct box_key *key, const struct x25519_public *reader,
                         struct box_sealed_key *ret_sealed, struct error *err)
{
	if (crypto_box_seal(ret_sealed->bytes, key->bytes, sizeof key->bytes,
	                    reader->bytes) != 0)
		return error_set(err, STATUS_UNTRUSTED,
		                 "the box key of its card is not one to seal to");
	return STATUS_OK;
}

enum status box_key_open(const struct box_sealed_key *sealed,
                         const struct ed25519_seed *box_seed, struct box_key *ret_key,
                         struct error *err)
{
	struct x25519_public public = x25519_public_of(box_seed);

	if (crypto_box_seal_open(ret_key->bytes, sealed->bytes, sizeof sealed->bytes,
	                         public.bytes, box_seed->bytes) != 0)
		return error_set(err, STATUS_UNTRUSTED,
		                 "it is not sealed to the box key of this desk");
	return STATUS_OK;
}

void box_append(struct buf *out, const struct box_key *key, struct view about,
                struct view content)
{
	uint8_t *box = buf_extend(out, content.len + BOX_OVERHEAD);

	if (box == NULL)
		return;
	random_bytes(box, NONCE_LEN);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(
	    box + NONCE_LEN, NULL, content.data, content.len, about.data, about.len, NULL,
	    box, key->bytes);
}

enum status box_open(struct view box, const struct box_key *key, struct view about,
                     struct buf *ret_content, struct error *err)
{
	size_t before = ret_content->len;
	uint8_t *content;

	if (box.len < BOX_OVERHEAD)
		return error_set(err, STATUS_UNTRUSTED, "the box is cut short");
	content = buf_extend(ret_content, box.len - BOX_OVERHEAD);
	if (content == NULL && box.len > BOX_OVERHEAD)
		return buf_check(ret_content, "the content", err);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(
	        content, NULL, NULL, box.data + NONCE_LEN, box.len - NONCE_LEN,
	        about.data, about.len, box.data, key->bytes) == 0)
		return STATUS_OK;
	ret_content->len = before;
	return error_set(err, STATUS_UNTRUSTED,
	                 "the box was changed after it was closed");
}
