/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One server of link/http_server.h a door.
 */
#include "daemon/front_doors.h"

#include <stdio.h>

#include "daemon/announce.h"
#include "daemon/console_door.h"

enum {
	LOCAL_REQUEST_MS = 330 * 1000, /* longer than the API lets a request wait */
	CONSOLE_READ_MS = 120 * 1000,  /* for the largest attachment on a slow line */
	CONSOLE_BODY_MAX = 20 << 20,
	CONSOLE_HELD_MAX = 160 << 20, /* of all uploads under way */
	CONSOLE_CONNECTIONS_MAX = 512,
	CONSOLE_GZIP_MIN = 1024,
};

/* The address of desk.conf, or the one that was bound before a restart, which differs
 * where desk.conf leaves the choice of the port. */
static void choose_address(const char *configured, uint16_t port,
                           char ret_address[ANNOUNCE_ADDRESS_MAX])
{
	announce_address(configured, port, ret_address);
	if (port == 0)
		(void)snprintf(ret_address, ANNOUNCE_ADDRESS_MAX, "%s", configured);
}

static enum status open_door(struct front_doors *doors, const struct front_ground *ground,
                             const struct link_server_options *options, struct error *err)
{
	return link_server_open(ground->base, options, ground->handler,
	                        &doors->servers[options->id_tag], err);
}

static enum status open_local(struct front_doors *doors,
                              const struct front_ground *ground, struct error *err)
{
	char path[FOLDER_PATH_MAX];
	const struct link_server_options options = {.kind = LINK_SERVER_LOCAL,
	                                            .address = path,
	                                            .id_tag = FRONT_DOOR_LOCAL,
	                                            .request_ms = LOCAL_REQUEST_MS};

	TRY(folder_path(ground->context->folder, "aldisd.sock", path, err));
	return open_door(doors, ground, &options, err);
}

static enum status open_link(struct front_doors *doors, const struct front_ground *ground,
                             struct error *err)
{
	const struct process_context *context = ground->context;
	char address[ANNOUNCE_ADDRESS_MAX];
	const struct link_server_options options = {.kind = LINK_SERVER_PEERS,
	                                            .address = address,
	                                            .identity = ground->identity,
	                                            .peers = ground->peers,
	                                            .id_tag = FRONT_DOOR_LINK};

	if (context->folder->config.listen[0] == '\0')
		return STATUS_OK;
	choose_address(context->folder->config.listen, context->ports.link, address);
	return open_door(doors, ground, &options, err);
}

static enum status open_witness(struct front_doors *doors,
                                const struct front_ground *ground, struct error *err)
{
	const struct process_context *context = ground->context;
	char address[ANNOUNCE_ADDRESS_MAX];
	const struct link_server_options options = {
	    .kind = LINK_SERVER_OPEN, .address = address, .id_tag = FRONT_DOOR_WITNESS};

	if (context->folder->config.witness_listen[0] == '\0')
		return STATUS_OK;
	choose_address(context->folder->config.witness_listen, context->ports.witness,
	               address);
	return open_door(doors, ground, &options, err);
}

static enum status open_console(struct front_doors *doors,
                                const struct front_ground *ground, struct error *err)
{
	const struct process_context *context = ground->context;
	char address[ANNOUNCE_ADDRESS_MAX];
	const struct link_server_options options = {
	    .kind = LINK_SERVER_OPEN,
	    .address = address,
	    .id_tag = FRONT_DOOR_CONSOLE,
	    .body_max = CONSOLE_BODY_MAX,
	    .held_max = CONSOLE_HELD_MAX,
	    .connections_max = CONSOLE_CONNECTIONS_MAX,
	    .requests_per_peer = CONSOLE_CONNECTIONS_MAX, /* all come from one proxy */
	    .read_ms = CONSOLE_READ_MS,
	    .request_ms = LOCAL_REQUEST_MS,
	    .has_head = true,
	    .gzip_min = CONSOLE_GZIP_MIN,
	    .headers = console_door_headers,
	    .header_count = console_door_header_count};

	if (context->folder->config.console_listen[0] == '\0')
		return STATUS_OK;
	choose_address(context->folder->config.console_listen, context->ports.console,
	               address);
	return open_door(doors, ground, &options, err);
}

static uint16_t port_of(const struct front_doors *doors, enum front_door door)
{
	return doors->servers[door] != NULL ? link_server_port(doors->servers[door]) : 0;
}

enum status front_doors_open(struct front_doors *doors, const struct front_ground *ground,
                             struct process_ports *ret_ports, struct error *err)
{
	TRY(open_local(doors, ground, err));
	TRY(open_link(doors, ground, err));
	TRY(open_witness(doors, ground, err));
	TRY(open_console(doors, ground, err));
	ret_ports->link = port_of(doors, FRONT_DOOR_LINK);
	ret_ports->witness = port_of(doors, FRONT_DOOR_WITNESS);
	ret_ports->console = port_of(doors, FRONT_DOOR_CONSOLE);
	return STATUS_OK;
}

void front_doors_close(struct front_doors *doors)
{
	for (size_t i = 0; i < FRONT_DOOR_COUNT; i++) {
		link_server_close(doors->servers[i]);
		doors->servers[i] = NULL;
	}
}

enum front_door front_door_of(uint64_t request)
{
	return (enum front_door)(request >> 56);
}

struct link_server *front_doors_server(const struct front_doors *doors, uint64_t request)
{
	uint64_t door = request >> 56;

	return door < FRONT_DOOR_COUNT ? doors->servers[door] : NULL;
}
