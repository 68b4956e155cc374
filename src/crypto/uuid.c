/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UUIDs from names. A digest that fails is a broken installation: nothing can go on.
 */
#include "crypto/uuid.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdio.h>

struct uuid uuid_v5(const struct uuid *name_space, struct view name)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	struct uuid uuid;
	bool done;

	assert(context != NULL);
	done = EVP_DigestInit_ex(context, EVP_sha1(), NULL) == 1 &&
	       EVP_DigestUpdate(context, name_space->bytes, UUID_LEN) == 1 &&
	       EVP_DigestUpdate(context, name.data, name.len) == 1 &&
	       EVP_DigestFinal_ex(context, digest, NULL) == 1;
	assert(done);
	EVP_MD_CTX_free(context);
	memcpy(uuid.bytes, digest, UUID_LEN);
	uuid.bytes[6] = (uint8_t)((uuid.bytes[6] & 0x0f) | 0x50);
	uuid.bytes[8] = (uint8_t)((uuid.bytes[8] & 0x3f) | 0x80);
	return uuid;
}

void uuid_encode(const struct uuid *uuid, char ret_text[UUID_TEXT_LEN + 1])
{
	const uint8_t *b = uuid->bytes;

	snprintf(ret_text, UUID_TEXT_LEN + 1,
	         "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
	         b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
	         b[12], b[13], b[14], b[15]);
}
