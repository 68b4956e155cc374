/* SPDX-License-Identifier: Apache-2.0 */
#include "link/tls_identity.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "codec/base64.h"
#include "crypto/hash.h"
#include "link/test_link.h"

static X509 *certificate_of(const struct link_tls_identity *identity)
{
	struct view pem = link_tls_identity_certificate_pem(identity);
	BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	BIO_free(bio);
	assert_non_null(certificate);
	return certificate;
}

static void the_certificate_is_self_signed_and_never_ends(void **state)
{
	struct link_tls_identity *identity = identity_of(NORTH_KEY);
	X509 *certificate = certificate_of(identity);
	struct tm end;

	assert_int_equal(X509_verify(certificate, X509_get0_pubkey(certificate)), 1);
	assert_int_equal(ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end), 1);
	assert_int_equal(end.tm_year + 1900, 9999);
	assert_int_equal(end.tm_mon, 11);
	assert_int_equal(end.tm_mday, 31);
	X509_free(certificate);
	link_tls_identity_free(identity);
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
	struct link_tls_identity *a = identity_of(NORTH_KEY);
	struct link_tls_identity *b = identity_of(NORTH_KEY);
	struct link_tls_identity *c = identity_of(SOUTH_KEY);

	assert_true(view_equal(link_tls_identity_certificate_pem(a),
	                       link_tls_identity_certificate_pem(b)));
	assert_false(view_equal(link_tls_identity_certificate_pem(a),
	                        link_tls_identity_certificate_pem(c)));
	assert_true(view_has_prefix(link_tls_identity_key_pem(a),
	                            view_of_string("-----BEGIN PRIVATE KEY-----\n")));
	link_tls_identity_free(a);
	link_tls_identity_free(b);
	link_tls_identity_free(c);
}

static void the_public_key_is_that_of_the_seed(void **state)
{
	struct link_tls_identity *identity = identity_of(NORTH_KEY);
	struct ed25519_public key = link_tls_identity_key(identity);
	struct ed25519_public expected;
	struct ed25519_secret *secret = NULL;
	struct ed25519_seed seed;

	assert_int_equal(crypto_init(NULL), STATUS_OK);
	memset(seed.bytes, NORTH_KEY, sizeof seed.bytes);
	assert_int_equal(ed25519_secret_new(&seed, &secret, NULL), STATUS_OK);
	expected = ed25519_secret_public(secret);
	assert_memory_equal(key.bytes, expected.bytes, sizeof key.bytes);
	ed25519_secret_free(secret);
	link_tls_identity_free(identity);
}

static void the_pin_is_the_digest_of_the_certificates_key(void **state)
{
	struct link_tls_identity *identity = identity_of(NORTH_KEY);
	struct ed25519_public key = link_tls_identity_key(identity);
	X509 *certificate = certificate_of(identity);
	CLEANUP_BUF struct buf pin = BUF_INIT(100);
	CLEANUP_BUF struct buf expected = BUF_INIT(100);
	unsigned char *der = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
	struct hash digest = sha256(view_of(der, (size_t)len));

	buf_append_string(&expected, "sha256//");
	base64_append(&expected, hash_view(&digest));
	link_tls_append_pin(&key, &pin);
	assert_true(view_equal(buf_view(&pin), buf_view(&expected)));
	OPENSSL_free(der);
	X509_free(certificate);
	link_tls_identity_free(identity);
}

struct watcher {
	struct ed25519_public seen;
	bool answer, was_asked;
};

static bool watch_key(void *context, SSL *ssl, const struct ed25519_public *key)
{
	struct watcher *watcher = context;

	watcher->was_asked = true;
	if (key != NULL)
		watcher->seen = *key;
	return watcher->answer;
}

/* A handshake in memory; returns whether both ends were done, and the server's SSL. */
static bool shake(SSL *client, SSL *server)
{
	BIO *a, *b;

	assert_int_equal(BIO_new_bio_pair(&a, 0, &b, 0), 1);
	SSL_set_bio(client, a, a);
	SSL_set_bio(server, b, b);
	SSL_set_connect_state(client);
	SSL_set_accept_state(server);
	for (int i = 0; i < 10; i++) {
		(void)SSL_do_handshake(client);
		(void)SSL_do_handshake(server);
	}
	return SSL_is_init_finished(client) && SSL_is_init_finished(server);
}

static void both_ends_ask_for_and_see_the_others_key(void **state)
{
	struct link_tls_identity *north = identity_of(NORTH_KEY);
	struct link_tls_identity *south = identity_of(SOUTH_KEY);

	for (int refuses = 0; refuses < 3; refuses++) {
		struct watcher at_server = {.answer = refuses != 1};
		struct watcher at_client = {.answer = refuses != 2};
		struct link_tls_trust server_trust = {watch_key, &at_server};
		struct link_tls_trust client_trust = {watch_key, &at_client};
		struct ed25519_public key, expected = link_tls_identity_key(south);
		SSL_CTX *server_tls = NULL, *client_tls = NULL;
		SSL *server, *client;

		assert_int_equal(
		    link_tls_server_context(north, &server_trust, &server_tls, NULL),
		    STATUS_OK);
		assert_int_equal(
		    link_tls_client_context(south, &client_trust, &client_tls, NULL),
		    STATUS_OK);
		server = SSL_new(server_tls);
		client = SSL_new(client_tls);
		assert_int_equal(shake(client, server), refuses == 0);
		assert_true(at_client.was_asked);
		if (refuses == 0) {
			assert_memory_equal(at_server.seen.bytes, expected.bytes, 32);
			assert_true(link_tls_peer_key(server, &key));
			assert_memory_equal(key.bytes, expected.bytes, 32);
			assert_int_equal(SSL_version(server), TLS1_3_VERSION);
		}
		SSL_free(server);
		SSL_free(client);
		SSL_CTX_free(server_tls);
		SSL_CTX_free(client_tls);
	}
	link_tls_identity_free(north);
	link_tls_identity_free(south);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_certificate_is_self_signed_and_never_ends),
	    cmocka_unit_test(the_same_seed_gives_the_same_bytes),
	    cmocka_unit_test(the_public_key_is_that_of_the_seed),
	    cmocka_unit_test(the_pin_is_the_digest_of_the_certificates_key),
	    cmocka_unit_test(both_ends_ask_for_and_see_the_others_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
