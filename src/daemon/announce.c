/* SPDX-License-Identifier: Apache-2.0 */
/*
 * None of this must keep a desk from running: what fails is a line on the log.
 */
#include "daemon/announce.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "daemon/log.h"
#include "daemon/notify.h"

void announce_address(const char *configured, uint16_t port,
                      char ret_address[ANNOUNCE_ADDRESS_MAX])
{
	const char *colon = strrchr(configured, ':');

	ret_address[0] = '\0';
	if (port != 0 && colon != NULL)
		(void)snprintf(ret_address, ANNOUNCE_ADDRESS_MAX, "%.*s:%u",
		               (int)(colon - configured), configured, port);
}

static void warn(enum status status, const struct error *err)
{
	if (status != STATUS_OK)
		log_line("supervisor", LOG_LEVEL_WARNING, "%s", err->text);
}

struct addresses {
	char link[ANNOUNCE_ADDRESS_MAX], witness[ANNOUNCE_ADDRESS_MAX],
	    console[ANNOUNCE_ADDRESS_MAX];
};

static void find_addresses(const struct folder *folder, const struct process_ports *ports,
                           struct addresses *ret_addresses)
{
	const struct folder_config *config = &folder->config;

	announce_address(config->listen, ports->link, ret_addresses->link);
	announce_address(config->witness_listen, ports->witness, ret_addresses->witness);
	announce_address(config->console_listen, ports->console, ret_addresses->console);
	if (config->console_listen[0] == '/')
		(void)snprintf(ret_addresses->console, sizeof ret_addresses->console,
		               "%s", config->console_listen);
}

static enum status write_file(const struct folder *folder,
                              const struct addresses *addresses, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(3 * ANNOUNCE_ADDRESS_MAX);
	char path[FOLDER_PATH_MAX];

	buf_printf(&text, "%s\n%s\n%s\n", addresses->link, addresses->witness,
	           addresses->console);
	TRY(buf_check(&text, "the file 'listening'", err));
	TRY(folder_path(folder, "listening", path, err));
	return file_replace(path, buf_view(&text), 0600, err);
}

static void say(const char *address, const char *as)
{
	if (address[0] != '\0')
		log_line("supervisor", LOG_LEVEL_INFO, "listening on %s%s", address, as);
}

void announce_ready(const struct folder *folder, const struct process_ports *ports)
{
	struct addresses addresses;
	struct error err;

	find_addresses(folder, ports, &addresses);
	warn(write_file(folder, &addresses, &err), &err);
	say(addresses.link, "");
	say(addresses.witness, " as a witness");
	say(addresses.console, " for the console");
	log_line("supervisor", LOG_LEVEL_INFO, "listening on %s/aldisd.sock",
	         folder->path);
	warn(notify_send(getenv("NOTIFY_SOCKET"), "READY=1", &err), &err);
}

void announce_stopped(const struct folder *folder)
{
	static const char *const names[] = {"listening", "aldisd.sock"};
	char path[FOLDER_PATH_MAX];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (folder_path(folder, names[i], path, NULL) == STATUS_OK)
			(void)unlink(path);
}
