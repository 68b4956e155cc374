/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the console's door does by itself: pages and files that are compiled in, and the
 * rules that keep other sites' pages out of it. Who is logged in and who may what is the
 * desk's business; the door only finds the cookie's value and the bearer's token for it.
 */
#ifndef ALDIS_DAEMON_CONSOLE_DOOR_H
#define ALDIS_DAEMON_CONSOLE_DOOR_H

#include "base/buf.h"
#include "desk/ports.h"
#include "folder/folder.h"
#include "link/http_server.h"

enum { CONSOLE_DOOR_NAMES_MAX = 4, CONSOLE_DOOR_NAME_MAX = 320 };

struct console_door {
	/* "127.0.0.1:8700": what a request's Host may be */
	char hosts[CONSOLE_DOOR_NAMES_MAX][CONSOLE_DOOR_NAME_MAX];
	size_t host_count;
	/* "http://127.0.0.1:8700": what a page's Origin may be */
	char origins[CONSOLE_DOOR_NAMES_MAX][CONSOLE_DOOR_NAME_MAX];
	size_t origin_count;
	char cookie[32]; /* its name: browsers share cookies among the ports of a host */
	bool is_secure;  /* browsers come by https */
	bool is_proxied; /* what stands before it says who the client is */
};

/* The answer headers of every request at the door, refusals too. */
extern const struct link_header console_door_headers[];
extern const size_t console_door_header_count;

/* For a door that listens on this port (0: on a path). */
void console_door_init(struct console_door *door, const struct folder_config *config,
                       uint16_t port);

/* What the door knows of a request beyond link_request; strings belong to it. */
struct console_visit {
	struct view session, bearer; /* at most DESK_SESSION_MAX */
	char remote[DESK_REMOTE_MAX + 1];
	bool is_cross_site;
};

enum console_way {
	CONSOLE_TO_DESK, /* with what is in the visit */
	CONSOLE_REPLY,   /* at once, with what is in the answer */
};

/* A reply made at the door; its views and strings live as long as this struct. */
struct console_answer {
	struct link_reply reply;
	struct link_header headers[5];
	struct buf plain; /* an unpacked file */
};

enum console_way console_door_take(const struct console_door *door,
                                   const struct link_request *request,
                                   struct console_visit *ret_visit,
                                   struct console_answer *ret_answer);
void console_answer_release(struct console_answer *answer);

/* The headers of the desk's reply. */
struct console_reply_headers {
	struct link_header headers[3];
	size_t count;
	char cookie[DESK_SESSION_MAX + 160];
	char disposition[DESK_FILE_NAME_MAX + 64];
};

void console_door_reply_headers(const struct console_door *door,
                                const struct desk_reply *reply,
                                struct console_reply_headers *ret_headers);

#endif
