/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS as the web has it: a certificate that others signed, shown to clients that need
 * none. For doors that are open to everybody; peers know each other by link keys
 * (tls_identity.h).
 */
#ifndef ALDIS_LINK_TLS_PUBLIC_H
#define ALDIS_LINK_TLS_PUBLIC_H

#include <openssl/ssl.h>

#include "base/status.h"

/* From two PEM files: the certificate with those that lead to its root behind it, and its
 * key without a passphrase. TLS 1.2 or 1.3. SYSTEM: they can't be read, or the key is of
 * another certificate. The caller frees with SSL_CTX_free. */
MUST_USE enum status link_tls_public_context(const char *certificate_path,
                                             const char *key_path, SSL_CTX **ret_context,
                                             struct error *err);

#endif
