/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 through EVP. Fetching the digest and making a context cost more than hashing a
 * short input, so each thread keeps one of both; a thread that ends frees its own. A
 * digest that can't be had or does not run is a broken installation: nothing can go on.
 */
#include "crypto/hash.h"

#include <assert.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

struct thread_digest {
	EVP_MD *algorithm;
	EVP_MD_CTX *context;
};

static _Thread_local struct thread_digest *thread_digest;
static pthread_key_t thread_digest_key; /* only for its destructor */
static pthread_once_t thread_digest_once = PTHREAD_ONCE_INIT;

static void free_thread_digest(void *digest_of_thread)
{
	struct thread_digest *digest = digest_of_thread;

	EVP_MD_CTX_free(digest->context);
	EVP_MD_free(digest->algorithm);
	free(digest);
}

static void make_key(void)
{
	int failed = pthread_key_create(&thread_digest_key, free_thread_digest);

	assert(failed == 0);
}

static struct thread_digest *make_thread_digest(void)
{
	struct thread_digest *digest = calloc(1, sizeof *digest);
	int failed;

	assert(digest != NULL);
	digest->algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
	digest->context = EVP_MD_CTX_new();
	assert(digest->algorithm != NULL && digest->context != NULL);
	(void)pthread_once(&thread_digest_once, make_key);
	failed = pthread_setspecific(thread_digest_key, digest);
	assert(failed == 0);
	return digest;
}

static struct thread_digest *digest_of_thread(void)
{
	if (thread_digest == NULL)
		thread_digest = make_thread_digest();
	return thread_digest;
}

static void update(EVP_MD_CTX *context, struct view data)
{
	int done = EVP_DigestUpdate(context, data.data, data.len);

	assert(done == 1);
}

static struct hash finish(EVP_MD_CTX *context)
{
	struct hash hash;
	int done = EVP_DigestFinal_ex(context, hash.bytes, NULL);

	assert(done == 1);
	return hash;
}

static EVP_MD_CTX *start(void)
{
	struct thread_digest *digest = digest_of_thread();
	int done = EVP_DigestInit_ex2(digest->context, digest->algorithm, NULL);

	assert(done == 1);
	return digest->context;
}

struct hash sha256(struct view data)
{
	EVP_MD_CTX *context = start();

	update(context, data);
	return finish(context);
}

struct hash sha256_2(struct view first, struct view second)
{
	EVP_MD_CTX *context = start();

	update(context, first);
	update(context, second);
	return finish(context);
}

struct hash sha256_prefixed(uint8_t prefix, struct view first, struct view second)
{
	EVP_MD_CTX *context = start();

	update(context, view_of(&prefix, 1));
	update(context, first);
	update(context, second);
	return finish(context);
}

struct sha256_stream sha256_open(void)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	int done;

	assert(context != NULL);
	done = EVP_DigestInit_ex2(context, digest_of_thread()->algorithm, NULL);
	assert(done == 1);
	return (struct sha256_stream){.context = context};
}

void sha256_update(struct sha256_stream *stream, struct view data)
{
	update(stream->context, data);
}

struct hash sha256_close(struct sha256_stream *stream)
{
	struct hash hash = finish(stream->context);

	EVP_MD_CTX_free(stream->context);
	stream->context = NULL;
	return hash;
}

void hash_hex(const struct hash *hash, char ret_hex[HASH_HEX_LEN + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < sizeof hash->bytes; i++) {
		ret_hex[2 * i] = digits[hash->bytes[i] >> 4];
		ret_hex[2 * i + 1] = digits[hash->bytes[i] & 15];
	}
	ret_hex[HASH_HEX_LEN] = '\0';
}
