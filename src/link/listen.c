/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TCP_NODELAY is set on the listening socket, from which accepted ones inherit it:
 * without it, header and body of an answer are two records, and Nagle's algorithm meets
 * the delayed acknowledgement (44 ms a request).
 */
#include "link/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/view.h"
#include "codec/decimal.h"

enum { BACKLOG = 512 };

static int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

static uint16_t port_of(int fd)
{
	struct sockaddr_storage bound = {0};
	socklen_t len = sizeof bound;

	if (getsockname(fd, (struct sockaddr *)&bound, &len) != 0)
		return 0;
	if (bound.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&bound)->sin6_port);
	return ntohs(((struct sockaddr_in *)&bound)->sin_port);
}

/* "host:port" with a numeric host, an IPv6 one in brackets. */
static bool parse_address(const char *address, struct sockaddr_storage *ret_address,
                          socklen_t *ret_len)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)ret_address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret_address;
	const char *colon = strrchr(address, ':');
	bool is_v6 = address[0] == '[';
	struct view host;
	char text[INET6_ADDRSTRLEN];
	uint64_t port;

	if (colon == NULL || decimal_decode(view_of_string(colon + 1), UINT16_MAX, &port,
	                                    NULL) != STATUS_OK)
		return false;
	host = view_of(address, (size_t)(colon - address));
	if (is_v6 && (host.len < 2 || host.data[host.len - 1] != ']'))
		return false;
	if (is_v6)
		host = view_of(host.data + 1, host.len - 2);
	if (!view_copy_string(host, text, sizeof text))
		return false;
	*ret_len = is_v6 ? sizeof *v6 : sizeof *v4;
	if (is_v6) {
		*v6 = (struct sockaddr_in6){.sin6_family = AF_INET6,
		                            .sin6_port = htons((uint16_t)port)};
		return inet_pton(AF_INET6, text, &v6->sin6_addr) == 1;
	}
	*v4 = (struct sockaddr_in){.sin_family = AF_INET,
	                           .sin_port = htons((uint16_t)port)};
	return inet_pton(AF_INET, text, &v4->sin_addr) == 1;
}

enum status link_listen_tcp(const char *address, int *ret_fd, uint16_t *ret_port,
                            struct error *err)
{
	struct sockaddr_storage wanted = {0};
	socklen_t len;
	int on = 1;
	CLEANUP_FD int fd = -1;

	if (!parse_address(address, &wanted, &len))
		return error_set(err, STATUS_MALFORMED,
		                 "%s is no address to listen on, as in 127.0.0.1:8600 or "
		                 "[::1]:8600",
		                 address);
	fd = socket(wanted.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_set_errno(err, "no socket for %s", address);
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
		return error_set_errno(err, "the socket for %s can't be set up", address);
	if (bind(fd, (struct sockaddr *)&wanted, len) != 0 || listen(fd, BACKLOG) != 0) {
		if (errno == EADDRINUSE)
			return error_set(err, STATUS_CONFLICT,
			                 "another program already listens on %s",
			                 address);
		return error_set_errno(err, "can't listen on %s", address);
	}
	*ret_port = port_of(fd);
	*ret_fd = take_fd(&fd);
	return STATUS_OK;
}

/* Removes what a dead process left at the path. */
static enum status clear_path(const struct sockaddr_un *at, struct error *err)
{
	struct stat st;
	CLEANUP_FD int probe = -1;

	if (lstat(at->sun_path, &st) != 0)
		return errno == ENOENT
		           ? STATUS_OK
		           : error_set_errno(err, "can't look at %s", at->sun_path);
	if (!S_ISSOCK(st.st_mode))
		return error_set(err, STATUS_CONFLICT,
		                 "%s is in the way: it is not a socket", at->sun_path);
	probe = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (probe < 0)
		return error_set_errno(err, "no socket for %s", at->sun_path);
	if (connect(probe, (const struct sockaddr *)at, sizeof *at) == 0 ||
	    errno != ECONNREFUSED)
		return error_set(err, STATUS_CONFLICT,
		                 "another daemon already listens on %s", at->sun_path);
	if (unlink(at->sun_path) != 0)
		return error_set_errno(err, "can't remove the old %s", at->sun_path);
	return STATUS_OK;
}

enum status link_listen_path(const char *path, mode_t mode, int *ret_fd,
                             struct error *err)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	CLEANUP_FD int fd = -1;

	if (strlen(path) >= sizeof at.sun_path)
		return error_set(
		    err, STATUS_MALFORMED,
		    "the path %s is too long for a socket (%zu bytes at most)", path,
		    sizeof at.sun_path - 1);
	(void)snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	TRY(clear_path(&at, err));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_set_errno(err, "no socket for %s", path);
	/* The mode of the descriptor becomes that of the file: there is no moment at
	 * which others could connect. */
	if (fchmod(fd, mode) != 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 ||
	    chmod(path, mode) != 0 || listen(fd, BACKLOG) != 0)
		return error_set_errno(err, "can't listen on %s", path);
	*ret_fd = take_fd(&fd);
	return STATUS_OK;
}

bool link_peer_is_allowed(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof peer;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
		return false;
	return peer.uid == geteuid() || peer.uid == 0;
}
