/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page of another site can make a browser send requests here, with whatever cookies it
 * has. Against that: the Host must be ours (a name that somebody points to 127.0.0.1 is
 * not), cookies are SameSite=Strict, and a POST with a cookie names an Origin of ours. A
 * bearer's token is never sent by a browser on its own.
 */
#include "daemon/console_door.h"

#include <stdio.h>
#include <strings.h>

#include "daemon/announce.h"
#include "daemon/assets.h"
#include "link/gunzip.h"
#include "link/gzip.h"

enum { PLAIN_MAX = 16 << 20 };

const struct link_header console_door_headers[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
     "font-src 'self'; connect-src 'self'; media-src 'self'; manifest-src 'self'; "
     "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
     "require-trusted-types-for 'script'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy",
     "camera=(), microphone=(), geolocation=(), payment=(), usb=()"},
};
const size_t console_door_header_count =
    sizeof console_door_headers / sizeof console_door_headers[0];

/* ---- names */

static void add_host(struct console_door *door, const char *scheme, const char *host)
{
	(void)snprintf(door->hosts[door->host_count++], CONSOLE_DOOR_NAME_MAX, "%s",
	               host);
	(void)snprintf(door->origins[door->origin_count++], CONSOLE_DOOR_NAME_MAX, "%s%s",
	               scheme, host);
}

/* Browsers leave the scheme's own port away. */
static void add_url(struct console_door *door, const char *url)
{
	const char *host = strstr(url, "://") + 3;
	const char *own_port = door->is_secure ? ":443" : ":80";
	size_t len = strlen(host), port_len = strlen(own_port);
	char bare[CONSOLE_DOOR_NAME_MAX];

	if (len > port_len && strcmp(host + len - port_len, own_port) == 0)
		len -= port_len;
	(void)snprintf(bare, sizeof bare, "%.*s", (int)len, host);
	add_host(door, door->is_secure ? "https://" : "http://", bare);
}

void console_door_init(struct console_door *door, const struct folder_config *config,
                       uint16_t port)
{
	char address[ANNOUNCE_ADDRESS_MAX];

	*door = (struct console_door){
	    .is_secure = strncmp(config->console_url, "https://", 8) == 0,
	    .is_proxied = config->console_url[0] != '\0'};
	if (port != 0) {
		announce_address(config->console_listen, port, address);
		add_host(door, "http://", address);
		(void)snprintf(address, sizeof address, "localhost:%u", port);
		add_host(door, "http://", address);
	}
	if (config->console_url[0] != '\0')
		add_url(door, config->console_url);
	if (door->is_secure)
		(void)snprintf(door->cookie, sizeof door->cookie, "__Host-aldis");
	else
		(void)snprintf(door->cookie, sizeof door->cookie, "aldis-%u", port);
}

static bool is_one_of(const char *name, const char names[][CONSOLE_DOOR_NAME_MAX],
                      size_t count)
{
	for (size_t i = 0; name != NULL && i < count; i++)
		if (strcasecmp(name, names[i]) == 0)
			return true;
	return false;
}

/* ---- who asks */

static struct view cut(struct view value)
{
	/* A longer one is nobody's; its beginning isn't either. */
	if (value.len > DESK_SESSION_MAX)
		value.len = DESK_SESSION_MAX;
	return value;
}

/* The value of a cookie out of "a=1; b=2". */
static struct view cookie_value(const char *header, const char *name)
{
	size_t name_len = strlen(name);

	while (header != NULL && *header != '\0') {
		size_t len;

		header += strspn(header, " \t;");
		len = strcspn(header, ";");
		if (len > name_len && header[name_len] == '=' &&
		    memcmp(header, name, name_len) == 0)
			return cut(view_of(header + name_len + 1, len - name_len - 1));
		header += len;
	}
	return view_of(NULL, 0);
}

static struct view bearer_of(const char *header)
{
	if (header == NULL || strncasecmp(header, "Bearer ", 7) != 0)
		return view_of(NULL, 0);
	header += 7;
	return cut(view_of_string(header + strspn(header, " ")));
}

static bool is_address(struct view text)
{
	for (size_t i = 0; i < text.len; i++)
		if (strchr("0123456789abcdefABCDEF.:", text.data[i]) == NULL ||
		    text.data[i] == '\0')
			return false;
	return text.len > 0;
}

/* Behind a proxy the last address of its header is the one that it saw itself; what
 * stands before that anybody may have written. */
static void find_remote(const struct console_door *door,
                        const struct link_request *request, char *ret_remote)
{
	const char *list = link_request_header(request, "X-Forwarded-For");
	struct view last = view_of_string(request->remote);

	if (door->is_proxied && list != NULL) {
		const char *comma = strrchr(list, ',');
		const char *start = comma != NULL ? comma + 1 : list;

		start += strspn(start, " \t");
		if (is_address(view_of(start, strcspn(start, " \t"))))
			last = view_of(start, strcspn(start, " \t"));
	}
	if (!view_copy_string(last, ret_remote, DESK_REMOTE_MAX + 1))
		ret_remote[0] = '\0';
}

static void look_at(const struct console_door *door, const struct link_request *request,
                    struct console_visit *ret_visit)
{
	const char *origin = link_request_header(request, "Origin");

	*ret_visit = (struct console_visit){
	    .session = cookie_value(link_request_header(request, "Cookie"), door->cookie),
	    .bearer = bearer_of(link_request_header(request, "Authorization"))};
	find_remote(door, request, ret_visit->remote);
	ret_visit->is_cross_site = request->method == LINK_POST &&
	                           ret_visit->bearer.len == 0 &&
	                           !is_one_of(origin, door->origins, door->origin_count);
}

/* ---- files */

/* The path without its query. */
static struct view path_of(const struct link_request *request)
{
	size_t question = view_find(request->path, view_of_string("?"));

	return question == SIZE_MAX ? request->path
	                            : view_of(request->path.data, question);
}

static bool is_below(struct view path, const char *folder)
{
	size_t len = strlen(folder);

	return view_has_prefix(path, view_of_string(folder)) &&
	       (path.len == len || path.data[len] == '/');
}

/* An address that the page's own script understands: plain characters, no empty part, and
 * no dot in the last one, nor a part that begins with one. */
static bool is_page(struct view path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                            "0123456789-_.~/";
	size_t slash = view_find_last(path, view_of_string("/"));

	for (size_t i = 0; i < path.len; i++)
		if (memchr(plain, path.data[i], sizeof plain - 1) == NULL)
			return false;
	return !is_below(path, "/api") && !is_below(path, "/assets") &&
	       !is_below(path, "/metrics") && !is_below(path, "/-") &&
	       view_find(path, view_of_string("//")) == SIZE_MAX &&
	       view_find(path, view_of_string("/.")) == SIZE_MAX &&
	       view_find(view_from(path, slash), view_of_string(".")) == SIZE_MAX;
}

static const struct asset *asset_of(struct view path)
{
	const struct asset *asset = assets_find(path);

	return asset == NULL && is_page(path) ? assets_find(view_of_string("/index.html"))
	                                      : asset;
}

/* ---- answers */

static void say(struct console_answer *answer, int status, const char *text)
{
	answer->headers[0] = (struct link_header){"Cache-Control", "no-store"};
	answer->reply = (struct link_reply){.status = status,
	                                    .type = "text/plain; charset=utf-8",
	                                    .body = view_of_string(text),
	                                    .headers = answer->headers,
	                                    .header_count = 1};
}

static void add_header(struct console_answer *answer, const char *name, const char *value)
{
	answer->headers[answer->reply.header_count++] = (struct link_header){name, value};
}

/* Does If-None-Match name it? A proxy that packs may have made the tag a weak one. */
static bool is_known(const struct link_request *request, const struct asset *asset)
{
	const char *known = link_request_header(request, "If-None-Match");

	return known != NULL && strstr(known, asset->etag) != NULL;
}

static void give(const struct link_request *request, const struct asset *asset,
                 struct console_answer *answer)
{
	answer->reply = (struct link_reply){
	    .status = 200, .type = asset->type, .headers = answer->headers};
	add_header(answer, "Cache-Control",
	           asset->is_immutable ? "public, max-age=31536000, immutable"
	                               : "no-cache");
	add_header(answer, "ETag", asset->etag);
	if (is_known(request, asset)) {
		answer->reply.status = 304;
		return;
	}
	if (link_accepts_gzip(link_request_header(request, "Accept-Encoding"))) {
		add_header(answer, "Content-Encoding", "gzip");
		add_header(answer, "Vary", "Accept-Encoding");
		answer->reply.body = asset->gzip;
		return;
	}
	answer->plain = BUF_INIT(PLAIN_MAX);
	if (link_gunzip(asset->gzip, &answer->plain, NULL) == STATUS_OK)
		answer->reply.body = buf_view(&answer->plain);
	else
		say(answer, 503, "not enough memory for this file now\n");
}

/* Old pages ask for files that a newer aldisd has no more, browsers for icons: that is no
 * mischief which the desk should know of. */
static bool is_missing_file(struct view path)
{
	return is_below(path, "/assets") || view_equal_string(path, "/favicon.ico");
}

enum console_way console_door_take(const struct console_door *door,
                                   const struct link_request *request,
                                   struct console_visit *ret_visit,
                                   struct console_answer *ret_answer)
{
	struct view path = path_of(request);
	const struct asset *asset = request->method == LINK_GET ? asset_of(path) : NULL;

	*ret_answer = (struct console_answer){0};
	if (!is_one_of(link_request_header(request, "Host"), door->hosts,
	               door->host_count)) {
		say(ret_answer, 421,
		    "This console does not go by the name in the address bar. Use the "
		    "address that aldisd says it listens on,\nor set [console] url in "
		    "desk.conf; see aldisd(8).\n");
		return CONSOLE_REPLY;
	}
	if (asset != NULL) {
		give(request, asset, ret_answer);
		return CONSOLE_REPLY;
	}
	if (request->method == LINK_GET && is_missing_file(path)) {
		say(ret_answer, 404, "There is no such file.\n");
		return CONSOLE_REPLY;
	}
	look_at(door, request, ret_visit);
	return CONSOLE_TO_DESK;
}

void console_answer_release(struct console_answer *answer)
{
	buf_release(&answer->plain);
}

static void set_cookie(const struct console_door *door, const struct desk_reply *reply,
                       char *ret_cookie, size_t cap)
{
	int64_t left_s = reply->session[0] != '\0' ? reply->session_s : 0;

	(void)snprintf(ret_cookie, cap,
	               "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s",
	               door->cookie, reply->session, (long long)left_s,
	               door->is_secure ? "; Secure" : "");
}

void console_door_reply_headers(const struct console_door *door,
                                const struct desk_reply *reply,
                                struct console_reply_headers *ret)
{
	ret->headers[0] = (struct link_header){"Cache-Control", "no-store"};
	ret->count = 1;
	if (reply->session != NULL) {
		set_cookie(door, reply, ret->cookie, sizeof ret->cookie);
		ret->headers[ret->count++] =
		    (struct link_header){"Set-Cookie", ret->cookie};
	}
	if (reply->file_name != NULL) {
		(void)snprintf(ret->disposition, sizeof ret->disposition,
		               "attachment; filename=\"%s\"", reply->file_name);
		ret->headers[ret->count++] =
		    (struct link_header){"Content-Disposition", ret->disposition};
	}
}
