/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl over a Unix socket. Bodies from a file are sent as they are read, so that a
 * stream of any length needs no memory.
 */
#include "link/local_client.h"

#include <curl/curl.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/cleanup.h"

enum { CHUNK = 256 * 1024, CONNECT_MS = 5000, RETRY_AFTER_MAX_S = 3600 };

struct exchange {
	const struct link_local_request *request;
	struct link_local_answer *answer;
	CURL *easy;
	struct curl_slist *headers;
	char details[CURL_ERROR_SIZE];
	bool is_over;       /* the sink has enough */
	bool is_unreadable; /* body_file */
};

static void exchange_release(struct exchange *exchange)
{
	if (exchange->easy != NULL)
		curl_easy_cleanup(exchange->easy);
	curl_slist_free_all(exchange->headers);
}

/* Does the daemon close on us before we said a word? Then it is us whom it refuses. */
static bool is_turned_away(int fd)
{
	struct timeval wait = {.tv_sec = 1};
	char byte;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) != 0)
		return false;
	return recv(fd, &byte, 1, 0) == 0 || errno == ECONNRESET;
}

/* Why is there no answer? Asked again by hand, because libcurl does not tell. */
static enum status explain_silence(const char *path, struct error *err)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	CLEANUP_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool is_connected;

	(void)snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	if (fd < 0)
		return error_set_errno(err, "no socket");
	is_connected = connect(fd, (struct sockaddr *)&at, sizeof at) == 0;
	if (!is_connected && (errno == ENOENT || errno == ECONNREFUSED))
		return error_set(
		    err, STATUS_NOT_FOUND,
		    "the desk's daemon is not running (nothing listens at %s): "
		    "start aldisd",
		    path);
	if (is_connected ? is_turned_away(fd) : errno == EACCES || errno == EPERM)
		return error_set(
		    err, STATUS_UNTRUSTED,
		    "this user may not use the desk at %s: only its own user and "
		    "root may",
		    path);
	if (!is_connected)
		return error_set_errno(err, "can't connect to %s", path);
	return error_set(err, STATUS_CLOSED,
	                 "the daemon closed the connection without an answer; try again");
}

static enum status explain(const struct exchange *exchange, CURLcode code,
                           struct error *err)
{
	const char *path = exchange->request->socket_path;
	enum status failed = exchange->answer->body.failed;
	long status = 0;

	if (code == CURLE_OK || exchange->is_over)
		return STATUS_OK;
	if (exchange->is_unreadable)
		return error_set(err, STATUS_SYSTEM, "the body to send can't be read");
	(void)curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
	switch (code) {
	case CURLE_COULDNT_CONNECT:
		return explain_silence(path, err);
	case CURLE_OPERATION_TIMEDOUT:
		return error_set(err, STATUS_AGAIN, "the daemon did not answer in time");
	case CURLE_WRITE_ERROR:
		if (failed == STATUS_NO_MEMORY)
			return error_set(err, failed,
			                 "no memory for the daemon's answer");
		return error_set(err, STATUS_LIMIT, "the daemon's answer is too long");
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
		if (status == 0)
			return explain_silence(path, err);
		return error_set(err, STATUS_CLOSED,
		                 "the daemon went away in the middle of its answer");
	default:
		return error_set(err, STATUS_MALFORMED,
		                 "what listens at %s is no desk: %s", path,
		                 curl_easy_strerror(code));
	}
}

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
	struct exchange *exchange = context;
	const struct link_local_request *request = exchange->request;
	long status = 0;

	(void)curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
	if (request->sink != NULL && status / 100 == 2) {
		exchange->is_over =
		    !request->sink(request->sink_context, view_of(data, size * count));
		return exchange->is_over ? 0 : size * count;
	}
	buf_append(&exchange->answer->body, data, size * count);
	return exchange->answer->body.failed == STATUS_OK ? size * count : 0;
}

static size_t on_read(char *space, size_t size, size_t count, void *context)
{
	struct exchange *exchange = context;
	size_t len = fread(space, 1, size * count, exchange->request->body_file);

	if (len == 0 && ferror(exchange->request->body_file)) {
		exchange->is_unreadable = true;
		return CURL_READFUNC_ABORT;
	}
	return len;
}

/* A plain file has a length, anything else goes in chunks. */
static curl_off_t length_of(FILE *file)
{
	struct stat st;
	off_t at = ftello(file);

	if (fstat(fileno(file), &st) != 0 || !S_ISREG(st.st_mode) || at < 0 ||
	    at > st.st_size)
		return -1;
	return st.st_size - at;
}

static bool add_header(struct exchange *exchange, const char *name, const char *value)
{
	CLEANUP_FREE char *line = NULL;
	struct curl_slist *longer;

	if (asprintf(&line, "%s:%s%s", name, value[0] != '\0' ? " " : "", value) < 0) {
		line = NULL;
		return false;
	}
	longer = curl_slist_append(exchange->headers, line);
	if (longer != NULL)
		exchange->headers = longer;
	return longer != NULL;
}

static bool set_headers(struct exchange *exchange)
{
	const struct link_local_request *request = exchange->request;

	return add_header(exchange, "Expect", "") &&
	       add_header(exchange, "Content-Type",
	                  request->type != NULL ? request->type : "") &&
	       (request->idempotency_key == NULL ||
	        add_header(exchange, "Idempotency-Key", request->idempotency_key));
}

static void set_body(struct exchange *exchange)
{
	const struct link_local_request *request = exchange->request;
	CURL *easy = exchange->easy;

	if (request->method != LINK_POST)
		return;
	(void)curl_easy_setopt(easy, CURLOPT_POST, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)CHUNK);
	if (request->body_file == NULL) {
		(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
		                       (curl_off_t)request->body.len);
		(void)curl_easy_setopt(
		    easy, CURLOPT_POSTFIELDS,
		    request->body.len > 0 ? (const char *)request->body.data : "");
		return;
	}
	(void)curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
	(void)curl_easy_setopt(easy, CURLOPT_READDATA, exchange);
	(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
	                       length_of(request->body_file));
}

static bool set_up(struct exchange *exchange)
{
	const struct link_local_request *request = exchange->request;
	CURL *easy = exchange->easy = curl_easy_init();
	CLEANUP_FREE char *url = NULL;

	if (easy == NULL || !set_headers(exchange))
		return false;
	if (asprintf(&url, "http://localhost%s", request->path) < 0) {
		url = NULL;
		return false;
	}
	set_body(exchange);
	(void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
	(void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	(void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)request->total_ms);
	(void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->headers);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
	(void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->details);
	return curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, request->socket_path) ==
	           CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK;
}

static void note_answer(struct exchange *exchange)
{
	long status = 0;
	curl_off_t retry_after = 0;
	const char *type = NULL;

	(void)curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(exchange->easy, CURLINFO_RETRY_AFTER, &retry_after);
	(void)curl_easy_getinfo(exchange->easy, CURLINFO_CONTENT_TYPE, &type);
	exchange->answer->http_status = (int)status;
	if (retry_after > RETRY_AFTER_MAX_S)
		retry_after = RETRY_AFTER_MAX_S;
	exchange->answer->retry_after_s = (unsigned)(retry_after > 0 ? retry_after : 0);
	(void)snprintf(exchange->answer->type, sizeof exchange->answer->type, "%s",
	               type != NULL ? type : "");
}

enum status link_local_call(const struct link_local_request *request,
                            struct link_local_answer *ret_answer, struct error *err)
{
	__attribute__((cleanup(exchange_release))) struct exchange exchange = {
	    .request = request, .answer = ret_answer};
	struct sockaddr_un at;
	CURLcode code;

	if (strlen(request->socket_path) >= sizeof at.sun_path)
		return error_set(
		    err, STATUS_MALFORMED,
		    "the path %s is too long for a socket (%zu bytes at most)",
		    request->socket_path, sizeof at.sun_path - 1);
	if (!set_up(&exchange))
		return error_set(err, STATUS_NO_MEMORY, "no memory for a request");
	code = curl_easy_perform(exchange.easy);
	TRY(explain(&exchange, code, err));
	note_answer(&exchange);
	return STATUS_OK;
}
