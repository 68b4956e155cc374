/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message is its length in four bytes and the bytes, in one write. The child ends when
 * its first connection does.
 */
#include "bench/tls_peer.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

static bool accept_any(void *context, SSL *ssl, const struct ed25519_public *key)
{
	return key != NULL;
}

static const struct link_tls_trust anybody = {accept_any, NULL};

/* ---- messages */

static enum status send_message(SSL *line, struct buf *out, struct view message,
                                struct error *err)
{
	buf_clear(out);
	buf_append_u32(out, (uint32_t)message.len);
	buf_append_view(out, message);
	TRY(buf_check(out, "a message", err));
	if (SSL_write(line, out->data, (int)out->len) != (int)out->len)
		return error_set(err, STATUS_CLOSED, "the other side is gone");
	return STATUS_OK;
}

static enum status read_exactly(SSL *line, uint8_t *bytes, size_t len, struct error *err)
{
	while (len > 0) {
		int count = SSL_read(line, bytes, (int)len);

		if (count <= 0)
			return error_set(err, STATUS_CLOSED, "the other side is gone");
		bytes += count;
		len -= (size_t)count;
	}
	return STATUS_OK;
}

static enum status receive_message(SSL *line, struct buf *ret_message, struct error *err)
{
	uint8_t head[4], *space;
	size_t len;

	TRY(read_exactly(line, head, sizeof head, err));
	len = (size_t)head[0] << 24 | head[1] << 16 | head[2] << 8 | head[3];
	buf_clear(ret_message);
	space = buf_extend(ret_message, len);
	TRY(buf_check(ret_message, "a message", err));
	return read_exactly(line, space, len, err);
}

/* ---- the child */

struct child {
	SSL *lines[TLS_PEER_LINES];
	struct buf request, answer, out;
};

static enum status serve_line(struct child *child, SSL *line, tls_peer_answer *answer,
                              void *context, struct error *err)
{
	TRY(receive_message(line, &child->request, err));
	buf_clear(&child->answer);
	TRY(answer(context, buf_view(&child->request), &child->answer, err));
	return send_message(line, &child->out, buf_view(&child->answer), err);
}

static enum status serve(struct child *child, tls_peer_answer *answer, void *context,
                         struct error *err)
{
	struct pollfd fds[TLS_PEER_LINES];

	for (unsigned i = 0; i < TLS_PEER_LINES; i++)
		fds[i] =
		    (struct pollfd){.fd = SSL_get_fd(child->lines[i]), .events = POLLIN};
	for (;;) {
		if (poll(fds, TLS_PEER_LINES, -1) < 0)
			return error_set_errno(err, "can't wait");
		for (unsigned i = 0; i < TLS_PEER_LINES; i++)
			do
				if (fds[i].revents != 0)
					TRY(serve_line(child, child->lines[i], answer,
					               context, err));
			while (SSL_pending(child->lines[i]) > 0);
	}
}

static enum status make_context(bool is_server, struct link_tls_identity **ret_identity,
                                SSL_CTX **ret_context, struct error *err)
{
	struct ed25519_seed seed = {.bytes = {is_server ? 1 : 2}};

	TRY(link_tls_identity_new(&seed, ret_identity, err));
	return is_server
	           ? link_tls_server_context(*ret_identity, &anybody, ret_context, err)
	           : link_tls_client_context(*ret_identity, &anybody, ret_context, err);
}

static enum status take_line(SSL_CTX *context, int fd, bool is_server, SSL **ret_line,
                             struct error *err)
{
	int one = 1;
	SSL *line = SSL_new(context);

	if (fd < 0 || line == NULL || SSL_set_fd(line, fd) != 1)
		return error_set_errno(err, "no connection");
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	*ret_line = line;
	if ((is_server ? SSL_accept(line) : SSL_connect(line)) != 1)
		return error_set(err, STATUS_CLOSED, "no TLS on loopback");
	return STATUS_OK;
}

static enum status run_child(int listener, tls_peer_answer *answer, void *context,
                             struct error *err)
{
	struct child child = {.request = BUF_INIT(TLS_PEER_MESSAGE_MAX),
	                      .answer = BUF_INIT(TLS_PEER_MESSAGE_MAX),
	                      .out = BUF_INIT(TLS_PEER_MESSAGE_MAX + 4)};
	struct link_tls_identity *identity;
	SSL_CTX *tls;

	TRY(make_context(true, &identity, &tls, err));
	for (unsigned i = 0; i < TLS_PEER_LINES; i++)
		TRY(take_line(tls, accept(listener, NULL, NULL), true, &child.lines[i],
		              err));
	return serve(&child, answer, context, err);
}

/* ---- this side */

static enum status listen_on_loopback(int *ret_fd, struct sockaddr_in *ret_at,
                                      struct error *err)
{
	socklen_t len = sizeof *ret_at;

	*ret_at = (struct sockaddr_in){.sin_family = AF_INET,
	                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	*ret_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*ret_fd < 0 || bind(*ret_fd, (struct sockaddr *)ret_at, len) != 0 ||
	    listen(*ret_fd, TLS_PEER_LINES) != 0 ||
	    getsockname(*ret_fd, (struct sockaddr *)ret_at, &len) != 0)
		return error_set_errno(err, "can't listen on loopback");
	return STATUS_OK;
}

static enum status connect_lines(struct tls_peer *peer, const struct sockaddr_in *at,
                                 struct error *err)
{
	TRY(make_context(false, &peer->identity, &peer->context, err));
	for (unsigned i = 0; i < TLS_PEER_LINES; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (fd < 0 || connect(fd, (const struct sockaddr *)at, sizeof *at) != 0)
			return error_set_errno(err, "can't connect to loopback");
		TRY(take_line(peer->context, fd, false, &peer->lines[i], err));
	}
	return STATUS_OK;
}

enum status tls_peer_start(struct tls_peer *peer, int core, tls_peer_answer *answer,
                           void *context, struct error *err)
{
	CLEANUP_FD int listener = -1;
	struct sockaddr_in at;

	peer->out = BUF_INIT(TLS_PEER_MESSAGE_MAX + 4);
	TRY(listen_on_loopback(&listener, &at, err));
	peer->pid = fork();
	if (peer->pid < 0)
		return error_set_errno(err, "can't start a process");
	if (peer->pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		machine_stay(core);
		/* Ends when this side closes its lines: nobody asks how. */
		_exit(run_child(listener, answer, context, err) == STATUS_CLOSED ? 0 : 1);
	}
	return connect_lines(peer, &at, err);
}

enum status tls_peer_send(struct tls_peer *peer, unsigned line, struct view request,
                          struct error *err)
{
	return send_message(peer->lines[line], &peer->out, request, err);
}

enum status tls_peer_receive(struct tls_peer *peer, unsigned line, struct buf *ret_answer,
                             struct error *err)
{
	return receive_message(peer->lines[line], ret_answer, err);
}

void tls_peer_stop(struct tls_peer *peer)
{
	for (unsigned i = 0; i < TLS_PEER_LINES; i++) {
		if (peer->lines[i] == NULL)
			continue;
		(void)close(SSL_get_fd(peer->lines[i]));
		SSL_free(peer->lines[i]);
	}
	SSL_CTX_free(peer->context);
	link_tls_identity_free(peer->identity);
	buf_release(&peer->out);
	if (peer->pid > 0)
		(void)waitpid(peer->pid, NULL, 0);
	*peer = (struct tls_peer){0};
}
