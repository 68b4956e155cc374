/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every option that decides who is spoken to is set here, also where libcurl's own choice
 * would do: that may change, and the environment is not asked.
 */
#include "link/client_handle.h"

#include <assert.h>

#include "base/cleanup.h"

enum { PINS_MAX = 256 };

static void set_pem(CURL *easy, CURLoption option, struct view pem)
{
	struct curl_blob blob = {
	    .data = (void *)pem.data, .len = pem.len, .flags = CURL_BLOB_NOCOPY};

	(void)curl_easy_setopt(easy, option, &blob);
}

static void set_trust(CURL *easy, const struct link_client_options *options,
                      const struct link_peer *peer)
{
	const struct link_tls_identity *identity = options->identity;
	CLEANUP_BUF struct buf pins = BUF_INIT(PINS_MAX);

	for (size_t i = 0; i < peer->key_count; i++) {
		buf_append_string(&pins, i > 0 ? ";" : "");
		link_tls_append_pin(&peer->keys[i], &pins);
	}
	buf_append_byte(&pins, '\0');
	assert(pins.failed == STATUS_OK);
	(void)curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, (const char *)pins.data);
	/* Chains, names and dates mean nothing here; the pin is enforced all the same. */
	(void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	(void)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	(void)curl_easy_setopt(easy, CURLOPT_SSLVERSION,
	                       (long)CURL_SSLVERSION_TLSv1_3 |
	                           CURL_SSLVERSION_MAX_TLSv1_3);
	(void)curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_SSLCERTTYPE, "PEM");
	(void)curl_easy_setopt(easy, CURLOPT_SSLKEYTYPE, "PEM");
	set_pem(easy, CURLOPT_SSLCERT_BLOB, link_tls_identity_certificate_pem(identity));
	set_pem(easy, CURLOPT_SSLKEY_BLOB, link_tls_identity_key_pem(identity));
}

static void set_public_trust(CURL *easy, const struct link_client_options *options)
{
	(void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	if (options->ca_file != NULL)
		(void)curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca_file);
	(void)curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	(void)curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	(void)curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
}

static void set_way(CURL *easy, const struct link_client_options *options,
                    const char *protocols, const char *proxy)
{
	(void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols);
	(void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	/* Always set, so that the environment is not asked. */
	(void)curl_easy_setopt(easy, CURLOPT_PROXY, proxy);
	(void)curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
	(void)curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
	                       (long)options->connect_ms);
	(void)curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)options->idle_s);
}

CURL *client_handle_new(const struct link_client_options *options,
                        const struct link_peer *peer)
{
	CURL *easy = curl_easy_init();

	if (easy == NULL)
		return NULL;
	set_way(easy, options, "https", peer->proxy);
	set_trust(easy, options, peer);
	return easy;
}

CURL *client_handle_new_public(const struct link_client_options *options)
{
	CURL *easy = curl_easy_init();

	if (easy == NULL)
		return NULL;
	set_way(easy, options, "http,https",
	        options->public_proxy != NULL ? options->public_proxy : "");
	set_public_trust(easy, options);
	return easy;
}
