/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In TLS 1.3 a client is done before the server has judged its key, so a refused key
 * shows only as a connection that ends before the first byte of an answer, with an alert
 * if that was not lost on the way.
 */
#include "link/client_outcome.h"

#include <string.h>

static bool was_connected(const struct client_attempt *attempt)
{
	curl_off_t until = 0;

	(void)curl_easy_getinfo(attempt->easy, CURLINFO_APPCONNECT_TIME_T, &until);
	return until > 0;
}

static bool is_first_on_connection(const struct client_attempt *attempt)
{
	long connects = 0;

	(void)curl_easy_getinfo(attempt->easy, CURLINFO_NUM_CONNECTS, &connects);
	return connects > 0;
}

static bool has_answer_begun(const struct client_attempt *attempt)
{
	long status = 0;

	(void)curl_easy_getinfo(attempt->easy, CURLINFO_RESPONSE_CODE, &status);
	return status != 0;
}

static enum status unreachable(const struct client_attempt *attempt, struct error *err)
{
	long number = 0;
	const char *by_proxy = attempt->proxy[0] != '\0' ? " through the proxy" : "";

	(void)curl_easy_getinfo(attempt->easy, CURLINFO_OS_ERRNO, &number);
	if (number == 0)
		return error_set(err, STATUS_CLOSED, "%s can't be reached at %s%s",
		                 attempt->peer, attempt->url, by_proxy);
	return error_set(err, STATUS_CLOSED, "%s can't be reached at %s%s: %s",
	                 attempt->peer, attempt->url, by_proxy, strerror((int)number));
}

static enum status timed_out(const struct client_attempt *attempt, struct error *err)
{
	if (!was_connected(attempt) && is_first_on_connection(attempt))
		return error_set(err, STATUS_CLOSED,
		                 "%s can't be reached at %s: no connection in time",
		                 attempt->peer, attempt->url);
	if (!was_connected(attempt))
		return unreachable(attempt, err);
	return error_set(err, STATUS_AGAIN, "%s did not answer within %u seconds",
	                 attempt->peer, (attempt->total_ms + 999) / 1000);
}

/* The connection ended before TLS was up. */
static enum status never_up(const struct client_attempt *attempt, struct error *err)
{
	long proxy_status = 0;

	(void)curl_easy_getinfo(attempt->easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
	if (proxy_status != 0 && proxy_status / 100 != 2)
		return error_set(err, STATUS_CLOSED,
		                 "%s can't be reached: the proxy refuses the way to %s "
		                 "(status %ld)",
		                 attempt->peer, attempt->url, proxy_status);
	return error_set(
	    err, STATUS_CLOSED,
	    "no TLS 1.3 connection to %s came about at %s: something else may "
	    "be listening there",
	    attempt->peer, attempt->url);
}

static enum status cut_off(const struct client_attempt *attempt, struct error *err)
{
	if (strstr(attempt->details, "alert") != NULL)
		return error_set(
		    err, STATUS_UNTRUSTED,
		    "%s at %s refused our link key: perhaps they do not have it "
		    "yet, or no longer",
		    attempt->peer, attempt->url);
	if (!was_connected(attempt) && is_first_on_connection(attempt))
		return never_up(attempt, err);
	if (has_answer_begun(attempt) || !is_first_on_connection(attempt))
		return error_set(
		    err, STATUS_CLOSED,
		    "the connection to %s was cut before its answer was whole",
		    attempt->peer);
	return error_set(
	    err, STATUS_CLOSED,
	    "connected to %s at %s, then closed by them: perhaps they do not "
	    "have our link key",
	    attempt->peer, attempt->url);
}

/* Of a public server: what differs from a peer, which is known by its key. */
static enum status public_outcome(const struct client_attempt *attempt, struct error *err)
{
	switch (attempt->code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
		return error_set(err, STATUS_UNTRUSTED,
		                 "nobody whom this system trusts vouches for the "
		                 "certificate shown at %s",
		                 attempt->url);
	case CURLE_SSL_CONNECT_ERROR:
		return error_set(err, STATUS_CLOSED, "no TLS connection came about at %s",
		                 attempt->url);
	case CURLE_OPERATION_TIMEDOUT:
		return error_set(
		    err, STATUS_AGAIN, "%s at %s did not answer within %u seconds",
		    attempt->peer, attempt->url, (attempt->total_ms + 999) / 1000);
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
		return error_set(
		    err, STATUS_CLOSED,
		    "the connection to %s was cut before an answer was whole",
		    attempt->url);
	default:
		return error_set(err, STATUS_MALFORMED,
		                 "%s at %s does not answer as a web server does (%s)",
		                 attempt->peer, attempt->url,
		                 curl_easy_strerror(attempt->code));
	}
}

/* Is it a failure that a peer and a public server have in common? */
static bool is_common(CURLcode code)
{
	return code == CURLE_OK || code == CURLE_COULDNT_CONNECT ||
	       code == CURLE_COULDNT_RESOLVE_HOST ||
	       code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_PROXY ||
	       code == CURLE_OUT_OF_MEMORY || code == CURLE_WRITE_ERROR ||
	       code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
}

enum status client_outcome(const struct client_attempt *attempt, struct error *err)
{
	if (attempt->is_too_long || attempt->code == CURLE_FILESIZE_EXCEEDED)
		return error_set(err, STATUS_LIMIT,
		                 "%s sent more than the %zu bytes an answer may have",
		                 attempt->peer, attempt->answer_max);
	if (attempt->is_public && !is_common(attempt->code))
		return public_outcome(attempt, err);
	switch (attempt->code) {
	case CURLE_OK:
		return STATUS_OK;
	case CURLE_COULDNT_CONNECT:
		return unreachable(attempt, err);
	case CURLE_COULDNT_RESOLVE_HOST:
		return error_set(err, STATUS_CLOSED,
		                 "%s can't be reached: the name in %s is not known here",
		                 attempt->peer, attempt->url);
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_PROXY:
		return error_set(err, STATUS_CLOSED,
		                 "%s can't be reached: the proxy for it does not let us "
		                 "through, or is not there",
		                 attempt->peer);
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
		return error_set(
		    err, STATUS_UNTRUSTED,
		    "what answers at %s is not %s: it shows another link key; "
		    "nothing was sent to it",
		    attempt->url, attempt->peer);
	case CURLE_OPERATION_TIMEDOUT:
		return timed_out(attempt, err);
	case CURLE_SSL_CONNECT_ERROR:
		return never_up(attempt, err);
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
		return cut_off(attempt, err);
	case CURLE_OUT_OF_MEMORY:
		return error_set(err, STATUS_NO_MEMORY, "no memory for a request to %s",
		                 attempt->peer);
	case CURLE_WRITE_ERROR:
		return error_set(err, STATUS_NO_MEMORY, "no memory for the answer of %s",
		                 attempt->peer);
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return error_set(err, STATUS_CLOSED,
		                 "%s is no URL that %s can be reached at", attempt->url,
		                 attempt->peer);
	default:
		return error_set(
		    err, STATUS_MALFORMED, "%s at %s does not answer as a desk does (%s)",
		    attempt->peer, attempt->url, curl_easy_strerror(attempt->code));
	}
}

bool client_may_try_next(const struct client_attempt *attempt)
{
	switch (attempt->code) {
	case CURLE_COULDNT_CONNECT:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_PROXY:
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return true;
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_GOT_NOTHING:
	case CURLE_OPERATION_TIMEDOUT:
		return !was_connected(attempt) && is_first_on_connection(attempt);
	default:
		return false;
	}
}
