/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What evhttp lets through and we don't. It takes the first of several equal headers, and
 * absolute URIs; and it leaves encodings to us.
 */
#include "link/http_request.h"

#include <event2/buffer.h>
#include <event2/keyvalq_struct.h>
#include <strings.h>
#include <sys/queue.h>

#include "link/gunzip.h"

enum { URI_MAX = 4096 };

/* evhttp takes the first of several; who disagrees about which one counts could be made
 * to disagree about where a body ends. */
static bool headers_are_plain(const struct evkeyvalq *headers)
{
	static const char *const single[] = {"Content-Length",
	                                     "Transfer-Encoding",
	                                     "Content-Encoding",
	                                     "Content-Type",
	                                     "Idempotency-Key",
	                                     "Host",
	                                     "Authorization",
	                                     "Cookie",
	                                     "Origin"};
	const struct evkeyval *header;

	for (size_t i = 0; i < sizeof single / sizeof single[0]; i++) {
		unsigned count = 0;

		TAILQ_FOREACH(header, headers, next)
		{
			count += strcasecmp(header->key, single[i]) == 0;
		}
		if (count > 1)
			return false;
	}
	if (evhttp_find_header(headers, "Transfer-Encoding") == NULL)
		return true;
	return evhttp_find_header(headers, "Content-Length") == NULL &&
	       strcasecmp(evhttp_find_header(headers, "Transfer-Encoding"), "chunked") ==
	           0;
}

static bool uri_is_plain(const char *uri)
{
	size_t len = strlen(uri);

	if (uri[0] != '/' || len > URI_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (uri[i] <= ' ' || uri[i] > '~')
			return false;
	return true;
}

int http_request_body(struct evhttp_request *req, size_t body_max, struct buf *plain,
                      struct view *ret_body)
{
	struct evbuffer *input = evhttp_request_get_input_buffer(req);
	size_t len = evbuffer_get_length(input);
	const char *encoding =
	    evhttp_find_header(evhttp_request_get_input_headers(req), "Content-Encoding");
	const uint8_t *data = len == 0 ? NULL : evbuffer_pullup(input, -1);
	enum status status;

	if (len > 0 && data == NULL)
		return 503;
	if (encoding == NULL || strcasecmp(encoding, "identity") == 0) {
		*ret_body = view_of(data, len);
		return 0;
	}
	if (strcasecmp(encoding, "gzip") != 0)
		return 415;
	plain->max = body_max;
	status = link_gunzip(view_of(data, len), plain, NULL);
	*ret_body = buf_view(plain);
	if (status == STATUS_OK)
		return 0;
	return status == STATUS_LIMIT ? 413 : status == STATUS_NO_MEMORY ? 503 : 400;
}

const char *http_request_title(int status)
{
	switch (status) {
	case 405:
		return "Only GET and POST are known here";
	case 413:
		return "The body is too large after gzip";
	case 415:
		return "Of encodings only gzip is known here";
	case 429:
		return "Too many requests at a time";
	case 503:
		return "No room for this request now";
	default:
		return "The request is not well formed";
	}
}

static enum link_method method_of(enum evhttp_cmd_type type)
{
	switch ((int)type) {
	case EVHTTP_REQ_GET:
	case EVHTTP_REQ_HEAD:
		return LINK_GET;
	case EVHTTP_REQ_POST:
		return LINK_POST;
	case EVHTTP_REQ_DELETE:
		return LINK_DELETE;
	default:
		return LINK_OTHER;
	}
}

static bool is_taken(enum evhttp_cmd_type type, const struct link_server_options *options)
{
	if (type == EVHTTP_REQ_HEAD)
		return options->has_head;
	return type == EVHTTP_REQ_GET || type == EVHTTP_REQ_POST ||
	       options->has_all_methods;
}

int http_request_check(struct evhttp_request *req,
                       const struct link_server_options *options,
                       enum link_method *ret_method)
{
	enum evhttp_cmd_type type = evhttp_request_get_command(req);

	*ret_method = method_of(type);
	if (!is_taken(type, options))
		return 405;
	if (!uri_is_plain(evhttp_request_get_uri(req)) ||
	    !headers_are_plain(evhttp_request_get_input_headers(req)))
		return 400;
	return 0;
}
