/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What strangers say at the console's door. The first line is the path (an M before it
 * makes it a POST), each further one the value of a header, in the order of `names`.
 */
#include <assert.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "daemon/assets.h"
#include "daemon/console_door.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char *const names[] = {"Host",           "Cookie",          "Authorization",
                                    "Origin",         "X-Forwarded-For", "If-None-Match",
                                    "Accept-Encoding"};

/* The next line as a string; the rest of the input is its end. */
static char *next_line(struct view *rest)
{
	struct view line;
	char *copy;

	if (!view_take_line(rest, &line)) {
		line = *rest;
		*rest = view_of(NULL, 0);
	}
	copy = malloc(line.len + 1);
	if (copy == NULL || !view_copy_string(line, copy, line.len + 1)) {
		free(copy);
		return NULL;
	}
	return copy;
}

static void take(const struct console_door *door, const struct link_request *request)
{
	struct console_visit visit = {0};
	struct console_answer answer;

	if (console_door_take(door, request, &visit, &answer) == CONSOLE_REPLY) {
		assert(answer.reply.status == 200 || answer.reply.status == 304 ||
		       answer.reply.status == 404 || answer.reply.status == 421);
		assert(answer.reply.header_count <=
		       sizeof answer.headers / sizeof answer.headers[0]);
	} else {
		assert(visit.session.len <= DESK_SESSION_MAX);
		assert(visit.bearer.len <= DESK_SESSION_MAX);
		assert(strlen(visit.remote) <= DESK_REMOTE_MAX);
		assert(request->method == LINK_POST || !visit.is_cross_site);
	}
	console_answer_release(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct folder_config configs[] = {
	    {.console_listen = "127.0.0.1:8700"},
	    {.console_listen = "/run/s", .console_url = "https://console.north.example"},
	};
	struct view rest = view_of(data, len);
	struct evkeyvalq headers = TAILQ_HEAD_INITIALIZER(headers);
	char *path = next_line(&rest);

	for (size_t i = 0; i < sizeof names / sizeof *names && rest.len > 0; i++) {
		char *value = next_line(&rest);

		if (value != NULL)
			(void)evhttp_add_header(&headers, names[i], value);
		free(value);
	}
	for (size_t i = 0; path != NULL && i < 2; i++) {
		bool is_post = path[0] == 'M';
		const struct link_request request = {
		    .method = is_post ? LINK_POST : LINK_GET,
		    .path = view_of_string(path + is_post),
		    .remote = "127.0.0.1",
		    .headers = &headers};
		struct console_door door;

		console_door_init(&door, &configs[i], i == 0 ? 8700 : 0);
		if (request.path.len > 0 && request.path.data[0] == '/')
			take(&door, &request);
	}
	evhttp_clear_headers(&headers);
	free(path);
	return 0;
}
