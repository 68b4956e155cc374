/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One datagram to a path, or to an abstract name, which is written with '@'.
 */
#include "daemon/notify.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/cleanup.h"
#include "codec/decimal.h"

#define WATCHDOG_US_MAX (UINT64_C(24) * 3600 * 1000 * 1000)

enum status notify_send(const char *address, const char *state, struct error *err)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t len = address != NULL ? strlen(address) : 0;
	CLEANUP_FD int fd = -1;

	if (len == 0)
		return STATUS_OK;
	if (len >= sizeof to.sun_path || (address[0] != '/' && address[0] != '@'))
		return error_set(err, STATUS_MALFORMED,
		                 "NOTIFY_SOCKET names no socket that can be told");
	memcpy(to.sun_path, address, len);
	if (address[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&to,
	           (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) < 0)
		return error_set_errno(err, "can't tell the service manager");
	return STATUS_OK;
}

int64_t notify_watchdog_ms(const char *usec, const char *pid, int64_t own_pid)
{
	uint64_t us, wanted;

	if (usec == NULL ||
	    decimal_decode(view_of_string(usec), WATCHDOG_US_MAX, &us, NULL) != STATUS_OK)
		return 0;
	if (pid != NULL &&
	    (decimal_decode(view_of_string(pid), INT64_MAX, &wanted, NULL) != STATUS_OK ||
	     (int64_t)wanted != own_pid))
		return 0;
	return (int64_t)(us / 1000);
}
