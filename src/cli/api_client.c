/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl over a Unix socket. Every request may be sent twice without harm: reads, and
 * what carries an idempotency key or is idempotent by itself.
 */
#include "cli/api_client.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <sys/un.h>
#include <time.h>

#include "base/clock.h"

enum {
	CONNECT_TIMEOUT_MS = 5000,
	ANSWER_TIMEOUT_S = 120, /* beside the wait: a check of a large store takes long */
	PAUSE_FIRST_MS = 50,
	PAUSE_MAX_MS = 2000,
};

struct api_client {
	CURL *curl;
	struct folder folder;
	int folder_fd; /* -1, unless the socket's path is too long for an address */
};

/* A socket's address holds about 100 bytes; a longer path is reached by its folder. */
static enum status set_socket(struct api_client *client, struct error *err)
{
	char path[FOLDER_PATH_MAX];

	TRY(folder_path(&client->folder, "aldisd.sock", path, err));
	if (strlen(path) >= sizeof((struct sockaddr_un *)NULL)->sun_path) {
		client->folder_fd =
		    open(client->folder.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (client->folder_fd < 0)
			return error_set_errno(err, "%s can't be opened",
			                       client->folder.path);
		(void)snprintf(path, sizeof path, "/proc/self/fd/%d/aldisd.sock",
		               client->folder_fd);
	}
	if (curl_easy_setopt(client->curl, CURLOPT_UNIX_SOCKET_PATH, path) != CURLE_OK)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	return STATUS_OK;
}

static enum status set_up(struct api_client *client, const struct cli *cli,
                          struct error *err)
{
	TRY(cli_folder(cli, &client->folder, err));
	client->curl = curl_easy_init();
	if (client->curl == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	return set_socket(client, err);
}

enum status api_client_open(const struct cli *cli, struct api_client **ret_client,
                            struct error *err)
{
	struct api_client *client = calloc(1, sizeof *client);
	enum status status;

	if (client == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	client->folder_fd = -1;
	status = set_up(client, cli, err);
	if (status != STATUS_OK) {
		api_client_close(client);
		return status;
	}
	*ret_client = client;
	return STATUS_OK;
}

void api_client_close(struct api_client *client)
{
	if (client == NULL)
		return;
	if (client->curl != NULL)
		curl_easy_cleanup(client->curl);
	if (client->folder_fd >= 0)
		(void)close(client->folder_fd);
	free(client);
}

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
	struct buf *body = context;

	buf_append(body, data, size * count);
	return body->failed == STATUS_OK ? size * count : 0;
}

static void set_body(CURL *curl, const struct api_request *request)
{
	if (request->type == NULL) {
		curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
		return;
	}
	curl_easy_setopt(curl, CURLOPT_POST, 1L);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
	                 (curl_off_t)request->body.len);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
	                 request->body.len == 0 ? "" : (const char *)request->body.data);
}

static struct curl_slist *make_headers(const struct api_request *request)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
	char line[256];

	if (request->type != NULL) {
		(void)snprintf(line, sizeof line, "Content-Type: %s", request->type);
		headers = curl_slist_append(headers, line);
	}
	if (request->key != NULL) {
		(void)snprintf(line, sizeof line, "Idempotency-Key: %s", request->key);
		headers = curl_slist_append(headers, line);
	}
	return headers;
}

static CURLcode exchange(CURL *curl, const struct api_request *request,
                         struct api_answer *answer)
{
	char url[2048];
	struct curl_slist *headers = make_headers(request);
	long http_status = 0;
	CURLcode code;

	(void)snprintf(url, sizeof url, "http://localhost%s", request->path);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT,
	                 (long)ANSWER_TIMEOUT_S + (long)request->wait_s);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer->body);
	set_body(curl, request);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http_status);
	answer->http_status = (int)http_status;
	curl_slist_free_all(headers);
	return code;
}

static enum status call_once(struct api_client *client, const struct api_request *request,
                             struct api_answer *answer, struct error *err)
{
	CURLcode code;

	answer->body.max = API_CLIENT_ANSWER_MAX;
	buf_clear(&answer->body);
	code = exchange(client->curl, request, answer);
	switch (code) {
	case CURLE_OK:
		return STATUS_OK;
	case CURLE_WRITE_ERROR:
		return error_set(err, STATUS_LIMIT, "aldisd's answer is too large");
	case CURLE_OPERATION_TIMEDOUT:
		return error_set(err, STATUS_SYSTEM,
		                 "aldisd on %s does not answer; look at its log",
		                 client->folder.path);
	case CURLE_COULDNT_CONNECT:
		return error_set(err, STATUS_CLOSED,
		                 "aldisd is not running on %s; start it with `aldisd %s`",
		                 client->folder.path, client->folder.path);
	default:
		return error_set(err, STATUS_CLOSED,
		                 "aldisd on %s ended the connection without an answer "
		                 "(%s); look at its log",
		                 client->folder.path, curl_easy_strerror(code));
	}
}

static void pause_ms(int64_t ms)
{
	struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	(void)nanosleep(&pause, NULL);
}

/* Tries again, with growing pauses, while aldisd is gone. */
static enum status call_patiently(struct api_client *client,
                                  const struct api_request *request,
                                  struct api_answer *answer, struct error *err)
{
	uint64_t end_ns =
	    clock_monotonic_ns() + request->patience_s * UINT64_C(1000000000);
	int64_t wait_ms = PAUSE_FIRST_MS;
	enum status status;

	while ((status = call_once(client, request, answer, err)) == STATUS_CLOSED &&
	       clock_monotonic_ns() < end_ns) {
		if (!answer->was_repeated)
			cli_note("%s. Trying again for %u seconds", err->text,
			         request->patience_s);
		answer->was_repeated = true;
		pause_ms(wait_ms);
		wait_ms = wait_ms * 2 > PAUSE_MAX_MS ? PAUSE_MAX_MS : wait_ms * 2;
	}
	return status;
}

static enum status status_of_http(int http_status)
{
	switch (http_status) {
	case 400:
		return STATUS_MALFORMED;
	case 401:
	case 403:
		return STATUS_UNTRUSTED;
	case 404:
	case 405:
		return STATUS_NOT_FOUND;
	case 409:
		return STATUS_CONFLICT;
	case 413:
	case 429:
	case 507:
		return STATUS_LIMIT;
	case 503:
		return STATUS_AGAIN;
	default:
		return STATUS_SYSTEM;
	}
}

static enum status problem_of(struct api_answer *answer, struct error *err)
{
	enum status status = status_of_http(answer->http_status);
	const struct json_token *root;

	(void)error_set(err, status, "aldisd answered with HTTP status %d",
	                answer->http_status);
	if (answer->doc.count == 0)
		return status;
	root = json_root(&answer->doc);
	answer->problem_line = (size_t)json_read_integer(&answer->doc, root, "line");
	json_read_string(&answer->doc, root, "detail", err->text, sizeof err->text);
	return status;
}

static bool is_json(CURL *curl)
{
	char *type = NULL;

	curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
	return type != NULL && strncmp(type, "application/", 12) == 0 &&
	       strstr(type, "json") != NULL && strstr(type, "ndjson") == NULL;
}

enum status api_client_call(struct api_client *client, const struct api_request *request,
                            struct api_answer *ret_answer, struct error *err)
{
	struct view body;

	TRY(call_patiently(client, request, ret_answer, err));
	body = buf_view(&ret_answer->body);
	ret_answer->doc.count = 0;
	if (is_json(client->curl) &&
	    json_scan(&ret_answer->doc, body, JSON_TOKENS_MAX, err) != STATUS_OK)
		return error_context(err, STATUS_SYSTEM, "aldisd's answer");
	if (ret_answer->http_status / 100 == 2)
		return STATUS_OK;
	return problem_of(ret_answer, err);
}

void api_answer_release(struct api_answer *answer)
{
	buf_release(&answer->body);
	json_release(&answer->doc);
}

void api_path_append(struct buf *path, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;
		bool is_plain = (byte >= 'a' && byte <= 'z') ||
		                (byte >= 'A' && byte <= 'Z') ||
		                (byte >= '0' && byte <= '9') || byte == '-' ||
		                byte == '.' || byte == '_' || byte == '~';

		if (is_plain)
			buf_append_byte(path, byte);
		else
			buf_printf(path, "%%%02X", byte);
	}
}
