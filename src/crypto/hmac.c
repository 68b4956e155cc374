/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one-shot calls. One that fails is a broken installation: nothing can go on.
 */
#include "crypto/hmac.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

static void hmac(const EVP_MD *digest, struct view key, struct view data,
                 uint8_t *ret_mac, size_t mac_len)
{
	static const uint8_t nothing[1];
	unsigned len = (unsigned)mac_len;
	const uint8_t *done =
	    HMAC(digest, key.len > 0 ? key.data : nothing, (int)key.len,
	         data.len > 0 ? data.data : nothing, data.len, ret_mac, &len);

	assert(done != NULL && len == mac_len);
}

void hmac_sha1(struct view key, struct view data, uint8_t ret_mac[HMAC_SHA1_LEN])
{
	hmac(EVP_sha1(), key, data, ret_mac, HMAC_SHA1_LEN);
}

struct hash hmac_sha256(struct view key, struct view data)
{
	struct hash mac;

	hmac(EVP_sha256(), key, data, mac.bytes, sizeof mac.bytes);
	return mac;
}
