/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who a desk is on the link: an Ed25519 key with a self-signed certificate that never
 * ends, and TLS contexts of the one kind the link speaks: TLS 1.3, both sides show a key,
 * no tickets, no session cache, no early data. Names, dates and chains of certificates
 * mean nothing here; only the leaf's public key does. Source: aldis.md 8.6.
 */
#ifndef ALDIS_LINK_TLS_IDENTITY_H
#define ALDIS_LINK_TLS_IDENTITY_H

#include <openssl/ssl.h>

#include "base/buf.h"
#include "crypto/ed25519.h"

struct link_tls_identity;

/* Makes key and certificate in memory; the same seed gives the same bytes. The caller
 * frees, after every context and client made of it. */
MUST_USE enum status link_tls_identity_new(const struct ed25519_seed *seed,
                                           struct link_tls_identity **ret_identity,
                                           struct error *err);
void link_tls_identity_free(struct link_tls_identity *identity);

struct ed25519_public link_tls_identity_key(const struct link_tls_identity *identity);
/* PEM, borrowed from the identity; the second one is secret. */
struct view link_tls_identity_certificate_pem(const struct link_tls_identity *identity);
struct view link_tls_identity_key_pem(const struct link_tls_identity *identity);

/* Asked in every handshake with the key that the other side's leaf shows (NULL when it is
 * no Ed25519 key): may the handshake go on? It replaces the building of chains. That the
 * other side holds the secret half is shown only when the handshake ends. */
struct link_tls_trust {
	bool (*accept)(void *context, SSL *ssl, const struct ed25519_public *key);
	void *context;
};

/* Contexts for the two ends; `trust` is borrowed for as long as they live. A server asks
 * for a certificate and refuses who has none. The caller frees with SSL_CTX_free. */
MUST_USE enum status link_tls_server_context(const struct link_tls_identity *identity,
                                             const struct link_tls_trust *trust,
                                             SSL_CTX **ret_context, struct error *err);
MUST_USE enum status link_tls_client_context(const struct link_tls_identity *identity,
                                             const struct link_tls_trust *trust,
                                             SSL_CTX **ret_context, struct error *err);

/* The Ed25519 key of the peer's leaf; false when it showed none. */
bool link_tls_peer_key(const SSL *ssl, struct ed25519_public *ret_key);

/* Appends the pin of a key as libcurl writes it: "sha256//" and the base64 digest of its
 * SubjectPublicKeyInfo. */
void link_tls_append_pin(const struct ed25519_public *key, struct buf *out);

#endif
