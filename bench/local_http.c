/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocking: whoever holds several connections polls before receiving.
 */
#include "bench/local_http.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { READ_LEN = 64 * 1024 };

enum status local_http_open(struct local_http *http, const char *socket_path,
                            struct error *err)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	if (strlen(socket_path) >= sizeof at.sun_path)
		return error_set(err, STATUS_LIMIT, "the path %s is too long",
		                 socket_path);
	strcpy(at.sun_path, socket_path);
	http->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (http->fd < 0)
		return error_set_errno(err, "no socket");
	if (connect(http->fd, (struct sockaddr *)&at, sizeof at) == 0)
		return STATUS_OK;
	(void)close(http->fd);
	http->fd = -1;
	return error_set(err, STATUS_CLOSED, "nobody listens at %s", socket_path);
}

static enum status write_all(int fd, struct view bytes, struct error *err)
{
	while (bytes.len > 0) {
		ssize_t len = send(fd, bytes.data, bytes.len, MSG_NOSIGNAL);

		if (len < 0)
			return error_set_errno(err, "the desk went away");
		bytes = view_from(bytes, (size_t)len);
	}
	return STATUS_OK;
}

enum status local_http_send(struct local_http *http, const char *path, const char *type,
                            struct view body, struct error *err)
{
	buf_clear(&http->out);
	buf_printf(&http->out, "%s %s HTTP/1.1\r\nHost: localhost\r\n",
	           type == NULL ? "GET" : "POST", path);
	if (type != NULL)
		buf_printf(&http->out, "Content-Type: %s\r\nContent-Length: %zu\r\n",
		           type, body.len);
	buf_append_string(&http->out, "\r\n");
	buf_append_view(&http->out, body);
	TRY(buf_check(&http->out, "a request", err));
	return write_all(http->fd, buf_view(&http->out), err);
}

static enum status read_more(struct local_http *http, struct error *err)
{
	uint8_t part[READ_LEN];
	ssize_t len = recv(http->fd, part, sizeof part, 0);

	if (len <= 0)
		return error_set(err, STATUS_CLOSED, "the desk went away");
	buf_append(&http->in, part, (size_t)len);
	return buf_check(&http->in, "an answer", err);
}

/* The number behind the header, in a head that ends with a blank line. */
static size_t content_length(struct view head)
{
	static const char name[] = "content-length:";
	struct view line;

	while (view_take_line(&head, &line))
		if (line.len > sizeof name &&
		    strncasecmp((const char *)line.data, name, sizeof name - 1) == 0)
			return strtoul((const char *)line.data + sizeof name - 1, NULL,
			               10);
	return 0;
}

enum status local_http_receive(struct local_http *http, int *ret_status,
                               struct view *ret_body, struct error *err)
{
	size_t head_len, body_len;

	buf_clear(&http->in);
	while ((head_len = view_find(buf_view(&http->in), view_of_string("\r\n\r\n"))) ==
	       SIZE_MAX)
		TRY(read_more(http, err));
	head_len += 4;
	body_len = content_length(view_of(http->in.data, head_len));
	while (http->in.len < head_len + body_len)
		TRY(read_more(http, err));
	*ret_status = atoi((const char *)http->in.data + sizeof "HTTP/1.1 " - 1);
	*ret_body = view_of(http->in.data + head_len, body_len);
	return STATUS_OK;
}

enum status local_http_call(struct local_http *http, const char *path, const char *type,
                            struct view body, struct view *ret_body, struct error *err)
{
	int status;

	TRY(local_http_send(http, path, type, body, err));
	TRY(local_http_receive(http, &status, ret_body, err));
	if (status / 100 == 2)
		return STATUS_OK;
	return error_set(err, STATUS_UNTRUSTED, "%s answers %d: %.*s", path, status,
	                 (int)(ret_body->len < 200 ? ret_body->len : 200),
	                 (const char *)ret_body->data);
}

void local_http_release(struct local_http *http)
{
	if (http->fd >= 0)
		(void)close(http->fd);
	http->fd = -1;
	buf_release(&http->in);
	buf_release(&http->out);
}
