/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenSSL reads the files; what it says of a failure is for programmers and left out.
 */
#include "link/tls_public.h"

#include <openssl/err.h>

/* A key with a passphrase: nobody is there to be asked. */
static int no_passphrase(char *ret_text, int cap, int is_writing, void *context)
{
	return -1;
}

static enum status read_files(SSL_CTX *tls, const char *certificate_path,
                              const char *key_path, struct error *err)
{
	SSL_CTX_set_default_passwd_cb(tls, no_passphrase);
	if (SSL_CTX_use_certificate_chain_file(tls, certificate_path) != 1)
		return error_set(err, STATUS_SYSTEM, "there is no PEM certificate in %s",
		                 certificate_path);
	if (SSL_CTX_use_PrivateKey_file(tls, key_path, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_check_private_key(tls) != 1)
		return error_set(err, STATUS_SYSTEM,
		                 "there is no PEM key without a passphrase in %s, or it "
		                 "is not that of the certificate",
		                 key_path);
	return STATUS_OK;
}

enum status link_tls_public_context(const char *certificate_path, const char *key_path,
                                    SSL_CTX **ret_context, struct error *err)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
	enum status status;

	if (tls == NULL || SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) != 1) {
		SSL_CTX_free(tls);
		return error_set(err, STATUS_NO_MEMORY, "TLS does not start");
	}
	SSL_CTX_set_options(tls, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
	                             SSL_OP_NO_TICKET);
	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
	status = read_files(tls, certificate_path, key_path, err);
	ERR_clear_error();
	if (status == STATUS_OK)
		*ret_context = tls;
	else
		SSL_CTX_free(tls);
	return status;
}
