/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two desks with their APIs in one process, for the tests of what people do at a desk.
 * The store of a desk outlives a crash, its memory does not.
 */
#ifndef ALDIS_CONSOLE_WORK_FIXTURE_H
#define ALDIS_CONSOLE_WORK_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <world.h> /* test/desk */

#include "console/api_call.h"

#define TEXT(words) \
	"{\"kind\":\"text\",\"body\":{\"language\":\"en\",\"text\":\"" words "\"}}"

enum { NORTH, SOUTH };

struct fixture {
	struct world world;
	struct api *apis[2];
	char channel[HASH_HEX_LEN + 1];
	uint64_t next_request;
	struct json_doc doc;                  /* of the last answer */
	char said[RECORD_MESSAGE_ID_MAX + 1]; /* id of what was said last */
};

static inline void open_api(struct fixture *f, size_t at)
{
	const struct api_host host = {.version = "1.2.3", .self = f};
	struct error err;

	if (api_new(f->world.desks[at].desk, &host, &f->apis[at], &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

static inline struct fixture *fixture_new(const char *template_json)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct desk_channel_info info;

	world_init(&f->world, 2, template_json);
	desk_channel(f->world.desks[NORTH].desk, 0, &info);
	memcpy(f->channel, info.id_hex, sizeof f->channel);
	open_api(f, NORTH);
	open_api(f, SOUTH);
	return f;
}

static inline int fixture_free(void **state)
{
	struct fixture *f = *state;

	api_free(f->apis[NORTH]);
	api_free(f->apis[SOUTH]);
	json_release(&f->doc);
	world_release(&f->world);
	free(f);
	return 0;
}

/* North's process dies and starts again. */
static inline void crash(struct fixture *f)
{
	api_free(f->apis[NORTH]);
	f->apis[NORTH] = NULL;
	world_crash(&f->world, NORTH);
	open_api(f, NORTH);
	world_turn(&f->world, NORTH);
	world_settle(&f->world); /* the other one shows what it last saw */
}

static inline int take(struct fixture *f, size_t at, struct desk_request *request)
{
	struct desk *desk = f->world.desks[at].desk;

	request->id = ++f->next_request;
	f->world.reply.status = 0;
	desk_turn_begin(desk, f->world.now_ms);
	api_take_request(f->apis[at], request, f->world.now_ms);
	api_serve_waiting(f->apis[at], f->world.now_ms);
	assert_int_equal(desk_turn_end(desk, NULL), STATUS_OK);
	f->doc.count = 0;
	if (strstr(f->world.reply.type, "json") != NULL && f->world.reply.status != 0)
		assert_int_equal(json_scan(&f->doc, buf_view(&f->world.reply.body),
		                           JSON_TOKENS_MAX, NULL),
		                 STATUS_OK);
	return f->world.reply.status;
}

/* "CHANNEL" in a path stands for the channel's id. */
static inline void make_path(const struct fixture *f, const char *path,
                             char ret_path[512])
{
	const char *hole = strstr(path, "CHANNEL");

	if (hole == NULL)
		snprintf(ret_path, 512, "%s", path);
	else
		snprintf(ret_path, 512, "%.*s%s%s", (int)(hole - path), path, f->channel,
		         hole + strlen("CHANNEL"));
}

static inline int get_at(struct fixture *f, size_t at, const char *path)
{
	char whole[512];
	struct desk_request request = {.method = DESK_GET};

	make_path(f, path, whole);
	request.path = view_of_string(whole);
	return take(f, at, &request);
}

static inline int get(struct fixture *f, const char *path)
{
	return get_at(f, NORTH, path);
}

static inline int post_at(struct fixture *f, size_t at, const char *path,
                          const char *type, struct view body)
{
	char whole[512];
	struct desk_request request = {
	    .method = DESK_POST, .type = view_of_string(type), .body = body};

	make_path(f, path, whole);
	request.path = view_of_string(whole);
	return take(f, at, &request);
}

static inline int post(struct fixture *f, const char *path, const char *body)
{
	return post_at(f, NORTH, path, "application/json", view_of_string(body));
}

/* Sends and lets it arrive. */
static inline void say(struct fixture *f, size_t at, const char *message)
{
	assert_int_equal(post_at(f, at, "/api/channels/CHANNEL/messages",
	                         "application/json", view_of_string(message)),
	                 201);
	assert_true(json_string_copy(&f->doc,
	                             json_member(&f->doc, json_root(&f->doc), "id"),
	                             f->said, sizeof f->said));
	world_settle(&f->world);
	f->world.now_ms += 1000;
}

static inline bool holds(const struct fixture *f, const char *part)
{
	return view_find(buf_view(&f->world.reply.body), view_of_string(part)) !=
	       SIZE_MAX;
}

/* How often the part occurs in the answer. */
static inline size_t count(const struct fixture *f, const char *part)
{
	struct view rest = buf_view(&f->world.reply.body);
	size_t found, times = 0;

	while ((found = view_find(rest, view_of_string(part))) != SIZE_MAX) {
		rest = view_from(rest, found + 1);
		times++;
	}
	return times;
}

static inline const struct json_token *member(const struct fixture *f, const char *name)
{
	const struct json_token *value = json_member(&f->doc, json_root(&f->doc), name);

	assert_non_null(value);
	return value;
}

static inline int64_t number(const struct fixture *f, const char *name)
{
	return json_integer(&f->doc, member(f, name));
}

static inline bool says(const struct fixture *f, const char *name, const char *expected)
{
	return json_string_is(&f->doc, member(f, name), expected);
}

/* Does one of the audit's rows hold both texts (second may be NULL)? */
static inline bool is_noted(const struct fixture *f, const char *first,
                            const char *second)
{
	uint64_t count = office_audit_head(f->apis[NORTH]->office).count;
	CLEANUP_BUF struct buf line = BUF_INIT(AUDIT_LINE_MAX);

	for (uint64_t i = count; i-- > 0;) {
		assert_int_equal(
		    office_audit_line(f->apis[NORTH]->office, i, &line, NULL), STATUS_OK);
		if (view_find(buf_view(&line), view_of_string(first)) != SIZE_MAX &&
		    (second == NULL ||
		     view_find(buf_view(&line), view_of_string(second)) != SIZE_MAX))
			return true;
	}
	return false;
}

#endif
