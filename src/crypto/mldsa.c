/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ML-DSA-44 looked up by name at run time, so that one build works with an OpenSSL that
 * lacks it. OpenSSL's own error queue is left as it was found.
 */
#include "crypto/mldsa.h"

#include <assert.h>
#include <openssl/err.h>
#include <openssl/evp.h>

static const char algorithm[] = "ML-DSA-44";

bool mldsa44_is_available(void)
{
	EVP_SIGNATURE *found;

	(void)ERR_set_mark();
	found = EVP_SIGNATURE_fetch(NULL, algorithm, NULL);
	EVP_SIGNATURE_free(found);
	(void)ERR_pop_to_mark();
	return found != NULL;
}

/* The one-shot digest call with no digest signs the message itself: pure ML-DSA, and the
 * context string is empty unless set. */
static bool is_good(struct view public_key, struct view message, struct view signature)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key_ex(NULL, algorithm, NULL,
	                                               public_key.data, public_key.len);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good =
	    key != NULL && context != NULL &&
	    EVP_DigestVerifyInit_ex(context, NULL, NULL, NULL, NULL, key, NULL) == 1 &&
	    EVP_DigestVerify(context, signature.data, signature.len, message.data,
	                     message.len) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return good;
}

enum status mldsa44_verify(struct view public_key, struct view message,
                           struct view signature, struct error *err)
{
	bool good;

	assert(public_key.len == MLDSA44_PUBLIC_LEN);
	assert(signature.len == MLDSA44_SIGNATURE_LEN);
	if (!mldsa44_is_available())
		return error_set(err, STATUS_NOT_FOUND,
		                 "this OpenSSL does not have %s, so the signature can't "
		                 "be checked here",
		                 algorithm);
	(void)ERR_set_mark();
	good = is_good(public_key, message, signature);
	(void)ERR_pop_to_mark();
	if (!good)
		return error_set(err, STATUS_UNTRUSTED, "the %s signature is wrong",
		                 algorithm);
	return STATUS_OK;
}
