/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys and certificates through OpenSSL. The certificate is a function of the seed alone
 * (fixed serial, dates and subject, deterministic signature), so that a restart changes
 * nothing that a peer sees.
 */
#include "link/tls_identity.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "codec/base64.h"
#include "crypto/hash.h"
#include "crypto/random.h"

enum { PEM_MAX = 8192, PEER_CHAIN_MAX = 16 * 1024 };

struct link_tls_identity {
	EVP_PKEY *key;
	X509 *certificate;
	struct ed25519_public public;
	struct buf certificate_pem;
	struct buf key_pem;
};

static enum status tls_error(struct error *err, const char *what)
{
	const char *reason = ERR_reason_error_string(ERR_get_error());

	ERR_clear_error();
	return error_set(err, STATUS_SYSTEM, "%s: %s", what,
	                 reason != NULL ? reason : "OpenSSL gives no reason");
}

static enum status make_certificate(struct link_tls_identity *identity, struct error *err)
{
	X509 *x = identity->certificate = X509_new();
	X509_NAME *name;

	if (x == NULL)
		return tls_error(err, "no memory for the link certificate");
	name = X509_get_subject_name(x);
	if (X509_set_version(x, X509_VERSION_3) != 1 ||
	    ASN1_INTEGER_set(X509_get_serialNumber(x), 1) != 1 ||
	    ASN1_TIME_set_string_X509(X509_getm_notBefore(x), "20200101000000Z") != 1 ||
	    ASN1_TIME_set_string_X509(X509_getm_notAfter(x), "99991231235959Z") != 1 ||
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	                               (const unsigned char *)"aldis", -1, -1, 0) != 1 ||
	    X509_set_issuer_name(x, name) != 1 ||
	    X509_set_pubkey(x, identity->key) != 1 ||
	    X509_sign(x, identity->key, NULL) == 0)
		return tls_error(err, "the link certificate could not be made");
	return STATUS_OK;
}

static enum status drain(BIO *bio, struct buf *out, struct error *err)
{
	char *data;
	long len = BIO_get_mem_data(bio, &data);

	if (len > 0)
		buf_append(out, data, (size_t)len);
	return buf_check(out, "a link key as PEM", err);
}

static enum status write_pems(struct link_tls_identity *identity, struct error *err)
{
	BIO *certificate = BIO_new(BIO_s_mem());
	BIO *key = BIO_new(BIO_s_secmem()); /* wiped when freed */
	enum status status;

	if (certificate == NULL || key == NULL ||
	    PEM_write_bio_X509(certificate, identity->certificate) != 1 ||
	    PEM_write_bio_PrivateKey(key, identity->key, NULL, NULL, 0, NULL, NULL) != 1)
		status = tls_error(err, "the link key could not be written as PEM");
	else
		status = drain(certificate, &identity->certificate_pem, err);
	if (status == STATUS_OK)
		status = drain(key, &identity->key_pem, err);
	BIO_free(certificate);
	BIO_free(key);
	return status;
}

static enum status build(struct link_tls_identity *identity,
                         const struct ed25519_seed *seed, struct error *err)
{
	size_t len = sizeof identity->public.bytes;

	identity->key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed->bytes,
	                                             sizeof seed->bytes);
	if (identity->key == NULL ||
	    EVP_PKEY_get_raw_public_key(identity->key, identity->public.bytes, &len) != 1)
		return tls_error(err, "the link key could not be loaded");
	TRY(make_certificate(identity, err));
	return write_pems(identity, err);
}

enum status link_tls_identity_new(const struct ed25519_seed *seed,
                                  struct link_tls_identity **ret_identity,
                                  struct error *err)
{
	struct link_tls_identity *identity = calloc(1, sizeof *identity);
	enum status status;

	if (identity == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the link key");
	identity->certificate_pem = BUF_INIT(PEM_MAX);
	identity->key_pem = BUF_INIT(PEM_MAX);
	status = build(identity, seed, err);
	if (status != STATUS_OK) {
		link_tls_identity_free(identity);
		return status;
	}
	*ret_identity = identity;
	return STATUS_OK;
}

void link_tls_identity_free(struct link_tls_identity *identity)
{
	if (identity == NULL)
		return;
	EVP_PKEY_free(identity->key);
	X509_free(identity->certificate);
	buf_release(&identity->certificate_pem);
	if (identity->key_pem.data != NULL)
		crypto_wipe(identity->key_pem.data, identity->key_pem.cap);
	buf_release(&identity->key_pem);
	free(identity);
}

struct ed25519_public link_tls_identity_key(const struct link_tls_identity *identity)
{
	return identity->public;
}

struct view link_tls_identity_certificate_pem(const struct link_tls_identity *identity)
{
	return buf_view(&identity->certificate_pem);
}

struct view link_tls_identity_key_pem(const struct link_tls_identity *identity)
{
	return buf_view(&identity->key_pem);
}

static bool key_of(X509 *certificate, struct ed25519_public *ret_key)
{
	EVP_PKEY *key = certificate == NULL ? NULL : X509_get0_pubkey(certificate);
	size_t len = sizeof ret_key->bytes;

	return key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 &&
	       EVP_PKEY_get_raw_public_key(key, ret_key->bytes, &len) == 1 &&
	       len == sizeof ret_key->bytes;
}

bool link_tls_peer_key(const SSL *ssl, struct ed25519_public *ret_key)
{
	return key_of(SSL_get0_peer_certificate(ssl), ret_key);
}

/* Called by OpenSSL in place of its own judgement of the chain. */
static int judge(X509_STORE_CTX *store, void *context)
{
	const struct link_tls_trust *trust = context;
	SSL *ssl =
	    X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct ed25519_public key;
	bool has_key = key_of(X509_STORE_CTX_get0_cert(store), &key);

	if (trust->accept(trust->context, ssl, has_key ? &key : NULL) && has_key) {
		X509_STORE_CTX_set_error(store, X509_V_OK);
		return 1;
	}
	X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
	return 0;
}

static bool configure(SSL_CTX *tls, const struct link_tls_identity *identity)
{
	SSL_CTX_set_options(tls, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_max_cert_list(tls, PEER_CHAIN_MAX);
	return SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION) == 1 &&
	       SSL_CTX_set_max_proto_version(tls, TLS1_3_VERSION) == 1 &&
	       SSL_CTX_set_num_tickets(tls, 0) == 1 &&
	       SSL_CTX_set_max_early_data(tls, 0) == 1 &&
	       SSL_CTX_set1_sigalgs_list(tls, "ed25519") == 1 &&
	       SSL_CTX_use_certificate(tls, identity->certificate) == 1 &&
	       SSL_CTX_use_PrivateKey(tls, identity->key) == 1;
}

static enum status new_context(const SSL_METHOD *method, int verify_mode,
                               const struct link_tls_identity *identity,
                               const struct link_tls_trust *trust, SSL_CTX **ret_context,
                               struct error *err)
{
	SSL_CTX *tls = SSL_CTX_new(method);

	if (tls == NULL || !configure(tls, identity)) {
		SSL_CTX_free(tls);
		return tls_error(err, "TLS could not be set up");
	}
	SSL_CTX_set_verify(tls, verify_mode, NULL);
	SSL_CTX_set_cert_verify_callback(tls, judge, (void *)trust);
	*ret_context = tls;
	return STATUS_OK;
}

enum status link_tls_server_context(const struct link_tls_identity *identity,
                                    const struct link_tls_trust *trust,
                                    SSL_CTX **ret_context, struct error *err)
{
	return new_context(TLS_server_method(),
	                   SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, identity,
	                   trust, ret_context, err);
}

enum status link_tls_client_context(const struct link_tls_identity *identity,
                                    const struct link_tls_trust *trust,
                                    SSL_CTX **ret_context, struct error *err)
{
	return new_context(TLS_client_method(), SSL_VERIFY_PEER, identity, trust,
	                   ret_context, err);
}

void link_tls_append_pin(const struct ed25519_public *key, struct buf *out)
{
	/* SubjectPublicKeyInfo of Ed25519, RFC 8410: this prefix, then the key. */
	static const uint8_t prefix[12] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
	                                   0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
	struct hash digest = sha256_2(view_of(prefix, sizeof prefix),
	                              view_of(key->bytes, sizeof key->bytes));

	buf_append_string(out, "sha256//");
	base64_append(out, hash_view(&digest));
}
