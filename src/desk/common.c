/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small services to the files of this folder: failures remembered until the turn's end,
 * log lines and events, chance and back-off, and what is staged to go out with this turn.
 */
#include "desk/state.h"

#include <stdarg.h>
#include <stdio.h>

#include "crypto/random.h"

bool desk_did(struct desk *desk, enum status status, const struct error *err)
{
	if (status == STATUS_OK)
		return true;
	if (desk->failed == STATUS_OK) {
		desk->failed = status;
		desk->failure = *err;
	}
	return false;
}

void desk_fail(struct desk *desk, enum status status, const struct error *err)
{
	(void)desk_did(desk, status, err);
}

void desk_ride(struct desk *desk)
{
	if (!desk->has_riders)
		desk->riders_ms = desk->now_ms;
	desk->has_riders = true;
}

static struct log_kind *log_kind_of(struct desk *desk, const char *format)
{
	struct log_kind *oldest = &desk->log_kinds[0];
	for (size_t i = 0; i < DESK_LOG_KINDS; i++) {
		struct log_kind *kind = &desk->log_kinds[i];
		if (kind->format == format)
			return kind;
		if (kind->since_ms < oldest->since_ms)
			oldest = kind;
	}
	*oldest = (struct log_kind){.format = format, .since_ms = desk->now_ms};
	return oldest;
}

/* Counts a line of this kind; false when there were enough of them in this minute.
 * *ret_held_back is how many of the minute before were not written. */
static bool may_log(struct desk *desk, const char *format, unsigned *ret_held_back)
{
	struct log_kind *kind = log_kind_of(desk, format);
	int64_t age_ms = desk->now_ms - kind->since_ms;
	*ret_held_back = 0;
	if (age_ms < 0 || age_ms >= 60000) {
		if (kind->count > DESK_LOG_LINES_MAX)
			*ret_held_back = kind->count - DESK_LOG_LINES_MAX;
		kind->since_ms = desk->now_ms;
		kind->count = 0;
	}
	return kind->count++ < DESK_LOG_LINES_MAX;
}

void desk_log_line(struct desk *desk, const char *format, ...)
{
	char line[512];
	unsigned held_back;
	va_list args;
	if (!may_log(desk, format, &held_back))
		return;
	va_start(args, format);
	int len = vsnprintf(line, sizeof line, format, args);
	va_end(args);
	if (held_back > 0 && len > 0 && (size_t)len < sizeof line)
		snprintf(line + len, sizeof line - (size_t)len,
		         " (and %u more like this were not written)", held_back);
	desk->out.ops->log(desk->out.self, line);
}

void desk_event(struct desk *desk, const char *type, const char *format, ...)
{
	CLEANUP_BUF struct buf json = BUF_INIT(4096);
	char members[2048];
	va_list args;
	va_start(args, format);
	vsnprintf(members, sizeof members, format, args);
	va_end(args);
	buf_printf(&json, "{\"type\":\"%s\"%s%s}", type, members[0] ? "," : "", members);
	if (buf_check(&json, "an event", NULL) == STATUS_OK)
		desk->out.ops->event(desk->out.self, buf_view(&json));
}

/* From a stock, as each salt would be a system call; what was given is wiped. */
static void take_random(struct desk *desk, uint8_t *ret_bytes, size_t len)
{
	if (len > sizeof desk->random_stock) {
		random_bytes(ret_bytes, len);
		return;
	}
	if (desk->random_left < len) {
		random_bytes(desk->random_stock, sizeof desk->random_stock);
		desk->random_left = sizeof desk->random_stock;
	}
	desk->random_left -= len;
	memcpy(ret_bytes, desk->random_stock + desk->random_left, len);
	memset(desk->random_stock + desk->random_left, 0, len);
}

void desk_random(struct desk *desk, void *ret_bytes, size_t len)
{
	if (desk->options.random)
		desk->options.random(desk->options.random_context, ret_bytes, len);
	else
		take_random(desk, ret_bytes, len);
}

/* Jitter needs no secrecy: a xorshift of the seed, so that simulations repeat. */
uint64_t desk_jitter(struct desk *desk, uint64_t below)
{
	desk->random_state ^= desk->random_state << 13;
	desk->random_state ^= desk->random_state >> 7;
	desk->random_state ^= desk->random_state << 17;
	return below ? desk->random_state % below : 0;
}

int64_t desk_backoff_ms(struct desk *desk, unsigned failures)
{
	int64_t base = 500;
	for (unsigned i = 1; i < failures && base < desk->options.backoff_ms; i++)
		base *= 2;
	if (base > desk->options.backoff_ms)
		base = desk->options.backoff_ms;
	return base / 2 + (int64_t)desk_jitter(desk, (uint64_t)base);
}

bool desk_grow(struct desk *desk, void *array_pointer, size_t *cap, size_t count,
               size_t size)
{
	struct error err;
	void **array = array_pointer;
	if (count < *cap)
		return true;
	size_t wanted = *cap ? *cap * 2 : 16;
	void *grown = reallocarray(*array, wanted, size);
	if (!grown) {
		desk_fail(desk, error_set(&err, STATUS_NO_MEMORY, "no memory"), &err);
		return false;
	}
	*array = grown;
	*cap = wanted;
	return true;
}

struct staged_reply *desk_stage_reply(struct desk *desk, uint64_t request, int status,
                                      const char *type)
{
	if (!desk_grow(desk, &desk->replies, &desk->reply_cap, desk->reply_count,
	               sizeof *desk->replies))
		return NULL;
	struct staged_reply *reply = &desk->replies[desk->reply_count++];
	*reply = (struct staged_reply){.request = request,
	                               .status = status,
	                               .type = type ? type : "text/plain; charset=utf-8",
	                               .body = BUF_INIT(64 * 1024 * 1024)};
	return reply;
}

void desk_reply_text(struct desk *desk, uint64_t request, int status, const char *text)
{
	struct staged_reply *reply = desk_stage_reply(desk, request, status, NULL);
	if (!reply)
		return;
	buf_append_string(&reply->body, text);
	if (text[0])
		buf_append_byte(&reply->body, '\n');
}

void desk_reply(struct desk *desk, uint64_t request, int status, const char *type,
                struct view body)
{
	struct staged_reply *reply = desk_stage_reply(desk, request, status, type);
	if (reply)
		buf_append_view(&reply->body, body);
}

static char *copy_text(struct desk *desk, const char *text)
{
	struct error err;
	char *copy = strdup(text);
	if (!copy)
		desk_fail(desk, error_set(&err, STATUS_NO_MEMORY, "no memory"), &err);
	return copy;
}

void desk_reply_with(struct desk *desk, const struct desk_reply *reply)
{
	struct staged_reply *staged =
	    desk_stage_reply(desk, reply->request, reply->status, reply->type);
	if (!staged)
		return;
	buf_append_view(&staged->body, reply->body);
	staged->retry_after_s = reply->retry_after_s;
	if (reply->session)
		staged->session = copy_text(desk, reply->session);
	staged->session_s = reply->session_s;
	if (reply->file_name)
		staged->file_name = copy_text(desk, reply->file_name);
}

void desk_release_reply(struct staged_reply *reply)
{
	buf_release(&reply->body);
	if (reply->session)
		explicit_bzero(reply->session, strlen(reply->session));
	free(reply->session);
	free(reply->file_name);
	reply->session = reply->file_name = NULL;
}

struct store desk_store(struct desk *desk)
{
	desk->must_commit = true;
	return desk->store;
}

void desk_must_end(struct desk *desk, enum status status, const struct error *err)
{
	desk_fail(desk, status, err);
}

void desk_announce(struct desk *desk, const char *type, const char *members)
{
	desk_event(desk, type, "%s", members);
}

struct staged_call *desk_stage_call(struct desk *desk, enum call_kind kind,
                                    struct peer *peer, enum desk_method method,
                                    const char *type)
{
	if (!desk_grow(desk, &desk->out_calls, &desk->out_call_cap, desk->out_call_count,
	               sizeof *desk->out_calls))
		return NULL;
	struct staged_call *call = &desk->out_calls[desk->out_call_count++];
	*call = (struct staged_call){
	    .call = {.id = ++desk->next_call, .kind = kind, .peer = peer},
	    .method = method,
	    .type = type,
	    .body = BUF_INIT(24 * 1024 * 1024),
	    .answer_max = 1024 * 1024,
	};
	return call;
}
